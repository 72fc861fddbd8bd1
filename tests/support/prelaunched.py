"""Bots forked from a process that has imported the program: a start costs a tenth of a cold one.

The process reads orders, one JSON object a line, and answers each with a process id.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ROOT = Path(__file__).parent.parent.parent


class ForkedBot:
    """A process that is no child of this one; used as `subprocess.Popen` is."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._fd = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """0 where it has ended, however that came."""
        return 0 if select.select([self._fd], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        if not select.select([self._fd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return 0

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._fd, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Prelauncher:
    """Owns the process that forks; a context manager. `light` digests cost next to nothing."""

    def __init__(self, *, light: bool) -> None:
        environment = {key: os.environ[key] for key in os.environ if "NUTGRAF" not in key.upper()}
        environment["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
        self._light = light
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.prelaunched"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def launch(self, config: Path, log: Path) -> ForkedBot:
        """Start `nutgraf run`."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("not a process to talk to")
        order = {"config": str(config), "log": str(log), "light": self._light}
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return ForkedBot(int(self._process.stdout.readline()))


def _serve() -> None:
    for heavy in ("bot.cli", "bot.polling", "storage.migrations"):
        import_module(heavy)

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # they are not waited for
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_bot(json.loads(line))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_bot(order: Mapping[str, Any]) -> None:
    from bot.cli import main

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    config = Path(order["config"])
    os.chdir(config.parent)
    log = os.open(order["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    for fd, target in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
        os.dup2(fd, target)
    if order["light"]:
        from support import light_worker

        light_worker.install()
    code = 1
    try:
        main(["run", "--config", str(config)])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
