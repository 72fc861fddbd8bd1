"""The running of jobs: each claimed, worked on, and closed together with what it leads to."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter

from bot.articles import DIGEST
from bot.context import Services
from bot.digests import work_on_digest
from bot.failures import fail_reply
from bot.inbox import until_committed
from bot.map_answers import MAP, work_on_map
from bot.outcome import ASKED_BY, Bells, Outcome, gathering, wait_for_bell
from bot.retries import try_again_keyboard
from bot.send_errors import seconds_of
from bot.subscribe import FOLLOW, work_on_follow
from bot.today import TODAY, work_on_today
from newsroom.news import Overtaken
from storage.database import Connection
from storage.errors import OUTAGES, StorageError
from storage.jobs import (
    MAX_WAIT,
    Job,
    claim_jobs,
    find_next_job_time,
    finish_job,
    hand_back_job,
    release_jobs,
    renew_leases,
    retry_job,
)

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
"""A job whose attempt failed is given up when it was tried so often."""
MAX_STARTS = 20
"""One that was begun so often and never ended is held to be what ends the program.

Most of those that a kill cuts off only waited beside the one at work, so few kills prove nothing.
"""
RETRY_SECONDS = (1.0, 5.0, 15.0, 60.0)
LEASE = timedelta(minutes=30)
RENEW_EVERY = LEASE / 3
EXTRA_JOBS = 16
"""How many jobs are claimed beyond those that workers can digest: these fetch, or wait.

Of each chat one, so a few chats with links to slow sites hold up no other; and not more, as each
may hold a page of some megabytes.
"""


class Works(Protocol):
    """What does a job: adds to the outcome what it leads to."""

    async def __call__(
        self, job: Job, outcome: Outcome, /, *, bot: Bot, services: Services
    ) -> None: ...


WORK: Mapping[str, Works] = {
    DIGEST: work_on_digest,
    MAP: work_on_map,
    FOLLOW: work_on_follow,
    TODAY: work_on_today,
}


class JobRunner:
    """Runs the jobs of one bot, several side by side, of each chat one at a time."""

    def __init__(
        self,
        services: Services,
        *,
        bot: Bot,
        bells: Bells,
        workers: int,
        on_failure: Callable[[Exception], object] | None = None,
    ) -> None:
        self.bot_id = 0
        self._on_failure = on_failure
        self._services = services
        self._bot = bot
        self._bells = bells
        self._room = workers + EXTRA_JOBS
        self._running: dict[asyncio.Task[None], int] = {}
        self._renewed_at = services.now()

    async def run(self) -> None:
        """Claim and run jobs until the end."""

        release = partial(release_jobs, bot_id=self.bot_id)
        await until_committed(partial(self._services.database.write, release))
        while not self._bells.ending.is_set():
            try:
                seconds = await self._start_due()
            except StorageError as exc:
                logger.error("jobs not claimed error=%s", exc.code)
                seconds = RETRY_SECONDS[0]
            await wait_for_bell(self._bells.jobs, seconds)

    async def stop(self, grace: float) -> None:
        """Let running jobs end in time; hand the others back. Called after `run` has ended."""
        if self._running:
            await asyncio.wait(self._running, timeout=grace)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _start_due(self) -> float | None:
        """Start what is due and has room; gives the seconds until something else is due."""
        room = self._room - len(self._running)
        now = self._services.now()
        must_renew = now - self._renewed_at >= RENEW_EVERY
        if room > 0 or must_renew:
            running = tuple(self._running.values()) if must_renew else ()
            claim = partial(self._claim, now=now, room=room, renewed=running)
            for job in await self._services.database.write(claim):
                task = asyncio.create_task(self._run_job(job), name=f"job {job.id}")
                self._running[task] = job.id
                task.add_done_callback(self._end)
            if must_renew:
                self._renewed_at = now
        find_next = partial(find_next_job_time, bot_id=self.bot_id, after=now)
        due_at = await self._services.database.query(find_next)
        if self._running:
            due_at = min(due_at or now + RENEW_EVERY, now + RENEW_EVERY)
        return None if due_at is None else (due_at - now).total_seconds()

    async def _claim(
        self, conn: Connection, *, now: datetime, room: int, renewed: Collection[int]
    ) -> tuple[Job, ...]:
        if renewed:  # in the same transaction, or they could be claimed once more
            await renew_leases(conn, renewed, lease_until=now + LEASE)
        return await claim_jobs(
            conn, bot_id=self.bot_id, now=now, lease_until=now + LEASE, limit=room
        )

    def _end(self, task: "asyncio.Task[None]") -> None:
        self._running.pop(task, None)
        self._bells.jobs.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.critical("job lost %s error=%s", task.get_name(), type(error).__name__)

    async def _run_job(self, job: Job) -> None:
        services = self._services
        outcome = self._outcome(job, f"j{job.id}")
        started = asyncio.get_running_loop().time()
        try:
            if job.attempts > MAX_STARTS:
                raise RuntimeError("the program ended each time this was tried")
            with gathering(outcome):
                await WORK[job.kind](job, outcome, bot=self._bot, services=services)
            await self._close(job, outcome)
        except asyncio.CancelledError:
            await self._hand_back(job)
            raise
        except Exception as exc:
            await self._fail(job, exc)
            return
        milliseconds = (asyncio.get_running_loop().time() - started) * 1000
        logger.info("%s chat=%d job=%d ms=%.0f", job.kind, job.chat_id, job.id, milliseconds)

    async def _close(self, job: Job, outcome: Outcome, *, is_done: bool = True) -> None:
        """Commit the outcome, unless the job was dropped meanwhile."""

        async def write(conn: Connection) -> None:
            if await finish_job(conn, job.id, "done" if is_done else "failed"):
                await outcome.write(conn)

        await until_committed(partial(self._services.database.write, write))
        self._bells.ring(*outcome.bells)

    async def _fail(self, job: Job, error: Exception) -> None:
        """Try again later what may pass; tell the person of what will not."""
        if may_pass(error) and job.attempts < MAX_ATTEMPTS:
            wait = retry_seconds(error, job.attempts)
            logger.warning("job=%d again in %.0f s error=%s", job.id, wait, type(error).__name__)
            not_before = self._services.now() + timedelta(seconds=wait)
            retry = partial(retry_job, job_id=job.id, not_before=not_before)
            await until_committed(partial(self._services.database.write, retry))
            self._bells.jobs.set()
            return
        if self._on_failure is not None:
            self._on_failure(error)
        outcome = self._outcome(job, f"j{job.id}!")
        outcome.send(
            await fail_reply(
                error,
                self._services,
                about=f"job={job.id} chat={job.chat_id}",
                chat_id=job.chat_id,
                reply_to=job.payload.get("reply_to"),
                thread_id=job.payload.get("thread_id"),
                keyboard=try_again_keyboard(job, error),
            )
        )
        await self._close(job, outcome, is_done=False)

    def _outcome(self, job: Job, origin: str) -> Outcome:
        asked_by = job.payload.get(ASKED_BY)
        return Outcome(self.bot_id, origin, self._services.now(), asked_by=asked_by)

    async def _hand_back(self, job: Job) -> None:
        try:
            await self._services.database.write(partial(hand_back_job, job_id=job.id))
        except StorageError as exc:
            logger.warning("job=%d not handed back error=%s", job.id, exc.code)


def may_pass(error: Exception) -> bool:
    """Whether a job that failed so may succeed when it is tried again."""
    if isinstance(error, (*OUTAGES, Overtaken, RetryAfter)):
        return True
    # python-telegram-bot counts a refused request among the network's errors.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def retry_seconds(error: Exception, attempts: int) -> float:
    """How long to wait before the next attempt."""
    if isinstance(error, RetryAfter):
        return min(seconds_of(error), MAX_WAIT.total_seconds())
    return RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1]
