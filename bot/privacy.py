"""/privacy, /delete_me and /cancel: what is kept of a chat, and how to be rid of it."""

from datetime import UTC, datetime, timedelta
from functools import partial

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatType

from bot import texts
from bot.admins import may_press
from bot.answers import answer_press, answer_text
from bot.context import NutgrafContext
from bot.forgetting import erase_chat
from bot.outcome import current_outcome
from storage.jobs import cancel_jobs, count_unfinished_jobs
from storage.pastes import delete_parts, list_parts
from storage.privacy import count_kept

DELETE_ME = r"1:dm:(yes|no):([0-9a-f]{1,8})\Z"
QUESTION_HOLDS = timedelta(minutes=10)
"""A button that erases everything must not be pressed by chance a year later."""


async def privacy_command(update: Update, context: NutgrafContext) -> None:
    message = update.message
    if message is None:
        return
    async with context.services.database.read() as conn:
        kept = await count_kept(conn, chat_id=message.chat.id)
    keep = context.services.retention
    said = texts.privacy(
        kept.digests,
        article_days=keep.article_days,
        digest_days=keep.digest_days,
        backup_days=keep.backup_days,
    )
    await answer_text(message, said)


async def cancel_command(update: Update, context: NutgrafContext) -> None:
    """Drop the sender's paste that waits for more; in private also digests not made yet."""
    message = update.message
    if message is None or message.from_user is None:
        return
    chat_id, bot_id = message.chat.id, current_outcome().bot_id
    async with context.services.database.read() as conn:
        waiting = await list_parts(conn, bot_id=bot_id, chat_id=chat_id)
        digests = await count_unfinished_jobs(conn, bot_id=bot_id, chat_id=chat_id)
    sender = (message.sender_chat or message.from_user).id
    parts = tuple(part.message_id for part, _ in waiting if part.sender_id == sender)
    if parts:
        current_outcome().add(
            partial(delete_parts, message_ids=parts, bot_id=bot_id, chat_id=chat_id)
        )
    if message.chat.type != ChatType.PRIVATE:
        digests = 0
    if digests:
        current_outcome().add(partial(cancel_jobs, bot_id=bot_id, chat_id=chat_id))
    await answer_text(message, texts.cancelled(len(parts), digests))


async def delete_me_command(update: Update, context: NutgrafContext) -> None:
    """Ask before anything is erased."""
    message = update.message
    if message is None:
        return
    async with context.services.database.read() as conn:
        kept = await count_kept(conn, chat_id=message.chat.id)
    asked = question_time(context.services.now())
    keyboard = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(texts.ERASE, callback_data=f"1:dm:yes:{asked}"),
                InlineKeyboardButton(texts.KEEP, callback_data=f"1:dm:no:{asked}"),
            ]
        ]
    )
    await answer_text(message, texts.erase_question(kept.digests), keyboard=keyboard)


async def delete_me_pressed(update: Update, context: NutgrafContext) -> None:
    """Erase the chat where its person, or an admin of the group, says so in time."""
    query = update.callback_query
    if query is None:
        return
    message, now = query.message, context.services.now()
    # A press without any data fits every pattern.
    choice, asked = context.match.groups() if context.match else ("", "")
    if message is None or not is_timely(asked, now):
        await answer_press(query, texts.BUTTON_OUT_OF_DATE)
    elif not await may_press(query):
        await answer_press(query, texts.ONLY_ADMINS)
    elif choice == "no":
        await answer_press(query, texts.KEPT)
    else:
        await answer_press(query)
        # Not left to the outcome, which is one transaction.
        await erase_chat(context.services.database, message.chat.id)
        if isinstance(message, Message):
            await answer_text(message, texts.erased(context.services.retention.backup_days))


def question_time(moment: datetime) -> str:
    """The minute of a question, short enough for the data of a button."""
    return f"{int(moment.timestamp()) // 60:x}"


def is_timely(asked: str, now: datetime) -> bool:
    """Whether a question of that minute may still be answered."""
    try:
        moment = datetime.fromtimestamp(int(asked, 16) * 60, UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return timedelta(minutes=-1) <= now - moment <= QUESTION_HOLDS
