import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from storage.database import exclusive_use, sqlite_url

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, empty_database: Path) -> Path:
    """A folder with a database that holds one chat."""
    path = tmp_path / "data" / "nutgraf.db"
    path.parent.mkdir()
    shutil.copyfile(empty_database, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO chats (id, kind, created_at, last_seen_at) VALUES (1, 'private', '', '')"
        )
    return path.parent


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("NUTGRAF_STORAGE__URL", sqlite_url(folder / "nutgraf.db"))
    return lambda *arguments: CliRunner().invoke(main, [str(part) for part in arguments])


def chats(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM chats").fetchone()[0])


def test_backup_and_restore(run: Run, folder: Path, tmp_path: Path) -> None:
    copy, database = tmp_path / "copy.db", folder / "nutgraf.db"
    made = run("backup", copy)
    assert (made.exit_code, made.stdout.split(":")[0]) == (0, str(copy))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("DELETE FROM chats")
    restored = run("restore", copy)
    assert restored.exit_code == 0, restored.output
    assert chats(database) == 1
    (aside,) = folder.glob("nutgraf-replaced-*.db")
    assert str(aside) in restored.stdout
    assert chats(aside) == 0


def test_backup_while_the_bot_runs_and_restore_not(run: Run, folder: Path, tmp_path: Path) -> None:
    with exclusive_use(sqlite_url(folder / "nutgraf.db")):
        assert run("backup", tmp_path / "copy.db").exit_code == 0
        for refused in (run("restore", tmp_path / "copy.db"), run("migrate")):
            assert refused.exit_code == 4
            assert "Another Nutgraf is running" in refused.stderr


def test_backup_replaces_only_what_it_is_told_to(run: Run, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("mine")
    refused = run("backup", copy)
    assert (refused.exit_code, copy.read_text()) == (1, "mine")
    assert "--replace" in refused.stderr
    assert run("backup", copy, "--replace").exit_code == 0
    assert chats(copy) == 1


@pytest.mark.parametrize("ending", ["", "-wal"])
def test_backup_never_replaces_the_database_itself(run: Run, folder: Path, ending: str) -> None:
    database = folder / "nutgraf.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE more (x)")
        target = folder / "elsewhere.db"
        target.symlink_to(f"nutgraf.db{ending}")
        refused = run("backup", target, "--replace")
        assert refused.exit_code == 4
        assert "the database itself" in refused.stderr
    assert chats(database) == 1


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b"words " * 99, "not a database"), (b"", "")]
)
def test_what_is_no_copy_is_refused(
    run: Run, tmp_path: Path, content: bytes | None, words: str
) -> None:
    copy = tmp_path / "copy.db"
    if content is not None:
        copy.write_bytes(content)
    refused = run("restore", copy)
    assert refused.exit_code == 1
    assert words in refused.stderr
    assert "Nothing was changed." in refused.stderr


def test_migrate_is_told(run: Run, folder: Path) -> None:
    done = run("migrate")
    assert (done.exit_code, done.stdout) == (0, "The database is up to date.\n")
    assert {path.name for path in folder.iterdir()} == {"nutgraf.db", "nutgraf.db.lock"}


UNUSABLE = [
    (command, how) for command in ("migrate", "backup") for how in ("folder", "text", "cut")
]


@pytest.mark.parametrize(("command", "how"), [*UNUSABLE, ("migrate", "newer")])
def test_database_that_cannot_be_used_is_exit_4_with_words(
    run: Run, folder: Path, tmp_path: Path, command: str, how: str
) -> None:
    database = folder / "nutgraf.db"
    match how:
        case "folder":
            database.unlink()
            database.mkdir()
        case "text":
            database.write_text("Not a database. " * 100)
        case "cut":
            os.truncate(database, database.stat().st_size // 2)
        case "newer":
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute("UPDATE alembic_version SET version_num = '9999'")
    arguments = (command, tmp_path / "copy.db") if command == "backup" else (command,)
    refused = run(*arguments)
    assert refused.exit_code == 4, refused.output
    assert len(refused.stderr.splitlines()) == 1
    assert "database" in refused.stderr.lower()
    assert not (tmp_path / "copy.db").exists()


def test_health_of_a_bot(run: Run, folder: Path) -> None:
    assert run("health").exit_code == 75
    with exclusive_use(sqlite_url(folder / "nutgraf.db")):
        well = run("health")
        assert (well.exit_code, well.stdout) == (0, "running\n")
        os.utime(folder / "nutgraf.db.lock", (0, 0))
        unwell = run("health")
        assert unwell.exit_code == 75
        assert "heard nothing" in unwell.stdout
