import asyncio
import os
import sqlite3
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage import backups
from storage.articles import save_article
from storage.backups import copy_database, copy_name, drop_old_copies, list_copies
from storage.database import (
    Database,
    backup,
    exclusive_use,
    open_database,
    restore,
    shared_use,
    sqlite_url,
)
from storage.errors import (
    BackupExists,
    BackupFailed,
    BackupUnusable,
    DatabaseInUse,
    DatabaseUnusable,
    SchemaTooNew,
)
from support.builders import make_article

NOW = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)


async def save(database: Database, text: str) -> None:
    async with database.begin() as conn:
        await save_article(conn, make_article(text), received_at=NOW)


def texts_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [text for (text,) in connection.execute("SELECT text FROM articles ORDER BY id")]


@pytest.fixture
async def copied(database: Database, tmp_path: Path) -> Path:
    """A copy of the database with one article, "Kept."; another came after it."""
    await save(database, "Kept.")
    copy = tmp_path / "copies" / "one.db"
    await database.copy(copy)
    await save(database, "Later.")
    return copy


@asynccontextmanager
async def being_written(database: Database) -> AsyncIterator[list[str]]:
    """Have articles committed all the time; gives those that are."""
    committed: list[str] = []
    ending = asyncio.Event()

    async def write() -> None:
        while not ending.is_set():
            text = f"Article {len(committed)}. " + "Words of it. " * 50
            await save(database, text)
            committed.append(text)

    writing = asyncio.create_task(write())
    try:
        yield committed
    finally:
        ending.set()
        await writing


# Copies


async def test_copy_is_one_whole_file_for_the_owner_only(copied: Path) -> None:
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in copied.parent.iterdir()}
    assert files == {"one.db": 0o600}
    assert texts_in(copied) == ["Kept."]
    assert [file.name for file in copied.parent.iterdir()] == ["one.db"]


async def test_copy_under_load_holds_all_that_was_committed_before_it(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "PAGES_AT_ONCE", 1)  # many writers come between the pages
    for number in range(200):
        await save(database, f"Old {number}. " + "Words. " * 200)
    async with being_written(database) as committed:
        for number in range(5):
            before = len(committed)
            size = await database.copy(tmp_path / f"{number}.db")
            assert size == (tmp_path / f"{number}.db").stat().st_size
            found = texts_in(tmp_path / f"{number}.db")[200:]
            assert found[:before] == committed[:before]
    assert len(committed) > 5, "writers waited for the copy"


async def test_present_file_is_replaced_only_when_asked(database: Database, copied: Path) -> None:
    with pytest.raises(BackupExists):
        await database.copy(copied)
    assert texts_in(copied) == ["Kept."]
    await database.copy(copied, replace=True)
    assert texts_in(copied) == ["Kept.", "Later."]


async def test_who_is_quicker_is_not_replaced(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, sync = tmp_path / "copy.db", backups._sync

    def sync_slowly(path: Path) -> None:
        sync(path)
        copy.write_text("quicker")

    monkeypatch.setattr(backups, "_sync", sync_slowly)
    with pytest.raises(BackupExists):
        await database.copy(copy)
    assert copy.read_text() == "quicker"


async def test_copy_that_is_given_up_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    syncing, may_go_on = threading.Event(), threading.Event()
    refuse_damage = backups._refuse_damage

    def look_slowly(connection: sqlite3.Connection, stopped: threading.Event) -> None:
        syncing.set()
        may_go_on.wait()
        monkeypatch.setattr(backups, "OPCODES_BETWEEN_LOOKS", 1)
        refuse_damage(connection, stopped)

    monkeypatch.setattr(backups, "_refuse_damage", look_slowly)
    copying = asyncio.create_task(database.copy(tmp_path / "copies" / "copy.db"))
    await asyncio.to_thread(syncing.wait)
    copying.cancel()
    asyncio.get_running_loop().call_later(0.01, may_go_on.set)
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert list((tmp_path / "copies").iterdir()) == []


async def test_full_disk_leaves_the_earlier_copy(
    database: Database, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Small(sqlite3.Connection):
        """Takes no more than a few pages, as a full disk does."""

        def backup(self, target: sqlite3.Connection, **how: object) -> None:
            target.execute("PRAGMA max_page_count = 3")
            super().backup(target, **how)  # type: ignore[arg-type]  # handed on as it came

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k, factory=Small))
    with pytest.raises(BackupFailed, match="full"):
        await database.copy(copied, replace=True)
    monkeypatch.undo()
    assert [file.name for file in copied.parent.iterdir()] == ["one.db"]
    assert texts_in(copied) == ["Kept."]


async def test_copy_that_cannot_fit_is_not_begun(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "_LEAST_FREE_BYTES", 10**18)
    with pytest.raises(BackupFailed, match="No space left"):
        await database.copy(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


async def test_folder_that_cannot_be_made(database: Database, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BackupFailed):
        await database.copy(tmp_path / "file" / "copy.db")


def damage(path: Path) -> bytes:
    """Overwrite the middle of the file; gives what it then holds."""
    with path.open("rb+") as file:
        file.seek(4_096)
        file.write(os.urandom(path.stat().st_size // 2))
    return path.read_bytes()


async def test_damaged_database_is_told_and_no_copy_replaced(
    database: Database, database_path: Path, copied: Path
) -> None:
    await database.close()
    damage(database_path)
    with pytest.raises(DatabaseUnusable):
        copy_database(database_path, copied, replace=True)
    assert texts_in(copied) == ["Kept."]


def test_missing_database_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable):
        backup(sqlite_url(tmp_path / "none.db"), tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


async def test_what_a_crash_left_long_ago_is_cleared_away(
    database: Database, tmp_path: Path
) -> None:
    old, new, other = (
        tmp_path / ".a.1.nutgraf-partial",
        tmp_path / ".b.2.nutgraf-partial",
        tmp_path / ".c.partial",
    )
    for path in (old, new, other):
        path.touch()
    for path in (old, other):
        os.utime(path, (0, 0))
    await database.copy(tmp_path / "copy.db")
    assert [path.exists() for path in (old, new, other)] == [False, True, True]


# Rotation


def test_newest_copies_are_kept(tmp_path: Path) -> None:
    database = tmp_path / "nutgraf.db"
    days = [NOW + timedelta(days=day) for day in range(5)]
    others = ["nutgraf-test-20260303T123000Z.db", "nutgraf-2026.db", "notes.txt"]
    for name in (*(copy_name(database, day) for day in reversed(days)), *others):
        (tmp_path / name).touch()
    old_schema, schema = tmp_path / "nutgraf-schema-0001.db", tmp_path / "nutgraf-schema-0002.db"
    for path, at in ((old_schema, NOW - timedelta(days=1)), (schema, NOW + timedelta(days=1))):
        path.touch()
        os.utime(path, (at.timestamp(), at.timestamp()))
    drop_old_copies(tmp_path, database, keep=2, now=days[-1], schemas_before=NOW)
    assert [at for at, _ in list_copies(tmp_path, database)] == days[-2:]
    assert {path.name for path in tmp_path.iterdir()} == {
        *(copy_name(database, day) for day in days[-2:]),
        *others,
        schema.name,
    }


def test_copies_dated_by_a_wrong_clock_go_first(tmp_path: Path) -> None:
    database = tmp_path / "nutgraf.db"
    days = [NOW + timedelta(days=day) for day in (-1, 0, 100, 101)]
    for day in days:
        (tmp_path / copy_name(database, day)).touch()
    drop_old_copies(tmp_path, database, keep=2, now=NOW, schemas_before=NOW)
    assert [at for at, _ in list_copies(tmp_path, database)] == days[:2]


# Restoring


async def test_restored_copy_takes_the_place_of_the_database(
    database: Database, database_path: Path, copied: Path
) -> None:
    await database.close()
    aside = restore(sqlite_url(database_path), copied, now=NOW)
    assert aside is not None
    assert aside.name == "nutgraf-replaced-20260303T123000Z.db"
    assert (texts_in(database_path), texts_in(aside)) == (["Kept."], ["Kept.", "Later."])
    async with open_database(sqlite_url(database_path)) as restored:
        assert await restored.migrate() is None
        await save(restored, "Again.")
    assert texts_in(database_path) == ["Kept.", "Again."]
    assert texts_in(aside) == ["Kept.", "Later."]
    assert texts_in(copied) == ["Kept."]


async def test_log_of_a_killed_bot_goes_into_what_is_kept(
    database: Database, database_path: Path, copied: Path, tmp_path: Path
) -> None:
    killed = tmp_path / "killed" / "nutgraf.db"
    killed.parent.mkdir()
    for ending in ("", "-wal", "-shm"):  # what kill -9 leaves
        file = database_path.with_name(f"nutgraf.db{ending}")
        killed.with_name(file.name).write_bytes(file.read_bytes())
    aside = restore(sqlite_url(killed), copied, now=NOW)
    assert aside is not None
    assert texts_in(killed) == ["Kept."]
    assert texts_in(aside) == ["Kept.", "Later."]


async def test_restoring_where_no_database_is(copied: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "nutgraf.db"
    assert restore(sqlite_url(path), copied, now=NOW) is None
    assert texts_in(path) == ["Kept."]


async def test_damaged_database_is_kept_and_replaced(
    database: Database, database_path: Path, copied: Path
) -> None:
    await database.close()
    damaged = damage(database_path)
    aside = restore(sqlite_url(database_path), copied, now=NOW)
    assert aside is not None
    assert aside.read_bytes() == damaged
    assert texts_in(database_path) == ["Kept."]


async def test_nothing_is_restored_under_a_running_bot_or_conversation(
    database: Database, database_path: Path, copied: Path
) -> None:
    url = sqlite_url(database_path)
    for use in (exclusive_use, shared_use):
        with use(url), pytest.raises(DatabaseInUse):
            restore(url, copied, now=NOW)
    assert texts_in(database_path) == ["Kept.", "Later."]


def make_unfit(copy: Path, how: str) -> Path:
    match how:
        case "missing":
            return copy.with_name("none.db")
        case "folder":
            return copy.parent
        case "text":
            copy.write_text("Not a database. " * 100)
        case "empty":
            copy.write_bytes(b"")
        case "truncated":
            os.truncate(copy, copy.stat().st_size // 2)
        case "damaged":
            damage(copy)
        case "foreign":
            copy.unlink()
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("CREATE TABLE bookmarks (url)")
    return copy


@pytest.mark.parametrize(
    "how", ["missing", "folder", "text", "empty", "truncated", "damaged", "foreign"]
)
async def test_what_is_no_whole_copy_replaces_nothing(
    database: Database, database_path: Path, copied: Path, how: str
) -> None:
    await database.close()
    unfit = make_unfit(copied, how)
    with pytest.raises(BackupUnusable):
        restore(sqlite_url(database_path), unfit, now=NOW)
    assert texts_in(database_path) == ["Kept.", "Later."]
    assert {path.name for path in database_path.parent.iterdir()} == {"nutgraf.db", "copies"}


async def test_copy_of_a_newer_program_is_refused(
    database: Database, database_path: Path, copied: Path
) -> None:
    await database.close()
    with closing(sqlite3.connect(copied)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNew, match="9999"):
        restore(sqlite_url(database_path), copied, now=NOW)
    assert texts_in(database_path) == ["Kept.", "Later."]


@pytest.mark.parametrize("call", ["_sync", "_keep_aside", "replace", "_sync_folder"])
async def test_failure_at_any_step_leaves_a_whole_database(
    database: Database,
    database_path: Path,
    copied: Path,
    call: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await database.close()

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(backups.os if call == "replace" else backups, call, fail)
        with pytest.raises(DatabaseUnusable, match="Input/output"):
            restore(sqlite_url(database_path), copied, now=NOW)
    assert texts_in(database_path) == ["Kept.", "Later."]
    names = {path.name for path in database_path.parent.iterdir()}
    assert not [name for name in names if "partial" in name]
