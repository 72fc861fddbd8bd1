"""When chats asked for digests, as far back as a limit looks."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import digest_asks


async def record_ask(
    conn: AsyncConnection, *, chat_id: int, asked_at: datetime, forget_before: datetime
) -> None:
    """Note that a chat asked for a digest; what any chat asked before that time is forgotten."""
    await conn.execute(delete(digest_asks).where(digest_asks.c.asked_at < forget_before))
    await conn.execute(digest_asks.insert().values(chat_id=chat_id, asked_at=asked_at))


async def list_asks(
    conn: AsyncConnection, *, chat_id: int, since: datetime
) -> tuple[datetime, ...]:
    """When the chat asked since then, earliest first."""
    query = (
        select(digest_asks.c.asked_at)
        .where(digest_asks.c.chat_id == chat_id, digest_asks.c.asked_at >= since)
        .order_by(digest_asks.c.asked_at)
    )
    return tuple(await conn.scalars(query))
