"""Where a forwarded message comes from, as far as it may be named."""

from telegram import Message, MessageOriginChannel, MessageOriginChat


def origin_of(message: Message) -> str | None:
    """The title of the channel or group a message was forwarded from; people are not named."""
    match message.forward_origin:
        case MessageOriginChannel(chat=chat):
            return chat.title
        case MessageOriginChat(sender_chat=chat):
            return chat.title
    return None
