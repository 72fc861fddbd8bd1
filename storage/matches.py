"""Which digests belong to which subscriptions, and whether they have been told."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import insert, matches


@dataclass(frozen=True, slots=True)
class Match:
    """A digest that belongs to a subscription; `entry_id` is the entry it came with, if any."""

    subscription_id: int
    digest_id: int
    entry_id: int | None
    matched_at: datetime


async def record_match(conn: AsyncConnection, match: Match) -> bool:
    """Note that a digest belongs to a subscription; False where that is known."""
    saved = await conn.execute(
        insert(conn, matches)
        .values(
            subscription_id=match.subscription_id,
            digest_id=match.digest_id,
            entry_id=match.entry_id,
            matched_at=match.matched_at,
        )
        .on_conflict_do_nothing(index_elements=[matches.c.subscription_id, matches.c.digest_id])
    )
    return saved.rowcount == 1


async def list_untold_matches(
    conn: AsyncConnection, subscription_ids: Collection[int], *, limit: int
) -> tuple[Match, ...]:
    """What belongs to these subscriptions and was in no edition yet, newest first."""
    rows = await conn.execute(
        select(matches)
        .where(matches.c.subscription_id.in_(subscription_ids), matches.c.told_at.is_(None))
        .order_by(matches.c.matched_at.desc(), matches.c.digest_id.desc())
        .limit(limit)
    )
    return tuple(
        Match(row.subscription_id, row.digest_id, row.entry_id, row.matched_at) for row in rows
    )


async def list_told_digests(
    conn: AsyncConnection, subscription_ids: Collection[int], *, since: datetime
) -> tuple[int, ...]:
    """The digests that editions of these subscriptions have told since then, oldest first."""
    rows = await conn.scalars(
        select(matches.c.digest_id)
        .where(matches.c.subscription_id.in_(subscription_ids), matches.c.told_at >= since)
        .group_by(matches.c.digest_id)
        .order_by(func.min(matches.c.told_at), matches.c.digest_id)
    )
    return tuple(rows)


async def mark_matches_told(
    conn: AsyncConnection,
    subscription_id: int,
    digest_ids: Collection[int],
    *,
    told_at: datetime,
) -> None:
    await conn.execute(
        update(matches)
        .where(matches.c.subscription_id == subscription_id, matches.c.digest_id.in_(digest_ids))
        .values(told_at=told_at)
    )


async def close_matches(
    conn: AsyncConnection,
    subscription_ids: Collection[int],
    *,
    until: datetime,
    told_at: datetime,
) -> frozenset[int]:
    """Let no later edition tell what has belonged to the subscriptions until then.

    Gives the digests for which this is the edition that tells them.
    """
    closed = await conn.scalars(
        update(matches)
        .where(
            matches.c.subscription_id.in_(subscription_ids),
            matches.c.matched_at <= until,
            matches.c.told_at.is_(None),
        )
        .values(told_at=told_at)
        .returning(matches.c.digest_id)
    )
    return frozenset(closed)


async def delete_old_matches(conn: AsyncConnection, *, matched_before: datetime) -> None:
    """Forget what belonged to subscriptions long ago, told or not."""
    await conn.execute(delete(matches).where(matches.c.matched_at < matched_before))
