"""Pauses: where a bot may not write for now. What waits to be sent there is held until it may.

A pause is of a whole chat (thread `WHOLE_CHAT`) or of one topic of a forum. The general topic has
no thread in messages; its pause has `GENERAL_TOPIC`.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import deliveries, insert, pauses

WHOLE_CHAT, GENERAL_TOPIC = 0, 1


def is_covered() -> ColumnElement[bool]:
    """Whether a pause holds the message of a row of `deliveries`."""
    topic = func.coalesce(deliveries.c.thread_id, GENERAL_TOPIC)
    return exists().where(
        pauses.c.bot_id == deliveries.c.bot_id,
        pauses.c.chat_id == deliveries.c.chat_id,
        pauses.c.thread_id.in_((WHOLE_CHAT, topic)),
    )


def _of_chat(state: str) -> ColumnElement[bool]:
    return and_(
        deliveries.c.bot_id == bindparam("of_bot"),
        deliveries.c.chat_id == bindparam("of_chat"),
        deliveries.c.state == state,
    )


# Put together once: that costs more than to run it.
_HOLD = update(deliveries).where(_of_chat("queued"), is_covered()).values(state="paused")
_END = delete(pauses).where(
    pauses.c.bot_id == bindparam("of_bot"),
    pauses.c.chat_id == bindparam("of_chat"),
    pauses.c.thread_id.in_((WHOLE_CHAT, bindparam("of_thread"))),
)
_GIVE_UP = (
    update(deliveries)
    .where(_of_chat("paused"), deliveries.c.created_at < bindparam("since"))
    .values(state="failed", payload={})
)
_QUEUE_AGAIN = update(deliveries).where(_of_chat("paused")).values(state="queued")


async def pause(
    conn: AsyncConnection, *, bot_id: int, chat_id: int, thread_id: int | None, began_at: datetime
) -> None:
    """Write no more to the chat, or to this topic of it; what waits for it is held.

    A pause that is there already goes on as it began.
    """
    values = {
        "bot_id": bot_id,
        "chat_id": chat_id,
        "thread_id": WHOLE_CHAT if thread_id is None else thread_id,
        "began_at": began_at,
    }
    await conn.execute(insert(conn, pauses).values(values).on_conflict_do_nothing())
    await hold(conn, bot_id=bot_id, chat_id=chat_id)


async def hold(conn: AsyncConnection, *, bot_id: int, chat_id: int) -> int:
    """Hold the messages of the chat that a pause covers; gives how many were not held yet."""
    held = await conn.execute(_HOLD, {"of_bot": bot_id, "of_chat": chat_id})
    return held.rowcount


async def resume(
    conn: AsyncConnection,
    *,
    bot_id: int,
    chat_id: int,
    thread_id: int | None,
    since: datetime,
) -> bool:
    """End the pauses of the chat and of this topic; true where there was one.

    What was queued since then is sent after all; what is older is given up, and its words dropped.
    """
    topic = GENERAL_TOPIC if thread_id is None else thread_id
    of_chat = {"of_bot": bot_id, "of_chat": chat_id}
    ended = await conn.execute(_END, {**of_chat, "of_thread": topic})
    if not ended.rowcount:
        return False
    await conn.execute(_GIVE_UP, {**of_chat, "since": since})
    await conn.execute(_QUEUE_AGAIN, of_chat)
    await hold(conn, bot_id=bot_id, chat_id=chat_id)  # by the pauses of other topics
    return True


async def list_long_paused(
    conn: AsyncConnection, *, bot_id: int, began_before: datetime, limit: int
) -> tuple[int, ...]:
    """Chats that have shut this bot out since before then, the longest first."""
    query = (
        select(pauses.c.chat_id)
        .where(
            pauses.c.bot_id == bot_id,
            pauses.c.thread_id == WHOLE_CHAT,
            pauses.c.began_at < began_before,
        )
        .order_by(pauses.c.began_at)
        .limit(limit)
    )
    return tuple(await conn.scalars(query))


async def delete_old_topic_pauses(
    conn: AsyncConnection, *, bot_id: int, began_before: datetime
) -> None:
    """Forget topics that were closed long ago; whether they still are, the next message tells."""
    await conn.execute(
        delete(pauses).where(
            pauses.c.bot_id == bot_id,
            pauses.c.thread_id != WHOLE_CHAT,
            pauses.c.began_at < began_before,
        )
    )
