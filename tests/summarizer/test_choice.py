"""Points are chosen as a set: good ones that say different things."""

from summarizer.choice import COST_OF_LIKENESS, choose_best, choose_in_order
from summarizer.likeness import Vector

A: Vector = {"a": 1.0}
B: Vector = {"b": 1.0}
A_AND_B: Vector = {"a": 0.28, "b": 0.96}


def test_best_scores_are_chosen_first() -> None:
    assert choose_best([1, 3, 2], [{"a": 1.0}, {"b": 1.0}, {"c": 1.0}], wanted=2) == [1, 2]


def test_equal_scores_are_taken_in_document_order() -> None:
    assert choose_best([1, 1], [A, B], wanted=1) == [0]


def test_repetition_is_left_out_even_where_nothing_else_is_left() -> None:
    assert choose_best([3, 2], [A, A], wanted=2) == [0]
    assert choose_in_order([1, 0], [A, A], wanted=2) == [1]


def test_likeness_to_a_chosen_point_costs() -> None:
    vectors: list[Vector] = [A, A_AND_B, {"c": 1.0}]
    cost = COST_OF_LIKENESS * 0.28
    assert choose_best([3, 2, 2 - cost + 0.1], vectors, wanted=2) == [0, 2]
    assert choose_best([3, 2, 2 - cost - 0.1], vectors, wanted=2) == [0, 1]


def test_items_have_their_first_point_before_one_has_two() -> None:
    vectors: list[Vector] = [{"a": 1.0}, {"b": 1.0}, {"c": 1.0}, {"d": 1.0}]
    items = [0, 0, 1, None]
    assert choose_best([9, 8, 1, 7], vectors, wanted=4, items=items) == [0, 3, 2, 1]


def test_nothing_is_chosen_from_nothing() -> None:
    assert choose_best([], [], wanted=3) == []


def test_sentence_without_content_is_chosen_only_where_none_has_any() -> None:
    assert choose_best([9, 1], [{}, A], wanted=2) == [1]
    assert choose_best([9, 1], [{}, {}], wanted=1) == [0]
