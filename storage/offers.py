"""Topics that a chat may choose from: what is behind the buttons of a question."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.models import Topic, topic_from_dict, topic_to_dict
from storage.tables import insert, offers


async def save_offer(
    conn: AsyncConnection,
    topics: Sequence[Topic],
    *,
    bot_id: int,
    chat_id: int,
    offered_at: datetime,
) -> int:
    """The id under which the topics are found again, in this order."""
    saved = await conn.scalar(
        insert(conn, offers)
        .values(
            bot_id=bot_id,
            chat_id=chat_id,
            topics=[topic_to_dict(topic) for topic in topics],
            offered_at=offered_at,
        )
        .returning(offers.c.id)
    )
    return int(saved or 0)


async def get_offer(
    conn: AsyncConnection, offer_id: int, *, bot_id: int, chat_id: int
) -> tuple[Topic, ...]:
    """What was offered; raises NotFound, also for another chat's offer."""
    found = await conn.scalar(
        select(offers.c.topics).where(
            offers.c.id == offer_id, offers.c.bot_id == bot_id, offers.c.chat_id == chat_id
        )
    )
    if found is None:
        raise NotFound("offer", offer_id)
    return tuple(map(topic_from_dict, found))


async def delete_old_offers(conn: AsyncConnection, *, offered_before: datetime) -> None:
    """Forget offers; their buttons then say that they are out of date."""
    await conn.execute(delete(offers).where(offers.c.offered_at < offered_before))
