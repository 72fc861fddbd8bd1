"""When a feed is asked again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

QUIET_FACTOR = 12
"""A feed that has had nothing new for a while is asked twelve times in as long a while again."""
MAX_STRETCH = 8
MAX_DELAY = timedelta(days=1)
MAX_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Pace:
    """How often feeds are asked: `usual` is the shortest time between two requests."""

    usual: timedelta

    def after_success(
        self, *, now: datetime, last_new_at: datetime | None, wanted: float | None = None
    ) -> timedelta:
        """How long to leave a feed alone that was read; `wanted` is what it asks for, in seconds.

        A quiet feed is asked up to eight times less often than usual.
        """
        quiet_for = timedelta() if last_new_at is None else now - last_new_at
        stretched = min(quiet_for / QUIET_FACTOR, self.usual * MAX_STRETCH)
        return self._bounded(max(self.usual, stretched), wanted)

    def after_failure(
        self, *, failures: int, jitter: float, wanted: float | None = None
    ) -> timedelta:
        """How long to leave a feed alone that failed `failures` times in a row, at least once.

        The time doubles up to a day; `jitter`, 0 to 1, adds up to a quarter, so that feeds of one
        host that failed together are not asked together for ever.
        """
        backoff = min(self.usual * 2 ** min(failures, MAX_DOUBLINGS), MAX_DELAY)
        return self._bounded(backoff * (1 + jitter / 4), wanted)

    def _bounded(self, delay: timedelta, wanted: float | None) -> timedelta:
        asked = timedelta(seconds=wanted or 0)
        return max(self.usual, min(max(delay, asked), MAX_DELAY))
