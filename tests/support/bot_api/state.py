"""All that the server knows: chats, their messages, files, open presses, settings of the bot."""

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.local_checks import RequestRefused, bad_request
from support.bot_api.http import Upload
from support.bot_api.journal import Journal
from support.bot_api.polling import UpdateQueue
from support.bot_api.schema import WrongValue, unknown_fields

BOT = {"id": 1_000, "is_bot": True, "first_name": "Nutgraf", "username": "nutgraf_bot"}
ANONYMOUS_ADMIN = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
QUERY_WINDOW_S = 30.0


@dataclass(slots=True)
class ChatState:
    """A chat as the server knows it. `refusal`: why the bot may not write there (403)."""

    id: int
    type: str
    name: str
    ids: Iterator[int]
    is_forum: bool = False
    started: bool = False
    privacy: bool = True
    refusal: str = ""
    migrated_to: int | None = None
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    members: dict[int, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        if self.type == "private":
            return {"id": self.id, "type": self.type, "first_name": self.name}
        fields: dict[str, Any] = {"id": self.id, "type": self.type, "title": self.name}
        return fields | ({"is_forum": True} if self.is_forum else {})


class State:
    """Lives in the server's event loop."""

    def __init__(self, updates: UpdateQueue) -> None:
        self.journal = Journal()
        self.updates = updates
        self.chats: dict[int, ChatState] = {}
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.files: dict[str, Upload] = {}
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.open_queries: dict[str, float] = {}
        self.webhook_url = ""
        self.query_ids = itertools.count(4_000_001)
        self.private_ids = itertools.count(1)

    def person(self, user_id: int) -> dict[str, Any]:
        chat = self.chats.get(user_id)
        name = chat.name if chat is not None else f"Person {user_id}"
        return {"id": user_id, "is_bot": False, "first_name": name, "language_code": "en"}

    def chat_for(self, parameters: Mapping[str, Any]) -> ChatState:
        """The chat that a method is about; raises RequestRefused where the bot may not write."""
        chat_id = parameters.get("chat_id")
        if chat_id in (None, ""):
            raise bad_request("chat_id is empty")
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise RequestRefused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        if chat.refusal:
            raise RequestRefused(403, f"Forbidden: {chat.refusal}")
        if chat.type == "private" and not chat.started:
            raise RequestRefused(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def keep_message(self, chat: ChatState, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Give a message its id, date and chat, and keep it."""
        message = {
            "message_id": next(chat.ids),
            "date": int(time.time()),
            "chat": chat.to_dict(),
            **fields,
        }
        self.messages[chat.id, message["message_id"]] = message
        return message

    def add_update(self, fields: Mapping[str, Any]) -> int | None:
        """Queue an update that the Bot API's description allows."""
        self.check_answer("Update", {"update_id": 1, **fields})
        return self.updates.add(fields)

    def add_file(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a file; what getFile and messages say of it."""
        file_id = f"file-{len(self.files) + 1}"
        self.files[file_id] = Upload(name, content)
        return {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}

    def open_query(self, *, window_s: float = QUERY_WINDOW_S) -> str:
        query_id = str(next(self.query_ids))
        self.open_queries[query_id] = time.monotonic() + window_s
        return query_id

    def check_answer(self, type_name: str, value: object) -> None:
        """This server must not say what the true one could not."""
        if self.journal.violations:  # a wrong call may be what makes the answer wrong
            return
        try:
            unknown = unknown_fields(type_name, value)
        except WrongValue as exc:
            unknown = [str(exc)]
        self.journal.violations.extend(f"the fake server itself: {name}" for name in unknown)


def without_reply(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as another one brings it along: one step deep only."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}
