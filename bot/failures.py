"""The one place where errors become words for people and lines in the log."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from telegram import InlineKeyboardMarkup, Update
from telegram.error import Forbidden

from bot import texts
from bot.answers import SEND_MESSAGE, html_payload, reply, text_payload
from bot.context import NutgrafContext, Services
from bot.errors import BotError, DigestLimitReached
from bot.limits import render_limit
from bot.logging_setup import OUR_ERRORS, describe_error
from bot.outcome import current_outcome
from fetcher.errors import FetchError
from storage.deliveries import Delivery, enqueue_delivery
from storage.errors import OUTAGES, StorageError
from storage.failures import (
    Failure,
    find_last_told,
    list_untold_failures,
    mark_told,
    record_failure,
)
from summarizer.errors import InputError

logger = logging.getLogger(__name__)

REFUSALS = (InputError, BotError, FetchError)
"""What the person can mend, or a site has to; nothing for the owner."""
TELL_EVERY = timedelta(hours=1)
KEEP_TOLD = timedelta(days=30)
LOOK_EVERY_S = 60.0


async def report_failure(update: object, context: NutgrafContext) -> None:
    """Tell the person whose message failed why; log what only we can mend, under an id."""
    error = context.error
    if error is None:
        return
    with suppress(LookupError):  # an error of polling belongs to no update
        outcome = current_outcome()
        outcome.clear()
        if isinstance(error, OUTAGES):
            outcome.is_interrupted = True
            return
    message = update.effective_message if isinstance(update, Update) else None
    failure_id = secrets.token_hex(2)
    if isinstance(error, REFUSALS):
        logger.info("refused chat=%s code=%s", message and message.chat.id, error.code)
    else:
        update_id = update.update_id if isinstance(update, Update) else None
        await note_failure(
            error, context.services, failure_id=failure_id, about=f"update={update_id}"
        )
    if message is None or isinstance(error, Forbidden):
        return
    reply(message, failure_payload(error, failure_id))


async def note_failure(
    error: BaseException, services: Services, *, failure_id: str, about: str
) -> None:
    """Log what only we can mend, with the ids it is about, and keep its kind for the owner."""
    logger.error("failure id=%s %s error=%s", failure_id, about, describe_error(error))
    failure = Failure(failure_id, type(error).__name__, services.now())
    try:
        async with services.database.begin() as conn:
            await record_failure(conn, failure)
    except StorageError as exc:
        logger.warning("failure not kept id=%s error=%s", failure_id, type(exc).__name__)


async def fail_reply(
    error: Exception,
    services: Services,
    *,
    about: str,
    chat_id: int,
    reply_to: int | None,
    thread_id: int | None,
    keyboard: InlineKeyboardMarkup | None = None,
) -> Delivery:
    """Log a failure and give the reply that tells it, where no update is at hand."""
    failure_id = secrets.token_hex(2)
    if isinstance(error, REFUSALS):
        logger.info("refused chat=%d code=%s", chat_id, error.code)
    else:
        await note_failure(error, services, failure_id=failure_id, about=about)
    return Delivery(
        chat_id=chat_id,
        method=SEND_MESSAGE,
        payload=failure_payload(error, failure_id, keyboard=keyboard),
        thread_id=thread_id,
        reply_to=reply_to,
    )


def failure_payload(
    error: Exception, failure_id: str, *, keyboard: InlineKeyboardMarkup | None = None
) -> dict[str, Any]:
    """The message that says what happened and what to do."""
    if isinstance(error, DigestLimitReached):
        return html_payload(render_limit(error))
    return text_payload(word_failure(error, failure_id), keyboard=keyboard)


def word_failure(error: Exception, failure_id: str) -> str:
    """What people are told; the id is named where only we can mend it."""
    if isinstance(error, OUR_ERRORS):
        return texts.failure_text(error.code, **vars(error), error_id=failure_id)
    return texts.failure_text("internal", error_id=failure_id)


async def tell_owners_hourly(
    services: Services, *, bot_id: int, on_queued: Callable[[], object]
) -> None:
    """Until cancelled: tell the owners what went wrong, collected, at most once an hour."""
    while True:
        try:
            if await tell_owners(services, bot_id=bot_id):
                on_queued()
        except StorageError as exc:
            logger.warning("owners not told error=%s", type(exc).__name__)
        await asyncio.sleep(LOOK_EVERY_S)


async def tell_owners(services: Services, *, bot_id: int) -> bool:
    """Queue a message to the owners about what they do not know yet, where it is time to."""
    owners, now = services.access.owners, services.now()
    async with services.database.begin() as conn:
        untold = await list_untold_failures(conn)
        last_told = await find_last_told(conn)
        if not owners or not untold or not is_time_to_tell(last_told, now):
            return False
        await mark_told(conn, told_at=now, forget_before=now - KEEP_TOLD)
        payload = text_payload(word_failures(untold))
        for owner in owners:
            message = Delivery(chat_id=owner, method=SEND_MESSAGE, payload=payload)
            key = f"failures:{now.timestamp():.0f}:{owner}"
            await enqueue_delivery(conn, message, key, bot_id=bot_id, created_at=now)
    return True


def is_time_to_tell(last_told: datetime | None, now: datetime) -> bool:
    return last_told is None or now - last_told >= TELL_EVERY


def word_failures(failures: Sequence[Failure]) -> str:
    """What went wrong, by kind, most frequent first, each with its ids in the log."""
    codes: dict[str, list[str]] = {}
    for failure in failures:
        codes.setdefault(failure.kind, []).append(failure.code)
    ranked = sorted(codes.items(), key=lambda item: len(item[1]), reverse=True)
    return texts.owner_failures(len(failures), failures[0].failed_at, tuple(ranked))
