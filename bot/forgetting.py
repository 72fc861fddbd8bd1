"""What is kept no longer is forgotten: a quiet task beside the others, in short transactions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Protocol

from bot.context import Services
from storage.database import Connection, Database
from storage.errors import StorageError
from storage.pauses import delete_old_topic_pauses, list_long_paused
from storage.privacy import erase_rows_of_chat
from storage.retention import (
    delete_old_deliveries,
    delete_old_jobs,
    delete_old_maps,
    delete_old_requests,
    delete_old_updates,
    drop_old_texts,
    tidy_search,
)

logger = logging.getLogger(__name__)

KEEP_FINISHED = timedelta(days=2)
"""Telegram offers an update for a day, so one that is done must be known for longer."""
KEEP_PAUSED = timedelta(days=30)
"""What is kept of a chat that shut the bot out is erased after so long."""
EVERY_S = 3_600.0
BATCH = 50
BREAK_S = 0.1
"""Between two batches, for whatever else is to be written."""

Sleep = Callable[[float], Awaitable[None]]


class Forgets(Protocol):
    """Forgets at most so many rows; gives how many."""

    async def __call__(self, conn: Connection, /, *, limit: int) -> int: ...


async def keep_forgetting(services: Services, *, bot_id: int, ending: asyncio.Event) -> None:
    """Forget at once and then every hour, until the end."""

    async def sleep(seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ending.wait()

    while not ending.is_set():
        try:
            await forget(services, bot_id=bot_id, sleep=sleep)
        except StorageError as exc:
            logger.warning("nothing forgotten error=%s", exc.code)
        await sleep(EVERY_S)


async def forget(services: Services, *, bot_id: int, sleep: Sleep = asyncio.sleep) -> None:
    """Forget all that is kept long enough by now."""
    database, now, keep = services.database, services.now(), services.retention
    finished, paused = now - KEEP_FINISHED, now - KEEP_PAUSED
    texts_before = now - timedelta(days=min(keep.article_days, keep.digest_days))
    digests_before = now - timedelta(days=keep.digest_days)
    steps: tuple[Forgets, ...] = (
        partial(delete_old_updates, received_before=finished),
        partial(delete_old_jobs, created_before=finished),
        partial(delete_old_deliveries, created_before=finished),
        partial(delete_old_maps, asked_before=finished),
        partial(delete_old_requests, requested_before=digests_before),
        partial(drop_old_texts, asked_before=texts_before),
    )
    forgotten = [await _forget_all(step, database, sleep) for step in steps]
    long_paused = partial(list_long_paused, bot_id=bot_id, began_before=paused, limit=BATCH)
    for chat_id in await database.query(long_paused):
        its_requests = partial(delete_old_requests, requested_before=now, chat_id=chat_id)
        forgotten.append(await _forget_all(its_requests, database, sleep))
        await database.write(partial(erase_rows_of_chat, chat_id=chat_id))
        logger.info("erased, as it shut the bot out long ago chat=%d", chat_id)
    await database.write(partial(delete_old_topic_pauses, bot_id=bot_id, began_before=paused))
    if any(forgotten):
        await database.write(tidy_search)


async def _forget_all(step: Forgets, database: Database, sleep: Sleep) -> int:
    """Take a step again until nothing is left for it; gives how many rows are gone."""
    total = 0
    while True:
        gone = await database.write(partial(step, limit=BATCH))
        total += gone
        if gone < BATCH:
            return total
        await sleep(BREAK_S)
