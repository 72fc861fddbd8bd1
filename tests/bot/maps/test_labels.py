from dataclasses import replace
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bot.maps.labels import Box, Occupied, Wanted, box_around, place_labels

SHEET = Box(0, 0, 1280, 960)

wanted_labels = st.lists(
    st.builds(
        Wanted,
        x=st.floats(0, 1280),
        y=st.floats(0, 960),
        radius=st.floats(2, 30),
        size=st.tuples(st.floats(10, 400), st.floats(10, 50)),
    ),
    max_size=40,
)


@given(wanted_labels)
def test_labels_never_overlap_each_other_or_a_mark(wanted: list[Wanted]) -> None:
    placed = place_labels(wanted, SHEET, Occupied())
    boxes = [box for box in placed if box is not None]
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))
    marks = [box_around(label.x, label.y, (label.radius, label.radius)) for label in wanted]
    assert not any(box.overlaps(mark) for box in boxes for mark in marks)


@given(wanted_labels)
def test_labels_stay_on_the_sheet(wanted: list[Wanted]) -> None:
    for box in place_labels(wanted, SHEET, Occupied()):
        assert box is None or box.within(SHEET)


@given(wanted_labels)
def test_each_label_has_its_size(wanted: list[Wanted]) -> None:
    for label, box in zip(wanted, place_labels(wanted, SHEET, Occupied()), strict=True):
        if box is not None:
            assert abs(box.right - box.left - label.size[0]) < 1e-6
            assert abs(box.bottom - box.top - label.size[1]) < 1e-6


def test_a_label_with_room_stands_to_the_right() -> None:
    (box,) = place_labels([Wanted(600, 400, 8, (100, 30))], SHEET, Occupied())
    assert box is not None
    assert box.left > 608
    assert box.top < 400 < box.bottom


def test_a_label_at_the_right_edge_stands_elsewhere() -> None:
    (box,) = place_labels([Wanted(1250, 400, 8, (100, 30))], SHEET, Occupied())
    assert box is not None
    assert box.right < 1250


def test_what_is_taken_is_left_free() -> None:
    taken = Box(0, 0, 1280, 390)
    (box,) = place_labels([Wanted(600, 400, 8, (100, 30))], SHEET, Occupied([taken]))
    assert box is not None
    assert not box.overlaps(taken)


def test_of_two_labels_for_one_spot_the_first_is_placed() -> None:
    room = Box(560, 380, 760, 420)
    around = [
        Box(0, 0, 1280, 380),
        Box(0, 420, 1280, 960),
        Box(0, 380, 560, 420),
        Box(760, 380, 1280, 420),
    ]
    wanted = [Wanted(600, 400, 5, (120, 30)), Wanted(620, 400, 0, (120, 30))]
    first, second = place_labels(wanted, SHEET, Occupied(around))
    assert first is None or first.within(room)
    assert second is None


def test_a_needed_label_covers_as_little_as_it_can() -> None:
    everywhere = Box(0, 0, 1280, 960)
    left = [Box(0, top, 600, top + 40) for top in range(0, 960, 40)]
    wanted = Wanted(600, 400, 5, (120, 30), is_needed=True)
    (box,) = place_labels([wanted], SHEET, Occupied([everywhere, *left]))
    assert box is not None
    assert box.left > 600
    assert place_labels([replace(wanted, is_needed=False)], SHEET, Occupied([everywhere])) == (
        None,
    )


def test_more_boxes_than_there_was_room_for_are_counted() -> None:
    occupied = Occupied()
    for index in range(200):
        occupied.add(Box(index, 0, index + 1, 1))
    assert occupied.count(Box(0, 0, 200, 1)) == 200
