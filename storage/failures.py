"""What went wrong and whether the owner was told: kinds and ids, never what people wrote."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import failures


@dataclass(frozen=True, slots=True)
class Failure:
    """`code` is what people and the log were told, `kind` the class of the error."""

    code: str
    kind: str
    failed_at: datetime


async def record_failure(conn: AsyncConnection, failure: Failure) -> None:
    await conn.execute(
        failures.insert().values(code=failure.code, kind=failure.kind, failed_at=failure.failed_at)
    )


async def list_untold_failures(conn: AsyncConnection) -> tuple[Failure, ...]:
    """What the owner was not told of yet, earliest first."""
    query = select(failures.c.code, failures.c.kind, failures.c.failed_at)
    rows = await conn.execute(query.where(failures.c.told_at.is_(None)).order_by(failures.c.id))
    return tuple(Failure(*row) for row in rows)


async def list_failures(conn: AsyncConnection, *, limit: int) -> tuple[Failure, ...]:
    """The latest failures, earliest first."""
    query = select(failures.c.code, failures.c.kind, failures.c.failed_at)
    rows = await conn.execute(query.order_by(failures.c.id.desc()).limit(limit))
    return tuple(Failure(*row) for row in reversed(rows.all()))


async def find_last_told(conn: AsyncConnection) -> datetime | None:
    """When the owner was last told of failures."""
    told: datetime | None = await conn.scalar(select(func.max(failures.c.told_at)))
    return told


async def mark_told(conn: AsyncConnection, *, told_at: datetime, forget_before: datetime) -> None:
    """Note that the owner was told of all failures so far; drops those told of long ago."""
    await conn.execute(update(failures).where(failures.c.told_at.is_(None)).values(told_at=told_at))
    await conn.execute(delete(failures).where(failures.c.told_at < forget_before))
