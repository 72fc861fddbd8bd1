"""The real command, as a newcomer starts it: no token, no configuration, an empty data folder."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import texts
from bot.commands import example_text


@dataclass(frozen=True, slots=True)
class Command:
    home: Path
    gazetteer: Path

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: os.environ[key] for key in os.environ if "NUTGRAF" not in key.upper()}
        return inherited | {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "NUTGRAF_DIGEST__GAZETTEER": str(self.gazetteer),
        }

    def chat(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "bot", "chat", *arguments],
            input=stdin,
            capture_output=True,
            env=self.environment,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
        )


def rows(database: Path, table: str) -> int:
    """How many rows a table, or a part of it, has; none while there is no such table."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
            return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 - ours
    except sqlite3.OperationalError:
        return 0


@pytest.fixture
def command(tmp_path: Path, gazetteer_path: Path) -> Command:
    return Command(tmp_path, gazetteer_path)


def test_article_in_a_file_becomes_a_digest(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes(example_text().encode())
    done = command.chat("--once", str(path))
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert shown.count(texts.KEY_POINTS) == 1
    assert "Ilinca Vasarab" in shown
    assert list((command.home / "data" / "nutgraf").glob("*.db"))


def test_piped_text_is_answered_and_remembered(command: Command) -> None:
    article = example_text().encode()
    first = command.chat(stdin=article)
    assert texts.KEY_POINTS in first.stdout.decode(), first.stderr.decode()
    history = command.chat(stdin=b"/history")
    assert texts.HISTORY_TITLE in history.stdout.decode()
    assert history.stdout.decode().count(" UTC") == 1


def test_what_a_crash_left_undone_is_erased_at_the_next_start(
    command: Command, tmp_path: Path
) -> None:
    database = tmp_path / "data" / "nutgraf" / "nutgraf.db"
    with command.start("chat") as process:
        assert process.stdin is not None
        process.stdin.write(b"Snow fell in Bergen, said Ilse Tarrow. " * 20_000)
        process.stdin.close()
        while rows(database, "jobs WHERE state = 'running'") == 0:
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"ended by itself: {process.wait(0.05)}")
        process.kill()
    assert rows(database, "articles") == 1
    assert command.chat(stdin=b"/history").returncode == 0
    for table in ("updates", "jobs", "paste_parts", "deliveries", "articles"):
        assert rows(database, table) == 0, table


def test_refusal_is_words_and_exit_code_1(command: Command) -> None:
    done = command.chat(stdin=b"caf\xe9")
    assert done.returncode == 1
    assert "not UTF-8" in done.stdout.decode()
    assert b"Traceback" not in done.stdout + done.stderr
