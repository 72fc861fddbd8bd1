"""Telegram's limits on all that the bot asks for: who must wait, waits here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.rates import Rates
from bot.send_errors import seconds_of

TURN_TAKEN = "turn taken"
"""The `rate_limit_args` of a message for which `Limiter.turn` was awaited before."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A steady clock and how to wait on it."""

    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)


class Slots:
    """Lets few requests run at once: with each that is open, all others cost more.

    One whose answer takes long frees its slot before it ends, so it holds up no other.
    """

    def __init__(self, count: int, hold_s: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._hold_s = hold_s

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it within the block, but not for longer than `hold_s`."""
        await self._free.acquire()
        is_held = True

        def release() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self._free.release()

        late = asyncio.get_running_loop().call_later(self._hold_s, release)
        try:
            yield
        finally:
            late.cancel()
            release()


class Limiter(BaseRateLimiter[str]):
    """Keeps all requests of the bot within the limits; the sender takes its turns itself."""

    def __init__(self, rates: Rates, timer: Timer) -> None:
        self._rates = rates
        self._timer = timer

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    async def turn(self, chat_id: int) -> None:
        """Return when a message may be sent to the chat; it is counted."""
        while (wait := self._rates.wait_of_chat(chat_id, self._timer.now())) > 0:
            await self._timer.sleep(wait)
        if (wait := self._rates.take(chat_id, self._timer.now())) > 0:
            await self._timer.sleep(wait)

    def hold(self, chat_id: int, seconds: float) -> None:
        self._rates.hold(chat_id, seconds, self._timer.now())

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> Any:
        chat_id = data.get("chat_id")
        is_message = endpoint.startswith("send") and endpoint != "sendChatAction"
        if is_message and isinstance(chat_id, int) and rate_limit_args is None:
            await self.turn(chat_id)
        if not is_message and (wait := self._rates.take_urgent(self._timer.now())) > 0:
            await self._timer.sleep(wait)
        is_held = isinstance(chat_id, int) and self._rates.is_held(chat_id, self._timer.now())
        if endpoint == "sendChatAction" and is_held:
            return True  # a chat that wants silence is not told that somebody types
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as exc:
            if isinstance(chat_id, int):
                self.hold(chat_id, seconds_of(exc))
            raise
