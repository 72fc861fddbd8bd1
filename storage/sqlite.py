"""All that is particular to SQLite: first use of a file, pragmas, how transactions begin."""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import (
    URL,
    AsyncAdaptedQueuePool,
    Connection,
    CursorResult,
    Engine,
    Executable,
    ScalarResult,
    create_engine,
    event,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.grouping import Statements, run_at_once
from storage.sqlite_threads import OpenedConnections

MEMORY = ":memory:"
READERS = 4
WRITER_WAIT_S = 30.0
_DISK_CODES = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
)
BOT_LOCK = ".lock"
CHATS_LOCK = ".chats.lock"


def prepare_file(path: Path, *, busy_timeout_s: float) -> None:
    """Create the file, for its owner only, and its folder where missing; switch it to WAL.

    SQLite does not wait for others when it changes the journal mode, so this asks again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    deadline = time.monotonic() + busy_timeout_s
    with closing(sqlite3.connect(path, timeout=busy_timeout_s)) as connection:
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as exc:
                if not is_busy(exc) or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return


@contextmanager
def locked_file(path: Path, ending: str = BOT_LOCK) -> Iterator[None]:
    """Hold a lock beside the database; the system frees it with the process, however that ends.

    Raises BlockingIOError where another process holds it.
    """
    with _lock_file(path, ending) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


@contextmanager
def shared_file(path: Path) -> Iterator[bool]:
    """Hold a lock beside the database that others may hold too; true where nobody else did."""
    with _lock_file(path, CHATS_LOCK) as lock:
        is_first = True
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            is_first = False
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield is_first


def lock_is_held(path: Path) -> bool:
    """Whether a bot holds the lock beside the database; takes it from nobody."""
    try:
        with _lock_name(path, BOT_LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def sign_life(path: Path) -> None:
    """Note at the lock that the bot which holds it is well now."""
    os.utime(_lock_name(path, BOT_LOCK))


def last_sign_of_life(path: Path) -> float:
    """When the bot that holds the lock was well, in seconds since the epoch."""
    return _lock_name(path, BOT_LOCK).stat().st_mtime


@contextmanager
def _lock_file(path: Path, ending: str) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with _lock_name(path, ending).open("ab") as lock:
        yield lock


def _lock_name(path: Path, ending: str) -> Path:
    return path.with_name(f"{path.name}{ending}")


def create_engines(
    path: str, opened: OpenedConnections, *, busy_timeout_s: float
) -> tuple[AsyncEngine, AsyncEngine]:
    """An engine with the one connection that writes, and one with those that can only read.

    Coroutines queue for the writer in order, where SQLite would let the luckiest through. A
    database in memory is one connection, so there both are the same.
    """
    writer = _create_engine(path, opened, pool_size=1)
    _set_up(writer.sync_engine, busy_timeout_s=busy_timeout_s, query_only=False)
    if path == MEMORY:
        return writer, writer
    reader = _create_engine(path, opened, pool_size=READERS)
    _set_up(reader.sync_engine, busy_timeout_s=busy_timeout_s, query_only=True)
    return writer, reader


class AtOnce:
    """What storage functions use of an AsyncConnection, on a connection that never waits."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self.dialect = conn.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        return self._conn.execute(statement, parameters)

    async def scalar(self, statement: Executable, parameters: Any = None) -> Any:
        return self._conn.scalar(statement, parameters)

    async def scalars(self, statement: Executable, parameters: Any = None) -> ScalarResult[Any]:
        return self._conn.scalars(statement, parameters)


class GroupThread:
    """A connection in a thread of its own, in which a whole transaction runs at one go.

    To hand each statement to a thread and back costs more than most statements do.
    """

    def __init__(self, path: str, *, busy_timeout_s: float, query_only: bool) -> None:
        self._engine = create_engine(
            URL.create("sqlite", database=path),
            connect_args={"check_same_thread": False},  # closed by another one
            pool_size=1,
            max_overflow=0,
            hide_parameters=True,
        )
        _set_up(self._engine, busy_timeout_s=busy_timeout_s, query_only=query_only)
        self._thread = ThreadPoolExecutor(1, "reads" if query_only else "writes")

    async def run(self, group: Sequence[Statements[Any]]) -> list[Any]:
        """What each part of the transaction gives; any exception rolls back the whole."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, group)

    def _run(self, group: Sequence[Statements[Any]]) -> list[Any]:
        with self._engine.begin() as conn:
            at_once = cast(AsyncConnection, AtOnce(conn))
            return [run_at_once(statements(at_once)) for statements in group]

    def close(self) -> None:
        """End the thread; nothing may run in it any more."""
        self._thread.shutdown()
        self._engine.dispose()


@asynccontextmanager
async def foreign_keys_off(conn: AsyncConnection) -> AsyncIterator[None]:
    """For migrations: while on, dropping a table that is being rebuilt empties its dependents."""
    driver = (await conn.get_raw_connection()).driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    await (await driver.execute("PRAGMA foreign_keys = OFF")).close()
    try:
        yield
    finally:
        await (await driver.execute("PRAGMA foreign_keys = ON")).close()


async def truncate_log(conn: AsyncConnection) -> None:
    """Bring the write-ahead log into the file and empty it; left to later where readers hold it."""
    driver = (await conn.get_raw_connection()).driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    await (await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")).close()


def is_fault_of_statement(error: BaseException | None) -> bool:
    """Whether the database is well and what was asked of it is wrong, as a missing table."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH)


def is_busy(error: BaseException | None) -> bool:
    """Whether another connection holds what this one needs."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_of_disk(error: BaseException | None) -> bool:
    """Whether the file or its disk is at fault, and not what was asked of it."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return code & 0xFF in _DISK_CODES


def _create_engine(path: str, opened: OpenedConnections, *, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=path),
        async_creator=opened.open,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=WRITER_WAIT_S,
        hide_parameters=True,  # they hold what people wrote
    )

    @event.listens_for(engine.sync_engine, "invalidate")
    def _invalidate(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, error: BaseException | None
    ) -> None:
        # A cancelled statement may outlive the closing of its connection, and with it the lock.
        with suppress(sqlite3.Error):
            connection.rollback()

    return engine


def _set_up(engine: Engine, *, busy_timeout_s: float, query_only: bool) -> None:
    pragmas = (
        f"busy_timeout = {round(busy_timeout_s * 1000)}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # what people have erased is overwritten
        f"query_only = {int(query_only)}",
    )

    begin = "BEGIN" if query_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
