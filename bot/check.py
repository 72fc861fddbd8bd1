"""`nutgraf check`: each thing that the bot needs, whether it is there, and what to mend."""

import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.config import Config, ConfigError, api_root, gazetteer_path, read_token, storage_url
from bot.exits import EXIT_DATABASE, EXIT_TOKEN, EXIT_TRY_AGAIN, EXIT_USAGE
from bot.polling import REFUSED, word_trouble
from bot.texts import failure_line
from storage.database import open_database
from storage.errors import StorageError
from storage.gazetteer import is_current
from summarizer.errors import SummarizerError
from summarizer.language import default_model, find_model

MIN_FREE_BYTES = 500_000_000
SAFE_CODE = 16
"""Five wrong codes an hour and chat do not stop somebody with many accounts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and what was found; an exit code other than 0 says what to mend."""

    what: str
    found: str
    code: int = 0


async def check_all(config: Config, show: Callable[[str], object]) -> int:
    """Show one line for each thing; returns 0, or the exit code of the first that is wrong."""
    code = 0
    async for finding in _findings(config):
        show(f"{'mend' if finding.code else 'ok':<5}{finding.what}: {finding.found}")
        code = code or finding.code
    return code


async def _findings(config: Config) -> AsyncIterator[Finding]:
    yield Finding("configuration", "every key is known and has a value that fits")
    yield await check_token(config)
    yield check_access(config)
    yield check_model(config)
    yield check_gazetteer(config)
    yield await check_database(config)
    yield check_disk(config)


async def check_token(config: Config) -> Finding:
    """Ask Telegram whose token it is."""
    try:
        token = read_token(config)
    except ConfigError as exc:
        return Finding("token", str(exc), EXIT_USAGE)
    bot = Bot(token, base_url=f"{api_root(config)}/bot")
    try:
        async with bot:
            return Finding("token", f"of @{bot.username}, at {api_root(config)}")
    except InvalidToken:
        return Finding("token", REFUSED, EXIT_TOKEN)
    except TelegramError as exc:
        return Finding("token", word_trouble(exc), EXIT_TRY_AGAIN)


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
    """Open the database and write nothing; the file is created where missing."""
    url = storage_url(config)
    try:
        async with open_database(url) as database:
            is_ready = await database.is_current()
    except StorageError as exc:
        return Finding("database", failure_line(exc), EXIT_DATABASE)
    return Finding("database", url if is_ready else f"{url} is brought up to date at the start")


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
