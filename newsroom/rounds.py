"""Work that comes due: taken from storage, some at a time, each piece apart from the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from storage.errors import StorageError

logger = logging.getLogger(__name__)

LONGEST_WAIT_S = 60.0
"""The clock may have been set since; and a broken database is tried again after this."""

T = TypeVar("T")


@dataclass(slots=True)
class Rounds(Generic[T]):
    """`claim` takes so many pieces that are due, `find_next` says when the next one is.

    What is claimed is leased: a piece whose `work` fails comes again when its lease is over.
    """

    name: str
    claim: Callable[[int], Awaitable[Sequence[T]]]
    work: Callable[[T], Awaitable[None]]
    find_next: Callable[[], Awaitable[datetime | None]]
    now: Callable[[], datetime]
    at_once: int
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Look at once what is due."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is being worked on is then let go."""
        working: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._woken.clear()
                claimed = await self._claim(self.at_once - len(working))
                working |= {asyncio.create_task(self._work_apart(piece)) for piece in claimed}
                working = await self._wait(working)
        finally:
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)

    async def _claim(self, limit: int) -> Sequence[T]:
        if limit <= 0:
            return ()
        try:
            return await self.claim(limit)
        except StorageError as error:
            logger.warning("%s: nothing was claimed: %s", self.name, error.code)
            return ()

    async def _work_apart(self, piece: T) -> None:
        try:
            await self.work(piece)
        except StorageError as error:
            logger.warning("%s: nothing was noted: %s", self.name, error.code)
        except Exception:
            logger.exception("%s: a piece of work failed", self.name)

    async def _wait(self, working: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Until a piece is done, one is due or somebody wakes; gives the tasks that go on."""
        woken = asyncio.create_task(self._woken.wait())
        try:
            is_full = len(working) >= self.at_once
            seconds = LONGEST_WAIT_S if is_full else await self._seconds_to_next()
            await asyncio.wait(
                {*working, woken}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            woken.cancel()
        return {task for task in working if not task.done()}

    async def _seconds_to_next(self) -> float:
        try:
            due = await self.find_next()
        except StorageError:
            return LONGEST_WAIT_S
        if due is None:
            return LONGEST_WAIT_S
        return min(max((due - self.now()).total_seconds(), 0.0), LONGEST_WAIT_S)
