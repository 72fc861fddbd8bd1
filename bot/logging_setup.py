"""Logs: one line for each event, without the bot token and without words of others."""

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any, Literal, TextIO
from urllib.parse import quote

from bot.errors import BotError
from fetcher.errors import FetchError
from newsroom.errors import NewsroomError
from storage.errors import StorageError
from summarizer.errors import SummarizerError

logger = logging.getLogger(__name__)

LogFormat = Literal["text", "json"]
OUR_ERRORS = (SummarizerError, NewsroomError, FetchError, StorageError, BotError)

REDACTED = "[token]"
MIN_SECRET = 4
"""What is shorter is no secret, and would be found in every other line."""
MAX_CAUSES = 10
MAX_FRAMES = 12
QUIET_LOGGERS = ("httpx", "httpcore", "alembic", "aiosqlite", "sqlalchemy", "tornado")
"""What these tell below WARNING holds addresses with the token, or values of statements."""
TALKATIVE_LOGGERS = ("telegram", "apscheduler", "asyncio")
"""At DEBUG these tell whole updates."""


QUOTING_LOGGERS = ("telegram.request", "telegram.Bot", "telegram.ext.")
"""What these report may be quoted whole: an answer of Telegram that is no JSON, an update."""


def set_up_logging(
    level: str = "info",
    *,
    form: LogFormat = "text",
    token: str = "",
    stream: TextIO | None = None,
) -> None:
    """Send all records to the stream, stderr by default, in place of where they went before."""
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redaction(token))
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in TALKATIVE_LOGGERS:
        is_debug = logging.getLogger().level < logging.INFO
        logging.getLogger(name).setLevel(logging.INFO if is_debug else logging.NOTSET)
    sys.excepthook = _log_uncaught


class Redaction(logging.Filter):
    """Takes the token out of every record and puts `describe_error` in the place of tracebacks."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._secrets = tuple(_forms_of(token))

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(QUOTING_LOGGERS):
            record.args = _without_words(record.args)
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = "a record that cannot be formatted"
        record.msg, record.args = self.redact(message), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.redact(describe_error(record.exc_info[1]))
            record.exc_info = None
        record.stack_info = record.stack_info and self.redact(record.stack_info)
        return True

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        return text


def _without_words(args: object) -> tuple[object, ...]:
    """Numbers as they are, and a sign of omission for all else."""
    given = args if isinstance(args, tuple) else ()
    return tuple(arg if isinstance(arg, int | float) else "…" for arg in given)


def _forms_of(token: str) -> Iterable[str]:
    """The token as it may stand in a log, longest first: quoted, as it is, without the id."""
    forms = {token, quote(token, safe=""), token.partition(":")[2]}
    return sorted((form for form in forms if len(form) >= MIN_SECRET), key=len, reverse=True)


class TextLines(logging.Formatter):
    """Time, level, logger and event, on one line whatever the event holds."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return " | ".join(super().format(record).splitlines())


class JsonLines(logging.Formatter):
    """The same as one JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_text:
            line["error"] = record.exc_text
        return json.dumps(line)


def describe_error(error: BaseException) -> str:
    """Our own errors by their words, those of others by type and place, down to the first cause.

    On one line. The words of others may quote the article or the bot token.
    """
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < MAX_CAUSES:
        name = type(current).__name__
        if isinstance(current, OUR_ERRORS):
            parts.append(f"{name}: {current}")
        else:
            parts.append(f"{name} at {_places(current) or 'an unknown place'}")
        current = current.__cause__ or current.__context__
    return " caused by ".join(parts)


def _places(error: BaseException) -> str:
    """Where an error came by, the place that raised it first."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_FRAMES:]
    return " < ".join(
        f"{'/'.join(PurePath(frame.filename).parts[-2:])}:{frame.lineno} in {frame.name}"
        for frame in reversed(frames)
    )


def log_loop_failure(loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """A loop's exception handler; the usual one writes the words of the error into its message."""
    error = context.get("exception")
    described = describe_error(error) if isinstance(error, BaseException) else "unknown"
    logger.error("loop failure error=%s", described)


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    logger.critical("ended by error=%s", describe_error(error))
