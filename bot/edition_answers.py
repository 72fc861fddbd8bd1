"""What the buttons under an edition lead to: the digest of a story, and further stories."""

from telegram import CallbackQuery, Message, Update

from bot import texts_following as texts
from bot.answers import SEND_MESSAGE, answer_press, thread_of
from bot.buttons import read_press
from bot.context import NutgrafContext, Services
from bot.edition import render_more
from bot.outcome import current_outcome
from bot.tidings import digest_payload, edition_payload, name_subscription
from newsroom.news import recall_stories
from storage.database import Connection
from storage.deliveries import Delivery
from storage.digests import StoredDigest, get_digest
from storage.editions import StoredEdition, get_edition
from storage.errors import NotFound
from storage.history import record_request
from storage.subscriptions import find_subscriptions


async def story_pressed(update: Update, context: NutgrafContext) -> None:
    """Reply with the full digest of the story, which from then on the chat has had."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    async with services.database.read() as conn:
        stored = await _find_story(conn, query)
    if stored is None or query.message is None:
        await answer_press(query, texts.EDITION_GONE)
        return
    await answer_press(query)
    _send_digest(stored, _reply(query, digest_payload(stored, services)), services)


async def more_pressed(update: Update, context: NutgrafContext) -> None:
    """Reply with the stories that the message had no room for."""
    query, services = update.callback_query, context.services
    if query is None:
        return
    async with services.database.read() as conn:
        edition, before = await _find_edition(conn, query)
        left = edition.stories[before:] if edition is not None else ()
        stories, digests = await recall_stories(conn, left[: services.delivery.max_stories])
        name = await _name(conn, edition) if edition is not None else ""
    if edition is None or not stories:
        await answer_press(query, texts.EDITION_GONE)
        return
    await answer_press(query)
    message = render_more(
        name, stories, digests, services.layout, before=before, total=len(edition.stories)
    )
    payload = edition_payload(edition.id, message, before=before)
    current_outcome().send(_reply(query, payload))


async def _find_edition(conn: Connection, query: CallbackQuery) -> tuple[StoredEdition | None, int]:
    """The edition of a button and the number in its data; None where the chat never got it."""
    press = read_press(query.data)
    if press is None or query.message is None:
        return None, 0
    bot_id, chat_id = current_outcome().bot_id, query.message.chat.id
    try:
        return await get_edition(conn, press.id, bot_id=bot_id, chat_id=chat_id), press.number
    except NotFound:
        return None, 0


async def _find_story(conn: Connection, query: CallbackQuery) -> StoredDigest | None:
    edition, number = await _find_edition(conn, query)
    if edition is None or not 1 <= number <= len(edition.stories):
        return None
    try:
        return await get_digest(conn, edition.stories[number - 1].new[0])
    except NotFound:
        return None


async def _name(conn: Connection, edition: StoredEdition) -> str:
    ids = () if edition.subscription_id is None else (edition.subscription_id,)
    for subscription in await find_subscriptions(conn, ids):
        return await name_subscription(conn, subscription)
    return texts.EVERYTHING


def _reply(query: CallbackQuery, payload: dict[str, object]) -> Delivery:
    message = query.message
    if message is None:
        raise ValueError("a press without a message cannot be replied to")
    return Delivery(
        chat_id=message.chat.id,
        method=SEND_MESSAGE,
        payload=payload,
        thread_id=thread_of(message) if isinstance(message, Message) else None,
        reply_to=message.message_id,
    )


def _send_digest(stored: StoredDigest, delivery: Delivery, services: Services) -> None:
    outcome, now = current_outcome(), services.now()
    queue = outcome.reserve()

    async def send(conn: Connection) -> None:
        await record_request(
            conn,
            chat_id=delivery.chat_id,
            digest_id=stored.id,
            thread_id=delivery.thread_id,
            delivery_id=await queue(conn, delivery),
            requested_at=now,
        )

    outcome.add(send, rings="deliveries")
