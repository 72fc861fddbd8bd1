import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from newsroom.rounds import Rounds
from storage.errors import DatabaseLocked

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Pieces:
    """Pieces of work that are due, and may fail; an error in place of a piece fails the claim."""

    def __init__(self, *due: str | Exception, failing: dict[str, Exception] | None = None) -> None:
        self.due = deque(due)
        self.failing = failing or {}
        self.done: list[str] = []
        self.finished = asyncio.Event()
        self.rounds = Rounds(
            "pieces", self.claim, self.work, self.find_next, lambda: NOW, at_once=2
        )

    async def claim(self, limit: int) -> Sequence[str]:
        claimed = []
        while self.due and len(claimed) < limit:
            piece = self.due.popleft()
            if isinstance(piece, Exception):
                raise piece
            claimed.append(piece)
        return claimed

    async def work(self, piece: str) -> None:
        if piece in self.failing:
            raise self.failing[piece]
        self.done.append(piece)
        if not self.due:
            self.finished.set()

    async def find_next(self) -> datetime | None:
        return NOW if self.due else None

    async def run(self) -> None:
        running = asyncio.create_task(self.rounds.run())
        try:
            async with asyncio.timeout(5):
                await self.finished.wait()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_all_that_is_due_is_done() -> None:
    pieces = Pieces("a", "b", "c", "d", "e")
    await pieces.run()
    assert sorted(pieces.done) == list("abcde")


@pytest.mark.parametrize(
    ("error", "level"), [(DatabaseLocked("x"), "WARNING"), (RuntimeError("unforeseen"), "ERROR")]
)
async def test_a_piece_that_fails_stops_no_other(
    error: Exception, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    pieces = Pieces("a", "b", "c", failing={"a": error})
    await pieces.run()
    assert pieces.done == ["b", "c"]
    assert [record.levelname for record in caplog.records] == [level]


async def test_a_claim_that_fails_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    pieces = Pieces("a", "b", DatabaseLocked("x"), "c")
    await pieces.run()
    assert pieces.done == ["a", "b", "c"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
