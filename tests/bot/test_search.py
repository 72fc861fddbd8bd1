import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.local_markup import parse_markup
from bot.markup import clean_text, utf16_units
from bot.search import (
    SHOWN_HITS,
    SNIPPET_UNITS,
    parse_query,
    render_mention,
    render_snippet,
    render_statement,
)
from storage.models import Term
from storage.search import MATCH_END, MATCH_START, SearchQuery, match_expression
from summarizer.models import Article, Digest, Span
from support.bot import GROUP, Chatting
from support.builders import (
    make_article,
    make_digest,
    make_full_digest,
    make_location,
    make_speaker,
    make_statement,
)
from support.strategies import any_text
from support.telegram_html import check_limits, read_message


def word(text: str) -> Term:
    return Term(text)


def phrase(text: str) -> Term:
    return Term(text, exact=True)


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("", SearchQuery()),
        ("… !", SearchQuery()),
        ("harbour strike", SearchQuery((word("harbour"), word("strike")))),
        ('"harbour strike"', SearchQuery((phrase("harbour strike"),))),
        ("“harbour strike” now", SearchQuery((phrase("harbour strike"), word("now")))),
        ("«harbour»", SearchQuery((phrase("harbour"),))),
        ('rain "no end', SearchQuery((word("rain"), phrase("no end")))),
        ("by:Tarrow", SearchQuery(speakers=(word("Tarrow"),))),
        ("By: Tarrow", SearchQuery(speakers=(word("Tarrow"),))),
        ('by:"Ilse Tarrow"', SearchQuery(speakers=(phrase("Ilse Tarrow"),))),
        ("IN:Bergen", SearchQuery(places=(word("Bergen"),))),
        (
            "ship by:Tarrow in:Bergen by:Lund",
            SearchQuery((word("ship"),), (word("Tarrow"), word("Lund")), (word("Bergen"),)),
        ),
        ("standby:mode", SearchQuery((word("standby:mode"),))),
        ("by rain", SearchQuery((word("by"), word("rain")))),
    ],
)
def test_forms_of_a_query(said: str, query: SearchQuery) -> None:
    assert parse_query(said) == query


@given(any_text)
def test_every_text_is_a_query(said: str) -> None:
    query = parse_query(said)
    for terms in (query.words, query.speakers, query.places):
        assert bool(terms) == bool(match_expression(terms))


LONG_LEAD = "Rain again: the board of the harbour met again on the first Monday of the month and "


@pytest.mark.parametrize(
    ("snippet", "shown"),
    [
        ("A [ship] came.", "A <b>ship</b> came."),
        ("…a\n\n[ship]\tand [crew]…", "…a <b>ship</b> and <b>crew</b>…"),
        ("[ship]", "<b>ship</b>"),
        ("no match", "no match"),
        ("<b> & [<i>]", "&lt;b&gt; &amp; <b>&lt;i&gt;</b>"),
        (
            f"{LONG_LEAD}[ship]",
            "…the board of the harbour met again on the first Monday of the month and <b>ship</b>",
        ),
        ("", ""),
    ],
)
def test_snippet_marks_what_matched(snippet: str, shown: str) -> None:
    marked = snippet.replace("[", MATCH_START).replace("]", MATCH_END)
    assert render_snippet(marked).html == shown


@given(st.lists(any_text | st.sampled_from([MATCH_START, MATCH_END, "word " * 60, "x" * 300])))
def test_snippet_is_verbatim_and_no_longer_than_its_room(parts: list[str]) -> None:
    snippet = "".join(parts)
    shown = render_snippet(snippet)
    assert shown.units <= SNIPPET_UNITS
    text, entities = parse_markup(shown.html)
    assert len(entities) == shown.entities
    bare = re.sub(f"[{MATCH_START}{MATCH_END}]", "", snippet)
    squeezed = "".join(clean_text(bare).split())
    assert "".join(text.split()).strip("…") in squeezed + "…"


def test_statement_with_most_of_the_words_is_shown() -> None:
    article = make_article("Oda said: “Rain.” Oda said: “Snow on the hills.” Kim said: “Snow.”")
    oda = make_speaker(
        "Oda",
        make_statement("“Rain.”", mention="Oda", article=article),
        make_statement("“Snow on the hills.”", mention="Oda", article=article),
    )
    kim = make_speaker("Kim", make_statement("“Snow.”", mention="Kim", article=article))
    digest = make_digest(article, speakers=(kim, oda))
    assert render_statement(digest, ("Oda",), (word("snow"),)).html == "Oda: “Snow on the hills.”"
    assert render_statement(digest, ("Oda",), ()).html == "Oda: “Rain.”"
    assert render_statement(digest, ("Nobody",), ()).html == ""


def test_denied_words_are_shown_with_their_denial() -> None:
    article = make_article("Oda Lund denied that the gates were open.")
    said = make_statement("the gates were open", mention="Oda Lund", article=article, verb="denied")
    digest = make_digest(article, speakers=(make_speaker("Oda Lund", said),))
    assert render_statement(digest, ("Oda Lund",), ()).html == (
        "Oda Lund: denied that the gates were open"
    )


def test_mention_is_shown_in_its_sentence() -> None:
    text = "Rain fell. Boats left Marwick at noon. Snow fell."
    start = text.index("Marwick")
    place = make_location("Marwick", Span(start, start + 7))
    digest = make_digest(make_article(text), locations=(place,))
    shown = "Boats left <b>Marwick</b> at noon."
    assert render_mention(digest, ("Marwick",)).html.strip() == shown
    assert render_mention(digest, ("Bergen",)).html == ""


class FullDigester:
    """Gives what is known of the invented port, or only the text of others."""

    method = "nutgraf/test"
    revision = "1"

    async def digest(self, article: Article) -> Digest:
        full = make_full_digest()
        return full if article.text == full.article.text else Digest(article, self.method)


@pytest.fixture
async def reader(chat: Chatting) -> Chatting:
    object.__setattr__(chat.services, "digester", FullDigester())
    return chat


PORT = make_article().text


async def test_search_without_words_explains_its_forms(chat: Chatting) -> None:
    for said in ("/search", "/search …", '/search ""'):
        (answer,) = await chat.say(said)
        assert answer.text == texts.SEARCH_FORMS


async def test_nothing_found_is_said(chat: Chatting) -> None:
    (answer,) = await chat.say("/search volcano")
    assert answer.text == texts.SEARCH_EMPTY


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        ("ship", "MARWICK, March 3 - The harbour of Marwick took in its first ship for six weeks"),
        ('"nine million crowns"', "The harbour board said losses came to nine million crowns."),
        ("by:tarrow", 'Ilse Tarrow: "We are back at work,"'),
        ("in:Marwick", "Marwick port reopens after six-week strike"),
        ("by:board in:Marwick losses", "The harbour board: losses came to nine million crowns"),
    ],
)
async def test_hit_is_listed_with_its_words(reader: Chatting, said: str, evidence: str) -> None:
    await reader.say(PORT)
    (answer,) = await reader.say(f"/search {said}")
    title, hit = answer.text.split("\n\n", 1)
    headline, about, found = hit.split("\n", 2)
    assert title == texts.SEARCH_TITLE
    assert headline == "The harbour of Marwick took in its first ship for six weeks on Monday."
    assert about == "18 April 2031, 09:30 UTC"
    assert evidence in found


async def test_newest_hits_come_first_and_fit_into_a_message(chat: Chatting) -> None:
    for number in range(SHOWN_HITS + 2):
        await chat.say(f"Rain {number} " + "&<ship> 😀 " * 40)
    (answer,) = await chat.say('/search rain "ship"')
    assert answer.markup is not None
    check_limits(read_message(answer.markup))
    assert utf16_units(answer.text) <= 4_096
    numbers = re.findall(r"^Rain (\d+)", answer.text, re.MULTILINE)
    assert numbers[0] == str(SHOWN_HITS + 1)
    assert answer.text.count("UTC") == SHOWN_HITS


async def test_search_finds_only_what_its_own_chat_asked_for(chat: Chatting) -> None:
    await chat.say("Rain fell on Brăila.")
    (answer,) = await chat.say("/search rain", GROUP)
    assert answer.text == texts.SEARCH_EMPTY


async def test_search_in_a_topic_is_answered_there(chat: Chatting) -> None:
    (answer,) = await chat.say("/search rain", GROUP, message_thread_id=5, is_topic_message=True)
    assert answer.thread_id == 5


@pytest.mark.parametrize(
    "said", ['"', "NEAR(a b)", "a AND", "*", "a:b", "-x", "'", "by:", "(((", "\\"]
)
async def test_no_query_is_a_failure(chat: Chatting, said: str) -> None:
    (answer,) = await chat.say(f"/search {said}")
    assert answer.text in (texts.SEARCH_EMPTY, texts.SEARCH_FORMS)
