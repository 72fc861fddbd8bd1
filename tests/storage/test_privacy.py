from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, literal_column, select, table, text

from storage.access import admit_chat
from storage.articles import save_article
from storage.chats import Chat, find_chat, save_chat
from storage.database import Database
from storage.deliveries import Delivery, enqueue_delivery
from storage.digests import save_digest
from storage.history import record_request
from storage.inbox import InboxUpdate, save_updates
from storage.jobs import cancel_jobs, claim_jobs, enqueue_job, finish_job
from storage.limits import list_asks, record_ask
from storage.pastes import PastePart, save_part
from storage.privacy import KeptOfChat, count_kept, erase_rows_of_chat
from storage.retention import delete_old_jobs, merge_search_index
from storage.search import SEARCH_INDEXES
from storage.tables import articles, digest_names, metadata
from summarizer.models import Span
from support.builders import make_article, make_digest, make_location, make_speaker, make_statement

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
READER, OTHER, BOT = 11, 12, 1_000
HUSHED = "Xylquorpa"


async def keep(database: Database, words: str, *chat_ids: int) -> int:
    """Store the digest of a text that these chats asked for; gives the id of its article."""
    article = make_article(f"{words} said so in Zweeldam.", title=f"Title {words}")
    speaker = make_speaker(words, make_statement("so", mention=words, article=article))
    place = make_location("Zweeldam", Span(0, len(words)))
    digest = make_digest(article, speakers=(speaker,), locations=(place,))
    async with database.begin() as conn:
        article_id = await save_article(conn, article, received_at=NOW)
        digest_id = await save_digest(conn, digest, article_id=article_id, created_at=NOW)
        for chat_id in chat_ids:
            await save_chat(conn, Chat(chat_id, "private", words, "en", NOW, NOW))
            await record_request(conn, chat_id=chat_id, digest_id=digest_id, requested_at=NOW)
    return article_id


async def fill_tables(database: Database, chat_id: int, words: str) -> None:
    """A row in every other table that holds words of a chat."""
    async with database.begin() as conn:
        await enqueue_job(
            conn,
            "digest",
            f"job{chat_id}",
            bot_id=BOT,
            chat_id=chat_id,
            payload={"text": words},
            created_at=NOW,
        )
        await save_part(conn, PastePart(chat_id, 5, None, 6, words), bot_id=BOT, deadline_at=NOW)
        await enqueue_delivery(
            conn,
            Delivery(chat_id, "sendMessage", {"text": words}),
            f"key{chat_id}",
            bot_id=BOT,
            created_at=NOW,
        )
        payload = {"message": {"chat": {"id": chat_id}, "text": words}}
        await save_updates(
            conn, [InboxUpdate(chat_id, payload, "set_aside")], bot_id=BOT, received_at=NOW
        )
        await admit_chat(conn, chat_id=chat_id, admitted_at=NOW)


async def erase(database: Database, chat_id: int) -> None:
    async with database.begin() as conn:
        await erase_rows_of_chat(conn, chat_id=chat_id)
        for index in SEARCH_INDEXES:
            begins = True
            while await merge_search_index(conn, index, limit=9, begins=begins):
                begins = False


async def count(database: Database, table: str) -> int:
    async with database.read() as conn:
        return await conn.scalar(select(func.count()).select_from(metadata.tables[table])) or 0


async def all_values(database: Database) -> Iterator[str]:
    """Every value of every table of the file, also of those that the index is made of."""
    async with database.read() as conn:
        names = await conn.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        rows = [
            row
            for name in names.all()
            for row in (
                await conn.execute(select(literal_column("*")).select_from(table(name)))
            ).all()
        ]
    return (
        value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for row in rows
        for value in row
    )


def bytes_of(path: Path) -> bytes:
    return path.read_bytes().lower()


async def test_nothing_of_an_erased_chat_stays_in_any_table(database: Database) -> None:
    await keep(database, "Brimoldus", OTHER)
    await keep(database, HUSHED, READER)
    await fill_tables(database, READER, HUSHED)
    assert any(HUSHED in value for value in await all_values(database))
    await erase(database, READER)
    values = [value.casefold() for value in await all_values(database)]
    # The index holds words without their beginnings, so no part of the word may be left.
    assert not any(HUSHED.casefold()[2:] in value for value in values)
    assert any("brimoldus" in value for value in values)
    assert "11" not in values


async def test_words_of_an_erased_chat_leave_the_vocabulary(database: Database) -> None:
    await keep(database, "Brimoldus", OTHER)
    await keep(database, HUSHED, READER)
    await erase(database, READER)
    async with database.begin() as conn:
        for index in ("article_search", "name_search"):
            await conn.execute(
                text(f"CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, {index}, 'row')")
            )
            words = (await conn.scalars(text("SELECT term FROM temp.v"))).all()
            await conn.execute(text("DROP TABLE temp.v"))
            assert HUSHED.casefold() not in words
            assert "brimoldus" in words


async def test_nothing_of_an_erased_chat_stays_in_the_file(
    database: Database, database_path: Path
) -> None:
    await keep(database, HUSHED, READER)
    await fill_tables(database, READER, HUSHED)
    await erase(database, READER)
    await database.close()  # the write-ahead log goes into the file
    content = bytes_of(database_path)
    assert HUSHED.lower().encode()[2:] not in content


async def test_nothing_of_an_erased_chat_stays_in_the_log(
    database: Database, database_path: Path
) -> None:
    await keep(database, HUSHED, READER)
    log = database_path.with_name(f"{database_path.name}-wal")
    assert HUSHED.lower().encode() in bytes_of(log)
    await erase(database, READER)
    await database.truncate_log()
    for path in (log, database_path):
        assert HUSHED.lower().encode()[2:] not in bytes_of(path)


async def test_what_another_chat_asked_for_too_stays(database: Database) -> None:
    shared = await keep(database, "Shared", READER, OTHER)
    await keep(database, "Own", READER)
    await erase(database, READER)
    async with database.read() as conn:
        assert list(await conn.scalars(select(articles.c.id))) == [shared]
        assert await count_kept(conn, chat_id=OTHER) == KeptOfChat(1, 1)
        assert await count_kept(conn, chat_id=READER) == KeptOfChat(0, 0)
        assert await find_chat(conn, READER) is None
        assert await find_chat(conn, OTHER) is not None
    assert await count(database, "digest_names") == 3


async def test_article_that_another_chat_waits_for_stays(database: Database) -> None:
    article_id = await keep(database, "Shared", READER)
    async with database.begin() as conn:
        await enqueue_job(
            conn,
            "digest",
            "other",
            bot_id=BOT,
            chat_id=OTHER,
            article_id=article_id,
            payload={},
            created_at=NOW,
        )
    await erase(database, READER)
    assert await count(database, "articles") == 1
    assert await count(database, "jobs") == 1


async def wait_for(database: Database, article_id: int, chat_id: int) -> int:
    """A running job of the chat with the article; gives its id."""
    async with database.begin() as conn:
        await enqueue_job(
            conn,
            "digest",
            f"of {chat_id}",
            bot_id=BOT,
            chat_id=chat_id,
            article_id=article_id,
            payload={},
            created_at=NOW,
        )
        (job,) = await claim_jobs(conn, bot_id=BOT, now=NOW, lease_until=NOW, limit=1)
    return job.id


@pytest.mark.parametrize("has_failed", [False, True])
async def test_article_without_a_digest_goes_with_its_job(
    database: Database, has_failed: bool
) -> None:
    job_id = await wait_for(database, await keep(database, "Hapless"), READER)
    if has_failed:
        async with database.begin() as conn:
            assert await finish_job(conn, job_id, "failed")
    await erase(database, READER)
    assert await count(database, "articles") == 0


async def test_article_of_a_dropped_or_forgotten_job_is_erased(database: Database) -> None:
    await wait_for(database, await keep(database, "Dropped"), READER)
    failed = await wait_for(database, await keep(database, "Failed"), OTHER)
    await wait_for(database, await keep(database, "Digested", OTHER), 13)
    async with database.begin() as conn:
        await finish_job(conn, failed, "failed")
        await cancel_jobs(conn, bot_id=BOT, chat_id=READER)
        await cancel_jobs(conn, bot_id=BOT, chat_id=13)
        assert await conn.scalar(select(func.count()).select_from(articles)) == 2
        await delete_old_jobs(conn, created_before=NOW + timedelta(days=1), limit=9)
        left = await conn.scalars(select(articles.c.title))
    assert list(left) == ["Title Digested"]


async def test_other_chats_keep_all_their_rows(database: Database) -> None:
    await keep(database, "Brimoldus", OTHER)
    await fill_tables(database, OTHER, "Brimoldus")
    tables = ("requests", "jobs", "paste_parts", "deliveries", "updates", "admissions", "chats")
    before = [await count(database, table) for table in tables]
    await erase(database, READER)
    await erase(database, 1)  # its digits begin the other's id
    assert [await count(database, table) for table in tables] == before


async def test_erasing_is_no_way_around_the_limit(database: Database) -> None:
    async with database.begin() as conn:
        await record_ask(conn, chat_id=READER, asked_at=NOW, forget_before=NOW - timedelta(hours=1))
    await erase(database, READER)
    async with database.read() as conn:
        assert await list_asks(conn, chat_id=READER, since=NOW) == (NOW,)


async def test_failed_erasing_leaves_everything(database: Database) -> None:
    await keep(database, HUSHED, READER)

    async def fail() -> None:
        async with database.begin() as conn:
            await erase_rows_of_chat(conn, chat_id=READER)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read() as conn:
        assert await count_kept(conn, chat_id=READER) == KeptOfChat(1, 1)
        assert await conn.scalar(select(func.count()).select_from(digest_names)) == 3
