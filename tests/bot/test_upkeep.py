import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from telegram.error import Forbidden, NetworkError

from bot import database_texts
from bot.alarms import Alarms
from bot.backups import BackupPlan
from bot.upkeep import CALM_LOOKS, COPY_RETRY_S, LOCKED_S, MIN_FREE_BYTES, Upkeep
from storage.backups import copy_name, list_copies
from storage.database import (
    Connection,
    Database,
    exclusive_use,
    is_in_use,
    last_sign_of_life,
    open_database,
    sqlite_url,
)
from storage.errors import StorageError
from storage.failures import Failure, record_failure

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
OWNER = 9


@dataclass
class FakeBot:
    """Notes what is sent to whom, or raises."""

    sent: list[tuple[int, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def send_message(self, chat_id: int, text: str) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((chat_id, text))
        self.told.set()


@dataclass
class World:
    """An upkeep whose clock, disk and Telegram are the test's."""

    database: Database
    plan: BackupPlan
    bot: FakeBot = field(default_factory=FakeBot)
    elapsed: float = 0.0
    free: int = 10**12
    fetched: int = 0
    news: str | None = None

    def __post_init__(self) -> None:
        self.upkeep = Upkeep(
            self.database,
            alarms=Alarms(self.bot, (OWNER,)),  # type: ignore[arg-type]  # all that it uses
            plan=self.plan,
            now=lambda: START + timedelta(seconds=self.elapsed),
            fetched=lambda: self.fetched,
            news=self.news,
            free_bytes=lambda folder: self.free,
            monotonic=lambda: self.elapsed,
        )

    async def look(self, times: int = 1) -> list[str]:
        """What the owner is told, when what was begun has ended."""
        before = len(self.bot.sent)
        for _ in range(times):
            await self.upkeep.look()
            await self.upkeep.wait_for_copy()
        return [text for _, text in self.bot.sent[before:]]


@pytest.fixture
def plan(tmp_path: Path) -> BackupPlan:
    return BackupPlan(tmp_path / "copies", daily_at=time(3, 30), keep=2)


@pytest.fixture
def world(database: Database, plan: BackupPlan) -> World:
    return World(database, plan)


def copies(world: World) -> list[datetime]:
    return [at for at, _ in list_copies(world.plan.folder, world.database.file)]


# Daily copies


async def test_copy_is_made_once_a_day_and_old_ones_go(world: World) -> None:
    hour, made = 3_600, []
    for _ in range(4 * 24):
        assert await world.look() == []
        made = sorted({*made, *copies(world)})
        world.elapsed += hour
    slots = [START, *(datetime(2026, 3, day, 4, 0, tzinfo=UTC) for day in (4, 5, 6, 7))]
    assert made == slots
    assert copies(world) == slots[-2:]


@pytest.mark.parametrize(
    ("newest", "is_due"),
    [
        (None, True),
        (datetime(2026, 3, 3, 3, 29, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 3, 30, tzinfo=UTC), False),
        (datetime(2026, 2, 1, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 13, 0, tzinfo=UTC), True),  # the clock was wrong
    ],
)
def test_copy_that_was_missed_is_made_up_for(
    plan: BackupPlan, tmp_path: Path, newest: datetime | None, is_due: bool
) -> None:
    database = tmp_path / "nutgraf.db"
    plan.folder.mkdir()
    if newest is not None:
        (plan.folder / copy_name(database, newest)).touch()
    assert plan.is_due(database, START) is is_due


async def test_without_a_time_there_are_no_daily_copies(
    database: Database, plan: BackupPlan
) -> None:
    world = World(database, replace(plan, daily_at=None))
    await world.look()
    assert not plan.folder.exists()


async def test_owner_is_told_once_of_copies_that_fail_and_when_they_work_again(
    world: World, plan: BackupPlan
) -> None:
    plan.folder.touch()  # a file in the place of the folder
    (told,) = await world.look()
    assert "was not copied" in told
    assert str(plan.folder) in told
    for _ in range(3):
        world.elapsed += COPY_RETRY_S + 1
        assert await world.look() == []
    plan.folder.unlink()
    assert await world.look() == [], "not yet: it is tried once an hour"
    world.elapsed += COPY_RETRY_S + 1
    assert await world.look() == [database_texts.COPIED_AGAIN]
    assert len(copies(world)) == 1


# The database cannot be written


async def write(database: Database) -> None:
    failure = Failure("ab12", "x" * 100_000, START)
    await database.write(lambda conn: record_failure(conn, failure))


async def execute(conn: Connection, *, statement: str) -> None:
    await conn.execute(text(statement))


async def test_owner_is_told_at_once_of_a_full_disk_and_when_it_is_over(
    world: World, database: Database
) -> None:
    await database.write(partial(execute, statement="PRAGMA max_page_count = 1"))
    with pytest.raises(StorageError, match="full"):
        await write(database)
    (told,) = await world.look()
    assert "Make room on the disk." in told
    assert "Nothing is lost" in told
    with suppress(StorageError):
        await write(database)
    assert await world.look() == []
    await database.write(partial(execute, statement="PRAGMA max_page_count = 1000000"))
    await write(database)
    assert await world.look(CALM_LOOKS - 1) == []
    assert await world.look() == [database_texts.DATABASE_WRITABLE]


async def test_owner_is_told_at_once_of_a_disk_that_only_reads(
    world: World, database: Database
) -> None:
    await database.write(partial(execute, statement="PRAGMA query_only = ON"))
    with pytest.raises(StorageError, match="readonly"):
        await write(database)
    (told,) = await world.look()
    assert "Make the file and its folder writable." in told


async def test_owner_is_not_told_that_the_disk_is_at_fault_when_we_are(
    world: World, database: Database
) -> None:
    with pytest.raises(StorageError, match="no such table"):
        await database.write(partial(execute, statement="DELETE FROM no_table"))
    assert await world.look() == []


async def test_owner_is_told_of_another_program_only_if_it_holds_the_database_for_long(
    database: Database, plan: BackupPlan
) -> None:
    await write(database)
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with open_database(sqlite_url(database.file), busy_timeout_s=0) as hasty:
            world = World(hasty, replace(plan, daily_at=None))
            with pytest.raises(StorageError):
                await write(hasty)
            assert hasty.fault is not None
            world.elapsed = hasty.fault.since + 1
            assert await world.look() == []
            world.elapsed += LOCKED_S
            with pytest.raises(StorageError):
                await write(hasty)
            (told,) = await world.look()
            assert "busy" in told
            other.execute("ROLLBACK")
            await write(hasty)
            assert await world.look(CALM_LOOKS) == [database_texts.DATABASE_WRITABLE]


async def test_owner_is_told_of_a_disk_that_fills_up(world: World) -> None:
    world.free = MIN_FREE_BYTES - 1
    (told,) = await world.look()
    assert "500.0 MB free" in told
    world.free = MIN_FREE_BYTES + 1
    assert await world.look(3) == [], "not so soon: it would be told again and again"
    world.free = 10**12
    assert await world.look() == [database_texts.ROOM_AGAIN]


async def test_who_cannot_be_told_now_is_told_later(world: World) -> None:
    world.free = 0
    world.bot.errors = [NetworkError("x")]
    assert await world.look() == []
    assert len(await world.look()) == 1


async def test_owner_who_never_started_the_bot_is_not_tried_again(world: World) -> None:
    world.free = 0
    world.bot.errors = [Forbidden("x")]
    assert await world.look(3) == []


# Signs of life


async def test_bot_gives_signs_of_life_while_it_hears_from_telegram(world: World) -> None:
    file = world.database.file
    assert not is_in_use(file)
    with exclusive_use(sqlite_url(file)):
        assert is_in_use(file)
        lock = file.with_name(f"{file.name}.lock")
        os.utime(lock, (0, 0))
        await world.look()
        assert last_sign_of_life(file) == 0
        world.fetched += 1
        await world.look()
        assert last_sign_of_life(file) > 0
    assert not is_in_use(file)


async def test_news_are_told_at_the_start(database: Database, plan: BackupPlan) -> None:
    world = World(database, plan, news="A new schema.")
    with exclusive_use(sqlite_url(database.file)):
        running = asyncio.create_task(world.upkeep.run())
        await world.bot.told.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert world.bot.sent == [(OWNER, "A new schema.")]
