"""Every slot is delivered once, whatever the clocks do: an editor on a virtual clock."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from newsroom.editor import LEASE, Editor
from newsroom.news import News
from newsroom.slots import Due
from storage.database import Connection, Database, open_database, sqlite_url
from storage.models import Schedule
from storage.subscriptions import Subscription, claim_slots, find_next_slot_time
from support.bot import RunsHere
from support.following import Following, news_of

NEW_YORK = "America/New_York"
DAY = timedelta(days=1)


@dataclass
class World:
    """A database, a clock, and the local times at which editions were told, with their articles."""

    following: Following
    told: list[tuple[str, int]] = field(default_factory=list)
    skipped: list[datetime] = field(default_factory=list)
    numbers: int = 0

    @property
    def database(self) -> Database:
        return self.following.database

    def editor(self) -> Editor:
        """A new one, as after a restart."""
        return Editor(
            self.database,
            RunsHere(),
            self,
            on_told=lambda: None,
            now=lambda: self.following.now,
            max_stories=7,
            catch_up=timedelta(hours=6),
        )

    async def tell_edition(
        self, conn: Connection, subscription: Subscription, edition_id: int, news: News
    ) -> None:
        local = self.following.now.astimezone(ZoneInfo(subscription.schedule.zone))
        self.told.append((f"{local:%m-%d %H:%M}", news.edition.articles))

    async def tell_skipped(self, conn: Connection, subscription: Subscription, due: Due) -> None:
        self.skipped.append(due.slot.at)

    async def publish(self, subscription: Subscription) -> None:
        """Let one more article belong to the subscription."""
        self.numbers += 1
        title = f"Ship {self.numbers} reaches harbour {self.numbers * 7919}"
        text = (
            f"The {self.numbers}th ship brought {self.numbers * 104_729} sacks of grain to Oltby."
        )
        await self.following.match(subscription, news_of((title, text)))

    async def live(self, subscription: Subscription, until: datetime) -> None:
        """Let time pass from slot to slot, with an article an hour before each."""
        while True:
            at = await self.database.query(find_next_slot_time)
            if at is None or at > until:
                self.following.now = until
                return
            self.following.now = max(self.following.now, at - timedelta(hours=1))
            await self.publish(subscription)
            self.following.now = max(self.following.now, at)
            await self.deliver()

    async def deliver(self) -> None:
        now = self.following.now
        claim = partial(claim_slots, now=now, lease_until=now + LEASE, limit=9)
        editor = self.editor()
        for subscription in await self.database.write(claim):
            await editor.work(subscription)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with open_database(sqlite_url(":memory:")) as database:
        await database.migrate()
        yield World(Following(database, datetime(2031, 3, 7, 12, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("begin", "clock", "told"),
    [
        pytest.param(
            datetime(2031, 3, 7, 12, tzinfo=UTC),
            time(2, 30),
            ["03-08 02:30", "03-09 03:30", "03-10 02:30"],
            id="skipped",
        ),
        pytest.param(
            datetime(2031, 10, 31, 12, tzinfo=UTC),
            time(1, 30),
            ["11-01 01:30", "11-02 01:30", "11-03 01:30"],
            id="shown-twice",
        ),
    ],
)
async def test_each_day_has_one_edition_where_the_clocks_change(
    world: World, begin: datetime, clock: time, told: list[str]
) -> None:
    world.following.now = begin
    subscription = await world.following.follow(schedule=Schedule((clock,), zone=NEW_YORK))
    await world.live(subscription, begin + 3 * DAY)
    assert world.told == [(at, 1) for at in told]


async def test_an_editor_that_dies_after_claiming_is_followed_by_one_that_delivers_once(
    world: World,
) -> None:
    subscription = await world.following.follow()
    await world.publish(subscription)
    world.following.now = datetime(2031, 3, 8, 7, 30, tzinfo=UTC)
    now = world.following.now
    claim = partial(claim_slots, now=now, lease_until=now + LEASE, limit=9)
    (claimed,) = await world.database.write(claim)
    await world.deliver()
    assert world.told == []
    world.following.now += LEASE
    await world.deliver()
    await world.editor().work(claimed)  # it was not dead after all
    assert world.told == [("03-08 07:32", 1)]


async def test_two_editors_at_once_deliver_a_slot_once(world: World) -> None:
    subscription = await world.following.follow()
    await world.publish(subscription)
    world.following.now = datetime(2031, 3, 8, 7, 30, tzinfo=UTC)
    await asyncio.gather(*(world.editor().work(subscription) for _ in range(4)))
    assert world.told == [("03-08 07:30", 1)]


async def test_a_clock_that_jumps_ahead_and_back_repeats_nothing(world: World) -> None:
    subscription = await world.following.follow()
    await world.live(subscription, datetime(2031, 3, 8, 12, tzinfo=UTC))
    world.following.now = datetime(2031, 3, 20, 7, 31, tzinfo=UTC)
    await world.publish(subscription)
    await world.deliver()
    world.following.now = datetime(2031, 3, 8, 12, 5, tzinfo=UTC)
    for _ in range(3):
        await world.deliver()
    assert world.told == [("03-08 07:30", 1), ("03-20 07:31", 1)]
    await world.live(subscription, datetime(2031, 3, 10, 12, tzinfo=UTC))
    assert [at for at, _ in world.told[2:]] == ["03-09 07:30", "03-10 07:30"]


async def test_a_clock_that_jumps_ahead_within_a_day_tells_the_slots_between_as_one(
    world: World,
) -> None:
    subscription = await world.following.follow(schedule=Schedule((time(13), time(15))))
    await world.publish(subscription)
    world.following.now = datetime(2031, 3, 7, 16, tzinfo=UTC)
    await world.deliver()
    await world.live(subscription, datetime(2031, 3, 8, 14, tzinfo=UTC))
    assert world.told == [("03-07 16:00", 1), ("03-08 13:00", 1)]
    assert world.skipped == []
