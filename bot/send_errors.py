"""What to do about a message that Telegram did not answer by ok. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

UNKNOWN_SECONDS = (2.0, 5.0, 15.0)
UNSENT_SECONDS = (1.0, 2.0, 5.0, 15.0)
MAX_RETRY_SECONDS = 300.0
GIVE_UP_AFTER = timedelta(hours=24)
NEVER_CONNECTED = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout"})
"""Errors of the transport by which nothing was sent; their module is not imported here."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after so many seconds; `holds_chat` where Telegram wants silence until then."""

    seconds: float
    holds_chat: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The group became the supergroup `chat_id`."""

    chat_id: int


Decision = (
    Retry
    | Move
    | Literal[
        "pause",
        "pause topic",
        "no right to write",
        "no right to send that",
        "as plain text",
        "otherwise",
        "give up",
        "token refused",
    ]
)

# The words of the Bot API server, in lower case.
CHAT_GONE = ("chat not found", "group chat was deactivated")
TOPIC_SHUT = ("topic_closed", "topic_deleted", "message thread not found")
NO_RIGHT_TO_WRITE = (
    "not enough rights to send text messages",
    "need administrator rights",
    "have no rights to send a message",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
)
NO_RIGHT_TO_SEND_THAT = re.compile(r"not enough rights to send |chat_send_\w+_forbidden")


def decide(
    error: TelegramError,
    *,
    attempts: int,
    is_markup: bool,
    age: timedelta,
    has_other: bool = False,
) -> Decision:
    """What to do about a message that was not answered by ok; `attempts` counts those before.

    `has_other` where another one stands ready for when it is refused.
    """
    match error:
        case RetryAfter():
            return Retry(seconds_of(error), holds_chat=True)
        case Forbidden():
            return "pause"
        case ChatMigrated():
            return Move(error.new_chat_id)
        case InvalidToken():
            return "token refused"
        case BadRequest():
            return _about_refused(error.message.lower(), is_markup=is_markup, has_other=has_other)
    if age > GIVE_UP_AFTER:
        return "give up"
    return Retry(_backoff(UNSENT_SECONDS if is_unsent(error) else UNKNOWN_SECONDS, attempts))


def _about_refused(words: str, *, is_markup: bool, has_other: bool) -> Decision:
    def holds(*phrases: str) -> bool:
        return any(phrase in words for phrase in phrases)

    if holds(*CHAT_GONE):
        return "pause"
    if holds(*TOPIC_SHUT):
        return "pause topic"
    if holds(*NO_RIGHT_TO_WRITE):
        return "no right to write"
    if has_other:
        return "otherwise"
    if NO_RIGHT_TO_SEND_THAT.search(words):
        return "no right to send that"
    return "as plain text" if is_markup and holds("can't parse entities") else "give up"


def is_unsent(error: TelegramError) -> bool:
    """Whether the message surely did not go out: nothing was reached, or an error was answered."""
    cause = error.__cause__
    if type(cause).__name__ in NEVER_CONNECTED:
        return True
    was_answered = cause is None or isinstance(cause, TelegramError)
    return isinstance(error, NetworkError) and not isinstance(error, TimedOut) and was_answered


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait; python-telegram-bot gives a number or a timedelta."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _backoff(steps: tuple[float, ...], attempts: int) -> float:
    if attempts < len(steps):
        return steps[attempts]
    return min(MAX_RETRY_SECONDS, steps[-1] * 2.0 ** (attempts - len(steps) + 1))
