"""Sentences are spans of the text, keep their quotation marks, and never cross a line end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from summarizer.models import Span
from summarizer.pipeline import to_parseable
from summarizer.sentences import find_lines, split_sentences


def make_doc(*pieces: str) -> Doc:
    """A document whose parser starts a sentence at every piece; pieces are joined by spaces."""
    words: list[str] = []
    starts: list[bool] = []
    for piece in pieces:
        for n, word in enumerate(piece.split()):
            words.append(word)
            starts.append(n == 0)
    return Doc(Vocab(), words=words, sent_starts=starts)


def sentences_of(doc: Doc) -> list[str]:
    lines = find_lines(doc.text)
    return [span.text_of(doc.text) for span in split_sentences(doc, lines)]


def test_lines_are_trimmed_and_blank_ones_left_out() -> None:
    text = "  One line \r\n\n\t\nanother"
    assert [span.text_of(text) for span in find_lines(text)] == ["One line", "another"]


@pytest.mark.parametrize(
    ("pieces", "sentences"),
    [
        (["The dam held.", "Nobody was hurt."], ["The dam held.", "Nobody was hurt."]),
        (
            ["“The walls held.", "” Vasarab left the room."],
            ["“The walls held. ”", "Vasarab left the room."],
        ),
        (["“The walls held.", "”"], ["“The walls held. ”"]),
        (["“Are you sure?”", "she asked."], ["“Are you sure?” she asked."]),
        (["“Are you sure?”", "Vasarab asked."], ["“Are you sure?” Vasarab asked."]),
        (
            [
                "“Are you sure?”",
                "Officials in the delta had evacuated nine towns by then, he said.",
            ],
            [
                "“Are you sure?”",
                "Officials in the delta had evacuated nine towns by then, he said.",
            ],
        ),
        (["The river", "Olt rose again."], ["The river Olt rose again."]),
        (
            ['"It rose.', '" Then it fell.', '"We waited," she said.'],
            ['"It rose. "', "Then it fell.", '"We waited," she said.'],
        ),
    ],
)
def test_quotation_marks_stay_with_their_sentence(pieces: list[str], sentences: list[str]) -> None:
    assert sentences_of(make_doc(*pieces)) == sentences


def test_text_without_any_end_mark_is_not_joined_for_ever() -> None:
    doc = make_doc(*["water and mud and reeds"] * 200)
    assert max(map(len, sentences_of(doc))) <= 600


def test_text_without_spaces_is_cut(nlp: Language) -> None:
    text = "a" * 2500
    assert [len(span) for span in split_sentences(nlp(text), find_lines(text))] == [1000, 1000, 500]


def test_sentences_of_scripts_without_spaces_end_at_their_marks(nlp: Language) -> None:
    text = "雨が降った。「川が増水した！」と彼は言った。"
    parts = [span.text_of(text) for span in split_sentences(nlp(text), find_lines(text))]
    assert parts == ["雨が降った。", "「川が増水した！」と彼は言った。"]


def test_sentences_of_a_parsed_article_follow_its_lines(nlp: Language) -> None:
    text = (
        "Ferry stops after storm\n"
        "The ferry to Insula Mare stopped on Monday. “We will sail when the wind allows it,” "
        "said captain Ilie Sarbu. He did not say when.\n"
        "Nobody complained."
    )
    sentences = split_sentences(nlp(text), find_lines(text))
    assert [span.text_of(text) for span in sentences] == [
        "Ferry stops after storm",
        "The ferry to Insula Mare stopped on Monday.",
        "“We will sail when the wind allows it,” said captain Ilie Sarbu.",
        "He did not say when.",
        "Nobody complained.",
    ]


@given(st.text(alphabet=st.sampled_from("ab .?!,\n\r\"“”'’()\u2028\U0001f30a\ud800"), max_size=120))
def test_sentences_are_faithful_spans_within_lines(nlp: Language, text: str) -> None:
    text = to_parseable(text)
    lines = find_lines(text)
    sentences = split_sentences(nlp(text), lines)
    assert list(sentences) == sorted(sentences)
    for one, other in pairwise(sentences):
        assert one.end <= other.start
    for span in sentences:
        assert span.text_of(text) == span.text_of(text).strip()
        assert any(line.contains(span) for line in lines)
    covered = sum(len("".join(span.text_of(text).split())) for span in sentences)
    assert covered == len("".join(text.split()))


def test_only_the_given_paragraphs_are_split(nlp: Language) -> None:
    text = "Share this\nThe mill burned down."
    assert split_sentences(nlp(text), (Span(11, len(text)),)) == (Span(11, len(text)),)
