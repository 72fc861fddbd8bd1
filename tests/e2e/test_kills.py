"""`nutgraf run` killed at chosen moments; `benchmarks/kills.py` does the same at length."""

from pathlib import Path

from support.bot_api import BotApiServer
from support.kills import Killing
from support.prelaunched import Prelauncher

KILLS = 8


async def test_kills_lose_nothing_and_double_only_what_was_on_its_way(
    server: BotApiServer, tmp_path: Path, gazetteer_path: Path
) -> None:
    with Prelauncher(light=True) as launcher:
        killing = Killing(server, tmp_path, gazetteer_path, seed=1, launch=launcher.launch)
        found = await killing.run(KILLS)
    assert found.faults == []
    assert found.kills == KILLS
