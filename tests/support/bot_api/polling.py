"""Updates that wait for the bot: kept until a higher offset confirms them, as the server does."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from bot.local_checks import RequestRefused
from support.bot_api.schema import update_types

FIRST_UPDATE_ID = 700_001
REPEAT_S = 3.0
NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")


class UpdateQueue:
    """One bot's updates; lives in the server's event loop.

    The true server makes who asks again too soon wait; here only with `delays_repeats`.
    """

    def __init__(self, *, delays_repeats: bool = False) -> None:
        self._delays_repeats = delays_repeats
        self._last = (0, -REPEAT_S)
        self._ids = itertools.count(FIRST_UPDATE_ID)
        self._waiting: deque[dict[str, Any]] = deque()
        self._poll: asyncio.Future[None] | None = None
        self._allowed = tuple(name for name in update_types() if name not in NOT_BY_DEFAULT)
        self.confirmed = 0
        self.conflicts = 0

    @property
    def waiting(self) -> tuple[dict[str, Any], ...]:
        """Updates that the bot has not confirmed."""
        return tuple(self._waiting)

    @property
    def is_polled(self) -> bool:
        return self._poll is not None and not self._poll.done()

    def add(self, fields: Mapping[str, Any], *, force: bool = False) -> int | None:
        """Queue an update; None where the bot has not asked for its kind."""
        if not force and not any(name in self._allowed for name in fields):
            return None
        update_id = next(self._ids)
        self._waiting.append({"update_id": update_id, **fields})
        self._wake()
        return update_id

    async def fetch(
        self, *, offset: int, limit: int, timeout_s: float, allowed: Iterable[str] | None
    ) -> list[dict[str, Any]]:
        """What getUpdates answers; the older of two that wait at once is refused with 409."""
        if allowed is not None:
            self._allowed = tuple(allowed) or self._allowed
        self._confirm(offset)
        if self._poll is not None and self.is_polled:
            self.conflicts += 1
            self._poll.set_exception(_conflict())
        if self._delays_repeats and self._is_repeat(offset):
            timeout_s = max(timeout_s, REPEAT_S)
        if not self._waiting and timeout_s > 0:
            await self._wait(timeout_s)
        return list(itertools.islice(self._waiting, limit))

    def _is_repeat(self, offset: int) -> bool:
        """Whether the same was asked a moment ago."""
        now = time.monotonic()
        (last_offset, asked_at), self._last = self._last, (offset, now)
        return offset == last_offset and now < asked_at + REPEAT_S

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            while len(self._waiting) > -offset:
                self._drop_first()
        while self._waiting and self._waiting[0]["update_id"] < offset:
            self._drop_first()

    def _drop_first(self) -> None:
        self._waiting.popleft()
        self.confirmed += 1

    async def _wait(self, timeout_s: float) -> None:
        poll = asyncio.get_running_loop().create_future()
        self._poll = poll
        try:
            await asyncio.wait_for(poll, timeout_s)
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)


def _conflict() -> RequestRefused:
    return RequestRefused(
        HTTPStatus.CONFLICT,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    )
