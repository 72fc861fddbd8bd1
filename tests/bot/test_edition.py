from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts_following as texts
from bot.edition import render_edition, render_more
from bot.local_markup import parse_markup
from bot.markup import clean_text, utf16_units
from bot.render import DigestLayout
from newsroom.editions import compose_edition
from newsroom.news import News
from newsroom.stories import StoryArticle, group_stories
from storage.digests import StoredDigest
from summarizer.models import Digest
from support.bot import NOW
from support.builders import make_article, make_digest
from support.digests import digests, flood_digest
from support.digests import texts as hostile
from support.following import BREAD, FERRY, FERRY_AGAIN, MAYOR, news_of

LAYOUT = DigestLayout()


def news_from(*told: Digest, max_stories: int = 7) -> News:
    articles = [StoryArticle(str(number), digest) for number, digest in enumerate(told, start=1)]
    edition = compose_edition(group_stories(articles), max_stories=max_stories)
    assert edition is not None
    by_id = {str(n): StoredDigest(n, n, digest, NOW) for n, digest in enumerate(told, start=1)}
    return News(edition, by_id, (1,), NOW)


def shown_text(html: str) -> str:
    text, _ = parse_markup(html)
    return text


def test_an_edition_tells_each_story_with_its_sources_and_a_voice() -> None:
    flood = flood_digest()
    flood = replace(flood, article=replace(flood.article, url="https://delta.example/flood"))
    other = replace(flood.article, source="Brăila Post", url="https://braila.example/flood")
    ferry = news_of(FERRY, source="Marren Post")
    news = news_from(ferry, flood, replace(flood, article=other))
    message = render_edition("Danube & sea", news, LAYOUT, since="since yesterday 7:30")
    assert shown_text(message.html) == (
        "Danube & sea · since yesterday 7:30 · 3 articles, 2 stories\n\n"
        "1 · Flood crest passes Galați as Danube towns count the cost\n"
        "The highest Danube flood in two decades moved past the port city of Galați on Friday, "
        "leaving some 3,400 people without power.\n"
        "“The walls held, but by the width of a hand” – Ilinca Vasarab, "
        "director of the Lower Danube Flood Office\n"
        "Delta Courier · also in Brăila Post · Galați\n\n"
        "2 · The ferry to Marren runs again\n"
        "The ferry between Marren and Skarholm sailed again on Monday after a week of storms.\n"
        "Marren Post"
    )
    assert '<a href="https://delta.example/flood">Flood crest' in message.html
    assert (message.shown, message.more) == (2, 0)


def test_further_stories_are_numbered_on() -> None:
    news = news_from(*map(news_of, (FERRY, MAYOR, BREAD)), max_stories=2)
    message = render_more("News", news.edition.more, news.digests, LAYOUT, before=2, total=3)
    assert message.html.startswith("<b>News</b> · story 3 of 3\n\n<b>3 · ")
    assert (message.shown, message.more) == (1, 0)


def test_one_event_of_two_sources_is_one_story() -> None:
    news = news_from(news_of(FERRY, source="Marren Post"), news_of(FERRY_AGAIN, source="Skarholm"))
    assert "2 articles, 1 story" in render_edition("News", news, LAYOUT).html


def test_a_point_stands_whole_where_any_is_short_enough() -> None:
    long = "The council of Oltby " + "and the harbour board " * 20 + "met on Monday."
    short = "The mayor of Tunsby resigned."
    digest = make_digest(make_article(f"{long} {short}", title="T"), key_points=(long, short))
    html = render_edition("News", news_from(digest), LAYOUT).html
    assert short in html
    assert "…" not in html


def test_stories_that_do_not_fit_wait_behind_the_button() -> None:
    long = "The council of {} met for hours on Monday and spoke of nothing but the price of {}. "
    names = ("Oltby", "Tunsby", "Marren", "Skarholm", "Vessel", "Hamre", "Grunvik")
    told = [news_of((f"{name} {'meets ' * 30}", long.format(name, name) * 4)) for name in names * 3]
    distinct = [
        replace(digest, article=replace(digest.article, title=f"{number} {digest.article.title}"))
        for number, digest in enumerate(told)
    ]
    news = news_from(*distinct, max_stories=20)
    total = len(news.edition.stories) + len(news.edition.more)
    message = render_edition("News", news, LAYOUT)
    assert utf16_units(shown_text(message.html)) <= 4096
    assert message.shown + message.more == total


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=2), "since 7:30"),
        (timedelta(hours=15, minutes=30), "since yesterday 18:00"),
        (timedelta(days=4, hours=2), "since Monday 7:30"),
        (timedelta(days=47), "since 2 March"),
    ],
)
def test_the_window_is_said_as_people_say_it(ago: timedelta, words: str) -> None:
    assert texts.since(NOW - ago, NOW) == words


@settings(max_examples=20)
@given(hostile(8), st.lists(digests(), min_size=1, max_size=9))
def test_any_edition_is_valid_markup_within_the_limits(name: str, told: list[Digest]) -> None:
    message = render_edition(clean_text(name)[:80], news_from(*told), LAYOUT)
    text, entities = parse_markup(message.html)
    assert utf16_units(text) <= 4096
    assert len(entities) <= 100
    assert message.shown >= 1


@settings(max_examples=20)
@given(st.lists(digests(), min_size=1, max_size=4))
def test_points_and_quotations_stand_in_an_article_word_for_word(told: list[Digest]) -> None:
    html = render_edition("News", news_from(*told), LAYOUT).html
    sources = " ".join(
        clean_text(part)
        for digest in told
        for part in (digest.article.text, digest.article.title or "")
    )
    for line in shown_text(html).splitlines():
        quoted, dash, _ = line.rpartition("” – ")
        if dash and quoted.startswith("“"):
            assert quoted[1:] in sources
