"""What is kept of a chat, and how its rows are erased."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import (
    articles,
    chats,
    digests,
    jobs,
    matches,
    metadata,
    requests,
    subscriptions,
    updates,
)

COUNTERS = ("digest_asks", "wrong_codes")


@dataclass(frozen=True, slots=True)
class KeptOfChat:
    """How much is kept of a chat: different digests, and how often they were asked for."""

    digests: int
    requests: int


async def count_kept(conn: AsyncConnection, *, chat_id: int) -> KeptOfChat:
    row = await conn.execute(
        select(func.count(requests.c.digest_id.distinct()), func.count()).where(
            requests.c.chat_id == chat_id
        )
    )
    return KeptOfChat(*row.one())


async def erase_rows_of_chat(conn: AsyncConnection, *, chat_id: int) -> None:
    """Erase all rows of the chat, and the articles that no other chat has to do with.

    Rows of other tables go with those that they belong to.
    """
    own = await _articles(conn, lambda chat: chat == chat_id)
    for table in tables_of_chats():
        await conn.execute(delete(table).where(table.c.chat_id == chat_id))
    await conn.execute(delete(chats).where(chats.c.id == chat_id))
    await conn.execute(delete(updates).where(updates.c.state == "set_aside", names_chat(chat_id)))
    for article_id in own - await _articles(conn, lambda chat: chat != chat_id):
        await conn.execute(delete(articles).where(articles.c.id == article_id))


def tables_of_chats() -> tuple[Table, ...]:
    """The tables whose rows each belong to a chat, those that refer to others first.

    What a limit counts stays for its hour: else erasing would be the way around it.
    """
    return tuple(
        table
        for table in reversed(metadata.sorted_tables)
        if "chat_id" in table.c and table.name not in COUNTERS
    )


def names_chat(chat_id: int) -> ColumnElement[bool]:
    """Whether an update that could not be read has to do with the chat; its payload is compact."""
    payload = cast(updates.c.payload, Text)
    return or_(payload.contains(f'"id":{chat_id},'), payload.contains(f'"id":{chat_id}}}'))


async def _articles(
    conn: AsyncConnection, of_chat: Callable[[ColumnElement[int]], ColumnElement[bool]]
) -> set[int]:
    """The ids of the articles that such chats asked for, wait for or follow."""
    asked_for = (
        select(digests.c.article_id).join_from(requests, digests).where(of_chat(requests.c.chat_id))
    )
    waited_for = select(jobs.c.article_id).where(
        of_chat(jobs.c.chat_id), jobs.c.article_id.is_not(None)
    )
    followed = (
        select(digests.c.article_id)
        .join_from(matches, digests)
        .join(subscriptions)
        .where(of_chat(subscriptions.c.chat_id))
    )
    return set(await conn.scalars(asked_for.union(waited_for, followed)))
