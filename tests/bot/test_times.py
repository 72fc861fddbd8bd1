from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from bot import texts_times
from bot.texts import ONLY_ADMINS
from storage.chat_schedules import find_chat_schedule
from storage.database import Database
from storage.models import EVERY_DAY, Schedule
from storage.subscriptions import FOREVER
from support.bot import GROUP, NOW, Chatting, RunsHere, chatting, make_message, make_services
from support.following import FERRY, Following, news_of
from support.panels import ADMIN

BOT_ID = 5
TALLINN = "Europe/Tallinn"


@pytest.fixture
async def following(database: Database) -> Following:
    return Following(database, NOW)


@pytest.fixture
async def chat(database: Database) -> AsyncIterator[Chatting]:
    services = make_services(database, RunsHere())
    async with chatting(database, services=services, bot_id=BOT_ID) as started:
        yield started


async def chosen(chat: Chatting) -> Schedule | None:
    async with chat.services.database.read() as conn:
        return await find_chat_schedule(conn, bot_id=BOT_ID, chat_id=1)


async def test_times_and_days_of_all_editions_are_changed(
    chat: Chatting, following: Following
) -> None:
    grain = await following.follow("grain")
    ferry = await following.follow("ferry", Schedule((time(9),), days=(0,)))
    at_once = await following.follow("mayor", Schedule())
    (answer,) = await chat.say("/time 18:00 7:30 Europe/Tallinn")
    assert answer.text == (
        "It is 12:30 in Tallinn – right? "
        "If not, send /time with another city, or your location.\n"
        "Editions come every day at 7:30 and 18:00 (Europe/Tallinn, where it is 12:30). "
        "Next: Friday 18 April, 18:00."
    )
    both = (time(7, 30), time(18))
    assert (await following.get(grain)).schedule == Schedule(both, EVERY_DAY, TALLINN)
    assert (await following.get(grain)).next_slot_at == datetime(2031, 4, 18, 15, tzinfo=UTC)
    assert (await following.get(ferry)).schedule == Schedule(both, (0,), TALLINN)
    assert (await following.get(at_once)).schedule == Schedule((), EVERY_DAY, TALLINN)
    assert await chosen(chat) == Schedule(both, EVERY_DAY, TALLINN)


async def test_a_zone_alone_leaves_times_and_days_as_they_are(
    chat: Chatting, following: Following
) -> None:
    ferry = await following.follow("ferry", Schedule((time(9),), days=(0,)))
    await chat.say("/time Europe/Tallinn")
    assert (await following.get(ferry)).schedule == Schedule((time(9),), (0,), TALLINN)


async def test_a_chosen_time_waits_for_the_first_subscription(chat: Chatting) -> None:
    (answer,) = await chat.say("/time 6:15 weekdays")
    assert answer.text == "Editions come on weekdays at 6:15 (UTC, where it is 9:30)."
    assert await chosen(chat) == Schedule((time(6, 15),), (0, 1, 2, 3, 4))


async def test_without_words_it_says_when_editions_come_and_how_to_change_it(
    chat: Chatting, following: Following
) -> None:
    await following.follow()
    (answer,) = await chat.say("/time")
    assert answer.text.startswith("Editions come every day at 7:30 (UTC, where it is 9:30). Next:")
    assert answer.text.endswith(texts_times.TIME_FORMS)
    assert await chosen(chat) is None


@pytest.mark.parametrize("typed", ["25:00", "7:30 Nowhereham"])
async def test_what_cannot_be_read_changes_nothing(
    chat: Chatting, following: Following, typed: str
) -> None:
    ferry = await following.follow("ferry")
    (answer,) = await chat.say(f"/time {typed}")
    assert "changed" in answer.text
    assert await following.get(ferry) == ferry


async def test_an_edition_that_is_replied_to_changes_alone(
    chat: Chatting, following: Following
) -> None:
    grain = await following.follow("grain")
    ferry = await following.follow("ferry")
    await following.match(ferry, news_of(FERRY))
    (edition,) = await chat.say("/today ferry")
    (answer,) = await chat.say("/time 18:00", reply_to=edition.message_id)
    assert answer.text.startswith("That topic comes every day at 18:00")
    assert (await following.get(ferry)).schedule.times == (time(18),)
    assert (await following.get(grain)).schedule.times == (time(7, 30),)
    assert await chosen(chat) == Schedule((time(7, 30),))


async def test_a_zone_button_sets_the_clocks(chat: Chatting, following: Following) -> None:
    ferry = await following.follow("ferry")
    (answer,) = await chat.say("/help")
    (said,), _ = await chat.press("1:zn:America/New_York", answer.message_id)
    assert said.text.startswith("It is 5:30 in America/New_York – right?")
    assert (await following.get(ferry)).next_slot_at == datetime(2031, 4, 18, 11, 30, tzinfo=UTC)
    sent, (toast,) = await chat.press("1:zn:Mars/Olympus", answer.message_id)
    assert (sent, toast.text) == ([], texts_times.ZONE_GONE)


async def test_a_city_whose_namesake_has_other_clocks_is_asked_about(
    database: Database, following: Following, gazetteer_path: Path
) -> None:
    ferry = await following.follow("ferry")
    services = replace(make_services(database, RunsHere()), gazetteer=gazetteer_path)
    async with chatting(database, services=services, bot_id=BOT_ID) as chat:
        (asked,) = await chat.say("/time 8 Portland")
        assert asked.text.endswith("Which one is it?")
        buttons = [button for row in asked.keyboard for button in row]
        assert [button.text for button in buttons] == [
            "Portland, Oregon – 2:30",
            "Portland, Maine – 5:30",
        ]
        assert (await following.get(ferry)).schedule == Schedule((time(8),))
        await chat.press(buttons[1].data or "", asked.message_id)
        location = {"latitude": 59.4, "longitude": 24.7}
        maine = (await following.get(ferry)).schedule
        (tallinn,) = await chat.receive(message=make_message(location=location))
    assert maine == Schedule((time(8),), zone="America/New_York")
    assert tallinn.text.startswith("It is 12:30 in Europe/Tallinn – right?")
    assert (await following.get(ferry)).schedule == Schedule((time(8),), zone=TALLINN)


async def test_a_location_without_a_place_list_is_answered(chat: Chatting) -> None:
    location = {"latitude": 59.4, "longitude": 24.7}
    (answer,) = await chat.receive(message=make_message(location=location))
    assert answer.text == texts_times.NO_ZONE_THERE


async def test_a_pause_holds_everything_until_it_is_over(
    chat: Chatting, following: Following
) -> None:
    ferry = await following.follow("ferry")
    await following.match(ferry, news_of(FERRY))
    (answer,) = await chat.say("/pause 3d")
    assert answer.text.startswith("Paused until Monday 21 April, 9:30 (or /resume).")
    assert (await following.get(ferry)).paused_until == NOW + timedelta(days=3)
    (answer,) = await chat.say("/pause")
    assert answer.text.startswith("Paused until /resume.")
    assert (await following.get(ferry)).paused_until == FOREVER
    (answer,) = await chat.say("/resume")
    assert answer.text == texts_times.RESUMED
    assert (await following.get(ferry)).paused_until is None
    (answer,) = await chat.say("/resume")
    assert answer.text == texts_times.NOT_PAUSED


async def test_a_pause_of_nothing_and_a_strange_one_are_answered(
    chat: Chatting, following: Following
) -> None:
    (nothing,) = await chat.say("/pause")
    await following.follow()
    (strange,) = await chat.say("/pause until spring")
    assert (nothing.text, strange.text) == (
        texts_times.NOTHING_TO_PAUSE,
        texts_times.PAUSE_FORMS,
    )


@pytest.mark.parametrize("command", ["/time 18:15", "/pause", "/resume"])
@pytest.mark.parametrize("status", ["member", "administrator"])
async def test_in_a_group_admins_alone_decide(chat: Chatting, command: str, status: str) -> None:
    chat.api.results["getchatmember"] = {**ADMIN, "status": status}
    (answer,) = await chat.say(command, GROUP)
    assert (answer.text == ONLY_ADMINS) == (status == "member")
