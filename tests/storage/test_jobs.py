from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.database import Database
from storage.jobs import (
    Job,
    cancel_jobs,
    claim_jobs,
    count_unfinished_jobs,
    enqueue_again,
    enqueue_job,
    find_next_job_time,
    finish_job,
    hand_back_job,
    is_failed,
    release_jobs,
    renew_leases,
    retry_job,
)
from storage.retention import delete_old_jobs

NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(seconds=5)
BOT = 5


async def enqueue(database: Database, key: str, *, chat_id: int = 1, bot_id: int = BOT) -> bool:
    async with database.begin() as conn:
        return await enqueue_job(
            conn,
            "digest",
            key,
            bot_id=bot_id,
            chat_id=chat_id,
            payload={"key": key},
            created_at=NOW,
        )


async def claim(database: Database, *, now: datetime = NOW, limit: int = 10) -> tuple[Job, ...]:
    async with database.begin() as conn:
        return await claim_jobs(
            conn, bot_id=BOT, now=now, lease_until=now + timedelta(minutes=1), limit=limit
        )


async def test_a_key_is_queued_once(database: Database) -> None:
    assert await enqueue(database, "a")
    assert not await enqueue(database, "a")
    assert await enqueue(database, "a", bot_id=6)
    (job,) = await claim(database)
    assert (job.kind, job.payload, job.attempts) == ("digest", {"key": "a"}, 1)
    assert await claim(database) == ()


async def test_each_chat_has_one_job_at_a_time_the_oldest_first(database: Database) -> None:
    for key, chat_id in (("a", 1), ("b", 1), ("c", 2)):
        await enqueue(database, key, chat_id=chat_id)
    first, other = await claim(database)
    assert (first.payload["key"], other.payload["key"]) == ("a", "c")
    async with database.begin() as conn:
        assert await finish_job(conn, first.id)
    (second,) = await claim(database)
    assert second.payload["key"] == "b"


async def test_no_more_than_the_limit_is_claimed(database: Database) -> None:
    for number in range(4):
        await enqueue(database, str(number), chat_id=number)
    assert len(await claim(database, limit=3)) == 3
    assert len(await claim(database, limit=3)) == 1


async def test_a_job_that_is_to_wait_is_claimed_in_time(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    async with database.begin() as conn:
        await retry_job(conn, job.id, not_before=SOON)
        assert await find_next_job_time(conn, bot_id=BOT, after=NOW) == SOON
    assert await claim(database) == ()
    (again,) = await claim(database, now=SOON)
    assert again.attempts == 2


async def test_a_lease_that_is_over_frees_the_job(database: Database) -> None:
    await enqueue(database, "a")
    await claim(database)
    assert await claim(database, now=SOON) == ()
    (again,) = await claim(database, now=NOW + timedelta(minutes=2))
    assert again.attempts == 2


async def test_a_lease_is_renewed_while_somebody_works_on_the_job(database: Database) -> None:
    for key, chat_id in (("a", 1), ("b", 2), ("c", 3)):
        await enqueue(database, key, chat_id=chat_id)
    kept, _, handed_back = await claim(database)
    later = NOW + timedelta(minutes=2)
    async with database.begin() as conn:
        await hand_back_job(conn, handed_back.id)
        await renew_leases(
            conn, (kept.id, handed_back.id), lease_until=later + timedelta(minutes=1)
        )
    assert [job.payload["key"] for job in await claim(database, now=later)] == ["b", "c"]


async def test_jobs_of_a_program_that_ended_are_released(database: Database) -> None:
    await enqueue(database, "a")
    await claim(database)
    async with database.begin() as conn:
        await release_jobs(conn, bot_id=BOT)
    (again,) = await claim(database)
    assert again.attempts == 2


async def test_a_job_that_is_handed_back_was_not_tried(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    async with database.begin() as conn:
        await hand_back_job(conn, job.id)
    (again,) = await claim(database)
    assert again.attempts == 1


async def test_only_a_running_job_can_be_finished(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    async with database.begin() as conn:
        assert await finish_job(conn, job.id)
        assert not await finish_job(conn, job.id)
        assert await count_unfinished_jobs(conn, bot_id=BOT) == 0
    assert not await enqueue(database, "a")


async def test_a_failed_job_can_be_queued_anew_once_and_by_its_chat(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    ids = {"bot_id": BOT, "created_at": NOW}
    async with database.begin() as conn:
        assert not await enqueue_again(conn, job.id, "b", chat_id=1, **ids)
        assert await finish_job(conn, job.id, "failed")
        assert not await enqueue_again(conn, job.id, "b", chat_id=2, **ids)
        assert await is_failed(conn, job.id, bot_id=BOT, chat_id=1)
        assert await enqueue_again(conn, job.id, "b", chat_id=1, **ids)
        assert not await is_failed(conn, job.id, bot_id=BOT, chat_id=1)
        assert not await enqueue_again(conn, job.id, "c", chat_id=1, **ids)
    (again,) = await claim(database)
    assert again == replace(job, id=again.id)


async def test_what_is_done_is_forgotten(database: Database) -> None:
    await enqueue(database, "a")
    (job,) = await claim(database)
    async with database.begin() as conn:
        await finish_job(conn, job.id)
        assert not await is_failed(conn, job.id, bot_id=BOT, chat_id=1)
        assert not await enqueue_again(conn, job.id, "b", bot_id=BOT, chat_id=1, created_at=NOW)


async def test_jobs_of_a_chat_can_be_dropped_while_they_run(database: Database) -> None:
    await enqueue(database, "a")
    await enqueue(database, "b")
    await enqueue(database, "c", chat_id=2)
    job, _ = await claim(database)
    async with database.begin() as conn:
        assert await count_unfinished_jobs(conn, bot_id=BOT, chat_id=1) == 2
        assert await cancel_jobs(conn, bot_id=BOT, chat_id=1) == 2
        assert not await finish_job(conn, job.id)
        assert await count_unfinished_jobs(conn, bot_id=BOT) == 1


async def test_only_finished_jobs_are_forgotten(database: Database) -> None:
    await enqueue(database, "a")
    await enqueue(database, "b", chat_id=2)
    first, _ = await claim(database)
    async with database.begin() as conn:
        await finish_job(conn, first.id, "failed")
        await delete_old_jobs(conn, created_before=SOON, limit=9)
        assert await count_unfinished_jobs(conn, bot_id=BOT) == 1
    assert await enqueue(database, "a")


async def test_no_job_waits_for_a_clock_that_was_set_back(database: Database) -> None:
    for key, chat_id in (("new", 1), ("tried", 2)):
        await enqueue(database, key, chat_id=chat_id)
    (_, tried) = await claim(database)
    async with database.begin() as conn:
        await release_jobs(conn, bot_id=BOT)
        await hand_back_job(conn, 1)
    hour_before = NOW - timedelta(hours=1)
    assert [job.id for job in await claim(database, now=hour_before)] == [1, tried.id]
