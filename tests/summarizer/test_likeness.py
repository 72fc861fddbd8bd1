import pytest

from summarizer.likeness import content_stems, direction, likeness, weigh_words


def test_equal_sentences_are_fully_alike_and_unrelated_ones_not() -> None:
    flood, again, swans = weigh_words(
        [content_stems(s) for s in ("Flood in Brasca", "The flood in Brasca", "Swans swam")]
    )
    assert likeness(flood, again) == pytest.approx(1)
    assert likeness(flood, swans) == 0


def test_direction_is_a_vector_of_length_one() -> None:
    both = direction([{"a": 1.0}, {"b": 1.0}])
    assert likeness(both, both) == pytest.approx(1)
    assert direction([]) == direction([{}]) == {}
