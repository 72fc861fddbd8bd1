"""The chats of the bot in this process, and the people who write in them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LocalChat:
    """A chat and the person who writes in it; a private chat has its person's id."""

    id: int = 1
    type: str = "private"
    title: str | None = None
    user_id: int = 1
    is_forum: bool = False

    def to_dict(self) -> dict[str, Any]:
        fields: dict[str, Any] = {"id": self.id, "type": self.type}
        if self.type == "private":
            return fields | {"first_name": "You"}
        return fields | {"title": self.title or "Group", "is_forum": self.is_forum}


PRIVATE_CHAT = LocalChat()


def person_dict(user_id: int) -> dict[str, Any]:
    """A User as Telegram tells of one."""
    return {"id": user_id, "is_bot": False, "first_name": "You", "language_code": "en"}
