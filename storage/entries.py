"""Entries that feeds have listed: waiting to be digested, or through."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import delete_unclaimed_articles
from storage.errors import NotFound
from storage.tables import feed_entries, insert

EntryState = Literal["kept", "waiting", "done", "failed"]
"""`waiting` to be digested; `kept` without that; `done` also where nobody wanted it any more."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry that a feed lists, and the keys it is known by from now on."""

    title: str
    link: str | None
    published: str | None
    summary: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """`article_id` is the article behind the link, once that was fetched.

    `attempts` counts how often it was taken to be digested.
    """

    id: int
    feed_id: int
    title: str
    link: str | None
    published: str | None
    summary: str
    seen_at: datetime
    article_id: int | None
    attempts: int


async def list_entries(
    conn: AsyncConnection, feed_ids: Collection[int], *, since: datetime, limit: int
) -> tuple[StoredEntry, ...]:
    """What these feeds have listed anew since then, newest first."""
    rows = await conn.execute(
        select(feed_entries)
        .where(feed_entries.c.feed_id.in_(feed_ids), feed_entries.c.seen_at > since)
        .order_by(feed_entries.c.seen_at.desc(), feed_entries.c.id)
        .limit(limit)
    )
    return tuple(_entry(row) for row in rows)


async def get_entry(conn: AsyncConnection, entry_id: int) -> StoredEntry:
    query = select(feed_entries).where(feed_entries.c.id == entry_id)
    row = (await conn.execute(query)).one_or_none()
    if row is None:
        raise NotFound("entry", entry_id)
    return _entry(row)


async def claim_entries(
    conn: AsyncConnection, *, now: datetime, lease_until: datetime, limit: int
) -> tuple[StoredEntry, ...]:
    """Take entries that wait to be digested, oldest first; nobody else gets them before the lease
    ends."""
    chosen = (
        select(feed_entries.c.id)
        .where(feed_entries.c.state == "waiting", feed_entries.c.not_before_at <= now)
        .order_by(feed_entries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await conn.execute(
        update(feed_entries)
        .where(feed_entries.c.id.in_(chosen))
        .values(not_before_at=lease_until, attempts=feed_entries.c.attempts + 1)
        .returning(feed_entries)
    )
    return tuple(sorted(map(_entry, rows), key=lambda entry: entry.id))


async def find_next_entry_time(conn: AsyncConnection) -> datetime | None:
    """When the next entry may be digested."""
    found: datetime | None = await conn.scalar(
        select(func.min(feed_entries.c.not_before_at)).where(feed_entries.c.state == "waiting")
    )
    return found


async def release_entries(conn: AsyncConnection, *, now: datetime) -> None:
    """Let what was being digested when the program ended be digested at once."""
    await conn.execute(
        update(feed_entries)
        .where(feed_entries.c.state == "waiting", feed_entries.c.not_before_at > now)
        .values(not_before_at=now)
    )


async def retry_entry(conn: AsyncConnection, entry_id: int, *, not_before: datetime) -> None:
    """Let an entry be digested later."""
    await conn.execute(
        update(feed_entries).where(feed_entries.c.id == entry_id).values(not_before_at=not_before)
    )


async def close_entry(
    conn: AsyncConnection,
    entry_id: int,
    state: Literal["done", "failed"],
    *,
    article_id: int | None = None,
) -> None:
    """Say that an entry is through, and which article was behind it."""
    await conn.execute(
        update(feed_entries)
        .where(feed_entries.c.id == entry_id)
        .values(state=state, article_id=article_id)
    )


async def delete_old_entries(conn: AsyncConnection, *, seen_before: datetime, limit: int) -> int:
    """Forget some of what feeds listed long ago, with the articles that no chat has to do with.

    Their keys are remembered, so it is never news again. Gives how many were forgotten.
    """
    rows = await conn.execute(
        select(feed_entries.c.id, feed_entries.c.article_id)
        .where(feed_entries.c.seen_at < seen_before)
        .limit(limit)
    )
    old = {row.id: row.article_id for row in rows}
    await conn.execute(delete(feed_entries).where(feed_entries.c.id.in_(old)))
    await delete_unclaimed_articles(conn, {id_ for id_ in old.values() if id_ is not None})
    return len(old)


async def save_entries(
    conn: AsyncConnection,
    feed_id: int,
    new: Sequence[NewEntry],
    *,
    state: EntryState,
    seen_at: datetime,
) -> tuple[StoredEntry, ...]:
    saved = []
    for entry in new:
        row = await conn.execute(
            insert(conn, feed_entries)
            .values(
                feed_id=feed_id,
                title=entry.title,
                link=entry.link,
                published=entry.published,
                summary=entry.summary,
                seen_at=seen_at,
                state=state,
                attempts=0,
                not_before_at=seen_at,
            )
            .returning(feed_entries)
        )
        saved.append(_entry(row.one()))
    return tuple(saved)


def _entry(row: Row[Any]) -> StoredEntry:
    return StoredEntry(**{name: getattr(row, name) for name in StoredEntry.__slots__})
