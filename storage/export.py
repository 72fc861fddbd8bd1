"""All that is kept of one chat, read a little at a time, for whoever wants it as a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Table, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.chats import find_chat
from storage.privacy import COUNTERS, names_chat, tables_of_chats
from storage.tables import articles, chats, digests, jobs, metadata, requests, updates

PAGE = 20


@dataclass(frozen=True, slots=True)
class ExportPart:
    """The `number`th of `count` parts: the digests with ids from `first_id` to `last_id`."""

    first_id: int
    last_id: int
    number: int = 1
    count: int = 1


async def plan_export(
    conn: AsyncConnection, *, chat_id: int, part_bytes: int
) -> tuple[ExportPart, ...]:
    """Parts with about so many bytes of articles and digests each; none of an unknown chat."""
    if await find_chat(conn, chat_id) is None:
        return ()
    text, payload = (
        func.length(cast(column, LargeBinary)) for column in (articles.c.text, digests.c.payload)
    )
    rows = await conn.execute(
        select(digests.c.id, (text + payload).label("size"))
        .join_from(digests, articles)
        .where(_asked_for(chat_id))
        .order_by(digests.c.id)
    )
    ranges: list[tuple[int, int]] = []
    first_id = last_id = filled = 0
    for row in rows:
        if filled and filled + row.size > part_bytes:
            ranges.append((first_id, last_id))
            first_id, filled = row.id, 0
        last_id = row.id
        filled += row.size
    ranges.append((first_id, last_id))
    return tuple(
        ExportPart(*ids, number, len(ranges)) for number, ids in enumerate(ranges, start=1)
    )


async def read_rows(
    conn: AsyncConnection, *, chat_id: int
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Every row of the chat but its digests and requests, with the name of its table.

    By the rule by which it is erased, so nothing is left out; also the articles that wait for
    their digest.
    """
    waiting = select(jobs.c.article_id).where(jobs.c.chat_id == chat_id)
    of_chat: list[tuple[Table, ColumnElement[bool]]] = [
        (chats, chats.c.id == chat_id),
        (articles, articles.c.id.in_(waiting)),
        (updates, (updates.c.state == "set_aside") & names_chat(chat_id)),
    ]
    counters = [metadata.tables[name] for name in COUNTERS]
    tables = [table for table in (*tables_of_chats(), *counters) if table is not requests]
    of_chat += [(table, table.c.chat_id == chat_id) for table in tables]
    for table, which in of_chat:
        for row in await conn.execute(select(table).where(which)):
            yield table.name, dict(row._mapping)


async def read_digests(
    conn: AsyncConnection, part: ExportPart, *, chat_id: int
) -> AsyncIterator[dict[str, Any]]:
    """The digests of a part, each as its JSON with the requests of the chat for it.

    The text is None where it is kept no longer.
    """
    after_id = part.first_id - 1
    while True:
        page = await conn.execute(
            select(digests.c.id, digests.c.payload, articles.c.text)
            .join_from(digests, articles)
            .where(digests.c.id > after_id, digests.c.id <= part.last_id, _asked_for(chat_id))
            .order_by(digests.c.id)
            .limit(PAGE)
        )
        rows = page.all()
        asked = await _requests(conn, [row.id for row in rows], chat_id=chat_id)
        for row in rows:
            yield {
                "id": row.id,
                **row.payload,
                "text": row.text or None,
                "requests": asked.get(row.id, []),
            }
        if len(rows) < PAGE:
            return
        after_id = rows[-1].id


def _asked_for(chat_id: int) -> ColumnElement[bool]:
    return exists().where(requests.c.chat_id == chat_id, requests.c.digest_id == digests.c.id)


async def _requests(
    conn: AsyncConnection, digest_ids: list[int], *, chat_id: int
) -> dict[int, list[dict[str, Any]]]:
    """The requests of the chat by the digests that they are for."""
    rows = await conn.execute(
        select(
            requests.c.digest_id,
            requests.c.requested_at,
            requests.c.thread_id,
            requests.c.request_message_id,
            requests.c.answer_message_id,
        )
        .where(requests.c.chat_id == chat_id, requests.c.digest_id.in_(digest_ids))
        .order_by(requests.c.id)
    )
    asked: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        values = dict(row._mapping)
        asked.setdefault(values.pop("digest_id"), []).append(values)
    return asked
