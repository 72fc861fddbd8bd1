"""How `nutgraf run` bears a crowd, at a Bot API server on this machine.

    PYTHONPATH=.:tests python benchmarks/bot_load.py GAZETTEER [--chats 40] [--replies 300] \
        [--rounds 5]

crowd   one article from each chat at once: seconds to the first and the last digest, the longest
        time without a request for updates, and the memory of the whole process tree
reply   CPU of the whole process tree for each answer to /help, against a bot that is nothing but
        python-telegram-bot and answers the same words; in turn in the same run, A B A B
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from support.bot_api import BotApiServer, Chat
from support.live import digests_of
from support.news import news_article
from support.running_bot import RunningBot

TICKS = os.sysconf("SC_CLK_TCK")
MINIMAL_BOT = """
import sys
from telegram.ext import ApplicationBuilder, CommandHandler
from bot.texts import HELP
root, token = sys.argv[1:]
async def answer(update, context):
    await update.message.reply_text(HELP)
app = ApplicationBuilder().token(token).base_url(root + "/bot").build()
app.add_handler(CommandHandler("help", answer))
app.run_polling()
"""
FIRST_CHAT = 1_000
WARM_UP = 20


def processes_of(session: int) -> Iterable[tuple[Path, list[str]]]:
    """The processes of a session, with the fields of their stat file after the name."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # ended just now
            continue
        if int(fields[3]) == session:
            yield folder, fields


def cpu_of(session: int) -> float:
    """CPU seconds of a process tree, with those of children that have ended."""
    ticks = sum(sum(map(int, fields[11:15])) for _, fields in processes_of(session))
    return ticks / TICKS


def memory_of(session: int) -> float:
    """Proportional set size of a process tree, in MB."""
    total = 0
    for folder, _ in processes_of(session):
        lines = (folder / "smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1_000


async def measure_crowd(server: BotApiServer, bot: RunningBot, count: int) -> None:
    await answer_one(server, server.user(FIRST_CHAT))  # the model is loaded now
    chats = [server.user(number) for number in range(1, count + 1)]
    seen = len(server.calls("getUpdates"))
    started_at = time.monotonic()
    for number, chat in enumerate(chats, start=1):
        chat.send_text(news_article(number))
    await server.wait_for(lambda s: all(digests_of(chat) for chat in chats), 300)
    await bot.settle()
    times = sorted(chat.sent[0].sent_at - started_at for chat in chats)
    gap = server.longest_poll_gap(since=seen)
    print(f"crowd of {count}: first {times[0]:.2f} s, last {times[-1]:.2f} s")
    print(f"  longest without getUpdates {gap * 1_000:.0f} ms, at most {server.busiest()} sends/s")
    if bot.process is not None:
        print(f"  memory of the process tree {memory_of(bot.process.pid):.0f} MB (PSS)")


async def answer_one(server: BotApiServer, chat: Chat) -> None:
    chat.send_text(news_article(0))
    await server.wait_for(lambda s: digests_of(chat), 60)


async def cpu_per_reply(server: BotApiServer, pid: int, count: int, first_chat: int) -> float:
    """CPU milliseconds for each of so many answers, one chat after the other asking."""
    chats = [server.user(first_chat + number) for number in range(count + WARM_UP)]
    for chat in chats[:WARM_UP]:
        chat.send_text("/help")
    await server.wait_for(lambda s: all(chat.sent for chat in chats[:WARM_UP]), 60)
    before = cpu_of(pid)
    for chat in chats[WARM_UP:]:
        chat.send_text("/help")
    await server.wait_for(lambda s: len(s.sent(chats[-1])) > 0, 120)
    await server.wait_for(lambda s: all(chat.sent for chat in chats), 120)
    return (cpu_of(pid) - before) * 1_000 / count


@contextmanager
def minimal_bot(server: BotApiServer, folder: Path) -> Iterator[int]:
    """The bot to compare with; gives its process id."""
    script = folder / "minimal.py"
    script.write_text(MINIMAL_BOT, "utf-8")
    command = [sys.executable, str(script), server.root, server.token]
    with (
        (folder / "minimal.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            yield process.pid
        finally:
            process.kill()


async def measure_reply(
    server: BotApiServer, bot: RunningBot, folder: Path, *, count: int, rounds: int
) -> None:
    if bot.process is None:
        raise RuntimeError("the bot does not run")
    with BotApiServer() as other, minimal_bot(other, folder) as minimal:
        await other.wait_for(lambda s: s.polls_waiting, 30)
        costs: list[tuple[float, float]] = []
        for turn in range(rounds):
            first_chat = FIRST_CHAT * (turn + 2)
            ours = await cpu_per_reply(server, bot.process.pid, count, first_chat)
            costs.append((ours, await cpu_per_reply(other, minimal, count, first_chat)))
    print(f"reply, {rounds} rounds of {count}: median (min, max)")
    print(f"  CPU of nutgraf run {spread([ours for ours, _ in costs])} ms")
    print(f"  CPU of a minimal bot {spread([theirs for _, theirs in costs])} ms")
    print(f"  ratio {spread([ours / theirs for ours, theirs in costs])}")


def spread(values: Sequence[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f}, {max(values):.2f})"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gazetteer", type=Path)
    parser.add_argument("--chats", type=int, default=40)
    parser.add_argument("--replies", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, BotApiServer() as server:
        bot = RunningBot(server, Path(name), options.gazetteer.resolve())
        try:
            await bot.start()
            await measure_crowd(server, bot, options.chats)
            await measure_reply(
                server, bot, Path(name), count=options.replies, rounds=options.rounds
            )
        finally:
            bot.clear_away()


if __name__ == "__main__":
    asyncio.run(main())
