"""Telegram's limits on all that the bot asks for: who must wait, waits here."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.rates import Rates
from bot.send_errors import seconds_of

MESSAGES_PER_SECOND = 30
URGENT_PER_SECOND = 2
"""Besides messages, so that the press of a button never waits for them."""
WINDOW_S = 1.0
PLACE_HOLD_S = 2.0
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


class Window:
    """Lets at most so many requests reach Telegram within a second, however late they get there.

    When one arrives nobody knows, only that it was before the answer: so its place is taken until a
    second after that, and an answer that does not come keeps it for no longer than `hold_s`.
    """

    def __init__(self, count: int, timer: Timer, *, hold_s: float = PLACE_HOLD_S) -> None:
        self._timer = timer
        self._hold_s = hold_s
        self._given_back = asyncio.Semaphore(count)
        self._free_at = deque([timer.now()] * count)

    @property
    def is_open(self) -> bool:
        """Whether there is a place without waiting."""
        return not self._given_back.locked() and self._free_at[0] <= self._timer.now()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, first come first served, and keep it within the block."""
        await self._given_back.acquire()
        free_at = self._free_at.popleft()
        is_held = True

        def leave() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self._free_at.append(self._timer.now() + WINDOW_S)
                self._given_back.release()

        late: asyncio.TimerHandle | None = None
        try:
            if (wait := free_at - self._timer.now()) > 0:
                await self._timer.sleep(wait)
            late = asyncio.get_running_loop().call_later(self._hold_s, leave)
            yield
        finally:
            if late is not None:
                late.cancel()
            leave()


class Limiter(BaseRateLimiter[str]):
    """Keeps all requests of the bot within the limits.

    The sender waits for the turn of a chat itself; all wait here for the limit of the whole bot.
    """

    def __init__(self, rates: Rates, timer: Timer) -> None:
        self._rates = rates
        self._timer = timer
        self._messages = Window(MESSAGES_PER_SECOND, timer)
        self._urgent = Window(URGENT_PER_SECOND, timer)

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    async def turn(self, chat_id: int) -> None:
        """Return when the chat may get a message; it is counted."""
        while (wait := self._rates.wait_of_chat(chat_id, self._timer.now())) > 0:
            await self._timer.sleep(wait)
        self._rates.take(chat_id, self._timer.now())

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
        is_held = isinstance(chat_id, int) and self._rates.is_held(chat_id, self._timer.now())
        if endpoint == "sendChatAction" and is_held:
            return True  # a chat that wants silence is not told that somebody types
        goes_first = not is_message and (self._urgent.is_open or not self._messages.is_open)
        window = self._urgent if goes_first else self._messages
        try:
            async with window.place():
                return await callback(*args, **kwargs)
        except RetryAfter as exc:
            if isinstance(chat_id, int):
                self.hold(chat_id, seconds_of(exc))
            raise
