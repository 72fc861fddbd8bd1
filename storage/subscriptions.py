"""What chats follow, which articles belong to it, and which editions were made of them."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.models import FeedTopic, PlaceTopic, Schedule, Topic, topic_from_dict, topic_to_dict
from storage.tables import insert, matches, subscription_changes, subscriptions

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
"""A pause without an end."""
CLOCK_ERROR = timedelta(days=1)
"""A last slot that lies further ahead than this was noted by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A topic that a chat follows, in one of its threads perhaps.

    `feed_id` is the feed of a feed topic. One that is not `told` brings no messages of its own: it
    only supplies the other topics of its chat. `since` is the instant of the last slot that was
    delivered or skipped, at first that of subscribing; `next_slot_at` is None where entries are
    told at once. `paused_until` and `ended_at` are None unless it is paused, or was ended.
    """

    id: int
    bot_id: int
    chat_id: int
    thread_id: int | None
    topic: Topic
    feed_id: int | None
    schedule: Schedule
    told: bool
    since: datetime
    next_slot_at: datetime | None
    created_at: datetime
    paused_until: datetime | None
    ended_at: datetime | None

    def is_awake(self, now: datetime) -> bool:
        """Whether its chat wants to hear of it."""
        is_paused = self.paused_until is not None and self.paused_until > now
        return self.told and not is_paused and self.ended_at is None


async def subscribe(
    conn: AsyncConnection,
    topic: Topic,
    *,
    bot_id: int,
    chat_id: int,
    thread_id: int | None = None,
    feed_id: int | None = None,
    schedule: Schedule,
    next_slot_at: datetime | None,
    now: datetime,
) -> tuple[Subscription, bool]:
    """What the chat follows now, and whether it did not before.

    A topic that is followed already stays as it is, and one that was ended comes back as new.
    """
    key = topic_key(topic)
    fresh = {
        "thread_id": thread_id,
        "feed_id": feed_id,
        "told": 1,
        "since": now,
        "created_at": now,
        "paused_until": None,
        "ended_at": None,
        "change": await _next_change(conn),
        **_scheduled(schedule, next_slot_at),
    }
    added = insert(conn, subscriptions).values(
        bot_id=bot_id, chat_id=chat_id, topic=topic_to_dict(topic), topic_key=key, **fresh
    )
    row = (
        await conn.execute(
            added.on_conflict_do_update(
                index_elements=[
                    subscriptions.c.bot_id,
                    subscriptions.c.chat_id,
                    subscriptions.c.topic_key,
                ],
                set_=fresh,
                where=subscriptions.c.ended_at.is_not(None),
            ).returning(subscriptions)
        )
    ).one_or_none()
    if row is not None:
        return _subscription(row), True
    found = await conn.execute(
        select(subscriptions).where(
            subscriptions.c.bot_id == bot_id,
            subscriptions.c.chat_id == chat_id,
            subscriptions.c.topic_key == key,
        )
    )
    return _subscription(found.one()), False


async def get_subscription(
    conn: AsyncConnection, subscription_id: int, *, bot_id: int, chat_id: int
) -> Subscription:
    """The subscription of this chat, ended or not; raises NotFound, also for another chat's."""
    row = await conn.execute(
        select(subscriptions).where(_of_chat(bot_id, chat_id, subscription_id))
    )
    if (found := row.one_or_none()) is None:
        raise NotFound("subscription", subscription_id)
    return _subscription(found)


async def list_subscriptions(
    conn: AsyncConnection, *, bot_id: int, chat_id: int
) -> tuple[Subscription, ...]:
    """What a chat follows, in the order of subscribing."""
    rows = await conn.execute(
        select(subscriptions)
        .where(
            subscriptions.c.bot_id == bot_id,
            subscriptions.c.chat_id == chat_id,
            subscriptions.c.ended_at.is_(None),
        )
        .order_by(subscriptions.c.id)
    )
    return tuple(_subscription(row) for row in rows)


async def list_changed_subscriptions(
    conn: AsyncConnection, *, after: int
) -> tuple[tuple[Subscription, ...], int]:
    """All subscriptions that were changed after a number, also ended ones, and the newest number.

    Numbers grow with every change; 0 is before all of them.
    """
    rows = (
        await conn.execute(
            select(subscriptions)
            .where(subscriptions.c.change > after)
            .order_by(subscriptions.c.change)
        )
    ).all()
    return tuple(map(_subscription, rows)), rows[-1].change if rows else after


async def find_subscriptions(
    conn: AsyncConnection, subscription_ids: Collection[int]
) -> tuple[Subscription, ...]:
    """Those of these that there are, ended ones too, in the order of subscribing."""
    rows = await conn.execute(
        select(subscriptions)
        .where(subscriptions.c.id.in_(subscription_ids))
        .order_by(subscriptions.c.id)
    )
    return tuple(_subscription(row) for row in rows)


async def count_subscriptions(conn: AsyncConnection, *, bot_id: int, chat_id: int) -> int:
    """How many topics a chat follows."""
    query = select(func.count()).where(
        subscriptions.c.bot_id == bot_id,
        subscriptions.c.chat_id == chat_id,
        subscriptions.c.ended_at.is_(None),
    )
    return int(await conn.scalar(query) or 0)


async def reschedule(
    conn: AsyncConnection,
    subscription_ids: Collection[int],
    schedule: Schedule,
    *,
    next_slot_at: datetime | None,
) -> None:
    """Let subscriptions be told at other times."""
    await _change(conn, subscription_ids, **_scheduled(schedule, next_slot_at))


async def set_told(conn: AsyncConnection, subscription_id: int, *, told: bool) -> None:
    """Whether a subscription brings messages, or only supplies the other topics of its chat."""
    await _change(conn, [subscription_id], told=int(told))


async def pause_subscriptions(
    conn: AsyncConnection, subscription_ids: Collection[int], *, until: datetime
) -> None:
    """Tell nothing of these until then, or until they are resumed (`FOREVER`)."""
    await _change(conn, subscription_ids, paused_until=until)


async def resume_subscriptions(conn: AsyncConnection, subscription_ids: Collection[int]) -> None:
    await _change(conn, subscription_ids, paused_until=None)


async def end_subscription(
    conn: AsyncConnection, subscription_id: int, *, ended_at: datetime
) -> None:
    """Stop following; what is kept of it stays until `delete_ended_subscriptions`."""
    await _change(conn, [subscription_id], ended_at=ended_at)


async def restore_subscription(conn: AsyncConnection, subscription_id: int) -> None:
    """Follow again what was ended, as if it had never been."""
    await _change(conn, [subscription_id], ended_at=None)


async def delete_ended_subscriptions(conn: AsyncConnection, *, ended_before: datetime) -> None:
    """Forget what was ended so long ago that it will not be taken back."""
    await conn.execute(delete(subscriptions).where(subscriptions.c.ended_at < ended_before))


async def claim_slots(
    conn: AsyncConnection, *, now: datetime, lease_until: datetime, limit: int
) -> tuple[Subscription, ...]:
    """Take subscriptions whose slot has come, paused ones too; nobody else gets them before the
    lease ends.

    So are those whose last slot lies far ahead, which is the work of a clock that was wrong.
    """
    chosen = (
        select(subscriptions.c.id)
        .where(
            or_(
                subscriptions.c.next_slot_at <= now,
                and_(
                    subscriptions.c.since > now + CLOCK_ERROR,
                    subscriptions.c.next_slot_at > lease_until,
                ),
            ),
            subscriptions.c.ended_at.is_(None),
        )
        .order_by(subscriptions.c.next_slot_at, subscriptions.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await conn.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(chosen))
        .values(next_slot_at=lease_until)
        .returning(subscriptions)
    )
    return tuple(sorted(map(_subscription, rows), key=lambda subscription: subscription.id))


async def find_next_slot_time(conn: AsyncConnection) -> datetime | None:
    """When the next slot of any subscription comes."""
    found: datetime | None = await conn.scalar(
        select(func.min(subscriptions.c.next_slot_at)).where(subscriptions.c.ended_at.is_(None))
    )
    return found


async def list_chats_of_feed(
    conn: AsyncConnection, feed_id: int, *, now: datetime
) -> frozenset[tuple[int, int]]:
    """Bot and chat wherever the feed is followed and not everything is paused.

    The topics of these chats look into what it brings.
    """
    chat = (subscriptions.c.bot_id, subscriptions.c.chat_id)
    following = select(*chat).where(
        subscriptions.c.feed_id == feed_id, subscriptions.c.ended_at.is_(None)
    )
    awake = select(*chat).where(
        subscriptions.c.ended_at.is_(None),
        subscriptions.c.told == 1,
        or_(subscriptions.c.paused_until.is_(None), subscriptions.c.paused_until <= now),
    )
    rows = await conn.execute(following.intersect(awake))
    return frozenset((row.bot_id, row.chat_id) for row in rows)


async def list_followers_of_feed(conn: AsyncConnection, feed_id: int) -> tuple[Subscription, ...]:
    """The subscriptions to the feed itself."""
    rows = await conn.execute(
        select(subscriptions)
        .where(subscriptions.c.feed_id == feed_id, subscriptions.c.ended_at.is_(None))
        .order_by(subscriptions.c.id)
    )
    return tuple(_subscription(row) for row in rows)


async def list_followed_feed_ids(
    conn: AsyncConnection, *, bot_id: int, chat_id: int
) -> tuple[int, ...]:
    """The feeds that a chat follows."""
    rows = await conn.scalars(
        select(subscriptions.c.feed_id)
        .where(
            subscriptions.c.bot_id == bot_id,
            subscriptions.c.chat_id == chat_id,
            subscriptions.c.feed_id.is_not(None),
            subscriptions.c.ended_at.is_(None),
        )
        .order_by(subscriptions.c.id)
    )
    return tuple(rows)


async def find_last_told(
    conn: AsyncConnection, subscription_ids: Collection[int]
) -> datetime | None:
    """When anything of these subscriptions was last told."""
    found: datetime | None = await conn.scalar(
        select(func.max(matches.c.told_at)).where(matches.c.subscription_id.in_(subscription_ids))
    )
    return found


async def close_slot(
    conn: AsyncConnection,
    subscription_id: int,
    *,
    since: datetime,
    next_slot_at: datetime | None,
) -> None:
    """Note that a slot was delivered or skipped."""
    await _change(conn, [subscription_id], since=since, next_slot_at=next_slot_at)


def topic_key(topic: Topic) -> str:
    """What equal topics have in common and others do not; no case, no labels of places."""
    match topic:
        case PlaceTopic(place_id):
            return f"place:{place_id}"
        case FeedTopic(url):
            return f"feed:{url}"
        case _:
            return json.dumps(topic_to_dict(topic), sort_keys=True, ensure_ascii=False).casefold()


async def _change(conn: AsyncConnection, subscription_ids: Collection[int], **values: Any) -> None:
    await conn.execute(
        update(subscriptions)
        .where(subscriptions.c.id.in_(subscription_ids))
        .values(change=await _next_change(conn), **values)
    )


async def _next_change(conn: AsyncConnection) -> int:
    """A number that no change has had before, also of what is deleted since."""
    counted = insert(conn, subscription_changes).values(id=1, number=1)
    number = await conn.scalar(
        counted.on_conflict_do_update(
            index_elements=[subscription_changes.c.id],
            set_={"number": subscription_changes.c.number + 1},
        ).returning(subscription_changes.c.number)
    )
    return int(number)


def _of_chat(bot_id: int, chat_id: int, subscription_id: int) -> ColumnElement[bool]:
    return and_(
        subscriptions.c.id == subscription_id,
        subscriptions.c.bot_id == bot_id,
        subscriptions.c.chat_id == chat_id,
    )


def _scheduled(schedule: Schedule, next_slot_at: datetime | None) -> dict[str, Any]:
    return {
        "times": [clock.isoformat("minutes") for clock in schedule.times],
        "days": list(schedule.days),
        "zone": schedule.zone,
        "next_slot_at": next_slot_at,
    }


def _subscription(row: Row[Any]) -> Subscription:
    times = tuple(map(time.fromisoformat, row.times))
    return Subscription(
        id=row.id,
        bot_id=row.bot_id,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        topic=topic_from_dict(row.topic),
        feed_id=row.feed_id,
        schedule=Schedule(times, tuple(row.days), row.zone),
        told=bool(row.told),
        since=row.since,
        next_slot_at=row.next_slot_at,
        created_at=row.created_at,
        paused_until=row.paused_until,
        ended_at=row.ended_at,
    )
