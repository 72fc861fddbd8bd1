"""/subscribe: from what a person typed, or an address, to a topic that the chat follows."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from telegram import Bot, Message, Update

from bot import texts
from bot import texts_following as following_texts
from bot.admins import may_press
from bot.answers import answer_press, answer_text, showing, text_payload, thread_of
from bot.articles import saving_chat
from bot.buttons import read_press
from bot.context import NutgrafContext, Services
from bot.following import OFFER, Asked, follow, offer
from bot.outcome import Outcome, current_outcome
from bot.panels import starters_keyboard
from bot.topics import name_kind, name_topic, shown
from fetcher.errors import BlockedAddress, FetchError, NotAFeed
from fetcher.http import check_status
from fetcher.links import canonical_link
from fetcher.models import FoundFeeds
from newsroom.place_chains import PlaceChains
from newsroom.polling import name_failure
from newsroom.topics import (
    AmbiguousTopic,
    TopicError,
    TopicRequest,
    UnknownPlace,
    choose_topic,
    read_request,
)
from storage.errors import NotFound
from storage.jobs import Job, enqueue_job
from storage.models import FeedTopic, PlaceTopic, Topic
from storage.offers import get_offer
from summarizer.gazetteer import Gazetteer

FOLLOW = "follow"
"""The kind of job that looks for the feed at an address."""
OFFER_PRESSED = rf"1:{OFFER}:"


async def subscribe_command(update: Update, context: NutgrafContext) -> None:
    message, services = update.message, context.services
    if message is None:
        return
    if not context.args:
        forms = following_texts.SUBSCRIBE_FORMS
        await answer_text(message, forms, keyboard=starters_keyboard(services.starters))
    elif not await services.admins.may_command(message, now=services.now()):
        await answer_text(message, texts.ONLY_ADMINS)
    else:
        current_outcome().add(saving_chat(message, message.from_user, services.now()))
        await _subscribe(message, " ".join(context.args), services)


async def _subscribe(message: Message, typed: str, services: Services) -> None:
    outcome, asked = current_outcome(), where(message)
    try:
        request = read_request(typed)
        if request.kind == "address":
            look_for_feed(outcome, address_of(request.name), asked)
            return
        places = await find_places(request, services.gazetteer)
        topic = choose_topic(request, places=places)
    except AmbiguousTopic as exc:
        choices = [(choice, label_topic(choice)) for choice in exc.choices]
        offer(outcome, choices, asked, following_texts.WHICH_TOPIC)
    except UnknownPlace as exc:
        await answer_text(message, following_texts.unknown_place(shown(exc.name)))
    except TopicError as exc:
        await answer_text(message, following_texts.topic_refused(exc.code, **vars(exc)))
    else:
        follow(outcome, topic, asked, services)


def where(message: Message) -> Asked:
    return Asked(message.chat.id, thread_of(message), message.message_id)


def address_of(typed: str) -> str:
    """The one form of an address, whether or not it was typed whole."""
    return canonical_link(typed if "://" in typed else f"http://{typed}")


def label_topic(topic: Topic) -> str:
    return f"{name_topic(topic)} ({name_kind(topic)})"


async def find_places(request: TopicRequest, path: Path | None) -> tuple[PlaceTopic, ...]:
    """The places that may be meant; none where there is no place list."""
    if path is None or request.kind not in ("any", "place"):
        return ()

    def find(path: Path) -> tuple[PlaceTopic, ...]:
        with Gazetteer(path) as gazetteer:
            chains = PlaceChains(gazetteer)
            return chains.find_topics(request.name, little_ones=request.kind == "place")

    return await asyncio.to_thread(find, path)


async def offer_pressed(update: Update, context: NutgrafContext) -> None:
    """Follow what was chosen; a feed is looked at first."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    press, outcome = read_press(query.data), current_outcome()
    if press is None or not isinstance(query.message, Message):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    if not await may_press(query):
        await answer_press(query, texts.ONLY_ADMINS)
        return
    asked = where(query.message)
    async with services.database.read() as conn:
        try:
            choices = await get_offer(conn, press.id, bot_id=outcome.bot_id, chat_id=asked.chat_id)
        except NotFound:
            choices = ()
    if not 1 <= press.number <= len(choices):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    await answer_press(query)
    topic = choices[press.number - 1]
    if isinstance(topic, FeedTopic):
        look_for_feed(outcome, topic.url, asked)
    else:
        follow(outcome, topic, asked, services)


def look_for_feed(outcome: Outcome, address: str, asked: Asked) -> None:
    """Queue the job that follows the feed at an address, or asks which of several is meant."""
    payload = {
        "address": address,
        "reply_to": asked.message_id,
        "thread_id": asked.thread_id,
    }
    ask = partial(
        enqueue_job,
        kind=FOLLOW,
        key=f"follow:{outcome.origin}",
        bot_id=outcome.bot_id,
        chat_id=asked.chat_id,
        payload=payload,
        created_at=outcome.created_at,
    )
    outcome.add(ask, rings="jobs")


async def work_on_follow(job: Job, outcome: Outcome, *, bot: Bot, services: Services) -> None:
    """Follow the one feed at the address; offer several; say why where there is none."""
    asked = Asked(job.chat_id, job.payload["thread_id"], job.payload["reply_to"])
    try:
        async with showing(bot, asked.chat_id, asked.thread_id):
            found = await _find_feeds(job.payload["address"], services)
    except FetchError as exc:
        outcome.send(asked.answer(text_payload(_word_failure(exc))))
        return
    if isinstance(found, FoundFeeds):
        choices = [
            (FeedTopic(canonical_link(feed.link)), feed.title or feed.link) for feed in found.feeds
        ]
        offer(outcome, choices, asked, following_texts.WHICH_FEED)
    else:
        follow(outcome, FeedTopic(found.url), asked, services, feed_title=found.title)


@dataclass(frozen=True, slots=True)
class _FeedAt:
    url: str
    title: str


async def _find_feeds(address: str, services: Services) -> _FeedAt | FoundFeeds:
    """The feed at an address, or the only one that the page there names, or the several ones."""
    found = await _read(address, services)
    if isinstance(found, FoundFeeds) and len(found.feeds) == 1:
        address = canonical_link(found.feeds[0].link)
        found = await _read(address, services)
        if isinstance(found, FoundFeeds):
            raise NotAFeed(address)
    return found


async def _read(address: str, services: Services) -> _FeedAt | FoundFeeds:
    fetched = await services.fetcher.fetch(address)
    check_status(fetched)
    found = await services.feed_reader.read(fetched)
    if isinstance(found, FoundFeeds):
        return found
    return _FeedAt(canonical_link(fetched.url) if fetched.moved else address, found.title)


def _word_failure(error: FetchError) -> str:
    """Why an address is not followed, and what to do."""
    if isinstance(error, NotAFeed):
        return following_texts.NO_FEED_THERE
    if isinstance(error, BlockedAddress):
        return texts.failure_text(error.code, **vars(error))
    failure = following_texts.name_failure(name_failure(error))
    return following_texts.feed_not_read(texts.host_of(error.url or ""), failure)
