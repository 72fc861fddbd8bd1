"""The button "Follow…" under a digest."""

from collections.abc import AsyncIterator

import pytest

from bot import texts
from bot import texts_following as said
from storage.database import Database
from storage.models import PersonTopic, PlaceTopic
from summarizer.models import Location, Span, Speaker
from support.bot import GROUP, Chatting, FakeDigester, chatting
from support.panels import ADMIN, data_of, followed, labels, press

LONG = "River rose.\n" + "word " * 120
BERGEN = Location("Bergen", "city", "NO", 60.39, 5.32, 3_161_732, True, 1.0, (Span(0, 2),))
NEAR_BERGEN = Location("Fjell", "city", "NO", 60.39, 5.32, 3_161_732, False, 1.0, ())
TARROW = Speaker("Ilse Tarrow", None, "person", ())
UNION = Speaker("The dockers", None, "group", ())


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chatting]:
    digester = FakeDigester(locations=(NEAR_BERGEN, BERGEN), speakers=(UNION, TARROW))
    async with chatting(database, digester=digester) as started:
        yield started


async def test_places_and_people_of_a_digest_are_suggested(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    question = await press(chat, digest, texts.FOLLOW)
    assert question.text == said.FOLLOW_WHAT
    assert question.reply_to == digest.message_id
    assert labels(question) == ["Bergen (place in Norway)", "Ilse Tarrow (person)"]
    for label in labels(question):
        await press(chat, question, label)
    assert [subscription.topic for subscription in await followed(chat)] == [
        PlaceTopic(3_161_732, "Bergen", "Norway"),
        PersonTopic("Ilse Tarrow"),
    ]


async def test_members_of_a_group_get_no_suggestions(chat: Chatting) -> None:
    article = await chat.api.write(LONG, GROUP)
    (digest,) = await chat.say("/digest", GROUP, reply_to=article)
    chat.api.results["getchatmember"] = {**ADMIN, "status": "member"}
    sent, (toast,) = await chat.press(data_of(digest, texts.FOLLOW), digest.message_id, GROUP)
    assert (sent, toast.text) == ([], texts.ONLY_ADMINS)


async def test_digest_of_another_chat_suggests_nothing(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    chat.api.results["getchatmember"] = ADMIN
    (other,) = await chat.say("/history", GROUP)
    _, (toast,) = await chat.press(data_of(digest, texts.FOLLOW), other.message_id, GROUP)
    assert toast.text == texts.BUTTON_OUT_OF_DATE
