from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from storage.articles import delete_unclaimed_articles, get_article, save_article
from storage.chats import Chat, save_chat
from storage.database import Connection, Database
from storage.digests import get_digest, save_digest
from storage.errors import NotFound
from storage.feeds import add_feed, delete_unfollowed_feeds, get_feed
from storage.history import record_request
from storage.matches import (
    Match,
    close_matches,
    delete_old_matches,
    list_told_digests,
    list_untold_matches,
    mark_matches_told,
    record_match,
)
from storage.models import (
    FeedTopic,
    PersonTopic,
    PlaceTopic,
    Schedule,
    SourceTopic,
    Term,
    Topic,
    WordsTopic,
)
from storage.moves import move_chat
from storage.privacy import erase_rows_of_chat
from storage.retention import delete_requests_of_chat
from storage.subscriptions import (
    FOREVER,
    Subscription,
    claim_slots,
    close_slot,
    count_subscriptions,
    delete_ended_subscriptions,
    end_subscription,
    find_last_told,
    find_next_slot_time,
    find_subscriptions,
    get_subscription,
    list_changed_subscriptions,
    list_chats_of_feed,
    list_followed_feed_ids,
    list_subscriptions,
    pause_subscriptions,
    reschedule,
    restore_subscription,
    resume_subscriptions,
    set_told,
    subscribe,
    topic_key,
)
from support.builders import make_digest

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = Schedule((time(7, 30),), zone="Europe/Oslo")
GRAIN = WordsTopic((Term("grain"), Term("black sea", exact=True)), (Term("football"),))
URL = "https://marren.example/feed.xml"


@pytest.fixture
async def conn(database: Database) -> AsyncIterator[Connection]:
    async with database.begin() as conn:
        yield conn


async def follow(
    conn: Connection,
    topic: Topic = GRAIN,
    *,
    chat_id: int = 11,
    bot_id: int = 1,
    feed_id: int | None = None,
    schedule: Schedule = DAILY,
    next_slot_at: datetime | None = NOW + HOUR,
) -> Subscription:
    subscription, _ = await subscribe(
        conn,
        topic,
        bot_id=bot_id,
        chat_id=chat_id,
        feed_id=feed_id,
        schedule=schedule,
        next_slot_at=next_slot_at,
        now=NOW,
    )
    return subscription


async def get(conn: Connection, subscription: Subscription) -> Subscription:
    return await get_subscription(conn, subscription.id, bot_id=1, chat_id=subscription.chat_id)


async def digest_of(conn: Connection, text: str) -> int:
    digest = make_digest(text)
    article_id = await save_article(conn, digest.article, received_at=NOW)
    return await save_digest(conn, digest, article_id=article_id, created_at=NOW)


@pytest.mark.parametrize(
    "topic",
    [
        GRAIN,
        PersonTopic("Ilinca Vasarab"),
        PlaceTopic(706448, "Kherson", "Kherson Oblast, Ukraine"),
        SourceTopic("Marren Post"),
        FeedTopic(URL),
    ],
)
async def test_what_is_followed_comes_back_exactly(conn: Connection, topic: Topic) -> None:
    subscription = await follow(conn, topic)
    assert await get(conn, subscription) == subscription
    assert (subscription.topic, subscription.schedule) == (topic, DAILY)
    assert (subscription.told, subscription.since) == (True, NOW)
    assert await list_subscriptions(conn, bot_id=1, chat_id=11) == (subscription,)


async def test_a_topic_is_followed_once_in_each_chat_and_by_each_bot(conn: Connection) -> None:
    first = await follow(conn)
    shouted = replace(GRAIN, terms=(Term("GRAIN"), *GRAIN.terms[1:]))
    again, is_new = await subscribe(
        conn,
        shouted,
        bot_id=1,
        chat_id=11,
        schedule=Schedule(),
        next_slot_at=None,
        now=NOW + HOUR,
    )
    others = [await follow(conn, chat_id=12), await follow(conn, bot_id=2)]
    assert (again, is_new) == (first, False)
    assert len({first.id, *(other.id for other in others)}) == 3
    assert await count_subscriptions(conn, bot_id=1, chat_id=11) == 1


def test_labels_of_a_place_and_case_of_words_are_no_difference() -> None:
    assert topic_key(PlaceTopic(1, "Херсон")) == topic_key(PlaceTopic(1, "Kherson", "Ukraine"))
    assert topic_key(PersonTopic("ODA LUND")) == topic_key(PersonTopic("Oda Lund"))
    assert topic_key(FeedTopic(f"{URL}?A")) != topic_key(FeedTopic(f"{URL}?a"))


async def test_what_was_ended_can_be_taken_back_or_followed_anew(conn: Connection) -> None:
    subscription = await follow(conn)
    await end_subscription(conn, subscription.id, ended_at=NOW)
    assert await list_subscriptions(conn, bot_id=1, chat_id=11) == ()
    assert (await get(conn, subscription)).ended_at == NOW
    await restore_subscription(conn, subscription.id)
    assert await list_subscriptions(conn, bot_id=1, chat_id=11) == (subscription,)
    await end_subscription(conn, subscription.id, ended_at=NOW)
    anew, is_new = await subscribe(
        conn,
        GRAIN,
        bot_id=1,
        chat_id=11,
        schedule=Schedule(),
        next_slot_at=None,
        now=NOW + HOUR,
    )
    assert (is_new, anew.id) == (True, subscription.id)
    assert (anew.schedule, anew.since, anew.ended_at) == (Schedule(), NOW + HOUR, None)


async def test_what_was_ended_long_ago_is_forgotten(conn: Connection) -> None:
    ended, followed = await follow(conn), await follow(conn, PersonTopic("Oda Lund"))
    await end_subscription(conn, ended.id, ended_at=NOW)
    await delete_ended_subscriptions(conn, ended_before=NOW)
    assert await get(conn, ended)
    await delete_ended_subscriptions(conn, ended_before=NOW + HOUR)
    assert await get(conn, followed) == followed
    with pytest.raises(NotFound):
        await get(conn, ended)


async def test_another_chats_subscription_is_not_found(conn: Connection) -> None:
    subscription = await follow(conn)
    for bot_id, chat_id in ((1, 12), (2, 11)):
        with pytest.raises(NotFound):
            await get_subscription(conn, subscription.id, bot_id=bot_id, chat_id=chat_id)


async def test_times_pauses_and_silence_are_kept(conn: Connection) -> None:
    subscription = await follow(conn)
    weekly = Schedule((time(18),), days=(4,), zone="Asia/Tokyo")
    await reschedule(conn, [subscription.id], weekly, next_slot_at=NOW + 2 * HOUR)
    await pause_subscriptions(conn, [subscription.id], until=FOREVER)
    await set_told(conn, subscription.id, told=False)
    changed = await get(conn, subscription)
    assert (changed.schedule, changed.next_slot_at) == (weekly, NOW + 2 * HOUR)
    assert (changed.paused_until, changed.told) == (FOREVER, False)
    await resume_subscriptions(conn, [subscription.id])
    assert (await get(conn, subscription)).paused_until is None


async def test_slots_come_in_order_and_are_closed(conn: Connection) -> None:
    late = await follow(conn, next_slot_at=NOW)
    overdue = await follow(conn, chat_id=12, next_slot_at=NOW - HOUR)
    ended = await follow(conn, chat_id=13, next_slot_at=NOW - HOUR)
    await end_subscription(conn, ended.id, ended_at=NOW)
    await follow(conn, chat_id=14, schedule=Schedule(), next_slot_at=None)
    assert await find_next_slot_time(conn) == NOW - HOUR
    first = await claim_slots(conn, now=NOW, lease_until=NOW + HOUR, limit=1)
    second = await claim_slots(conn, now=NOW, lease_until=NOW + HOUR, limit=9)
    due = (*first, *second)
    assert [subscription.id for subscription in due] == [overdue.id, late.id]
    assert await find_next_slot_time(conn) == NOW + HOUR
    for subscription in due:
        await close_slot(conn, subscription.id, since=NOW, next_slot_at=NOW + 24 * HOUR)
    assert await claim_slots(conn, now=NOW + HOUR, lease_until=NOW + HOUR, limit=9) == ()
    assert await find_next_slot_time(conn) == NOW + 24 * HOUR
    assert (await get(conn, late)).since == NOW


async def test_chats_of_a_feed_are_those_that_follow_it_and_want_to_hear(
    conn: Connection,
) -> None:
    feed_id = await add_feed(conn, URL, added_at=NOW)
    topic = FeedTopic(URL)
    mine = {
        chat_id: await follow(conn, topic, chat_id=chat_id, feed_id=feed_id)
        for chat_id in (11, 12, 13, 14)
    }
    await follow(conn, chat_id=13)
    await follow(conn, chat_id=15)
    await pause_subscriptions(conn, [mine[12].id, mine[13].id], until=NOW + HOUR)
    await end_subscription(conn, mine[14].id, ended_at=NOW)
    assert await list_chats_of_feed(conn, feed_id, now=NOW) == {(1, 11), (1, 13)}
    assert await list_chats_of_feed(conn, feed_id, now=NOW + HOUR) == {(1, 11), (1, 12), (1, 13)}
    assert await list_followed_feed_ids(conn, bot_id=1, chat_id=11) == (feed_id,)
    assert await list_followed_feed_ids(conn, bot_id=1, chat_id=14) == ()


async def test_a_digest_belongs_to_a_subscription_once_and_is_told_once(
    conn: Connection,
) -> None:
    subscription = await follow(conn)
    older, newer = await digest_of(conn, "One."), await digest_of(conn, "Two.")
    first = Match(subscription.id, older, None, NOW)
    second = Match(subscription.id, newer, None, NOW + HOUR)
    noted = [await record_match(conn, match) for match in (first, second, first)]
    assert noted == [True, True, False]
    ids = [subscription.id]
    assert await list_untold_matches(conn, ids, limit=9) == (second, first)
    await mark_matches_told(conn, subscription.id, [older], told_at=NOW + HOUR)
    assert await list_untold_matches(conn, ids, limit=9) == (second,)
    assert await list_told_digests(conn, ids, since=NOW) == (older,)
    assert await close_matches(conn, ids, until=NOW, told_at=NOW + HOUR) == set()
    assert await list_untold_matches(conn, ids, limit=9) == (second,)
    assert await close_matches(conn, ids, until=NOW + HOUR, told_at=NOW + HOUR) == {newer}
    assert await find_last_told(conn, ids) == NOW + HOUR
    assert await list_untold_matches(conn, ids, limit=9) == ()
    assert await list_told_digests(conn, ids, since=NOW) == (older, newer)
    await delete_old_matches(conn, matched_before=NOW + 2 * HOUR)
    assert await list_told_digests(conn, ids, since=NOW) == ()


async def test_a_feed_that_nobody_follows_any_more_is_forgotten(conn: Connection) -> None:
    feed_id = await add_feed(conn, URL, added_at=NOW)
    other_id = await add_feed(conn, f"{URL}?2", added_at=NOW)
    subscription = await follow(conn, FeedTopic(URL), feed_id=feed_id)
    await delete_unfollowed_feeds(conn)
    assert (await get_feed(conn, feed_id)).url == URL
    with pytest.raises(NotFound):
        await get_feed(conn, other_id)
    await end_subscription(conn, subscription.id, ended_at=NOW)
    await delete_ended_subscriptions(conn, ended_before=NOW + HOUR)
    await delete_unfollowed_feeds(conn)
    with pytest.raises(NotFound):
        await get_feed(conn, feed_id)


async def test_an_article_stays_as_long_as_a_chat_follows_it(conn: Connection) -> None:
    mine, others = await follow(conn), await follow(conn, chat_id=12)
    digest_id = await digest_of(conn, "One.")
    article_id = (await get_digest(conn, digest_id)).article_id
    for subscription in (mine, others):
        await record_match(conn, Match(subscription.id, digest_id, None, NOW))
    await erase_rows_of_chat(conn, chat_id=11)
    await delete_unclaimed_articles(conn, [article_id])
    assert await get_article(conn, article_id)
    await erase_rows_of_chat(conn, chat_id=12)
    with pytest.raises(NotFound):
        await get_article(conn, article_id)


async def test_changes_are_numbered_so_that_each_is_seen_once(conn: Connection) -> None:
    subscription = await follow(conn)
    other = await follow(conn, bot_id=2)
    changed, newest = await list_changed_subscriptions(conn, after=0)
    assert changed == (subscription, other)
    assert await list_changed_subscriptions(conn, after=newest) == ((), newest)
    await end_subscription(conn, subscription.id, ended_at=NOW)
    (ended,), latest = await list_changed_subscriptions(conn, after=newest)
    assert (ended.id, ended.ended_at) == (subscription.id, NOW)
    await delete_ended_subscriptions(conn, ended_before=NOW + HOUR)
    await reschedule(conn, [other.id], Schedule(), next_slot_at=None)
    (rescheduled,), last = await list_changed_subscriptions(conn, after=latest)
    assert await find_subscriptions(conn, [subscription.id, other.id]) == (rescheduled,)
    assert newest < latest < last


async def test_who_is_awake(conn: Connection) -> None:
    subscription = await follow(conn)
    assert subscription.is_awake(NOW)
    assert not replace(subscription, told=False).is_awake(NOW)
    assert not replace(subscription, ended_at=NOW).is_awake(NOW)
    paused = replace(subscription, paused_until=NOW + HOUR)
    assert (paused.is_awake(NOW), paused.is_awake(NOW + HOUR)) == (False, True)


async def test_what_follows_a_group_moves_with_it(conn: Connection) -> None:
    for chat_id in (11, 12):
        await save_chat(conn, Chat(chat_id, "group", None, None, NOW, NOW))
    grain = await follow(conn)
    oda = await follow(conn, PersonTopic("Oda Lund"))
    there = await follow(conn, chat_id=12)
    await move_chat(conn, old_id=11, new_id=12)
    moved = await list_subscriptions(conn, bot_id=1, chat_id=12)
    assert [subscription.id for subscription in moved] == [oda.id, there.id]
    assert await find_subscriptions(conn, [grain.id]) == ()


async def test_a_digest_that_is_followed_outlives_its_requests(conn: Connection) -> None:
    subscription = await follow(conn)
    digest_id = await digest_of(conn, "One.")
    await save_chat(conn, Chat(12, "private", None, None, NOW, NOW))
    await record_request(conn, chat_id=12, digest_id=digest_id, requested_at=NOW)
    await record_match(conn, Match(subscription.id, digest_id, None, NOW))
    await delete_requests_of_chat(conn, chat_id=12, limit=9)
    assert (await get_digest(conn, digest_id)).id == digest_id
