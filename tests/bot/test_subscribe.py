"""/subscribe through the real handlers: words, people, places, feeds and pages."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from bot import texts
from bot import texts_following as said
from bot.follow_rules import FollowRules
from fetcher.errors import BlockedAddress
from fetcher.models import Fetched
from storage.chats import find_chat
from storage.database import Database
from storage.models import FeedTopic, PersonTopic, PlaceTopic, Schedule, Term, WordsTopic
from support.bot import GROUP, Chatting, chatting, make_services
from support.panels import ADMIN, FEED, RSS, data_of, followed, labels, press

ONE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
TWO = """<html><head>
<link rel="alternate" type="application/rss+xml" title="News" href="/feed.xml">
<link rel="alternate" type="application/rss+xml" title="Sports" href="/sports.xml"></head></html>"""


@pytest.fixture
def fed(chat: Chatting) -> Chatting:
    chat.fetcher.put(FEED, RSS)
    return chat


async def test_words_are_followed_daily(chat: Chatting) -> None:
    (answer,) = await chat.say('/subscribe "harbour strike" Bergen -football')
    (subscription,) = await followed(chat)
    assert subscription.topic == WordsTopic(
        (Term("harbour strike", exact=True), Term("Bergen")), (Term("football"),)
    )
    assert subscription.schedule.times == (time(7, 30),)
    assert answer.text.splitlines() == [
        said.FOLLOWING_NOW,
        "“harbour strike” Bergen −football · words",
        "daily at 07:30 (UTC)",
        "next 19 April 2031, 07:30 UTC",
        said.NO_FEEDS_YET,
    ]
    assert labels(answer) == [said.TELL_AT_ONCE, said.UNDO, said.ALL_TOPICS]


async def test_feed_is_followed_at_once(fed: Chatting) -> None:
    (answer,) = await fed.say(f"/subscribe {FEED}#top")
    (subscription,) = await followed(fed)
    assert subscription.topic == FeedTopic(FEED)
    assert subscription.schedule.at_once
    assert subscription.next_slot_at is None
    assert "Delta Courier" in answer.text
    assert labels(answer) == [said.TELL_DAILY, said.MUTE, said.UNDO, said.ALL_TOPICS]


async def test_chat_that_follows_is_known(fed: Chatting) -> None:
    await fed.say(f"/subscribe {FEED}")
    async with fed.services.database.read() as conn:
        seen = await find_chat(conn, 1)
    assert seen is not None
    assert seen.title == "You"


async def test_same_feed_again_says_that_it_is_followed(fed: Chatting) -> None:
    await fed.say(f"/subscribe {FEED}")
    (again,) = await fed.say("/follow news.example/feed.xml?utm_source=x")
    assert again.text.startswith(said.FOLLOWED_ALREADY)
    assert len(await followed(fed)) == 1


async def test_only_feed_of_a_page_is_followed(fed: Chatting) -> None:
    fed.fetcher.put("http://news.example/", ONE)
    await fed.say("/subscribe news.example")
    assert [subscription.topic for subscription in await followed(fed)] == [FeedTopic(FEED)]


async def test_feed_that_moved_for_good_is_followed_where_it_is(fed: Chatting) -> None:
    moved = Fetched(FEED, "http://old.example/", 200, "", None, RSS.encode(), moved=True)
    fed.fetcher.pages["http://old.example/"] = moved
    await fed.say("/subscribe http://old.example/")
    assert [subscription.topic for subscription in await followed(fed)] == [FeedTopic(FEED)]


async def test_several_feeds_of_a_page_are_offered(fed: Chatting) -> None:
    fed.fetcher.put("http://news.example/", TWO)
    (question,) = await fed.say("/subscribe news.example")
    assert question.text == said.WHICH_FEED
    assert labels(question) == ["News", "Sports"]
    answer = await press(fed, question, "News")
    assert answer.text.startswith(said.FOLLOWING_NOW)
    assert [subscription.topic for subscription in await followed(fed)] == [FeedTopic(FEED)]


async def test_offer_works_after_a_restart(database: Database) -> None:
    async with chatting(database, bot_id=5) as chat:
        chat.fetcher.put("http://news.example/", TWO)
        (question,) = await chat.say("/subscribe news.example")
    async with chatting(database, bot_id=5, first_message_id=100) as chat:
        chat.fetcher.put(FEED, RSS)
        (again,) = await chat.say("/subscriptions")
        (answer,), _ = await chat.press(data_of(question, "News"), again.message_id)
        assert answer.text.startswith(said.FOLLOWING_NOW)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<html><body><p>Rain fell.</p></body></html>", said.NO_FEED_THERE),
        ("just words", said.NO_FEED_THERE),
        (BlockedAddress("http://news.example", "private"), None),
    ],
)
async def test_address_without_a_feed_is_not_followed(
    chat: Chatting, body: str | Exception, told: str | None
) -> None:
    if isinstance(body, str):
        chat.fetcher.put("http://news.example/", body)
    else:
        chat.fetcher.pages["http://news.example/"] = body
    (answer,) = await chat.say("/subscribe news.example")
    assert answer.text == (told or texts.failure_text("blocked_address", why="private"))
    assert await followed(chat) == ()


async def test_address_that_fails_is_not_followed(chat: Chatting) -> None:
    chat.fetcher.put(FEED, "", status=503)
    (answer,) = await chat.say(f"/subscribe {FEED}")
    assert answer.text == said.feed_not_read("news.example", "HTTP 503")
    (answer,) = await chat.say("/subscribe http://nobody.example/")
    assert answer.text == said.feed_not_read("nobody.example", "no such host")
    assert await followed(chat) == ()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", said.SUBSCRIBE_FORMS),
        ("…", said.SUBSCRIBE_FORMS),
        ("the of and", said.topic_refused("topic_stop_words")),
        ("-football", said.topic_refused("topic_only_excluded")),
        ("harbour " * 500, said.topic_refused("topic_too_long", words=500, limit=20)),
    ],
)
async def test_what_is_no_topic_is_refused_in_words(chat: Chatting, typed: str, told: str) -> None:
    (answer,) = await chat.say(f"/subscribe {typed}")
    assert answer.text == told
    assert await followed(chat) == ()


async def test_limit_of_a_chat_is_told(database: Database) -> None:
    services = replace(make_services(database), follow_rules=FollowRules(limit=1))
    async with chatting(database, services=services) as chat:
        await chat.say("/subscribe harbour")
        (refusal,) = await chat.say("/subscribe ferry")
        assert refusal.text == said.limit_reached(1, 1)
        (known,) = await chat.say("/subscribe Harbour")
        assert known.text.startswith(said.FOLLOWED_ALREADY)


async def test_where_nothing_is_delivered_the_chat_is_told_so(database: Database) -> None:
    services = replace(make_services(database), follow_rules=FollowRules(delivers=False))
    async with chatting(database, services=services) as chat:
        (answer,) = await chat.say("/subscribe harbour")
    assert answer.text.endswith(said.NOT_DELIVERED_HERE)


@pytest.fixture
async def placed(database: Database, gazetteer_path: Path) -> AsyncIterator[Chatting]:
    services = replace(make_services(database), gazetteer=gazetteer_path)
    async with chatting(database, services=services) as chat:
        yield chat


async def test_place_is_followed(placed: Chatting) -> None:
    (answer,) = await placed.say("/subscribe Norway")
    (subscription,) = await followed(placed)
    assert isinstance(subscription.topic, PlaceTopic)
    assert "Norway · place" in answer.text


async def test_person_is_followed(placed: Chatting) -> None:
    await placed.say("/subscribe by:Ilse Tarrow")
    (subscription,) = await followed(placed)
    assert subscription.topic == PersonTopic("Ilse Tarrow")


async def test_unknown_place_is_told(placed: Chatting) -> None:
    (answer,) = await placed.say("/subscribe in:Qwertyhaven")
    assert answer.text == said.unknown_place("Qwertyhaven")


async def test_word_that_is_a_place_too_is_asked_about(placed: Chatting) -> None:
    (question,) = await placed.say("/subscribe norway")
    assert question.text == said.WHICH_TOPIC
    place, word = labels(question)
    assert place.startswith("Norway (place")
    assert word == "norway (words)"
    answer = await press(placed, question, word)
    assert answer.text.startswith(said.FOLLOWING_NOW)
    (subscription,) = await followed(placed)
    assert subscription.topic == WordsTopic((Term("norway"),))


async def test_foreign_offer_is_out_of_date(fed: Chatting) -> None:
    fed.fetcher.put("http://news.example/", TWO)
    (question,) = await fed.say("/subscribe news.example")
    fed.api.results["getchatmember"] = ADMIN
    (elsewhere,) = await fed.say("/subscriptions", GROUP)
    _, (toast,) = await fed.press(data_of(question, "News"), elsewhere.message_id, GROUP)
    assert toast.text == texts.BUTTON_OUT_OF_DATE


async def test_person_and_place_of_one_name_are_told_apart(placed: Chatting) -> None:
    (question,) = await placed.say("/subscribe Virginia Beach")
    place, person, words = labels(question)
    assert "place in Virginia, United States" in place
    assert (person, words) == ("Virginia Beach (person)", "Virginia Beach (words)")
    await press(placed, question, person)
    (subscription,) = await followed(placed)
    assert subscription.topic == PersonTopic("Virginia Beach")


async def test_a_topic_is_told_when_its_chat_has_chosen_to_be(chat: Chatting) -> None:
    await chat.say("/time 18:15 weekdays")
    await chat.say("/subscribe ukraine grain")
    (subscription,) = await followed(chat)
    assert subscription.schedule == Schedule((time(18, 15),), days=(0, 1, 2, 3, 4))
