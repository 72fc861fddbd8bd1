"""Editions: when a slot comes, what is new of a topic is told, each story once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from newsroom.news import News, Overtaken, Runs, close_news, gather_news
from newsroom.rounds import Rounds
from newsroom.slots import Due, find_due, next_slot
from storage.database import Connection, Database
from storage.editions import open_edition
from storage.matches import list_untold_matches
from storage.subscriptions import (
    Subscription,
    claim_slots,
    close_slot,
    find_next_slot_time,
    find_subscriptions,
)

AT_ONCE = 2
LEASE = timedelta(minutes=2)


class TellsEditions(Protocol):
    """Puts messages into the outbox; may be run again, and awaits its connection only."""

    async def tell_edition(
        self, conn: Connection, subscription: Subscription, edition_id: int, news: News
    ) -> None: ...

    async def tell_skipped(
        self, conn: Connection, subscription: Subscription, due: Due
    ) -> None: ...


@dataclass(slots=True)
class Editor:
    """Composes the editions of all slots; `on_told` says that messages wait in the outbox."""

    database: Database
    runner: Runs
    tells: TellsEditions
    on_told: Callable[[], None]
    now: Callable[[], datetime]
    max_stories: int
    catch_up: timedelta
    _rounds: Rounds[Subscription] = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(
            "editions",
            self._claim,
            self.work,
            partial(self.database.query, find_next_slot_time),
            self.now,
            AT_ONCE,
        )

    def wake(self) -> None:
        """Look at once which slots have come: a schedule was changed."""
        self._rounds.wake()

    async def run(self) -> None:
        """Deliver editions until cancelled."""
        await self._rounds.run()

    async def work(self, subscription: Subscription) -> None:
        """Deliver or skip the slot of one subscription, and note when the next one comes."""
        while True:
            now = self.now()
            due = find_due(subscription.schedule, subscription.since, now, catch_up=self.catch_up)
            news = None
            if due is not None and not due.too_late and subscription.is_awake(now):
                news = await gather_news(
                    self.database,
                    self.runner,
                    [subscription.id],
                    now=now,
                    max_stories=self.max_stories,
                )
            note = partial(self._note, subscription=subscription, due=due, news=news)
            try:
                is_told = await self.database.write(note)
            except Overtaken:  # somebody has asked for the same news just now
                continue
            if is_told:
                self.on_told()
            return

    async def _claim(self, limit: int) -> tuple[Subscription, ...]:
        now = self.now()
        return await self.database.write(
            partial(claim_slots, now=now, lease_until=now + LEASE, limit=limit)
        )

    async def _note(
        self,
        conn: Connection,
        *,
        subscription: Subscription,
        due: Due | None,
        news: News | None,
    ) -> bool:
        """Close the slot with its edition, if there is one; gives whether anything is told.

        What was changed since the slot was claimed holds: a pause, an end, another schedule.
        """
        now = self.now()
        for current in await find_subscriptions(conn, [subscription.id]):
            coming = next_slot(current.schedule, now)
            await close_slot(
                conn,
                current.id,
                since=min(current.since, now) if due is None else due.slot.at,
                next_slot_at=None if coming is None else coming.at,
            )
            if due is not None and current.is_awake(now):
                return await self._tell(conn, current, due, news)
        return False

    async def _tell(
        self, conn: Connection, subscription: Subscription, due: Due, news: News | None
    ) -> bool:
        if due.too_late:
            waiting = await list_untold_matches(conn, [subscription.id], limit=1)
            if waiting:
                await self.tells.tell_skipped(conn, subscription, due)
            return bool(waiting)
        if news is None:
            return False
        edition_id = await open_edition(
            conn,
            due.slot.key,
            news.stories,
            bot_id=subscription.bot_id,
            chat_id=subscription.chat_id,
            subscription_id=subscription.id,
            composed_at=self.now(),
        )
        if edition_id is None:
            return False
        await close_news(conn, news, told_at=self.now())
        await self.tells.tell_edition(conn, subscription, edition_id, news)
        return True
