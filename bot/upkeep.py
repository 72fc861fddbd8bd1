"""What looks after the database while the bot runs: daily copies, room, faults, signs of life."""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot import database_texts
from bot.alarms import Alarms
from bot.backups import BackupPlan, make_daily_copy
from bot.texts import failure_line
from storage.database import Database, sign_life
from storage.errors import DatabaseLocked, StorageError

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
LOCKED_S = 60.0
"""So long another program may hold the database before the owner is told."""
CALM_LOOKS = 5
"""After so many looks without a fault it is over. A transaction that has nothing to write succeeds
in between, and the others are tried again after 5 s at most."""
COPY_RETRY_S = 3_600.0
MIN_FREE_BYTES = 500_000_000
ENOUGH_FREE_BYTES = 600_000_000

FAULT, ROOM, COPY = "database", "disk", "backup"


class Upkeep:
    """Looks every few seconds; `fetched` counts how often Telegram has answered.

    `news` is told to the owners at the start.
    """

    def __init__(
        self,
        database: Database,
        *,
        alarms: Alarms,
        plan: BackupPlan,
        now: Callable[[], datetime],
        fetched: Callable[[], int],
        news: str | None = None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._alarms = alarms
        self._plan = plan
        self._now = now
        self._fetched = fetched
        self._news = news
        self._free_bytes = free_bytes
        self._monotonic = monotonic
        self._seen = 0
        self._calm = 0
        self._copying: asyncio.Task[None] | None = None
        self._copy_after = 0.0

    async def run(self) -> None:
        """Look until cancelled."""
        with suppress(OSError):
            sign_life(self._database.file)
        if self._news is not None:
            await self._alarms.tell(self._news)
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            if self._copying is not None:
                self._copying.cancel()
                await asyncio.gather(self._copying, return_exceptions=True)

    async def look(self) -> None:
        """Tell what is wrong, and begin a copy if one is due."""
        if self._fetched() != self._seen:
            self._seen = self._fetched()
            with suppress(OSError):  # then there are no signs of life, as it should be
                sign_life(self._database.file)
        await self._look_for_faults()
        await self._look_for_room()
        self._begin_copy()

    async def wait_for_copy(self) -> None:
        """Return when no copy is being made."""
        if self._copying is not None:
            await self._copying

    async def _look_for_faults(self) -> None:
        fault = self._database.fault
        if fault is None:
            self._calm += 1
            if self._calm >= CALM_LOOKS:
                await self._alarms.end(FAULT, database_texts.DATABASE_WRITABLE)
            return
        self._calm = 0
        is_locked = isinstance(fault.error, DatabaseLocked)
        if not is_locked or self._monotonic() - fault.since > LOCKED_S:
            await self._alarms.sound(
                FAULT, database_texts.database_fault(failure_line(fault.error))
            )

    async def _look_for_room(self) -> None:
        folder = self._database.file.parent
        try:
            free = self._free_bytes(folder)
        except OSError as exc:
            logger.warning("room not known error=%s", exc.strerror)
            return
        if free < MIN_FREE_BYTES:
            await self._alarms.sound(ROOM, database_texts.little_room(free, str(folder)))
        elif free > ENOUGH_FREE_BYTES:
            await self._alarms.end(ROOM, database_texts.ROOM_AGAIN)

    def _begin_copy(self) -> None:
        is_busy = self._copying is not None and not self._copying.done()
        if is_busy or self._monotonic() < self._copy_after:
            return
        if self._plan.is_due(self._database.file, self._now()):
            self._copying = asyncio.create_task(self._copy(), name="daily copy")

    async def _copy(self) -> None:
        try:
            path, size = await make_daily_copy(self._database, self._plan, self._now())
        except StorageError as exc:
            self._copy_after = self._monotonic() + COPY_RETRY_S
            await self._alarms.sound(COPY, database_texts.no_copy(failure_line(exc)))
        else:
            logger.info("backup made file=%s bytes=%d", path, size)
            await self._alarms.end(COPY, database_texts.COPIED_AGAIN)
