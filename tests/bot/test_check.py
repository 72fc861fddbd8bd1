from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.check import check_all, check_clock
from bot.config import load_config
from storage.database import migrate, sqlite_url
from support.bot_api import BotApiServer


@pytest.fixture(scope="module")
def server() -> Iterator[BotApiServer]:
    with BotApiServer() as started:
        yield started


@pytest.fixture
def settings(
    server: BotApiServer, tmp_path: Path, gazetteer_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """The environment of an installation in which all is well."""
    values = {
        "TELEGRAM__TOKEN": server.token,
        "TELEGRAM__BASE_URL": server.root,
        "STORAGE__URL": sqlite_url(tmp_path / "nutgraf.db"),
        "DIGEST__GAZETTEER": str(gazetteer_path),
    }
    for name, value in values.items():
        monkeypatch.setenv(f"NUTGRAF_{name}", value)
    return monkeypatch


async def check() -> tuple[int, str]:
    lines: list[Any] = []
    code = await check_all(load_config(), lines.append)
    return code, "\n".join(lines)


async def test_all_is_well(settings: pytest.MonkeyPatch, server: BotApiServer) -> None:
    code, shown = await check()
    assert code == 0, shown
    assert [line.split()[0] for line in shown.splitlines()] == ["ok"] * 9
    assert "@nutgraf_bot" in shown
    assert "UTC, as Telegram's" in shown
    assert "none yet" in shown
    assert server.token not in shown


@pytest.mark.parametrize(
    ("name", "value", "code", "words"),
    [
        ("TELEGRAM__TOKEN", "1:wrong", 3, "refuses the bot token"),
        ("TELEGRAM__TOKEN", "", 2, "telegram.token"),
        ("TELEGRAM__BASE_URL", "http://127.0.0.1:9", 75, "cannot be reached"),
        ("DIGEST__MODEL", "no_such_model", 2, "no_such_model"),
        ("STORAGE__URL", "postgresql://x/y", 4, "sqlite"),
        ("STORAGE__URL", "sqlite:////dev/null/x.db", 4, "database"),
        ("STORAGE__URL", "sqlite:////dev", 4, "database"),
        ("STORAGE__BACKUP_DIR", "/dev/null", 4, "is no folder"),
        ("TELEGRAM__PROXY", "nonsense", 2, "is no proxy"),
    ],
)
async def test_what_is_wrong_is_told_with_its_exit_code(
    settings: pytest.MonkeyPatch, name: str, value: str, code: int, words: str
) -> None:
    settings.setenv(f"NUTGRAF_{name}", value)
    found, shown = await check()
    assert found == code, shown
    (line,) = (line for line in shown.splitlines() if line.startswith("mend") and words in line)
    assert line


async def test_database_in_memory_is_no_fault(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("NUTGRAF_STORAGE__URL", "sqlite:///:memory:")
    code, shown = await check()
    assert code == 0, shown
    assert "backups: none" in shown


async def test_damaged_database_is_told(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "nutgraf.db"
    await migrate(sqlite_url(path))
    with path.open("rb+") as file:
        file.seek(8 * 4_096)
        file.write(b"\xff" * 4_096)
    code, shown = await check()
    assert code == 4
    assert "is damaged" in shown
    assert "nutgraf restore FILE" in shown


async def test_last_copy_is_told(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "nutgraf-20310418T033000Z.db").touch()
    _, shown = await check()
    assert "daily at 03:30 UTC" in shown
    assert "the last one 2031-04-18 03:30 UTC" in shown


NOW = datetime(2031, 4, 18, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("drift_s", "words"),
    [
        (0, "ok   clock: 09:30:00 UTC, as Telegram's"),
        (-30, "ok   clock: 09:30:00 UTC, as Telegram's"),
        (31, "warn clock: 31 s ahead of Telegram's; have it set from the network"),
        (-90, "warn clock: 90 s behind Telegram's; have it set from the network"),
    ],
)
def test_clock_that_is_wrong_is_told(drift_s: int, words: str) -> None:
    finding = check_clock([NOW - timedelta(seconds=drift_s)], NOW)
    assert (str(finding), finding.code) == (words, 0)


async def test_missing_place_list_is_no_fault(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("NUTGRAF_DIGEST__GAZETTEER", str(tmp_path / "none.sqlite"))
    code, shown = await check()
    assert code == 0
    assert "first start" in shown


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ("spring-2031", "warn access: invite; 1 of the codes"),
        ("kV3x-_92bPqL0aZt", "ok   access: invite"),
    ],
)
async def test_code_that_can_be_guessed_is_told(
    settings: pytest.MonkeyPatch, codes: str, words: str
) -> None:
    settings.setenv("NUTGRAF_ACCESS__MODE", "invite")
    settings.setenv("NUTGRAF_ACCESS__INVITE_CODES", codes)
    code, shown = await check()
    assert code == 0
    assert words in shown
    assert codes not in shown
