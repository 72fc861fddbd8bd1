from datetime import UTC, datetime, timedelta

from storage.access import admit_chat, count_wrong_codes, is_admitted, record_wrong_code
from storage.database import Database

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_chat_is_admitted_once_and_for_good(database: Database) -> None:
    async with database.begin() as conn:
        assert not await is_admitted(conn, chat_id=11)
        await admit_chat(conn, chat_id=11, admitted_at=NOW)
        await admit_chat(conn, chat_id=11, admitted_at=NOW + HOUR)
        assert await is_admitted(conn, chat_id=11)
        assert not await is_admitted(conn, chat_id=-11)


async def test_wrong_codes_are_counted_by_chat_and_forgotten(database: Database) -> None:
    async with database.begin() as conn:
        for minutes in (0, 30, 90):
            moment = NOW + timedelta(minutes=minutes)
            await record_wrong_code(conn, chat_id=11, tried_at=moment, forget_before=moment - HOUR)
        assert await count_wrong_codes(conn, chat_id=11, since=NOW) == 2
        assert await count_wrong_codes(conn, chat_id=11, since=NOW + HOUR) == 1
        assert await count_wrong_codes(conn, chat_id=12, since=NOW) == 0
