"""Features are shares, cheap, and mean what they are called."""

from collections.abc import Callable

import pytest

from summarizer.sentence_features import FEATURE_NAMES, SentenceFeatures, measure_sentences
from summarizer.sentence_grammar import SentenceGrammar
from summarizer.sentence_scores import load_weights, score, score_parts, weights_by_hand

STORY = (
    "The flood passed the port of Brasca on Friday.",
    "But nobody slept.",
    "“We waited for the flood in Brasca,” said Ilinca Vasarab.",
    "Is the port (and its wall) safe from the flood?",
    "Swans swam on the football ground while the water of the river stood there, and children of"
    " the town threw bread to them from the steps of the school until the teachers called them"
    " all back into the warm rooms again.",
)


def measure(*sentences: str, title: str | None = None) -> list[SentenceFeatures]:
    return measure_sentences(sentences, title=title)


def test_every_feature_has_a_weight() -> None:
    assert set(load_weights()) == set(FEATURE_NAMES)


def test_weights_set_by_hand_win() -> None:
    assert weights_by_hand().items() <= load_weights().items()


def test_score_is_the_sum_of_its_parts() -> None:
    (features, *_) = measure(*STORY)
    assert score(features) == pytest.approx(sum(part for _, part in score_parts(features)))
    assert dict(score_parts(features))["lead"] == load_weights()["lead"]


def test_features_lie_between_nought_and_one() -> None:
    grammar = [SentenceGrammar(adverbs=1.0, names=("a", "b", "c"))] * len(STORY)
    for features in measure_sentences(STORY, title="Flood in Brasca", grammar=grammar):
        assert all(0 <= features.value_of(name) <= 1 + 1e-9 for name in FEATURE_NAMES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("definite", lambda i: i == 0),
        ("dangling", lambda i: i == 1),
        ("tiny", lambda i: i == 1),
        ("opens_quoted", lambda i: i == 2),
        ("question", lambda i: i == 3),
        ("brackets", lambda i: i == 3),
        ("huge", lambda i: i == 4),
    ],
)
def test_form_of_a_sentence_is_measured(name: str, expected: Callable[[int], bool]) -> None:
    assert [features.value_of(name) for features in measure(*STORY)] == [
        float(expected(i)) for i in range(len(STORY))
    ]


def test_words_taken_up_later_are_introduced_once() -> None:
    first, again = measure("The dam broke.", "The dam broke.")
    assert (first.introducing, again.introducing) == (1, 0)
    assert first.recurring > again.recurring == 0


def test_names_taken_up_later_are_new_once() -> None:
    named = SentenceGrammar(names=("brasca",))
    once = SentenceGrammar(names=("insula mare",))
    features = measure_sentences(
        ["One.", "Two.", "Three."], title=None, grammar=[named, once, named]
    )
    assert [f.new_names for f in features] == [0.5, 0, 0]
    assert [f.known_names for f in features] == [1, 0, 1]


def test_likeness_to_the_title_counts_shared_words() -> None:
    flood, swans = measure("The flood passed Brasca.", "Swans swam.", title="Flood in Brasca")
    assert flood.like_title > swans.like_title == 0
