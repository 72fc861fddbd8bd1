from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.failures import (
    Failure,
    find_last_told,
    list_failures,
    list_untold_failures,
    mark_told,
    record_failure,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_failures_are_told_once_and_forgotten_later(database: Database) -> None:
    first, second = Failure("7f3a", "KeyError", NOW), Failure("91bc", "DigestFailed", NOW)
    async with database.begin() as conn:
        assert await find_last_told(conn) is None
        await record_failure(conn, first)
        await record_failure(conn, second)
        assert await list_untold_failures(conn) == (first, second)
        await mark_told(conn, told_at=NOW, forget_before=NOW - DAY)
        assert await list_untold_failures(conn) == ()
        assert await find_last_told(conn) == NOW
        assert await list_failures(conn, limit=1) == (second,)
        await mark_told(conn, told_at=NOW + 2 * DAY, forget_before=NOW + DAY)
        assert await list_failures(conn, limit=5) == ()
