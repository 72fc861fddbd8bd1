"""`nutgraf run` in the chats of people: what they send and what comes back."""

import re

import pytest

from bot import texts
from bot.markup import utf16_units
from support.bot_api import Chat, Sent
from support.live import Live, digests_of
from support.news import (
    FIRST_SPEAKER,
    LAST_SPEAKER,
    long_article,
    marked_article,
    news_article,
)

SHORT = "The harbour of Marwick reopens on Monday, said Ilse Tarrow, head of the dockers’ union."


def both_speakers(digest: Sent) -> bool:
    return FIRST_SPEAKER in digest.text and LAST_SPEAKER in digest.text


def cut(text: str, units: int) -> tuple[str, str]:
    """Two parts as a client makes them; the white space at the cut is lost."""
    end = text.rindex(" ", 0, units)
    return text[:end].rstrip(), text[end:].lstrip()


# A1 to A3: pastes


async def test_paste_in_two_parts_is_one_digest_with_all_speakers(live: Live) -> None:
    chat = live.user()
    first, last = cut(long_article(live.number(), units=4_506), 4_050)
    ids = chat.send_parts([first, last], gap_ms=60)
    (digest,) = await live.digests(chat)
    assert both_speakers(digest)
    assert digest.reply_to == ids[0]
    assert len(chat.sent) == 1


async def test_parts_may_come_late_and_with_others_between_them(live: Live) -> None:
    chat, other = live.user(), live.user()
    first, last = cut(long_article(live.number(), units=4_400), 3_900)
    chat.send_parts([first, last], gap_ms=900)
    other.send_text(SHORT)
    (digest,) = await live.digests(chat)
    assert both_speakers(digest)
    assert len(chat.sent) == 1
    (answer,) = await live.answers(other)
    assert "Ilse Tarrow" in answer.text


async def test_long_part_with_nothing_after_it_is_digested(live: Live) -> None:
    chat = live.user()
    message_id = chat.send_text(long_article(live.number(), units=4_090))
    (digest,) = await live.digests(chat)
    assert both_speakers(digest)
    assert digest.reply_to == message_id


async def test_twenty_parts_are_one_digest(live: Live) -> None:
    chat = live.user()
    rest, parts = long_article(live.number(), units=20 * 2_100), []
    while utf16_units(rest) > 2_100:
        part, rest = cut(rest, 2_150)
        parts.append(part)
    ids = chat.send_parts([*parts, rest], gap_ms=20)
    (digest,) = await live.digests(chat)
    assert len(ids) >= 20
    assert both_speakers(digest)
    assert digest.reply_to == ids[0]
    assert len(chat.sent) == 1


async def test_pastes_of_two_people_at_once_are_two_digests(live: Live) -> None:
    chats = [live.user(), live.user()]
    for chat in chats:
        chat.send_parts(cut(long_article(live.number(), units=4_300), 4_000), gap_ms=300)
    for chat in chats:
        (digest,) = await live.digests(chat)
        assert both_speakers(digest)


async def test_second_article_after_a_whole_one_is_another_digest(live: Live) -> None:
    chat = live.user()
    ids = chat.send_parts([news_article(live.number()), news_article(live.number())], gap_ms=0)
    found = await live.digests(chat, 2)
    assert [digest.reply_to for digest in found] == ids


# A4, A17, A10: groups


async def test_digest_command_stays_in_its_topic(live: Live) -> None:
    forum = live.group(forum=True)
    thread_id = forum.topic("Desk")
    article_id = forum.send_text(news_article(live.number()), by=7, thread_id=thread_id)
    forum.send_text("/digest", by=8, thread_id=thread_id, reply_to=article_id)
    (digest,) = await live.digests(forum)
    assert (digest.thread_id, digest.reply_to) == (thread_id, article_id)
    actions = live.server.calls("sendChatAction", forum)
    assert actions
    assert {call.parameters.get("message_thread_id") for call in actions} == {thread_id}


async def test_group_is_answered_only_when_the_bot_is_meant(live: Live) -> None:
    group = live.group(privacy=False)
    article_id = group.send_text(news_article(live.number()), by=7)
    group.send_text("What a storm", by=8)
    group.send_text("/digest@other_bot", by=7, reply_to=article_id)
    group.send_text("/start@other_bot", by=7)
    await live.bot.settle()
    assert group.sent == []
    group.send_text("/digest@nutgraf_bot", by=7, reply_to=article_id)
    (digest,) = await live.digests(group)
    assert digest.reply_to == article_id
    assert len(group.sent) == 1


async def test_parts_of_two_people_in_one_group_are_not_mixed(live: Live) -> None:
    group = live.group(privacy=False)
    articles = {7: long_article(live.number(), units=4_300), 8: marked_article(live.number())}
    parts = {7: cut(articles[7], 4_000), 8: cut(articles[8], 1_400)}
    ids = {by: group.send_text(parts[by][0], by=by) for by in parts}
    for by in parts:
        group.send_text(parts[by][1], by=by)
    await live.bot.settle()
    assert group.sent == []
    for by in parts:
        group.send_text("/digest", by=by, reply_to=ids[by])
    found = {digest.reply_to: digest.text for digest in await live.digests(group, 2)}
    assert found.keys() == set(ids.values())
    for by in parts:
        points = [line[2:] for line in found[ids[by]].splitlines() if line.startswith("• ")]
        assert points
        assert all(point.rstrip(".") in parts[by][0] for point in points)


async def test_button_for_admins_does_nothing_for_others(live: Live) -> None:
    group = live.group(members={7: "creator", 8: "member"})
    group.send_text("/delete_me", by=7)
    (question,) = await live.answers(group)
    query_id = group.press(question, texts.ERASE, by=8)
    await live.server.wait_for(lambda s: s.toast(query_id) is not None, what="toast")
    assert live.server.toast(query_id) == texts.ONLY_ADMINS
    await live.bot.settle()
    assert [sent.edits for sent in group.sent] == [0]


# Map


async def test_map_button_sends_a_picture_and_its_buttons_send_pins(live: Live) -> None:
    group = live.group(members={7: "member", 8: "member"})
    article_id = group.send_text(news_article(live.number()), by=7)
    group.send_text("/digest", by=7, reply_to=article_id)
    (digest,) = await live.digests(group)
    query_id = group.press(digest, texts.SHOW_MAP, by=8)
    _, picture = await live.answers(group, 2)
    assert live.server.toast(query_id) == ""
    assert (picture.method, picture.reply_to) == ("sendPhoto", digest.message_id)
    assert picture.file.startswith(b"\x89PNG")
    assert len(picture.file) < 300_000
    assert "Bergen" in picture.text
    group.press(picture, "Bergen", by=7)
    pin = (await live.answers(group, 3))[-1]
    assert (pin.method, pin.reply_to) == ("sendVenue", picture.message_id)
    assert pin.text.startswith("Bergen\nBergen, Norway")
    assert pin.is_silent


# A5, A23: any text


ODD_TEXTS = {
    "markup": "Read <b>this & that</b> <script>alert(1)</script> &nbsp; <a href='x'>y</a>",
    "quotation marks": "“Unbalanced, said \"Ilse Tarrow, head of 'the union. ”’",
    "directions": "\u202eReversed\u202c and \u2066isolated\u2069 \u200f words, said Ilse Tarrow.",
    "emoji": "😀" * 2_000,
    "joined emoji": "👩‍👩‍👧‍👦 Families met in Bergen, said 👩‍🚒 Ilse Tarrow. " * 60,
    "one word": "x" * 4_096,
    "reserved": "\\ ` * _ [ ] ( ) ~ > # + - = | { } . ! %s {0} {name}",
    "slashes": "//////",
    "tags": "Ilse Tarrow said: <blockquote expandable>" * 90,
}


async def test_any_text_is_answered_with_valid_markup(live: Live) -> None:
    chats = {name: live.user() for name in ODD_TEXTS}
    for name, chat in chats.items():
        chat.send_text(ODD_TEXTS[name])
    for name, chat in chats.items():
        await live.answers(chat)
        calls = live.server.calls("sendMessage", chat)
        assert [call.status for call in calls] == [200], name


async def test_paste_without_a_space_is_answered(live: Live) -> None:
    chat = live.user()
    chat.paste("x" * 10_000)
    await live.answers(chat)
    assert {call.status for call in live.server.calls("sendMessage", chat)} == {200}


@pytest.mark.parametrize("is_marked", [False, True])
async def test_what_is_shown_stands_in_the_text(live: Live, is_marked: bool) -> None:
    chat, number = live.user(), live.number()
    article = marked_article(number) if is_marked else long_article(number, units=4_000)
    chat.send_text(article)
    (digest,) = await live.digests(chat)
    assert [call.status for call in live.server.calls("sendMessage", chat)] == [200]
    lines = digest.text.splitlines()
    points = [line[2:] for line in lines if line.startswith("• ")]
    dashed = [line[2:] for line in lines if line.startswith("– ")]
    quotations = re.findall("“([^”]+)”", digest.text)
    assert min(len(points), len(quotations)) >= 2
    assert dashed
    for words in (*points, *dashed, *quotations):
        assert words.rstrip(".") in article


async def test_digest_of_a_line_is_asked_for_in_reply(live: Live) -> None:
    chat = live.user()
    lines = (
        "— said Ilse Tarrow <b> that </b> the union would strike.",
        "– “Never,” added Tarrow, said, told & warned <<<.",
        "— — —",
    )
    for line in lines:
        before = len(chat.sent)
        message_id = chat.send_text(line)
        await live.answers(chat, before + 1)
        chat.send_text("/digest", reply_to=message_id)
        direct, asked = (await live.answers(chat, before + 2))[before:]
        assert direct.text == asked.text
        assert direct.reply_to == message_id
    statuses = {call.status for call in live.server.calls("sendMessage", chat)}
    assert statuses == {200}


# A11: presses


@pytest.mark.parametrize(
    "data", ["", "1", "1:", "1:zz:1", "9:ex", "1:dm:yes:zz", "é" * 32, "1:dm:yes:ffffffff", None]
)
async def test_any_press_is_answered(live: Live, data: str | None) -> None:
    chat = live.user()
    chat.send_text("/start")
    (welcome,) = await live.answers(chat)
    query_id = chat.press_data(welcome.message_id, data)
    await live.server.wait_for(lambda s: s.toast(query_id) is not None, what="toast")
    assert live.server.toast(query_id) == texts.BUTTON_OUT_OF_DATE
    await live.bot.settle()
    assert len(chat.sent) == 1
    assert "Traceback" not in live.bot.log


async def test_press_under_a_message_that_is_gone_is_answered(live: Live) -> None:
    chat = live.user()
    for data in ("1:ex", "1:zz"):
        query_id = chat.press_data(900_000, data)
        await live.server.wait_for(lambda s, q=query_id: s.toast(q) is not None, what="toast")
    assert live.server.toast(query_id) == texts.BUTTON_OUT_OF_DATE
    (digest,) = await live.digests(chat)
    assert digest.reply_to is None


async def test_press_that_is_too_old_to_be_answered_harms_nothing(live: Live) -> None:
    chat = live.user()
    chat.send_text("/start")
    (welcome,) = await live.answers(chat)
    chat.press(welcome, texts.TRY_EXAMPLE, expired=True)
    (digest,) = await live.digests(chat)
    assert "Ilinca Vasarab" in digest.text


# Other kinds of updates


async def test_unreadable_and_unknown_updates_hold_up_nobody(live: Live) -> None:
    chat = live.user()
    live.server.raw_update({"poll": {"id": "1"}})
    live.server.raw_update({"brand_new_kind": {"id": 1}})
    live.server.raw_update({"message": {"message_id": 1}})
    live.server.raw_update({})
    chat.send_text("/help")
    (answer,) = await live.answers(chat)
    assert answer.text == texts.HELP
    assert live.server.unconfirmed == 0


async def test_edits_and_channel_posts_are_passed_over(live: Live) -> None:
    chat = live.user()
    channel = live.group(kind="channel")
    message_id = chat.send_text(SHORT)
    await live.answers(chat)
    chat.edit_text(message_id, f"{SHORT} Twice.")
    channel.send_text(news_article(live.number()))
    await live.bot.settle()
    assert (len(chat.sent), channel.sent) == (1, [])


async def test_what_is_no_text_is_answered_in_words(live: Live) -> None:
    chat = live.user()
    chat.send_photo()
    (answer,) = await live.answers(chat)
    assert answer.text == texts.NOT_TEXT


async def test_files_are_digested_or_refused_in_words(live: Live) -> None:
    chat = live.user()
    article = news_article(live.number())
    message_id = chat.send_document(article.encode(), "article.txt")
    (digest,) = await live.digests(chat)
    assert digest.reply_to == message_id
    assert both_speakers(digest)
    words = {
        chat.send_document(b"caf\xe9", "article.txt"): "not UTF-8",
        chat.send_document(b"GIF89a", "a.gif", mime_type="image/gif"): "image/gif",
        chat.send_document(b"", "empty.txt"): "no words",
    }
    answers = await live.answers(chat, 4)
    said = {sent.reply_to: sent.text for sent in answers}
    assert len(answers) == 4
    for refused_id, expected in words.items():
        assert expected in said[refused_id]


async def test_forward_names_its_source(live: Live) -> None:
    chat = live.user()
    chat.forward_text(news_article(live.number()), origin="Harbour Wire")
    (digest,) = await live.digests(chat)
    assert "Harbour Wire" in digest.text
    chat.forward_text(news_article(live.number()), origin="Ann Example", is_person=True)
    _, digest = await live.digests(chat, 2)
    assert "Ann Example" not in digest.text


# Commands


@pytest.mark.parametrize(
    "command",
    ["start", "help", "digest", "history", "search", "search by:Nobody", "privacy", "cancel"],
)
async def test_commands_answer_also_where_nothing_is(live: Live, command: str) -> None:
    chat = live.user()
    chat.send_text(f"/{command}")
    (answer,) = await live.answers(chat)
    assert answer.text.strip()


async def test_digests_are_found_again_until_they_are_erased(live: Live) -> None:
    chat = live.user()
    chat.send_text(news_article(live.number()))
    await live.digests(chat)
    for command in (f'/search by:"{LAST_SPEAKER}"', "/search in:Bergen"):
        before = len(chat.sent)
        chat.send_text(command)
        answers = await live.answers(chat, before + 1)
        assert answers[-1].text.startswith(texts.SEARCH_TITLE), command
    chat.send_text("/delete_me")
    answers = await live.answers(chat, len(chat.sent) + 1)
    chat.press(answers[-1], texts.ERASE)
    answers = await live.answers(chat, len(answers) + 1)
    assert answers[-1].text == texts.erased(7)
    chat.send_text("/history")
    answers = await live.answers(chat, len(answers) + 1)
    assert answers[-1].text == texts.HISTORY_EMPTY


async def test_same_text_again_is_the_same_digest_again(live: Live) -> None:
    chat = live.user()
    article = news_article(live.number())
    chat.send_text(article)
    await live.digests(chat)
    message_id = chat.send_text(article)
    first, second = await live.digests(chat, 2)
    assert first.text == second.text
    assert second.reply_to == message_id


async def test_menus_hold_only_commands_that_are_answered(live: Live) -> None:
    private = live.server.commands({"type": "all_private_chats"})
    groups = live.server.commands({"type": "all_group_chats"})
    assert {"digest", "help", "history", "search", "privacy"} <= set(private)
    assert set(groups) < set(private)
    chats = [live.user() for _ in private]
    for chat, command in zip(chats, private, strict=True):
        chat.send_text(f"/{command}")
    for chat in chats:
        (answer,) = await live.answers(chat)
        assert answer.text != texts.UNKNOWN_COMMAND


# A20, A21: over all that was sent and logged


async def test_buttons_have_labels_and_short_data(live: Live) -> None:
    chat = live.user()
    chat.send_text("/start")
    await live.answers(chat)
    buttons = [button for sent in live.server.sent() for button in sent.buttons]
    assert buttons
    for button in buttons:
        assert button.text.strip()
        assert button.url or 1 <= len((button.data or "").encode()) <= 64


async def test_log_holds_ids_only(live: Live) -> None:
    chat: Chat = live.user()
    chat.send_text(news_article(live.number()))
    await live.digests(chat)
    log = live.bot.log
    assert str(chat.id) in log
    for secret in (live.server.token, live.server.token.partition(":")[2], FIRST_SPEAKER):
        assert secret not in log
    for words in ("Person ", "Fjordlinken", "Ilse Tarrow", "Traceback"):
        assert words not in log
    assert digests_of(chat)
