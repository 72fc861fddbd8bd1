import asyncio
import io
import json
import logging
import sys
from typing import Any

import pytest
from telegram.error import InvalidToken

from bot.local_chats import LocalChat
from bot.logging_setup import (
    LogFormat,
    Redaction,
    describe_error,
    log_loop_failure,
    set_up_logging,
)
from newsroom.errors import DigestTimeout
from support.bot import Chatting

TOKEN = "4711:AAsecret-Part_of_it"  # noqa: S105 - opens nothing
HUSHED = "Zanzibar"


def logged(form: LogFormat = "text", level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    set_up_logging(level, form=form, token=TOKEN, stream=stream)
    return stream


def fail(words: str) -> None:
    try:
        try:
            raise KeyError(words)
        except KeyError as exc:
            raise RuntimeError(words) from exc
    except RuntimeError:
        logging.getLogger("some.library").exception("failed at %s", "sending")


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("secret", [TOKEN, "4711%3AAAsecret-Part_of_it", TOKEN.partition(":")[2]])
def test_token_is_in_no_record(form: LogFormat, secret: str) -> None:
    stream = logged(form)
    log = logging.getLogger("telegram.ext")
    log.warning("POST https://api.example/bot%s/getMe", secret)
    log.warning(f"POST https://api.example/bot{secret}/getMe")
    log.error("refused %r", InvalidToken(f"The token `{secret}` was rejected by the server."))
    log.error("here", stack_info=True)
    log.error({"token": secret})
    fail(f"https://api.example/bot{secret}/getMe")
    assert "Part_of_it" not in stream.getvalue()
    assert "[token]" in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_each_event_is_one_line(form: LogFormat) -> None:
    stream = logged(form)
    fail("a\nb")
    logging.getLogger("bot").info("several\r\nlines\u2028of it")
    assert len(stream.getvalue().splitlines()) == 2


@pytest.mark.parametrize("form", ["text", "json"])
def test_words_of_errors_are_left_out_and_their_places_told(form: LogFormat) -> None:
    stream = logged(form)
    fail(HUSHED)
    assert HUSHED not in stream.getvalue()
    assert "RuntimeError at bot/test_logging_setup.py:" in stream.getvalue()
    assert "in fail caused by KeyError" in stream.getvalue()
    assert "failed at sending" in stream.getvalue()


def test_json_lines_hold_the_fields_of_the_event() -> None:
    stream = logged("json")
    logging.getLogger("bot.articles").info("digest chat=%d", 5)
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "info", "logger": "bot.articles", "event": "digest chat=5"}


def test_addresses_of_requests_and_whole_updates_are_not_logged() -> None:
    stream = logged(level="debug")
    logging.getLogger("httpx").info("HTTP Request: POST https://api.example/")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    logging.getLogger("telegram.ext.Application").debug("Processing update %s", HUSHED)
    logging.getLogger("bot").debug("told")
    assert HUSHED not in stream.getvalue()
    assert [line.split()[-1] for line in stream.getvalue().splitlines()] == ["told"]


def test_level_of_the_root_is_that_of_all_where_nothing_is_debugged() -> None:
    stream = logged()
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger("telegram.ext.Application").info("Application started")
    assert stream.getvalue() == ""


def test_record_that_cannot_be_formatted_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    stream = logged()
    logging.getLogger("some.library").warning("%d", TOKEN)
    assert stream.getvalue().endswith("some.library a record that cannot be formatted\n")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("token", ["", "x", "1:2"])
def test_short_tokens_do_not_turn_the_log_to_noise(token: str) -> None:
    assert Redaction(token).redact("chat=12 x=1:2") in ("chat=12 x=1:2",)


def test_error_that_ends_the_program_is_one_line_without_words() -> None:
    stream = logged()
    error = InvalidToken(f"The token `{TOKEN}` was rejected")
    sys.excepthook(InvalidToken, error, None)
    assert stream.getvalue().endswith("ended by error=InvalidToken at an unknown place\n")


async def test_lost_task_is_told_of_without_words() -> None:
    stream = logged()
    log_loop_failure(
        asyncio.get_running_loop(), {"message": HUSHED, "exception": ValueError(HUSHED)}
    )
    log_loop_failure(asyncio.get_running_loop(), {"message": HUSHED})
    assert HUSHED not in stream.getvalue()
    assert "loop failure error=ValueError" in stream.getvalue()


def test_own_errors_are_described_by_their_words() -> None:
    assert describe_error(DigestTimeout(20)) == "DigestTimeout: no digest within 20 s"


async def test_nothing_that_people_do_brings_words_or_names_into_the_log(chat: Chatting) -> None:
    person = {"id": 1, "is_bot": False, "first_name": "Zebulon", "username": "zebulon_q"}
    group = LocalChat(id=-1_001, type="supergroup", title="Zebulonia", user_id=1)
    people: dict[str, Any] = {"from": person}
    stream = io.StringIO()
    set_up_logging("debug", token=chat.application.bot.token, stream=stream)
    await chat.say(f"{HUSHED} has rain.", **people)
    await chat.attach(f"{HUSHED} has snow.".encode(), f"{HUSHED}.txt", **people)
    await chat.say(f"/digest {HUSHED} again.", group, **people)
    for said in (
        f"/search {HUSHED}",
        f"/start {HUSHED}",
        f"/{HUSHED}",
        f"https://{HUSHED}.example",
    ):
        await chat.say(said, **people)
    chat.digester.errors.append(KeyError(HUSHED))
    await chat.say(f"{HUSHED} fails.", **people)
    chat.api.refuse("sendMessage", f"can't parse entities: {HUSHED}")
    await chat.say("/help", **people)
    (question,) = await chat.say("/delete_me", **people)
    await chat.press(question.keyboard[0][0].data or "", question.message_id)
    log = stream.getvalue()
    for word in (HUSHED, "ebulon", chat.application.bot.token):
        assert word.lower() not in log.lower()
    for event in ("digest chat=1", "search chat=1 found=2", "erased chat=1", "failure id="):
        assert event in log


@pytest.mark.parametrize("name", ["telegram.request.BaseRequest", "telegram.Bot"])
def test_what_telegram_answered_is_not_quoted(name: str) -> None:
    stream = logged()
    logging.getLogger(name).error('Can not load "%s", try %d', f'{{"text": "{HUSHED}"', 2)
    assert HUSHED not in stream.getvalue()
    assert 'Can not load "…", try 2' in stream.getvalue()
