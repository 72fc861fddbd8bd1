"""A database of its own for each test, at the newest schema."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import Database, open_database, sqlite_url


@pytest.fixture
def database_path(tmp_path: Path) -> Path:
    return tmp_path / "nutgraf.db"


@pytest.fixture
async def database(database_path: Path) -> AsyncIterator[Database]:
    async with open_database(sqlite_url(database_path)) as opened:
        await opened.migrate()
        yield opened
