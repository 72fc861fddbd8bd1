"""`nutgraf run` from its start to its end, and from its end to its next start."""

import time
from contextlib import ExitStack

import httpx

from bot import texts
from support.bot_api import BotApiServer, bad_gateway, refused
from support.live import Live, MakeBot, digests_of
from support.news import FIRST_SPEAKER, LAST_SPEAKER, long_article, news_article
from support.running_bot import OWNER, RunningBot

CHATS = 40
MAX_STOP_S = 12.0
MAX_POLL_GAP_S = 2.0


# A19, A25


async def test_forty_chats_at_once_are_all_answered(live: Live) -> None:
    seen = len(live.server.calls("getUpdates"))
    chats = [live.user() for _ in range(CHATS)]
    for chat in chats:
        chat.send_text(news_article(live.number()))
    await live.server.wait_for(
        lambda s: all(digests_of(chat) for chat in chats), 60, what="forty digests"
    )
    await live.bot.settle()
    assert [len(chat.sent) for chat in chats] == [1] * CHATS
    assert live.server.longest_poll_gap(since=seen) < MAX_POLL_GAP_S
    assert live.server.busiest() <= 30


async def test_sigterm_ends_in_time_and_the_next_start_goes_on(make_bot: MakeBot) -> None:
    with BotApiServer(delays_repeats=True) as server:
        root = f"{server.root}/"  # A0: all others are given it without the slash
        await stop_and_go_on(server, make_bot(on=server, telegram={"base_url": root}))


async def stop_and_go_on(server: BotApiServer, bot: RunningBot) -> None:
    await bot.start()
    chats = [server.user(number) for number in range(1, CHATS + 1)]
    for number, chat in enumerate(chats):
        chat.send_text(news_article(number))
    await server.wait_for(lambda s: s.sent(), what="first digest")
    asked = time.monotonic()
    assert await bot.stop() == 0, bot.log[-2_000:]
    assert time.monotonic() - asked < MAX_STOP_S
    await bot.start()
    await server.wait_for(
        lambda s: all(digests_of(chat) for chat in chats), 60, what="forty digests"
    )
    await bot.settle()
    assert [len(chat.sent) for chat in chats] == [1] * CHATS
    assert server.violations == []


# kill -9


async def test_kill_loses_nothing_and_the_next_start_is_at_once(
    server: BotApiServer, make_bot: MakeBot
) -> None:
    bot = make_bot(
        telegram={"base_url": f"{server.root}/bot"},  # A0: the third form
        limits={"paste_join_ms": 20_000},  # so that the kill comes before the paste is closed
    )
    await bot.start()
    writer, *chats = [server.user(number) for number in range(1, 12)]
    article = long_article(1, units=4_500)
    first, last = article[:4_000], article[4_000:]
    owner = server.user(OWNER)
    server.raw_update({"poll": {"id": "1"}})
    for number, chat in enumerate(chats, start=2):
        chat.send_text(news_article(number))
    await server.wait_for(lambda s: s.sent(), what="first digest")
    first_id = writer.send_text(first)
    await server.wait_for(lambda s: s.unconfirmed == 0, what="first part kept")
    bot.kill()
    writer.send_text(last)
    await bot.start()
    await server.wait_for(
        lambda s: all(digests_of(chat) for chat in (writer, *chats)), 60, what="all digests"
    )
    await bot.settle()
    repeated = sum(len(chat.sent) - 1 for chat in chats)
    assert repeated <= 3  # those in flight
    (digest,) = writer.sent
    assert digest.reply_to == first_id
    assert FIRST_SPEAKER in digest.text
    assert LAST_SPEAKER in digest.text
    await server.wait_for(lambda s: owner.sent, what="word to the owner")
    assert "1 × UnreadableUpdate" in owner.sent[0].text
    assert server.violations == []


# What is wrong at the start

UNFIT = {
    "misspelt key": ({"telegram": {"tokn": "x"}}, 2, "telegram.token"),
    "no token": ({"telegram": {"token": ""}}, 2, "token"),
    "wrong value": ({"limits": {"paste_join_ms": "soon"}}, 2, "limits.paste_join_ms"),
    "refused token": ({"telegram": {"token": "1:wrong"}}, 3, "BotFather"),
    "database in use": ({"storage": {"url": "the one of the shared bot"}}, 4, "nutgraf.db"),
}


async def test_what_cannot_run_says_why_and_how_it_ended(live: Live, make_bot: MakeBot) -> None:
    UNFIT["database in use"][0]["storage"]["url"] = f"sqlite:///{live.bot.database}"
    bots = {name: make_bot(on=live.server, **case[0]) for name, case in UNFIT.items()}
    for bot in bots.values():
        bot.launch()
    for name, bot in bots.items():
        _, code, words = UNFIT[name]
        assert await bot.exit_code() == code, (name, bot.log)
        assert words in bot.log, name
        assert "Traceback" not in bot.log
        assert "1:wrong" not in bot.log


ENDS = {
    "token revoked": (3, "BotFather"),
    "no bot there": (3, "BotFather"),
    "token refused when sending": (3, "BotFather"),
    "another program fetches": (75, "Another program is fetching"),
    "nobody there": (75, "cannot be reached"),
}


async def test_what_cannot_go_on_says_why_and_how_it_ended(make_bot: MakeBot) -> None:
    with ExitStack() as opened:
        servers = {name: opened.enter_context(BotApiServer()) for name in ENDS}
        bots = {name: make_bot(on=server) for name, server in servers.items()}
        servers["nobody there"].close_port()
        unauthorized = refused(401, "Unauthorized")
        conflict = refused(409, "Conflict: terminated by other getUpdates request")
        servers["token revoked"].fail("getUpdates", unauthorized, times=99)
        servers["no bot there"].fail("getUpdates", refused(404, "Not Found"), times=99)
        servers["token refused when sending"].fail("sendMessage", unauthorized, times=99)
        servers["token refused when sending"].user(1).send_text("/help")
        servers["another program fetches"].fail("getUpdates", conflict, times=99)
        for bot in bots.values():
            bot.launch()
        for name, bot in bots.items():
            code, words = ENDS[name]
            assert await bot.exit_code() == code, (name, bot.log)
            last = bot.log.splitlines()[-1]
            assert "CRITICAL" in last, name
            assert words in last, name
            assert "Traceback" not in bot.log


async def test_check_says_what_is_well_and_what_to_mend(live: Live, make_bot: MakeBot) -> None:
    good, bad = make_bot(on=live.server), make_bot(on=live.server, telegram={"token": "1:wrong"})
    for bot in (good, bad):
        bot.launch("check")
    assert await good.exit_code() == 0, good.log
    assert await bad.exit_code() == 3, bad.log
    assert "1:wrong" not in bad.log


async def test_server_that_is_not_there_yet_is_waited_for(
    server: BotApiServer, make_bot: MakeBot
) -> None:
    bot = make_bot()
    server.close_port()
    server.fail("getMe", bad_gateway(html=True))
    bot.launch()
    await server.wait_for(lambda s: "cannot be reached" in bot.log, 30, what="words")
    server.open_port()
    await server.wait_for(lambda s: s.polls_waiting or bot.has_ended, 60, what="start")
    assert [call.status for call in server.calls("getMe")] == [502, 200]
    assert "Traceback" not in bot.log


async def test_other_program_with_the_token_is_told_of_in_words(live: Live) -> None:
    url = f"{live.server.root}/bot{live.server.token}/getUpdates"
    async with httpx.AsyncClient() as other:
        await live.server.wait_for(lambda s: s.polls_waiting, what="poll")
        assert (await other.get(url)).status_code == 200
    await live.server.wait_for(lambda s: "Another program" in live.bot.log, what="words")
    chat = live.user()
    chat.send_text("/help")
    (answer,) = await live.answers(chat)
    assert answer.text == texts.HELP
    assert live.server.conflicts == 1
