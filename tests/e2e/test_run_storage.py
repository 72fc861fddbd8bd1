"""`nutgraf run` and its database: copies, disks that are full, files that are none."""

import os
import resource
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from bot import database_texts
from storage.database import backup, migrate, sqlite_url
from support.bot_api import BotApiServer
from support.live import MakeBot, digests_of
from support.news import news_article
from support.running_bot import OWNER, RunningBot


def limit_files(bot: RunningBot, size: int) -> None:
    """Let no file of the bot grow over this size, as on a full disk."""
    assert bot.process is not None
    _, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def integrity(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])


async def test_full_disk_is_told_to_the_owner_and_nothing_is_lost(
    server: BotApiServer, make_bot: MakeBot
) -> None:
    bot = make_bot(storage={"backup_daily_at": ""})
    await bot.start()
    owner, chat = server.user(OWNER), server.user(1)
    limit_files(bot, 1)
    chat.send_text(news_article(1))
    await server.wait_for(lambda s: owner.sent, what="word to the owner")
    assert "I cannot write what people send me" in owner.sent[0].text
    assert chat.sent == []
    assert server.unconfirmed == 1
    limit_files(bot, resource.RLIM_INFINITY)
    await server.wait_for(lambda s: digests_of(chat), what="digest")
    await server.wait_for(lambda s: len(owner.sent) == 2, 60, what="word that it is over")
    assert owner.sent[1].text == database_texts.DATABASE_WRITABLE
    await bot.settle()
    assert len(chat.sent) == 1
    assert await bot.stop() == 0
    assert integrity(bot.database) == "ok"
    assert server.violations == []


async def test_copies_are_made_daily_and_when_asked_for(
    server: BotApiServer, make_bot: MakeBot
) -> None:
    bot = make_bot(storage={"backup_dir": "copies"})
    folder = bot.config.parent / "copies"
    await bot.start()
    await server.wait_for(lambda s: list(folder.glob("nutgraf-*.db")), what="first daily copy")
    (daily,) = folder.glob("nutgraf-*.db")
    chat = server.user(1)
    chat.send_text(news_article(1))
    await server.wait_for(lambda s: digests_of(chat), what="digest")
    asked = bot.config.parent / "asked.db"
    backup(sqlite_url(bot.database), asked)
    assert await bot.stop() == 0
    for copy in (daily, asked):
        assert integrity(copy) == "ok"
    with closing(sqlite3.connect(asked)) as connection:
        assert connection.execute("SELECT count(*) FROM digests").fetchone() == (1,)


UNFIT = {
    "folder": "directory",
    "text": "not a database",
    "cut": "nutgraf restore",
    "newer": "Update Nutgraf",
    "locked": "The database is busy",
}


async def test_file_that_cannot_be_the_database_is_exit_4_with_words(
    server: BotApiServer, make_bot: MakeBot, tmp_path: Path
) -> None:
    good = tmp_path / "good.db"
    await migrate(sqlite_url(good))
    bots = {name: make_bot() for name in UNFIT}
    for name, bot in bots.items():
        spoil(good, bot.database, name)
    before = {name: content(bot.database) for name, bot in bots.items()}
    with closing(sqlite3.connect(bots["locked"].database)) as other:
        other.execute("BEGIN IMMEDIATE")
        for bot in bots.values():
            bot.launch()
        for name, bot in bots.items():
            assert await bot.exit_code() == 4, (name, bot.log)
            assert UNFIT[name] in bot.log, name
            assert "Traceback" not in bot.log
            assert content(bot.database) == before[name], name


def content(path: Path) -> bytes:
    return b"" if path.is_dir() else path.read_bytes()


def spoil(good: Path, path: Path, how: str) -> None:
    if how == "folder":
        path.mkdir()
        return
    if how == "text":
        path.write_text("Not a database. " * 100)
        return
    shutil.copyfile(good, path)
    if how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif how == "newer":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
