"""/export: all that is kept of a chat, as one file or several."""

from dataclasses import asdict
from datetime import timedelta

from telegram import Update

from bot import texts
from bot.answers import SEND_DOCUMENT, answer_text, reply
from bot.context import NutgrafContext
from bot.export import PART_BYTES
from bot.outcome import current_outcome
from storage.deliveries import was_queued_since
from storage.export import plan_export

ONCE_IN = timedelta(minutes=10)
"""A file may hold megabytes, and asking is easy."""


async def export_command(update: Update, context: NutgrafContext) -> None:
    """Queue the files; the sender makes each of them when its turn comes."""
    message, now = update.message, context.services.now()
    if message is None:
        return
    bot_id, chat_id = current_outcome().bot_id, message.chat.id
    async with context.services.database.read() as conn:
        parts = await plan_export(conn, chat_id=chat_id, part_bytes=PART_BYTES)
        is_on_its_way = await was_queued_since(
            conn, bot_id=bot_id, chat_id=chat_id, method=SEND_DOCUMENT, since=now - ONCE_IN
        )
    if not parts:
        await answer_text(message, texts.EXPORT_EMPTY)
    elif not await context.services.admins.may_command(message, now=now):
        await answer_text(message, texts.ONLY_ADMINS)
    elif is_on_its_way:
        await answer_text(message, texts.EXPORT_ON_ITS_WAY)
    else:
        for part in parts:
            reply(message, {"export": asdict(part)}, method=SEND_DOCUMENT)
