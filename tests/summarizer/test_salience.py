"""Key points are sentences of the article, ranked, few, and not twice the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.models import METHODS, KeyPoint, Span
from summarizer.salience import explain_key_points, rank_key_points
from summarizer.sentence_grammar import SentenceGrammar
from summarizer.sentences import find_lines

STORY = """\
The Danube flood crest passed the port of Brasca on Friday and left 3,400 people without power.
But it was over by noon.
Flood crews in Brasca raised the port wall by forty centimeters before the Danube crest came.
“We did not sleep,” said Ilinca Vasarab.
The Danube flood office expects the crest in the delta on Sunday.
Is this the end of the flood?
The town council of Brasca promised money for the power lines that the Danube flood tore down.
I went home after that.
Swans swam on the football ground.
Farmers below Brasca lost the spring harvest to the flood, their union said.
"""


def points_of(
    text: str, *, method: str = "nutgraf", count: int = 5, title: str | None = None
) -> tuple[KeyPoint, ...]:
    return rank_key_points(text, find_lines(text), title=title, method=method, count=count)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_ranks_verbatim_sentences_in_document_order(method: str) -> None:
    points = points_of(STORY, method=method, title="Flood crest passes Brasca")
    assert 3 <= len(points) <= 5
    assert sorted(point.rank for point in points) == list(range(1, len(points) + 1))
    assert [p.start for p in points] == sorted(p.start for p in points)
    assert all(STORY[p.start : p.end] == p.text for p in points)


def test_default_method_prefers_sentences_that_stand_alone() -> None:
    texts = [point.text for point in points_of(STORY)]
    assert STORY.splitlines()[0] in texts
    for leaning in (
        "But it was over by noon.",
        "I went home after that.",
        "Is this the end of the flood?",
    ):
        assert leaning not in texts


def test_sentence_that_reads_badly_alone_loses_its_rank() -> None:
    spans = find_lines(STORY)
    last = points_of(STORY, count=3)[-1]
    grammar = tuple(
        SentenceGrammar(verbless=span.start == last.start, pronoun_subject=span.start == last.start)
        for span in spans
    )
    without = rank_key_points(STORY, spans, title=None, method="nutgraf", count=3, grammar=grammar)
    assert last.text not in [point.text for point in without]


def test_point_leaves_out_the_mark_of_the_agency() -> None:
    text = f"(CNN)The ferry stopped.\n(UPI) -- {STORY}"
    points = points_of(text, method="lead", count=3)
    assert [point.text for point in points[:2]] == ["The ferry stopped.", STORY.splitlines()[0]]
    assert all(text[p.start : p.end] == p.text for p in points)


def test_lead_takes_the_first_sentences() -> None:
    points = points_of(STORY, method="lead", count=3)
    assert [(p.text, p.rank) for p in points] == [
        (line, rank) for rank, line in enumerate(STORY.splitlines()[:3], 1)
    ]


def test_repeated_sentence_is_told_once_and_keeps_its_own_place() -> None:
    text = "The ferry to Insula Mare stopped.\n" * 1000
    (point,) = points_of(text)
    assert (point.start, point.rank) == (0, 1)


@pytest.mark.parametrize("method", METHODS)
def test_equal_sentences_are_told_apart_by_place(method: str) -> None:
    text = "\n".join(
        [
            "The ferry stopped at noon today.",
            "Nobody was hurt in Brasca.",
            "The ferry stopped at noon today.",
        ]
    )
    starts = {point.start for point in points_of(text, method=method)}
    assert len(starts) == 2


def test_number_of_points_follows_the_length() -> None:
    words = [f"w{n}" for n in range(2000)]
    long = "\n".join(f"Alpha {' '.join(words[i : i + 20])}." for i in range(0, 2000, 20))
    short = "\n".join(long.splitlines()[:4])
    assert len(points_of(long, count=7)) == 7
    assert len(points_of(long, count=5)) == 5
    assert len(points_of(short, count=7)) == 3


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Rain.",
        "of the and",
        "the\nof\nand",
        "… ?\n!\n…",
        "Rain.\nRain.",
        "雨が降った。\n川が増水した。",
    ],
)
def test_poor_texts_are_ranked_without_complaint(method: str, text: str) -> None:
    points = points_of(text, method=method)
    assert bool(points) == bool(text)
    assert all(text[p.start : p.end] == p.text for p in points)


@given(
    st.lists(st.text(alphabet='abc “”".?', min_size=1, max_size=20), max_size=12),
    st.sampled_from(METHODS),
)
def test_points_are_faithful_for_any_sentences(parts: list[str], method: str) -> None:
    text = " ".join(parts)
    spans = []
    offset = 0
    for part in parts:
        spans.append(Span(offset, offset + len(part)))
        offset += len(part) + 1
    points = rank_key_points(text, tuple(spans), title=None, method=method, count=7)
    assert bool(points) == bool(parts)
    assert len({p.rank for p in points}) == len(points) <= 7
    assert all(Span(p.start, p.end) in spans and text[p.start : p.end] == p.text for p in points)


def test_explanation_holds_the_score_of_every_sentence_and_its_parts() -> None:
    spans = find_lines(STORY)
    rated = explain_key_points(STORY, spans, title=None, count=5)
    assert [(r.start, r.end) for r in rated] == [(s.start, s.end) for s in spans]
    assert all(r.score == pytest.approx(sum(part for _, part in r.parts)) for r in rated)
    assert {(r.text, r.rank) for r in rated if r.rank} == {
        (p.text, p.rank) for p in points_of(STORY)
    }
    assert max(rated, key=lambda r: r.score).rank == 1


def test_every_item_of_a_round_up_gets_a_point_before_one_gets_two() -> None:
    paragraphs = STORY.splitlines()
    text = "\n".join(paragraphs)
    lines = find_lines(text)
    items = (
        Span(lines[0].start, lines[6].end),
        *(Span(line.start, line.end) for line in lines[7:]),
    )
    points = rank_key_points(text, lines, title=None, method="nutgraf", count=7, items=items)
    assert {p.text for p in points} >= set(paragraphs[7:])
    assert any(items[0].contains(Span(p.start, p.end)) for p in points)
