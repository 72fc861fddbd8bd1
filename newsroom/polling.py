"""Feeds are asked for what is new, each when it is due, and none holds up another."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from fetcher.errors import BadStatus, FetchError, NotAFeed, Unreachable
from fetcher.http import check_status
from fetcher.links import canonical_link
from fetcher.models import Feed, Fetched, FoundFeeds
from newsroom.entries import ListedEntry, find_news, name_entries
from newsroom.pace import Pace
from newsroom.pages import Fetches
from newsroom.rounds import Rounds
from storage.database import Connection, Database
from storage.entries import NewEntry
from storage.feeds import (
    FeedState,
    Reading,
    StoredFeed,
    claim_feeds,
    find_next_poll_time,
    list_known_keys,
    mark_told,
    record_failure,
    record_reading,
    record_unchanged,
)

NOT_MODIFIED = 304
GONE = 410
TELL_AFTER = timedelta(days=3)
"""How long a feed fails before its followers hear of it."""
LEASE = timedelta(minutes=5)
AT_ONCE = 8

OnTrouble = Callable[[Connection, StoredFeed], Awaitable[None]]


class ReadsFeeds(Protocol):
    """Finds the feed in what was fetched (see `newsroom.parsing`)."""

    async def read(self, fetched: Fetched, /) -> Feed | FoundFeeds: ...


@dataclass(frozen=True, slots=True)
class PollSettings:
    """`usual` is the time between two requests to a feed, `give_up` how long one may fail."""

    usual: timedelta
    give_up: timedelta


@dataclass(frozen=True, slots=True)
class _Read:
    fetched: Fetched
    feed: Feed
    listed: tuple[ListedEntry, ...]


@dataclass(slots=True)
class Poller:
    """Asks feeds. New entries wait in storage to be digested; `on_new` says that there are some.
    `on_told` says that messages wait in the outbox.

    `on_trouble` works in the transaction that notes it: it may be run again, and awaits its
    connection only. Trouble is told once: of a feed that failed for three days, that ended, or that
    is given up.
    """

    database: Database
    fetcher: Fetches
    reader: ReadsFeeds
    settings: PollSettings
    on_new: Callable[[], None]
    on_trouble: OnTrouble
    on_told: Callable[[], None]
    now: Callable[[], datetime]
    jitter: Callable[[], float] = random.random
    _rounds: Rounds[StoredFeed] = field(init=False)

    def __post_init__(self) -> None:
        self._rounds = Rounds(
            "feeds",
            self._claim,
            self.poll,
            partial(self.database.query, find_next_poll_time),
            self.now,
            AT_ONCE,
        )

    def wake(self) -> None:
        """Look at once which feeds are due: one was added, or is to be retried."""
        self._rounds.wake()

    async def run(self) -> None:
        """Ask feeds as they become due, until cancelled."""
        await self._rounds.run()

    async def poll(self, feed: StoredFeed) -> None:
        """Ask one feed, and note what came of it."""
        try:
            fetched = await self.fetcher.fetch(
                feed.url, etag=feed.etag, last_modified=feed.last_modified
            )
            if fetched.status == NOT_MODIFIED:
                await self._note_unchanged(feed, fetched)
                return
            check_status(fetched)
            found = await self.reader.read(fetched)
            if isinstance(found, FoundFeeds):
                raise NotAFeed(feed.url)
        except FetchError as error:
            await self._note_failure(feed, error)
            return
        await self._note_reading(feed, _Read(fetched, found, name_entries(found.entries)))

    async def _claim(self, limit: int) -> tuple[StoredFeed, ...]:
        now = self.now()
        return await self.database.write(
            partial(claim_feeds, now=now, lease_until=now + LEASE, limit=limit)
        )

    async def _note_unchanged(self, feed: StoredFeed, fetched: Fetched) -> None:
        now = self.now()
        delay = self._pace.after_success(
            now=now, last_new_at=feed.last_new_at, wanted=_longest(fetched)
        )
        await self.database.write(
            partial(record_unchanged, feed_id=feed.id, read_at=now, next_poll_at=now + delay)
        )

    async def _note_reading(self, feed: StoredFeed, read: _Read) -> None:
        now = self.now()
        keys = [key for item in read.listed for key in item.keys]
        reading = Reading(
            title=read.feed.title or feed.title,
            link=read.feed.link,
            etag=read.fetched.etag,
            last_modified=read.fetched.last_modified,
            url=read.fetched.url if read.fetched.moved else None,
        )

        async def note(conn: Connection) -> bool:
            known = await list_known_keys(conn, feed.id, keys)
            is_first = feed.last_read_at is None
            new = find_news(read.listed, known, is_first=is_first)
            last_new_at = now if new else feed.last_new_at
            delay = self._pace.after_success(
                now=now, last_new_at=last_new_at, wanted=_longest(read.fetched, read.feed)
            )
            entries = await record_reading(
                conn,
                feed.id,
                reading,
                new=[_new_entry(item) for item in new],
                listed=keys,
                read_at=now,
                next_poll_at=now + delay,
                state="kept" if is_first else "waiting",
            )
            return bool(entries) and not is_first

        if await self.database.write(note):
            self.on_new()

    async def _note_failure(self, feed: StoredFeed, error: FetchError) -> None:
        now = self.now()
        failing_for = now - (feed.failing_since or now)
        state: FeedState = "active"
        if isinstance(error, BadStatus) and error.status == GONE:
            state = "gone"
        elif failing_for >= self.settings.give_up:
            state = "given_up"
        delay = self._pace.after_failure(
            failures=feed.failures + 1,
            jitter=self.jitter(),
            wanted=error.retry_after if isinstance(error, BadStatus) else None,
        )
        is_new_trouble = feed.told_at is None and failing_for >= TELL_AFTER
        failure = name_failure(error)

        async def note(conn: Connection) -> bool:
            await record_failure(
                conn, feed.id, failure, failed_at=now, next_poll_at=now + delay, state=state
            )
            if state == "active" and not is_new_trouble:
                return False
            await mark_told(conn, feed.id, told_at=now)
            await self.on_trouble(conn, feed)
            return True

        if await self.database.write(note):
            self.on_told()

    @property
    def _pace(self) -> Pace:
        return Pace(self.settings.usual)


def _new_entry(item: ListedEntry) -> NewEntry:
    entry = item.entry
    link = None if entry.link is None else canonical_link(entry.link)
    return NewEntry(entry.title, link, entry.published, entry.summary, item.keys)


def _longest(fetched: Fetched, feed: Feed | None = None) -> float | None:
    """How long the server, its answer or the feed in it ask to be left alone, in seconds."""
    stated = (fetched.retry_after, fetched.max_age, feed.ttl if feed else None)
    return max(filter(None, stated), default=None)


def name_failure(error: FetchError) -> str:
    """What is stored of a failure: `http_503`, `timeout`, `not_a_feed`."""
    if isinstance(error, BadStatus):
        return f"http_{error.status}"
    return error.why if isinstance(error, Unreachable) else error.code
