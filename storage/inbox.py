"""The inbox: updates as Telegram sent them, kept until what they lead to is committed.

An update is pending, then done; one that cannot be read is set aside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Insert, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import insert_in, updates

UpdateState = Literal["pending", "done", "set_aside"]

# Put together once: that costs more than to run it.
_CLOSE = (
    update(updates)
    .where(
        updates.c.bot_id == bindparam("of_bot"),
        updates.c.update_id == bindparam("of_update"),
        updates.c.state == "pending",
    )
    .values(state=bindparam("state"))
)
_CLOSE_DONE = _CLOSE.values(payload=None)


@dataclass(frozen=True, slots=True)
class InboxUpdate:
    """An update by Telegram's id; what is done at once, and what is done, has no payload."""

    update_id: int
    payload: Mapping[str, Any] | None
    state: UpdateState = "pending"


async def save_updates(
    conn: AsyncConnection, received: Iterable[InboxUpdate], *, bot_id: int, received_at: datetime
) -> frozenset[int]:
    """Keep what is not known yet; gives the ids of those."""
    rows = [
        {
            "bot_id": bot_id,
            "update_id": item.update_id,
            "payload": item.payload,
            "received_at": received_at,
            "state": item.state,
        }
        for item in received
    ]
    if not rows:
        return frozenset()
    return frozenset(await conn.scalars(_save(conn.dialect.name), rows))


async def list_pending_updates(conn: AsyncConnection, *, bot_id: int) -> tuple[InboxUpdate, ...]:
    """What was fetched but not done, in the order of Telegram."""
    rows = await conn.execute(
        select(updates.c.update_id, updates.c.payload)
        .where(updates.c.bot_id == bot_id, updates.c.state == "pending")
        .order_by(updates.c.update_id)
    )
    return tuple(InboxUpdate(row.update_id, row.payload) for row in rows)


async def close_update(
    conn: AsyncConnection, update_id: int, *, bot_id: int, state: UpdateState = "done"
) -> None:
    """Say what became of a pending update; of what is done the words are not kept here."""
    await conn.execute(
        _CLOSE_DONE if state == "done" else _CLOSE,
        {"of_bot": bot_id, "of_update": update_id, "state": state},
    )


@cache
def _save(dialect: str) -> Insert:
    return (
        insert_in(dialect, updates)
        .on_conflict_do_nothing(index_elements=[updates.c.bot_id, updates.c.update_id])
        .returning(updates.c.update_id)
    )
