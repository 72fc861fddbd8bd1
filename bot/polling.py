"""`nutgraf run`: the bot in Telegram, from its start to its end, and what each end is called."""

import asyncio
import logging
import os
import signal
import threading
from collections import deque
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationBuilder
from telegram.request import HTTPXRequest

from bot import database_texts
from bot.alarms import Alarms
from bot.application import ALLOWED_UPDATES
from bot.backups import BackupPlan, backup_plan
from bot.config import Config, ConfigError, api_root, read_token, storage_url
from bot.context import Services
from bot.exits import EXIT_TOKEN, EXIT_TRY_AGAIN
from bot.failures import tell_owners_hourly
from bot.life import Life
from bot.limiter import Limiter, Timer
from bot.logging_setup import describe_error, log_loop_failure
from bot.menu import show_menu
from bot.newsdesk import news_settings
from bot.rates import Rates, SendLimits
from bot.send_errors import seconds_of
from bot.services import make_services
from bot.upkeep import Upkeep
from newsroom.digesting import Digester, DigestSettings
from newsroom.parsing import FeedReader
from storage.database import exclusive_use, open_database
from summarizer.models import Article

logger = logging.getLogger(__name__)

CONNECTIONS = 256
SENT_FIELDS = ("message_id", "date", "chat")
POLL_SECONDS = 10
CONNECT_RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0)
MAX_CONFLICTS = 6
CONFLICTS_WITHIN_S = 120.0
"""So often in so short a time is more than a program that was told to stop, which takes 12 s."""
JOBS_GRACE_S = 4.0
SENDS_GRACE_S = 2.0
STOP_SECONDS = 10.0
HARD_STOP_SECONDS = 11.5


class AskingRequest(HTTPXRequest):
    """Asks Telegram; of a message that was sent it hands on what says which one that is.

    The rest is what was sent and what it replies to: objects of that cost a tenth of a reply.
    """

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        answer = HTTPXRequest.parse_json_payload(payload)
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result:
            answer["result"] = {name: result[name] for name in SENT_FIELDS if name in result}
        return answer


class Ended(Exception):
    """The bot cannot go on; `code` is the exit code, and the words say why."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


async def run_bot(config: Config, settings: DigestSettings) -> int:
    """Run until SIGTERM or until it cannot go on; returns the exit code."""
    token = read_token(config)
    asyncio.get_running_loop().set_exception_handler(log_loop_failure)
    stop = _stop_signal()
    url, plan = storage_url(config), backup_plan(config)
    with exclusive_use(url):
        async with Digester(settings) as digester, open_database(url) as database:
            kept = await database.migrate(copies=plan.folder if plan else None)
            digester.submit(Article("Ready."))  # the model loads while Telegram is asked
            with FeedReader() as feed_reader:
                services = make_services(config, digester, database, feed_reader)
                life = make_life(config, services, token=token, workers=settings.workers)
                upkeep = make_upkeep(life, plan, kept=kept) if plan is not None else None
                try:
                    await _run_until(stop, life, upkeep)
                except Ended as ended:
                    logger.critical("%s", ended)
                    return ended.code
    logger.info("stopped")
    return 0


def make_life(config: Config, services: Services, *, token: str, workers: int) -> Life:
    """The bot over HTTP, not started."""
    limits = SendLimits(group_per_minute=config.limits.group_messages_per_minute)
    life = Life(
        services,
        workers=workers,
        limiter=Limiter(Rates(limits), Timer()),
        news=news_settings(config),
    )
    root, proxy = api_root(config), config.telegram.proxy or None
    try:
        asking = AskingRequest(CONNECTIONS, proxy=proxy, pool_timeout=5)
        fetching = HTTPXRequest(1, proxy=proxy)
    except (RuntimeError, ValueError) as exc:
        raise ConfigError("telegram.proxy", "is no proxy that can be used") from exc
    builder = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{root}/bot")
        .base_file_url(f"{root}/file/bot")
        .request(asking)
    )
    life.build(builder, fetching)
    return life


def make_upkeep(life: Life, plan: BackupPlan, *, kept: Path | None) -> Upkeep:
    """What looks after the bot's database; `kept` is the copy made of one with an old schema."""
    services = life.services
    if kept is not None:
        logger.warning("schema brought up to date, earlier database kept as %s", kept)
    return Upkeep(
        services.database,
        alarms=Alarms(life.application.bot, services.access.owners),
        plan=plan,
        now=services.now,
        fetched=lambda: life.inbox.fetched,
        news=database_texts.schema_kept(str(kept)) if kept else None,
    )


def _stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT. Whatever happens then, the process ends within 12 s."""
    stop = asyncio.Event()

    def ask_to_stop() -> None:
        if not stop.is_set():
            logger.info("stopping")
            # All that is not done is in the database, so ending hard loses nothing.
            timer = threading.Timer(HARD_STOP_SECONDS, os._exit, (0,))
            timer.daemon = True
            timer.start()
        stop.set()

    for asked in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(asked, ask_to_stop)
    return stop


async def _run_until(stop: asyncio.Event, life: Life, upkeep: Upkeep | None) -> None:
    stopping = asyncio.create_task(stop.wait())
    connecting = asyncio.create_task(_connect(life))
    try:
        await asyncio.wait((stopping, connecting), return_when=asyncio.FIRST_COMPLETED)
        if not connecting.done():
            return
        await connecting
        async with _started(life, upkeep) as conflict:
            await _first_of(
                stopping,
                _raise_when(life.inbox.token_refused, REFUSED, EXIT_TOKEN),
                _raise_when(life.sender.token_refused, REFUSED, EXIT_TOKEN),
                _raise_when(conflict, CONFLICT, EXIT_TRY_AGAIN),
                _watch(life),
            )
    finally:
        connecting.cancel()
        stopping.cancel()
        with suppress(asyncio.CancelledError, Ended):
            await connecting
        with suppress(TelegramError):
            await life.application.shutdown()


async def _watch(life: Life) -> None:
    try:
        await life.watch()
    except Exception as exc:
        raise Ended(f"A part of the bot ended by {describe_error(exc)}", EXIT_TRY_AGAIN) from exc


async def _connect(life: Life) -> None:
    """Ask Telegram who we are; raises Ended where it refuses the token or is not there."""
    bot = life.application.bot
    for wait in (*CONNECT_RETRY_SECONDS, None):
        try:
            await life.application.initialize()
            await bot.delete_webhook()  # of an earlier set-up; updates that wait are kept
        except InvalidToken as exc:
            raise Ended(REFUSED, EXIT_TOKEN) from exc
        except TelegramError as exc:
            if wait is None:
                raise Ended(NOT_THERE, EXIT_TRY_AGAIN) from exc
            logger.warning("%s", word_trouble(exc))
            await asyncio.sleep(max(wait, seconds_of(exc)) if isinstance(exc, RetryAfter) else wait)
        else:
            logger.info("connected bot=%d", bot.id)
            return


@asynccontextmanager
async def _started(life: Life, upkeep: Upkeep | None) -> AsyncIterator[asyncio.Event]:
    """The bot at work; gives an event that is set when another one keeps taking its updates."""
    application, updater = life.application, life.application.updater
    if updater is None:
        raise RuntimeError("the application has no updater")
    trouble = Trouble(life)
    await application.start()
    await life.start(application.bot.id)
    await updater.start_polling(
        timeout=timedelta(seconds=POLL_SECONDS),
        bootstrap_retries=len(CONNECT_RETRY_SECONDS),
        allowed_updates=ALLOWED_UPDATES,
        error_callback=trouble.note,
    )
    tell_sender = partial(life.bells.ring, "deliveries")
    aside = (
        asyncio.create_task(show_menu(application.bot, life.services.access.owners)),
        asyncio.create_task(
            tell_owners_hourly(
                life.services,
                bot_id=application.bot.id,
                on_queued=tell_sender,
            )
        ),
        *((asyncio.create_task(upkeep.run()),) if upkeep is not None else ()),
    )
    try:
        yield trouble.conflict
    finally:
        for task in aside:
            task.cancel()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(
                    _quietly(updater.stop()),
                    life.stop(jobs_grace=JOBS_GRACE_S, sends_grace=SENDS_GRACE_S),
                    *aside,
                    return_exceptions=True,
                )
                await application.stop()
        except TimeoutError:
            logger.warning("stopped in the middle of something; it is taken up at the next start")


async def _quietly(stopping: Coroutine[Any, Any, None]) -> None:
    """Stop fetching; a refused token, which ended it, is raised here once more."""
    with suppress(TelegramError, RuntimeError):
        await stopping


class Trouble:
    """Words for what goes wrong with fetching, each kind once until fetching works again."""

    def __init__(self, life: Life) -> None:
        self.conflict = asyncio.Event()
        self._life = life
        self._fetched = -1
        self._told: set[str] = set()
        self._conflicts: deque[float] = deque(maxlen=MAX_CONFLICTS)

    def note(self, error: TelegramError) -> None:
        if self._fetched != self._life.inbox.fetched:
            self._fetched = self._life.inbox.fetched
            self._told.clear()
        words = word_trouble(error)
        if words not in self._told:
            self._told.add(words)
            logger.warning("%s", words)
        if isinstance(error, Conflict):
            # Counted although it fetches in between: two programs may take turns for ever.
            now = asyncio.get_running_loop().time()
            self._conflicts.append(now)
            is_full = len(self._conflicts) == MAX_CONFLICTS
            if is_full and now - self._conflicts[0] <= CONFLICTS_WITHIN_S:
                self.conflict.set()


async def _raise_when(event: asyncio.Event, words: str, code: int) -> None:
    await event.wait()
    raise Ended(words, code)


async def _first_of(*awaited: "Coroutine[Any, Any, None] | asyncio.Task[Any]") -> None:
    """Return, or raise, when one of them does."""
    tasks = [asyncio.ensure_future(one) for one in awaited]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


REFUSED = (
    "Telegram refuses the bot token. Look it up at @BotFather and set it as [telegram] token; "
    "a wrong [telegram] base_url is answered in the same way."
)
NOT_THERE = (
    "Telegram cannot be reached. Look at the network, [telegram] base_url and [telegram] proxy; "
    "then start again."
)
CONFLICT = (
    "Another program is fetching the updates of this bot, so this one ends. "
    "Stop the other one, or use another token."
)


def word_trouble(error: TelegramError) -> str:
    """What goes wrong between us and Telegram, for the log."""
    if isinstance(error, Conflict):
        return "Another program is fetching the updates of this bot; trying again."
    if isinstance(error, RetryAfter):
        return "Telegram asks to wait; trying again."
    if isinstance(error, NetworkError) and error.__cause__ is not None:
        kind = type(error.__cause__).__name__
        return f"Telegram cannot be reached ({kind}); trying again."
    return f"Telegram has trouble ({describe_error(error).partition(' at ')[0]}); trying again."
