"""The open database: one writer, many readers, the schema brought up to date."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import sqlite
from storage.backups import copy_database, put_back, schema_copy_name, schema_of_copy
from storage.errors import (
    DatabaseInUse,
    DatabaseLocked,
    DatabaseUnusable,
    StorageError,
    UnsupportedDatabase,
)
from storage.grouping import Grouping, Statements
from storage.sqlite_threads import OpenedConnections

T = TypeVar("T")

Connection = AsyncConnection
"""What storage functions take first, for the annotations of those who may not know SQL."""

BUSY_TIMEOUT_S = 5.0
COPIES_FOLDER = "backups"
"""Beside the database, where no other folder is named for its copies."""
_SQLITE_PREFIX = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why nothing can be written, and since when (on the monotonic clock)."""

    error: DatabaseLocked | DatabaseUnusable
    since: float


class Database:
    """Transactions on one database; made by `open_database`, used within one event loop."""

    def __init__(self, where: str, *, busy_timeout_s: float) -> None:
        self._where = where
        self.fault: Fault | None = None
        """What keeps the database from being written, from the first try to the next success."""
        self._opened = OpenedConnections(where)
        self._writer, self._reader = sqlite.create_engines(
            where, self._opened, busy_timeout_s=busy_timeout_s
        )
        self._turn = asyncio.Lock()
        """Of those that write: SQLite would let the luckiest through, not the first."""
        self._write_thread: sqlite.GroupThread | None = None
        self._query_thread: sqlite.GroupThread | None = None
        if where != sqlite.MEMORY:  # which is one connection
            thread = partial(sqlite.GroupThread, where, busy_timeout_s=busy_timeout_s)
            self._write_thread = thread(query_only=False)
            self._query_thread = thread(query_only=True)
        self._writes = Grouping(self._write_group)
        self._queries = Grouping(self._query_group)

    @property
    def file(self) -> Path:
        """Where it is; raises UnsupportedDatabase for one in memory."""
        return database_file(f"{_SQLITE_PREFIX}{self._where}")

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may write: committed at the end, rolled back by any exception.

        There is one at a time, so hold it for storage calls only and never begin one within it.
        """
        with self._watched():
            async with self._turn, self._writer.begin() as conn:
                yield conn

    async def write(self, statements: Statements[T]) -> T:
        """Run `statements` in a transaction that others share; committed when this returns.

        Much cheaper than `begin`; `statements` may be run again and awaits only its connection.
        """
        return await self._writes.run(statements)

    async def query(self, statements: Statements[T]) -> T:
        """Run quick reads, together with those of others that are asked for at the same time."""
        return await self._queries.run(statements)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One unchanging view of the database; waits for no writer."""
        with _translated(self._where):
            async with self._reader.connect() as conn:
                yield conn

    async def migrate(self, *, copies: Path | None = None) -> Path | None:
        """Bring the schema to this program's version; raises SchemaTooNew. Safe to race.

        A database of an earlier schema is first copied into the folder; gives the copy.
        """
        from storage.migrations import is_newest, schema_of, upgrade  # Alembic takes long to import

        with self._watched():
            async with (
                self._turn,
                self._writer.connect() as conn,
                sqlite.foreign_keys_off(conn),
                conn.begin(),
            ):
                schema = await conn.run_sync(schema_of)
                if is_newest(schema):
                    return None
                kept = await self._keep_schema(schema, copies) if schema is not None else None
                await conn.run_sync(upgrade)
                return kept

    async def _keep_schema(self, schema: str, copies: Path | None) -> Path:
        """Copy what is committed; nobody else writes meanwhile."""
        folder = copies or self.file.parent / COPIES_FOLDER
        target = folder / schema_copy_name(self.file, schema)
        await self.copy(target, replace=True)
        return target

    async def copy(self, target: Path, *, replace: bool = False) -> int:
        """Copy the database into a file as it is now; gives its size. See `copy_database`."""
        stopped = threading.Event()
        copying = asyncio.create_task(
            asyncio.to_thread(copy_database, self.file, target, replace=replace, stopped=stopped)
        )
        try:
            return await asyncio.shield(copying)
        except asyncio.CancelledError:
            stopped.set()
            await asyncio.gather(copying, return_exceptions=True)
            raise

    async def is_current(self) -> bool:
        """Whether the schema is this program's and can be written; raises SchemaTooNew."""
        from storage.migrations import is_current

        async with self.begin() as conn:
            return await conn.run_sync(is_current)

    async def truncate_log(self) -> None:
        """Leave nothing in the write-ahead log that the file no longer holds."""
        with _translated(self._where):
            async with self._turn, self._writer.connect() as conn:
                await sqlite.truncate_log(conn)

    async def close(self) -> None:
        """Close all connections; the last one to go tidies up the write-ahead log."""
        await self._writes.join()
        await self._queries.join()
        for thread in (self._query_thread, self._write_thread):
            if thread is not None:
                thread.close()
        await self._reader.dispose()
        await self._writer.dispose()
        await self._opened.end()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Note whether what is written within the block can be written."""
        try:
            with _translated(self._where):
                yield
        except (DatabaseLocked, DatabaseUnusable) as error:
            if sqlite.is_of_disk(error.__cause__) or isinstance(error, DatabaseLocked):
                self.fault = Fault(error, self.fault.since if self.fault else time.monotonic())
            raise
        self.fault = None

    async def _write_group(self, group: Sequence[Statements[Any]]) -> list[Any]:
        if self._write_thread is None:
            async with self.begin() as conn:
                return [await statements(conn) for statements in group]
        with self._watched():
            async with self._turn:
                return await self._write_thread.run(group)

    async def _query_group(self, group: Sequence[Statements[Any]]) -> list[Any]:
        if self._query_thread is None:
            async with self.read() as conn:
                return [await statements(conn) for statements in group]
        with _translated(self._where):
            return await self._query_thread.run(group)


@asynccontextmanager
async def open_database(
    url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S
) -> AsyncIterator[Database]:
    """Open the database of the URL: `sqlite:///FILE`, `sqlite:////absolute`, `sqlite:///:memory:`.

    The file and its folder are created on first use; the schema is left as it is.
    """
    path = _sqlite_path(url)
    if path != sqlite.MEMORY:
        await _prepare(path, busy_timeout_s=busy_timeout_s)
    database = Database(path, busy_timeout_s=busy_timeout_s)
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def exclusive_use(url: str) -> Iterator[None]:
    """Keep a second program like this one off the database; raises DatabaseInUse."""
    with _locked(url, sqlite.BOT_LOCK):
        yield


@contextmanager
def sole_use(url: str) -> Iterator[None]:
    """Keep bots and conversations off the database; raises DatabaseInUse."""
    with _locked(url, sqlite.BOT_LOCK), _locked(url, sqlite.CHATS_LOCK):
        yield


@contextmanager
def shared_use(url: str) -> Iterator[bool]:
    """Hold a place among conversations on the database; true where no other one is going on."""
    path = _sqlite_path(url)
    if path == sqlite.MEMORY:
        yield True
        return
    with ExitStack() as held:
        try:
            is_first = held.enter_context(sqlite.shared_file(Path(path)))
        except OSError as error:
            raise DatabaseUnusable(path, error.strerror or type(error).__name__) from error
        yield is_first


async def migrate(url: str, *, copies: Path | None = None) -> Path | None:
    """Bring the database of the URL to this program's schema, creating it where missing.

    Gives the copy that was made of one with an earlier schema.
    """
    async with open_database(url) as database:
        return await database.migrate(copies=copies)


def backup(url: str, target: Path, *, replace: bool = False) -> int:
    """Copy the database of the URL into a file, whoever uses it; gives the size in bytes."""
    return copy_database(database_file(url), target, replace=replace)


def restore(url: str, copy: Path, *, now: datetime) -> Path | None:
    """Put a copy in the place of the database; gives where that is kept. Raises DatabaseInUse."""
    from storage.migrations import is_newest

    is_newest(schema_of_copy(copy))  # one of an earlier schema is brought up to date at the start
    with sole_use(url):
        return put_back(copy, database_file(url), now=now)


def database_file(url: str) -> Path:
    """The file of the URL; raises UnsupportedDatabase where it names none."""
    path = _sqlite_path(url)
    if path == sqlite.MEMORY:
        raise UnsupportedDatabase(path)
    return Path(path)


def is_in_use(file: Path) -> bool:
    """Whether a bot runs on the database; takes the lock from nobody."""
    return sqlite.lock_is_held(file)


def sign_life(file: Path) -> None:
    """Note that the bot which runs on the database is well now; raises OSError."""
    sqlite.sign_life(file)


def last_sign_of_life(file: Path) -> float:
    """When the bot that runs on the database was last well, in seconds since the epoch."""
    return sqlite.last_sign_of_life(file)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"{_SQLITE_PREFIX}{path}"


@contextmanager
def _locked(url: str, ending: str) -> Iterator[None]:
    path = _sqlite_path(url)
    if path == sqlite.MEMORY:
        yield
        return
    with ExitStack() as held:
        try:
            held.enter_context(sqlite.locked_file(Path(path), ending))
        except BlockingIOError as error:
            raise DatabaseInUse(path) from error
        except OSError as error:
            raise DatabaseUnusable(path, error.strerror or type(error).__name__) from error
        yield


async def _prepare(path: str, *, busy_timeout_s: float) -> None:
    try:
        with _translated(path):
            await asyncio.to_thread(sqlite.prepare_file, Path(path), busy_timeout_s=busy_timeout_s)
    except OSError as error:
        raise DatabaseUnusable(path, error.strerror or type(error).__name__) from error


def _sqlite_path(url: str) -> str:
    path = url.removeprefix(_SQLITE_PREFIX)
    if path in (url, ""):
        raise UnsupportedDatabase(url.partition(":")[0])
    return path


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn the errors of driver and pool into our own, without the SQL and its values."""
    try:
        yield
    except exc.TimeoutError as error:
        raise DatabaseLocked("no connection became free") from error
    except exc.DBAPIError as error:
        raise _from_driver(where, error.orig) from error
    except exc.StatementError as error:  # a value that its column type refuses
        raise error.orig or StorageError(type(error).__name__) from error
    except sqlite3.Error as error:
        raise _from_driver(where, error) from error


def _from_driver(where: str, error: BaseException | None) -> StorageError:
    if sqlite.is_busy(error):
        return DatabaseLocked("another process is writing")
    if isinstance(error, sqlite3.IntegrityError) or sqlite.is_fault_of_statement(error):
        return StorageError(str(error))
    return DatabaseUnusable(where, str(error))
