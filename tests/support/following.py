"""What a chat follows and what belongs to it, put into the database as the news desk does it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from newsroom.slots import next_slot
from storage.articles import save_article
from storage.chats import Chat, save_chat
from storage.database import Connection, Database
from storage.digests import save_digest
from storage.matches import Match, record_match
from storage.models import Schedule, Term, Topic, WordsTopic
from storage.subscriptions import Subscription, get_subscription, subscribe
from summarizer.models import Digest
from support.builders import make_article, make_digest

DAILY = Schedule((time(7, 30),))
FERRY = (
    "The ferry to Marren runs again",
    "The ferry between Marren and Skarholm sailed again on Monday after a week of storms.",
)
FERRY_AGAIN = (
    "Marren ferry sails again",
    "The Marren ferry sailed to Skarholm again on Monday after storms that lasted a week.",
)
MAYOR = (
    "Mayor of Tunsby resigns",
    "Tunsby's mayor stepped down after the council refused her budget for schools.",
)
BREAD = ("Bread prices fall", "Bakers in Oltby cut the price of rye bread by a fifth.")


def news_of(told: tuple[str, str], *, source: str | None = None) -> Digest:
    """A digest of one sentence under its title."""
    title, text = told
    return make_digest(make_article(text, title=title, source=source), key_points=(text,))


@dataclass
class Following:
    """Follows for a chat of one bot, and lets articles belong to that."""

    database: Database
    now: datetime
    bot_id: int = 5
    chat_id: int = 1
    _arrived: int = field(default=0)

    async def follow(self, words: str = "news", schedule: Schedule = DAILY) -> Subscription:
        return await self.follow_topic(WordsTopic((Term(words),)), schedule)

    async def follow_topic(self, topic: Topic, schedule: Schedule = DAILY) -> Subscription:
        slot = next_slot(schedule, self.now)
        async with self.database.begin() as conn:
            await self._know_chat(conn)
            subscription, _ = await subscribe(
                conn,
                topic,
                bot_id=self.bot_id,
                chat_id=self.chat_id,
                schedule=schedule,
                next_slot_at=slot.at if slot else None,
                now=self.now,
            )
        return subscription

    async def match(self, subscription: Subscription, *digests: Digest) -> list[int]:
        """Let new articles belong to the subscription; gives the ids of their digests."""
        ids = []
        async with self.database.begin() as conn:
            for digest in digests:
                self._arrived += 1
                at = self.now + timedelta(microseconds=self._arrived)
                article_id = await save_article(conn, digest.article, received_at=at)
                digest_id = await save_digest(conn, digest, article_id=article_id, created_at=at)
                await record_match(conn, Match(subscription.id, digest_id, None, self.now))
                ids.append(digest_id)
        return ids

    async def get(self, subscription: Subscription) -> Subscription:
        async with self.database.read() as conn:
            return await get_subscription(
                conn, subscription.id, bot_id=self.bot_id, chat_id=self.chat_id
            )

    async def _know_chat(self, conn: Connection) -> None:
        await save_chat(conn, Chat(self.chat_id, "private", None, None, self.now, self.now))
