"""The inbox: updates as Telegram sent them, kept until what they lead to is committed.

An update is pending, then done; one that cannot be read is set aside.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import insert, updates

UpdateState = Literal["pending", "done", "set_aside"]
ROWS_PER_INSERT = 50


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
    new: set[int] = set()
    for start in range(0, len(rows), ROWS_PER_INSERT):
        saved = await conn.scalars(
            insert(conn, updates)
            .values(rows[start : start + ROWS_PER_INSERT])
            .on_conflict_do_nothing(index_elements=[updates.c.bot_id, updates.c.update_id])
            .returning(updates.c.update_id)
        )
        new.update(saved)
    return frozenset(new)


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
    values: dict[str, Any] = {"state": state}
    if state == "done":
        values["payload"] = None
    await conn.execute(
        update(updates)
        .where(
            updates.c.bot_id == bot_id,
            updates.c.update_id == update_id,
            updates.c.state == "pending",
        )
        .values(values)
    )


async def delete_old_updates(conn: AsyncConnection, *, received_before: datetime) -> None:
    """Forget what is not pending; Telegram itself offers no update again after a day."""
    await conn.execute(
        delete(updates).where(updates.c.state != "pending", updates.c.received_at < received_before)
    )
