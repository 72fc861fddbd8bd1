from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from storage.database import Database
from storage.inbox import (
    InboxUpdate,
    close_update,
    list_pending_updates,
    save_updates,
)
from storage.retention import delete_old_updates
from storage.tables import updates

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
BOT = 5


def message(update_id: int, text: str = "Rain") -> InboxUpdate:
    return InboxUpdate(update_id, {"update_id": update_id, "message": {"text": text}})


async def save(database: Database, *items: InboxUpdate, bot_id: int = BOT) -> frozenset[int]:
    async with database.begin() as conn:
        return await save_updates(conn, items, bot_id=bot_id, received_at=NOW)


async def pending(database: Database, bot_id: int = BOT) -> tuple[InboxUpdate, ...]:
    async with database.read() as conn:
        return await list_pending_updates(conn, bot_id=bot_id)


async def test_updates_wait_in_the_order_of_telegram(database: Database) -> None:
    assert await save(database, message(9), message(7), message(8)) == {7, 8, 9}
    assert [item.update_id for item in await pending(database)] == [7, 8, 9]
    assert (await pending(database))[0] == message(7)


async def test_an_update_that_comes_again_is_not_new(database: Database) -> None:
    await save(database, message(7))
    assert await save(database, message(7, "other"), message(8)) == {8}
    assert (await pending(database))[0] == message(7)


async def test_bots_do_not_see_each_other(database: Database) -> None:
    await save(database, message(7))
    assert await save(database, message(7), bot_id=6) == {7}
    async with database.begin() as conn:
        await close_update(conn, 7, bot_id=6)
    assert len(await pending(database)) == 1
    assert await pending(database, 6) == ()


async def test_what_is_done_keeps_no_words_and_stays_known(database: Database) -> None:
    await save(database, message(7))
    async with database.begin() as conn:
        await close_update(conn, 7, bot_id=BOT)
        assert await conn.scalar(select(updates.c.payload)) is None
    assert await pending(database) == ()
    assert await save(database, message(7)) == frozenset()


async def test_what_is_set_aside_keeps_its_words(database: Database) -> None:
    await save(database, InboxUpdate(7, {"update_id": 7}, "set_aside"))
    async with database.begin() as conn:
        await close_update(conn, 7, bot_id=BOT)  # not pending, so nothing happens
        row = (await conn.execute(select(updates))).one()
    assert (row.state, row.payload) == ("set_aside", {"update_id": 7})


async def test_many_updates_are_saved_at_once(database: Database) -> None:
    assert len(await save(database, *(message(number) for number in range(1, 101)))) == 100


async def test_only_what_is_not_pending_is_forgotten(database: Database) -> None:
    await save(database, message(7), message(8))
    async with database.begin() as conn:
        await close_update(conn, 7, bot_id=BOT)
        await delete_old_updates(conn, received_before=NOW, limit=9)
        assert len((await conn.execute(select(updates))).all()) == 2
        await delete_old_updates(conn, received_before=NOW + timedelta(seconds=1), limit=9)
        assert (await conn.scalars(select(updates.c.update_id))).all() == [8]
