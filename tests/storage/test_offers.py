from datetime import UTC, datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import NotFound
from storage.models import FeedTopic, PersonTopic, PlaceTopic, Term, Topic, WordsTopic
from storage.offers import delete_old_offers, get_offer, save_offer

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
TOPICS: tuple[Topic, ...] = (
    PlaceTopic(3_161_732, "Bergen", "Norway"),
    PersonTopic("Ilse Tarrow"),
    WordsTopic((Term("harbour strike", exact=True),), (Term("football"),)),
    FeedTopic("http://news.example/feed.xml"),
)


async def offer(database: Database, offered_at: datetime = NOW) -> int:
    async with database.begin() as conn:
        return await save_offer(conn, TOPICS, bot_id=5, chat_id=1, offered_at=offered_at)


async def test_topics_are_found_again_in_their_order(database: Database) -> None:
    offer_id = await offer(database)
    async with database.read() as conn:
        found = await get_offer(conn, offer_id, bot_id=5, chat_id=1)
    assert found == TOPICS


@pytest.mark.parametrize(("bot_id", "chat_id"), [(5, 2), (6, 1)])
async def test_offer_of_another_chat_is_not_found(
    database: Database, bot_id: int, chat_id: int
) -> None:
    offer_id = await offer(database)
    async with database.read() as conn:
        with pytest.raises(NotFound):
            await get_offer(conn, offer_id, bot_id=bot_id, chat_id=chat_id)


async def test_old_offers_are_forgotten(database: Database) -> None:
    old, new = await offer(database, NOW - timedelta(days=2)), await offer(database)
    async with database.begin() as conn:
        await delete_old_offers(conn, offered_before=NOW - timedelta(days=1))
        with pytest.raises(NotFound):
            await get_offer(conn, old, bot_id=5, chat_id=1)
        assert await get_offer(conn, new, bot_id=5, chat_id=1) == TOPICS
