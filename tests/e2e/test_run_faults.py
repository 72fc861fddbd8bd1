"""`nutgraf run` when Telegram refuses, stalls, or does not answer."""

from bot import texts
from support.bot_api import (
    bad_gateway,
    delayed,
    dropped,
    flood,
    garbled,
    refused,
    truncated,
)
from support.live import Live
from support.news import news_article

# A6 to A8


async def test_refused_markup_is_sent_again_as_plain_words(live: Live) -> None:
    chat, other = live.user(), live.user()
    article = news_article(live.number())
    other.send_text(article)
    (formatted,) = await live.digests(other)
    live.server.fail(
        "sendMessage", refused(400, "Bad Request: can't parse entities: Unexpected end"), chat=chat
    )
    chat.send_text(article)
    (plain,) = await live.answers(chat)
    assert not plain.is_html
    assert plain.text.split() == formatted.text.split()
    first, second = live.server.calls("sendMessage", chat)
    assert (first.parameters.get("parse_mode"), second.parameters.get("parse_mode")) == (
        "HTML",
        None,
    )


async def test_chat_that_must_wait_holds_up_no_other_and_loses_nothing(live: Live) -> None:
    chat, other = live.user(), live.user()
    live.server.fail("sendMessage", flood(3), chat=chat)
    chat.send_parts([news_article(live.number()), "/help"], gap_ms=0)
    await live.server.wait_for(
        lambda s: [c.status for c in s.calls("sendMessage", chat)] == [429], what="flood wait"
    )
    other.send_text(news_article(live.number()))
    await live.digests(other)
    answers = await live.answers(chat, 2)
    assert len(answers) == 2
    assert other.sent[0].sent_at < min(sent.sent_at for sent in answers)
    refusal, *later = live.server.calls(chat=chat)[-3:]
    assert [call.status for call in (refusal, *later)] == [429, 200, 200]
    assert min(call.started_at for call in later) >= refusal.ended_at + 3


async def test_chat_that_blocked_the_bot_is_left_alone_until_it_starts_again(live: Live) -> None:
    chat = live.user()
    chat.block()
    chat.send_parts([news_article(live.number()) for _ in range(3)], gap_ms=0)
    await live.server.wait_for(lambda s: s.calls("sendMessage", chat), what="first try")
    await live.bot.settle()
    assert [call.status for call in live.server.calls("sendMessage", chat)] == [403]
    chat.unblock()
    chat.send_text("/start")
    answers = await live.answers(chat)
    assert texts.START in [sent.text for sent in answers]


# Other answers, and none


LOST = {
    "500": (refused(500, "Internal Server Error"), 1),
    "502": (bad_gateway(), 1),
    "502 page": (bad_gateway(html=True), 2),
    "lost before": (dropped(carried_out=False), 1),
    "lost after": (dropped(carried_out=True), 2),
    "garbled": (garbled(), 2),
    "truncated": (truncated(), 2),
    "late": (delayed(1), 1),
}
"""What happens to the answer, and how often the digest may be there in the end."""


async def test_digest_arrives_whatever_happens_to_the_answer(live: Live) -> None:
    chats = {name: live.user() for name in LOST}
    for name, chat in chats.items():
        live.server.fail("sendMessage", LOST[name][0], chat=chat)
        chat.send_text(news_article(live.number()))
    for name, chat in chats.items():
        found = await live.digests(chat)
        assert 1 <= len(found) <= LOST[name][1], name
        assert len(chat.sent) == len(found)


async def test_digest_needs_neither_typing_nor_the_message_it_replies_to(live: Live) -> None:
    chat = live.user()
    live.server.fail("sendChatAction", bad_gateway(), refused(400, "Bad Request: x"), chat=chat)
    message_id = chat.send_text(news_article(live.number()))
    chat.delete(message_id)
    (digest,) = await live.digests(chat)
    assert digest.reply_to is None


async def test_refusal_for_good_holds_up_nothing(live: Live) -> None:
    forum = live.group(forum=True)
    thread_id, other_id = forum.topic("Desk"), forum.topic("Archive")
    forum.close_topic(thread_id)
    for thread in (thread_id, other_id):
        article_id = forum.send_text(news_article(live.number()), by=7, thread_id=thread)
        forum.send_text("/digest", by=8, thread_id=thread, reply_to=article_id)
    (digest,) = await live.digests(forum)
    assert digest.thread_id == other_id


async def test_files_survive_a_gateway_that_fails(live: Live) -> None:
    chat = live.user()
    live.server.fail("getFile", bad_gateway())
    chat.send_document(news_article(live.number()).encode(), "article.txt")
    answers = await live.answers(chat)
    assert len(answers) == 1


async def test_press_counts_although_its_answer_is_refused(live: Live) -> None:
    chat = live.user()
    chat.send_text("/start")
    (welcome,) = await live.answers(chat)
    live.server.fail("answerCallbackQuery", bad_gateway())
    chat.press(welcome, texts.TRY_EXAMPLE)
    (digest,) = await live.digests(chat)
    assert "Ilinca Vasarab" in digest.text


async def test_updates_are_worked_on_once_whatever_happens_to_them_on_the_way(live: Live) -> None:
    chat = live.user()
    live.server.fail(
        "getUpdates",
        bad_gateway(html=True),
        garbled(carried_out=True),
        dropped(carried_out=True),
    )
    chat.send_parts(["/help", "/start", "/help"], gap_ms=500)
    answers = await live.answers(chat, 3)
    assert [sent.text for sent in answers] == [texts.HELP, texts.START, texts.HELP]


async def test_server_that_restarts_is_found_again(live: Live) -> None:
    chats = [live.user() for _ in range(3)]
    chats[0].send_text(news_article(live.number()))
    live.server.close_port()
    for chat in chats:
        chat.send_text("/help")
    live.server.open_port()
    for chat in chats:
        await live.server.wait_for(lambda s, c=chat: texts.HELP in [m.text for m in c.sent])
    assert len(await live.digests(chats[0])) == 1
    assert [len(chat.sent) for chat in chats] == [2, 1, 1]


async def test_log_of_failures_holds_ids_only(live: Live) -> None:
    chat = live.user()
    live.server.fail("getUpdates", truncated())  # what came of it is no JSON, but full of words
    live.server.fail("sendMessage", truncated(), chat=chat)
    chat.send_text(news_article(live.number()))
    await live.digests(chat, 2)
    await live.bot.settle()
    log = live.bot.log
    assert "WARNING" in log or "ERROR" in log
    for secret in (live.server.token, live.server.token.partition(":")[2]):
        assert secret not in log
    for words in ("Maren Oldvik", "Fjordlinken", "Person "):
        assert words not in log
