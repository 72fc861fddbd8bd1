"""/today: what is new of the topics of a chat, now, in one message.

What it tells, or keeps behind its button, counts as told: the next editions begin after it. Topics
are told together, so that a story that belongs to several of them stands there once.
"""

from functools import partial
from zoneinfo import ZoneInfo

from telegram import Bot, Update

from bot import texts_following as texts
from bot.answers import SEND_MESSAGE, text_payload, thread_of
from bot.context import NutgrafContext, Services
from bot.edition import render_edition
from bot.markup import clean_text, cut_text
from bot.outcome import Outcome, current_outcome
from bot.tidings import edition_payload, name_subscription
from bot.topics import TOPIC_UNITS
from newsroom.news import News, close_news, gather_news
from storage.database import Connection
from storage.deliveries import Delivery
from storage.editions import open_edition
from storage.jobs import Job, enqueue_job
from storage.subscriptions import Subscription, list_subscriptions

TODAY = "today"
"""The kind of job that answers with what is new."""


async def today_command(update: Update, context: NutgrafContext) -> None:
    """Ask for what is new of all topics, or of those whose names hold the words."""
    message = update.message
    if message is None:
        return
    outcome = current_outcome()
    payload = {
        "words": " ".join(context.args or ()),
        "reply_to": message.message_id,
        "thread_id": thread_of(message),
    }
    ask = partial(
        enqueue_job,
        kind=TODAY,
        key=f"today:{message.chat.id}:{message.message_id}",
        bot_id=outcome.bot_id,
        chat_id=message.chat.id,
        payload=payload,
        created_at=context.services.now(),
    )
    outcome.add(ask, rings="jobs")


async def work_on_today(job: Job, outcome: Outcome, *, bot: Bot, services: Services) -> None:
    """Add the edition to the outcome, or words that say why there is none."""
    words, now = job.payload["words"], services.now()
    async with services.database.read() as conn:
        followed = await list_subscriptions(conn, bot_id=outcome.bot_id, chat_id=job.chat_id)
        names = {s: await name_subscription(conn, s) for s in followed if s.told}
    chosen = {s: name for s, name in names.items() if _is_meant(name, words)}
    if not chosen:
        asked = cut_text(clean_text(words), TOPIC_UNITS)
        said = texts.no_such_topic(asked) if names else texts.NOTHING_FOLLOWED
        outcome.send(_answer(job, text_payload(said)))
        return
    news = await gather_news(
        services.database,
        services.digester,
        [subscription.id for subscription in chosen],
        now=now,
        max_stories=services.delivery.max_stories,
    )
    if news is None:
        outcome.send(_answer(job, text_payload(_nothing_new(tuple(chosen)))))
        return
    _send(job, outcome, chosen, news, services)


def _is_meant(name: str, words: str) -> bool:
    folded = name.casefold()
    return all(word in folded for word in words.casefold().split())


def _nothing_new(subscriptions: tuple[Subscription, ...]) -> str:
    coming = [
        (subscription.next_slot_at, subscription.schedule.zone)
        for subscription in subscriptions
        if subscription.next_slot_at is not None
    ]
    if not coming:
        return texts.NOTHING_WAITS
    at, zone = min(coming)
    return texts.nothing_new(at.astimezone(ZoneInfo(zone)))


def _send(
    job: Job,
    outcome: Outcome,
    chosen: dict[Subscription, str],
    news: News,
    services: Services,
) -> None:
    one = next(iter(chosen)) if len(chosen) == 1 else None
    name = texts.EVERYTHING if one is None else chosen[one]
    message = render_edition(name, news, services.layout)
    now = services.now()
    queue = outcome.reserve()

    async def send(conn: Connection) -> None:
        edition_id = await open_edition(
            conn,
            f"today:{job.id}",
            news.stories,
            bot_id=outcome.bot_id,
            chat_id=job.chat_id,
            subscription_id=one.id if one is not None else None,
            composed_at=now,
        )
        if edition_id is None:
            return
        await close_news(conn, news, told_at=now)
        await queue(conn, _answer(job, edition_payload(edition_id, message)))

    outcome.add(send, rings="deliveries")


def _answer(job: Job, payload: dict[str, object]) -> Delivery:
    return Delivery(
        chat_id=job.chat_id,
        method=SEND_MESSAGE,
        payload=payload,
        thread_id=job.payload["thread_id"],
        reply_to=job.payload["reply_to"],
    )
