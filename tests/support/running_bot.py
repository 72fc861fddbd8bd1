"""The real `nutgraf run` as a process of its own, talking to the fake Bot API server."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol

from support.bot_api import BotApiServer

ROOT = Path(__file__).parent.parent.parent
OWNER = 900
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
OPEN_WORK = """
    SELECT (SELECT count(*) FROM updates WHERE state = 'pending')
         + (SELECT count(*) FROM paste_parts)
         + (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running'))
         + (SELECT count(*) FROM deliveries WHERE state = 'queued')
"""


class Process(Protocol):
    """What is used of a `subprocess.Popen`."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


class RunningBot:
    """A folder with configuration and database, and the process that runs on it."""

    def __init__(
        self,
        server: BotApiServer,
        folder: Path,
        gazetteer: Path,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        launch: Callable[[Path, Path], Process] | None = None,
    ) -> None:
        """`launch` starts `run` with this configuration and log in another way than the usual."""
        self._launch = launch
        self.server = server
        self.config = folder / "config.toml"
        self.database = folder / "nutgraf.db"
        self.log_path = folder / "log.txt"
        self.process: Process | None = None
        sections: dict[str, dict[str, Any]] = {
            "telegram": {"token": server.token, "base_url": server.root, "owners": [OWNER]},
            "storage": {"url": "sqlite:///nutgraf.db"},
            "digest": {"gazetteer": str(gazetteer)},
        }
        for name, values in (settings or {}).items():
            sections[name] = {**sections.get(name, {}), **values}
        self.config.write_text(_toml(sections), "utf-8")

    @property
    def log(self) -> str:
        return self.log_path.read_text("utf-8") if self.log_path.exists() else ""

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def open_work(self) -> int:
        """Rows that still lead to something: updates, parts of pastes, jobs, messages."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as conn:
                return int(conn.execute(OPEN_WORK).fetchone()[0])
        except sqlite3.OperationalError:  # locked just now, or not there yet
            return 1

    async def settle(self, *, timeout_s: float = 30.0) -> None:
        """Return when all that was written to the bot has led to all that it leads to."""
        await self.server.wait_for(
            lambda s: s.unconfirmed == 0 and self.open_work() == 0, timeout_s, what="settled"
        )

    def launch(self, command: str = "run") -> None:
        """Start the process, with an environment that holds nothing of ours."""
        if self._launch is not None:
            self.process = self._launch(self.config, self.log_path)
            return
        environment = {key: os.environ[key] for key in os.environ if "NUTGRAF" not in key.upper()}
        home = str(self.config.parent)
        environment |= {"PYTHONPATH": str(ROOT), "HOME": home, "XDG_DATA_HOME": home}
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", command, "--config", str(self.config)],
                cwd=self.config.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def start(self) -> None:
        """Start it and return when it asks for updates."""
        polls = len(self.server.calls("getUpdates"))
        self.launch()
        await self.server.wait_for(
            lambda s: self.has_ended or len(s.calls("getUpdates")) > polls or s.polls_waiting,
            START_TIMEOUT_S,
            what="bot started",
        )
        if self.has_ended:
            raise AssertionError(f"the bot ended at once: {self.log[-4_000:]}")

    async def stop(self, *, timeout_s: float = STOP_TIMEOUT_S) -> int:
        """SIGTERM; returns the exit code."""
        if self.process is not None and not self.has_ended:
            self.process.send_signal(signal.SIGTERM)
        return await self.exit_code(timeout_s=timeout_s)

    async def exit_code(self, *, timeout_s: float = START_TIMEOUT_S) -> int:
        """Wait for the end of the process."""
        if self.process is None:
            raise AssertionError("the bot was not started")
        try:
            return await asyncio.to_thread(self.process.wait, timeout_s)
        except subprocess.TimeoutExpired:
            log = self.log[-4_000:]
            self.kill()
            raise AssertionError(f"the bot did not end within {timeout_s} s: {log}") from None

    def kill(self) -> None:
        """kill -9 of the main process alone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(STOP_TIMEOUT_S)

    def clear_away(self) -> None:
        """Leave no process behind, whatever a test has done."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_TIMEOUT_S)


def _toml(sections: Mapping[str, Mapping[str, Any]]) -> str:
    lines: list[str] = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_literal(value)}" for key, value in values.items()]
    text = "\n".join(lines)
    tomllib.loads(text)
    return text


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return str(value) if isinstance(value, int | float) else f'"{value}"'
