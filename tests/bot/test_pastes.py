import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.context import Services
from bot.local_chats import LocalChat
from bot.pastes import PasteRules, belongs, due_pastes, join_text, place_part
from bot.render import DigestLayout
from storage.database import Database
from storage.pastes import PastePart
from support.bot import NOW, Chatting, FakeDigester, FakeFeedReader, FakeFetcher, chatting

MIN_CHARS = 20
LONG = "The river rose again today."
SHORT = "It fell later."


def make_part(text: str = LONG, message_id: int = 1, **known: object) -> PastePart:
    fields: dict[str, object] = {"chat_id": 1, "sender_id": 1, "thread_id": None}
    return PastePart(message_id=message_id, text=text, **(fields | known))  # type: ignore[arg-type]


def joined_by(arrivals: list[PastePart]) -> list[tuple[int, ...]]:
    """The pastes that parts lead to in the order of their arrival; those left wait to the end."""
    waiting: list[PastePart] = []
    pastes: list[tuple[int, ...]] = []
    for part in arrivals:
        placement = place_part(part, waiting, min_chars=MIN_CHARS)
        if placement.waits:
            waiting.append(part)
        else:
            waiting = [other for other in waiting if other not in placement.parts]
            pastes.append(placement.message_ids)
    left = due_pastes([(part, NOW) for part in waiting], NOW)
    return pastes + [tuple(part.message_id for part in paste) for paste in left]


def test_long_part_waits_and_short_one_ends_the_paste() -> None:
    assert place_part(make_part(), (), min_chars=MIN_CHARS).waits
    end = place_part(make_part(SHORT, 5), (make_part(),), min_chars=MIN_CHARS)
    assert (end.message_ids, end.waits) == ((1, 5), False)


def test_units_of_telegram_decide_what_is_long() -> None:
    assert place_part(make_part("😀" * 10), (), min_chars=MIN_CHARS).waits
    assert not place_part(make_part("é" * 19), (), min_chars=MIN_CHARS).waits


@pytest.mark.parametrize(
    "other",
    [
        {"chat_id": 2},
        {"sender_id": 2},
        {"thread_id": 2},
        {"origin": "chat -1", "origin_at": NOW},
    ],
)
def test_parts_of_others_are_left_alone(other: dict[str, object]) -> None:
    part = make_part(SHORT, 2, **other)
    assert not belongs(make_part(), part)
    assert place_part(part, (make_part(),), min_chars=MIN_CHARS).message_ids == (2,)


def test_forwards_join_where_they_were_one_text() -> None:
    first = make_part(origin="chat -1", origin_at=NOW)
    assert belongs(first, replace(first, message_id=2, origin_at=NOW + timedelta(seconds=2)))
    assert not belongs(first, replace(first, message_id=2, origin_at=NOW + timedelta(hours=2)))
    assert not belongs(first, replace(first, message_id=2, origin="chat -2"))


def test_late_part_with_a_lower_id_does_not_follow_a_higher_one() -> None:
    late = place_part(make_part(SHORT, 3), (make_part(message_id=4),), min_chars=MIN_CHARS)
    assert late.message_ids == (3,)


def test_paste_is_due_when_its_last_deadline_is() -> None:
    first, second = make_part(), make_part(message_id=2)
    later = NOW + timedelta(seconds=1)
    assert due_pastes([(first, NOW), (second, later)], NOW) == ()
    assert due_pastes([(second, later), (first, NOW)], later) == ((first, second),)
    other = make_part(message_id=3, sender_id=2)
    assert due_pastes([(first, later), (other, NOW)], NOW) == ((other,),)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("It rained.", "It stopped.", "It rained.\n\nIt stopped."),
        ("“It rained.”", "It stopped.", "“It rained.”\n\nIt stopped."),
        ("It rained\n", "and stopped.", "It rained\n\n\nand stopped."),
        ("It rained", "and stopped.", "It rained and stopped."),
        ("x" * 4_096, "yz", "x" * 4_096 + "yz"),
        ("x" * 4_095 + ",", "yz", "x" * 4_095 + ", yz"),
        ("x" * 3_000, "yz", "x" * 3_000 + " yz"),
    ],
)
def test_parts_are_glued(first: str, second: str, joined: str) -> None:
    assert join_text((make_part(first), make_part(second, 2))) == joined


@dataclass(frozen=True)
class Paste:
    """Long parts and a short one at the end, or none."""

    sender: int
    long_parts: int
    has_end: bool


@given(
    pastes=st.lists(
        st.builds(Paste, st.integers(1, 4), st.integers(1, 20), st.booleans()),
        min_size=1,
        max_size=4,
        unique_by=lambda paste: paste.sender,
    ),
    random=st.randoms(use_true_random=False),
)
def test_parts_of_several_people_in_any_mixture_become_one_text_each(
    pastes: list[Paste], random: object
) -> None:
    queues = [
        [(paste.sender, LONG)] * paste.long_parts + [(paste.sender, SHORT)] * paste.has_end
        for paste in pastes
    ]
    arrivals: list[PastePart] = []
    while any(queues):
        queue = random.choice([queue for queue in queues if queue])  # type: ignore[attr-defined]
        sender, text = queue.pop(0)
        arrivals.append(make_part(text, len(arrivals) + 1, sender_id=sender))
    expected = {
        tuple(part.message_id for part in arrivals if part.sender_id == paste.sender)
        for paste in pastes
    }
    found = joined_by(arrivals)
    assert set(found) == expected
    assert len(found) == len(pastes)


@given(st.lists(st.sampled_from([LONG, SHORT]), min_size=1, max_size=30))
def test_every_part_is_in_exactly_one_text_in_order(texts: list[str]) -> None:
    arrivals = [make_part(text, 2 * number) for number, text in enumerate(texts)]
    found = joined_by(arrivals)
    assert [message_id for paste in found for message_id in paste] == [
        part.message_id for part in arrivals
    ]
    short = {part.message_id for part in arrivals if part.text == SHORT}
    assert all(short.isdisjoint(paste[:-1]) for paste in found)


# In the bot

PASTE = "word " * 500


@dataclass
class Clock:
    time: datetime = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(database: Database, clock: Clock) -> Services:
    rules = PasteRules(join_ms=1_200, min_chars=2_000)
    return Services(
        FakeDigester(),
        database,
        DigestLayout(),
        FakeFetcher(),
        FakeFeedReader(),
        paste_rules=rules,
        now=clock,
    )


async def pass_time(chat: Chatting, clock: Clock, seconds: float = 2) -> None:
    """Let the bot take in what was written, and then so much time pass."""
    await chat.api.wait_until_fetched()
    await chat.application.update_queue.join()
    chat.life.inbox.caught_up.set()
    await chat.life.closer.is_ready.wait()
    clock.time += timedelta(seconds=seconds)
    chat.life.bells.ring("pastes")


async def test_two_parts_are_answered_once_under_the_first(
    database: Database, services: Services
) -> None:
    async with chatting(database, services=services) as chat:
        await chat.api.write(PASTE)
        await chat.api.write("/help")
        await chat.api.write("The end.")
        help_text, digest = await chat.answers()
    assert help_text.reply_to == 2
    assert digest.reply_to == 1
    assert [a.text for a in services.digester.articles] == [f"{PASTE} The end."]  # type: ignore[attr-defined]


async def test_part_with_nothing_after_it_is_digested_when_its_time_is_over(
    database: Database, services: Services, clock: Clock
) -> None:
    async with chatting(database, services=services) as chat:
        await chat.api.write(PASTE)
        await pass_time(chat, clock, seconds=0.5)
        assert chat.api.events == []
        await pass_time(chat, clock)
        (digest,) = await chat.answers()
    assert digest.reply_to == 1


async def test_part_does_not_wait_for_a_clock_that_was_set_back(
    database: Database, services: Services, clock: Clock
) -> None:
    async with chatting(database, services=services) as chat:
        await chat.api.write(PASTE)
        await pass_time(chat, clock, seconds=-86_400)
        chat.life.closer.is_ready.clear()
        await chat.life.closer.is_ready.wait()
        await pass_time(chat, clock)
        (digest,) = await chat.answers()
    assert digest.reply_to == 1


async def test_parts_of_two_people_are_two_digests(database: Database, services: Services) -> None:
    other = LocalChat(id=2, user_id=2)
    async with chatting(database, services=services) as chat:
        await chat.api.write(PASTE)
        await chat.api.write(PASTE, other)
        await chat.api.write("The end.")
        await chat.api.write("Finis.", other)
        answers = await chat.answers()
    assert sorted((sent.chat_id, sent.reply_to) for sent in answers) == [(1, 1), (2, 2)]


async def test_paste_outlives_the_program(
    database: Database, services: Services, clock: Clock
) -> None:
    async with chatting(database, services=services, bot_id=7) as chat:
        await chat.api.write(PASTE)
        await pass_time(chat, clock, seconds=0)
    clock.time += timedelta(hours=1)
    async with chatting(database, services=services, bot_id=7, first_message_id=2) as chat:
        await chat.api.add_update({})  # here ids of updates begin anew; the first one is known
        await chat.api.write("The end.")
        (digest,) = await chat.answers()
    assert digest.reply_to is None  # the stand-in for Telegram has forgotten the first part
    assert len(services.digester.articles) == 1  # type: ignore[attr-defined]
    (sent,) = chat.api.parameters_of("sendMessage")
    assert sent["reply_parameters"]["message_id"] == 1


async def test_paste_without_words_is_refused_and_the_next_one_is_not(
    database: Database, services: Services, clock: Clock
) -> None:
    async with chatting(database, services=services) as chat:
        await chat.api.write("😀" * 1_500)
        await pass_time(chat, clock)
        await asyncio.sleep(0)
        (refusal,) = await chat.answers()
        assert "no words" in refusal.text
        await chat.api.write(PASTE)
        await pass_time(chat, clock)
        assert len(await chat.answers()) == 2
