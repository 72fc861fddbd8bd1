from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot import texts
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_events import MessageSent, PhotoSent, PressAnswered, VenueSent
from bot.map_answers import venue_payload
from bot.maps.worker import draw_map
from newsroom.errors import DigestTimeout
from storage.database import Database
from storage.maps import find_map
from storage.tables import deliveries, map_pictures
from summarizer.models import Location, Span
from support.bot import GROUP, Chatting, FakeDigester, chatting
from support.digests import FLOOD

LONG = FLOOD + "\n" + "word " * 120
OTHER_GROUP = LocalChat(id=-1_002, type="supergroup", title="Sports", user_id=8)
BERGEN = Location("Bergen", "city", "NO", 60.39, 5.32, None, True, 1.0, (Span(0, 2), Span(4, 6)))
NORTH_SEA = Location("North Sea", "water", None, 56.0, 3.0, None, False, 0.5, ())


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chatting]:
    digester = FakeDigester(locations=(BERGEN, NORTH_SEA))
    async with chatting(database, digester=digester) as started:
        yield started


def map_data(digest: MessageSent) -> str:
    ((button,),) = digest.keyboard
    assert button.text == "Map"
    assert button.data is not None
    return button.data


async def shown(
    chat: Chatting, data: str, message_id: int, where: LocalChat = PRIVATE_CHAT
) -> list[object]:
    seen = len(chat.api.events)
    await chat.press(data, message_id, where)
    kinds = (PhotoSent, VenueSent, MessageSent, PressAnswered)
    return [event for event in chat.api.events[seen:] if isinstance(event, kinds)]


async def test_the_map_is_a_picture_that_replies_to_the_digest(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    answer, picture = await shown(chat, map_data(digest), digest.message_id)
    assert answer == PressAnswered("1", "")
    assert isinstance(picture, PhotoSent)
    assert picture.content == b"picture"
    assert picture.caption == "Bergen, North Sea"
    assert picture.reply_to == digest.message_id
    assert [button.text for row in picture.keyboard for button in row] == ["Bergen", "North Sea"]


async def test_the_map_is_drawn_of_the_places_in_a_worker_and_once(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    await shown(chat, map_data(digest), digest.message_id)
    (again,) = await chat.say(LONG)
    (_, picture) = await shown(chat, map_data(again), again.message_id)
    assert isinstance(picture, PhotoSent)
    assert chat.digester.calls == [(draw_map, (BERGEN, NORTH_SEA), None)]


async def test_pressing_again_at_once_gives_no_second_picture(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    await shown(chat, map_data(digest), digest.message_id)
    assert await shown(chat, map_data(digest), digest.message_id) == [PressAnswered("2", "")]


async def test_a_digest_without_places_has_no_button(database: Database) -> None:
    async with chatting(database) as chat:
        (digest,) = await chat.say(LONG)
    assert digest.keyboard == ()


async def test_a_place_under_the_map_is_sent_as_a_silent_pin(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    _, picture = await shown(chat, map_data(digest), digest.message_id)
    assert isinstance(picture, PhotoSent)
    bergen = picture.keyboard[0][0]
    answer, pin = await shown(chat, bergen.data or "", picture.message_id)
    assert answer == PressAnswered("2", "")
    assert isinstance(pin, VenueSent)
    assert (pin.latitude, pin.longitude) == (60.39, 5.32)
    assert (pin.title, pin.address) == ("Bergen", "Bergen, Norway · mentioned 2×")
    assert pin.silent
    assert pin.reply_to == picture.message_id


async def test_buttons_work_after_a_restart(database: Database) -> None:
    digester = FakeDigester(locations=(BERGEN,))
    async with chatting(database, digester=digester) as before:
        (digest,) = await before.say(LONG)
    async with chatting(database, digester=digester) as after:
        after.api.forget_message(digest.message_id)
        _, picture = await shown(after, map_data(digest), digest.message_id)
    assert isinstance(picture, PhotoSent)
    assert picture.reply_to == digest.message_id


async def test_anybody_in_the_group_may_see_the_map(chat: Chatting) -> None:
    await chat.say(LONG, GROUP)
    (digest,) = await chat.say("/digest", GROUP, reply_to=1)
    somebody_else = replace(GROUP, user_id=99)
    events = await shown(chat, map_data(digest), digest.message_id, somebody_else)
    assert isinstance(events[-1], PhotoSent)
    assert events[-1].chat_id == GROUP.id


async def test_a_digest_of_another_chat_is_not_shown(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    await chat.say(LONG, OTHER_GROUP)
    (help_message,) = await chat.say("/help", OTHER_GROUP)
    for data in (map_data(digest), map_data(digest).replace(":mp:", ":pin:") + ":1"):
        (answer,) = await shown(chat, data, help_message.message_id, OTHER_GROUP)
        assert isinstance(answer, PressAnswered)
        assert answer.text == texts.DIGEST_GONE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("1:mp:zz", texts.DIGEST_GONE),
        ("1:pin:zz:1", texts.DIGEST_GONE),
        ("1:mp:", texts.BUTTON_OUT_OF_DATE),
        ("1:pin:1", texts.BUTTON_OUT_OF_DATE),
        ("1:pin:1:9", texts.BUTTON_OUT_OF_DATE),
        ("2:mp:1", texts.BUTTON_OUT_OF_DATE),
    ],
)
async def test_a_button_that_leads_nowhere_says_so(chat: Chatting, data: str, words: str) -> None:
    (digest,) = await chat.say(LONG)
    (answer,) = await shown(chat, data, digest.message_id)
    assert isinstance(answer, PressAnswered)
    assert answer.text == words


async def test_a_map_that_cannot_be_drawn_is_said_with_the_pins(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    chat.digester.errors.append(DigestTimeout(20))
    _, said = await shown(chat, map_data(digest), digest.message_id)
    assert isinstance(said, MessageSent)
    assert said.text == texts.MAP_NOT_DRAWN
    assert len(said.keyboard[0]) == 2


async def test_a_picture_that_telegram_refuses_is_given_up(
    chat: Chatting,
) -> None:
    (digest,) = await chat.say(LONG)
    chat.api.refuse("sendPhoto", "PHOTO_INVALID_DIMENSIONS")
    assert await shown(chat, map_data(digest), digest.message_id) == [PressAnswered("1", "")]
    async with chat.services.database.read() as conn:
        states = await conn.execute(
            select(deliveries.c.state).where(deliveries.c.method == "sendPhoto")
        )
        assert [row.state for row in states] == ["failed"]


async def test_erasing_the_chat_erases_its_maps(chat: Chatting) -> None:
    (digest,) = await chat.say(LONG)
    await shown(chat, map_data(digest), digest.message_id)
    async with chat.services.database.read() as conn:
        assert await find_map(conn, 1) == b"picture"
    (question,) = await chat.say("/delete_me")
    await chat.press(question.keyboard[0][0].data or "", question.message_id)
    async with chat.services.database.read() as conn:
        assert (await conn.execute(select(map_pictures))).all() == []


def test_a_pin_is_on_the_earth_and_says_what_is_known() -> None:
    beyond = replace(NORTH_SEA, longitude=190.0)
    payload = venue_payload(beyond)
    assert payload["longitude"] == -170.0
    assert payload["address"] == "North Sea · somewhere near"
    assert venue_payload(replace(BERGEN, name="\u200b"))["title"] == "Place"
