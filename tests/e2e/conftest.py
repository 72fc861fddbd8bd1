"""One `nutgraf run` for all tests that only talk to it, each in chats of its own."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.bot_api import BotApiServer
from support.live import Live, MakeBot
from support.running_bot import RunningBot


@pytest.fixture(scope="session")
def shared_bot(tmp_path_factory: pytest.TempPathFactory, gazetteer_path: Path) -> Iterator[Live]:
    with BotApiServer() as server:
        settings = {"fetch": {"allow_private_networks": True}}
        bot = RunningBot(server, tmp_path_factory.mktemp("shared"), gazetteer_path, settings)
        try:
            asyncio.run(bot.start())
            yield Live(server, bot)
        finally:
            bot.clear_away()


@pytest.fixture
def live(shared_bot: Live) -> Iterator[Live]:
    """The shared bot; what it does wrong during a test is that test's failure."""
    before, logged = len(shared_bot.server.violations), len(shared_bot.bot.log)
    yield shared_bot
    sys.stderr.write(shared_bot.bot.log[logged:])  # shown where the test failed
    shared_bot.server.heal()
    assert shared_bot.server.violations[before:] == []
    assert not shared_bot.bot.has_ended


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as started:
        yield started


@pytest.fixture
def make_bot(server: BotApiServer, tmp_path: Path, gazetteer_path: Path) -> Iterator[MakeBot]:
    """Makes bots on a server of the test's own, not started, each with its folder."""
    made: list[RunningBot] = []

    def make(*, on: BotApiServer = server, **settings: Any) -> RunningBot:
        folder = tmp_path / f"bot{len(made)}"
        folder.mkdir()
        made.append(RunningBot(on, folder, gazetteer_path, settings))
        return made[-1]

    yield make
    for bot in made:
        bot.clear_away()
        sys.stderr.write(bot.log)
