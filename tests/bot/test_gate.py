from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from bot import texts
from bot.access import Access
from bot.commands import EXAMPLE_DATA
from bot.gate import MAX_WRONG_CODES
from bot.local_chats import PRIVATE_CHAT, LocalChat
from bot.local_checks import RequestRefused
from storage.database import Database
from support.bot import GROUP, NOW, Chatting, chatting

OTHER_GROUP = LocalChat(id=-1_002, type="supergroup", title="Others", user_id=7)
OWNER = LocalChat(id=9, user_id=9)
CODE = "spring-2031-tide"
NOT_ADMITTED = texts.not_admitted(1, is_private=True)

Opens = Callable[[Access], AbstractAsyncContextManager[Chatting]]


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def opened(database: Database, clock: list[datetime]) -> Opens:
    @asynccontextmanager
    async def open_with(access: Access) -> AsyncIterator[Chatting]:
        async with chatting(database) as plain:
            services = replace(plain.services, access=access, now=lambda: clock[0])
        async with chatting(database, services=services) as chat:
            yield chat

    return open_with


@pytest.mark.parametrize("mode", ["allow", "invite"])
async def test_strangers_are_told_their_id(opened: Opens, mode: str) -> None:
    async with opened(Access(mode)) as chat:  # type: ignore[arg-type]
        for said in ("/start", "/help", "/history", "Rain fell.", "/unknown"):
            (answer,) = await chat.say(said)
            assert answer.text == NOT_ADMITTED
        (answer,) = await chat.attach(b"Rain fell.")
        assert answer.text == NOT_ADMITTED
        assert "Your id is 1;" in answer.text
        assert chat.digester.articles == []


async def test_those_listed_are_served(opened: Opens) -> None:
    async with opened(Access("allow", owners=(9,), users=(1,), chats=(GROUP.id,))) as chat:
        for place in (PRIVATE_CHAT, GROUP, OWNER):
            (answer,) = await chat.say("/help", place)
            assert answer.text == texts.HELP


async def test_groups_that_are_not_listed_are_told_their_id(opened: Opens) -> None:
    async with opened(Access("allow", users=(7,), chats=(GROUP.id,))) as chat:
        (answer,) = await chat.say("/digest Rain fell.", OTHER_GROUP)
        assert answer.text == texts.not_admitted(OTHER_GROUP.id, is_private=False)
        assert "-1002" in answer.text


async def test_groups_are_left_alone_where_nothing_was_asked(opened: Opens) -> None:
    async with opened(Access("allow")) as chat:
        for said in ("Good morning.", "/weather", "/digest@other_bot"):
            assert await chat.say(said, OTHER_GROUP) == []


async def test_press_of_a_stranger_is_answered_by_a_toast(opened: Opens) -> None:
    async with opened(Access("open")) as chat:
        (start,) = await chat.say("/start")
        object.__setattr__(chat.services, "access", Access("allow"))
        sent, toasts = await chat.press(EXAMPLE_DATA, start.message_id)
        assert sent == []
        assert [toast.text for toast in toasts] == [NOT_ADMITTED]
        assert chat.digester.articles == []


async def test_code_lets_in_for_good(opened: Opens) -> None:
    access = Access("invite", invite_codes=("other", CODE))
    async with opened(access) as chat:
        (answer,) = await chat.say(f"/start {CODE}")
        assert answer.text == texts.START
    async with opened(replace(access, invite_codes=())) as chat:
        (answer,) = await chat.say("/help")
        assert answer.text == texts.HELP
        (answer,) = await chat.say("/help", LocalChat(id=2, user_id=2))
        assert answer.text == texts.not_admitted(2, is_private=True)


async def test_code_lets_a_group_in(opened: Opens) -> None:
    async with opened(Access("invite", invite_codes=(CODE,))) as chat:
        (answer,) = await chat.say(f"/start@nutgraf_bot {CODE}", GROUP)
        assert answer.text == texts.START
        (answer,) = await chat.say("/history", GROUP)
        assert answer.text == texts.HISTORY_EMPTY
        (answer,) = await chat.say("/history")
        assert answer.text == NOT_ADMITTED


@pytest.mark.parametrize("said", [f"/start {CODE[:-1]}", f"/help {CODE}", CODE, f"/start x{CODE}"])
async def test_only_the_whole_code_after_start_counts(opened: Opens, said: str) -> None:
    async with opened(Access("invite", invite_codes=(CODE,))) as chat:
        (answer,) = await chat.say(said)
        assert answer.text == NOT_ADMITTED
        (answer,) = await chat.say("/help")
        assert answer.text == NOT_ADMITTED


async def test_codes_cannot_be_guessed_through(opened: Opens, clock: list[datetime]) -> None:
    access = Access("invite", invite_codes=(CODE,))
    async with opened(access) as chat:
        for number in range(MAX_WRONG_CODES):
            await chat.say(f"/start guess{number}")
    async with opened(access) as chat:  # a restart does not help either
        (answer,) = await chat.say(f"/start {CODE}")
        assert answer.text == NOT_ADMITTED
        clock[0] += timedelta(hours=2)
        (answer,) = await chat.say(f"/start {CODE}")
        assert answer.text == texts.START


async def test_code_is_nothing_where_none_is_asked_for(opened: Opens) -> None:
    async with opened(Access("allow", invite_codes=(CODE,))) as chat:
        (answer,) = await chat.say(f"/start {CODE}")
        assert answer.text == NOT_ADMITTED


async def test_strangers_may_see_and_erase_what_is_kept(opened: Opens) -> None:
    async with opened(Access("open")) as chat:
        await chat.say("Rain fell.")
    async with opened(Access("allow")) as chat:
        (answer,) = await chat.say("/privacy")
        assert "Now: 1 digest." in answer.text
        (question,) = await chat.say("/delete_me")
        data = question.keyboard[0][0].data
        assert data is not None
        (answer,), _ = await chat.press(data, question.message_id)
        assert answer.text == texts.erased(7)


async def test_gate_that_fails_stays_shut(opened: Opens, database: Database) -> None:
    async with opened(Access("invite")) as chat:
        async with database.begin() as conn:
            await conn.execute(text("DROP TABLE admissions"))
        (answer,) = await chat.say("Rain fell.")
        assert answer.text == texts.failure_text("database_unusable")
        assert chat.digester.articles == []


async def test_refusal_that_cannot_be_sent_lets_nobody_in(opened: Opens) -> None:
    async with opened(Access("allow")) as chat:
        chat.api.refuse(
            "sendMessage", RequestRefused(403, "Forbidden: bot was blocked by the user")
        )
        assert await chat.say("Rain fell.") == []
        assert chat.digester.articles == []


async def test_log_names_ids_only(opened: Opens, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="bot")
    async with opened(Access("invite", invite_codes=(CODE,))) as chat:
        await chat.say("/start wrong-code")
        await chat.say(f"/start {CODE}")
    lines = [r.getMessage() for r in caplog.records if r.name == "bot.gate"]
    assert lines == ["not admitted chat=1", "admitted chat=1"]
    assert CODE not in caplog.text
