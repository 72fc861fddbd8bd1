"""Feeds that somebody follows: what is known of each, when it is asked next, what it has listed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.entries import EntryState, NewEntry, StoredEntry, save_entries
from storage.errors import NotFound
from storage.tables import feed_entry_keys, feeds, insert, subscriptions

FeedState = Literal["active", "gone", "given_up"]
"""`gone`: its server says that it will not come back. `given_up`: it failed for too long."""

KEPT_KEYS = 10_000
"""Of each feed so many of the newest keys are remembered; a reading lists 4,000 at most."""
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class StoredFeed:
    """`etag` and `last_modified` are verbatim; None as long as it has never been read.

    `failures` are those in a row, `failure` says what the last one was, `told_at` when its
    followers were told of it.
    """

    id: int
    url: str
    title: str
    link: str | None
    state: FeedState
    etag: str | None
    last_modified: str | None
    next_poll_at: datetime
    last_read_at: datetime | None
    last_new_at: datetime | None
    failures: int
    failure: str | None
    failing_since: datetime | None
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an answer said of its feed; `url` where that is another one from now on."""

    title: str
    link: str | None
    etag: str | None
    last_modified: str | None
    url: str | None = None


async def add_feed(conn: AsyncConnection, url: str, *, title: str = "", added_at: datetime) -> int:
    """The id of the feed at `url`, which is asked at once where it was not known."""
    saved = await conn.scalar(
        insert(conn, feeds)
        .values(
            url=url,
            title=title,
            state="active",
            next_poll_at=added_at,
            failures=0,
            added_at=added_at,
        )
        .on_conflict_do_nothing(index_elements=[feeds.c.url])
        .returning(feeds.c.id)
    )
    if saved is None:
        saved = await conn.scalar(select(feeds.c.id).where(feeds.c.url == url))
    if saved is None:
        raise NotFound("feed", url)
    return int(saved)


async def get_feed(conn: AsyncConnection, feed_id: int) -> StoredFeed:
    row = (await conn.execute(select(feeds).where(feeds.c.id == feed_id))).one_or_none()
    if row is None:
        raise NotFound("feed", feed_id)
    return _feed(row)


async def find_feed(conn: AsyncConnection, url: str) -> StoredFeed | None:
    row = (await conn.execute(select(feeds).where(feeds.c.url == url))).one_or_none()
    return None if row is None else _feed(row)


async def claim_feeds(
    conn: AsyncConnection, *, now: datetime, lease_until: datetime, limit: int
) -> tuple[StoredFeed, ...]:
    """Take the feeds that are due, longest overdue first; nobody else gets them before the lease
    ends."""
    chosen = (
        select(feeds.c.id)
        .where(feeds.c.state == "active", feeds.c.next_poll_at <= now)
        .order_by(feeds.c.next_poll_at, feeds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    due = {
        row.id: row.next_poll_at
        for row in await conn.execute(
            select(feeds.c.id, feeds.c.next_poll_at).where(feeds.c.id.in_(chosen))
        )
    }
    rows = await conn.execute(
        update(feeds).where(feeds.c.id.in_(due)).values(next_poll_at=lease_until).returning(feeds)
    )
    claimed = [_feed(row) for row in rows]
    return tuple(sorted(claimed, key=lambda feed: (due[feed.id], feed.id)))


async def find_next_poll_time(conn: AsyncConnection) -> datetime | None:
    """When the next feed is due."""
    found: datetime | None = await conn.scalar(
        select(func.min(feeds.c.next_poll_at)).where(feeds.c.state == "active")
    )
    return found


async def list_known_keys(
    conn: AsyncConnection, feed_id: int, keys: Collection[str]
) -> frozenset[str]:
    """Which of these keys name entries that the feed has listed before."""
    known: set[str] = set()
    wanted = list(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        known.update(
            await conn.scalars(
                select(feed_entry_keys.c.key).where(
                    feed_entry_keys.c.feed_id == feed_id, feed_entry_keys.c.key.in_(part)
                )
            )
        )
    return frozenset(known)


async def record_reading(
    conn: AsyncConnection,
    feed_id: int,
    reading: Reading,
    *,
    new: Sequence[NewEntry],
    listed: Collection[str],
    read_at: datetime,
    next_poll_at: datetime,
    state: EntryState = "waiting",
) -> tuple[StoredEntry, ...]:
    """Note what a feed listed; `new` are kept in this state, of all `listed` entries the keys are.

    A new address that another feed has already is not taken over.
    """
    news: dict[str, Any] = {"last_new_at": read_at} if new else {}
    if reading.url is not None and await find_feed(conn, reading.url) is None:
        news["url"] = reading.url
    await conn.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            title=reading.title,
            link=reading.link,
            etag=reading.etag,
            last_modified=reading.last_modified,
            **news,
        )
    )
    await record_unchanged(conn, feed_id, read_at=read_at, next_poll_at=next_poll_at)
    await _save_keys(conn, feed_id, listed, seen_at=read_at)
    return await save_entries(conn, feed_id, new, state=state, seen_at=read_at)


async def record_unchanged(
    conn: AsyncConnection, feed_id: int, *, read_at: datetime, next_poll_at: datetime
) -> None:
    """Note that a feed answered well."""
    await conn.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            state="active",
            last_read_at=read_at,
            next_poll_at=next_poll_at,
            failures=0,
            failure=None,
            failing_since=None,
            told_at=None,
        )
    )


async def record_failure(
    conn: AsyncConnection,
    feed_id: int,
    failure: str,
    *,
    failed_at: datetime,
    next_poll_at: datetime,
    state: FeedState = "active",
) -> None:
    """Note that a feed could not be read; what its answer was checked against is forgotten."""
    await conn.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            state=state,
            failures=feeds.c.failures + 1,
            failure=failure,
            failing_since=func.coalesce(feeds.c.failing_since, failed_at),
            next_poll_at=next_poll_at,
            etag=None,
            last_modified=None,
        )
    )


async def mark_told(conn: AsyncConnection, feed_id: int, *, told_at: datetime) -> None:
    """Note that its followers know of its trouble."""
    await conn.execute(update(feeds).where(feeds.c.id == feed_id).values(told_at=told_at))


async def retry_feed(conn: AsyncConnection, feed_id: int, *, now: datetime) -> None:
    """Ask a feed again at once, as if it had never failed."""
    await conn.execute(
        update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            state="active",
            next_poll_at=now,
            failures=0,
            failure=None,
            failing_since=None,
            told_at=None,
        )
    )


async def delete_unfollowed_feeds(conn: AsyncConnection) -> None:
    """Forget the feeds that no subscription has, with what they listed."""
    followed = exists().where(subscriptions.c.feed_id == feeds.c.id)
    await conn.execute(delete(feeds).where(~followed))


async def _save_keys(
    conn: AsyncConnection, feed_id: int, keys: Collection[str], *, seen_at: datetime
) -> None:
    if not keys:
        return
    rows = [{"feed_id": feed_id, "key": key, "seen_at": seen_at} for key in keys]
    added = insert(conn, feed_entry_keys)
    await conn.execute(
        added.on_conflict_do_update(
            index_elements=[feed_entry_keys.c.feed_id, feed_entry_keys.c.key],
            set_={"seen_at": added.excluded.seen_at},
        ),
        rows,
    )
    oldest_kept = (
        select(feed_entry_keys.c.seen_at)
        .where(feed_entry_keys.c.feed_id == feed_id)
        .order_by(feed_entry_keys.c.seen_at.desc())
        .offset(KEPT_KEYS)
        .limit(1)
        .scalar_subquery()
    )
    await conn.execute(
        delete(feed_entry_keys).where(
            feed_entry_keys.c.feed_id == feed_id, feed_entry_keys.c.seen_at < oldest_kept
        )
    )


def _feed(row: Row[Any]) -> StoredFeed:
    return StoredFeed(**{name: getattr(row, name) for name in StoredFeed.__slots__})
