"""Pages to articles and articles to digests in worker processes.

One that hangs or dies takes only itself along.
"""

import asyncio
import hashlib
import json
import logging
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import forkserver
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from fetcher.errors import FetchError, TooLarge
from fetcher.models import Fetched
from newsroom import worker
from newsroom.errors import DigestFailed, DigestTimeout, NewsroomError
from summarizer.errors import InputError, SummarizerError
from summarizer.gazetteer import read_meta
from summarizer.language import default_model, find_model, method_label
from summarizer.models import Article, Digest
from summarizer.revision import rules_revision

if TYPE_CHECKING:
    from fetcher.page import Page

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONSTS.term_timeout = 0.1  # workers ignore SIGTERM, so waiting for its effect is waste

WORDS_PER_EXTRA_SECOND = 2_000
"""A long article gets one second more for each so many words."""
READING_S = 10.0
"""For one page or file."""


@dataclass(frozen=True, slots=True)
class DigestSettings:
    """How articles are digested: by which model and ranker, in how many processes, how long."""

    gazetteer: Path
    model: str = ""
    method: str = "nutgraf"
    key_points: int = 7
    workers: int = 1
    timeout_s: float = 20
    niceness: int = 5


@dataclass(frozen=True, slots=True)
class _Job:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    seconds: float
    answer: Future[Any]


class Digester:
    """Owns the worker processes; a context manager, both plain and asynchronous.

    Workers start with the first article. Errors of a digest: InputError for a text that cannot be
    digested, DigestTimeout, DigestFailed.
    """

    def __init__(self, settings: DigestSettings) -> None:
        """Raises ModelMissing when the model is not installed."""
        self.settings = settings
        self.method = method_label(settings.method, settings.model)
        self._pool: ProcessPool | None = None
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="digester-starter")

    @cached_property
    def revision(self) -> str:
        """Tells digests of one method apart: by the rules, the place list, the number of points.

        Raises GazetteerMissing.
        """
        made_by = (rules_revision(), read_meta(self.settings.gazetteer), self.settings.key_points)
        return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16]

    def submit(self, article: Article) -> Future[Digest]:
        """Queue an article; the future's errors are those of `digest`."""
        return self._schedule(
            worker.digest_article, (article,), seconds=self._seconds_for(article.text)
        )

    def submit_page(self, html: str, article: Article) -> Future[Digest]:
        """Queue a page; title, date and address known beforehand stand in `article`."""
        return self._schedule(worker.digest_page, (html, article), seconds=self._seconds_for(html))

    async def read(self, fetched: Fetched) -> "Page":
        """The article in what a server answered, read in a worker process.

        Raises FetchError, which is TooLarge where the time is over; or DigestFailed.
        """
        reading = self._schedule(worker.read_fetched, (fetched,), seconds=READING_S)
        return await _read_in_time(reading, fetched.url, len(fetched.body))

    async def read_file(
        self, body: bytes, /, *, name: str | None, content_type: str | None
    ) -> Article:
        """The article in a file that somebody sent, read like a page."""
        reading = self._schedule(worker.read_file, (body, name, content_type), seconds=READING_S)
        return await _read_in_time(reading, name, len(body))

    async def digest(self, article: Article) -> Digest:
        """The digest of `article`, made in a worker process."""
        return await asyncio.wrap_future(self.submit(article))

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """What a function of another module gives, called in a worker within the time limit.

        Function and arguments are pickled; the errors are those of a digest.
        """
        return await asyncio.wrap_future(
            self._schedule(function, args, seconds=self.settings.timeout_s)
        )

    def close(self) -> None:
        """End the workers; unfinished articles are given up."""
        self._starter.shutdown(cancel_futures=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def __enter__(self) -> "Digester":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> "Digester":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)

    def _seconds_for(self, text: str) -> float:
        return self.settings.timeout_s + len(text.split()) / WORDS_PER_EXTRA_SECOND

    def _schedule(
        self, function: Callable[..., T], args: tuple[Any, ...], *, seconds: float
    ) -> Future[T]:
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()
        if not self._start_soon(_Job(function, args, seconds, answer), may_retry=True):
            answer.set_exception(DigestFailed("closed"))
        return answer

    def _start_soon(self, job: _Job, *, may_retry: bool) -> bool:
        """Start a job in a thread of its own; False where this digester is closed.

        A pool takes seconds to start, as the model is loaded, and for that time whoever hands out
        the first job would stand still; and a pool cannot be ended from its own thread.
        """

        def give_up(starting: "Future[None]") -> None:
            if starting.cancelled():
                job.answer.set_exception(DigestFailed("closed"))

        try:
            starting = self._starter.submit(self._start, job, may_retry=may_retry)
        except RuntimeError:
            return False
        starting.add_done_callback(give_up)
        return True

    def _start(self, job: _Job, *, may_retry: bool) -> None:
        def settle(done: "Future[Any]") -> None:
            broke = not done.cancelled() and isinstance(done.exception(), BrokenProcessPool)
            if not (broke and may_retry and self._start_soon(job, may_retry=False)):
                _settle(job, done)

        try:
            pool = self._running_pool()
            pool.schedule(job.function, job.args, timeout=job.seconds).add_done_callback(settle)
        except (RuntimeError, OSError, SummarizerError) as exc:
            job.answer.set_exception(_translate(exc, job.seconds))

    def _running_pool(self) -> ProcessPool:
        """The pool; a new one where the last one broke. Only the starter's thread asks for it."""
        if self._pool is not None and not self._pool.active:
            logger.warning("digesting pool broke, starting another")
            self._pool.stop()
            self._pool.join()
            self._pool = None
        if self._pool is None:
            self._pool = self._start_pool()
        return self._pool

    def _start_pool(self) -> ProcessPool:
        settings = self.settings
        find_model(settings.model or default_model())
        context = multiprocessing.get_context("forkserver")
        preload = "newsroom.worker" if settings.model else "newsroom.preload_model"
        context.set_forkserver_preload([preload])
        _start_fork_server()
        initial = worker.WorkerSettings(
            gazetteer=settings.gazetteer,
            model=settings.model,
            method=settings.method,
            key_points=settings.key_points,
            niceness=settings.niceness,
        )
        return ProcessPool(
            max_workers=settings.workers,
            initializer=worker.start_worker,
            initargs=(initial,),
            context=context,
        )


async def _read_in_time(reading: Future[T], name: str | None, size: int) -> T:
    try:
        return await asyncio.wrap_future(reading)
    except DigestTimeout as exc:
        raise TooLarge(name, size, size) from exc


def _start_fork_server() -> None:
    """Start it deaf to Ctrl-C, which is for this process; workers inherit that."""
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


def _settle(job: _Job, done: "Future[Any]") -> None:
    if done.cancelled():
        job.answer.set_exception(DigestFailed("cancelled"))
    elif (error := done.exception()) is not None:
        job.answer.set_exception(_translate(error, job.seconds))
    else:
        job.answer.set_result(done.result())


def _translate(error: BaseException, seconds: float) -> Exception:
    if isinstance(error, InputError | NewsroomError | FetchError):
        return error
    if isinstance(error, TimeoutError):
        return DigestTimeout(seconds)
    if isinstance(error, ProcessExpired | BrokenProcessPool | SummarizerError):
        failed = DigestFailed(f"{type(error).__name__}: {error}")
    else:
        failed = DigestFailed(type(error).__name__)
    failed.__cause__ = error
    return failed
