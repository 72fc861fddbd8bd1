from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from storage.articles import get_article, save_article
from storage.database import Connection, Database
from storage.digests import get_digest
from storage.history import list_history
from storage.inbox import InboxUpdate, save_updates
from storage.jobs import enqueue_job
from storage.maps import save_map
from storage.retention import (
    delete_old_requests,
    delete_old_updates,
    delete_requests_of_chat,
    drop_old_texts,
    merge_search_index,
)
from storage.search import SearchQuery, Term, search_digests
from storage.tables import articles, digests, map_pictures, requests, updates
from summarizer.models import Article, Digest, KeyPoint
from support.history import add_request

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=40)
BEFORE = NOW - timedelta(days=30)
TEXT = "The Brimoldus reopened."


async def count(conn: Connection, table: object) -> int:
    return await conn.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


async def find(conn: Connection, word: str, chat_id: int = 1) -> int:
    query = SearchQuery(words=(Term(word),))
    return len(await search_digests(conn, query, chat_id=chat_id, limit=9))


async def test_digest_goes_with_its_last_request(database: Database) -> None:
    async with database.begin() as conn:
        await add_request(conn, chat_id=1, requested_at=OLD, text=TEXT)
        await save_map(conn, b"map", digest_id=1, drawn_at=NOW)
        assert await find(conn, "Brimoldus") == 1
        assert await delete_old_requests(conn, requested_before=BEFORE, limit=9) == 1
        assert [await count(conn, t) for t in (requests, digests, articles, map_pictures)] == [
            0
        ] * 4
        assert await find(conn, "Brimoldus") == 0
        assert await list_history(conn, chat_id=1, limit=9) == ()


async def test_what_was_asked_for_again_or_elsewhere_stays(database: Database) -> None:
    async with database.begin() as conn:
        for chat_id, at in ((1, OLD), (1, NOW), (2, NOW)):
            await add_request(conn, chat_id=chat_id, requested_at=at, text=TEXT)
        assert await delete_old_requests(conn, requested_before=BEFORE, limit=9) == 1
        assert len(await list_history(conn, chat_id=1, limit=9)) == 1
        assert await delete_requests_of_chat(conn, chat_id=1, limit=9) == 1
        assert await find(conn, "Brimoldus", chat_id=2) == 1


async def test_article_that_a_job_waits_for_stays(database: Database) -> None:
    async with database.begin() as conn:
        article_id = await add_request(conn, chat_id=1, requested_at=OLD, text=TEXT)
        await enqueue_job(
            conn,
            "digest",
            "k",
            bot_id=5,
            chat_id=2,
            article_id=article_id,
            payload={},
            created_at=NOW,
        )
        assert await drop_old_texts(conn, asked_before=BEFORE, limit=9) == 0
        await delete_old_requests(conn, requested_before=BEFORE, limit=9)
        assert (await get_article(conn, article_id)).text == TEXT


async def test_text_is_dropped_and_its_digest_stays(database: Database) -> None:
    async with database.begin() as conn:
        article_id = await add_request(conn, chat_id=1, requested_at=OLD, text=TEXT)
        assert await drop_old_texts(conn, asked_before=BEFORE, limit=9) == 1
        assert await drop_old_texts(conn, asked_before=BEFORE, limit=9) == 0
        assert (await get_article(conn, article_id)).text == ""
        assert await find(conn, "Brimoldus") == 0
        (item,) = await list_history(conn, chat_id=1, limit=9)
        stored = await get_digest(conn, item.digest_id)
        assert item.headline == TEXT
    assert isinstance(stored.digest, Digest)
    assert all(isinstance(point, KeyPoint) for point in stored.digest.key_points)


async def test_text_that_comes_again_is_another_article(database: Database) -> None:
    async with database.begin() as conn:
        old = await add_request(conn, chat_id=1, requested_at=OLD, text=TEXT)
        await drop_old_texts(conn, asked_before=BEFORE, limit=9)
        new = await save_article(conn, Article(TEXT), received_at=NOW)
        assert new != old
        assert (await get_article(conn, new)).text == TEXT


async def test_text_that_was_asked_for_lately_stays(database: Database) -> None:
    async with database.begin() as conn:
        for at in (OLD, NOW):
            await add_request(conn, chat_id=1, requested_at=at, text=TEXT)
        assert await drop_old_texts(conn, asked_before=BEFORE, limit=9) == 0


async def test_no_more_than_the_limit_is_forgotten_at_a_time(database: Database) -> None:
    async with database.begin() as conn:
        for number in range(5):
            await add_request(conn, chat_id=1, requested_at=OLD, text=f"{TEXT} {number}")
        done = [InboxUpdate(number, None, "done") for number in range(5)]
        await save_updates(conn, done, bot_id=5, received_at=OLD)
        gone = [await delete_old_updates(conn, received_before=BEFORE, limit=2) for _ in range(4)]
        assert gone == [2, 2, 1, 0]
        gone = [await drop_old_texts(conn, asked_before=BEFORE, limit=2) for _ in range(4)]
        assert gone == [2, 2, 1, 0]
        gone = [await delete_old_requests(conn, requested_before=BEFORE, limit=2) for _ in range(4)]
        assert gone == [2, 2, 1, 0]
        assert await count(conn, updates) == 0


async def test_old_texts_are_found_by_an_index(database: Database) -> None:
    """Else every hour the texts of all articles would be read."""
    async with database.begin() as conn:
        plan = await conn.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT id FROM articles"
                " WHERE text <> '' AND received_at < '2031'"
            )
        )
        assert "ix_articles_received_at" in str(plan.all())


async def test_words_of_what_was_forgotten_leave_the_index(database: Database) -> None:
    async with database.begin() as conn:
        await add_request(conn, chat_id=1, requested_at=OLD, text=TEXT)
        await delete_old_requests(conn, requested_before=BEFORE, limit=9)
        begins = True
        while await merge_search_index(conn, "article_search", limit=1, begins=begins):
            begins = False
        blocks = (await conn.scalars(text("SELECT block FROM article_search_data"))).all()
    assert not any(b"moldus" in block for block in blocks)
