"""What a chat follows, and the buttons of the messages about it."""

from bot.local_events import MessageSent
from storage.subscriptions import Subscription, list_subscriptions
from support.bot import Chatting

FEED = "http://news.example/feed.xml"
RSS = """<rss version="2.0"><channel><title>Delta Courier</title>
<item><title>Old news</title><link>http://news.example/old</link></item></channel></rss>"""
_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)
ADMIN = {
    "status": "administrator",
    "user": {"id": 7, "is_bot": False, "first_name": "You"},
    **dict.fromkeys(_RIGHTS, False),
}


async def followed(chat: Chatting, chat_id: int = 1) -> tuple[Subscription, ...]:
    async with chat.services.database.read() as conn:
        return await list_subscriptions(conn, bot_id=chat.life.inbox.bot_id, chat_id=chat_id)


def labels(message: MessageSent) -> list[str]:
    return [button.text for row in message.keyboard for button in row]


def data_of(message: MessageSent, label: str) -> str:
    (found,) = [b.data for row in message.keyboard for b in row if b.text == label]
    assert found is not None
    return found


async def press(chat: Chatting, message: MessageSent, label: str) -> MessageSent:
    (answer,), _ = await chat.press(data_of(message, label), message.message_id)
    return answer
