import asyncio

import pytest
from hypothesis import given
from sqlalchemy import select
from telegram import Document

from bot import texts
from bot.articles import MAX_FILE_BYTES
from bot.context import Services
from bot.digests import first_part, is_short
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.render import DigestLayout
from newsroom.errors import DigestTimeout
from storage.chats import find_chat
from storage.database import Database
from storage.digests import get_digest
from storage.history import list_history
from storage.tables import articles
from support.bot import (
    GROUP,
    NOW,
    Chatting,
    FakeDigester,
    FakeFeedReader,
    FakeFetcher,
    chatting,
    make_message,
)
from support.digests import FLOOD, flood_digest
from support.digests import texts as bad_texts
from support.pages import PARAGRAPHS, make_page
from support.telegram_html import check_limits, read_message

LONG = "\n\n".join((FLOOD, *(f"The river rose again on day {n}." for n in range(20))))
SHORT = "Rain fell on Brăila. Nobody was hurt."


async def test_text_is_answered_by_one_digest_that_replies_to_it(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    assert "Flood crest passes Galați" in digest.text
    assert digest.reply_to == 1
    assert not digest.preview
    assert digest.markup is not None
    check_limits(read_message(digest.markup))
    (sent,) = chat.api.parameters_of("sendMessage")
    assert sent["reply_parameters"]["allow_sending_without_reply"] is True


async def test_text_reaches_the_digester_unchanged(chat: Chatting) -> None:
    text = "\ufeff  First line.\r\nSecond\u2028line. \x00 \u202e"
    await chat.say(text)
    assert [article.text for article in chat.digester.articles] == [text]


async def test_typing_is_shown_while_a_digest_is_made(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    shown = asyncio.Event()
    chat.api.on_event = lambda event: shown.set()
    await chat.api.write(LONG)
    await shown.wait()
    assert [action.action for action in chat.actions()] == ["typing"]
    assert len(chat.api.events) == 1
    chat.digester.gate.set()
    assert len(await chat.answers()) == 1


async def test_a_typing_action_that_fails_costs_no_digest(chat: Chatting) -> None:
    chat.api.refuse("sendChatAction", "chat not found")
    assert len(await chat.say(LONG)) == 1


async def test_same_text_is_answered_from_the_store(chat: Chatting) -> None:
    (first,) = await chat.say(LONG)
    (second,) = await chat.say(LONG)
    assert second.text == first.text
    assert second.reply_to == 3
    assert len(chat.digester.articles) == 1
    assert len(chat.actions()) <= 1


async def test_same_text_after_an_upgrade_is_digested_anew(chat: Chatting) -> None:
    await chat.say(LONG)
    chat.digester.revision = "2"
    await chat.say(LONG)
    await chat.say(LONG)
    assert len(chat.digester.articles) == 2


async def test_same_text_by_another_method_is_digested_anew(chat: Chatting) -> None:
    await chat.say(LONG)
    chat.digester.method = "fake/2"
    await chat.say(LONG)
    assert len(chat.digester.articles) == 2


async def test_request_is_recorded(chat: Chatting) -> None:
    (sent,) = await chat.say(LONG)
    async with chat.services.database.read() as conn:
        (item,) = await list_history(conn, chat_id=PRIVATE_CHAT.id, limit=10)
        stored = await get_digest(conn, item.digest_id)
        seen = await find_chat(conn, PRIVATE_CHAT.id)
    assert stored.digest.article.text == LONG
    assert item.answer_message_id == sent.message_id
    assert item.requested_at == NOW
    assert seen is not None
    assert (seen.kind, seen.title, seen.language_code) == ("private", "You", "en")


async def test_text_of_few_words_is_called_short(chat: Chatting) -> None:
    (digest,) = await chat.say(SHORT)
    assert digest.text.startswith(texts.already_short(7))


async def test_word_count_decides_the_form(chat: Chatting) -> None:
    (below,) = await chat.say("word " * 119)
    (at_limit,) = await chat.say("word " * 120)
    assert "already short" in below.text
    assert "already short" not in at_limit.text


async def test_forward_is_digested_like_a_text(chat: Chatting) -> None:
    origin = {"type": "hidden_user", "sender_user_name": "Somebody", "date": 1}
    (digest,) = await chat.say(LONG, forward_origin=origin)
    assert "Flood crest" in digest.text


async def test_source_of_a_forward_is_told_to_nobody_else(chat: Chatting) -> None:
    desk = {"id": -1_002, "type": "channel", "title": "Closed Desk"}
    origin = {"type": "channel", "chat": desk, "message_id": 5, "date": 1}
    (named,) = await chat.say(LONG, forward_origin=origin)
    other = LocalChat(id=2, user_id=2)
    answers = [
        await chat.say(LONG, other),
        await chat.attach(LONG.encode(), chat=other),
        await chat.say("/history", other),
        await chat.say("/search flood", other),
    ]
    assert "Closed Desk" in named.text
    assert [("Closed Desk" in answer.text) for (answer,) in answers] == [False] * 4
    (again,) = await chat.say(LONG, forward_origin=origin)
    assert again.text == named.text


async def test_caption_of_a_picture_is_digested(chat: Chatting) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    await chat.receive(message=make_message(photo=photo, caption=SHORT))
    assert [article.text for article in chat.digester.articles] == [SHORT]


async def test_caption_of_an_animation_is_digested(chat: Chatting) -> None:
    file = {"file_id": "a", "file_unique_id": "a", "mime_type": "video/mp4"}
    animation = file | {"width": 1, "height": 1, "duration": 1}
    await chat.receive(message=make_message(document=file, animation=animation, caption=SHORT))
    assert [article.text for article in chat.digester.articles] == [SHORT]
    (answer,) = await chat.receive(message=make_message(document=file, animation=animation))
    assert answer.text == texts.NOT_TEXT


async def test_message_without_text_is_answered(chat: Chatting) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    (answer,) = await chat.receive(message=make_message(photo=photo))
    assert answer.text == texts.NOT_TEXT


async def test_text_file_is_digested_with_its_bom(chat: Chatting) -> None:
    content = "\ufeff" + LONG.replace("\n", "\r\n")
    (digest,) = await chat.attach(content.encode(), caption="Look at this")
    assert digest.reply_to == 1
    assert [article.text for article in chat.digester.articles] == [content]


async def test_file_named_txt_is_a_text_file_whatever_its_type(chat: Chatting) -> None:
    await chat.attach(SHORT.encode(), "A.TXT", mime_type="application/octet-stream")
    assert len(chat.digester.articles) == 1


async def test_page_and_markdown_files_are_digested_by_their_articles(chat: Chatting) -> None:
    page = make_page(heading="Crane falls").encode()
    await chat.attach(page, "saved.html", mime_type="text/html")
    await chat.attach(f"# Rain\n\n*{SHORT}*".encode(), "a.md", mime_type="text/markdown")
    titles = [(article.title, article.text) for article in chat.digester.articles]
    assert titles == [("Crane falls", "\n".join(PARAGRAPHS)), ("Rain", SHORT)]


@pytest.mark.parametrize(
    ("content", "name", "mime_type", "words"),
    [
        (b"a,b", "a.csv", "text/csv", "text/csv"),
        (b"PK\x03\x04", "a.txt", "text/plain", "application/zip"),
        (b"words", "a.pdf", "application/pdf", "damaged"),
        (b"\x89PNG", "a.png", "image/png", "image/png"),
        ("Čtvrtek".encode("utf-16"), "a.txt", "text/plain", "not UTF-8"),
        (b"", "a.txt", "text/plain", "no words"),
        (b" \n ", "a.txt", "text/plain", "no words"),
    ],
)
async def test_file_that_cannot_be_read_is_explained(
    chat: Chatting, content: bytes, name: str, mime_type: str, words: str
) -> None:
    (answer,) = await chat.attach(content, name, mime_type=mime_type)
    assert words in answer.text


async def test_file_over_the_download_limit_is_not_fetched(chat: Chatting) -> None:
    document = Document("f", "f", "a.txt", "text/plain", MAX_FILE_BYTES + 1).to_dict()
    (answer,) = await chat.receive(message=make_message(document=document))
    assert "too large" in answer.text
    assert chat.api.parameters_of("getFile") == []


@pytest.mark.parametrize("content", [LONG, "x" * 5_000, "River rose. " * 400])
async def test_only_the_beginning_of_a_very_long_text_is_digested(
    database: Database, content: str
) -> None:
    services = Services(
        FakeDigester(),
        database,
        DigestLayout(),
        FakeFetcher(),
        FakeFeedReader(),
        1_500,
        now=lambda: NOW,
    )
    async with chatting(database, services=services) as chat:
        (digest,) = await chat.attach(content.encode())
        assert texts.only_beginning(1_500) in digest.text
        (article,) = chat.digester.articles
        assert article.text == first_part(content, 1_500)
        async with database.read() as conn:
            (item,) = await list_history(conn, chat_id=1, limit=1)
            stored = await get_digest(conn, item.digest_id)
        assert stored.digest.article.text == content


@pytest.mark.parametrize(
    ("text", "limit", "part"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "abc"),
        ("One. Two three", 10, "One."),
        ("One\nTwo three", 10, "One\n"),
        ("One two", 6, "One "),
        ("One\n" + "x" * 3_000, 2_000, "One\n" + "x" * 1_996),
    ],
)
def test_first_part_ends_where_a_sentence_or_a_word_does(text: str, limit: int, part: str) -> None:
    assert first_part(text, limit) == part


def test_short_means_few_words_and_few_characters() -> None:
    assert is_short("word " * 119)
    assert not is_short("word " * 120)
    assert not is_short("字" * 2_001)


async def test_digest_with_speakers_and_places_is_shown_whole(database: Database) -> None:
    async with chatting(database, digester=_Prepared()) as chat:
        (digest,) = await chat.say(flood_digest().article.text + " word" * 60)
    for words in ("Ilinca Vasarab", "Tudor Săveanu", "Galați", "Bucharest"):
        assert words in digest.text


class _Prepared:
    method = "nutgraf/test"
    revision = "1"

    async def digest(self, article: object) -> object:
        return flood_digest()


async def test_command_as_a_reply_digests_the_replied_text(chat: Chatting) -> None:
    await chat.api.write(LONG, GROUP)
    (digest,) = await chat.say("/digest", GROUP, reply_to=1)
    assert "Flood crest" in digest.text
    assert digest.reply_to == 1
    assert digest.chat_id == GROUP.id


async def test_command_as_a_reply_digests_the_replied_file(chat: Chatting) -> None:
    await chat.api.attach(LONG.encode(), "a.txt", GROUP)
    (digest,) = await chat.say("/digest@nutgraf_bot", GROUP, reply_to=1)
    assert "Flood crest" in digest.text


async def test_command_as_a_reply_takes_the_quoted_part(chat: Chatting) -> None:
    await chat.api.write(LONG, GROUP)
    quote = {"text": SHORT, "position": 0, "is_manual": True}
    await chat.say("/digest", GROUP, reply_to=1, quote=quote)
    assert [article.text for article in chat.digester.articles] == [SHORT]


async def test_command_as_a_reply_reads_the_links_of_the_quoted_part_alone(chat: Chatting) -> None:
    chat.fetcher.put("https://marren.example/crane", make_page())
    links = [
        {"type": "text_link", "offset": 3, "length": 5, "url": "https://marren.example/crane"},
        {"type": "text_link", "offset": 13, "length": 5, "url": "https://marren.example/ferry"},
    ]
    await chat.api.write("🏗 crane and ferry", GROUP, entities=links)
    quote = {"text": "🏗 crane", "position": 0, "is_manual": True}
    (digest,) = await chat.say("/digest", GROUP, reply_to=1, quote=quote)
    assert chat.fetcher.asked == ["https://marren.example/crane"]
    assert digest.markup is not None


async def test_command_with_words_digests_them(chat: Chatting) -> None:
    await chat.say(f"/digest {SHORT}")
    assert [article.text for article in chat.digester.articles] == [SHORT]


async def test_command_alone_says_how(chat: Chatting) -> None:
    for place in (PRIVATE_CHAT, GROUP):
        (answer,) = await chat.say("/digest", place)
        assert answer.text == texts.DIGEST_NEEDS_REPLY


async def test_digest_of_a_digest_is_not_made(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    (answer,) = await chat.say("/digest", reply_to=digest.message_id)
    assert answer.text == texts.DIGEST_NEEDS_REPLY


async def test_forum_topic_is_kept(chat: Chatting) -> None:
    forum = LocalChat(id=-1_002, type="supergroup", user_id=7, is_forum=True)
    in_topic = {"message_thread_id": 42, "is_topic_message": True}
    await chat.api.write(LONG, forum, **in_topic)
    (digest,) = await chat.say("/digest", forum, reply_to=1, **in_topic)
    assert digest.thread_id == 42
    assert {action.thread_id for action in chat.actions()} <= {42}


async def test_general_topic_has_no_thread_id(chat: Chatting) -> None:
    forum = LocalChat(id=-1_002, type="supergroup", user_id=7, is_forum=True)
    (answer,) = await chat.say("/digest", forum)
    assert answer.thread_id is None


async def test_text_without_words_is_refused_and_not_stored(chat: Chatting) -> None:
    (answer,) = await chat.say("😀 …")
    assert answer.text == texts.failure_text("empty_text")
    assert chat.digester.articles == []
    async with chat.services.database.read() as conn:
        assert list(await conn.scalars(select(articles.c.text))) == []


async def test_text_that_was_not_digested_is_kept(chat: Chatting) -> None:
    chat.digester.errors.append(DigestTimeout(20))
    await chat.say(LONG)
    async with chat.services.database.read() as conn:
        assert list(await conn.scalars(select(articles.c.text))) == [LONG]


async def test_a_failed_digest_can_be_asked_for_again(chat: Chatting) -> None:
    chat.digester.errors.append(DigestTimeout(20))
    (failure,) = await chat.say(LONG)
    assert "could not finish" in failure.text
    (digest,) = await chat.say(LONG)
    assert "Flood crest" in digest.text


async def test_refused_markup_is_sent_as_plain_text_with_the_same_words(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", 'can\'t parse entities: Unsupported start tag "x"')
    (digest,) = await chat.say(LONG + "\nA < B & C > D")
    first, second = chat.api.parameters_of("sendMessage")
    assert "parse_mode" not in second
    assert digest.text == read_message(first["text"]).text
    assert second["reply_parameters"] == first["reply_parameters"]


@given(text=bad_texts(20))
async def test_any_text_gets_exactly_one_valid_answer(chat: Chatting, text: str) -> None:
    (answer,) = await chat.say(text or " ")
    if answer.markup is not None:
        check_limits(read_message(answer.markup))
