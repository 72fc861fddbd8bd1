"""Editions: when a slot comes, what is new of a topic is told, each story once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol, TypeVar

from newsroom.editions import Edition, compose_edition
from newsroom.rounds import Rounds
from newsroom.slots import Due, find_due, next_slot
from newsroom.stories import StoryArticle, group_stories
from storage.database import Connection, Database
from storage.digests import StoredDigest, list_digests
from storage.subscriptions import (
    Subscription,
    claim_slots,
    close_matches,
    close_slot,
    find_next_slot_time,
    list_told_digests,
    list_untold_matches,
    open_edition,
)

AT_ONCE = 2
LEASE = timedelta(minutes=2)
MAX_ARTICLES = 300
"""Of more the newest are told, and the others are let go."""
REMEMBERED = timedelta(days=3)
"""For so long a told story can go on, and only what is new in it is told."""
MAX_REMEMBERED = 200

T = TypeVar("T")


class Runs(Protocol):
    """Runs what is heavy in a worker process (see `newsroom.digesting`)."""

    async def run(self, function: Callable[..., T], *args: Any) -> T: ...


class TellsEditions(Protocol):
    """Puts messages into the outbox; may be run again, and awaits its connection only."""

    async def tell_edition(
        self, conn: Connection, subscription: Subscription, edition_id: int, edition: "News"
    ) -> None: ...

    async def tell_skipped(
        self, conn: Connection, subscription: Subscription, due: Due
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class News:
    """An edition with the digests that its stories are told from, by their ids as text.

    `gathered_at` is when they were looked up: what has come since is for the next edition.
    """

    edition: Edition
    digests: Mapping[str, StoredDigest]
    gathered_at: datetime

    @property
    def story_ids(self) -> tuple[tuple[int, ...], ...]:
        """The digests of each story, the one whose title it has first."""
        return tuple(
            tuple(sorted(map(int, story.ids), key=lambda id_: str(id_) != story.title_id))
            for story in (*self.edition.stories, *self.edition.more)
        )


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
        now = self.now()
        due = find_due(subscription.schedule, subscription.since, now, catch_up=self.catch_up)
        news = None
        if due is not None and not due.too_late and subscription.is_awake(now):
            news = await self.gather(subscription.id)
        note = partial(self._note, subscription=subscription, due=due, news=news)
        if await self.database.write(note):
            self.on_told()

    async def gather(self, subscription_id: int) -> News | None:
        """What is new of a subscription since its last edition; None where nothing is."""
        now = self.now()
        digests, told = await self.database.query(
            partial(self._list_digests, subscription_id=subscription_id)
        )
        if len(told) == len(digests):
            return None
        articles = [StoryArticle(str(stored.id), stored.digest) for stored in digests]
        edition = await self.runner.run(_compose, articles, told, self.max_stories)
        if edition is None:
            return None
        return News(edition, {str(stored.id): stored for stored in digests}, now)

    async def _claim(self, limit: int) -> tuple[Subscription, ...]:
        now = self.now()
        return await self.database.write(
            partial(claim_slots, now=now, lease_until=now + LEASE, limit=limit)
        )

    async def _list_digests(
        self, conn: Connection, *, subscription_id: int
    ) -> tuple[tuple[StoredDigest, ...], frozenset[str]]:
        """The digests that are new and those that were told lately, and the ids of the latter."""
        untold = await list_untold_matches(conn, [subscription_id], limit=MAX_ARTICLES)
        if not untold:
            return (), frozenset()
        told = await list_told_digests(conn, subscription_id, since=self.now() - REMEMBERED)
        told = told[-MAX_REMEMBERED:]
        digests = await list_digests(conn, {*told, *(match.digest_id for match in untold)})
        return digests, frozenset(map(str, told))

    async def _note(
        self,
        conn: Connection,
        *,
        subscription: Subscription,
        due: Due | None,
        news: News | None,
    ) -> bool:
        """Close the slot with its edition, if there is one; gives whether anything is told."""
        now = self.now()
        coming = next_slot(subscription.schedule, now)
        await close_slot(
            conn,
            subscription.id,
            since=subscription.since if due is None else due.slot.at,
            next_slot_at=None if coming is None else coming.at,
        )
        if due is None:
            return False
        if due.too_late:
            waiting = await list_untold_matches(conn, [subscription.id], limit=1)
            if waiting and subscription.is_awake(now):
                await self.tells.tell_skipped(conn, subscription, due)
            return bool(waiting)
        if news is None:
            return False
        return await self._note_edition(conn, subscription, due.slot.key, news)

    async def _note_edition(
        self, conn: Connection, subscription: Subscription, slot: str, news: News
    ) -> bool:
        now = self.now()
        edition_id = await open_edition(
            conn, subscription.id, slot, stories=news.story_ids, composed_at=now
        )
        if edition_id is None:
            return False
        await close_matches(conn, subscription.id, until=news.gathered_at, told_at=now)
        await self.tells.tell_edition(conn, subscription, edition_id, news)
        return True


def _compose(
    articles: Sequence[StoryArticle], told: Collection[str], max_stories: int
) -> Edition | None:
    return compose_edition(group_stories(articles, told=told), max_stories=max_stories)
