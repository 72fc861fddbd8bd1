"""How much of Telegram's 30 messages a second the outbox uses, at a Bot API server on this machine.

    PYTHONPATH=.:tests python benchmarks/broadcast.py [--chats 1000] [--flooded 0]

Queues one message for each chat in a database of its own and has the sender drain it in real time.
The server refuses what goes beyond its 30 a second (429 for that chat), as Telegram does, and
counts. So many chats as are `--flooded` are first told to wait 20 s, which must hold up no other.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from telegram.ext import ApplicationBuilder

from bot.answers import text_payload
from bot.delivery import Sender
from bot.limiter import Limiter, Timer
from bot.outcome import Bells
from bot.polling import AskingRequest
from bot.rates import Rates, SendLimits
from storage.database import Database, open_database, sqlite_url
from storage.deliveries import Delivery, count_queued, enqueue_delivery
from support.bot_api import BotApiServer, flood

BOT = 1_000
PER_SECOND = 30
FLOOD_S = 20


async def queue_for_all(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    async with database.begin() as conn:
        for chat_id in range(1, count + 1):
            message = Delivery(chat_id, "sendMessage", text_payload("The evening edition."))
            await enqueue_delivery(conn, message, f"b{chat_id}", bot_id=BOT, created_at=now)


async def drain(server: BotApiServer, database: Database) -> float:
    """Send all that is queued; gives the seconds."""
    builder = ApplicationBuilder().token(server.token).base_url(f"{server.root}/bot")
    limiter = Limiter(Rates(SendLimits()), Timer())
    application = builder.request(AskingRequest(256)).rate_limiter(limiter).build()
    bells = Bells()
    sender = Sender(
        database,
        bot=application.bot,
        bells=bells,
        now=lambda: datetime.now(UTC),
        limiter=limiter,
    )
    sender.bot_id = BOT
    await application.initialize()
    started = time.monotonic()
    running = asyncio.create_task(sender.run())
    while await database.query(lambda conn: count_queued(conn, bot_id=BOT)):
        await bells.changed.wait()
        bells.changed.clear()
    seconds = time.monotonic() - started
    bells.end()
    await running
    await application.shutdown()
    return seconds


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=1_000)
    parser.add_argument("--flooded", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, BotApiServer(per_second=PER_SECOND) as server:
        for chat_id in range(1, options.chats + 1):
            chat = server.user(chat_id)
            if chat_id <= options.flooded:
                server.fail("sendMessage", flood(FLOOD_S), chat=chat)
        async with open_database(sqlite_url(Path(name) / "outbox.db")) as database:
            await database.migrate()
            await queue_for_all(database, options.chats)
            seconds = await drain(server, database)
        calls = server.calls("sendMessage")
    refused = sum(call.status == 429 for call in calls)
    calls = [call for call in calls if (call.chat_id or 0) > options.flooded]
    refused -= options.flooded
    span = calls[-1].started_at - calls[0].started_at
    rate = sum(call.status == 200 for call in calls) / span
    print(f"{options.chats} chats in {seconds:.1f} s, {refused} refused as too many a second")
    print(f"  {len(calls)} that were not told to wait in {span:.1f} s")
    print(f"  {rate:.1f} messages a second, {rate / PER_SECOND:.0%} of {PER_SECOND}")


if __name__ == "__main__":
    asyncio.run(main())
