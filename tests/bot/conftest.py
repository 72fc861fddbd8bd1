"""The bot over the in-process Bot API, with a database of its own for each test."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from storage.database import Database, migrate, open_database, sqlite_url
from support.bot import Chatting, chatting


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """Commands set up logging for the whole process."""
    root = logging.getLogger()
    before = (root.level, root.handlers[:], sys.excepthook)
    levels = {name: logging.getLogger(name).level for name in ("httpx", "telegram")}
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    sys.excepthook = before[2]
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the current schema and no rows, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    asyncio.run(migrate(sqlite_url(path)))
    return path


@pytest.fixture
async def database(empty_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "nutgraf.db"
    copyfile(empty_database, path)
    async with open_database(sqlite_url(path)) as opened:
        yield opened


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chatting]:
    async with chatting(database) as started:
        yield started
