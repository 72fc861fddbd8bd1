"""The sender: takes messages from the outbox, within Telegram's limits, until each has an outcome.

One chat's trouble holds up no other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot import texts
from bot.answers import SEND_DOCUMENT, SEND_MESSAGE, SEND_PHOTO, SEND_VENUE, text_payload
from bot.export import make_file
from bot.inbox import until_committed
from bot.limiter import TURN_TAKEN, Limiter, Slots, Timer
from bot.logging_setup import describe_error
from bot.outcome import ASKED_BY, Bells, Write, wait_for_bell
from bot.plain import html_to_plain
from bot.send_errors import Decision, Move, Retry, decide
from storage.chats import find_chat
from storage.database import Connection, Database
from storage.deliveries import (
    Delivery,
    QueuedDelivery,
    change_payload,
    enqueue_delivery,
    find_queued,
    list_queued,
    mark_failed,
    mark_sent,
    note_attempt,
)
from storage.errors import StorageError
from storage.export import ExportPart
from storage.maps import get_map
from storage.moves import move_chat
from storage.pauses import GENERAL_TOPIC, hold, pause

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 30.0
"""How long a message waits for Telegram's answer: without one nobody knows what became of it."""
UPLOAD_SECONDS = 300.0
PAGE = 1_000
SLOTS = 4
SLOT_SECONDS = 0.25
"""A request that takes longer goes on without its slot: a chat that is slow holds up no other."""
STORAGE_RETRY_SECONDS = 1.0

MAP_FILE = "map.png"
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Drains the outbox of one bot: of each chat one message at a time, in their order."""

    def __init__(
        self,
        database: Database,
        *,
        bot: ExtBot[Any],
        bells: Bells,
        now: Callable[[], datetime],
        limiter: Limiter | None,
        timer: Timer | None = None,
    ) -> None:
        self.bot_id = 0
        self.token_refused = asyncio.Event()
        self._database = database
        self._bot = bot
        self._bells = bells
        self._now = now
        self._limiter = limiter
        self._timer = timer or Timer()
        self._slots = Slots(SLOTS, SLOT_SECONDS)
        self._last_id = 0
        self._lanes: dict[int, deque[int]] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._waiting: set[int] = set()
        self._is_stopping = False

    async def run(self) -> None:
        """Send what is queued until the end."""
        while not self._bells.ending.is_set():
            seconds = None
            try:
                await self._load()
            except StorageError as exc:
                logger.error("outbox not read error=%s", exc.code)
                seconds = STORAGE_RETRY_SECONDS
            await wait_for_bell(self._bells.deliveries, seconds)

    async def stop(self, grace: float) -> None:
        """Wait for answers to what is on its way; the rest stays queued. After `run` has ended."""
        self._is_stopping = True
        for chat_id, task in self._tasks.items():
            if chat_id in self._waiting:
                task.cancel()
        tasks = tuple(self._tasks.values())
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _load(self) -> None:
        known: frozenset[int] = frozenset()
        if self._bells.held.is_set():
            self._bells.held.clear()
            known = frozenset(chain.from_iterable(self._lanes.values()))
            self._last_id = 0
        while True:
            queued = await self._database.query(
                partial(list_queued, bot_id=self.bot_id, after_id=self._last_id, limit=PAGE)
            )
            for delivery_id, chat_id in queued:
                self._last_id = delivery_id
                if delivery_id not in known:
                    self._add(delivery_id, chat_id)
            if len(queued) < PAGE:
                return

    def _add(self, delivery_id: int, chat_id: int) -> None:
        self._lanes.setdefault(chat_id, deque()).append(delivery_id)
        if chat_id not in self._tasks:
            task = asyncio.create_task(self._drain(chat_id), name=f"sender {chat_id}")
            self._tasks[chat_id] = task

    async def _drain(self, chat_id: int) -> None:
        lane = self._lanes[chat_id]
        try:
            while lane and not self._is_stopping:
                try:
                    await self._deliver(lane[0], chat_id)
                except Exception as exc:
                    logger.error("not sendable delivery=%d error=%s", lane[0], describe_error(exc))
                    await self._commit(partial(mark_failed, delivery_id=lane[0]))
                lane.popleft()
        finally:
            del self._tasks[chat_id]
            del self._lanes[chat_id]

    async def _deliver(self, delivery_id: int, chat_id: int) -> None:
        """Send one message until it has an outcome."""
        while not self._is_stopping:
            if self._limiter is not None:
                await self._wait(chat_id, self._limiter.turn(chat_id))
            find = partial(find_queued, delivery_id=delivery_id)
            queued = await until_committed(partial(self._database.query, find))
            if queued is None:
                return
            if queued.delivery.chat_id != chat_id:  # it moved meanwhile
                self._add(delivery_id, queued.delivery.chat_id)
                return
            if queued.is_held:
                await self._commit(partial(hold, bot_id=self.bot_id, chat_id=chat_id))
                continue
            try:
                async with self._slots.slot():
                    message = await self._send(queued)
            except TelegramError as exc:
                wait = await self._settle(queued, exc)
            else:
                await self._note_sent(queued, message)
                return
            if wait is None:
                return
            await self._wait(chat_id, self._timer.sleep(wait))

    async def _wait(self, chat_id: int, waiting: Awaitable[None]) -> None:
        """Wait, where nothing is lost by being told to stop."""
        if self._is_stopping:
            raise asyncio.CancelledError
        self._waiting.add(chat_id)
        try:
            await waiting
        finally:
            self._waiting.discard(chat_id)

    async def _send(self, queued: QueuedDelivery) -> Message:
        delivery, payload = queued.delivery, queued.delivery.payload
        keyboard = payload.get("reply_markup")
        common: dict[str, Any] = {
            "message_thread_id": delivery.thread_id,
            "reply_parameters": _reply(delivery),
            "reply_markup": InlineKeyboardMarkup.de_json(keyboard, self._bot) if keyboard else None,
            "read_timeout": ANSWER_SECONDS,
            "rate_limit_args": None if self._limiter is None else TURN_TAKEN,
        }
        if delivery.method == SEND_PHOTO:
            find = partial(get_map, digest_id=payload["map_of"])
            picture = await until_committed(partial(self._database.query, find))
            return await self._bot.send_photo(
                delivery.chat_id, picture, payload["caption"], filename=MAP_FILE, **common
            )
        if delivery.method == SEND_VENUE:
            return await self._bot.send_venue(
                delivery.chat_id,
                payload["latitude"],
                payload["longitude"],
                payload["title"],
                payload["address"],
                disable_notification=True,
                **common,
            )
        if delivery.method == SEND_DOCUMENT:
            return await self._send_document(delivery, common)
        return await self._bot.send_message(
            delivery.chat_id,
            payload["text"],
            parse_mode=payload.get("parse_mode"),
            link_preview_options=_preview(payload.get("preview")),
            disable_notification=payload.get("silent"),
            **common,
        )

    async def _send_document(self, delivery: Delivery, common: Mapping[str, Any]) -> Message:
        """Make the file and send it: it is kept nowhere."""
        part = ExportPart(**delivery.payload["export"])
        async with self._database.read() as conn:
            file = await make_file(conn, part, chat_id=delivery.chat_id, now=self._now())
        return await self._bot.send_document(
            delivery.chat_id,
            file.content,
            filename=file.name,
            write_timeout=UPLOAD_SECONDS,
            **common,
        )

    async def _note_sent(self, queued: QueuedDelivery, message: Message) -> None:
        await self._commit(
            partial(
                mark_sent,
                delivery_id=queued.id,
                message_id=message.message_id,
                sent_at=self._now(),
            )
        )
        logger.info("sent chat=%d delivery=%d", queued.delivery.chat_id, queued.id)

    async def _settle(self, queued: QueuedDelivery, error: TelegramError) -> float | None:
        """Act on an error; gives the seconds until the next attempt, None where there is none."""
        chat_id = queued.delivery.chat_id
        decision = decide(
            error,
            attempts=queued.attempts,
            is_markup="parse_mode" in queued.delivery.payload,
            has_other="otherwise" in queued.delivery.payload,
            age=self._now() - queued.created_at,
        )
        logger.warning(
            "not sent chat=%d delivery=%d error=%s: %s",
            chat_id,
            queued.id,
            type(error).__name__,
            decision,
        )
        match decision:
            case Retry(seconds=seconds, holds_chat=holds_chat):
                return await self._retry(queued, seconds, holds_chat=holds_chat)
            case Move(chat_id=new_id):
                await self._move(queued, new_id)
            case "pause" | "pause topic" | "no right to write":
                await self._pause(queued, decision)
                return 0.0  # it may have been let in again meanwhile
            case "no right to send that":
                await self._commit(partial(self._tell_that_right_is_missing, queued=queued))
                self._bells.deliveries.set()
            case "as plain text":
                return await self._change(queued, _as_plain_text(queued.delivery.payload))
            case "otherwise":
                return await self._change(queued, queued.delivery.payload["otherwise"])
            case "token refused":
                self.token_refused.set()
                await self._wait(chat_id, never())
            case _:
                await self._commit(partial(mark_failed, delivery_id=queued.id))
        return None

    async def _change(self, queued: QueuedDelivery, payload: Mapping[str, Any]) -> float:
        await self._commit(partial(change_payload, delivery_id=queued.id, payload=payload))
        return 0.0

    async def _retry(self, queued: QueuedDelivery, seconds: float, *, holds_chat: bool) -> float:
        if holds_chat and self._limiter is not None:
            self._limiter.hold(queued.delivery.chat_id, seconds)
        attempts = queued.attempts + (not holds_chat)
        not_before = self._now() + timedelta(seconds=seconds)
        await self._commit(
            partial(note_attempt, delivery_id=queued.id, attempts=attempts, not_before=not_before)
        )
        return seconds

    async def _move(self, queued: QueuedDelivery, new_id: int) -> None:
        """Take everything of a group to the supergroup that it became."""
        old_id = queued.delivery.chat_id
        await self._commit(partial(move_chat, old_id=old_id, new_id=new_id))
        self._bells.jobs.set()
        for delivery_id in (queued.id, *self._forget_waiting(old_id)):
            self._add(delivery_id, new_id)

    async def _pause(self, queued: QueuedDelivery, decision: Decision) -> None:
        """Send nothing to a chat or a topic that shut us out, until somebody writes there."""
        delivery = queued.delivery
        topic = delivery.thread_id or GENERAL_TOPIC
        thread_id = topic if decision == "pause topic" else None

        async def write(conn: Connection) -> None:
            await pause(
                conn,
                bot_id=self.bot_id,
                chat_id=delivery.chat_id,
                thread_id=thread_id,
                began_at=self._now(),
            )
            if decision == "no right to write" and ASKED_BY in delivery.payload:
                await self._tell_asker(conn, delivery)

        if thread_id is None:
            self._forget_waiting(delivery.chat_id)
        await self._commit(write)
        self._bells.deliveries.set()

    def _forget_waiting(self, chat_id: int) -> tuple[int, ...]:
        """Empty the lane of a chat behind its first message; gives what stood there."""
        lane = self._lanes[chat_id]
        waiting = tuple(lane)[1:]
        for _ in waiting:
            lane.pop()
        return waiting

    async def _tell_asker(self, conn: Connection, delivery: Delivery) -> None:
        """Tell who asked, in private and once, that the answer may not be written in the group."""
        chat, asked_by = await find_chat(conn, delivery.chat_id), delivery.payload[ASKED_BY]
        title = None if chat is None else chat.title
        told = Delivery(asked_by, SEND_MESSAGE, text_payload(texts.no_right_to_write(title)))
        await self._tell_once(conn, told, f"rights:{delivery.chat_id}:{asked_by}")

    async def _tell_that_right_is_missing(self, conn: Connection, queued: QueuedDelivery) -> None:
        """Give up what may not be sent in a chat, and say so there once."""
        await mark_failed(conn, queued.id)
        told = replace(
            queued.delivery, method=SEND_MESSAGE, payload=text_payload(texts.NO_RIGHT_TO_SEND_THAT)
        )
        await self._tell_once(conn, told, f"rights:{told.chat_id}:{queued.delivery.method}")

    async def _tell_once(self, conn: Connection, delivery: Delivery, key: str) -> None:
        """Queue a message unless one of this key was sent while it is remembered."""
        await enqueue_delivery(conn, delivery, key, bot_id=self.bot_id, created_at=self._now())

    async def _commit(self, write: Write) -> None:
        await until_committed(partial(self._database.write, write))
        self._bells.ring()


def _as_plain_text(payload: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in payload.items() if name != "parse_mode"}
    return plain | {"text": html_to_plain(payload["text"])}


def _preview(address: str | None) -> LinkPreviewOptions:
    if address is None:
        return NO_PREVIEW
    return LinkPreviewOptions(url=address, prefer_small_media=True, show_above_text=True)


def _reply(delivery: Delivery) -> ReplyParameters | None:
    """What a message replies to. Where its payload names another one, it is nothing without it."""
    if (replied := delivery.payload.get("reply_to")) is not None:
        return ReplyParameters(replied, allow_sending_without_reply=False)
    if delivery.reply_to is None:
        return None
    return ReplyParameters(delivery.reply_to, allow_sending_without_reply=True)


async def never() -> None:
    """Wait until cancelled."""
    await asyncio.Event().wait()
