"""What people in the chats of the bot in this process see of it."""

from dataclasses import dataclass

from bot.local_checks import Button
from bot.local_markup import Entity


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message of the bot. `markup` is its HTML, or None when it was sent as plain text.

    One that is `edited` has this content from now on.
    """

    chat_id: int
    message_id: int
    text: str
    markup: str | None
    entities: tuple[Entity, ...]
    keyboard: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    thread_id: int | None
    preview: bool
    edited: bool = False


@dataclass(frozen=True, slots=True)
class PhotoSent:
    """A picture of the bot with a text under it."""

    chat_id: int
    message_id: int
    content: bytes
    caption: str
    keyboard: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    thread_id: int | None


@dataclass(frozen=True, slots=True)
class DocumentSent:
    """A file of the bot with a text under it."""

    chat_id: int
    message_id: int
    name: str
    content: bytes
    caption: str
    reply_to: int | None
    thread_id: int | None


@dataclass(frozen=True, slots=True)
class VenueSent:
    """A pin on the client's own map; clients are silent about it where `silent`."""

    chat_id: int
    message_id: int
    title: str
    address: str
    latitude: float
    longitude: float
    reply_to: int | None
    thread_id: int | None
    silent: bool


@dataclass(frozen=True, slots=True)
class ActionShown:
    """ "Nutgraf is typing"."""

    chat_id: int
    thread_id: int | None
    action: str


@dataclass(frozen=True, slots=True)
class PressAnswered:
    """A press of a button was answered; `text` is shown as a toast."""

    query_id: str
    text: str


Event = MessageSent | PhotoSent | DocumentSent | VenueSent | ActionShown | PressAnswered
