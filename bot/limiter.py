"""Telegram's limits on all that the bot asks for: who must wait, waits here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
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
        if endpoint == "sendChatAction" and isinstance(chat_id, int):
            if self._rates.is_held(chat_id, self._timer.now()):
                return True  # a chat that wants silence is not told that somebody types
        elif is_message and isinstance(chat_id, int) and rate_limit_args is None:
            await self.turn(chat_id)
        if not is_message and (wait := self._rates.take_urgent(self._timer.now())) > 0:
            await self._timer.sleep(wait)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as exc:
            if isinstance(chat_id, int):
                self.hold(chat_id, seconds_of(exc))
            raise
