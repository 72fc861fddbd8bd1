"""The bot in a terminal: the same application, over the Bot API that answers from memory."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from functools import partial
from html import escape
from io import TextIOWrapper
from pathlib import Path
from shutil import get_terminal_size
from typing import TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from telegram.ext import ApplicationBuilder

from bot import texts
from bot.application import ALLOWED_UPDATES
from bot.backups import backup_plan
from bot.config import Config, storage_url, user_file, wants_plain_terminal
from bot.context import Services
from bot.errors import BotError
from bot.exits import EXIT_DATABASE, EXIT_INTERRUPTED, EXIT_REFUSED, EXIT_TRY_AGAIN
from bot.fetching import make_fetcher
from bot.life import Life
from bot.limiter import Limiter, Timer
from bot.local_api import BASE_FILE_URL, BASE_URL, TOKEN, LocalBotApi
from bot.local_checks import Button
from bot.local_events import (
    ActionShown,
    DocumentSent,
    Event,
    MessageSent,
    PhotoSent,
    PressAnswered,
    VenueSent,
)
from bot.plain import html_to_terminal
from bot.services import make_delivery_rules, make_follow_rules, make_layout, make_retention
from bot.starter_topics import starter_topics
from fetcher.document import find_kind
from fetcher.errors import FetchError
from newsroom.digesting import Digester, DigestSettings
from newsroom.parsing import FeedReader
from storage.conversations import conversation_id, erase_conversation, erase_conversations
from storage.database import open_database, shared_use
from storage.errors import StorageError
from summarizer.errors import InputError
from summarizer.models import Article

QUIT = "/quit"
PROMPT = "> "
BUSY_PROMPT = "… "
MAX_WIDTH = 100


async def chat(config: Config, settings: DigestSettings, *, once: Path | None) -> int:
    """Open what the bot needs and talk to it; returns the exit code."""
    if config.log.level == "info":  # a conversation is no place for what goes well
        logging.getLogger().setLevel(logging.WARNING)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    url, began_ns = storage_url(config), time.time_ns()
    async with Digester(settings) as digester, open_database(url) as database:
        plan = backup_plan(config)
        await database.migrate(copies=plan.folder if plan else None)
        if once is None and sys.stdin.isatty():
            digester.submit(Article("Ready."))  # the model loads while the welcome is read
        reader = FeedReader()
        services = Services(
            digester=digester,
            database=database,
            layout=make_layout(config),
            fetcher=make_fetcher(config),
            feed_reader=reader,
            follow_rules=make_follow_rules(config, delivers=False),
            max_text_chars=config.limits.max_text_chars,
            gazetteer=settings.gazetteer,
            retention=make_retention(config),
            delivery=make_delivery_rules(config),
            starters=starter_topics(config),
        )
        with shared_use(url) as is_alone, reader:
            if is_alone:
                async with database.begin() as conn:
                    await erase_conversations(conn, began_before_ns=began_ns)
            return await run_chat(
                services, once=once, stdin=sys.stdin, stdout=sys.stdout, pictures=user_file("maps")
            )


async def run_chat(
    services: Services, *, once: Path | None, stdin: TextIO, stdout: TextIO, pictures: Path
) -> int:
    """Talk until the end of input; one message only with `once` or without a terminal.

    Pictures that the bot sends are written to files in the folder `pictures`.
    """
    # Ids go on where the last run ended, as they do in Telegram.
    api = LocalBotApi(first_message_id=int(time.time()))
    failures: list[Exception] = []
    life = local_life(api, services, on_failure=failures.append)
    bot_id = conversation_id(time.time_ns())
    async with running(life, bot_id=bot_id):
        if once is None and stdin.isatty():
            code = await Conversation(api, life, stdout, pictures).run()
        else:
            content = await asyncio.to_thread(once.read_bytes if once else stdin.buffer.read)
            await send_content(api, content, once.name if once else "message.txt")
            await wait_until_answered(api, life)
            for event in api.events:
                stdout.write(render_event(event, pictures, color=shows_styles(stdout)))
            code = exit_code(failures[0]) if failures else 0
    async with services.database.begin() as conn:
        unmade = await erase_conversation(conn, bot_id)
    if unmade:
        stdout.write(f"{texts.cancelled(0, unmade)}\n")
    stdout.flush()
    return code


def local_life(
    api: LocalBotApi,
    services: Services,
    *,
    on_failure: Callable[[Exception], object] | None = None,
    limiter: Limiter | None = None,
    timer: Timer | None = None,
) -> Life:
    """The whole bot over the Bot API in this process; only links make it open a socket."""
    life = Life(services, on_failure=on_failure, limiter=limiter, timer=timer)
    builder = (
        ApplicationBuilder()
        .token(TOKEN)
        .base_url(BASE_URL)
        .base_file_url(BASE_FILE_URL)
        .request(api)
    )
    life.build(builder, api)
    return life


@asynccontextmanager
async def running(life: Life, *, bot_id: int | None = None) -> AsyncIterator[None]:
    """The bot, fetching and answering updates as long as the block lasts.

    Each conversation has rows of its own, unless it is given the id of another one to go on with.
    """
    application = life.application
    if application.updater is None:
        raise RuntimeError("the application has no updater")
    async with application:
        await application.start()
        await life.start(conversation_id(time.time_ns()) if bot_id is None else bot_id)
        await application.updater.start_polling(allowed_updates=ALLOWED_UPDATES)
        try:
            yield
        finally:
            await application.updater.stop()
            await life.stop(jobs_grace=0, sends_grace=1)
            await application.stop()


async def wait_until_answered(api: LocalBotApi, life: Life) -> None:
    """Return when every update that was queued before has been fetched and answered."""
    await api.wait_until_fetched()
    await life.application.update_queue.join()
    await life.wait_until_settled()


async def send_content(api: LocalBotApi, content: bytes, name: str) -> None:
    """Send a text as one message; what no client would send as text goes as a file."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text.strip() and find_kind(name) in (None, "text"):
        await api.write(text)
    else:
        await api.attach(content, name)


def exit_code(failure: Exception) -> int:
    if isinstance(failure, FetchError):
        return EXIT_TRY_AGAIN if failure.retryable else EXIT_REFUSED
    if isinstance(failure, InputError | BotError):
        return EXIT_REFUSED
    return EXIT_DATABASE if isinstance(failure, StorageError) else EXIT_TRY_AGAIN


def render_event(event: Event, pictures: Path, *, color: bool) -> str:
    """What a person sees of an event: a message with its buttons numbered, a toast, or nothing.

    A picture or file is written into the folder `pictures`, and its path is told.
    """
    match event:
        case MessageSent():
            html = event.markup or escape(event.text)
        case PhotoSent():
            path = _write_file(pictures, f"map-{event.message_id}.png", event.content)
            html = escape(f"{texts.picture_written(str(path))}\n{event.caption}")
        case DocumentSent():
            path = _write_file(pictures, event.name, event.content)
            html = escape(texts.file_written(event.name, str(path)))
        case VenueSent():
            html = escape(f"{event.title}\n{event.address}\n{event.latitude}, {event.longitude}")
        case PressAnswered() if event.text:
            return f"({event.text})\n\n"
        case _:
            return ""
    width = min(get_terminal_size().columns, MAX_WIDTH)
    body = html_to_terminal(html, color=color, width=width)
    rows = _button_rows(event)
    return "\n".join((body, "", *rows, "")) if rows else f"{body}\n\n"


def _button_rows(event: Event) -> list[str]:
    if not isinstance(event, MessageSent | PhotoSent):
        return []
    links = [button for row in event.keyboard for button in row if button.url]
    choices = enumerate(choices_of(event), start=1)
    rows = [f"[{number}] {button.text}" for number, button in choices]
    return rows + [f"{button.text}: {button.url}" for button in links]


def _write_file(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def shows_styles(stdout: TextIO) -> bool:
    """Whether bold and italic reach a person there."""
    return stdout.isatty() and not wants_plain_terminal()


def choices_of(message: MessageSent | PhotoSent) -> list[Button]:
    """The buttons that can be pressed by their number."""
    return [button for row in message.keyboard for button in row if button.data]


class _End(Enum):
    """How a conversation ends."""

    OF_INPUT = auto()
    ASKED_FOR = auto()
    INTERRUPTED = auto()


class Conversation:
    """A person at the terminal. A number presses that button of the last message with buttons."""

    def __init__(self, api: LocalBotApi, life: Life, stdout: TextIO, pictures: Path) -> None:
        self._api = api
        self._life = life
        self._stdout = stdout
        self._pictures = pictures
        self._session: PromptSession[str] = PromptSession(reserve_space_for_menu=0)
        self._buttons: MessageSent | PhotoSent | None = None
        self._is_busy = False
        self._events: asyncio.Queue[Event] = asyncio.Queue()

    async def run(self) -> int:
        """Talk until the end of input, when what was asked before is answered first.

        /quit and Ctrl-C end it at once. Returns the exit code.
        """
        self._api.on_event = self._events.put_nowait
        self._write(f"{texts.CHAT_HINT}\n\n")
        async with asyncio.TaskGroup() as tasks:
            viewer = tasks.create_task(self._view())
            await self._api.write("/start")
            while (end := await self._send_next()) is None:
                pass
            if end is _End.OF_INPUT:
                await wait_until_answered(self._api, self._life)
            await self._events.join()
            viewer.cancel()
        return EXIT_INTERRUPTED if end is _End.INTERRUPTED else 0

    async def _send_next(self) -> "_End | None":
        """Send what is typed or pasted next; gives the end when it has come."""
        try:
            text = await self._session.prompt_async(self._prompt)
        except KeyboardInterrupt:
            drops_line = self._session.default_buffer.text and not self._is_busy
            return None if drops_line else _End.INTERRUPTED
        except EOFError:
            return _End.OF_INPUT
        if text.strip() == QUIT:
            return _End.ASKED_FOR
        button = self._chosen(text.strip())
        if button is not None and self._buttons is not None:
            await self._api.press(button.data or "", self._buttons.message_id)
        elif text.strip():
            await self._api.write(text)
        return None

    def _prompt(self) -> str:
        return BUSY_PROMPT if self._is_busy else PROMPT

    def _chosen(self, text: str) -> Button | None:
        choices = choices_of(self._buttons) if self._buttons is not None else []
        is_choice = text.isdecimal() and 1 <= int(text) <= len(choices)
        return choices[int(text) - 1] if is_choice else None

    async def _view(self) -> None:
        while True:
            event = await self._events.get()
            try:
                await self._show(event)
            finally:
                self._events.task_done()

    async def _show(self, event: Event) -> None:
        self._is_busy = isinstance(event, ActionShown)
        if isinstance(event, MessageSent | PhotoSent) and choices_of(event):
            self._buttons = event
        shown = render_event(event, self._pictures, color=shows_styles(self._stdout))
        if shown:
            await run_in_terminal(partial(self._write, shown))
        self._session.app.invalidate()

    def _write(self, text: str) -> None:
        self._stdout.write(text)
        self._stdout.flush()
