"""The real application over the in-process Bot API, and a digester that needs no model."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from bot.application import NutgrafApplication
from bot.context import Retention, Services
from bot.life import Life
from bot.limiter import Limiter, Timer
from bot.local_api import LocalBotApi
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_checks import RequestRefused, bad_request
from bot.local_events import ActionShown, MessageSent, PressAnswered
from bot.render import DigestLayout
from bot.terminal import local_life, running, wait_until_answered
from fetcher.document import parse_document
from fetcher.errors import Obstacle, Unreachable
from fetcher.feed import parse_feed
from fetcher.models import Feed, Fetched, FoundFeeds
from fetcher.page import Page
from storage.database import Database
from summarizer.errors import EmptyText
from summarizer.models import Article, Digest, KeyPoint, Location, Speaker

T = TypeVar("T")
NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
GROUP = LocalChat(id=-1_001, type="supergroup", title="Newsroom", user_id=7)


@dataclass(slots=True)
class FakeFetcher:
    """Gives what a test has put at an address, or raises it; notes what is asked for."""

    pages: dict[str, Fetched | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None

    def put(self, url: str, text: str, *, moved_to: str | None = None, status: int = 200) -> None:
        """Have a page with this text at an address, perhaps where a redirect leads."""
        self.pages[url] = Fetched(moved_to or url, url, status, "text/html", None, text.encode())

    async def fetch(self, url: str, /) -> Fetched:
        self.asked.append(url)
        if self.gate is not None:
            await self.gate.wait()
        found = self.pages.get(url) or Unreachable(url, "no_such_host")
        if isinstance(found, Exception):
            raise found
        return found


class FakeFeedReader:
    """Reads feeds in this process, which is for bodies that a test has written."""

    async def read(self, fetched: Fetched, /) -> Feed | FoundFeeds:
        return parse_feed(fetched.body, url=fetched.url, content_type=fetched.content_type)


@dataclass(slots=True)
class FakeDigester:
    """Finds one key point, the first line with a letter; counts what it is asked.

    A page is its own article, under the title "Page". The speakers and places are always the
    same, and so is what `run` gives.
    """

    method: str = "fake/1"
    revision: str = "1"
    locations: tuple[Location, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    picture: bytes = b"picture"
    obstacle: Obstacle | None = None
    is_cut: bool = False
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    errors: deque[Exception] = field(default_factory=deque)
    gate: asyncio.Event | None = None
    started: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    """Can be acquired once for each article that was begun."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        self.calls.append((function, *args))
        if self.errors:
            raise self.errors.popleft()
        return cast(T, self.picture)

    async def read(self, fetched: Fetched, /) -> Page:
        article = Article(fetched.body.decode(), title="Page", url=fetched.url)
        return Page(article, obstacle=self.obstacle, is_cut=self.is_cut)

    async def read_file(
        self, body: bytes, /, *, name: str | None, content_type: str | None
    ) -> Article:
        return parse_document(body, name=name, content_type=content_type)

    async def digest(self, article: Article) -> Digest:
        self.articles.append(article)
        self.started.release()
        if self.gate is not None:
            await self.gate.wait()
        if self.errors:
            raise self.errors.popleft()
        start = 0
        for line in article.text.splitlines(keepends=True):
            if any(map(str.isalnum, line)):
                point = KeyPoint(line, start, start + len(line), 1)
                return Digest(
                    article,
                    self.method,
                    key_points=(point,),
                    locations=self.locations,
                    speakers=self.speakers,
                )
            start += len(line)
        raise EmptyText


class RunsHere(FakeDigester):
    """Runs what is heavy here and now, instead of in a worker process."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return function(*args)


@dataclass(frozen=True, slots=True)
class Gate:
    """Calls set `asked`, and wait until `open` is set."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)


class FaultyApi(LocalBotApi):
    """Refuses the next calls of a method that a test has set up; keeps the parameters of all."""

    def __init__(self, *, first_message_id: int = 1) -> None:
        super().__init__(first_message_id=first_message_id)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: dict[str, deque[RequestRefused]] = {}
        self.results: dict[str, Any] = {}
        """What further methods answer, by their lower-case names."""
        self._gates: dict[str, Gate] = {}

    def hold(self, method: str) -> Gate:
        """Have the calls of a method wait from now on."""
        return self._gates.setdefault(method.lower(), Gate())

    def refuse(self, method: str, *refusals: RequestRefused | str) -> None:
        self.refusals[method.lower()] = deque(
            bad_request(refusal) if isinstance(refusal, str) else refusal for refusal in refusals
        )

    def forget_message(self, message_id: int, chat: LocalChat = PRIVATE_CHAT) -> None:
        """Leave of a message what the server still knows of one that it no longer gives out."""
        gone = {"chat": chat.to_dict(), "message_id": message_id, "date": 0}
        self._messages[chat.id, message_id] = gone

    async def answer(self, method: str, parameters: Mapping[str, Any]) -> Any:
        self.calls.append((method, dict(parameters)))
        if gate := self._gates.get(method.lower()):
            gate.asked.set()
            await gate.open.wait()
        if refusals := self.refusals.get(method.lower()):
            raise refusals.popleft()
        if method.lower() in self.results:
            return self.results[method.lower()]
        return await super().answer(method, parameters)

    def parameters_of(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]


@dataclass(frozen=True, slots=True)
class Chatting:
    """A started bot and the people who write to it; each call returns what the bot answered."""

    api: FaultyApi
    life: Life
    services: Services

    @property
    def application(self) -> NutgrafApplication:
        return self.life.application

    @property
    def digester(self) -> FakeDigester:
        assert isinstance(self.services.digester, FakeDigester)
        return self.services.digester

    @property
    def fetcher(self) -> FakeFetcher:
        assert isinstance(self.services.fetcher, FakeFetcher)
        return self.services.fetcher

    async def say(
        self, text: str, chat: LocalChat = PRIVATE_CHAT, **fields: Any
    ) -> list[MessageSent]:
        seen = len(self.api.events)
        await self.api.write(text, chat, **fields)
        return await self.answers(seen)

    async def attach(
        self,
        content: bytes,
        name: str = "article.txt",
        chat: LocalChat = PRIVATE_CHAT,
        **fields: Any,
    ) -> list[MessageSent]:
        seen = len(self.api.events)
        await self.api.attach(content, name, chat, **fields)
        return await self.answers(seen)

    async def press(
        self, data: str, message_id: int, chat: LocalChat = PRIVATE_CHAT
    ) -> tuple[list[MessageSent], list[PressAnswered]]:
        seen = len(self.api.events)
        await self.api.press(data, message_id, chat)
        sent = await self.answers(seen)
        return sent, [e for e in self.api.events[seen:] if isinstance(e, PressAnswered)]

    async def receive(self, **update: Any) -> list[MessageSent]:
        """What the bot answers to an update of any kind."""
        seen = len(self.api.events)
        await self.api.add_update(update)
        return await self.answers(seen)

    async def answers(self, seen: int = 0) -> list[MessageSent]:
        await wait_until_answered(self.api, self.life)
        return [event for event in self.api.events[seen:] if isinstance(event, MessageSent)]

    def actions(self) -> list[ActionShown]:
        return [event for event in self.api.events if isinstance(event, ActionShown)]


def make_services(database: Database, digester: Any = None) -> Services:
    """Services that reach nothing outside of this process, at a time that stands still."""
    return Services(
        digester=digester or FakeDigester(),
        database=database,
        layout=DigestLayout(),
        fetcher=FakeFetcher(),
        feed_reader=FakeFeedReader(),
        retention=Retention(backup_days=7),
        now=lambda: NOW,
    )


@asynccontextmanager
async def chatting(
    database: Database,
    *,
    digester: Any = None,
    services: Services | None = None,
    bot_id: int | None = None,
    first_message_id: int = 1,
    limiter: Limiter | None = None,
    timer: Timer | None = None,
) -> AsyncIterator[Chatting]:
    """The bot, started; with a FakeDigester unless another one is given."""
    services = services or make_services(database, digester)
    api = FaultyApi(first_message_id=first_message_id)
    life = local_life(api, services, limiter=limiter, timer=timer or Timer(sleep=no_sleep))
    async with running(life, bot_id=bot_id):
        yield Chatting(api, life, services)


async def no_sleep(seconds: float) -> None:
    """Let others work instead of waiting."""
    await asyncio.sleep(0)


def make_message(**fields: object) -> dict[str, object]:
    """A Message of a person in the private chat, with these further fields."""
    return {
        "message_id": 1_000,
        "date": 1,
        "chat": PRIVATE_CHAT.to_dict(),
        "from": {"id": 1, "is_bot": False, "first_name": "You"},
        **fields,
    }
