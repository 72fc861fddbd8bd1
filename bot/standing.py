"""What an update says of its chat itself: whether the bot may write there, and its new id."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from telegram import (
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberRestricted,
    Message,
    Update,
)
from telegram.constants import ChatType

from bot.answers import thread_of
from storage.database import Connection
from storage.moves import move_chat
from storage.pauses import pause, resume

Standing = Literal["open", "shut"]

STILL_WANTED = timedelta(days=1)
"""What was to be sent while the bot was shut out is sent afterwards if it is no older than this."""


async def note_standing(conn: Connection, update: Update, *, bot_id: int, now: datetime) -> bool:
    """Pause, resume or move the chat as the update says; true where messages wait no longer."""
    chat, message = update.effective_chat, update.effective_message
    if chat is None:
        return False
    if (move := find_move(message)) is not None:
        old_id, new_id = move
        await move_chat(conn, old_id=old_id, new_id=new_id)
        return True
    match standing_of(update):
        case "open":
            thread_id = thread_of(message) if isinstance(message, Message) else None
            since = now - STILL_WANTED
            return await resume(
                conn, bot_id=bot_id, chat_id=chat.id, thread_id=thread_id, since=since
            )
        case "shut":
            await pause(conn, bot_id=bot_id, chat_id=chat.id, thread_id=None, began_at=now)
    return False


def find_move(message: object) -> tuple[int, int] | None:
    """The old and the new id where a service message tells that a group became a supergroup."""
    if not isinstance(message, Message):
        return None
    if message.migrate_to_chat_id is not None:
        return message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id is not None:
        return message.migrate_from_chat_id, message.chat.id
    return None


def standing_of(update: Update) -> Standing | None:
    """Whether the bot may write where the update comes from; None where that stays as it was.

    Whoever writes or presses wants an answer, so it is tried; but the messages that tell of the
    bot's leaving and of a topic's end come from where it may write no more.
    """
    if update.my_chat_member is not None:
        changed = update.my_chat_member
        is_open = may_write(changed.new_chat_member, chat_type=changed.chat.type)
        return "open" if is_open else "shut"
    message = update.message
    if message is None:
        return "open" if update.callback_query is not None else None
    gone = message.left_chat_member
    if gone is not None and gone.id == message.get_bot().id:
        return "shut"
    return None if _closes_topic(message) else "open"


def may_write(member: ChatMember, *, chat_type: str) -> bool:
    """Whether a member of a chat of this type may write there."""
    is_channel = chat_type == ChatType.CHANNEL
    match member:
        case ChatMemberBanned() | ChatMemberLeft():
            return False
        case ChatMemberRestricted():
            return bool(member.is_member and member.can_send_messages)
        case ChatMemberAdministrator():
            return not is_channel or bool(member.can_post_messages)
        case ChatMemberMember():
            return not is_channel
        case _:
            return True


def _closes_topic(message: Message) -> bool:
    closing: Iterable[object] = (message.forum_topic_closed, message.general_forum_topic_hidden)
    return any(sign is not None for sign in closing)
