"""`nutgraf run` follows a feed of a site on this machine."""

from bot import texts_following as said
from support.live import Live, MakeBot, digests_of
from support.news import long_article
from support.sites import Site, page, serving

FEED = "/feed.xml"


def put_article(site: Site, number: int) -> None:
    paragraphs = long_article(number, units=3_000).split("\n\n")
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = f"<html><body><article><h1>Line {number}</h1>{body}</article></body></html>"
    site.answers[f"/{number}"] = page(html.encode(), headers={"Content-Type": "text/html"})


def put_feed(site: Site, *numbers: int) -> None:
    """Have the feed list these articles, and the site hold them."""
    for number in numbers:
        put_article(site, number)
    items = "".join(
        f"<item><title>Line {number}</title><link>{site.url}/{number}</link></item>"
        for number in numbers
    )
    feed = f'<rss version="2.0"><channel><title>Delta Courier</title>{items}</channel></rss>'
    site.answers[FEED] = page(feed.encode(), headers={"Content-Type": "application/rss+xml"})


async def test_new_entry_of_a_feed_is_told_once_also_after_a_restart(make_bot: MakeBot) -> None:
    bot = make_bot(fetch={"allow_private_networks": True}, feeds={"poll_seconds": 1})
    live = Live(bot.server, bot)
    chat = live.user()
    async with serving({}) as site:
        put_feed(site, 1, 2)
        await bot.start()
        chat.send_text(f"/subscribe {site.url}{FEED}")
        (confirmation,) = await live.answers(chat)
        assert confirmation.text.startswith(said.FOLLOWING_NOW)
        await polled(live, site)
        put_feed(site, 3, 1, 2)
        (digest,) = await live.digests(chat)
        assert digest.text.startswith("Line 3")
        assert await bot.stop() == 0
        await bot.start()
        await polled(live, site)
        put_feed(site, 4, 3, 1, 2)
        await live.digests(chat, 2)
        await polled(live, site)
    titles = [digest.text.partition("\n")[0] for digest in digests_of(chat)]
    assert titles == ["Line 3", "Line 4"]
    assert "/1" not in site.paths


async def polled(live: Live, site: Site) -> None:
    """Return when the feed was asked for from now on, and once more, so that it has been read."""
    asked = site.paths.count(FEED)
    await live.server.wait_for(
        lambda _: site.paths.count(FEED) >= asked + 2, 25, what="feed polled"
    )
