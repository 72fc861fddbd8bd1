import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from typing import cast

from pebble import ProcessPool

from newsroom.errors import DigestFailed
from newsroom.workers import Workers


class PoolThatBreaksWhenStopped:
    """A pool whose work is lost the moment it is told to stop."""

    active = True

    def __init__(self) -> None:
        self.work: Future[object] = Future()

    def schedule(self, *work: object, timeout: float) -> "Future[object]":
        return self.work

    def stop(self) -> None:
        self.work.set_exception(BrokenProcessPool())

    def join(self) -> None:
        """Nothing is left to wait for."""


def test_nobody_waits_for_a_pool_that_starts() -> None:
    asked, may_start = threading.Event(), threading.Event()

    def start_slowly() -> ProcessPool:
        asked.set()
        may_start.wait()
        return cast(ProcessPool, PoolThatBreaksWhenStopped())

    workers = Workers(start_slowly)
    first = workers.schedule(divmod, (7, 2), seconds=20)  # would not return
    asked.wait()
    second = workers.schedule(divmod, (7, 2), seconds=20)
    closing = threading.Thread(target=workers.close)
    closing.start()
    assert isinstance(second.exception(timeout=10), DigestFailed)
    may_start.set()
    closing.join()
    assert isinstance(first.exception(timeout=0), DigestFailed)
    late = workers.schedule(divmod, (7, 2), seconds=20)
    assert isinstance(late.exception(timeout=0), DigestFailed)


def test_work_whose_pool_breaks_while_it_is_closed_is_given_up() -> None:
    workers = Workers(lambda: cast(ProcessPool, PoolThatBreaksWhenStopped()))
    answer = workers.schedule(divmod, (7, 2), seconds=20)
    workers.close()
    assert isinstance(answer.exception(timeout=0), DigestFailed)
