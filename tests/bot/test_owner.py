from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.metadata import version

import pytest

from bot import texts
from bot.access import Access
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


@pytest.mark.parametrize("command", ["/errors", "/version"])
async def test_others_do_not_know_these_commands(owned: Chatting, command: str) -> None:
    (answer,) = await owned.say(command)
    assert answer.text == texts.UNKNOWN_COMMAND
    assert await owned.say(command, GROUP) == []
