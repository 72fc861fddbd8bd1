"""What the files hold after a crash: they are copied at random moments while rows are written.

The writer is stopped for the moment of the copy, so this is what kill -9 leaves. What a power cut
may take besides is the end of the log that was not synced yet, and that is cut off too.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

CUTS = 30
LONGEST_WAIT_S = 0.06
WAL_HEADER, FRAME_HEADER = 32, 24
WRITER = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from functools import partial
from storage.database import open_database
from storage.failures import Failure, record_failure

NOW = datetime(2026, 3, 3, tzinfo=UTC)

async def main():
    numbers = itertools.count()
    async with open_database(sys.argv[1]) as database:
        await database.migrate()

        async def write():
            for number in numbers:
                failure = Failure(str(number), "x" * 3_000, NOW)
                await database.write(partial(record_failure, failure=failure))
                sys.stdout.write(f"{number}\\n")
                sys.stdout.flush()

        await asyncio.gather(*(write() for _ in range(5)))

asyncio.run(main())
"""


@contextmanager
def writing(path: Path, told: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that writes rows, and into a file the number of each row that is committed."""
    with told.open("wb") as stdout:
        command = [sys.executable, "-c", WRITER, f"sqlite:///{path}"]
        process = subprocess.Popen(command, stdout=stdout)
    try:
        while not told.stat().st_size:
            assert process.poll() is None
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def copy_files(path: Path, folder: Path) -> Path:
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copyfile(file, folder / file.name)
    return folder / path.name


def rows_in(path: Path) -> set[int]:
    """The numbers of the rows, in a database that must be whole."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {int(number) for (number,) in connection.execute("SELECT code FROM failures")}


def tear_last_transaction(log: Path, rng: random.Random) -> bool:
    """Cut the log within its last transaction; whether there was one."""
    content = log.read_bytes()
    size = FRAME_HEADER + int.from_bytes(content[8:12])
    commits, end = [WAL_HEADER], WAL_HEADER
    for start in range(WAL_HEADER, len(content) - size + 1, size):
        if content[start + 8 : start + 16] != content[16:24]:  # of an earlier round
            break
        end = start + size
        if int.from_bytes(content[start + 4 : start + 8]):
            commits.append(end)
    if len(commits) < 2:
        return False
    os.truncate(log, rng.randrange(commits[-2], commits[-1]))
    return True


def test_files_copied_at_random_moments_hold_all_that_was_committed(tmp_path: Path) -> None:
    rng = random.Random(8)
    path, told = tmp_path / "data" / "nutgraf.db", tmp_path / "told.txt"
    torn = 0
    with writing(path, told) as process:
        for cut in range(CUTS):
            time.sleep(rng.uniform(0, LONGEST_WAIT_S))
            with stopped(process):
                committed = {int(line) for line in told.read_text().splitlines()}
                copy = copy_files(path, tmp_path / f"cut{cut}")
                other = copy_files(path, tmp_path / f"torn{cut}")
            rows = rows_in(copy)
            assert committed <= rows
            if tear_last_transaction(other.with_name(f"{other.name}-wal"), rng):
                left = rows_in(other)
                lost = rows - left
                assert lost == set() or min(lost) > max(left, default=-1), "not the last ones"
                torn += not lost & committed  # else the disk has lost what it said it had
            shutil.rmtree(copy.parent)
            shutil.rmtree(other.parent)
    assert len(committed) > CUTS
    assert torn > 0
