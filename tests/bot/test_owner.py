import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from bot import database_texts, texts
from bot.access import Access
from bot.backups import BackupPlan
from bot.local_chats import LocalChat
from newsroom.errors import DigestFailed
from storage.database import Database
from support.bot import GROUP, Chatting, chatting

OWNER = LocalChat(id=9, user_id=9)


@pytest.fixture
async def owned(database: Database) -> AsyncIterator[Chatting]:
    async with chatting(database) as plain:
        services = replace(plain.services, access=Access(owners=(9,)))
    async with chatting(database, services=services) as chat:
        yield chat


async def test_owner_sees_what_went_wrong(owned: Chatting) -> None:
    (answer,) = await owned.say("/errors", OWNER)
    assert answer.text == texts.NO_ERRORS
    owned.digester.errors.extend([DigestFailed("worker died"), KeyError("x"), KeyError("y")])
    for word in ("one", "two", "three"):
        await owned.say(word)
    (answer,) = await owned.say("/errors", OWNER)
    first, *kinds, last = answer.text.splitlines()
    assert first == "3 errors since 2031-04-18 09:30 UTC."
    assert [kind.split(" (id ")[0] for kind in kinds] == ["2 × KeyError", "1 × DigestFailed"]
    assert last == "The log says more under these ids."


async def test_owner_sees_the_version(owned: Chatting) -> None:
    (answer,) = await owned.say("/version", OWNER)
    assert answer.text == f"Nutgraf {version('nutgraf')}, fake/1"


@pytest.mark.parametrize("command", ["/errors", "/backup", "/version"])
async def test_others_do_not_know_these_commands(owned: Chatting, command: str) -> None:
    (answer,) = await owned.say(command)
    assert answer.text == texts.UNKNOWN_COMMAND
    assert await owned.say(command, GROUP) == []


async def test_owner_has_the_database_copied(owned: Chatting, tmp_path: Path) -> None:
    services = replace(owned.services, backups=BackupPlan(tmp_path / "copies"))
    async with chatting(owned.services.database, services=services) as chat:
        (answer,) = await chat.say("/backup", OWNER)
        (copy,) = (tmp_path / "copies").iterdir()
        assert answer.text == database_texts.copied(str(copy), copy.stat().st_size)
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copy.unlink()
        (tmp_path / "copies").rmdir()
        (tmp_path / "copies").touch()
        (answer,) = await chat.say("/backup", OWNER)
        assert answer.text.startswith("The database was not copied. ")
        assert str(tmp_path / "copies") in answer.text
