"""Jobs: work that a message asked for, resumed after a restart.

A job is queued, then running under a lease that is renewed while somebody works on it, then done
or failed; one that cannot be finished now is queued again. A key names each piece of work once.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.articles import delete_unclaimed_articles
from storage.tables import insert, jobs

UNFINISHED = ("queued", "running")
MAX_WAIT = timedelta(minutes=10)
"""No job is queued for later than this; where one seems to be, the clock was set back."""
_FORGOTTEN: Mapping[str, Any] = {"payload": {}, "article_id": None}
_NOWHERE: Mapping[str, Any] = {"reply_to": None, "thread_id": None}
"""What a payload says of where to answer, when the message and its topic are gone."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed piece of work; `attempts` counts this one."""

    id: int
    kind: str
    chat_id: int
    article_id: int | None
    payload: Mapping[str, Any]
    attempts: int


async def enqueue_job(
    conn: AsyncConnection,
    kind: str,
    key: str,
    *,
    bot_id: int,
    chat_id: int,
    payload: Mapping[str, Any],
    article_id: int | None = None,
    created_at: datetime,
) -> bool:
    """Queue a job; False where its key is known already."""
    saved = await conn.scalar(
        insert(conn, jobs)
        .values(
            bot_id=bot_id,
            kind=kind,
            key=key,
            chat_id=chat_id,
            article_id=article_id,
            payload=payload,
            state="queued",
            attempts=0,
            not_before_at=created_at,
            created_at=created_at,
        )
        .on_conflict_do_nothing(index_elements=[jobs.c.bot_id, jobs.c.key])
        .returning(jobs.c.id)
    )
    return saved is not None


async def claim_jobs(
    conn: AsyncConnection, *, bot_id: int, now: datetime, lease_until: datetime, limit: int
) -> tuple[Job, ...]:
    """Take the oldest jobs that are due, of each chat only its first unfinished one."""
    earlier = jobs.alias("earlier")
    waits = exists().where(
        earlier.c.bot_id == jobs.c.bot_id,
        earlier.c.chat_id == jobs.c.chat_id,
        earlier.c.id < jobs.c.id,
        earlier.c.state.in_(UNFINISHED),
    )
    due = or_(
        and_(jobs.c.state == "queued", or_(jobs.c.attempts == 0, ~_waits(now))),
        and_(jobs.c.state == "running", jobs.c.lease_until_at < now),
    )
    chosen = (
        select(jobs.c.id)
        .where(jobs.c.bot_id == bot_id, due, ~waits)
        .order_by(jobs.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await conn.execute(
        update(jobs)
        .where(jobs.c.id.in_(chosen))
        .values(state="running", attempts=jobs.c.attempts + 1, lease_until_at=lease_until)
        .returning(jobs)
    )
    return tuple(sorted((_job(row) for row in rows), key=lambda job: job.id))


async def renew_leases(
    conn: AsyncConnection, job_ids: Collection[int], *, lease_until: datetime
) -> None:
    """Say that these jobs are still being worked on."""
    await conn.execute(
        update(jobs)
        .where(jobs.c.id.in_(job_ids), jobs.c.state == "running")
        .values(lease_until_at=lease_until)
    )


async def finish_job(
    conn: AsyncConnection, job_id: int, state: Literal["done", "failed"] = "done"
) -> bool:
    """Close a running job; False where it is not running any more, so nothing may be told of it.

    What is done is forgotten. What failed can be tried again, and its article stays with it, as
    nothing else says whose it is.
    """
    forgotten = _FORGOTTEN if state == "done" else {}
    closed = await conn.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "running")
        .values(state=state, lease_until_at=None, **forgotten)
    )
    return closed.rowcount == 1


async def attach_article(conn: AsyncConnection, job_id: int, article_id: int) -> bool:
    """Say which article a running job is about; False where it is not running any more."""
    attached = await conn.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "running")
        .values(article_id=article_id)
    )
    return attached.rowcount == 1


async def enqueue_again(
    conn: AsyncConnection,
    job_id: int,
    key: str,
    *,
    bot_id: int,
    chat_id: int,
    created_at: datetime,
) -> bool:
    """Queue what a failed job of this chat was for as a new one; False where there is none such."""
    failed = _failed(job_id, bot_id=bot_id, chat_id=chat_id)
    row = (await conn.execute(select(jobs).where(failed))).one_or_none()
    if row is None:
        return False
    await conn.execute(update(jobs).where(jobs.c.id == job_id).values(state="done", **_FORGOTTEN))
    return await enqueue_job(
        conn,
        row.kind,
        key,
        bot_id=bot_id,
        chat_id=chat_id,
        payload=row.payload,
        article_id=row.article_id,
        created_at=created_at,
    )


async def is_failed(conn: AsyncConnection, job_id: int, *, bot_id: int, chat_id: int) -> bool:
    """Whether there is such a job of this chat, and it failed."""
    failed = _failed(job_id, bot_id=bot_id, chat_id=chat_id)
    return bool(await conn.scalar(select(exists().where(failed))))


async def retry_job(conn: AsyncConnection, job_id: int, *, not_before: datetime) -> None:
    """Queue a running job again, for later."""
    await conn.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "running")
        .values(state="queued", not_before_at=not_before, lease_until_at=None)
    )


async def hand_back_job(conn: AsyncConnection, job_id: int) -> None:
    """Queue a job again that was stopped through no fault of its own."""
    await conn.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "running")
        .values(state="queued", attempts=jobs.c.attempts - 1, lease_until_at=None)
    )


async def requeue_moved_jobs(conn: AsyncConnection, *, old_id: int, new_id: int) -> None:
    """Readdress what waits for a chat with a new id; what runs begins anew under another row.

    So whoever is working on it for the old id finds the job closed. What it was to reply to is
    not there in the new chat.
    """
    waiting = (*UNFINISHED, "failed")
    rows = await conn.execute(
        select(jobs).where(jobs.c.chat_id == old_id, jobs.c.state.in_(waiting)).order_by(jobs.c.id)
    )
    for row in rows.all():
        values = {"chat_id": new_id, "payload": {**row.payload, **_NOWHERE}}
        if row.state == "running":
            again = {**row._mapping, **values, "key": f"{row.key}>{new_id}", "state": "queued"}
            del again["id"]
            again["lease_until_at"] = None
            await conn.execute(jobs.insert().values(again))
            values = {"state": "done", **_FORGOTTEN}
        await conn.execute(update(jobs).where(jobs.c.id == row.id).values(values))


async def release_jobs(conn: AsyncConnection, *, bot_id: int) -> None:
    """Queue again what was running when the program ended."""
    await conn.execute(
        update(jobs)
        .where(jobs.c.bot_id == bot_id, jobs.c.state == "running")
        .values(state="queued", lease_until_at=None)
    )


async def find_next_job_time(
    conn: AsyncConnection, *, bot_id: int, after: datetime
) -> datetime | None:
    """When the next job is due that has to wait for its time, by no more than MAX_WAIT."""
    found: datetime | None = await conn.scalar(
        select(func.min(jobs.c.not_before_at)).where(
            jobs.c.bot_id == bot_id, jobs.c.state == "queued", _waits(after)
        )
    )
    return found


async def count_unfinished_jobs(
    conn: AsyncConnection, *, bot_id: int, chat_id: int | None = None
) -> int:
    """How many jobs wait or run, of one chat or of all."""
    query = select(func.count()).where(jobs.c.bot_id == bot_id, jobs.c.state.in_(UNFINISHED))
    if chat_id is not None:
        query = query.where(jobs.c.chat_id == chat_id)
    return int(await conn.scalar(query) or 0)


async def cancel_jobs(conn: AsyncConnection, *, bot_id: int, chat_id: int) -> int:
    """Drop the unfinished jobs of a chat with their articles; gives how many there were."""
    return await delete_jobs(
        conn, jobs.c.bot_id == bot_id, jobs.c.chat_id == chat_id, jobs.c.state.in_(UNFINISHED)
    )


async def delete_jobs(conn: AsyncConnection, *which: ColumnElement[bool]) -> int:
    """Forget the jobs that fulfil all of this, with their articles; gives how many there were."""
    gone = (await conn.scalars(delete(jobs).where(*which).returning(jobs.c.article_id))).all()
    articles = {article_id for article_id in gone if article_id is not None}
    if articles:
        await delete_unclaimed_articles(conn, articles)
    return len(gone)


def _waits(now: datetime) -> ColumnElement[bool]:
    """Whether the time for the next attempt has not come."""
    return and_(jobs.c.not_before_at > now, jobs.c.not_before_at <= now + MAX_WAIT)


def _failed(job_id: int, *, bot_id: int, chat_id: int) -> ColumnElement[bool]:
    return and_(
        jobs.c.id == job_id,
        jobs.c.bot_id == bot_id,
        jobs.c.chat_id == chat_id,
        jobs.c.state == "failed",
    )


def _job(row: Row[Any]) -> Job:
    return Job(row.id, row.kind, row.chat_id, row.article_id, row.payload, row.attempts)
