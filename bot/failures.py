"""The one place where errors become words for people and lines in the log."""

import logging
import secrets
import traceback

from telegram import Update
from telegram.error import Forbidden, TelegramError

from bot import texts
from bot.answers import answer_text
from bot.context import NutgrafContext
from bot.errors import BotError
from newsroom.errors import NewsroomError
from storage.errors import StorageError
from summarizer.errors import InputError, SummarizerError

logger = logging.getLogger(__name__)

OUR_ERRORS = (SummarizerError, NewsroomError, StorageError, BotError)
MAX_CAUSES = 10


async def report_failure(update: object, context: NutgrafContext) -> None:
    """Tell the person whose message failed why; log what only we can mend, under an id."""
    error = context.error
    if error is None:
        return
    message = update.effective_message if isinstance(update, Update) else None
    failure_id = secrets.token_hex(2)
    if isinstance(error, InputError | BotError):
        logger.info("refused chat=%s code=%s", message and message.chat.id, error.code)
    else:
        _log(failure_id, update, error)
    if message is None or isinstance(error, Forbidden):
        return
    try:
        await answer_text(message, word_failure(error, failure_id))
    except TelegramError as exc:
        logger.warning("failure not told chat=%d error=%s", message.chat.id, type(exc).__name__)


def word_failure(error: Exception, failure_id: str) -> str:
    """What people are told; the id is named where only we can mend it."""
    if isinstance(error, OUR_ERRORS):
        return texts.failure_text(error.code, **vars(error), error_id=failure_id)
    return texts.failure_text("internal", error_id=failure_id)


def _log(failure_id: str, update: object, error: BaseException) -> None:
    update_id = update.update_id if isinstance(update, Update) else None
    logger.error("failure id=%s update=%s error=%s", failure_id, update_id, describe_error(error))


def describe_error(error: BaseException) -> str:
    """Our own errors by their words, those of others by type and place, down to the first cause.

    The words of others may quote the article or the bot token.
    """
    parts: list[str] = []
    current: BaseException | None = error
    while current is not None and len(parts) < MAX_CAUSES:
        name = type(current).__name__
        if isinstance(current, OUR_ERRORS):
            parts.append(f"{name}: {current}\n")
        else:
            parts.append(f"{name}\n{''.join(traceback.format_tb(current.__traceback__))}")
        current = current.__cause__ or current.__context__
    return "caused by ".join(parts).rstrip()
