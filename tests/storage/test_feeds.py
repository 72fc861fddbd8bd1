from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import save_article
from storage.database import Connection, Database
from storage.entries import (
    NewEntry,
    StoredEntry,
    claim_entries,
    close_entry,
    delete_old_entries,
    find_next_entry_time,
    get_entry,
    list_entries,
    release_entries,
    retry_entry,
)
from storage.errors import NotFound
from storage.feeds import (
    Reading,
    add_feed,
    claim_feeds,
    find_feed,
    find_next_poll_time,
    get_feed,
    list_known_keys,
    mark_told,
    record_failure,
    record_reading,
    record_unchanged,
    retry_feed,
)
from support.builders import make_article

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://marren.example/feed.xml"
READING = Reading(
    "Marren Post", "https://marren.example/", 'W/"1"', "Tue, 03 Mar 2026 11:00:00 GMT"
)
FERRY = NewEntry("Ferry runs", "https://marren.example/1", "2026-03-03", "It runs.", ("id:1",))


async def read(
    conn: Connection,
    feed_id: int,
    *new: NewEntry,
    at: datetime = NOW,
    reading: Reading = READING,
    listed: tuple[str, ...] | None = None,
) -> tuple[StoredEntry, ...]:
    keys = tuple(key for entry in new for key in entry.keys) if listed is None else listed
    return await record_reading(
        conn, feed_id, reading, new=new, listed=keys, read_at=at, next_poll_at=at + HOUR
    )


async def test_a_feed_is_one_row_and_due_at_once(database: Database) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, title="Marren", added_at=NOW)
        again = await add_feed(conn, URL, added_at=NOW + HOUR)
        (claimed,) = await claim_feeds(conn, now=NOW, lease_until=NOW + HOUR, limit=9)
        feed = await find_feed(conn, URL)
    assert again == feed_id
    assert claimed == feed
    assert (claimed.title, claimed.state, claimed.etag, claimed.last_read_at) == (
        "Marren",
        "active",
        None,
        None,
    )


async def test_a_claimed_feed_is_nobody_elses_until_its_lease_ends(database: Database) -> None:
    async with database.begin() as conn:
        late = await add_feed(conn, URL, added_at=NOW)
        overdue = await add_feed(conn, URL + "?2", added_at=NOW - HOUR)
        await add_feed(conn, URL + "?3", added_at=NOW + HOUR)
        first = await claim_feeds(conn, now=NOW, lease_until=NOW + HOUR, limit=1)
        second = await claim_feeds(conn, now=NOW, lease_until=NOW + 2 * HOUR, limit=9)
        third = await claim_feeds(conn, now=NOW, lease_until=NOW + HOUR, limit=9)
        expired = await claim_feeds(conn, now=NOW + HOUR, lease_until=NOW + 3 * HOUR, limit=1)
        assert await find_next_poll_time(conn) == NOW + HOUR
    assert [feed.id for feed in (*first, *second, *third)] == [overdue, late]
    assert [feed.id for feed in expired] == [overdue]


async def test_a_reading_keeps_what_is_new_and_remembers_all_keys(database: Database) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        (entry,) = await read(conn, feed_id, FERRY, listed=("id:1", "link:1", "id:0"))
        known = await list_known_keys(conn, feed_id, ["id:0", "id:1", "link:1", "id:2"])
        feed = await get_feed(conn, feed_id)
        assert await get_entry(conn, entry.id) == entry
        assert await list_entries(conn, [feed_id], since=NOW - HOUR, limit=9) == (entry,)
        assert await list_entries(conn, [feed_id], since=NOW, limit=9) == ()
    assert known == {"id:0", "id:1", "link:1"}
    assert (entry.title, entry.link, entry.published, entry.summary, entry.article_id) == (
        "Ferry runs",
        "https://marren.example/1",
        "2026-03-03",
        "It runs.",
        None,
    )
    assert (feed.title, feed.link, feed.etag) == (READING.title, READING.link, READING.etag)
    assert (feed.last_read_at, feed.last_new_at, feed.next_poll_at) == (NOW, NOW, NOW + HOUR)


async def test_keys_of_one_feed_are_not_those_of_another(database: Database) -> None:
    async with database.begin() as conn:
        first = await add_feed(conn, URL, added_at=NOW)
        second = await add_feed(conn, URL + "?2", added_at=NOW)
        await read(conn, first, FERRY)
        assert await list_known_keys(conn, second, FERRY.keys) == frozenset()


async def test_many_keys_are_looked_up_and_the_oldest_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.feeds.KEPT_KEYS", 1_200)
    keys = [f"id:{number}" for number in range(1_300)]
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        await read(conn, feed_id, listed=("id:old",), at=NOW - HOUR)
        await read(conn, feed_id, listed=tuple(keys))
        assert await list_known_keys(conn, feed_id, [*keys, "id:old"]) == set(keys)


async def test_failures_in_a_row_are_counted_from_the_first(database: Database) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        await read(conn, feed_id)
        for hours in (1, 2):
            at = NOW + hours * HOUR
            await record_failure(conn, feed_id, "timeout", failed_at=at, next_poll_at=at + 2 * HOUR)
        await mark_told(conn, feed_id, told_at=NOW + 2 * HOUR)
        failing = await get_feed(conn, feed_id)
        await record_unchanged(conn, feed_id, read_at=NOW + 4 * HOUR, next_poll_at=NOW + 5 * HOUR)
        healed = await get_feed(conn, feed_id)
    assert (failing.failures, failing.failure, failing.failing_since) == (
        2,
        "timeout",
        NOW + HOUR,
    )
    assert (failing.etag, failing.last_modified) == (None, None)
    assert failing.told_at == NOW + 2 * HOUR
    assert (healed.failures, healed.failure, healed.failing_since, healed.told_at) == (
        0,
        None,
        None,
        None,
    )


async def test_a_feed_that_ended_is_asked_again_only_when_somebody_wants_it(
    database: Database,
) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        await record_failure(
            conn, feed_id, "status_410", failed_at=NOW, next_poll_at=NOW, state="gone"
        )
        ended = await claim_feeds(conn, now=NOW + HOUR, lease_until=NOW + 2 * HOUR, limit=9)
        assert await find_next_poll_time(conn) is None
        await retry_feed(conn, feed_id, now=NOW + HOUR)
        (retried,) = await claim_feeds(conn, now=NOW + HOUR, lease_until=NOW + 2 * HOUR, limit=9)
    assert ended == ()
    assert (retried.state, retried.failures) == ("active", 0)


async def test_a_feed_that_moved_is_asked_at_its_new_address(database: Database) -> None:
    moved = Reading("Marren Post", None, None, None, url="https://marren.example/new.xml")
    async with database.begin() as conn:
        first = await add_feed(conn, URL, added_at=NOW)
        second = await add_feed(conn, URL + "?2", added_at=NOW)
        for feed_id in (first, second):
            await read(conn, feed_id, reading=moved)
        urls = [(await get_feed(conn, feed_id)).url for feed_id in (first, second)]
    assert urls == [moved.url, URL + "?2"]


async def test_entry_outlives_its_article_and_keys_outlive_entries(database: Database) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        (entry,) = await read(conn, feed_id, FERRY)
        article_id = await save_article(conn, make_article(), received_at=NOW)
        await close_entry(conn, entry.id, "done", article_id=article_id)
        assert (await get_entry(conn, entry.id)).article_id == article_id
        await delete_old_entries(conn, seen_before=NOW + HOUR, limit=9)
        assert await list_entries(conn, [feed_id], since=NOW - HOUR, limit=9) == ()
        assert await list_known_keys(conn, feed_id, FERRY.keys) == set(FERRY.keys)
        with pytest.raises(NotFound):
            await get_entry(conn, entry.id)


async def test_unknown_feeds(database: Database) -> None:
    async with database.read() as conn:
        assert await find_feed(conn, URL) is None
        with pytest.raises(NotFound):
            await get_feed(conn, 1)


async def test_entries_wait_their_turn_and_are_digested_once(database: Database) -> None:
    bridge = NewEntry("Bridge shut", None, None, "For a week.", ("id:2",))
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        first, second = await read(conn, feed_id, FERRY, bridge)
        claimed = await claim_entries(conn, now=NOW, lease_until=NOW + HOUR, limit=9)
        assert [(entry.id, entry.attempts) for entry in claimed] == [(first.id, 1), (second.id, 1)]
        assert await claim_entries(conn, now=NOW, lease_until=NOW + HOUR, limit=9) == ()
        await close_entry(conn, first.id, "done")
        await retry_entry(conn, second.id, not_before=NOW + 2 * HOUR)
        assert await find_next_entry_time(conn) == NOW + 2 * HOUR
        await release_entries(conn, now=NOW)
        (again,) = await claim_entries(conn, now=NOW, lease_until=NOW + HOUR, limit=9)
        assert (again.id, again.attempts) == (second.id, 2)
        await close_entry(conn, second.id, "failed")
        assert await find_next_entry_time(conn) is None


async def test_what_a_first_reading_brings_does_not_wait(database: Database) -> None:
    async with database.begin() as conn:
        feed_id = await add_feed(conn, URL, added_at=NOW)
        (entry,) = await record_reading(
            conn,
            feed_id,
            READING,
            new=[FERRY],
            listed=FERRY.keys,
            read_at=NOW,
            next_poll_at=NOW + HOUR,
            state="kept",
        )
        assert await claim_entries(conn, now=NOW, lease_until=NOW + HOUR, limit=9) == ()
        assert await list_entries(conn, [feed_id], since=NOW - HOUR, limit=9) == (entry,)
