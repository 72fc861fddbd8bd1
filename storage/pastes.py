"""Parts of pastes that wait for the next part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import insert, paste_parts


@dataclass(frozen=True, slots=True)
class PastePart:
    """A text as one message brought it.

    `origin` and `origin_at` tell forwards apart, `source` is the name that may be shown of it.
    """

    chat_id: int
    sender_id: int
    thread_id: int | None
    message_id: int
    text: str
    origin: str | None = None
    origin_at: datetime | None = None
    source: str | None = None


async def save_part(
    conn: AsyncConnection, part: PastePart, *, bot_id: int, deadline_at: datetime
) -> None:
    """Keep a part that waits for the next one."""
    await conn.execute(
        insert(conn, paste_parts)
        .values(
            bot_id=bot_id,
            chat_id=part.chat_id,
            message_id=part.message_id,
            sender_id=part.sender_id,
            thread_id=part.thread_id,
            origin=part.origin,
            origin_at=part.origin_at,
            source=part.source,
            text=part.text,
            deadline_at=deadline_at,
        )
        .on_conflict_do_nothing(
            index_elements=[
                paste_parts.c.bot_id,
                paste_parts.c.chat_id,
                paste_parts.c.message_id,
            ]
        )
    )


async def list_parts(
    conn: AsyncConnection, *, bot_id: int, chat_id: int
) -> tuple[tuple[PastePart, datetime], ...]:
    """The waiting parts of a chat with their deadlines, lowest message id first."""
    rows = await conn.execute(
        select(paste_parts)
        .where(paste_parts.c.bot_id == bot_id, paste_parts.c.chat_id == chat_id)
        .order_by(paste_parts.c.message_id)
    )
    return tuple((_part(row), row.deadline_at) for row in rows)


async def list_chats_with_parts(
    conn: AsyncConnection, *, bot_id: int
) -> tuple[tuple[int, datetime], ...]:
    """The chats in which parts wait, each with its first deadline."""
    rows = await conn.execute(
        select(paste_parts.c.chat_id, func.min(paste_parts.c.deadline_at).label("deadline_at"))
        .where(paste_parts.c.bot_id == bot_id)
        .group_by(paste_parts.c.chat_id)
    )
    return tuple((row.chat_id, row.deadline_at) for row in rows)


async def delete_parts(
    conn: AsyncConnection, message_ids: tuple[int, ...], *, bot_id: int, chat_id: int
) -> int:
    """Forget parts that are joined; gives how many there still were."""
    gone = await conn.execute(
        delete(paste_parts).where(
            paste_parts.c.bot_id == bot_id,
            paste_parts.c.chat_id == chat_id,
            paste_parts.c.message_id.in_(message_ids),
        )
    )
    return gone.rowcount


async def move_deadlines(
    conn: AsyncConnection,
    *,
    bot_id: int,
    deadline_at: datetime,
    chat_id: int | None = None,
    message_ids: tuple[int, ...] | None = None,
) -> None:
    """Let the parts of all pastes, or only these, wait until then."""
    query = update(paste_parts).where(paste_parts.c.bot_id == bot_id)
    if chat_id is not None:
        query = query.where(paste_parts.c.chat_id == chat_id)
    if message_ids is not None:
        query = query.where(paste_parts.c.message_id.in_(message_ids))
    await conn.execute(query.values(deadline_at=deadline_at))


def _part(row: Row[Any]) -> PastePart:
    return PastePart(
        chat_id=row.chat_id,
        sender_id=row.sender_id,
        thread_id=row.thread_id,
        message_id=row.message_id,
        text=row.text,
        origin=row.origin,
        origin_at=row.origin_at,
        source=row.source,
    )
