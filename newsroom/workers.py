"""A pool of worker processes that is replaced when it breaks, and whose errors are ours."""

import logging
import signal
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from fetcher.errors import FetchError
from newsroom.errors import DigestFailed, DigestTimeout, NewsroomError
from summarizer.errors import InputError, SummarizerError

logger = logging.getLogger(__name__)

T = TypeVar("T")

CONSTS.term_timeout = 0.1  # workers ignore SIGTERM, so waiting for its effect is waste


@dataclass(frozen=True, slots=True)
class _Job:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    seconds: float
    answer: Future[Any]


class Workers:
    """Owns a pool; `start` gives a new one, at the first work and where the last one broke."""

    def __init__(self, start: Callable[[], ProcessPool]) -> None:
        self._start_pool = start
        self._pool: ProcessPool | None = None
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="workers-starter")

    def schedule(
        self, function: Callable[..., T], args: tuple[Any, ...], *, seconds: float
    ) -> Future[T]:
        """Queue a call, which may take so long once it has begun.

        Its errors: InputError, FetchError, DigestTimeout at either limit of time, DigestFailed.
        """
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()
        if not self._start_soon(_Job(function, args, seconds, answer), may_retry=True):
            answer.set_exception(DigestFailed("closed"))
        return answer

    def close(self) -> None:
        """End the workers; unfinished work is given up."""
        self._starter.shutdown(cancel_futures=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
            pool.join()

    def _start_soon(self, job: _Job, *, may_retry: bool) -> bool:
        """Start a job in a thread of its own; False where these workers are closed.

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
            logger.warning("pool of workers broke, starting another")
            self._pool.stop()
            self._pool.join()
            self._pool = None
        if self._pool is None:
            self._pool = self._start_pool()
        return self._pool


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
    if isinstance(error, TimeoutError) or _used_up_its_time(error):
        return DigestTimeout(seconds)
    if isinstance(error, ProcessExpired | BrokenProcessPool | SummarizerError):
        failed = DigestFailed(f"{type(error).__name__}: {error}")
    else:
        failed = DigestFailed(type(error).__name__)
    failed.__cause__ = error
    return failed


def _used_up_its_time(error: BaseException) -> bool:
    """Whether a worker was ended by the limit of its processor time."""
    return isinstance(error, ProcessExpired) and error.exitcode == -signal.SIGXCPU
