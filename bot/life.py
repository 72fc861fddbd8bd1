"""The life of updates: inbox, handlers, pastes, jobs and outbox of one running bot."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from telegram.ext import ApplicationBuilder
from telegram.request import BaseRequest

from bot.application import MAX_WAITING_UPDATES, NutgrafApplication, build_application
from bot.articles import add_paste
from bot.context import NutgrafContext, Services
from bot.delivery import Sender
from bot.failures import fail_reply
from bot.inbox import Inbox, InboxRequest, InOrderPerChat
from bot.jobs import JobRunner
from bot.limiter import Limiter, Timer
from bot.newsdesk import NewsDesk, NewsSettings
from bot.outcome import Bells, Outcome
from bot.pastes import PasteCloser
from storage.deliveries import count_queued, delete_old_deliveries
from storage.editions import delete_old_editions
from storage.errors import StorageError
from storage.feeds import delete_old_entries, delete_unfollowed_feeds
from storage.inbox import delete_old_updates
from storage.jobs import count_unfinished_jobs, delete_old_jobs
from storage.maps import delete_old_maps
from storage.pastes import PastePart, list_chats_with_parts
from storage.subscriptions import delete_ended_subscriptions, delete_old_matches

logger = logging.getLogger(__name__)

KEEP_FINISHED = timedelta(days=2)
"""Telegram offers an update for a day, so one that is done must be known for longer."""
KEEP_TOLD = timedelta(days=30)
"""What belonged to topics, and the buttons of editions; a text is not told again for as long."""
KEEP_ENDED = timedelta(hours=1)
"""What is no longer followed can be taken back for ten minutes."""
FORGET_EVERY_S = 3_600.0
LOOPS_GRACE_S = 1.0


class Life:
    """Owns what works besides the handlers; `bot_id` tells its rows from those of other bots."""

    def __init__(
        self,
        services: Services,
        *,
        workers: int = 1,
        limiter: Limiter | None = None,
        timer: Timer | None = None,
        on_failure: Callable[[Exception], object] | None = None,
        news: NewsSettings | None = None,
    ) -> None:
        """Without `news` no feed is asked, and no edition delivered."""
        self.services = services
        self._news = news
        self._on_failure = on_failure
        self.bells = Bells()
        self.inbox = Inbox(services.database, services.now)
        self._processor = InOrderPerChat(
            MAX_WAITING_UPDATES,
            inbox=self.inbox,
            database=services.database,
            bells=self.bells,
            now=services.now,
        )
        self._workers = workers
        self._limiter = limiter
        self._timer = timer
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._news_task: asyncio.Task[None] | None = None

    def build(
        self, builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any], transport: BaseRequest
    ) -> NutgrafApplication:
        """The application whose updates live here; `transport` is what fetches them."""
        builder = builder.get_updates_request(InboxRequest(transport, self.inbox))
        builder = builder.update_queue(self.inbox.updates)
        if self._limiter is not None:
            builder = builder.rate_limiter(self._limiter)
        self.application = build_application(builder, self.services, self._processor)
        self.inbox.bot = self.application.bot
        self._processor.on_error = self.application.process_error
        if self._on_failure is not None:
            self.application.add_error_handler(self._note_failure)
        self.runner = JobRunner(
            self.services,
            bot=self.application.bot,
            bells=self.bells,
            workers=self._workers,
            on_failure=self._on_failure,
        )
        self.sender = Sender(
            self.services.database,
            bot=self.application.bot,
            bells=self.bells,
            now=self.services.now,
            limiter=self._limiter,
            timer=self._timer,
        )
        return self.application

    async def _note_failure(self, update: object, context: NutgrafContext) -> None:
        if context.error is not None and self._on_failure is not None:
            self._on_failure(context.error)

    async def start(self, bot_id: int) -> None:
        """Take up what an earlier run left; the application must run, and not fetch yet."""
        self.inbox.bot_id = self.runner.bot_id = self.sender.bot_id = bot_id
        await self.inbox.resume()
        self.closer = PasteCloser(
            self.services.database,
            inbox=self.inbox,
            processor=self._processor,
            bells=self.bells,
            rules=self.services.paste_rules,
            now=self.services.now,
            ask=self._ask,
        )
        loops = (self.runner.run(), self.sender.run(), self.closer.run(), self._keep_forgetting())
        self._tasks = tuple(asyncio.create_task(loop) for loop in loops)
        if self._news is not None:
            desk = NewsDesk(self.services, self._news, self.bells)
            self._news_task = asyncio.create_task(desk.run())
            self._tasks += (self._news_task,)

    async def watch(self) -> None:
        """Raise what ends one of the loops, which none of them does by itself."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled():
                task.result()

    async def stop(self, *, jobs_grace: float, sends_grace: float) -> None:
        """End within these seconds; what is not done by then stays in the tables."""
        self.bells.end()
        if self._news_task is not None:
            self._news_task.cancel()
        _, late = await asyncio.wait(self._tasks, timeout=LOOPS_GRACE_S)
        for task in late:
            task.cancel()
        await self.runner.stop(jobs_grace)
        await self.sender.stop(sends_grace)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def wait_until_settled(self) -> None:
        """Return when everything that was fetched has been answered."""
        self.bells.changed.clear()
        while not await self._is_settled():
            await self.bells.changed.wait()
            self.bells.changed.clear()

    async def _is_settled(self) -> bool:
        bot_id = self.inbox.bot_id
        async with self.services.database.read() as conn:
            return not (
                await list_chats_with_parts(conn, bot_id=bot_id)
                or await count_unfinished_jobs(conn, bot_id=bot_id)
                or await count_queued(conn, bot_id=bot_id)
            )

    async def _ask(self, outcome: Outcome, parts: Sequence[PastePart]) -> None:
        try:
            await add_paste(outcome, parts, self.services)
        except Exception as exc:
            first = parts[0]
            refusal = await fail_reply(
                exc,
                self.services,
                about=f"paste chat={first.chat_id}",
                chat_id=first.chat_id,
                reply_to=first.message_id,
                thread_id=first.thread_id,
            )
            outcome.send(refusal)

    async def _keep_forgetting(self) -> None:
        while not self.bells.ending.is_set():
            try:
                await self._forget_finished()
            except StorageError as exc:
                logger.warning("finished rows not forgotten error=%s", exc.code)
            with suppress(TimeoutError):
                async with asyncio.timeout(FORGET_EVERY_S):
                    await self.bells.ending.wait()

    async def _forget_finished(self) -> None:
        """Each kind in a transaction of its own, so that what people wait for comes between."""
        database, now = self.services.database, self.services.now()
        finished, told = now - KEEP_FINISHED, now - KEEP_TOLD
        for forget in (
            partial(delete_old_updates, received_before=finished),
            partial(delete_old_jobs, created_before=finished),
            partial(delete_old_deliveries, created_before=finished),
            partial(delete_old_maps, drawn_before=finished),
            partial(delete_ended_subscriptions, ended_before=now - KEEP_ENDED),
            partial(delete_old_matches, matched_before=told),
            partial(delete_old_editions, composed_before=told),
            delete_unfollowed_feeds,
        ):
            async with database.begin() as conn:
                await forget(conn)
        is_left = True
        while is_left:
            async with database.begin() as conn:
                # Later than what belongs to topics, which holds on to their articles.
                before = told - KEEP_FINISHED
                is_left = bool(await delete_old_entries(conn, seen_before=before))
