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


def test_work_whose_pool_breaks_while_it_is_closed_is_given_up() -> None:
    workers = Workers(lambda: cast(ProcessPool, PoolThatBreaksWhenStopped()))
    answer = workers.schedule(divmod, (7, 2), seconds=20)
    workers.close()
    assert isinstance(answer.exception(timeout=0), DigestFailed)
