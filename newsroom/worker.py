"""What runs inside a worker: one loaded summarizer and an article at a time, or a page.

The process that hands out the work imports this module too, to name the functions. So whatever
weighs much (spaCy, sumy, trafilatura) is imported where it is used, in the workers alone.
"""

import gc
import math
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import TYPE_CHECKING

from fetcher.errors import FetchError, TooLarge
from fetcher.models import Fetched
from summarizer.language import default_model, load_model
from summarizer.models import Article, Digest

if TYPE_CHECKING:
    from fetcher.page import Page
    from summarizer.pipeline import Summarizer

READING_BYTES = 150_000_000
"""What the parsing of a page may take besides what the process has already."""
READING_CPU_S = 10
"""How long it may compute: on a busy machine a page that is merely long is still read."""
STATM = Path("/proc/self/statm")

_summarizer: "Summarizer | None" = None


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    gazetteer: Path
    model: str
    method: str
    key_points: int
    niceness: int


def preload_default_model() -> None:
    """Load the default model in the process that workers are forked from; they share its memory."""
    import summarizer.pipeline  # noqa: F401 - the stages are shared like the model

    load_model(default_model())
    gc.collect()
    gc.freeze()


def preload_reading() -> None:
    """Read a page in the process that readers are forked from: what that needs is then loaded."""
    from fetcher.page import parse_page

    with suppress(FetchError):
        parse_page(b"<p>Nothing happened, the council said on Monday.</p>")


def start_worker(settings: WorkerSettings) -> None:
    """Prepare this process for `digest_article`; called once in each worker."""
    from summarizer.pipeline import load_summarizer

    global _summarizer
    _outlive_signals()
    os.nice(settings.niceness)
    _summarizer = load_summarizer(
        settings.gazetteer,
        model=settings.model,
        method=settings.method,
        key_points=settings.key_points,
    )


def start_reader(niceness: int) -> None:
    """Prepare this process for `read_fetched` and `read_file`; called once in each reader."""
    _outlive_signals()
    os.nice(niceness)


def _outlive_signals() -> None:
    """Leave it to the parent when this process ends: signals to the whole group are for it alone.

    Where the parent is gone, however that came, this process ends too.
    """
    for ignored in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)


def digest_article(article: Article) -> Digest:
    if _summarizer is None:
        raise RuntimeError("start_worker was not called in this process")
    return _summarizer.summarize(article)


def digest_page(html: str, known: Article) -> Digest:
    """Digest the article found in a page; what `known` states wins over what the page says."""
    from fetcher.page import parse_page

    found = parse_page(html.encode("utf-8", "replace"), url=known.url, charset="utf-8").article
    return digest_article(
        replace(
            found,
            title=known.title or found.title,
            source=known.source or found.source,
            authors=known.authors or found.authors,
            published=known.published or found.published,
        )
    )


def read_fetched(fetched: Fetched) -> "Page":
    """The article in what a server answered, read within the limits of reading."""
    from fetcher.reading import parse_fetched

    with bounded_memory(READING_BYTES), bounded_computing(READING_CPU_S):
        try:
            return parse_fetched(fetched)
        except MemoryError as exc:
            raise TooLarge(fetched.url, len(fetched.body), len(fetched.body)) from exc


def read_file(body: bytes, name: str | None, content_type: str | None) -> Article:
    """The article in a file that somebody sent, read within the limits of reading."""
    from fetcher.document import parse_document

    with bounded_memory(READING_BYTES), bounded_computing(READING_CPU_S):
        try:
            return parse_document(body, name=name, content_type=content_type)
        except MemoryError as exc:
            raise TooLarge(name, len(body), len(body)) from exc


@contextmanager
def bounded_memory(further_bytes: int) -> Iterator[None]:
    """Have this process get no more than so much memory besides what it has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if not STATM.exists():  # only Linux says how much there is, and heeds a limit of it
        yield
        return
    limit = int(STATM.read_text("ascii").split()[0]) * resource.getpagesize() + further_bytes
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def bounded_computing(seconds: int) -> Iterator[None]:
    """Have the system end this process (SIGXCPU) once it has computed for so long, or 1 s more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = math.ceil(time.process_time()) + seconds
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
