"""The running bot and what tests ask of it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot import texts
from support.bot_api import BotApiServer, Chat, Sent
from support.running_bot import RunningBot

MakeBot = Callable[..., RunningBot]
"""Makes a bot with these sections of its configuration, `on` another server if given."""


@dataclass(slots=True)
class Live:
    """The server, the bot on it, and chats that no other test has."""

    server: BotApiServer
    bot: RunningBot
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1_001))

    def user(self) -> Chat:
        return self.server.user(next(self._ids))

    def group(self, **options: Any) -> Chat:
        return self.server.group(-1_000_000 - next(self._ids), **options)

    def number(self) -> int:
        """One that no other test has, to tell its article from those of others."""
        return next(self._ids)

    async def digests(self, chat: Chat, count: int = 1, *, timeout_s: float = 25) -> list[Sent]:
        """The digests in a chat, when there are so many and all is done."""
        await self.server.wait_for(
            lambda s: len(digests_of(chat)) >= count, timeout_s, what="digest"
        )
        await self.bot.settle()
        return digests_of(chat)

    async def answers(self, chat: Chat, count: int = 1, *, timeout_s: float = 25) -> list[Sent]:
        """All messages of the bot in a chat, when there are so many and all is done."""
        await self.server.wait_for(lambda s: len(chat.sent) >= count, timeout_s, what="answer")
        await self.bot.settle()
        return chat.sent


def digests_of(chat: Chat) -> list[Sent]:
    return [sent for sent in chat.sent if texts.KEY_POINTS in sent.formatted("bold")]
