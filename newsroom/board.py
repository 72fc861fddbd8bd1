"""The topics that are followed, as storage has them now."""

import asyncio
from collections.abc import Iterable

from newsroom.topic_index import Findings, TopicIndex
from storage.database import Connection, Database
from storage.subscriptions import Subscription, list_changed_subscriptions

MANY = 1_000
"""To take in more changes than this takes long enough for a thread of its own."""


class TopicBoard:
    """Knows which subscriptions an article belongs to; learns of changes before each question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = TopicIndex()
        self._seen = 0
        self._turn = asyncio.Lock()

    async def match(self, findings: Findings) -> list[int]:
        """The ids of all subscriptions whose topic the article belongs to.

        One may have been deleted since, or be of a chat that does not follow the article's feed.
        """
        async with self._turn:
            changed, self._seen = await self._database.query(self._list_changed)
            if len(changed) > MANY:
                await asyncio.to_thread(self._learn, changed)
            else:
                self._learn(changed)
            return self._index.match(findings)

    async def _list_changed(self, conn: Connection) -> tuple[tuple[Subscription, ...], int]:
        return await list_changed_subscriptions(conn, after=self._seen)

    def _learn(self, changed: Iterable[Subscription]) -> None:
        for subscription in changed:
            if subscription.ended_at is None:
                self._index.add(subscription.id, subscription.topic)
            else:
                self._index.remove(subscription.id)
