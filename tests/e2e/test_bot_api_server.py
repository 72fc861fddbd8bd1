"""The fake Bot API server, as python-telegram-bot sees it."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Update,
)
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, MessageHandler, filters

from support.bot_api import (
    TOKEN,
    BotApiServer,
    bad_gateway,
    delayed,
    dropped,
    flood,
    garbled,
    refused,
)
from support.ptb import ptb_bot


@pytest.fixture
async def bot(server: BotApiServer) -> AsyncIterator[Bot]:
    async with ptb_bot(server) as started:
        yield started


# Updates


async def test_a_bot_built_with_ptb_hears_and_answers(server: BotApiServer) -> None:
    application = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(f"{server.root}/bot")
        .base_file_url(f"{server.root}/file/bot")
        .build()
    )

    async def echo(update: Update, context: Any) -> None:
        assert update.message is not None
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Again", callback_data="again")]])
        await update.message.reply_html(
            f"<b>{update.message.text}</b>", reply_markup=keyboard, do_quote=True
        )

    async def pressed(update: Update, context: Any) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("Once more")
        await update.callback_query.edit_message_text("edited")

    application.add_handlers([MessageHandler(filters.TEXT, echo), CallbackQueryHandler(pressed)])
    chat = server.user(1)
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        message_id = chat.send_text("Hello 😀")
        await server.wait_for(lambda s: s.sent(chat))
        (answer,) = chat.sent
        query_id = chat.press(answer, "Again")
        await server.wait_for(lambda s: s.sent(chat)[0].edits)
        await application.updater.stop()
        await application.stop()
    assert (answer.text, answer.formatted("bold")) == ("Hello 😀", ["Hello 😀"])
    assert answer.reply_to == message_id
    assert server.toast(query_id) == "Once more"
    assert chat.sent[0].text == "edited"
    assert server.unconfirmed == 0
    assert server.violations == []


async def test_updates_come_again_until_they_are_confirmed(server: BotApiServer, bot: Bot) -> None:
    server.user(1).send_parts(["one", "two"], gap_ms=0)
    first, second = await bot.get_updates()
    again = await bot.get_updates(offset=second.update_id)
    assert [update.update_id for update in again] == [first.update_id + 1]
    assert await bot.get_updates(offset=second.update_id + 1) == ()
    assert server.unconfirmed == 0


async def test_get_updates_waits_for_a_part_that_comes_later(
    server: BotApiServer, bot: Bot
) -> None:
    server.user(1).send_parts(["one", "two"], gap_ms=50)
    (first,) = await bot.get_updates(timeout=5)
    (second,) = await bot.get_updates(offset=first.update_id + 1, timeout=5)
    assert second.message is not None
    assert second.message.text == "two"
    assert server.longest_poll_gap() < 5


async def test_older_of_two_pollers_is_sent_away(server: BotApiServer, bot: Bot) -> None:
    async with ptb_bot(server) as other:
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await server.wait_for(lambda s: s.polls_waiting)
        newer = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await older
        server.user(1).send_text("one")
        assert len(await newer) == 1
    assert server.conflicts == 1


async def test_who_asks_again_at_once_waits_as_at_the_true_server() -> None:
    with BotApiServer(delays_repeats=True) as server:
        async with ptb_bot(server) as bot:
            assert await bot.get_updates(offset=1) == ()
            repeated = asyncio.create_task(bot.get_updates(offset=1, timeout=0))
            await server.wait_for(lambda s: s.polls_waiting)
            server.user(1).send_text("one")
            assert len(await repeated) == 1


async def test_only_the_kinds_that_were_asked_for_are_queued(
    server: BotApiServer, bot: Bot
) -> None:
    chat = server.user(1)
    await bot.get_updates(allowed_updates=["callback_query"])
    chat.send_text("not wanted")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=["message"])
    chat.send_text("wanted")
    assert len(await bot.get_updates()) == 1


async def test_updates_of_any_shape_can_be_queued(server: BotApiServer, bot: Bot) -> None:
    update_id = server.raw_update({"brand_new_kind": {"id": 1}})
    (update,) = await bot.get_updates()
    assert update.update_id == update_id
    server.raw_update({"poll": {"id": "1"}})
    with pytest.raises(TypeError):
        await bot.get_updates(offset=update_id + 1)


async def test_get_updates_is_refused_beside_a_webhook(server: BotApiServer, bot: Bot) -> None:
    await bot.set_webhook("https://example.org/hook")
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_privacy_mode_hides_what_is_not_for_the_bot(server: BotApiServer, bot: Bot) -> None:
    group = server.group(-1_001)
    for text in ("just talking", "/digest@other_bot", "/digest", "/digest@nutgraf_bot"):
        group.send_text(text, by=7)
    sent = await bot.send_message(group.id, "hello")
    group.send_text("talking back", by=7, reply_to=sent.message_id)
    heard = [update.message and update.message.text for update in await bot.get_updates()]
    assert heard == ["/digest", "/digest@nutgraf_bot", "talking back"]


# Tokens and methods


async def test_wrong_token_is_unauthorized(server: BotApiServer) -> None:
    wrong = ptb_bot(server, "1:wrong")
    with pytest.raises(InvalidToken):
        await wrong.initialize()
    await wrong.shutdown()


@pytest.mark.parametrize(
    ("method", "parameters", "status", "description"),
    [
        ("sendMesage", {}, 404, "Not Found: method not found"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, 400, "Bad Request: message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": 5}, 400, "Bad Request: text must be of type String"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": "y"}},
            400,
            "Bad Request: reply_parameters.message_id must be of type Integer",
        ),
        ("sendChatAction", {"chat_id": 1}, 400, 'Bad Request: parameter "action" is required'),
    ],
)
async def test_wrong_calls_are_refused(
    server: BotApiServer, method: str, parameters: dict[str, Any], status: int, description: str
) -> None:
    server.user(1)
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{server.root}/bot{TOKEN}/{method}", json=parameters)
    assert (answer.status_code, answer.json()["description"]) == (status, description)
    assert not answer.json()["ok"]


async def test_unknown_parameters_are_passed_over_and_noted(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    await bot.send_message(chat.id, "x", api_kwargs={"txt": "y"})
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]}
    await bot.send_message(chat.id, "x", api_kwargs={"reply_markup": markup})
    assert server.violations == [
        "sendMessage: unknown parameter txt",
        "sendMessage: unknown parameter reply_markup.inline_keyboard[0][0].colour",
    ]


async def test_parameters_come_as_json_forms_or_in_the_address(server: BotApiServer) -> None:
    chat = server.user(1)
    url = f"{server.root}/bot{TOKEN}/sendMessage"
    reply = {"message_id": 99, "allow_sending_without_reply": True}
    async with httpx.AsyncClient() as client:
        for answer in (
            await client.post(url, json={"chat_id": 1, "text": "a", "reply_parameters": reply}),
            await client.post(
                url, data={"chat_id": "1", "text": "b", "reply_parameters": json.dumps(reply)}
            ),
            await client.get(url, params={"chat_id": 1, "text": "c"}),
        ):
            assert answer.json()["ok"], answer.text
    assert [sent.text for sent in chat.sent] == ["a", "b", "c"]


# Faults


async def test_next_calls_can_be_refused(server: BotApiServer, bot: Bot) -> None:
    chat, other = server.user(1), server.user(2)
    server.fail("sendMessage", refused(400, "Bad Request: can't parse entities"), chat=chat)
    await bot.send_message(other.id, "x")
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(chat.id, "x")
    await bot.send_message(chat.id, "x")
    assert [call.status for call in server.calls("sendMessage", chat)] == [400, 200]


async def test_flood_lasts_for_its_time_and_notes_who_does_not_wait(
    server: BotApiServer, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # python-telegram-bot warns of the old type
    chat, other = server.user(1), server.user(2)
    server.fail("sendMessage", flood(30), chat=chat)
    for _ in range(2):
        with pytest.raises(RetryAfter) as refusal:
            await bot.send_message(chat.id, "x")
        assert refusal.value.retry_after == timedelta(seconds=30)
    await bot.send_message(other.id, "x")
    assert len(server.violations) == 1
    assert server.sent(chat) == []


@pytest.mark.parametrize("html", [False, True])
async def test_gateway_can_fail(server: BotApiServer, bot: Bot, html: bool) -> None:
    chat = server.user(1)
    server.fail("sendMessage", bad_gateway(html=html), times=2)
    for _ in range(2):
        with pytest.raises(TelegramError):
            await bot.send_message(chat.id, "x")
    await bot.send_message(chat.id, "y")
    assert [sent.text for sent in chat.sent] == ["y"]


@pytest.mark.parametrize("carried_out", [False, True])
async def test_answers_can_get_lost(server: BotApiServer, bot: Bot, carried_out: bool) -> None:
    chat = server.user(1)
    server.fail("sendMessage", dropped(carried_out=carried_out))
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "x")
    assert len(chat.sent) == carried_out
    assert [call.status for call in server.calls("sendMessage")] == [0]


async def test_answers_can_be_late(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    server.fail("sendMessage", delayed(60))
    sending = asyncio.create_task(bot.send_message(chat.id, "x", read_timeout=90))
    await server.wait_for(lambda s: s.sent(chat))
    assert not sending.done()
    sending.cancel()


async def test_answers_can_be_no_json(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    server.fail("sendMessage", garbled())
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.send_message(chat.id, "x")
    assert len(chat.sent) == 1


async def test_port_can_close_and_open_again(server: BotApiServer, bot: Bot) -> None:
    chat = server.user(1)
    server.close_port()
    with pytest.raises(NetworkError):
        await bot.send_message(chat.id, "x")
    server.open_port()
    await bot.send_message(chat.id, "y")
    assert [sent.text for sent in chat.sent] == ["y"]


async def test_what_does_not_come_is_told_in_words(server: BotApiServer) -> None:
    server.user(1).send_text("hello")
    with pytest.raises(AssertionError, match="answer not met: 0 messages, 1 updates unconfirmed"):
        await server.wait_for(lambda s: s.sent(), timeout_s=0.01, what="answer")


async def test_rates_are_counted(server: BotApiServer, bot: Bot) -> None:
    chats = [server.user(number) for number in (1, 2)]
    for chat in chats:
        await bot.send_message(chat.id, "x")
        await bot.send_message(chat.id, "x")
    assert server.busiest(chats[0], window_s=60) == 2
    assert server.busiest(window_s=60) == 4
