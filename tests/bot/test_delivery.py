import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot import texts
from bot.limiter import Limiter, Timer
from bot.local_checks import RequestRefused
from bot.rates import Rates, SendLimits
from storage.database import Database
from storage.tables import deliveries
from support.bot import GROUP, Chatting, chatting

FLOOD_WAIT = RequestRefused(429, "Too Many Requests: retry after 3", retry_after=3)
BAD_GATEWAY = RequestRefused(502, "Bad Gateway")


class FakeClock:
    """Time that passes only by being waited for."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    @property
    def timer(self) -> Timer:
        return Timer(now=lambda: self.time, sleep=self.sleep)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def limiter(clock: FakeClock) -> Limiter:
    return Limiter(Rates(SendLimits(group_per_minute=2)), clock.timer)


@pytest.fixture
async def limited(
    database: Database, clock: FakeClock, limiter: Limiter
) -> AsyncIterator[Chatting]:
    """The bot within the limits of Telegram, by a clock of its own."""
    async with chatting(database, limiter=limiter, timer=clock.timer) as started:
        yield started


async def states(chat: Chatting) -> list[str]:
    async with chat.services.database.read() as conn:
        return list(await conn.scalars(select(deliveries.c.state).order_by(deliveries.c.id)))


async def test_a_sent_message_keeps_its_id(chat: Chatting) -> None:
    (answer,) = await chat.say("/help")
    async with chat.services.database.read() as conn:
        assert await conn.scalar(select(deliveries.c.message_id)) == answer.message_id


@pytest.mark.parametrize(
    ("refusals", "waits"),
    [
        ((FLOOD_WAIT,), [3]),
        ((BAD_GATEWAY, BAD_GATEWAY), [1, 2]),
        ((FLOOD_WAIT, BAD_GATEWAY), [3, 1]),
    ],
)
async def test_what_is_surely_unsent_is_sent_later(
    limited: Chatting,
    clock: FakeClock,
    refusals: tuple[RequestRefused, ...],
    waits: list[float],
) -> None:
    limited.api.refuse("sendMessage", *refusals)
    (answer,) = await limited.say("/help")
    assert answer.text == texts.HELP
    assert clock.waits == waits


async def test_a_burst_to_one_chat_is_spread(limited: Chatting, clock: FakeClock) -> None:
    for _ in range(5):
        await limited.api.write("/help")
    assert len(await limited.answers()) == 5
    assert sum(clock.waits) == pytest.approx(2)


async def test_a_group_gets_its_number_a_minute(limited: Chatting, clock: FakeClock) -> None:
    for _ in range(3):
        await limited.api.write("/help@nutgraf_bot", GROUP)
    assert len(await limited.answers()) == 3
    assert sum(clock.waits) == pytest.approx(60)


async def test_refusal_for_good_is_given_up_and_the_next_is_sent(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", "message is too long")
    assert await chat.say("/help") == []
    (answer,) = await chat.say("/help")
    assert answer.text == texts.HELP
    assert await states(chat) == ["failed", "sent"]


async def test_typing_is_not_shown_to_a_chat_that_wants_silence(
    limited: Chatting, limiter: Limiter
) -> None:
    limiter.hold(1, 1_000)
    await limited.application.bot.send_chat_action(1, "typing")
    assert limited.actions() == []


async def test_queue_outlives_the_program(database: Database) -> None:
    held = asyncio.Event()

    async def never(seconds: float) -> None:
        held.set()
        await asyncio.Event().wait()

    async with chatting(database, bot_id=7, timer=Timer(sleep=never)) as chat:
        chat.api.refuse("sendMessage", BAD_GATEWAY)
        await chat.api.write("/help")
        await held.wait()
    async with chatting(database, bot_id=7) as chat:
        (answer,) = await chat.answers()
    assert answer.text == texts.HELP
