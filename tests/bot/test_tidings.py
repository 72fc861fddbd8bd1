"""What the bot says unasked, and the buttons under it."""

from datetime import timedelta

from bot import texts_following as said
from bot.tidings import Tidings
from storage.feeds import StoredFeed, find_feed, record_failure
from support.bot import NOW, Chatting
from support.panels import FEED, RSS, followed, labels, press


async def failing_feed(chat: Chatting) -> StoredFeed:
    """The feed that the chat follows, after it has failed for four days."""
    chat.fetcher.put(FEED, RSS)
    await chat.say(f"/subscribe {FEED}")
    since, later = NOW - timedelta(days=4), NOW + timedelta(hours=1)
    async with chat.services.database.begin() as conn:
        feed = await find_feed(conn, FEED)
        assert feed is not None
        await record_failure(conn, feed.id, "http_503", failed_at=since, next_poll_at=later)
        return feed


async def test_trouble_with_a_feed_can_be_answered_by_buttons(chat: Chatting) -> None:
    feed, seen = await failing_feed(chat), len(chat.api.events)
    async with chat.services.database.begin() as conn:
        await Tidings(chat.services).tell_trouble(conn, feed)
    chat.life.bells.ring("deliveries")
    (told,) = await chat.answers(seen)
    assert told.text == said.feed_failing("Delta Courier", 4, "HTTP 503")
    assert labels(told) == [said.RETRY_NOW, said.STOP_FOLLOWING]
    stopped = await press(chat, told, said.STOP_FOLLOWING)
    assert stopped.text.startswith(said.STOPPED)
    assert await followed(chat) == ()
