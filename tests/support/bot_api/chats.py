"""The people who write to the bot: a private chat or a group, and what can be done in it."""

import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.markup import utf16_units
from support.bot_api.journal import Sent
from support.bot_api.state import ANONYMOUS_ADMIN, BOT, ChatState, State, without_reply

if TYPE_CHECKING:
    from support.bot_api.server import BotApiServer

MAX_TEXT_UNITS = 4_096
_MARKED = (
    (re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/])"), "bot_command"),
    (re.compile(r"(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,:;!?'’”)]"), "url"),
    (re.compile(r"(?<!\w)@[A-Za-z]\w{4,31}(?!\w)"), "mention"),
)
_ADDRESSED = re.compile(r"/[A-Za-z0-9_]{1,32}(?:@(\w+))?(?!\w)")


class Chat:
    """A chat as tests use it. In a private chat the writer is its person, in groups `by`."""

    def __init__(self, server: "BotApiServer", chat: ChatState) -> None:
        self._server = server
        self._chat = chat

    def __repr__(self) -> str:
        return f"Chat({self.id})"

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def sent(self) -> list[Sent]:
        """What the bot sent here, in order."""
        return self._server.sent(self)

    def send_text(self, text: str, **options: Any) -> int:
        """Send a message; returns its id. Options: see `_fields`."""
        return self._submit(_text_fields(text), options)

    def send_parts(self, parts: Sequence[str], *, gap_ms: float = 60, **options: Any) -> list[int]:
        """Send messages one after the other, as a client does that cut a long paste."""
        fields = [_text_fields(part) for part in parts]
        return self._server.run(lambda state: self._schedule(state, fields, gap_ms, options))

    def paste(self, text: str, *, gap_ms: float = 60, **options: Any) -> list[int]:
        """Send a text of any length: cut where a client would cut it."""
        return self.send_parts(cut_as_clients_do(text), gap_ms=gap_ms, **options)

    def send_document(
        self, content: bytes, name: str, *, mime_type: str = "text/plain", **options: Any
    ) -> int:
        def submit(state: State) -> int:
            file = state.add_file(name, content)
            document = file | {"file_name": name, "mime_type": mime_type}
            return self._submit_now(state, {"document": document}, options)

        return self._server.run(submit)

    def send_photo(self, caption: str = "", **options: Any) -> int:
        """Send a picture, perhaps with a caption."""

        def submit(state: State) -> int:
            photo = state.add_file("photo.jpg", b"jpeg") | {"width": 90, "height": 90}
            marked = {"caption": caption, "caption_entities": mark_entities(caption)}
            fields = {"photo": [photo]} | (marked if caption else {})
            return self._submit_now(state, fields, options)

        return self._server.run(submit)

    def forward_text(
        self, text: str, *, origin: str, is_person: bool = False, **options: Any
    ) -> int:
        """Forward what a channel of that title, or a person who hides behind a name, wrote."""
        date = int(time.time())
        forward: dict[str, Any] = {"type": "hidden_user", "date": date, "sender_user_name": origin}
        if not is_person:
            channel = {"id": -1_009_000, "type": "channel", "title": origin}
            forward = {"type": "channel", "date": date, "chat": channel, "message_id": 5}
        return self._submit(_text_fields(text) | {"forward_origin": forward}, options)

    def edit_text(self, message_id: int, text: str) -> None:
        """Edit a message of a person; the bot is told."""

        def edit(state: State) -> None:
            message = state.messages[self.id, message_id]
            message |= _text_fields(text) | {"edit_date": int(time.time())}
            state.add_update({"edited_message": message})

        self._server.run(edit)

    def press(self, message: Sent, button: str, *, by: Any = None, expired: bool = False) -> str:
        """Press the button with this label or data; returns the id of the query."""
        fits = [b for b in message.buttons if button in (b.text, b.data)]
        if len(fits) != 1 or fits[0].data is None:
            raise AssertionError(f"{len(fits)} buttons fit {button!r}: {message.buttons}")
        return self.press_data(message.message_id, fits[0].data, by=by, expired=expired)

    def press_data(
        self, message_id: int, data: str | None, *, by: Any = None, expired: bool = False
    ) -> str:
        """Press a button with any data, under a message that may be gone by now."""

        def press(state: State) -> str:
            query_id = state.open_query(window_s=0) if expired else state.open_query()
            known = state.messages.get((self.id, message_id))
            gone = {"chat": self._chat.to_dict(), "message_id": message_id, "date": 0}
            query = {
                "id": query_id,
                "from": state.person(self._writer(by)),
                "chat_instance": str(self.id),
                "message": known or gone,
            }
            state.add_update({"callback_query": query | ({"data": data} if data else {})})
            return query_id

        return self._server.run(press)

    def delete(self, message_id: int) -> None:
        """Delete a message as people do: the bot is not told."""
        self._server.run(lambda state: state.messages.pop((self.id, message_id), None))

    def block(self, reason: str = "bot was blocked by the user") -> None:
        """From now on the bot may not write here: 403 with this reason."""
        self._server.run(lambda state: setattr(self._chat, "refusal", reason))

    def unblock(self) -> None:
        self._server.run(lambda state: setattr(self._chat, "refusal", ""))

    def topic(self, name: str) -> int:
        """Open a topic in a forum; returns its thread id."""

        def open_topic(state: State) -> int:
            created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
            message = state.keep_message(self._chat, created)
            self._chat.topics[message["message_id"]] = name
            return int(message["message_id"])

        return self._server.run(open_topic)

    def close_topic(self, thread_id: int) -> None:
        self._server.run(lambda state: self._chat.closed_topics.add(thread_id))

    def migrate(self, new_id: int, *, tells: bool = True) -> "Chat":
        """Upgrade the group to a supergroup; with the service message unless `tells` is False."""
        group = self._server.group(new_id, title=self._chat.name)

        def move(state: State) -> None:
            self._chat.migrated_to = new_id
            if tells:
                self._submit_now(state, {"migrate_to_chat_id": new_id}, {"by": BOT["id"]})

        self._server.run(move)
        return group

    def _submit(self, fields: dict[str, Any], options: dict[str, Any]) -> int:
        return self._server.run(lambda state: self._submit_now(state, fields, options))

    def _schedule(
        self,
        state: State,
        parts: list[dict[str, Any]],
        gap_ms: float,
        options: dict[str, Any],
    ) -> list[int]:
        """Messages have their ids at once; their updates come one by one."""
        messages = [self._fields(state, fields, **options) for fields in parts]
        kept = [state.keep_message(self._chat, message) for message in messages]
        for index, message in enumerate(kept):
            self._server.later(index * gap_ms / 1_000, self._deliver(state, message))
        return [message["message_id"] for message in kept]

    def _submit_now(self, state: State, fields: dict[str, Any], options: dict[str, Any]) -> int:
        message = state.keep_message(self._chat, self._fields(state, fields, **options))
        self._deliver(state, message)()
        return int(message["message_id"])

    def _deliver(self, state: State, message: dict[str, Any]) -> Callable[[], None]:
        def deliver() -> None:
            if self._reaches_bot(message):
                kind = "channel_post" if self._chat.type == "channel" else "message"
                state.add_update({kind: message})

        return deliver

    def _fields(
        self,
        state: State,
        fields: dict[str, Any],
        *,
        by: Any = None,
        anonymous: bool = False,
        thread_id: int | None = None,
        reply_to: int | Sent | None = None,
        quote: str | None = None,
        **further: Any,
    ) -> dict[str, Any]:
        """A Message but for id, date and chat; `further` are any other fields of it."""
        self._chat.started = True
        if self._chat.type == "channel":
            fields = {"sender_chat": self._chat.to_dict(), **fields}
        elif anonymous:
            fields = {"from": ANONYMOUS_ADMIN, "sender_chat": self._chat.to_dict(), **fields}
        else:
            fields = {"from": state.person(self._writer(by)), **fields}
        if thread_id is not None:
            fields |= {"message_thread_id": thread_id, "is_topic_message": True}
        if reply_to is not None:
            replied_id = reply_to.message_id if isinstance(reply_to, Sent) else reply_to
            fields["reply_to_message"] = without_reply(state.messages[self.id, replied_id])
        if quote is not None:
            fields["quote"] = {"text": quote, "position": 0, "is_manual": True}
        return fields | further

    def _writer(self, by: Any) -> int:
        if by is None:
            if self._chat.type != "private":
                raise AssertionError("who writes in the group? by=")
            return self.id
        return by.id if isinstance(by, Chat) else int(by)

    def _reaches_bot(self, message: dict[str, Any]) -> bool:
        """Whether privacy mode lets a message of a group through."""
        if self._chat.type not in ("group", "supergroup") or not self._chat.privacy:
            return True
        if "text" not in message and "caption" not in message and "document" not in message:
            return "photo" not in message  # service messages do
        if message.get("reply_to_message", {}).get("from", {}).get("id") == BOT["id"]:
            return True
        command = _ADDRESSED.match(message.get("text", message.get("caption", "")))
        return command is not None and command[1] in (None, BOT["username"])


def cut_as_clients_do(text: str, *, units: int = MAX_TEXT_UNITS) -> list[str]:
    """Parts of at most so many units, cut at the last white space, which is lost."""
    parts: list[str] = []
    rest = text.strip()
    while utf16_units(rest) > units:
        cut = len(rest)
        while utf16_units(rest[:cut]) > units:
            cut -= max(1, (utf16_units(rest[:cut]) - units) // 2)
        spaces = [found.start() for found in re.finditer(r"\s", rest[: cut + 1])]
        cut = spaces[-1] if spaces and spaces[-1] > cut // 2 else cut
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest]


def mark_entities(text: str) -> list[dict[str, Any]]:
    """Commands, links and mentions as the server marks them in people's messages."""
    found = [(match, kind) for pattern, kind in _MARKED for match in pattern.finditer(text)]
    found.sort(key=lambda item: item[0].start())
    return [
        {
            "type": kind,
            "offset": utf16_units(text[: match.start()]),
            "length": utf16_units(match[0]),
        }
        for match, kind in found
    ]


def _text_fields(text: str) -> dict[str, Any]:
    """A text as the server takes it from a client: no space around, at most 4,096 units."""
    text = text.strip()
    if not text or utf16_units(text) > MAX_TEXT_UNITS:
        raise AssertionError(f"no client sends a message of {utf16_units(text)} units")
    entities = mark_entities(text)
    return {"text": text} | ({"entities": entities} if entities else {})
