"""How many digests a chat may ask for in an hour."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import texts
from bot.errors import DigestLimitReached
from bot.history import local_time
from bot.markup import plain
from storage.database import Connection
from storage.limits import list_asks, record_ask

WINDOW = timedelta(hours=1)


async def check_digest_limit(
    conn: Connection, *, chat_id: int, limit: int | None, now: datetime, further: int = 0
) -> None:
    """Raises DigestLimitReached where the chat has had its digests of this hour.

    `further` ones are asked for in the same moment, and not counted yet.
    """
    if limit is None:
        return
    asked = await list_asks(conn, chat_id=chat_id, since=now - WINDOW)
    wait_until = next_possible((*asked, *[now] * further), limit=limit)
    if wait_until is not None and wait_until > now:
        raise DigestLimitReached(limit, wait_until)


async def count_digest(conn: Connection, *, chat_id: int, now: datetime) -> None:
    """Count a digest that was asked for; belongs in the transaction that keeps what was asked."""
    await record_ask(conn, chat_id=chat_id, asked_at=now, forget_before=now - WINDOW)


def next_possible(asked: Sequence[datetime], *, limit: int) -> datetime | None:
    """When the next digest may be asked for after these, earliest first; None at any time."""
    return asked[-limit] + WINDOW if len(asked) >= limit else None


def render_limit(error: DigestLimitReached) -> str:
    """What the person is told, with the time in their own zone."""
    said = plain(texts.digest_limit(error.limit)) + local_time(error.next_at) + plain(".")
    return said.html
