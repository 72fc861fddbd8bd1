"""The real command, as a newcomer starts it: no token, no configuration, an empty data folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import texts
from bot.commands import example_text


@dataclass(frozen=True, slots=True)
class Command:
    home: Path
    gazetteer: Path

    def chat(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        environment = {key: os.environ[key] for key in os.environ if "NUTGRAF" not in key.upper()}
        environment |= {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "NUTGRAF_DIGEST__GAZETTEER": str(self.gazetteer),
        }
        return subprocess.run(
            [sys.executable, "-m", "bot", "chat", *arguments],
            input=stdin,
            capture_output=True,
            env=environment,
            timeout=120,
            check=False,
        )


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


def test_refusal_is_words_and_exit_code_1(command: Command) -> None:
    done = command.chat(stdin=b"caf\xe9")
    assert done.returncode == 1
    assert "not UTF-8" in done.stdout.decode()
    assert b"Traceback" not in done.stdout + done.stderr
