import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import pytest
from telegram import Update
from telegram.request import BaseRequest

from bot import inbox as inbox_module
from bot import texts
from bot.inbox import UNREADABLE, Inbox, InboxRequest, is_bare, until_committed
from storage.database import Database
from storage.errors import DatabaseLocked, DatabaseUnusable
from storage.failures import list_untold_failures
from storage.inbox import InboxUpdate, list_pending_updates, save_updates
from support.bot import NOW, FakeDigester, chatting, make_message

URL = "https://api.example/bot1:x/getUpdates"


class Transport(BaseRequest):
    """Answers with what a test has set."""

    def __init__(self) -> None:
        self.code = 200
        self.body: bytes = b'{"ok":true,"result":[]}'
        self.error: Exception | None = None

    @property
    def read_timeout(self) -> float:
        return 5

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        if self.error is not None:
            raise self.error
        return self.code, self.body

    def answer(self, *updates: object) -> None:
        self.body = json.dumps({"ok": True, "result": updates}).encode()


@pytest.fixture
def inbox(database: Database) -> Inbox:
    inbox = Inbox(database, lambda: NOW)
    inbox.bot_id = 5
    return inbox


@pytest.fixture
def transport() -> Transport:
    return Transport()


async def fetch(inbox: Inbox, transport: Transport) -> tuple[list[int], list[int]]:
    """The ids that confirm what was fetched, and those of the updates that are handed on."""
    _, body = await InboxRequest(transport, inbox).do_request(URL, "POST")
    handed_on: list[int] = []
    while not inbox.updates.empty():
        update = inbox.updates.get_nowait()
        assert isinstance(update, Update)
        assert not is_bare(update)
        handed_on.append(update.update_id)
    result = json.loads(body)["result"]
    assert all(list(item) == ["update_id"] for item in result)
    return [item["update_id"] for item in result], handed_on


async def pending(database: Database) -> list[int]:
    async with database.read() as conn:
        return [item.update_id for item in await list_pending_updates(conn, bot_id=5)]


def text(update_id: int) -> dict[str, Any]:
    return {"update_id": update_id, "message": make_message(text="Rain")}


async def test_updates_are_committed_before_they_are_handed_on(
    inbox: Inbox, transport: Transport, database: Database
) -> None:
    transport.answer(text(7), text(8))
    with failing_commits(database, 1):
        fetching = asyncio.create_task(fetch(inbox, transport))
        await asyncio.sleep(0)
        assert inbox.updates.empty()
        assert await fetching == ([8], [7, 8])
    assert await pending(database) == [7, 8]


async def test_what_is_known_only_confirms_itself(inbox: Inbox, transport: Transport) -> None:
    transport.answer(text(7))
    await fetch(inbox, transport)
    transport.answer(text(7), text(8))
    assert await fetch(inbox, transport) == ([8], [8])


@pytest.mark.parametrize(
    "update",
    [
        {"message": {"message_id": 1}},
        {"poll": {"id": "1"}},
        {"message": "text"},
        {"callback_query": {"id": 5}},
    ],
)
async def test_what_cannot_be_read_is_set_aside_and_confirmed(
    inbox: Inbox, transport: Transport, database: Database, update: dict[str, Any]
) -> None:
    transport.answer({"update_id": 7, **update}, text(8))
    assert await fetch(inbox, transport) == ([8], [8])
    assert await pending(database) == [8]


async def test_owner_is_told_once_of_what_cannot_be_read(
    inbox: Inbox, transport: Transport, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    unreadable = {"update_id": 7, "poll": {"id": "1"}}
    for _ in range(2):
        transport.answer(unreadable, text(8))
        await fetch(inbox, transport)
    async with database.read() as conn:
        (failure,) = await list_untold_failures(conn)
    assert failure.kind == UNREADABLE
    assert f"id={failure.code} update=7" in caplog.text


async def test_owner_is_told_of_what_a_newer_version_cannot_read(
    inbox: Inbox, database: Database
) -> None:
    update = InboxUpdate(7, {"update_id": 7, "poll": {"id": "1"}})
    async with database.begin() as conn:
        await save_updates(conn, [update], bot_id=inbox.bot_id, received_at=NOW)
    await inbox.resume()
    async with database.read() as conn:
        assert [failure.kind for failure in await list_untold_failures(conn)] == [UNREADABLE]
    assert inbox.updates.empty()
    assert await pending(database) == []


async def test_order_in_which_updates_come_confirms_none_too_few(
    inbox: Inbox, transport: Transport
) -> None:
    transport.answer(text(9), text(7))
    assert await fetch(inbox, transport) == ([9], [9, 7])


async def test_unknown_kinds_and_what_has_no_id_are_passed_over(
    inbox: Inbox, transport: Transport, database: Database
) -> None:
    transport.answer({"update_id": 7, "brand_new": {}}, "text", {"message": {}}, {"update_id": "x"})
    assert await fetch(inbox, transport) == ([7], [])
    assert await pending(database) == []


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'{"ok":true,"result":3}'])
async def test_answers_that_are_none_are_left_as_they_are(
    inbox: Inbox, transport: Transport, body: bytes
) -> None:
    transport.body = body
    assert await InboxRequest(transport, inbox).do_request(URL, "POST") == (200, body)


@pytest.mark.parametrize("code", [401, 404])
async def test_refused_token_is_noticed(inbox: Inbox, transport: Transport, code: int) -> None:
    transport.code = code
    await InboxRequest(transport, inbox).do_request(URL, "POST")
    assert inbox.token_refused.is_set()


async def test_being_caught_up_ends_with_an_error(inbox: Inbox, transport: Transport) -> None:
    await fetch(inbox, transport)
    assert inbox.caught_up.is_set()
    transport.code = 502
    await InboxRequest(transport, inbox).do_request(URL, "POST")
    assert not inbox.caught_up.is_set()
    transport.code = 200
    await fetch(inbox, transport)
    transport.error = OSError("gone")
    with pytest.raises(OSError, match="gone"):
        await fetch(inbox, transport)
    assert not inbox.caught_up.is_set()


async def test_commit_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    failures = [DatabaseLocked("busy")] * 7

    async def commit() -> str:
        if failures:
            raise failures.pop()
        return "done"

    assert await until_committed(commit) == "done"
    assert waits == sorted(waits)
    assert len(waits) == 7


# In the bot


@contextmanager
def failing_commits(database: Database, times: int) -> Iterator[None]:
    """Let the next transactions that write fail when they end."""
    write = database.write
    left = [times]

    async def write_badly(statements: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise DatabaseLocked("busy")
        return await write(statements)

    database.write = write_badly  # type: ignore[method-assign]
    try:
        yield
    finally:
        database.write = write  # type: ignore[method-assign]


async def test_answer_comes_once_although_commits_fail(database: Database) -> None:
    async with chatting(database) as chat:
        with failing_commits(database, 2):
            (answer,) = await chat.say("/help")
    assert answer.text == texts.HELP


@contextmanager
def failing_reads(database: Database, times: int) -> Iterator[asyncio.Event]:
    """Let the next looks into the database fail; gives an event that is set when they have."""
    read, left, have_failed = database.read, [times], asyncio.Event()

    @asynccontextmanager
    async def read_badly() -> AsyncIterator[Any]:
        if left[0] > 0:
            left[0] -= 1
            if left[0] == 0:
                have_failed.set()
            raise DatabaseUnusable("nutgraf.db", "disk I/O error")
        async with read() as conn:
            yield conn

    database.read = read_badly  # type: ignore[method-assign]
    try:
        yield have_failed
    finally:
        database.read = read  # type: ignore[method-assign]


async def test_handler_that_could_not_read_begins_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "RETRY_SECONDS", (0.0,))
    async with chatting(database) as chat:
        with failing_reads(database, 2) as have_failed:
            await chat.api.write("/history")
            await have_failed.wait()
        (answer,) = await chat.answers()
    assert answer.text == texts.HISTORY_EMPTY


async def test_what_was_fetched_is_answered_after_a_crash(database: Database) -> None:
    async with chatting(database, bot_id=7) as chat:
        fetched = InboxUpdate(500, text(500))
        await database.write(partial(save_updates, received=[fetched], bot_id=7, received_at=NOW))
        assert await chat.answers() == []
    async with chatting(database, bot_id=7) as chat:
        (answer,) = await chat.answers()
        assert answer.text == texts.already_short(1)
    assert await database.query(partial(list_pending_updates, bot_id=7)) == ()


async def test_articles_asked_for_before_a_crash_are_digested_after_it(
    database: Database,
) -> None:
    digester = FakeDigester(gate=asyncio.Event())
    async with chatting(database, digester=digester, bot_id=7) as chat:
        await chat.api.write("Rain fell on Brăila.")
        await chat.api.wait_until_fetched()
        await chat.application.update_queue.join()
    digester.gate = None
    async with chatting(database, digester=digester, bot_id=7) as chat:
        (digest,) = await chat.answers()
    assert digest.text == texts.already_short(4)
