"""Which chats were let in by a code, and how often codes were guessed wrongly."""

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import admissions, insert, wrong_codes


async def admit_chat(conn: AsyncConnection, *, chat_id: int, admitted_at: datetime) -> None:
    """Let the chat in, for good; one that is in already stays as it was admitted."""
    await conn.execute(
        insert(conn, admissions)
        .values(chat_id=chat_id, admitted_at=admitted_at)
        .on_conflict_do_nothing(index_elements=[admissions.c.chat_id])
    )


async def is_admitted(conn: AsyncConnection, *, chat_id: int) -> bool:
    found = await conn.scalar(select(admissions.c.chat_id).where(admissions.c.chat_id == chat_id))
    return found is not None


async def record_wrong_code(
    conn: AsyncConnection, *, chat_id: int, tried_at: datetime, forget_before: datetime
) -> None:
    """Note that a chat tried a wrong code; what any chat tried before that time is forgotten."""
    await conn.execute(delete(wrong_codes).where(wrong_codes.c.tried_at < forget_before))
    await conn.execute(wrong_codes.insert().values(chat_id=chat_id, tried_at=tried_at))


async def count_wrong_codes(conn: AsyncConnection, *, chat_id: int, since: datetime) -> int:
    """How many wrong codes the chat tried since then."""
    query = select(func.count()).where(
        wrong_codes.c.chat_id == chat_id, wrong_codes.c.tried_at >= since
    )
    return await conn.scalar(query) or 0
