"""/subscriptions, /unsubscribe and the buttons of a topic, through the real handlers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from bot import texts
from bot import texts_following as said
from bot.panels import PAGE_SIZE
from storage.database import Database
from storage.feeds import claim_feeds, find_feed, record_failure
from storage.subscriptions import Subscription
from support.bot import GROUP, NOW, Chatting, chatting, make_services
from support.panels import ADMIN, FEED, RSS, data_of, followed, labels, press


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
async def chat(database: Database, clock: list[datetime]) -> AsyncIterator[Chatting]:
    services = replace(make_services(database), now=lambda: clock[0])
    async with chatting(database, services=services) as started:
        started.fetcher.put(FEED, RSS)
        yield started


async def test_empty_state_says_how_to_begin(chat: Chatting) -> None:
    for command in ("/subscriptions", "/following", "/unsubscribe", "/unfollow rain"):
        (answer,) = await chat.say(command)
        assert answer.text == said.SUBSCRIPTIONS_EMPTY


async def test_list_shows_each_topic_with_its_times(chat: Chatting) -> None:
    await chat.say("/subscribe harbour")
    await chat.say(f"/subscribe {FEED}")
    (listed,) = await chat.say("/subscriptions")
    assert labels(listed) == ["harbour", "Delta Courier"]
    assert "harbour · daily at 07:30 (UTC) · next 19 April 2031, 07:30 UTC" in listed.text
    assert "Delta Courier · at once" in listed.text


async def test_long_list_is_turned_page_by_page(chat: Chatting) -> None:
    for number in range(PAGE_SIZE + 1):
        await chat.say(f"/subscribe harbour {number}")
    (first,) = await chat.say("/subscriptions")
    assert len(labels(first)) == PAGE_SIZE + 1
    second = await press(chat, first, "›")
    assert (second.message_id, second.edited) == (first.message_id, True)
    assert labels(second) == [f"harbour {PAGE_SIZE}", "‹"]


async def test_topic_is_opened_and_left(chat: Chatting) -> None:
    await chat.say("/subscribe harbour")
    (listed,) = await chat.say("/subscriptions")
    panel = await press(chat, listed, "harbour")
    assert labels(panel) == [said.TELL_AT_ONCE, said.STOP_FOLLOWING, said.ALL_TOPICS]
    again = await press(chat, panel, said.ALL_TOPICS)
    assert again.text == listed.text


async def test_times_are_changed_by_buttons(chat: Chatting) -> None:
    (panel,) = await chat.say(f"/subscribe {FEED}")
    panel = await press(chat, panel, said.TELL_DAILY)
    assert "daily at 07:30 (UTC)" in panel.text
    assert not panel.preview
    (subscription,) = await followed(chat)
    assert subscription.next_slot_at is not None
    await press(chat, panel, said.TELL_AT_ONCE)
    (subscription,) = await followed(chat)
    assert subscription.schedule.at_once
    assert subscription.next_slot_at is None


async def test_feed_may_only_supply_the_topics_of_its_chat(chat: Chatting) -> None:
    (panel,) = await chat.say(f"/subscribe {FEED}")
    panel = await press(chat, panel, said.MUTE)
    assert said.ONLY_TOPICS in panel.text
    assert [subscription.told for subscription in await followed(chat)] == [False]
    await press(chat, panel, said.UNMUTE)
    assert [subscription.told for subscription in await followed(chat)] == [True]


async def test_ailing_feed_says_so_and_is_asked_again_by_a_button(chat: Chatting) -> None:
    await chat.say(f"/subscribe {FEED}")
    later = NOW + timedelta(days=1)
    async with chat.services.database.begin() as conn:
        feed = await find_feed(conn, FEED)
        assert feed is not None
        await record_failure(conn, feed.id, "http_503", failed_at=NOW, next_poll_at=later)
    (listed,) = await chat.say("/subscriptions")
    assert "does not answer just now (HTTP 503)" in listed.text
    panel = await press(chat, listed, feed.title)
    panel = await press(chat, panel, said.RETRY_NOW)
    assert said.RETRY_NOW not in labels(panel)
    due = partial(claim_feeds, now=NOW, lease_until=later, limit=5)
    assert [claimed.url for claimed in await chat.services.database.write(due)] == [FEED]


@pytest.mark.parametrize("typed", ["Harbour strike", "strike", "harbour"])
async def test_what_is_named_is_stopped_at_once(chat: Chatting, typed: str) -> None:
    await chat.say("/subscribe harbour strike")
    await chat.say("/subscribe ferry")
    (answer,) = await chat.say(f"/unsubscribe {typed}")
    assert answer.text == f"{said.STOPPED}harbour strike."
    assert len(await followed(chat)) == 1
    await press(chat, answer, said.UNDO)
    assert len(await followed(chat)) == 2


@pytest.mark.parametrize("typed", [FEED, "news.example/feed.xml", "Delta Courier"])
async def test_feed_is_stopped_by_its_address_or_name(chat: Chatting, typed: str) -> None:
    await chat.say(f"/subscribe {FEED}")
    await chat.say(f"/unsubscribe {typed}")
    assert await followed(chat) == ()


async def test_person_is_stopped_as_it_was_followed(chat: Chatting) -> None:
    await chat.say("/subscribe by:Ilse Tarrow")
    await chat.say("/unsubscribe by:Ilse Tarrow")
    assert await followed(chat) == ()


@pytest.mark.parametrize("typed", ["a\ud800b", "x" * 4_000, "http://[x"])
async def test_odd_words_are_answered(chat: Chatting, typed: str) -> None:
    await chat.say("/subscribe harbour")
    for command in ("/subscribe", "/unsubscribe"):
        (answer,) = await chat.say(f"{command} {typed}")
        assert "Something broke" not in answer.text


async def test_undo_ends_after_ten_minutes(chat: Chatting, clock: list[datetime]) -> None:
    await chat.say("/subscribe harbour")
    (answer,) = await chat.say("/unsubscribe harbour")
    clock[0] += timedelta(minutes=11)
    _, (toast,) = await chat.press(data_of(answer, said.UNDO), answer.message_id)
    assert toast.text == said.TOO_LATE_TO_UNDO
    assert await followed(chat) == ()


async def test_fresh_topic_can_be_taken_back(chat: Chatting) -> None:
    (panel,) = await chat.say("/subscribe harbour")
    stopped = await press(chat, panel, said.UNDO)
    assert await followed(chat) == ()
    await press(chat, stopped, said.UNDO)
    assert len(await followed(chat)) == 1


async def test_without_words_a_picker_stops(chat: Chatting) -> None:
    await chat.say("/subscribe harbour")
    await chat.say("/subscribe ferry")
    (picker,) = await chat.say("/unsubscribe")
    assert picker.text.startswith(said.WHICH_TO_STOP)
    await press(chat, picker, "ferry")
    assert [topic_words(subscription) for subscription in await followed(chat)] == ["harbour"]


def topic_words(subscription: Subscription) -> str:
    topic: Any = subscription.topic
    return " ".join(term.text for term in topic.terms)


async def test_words_that_several_topics_hold_ask_which(chat: Chatting) -> None:
    for words in ("harbour strike", "harbour fire", "ferry"):
        await chat.say(f"/subscribe {words}")
    (picker,) = await chat.say("/unsubscribe harbour")
    assert labels(picker) == ["harbour strike", "harbour fire"]
    assert len(await followed(chat)) == 3


async def test_many_that_are_named_are_one_page(chat: Chatting) -> None:
    for number in range(PAGE_SIZE + 1):
        await chat.say(f"/subscribe harbour {number}")
    (picker,) = await chat.say("/unsubscribe harbour")
    assert len(labels(picker)) == PAGE_SIZE


async def test_press_that_changes_nothing_is_no_failure(chat: Chatting) -> None:
    (panel,) = await chat.say("/subscribe harbour")
    chat.api.refuse("editMessageText", "message is not modified")
    sent, (toast,) = await chat.press(data_of(panel, said.TELL_AT_ONCE), panel.message_id)
    assert (sent, toast.text) == ([], "")


async def test_unknown_words_stop_nothing(chat: Chatting) -> None:
    await chat.say("/subscribe harbour")
    (answer,) = await chat.say("/unsubscribe rain")
    assert answer.text == said.nothing_like("rain")
    assert len(await followed(chat)) == 1


async def test_buttons_of_what_is_gone_are_out_of_date(chat: Chatting) -> None:
    (panel,) = await chat.say("/subscribe harbour")
    await chat.say("/unsubscribe harbour")
    for data in (data_of(panel, said.TELL_AT_ONCE), "1:fo:zz", "1:fq:1"):
        _, (toast,) = await chat.press(data, panel.message_id)
        assert toast.text == texts.BUTTON_OUT_OF_DATE


async def test_topic_of_another_chat_is_not_opened(chat: Chatting) -> None:
    (panel,) = await chat.say("/subscribe harbour")
    chat.api.results["getchatmember"] = ADMIN
    (other,) = await chat.say("/subscriptions", GROUP)
    _, (toast,) = await chat.press(data_of(panel, said.UNDO), other.message_id, GROUP)
    assert toast.text == texts.BUTTON_OUT_OF_DATE
    assert len(await followed(chat)) == 1


async def test_only_admins_change_what_a_group_follows(chat: Chatting) -> None:
    chat.api.results["getchatmember"] = ADMIN
    await chat.say("/subscribe harbour", GROUP)
    assert len(await followed(chat, GROUP.id)) == 1
    chat.api.results["getchatmember"] = {**ADMIN, "status": "member"}
    (listed,) = await chat.say("/subscriptions", GROUP)
    _, (toast,) = await chat.press(data_of(listed, "harbour"), listed.message_id, GROUP)
    assert toast.text == texts.ONLY_ADMINS


async def test_members_are_refused_and_asked_about_once_in_ten_minutes(
    chat: Chatting, clock: list[datetime]
) -> None:
    chat.api.results["getchatmember"] = {**ADMIN, "status": "member"}
    for command in ("/subscribe harbour", "/subscribe rain"):
        (answer,) = await chat.say(command, GROUP)
        assert answer.text == texts.ONLY_ADMINS
    assert len(chat.api.parameters_of("getChatMember")) == 1
    clock[0] += timedelta(minutes=11)
    chat.api.results["getchatmember"] = ADMIN
    await chat.say("/subscribe harbour", GROUP)
    assert len(await followed(chat, GROUP.id)) == 1


async def test_anonymous_admins_need_not_be_asked_about(chat: Chatting) -> None:
    await chat.say("/subscribe harbour", GROUP, sender_chat=GROUP.to_dict())
    assert len(await followed(chat, GROUP.id)) == 1
    channel = {"id": -1_009, "type": "channel", "title": "Elsewhere"}
    (refusal,) = await chat.say("/subscribe rain", GROUP, sender_chat=channel)
    assert refusal.text == texts.ONLY_ADMINS
    assert chat.api.parameters_of("getChatMember") == []
