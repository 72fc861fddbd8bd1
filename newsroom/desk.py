"""New entries of feeds are digested, and told to those whose topics they belong to."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from fetcher.errors import FetchError
from newsroom.board import TopicBoard
from newsroom.errors import NewsroomError
from newsroom.pages import Fetches, Reads, fetch_page
from newsroom.rounds import Rounds
from newsroom.topic_index import Holders, find_in_digest
from storage.articles import save_article
from storage.database import Connection, Database
from storage.digests import StoredDigest, find_digest, get_digest, save_digest
from storage.entries import (
    StoredEntry,
    claim_entries,
    close_entry,
    find_next_entry_time,
    release_entries,
    retry_entry,
)
from storage.errors import StorageError
from storage.feeds import StoredFeed, get_feed
from storage.history import has_seen
from storage.matches import Match, mark_matches_told, record_match
from storage.subscriptions import Subscription, find_subscriptions, list_chats_of_feed
from summarizer.errors import InputError
from summarizer.models import Article, Digest
from summarizer.wire import article_key

AT_ONCE = 4
LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 4
FIRST_RETRY = timedelta(minutes=2)
"""Each further one waits four times as long: some three hours in all."""
SEEN_FOR = timedelta(days=30)
"""For so long a text or an address that a chat has had is not told again."""
MIN_SUMMARY_WORDS = 12
"""A page that cannot be read is told by the words in the feed, where they say anything."""


class Digests(Reads, Protocol):
    """Reads pages and makes digests (see `newsroom.digesting`)."""

    @property
    def method(self) -> str: ...

    @property
    def revision(self) -> str: ...

    async def digest(self, article: Article) -> Digest: ...


class TellsEntry(Protocol):
    """Puts the message with a digest into the outbox, and into the history of the chat.

    May be run again, and awaits the connection only.
    """

    async def __call__(
        self, conn: Connection, subscription: Subscription, digest: StoredDigest
    ) -> None: ...


@dataclass(slots=True)
class Desk:
    """Digests what waits, each entry once; `on_told` says that messages wait in the outbox."""

    database: Database
    fetcher: Fetches
    digester: Digests
    holders: Holders
    tell: TellsEntry
    on_told: Callable[[], None]
    now: Callable[[], datetime]
    _board: TopicBoard = field(init=False)
    _rounds: Rounds[StoredEntry] = field(init=False)

    def __post_init__(self) -> None:
        self._board = TopicBoard(self.database)
        self._rounds = Rounds(
            "entries",
            self._claim,
            self.work,
            partial(self.database.query, find_next_entry_time),
            self.now,
            AT_ONCE,
        )

    def wake(self) -> None:
        """Look at once which entries wait."""
        self._rounds.wake()

    async def run(self) -> None:
        """Digest entries until cancelled; first of all what was begun when the program ended."""
        with suppress(StorageError):  # then they come when their lease is over
            await self.database.write(partial(release_entries, now=self.now()))
        await self._rounds.run()

    async def work(self, entry: StoredEntry) -> None:
        """Digest one entry and tell it, or note that it is to be tried later, or never."""
        feed, chats = await self.database.query(partial(self._look_up, entry=entry))
        if not chats:
            await self._close(entry, "done")
            return
        try:
            article = await self._read(entry, feed)
            digest = await self._digest(article)
        except (FetchError, NewsroomError, InputError) as error:
            await self._put_off(entry, error)
            return
        findings = await asyncio.to_thread(find_in_digest, digest, self.holders, feeds=(feed.url,))
        matched = await self._board.match(findings)
        note = partial(self._note, entry=entry, digest=digest, matched=matched, chats=chats)
        if await self.database.write(note):
            self.on_told()

    async def _claim(self, limit: int) -> tuple[StoredEntry, ...]:
        now = self.now()
        return await self.database.write(
            partial(claim_entries, now=now, lease_until=now + LEASE, limit=limit)
        )

    async def _look_up(
        self, conn: Connection, *, entry: StoredEntry
    ) -> tuple[StoredFeed, frozenset[tuple[int, int]]]:
        feed = await get_feed(conn, entry.feed_id)
        return feed, await list_chats_of_feed(conn, feed.id, now=self.now())

    async def _read(self, entry: StoredEntry, feed: StoredFeed) -> Article:
        """The article behind an entry; the words of the feed where it can't be read at the last."""
        stated = Article(
            entry.summary,
            title=entry.title or None,
            url=entry.link,
            source=feed.title or None,
            published=entry.published,
        )
        says_something = len(entry.summary.split()) >= MIN_SUMMARY_WORDS
        if entry.link is None:
            return stated
        try:
            page = await fetch_page(entry.link, fetcher=self.fetcher, reader=self.digester)
        except (FetchError, NewsroomError) as error:
            if says_something and not _is_worth_a_retry(entry, error):
                return stated
            raise
        found = page.article
        return replace(
            found,
            title=found.title or stated.title,
            source=found.source or stated.source,
            published=found.published or stated.published,
        )

    async def _digest(self, article: Article) -> Digest:
        stored = await self.database.query(
            partial(
                find_digest,
                key=article_key(article),
                method=self.digester.method,
                revision=self.digester.revision,
            )
        )
        return stored.digest if stored else await self.digester.digest(article)

    async def _put_off(self, entry: StoredEntry, error: Exception) -> None:
        if not _is_worth_a_retry(entry, error):
            await self._close(entry, "failed")
            return
        delay = FIRST_RETRY * 4 ** (entry.attempts - 1)
        await self.database.write(
            partial(retry_entry, entry_id=entry.id, not_before=self.now() + delay)
        )

    async def _close(self, entry: StoredEntry, state: Literal["done", "failed"]) -> None:
        await self.database.write(partial(close_entry, entry_id=entry.id, state=state))

    async def _note(
        self,
        conn: Connection,
        *,
        entry: StoredEntry,
        digest: Digest,
        matched: Collection[int],
        chats: Collection[tuple[int, int]],
    ) -> bool:
        """Keep the digest and what it belongs to; gives whether any chat is told at once."""
        now = self.now()
        article_id = await save_article(conn, digest.article, received_at=now)
        digest_id = await save_digest(
            conn,
            digest,
            article_id=article_id,
            created_at=now,
            revision=self.digester.revision,
        )
        stored = await get_digest(conn, digest_id)
        told = set[tuple[int, int]]()
        for subscription in await find_subscriptions(conn, matched):
            chat = (subscription.bot_id, subscription.chat_id)
            if chat not in chats or not subscription.is_awake(now):
                continue
            match = Match(subscription.id, digest_id, entry.id, now)
            if not await record_match(conn, match) or not subscription.schedule.at_once:
                continue
            seen = await has_seen(
                conn,
                chat_id=subscription.chat_id,
                article=digest.article,
                since=now - SEEN_FOR,
            )
            if not seen:
                await self.tell(conn, subscription, stored)
                told.add(chat)
            await mark_matches_told(conn, subscription.id, [digest_id], told_at=now)
        await close_entry(conn, entry.id, "done", article_id=article_id)
        return bool(told)


def _is_worth_a_retry(entry: StoredEntry, error: Exception) -> bool:
    may_pass = error.retryable if isinstance(error, FetchError) else False
    return may_pass and entry.attempts < MAX_ATTEMPTS
