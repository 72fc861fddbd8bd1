"""What has been kept long enough is forgotten, a little at a time, so that nobody waits for it.

Each function forgets at most `limit` rows and gives how many: if so many, there may be more.

A text is kept from the last time it was asked for, and its digest longer. When both are over, the
row of the article goes, and with it its digests, their maps and what the search knows of them.
"""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    cast,
    delete,
    exists,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import delete_unclaimed_articles
from storage.jobs import UNFINISHED, delete_jobs
from storage.tables import (
    HAS_TEXT,
    articles,
    deliveries,
    digests,
    jobs,
    map_pictures,
    matches,
    requests,
    updates,
)

_LEAST_CHANGES = 2
"""A call that merges nothing counts as one change."""


async def delete_old_updates(
    conn: AsyncConnection, *, received_before: datetime, limit: int
) -> int:
    """Forget what is not pending; Telegram itself offers no update again after a day."""
    old = (updates.c.state != "pending", updates.c.received_at < received_before)
    return await _delete(conn, updates, *old, limit=limit)


async def delete_old_jobs(conn: AsyncConnection, *, created_before: datetime, limit: int) -> int:
    """Forget finished jobs, and the articles of those that failed."""
    old = select(jobs.c.id).where(
        jobs.c.state.not_in(UNFINISHED), jobs.c.created_at < created_before
    )
    return await delete_jobs(conn, jobs.c.id.in_(old.limit(limit)))


async def delete_old_deliveries(
    conn: AsyncConnection, *, created_before: datetime, limit: int
) -> int:
    """Forget what is not queued."""
    old = (deliveries.c.state != "queued", deliveries.c.created_at < created_before)
    return await _delete(conn, deliveries, *old, limit=limit)


async def delete_old_maps(conn: AsyncConnection, *, asked_before: datetime, limit: int) -> int:
    """Forget pictures; whoever asks again gets a new one."""
    old = map_pictures.c.drawn_at < asked_before
    return await _delete(conn, map_pictures, old, limit=limit)


async def delete_old_requests(
    conn: AsyncConnection, *, requested_before: datetime, limit: int
) -> int:
    """Forget who asked for what so long ago, and the digests that nobody asked for since."""
    return await _delete_requests(conn, requests.c.requested_at < requested_before, limit=limit)


async def delete_requests_of_chat(conn: AsyncConnection, *, chat_id: int, limit: int) -> int:
    """Forget what a chat asked for, and the digests that no other chat asked for."""
    return await _delete_requests(conn, requests.c.chat_id == chat_id, limit=limit)


async def _delete_requests(conn: AsyncConnection, which: ColumnElement[bool], *, limit: int) -> int:
    some = select(requests.c.id).where(which).limit(limit)
    gone = await conn.scalars(
        delete(requests).where(requests.c.id.in_(some)).returning(requests.c.digest_id)
    )
    digest_ids = gone.all()
    if not digest_ids:
        return 0
    named = digests.c.id.in_(set(digest_ids))
    article_ids = (await conn.scalars(select(digests.c.article_id).where(named))).all()
    await delete_unclaimed_articles(conn, set(article_ids))
    # The article may stay for the sake of its digest by another method.
    asked_for = exists().where(requests.c.digest_id == digests.c.id)
    followed = exists().where(matches.c.digest_id == digests.c.id)
    await conn.execute(delete(digests).where(named, ~asked_for, ~followed))
    return len(digest_ids)


async def drop_old_texts(conn: AsyncConnection, *, asked_before: datetime, limit: int) -> int:
    """Drop the texts of articles that nobody asked for since then; their digests stay.

    Who sends such a text again sends another article.
    """
    asked_since = exists().where(
        digests.c.article_id == articles.c.id,
        requests.c.digest_id == digests.c.id,
        requests.c.requested_at >= asked_before,
    )
    is_worked_on = exists().where(jobs.c.article_id == articles.c.id)
    old = (
        select(articles.c.id)
        .where(
            literal_column(HAS_TEXT),
            articles.c.received_at < asked_before,
            ~asked_since,
            ~is_worked_on,
        )
        .limit(limit)
    )
    dropped = await conn.execute(
        update(articles)
        .where(articles.c.id.in_(old))
        .values(text="", key="without text " + cast(articles.c.id, String))
    )
    return dropped.rowcount


async def merge_search_index(
    conn: AsyncConnection, index: str, *, limit: int, begins: bool = False
) -> bool:
    """Merge some pages of a search index; true as long as there is more to be merged.

    Only when all is merged since the call that `begins` are the words of deleted rows gone from
    it: SQLite before 3.42 keeps them until then.
    """
    counted = text("SELECT total_changes()")
    before = await conn.scalar(counted)
    pages = -limit if begins else limit
    await conn.execute(text(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {pages})"))  # noqa: S608 - our own names
    return bool(await conn.scalar(counted) - before >= _LEAST_CHANGES)


async def _delete(
    conn: AsyncConnection, table: Table, *which: ColumnElement[bool], limit: int
) -> int:
    """Delete some of the rows that fulfil all of this; gives how many."""
    key = tuple(table.primary_key)
    some = select(*key).where(*which).limit(limit)
    gone = await conn.execute(delete(table).where(tuple_(*key).in_(some)))
    return gone.rowcount
