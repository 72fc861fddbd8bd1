from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.limits import list_asks, record_ask

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_asks_of_a_chat_are_listed_in_order_and_forgotten(database: Database) -> None:
    moments = [NOW + timedelta(minutes=minutes) for minutes in (0, 20, 61)]
    async with database.begin() as conn:
        for moment in moments:
            await record_ask(conn, chat_id=11, asked_at=moment, forget_before=moment - HOUR)
    async with database.read() as conn:
        assert await list_asks(conn, chat_id=11, since=NOW) == tuple(moments[1:])
        assert await list_asks(conn, chat_id=11, since=moments[2]) == (moments[2],)
        assert await list_asks(conn, chat_id=12, since=NOW) == ()
