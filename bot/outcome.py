"""What an update or a job leads to: rows that are committed together with its being done.

A handler writes nothing itself. What it wants kept it adds to the outcome of its update, which
whoever runs the handler commits in one transaction.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from storage.database import Connection
from storage.deliveries import Delivery, enqueue_delivery

Write = Callable[[Connection], Coroutine[Any, Any, object]]
Bell = Literal["deliveries", "held", "jobs", "pastes", "subscriptions"]
"""Rung when there is something new of this for the loop that works on it.

`held`, beside `deliveries`: what waits no longer may be older than what the sender has seen.
"""
ASKED_BY = "asked_by"
"""In the payload of a job or a message: who asked in a group, and may be told of it in private."""

_current: ContextVar["Outcome"] = ContextVar("outcome")


@dataclass(slots=True)
class Outcome:
    """Writes in the order in which they were added; `origin` names what they come from."""

    bot_id: int
    origin: str
    created_at: datetime
    asked_by: int | None = None
    bells: set[Bell] = field(default_factory=set)
    is_interrupted: bool = False
    """Set where the database failed what was begun, which is then to be done again."""
    _writes: list[Write] = field(default_factory=list)
    _answers: int = 0

    def add(self, write: Write, *, rings: Bell | None = None) -> None:
        """Have `write` run in the transaction; it may run again where the transaction failed."""
        self._writes.append(write)
        if rings is not None:
            self.bells.add(rings)

    def send(self, delivery: Delivery) -> Callable[[Connection], Coroutine[Any, Any, int]]:
        """Queue a message; the returned function gives its id within the transaction."""
        queue = self.reserve()

        async def enqueue(conn: Connection) -> int:
            return await queue(conn, delivery)

        self.add(enqueue, rings="deliveries")
        return enqueue

    def reserve(self) -> Callable[[Connection, Delivery], Coroutine[Any, Any, int]]:
        """Queues, within the transaction, a message that is only known there; gives its id.

        What calls it is to be added with `rings="deliveries"`.
        """
        self._answers += 1
        key = f"{self.origin}:{self._answers}"

        async def queue(conn: Connection, delivery: Delivery) -> int:
            named = replace(delivery, payload=self.naming_asker(delivery.payload))
            return await enqueue_delivery(
                conn, named, key, bot_id=self.bot_id, created_at=self.created_at
            )

        return queue

    def naming_asker(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """The payload of a job or a message, with who asked for it where that is known."""
        return payload if self.asked_by is None else {**payload, ASKED_BY: self.asked_by}

    def clear(self) -> None:
        """Forget everything: what was begun has failed."""
        self._writes.clear()
        self.bells.clear()

    async def write(self, conn: Connection) -> None:
        """Run all writes."""
        for write in self._writes:
            await write(conn)


def current_outcome() -> Outcome:
    """The outcome of the update or job that is being worked on."""
    return _current.get()


@contextmanager
def gathering(outcome: Outcome) -> Iterator[Outcome]:
    """Within the block, this is the current outcome."""
    token = _current.set(outcome)
    try:
        yield outcome
    finally:
        _current.reset(token)


@dataclass(frozen=True, slots=True)
class Bells:
    """Rung after a commit, so that nobody has to look into the database again and again.

    `changed` rings with each of them, for those who wait until there is nothing left to do.
    """

    deliveries: asyncio.Event = field(default_factory=asyncio.Event)
    held: asyncio.Event = field(default_factory=asyncio.Event)
    jobs: asyncio.Event = field(default_factory=asyncio.Event)
    pastes: asyncio.Event = field(default_factory=asyncio.Event)
    subscriptions: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, *bells: Bell) -> None:
        """Say that something was committed, and which loops have something new to do."""
        for bell in bells:
            getattr(self, bell).set()
        self.changed.set()

    def end(self) -> None:
        """Have the loops end after what they are at: a transaction is not cut off."""
        for bell in (self.ending, self.deliveries, self.jobs, self.pastes):
            bell.set()


async def wait_for_either(first: asyncio.Event, second: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (first, second)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def wait_for_bell(bell: asyncio.Event, seconds: float | None) -> None:
    """Return when the bell rings or the time is over, and be ready for the next ring."""
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return
    bell.clear()
