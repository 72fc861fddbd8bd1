"""Following a topic: the subscription and the message that confirms it, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import texts_following as texts
from bot.answers import SEND_MESSAGE, text_payload
from bot.buttons import Press, button_data
from bot.context import Services
from bot.follow_rules import first_schedule
from bot.markup import clean_text, cut_text
from bot.outcome import Outcome
from bot.panels import BUTTON_UNITS, Followed, render_panel
from newsroom.slots import next_slot
from storage.chat_schedules import find_chat_schedule
from storage.database import Connection
from storage.deliveries import Delivery
from storage.feeds import add_feed, get_feed, retry_feed
from storage.models import FeedTopic, Schedule, Topic
from storage.offers import save_offer
from storage.subscriptions import (
    Subscription,
    list_followed_feed_ids,
    list_subscriptions,
    subscribe,
    topic_key,
)

OFFER = "of"
MAX_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Where something was asked for, which is where the answer goes."""

    chat_id: int
    thread_id: int | None
    message_id: int | None

    def answer(self, payload: dict[str, Any]) -> Delivery:
        return Delivery(
            chat_id=self.chat_id,
            method=SEND_MESSAGE,
            payload=payload,
            thread_id=self.thread_id,
            reply_to=self.message_id,
        )


def follow(
    outcome: Outcome, topic: Topic, asked: Asked, services: Services, *, feed_title: str = ""
) -> None:
    """Have the chat follow a topic, and say so; or why not."""
    queue = outcome.reserve()

    async def write(conn: Connection) -> None:
        payload = await _follow(
            conn, topic, asked, services, bot_id=outcome.bot_id, feed_title=feed_title
        )
        await queue(conn, asked.answer(payload))

    outcome.add(write, rings="deliveries")
    outcome.bells.add("subscriptions")


def offer(
    outcome: Outcome,
    choices: Sequence[tuple[Topic, str]],
    asked: Asked,
    question: str,
) -> None:
    """Ask which topic is meant: a button for each, with these labels."""
    queue = outcome.reserve()
    shown = choices[:MAX_OFFERED]

    async def write(conn: Connection) -> None:
        offer_id = await save_offer(
            conn,
            [topic for topic, _ in shown],
            bot_id=outcome.bot_id,
            chat_id=asked.chat_id,
            offered_at=outcome.created_at,
        )
        keyboard = InlineKeyboardMarkup(
            [
                [
                    InlineKeyboardButton(
                        cut_text(clean_text(label), BUTTON_UNITS) or texts.UNTITLED,
                        callback_data=button_data(Press(OFFER, offer_id, number)),
                    )
                ]
                for number, (_, label) in enumerate(shown, start=1)
            ]
        )
        await queue(conn, asked.answer(text_payload(question, keyboard=keyboard)))

    outcome.add(write, rings="deliveries")


async def _follow(
    conn: Connection,
    topic: Topic,
    asked: Asked,
    services: Services,
    *,
    bot_id: int,
    feed_title: str,
) -> dict[str, Any]:
    rules, now = services.follow_rules, services.now()
    current = await list_subscriptions(conn, bot_id=bot_id, chat_id=asked.chat_id)
    is_known = topic_key(topic) in {topic_key(followed.topic) for followed in current}
    if len(current) >= rules.limit and not is_known:
        return text_payload(texts.limit_reached(len(current), rules.limit))
    feed_id = None
    if isinstance(topic, FeedTopic):
        feed_id = await add_feed(conn, topic.url, title=feed_title, added_at=now)
        if (await get_feed(conn, feed_id)).failures:
            await retry_feed(conn, feed_id, now=now)
    chosen = await find_chat_schedule(conn, bot_id=bot_id, chat_id=asked.chat_id)
    schedule = first_schedule(topic, chosen or services.delivery.schedule)
    subscription, is_new = await subscribe(
        conn,
        topic,
        bot_id=bot_id,
        chat_id=asked.chat_id,
        thread_id=asked.thread_id,
        feed_id=feed_id,
        schedule=schedule,
        next_slot_at=next_slot_at(schedule, services),
        now=now,
    )
    feeds = await list_followed_feed_ids(conn, bot_id=bot_id, chat_id=asked.chat_id)
    notes = [] if feeds else [texts.NO_FEEDS_YET]
    notes += [] if rules.delivers else [texts.NOT_DELIVERED_HERE]
    return render_panel(
        await with_feed(conn, subscription),
        now,
        heading=texts.FOLLOWING_NOW if is_new else texts.FOLLOWED_ALREADY,
        note="\n".join(notes),
        is_new=is_new,
    )


def next_slot_at(schedule: Schedule, services: Services) -> datetime | None:
    """When a subscription with this schedule is told next; None where that is at once."""
    slot = next_slot(schedule, services.now())
    return None if slot is None else slot.at


async def with_feed(conn: Connection, subscription: Subscription) -> Followed:
    feed_id = subscription.feed_id
    return Followed(subscription, None if feed_id is None else await get_feed(conn, feed_id))
