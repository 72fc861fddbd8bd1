"""`nutgraf check`: each thing that the bot needs, whether it is there, and what to mend."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.backups import BackupPlan, backup_plan
from bot.config import Config, ConfigError, api_root, gazetteer_path, read_token, storage_url
from bot.exits import EXIT_DATABASE, EXIT_TOKEN, EXIT_TRY_AGAIN, EXIT_USAGE
from bot.polling import REFUSED, word_trouble
from bot.texts import failure_line
from bot.upkeep import MIN_FREE_BYTES
from storage.backups import find_damage, list_copies
from storage.database import database_file, open_database
from storage.errors import StorageError
from storage.gazetteer import is_current
from summarizer.errors import SummarizerError
from summarizer.language import default_model, find_model

MAX_CLOCK_DRIFT_S = 30.0
SAFE_CODE = 16
"""Five wrong codes an hour and chat do not stop somebody with many accounts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and what was found; an exit code other than 0 says what to mend.

    What `warns` works, but should not stay as it is.
    """

    what: str
    found: str
    code: int = 0
    warns: bool = False

    def __str__(self) -> str:
        state = "mend" if self.code else "warn" if self.warns else "ok"
        return f"{state:<5}{self.what}: {self.found}"


async def check_all(config: Config, show: Callable[[str], object]) -> int:
    """Show one line for each thing; returns 0, or the exit code of the first that is wrong."""
    code = 0
    async for finding in _findings(config):
        show(str(finding))
        code = code or finding.code
    return code


async def _findings(config: Config) -> AsyncIterator[Finding]:
    yield Finding("configuration", "every key is known and has a value that fits")
    dates: list[datetime] = []
    yield await check_token(config, dates)
    yield check_clock(dates, datetime.now(UTC))
    yield check_access(config)
    yield check_model(config)
    yield check_gazetteer(config)
    yield await check_database(config)
    yield check_backups(backup_plan(config), config)
    yield check_disk(config)


async def check_token(config: Config, dates: list[datetime]) -> Finding:
    """Ask Telegram whose token it is; adds what time it is there, where the answer says so."""
    try:
        token = read_token(config)
    except ConfigError as exc:
        return Finding("token", str(exc), EXIT_USAGE)

    async def note_date(response: Any) -> None:
        stated = response.headers.get("Date")
        with suppress(TypeError, ValueError):
            dates.append(parsedate_to_datetime(stated).astimezone(UTC))

    try:
        request = HTTPXRequest(
            proxy=config.telegram.proxy or None,
            httpx_kwargs={"event_hooks": {"response": [note_date]}},
        )
    except (RuntimeError, ValueError):
        return Finding("token", "[telegram] proxy is no proxy that can be used", EXIT_USAGE)
    bot = Bot(token, base_url=f"{api_root(config)}/bot", request=request)
    try:
        async with bot:
            return Finding("token", f"of @{bot.username}, at {api_root(config)}")
    except InvalidToken:
        return Finding("token", REFUSED, EXIT_TOKEN)
    except TelegramError as exc:
        return Finding("token", word_trouble(exc), EXIT_TRY_AGAIN)


def check_clock(dates: list[datetime], now: datetime) -> Finding:
    """Whether our clock agrees with Telegram's."""
    if not dates:
        return Finding("clock", f"{now:%H:%M:%S} UTC; Telegram did not say what time it has")
    drift = (now - dates[-1]).total_seconds()
    if abs(drift) <= MAX_CLOCK_DRIFT_S:
        return Finding("clock", f"{now:%H:%M:%S} UTC, as Telegram's")
    way = "ahead of" if drift > 0 else "behind"
    return Finding(
        "clock", f"{abs(drift):.0f} s {way} Telegram's; have it set from the network", warns=True
    )


def check_access(config: Config) -> Finding:
    """Who may use the bot, and whether somebody could guess the way in."""
    access = config.access
    short = [code for code in access.invite_codes if len(code) < SAFE_CODE]
    if access.mode != "invite" or not short:
        return Finding("access", access.mode)
    return Finding(
        "access",
        f"invite; {len(short)} of the codes could be guessed: use {SAFE_CODE} characters, as from "
        "python3 -c 'import secrets; print(secrets.token_urlsafe(16))'",
        warns=True,
    )


def check_model(config: Config) -> Finding:
    try:
        name = config.digest.model or default_model()
        find_model(name)
    except SummarizerError as exc:
        return Finding("model", failure_line(exc), EXIT_USAGE)
    return Finding("model", name)


def check_gazetteer(config: Config) -> Finding:
    path = gazetteer_path(config)
    if is_current(path):
        return Finding("place list", str(path))
    return Finding("place list", f"{path} is built at the first start, in about half a minute")


async def check_database(config: Config) -> Finding:
    """Open the database and read it all, but write nothing; the file is created where missing."""
    url = storage_url(config)
    try:
        async with open_database(url) as database:
            is_ready = await database.is_current()
        is_file = backup_plan(config) is not None
        damage = await asyncio.to_thread(find_damage, database_file(url)) if is_file else None
    except StorageError as exc:
        return Finding("database", failure_line(exc), EXIT_DATABASE)
    if damage is not None:
        found = f"{url} is damaged ({damage}); put back a copy (nutgraf restore FILE)"
        return Finding("database", found, EXIT_DATABASE)
    return Finding("database", url if is_ready else f"{url} is brought up to date at the start")


def check_backups(plan: BackupPlan | None, config: Config) -> Finding:
    """When the database was last copied, and whether the next copy has a place to go."""
    if plan is None:
        return Finding("backups", "none: the database is no file")
    folder = plan.folder
    if not os.access(next(place for place in (folder, *folder.parents) if place.exists()), os.W_OK):
        return Finding("backups", f"{folder} cannot be written", EXIT_DATABASE)
    if folder.exists() and not folder.is_dir():
        return Finding("backups", f"{folder} is no folder", EXIT_DATABASE)
    copies = list_copies(folder, database_file(storage_url(config)))
    last = f"the last one {copies[-1][0]:%Y-%m-%d %H:%M} UTC" if copies else "none yet"
    when = f"daily at {plan.daily_at:%H:%M} UTC" if plan.daily_at else "only when asked for"
    return Finding("backups", f"{when} into {folder}, {last}")


def check_disk(config: Config) -> Finding:
    """Whether there is room where the database is."""
    folder = Path(storage_url(config).removeprefix("sqlite:///")).parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as exc:
        return Finding("disk", f"{folder}: {exc.strerror}", EXIT_DATABASE)
    found = f"{free / 1e9:.1f} GB free in {folder}"
    if free < MIN_FREE_BYTES:
        return Finding("disk", f"{found}; make room for at least 0.5 GB", EXIT_DATABASE)
    return Finding("disk", found)
