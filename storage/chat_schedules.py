"""The schedule that a chat has chosen: that of its new subscriptions, and where its clocks are."""

from datetime import time

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Schedule
from storage.tables import chat_schedules, insert


async def save_chat_schedule(
    conn: AsyncConnection, schedule: Schedule, *, bot_id: int, chat_id: int
) -> None:
    values = {
        "times": [clock.isoformat("minutes") for clock in schedule.times],
        "days": list(schedule.days),
        "zone": schedule.zone,
    }
    await conn.execute(
        insert(conn, chat_schedules)
        .values(bot_id=bot_id, chat_id=chat_id, **values)
        .on_conflict_do_update(
            index_elements=[chat_schedules.c.bot_id, chat_schedules.c.chat_id], set_=values
        )
    )


async def find_chat_schedule(
    conn: AsyncConnection, *, bot_id: int, chat_id: int
) -> Schedule | None:
    """What the chat has chosen; None where it has chosen nothing yet."""
    rows = await conn.execute(
        select(chat_schedules).where(
            chat_schedules.c.bot_id == bot_id, chat_schedules.c.chat_id == chat_id
        )
    )
    if (row := rows.one_or_none()) is None:
        return None
    return Schedule(tuple(map(time.fromisoformat, row.times)), tuple(row.days), row.zone)
