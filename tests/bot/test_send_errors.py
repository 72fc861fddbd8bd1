from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.send_errors import Decision, Move, Retry, decide, is_unsent, seconds_of

NEW = timedelta(0)


class ConnectError(Exception):
    """Named like the one of the transport."""


class ReadError(Exception):
    """The same."""


class ConnectTimeout(Exception):
    """The same."""


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


def decided(error: TelegramError, attempts: int = 0, *, markup: bool = True) -> Decision:
    return decide(error, attempts=attempts, is_markup=markup, age=NEW)


@pytest.mark.parametrize(
    ("error", "decision"),
    [
        (RetryAfter(3), Retry(3, holds_chat=True)),
        (RetryAfter(timedelta(seconds=7)), Retry(7, holds_chat=True)),
        (Forbidden("Forbidden: bot was blocked by the user"), "pause"),
        (ChatMigrated(-100), Move(-100)),
        (InvalidToken("Unauthorized"), "token refused"),
        (BadRequest("Can't parse entities: unsupported start tag"), "as plain text"),
        (BadRequest("Message is too long"), "give up"),
        (BadRequest("Chat not found"), "pause"),
        (BadRequest("TOPIC_CLOSED"), "pause topic"),
        (BadRequest("Message thread not found"), "pause topic"),
        (BadRequest("Not enough rights to send text messages to the chat"), "no right to write"),
        (BadRequest("Need administrator rights in the channel chat"), "no right to write"),
        (BadRequest("Not enough rights to send photos to the chat"), "no right to send that"),
        (BadRequest("CHAT_SEND_PHOTOS_FORBIDDEN"), "no right to send that"),
    ],
)
def test_answers_decide_what_is_done(error: TelegramError, decision: Decision) -> None:
    assert decided(error) == decision


def test_plain_text_that_is_not_parsed_is_given_up() -> None:
    assert decided(BadRequest("Can't parse entities: x"), markup=False) == "give up"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NetworkError("Bad Gateway"), True),
        (caused(NetworkError("Bad Gateway"), TelegramError("Invalid server response")), True),
        (Conflict("terminated"), False),
        (caused(NetworkError("httpx.ConnectError"), ConnectError()), True),
        (caused(NetworkError("httpx.ReadError"), ReadError()), False),
        (caused(TimedOut(), ConnectTimeout()), True),
        (caused(TimedOut(), ReadError()), False),
        (TimedOut(), False),
        (TelegramError("Invalid server response"), False),
    ],
)
def test_sent_or_not(error: TelegramError, expected: bool) -> None:
    assert is_unsent(error) is expected


def test_unknown_outcome_is_tried_again_after_2_5_and_15_seconds() -> None:
    waits = [decided(TimedOut(), attempts) for attempts in range(4)]
    assert waits == [Retry(2), Retry(5), Retry(15), Retry(30)]


def test_surely_unsent_is_tried_again_with_backoff() -> None:
    waits = [decided(NetworkError("Bad Gateway"), attempts) for attempts in range(20)]
    seconds = [wait.seconds for wait in waits if isinstance(wait, Retry)]
    assert seconds[:3] == [1, 2, 5]
    assert seconds == sorted(seconds)
    assert seconds[-1] == 300


def test_after_a_day_a_message_is_given_up() -> None:
    old = timedelta(hours=25)
    assert decide(TimedOut(), attempts=9, is_markup=True, age=old) == "give up"


def test_wait_is_read_from_a_number_and_from_a_timedelta() -> None:
    assert seconds_of(RetryAfter(3)) == 3
    assert seconds_of(RetryAfter(timedelta(seconds=3))) == 3


@pytest.mark.parametrize("has_other", [True, False])
def test_what_is_refused_gives_way_to_what_stands_ready(has_other: bool) -> None:
    error = BadRequest("Message to be replied not found")
    decision = decide(error, attempts=0, is_markup=True, age=timedelta(), has_other=has_other)
    assert decision == ("otherwise" if has_other else "give up")
