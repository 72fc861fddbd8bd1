"""Copies of the database: made while it is in use, whole or not there at all, and put back.

A copy is one file, without a write-ahead log of its own. It is written under another name, checked,
brought to the disk and only then given its own, so neither a crash nor a full disk leaves half of
one.
"""

import errno
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from storage.errors import BackupExists, BackupFailed, BackupUnusable, DatabaseUnusable

PAGES_AT_ONCE = 512
OPCODES_BETWEEN_LOOKS = 10_000
STALE_PARTIAL_S = 3_600.0
BUSY_TIMEOUT_S = 30.0
_PARTIAL = ".nutgraf-partial"
_STAMP = "%Y%m%dT%H%M%SZ"
_LEAST_FREE_BYTES = 10_000_000
"""What is left free beside a copy, so that making one does not itself fill the disk."""


def copy_database(
    source: Path,
    target: Path,
    *,
    replace: bool = False,
    stopped: threading.Event | None = None,
) -> int:
    """Copy the database as it is at one moment, whoever writes to it; gives the size in bytes.

    Raises BackupExists, unless it may replace, BackupFailed where the copy cannot be written, and
    DatabaseUnusable where the database cannot be read or is damaged.
    """
    if _is_of_database(target, source):
        raise BackupFailed(str(target), "is the database itself")
    if target.exists() and not replace:
        raise BackupExists(str(target))
    with _failing_as(lambda why: BackupFailed(str(target), why)):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _clear_partials(target.parent)
        with _partial(target) as partial:
            _write_copy(source, partial, stopped or threading.Event())
            size = partial.stat().st_size
            _give_name(partial, target, replace=replace)
    return size


def find_damage(path: Path) -> str | None:
    """What is wrong with the pages of a database, if anything."""
    try:
        with closing(_open(path, "ro")) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as exc:
        return str(exc)
    return None if found == "ok" else " ".join(str(found).split())


def schema_of_copy(path: Path) -> str:
    """The schema of a whole database of this program; raises BackupUnusable for anything else."""
    if not path.is_file():
        raise BackupUnusable(str(path), os.strerror(errno.ENOENT))
    try:
        with closing(_open(path, "ro")) as connection:
            _refuse_damage(connection, threading.Event())
            found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    except sqlite3.DatabaseError as exc:
        raise BackupUnusable(str(path), str(exc)) from exc
    except TypeError as exc:  # no row
        raise BackupUnusable(str(path), "has no schema") from exc
    return found


def put_back(backup: Path, database: Path, *, now: datetime) -> Path | None:
    """Replace the database by a copy; gives where the present one is kept, None where none was.

    Nobody else may use the database. A crash leaves the old or the new one, whole.
    """
    if _is_of_database(backup, database):
        raise BackupUnusable(str(backup), "is the database itself")
    with (
        _failing_as(lambda why: DatabaseUnusable(str(database), why)),
        _partial(database) as partial,
    ):
        _write_copy(backup, partial, threading.Event())
        aside = _keep_aside(database, now) if database.exists() else None
        os.replace(partial, database)
        _sync_folder(database.parent)
    return aside


def copy_name(database: Path, at: datetime) -> str:
    """The name of a copy made at a time; names sort as their times do."""
    return f"{database.stem}-{at.astimezone(UTC).strftime(_STAMP)}.db"


def schema_copy_name(database: Path, schema: str) -> str:
    """The name of the copy that is made before a database leaves a schema."""
    return f"{database.stem}-schema-{schema}.db"


def list_copies(folder: Path, database: Path) -> tuple[tuple[datetime, Path], ...]:
    """The dated copies of a database, oldest first."""
    found: list[tuple[datetime, Path]] = []
    for path in folder.glob(f"{database.stem}-*.db"):
        stamp = path.stem.removeprefix(f"{database.stem}-")
        with suppress(ValueError):
            found.append((datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC), path))
    return tuple(sorted(found))


def drop_old_copies(
    folder: Path, database: Path, *, keep: int, now: datetime, schemas_before: datetime
) -> None:
    """Keep the newest dated copies, and copies of earlier schemas made since a time.

    Those dated later than now, by a clock that was wrong, go first.
    """
    dated = sorted(list_copies(folder, database), key=lambda copy: (copy[0] <= now, copy[0]))
    of_schemas = folder.glob(schema_copy_name(database, "*"))
    limit = schemas_before.timestamp()
    old = [path for path in of_schemas if path.stat().st_mtime < limit]
    for path in (*old, *(path for _, path in dated[:-keep])):
        path.unlink(missing_ok=True)


def _is_of_database(path: Path, database: Path) -> bool:
    files = (database.with_name(f"{database.name}{ending}") for ending in ("", "-wal", "-shm"))
    return path.exists() and any(file.exists() and path.samefile(file) for file in files)


def _write_copy(source: Path, partial: Path, stopped: threading.Event) -> None:
    """Copy, check and sync; raises the driver's errors for the copy, ours for the source."""
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def look(*_: object) -> None:
        if stopped.is_set():
            raise sqlite3.OperationalError("interrupted")

    with closing(_open(partial, "rw")) as to:
        to.execute("PRAGMA journal_mode = OFF")
        to.execute("PRAGMA synchronous = OFF")  # it is brought to the disk when it is whole
        with _reading(source) as connection:
            _refuse_lack_of_room(connection, partial.parent)
            connection.backup(to, pages=PAGES_AT_ONCE, progress=look)
    with closing(_open(partial, "rw")) as to:
        to.execute("PRAGMA journal_mode = DELETE")  # needs no further files
        try:
            _refuse_damage(to, stopped)
        except sqlite3.DatabaseError as exc:
            if stopped.is_set():
                raise
            raise DatabaseUnusable(str(source), str(exc)) from exc
    _sync(partial)


@contextmanager
def _reading(source: Path) -> Iterator[sqlite3.Connection]:
    """The source in one unchanging state: writers neither wait nor make the copy begin anew."""
    try:
        connection = _open(source, "rw" if os.access(source, os.W_OK) else "ro")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as exc:
        raise DatabaseUnusable(str(source), str(exc)) from exc
    with closing(connection):
        yield connection


def _refuse_lack_of_room(connection: sqlite3.Connection, folder: Path) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    if shutil.disk_usage(folder).free < pages * page_size + _LEAST_FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _refuse_damage(connection: sqlite3.Connection, stopped: threading.Event) -> None:
    connection.set_progress_handler(stopped.is_set, OPCODES_BETWEEN_LOOKS)
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError("it is damaged")


def _keep_aside(database: Path, now: datetime) -> Path:
    """Give the present database a second name; what its log holds is in it, or goes along."""
    aside = database.with_name(f"{database.stem}-replaced-{now.strftime(_STAMP)}.db")
    with suppress(sqlite3.Error), closing(_open(database, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        os.link(database, aside)
    except FileExistsError as exc:
        raise BackupExists(str(aside)) from exc
    except OSError:  # the file system knows no second names
        shutil.copyfile(database, aside)
        _sync(aside)
    for ending in ("-wal", "-shm"):  # still there only where SQLite could not read them
        log = database.with_name(f"{database.name}{ending}")
        if log.exists():
            os.replace(log, aside.with_name(f"{aside.name}{ending}"))
    _sync_folder(database.parent)
    return aside


@contextmanager
def _partial(target: Path) -> Iterator[Path]:
    """A name for what will become `target`; nothing is left under it."""
    partial = target.with_name(f".{target.name}.{token_hex(4)}{_PARTIAL}")
    try:
        yield partial
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):
            partial.with_name(f"{partial.name}{ending}").unlink(missing_ok=True)


def _clear_partials(folder: Path) -> None:
    """Remove what a crash has left; a copy that is being written changes all the time."""
    for partial in folder.glob(f".*{_PARTIAL}*"):
        with suppress(FileNotFoundError):
            if time.time() - partial.stat().st_mtime > STALE_PARTIAL_S:
                partial.unlink()


def _give_name(partial: Path, target: Path, *, replace: bool) -> None:
    if replace:
        os.replace(partial, target)
    else:
        try:
            os.link(partial, target)  # fails where somebody was quicker; a renaming would not
        except FileExistsError as exc:
            raise BackupExists(str(target)) from exc
        except PermissionError:  # the file system knows no second names
            os.rename(partial, target)
    _sync_folder(target.parent)


@contextmanager
def _failing_as(error: Callable[[str], Exception]) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise error(exc.strerror or type(exc).__name__) from exc
    except sqlite3.Error as exc:
        raise error(str(exc)) from exc


def _open(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
