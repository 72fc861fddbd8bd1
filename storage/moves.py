"""A group that becomes a supergroup gets another id: all that is kept of it moves there."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import requeue_moved_jobs
from storage.tables import chats, deliveries, insert, metadata, pauses, requests, subscriptions


async def move_chat(conn: AsyncConnection, *, old_id: int, new_id: int) -> None:
    """Move every row of the chat `old_id` to `new_id`, where there may be rows already.

    Telegram's ids of messages and topics mean others there, so none is kept. A move that was made
    before moves nothing.
    """
    if old_id == new_id:
        return
    await _move_chat_itself(conn, old_id, new_id)
    await conn.execute(delete(pauses).where(pauses.c.chat_id == old_id))
    await requeue_moved_jobs(conn, old_id=old_id, new_id=new_id)
    await conn.execute(
        update(requests)
        .where(requests.c.chat_id == old_id)
        .values(thread_id=None, request_message_id=None, answer_message_id=None)
    )
    await conn.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == old_id)
        .values(thread_id=None, reply_to=None, message_id=None)
    )
    await _drop_followed_twice(conn, old_id, new_id)
    # Held by the pause that ended with the old id.
    await conn.execute(
        update(deliveries)
        .where(deliveries.c.chat_id == old_id, deliveries.c.state == "paused")
        .values(state="queued")
    )
    for table in metadata.sorted_tables:
        if "chat_id" in table.c:
            await _move_rows(conn, table, old_id, new_id)
    await conn.execute(delete(chats).where(chats.c.id == old_id))


async def _move_chat_itself(conn: AsyncConnection, old_id: int, new_id: int) -> None:
    """Have a chat of the new id, like the old one where there is none yet."""
    changed: dict[str, ColumnElement[Any]] = {
        "id": literal(new_id),
        "kind": literal("supergroup"),
    }
    await _copy_rows(conn, chats, chats.c.id == old_id, changed)


async def _drop_followed_twice(conn: AsyncConnection, old_id: int, new_id: int) -> None:
    """Of topics that both chats follow those of the new id stay; of the old no thread is kept."""
    both = subscriptions.alias()
    followed = exists().where(
        both.c.chat_id == new_id,
        both.c.bot_id == subscriptions.c.bot_id,
        both.c.topic_key == subscriptions.c.topic_key,
    )
    of_old = subscriptions.c.chat_id == old_id
    await conn.execute(delete(subscriptions).where(of_old, followed))
    await conn.execute(update(subscriptions).where(of_old).values(thread_id=None))


async def _move_rows(conn: AsyncConnection, table: Table, old_id: int, new_id: int) -> None:
    of_old = table.c.chat_id == old_id
    if table.c.chat_id.primary_key:
        await _copy_rows(conn, table, of_old, {"chat_id": literal(new_id)})
        await conn.execute(delete(table).where(of_old))
    else:
        await conn.execute(update(table).where(of_old).values(chat_id=new_id))


async def _copy_rows(
    conn: AsyncConnection,
    table: Table,
    which: ColumnElement[bool],
    changed: Mapping[str, ColumnElement[Any]],
) -> None:
    """Add these rows with other values; one whose key is known stays as it is."""
    values: dict[str, ColumnElement[Any]] = {column.name: column for column in table.c}
    values |= changed
    copied = insert(conn, table).from_select(list(values), select(*values.values()).where(which))
    await conn.execute(copied.on_conflict_do_nothing())
