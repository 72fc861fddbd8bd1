"""Word to the owners at once and past the database: of what keeps it from being written."""

import logging
from collections.abc import Sequence

from telegram import Bot
from telegram.error import BadRequest, Forbidden, TelegramError

logger = logging.getLogger(__name__)


class Alarms:
    """Tells each owner of each trouble once, until it is over."""

    def __init__(self, bot: Bot, owners: Sequence[int]) -> None:
        self._bot = bot
        self._owners = owners
        self._told: dict[str, set[int]] = {}

    async def sound(self, trouble: str, words: str) -> None:
        """Tell those who do not know it yet; who cannot be told now is told at the next call."""
        if trouble not in self._told:
            logger.error("trouble kind=%s: %s", trouble, words)
        told = self._told.setdefault(trouble, set())
        for owner in self._owners:
            if owner not in told and await self._send(owner, words):
                told.add(owner)

    async def end(self, trouble: str, words: str) -> None:
        """Tell those who know of the trouble that it is over."""
        told = self._told.pop(trouble, None)
        if told is None:
            return
        logger.info("trouble over kind=%s", trouble)
        for owner in told:
            await self._send(owner, words)

    async def tell(self, words: str) -> None:
        """Tell the owners something that is no trouble."""
        for owner in self._owners:
            await self._send(owner, words)

    async def _send(self, owner: int, words: str) -> bool:
        """Whether there is nothing more to be done about it."""
        try:
            await self._bot.send_message(owner, words)
        except (BadRequest, Forbidden) as exc:  # an owner who never wrote to the bot
            logger.warning("owner not told owner=%d error=%s", owner, type(exc).__name__)
        except TelegramError as exc:
            logger.warning("owner not told yet owner=%d error=%s", owner, type(exc).__name__)
            return False
        return True
