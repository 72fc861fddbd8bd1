import json
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.errors import FetchError, NotAFeed, TooLarge
from fetcher.feed import MAX_BYTES, parse_feed, parse_feed_roughly
from fetcher.models import Feed, FeedLink, FoundFeeds

Parse = Callable[..., Feed | FoundFeeds]

URL = "https://marren.example/feeds/all.xml"

RSS = """<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0"><channel><title>Marren &amp;amp; Oldhaven</title>
<link>https://marren.example/</link>
<item><title>Caf&eacute; opens\n &#xD800;&lt;b&gt;today&lt;/b&gt;</title><link>/a?x=1&y=2</link>
<guid isPermaLink="false">7</guid><pubDate>Thu, 04 Mar 2021 08:00:00 +0100</pubDate>
<description><![CDATA[<p>It opened.</p><p>At last.</p><script>x()</script>]]></description></item>
<item><title>No link</title></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">A &amp;amp; B</title>
<link rel="self" href="/self"/><link href="https://marren.example/"/>
<entry><id>tag:marren.example,2021:1</id><title>1 &lt; 2</title>
<link rel="alternate" href="../one"/><updated>2021-03-04T08:00:00Z</updated>
<content type="html">&lt;p&gt;One.&lt;/p&gt;</content></entry></feed>"""

JSON_FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Marren",
        "home_page_url": "https://marren.example/",
        "items": [
            {
                "id": 5,
                "url": "/five",
                "content_html": "<p>Five &amp; <b>six</b></p>",
                "date_published": "2021-03-04T08:00:00+01:00",
            }
        ],
    }
)

OPML = """<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="Marren" xmlUrl="https://marren.example/feed"/>
<outline text="Again" xmlUrl="https://marren.example/feed"/></outline>
<outline text="Bad" xmlUrl="javascript:alert(1)"/></body></opml>"""

PAGE = """<!doctype html><html><head><base href="https://marren.example/x/">
<link rel="alternate" type="application/rss+xml" title="All &amp; more" href="all.xml">
<link rel="alternate" hreflang="de" href="/de"></head><body><p>Hello</p></body></html>"""


def read(text: str) -> Feed:
    feed = parse_feed(text.encode(), url=URL)
    assert isinstance(feed, Feed)
    return feed


def test_rss_is_read_as_plain_text_with_absolute_links() -> None:
    feed = read(RSS)
    assert (feed.title, feed.link) == ("Marren & Oldhaven", "https://marren.example/")
    first, second = feed.entries
    assert first.id == "7"
    assert first.title == "Café opens today"
    assert first.link == "https://marren.example/a?x=1&y=2"
    assert first.published == "2021-03-04T07:00:00+00:00"
    assert first.summary == "It opened. At last."
    assert second.link is None
    assert second.id


@pytest.mark.parametrize(
    ("stated", "ttl"), [("60", 3_600.0), (" 5 ", 300.0), ("0", None), ("-5", None), ("soon", None)]
)
@pytest.mark.parametrize("parse", [parse_feed, parse_feed_roughly])
def test_a_feed_says_how_long_to_leave_it_alone(
    parse: Callable[[bytes], object], stated: str, ttl: float | None
) -> None:
    feed = parse(f"<rss><channel><title>M</title><ttl>{stated}</ttl></channel></rss>".encode())
    assert isinstance(feed, Feed)
    assert feed.ttl == ttl


@pytest.mark.parametrize("parse", [parse_feed, parse_feed_roughly])
def test_what_an_entry_calls_itself_is_the_same_wherever_the_feed_is(parse: Parse) -> None:
    rss = (
        "<rss><channel><title>T</title><item><guid>g1</guid><link>one</link></item></channel></rss>"
    )
    for url in (URL, "https://oldhaven.example/feed"):
        feed = parse(rss.encode(), url=url)
        assert isinstance(feed, Feed)
        (entry,) = feed.entries
        assert (entry.id, entry.link) == ("g1", urljoin(url, "one"))


def test_atom_is_read() -> None:
    feed = read(ATOM)
    assert (feed.title, feed.link) == ("A & B", "https://marren.example/")
    (entry,) = feed.entries
    assert entry.title == "1 < 2"
    assert entry.link == "https://marren.example/one"
    assert entry.published == "2021-03-04T08:00:00+00:00"
    assert entry.summary == "One."


def test_json_feed_is_read() -> None:
    (entry,) = read(JSON_FEED).entries
    assert (entry.id, entry.title, entry.summary) == ("5", "", "Five & six")
    assert entry.link == "https://marren.example/five"
    assert entry.published == "2021-03-04T07:00:00+00:00"


def test_subscriptions_of_a_list_are_its_entries_each_once() -> None:
    feed = read(OPML)
    assert feed.title == "Mine"
    assert [(entry.title, entry.link) for entry in feed.entries] == [
        ("Marren", "https://marren.example/feed")
    ]


@pytest.mark.parametrize(
    ("stated", "link"),
    [
        ("feed://oldhaven.example/rss", "http://oldhaven.example/rss"),
        ("FEED:https://oldhaven.example/rss", "https://oldhaven.example/rss"),
        ("feed://https://oldhaven.example/rss", "https://oldhaven.example/rss"),
    ],
)
def test_addresses_for_feed_readers_are_those_of_the_web(stated: str, link: str) -> None:
    feed = read(OPML.replace("https://marren.example/feed", stated))
    assert [entry.link for entry in feed.entries] == [link]


def test_page_gives_the_feeds_it_names() -> None:
    found = parse_feed(PAGE.encode(), url=URL)
    assert found == FoundFeeds((FeedLink("All & more", "https://marren.example/x/all.xml"),))


@pytest.mark.parametrize(
    "text",
    ["", "hello", "{}", "[1]", "{", "<html><body>no feed</body></html>", "<rss>", "<a>b</a>"],
)
def test_what_is_no_feed_is_refused(text: str) -> None:
    with pytest.raises(NotAFeed):
        parse_feed(text.encode(), url=URL)


def test_huge_file_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        parse_feed(b"<rss>" + b" " * MAX_BYTES)


def test_valid_utf8_is_read_as_such_whatever_is_declared() -> None:
    text = RSS.replace("Caf&eacute;", "Café")
    assert read(text).entries[0].title == "Café opens today"


def test_declared_encoding_is_read() -> None:
    body = RSS.replace("Caf&eacute;", "Café").encode("iso-8859-1")
    feed = parse_feed(body, url=URL)
    assert isinstance(feed, Feed)
    assert feed.entries[0].title == "Café opens today"


@pytest.mark.parametrize("text", [RSS, ATOM])
def test_rough_reading_agrees_on_what_is_usual(text: str) -> None:
    rough, well = parse_feed_roughly(text.encode(), url=URL), read(text)
    assert isinstance(rough, Feed)
    assert [(entry.title, entry.link, entry.published) for entry in rough.entries] == [
        (entry.title, entry.link, entry.published) for entry in well.entries
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><title>t</title><a " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/>",
        "<rss><channel><title>t</title>" + "<b>" * 100_000,
        "<rss><channel><title>t</title>" + "<" * 500_000,
        "<rss><channel><title>t</title>" + "<item><title>a</title></item>" * 20_000,
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c SYSTEM "file:///etc/passwd">]><rss><channel><title>&b;&c;</title>',
    ],
)
@pytest.mark.parametrize("parse", [parse_feed, parse_feed_roughly])
def test_hostile_feed_gives_a_feed_or_our_error(parse: Parse, text: str) -> None:
    try:
        feed = parse(text.encode(), url=URL)
    except FetchError:
        return
    assert isinstance(feed, Feed)
    assert "root:" not in feed.title


TAGS = st.sampled_from(["<rss>", "<channel>", "<item>", "<title>", "</title>", "<link>", "<guid>"])
MARKS = st.sampled_from(["<![CDATA[", "]]>", "&", "&#xD800;", "&eacute;", "\0", "[", "{", "\ud800"])
OTHERS = st.sampled_from(["a", "<pubDate>", "99999999999", "<feed>", "<entry>", "<html>", "<opml>"])
LINKS = st.sampled_from(["http://", "<a href='", "<outline xmlUrl='http://["])
PIECES = TAGS | MARKS | OTHERS | LINKS


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_bytes_give_a_result_or_our_error(text: str) -> None:
    for parse in (parse_feed, parse_feed_roughly):
        try:
            parse(text.encode("utf-8", "surrogatepass"), url=URL)
        except FetchError:
            continue
