"""Pastes that a client cut into several messages: which parts belong together, and their text.

The decisions are pure; `PasteCloser` ends a paste for which nothing more has come.
"""

import asyncio
import itertools
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.inbox import Inbox, InOrderPerChat, until_committed
from bot.markup import utf16_units
from bot.outcome import Bells, Outcome, wait_for_bell, wait_for_either
from storage.database import Database
from storage.errors import StorageError
from storage.pastes import (
    PastePart,
    delete_parts,
    list_chats_with_parts,
    list_parts,
    move_deadlines,
)

logger = logging.getLogger(__name__)

FULL_MESSAGE_UNITS = 4_096
SAME_FORWARD = timedelta(seconds=60)
"""Parts of one forwarded text were first sent together; other posts of a channel were not."""
RETRY_SECONDS = 1.0

_ENDS = re.compile(r"(?:[.!?…]['\"’”»)\]]*|\n)\s*\Z")


@dataclass(frozen=True, slots=True)
class PasteRules:
    """How long a part waits for the next one, and how short the last one is. 0 ms: never."""

    join_ms: int = 0
    min_chars: int = 2_000

    @property
    def wait(self) -> timedelta:
        return timedelta(milliseconds=self.join_ms)


@dataclass(frozen=True, slots=True)
class Placement:
    """A part with those before it; `waits` says whether another one may follow."""

    parts: tuple[PastePart, ...]
    waits: bool

    @property
    def message_ids(self) -> tuple[int, ...]:
        return tuple(part.message_id for part in self.parts)


def place_part(part: PastePart, waiting: Iterable[PastePart], *, min_chars: int) -> Placement:
    """Where a new part belongs among those that wait: it follows all lower ids of its paste."""
    before = [other for other in waiting if belongs(other, part)]
    before = [other for other in before if other.message_id < part.message_id]
    parts = (*sorted(before, key=lambda other: other.message_id), part)
    return Placement(parts, waits=utf16_units(part.text) >= min_chars)


def belongs(first: PastePart, second: PastePart) -> bool:
    """Whether two texts may be parts of one paste: same sender, chat, thread and origin."""
    if _place(first) != _place(second):
        return False
    if first.origin_at is None or second.origin_at is None:
        return first.origin_at is second.origin_at
    return abs(first.origin_at - second.origin_at) <= SAME_FORWARD


def due_pastes(
    waiting: Sequence[tuple[PastePart, datetime]], now: datetime
) -> tuple[tuple[PastePart, ...], ...]:
    """The pastes of a chat of which every part has waited long enough, each in order."""
    pastes: list[list[tuple[PastePart, datetime]]] = []
    for part, deadline in sorted(waiting, key=lambda item: item[0].message_id):
        for paste in pastes:
            if belongs(paste[-1][0], part):
                paste.append((part, deadline))
                break
        else:
            pastes.append([(part, deadline)])
    return tuple(
        tuple(part for part, _ in paste)
        for paste in pastes
        if all(deadline <= now for _, deadline in paste)
    )


def join_text(parts: Sequence[PastePart]) -> str:
    """The text of a paste; what white space stood at a cut cannot be known."""
    text = parts[0].text
    for before, part in itertools.pairwise(parts):
        text = f"{text}{_glue(before.text, part.text)}{part.text}"
    return text


def _glue(before: str, after: str) -> str:
    if _ENDS.search(before):
        return "\n\n"
    # A message that is full was cut within a word; any other lost the white space at its end.
    is_full = utf16_units(before) >= FULL_MESSAGE_UNITS - 1
    within_word = is_full and before[-1:].isalnum() and after[:1].isalnum()
    return "" if within_word else " "


def _place(part: PastePart) -> tuple[int, int, int | None, str | None]:
    return part.chat_id, part.sender_id, part.thread_id, part.origin


class PasteCloser:
    """Ends the pastes whose time is over; `ask` adds the request for the digest of one."""

    def __init__(
        self,
        database: Database,
        *,
        inbox: Inbox,
        processor: InOrderPerChat,
        bells: Bells,
        rules: PasteRules,
        now: Callable[[], datetime],
        ask: Callable[[Outcome, Sequence[PastePart]], Awaitable[None]],
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._processor = processor
        self._bells = bells
        self._rules = rules
        self._now = now
        self._ask = ask
        self.is_ready = asyncio.Event()
        """Set once the pastes of an earlier run wait anew."""

    async def run(self) -> None:
        """Close pastes until the end; while Telegram may hold a next part, none is closed."""
        await self._catch_up()
        while not self._bells.ending.is_set():
            try:
                if not self._inbox.caught_up.is_set():
                    await self._catch_up()
                seconds = await self._close_due()
            except StorageError as exc:
                logger.error("pastes not closed error=%s", exc.code)
                seconds = RETRY_SECONDS
            await wait_for_bell(self._bells.pastes, seconds)

    async def _catch_up(self) -> None:
        await wait_for_either(self._inbox.caught_up, self._bells.ending)
        if self._bells.ending.is_set():
            return
        deadline = self._now() + self._rules.wait
        renew = partial(move_deadlines, bot_id=self._inbox.bot_id, deadline_at=deadline)
        await until_committed(partial(self._database.write, renew))
        self.is_ready.set()

    async def _close_due(self) -> float | None:
        """Close what is due; gives the seconds until something else is."""
        chats = await self._database.query(
            partial(list_chats_with_parts, bot_id=self._inbox.bot_id)
        )
        now = self._now()
        if any(deadline > now + self._rules.wait for _, deadline in chats):
            await self._catch_up()  # the clock was set back
            return 0.0
        for chat_id, deadline in chats:
            if deadline <= now:
                async with self._processor.turn(chat_id):
                    await self._close_in_chat(chat_id)
        later = [deadline for _, deadline in chats if deadline > now]
        return (min(later) - now).total_seconds() if later else None

    async def _close_in_chat(self, chat_id: int) -> None:
        bot_id = self._inbox.bot_id
        waiting = await self._database.query(partial(list_parts, bot_id=bot_id, chat_id=chat_id))
        for parts in due_pastes(waiting, self._now()):
            ids = tuple(part.message_id for part in parts)
            outcome = Outcome(bot_id, f"p{chat_id}.{ids[0]}", self._now())
            outcome.add(partial(delete_parts, message_ids=ids, bot_id=bot_id, chat_id=chat_id))
            await self._ask(outcome, parts)
            await until_committed(partial(self._database.write, outcome.write))
            self._bells.ring(*outcome.bells)
            logger.info("paste closed chat=%d parts=%d", chat_id, len(parts))
