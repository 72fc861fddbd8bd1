"""Who may decide for a chat: in private its person, in a group its admins."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from telegram import Bot, CallbackQuery, ChatMemberAdministrator, ChatMemberOwner, Message
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden

KEPT_FOR = timedelta(minutes=10)
MAX_KEPT = 10_000


@dataclass(slots=True)
class Admins:
    """Remembers for ten minutes who is an admin, for commands; presses are asked about anew."""

    _known: dict[tuple[int, int], tuple[bool, datetime]] = field(default_factory=dict)

    async def may_command(self, message: Message, *, now: datetime) -> bool:
        """Whether who wrote a command may change what its chat follows.

        Anonymous admins write as their group, and posts of the linked channel are its admins'.
        """
        chat = message.chat
        if chat.type == ChatType.PRIVATE or message.is_automatic_forward:
            return True
        if message.sender_chat is not None:
            return message.sender_chat.id == chat.id
        if message.from_user is None:
            return False
        key = (chat.id, message.from_user.id)
        is_admin, asked_at = self._known.get(key, (False, None))
        if asked_at is None or now - asked_at >= KEPT_FOR:
            is_admin = await _is_admin(message.get_bot(), *key)
            if len(self._known) >= MAX_KEPT:
                self._known.clear()
            self._known[key] = (is_admin, now)
        return is_admin


async def may_press(query: CallbackQuery) -> bool:
    """Whether who pressed may decide for the chat; asked anew at every press."""
    message = query.message
    if message is None or message.chat.type == ChatType.PRIVATE:
        return message is not None
    return await _is_admin(query.get_bot(), message.chat.id, query.from_user.id)


async def _is_admin(bot: Bot, chat_id: int, user_id: int) -> bool:
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (BadRequest, Forbidden):
        return False
    return isinstance(member, ChatMemberOwner | ChatMemberAdministrator)
