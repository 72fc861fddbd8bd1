"""`nutgraf run` reads the pages of links, from a site on this machine."""

import asyncio

from bot import texts
from support.live import Live, MakeBot, digests_of
from support.news import FIRST_SPEAKER, long_article
from support.sites import page, serving


def article_page(live: Live, title: str) -> bytes:
    paragraphs = long_article(live.number(), units=3_000).split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<html><body><article><h1>{title}</h1>{body}</article></body></html>"
    return page(html.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


async def test_links_are_answered_by_a_digest_each_and_once(live: Live) -> None:
    chat = live.user()
    shared = "/1?utm_source=x"
    answers = {shared: article_page(live, "Crane falls"), "/2": article_page(live, "Crane stands")}
    async with serving(answers) as site:
        message = chat.send_text(f"{site.url}{shared} {site.url}/2")
        digests = await live.digests(chat, 2)
        assert [digest.text.partition("\n")[0] for digest in digests] == [
            "Crane falls",
            "Crane stands",
        ]
        assert [digest.reply_to for digest in digests] == [message, message]
        assert FIRST_SPEAKER in digests[0].text
        chat.send_text(f"{site.url}/1")
        *_, pointer = await live.answers(chat, 3)
    assert (pointer.text, pointer.reply_to) == (texts.DIGESTED_ABOVE, digests[0].message_id)
    assert site.paths == [shared, "/2"]


async def test_a_page_that_fails_can_be_tried_again(live: Live) -> None:
    chat = live.user()
    async with serving({"/": page(status="500 Oh")}) as site:
        chat.send_text(f"{site.url}/")
        (failure,) = await live.answers(chat)
        assert "HTTP 500" in failure.text
        site.answers["/"] = article_page(live, "Crane falls")
        chat.press(failure, texts.TRY_AGAIN)
        (digest,) = await live.digests(chat)
    assert digest.text.startswith("Crane falls")


async def test_a_page_is_fetched_anew_after_the_end_of_the_program(make_bot: MakeBot) -> None:
    bot = make_bot(fetch={"allow_private_networks": True})
    live = Live(bot.server, bot)
    chat = live.user()
    asked = asyncio.Event()

    async def hang(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.Event().wait()

    async with serving({"/": hang}) as site:
        await bot.start()
        chat.send_text(f"{site.url}/")
        await asyncio.wait_for(asked.wait(), 25)
        bot.kill()
        site.answers["/"] = article_page(live, "Crane falls")
        await bot.start()
        await live.digests(chat)
    (digest,) = digests_of(chat)
    assert digest.text.startswith("Crane falls")


async def test_private_addresses_are_not_opened_unless_allowed(make_bot: MakeBot) -> None:
    bot = make_bot()
    live = Live(bot.server, bot)
    chat = live.user()
    async with serving({"/": article_page(live, "Crane falls")}) as site:
        await bot.start()
        chat.send_text(f"{site.url.replace('127.0.0.1', 'localhost')}/")
        chat.send_text("http://127.0.0.1/")
        answers = await live.answers(chat, 2)
    assert site.requests == []
    assert [answer.text for answer in answers] == [
        texts.failure_text("blocked_address", why="port"),
        texts.failure_text("blocked_address", why="private"),
    ]
