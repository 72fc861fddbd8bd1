"""Digests built by hand from an invented text, and strategies for arbitrary ones."""

from dataclasses import replace
from typing import TypeVar

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

FLOOD = """\
Flood crest passes Galați as Danube towns count the cost

GALAȚI, Romania — The highest Danube flood in two decades moved past the port city of Galați on \
Friday, leaving some 3,400 people without power.

“The walls held, but by the width of a hand,” said Ilinca Vasarab, director of the Lower Danube \
Flood Office. “If the rain comes back before Tuesday, we will not be able to promise the same \
again.”

Environment Minister Tudor Săveanu told reporters in Bucharest that the government would pay for \
the repair of every public dyke between Brăila and Tulcea.

Farmers said the decision would cost them the spring harvest. A Telegram channel known as Dunaj \
Online called the warning system “a siren that rings after the water is in the kitchen.”

“What used to be a flood of the century is now the flood of a working life,” said Anneke \
Verlinden, a hydrologist. Marta Szelényi-Koch, spokeswoman for the Danube Rescue Pact, said crews \
could leave tonight.
"""

T = TypeVar("T")


def span_of(text: str, part: str) -> tuple[int, int]:
    start = text.index(part)
    return start, start + len(part)


def key_point(text: str, part: str, rank: int = 1) -> KeyPoint:
    start, end = span_of(text, part)
    return KeyPoint(part, start, end, rank)


def statement(text: str, part: str, *, direct: bool = True, verb: str | None = "said") -> Statement:
    start, end = span_of(text, part)
    return Statement(part, start, end, verb, direct, Mention(part, start, end))


def speaker(
    name: str, *statements: Statement, role: str | None = None, kind: SpeakerKind = "person"
) -> Speaker:
    return Speaker(name, role, kind, statements)


def location(
    name: str,
    country_code: str | None = "RO",
    *,
    kind: LocationKind = "city",
    point: tuple[float, float] = (45.43687, 28.05028),
    exact: bool = True,
) -> Location:
    return Location(name, kind, country_code, *point, 1, exact, 0.5, (Span(0, 1),))


def digest_of(text: str, **found: tuple[object, ...]) -> Digest:
    return replace(Digest(Article(text), "nutgraf/test"), **found)  # type: ignore[arg-type]


def flood_digest() -> Digest:
    """A digest of the invented article as a reader would wish it."""
    article = Article(
        FLOOD,
        title="Flood crest passes Galați as Danube towns count the cost",
        source="Delta Courier",
        published="2031-04-18",
    )
    return Digest(
        article,
        "nutgraf/test",
        key_points=(
            key_point(FLOOD, FLOOD[FLOOD.index("The highest") : FLOOD.index("\n\n“The walls")]),
            key_point(FLOOD, "Farmers said the decision would cost them the spring harvest.", 2),
        ),
        speakers=_flood_speakers(),
        locations=(
            location("Galați"),
            location("Bucharest", point=(44.43225, 26.10626)),
            location("Danube", None, kind="water", point=(45.2, 29.7)),
            location("Romania", kind="country", point=(46.0, 25.0)),
            location("Lower Danube", kind="region", exact=False),
        ),
    )


def _flood_speakers() -> tuple[Speaker, ...]:
    return (
        speaker(
            "Ilinca Vasarab",
            statement(FLOOD, "“The walls held, but by the width of a hand,”"),
            statement(
                FLOOD,
                "“If the rain comes back before Tuesday, we will not be able to promise the same "
                "again.”",
            ),
            role="director of the Lower Danube Flood Office",
        ),
        speaker(
            "Farmers",
            statement(FLOOD, "the decision would cost them the spring harvest", direct=False),
            kind="group",
        ),
        speaker(
            "Tudor Săveanu",
            statement(
                FLOOD,
                "the government would pay for the repair of every public dyke between Brăila and "
                "Tulcea",
                direct=False,
            ),
            role="Environment Minister",
        ),
        speaker(
            "Dunaj Online",
            statement(FLOOD, "“a siren that rings after the water is in the kitchen.”"),
            role="A Telegram channel",
            kind="organization",
        ),
        speaker(
            "Anneke Verlinden",
            statement(
                FLOOD,
                "“What used to be a flood of the century is now the flood of a working life,”",
            ),
            role="a hydrologist",
        ),
        speaker(
            "Marta Szelényi-Koch",
            statement(FLOOD, "crews could leave tonight", direct=False),
            role="spokeswoman for the Danube Rescue Pact",
        ),
    )


_PIECES = (
    *(
        "word",
        "Kherson",
        "<b>",
        "</b>",
        "&",
        "&amp;",
        "<script>",
        '"',
        "'",
        "“",
        "”",
        "‘",
        "’",
        "«",
    ),
    *("😀", "👩‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\x00", "\x1b[31m", "\x9b", "\ud83d", "\ude00", "\u202e", "\u2067"),
    *("\u200f", "שלום", "مرحبا", "漢字", "\r\n", "\n\n", "\t", "\u2028", "\u00a0", "\ufeff", " "),
    *(" ", " ", ".", ",", "…", "U.S.", "https://x.example/?a=1&b=<", "z" * 900, "é", "\u3164"),
)


def texts(max_pieces: int = 40) -> st.SearchStrategy[str]:
    """Text as bad as people and pages can send it."""
    pieces = st.lists(st.sampled_from(_PIECES), max_size=max_pieces).map("".join)
    long = st.builds(str.__mul__, pieces, st.sampled_from((1, 1, 1, 7, 60)))
    return st.one_of(pieces, long, st.text(max_size=60))


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    """Any digest at all; spans are faithful, everything else may be nonsense."""
    text = draw(texts(120).filter(bool))
    short = st.one_of(st.none(), texts(8))
    article = Article(
        text,
        title=draw(short),
        url=draw(st.one_of(st.none(), texts(6), st.sampled_from(_URLS))),
        source=draw(short),
        published=draw(st.one_of(st.none(), texts(3), st.sampled_from(_DATES))),
    )
    return Digest(
        article,
        "any",
        key_points=tuple(draw(st.lists(_key_points(text), max_size=8))),
        speakers=_repeated(draw, _speakers(text), 1_000),
        locations=_repeated(draw, _locations(), 200),
    )


_URLS = (
    "https://example.org/a?b=1&c='\"",
    "javascript:alert(1)",
    "http://user@example.org/",
    "https://[broken",
    "https://example.org/" + "a" * 3_000,
    "tg://resolve?domain=x",
)
_DATES = ("2022-11-14", "2022-11-14T08:00:00Z", "2022-11", "2022", "2022-13-40", "yesterday")


def _repeated(draw: st.DrawFn, one: st.SearchStrategy[T], many: int) -> tuple[T, ...]:
    few = draw(st.lists(one, max_size=12))
    times = draw(st.sampled_from((1, 1, 1, many)))
    return tuple(few * times)[:many]


def _spans(text: str) -> st.SearchStrategy[tuple[int, int]]:
    ends = st.integers(0, len(text))
    return st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair)))


def _key_points(text: str) -> st.SearchStrategy[KeyPoint]:
    return st.builds(
        lambda span, rank: KeyPoint(text[slice(*span)], *span, rank),
        _spans(text),
        st.integers(1, 8),
    )


def _statements(text: str) -> st.SearchStrategy[Statement]:
    return st.builds(
        lambda span, verb, direct: Statement(
            text[slice(*span)], *span, verb, direct, Mention(text[slice(*span)], *span)
        ),
        _spans(text),
        st.sampled_from((None, "said", "denied", "word", "Kherson", "", " ", "(", "z" * 900)),
        st.booleans(),
    )


def _speakers(text: str) -> st.SearchStrategy[Speaker]:
    kinds: tuple[SpeakerKind, ...] = ("person", "organization", "group")
    return st.builds(
        lambda name, role, kind, said: Speaker(name, role, kind, tuple(said)),
        texts(6),
        st.one_of(st.none(), texts(8)),
        st.sampled_from(kinds),
        st.lists(_statements(text), max_size=6),
    )


def _locations() -> st.SearchStrategy[Location]:
    kinds: tuple[LocationKind, ...] = ("country", "city", "region", "water", "continent")
    return st.builds(
        location,
        texts(6),
        st.sampled_from((None, "RO", "UA", "??")),
        kind=st.sampled_from(kinds),
        point=st.tuples(st.floats(), st.floats()),
        exact=st.booleans(),
    )
