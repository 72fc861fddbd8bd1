import asyncio

import pytest
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot import texts
from bot.context import Services
from bot.jobs import LEASE, MAX_ATTEMPTS, MAX_STARTS, RENEW_EVERY, may_pass, retry_seconds
from bot.local_chats import LocalChat
from bot.local_checks import RequestRefused
from bot.render import DigestLayout
from newsroom.errors import DigestFailed, DigestTimeout
from storage.database import Database
from storage.errors import DatabaseLocked, NotFound
from storage.jobs import MAX_WAIT, cancel_jobs, claim_jobs, count_unfinished_jobs, release_jobs
from support.bot import NOW, Chatting, FakeDigester, FakeFeedReader, FakeFetcher, chatting

RAIN = "Rain fell on Brăila."


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (DatabaseLocked("busy"), True),
        (NotFound("article", 1), False),
        (TimedOut(), True),
        (NetworkError("Bad Gateway"), True),
        (RetryAfter(3), True),
        (BadRequest("Invalid file_id"), False),
        (DigestTimeout(20), False),
        (DigestFailed("died"), False),
        (KeyError("x"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, expected: bool) -> None:
    assert may_pass(error) is expected


def test_waits_grow_and_telegram_has_the_last_word() -> None:
    waits = [retry_seconds(TimedOut(), attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert waits == sorted(waits)
    assert retry_seconds(RetryAfter(7), 1) == 7
    assert retry_seconds(RetryAfter(90_000), 1) == MAX_WAIT.total_seconds()


async def test_file_that_is_not_given_out_is_explained(chat: Chatting) -> None:
    chat.api.refuse("getFile", RequestRefused(400, "Bad Request: invalid file_id"))
    (answer,) = await chat.attach(RAIN.encode())
    assert "Something broke" in answer.text
    (digest,) = await chat.attach(RAIN.encode())
    assert digest.text == texts.already_short(4)


async def test_one_chats_articles_wait_for_each_other_and_others_do_not(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    for number in range(5):
        await chat.api.write(f"Rain fell for {number} days.")
    await chat.api.write(RAIN, LocalChat(id=2, user_id=2))
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    for _ in range(2):
        await chat.digester.started.acquire()
    assert {article.text for article in chat.digester.articles} == {"Rain fell for 0 days.", RAIN}
    chat.digester.gate.set()
    assert len(await chat.answers()) == 6


async def test_job_that_was_dropped_while_it_ran_is_not_answered(chat: Chatting) -> None:
    chat.digester.gate = asyncio.Event()
    await chat.api.write(RAIN)
    await chat.digester.started.acquire()
    async with chat.services.database.begin() as conn:
        await cancel_jobs(conn, bot_id=chat.life.inbox.bot_id, chat_id=1)
    chat.digester.gate.set()
    assert await chat.answers() == []


async def test_job_that_takes_longer_than_its_lease_is_run_once(database: Database) -> None:
    moment = NOW
    digester = FakeDigester(gate=asyncio.Event())
    services = Services(
        digester, database, DigestLayout(), FakeFetcher(), FakeFeedReader(), now=lambda: moment
    )
    async with chatting(database, services=services) as chat:
        await chat.api.write(RAIN)
        await digester.started.acquire()
        for _ in range(5):  # something comes now and then, until the lease is long over
            moment += RENEW_EVERY
            await chat.api.write("/help")
            await chat.api.wait_until_fetched()
            await chat.application.update_queue.join()
            chat.life.bells.ring("jobs")
        assert digester.gate is not None
        digester.gate.set()
        answers = await chat.answers()
    assert len(digester.articles) == 1
    assert len(answers) == 6


async def test_job_of_a_program_that_died_is_taken_up_at_once(database: Database) -> None:
    async with chatting(database, bot_id=7, digester=FakeDigester(gate=asyncio.Event())) as chat:
        await chat.api.write(RAIN)
        await chat.digester.started.acquire()
    async with database.begin() as conn:
        (job,) = await claim_jobs(conn, bot_id=7, now=NOW, lease_until=NOW + LEASE, limit=9)
    async with chatting(database, bot_id=7) as chat:
        (digest,) = await chat.answers()
    assert job.attempts == 1
    assert digest.text == texts.already_short(4)


async def leave_job_begun(database: Database, times: int) -> None:
    """Ask for a digest that is begun so often, each time by a process that then is gone."""
    digester = FakeDigester(gate=asyncio.Event())
    async with chatting(database, digester=digester, bot_id=7) as chat:
        await chat.api.write(RAIN)
        await digester.started.acquire()
    for _ in range(times):
        async with database.begin() as conn:
            assert len(await claim_jobs(conn, bot_id=7, now=NOW, lease_until=NOW, limit=9)) == 1
            await release_jobs(conn, bot_id=7)


async def test_job_that_was_beside_others_when_the_program_was_killed_is_done(
    database: Database,
) -> None:
    await leave_job_begun(database, MAX_ATTEMPTS + 3)
    async with chatting(database, bot_id=7) as chat:
        (digest,) = await chat.answers()
    assert digest.text == texts.already_short(4)


async def test_job_that_ends_the_program_each_time_is_answered_in_words(
    database: Database,
) -> None:
    await leave_job_begun(database, MAX_STARTS)
    async with chatting(database, bot_id=7) as chat:
        (answer,) = await chat.answers()
        async with database.read() as conn:
            assert await count_unfinished_jobs(conn, bot_id=7) == 0
    assert "Something broke" in answer.text
