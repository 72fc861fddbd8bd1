import asyncio
import json
import logging
import signal
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    create_engine,
    select,
    text,
)

from storage.articles import save_article
from storage.chats import Chat, find_chat, save_chat
from storage.database import Database, migrate, open_database, sqlite_url
from storage.digests import find_digest, save_digest
from storage.errors import BackupFailed, SchemaTooNew, StorageError
from storage.history import list_history, record_request
from storage.migrations import configure, schema_of
from storage.pauses import list_long_paused
from storage.sqlite import create_engines, foreign_keys_off
from storage.sqlite_threads import OpenedConnections
from storage.tables import metadata
from summarizer.wire import article_key
from support.builders import make_full_digest

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 3, 13, tzinfo=UTC)
DIGEST = make_full_digest(title="Port reopens", source="Marwick Herald")
KEY = article_key(DIGEST.article)
CHAT = Chat(11, "private", "Reader", "en", NOW, NOW)

MIGRATE_ON_SIGNAL = """
import asyncio, sys
import storage.migrations
from storage.database import migrate
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(migrate(sys.argv[1]))
"""


async def fill(database: Database) -> None:
    async with database.begin() as conn:
        await save_chat(conn, CHAT)
        article_id = await save_article(conn, DIGEST.article, received_at=NOW)
        digest_id = await save_digest(conn, DIGEST, article_id=article_id, created_at=NOW)
        await record_request(conn, chat_id=11, digest_id=digest_id, requested_at=NOW)


async def assert_filled(database: Database) -> None:
    async with database.read() as conn:
        stored = await find_digest(conn, key=KEY, method=DIGEST.method)
        assert stored is not None
        assert stored.digest == DIGEST
        assert await find_chat(conn, 11) == CHAT
        history = await list_history(conn, chat_id=11, limit=5)
        assert [item.headline for item in history] == ["Port reopens"]


def dump(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def statements(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def is_ours(name: str | None, *_: object) -> bool:
    """Whether this is no table of the search index: it is not described in storage.tables."""
    return "_search" not in (name or "")


async def test_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    def compare(connection: Connection) -> Any:
        opts = {"compare_server_default": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=opts)
        return compare_metadata(context, metadata)

    async with database.read() as conn:
        assert await conn.run_sync(compare) == []


async def test_migrated_tables_number_their_rows_as_the_tables_say(
    database: Database, database_path: Path, tmp_path: Path
) -> None:
    engine = create_engine(sqlite_url(tmp_path / "created.db"))
    metadata.create_all(engine)
    engine.dispose()

    def autoincrement(path: Path) -> dict[str, bool]:
        return {
            name: "AUTOINCREMENT" in sql
            for name, sql in dump(path)
            if sql and "CREATE TABLE" in sql and is_ours(name)
        }

    migrated = autoincrement(database_path)
    del migrated["alembic_version"]
    assert migrated == autoincrement(tmp_path / "created.db")


async def test_rows_survive_migrating_again(database: Database) -> None:
    await fill(database)
    await database.migrate()
    await assert_filled(database)


async def test_rows_written_at_0001_survive(database_path: Path) -> None:
    """The rows of the very first schema, in its own SQL, are read by the functions of today."""
    engine = create_engine(sqlite_url(database_path))
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0001")
    engine.dispose()
    statements(
        database_path,
        """
        INSERT INTO articles VALUES (7, 'abc', 'Ship ahoy' || char(26) || '0000.', 'Ahoy', NULL,
            NULL, '["Oda Lund"]', NULL, 'en', '2026-03-03 12:00:00.000000');
        INSERT INTO digests VALUES (8, 7, 'lead/x', 'Ahoy', NULL,
            '{"title":"Ahoy","url":null,"source":null,"authors":["Oda Lund"],"published":null,
            "language":"en","method":"lead/x","key_points":[{"text":"Ship","start":0,"end":4,
            "rank":1}],"speakers":[],"locations":[],"boilerplate":[]}',
            '2026-03-03 12:00:00.000000');
        INSERT INTO chats VALUES (11, 'private', 'Reader', 'en', '2026-03-03 12:00:00.000000',
            '2026-03-03 12:00:00.000000');
        INSERT INTO requests VALUES (9, 11, 8, NULL, 1, 2, '2026-03-03 12:00:00.000000');
        """,
    )
    async with open_database(sqlite_url(database_path)) as database:
        await database.migrate()
        async with database.read() as conn:
            stored = await find_digest(conn, key="abc", method="lead/x")
            assert stored is not None
            assert (stored.id, stored.created_at) == (8, NOW)
            assert stored.digest.article.text == "Ship ahoy\x00."
            assert stored.digest.article.authors == ("Oda Lund",)
            assert [point.text for point in stored.digest.key_points] == ["Ship"]
            (item,) = await list_history(conn, chat_id=11, limit=5)
            assert (item.id, item.answer_message_id, item.requested_at) == (9, 2, NOW)
            assert await find_chat(conn, 11) == CHAT


async def test_chat_that_was_paused_at_0004_still_is(database_path: Path) -> None:
    engine = create_engine(sqlite_url(database_path))
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0004")
    engine.dispose()
    statements(
        database_path,
        """
        INSERT INTO chats VALUES (11, 'private', 'Reader', 'en', '2026-03-03 12:00:00.000000',
            '2026-03-03 12:00:00.000000', '2026-03-03 12:00:00.000000');
        INSERT INTO deliveries VALUES (1, 5, 11, NULL, NULL, 'sendMessage', '{}', 'u1:1', 'paused',
            0, '2026-03-03 12:00:00.000000', '2026-03-03 12:00:00.000000', NULL, NULL);
        """,
    )
    async with open_database(sqlite_url(database_path)) as database:
        await database.migrate()
        async with database.begin() as conn:
            assert await list_long_paused(conn, bot_id=5, began_before=LATER, limit=9) == (11,)
            assert await find_chat(conn, 11) == CHAT


async def test_newer_schema_is_refused_and_left_alone(
    database: Database, database_path: Path
) -> None:
    await fill(database)
    statements(database_path, "UPDATE alembic_version SET version_num = '9999'")
    before = dump(database_path)
    with pytest.raises(SchemaTooNew, match="9999") as caught:
        await migrate(sqlite_url(database_path))
    assert caught.value.found == "9999"
    assert f"{caught.value.known}.py" in {f"{name[:4]}.py" for name in migration_files()}
    assert dump(database_path) == before
    await assert_filled(database)


async def test_step_that_fails_leaves_nothing_behind(database_path: Path) -> None:
    statements(database_path, "CREATE TABLE requests (foreign_to_us)")
    with pytest.raises(StorageError, match="already exists"):
        await migrate(sqlite_url(database_path))
    assert [name for name, _ in dump(database_path)] == ["requests"]


async def test_table_can_be_built_anew_without_emptying_its_dependents(
    database: Database, database_path: Path
) -> None:
    await fill(database)
    writer, _ = create_engines(
        str(database_path), OpenedConnections(str(database_path)), busy_timeout_s=0
    )
    async with writer.connect() as conn:
        async with foreign_keys_off(conn), conn.begin():
            await conn.execute(text("DELETE FROM chats"))
        assert await conn.scalar(text("SELECT count(*) FROM requests")) == 1
        assert await conn.scalar(text("PRAGMA foreign_keys")) == 1
    await writer.dispose()


async def test_foreign_keys_hold_after_migrating(database: Database) -> None:
    async with database.begin() as conn:
        assert await conn.scalar(text("PRAGMA foreign_keys")) == 1


async def test_migrating_prints_nothing_and_leaves_logging_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    await migrate(sqlite_url(tmp_path / "quiet.db"))
    assert (root.level, list(root.handlers)) == before
    assert not logging.getLogger("storage").disabled
    assert capfd.readouterr() == ("", "")


async def test_processes_that_create_the_same_file_at_once_all_succeed(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "new" / "nutgraf.db")
    async with asyncio.timeout(120):
        racers = await asyncio.gather(*(start_racer(url) for _ in range(3)))
        for racer in racers:
            assert racer.stdout is not None
            assert await racer.stdout.readline() == b"ready\n"
        ended = await asyncio.gather(*(racer.communicate(b"go\n") for racer in racers))
    assert [racer.returncode for racer in racers] == [0, 0, 0], ended
    async with open_database(url) as database:
        await fill(database)
        await assert_filled(database)


async def start_racer(url: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        MIGRATE_ON_SIGNAL,
        url,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


def migration_files() -> list[str]:
    folder = resources.files("storage.migrations.versions")
    return sorted(file.name for file in folder.iterdir() if file.name[0].isdigit())


def test_steps_are_numbered_without_gaps() -> None:
    numbers = [int(name[:4]) for name in migration_files()]
    assert numbers == list(range(1, len(numbers) + 1))


# Databases of earlier versions


def revisions() -> list[str]:
    return [name[:4] for name in migration_files()]


MOVED = {("chats", "paused_at")}
"""Columns whose values stand in other tables now; each has a test of its own."""


@contextmanager
def at_schema(path: Path, schema: str) -> Iterator[Connection]:
    """A database at an earlier schema, with one row in each of its tables."""
    engine = create_engine(sqlite_url(path))
    with engine.begin() as connection:
        command.upgrade(configure(connection), schema)
        earlier = MetaData()
        earlier.reflect(connection, only=lambda name, _: is_ours(name))
        for table in earlier.sorted_tables:
            if table.name != "alembic_version":
                values = {column.name: some_value(column) for column in table.columns}
                connection.execute(table.insert().values(values))
        yield connection
    engine.dispose()


def some_value(column: Column[Any]) -> Any:
    """A value that fits; all keys are 1, so that rows refer to each other."""
    like_a_digest = {"speakers": [], "locations": []}
    if isinstance(column.type, DateTime):
        return NOW
    if isinstance(column.type, JSON):
        return like_a_digest
    if isinstance(column.type, LargeBinary):
        return b"picture"
    return 1 if isinstance(column.type, Integer) else json.dumps(like_a_digest)


def rows_of(connection: Connection, table: Table) -> list[Row[Any]]:
    """What stands in the columns that the table had then and has now."""
    kept = (column for column in table.columns if (table.name, column.name) not in MOVED)
    return list(connection.execute(select(*kept)))


@pytest.mark.parametrize("schema", revisions())
async def test_rows_of_every_earlier_schema_survive(
    database_path: Path, tmp_path: Path, schema: str
) -> None:
    with at_schema(database_path, schema) as connection:
        earlier = MetaData()
        earlier.reflect(connection, only=lambda name, _: is_ours(name))
        tables = [table for table in earlier.sorted_tables if table.name != "alembic_version"]
        before = {table: rows_of(connection, table) for table in tables}
    assert all(len(rows) == 1 for rows in before.values())
    kept = await migrate(sqlite_url(database_path), copies=tmp_path / "copies")
    engine = create_engine(sqlite_url(database_path))
    with engine.connect() as connection:
        for table in tables:
            assert rows_of(connection, table) == before[table], table.name
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
    engine.dispose()
    if schema == revisions()[-1]:
        assert kept is None
        return
    assert kept == tmp_path / "copies" / f"nutgraf-schema-{schema}.db"
    copy = create_engine(sqlite_url(kept))
    with copy.connect() as connection:
        assert schema_of(connection) == schema
        assert rows_of(connection, tables[0]) == before[tables[0]]
    copy.dispose()


async def test_new_database_needs_no_copy(tmp_path: Path) -> None:
    assert await migrate(sqlite_url(tmp_path / "nutgraf.db")) is None
    assert not (tmp_path / "backups").exists()


async def test_nothing_is_migrated_without_a_copy(database_path: Path, tmp_path: Path) -> None:
    with at_schema(database_path, "0001"):
        pass
    before = dump(database_path)
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed):
        await migrate(sqlite_url(database_path), copies=tmp_path / "file")
    assert dump(database_path) == before


KILLED_IN_MIGRATION = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from storage.database import migrate
left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(conn, cursor, statement, *_):
    global left
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP")):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(migrate(sys.argv[1]))
"""


async def test_migration_that_is_killed_begins_anew_at_the_next_start(tmp_path: Path) -> None:
    changes = (1, 4, 11, 17)
    paths = [tmp_path / str(change) / "nutgraf.db" for change in changes]
    for path in paths:
        path.parent.mkdir()
        with at_schema(path, "0001"):
            pass
    before = dump(paths[0])
    killed = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLED_IN_MIGRATION, sqlite_url(path), str(change)
        )
        for path, change in zip(paths, changes, strict=True)
    ]
    assert [await process.wait() for process in killed] == [-signal.SIGKILL] * len(changes)
    for path in paths:
        assert dump(path) == before
        kept = await migrate(sqlite_url(path))
        assert kept == path.parent / "backups" / "nutgraf-schema-0001.db"
        async with open_database(sqlite_url(path)) as database:
            assert await database.is_current()
            async with database.read() as conn:
                assert await conn.scalar(text("SELECT count(*) FROM requests")) == 1
                assert await conn.scalar(text("PRAGMA integrity_check")) == "ok"
