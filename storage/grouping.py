"""Group commit: transactions that are asked for at the same time become one, with one fsync."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import DatabaseLocked

T = TypeVar("T")

Statements = Callable[[AsyncConnection], Coroutine[Any, Any, T]]
"""Part of a transaction: awaits nothing but its connection, and may be run again."""
RunsGroup = Callable[[Sequence[Statements[Any]]], Awaitable[list[Any]]]

MAX_GROUP = 100


class Grouping:
    """Runs what waits as one transaction, in the order in which it came.

    One that fails takes no other along: then each is run again in a transaction of its own. Who
    stops waiting does not take back what it asked for.
    """

    def __init__(self, run: RunsGroup) -> None:
        self._run = run
        self._waiting: deque[tuple[Statements[Any], asyncio.Future[Any]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def run(self, statements: Statements[T]) -> T:
        """Give what `statements` gives, when its transaction has ended."""
        ended: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, ended))
        if self._task is None:
            self._task = asyncio.create_task(self._run_waiting(), name="group commit")
        return await ended

    async def join(self) -> None:
        """Return when nothing waits any more."""
        if self._task is not None:
            await self._task

    async def _run_waiting(self) -> None:
        try:
            while self._waiting:
                size = min(len(self._waiting), MAX_GROUP)
                await self._end([self._waiting.popleft() for _ in range(size)])
        finally:
            self._task = None

    async def _end(self, group: Sequence[tuple[Statements[Any], asyncio.Future[Any]]]) -> None:
        try:
            results = await self._run([statements for statements, _ in group])
        except Exception as exc:
            if len(group) == 1 or isinstance(exc, DatabaseLocked):
                for _, ended in group:
                    if not ended.done():
                        ended.set_exception(exc)
                return
            for one in group:
                await self._end([one])
            return
        for (_, ended), result in zip(group, results, strict=True):
            if not ended.done():
                ended.set_result(result)


def run_at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that nothing makes wait."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("a transaction waits for something else than its database")
