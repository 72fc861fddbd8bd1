"""The button "Follow…" under a digest: who speaks in it, where it happened, whose it is."""

from telegram import Message, Update

from bot import texts
from bot import texts_following as following_texts
from bot.admins import may_press
from bot.answers import answer_press
from bot.buttons import read_press
from bot.context import NutgrafContext
from bot.following import offer
from bot.outcome import current_outcome
from bot.subscribe import label_topic, where
from bot.topics import suggest_topics
from storage.digests import get_digest
from storage.history import has_digest


async def suggest_pressed(update: Update, context: NutgrafContext) -> None:
    """Offer what the digest under which the button stands is about."""
    query = update.callback_query
    if query is None:
        return
    press, message = read_press(query.data), query.message
    if press is None or not isinstance(message, Message):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    if not await may_press(query):
        await answer_press(query, texts.ONLY_ADMINS)
        return
    async with context.services.database.read() as conn:
        is_ours = await has_digest(conn, chat_id=message.chat.id, digest_id=press.id)
        stored = await get_digest(conn, press.id) if is_ours else None
    topics = suggest_topics(stored.digest) if stored else ()
    if not topics:
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
        return
    await answer_press(query)
    choices = [(topic, label_topic(topic)) for topic in topics]
    offer(current_outcome(), choices, where(message), following_texts.FOLLOW_WHAT)
