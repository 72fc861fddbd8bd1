"""What nobody asked for just now: new entries, editions, and trouble with feeds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot import texts_following as texts
from bot.answers import SEND_MESSAGE, html_payload, silently, text_payload, with_keyboard
from bot.buttons import digest_keyboard, edition_keyboard
from bot.context import Services
from bot.digests import render_linked
from bot.edition import EditionMessage, render_edition
from bot.markup import clean_text
from bot.panels import trouble_keyboard
from bot.topics import name_topic
from newsroom.news import News
from newsroom.slots import Due
from storage.database import Connection
from storage.deliveries import Delivery, enqueue_delivery
from storage.digests import StoredDigest
from storage.feeds import StoredFeed, get_feed
from storage.history import record_request
from storage.subscriptions import Subscription, list_followers_of_feed


@dataclass(frozen=True, slots=True)
class Tidings:
    """Puts messages into the outbox, each under a key of its own, so it is there once."""

    services: Services

    async def tell_entry(
        self, conn: Connection, subscription: Subscription, digest: StoredDigest
    ) -> None:
        """The digest of a new entry, which from now on is one that the chat has had."""
        payload = digest_payload(digest, self.services)
        now = self.services.now()
        delivery_id = await self._enqueue(
            conn, subscription, payload, f"entry:{subscription.chat_id}:{digest.id}"
        )
        await record_request(
            conn,
            chat_id=subscription.chat_id,
            digest_id=digest.id,
            thread_id=subscription.thread_id,
            delivery_id=delivery_id,
            requested_at=now,
        )

    async def tell_edition(
        self, conn: Connection, subscription: Subscription, edition_id: int, news: News
    ) -> None:
        """The stories of an edition in one message."""
        name = await name_subscription(conn, subscription)
        zone = ZoneInfo(subscription.schedule.zone)
        last = max(subscription.since, news.last_told or subscription.since)
        since = texts.since(last.astimezone(zone), news.gathered_at.astimezone(zone))
        payload = edition_payload(
            edition_id, render_edition(name, news, self.services.layout, since=since)
        )
        await self._enqueue(conn, subscription, payload, f"edition:{edition_id}")

    async def tell_skipped(self, conn: Connection, subscription: Subscription, due: Due) -> None:
        """That a slot was missed."""
        name = await name_subscription(conn, subscription)
        words = texts.skipped(name, due.slot.time.isoformat("minutes"))
        key = f"skipped:{subscription.id}:{due.slot.key}"
        await self._enqueue(conn, subscription, text_payload(words), key)

    async def tell_trouble(self, conn: Connection, feed: StoredFeed) -> None:
        """That a feed fails, or is asked no more, in every chat that follows it."""
        words = _trouble(await get_feed(conn, feed.id), self.services.now())
        for subscription in await list_followers_of_feed(conn, feed.id):
            key = f"trouble:{subscription.id}:{self.services.now().isoformat()}"
            payload = text_payload(words, keyboard=trouble_keyboard(subscription))
            await self._enqueue(conn, subscription, payload, key)

    async def _enqueue(
        self, conn: Connection, subscription: Subscription, payload: dict[str, object], key: str
    ) -> int:
        now = self.services.now()
        is_quiet = self.services.delivery.is_quiet(subscription.schedule.zone, now)
        delivery = Delivery(
            chat_id=subscription.chat_id,
            method=SEND_MESSAGE,
            payload=silently(payload) if is_quiet else payload,
            thread_id=subscription.thread_id,
        )
        return await enqueue_delivery(
            conn, delivery, key, bot_id=subscription.bot_id, created_at=now
        )


def digest_payload(stored: StoredDigest, services: Services) -> dict[str, Any]:
    """The message with the digest of a page, and its buttons."""
    html = render_linked(stored.digest, services)
    payload = html_payload(html, preview=stored.digest.article.url)
    return with_keyboard(payload, digest_keyboard(stored.digest, stored.id))


async def name_subscription(conn: Connection, subscription: Subscription) -> str:
    """What the topic of a subscription is called in messages."""
    feed_id = subscription.feed_id
    title = "" if feed_id is None else (await get_feed(conn, feed_id)).title
    return name_topic(subscription.topic, feed_title=title)


def edition_payload(edition_id: int, message: EditionMessage, *, before: int = 0) -> dict[str, Any]:
    """The message of an edition with its buttons."""
    keyboard = edition_keyboard(edition_id, before=before, shown=message.shown, more=message.more)
    return with_keyboard(html_payload(message.html), keyboard)


def _trouble(feed: StoredFeed, now: datetime) -> str:
    title = clean_text(feed.title) or feed.url
    days = (now - (feed.failing_since or now)).days
    failure = texts.name_failure(feed.failure or "")
    if feed.state == "gone":
        return texts.feed_gone(title)
    if feed.state == "given_up":
        return texts.feed_given_up(title, days, failure)
    return texts.feed_failing(title, days, failure)
