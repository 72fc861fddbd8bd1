"""The editions that chats got, so that the buttons under them lead to their stories."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.tables import editions, insert


@dataclass(frozen=True, slots=True)
class EditionStory:
    """The digests of a story: new ones, first that whose title it has, and those told before."""

    new: tuple[int, ...]
    told: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredEdition:
    """`subscription_id` is None where it was asked for and tells of all that the chat follows."""

    id: int
    subscription_id: int | None
    stories: tuple[EditionStory, ...]
    composed_at: datetime


async def open_edition(
    conn: AsyncConnection,
    slot: str,
    stories: Sequence[EditionStory],
    *,
    bot_id: int,
    chat_id: int,
    subscription_id: int | None,
    composed_at: datetime,
) -> int | None:
    """The id of an edition, to be sent in this transaction; None where the slot has had its own."""
    saved: int | None = await conn.scalar(
        insert(conn, editions)
        .values(
            bot_id=bot_id,
            chat_id=chat_id,
            subscription_id=subscription_id,
            slot=slot,
            stories=[[list(story.new), list(story.told)] for story in stories],
            composed_at=composed_at,
        )
        .on_conflict_do_nothing(index_elements=[editions.c.subscription_id, editions.c.slot])
        .returning(editions.c.id)
    )
    return saved


async def get_edition(
    conn: AsyncConnection, edition_id: int, *, bot_id: int, chat_id: int
) -> StoredEdition:
    """The edition of this chat; raises NotFound, also for another chat's."""
    row = await conn.execute(
        select(editions).where(
            editions.c.id == edition_id,
            editions.c.bot_id == bot_id,
            editions.c.chat_id == chat_id,
        )
    )
    if (found := row.one_or_none()) is None:
        raise NotFound("edition", edition_id)
    return _edition(found)


async def delete_old_editions(conn: AsyncConnection, *, composed_before: datetime) -> None:
    """Forget editions whose buttons are pressed no more."""
    await conn.execute(delete(editions).where(editions.c.composed_at < composed_before))


def _edition(row: Row[Any]) -> StoredEdition:
    stories = tuple(EditionStory(tuple(new), tuple(told)) for new, told in row.stories)
    return StoredEdition(row.id, row.subscription_id, stories, row.composed_at)
