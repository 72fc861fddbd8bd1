import re
from typing import Any

import pytest

from bot import texts
from bot.application import handlers
from bot.menu import ALIASES, GROUPS, OWNERS, PRIVATE, show_menu
from support.bot import GROUP, Chatting
from support.panels import ADMIN

OWNER = 9


async def menus(chat: Chatting) -> dict[str, list[str]]:
    await show_menu(chat.application.bot, (OWNER,))
    return {
        scope_of(call): [command["command"] for command in call["commands"]]
        for call in chat.api.parameters_of("setMyCommands")
    }


def scope_of(call: dict[str, Any]) -> str:
    return f"{call['scope']['type']} {call['scope'].get('chat_id', '')}".strip()


async def test_each_scope_has_its_commands(chat: Chatting) -> None:
    chat.api.results["setmycommands"] = True
    assert await menus(chat) == {
        "all_private_chats": list(PRIVATE),
        "all_group_chats": list(GROUPS),
        "chat 9": list(OWNERS),
    }


async def test_owner_without_a_chat_keeps_nobody_from_the_menu(
    chat: Chatting, caplog: pytest.LogCaptureFixture
) -> None:
    chat.api.results["setmycommands"] = True
    chat.api.refuse("setMyCommands", "chat not found")
    await show_menu(chat.application.bot, (OWNER, OWNER + 1))
    assert len(chat.api.parameters_of("setMyCommands")) == 4
    assert "menu not shown" in caplog.text


@pytest.mark.parametrize("name", OWNERS)
def test_descriptions_are_fit_for_telegram(name: str) -> None:
    assert re.fullmatch("[a-z0-9_]{1,32}", name)
    assert 1 <= len(texts.COMMANDS[name]) <= 256


def test_menu_holds_every_command_that_is_answered_and_no_other() -> None:
    answered = {name for handler in handlers() for name in getattr(handler, "commands", ())}
    assert set(OWNERS) == answered - ALIASES == set(texts.COMMANDS)


@pytest.mark.parametrize("name", PRIVATE)
async def test_every_command_of_the_private_menu_works(chat: Chatting, name: str) -> None:
    (answer,) = await chat.say(f"/{name}")
    assert answer.text != texts.UNKNOWN_COMMAND
    assert "Something broke" not in answer.text


@pytest.mark.parametrize("name", GROUPS)
async def test_every_command_of_the_group_menu_works(chat: Chatting, name: str) -> None:
    chat.api.results["getchatmember"] = ADMIN
    (answer,) = await chat.say(f"/{name}@nutgraf_bot", GROUP)
    assert "Something broke" not in answer.text
