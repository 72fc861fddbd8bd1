"""Hypothesis strategies for the models: any text at all, with spans that are faithful to it."""

from typing import get_args

from hypothesis import strategies as st

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

any_text = st.text(st.characters(exclude_categories=()) | st.sampled_from("\x00\x1a\ud83d\ude00"))
"""Every code point, also NUL, lone surrogates and those that only look like a pair."""

_optional_text = st.none() | any_text


def articles(texts: st.SearchStrategy[str] = any_text) -> st.SearchStrategy[Article]:
    return st.builds(
        Article,
        text=texts,
        title=_optional_text,
        url=_optional_text,
        source=_optional_text,
        authors=st.lists(any_text, max_size=3).map(tuple),
        published=st.none() | st.dates().map(str),
        language=st.sampled_from(["en", "de"]),
    )


@st.composite
def digests(draw: st.DrawFn, texts: st.SearchStrategy[str] = any_text) -> Digest:
    """A digest of an article with any of the texts."""
    article = draw(articles(texts))
    text = article.text
    points = sorted(draw(st.sets(spans(text), max_size=3)))
    ranks = draw(st.permutations(range(1, len(points) + 1)))
    return Digest(
        article=article,
        method=draw(any_text),
        key_points=tuple(
            KeyPoint(span.text_of(text), span.start, span.end, rank)
            for span, rank in zip(points, ranks, strict=True)
        ),
        speakers=tuple(draw(st.lists(speakers(text), max_size=2))),
        locations=tuple(draw(st.lists(locations(text), max_size=2))),
        boilerplate=tuple(sorted(draw(st.sets(spans(text), max_size=2)))),
    )


@st.composite
def spans(draw: st.DrawFn, text: str) -> Span:
    start = draw(st.integers(0, len(text)))
    return Span(start, draw(st.integers(start, len(text))))


@st.composite
def statements(draw: st.DrawFn, text: str) -> Statement:
    content, mention = draw(spans(text)), draw(spans(text))
    return Statement(
        text=content.text_of(text),
        start=content.start,
        end=content.end,
        verb=draw(_optional_text),
        direct=draw(st.booleans()),
        mention=Mention(mention.text_of(text), mention.start, mention.end),
    )


def speakers(text: str) -> st.SearchStrategy[Speaker]:
    return st.builds(
        Speaker,
        name=any_text,
        role=_optional_text,
        kind=st.sampled_from(get_args(SpeakerKind)),
        statements=st.lists(statements(text), max_size=2).map(tuple),
    )


def locations(text: str) -> st.SearchStrategy[Location]:
    return st.builds(
        Location,
        name=any_text,
        kind=st.sampled_from(get_args(LocationKind)),
        country_code=st.none() | st.sampled_from(["NO", "UA"]),
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        geonames_id=st.none() | st.integers(1, 2**40),
        exact=st.booleans(),
        salience=st.floats(0, 1),
        mentions=st.lists(spans(text), max_size=3).map(tuple),
    )
