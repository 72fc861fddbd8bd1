import asyncio
import sqlite3
import stat
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import get_article, save_article
from storage.database import Database, exclusive_use, open_database, sqlite_url
from storage.errors import (
    OUTAGES,
    DatabaseInUse,
    DatabaseLocked,
    DatabaseUnusable,
    StorageError,
    UnsupportedDatabase,
)
from storage.history import record_request
from storage.sqlite import READERS
from storage.tables import articles
from support.builders import make_article

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def save_text(conn: AsyncConnection, content: str = "Text.") -> int:
    return await save_article(conn, make_article(content), received_at=NOW)


async def count_articles(database: Database) -> int:
    async with database.read() as conn:
        return int(await conn.scalar(select(func.count()).select_from(articles)) or 0)


async def pragma(conn: AsyncConnection, name: str) -> object:
    return await conn.scalar(text(f"PRAGMA {name}"))


async def check_durable(conn: AsyncConnection) -> None:
    assert await pragma(conn, "journal_mode") == "wal"
    assert await pragma(conn, "synchronous") == 2  # FULL
    assert await pragma(conn, "foreign_keys") == 1
    assert await pragma(conn, "busy_timeout") == 5000


async def test_all_connections_are_durable_and_strict(database: Database) -> None:
    for transaction in (database.begin(), database.read()):
        async with transaction as conn:
            await check_durable(conn)
    await database.write(check_durable)
    await database.query(check_durable)


async def test_row_without_the_one_it_belongs_to_is_refused(database: Database) -> None:
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        async with database.begin() as conn:
            await record_request(conn, chat_id=1, digest_id=2, requested_at=NOW)


async def test_file_and_folder_are_made_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "100% ?#;& Å.db"
    async with open_database(sqlite_url(path)) as database:
        await database.migrate()
        async with database.begin() as conn:
            await save_text(conn)
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_database("sqlite:///data/nutgraf.db") as database:
        await database.migrate()
    assert (tmp_path / "data" / "nutgraf.db").stat().st_size > 0


async def test_what_was_committed_is_there_after_reopening(database_path: Path) -> None:
    async with open_database(sqlite_url(database_path)) as database:
        await database.migrate()
        async with database.begin() as conn:
            article_id = await save_text(conn)
    async with open_database(sqlite_url(database_path)) as database, database.read() as conn:
        assert await get_article(conn, article_id) == make_article("Text.")


async def test_database_in_memory() -> None:
    async with open_database("sqlite:///:memory:") as database:
        await database.migrate()
        async with database.begin() as conn:
            await save_text(conn)
        assert await count_articles(database) == 1


@pytest.mark.parametrize(
    "url",
    ["postgresql://user:secret@db/nutgraf", "sqlite://", "sqlite:///", "nutgraf.db", "", "://"],
)
async def test_other_urls_are_refused_without_telling_secrets(url: str) -> None:
    with pytest.raises(UnsupportedDatabase) as caught:
        async with open_database(url):
            pass
    assert "secret" not in str(caught.value)


async def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database. " * 100)
    with pytest.raises(DatabaseUnusable, match="not a database"):
        async with open_database(sqlite_url(path)):
            pass
    assert path.read_text().startswith("Not a database.")


async def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="directory"):
        async with open_database(sqlite_url(tmp_path)):
            pass


async def test_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnusable):
        async with open_database(sqlite_url(tmp_path / "file" / "nutgraf.db")):
            pass


async def test_schema_that_was_never_made_is_our_error(database_path: Path) -> None:
    async with open_database(sqlite_url(database_path)) as database:
        with pytest.raises(StorageError, match="no such table"):
            await count_articles(database)


@pytest.mark.parametrize("error", [OSError("away"), TimeoutError(), KeyError("x")])
async def test_exception_rolls_back_and_stays_itself(database: Database, error: Exception) -> None:
    async def save_and_fail() -> None:
        async with database.begin() as conn:
            await save_text(conn)
            raise error

    with pytest.raises(type(error)) as caught:
        await save_and_fail()
    assert caught.value is error
    assert await count_articles(database) == 0


async def test_cancelled_writer_rolls_back_and_makes_way(database: Database) -> None:
    written = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.begin() as conn:
            await save_text(conn)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write_and_wait())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.begin() as conn:
        await save_text(conn, "Other.")
    assert await count_articles(database) == 1


async def test_writer_cancelled_within_a_statement_frees_the_lock(database_path: Path) -> None:
    loop, started, goes_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def wait_in_driver() -> int:
        loop.call_soon_threadsafe(started.set)
        return int(goes_on.wait(60))

    async def write(database: Database) -> None:
        async with database.begin() as conn:
            driver = (await conn.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.create_function("wait_in_driver", 0, wait_in_driver)
            await conn.execute(
                text(
                    "INSERT INTO chats (id, kind, created_at, last_seen_at)"
                    " VALUES (wait_in_driver(), 'g', '', '') RETURNING id"
                )
            )

    async with open_database(sqlite_url(database_path), busy_timeout_s=0) as database:
        await database.migrate()
        task = asyncio.create_task(write(database))
        await started.wait()
        task.cancel()
        goes_on.set()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError)
        async with database.begin() as conn:
            assert await conn.scalar(text("SELECT count(*) FROM chats")) == 0


async def test_readers_see_one_state_and_wait_for_nobody(database: Database) -> None:
    async with database.read() as reader, database.begin() as writer:
        count = select(func.count()).select_from(articles)
        assert await reader.scalar(count) == 0
        await save_text(writer)
        await writer.commit()
        assert await reader.scalar(count) == 0
    assert await count_articles(database) == 1


async def test_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError, match="readonly"):
        async with database.read() as conn:
            await save_text(conn)


async def test_writers_of_one_process_queue(database: Database) -> None:
    async def lengthen() -> None:
        async with database.begin() as conn:
            length = await conn.scalar(select(func.count()).select_from(articles))
            await save_text(conn, f"Article {length}.")

    await asyncio.gather(*(lengthen() for _ in range(50)))
    assert await count_articles(database) == 50


async def test_more_readers_than_connections(database: Database) -> None:
    counts = await asyncio.gather(*(count_articles(database) for _ in range(READERS * 5)))
    assert counts == [0] * READERS * 5


async def test_writers_of_several_processes_take_turns(
    database: Database, database_path: Path
) -> None:
    async def write(writer: Database, name: str) -> None:
        for number in range(10):
            async with writer.begin() as conn:
                await save_text(conn, f"{name} {number}")

    async with open_database(sqlite_url(database_path)) as other:
        await asyncio.gather(write(database, "one"), write(other, "other"))
    assert await count_articles(database) == 20


async def test_foreign_writer_that_does_not_end(database: Database, database_path: Path) -> None:
    with closing(sqlite3.connect(database_path, isolation_level=None)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")
        async with open_database(sqlite_url(database_path), busy_timeout_s=0) as hasty:
            with pytest.raises(DatabaseLocked):
                async with hasty.begin():
                    pass
            assert await count_articles(hasty) == 0
            foreign.execute("ROLLBACK")
            async with hasty.begin() as conn:
                await save_text(conn)
    assert await count_articles(database) == 1


async def test_file_locked_at_first_use(database_path: Path) -> None:
    with closing(sqlite3.connect(database_path, isolation_level=None)) as foreign:
        foreign.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseLocked):
            async with open_database(sqlite_url(database_path), busy_timeout_s=0):
                pass


async def test_errors_do_not_tell_what_people_wrote(database: Database) -> None:
    with pytest.raises(StorageError) as caught:
        async with database.begin() as conn:
            await conn.execute(
                articles.insert().values(text="my secret", authors=[], received_at=NOW)
            )
    error: BaseException | None = caught.value
    while error is not None:
        assert "my secret" not in f"{error!s} {error!r}"
        error = error.__cause__


async def test_second_program_on_a_database_is_refused(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "new" / "nutgraf.db")
    with exclusive_use(url):
        with pytest.raises(DatabaseInUse) as caught, exclusive_use(url):
            pass
        assert caught.value.where.endswith("nutgraf.db")
    with exclusive_use(url):
        pass


async def test_schema_is_looked_at_without_being_changed(tmp_path: Path) -> None:
    async with open_database(sqlite_url(tmp_path / "nutgraf.db")) as database:
        assert not await database.is_current()
        await database.migrate()
        assert await database.is_current()


@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("cancels", [1, 2])
async def test_cancelled_statement_does_not_outlive_the_database(
    database_path: Path, writes: bool, cancels: int
) -> None:
    running, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        running.set()
        may_end.wait()

    async def query(database: Database) -> None:
        async with database.begin() if writes else database.read() as conn:
            driver = (await conn.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.create_function("hold", 0, hold)
            await conn.execute(text("SELECT hold()"))

    async with open_database(sqlite_url(database_path)) as database:
        querying = asyncio.create_task(query(database))
        await asyncio.to_thread(running.wait)
        for _ in range(cancels):
            querying.cancel()
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.05, may_end.set)
    assert not [thread for thread in threading.enumerate() if "connection_worker" in thread.name]
    with suppress(asyncio.CancelledError):
        await querying
    with closing(sqlite3.connect(database_path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")


async def test_a_statement_that_is_wrong_is_no_outage(database: Database) -> None:
    """What waits for the database to be well again would wait for ever."""
    async with database.begin() as conn:
        with pytest.raises(StorageError) as caught:
            async with database.read() as reader:
                await reader.execute(text("SELECT * FROM no_such_table"))
        assert await conn.scalar(text("SELECT 1")) == 1
    assert not isinstance(caught.value, OUTAGES)
