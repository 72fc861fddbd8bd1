import logging
import re

import pytest
from telegram.error import NetworkError

from bot import texts
from bot.failures import describe_error, word_failure
from bot.local_checks import RequestRefused
from newsroom.errors import DigestFailed, DigestTimeout
from storage.errors import DatabaseLocked
from summarizer.errors import TextTooLong
from support.bot import Chatting

HUSHED = "The minister whispered the word Zanzibar to nobody."


async def test_text_without_words_is_explained(chat: Chatting) -> None:
    for text in ("…", "😀😀", "\u200f", "- - -"):
        (answer,) = await chat.say(text)
        assert answer.text == texts.failure_text("empty_text")


async def test_unknown_error_is_answered_with_the_id_that_is_logged(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    chat.digester.errors.append(KeyError(HUSHED))
    (answer,) = await chat.say(HUSHED)
    found = re.search(r"id ([0-9a-f]{4})", answer.text)
    assert found is not None
    assert f"failure id={found[1]} " in caplog.text
    assert answer.reply_to == 1


async def test_log_holds_neither_the_text_nor_the_token(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chat.digester.errors.append(KeyError(HUSHED))
    await chat.say(HUSHED)
    chat.digester.errors.append(ValueError(chat.application.bot.token))
    await chat.say(HUSHED)
    await chat.say("https://example.org/Zanzibar")
    assert "Zanzibar" not in caplog.text
    assert chat.application.bot.token not in caplog.text
    assert "in digest" in caplog.text  # where it happened is told


async def test_refusal_is_one_line_in_the_log(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    await chat.say("…")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert lines == ["refused chat=1 code=empty_text"]


async def test_answer_that_is_refused_too_is_given_up(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    chat.api.refuse("sendMessage", "chat not found", "chat not found")
    assert await chat.say(HUSHED) == []
    assert "failure not told chat=1 error=BadRequest" in caplog.text


async def test_person_who_blocked_the_bot_is_not_written_to(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", RequestRefused(403, "Forbidden: bot was blocked by the user"))
    assert await chat.say(HUSHED) == []
    assert len(chat.api.parameters_of("sendMessage")) == 1


async def test_failure_of_one_message_leaves_the_next_alone(chat: Chatting) -> None:
    chat.digester.errors.append(DigestFailed("worker died"))
    await chat.say(HUSHED)
    (digest,) = await chat.say(HUSHED)
    assert "already short" in digest.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DigestTimeout(20), "within 20 seconds"),
        (TextTooLong(6_000_000, 5_000_000), "6,000,000"),
        (DatabaseLocked("another process is writing"), "database is busy"),
        (DigestFailed("ProcessExpired"), "id 7f3a"),
        (NetworkError("https://api.example/bot1:secret/sendMessage"), "id 7f3a"),
        (RuntimeError(HUSHED), "id 7f3a"),
    ],
)
def test_wording_of_failures(error: Exception, words: str) -> None:
    told = word_failure(error, "7f3a")
    assert words in told
    assert "secret" not in told
    assert "Zanzibar" not in told


def test_causes_are_described_without_their_words() -> None:
    try:
        try:
            raise KeyError(HUSHED)
        except KeyError as exc:
            raise RuntimeError(HUSHED) from exc
    except RuntimeError as exc:
        described = describe_error(exc)
    assert "RuntimeError" in described
    assert "caused by KeyError" in described
    assert "Zanzibar" not in described


def test_our_own_errors_are_told_in_one_line() -> None:
    assert describe_error(DigestTimeout(20)) == "DigestTimeout: no digest within 20 s"
