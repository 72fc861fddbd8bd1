"""Kills of `nutgraf run` at chosen moments, and what must be true whatever they hit.

The moments are aimed at from the outside, by what the server sees and a random delay; what a kill
did hit is read afterwards from the rows it left and from what the server had carried out.
"""

import asyncio
import itertools
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

from bot import texts
from summarizer.language import default_model
from support.bot_api import BotApiServer, Chat, Sent, delayed
from support.news import FIRST_SPEAKER, LAST_SPEAKER, long_article, news_article
from support.running_bot import Process, RunningBot

CHATS = 30
PASTES_PER_KILL = 4
EVENT_S = 15.0
"""So long is waited for a moment; then the kill comes all the same."""
IN_FLIGHT_S = 0.2
ON_THE_WAY_S = 0.2
SETTLE_S = 120.0
SHORT = "Dockers in Bergen will strike on Monday, said Ilse Tarrow, head of union {number}."
HIT = (
    ("fetched, not committed", "SELECT 0"),
    ("committed, not worked on", "SELECT count(*) FROM updates WHERE state = 'pending'"),
    ("waiting for the next part", "SELECT count(*) FROM paste_parts"),
    ("being digested", "SELECT count(*) FROM jobs WHERE state = 'running'"),
    ("job waiting", "SELECT count(*) FROM jobs WHERE state = 'queued'"),
    ("committed, not sent", "SELECT count(*) FROM deliveries WHERE state = 'queued'"),
)
"""What a kill may find, and how many rows say so."""
SENT, STARTING, NOTHING = "sent, not noted", "starting", "nothing"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that is to be answered once: by a reply, or by these words."""

    chat: Chat
    message_id: int
    words: tuple[str, ...] = ()


@dataclass(slots=True)
class Found:
    """What many kills found, and what they broke."""

    kills: int = 0
    asked: int = 0
    repeated: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Found") -> None:
        self.kills += other.kills
        self.asked += other.asked
        self.repeated += other.repeated
        self.hit += other.hit
        self.faults += other.faults


class Killing:
    """One bot with one database, killed again and again while people write to it."""

    def __init__(
        self,
        server: BotApiServer,
        folder: Path,
        gazetteer: Path,
        *,
        seed: int,
        launch: Callable[[Path, Path], Process] | None = None,
    ) -> None:
        settings = {
            "limits": {"paste_join_ms": 400, "digests_per_hour": 100_000},
            "digest": {"model": default_model()},  # named, it is loaded by workers alone
        }
        self.found = Found()
        self._name = f"seed {seed}"
        self._random = Random(seed)
        self._server = server
        self._bot = RunningBot(server, folder, gazetteer, settings, launch=launch)
        self._chats = [server.user(number) for number in range(1, CHATS + 1)]
        self._numbers = itertools.count(1)
        self._asked: list[Asked] = []
        self._quiet_until = dict.fromkeys(self._chats, 0.0)
        """People send nothing between the parts of a paste."""
        self._unnoted: set[tuple[int, int]] = set()
        """Messages that were sent, while a kill kept that from being noted."""

    async def run(self, kills: int) -> Found:
        """Kill so often, let the bot end its work, and tell what was found."""
        moments = tuple(MOMENTS.values())
        try:
            for _ in range(kills):
                self._write()
                await self._random.choice(moments)(self)
                self._bot.kill()
                self._server.heal()
                self._look()
            self._bot.launch()
            await self._server.wait_for(
                lambda s: self._bot.has_ended or self._is_settled(), SETTLE_S, what="settled"
            )
            await self._bot.stop()
        except AssertionError as exc:
            self._fault(f"{exc} {self._bot.log[-2_000:]}")
        finally:
            self._bot.clear_away()
        self._judge()
        return self.found

    def _is_settled(self) -> bool:
        return self._server.unconfirmed == 0 and self._bot.open_work() == 0

    def _fault(self, words: str) -> None:
        self.found.faults.append(f"{self._name}: {words}")

    # What people write

    def _write(self) -> None:
        for _ in range(PASTES_PER_KILL):
            chat, number = self._choose_chat(), next(self._numbers)
            kind = self._random.choice(("short", "article", "paste", "command"))
            if kind == "short":
                ask = Asked(chat, chat.send_text(SHORT.format(number=number)))
            elif kind == "article":
                ask = Asked(chat, chat.send_text(news_article(number)), (FIRST_SPEAKER,))
            elif kind == "paste":
                text = long_article(number, units=4_500)
                gap_ms = self._random.choice((5, 60, 300))
                first_id, _ = chat.send_parts([text[:4_000], text[4_000:]], gap_ms=gap_ms)
                self._quiet_until[chat] = monotonic() + gap_ms / 1_000 + ON_THE_WAY_S
                ask = Asked(chat, first_id, (FIRST_SPEAKER, LAST_SPEAKER))
            else:
                ask = Asked(chat, chat.send_text("/help"), (texts.HELP,))
            self._asked.append(ask)

    def _choose_chat(self) -> Chat:
        now = monotonic()
        return self._random.choice([c for c in self._chats if self._quiet_until[c] <= now])

    # When it is killed

    async def at_start(self) -> None:
        """Anywhen from the start of the process to the first updates."""
        self._bot.launch()
        await asyncio.sleep(self._random.uniform(0, 0.8))

    async def after_fetch(self) -> None:
        """Updates are on their way to the bot, or have just come."""
        await self._start()
        polls = len(self._server.calls("getUpdates"))
        self._write()
        await self._until(lambda s: len(s.calls("getUpdates")) > polls)
        await asyncio.sleep(self._random.uniform(0, 0.03))

    async def during_digest(self) -> None:
        actions = len(self._server.calls("sendChatAction"))
        await self._start()
        await self._until(lambda s: len(s.calls("sendChatAction")) > actions)
        await asyncio.sleep(self._random.uniform(0, 0.15))

    async def during_send(self) -> None:
        """A message is sent, and its answer is under way."""
        sent = len(self._server.sent())
        self._server.fail("sendMessage", delayed(IN_FLIGHT_S), times=3)
        await self._start()
        await self._until(lambda s: len(s.sent()) > sent)
        await asyncio.sleep(self._random.choice((0, IN_FLIGHT_S, IN_FLIGHT_S)))

    async def after_answer(self) -> None:
        """Telegram has answered, which may be noted or not."""
        answers = len(self._server.calls("sendMessage"))
        await self._start()
        await self._until(lambda s: len(s.calls("sendMessage")) > answers)
        await asyncio.sleep(self._random.uniform(0, 0.01))

    async def anywhen(self) -> None:
        await self._start()
        await asyncio.sleep(self._random.uniform(0, 1.5))

    async def _start(self) -> None:
        polls = len(self._server.calls("getUpdates"))
        self._bot.launch()
        await self._until(lambda s: len(s.calls("getUpdates")) > polls or s.polls_waiting)

    async def _until(self, condition: Callable[[BotApiServer], object]) -> None:
        with suppress(AssertionError):
            await self._server.wait_for(lambda s: self._bot.has_ended or condition(s), EVENT_S)
        if self._bot.has_ended:
            raise AssertionError("the bot ended by itself")

    # What is found

    def _look(self) -> None:
        """Count what the kill has hit."""
        self.found.kills += 1
        if not self._bot.database.exists():
            self.found.hit[STARTING] += 1
            return
        with closing(sqlite3.connect(self._bot.database)) as conn:
            hit = {name for name, query in HIT if _count(conn, query)}
            noted = _noted(conn)
        new = [s for s in self._server.sent() if (s.chat_id, s.message_id) not in noted]
        new = [s for s in new if (s.chat_id, s.message_id) not in self._unnoted]
        for (chat_id, reply_to, _), copies in Counter(map(_identity, new)).items():
            if copies > 1:
                self._fault(f"chat {chat_id}: answer to {reply_to} sent {copies} times in one life")
        self._unnoted.update((s.chat_id, s.message_id) for s in new)
        hit |= {SENT} if new else set()
        hit |= {HIT[0][0]} if self._server.unconfirmed else set()
        self.found.hit.update(hit or {NOTHING})

    def _judge(self) -> None:
        """Everything answered; nothing twice but what a kill kept from being noted; in order."""
        self.found.asked = len(self._asked)
        with closing(sqlite3.connect(self._bot.database)) as conn:
            noted = _noted(conn)
            if (state := conn.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                self._fault(f"database {state}")
        for sent in self._server.sent():
            if (sent.chat_id, sent.message_id) not in noted | self._unnoted:
                self._fault(f"chat {sent.chat_id}: message {sent.message_id} is in no row")
        for chat in self._chats:
            self._judge_chat(chat, [s for s in chat.sent if (chat.id, s.message_id) in noted])
        self.found.repeated = len(self._server.sent()) - len(self._asked)
        self.found.faults += [f"{self._name}: {words}" for words in self._server.violations]

    def _judge_chat(self, chat: Chat, answers: list[Sent]) -> None:
        asked = [ask for ask in self._asked if ask.chat.id == chat.id]
        helps = [sent for sent in answers if sent.text == texts.HELP]
        if len(helps) != sum(ask.words == (texts.HELP,) for ask in asked):
            self._fault(f"chat {chat.id}: {len(helps)} answers to /help")
        digests = [sent for sent in answers if sent.text != texts.HELP]
        replies = Counter(sent.reply_to for sent in digests)
        for ask in asked:
            if ask.words == (texts.HELP,):
                continue
            if replies.pop(ask.message_id, 0) != 1:
                self._fault(f"chat {chat.id}: message {ask.message_id} not answered once")
                continue
            (answer,) = (sent for sent in digests if sent.reply_to == ask.message_id)
            if not all(word in answer.text for word in ask.words):
                self._fault(f"chat {chat.id}: wrong answer to {ask.message_id}: {answer.text!r}")
        if replies:
            self._fault(f"chat {chat.id}: nobody asked for {dict(replies)}")
        order = [s.reply_to or 0 for s in chat.sent if s.text != texts.HELP]
        if order != sorted(order):
            self._fault(f"chat {chat.id}: out of order {order}")


MOMENTS: Mapping[str, Callable[[Killing], Awaitable[None]]] = {
    "start": Killing.at_start,
    "fetch": Killing.after_fetch,
    "digest": Killing.during_digest,
    "send": Killing.during_send,
    "answer": Killing.after_answer,
    "any": Killing.anywhen,
}


def _identity(sent: Sent) -> tuple[int, int | None, str]:
    return sent.chat_id, sent.reply_to, sent.text


def _count(conn: sqlite3.Connection, query: str) -> int:
    try:
        return int(conn.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # killed before there were tables
        return 0


def _noted(conn: sqlite3.Connection) -> set[tuple[int, int]]:
    """The messages of which the database knows that they were sent."""
    query = "SELECT chat_id, message_id FROM deliveries WHERE state = 'sent'"
    with suppress(sqlite3.OperationalError):
        return set(conn.execute(query))
    return set()
