"""Pages to articles and articles to digests in worker processes.

One that hangs or dies takes only itself along, and what strangers wrote is read by processes of
its own: whatever that does to them, articles are digested.
"""

import asyncio
import hashlib
import json
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessPool

from fetcher.errors import TooLarge
from fetcher.models import Fetched
from newsroom import worker
from newsroom.errors import DigestTimeout
from newsroom.workers import Workers
from summarizer.gazetteer import read_meta
from summarizer.language import default_model, find_model, method_label
from summarizer.models import Article, Digest
from summarizer.revision import rules_revision

if TYPE_CHECKING:
    from fetcher.page import Page

T = TypeVar("T")

WORDS_PER_EXTRA_SECOND = 2_000
"""A long article gets one second more for each so many words."""
READING_S = 20.0
"""For one page or file, of which it may compute for `worker.READING_CPU_S`."""


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


class Digester:
    """Owns the worker processes; a context manager, both plain and asynchronous.

    Workers start with the first article. Errors of a digest: InputError for a text that cannot be
    digested, DigestTimeout, DigestFailed.
    """

    def __init__(self, settings: DigestSettings) -> None:
        """Raises ModelMissing when the model is not installed."""
        self.settings = settings
        self.method = method_label(settings.method, settings.model)
        self._digesting = Workers(self._start_digesting)
        self._reading = Workers(self._start_reading)

    @cached_property
    def revision(self) -> str:
        """Tells digests of one method apart: by the rules, the place list, the number of points.

        Raises GazetteerMissing.
        """
        made_by = (rules_revision(), read_meta(self.settings.gazetteer), self.settings.key_points)
        return hashlib.sha256(json.dumps(made_by, sort_keys=True).encode()).hexdigest()[:16]

    def submit(self, article: Article) -> Future[Digest]:
        """Queue an article; the future's errors are those of `digest`."""
        return self._digesting.schedule(
            worker.digest_article, (article,), seconds=self._seconds_for(article.text)
        )

    def submit_page(self, html: str, article: Article) -> Future[Digest]:
        """Queue a page; title, date and address known beforehand stand in `article`."""
        return self._digesting.schedule(
            worker.digest_page, (html, article), seconds=self._seconds_for(html)
        )

    async def read(self, fetched: Fetched) -> "Page":
        """The article in what a server answered, read in a worker process.

        Raises FetchError, which is TooLarge where the time is over; or DigestFailed.
        """
        reading = self._reading.schedule(worker.read_fetched, (fetched,), seconds=READING_S)
        return await _read_in_time(reading, fetched.url, len(fetched.body))

    async def read_file(
        self, body: bytes, /, *, name: str | None, content_type: str | None
    ) -> Article:
        """The article in a file that somebody sent, read like a page."""
        reading = self._reading.schedule(
            worker.read_file, (body, name, content_type), seconds=READING_S
        )
        return await _read_in_time(reading, name, len(body))

    async def digest(self, article: Article) -> Digest:
        """The digest of `article`, made in a worker process."""
        return await asyncio.wrap_future(self.submit(article))

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """What a function of another module gives, called in a worker within the time limit.

        Function and arguments are pickled; the errors are those of a digest.
        """
        return await asyncio.wrap_future(
            self._digesting.schedule(function, args, seconds=self.settings.timeout_s)
        )

    def close(self) -> None:
        """End the workers; unfinished articles are given up."""
        self._reading.close()
        self._digesting.close()

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

    def _start_digesting(self) -> ProcessPool:
        settings = self.settings
        find_model(settings.model or default_model())
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
            context=_forking_context(settings.model),
        )

    def _start_reading(self) -> ProcessPool:
        settings = self.settings
        return ProcessPool(
            max_workers=1,
            max_tasks=1,  # memory that a page made it take is given back, and nothing is left of it
            initializer=worker.start_reader,
            initargs=(settings.niceness,),
            context=_forking_context(settings.model),
        )


async def _read_in_time(reading: Future[T], name: str | None, size: int) -> T:
    try:
        return await asyncio.wrap_future(reading)
    except DigestTimeout as exc:
        raise TooLarge(name, size, size) from exc


def _forking_context(model: str) -> ForkServerContext:
    """Forks workers from a server that has loaded what they share, the default model among it."""
    context = multiprocessing.get_context("forkserver")
    modules = ["newsroom.preload_reading", *([] if model else ["newsroom.preload_model"])]
    context.set_forkserver_preload(modules)
    # It is started deaf to Ctrl-C, which is for this process; workers inherit that.
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    return context
