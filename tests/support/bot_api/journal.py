"""What happened: every call, what the bot sent, and what it did wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bot.local_checks import Button
from bot.local_markup import Entity

SENDING = ("sendMessage", "sendPhoto", "sendDocument", "sendVenue", "sendLocation")


@dataclass(frozen=True, slots=True)
class Call:
    """A call and its answer: an HTTP status, or 0 where none was given. Times in seconds."""

    method: str
    parameters: Mapping[str, Any]
    status: int
    description: str
    started_at: float
    ended_at: float

    @property
    def chat_id(self) -> int | None:
        value = self.parameters.get("chat_id")
        return value if isinstance(value, int) else None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message of the bot as it stands now; `text` is what is seen, a caption included."""

    chat_id: int
    message_id: int
    method: str
    text: str
    entities: tuple[Entity, ...]
    keyboard: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    thread_id: int | None
    is_html: bool
    is_silent: bool
    has_preview: bool
    sent_at: float
    file: bytes = b""
    file_name: str = ""
    edits: int = 0

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.keyboard for button in row]

    def formatted(self, kind: str) -> list[str]:
        """The stretches of the text that are formatted so ("bold", "text_link", ...)."""
        units = self.text.encode("utf-16-le")
        return [
            units[entity.offset * 2 : (entity.offset + entity.length) * 2].decode("utf-16-le")
            for entity in self.entities
            if entity.type == kind
        ]


@dataclass(slots=True)
class Journal:
    """Lives in the server's event loop; tests see it through the server."""

    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    deleted: list[tuple[int, int]] = field(default_factory=list)
    toasts: dict[str, str] = field(default_factory=dict)


def busiest(calls: Sequence[Call], *, window_s: float) -> int:
    """The highest number of calls that began within any stretch of so many seconds."""
    starts = sorted(call.started_at for call in calls)
    first, most = 0, 0
    for last, start in enumerate(starts):
        while starts[first] <= start - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most


def poll_gaps(calls: Sequence[Call]) -> list[float]:
    """Seconds from each answered getUpdates to the next one's arrival."""
    polls = sorted((c for c in calls if c.method == "getUpdates"), key=lambda c: c.started_at)
    return [
        later.started_at - earlier.ended_at for earlier, later in pairwise(polls) if earlier.status
    ]
