from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.columns import UtcDateTime, escape, unescape
from storage.database import Database
from support.strategies import any_text

times = Table("times", MetaData(), Column("at", UtcDateTime))


@given(text=any_text)
@example(text="\x1a0000")
@example(text="\ud83d\ude00")
def test_escaped_text_is_exact_and_can_be_stored(text: str) -> None:
    escaped = escape(text)
    assert unescape(escaped) == text
    assert "\x00" not in escaped
    assert escaped.encode("utf-8").decode("utf-8") == escaped


@given(texts=st.lists(any_text, unique=True, min_size=2, max_size=2))
def test_different_texts_stay_different(texts: list[str]) -> None:
    assert escape(texts[0]) != escape(texts[1])


def test_usual_text_stays_readable() -> None:
    assert escape("“Здравствуй”, said\r\n\tIlse 🚢") == "“Здравствуй”, said\r\n\tIlse 🚢"


zones = st.sampled_from([UTC, timezone(timedelta(hours=-9.5)), ZoneInfo("Europe/Oslo")])


@given(
    at=st.datetimes(timezones=zones, allow_imaginary=False).filter(lambda at: 1 < at.year < 9999)
)
async def test_times_come_back_in_utc(database: Database, at: datetime) -> None:
    async with database.begin() as conn:
        await conn.run_sync(times.create)
        await conn.execute(times.insert().values(at=at))
        stored = await conn.scalar(select(times.c.at))
        await conn.rollback()
    assert stored == at
    assert stored.tzinfo is UTC


async def test_missing_time_stays_missing(database: Database) -> None:
    async with database.begin() as conn:
        await conn.run_sync(times.create)
        await conn.execute(times.insert().values(at=None))
        assert await conn.scalar(select(times.c.at)) is None


async def test_naive_time_is_refused(database: Database) -> None:
    naive = datetime(2026, 3, 3)  # noqa: DTZ001

    async def save_naive() -> None:
        async with database.begin() as conn:
            await conn.run_sync(times.create)
            await conn.execute(times.insert().values(at=naive))

    with pytest.raises(ValueError, match="naive"):
        await save_naive()


def test_times_are_read_alike_from_both_databases() -> None:
    column = UtcDateTime()
    expected = datetime(2026, 3, 3, 11, tzinfo=UTC)
    naive = datetime(2026, 3, 3, 11)  # noqa: DTZ001
    local = datetime(2026, 3, 3, 12, tzinfo=timezone(timedelta(hours=1)))
    assert column.process_result_value(naive, sqlite.dialect()) == expected
    assert column.process_result_value(local, postgresql.dialect()) == expected
