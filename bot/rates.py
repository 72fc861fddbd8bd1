"""Telegram's limits on what each chat is sent, kept by a clock that is passed in."""

from collections import deque
from dataclasses import dataclass, field

GROUP_WINDOW_S = 60.0
TOO_SHORT_S = 0.001
"""Less than a clock can tell is no wait."""
MAX_IDLE_CHATS = 10_000


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How much may be sent to a private chat, and to a group or channel."""

    private_burst: int = 3
    private_per_second: float = 1.0
    group_per_minute: int = 18


@dataclass(slots=True)
class _Chat:
    tokens: float
    refilled_at: float
    sent_at: deque[float] = field(default_factory=deque)
    held_until: float = 0.0


class Rates:
    """Says how long to wait; what is taken is counted. Times are seconds of any steady clock."""

    def __init__(self, limits: SendLimits) -> None:
        self._limits = limits
        self._chats: dict[int, _Chat] = {}

    def wait_of_chat(self, chat_id: int, now: float) -> float:
        """Seconds until this chat may get another message, 0 where it may now."""
        chat = self._chats.get(chat_id)
        if chat is None:
            return 0.0
        wait = chat.held_until - now
        if chat_id > 0:
            missing = 1.0 - self._tokens(chat, now)
            wait = max(wait, missing / self._limits.private_per_second)
        elif len(chat.sent_at) == chat.sent_at.maxlen:
            wait = max(wait, chat.sent_at[0] + GROUP_WINDOW_S - now)
        return wait if wait > TOO_SHORT_S else 0.0

    def take(self, chat_id: int, now: float) -> None:
        """Count a message to a chat that need not wait."""
        chat = self._chat(chat_id, now)
        if chat_id > 0:
            chat.tokens = self._tokens(chat, now) - 1.0
            chat.refilled_at = now
        else:
            chat.sent_at.append(now)

    def hold(self, chat_id: int, seconds: float, now: float) -> None:
        """Send nothing to the chat for so long: Telegram said so."""
        chat = self._chat(chat_id, now)
        chat.held_until = max(chat.held_until, now + seconds)

    def is_held(self, chat_id: int, now: float) -> bool:
        chat = self._chats.get(chat_id)
        return chat is not None and chat.held_until > now

    def _tokens(self, chat: _Chat, now: float) -> float:
        refilled = chat.tokens + (now - chat.refilled_at) * self._limits.private_per_second
        return min(float(self._limits.private_burst), refilled)

    def _chat(self, chat_id: int, now: float) -> _Chat:
        if chat_id not in self._chats:
            if len(self._chats) >= MAX_IDLE_CHATS:
                self._forget_idle(now)
            window = deque[float](maxlen=self._limits.group_per_minute)
            self._chats[chat_id] = _Chat(float(self._limits.private_burst), now, window)
        return self._chats[chat_id]

    def _forget_idle(self, now: float) -> None:
        for chat_id, chat in list(self._chats.items()):
            last = max(chat.refilled_at, chat.held_until, *chat.sent_at)
            if last + GROUP_WINDOW_S < now:
                del self._chats[chat_id]
