"""What is kept no longer is forgotten: a quiet task beside the others, in short transactions."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from bot.context import Services
from storage.database import Connection, Database
from storage.editions import delete_old_editions
from storage.entries import delete_old_entries
from storage.errors import StorageError
from storage.feeds import delete_unfollowed_feeds
from storage.matches import delete_old_matches
from storage.offers import delete_old_offers
from storage.pauses import delete_old_topic_pauses, list_long_paused
from storage.privacy import erase_rows_of_chat
from storage.retention import (
    delete_old_deliveries,
    delete_old_jobs,
    delete_old_maps,
    delete_old_requests,
    delete_old_updates,
    delete_requests_of_chat,
    drop_old_texts,
    merge_search_index,
)
from storage.search import SEARCH_INDEXES
from storage.subscriptions import delete_ended_subscriptions

logger = logging.getLogger(__name__)

KEEP_FINISHED = timedelta(days=2)
"""Telegram offers an update for a day, so one that is done must be known for longer."""
KEEP_PAUSED = timedelta(days=30)
"""What is kept of a chat that shut the bot out is erased after so long."""
EVERY_S = 3_600.0
BATCH = 50
BREAK_S = 0.1
"""Between two batches, for whatever else is to be written."""

MERGED_PAGES = 200
KEEP_TOLD = timedelta(days=30)
"""What belonged to topics, and the buttons of editions; a text is not told again for as long."""
KEEP_ENTRIES = KEEP_TOLD + KEEP_FINISHED
"""Longer than what belongs to topics, which holds on to their articles."""
KEEP_ENDED = timedelta(hours=1)
"""What is no longer followed can be taken back for ten minutes."""
KEEP_OFFERS = timedelta(days=90)
"""How long the buttons of a question work."""

Rest = Callable[[], Awaitable[None]]
"""Awaited between two transactions."""


class Forgets(Protocol):
    """Forgets at most so many rows; gives how many."""

    async def __call__(self, conn: Connection, /, *, limit: int) -> int: ...


async def keep_forgetting(services: Services, *, bot_id: int, ending: asyncio.Event) -> None:
    """Forget at once and then every hour, until the end."""

    async def rest(seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await ending.wait()

    while not ending.is_set():
        try:
            await forget(services, bot_id=bot_id, rest=partial(rest, BREAK_S))
        except StorageError as exc:
            logger.warning("nothing forgotten error=%s", exc.code)
        await rest(EVERY_S)


async def forget(services: Services, *, bot_id: int, rest: Rest) -> None:
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
    forgotten = [await _repeat(step, database, rest) for step in steps]
    await database.write(partial(delete_old_topic_pauses, bot_id=bot_id, began_before=paused))
    if any(forgotten[-3:]):
        await _clear_search(database, rest)
    await _forget_news(database, now, rest)
    long_paused = partial(list_long_paused, bot_id=bot_id, began_before=paused, limit=BATCH)
    for chat_id in await database.query(long_paused):
        await erase_chat(database, chat_id, rest=rest)


async def _forget_news(database: Database, now: datetime, rest: Rest) -> None:
    """Forget what feeds listed, what was told of it, and what is followed no longer."""
    whole: tuple[Callable[[Connection], Coroutine[Any, Any, None]], ...] = (
        partial(delete_ended_subscriptions, ended_before=now - KEEP_ENDED),
        partial(delete_old_matches, matched_before=now - KEEP_TOLD),
        partial(delete_old_editions, composed_before=now - KEEP_TOLD),
        partial(delete_old_offers, offered_before=now - KEEP_OFFERS),
        delete_unfollowed_feeds,
    )
    for step in whole:
        await database.write(step)
        await rest()
    await _repeat(partial(delete_old_entries, seen_before=now - KEEP_ENTRIES), database, rest)


async def let_others_write() -> None:
    """The shortest rest: whoever waits to write has a turn."""
    await asyncio.sleep(0)


async def erase_chat(database: Database, chat_id: int, *, rest: Rest = let_others_write) -> None:
    """Erase all that is kept of a chat, down to the search index and the write-ahead log.

    Much of it is many transactions: in one, nobody else could write for up to a minute. Done again
    it does no harm, so what was cut off is taken up by asking again.
    """
    await _repeat(partial(delete_requests_of_chat, chat_id=chat_id), database, rest)
    await database.write(partial(erase_rows_of_chat, chat_id=chat_id))
    await _clear_search(database, rest)
    await database.truncate_log()
    logger.info("erased chat=%d", chat_id)


async def _repeat(step: Forgets, database: Database, rest: Rest) -> int:
    """Take a step again until nothing is left for it; gives how many rows are gone."""
    total = 0
    while True:
        gone = await database.write(partial(step, limit=BATCH))
        total += gone
        if gone < BATCH:
            return total
        await rest()


async def _clear_search(database: Database, rest: Rest) -> None:
    """Leave no word of deleted rows in the search."""
    for index in SEARCH_INDEXES:
        merge = partial(merge_search_index, index=index, limit=MERGED_PAGES)
        goes_on = await database.write(partial(merge, begins=True))
        while goes_on:
            await rest()
            goes_on = await database.write(merge)
