import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database, open_database, sqlite_url
from storage.errors import DatabaseLocked, StorageError
from storage.grouping import Grouping, Statements
from storage.tables import admissions
from support.bot import NOW


class Groups:
    """Notes which statements run together; none begins before it may."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.began = asyncio.Event()
        self.may_run = asyncio.Event()
        self.may_run.set()

    async def run(self, group: Sequence[Statements[Any]]) -> list[Any]:
        self.sizes.append(len(group))
        self.began.set()
        await self.may_run.wait()
        return [await statements(None) for statements in group]  # type: ignore[arg-type]


def admit(chat_id: int) -> Statements[int]:
    async def write(conn: AsyncConnection) -> int:
        await conn.execute(admissions.insert().values(chat_id=chat_id, admitted_at=NOW))
        return chat_id

    return write


async def admitted(conn: AsyncConnection) -> list[int]:
    return list(await conn.scalars(select(admissions.c.chat_id).order_by(admissions.c.chat_id)))


async def fail(conn: AsyncConnection) -> None:
    raise KeyError("x")


@pytest.fixture(params=["file", "memory"])
async def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = "sqlite:///:memory:" if request.param == "memory" else sqlite_url(tmp_path / "a.db")
    async with open_database(url) as database:
        await database.migrate()
        yield database


async def test_what_waits_runs_together_in_its_order() -> None:
    groups, order = Groups(), list[int]()

    def note(number: int) -> Statements[int]:
        async def statements(conn: AsyncConnection) -> int:
            order.append(number)
            return number

        return statements

    grouping = Grouping(groups.run)
    groups.may_run.clear()
    first = asyncio.create_task(grouping.run(note(0)))
    await groups.began.wait()
    others = [asyncio.create_task(grouping.run(note(number))) for number in range(1, 6)]
    await asyncio.sleep(0)
    groups.may_run.set()
    assert await asyncio.gather(first, *others) == order == [0, 1, 2, 3, 4, 5]
    assert groups.sizes == [1, 5]


async def test_who_stops_waiting_takes_nothing_back(any_database: Database) -> None:
    task = asyncio.create_task(any_database.write(admit(1)))
    await asyncio.sleep(0)
    task.cancel()
    await any_database.write(admit(2))
    assert await any_database.query(admitted) == [1, 2]
    assert task.cancelled()


async def test_what_fails_takes_no_other_along(any_database: Database) -> None:
    writes = [admit(1), fail, admit(2), admit(1), admit(3)]
    results = await asyncio.gather(*map(any_database.write, writes), return_exceptions=True)
    kinds = [result if isinstance(result, int) else type(result) for result in results]
    assert kinds == [1, KeyError, 2, StorageError, 3]
    assert await any_database.query(admitted) == [1, 2, 3]


async def test_half_of_a_write_is_never_kept(any_database: Database) -> None:
    async def write(conn: AsyncConnection) -> None:
        await admit(1)(conn)
        raise OSError("away")

    with pytest.raises(OSError, match="away"):
        await any_database.write(write)
    assert await any_database.query(admitted) == []


async def test_groups_and_longer_transactions_take_turns(any_database: Database) -> None:
    async def lengthen(conn: AsyncConnection) -> None:
        count = await conn.scalar(select(func.count()).select_from(admissions))
        await admit(int(count or 0))(conn)

    async def lengthen_slowly() -> None:
        async with any_database.begin() as conn:
            await lengthen(conn)
            await asyncio.sleep(0)

    both = [(any_database.write(lengthen), lengthen_slowly()) for _ in range(10)]
    await asyncio.gather(*(one for pair in both for one in pair))
    assert await any_database.query(admitted) == list(range(20))


async def test_group_that_finds_the_database_locked_is_not_tried_one_by_one(
    database_path: Path,
) -> None:
    async with open_database(sqlite_url(database_path), busy_timeout_s=0) as database:
        await database.migrate()
        with closing(sqlite3.connect(database_path, isolation_level=None)) as foreign:
            foreign.execute("BEGIN IMMEDIATE")
            writes = map(database.write, map(admit, range(3)))
            results = await asyncio.gather(*writes, return_exceptions=True)
            assert {type(result) for result in results} == {DatabaseLocked}
            assert await database.query(admitted) == []
        assert await database.write(admit(7)) == 7


async def test_query_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError, match="readonly"):
        await database.query(admit(1))


async def test_write_that_waits_for_something_else_is_refused(database: Database) -> None:
    async def wait(conn: AsyncConnection) -> None:
        await admit(1)(conn)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waits for something else"):
        await database.write(wait)
    assert await database.query(admitted) == []


async def test_what_was_asked_for_is_committed_before_the_database_closes(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    async with open_database(url) as database:
        await database.migrate()
        task = asyncio.create_task(database.write(admit(1)))
        await asyncio.sleep(0)
    assert await task == 1
    async with open_database(url) as database:
        assert await database.query(admitted) == [1]
