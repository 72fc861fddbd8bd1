import asyncio
import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from telegram.error import NetworkError

from bot import failures, texts
from bot.access import Access
from bot.context import Services
from bot.errors import DigestLimitReached
from bot.failures import (
    describe_error,
    failure_payload,
    note_failure,
    tell_owners,
    tell_owners_hourly,
    word_failure,
)
from bot.local_chats import LocalChat
from bot.local_checks import RequestRefused
from bot.render import DigestLayout
from newsroom.errors import DigestFailed, DigestTimeout
from storage.database import Database
from storage.errors import DatabaseLocked
from storage.tables import deliveries
from summarizer.errors import TextTooLong
from support.bot import NOW, Chatting, FakeDigester, FakeFeedReader, FakeFetcher, chatting

HUSHED = "The minister whispered the word Zanzibar to nobody."


async def test_text_without_words_is_explained(chat: Chatting) -> None:
    for said in ("…", "😀😀", "\u200f", "- - -"):
        (answer,) = await chat.say(said)
        assert answer.text == texts.failure_text("empty_text")


async def test_unknown_error_is_answered_with_the_id_that_is_logged(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    chat.digester.errors.append(KeyError(HUSHED))
    (answer,) = await chat.say(HUSHED)
    found = re.search(r"id ([0-9a-f]{4})", answer.text)
    assert found is not None
    assert f"failure id={found[1]} " in caplog.text
    assert answer.reply_to == 1


async def test_log_holds_neither_the_text_nor_the_token(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chat.digester.errors.append(KeyError(HUSHED))
    await chat.say(HUSHED)
    chat.digester.errors.append(ValueError(chat.application.bot.token))
    await chat.say(HUSHED)
    await chat.say("https://example.org/Zanzibar")
    assert "Zanzibar" not in caplog.text
    assert chat.application.bot.token not in caplog.text
    assert "in digest" in caplog.text  # where it happened is told


async def test_refusal_is_one_line_in_the_log(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="bot")
    await chat.say("…")
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.failures"]
    assert lines == ["refused chat=1 code=empty_text"]


async def test_answer_that_is_refused_too_is_given_up(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    chat.api.refuse("sendMessage", "chat not found", "chat not found")
    assert await chat.say(HUSHED) == []
    assert "not sent chat=1 delivery=1 error=BadRequest" in caplog.text


async def test_person_who_blocked_the_bot_is_not_written_to(chat: Chatting) -> None:
    chat.api.refuse("sendMessage", RequestRefused(403, "Forbidden: bot was blocked by the user"))
    assert await chat.say(HUSHED) == []
    assert len(chat.api.parameters_of("sendMessage")) == 1


async def test_failure_of_one_message_leaves_the_next_alone(chat: Chatting) -> None:
    chat.digester.errors.append(DigestFailed("worker died"))
    await chat.say(HUSHED)
    (digest,) = await chat.say(HUSHED)
    assert "already short" in digest.text


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DigestTimeout(20), "within 20 seconds"),
        (TextTooLong(6_000_000, 5_000_000), "6,000,000"),
        (DatabaseLocked("another process is writing"), "database is busy"),
        (DigestFailed("ProcessExpired"), "id 7f3a"),
        (NetworkError("https://api.example/bot1:secret/sendMessage"), "id 7f3a"),
        (RuntimeError(HUSHED), "id 7f3a"),
    ],
)
def test_wording_of_failures(error: Exception, words: str) -> None:
    told = word_failure(error, "7f3a")
    assert words in told
    assert "secret" not in told
    assert "Zanzibar" not in told


def test_causes_are_described_without_their_words() -> None:
    try:
        try:
            raise KeyError(HUSHED)
        except KeyError as exc:
            raise RuntimeError(HUSHED) from exc
    except RuntimeError as exc:
        described = describe_error(exc)
    assert "RuntimeError" in described
    assert "caused by KeyError" in described
    assert "Zanzibar" not in described


def test_our_own_errors_are_told_in_one_line() -> None:
    assert describe_error(DigestTimeout(20)) == "DigestTimeout: no digest within 20 s"


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def services(database: Database, clock: list[datetime]) -> Services:
    return Services(
        digester=FakeDigester(),
        database=database,
        layout=DigestLayout(),
        fetcher=FakeFetcher(),
        feed_reader=FakeFeedReader(),
        access=Access(owners=(8, 9)),
        now=lambda: clock[0],
    )


async def note(services: Services, error: Exception, failure_id: str = "7f3a") -> None:
    await note_failure(error, services, failure_id=failure_id, about="update=1")


async def owner_messages(services: Services) -> list[tuple[int, str]]:
    async with services.database.read() as conn:
        rows = await conn.execute(
            select(deliveries.c.chat_id, deliveries.c.payload).order_by(deliveries.c.id)
        )
        return [(chat_id, payload["text"]) for chat_id, payload in rows]


async def test_owners_are_told_once_of_all_that_went_wrong(services: Services) -> None:
    await note(services, KeyError(HUSHED), "0001")
    await note(services, KeyError(HUSHED), "0002")
    await note(services, DigestFailed("worker died"), "0003")
    assert await tell_owners(services, bot_id=5)
    said = (
        "3 errors since 2031-04-18 09:30 UTC.\n2 × KeyError (id 0001, 0002)\n"
        "1 × DigestFailed (id 0003)\nThe log says more under these ids."
    )
    assert await owner_messages(services) == [(8, said), (9, said)]
    assert not await tell_owners(services, bot_id=5)


async def test_owners_are_told_at_most_hourly_also_after_a_restart(
    services: Services, clock: list[datetime]
) -> None:
    told = []
    for minutes in (0, 1, 59, 60, 119, 120, 121):
        clock[0] = NOW + timedelta(minutes=minutes)
        await note(services, KeyError(HUSHED))
        if await tell_owners(replace(services), bot_id=5):
            told.append(minutes)
    assert told == [0, 60, 120]
    texts_told = [text for chat_id, text in await owner_messages(services) if chat_id == 8]
    assert [text.split(" error")[0] for text in texts_told] == ["1", "3", "2"]


async def test_nobody_is_told_where_there_is_no_owner_or_nothing_to_tell(
    services: Services,
) -> None:
    assert not await tell_owners(services, bot_id=5)
    await note(services, KeyError(HUSHED))
    assert not await tell_owners(replace(services, access=Access()), bot_id=5)
    assert await owner_messages(services) == []


async def test_failure_of_the_database_is_logged_all_the_same(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with services.database.begin() as conn:
        await conn.execute(text("DROP TABLE failures"))
    await note(services, DatabaseLocked("another process is writing"))
    assert "failure id=7f3a update=1 error=DatabaseLocked" in caplog.text
    assert "failure not kept id=7f3a" in caplog.text


async def test_telling_goes_on_after_a_failure_of_the_database(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = asyncio.Event()
    monkeypatch.setattr(failures, "LOOK_EVERY_S", 0)
    async with services.database.begin() as conn:
        await conn.execute(text("ALTER TABLE failures RENAME TO elsewhere"))
    telling = asyncio.create_task(tell_owners_hourly(services, bot_id=5, on_queued=queued.set))
    await asyncio.sleep(0)
    async with services.database.begin() as conn:
        await conn.execute(text("ALTER TABLE elsewhere RENAME TO failures"))
    await note(services, KeyError(HUSHED))
    await queued.wait()
    telling.cancel()
    assert len(await owner_messages(services)) == 2


def test_limit_is_worded_with_its_time() -> None:
    payload = failure_payload(DigestLimitReached(20, NOW), "7f3a")
    assert payload["parse_mode"] == "HTML"
    assert "<tg-time" in payload["text"]
    assert failure_payload(DigestTimeout(20), "7f3a").get("parse_mode") is None


async def test_chat_over_its_limit_is_told_when_it_may_ask_again(
    services: Services, clock: list[datetime]
) -> None:
    limited = replace(services, digests_per_hour=2)
    async with chatting(services.database, services=limited) as chat:
        for number in range(2):
            await chat.say(f"Rain {number}.")
        (answer,) = await chat.say("Rain again.")
        assert answer.text == "2 digests this hour; the next one at 18 April 2031, 10:30 UTC."
        assert answer.markup is not None
        assert "<tg-time" in answer.markup
        (other,) = await chat.say("Rain.", LocalChat(id=2, user_id=2))
        assert "already short" in other.text
        clock[0] += timedelta(minutes=61)
        (answer,) = await chat.say("Rain again.")
        assert "already short" in answer.text


async def test_refusals_do_not_count(services: Services) -> None:
    limited = replace(services, digests_per_hour=1)
    async with chatting(services.database, services=limited) as chat:
        for _ in range(3):
            (answer,) = await chat.say("…")
            assert answer.text == texts.failure_text("empty_text")
        (answer,) = await chat.say("Rain fell.")
        assert "already short" in answer.text
