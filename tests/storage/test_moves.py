from datetime import UTC, datetime

import pytest
from sqlalchemy import Integer, func, select

from storage.access import admit_chat
from storage.chat_schedules import save_chat_schedule
from storage.chats import Chat, find_chat, save_chat
from storage.database import Connection, Database
from storage.deliveries import Delivery, enqueue_delivery, find_queued
from storage.editions import open_edition
from storage.jobs import claim_jobs, enqueue_job, finish_job
from storage.limits import record_ask
from storage.models import PersonTopic, Schedule
from storage.moves import move_chat
from storage.offers import save_offer
from storage.pastes import PastePart, save_part
from storage.pauses import pause
from storage.subscriptions import subscribe
from storage.tables import chats, jobs, metadata, requests
from support.history import add_request

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
BOT, OLD, NEW = 5, -77, -1_077
TABLES = tuple(table for table in metadata.sorted_tables if "chat_id" in table.c)


async def fill(conn: Connection, chat_id: int, *, with_pause: bool = True) -> None:
    """A row of the chat in every table that has rows of chats."""
    await save_chat(conn, Chat(chat_id, "group", "Newsroom", None, NOW, NOW))
    await add_request(conn, chat_id=chat_id, requested_at=NOW, thread_id=3, answer_message_id=9)
    await add_job(conn, chat_id)
    part = PastePart(chat_id, 5, None, 6, "words")
    await save_part(conn, part, bot_id=BOT, deadline_at=NOW)
    delivery = Delivery(chat_id, "sendMessage", {"text": "Hello"}, thread_id=3, reply_to=4)
    await enqueue_delivery(conn, delivery, f"key{chat_id}", bot_id=BOT, created_at=NOW)
    await admit_chat(conn, chat_id=chat_id, admitted_at=NOW)
    await record_ask(conn, chat_id=chat_id, asked_at=NOW, forget_before=NOW)
    await conn.execute(
        metadata.tables["wrong_codes"].insert().values(chat_id=chat_id, tried_at=NOW)
    )
    await subscribe(
        conn,
        PersonTopic(f"Reader of {chat_id}"),
        bot_id=BOT,
        chat_id=chat_id,
        schedule=Schedule(),
        next_slot_at=None,
        now=NOW,
    )
    await save_offer(conn, (PersonTopic("Oda Lund"),), bot_id=BOT, chat_id=chat_id, offered_at=NOW)
    await open_edition(
        conn,
        f"slot of {chat_id}",
        (),
        bot_id=BOT,
        chat_id=chat_id,
        subscription_id=None,
        composed_at=NOW,
    )
    await save_chat_schedule(conn, Schedule(), bot_id=BOT, chat_id=chat_id)
    if with_pause:
        await pause(conn, bot_id=BOT, chat_id=chat_id, thread_id=None, began_at=NOW)


async def add_job(conn: Connection, chat_id: int) -> None:
    await enqueue_job(
        conn,
        "digest",
        f"job{chat_id}",
        bot_id=BOT,
        chat_id=chat_id,
        payload={"reply_to": 4, "thread_id": 3, "link": "x"},
        created_at=NOW,
    )


async def counts(conn: Connection, chat_id: int) -> dict[str, int]:
    return {
        table.name: await conn.scalar(
            select(func.count(type_=Integer)).select_from(table).where(table.c.chat_id == chat_id)
        )
        or 0
        for table in TABLES
    }


async def test_every_row_of_the_chat_moves(database: Database) -> None:
    async with database.begin() as conn:
        await fill(conn, OLD)
        assert min((await counts(conn, OLD)).values()) == 1
        await move_chat(conn, old_id=OLD, new_id=NEW)
        assert set((await counts(conn, OLD)).values()) == {0}
        assert await counts(conn, NEW) == dict.fromkeys((t.name for t in TABLES), 1) | {"pauses": 0}
        chat = await find_chat(conn, NEW)
        assert chat == Chat(NEW, "supergroup", "Newsroom", None, NOW, NOW)
        assert await find_chat(conn, OLD) is None


async def test_new_chat_that_has_rows_keeps_them(database: Database) -> None:
    async with database.begin() as conn:
        await fill(conn, OLD)
        await fill(conn, NEW)
        await move_chat(conn, old_id=OLD, new_id=NEW)
        moved = await counts(conn, NEW)
        assert set((await counts(conn, OLD)).values()) == {0}
        assert await conn.scalar(select(func.count()).select_from(chats)) == 1
    once = {"admissions", "chat_schedules", "paste_parts", "pauses"}
    assert moved == {name: 1 if name in once else 2 for name in moved}


@pytest.mark.parametrize("new_id", [NEW, OLD])
async def test_moving_again_changes_nothing(database: Database, new_id: int) -> None:
    async with database.begin() as conn:
        await fill(conn, OLD, with_pause=False)
        await move_chat(conn, old_id=OLD, new_id=new_id)
        before = await counts(conn, new_id)
        await move_chat(conn, old_id=OLD, new_id=new_id)
        assert await counts(conn, new_id) == before


async def test_messages_and_topics_of_the_old_chat_are_forgotten(database: Database) -> None:
    async with database.begin() as conn:
        await fill(conn, OLD)
        await move_chat(conn, old_id=OLD, new_id=NEW)
        request = (await conn.execute(select(requests))).one()
        assert (request.thread_id, request.answer_message_id) == (None, None)
        (payload,) = await conn.scalars(select(jobs.c.payload))
        assert payload == {"reply_to": None, "thread_id": None, "link": "x"}
        queued = await find_queued(conn, 1)
    assert queued is not None
    assert queued.delivery == Delivery(NEW, "sendMessage", {"text": "Hello"})


async def test_job_that_runs_begins_anew_and_its_old_run_leads_to_nothing(
    database: Database,
) -> None:
    async with database.begin() as conn:
        await add_job(conn, OLD)
        (running,) = await claim_jobs(conn, bot_id=BOT, now=NOW, lease_until=NOW, limit=1)
        await move_chat(conn, old_id=OLD, new_id=NEW)
        assert not await finish_job(conn, running.id)
        (again,) = await claim_jobs(conn, bot_id=BOT, now=NOW, lease_until=NOW, limit=5)
    assert (again.chat_id, again.attempts) == (NEW, 2)
    assert again.payload["link"] == "x"
