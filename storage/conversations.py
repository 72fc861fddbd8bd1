"""Conversations in a terminal: each is a bot of its own, and what it left undone leads to nothing.

Its bot id is negative: the nanoseconds since the epoch at which it began, with a minus.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Table, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import UNFINISHED, delete_jobs
from storage.tables import (
    chat_schedules,
    deliveries,
    editions,
    jobs,
    offers,
    paste_parts,
    subscriptions,
    updates,
)


def conversation_id(began_ns: int) -> int:
    return -began_ns


async def erase_conversation(conn: AsyncConnection, bot_id: int) -> int:
    """Erase the life of a conversation that ends; gives how many digests were not made yet.

    Its digests stay, with the history of the chat.
    """
    unmade = await delete_jobs(conn, jobs.c.bot_id == bot_id, jobs.c.state.in_(UNFINISHED))
    await _erase(conn, lambda table: table.c.bot_id == bot_id)
    return unmade


async def erase_conversations(conn: AsyncConnection, *, began_before_ns: int) -> None:
    """Erase the life of conversations that ended without doing so themselves."""
    await _erase(conn, lambda table: table.c.bot_id.between(-began_before_ns, -1))


_OF_CONVERSATIONS = (
    updates,
    paste_parts,
    deliveries,
    editions,
    subscriptions,
    offers,
    chat_schedules,
)


async def _erase(conn: AsyncConnection, of_bots: Callable[[Table], ColumnElement[bool]]) -> None:
    await delete_jobs(conn, of_bots(jobs))
    for table in _OF_CONVERSATIONS:
        await conn.execute(delete(table).where(of_bots(table)))
