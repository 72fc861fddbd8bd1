"""The outbox: messages to be sent, each once by its key.

A delivery is queued, then sent, failed (refused for good), or paused (its chat shut us out).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Insert, Row, bindparam, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.pauses import is_covered
from storage.tables import deliveries, insert_in, requests

DeliveryState = Literal["queued", "sent", "failed", "paused"]

# Put together once: that costs more than to run it.
_LIST_QUEUED = (
    select(deliveries.c.id, deliveries.c.chat_id)
    .where(
        deliveries.c.bot_id == bindparam("bot_id"),
        deliveries.c.state == "queued",
        deliveries.c.id > bindparam("after_id"),
    )
    .order_by(deliveries.c.id)
    .limit(bindparam("limit"))
)
_FIND_QUEUED = select(deliveries, is_covered().label("is_held")).where(
    deliveries.c.id == bindparam("delivery_id"), deliveries.c.state == "queued"
)
_MARK_SENT = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("of_delivery"))
    .values(
        state="sent", message_id=bindparam("message_id"), sent_at=bindparam("sent_at"), payload={}
    )
)
_NOTE_ANSWER = (
    update(requests)
    .where(requests.c.delivery_id == bindparam("of_delivery"))
    .values(answer_message_id=bindparam("message_id"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message: `method` of the Bot API with `payload`, in a chat and perhaps a topic."""

    chat_id: int
    method: str
    payload: Mapping[str, Any]
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class QueuedDelivery:
    id: int
    delivery: Delivery
    attempts: int
    created_at: datetime
    is_held: bool
    """Whether a pause says not to send it now."""


async def enqueue_delivery(
    conn: AsyncConnection, delivery: Delivery, key: str, *, bot_id: int, created_at: datetime
) -> int:
    """Queue a message and give its id; one with a known key stays as it was."""
    values = {
        "bot_id": bot_id,
        "chat_id": delivery.chat_id,
        "thread_id": delivery.thread_id,
        "reply_to": delivery.reply_to,
        "method": delivery.method,
        "payload": delivery.payload,
        "key": key,
        "state": "queued",
        "attempts": 0,
        "not_before_at": created_at,
        "created_at": created_at,
    }
    saved = await conn.scalar(_enqueue(conn.dialect.name), values)
    if saved is None:
        saved = await conn.scalar(
            select(deliveries.c.id).where(deliveries.c.bot_id == bot_id, deliveries.c.key == key)
        )
    return int(saved or 0)


async def list_queued(
    conn: AsyncConnection, *, bot_id: int, after_id: int, limit: int
) -> tuple[tuple[int, int], ...]:
    """Ids and chats of queued messages, oldest first; `after_id` turns the page."""
    rows = await conn.execute(
        _LIST_QUEUED, {"bot_id": bot_id, "after_id": after_id, "limit": limit}
    )
    return tuple((row.id, row.chat_id) for row in rows)


async def find_queued(conn: AsyncConnection, delivery_id: int) -> QueuedDelivery | None:
    """The message, unless it was sent or dropped meanwhile."""
    row = (await conn.execute(_FIND_QUEUED, {"delivery_id": delivery_id})).one_or_none()
    return None if row is None else _queued(row)


async def mark_sent(
    conn: AsyncConnection, delivery_id: int, *, message_id: int, sent_at: datetime
) -> None:
    """Keep the id of the message, also with the request that it answers; its words are dropped."""
    values = {"of_delivery": delivery_id, "message_id": message_id}
    await conn.execute(_MARK_SENT, {**values, "sent_at": sent_at})
    await conn.execute(_NOTE_ANSWER, values)


async def mark_failed(conn: AsyncConnection, delivery_id: int) -> None:
    """Give a message up; its words are dropped."""
    await conn.execute(
        update(deliveries).where(deliveries.c.id == delivery_id).values(state="failed", payload={})
    )


async def note_attempt(
    conn: AsyncConnection, delivery_id: int, *, attempts: int, not_before: datetime
) -> None:
    """Say how often a message was tried and when it is tried next."""
    await conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id)
        .values(attempts=attempts, not_before_at=not_before)
    )


async def change_payload(
    conn: AsyncConnection, delivery_id: int, payload: Mapping[str, Any]
) -> None:
    await conn.execute(
        update(deliveries).where(deliveries.c.id == delivery_id).values(payload=payload)
    )


async def was_queued_since(
    conn: AsyncConnection, *, bot_id: int, chat_id: int, method: str, since: datetime
) -> bool:
    """Whether the chat was to get a message by this method since then, and it was not given up."""
    found = exists().where(
        deliveries.c.bot_id == bot_id,
        deliveries.c.chat_id == chat_id,
        deliveries.c.method == method,
        deliveries.c.state != "failed",
        deliveries.c.created_at > since,
    )
    return bool(await conn.scalar(select(found)))


async def count_queued(conn: AsyncConnection, *, bot_id: int) -> int:
    query = select(func.count()).where(
        deliveries.c.bot_id == bot_id, deliveries.c.state == "queued"
    )
    return int(await conn.scalar(query) or 0)


@cache
def _enqueue(dialect: str) -> Insert:
    return (
        insert_in(dialect, deliveries)
        .on_conflict_do_nothing(index_elements=[deliveries.c.bot_id, deliveries.c.key])
        .returning(deliveries.c.id)
    )


def _queued(row: Row[Any]) -> QueuedDelivery:
    delivery = Delivery(
        chat_id=row.chat_id,
        method=row.method,
        payload=row.payload,
        thread_id=row.thread_id,
        reply_to=row.reply_to,
    )
    return QueuedDelivery(row.id, delivery, row.attempts, row.created_at, is_held=bool(row.is_held))
