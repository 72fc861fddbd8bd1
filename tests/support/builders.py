"""Models with sensible contents, of which a test names only what it is about."""

from collections.abc import Iterable
from typing import Any

from summarizer.models import (
    Article,
    Digest,
    KeyPoint,
    Location,
    LocationKind,
    Mention,
    Span,
    Speaker,
    SpeakerKind,
    Statement,
)

ARTICLE_TEXT = """\
Marwick port reopens after six-week strike

MARWICK, March 3 - The harbour of Marwick took in its first ship for six weeks on Monday.
"We are back at work," said Ilse Tarrow, head of the dockers' union.
The harbour board said losses came to nine million crowns.
Follow us for more news
"""


def make_article(text: str = ARTICLE_TEXT, **known: Any) -> Article:
    """An article about an invented port; `known` are further fields of Article."""
    return Article(text, **known)


def make_digest(
    article: Article | str | None = None,
    *,
    method: str = "nutgraf/test",
    key_points: Iterable[str] = (),
    speakers: Iterable[Speaker] = (),
    locations: Iterable[Location] = (),
    boilerplate: Iterable[str] = (),
) -> Digest:
    """A digest whose key points, most important first, and boilerplate are words of the article."""
    if not isinstance(article, Article):
        article = make_article() if article is None else make_article(article)
    points = [
        KeyPoint(words, *span_of(words, article.text), rank)
        for rank, words in enumerate(key_points, start=1)
    ]
    return Digest(
        article=article,
        method=method,
        key_points=tuple(sorted(points, key=lambda point: point.start)),
        speakers=tuple(speakers),
        locations=tuple(locations),
        boilerplate=tuple(Span(*span_of(words, article.text)) for words in boilerplate),
    )


def make_full_digest(**known: Any) -> Digest:
    """The digest of ARTICLE_TEXT with something of everything; `known` are fields of Article."""
    article = make_article(**known)
    union_head = make_speaker(
        "Ilse Tarrow",
        make_statement('"We are back at work,"', mention="Ilse Tarrow", article=article),
        role="head of the dockers' union",
    )
    board = make_speaker(
        "The harbour board",
        make_statement(
            "losses came to nine million crowns", mention="The harbour board", article=article
        ),
        kind="organization",
    )
    start, end = span_of("Marwick", article.text)
    return make_digest(
        article,
        key_points=(
            "The harbour of Marwick took in its first ship for six weeks on Monday.",
            "The harbour board said losses came to nine million crowns.",
        ),
        speakers=(union_head, board),
        locations=(make_location("Marwick", Span(start, end), kind="city"),),
        boilerplate=("Follow us for more news",),
    )


def make_statement(
    words: str, *, mention: str, article: Article | None = None, verb: str | None = "said"
) -> Statement:
    """A statement and its mention as they stand in the article, quoted where the words are."""
    text = (article or make_article()).text
    return Statement(
        text=words,
        start=span_of(words, text)[0],
        end=span_of(words, text)[1],
        verb=verb,
        direct=words[:1] in {'"', "“"},
        mention=Mention(mention, *span_of(mention, text)),
    )


def make_speaker(
    name: str, *statements: Statement, role: str | None = None, kind: SpeakerKind = "person"
) -> Speaker:
    return Speaker(name, role, kind, statements)


def make_location(
    name: str, *mentions: Span, kind: LocationKind = "city", salience: float = 0.5
) -> Location:
    """A place in an invented corner of Norway."""
    return Location(
        name=name,
        kind=kind,
        country_code="NO",
        latitude=60.0625,
        longitude=5.3,
        geonames_id=1,
        exact=True,
        salience=salience,
        mentions=mentions,
    )


def span_of(words: str, text: str) -> tuple[int, int]:
    """Where the words first stand in the text; ValueError where they do not."""
    start = text.index(words)
    return start, start + len(words)
