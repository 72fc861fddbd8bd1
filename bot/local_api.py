"""Telegram in this process: what python-telegram-bot asks of the Bot API, answered from memory.

`LocalBotApi` stands in for HTTP, so the bot runs whole without a token, a network or a socket. It
is as strict as the server: markup, lengths and buttons are checked and refused in its words.
"""

import asyncio
import itertools
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from telegram.request import BaseRequest, RequestData

from bot.local_chats import PRIVATE_CHAT, LocalChat, person_dict
from bot.local_checks import (
    RequestRefused,
    bad_request,
    check_caption,
    check_file,
    check_keyboard,
    check_text,
    check_toast,
    check_venue,
)
from bot.local_events import (
    ActionShown,
    DocumentSent,
    Event,
    MessageSent,
    PhotoSent,
    PressAnswered,
    VenueSent,
)
from bot.local_markup import find_entities

TOKEN = "0:local"  # noqa: S105 - opens nothing
BASE_URL = "local://telegram/bot"
BASE_FILE_URL = "local://telegram/file/bot"
BOT = {"id": 1_000, "is_bot": True, "first_name": "Nutgraf", "username": "nutgraf_bot"}

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
ACTIONS = ("typing", "upload_photo", "upload_document", "find_location")

FILES = "attached files"
"""The name under which a method finds the files of its request, each with its own name."""


class LocalBotApi(BaseRequest):
    """The server side of one bot and the client side of its chats.

    `write`, `attach` and `press` are what people do; `events` is what they see, in order, and
    `on_event` hears of each. Ids of messages and updates count up from `first_message_id`, over all
    chats.
    """

    def __init__(
        self, *, first_message_id: int = 1, on_event: Callable[[Event], None] | None = None
    ) -> None:
        self.events: list[Event] = []
        self.on_event = on_event
        self._ids = itertools.count(first_message_id)
        self._update_ids = itertools.count(first_message_id)
        self._query_ids = itertools.count(1)
        self._open_queries: set[str] = set()
        self._chats = {PRIVATE_CHAT.id: PRIVATE_CHAT}
        self._messages: dict[tuple[int, int], dict[str, Any]] = {}
        self._files: dict[str, bytes] = {}
        self._updates: deque[dict[str, Any]] = deque()
        self._changed = asyncio.Condition()
        self._methods = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "deletewebhook": self._delete_webhook,
            "sendmessage": self._send_message,
            "editmessagetext": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "sendvenue": self._send_venue,
            "sendchataction": self._send_chat_action,
            "answercallbackquery": self._answer_callback_query,
            "getfile": self._get_file,
        }

    # What people do

    async def write(self, text: str, chat: LocalChat = PRIVATE_CHAT, **fields: Any) -> int:
        """Send a text; `fields` are further ones of the Message (`forward_origin`, ...)."""
        return await self._submit(chat, {"text": text, "entities": find_entities(text)} | fields)

    async def attach(
        self,
        content: bytes,
        name: str,
        chat: LocalChat = PRIVATE_CHAT,
        *,
        mime_type: str = "text/plain",
        **fields: Any,
    ) -> int:
        """Send a file as a document."""
        file_id = f"file{len(self._files) + 1}"
        self._files[file_id] = content
        document = {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_name": name,
            "mime_type": mime_type,
            "file_size": len(content),
        }
        return await self._submit(chat, {"document": document} | fields)

    async def press(self, data: str, message_id: int, chat: LocalChat = PRIVATE_CHAT) -> str:
        """Press a button under a message of the bot; returns the id of the query."""
        query_id = str(next(self._query_ids))
        self._open_queries.add(query_id)
        query = {
            "id": query_id,
            "from": person_dict(chat.user_id),
            "chat_instance": str(chat.id),
            "message": self._messages[chat.id, message_id],
            "data": data,
        }
        self._chats[chat.id] = chat
        await self.add_update({"callback_query": query})
        return query_id

    async def add_update(self, fields: Mapping[str, Any]) -> None:
        """Queue an update of any kind for the bot."""
        async with self._changed:
            self._updates.append({"update_id": next(self._update_ids), **fields})
            self._changed.notify_all()

    async def wait_until_fetched(self) -> None:
        """Return when the bot has confirmed every update."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._updates)

    async def _submit(self, chat: LocalChat, fields: Mapping[str, Any]) -> int:
        message_id = next(self._ids)
        message = {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": chat.to_dict(),
            "from": person_dict(chat.user_id),
            **fields,
        }
        replied = message.pop("reply_to", None)
        if replied is not None:
            message["reply_to_message"] = self._messages[chat.id, replied]
        self._chats[chat.id] = chat
        self._messages[chat.id, message_id] = message
        await self.add_update({"message": message})
        return message_id

    # What python-telegram-bot asks of a transport

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing is opened."""

    async def shutdown(self) -> None:
        """Nothing is held."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        parameters = request_data.parameters if request_data is not None else {}
        files = request_data.multipart_data if request_data is not None else None
        parameters = {**parameters, FILES: {name: file[:2] for name, file in (files or {}).items()}}
        url = unquote(url)
        try:
            if url.startswith(f"{BASE_FILE_URL}{TOKEN}/"):
                return HTTPStatus.OK, self._download(url.rpartition("/")[2])
            result = await self.answer(url.removeprefix(f"{BASE_URL}{TOKEN}/"), parameters)
        except RequestRefused as exc:
            refusal: dict[str, Any] = {
                "ok": False,
                "error_code": exc.code,
                "description": exc.description,
            }
            if exc.parameters:
                refusal["parameters"] = exc.parameters
            return exc.code, json.dumps(refusal).encode()
        return HTTPStatus.OK, json.dumps({"ok": True, "result": result}).encode()

    async def answer(self, method: str, parameters: Mapping[str, Any]) -> Any:
        """The `result` of one method; raises RequestRefused."""
        call = self._methods.get(method.lower())
        if call is None:
            raise RequestRefused(HTTPStatus.NOT_FOUND, "Not Found: method not found")
        return await call(parameters)

    async def _get_me(self, parameters: Mapping[str, Any]) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}

    async def _delete_webhook(self, parameters: Mapping[str, Any]) -> Any:
        return True

    async def _get_updates(self, parameters: Mapping[str, Any]) -> Any:
        offset, limit = int(parameters.get("offset", 0)), int(parameters.get("limit", 100))
        async with self._changed:
            while self._updates and self._updates[0]["update_id"] < offset:
                self._updates.popleft()
            self._changed.notify_all()
            seconds = float(parameters.get("timeout", 0))
            # Waiting no time at all would end a task that is being cancelled (Python 3.11.2).
            if seconds > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._changed.wait_for(lambda: bool(self._updates))
            return list(itertools.islice(self._updates, limit))

    async def _send_message(self, parameters: Mapping[str, Any]) -> Any:
        """Keep a text as a new message, or in place of what a message was."""
        text, entities = check_text(parameters)
        keyboard = check_keyboard(parameters.get("reply_markup"))
        content = {"text": text, "entities": [entity.to_dict() for entity in entities]}
        message = self._keep(parameters, content)
        sent = MessageSent(
            chat_id=message["chat"]["id"],
            message_id=message["message_id"],
            text=text,
            markup=str(parameters["text"]) if parameters.get("parse_mode") else None,
            entities=entities,
            keyboard=keyboard,
            reply_to=_reply_of(message),
            thread_id=message.get("message_thread_id"),
            preview=not (parameters.get("link_preview_options") or {}).get("is_disabled", False),
            edited="message_id" in parameters,
        )
        self._emit(sent)
        return message

    async def _send_photo(self, parameters: Mapping[str, Any]) -> Any:
        keyboard = check_keyboard(parameters.get("reply_markup"))
        photo = {"file_id": "photo", "file_unique_id": "photo", "width": 1, "height": 1}
        message, (_, content) = self._keep_file(parameters, "photo", [photo])
        self._emit(
            PhotoSent(
                chat_id=message["chat"]["id"],
                message_id=message["message_id"],
                content=content,
                caption=message["caption"],
                keyboard=keyboard,
                reply_to=_reply_of(message),
                thread_id=message.get("message_thread_id"),
            )
        )
        return message

    async def _send_document(self, parameters: Mapping[str, Any]) -> Any:
        document = {"file_id": "document", "file_unique_id": "document"}
        message, (name, content) = self._keep_file(parameters, "document", document)
        self._emit(
            DocumentSent(
                chat_id=message["chat"]["id"],
                message_id=message["message_id"],
                name=name,
                content=content,
                caption=message["caption"],
                reply_to=_reply_of(message),
                thread_id=message.get("message_thread_id"),
            )
        )
        return message

    def _keep_file(
        self, parameters: Mapping[str, Any], kind: str, shown: Any
    ) -> tuple[dict[str, Any], tuple[str, bytes]]:
        """A message that holds the file of the request, and the file."""
        caption, _ = check_caption(parameters)
        name, content = check_file(parameters[FILES].get(kind))
        return self._keep(parameters, {kind: shown, "caption": caption}), (name, content)

    async def _send_venue(self, parameters: Mapping[str, Any]) -> Any:
        latitude, longitude, title, address = check_venue(parameters)
        point = {"latitude": latitude, "longitude": longitude}
        content = {"venue": {"location": point, "title": title, "address": address}}
        message = self._keep(parameters, content)
        self._emit(
            VenueSent(
                chat_id=message["chat"]["id"],
                message_id=message["message_id"],
                title=title,
                address=address,
                latitude=latitude,
                longitude=longitude,
                reply_to=_reply_of(message),
                thread_id=message.get("message_thread_id"),
                silent=bool(parameters.get("disable_notification")),
            )
        )
        return message

    def _keep(self, parameters: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
        """The message with this content, as it is from now on in its chat."""
        chat = self._chat(parameters)
        replied = self._replied(chat, parameters.get("reply_parameters"))
        if "message_id" in parameters:
            key = (chat.id, int(parameters["message_id"]))
            message: dict[str, Any] = {**self._messages.get(key, {}), **content}
            message.pop("reply_markup", None)
            if "message_id" not in message:
                raise bad_request("message to edit not found")
        else:
            stated = {"date": int(time.time()), "chat": chat.to_dict(), "from": BOT}
            message = {"message_id": next(self._ids), **stated, **content}
        if replied is not None:
            message["reply_to_message"] = replied
        if parameters.get("reply_markup"):
            message["reply_markup"] = parameters["reply_markup"]
        thread_id = parameters.get("message_thread_id")
        if thread_id is not None:
            message |= {"message_thread_id": thread_id, "is_topic_message": True}
        self._messages[chat.id, message["message_id"]] = message
        return message

    async def _send_chat_action(self, parameters: Mapping[str, Any]) -> Any:
        chat = self._chat(parameters)
        action = parameters.get("action")
        if action not in ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._emit(ActionShown(chat.id, parameters.get("message_thread_id"), action))
        return True

    async def _answer_callback_query(self, parameters: Mapping[str, Any]) -> Any:
        query_id, text = str(parameters.get("callback_query_id")), str(parameters.get("text", ""))
        if query_id not in self._open_queries:
            raise bad_request(
                "query is too old and response timeout expired or query ID is invalid"
            )
        check_toast(text)
        self._open_queries.remove(query_id)
        self._emit(PressAnswered(query_id, text))
        return True

    async def _get_file(self, parameters: Mapping[str, Any]) -> Any:
        file_id = str(parameters.get("file_id"))
        if file_id not in self._files:
            raise bad_request("invalid file_id")
        size = len(self._files[file_id])
        if size > MAX_DOWNLOAD_BYTES:
            raise bad_request("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": size,
            "file_path": f"documents/{file_id}",
        }

    def _download(self, file_id: str) -> bytes:
        if file_id not in self._files:
            raise RequestRefused(HTTPStatus.NOT_FOUND, "Not Found")
        return self._files[file_id]

    def _chat(self, parameters: Mapping[str, Any]) -> LocalChat:
        chat = self._chats.get(int(parameters.get("chat_id") or 0))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def _replied(self, chat: LocalChat, parameters: Any) -> dict[str, Any] | None:
        if not parameters:
            return None
        message = self._messages.get((chat.id, int(parameters["message_id"])))
        if message is None and not parameters.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        return message and {
            key: value for key, value in message.items() if key != "reply_to_message"
        }

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        if self.on_event is not None:
            self.on_event(event)


def _reply_of(message: Mapping[str, Any]) -> int | None:
    replied = message.get("reply_to_message")
    return None if replied is None else int(replied["message_id"])
