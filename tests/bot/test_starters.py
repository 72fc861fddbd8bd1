"""Starter topics in the chat: the buttons under /subscribe."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import texts
from bot import texts_following as said
from bot.follow_rules import FollowRules
from bot.starter_topics import StarterTopic
from newsroom.topics import read_request
from storage.database import Database
from storage.models import FeedTopic, PersonTopic, Term, WordsTopic
from support.bot import GROUP, Chatting, chatting, make_services
from support.panels import ADMIN, data_of, followed

FEED = "https://sea.example/feed.xml"
SEA = StarterTopic(
    "Black Sea", (read_request("grain corridor"), read_request("by:Oda Lund")), (FEED,)
)
WORLD = StarterTopic("World", (), (FEED,))


@pytest.fixture
async def starting(database: Database) -> AsyncIterator[Chatting]:
    services = replace(make_services(database), starters=(SEA, WORLD))
    async with chatting(database, services=services) as chat:
        yield chat


async def test_a_starter_topic_is_followed_with_its_feeds_by_one_press(starting: Chatting) -> None:
    (forms,) = await starting.say("/subscribe")
    assert forms.text == said.SUBSCRIBE_FORMS
    (answer,), _ = await starting.press(data_of(forms, "Black Sea"), forms.message_id)
    assert answer.text == said.starter_followed("Black Sea", ["grain corridor", "Oda Lund"])
    subscriptions = await followed(starting)
    assert [subscription.topic for subscription in subscriptions] == [
        FeedTopic(FEED),
        WordsTopic((Term("grain"), Term("corridor"))),
        PersonTopic("Oda Lund"),
    ]
    assert [subscription.told for subscription in subscriptions] == [False, True, True]
    assert [subscription.schedule.at_once for subscription in subscriptions] == [True, False, False]


async def test_a_starter_topic_without_words_is_its_feeds(starting: Chatting) -> None:
    (forms,) = await starting.say("/subscribe")
    await starting.press(data_of(forms, "World"), forms.message_id)
    (subscription,) = await followed(starting)
    assert (subscription.topic, subscription.told) == (FeedTopic(FEED), True)


async def test_pressing_twice_follows_once(starting: Chatting) -> None:
    (forms,) = await starting.say("/subscribe")
    for _ in range(2):
        await starting.press(data_of(forms, "Black Sea"), forms.message_id)
    assert len(await followed(starting)) == 3


async def test_a_starter_topic_that_is_gone_is_out_of_date(starting: Chatting) -> None:
    (forms,) = await starting.say("/subscribe")
    _, (toast,) = await starting.press("1:sr:9", forms.message_id)
    assert toast.text == texts.BUTTON_OUT_OF_DATE
    assert await followed(starting) == ()


async def test_what_would_be_too_much_is_not_followed_in_part(database: Database) -> None:
    services = replace(make_services(database), starters=(SEA,), follow_rules=FollowRules(limit=2))
    async with chatting(database, services=services) as chat:
        (forms,) = await chat.say("/subscribe")
        (answer,), _ = await chat.press(data_of(forms, "Black Sea"), forms.message_id)
        assert answer.text == said.limit_reached(0, 2)
        assert await followed(chat) == ()


async def test_in_a_group_admins_alone_press(starting: Chatting) -> None:
    (forms,) = await starting.say("/subscribe", GROUP)
    starting.api.results["getchatmember"] = {**ADMIN, "status": "member"}
    _, (toast,) = await starting.press(data_of(forms, "World"), forms.message_id, GROUP)
    assert toast.text == texts.ONLY_ADMINS
