"""Updates are committed before they are confirmed, and done together with what they lead to."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from telegram import Bot, Update
from telegram.constants import ChatType
from telegram.ext import BaseUpdateProcessor
from telegram.request import BaseRequest, RequestData

from bot.outcome import Bells, Outcome, gathering
from bot.standing import note_standing
from storage.database import Connection, Database
from storage.errors import OUTAGES
from storage.failures import Failure, record_failure
from storage.inbox import InboxUpdate, close_update, list_pending_updates, save_updates

logger = logging.getLogger(__name__)

T = TypeVar("T")

GET_UPDATES = "/getUpdates"
UNREADABLE = "UnreadableUpdate"
"""What the owner is told of an update that was set aside."""
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
GRACE_SECONDS = 2.0
"""A request for updates that is not answered sooner waits for news: there was nothing waiting."""


class Inbox:
    """Keeps what Telegram sends and puts it into `updates`, to be worked on.

    `bot` is whom the updates ask; its id is known once it has asked who it is.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.bot: Bot | None = None
        self.bot_id = 0
        self.updates: asyncio.Queue[object] = asyncio.Queue()
        self.caught_up = asyncio.Event()
        """Set while nothing is known to wait at Telegram."""
        self.token_refused = asyncio.Event()
        self.fetched = 0
        """How often Telegram has answered."""
        self._database = database
        self._now = now

    async def keep(self, answer: bytes) -> bytes:
        """Commit the updates of an answer to getUpdates, and hand on what is new.

        Gives the answer with nothing left of them but the last id, which confirms them all.
        """
        body = json.loads(answer)
        received = body.get("result") if isinstance(body, dict) else None
        if not received or not isinstance(received, list):
            return answer
        items = [item for item in received if isinstance(item, dict) and _has_id(item)]
        updates = [self._read(item) for item in items]
        kept = [_sorted_out(*pair) for pair in zip(items, updates, strict=True)]
        new = await until_committed(partial(self._database.write, partial(self._save, items=kept)))
        for item, update in zip(kept, updates, strict=True):
            if item.state == "pending" and item.update_id in new:
                self.updates.put_nowait(update)
        last = [{"update_id": max(item.update_id for item in kept)}] if kept else []
        return json.dumps({**body, "result": last}).encode()

    async def resume(self) -> None:
        """Hand on what an earlier run has fetched but not done."""
        list_pending = partial(list_pending_updates, bot_id=self.bot_id)
        for pending in await self._database.query(list_pending):
            update = self._read(pending.payload or {})
            if update is None:
                set_aside = partial(self._set_aside, update_id=pending.update_id)
                await self._database.write(set_aside)
            else:
                self.updates.put_nowait(update)

    async def _save(self, conn: Connection, items: Sequence[InboxUpdate]) -> frozenset[int]:
        """Keep what is not known yet; gives the ids of those."""
        new = await save_updates(conn, items, bot_id=self.bot_id, received_at=self._now())
        for item in items:
            if item.state == "set_aside" and item.update_id in new:
                await self._note_unreadable(conn, item.update_id)
        return new

    async def _set_aside(self, conn: Connection, update_id: int) -> None:
        await close_update(conn, update_id, bot_id=self.bot_id, state="set_aside")
        await self._note_unreadable(conn, update_id)

    def _read(self, item: Mapping[str, Any]) -> Update | None:
        """The update; None where this version of python-telegram-bot stumbles over it."""
        try:
            return Update.de_json(dict(item), self.bot)
        except Exception:  # whatever it stumbles over
            return None

    async def _note_unreadable(self, conn: Connection, update_id: int) -> None:
        """Log an update that is set aside, and have the owner be told of it."""
        failure = Failure(secrets.token_hex(2), UNREADABLE, self._now())
        await record_failure(conn, failure)
        logger.error("update not readable, set aside id=%s update=%d", failure.code, update_id)


class InboxRequest(BaseRequest):
    """A transport for getUpdates that leaves all that comes to the inbox."""

    def __init__(self, transport: BaseRequest, inbox: Inbox) -> None:
        self._transport = transport
        self._inbox = inbox

    @property
    def read_timeout(self) -> float | None:
        return self._transport.read_timeout

    async def initialize(self) -> None:
        await self._transport.initialize()

    async def shutdown(self) -> None:
        await self._transport.shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        caught_up = self._inbox.caught_up
        quiet = asyncio.get_running_loop().call_later(GRACE_SECONDS, caught_up.set)
        try:
            code, answer = await self._transport.do_request(
                url,
                method,
                request_data,
                read_timeout,
                write_timeout,
                connect_timeout,
                pool_timeout,
            )
        except Exception:
            caught_up.clear()
            raise
        finally:
            quiet.cancel()
        if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
            self._inbox.token_refused.set()
        if code != HTTPStatus.OK:
            caught_up.clear()
            return code, answer
        try:
            answer = await self._inbox.keep(answer)
        except ValueError:
            caught_up.clear()
            return code, answer  # no JSON: python-telegram-bot says so
        caught_up.set()
        self._inbox.fetched += 1
        return code, answer


class InOrderPerChat(BaseUpdateProcessor):
    """Messages of one chat wait for each other; chats, and presses of buttons, do not.

    What an update leads to and that it is done are one transaction.
    """

    def __init__(
        self,
        max_concurrent_updates: int,
        *,
        inbox: Inbox,
        database: Database,
        bells: Bells,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(max_concurrent_updates)
        self.on_error: Callable[[Update, Exception], Awaitable[object]] | None = None
        self.handle: Callable[[Update], Awaitable[object]] | None = None
        """Has an update handled once more."""
        self._inbox = inbox
        self._database = database
        self._bells = bells
        self._now = now
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    @asynccontextmanager
    async def turn(self, chat_id: int) -> AsyncIterator[None]:
        """Within the block no other update of the chat is worked on; those before it are done."""
        lock = self._turns.setdefault(chat_id, asyncio.Lock())
        async with lock:
            yield

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        if not isinstance(update, Update) or is_bare(update):
            await coroutine
            return
        chat = update.effective_chat
        if chat is None or update.callback_query is not None:
            await self._work(update, coroutine)
            return
        async with self.turn(chat.id):
            await self._work(update, coroutine)

    async def _work(self, update: Update, coroutine: Awaitable[Any]) -> None:
        outcome = Outcome(
            self._inbox.bot_id, f"u{update.update_id}", self._now(), asked_by=_asker(update)
        )
        with gathering(outcome):
            await coroutine
            await self._handle_again(outcome, update)
            try:
                await self._commit(outcome, update)
            except Exception as exc:
                outcome.clear()
                if self.on_error is None:
                    raise
                await self.on_error(update, exc)
                await self._commit(outcome, update)

    async def _handle_again(self, outcome: Outcome, update: Update) -> None:
        """Where the database failed the handler, have it begin anew until it does not."""
        attempt = 0
        while outcome.is_interrupted and self.handle is not None:
            await _wait_for_database(attempt, "interrupted")
            attempt += 1
            outcome.is_interrupted = False
            await self.handle(update)

    async def _commit(self, outcome: Outcome, update: Update) -> None:
        bot_id, now = self._inbox.bot_id, self._now()

        async def write(conn: Connection) -> bool:
            freed = await note_standing(conn, update, bot_id=bot_id, now=now)
            await outcome.write(conn)
            await close_update(conn, update.update_id, bot_id=bot_id)
            return freed

        if await until_committed(partial(self._database.write, write)):
            outcome.bells |= {"deliveries", "held", "jobs"}
        self._bells.ring(*outcome.bells)


async def until_committed(commit: Callable[[], Awaitable[T]]) -> T:
    """Try a transaction until the database takes it; only its own faults are waited out."""
    attempt = 0
    while True:
        try:
            return await commit()
        except OUTAGES as exc:
            await _wait_for_database(attempt, exc.code)
            attempt += 1


async def _wait_for_database(attempt: int, why: str) -> None:
    wait = RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)]
    logger.error("database failed, again in %.1f s error=%s", wait, why)
    await asyncio.sleep(wait)


def is_bare(update: Update) -> bool:
    """Whether an update holds nothing that this program knows of."""
    return all(getattr(update, kind, None) is None for kind in Update.ALL_TYPES)


def _asker(update: Update) -> int | None:
    """Who can be told, in private, that a group may not be written to."""
    chat, user = update.effective_chat, update.effective_user
    is_group = chat is not None and chat.type in (ChatType.GROUP, ChatType.SUPERGROUP)
    return user.id if user is not None and is_group and not user.is_bot else None


def _has_id(item: Mapping[str, Any]) -> bool:
    number = item.get("update_id")
    return isinstance(number, int) and not isinstance(number, bool)


def _sorted_out(item: Mapping[str, Any], update: Update | None) -> InboxUpdate:
    """An update with its state: done at once where it holds nothing, set aside if unreadable."""
    update_id = item["update_id"]
    if update is None:
        return InboxUpdate(update_id, item, "set_aside")
    return InboxUpdate(update_id, None, "done") if is_bare(update) else InboxUpdate(update_id, item)
