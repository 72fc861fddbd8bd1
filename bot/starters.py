"""The buttons under /subscribe: a starter topic is followed by one press, feeds and all."""

from collections.abc import Sequence

from telegram import Message, Update

from bot import texts
from bot import texts_following as following_texts
from bot.admins import may_press
from bot.answers import answer_press, text_payload
from bot.articles import saving_chat
from bot.buttons import read_press
from bot.context import NutgrafContext, Services
from bot.follow_rules import at_once
from bot.following import Asked, next_slot_at
from bot.markup import clean_text
from bot.outcome import current_outcome
from bot.starter_topics import StarterTopic
from bot.subscribe import address_of, find_places, where
from bot.topics import name_topic
from newsroom.topics import AmbiguousTopic, TopicRequest, UnknownPlace, choose_topic
from storage.chat_schedules import find_chat_schedule
from storage.database import Connection
from storage.feeds import add_feed
from storage.models import FeedTopic, Schedule, Topic
from storage.subscriptions import count_subscriptions, set_told, subscribe


async def starter_pressed(update: Update, context: NutgrafContext) -> None:
    """Follow all of a starter topic."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    press, message = read_press(query.data), query.message
    is_known = press is not None and 1 <= press.id <= len(services.starters)
    if press is None or not is_known or not isinstance(message, Message):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    if not await may_press(query):
        await answer_press(query, texts.ONLY_ADMINS)
        return
    await answer_press(query)
    starter = services.starters[press.id - 1]
    topics = tuple([await _read(request, services) for request in starter.requests])
    current_outcome().add(saving_chat(message, query.from_user, services.now()))
    _follow_all(starter, topics, where(message), services)


async def _read(request: TopicRequest, services: Services) -> Topic:
    """The topic that the owner means: words, where a name could mean several."""
    try:
        return choose_topic(request, places=await find_places(request, services.gazetteer))
    except (AmbiguousTopic, UnknownPlace):
        return request.words


def _follow_all(
    starter: StarterTopic, topics: Sequence[Topic], asked: Asked, services: Services
) -> None:
    outcome = current_outcome()
    queue, bot_id = outcome.reserve(), outcome.bot_id

    async def write(conn: Connection) -> None:
        count = await count_subscriptions(conn, bot_id=bot_id, chat_id=asked.chat_id)
        limit = services.follow_rules.limit
        if count + len(topics) + len(starter.feeds) > limit:
            words = following_texts.limit_reached(count, limit)
        else:
            chosen = await find_chat_schedule(conn, bot_id=bot_id, chat_id=asked.chat_id)
            schedule = chosen or services.delivery.schedule
            for url in map(address_of, starter.feeds):
                feed_id = await add_feed(conn, url, added_at=services.now())
                feed = FeedTopic(url)
                await follow(conn, feed, at_once(schedule), feed_id=feed_id, told=not topics)
            for topic in topics:
                await follow(conn, topic, schedule)
            name = clean_text(starter.name)
            words = following_texts.starter_followed(name, [name_topic(topic) for topic in topics])
        await queue(conn, asked.answer(text_payload(words)))

    async def follow(
        conn: Connection,
        topic: Topic,
        schedule: Schedule,
        *,
        feed_id: int | None = None,
        told: bool = True,
    ) -> None:
        subscription, is_new = await subscribe(
            conn,
            topic,
            bot_id=bot_id,
            chat_id=asked.chat_id,
            thread_id=asked.thread_id,
            feed_id=feed_id,
            schedule=schedule,
            next_slot_at=next_slot_at(schedule, services),
            now=services.now(),
        )
        if is_new and not told:
            await set_told(conn, subscription.id, told=False)

    outcome.add(write, rings="deliveries")
    outcome.bells.add("subscriptions")
