from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage.articles import save_article
from storage.chats import Chat, save_chat
from storage.database import Connection, Database
from storage.deliveries import (
    Delivery,
    change_payload,
    count_queued,
    enqueue_delivery,
    find_queued,
    list_queued,
    mark_failed,
    mark_sent,
    note_attempt,
)
from storage.digests import save_digest
from storage.history import list_history, record_request
from storage.retention import delete_old_deliveries
from storage.tables import deliveries
from support.builders import make_full_digest

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
BOT = 5
HELLO = Delivery(1, "sendMessage", {"text": "Hello"}, thread_id=3, reply_to=4)


async def enqueue(conn: Connection, key: str, chat_id: int = 1) -> int:
    delivery = Delivery(chat_id, "sendMessage", {"text": key})
    return await enqueue_delivery(conn, delivery, key, bot_id=BOT, created_at=NOW)


async def test_a_message_is_queued_once_by_its_key(database: Database) -> None:
    async with database.begin() as conn:
        first = await enqueue_delivery(conn, HELLO, "k", bot_id=BOT, created_at=NOW)
        assert await enqueue(conn, "k") == first
        queued = await find_queued(conn, first)
    assert queued is not None
    assert queued.delivery == HELLO
    assert (queued.attempts, queued.created_at, queued.is_held) == (0, NOW, False)


async def test_queue_is_read_by_pages_in_order(database: Database) -> None:
    async with database.begin() as conn:
        ids = [await enqueue(conn, key, chat) for key, chat in (("a", 1), ("b", 2), ("c", 1))]
        page = await list_queued(conn, bot_id=BOT, after_id=0, limit=2)
        assert page == ((ids[0], 1), (ids[1], 2))
        assert await list_queued(conn, bot_id=BOT, after_id=ids[1], limit=2) == ((ids[2], 1),)
        assert await list_queued(conn, bot_id=6, after_id=0, limit=2) == ()
        assert await count_queued(conn, bot_id=BOT) == 3


async def test_a_sent_message_keeps_its_id_and_not_its_words(database: Database) -> None:
    async with database.begin() as conn:
        sent = await enqueue(conn, "a")
        await mark_sent(conn, sent, message_id=77, sent_at=NOW)
        assert await find_queued(conn, sent) is None
        row = (await conn.execute(select(deliveries))).one()
    assert (row.state, row.message_id, row.sent_at, row.payload) == ("sent", 77, NOW, {})


async def test_the_request_learns_which_message_answered_it(database: Database) -> None:
    digest = make_full_digest()
    async with database.begin() as conn:
        await save_chat(conn, Chat(1, "private", None, None, NOW, NOW))
        article_id = await save_article(conn, digest.article, received_at=NOW)
        digest_id = await save_digest(conn, digest, article_id=article_id, created_at=NOW)
        sent = await enqueue(conn, "a")
        await record_request(
            conn, chat_id=1, digest_id=digest_id, delivery_id=sent, requested_at=NOW
        )
        await mark_sent(conn, sent, message_id=77, sent_at=NOW)
        await delete_old_deliveries(conn, created_before=NOW + timedelta(days=1), limit=9)
        (item,) = await list_history(conn, chat_id=1, limit=1)
    assert item.answer_message_id == 77


async def test_attempts_and_payload_are_kept(database: Database) -> None:
    async with database.begin() as conn:
        tried = await enqueue(conn, "a")
        await note_attempt(conn, tried, attempts=2, not_before=NOW)
        await change_payload(conn, tried, {"text": "plain"})
        queued = await find_queued(conn, tried)
    assert queued is not None
    assert (queued.attempts, queued.delivery.payload) == (2, {"text": "plain"})


async def test_only_what_is_not_queued_is_forgotten(database: Database) -> None:
    async with database.begin() as conn:
        failed, waiting = await enqueue(conn, "a"), await enqueue(conn, "b")
        await mark_failed(conn, failed)
        await delete_old_deliveries(conn, created_before=NOW + timedelta(days=1), limit=9)
        assert (await conn.scalars(select(deliveries.c.id))).all() == [waiting]
