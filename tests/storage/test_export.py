from datetime import UTC, datetime

from sqlalchemy import Column, Table

from storage.articles import save_article
from storage.columns import UtcDateTime
from storage.database import Database
from storage.export import ExportPart, plan_export, read_digests, read_rows
from storage.inbox import InboxUpdate, save_updates
from storage.jobs import enqueue_job
from storage.limits import record_ask
from storage.privacy import erase_rows_of_chat
from storage.tables import metadata
from summarizer.models import Article
from support.history import add_request

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
ALL = ExportPart(0, 10**9)
BOT = 5


async def tables_of(database: Database, chat_id: int) -> list[str]:
    async with database.read() as conn:
        return sorted([table async for table, _ in read_rows(conn, chat_id=chat_id)])


async def fill(database: Database, chat_id: int) -> None:
    """A row in every table that has rows of chats; values that nobody reads are 1."""
    async with database.begin() as conn:
        await add_request(conn, chat_id=chat_id, requested_at=NOW, text=f"Of {chat_id}.")
        for table in metadata.sorted_tables:
            if "chat_id" in table.c and table.name not in ("requests", "jobs"):
                await conn.execute(table.insert().values(_values(table, chat_id)))
        waiting = await save_article(conn, Article(f"Waits {chat_id}."), received_at=NOW)
        await enqueue_job(
            conn,
            "digest",
            f"job {chat_id}",
            bot_id=BOT,
            chat_id=chat_id,
            article_id=waiting,
            payload={},
            created_at=NOW,
        )
        aside = {"message": {"chat": {"id": chat_id}}}
        items = [InboxUpdate(chat_id, aside, "set_aside")]
        await save_updates(conn, items, bot_id=BOT, received_at=NOW)
        await record_ask(conn, chat_id=chat_id, asked_at=NOW, forget_before=NOW)


def _values(table: Table, chat_id: int) -> dict[str, object]:
    def value(column: Column[object]) -> object:
        if column.name in ("chat_id", "key"):
            return chat_id if column.name == "chat_id" else f"key {chat_id}"
        if isinstance(column.type, UtcDateTime):
            return NOW
        return {} if column.name == "payload" else 1 if "_id" in column.name else "1"

    return {
        column.name: value(column)
        for column in table.c
        if not column.nullable and column.name != "id"
    } | ({"attempts": 1} if "attempts" in table.c else {})


async def test_every_kind_of_row_of_a_chat_is_exported(database: Database) -> None:
    await fill(database, 11)
    before = await tables_of(database, 11)
    await fill(database, 12)
    kinds = {table.name for table in metadata.sorted_tables if "chat_id" in table.c}
    assert set(before) == kinds - {"requests"} | {"chats", "articles", "updates"}
    assert await tables_of(database, 11) == before


async def test_what_was_erased_is_not_exported(database: Database) -> None:
    await fill(database, 11)
    async with database.begin() as conn:
        await erase_rows_of_chat(conn, chat_id=11)
        assert await plan_export(conn, chat_id=11, part_bytes=9) == ()
    assert set(await tables_of(database, 11)) == {"digest_asks", "wrong_codes"}


async def test_digests_are_those_of_the_chat_each_once(database: Database) -> None:
    async with database.begin() as conn:
        for chat_id, text in ((1, "A."), (2, "B."), (1, "C."), (1, "A."), (2, "A.")):
            await add_request(conn, chat_id=chat_id, requested_at=NOW, text=text)
        found = [digest async for digest in read_digests(conn, ALL, chat_id=1)]
    assert [digest["text"] for digest in found] == ["A.", "C."]
    assert [len(digest["requests"]) for digest in found] == [2, 1]


async def test_parts_are_cut_by_size_and_hold_all(database: Database) -> None:
    async with database.begin() as conn:
        for number in range(50):
            await add_request(conn, chat_id=1, requested_at=NOW, text=f"Rain {number}.")
        whole = await plan_export(conn, chat_id=1, part_bytes=10**9)
        parts = await plan_export(conn, chat_id=1, part_bytes=1_000)
        found = [
            digest["id"] for part in parts async for digest in read_digests(conn, part, chat_id=1)
        ]
    assert whole == (ExportPart(0, 50),)
    assert len(parts) > 5
    assert found == list(range(1, 51))
