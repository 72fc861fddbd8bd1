"""Where names stand on a map: near what they name, never over each other. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

Size = tuple[float, float]

GAPS = (4.0, 16.0)
"""How far a label may be from its mark, in pixels; the nearer is tried first."""
AIR = 2.0
"""What is kept free around each label."""


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> "Box":
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: "Box") -> bool:
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


def box_around(x: float, y: float, size: Size) -> Box:
    wide, high = size
    return Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to be placed: the middle of its mark, the mark's radius, the size of the words.

    Without one that `is_needed` the map would not tell what the story is about.
    """

    x: float
    y: float
    radius: float
    size: Size
    is_needed: bool = False


class Occupied:
    """What is taken already; asked often, so the boxes are kept in one array."""

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self._edges = np.empty((64, 4))
        self._count = 0
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        if self._count == len(self._edges):
            self._edges = np.concatenate([self._edges, np.empty_like(self._edges)])
        self._edges[self._count] = box.left, box.top, box.right, box.bottom
        self._count += 1

    def count(self, box: Box) -> int:
        """How many of the boxes overlap with this one."""
        left, top, right, bottom = self._edges[: self._count].T
        across = (left < box.right) & (right > box.left)
        return int(np.count_nonzero(across & (top < box.bottom) & (bottom > box.top)))


def place_labels(wanted: Sequence[Wanted], sheet: Box, taken: Occupied) -> tuple[Box | None, ...]:
    """A box for each label, those wanted first before the others; None where there is no room.

    All marks are kept free. What is placed is added to `taken`. One that is needed gets the box
    that covers the fewest others, however crowded the sheet.
    """
    for label in wanted:
        taken.add(box_around(label.x, label.y, (2 * label.radius, 2 * label.radius)))
    return tuple(_place(label, sheet, taken) for label in wanted)


def _place(label: Wanted, sheet: Box, taken: Occupied) -> Box | None:
    inside = [box for box in _positions(label) if box.within(sheet)]
    free = (box for box in inside if not taken.count(box.grown(AIR)))
    box = next(free, None)
    if box is None and label.is_needed:
        box = min(inside, key=taken.count, default=None)
    if box is not None:
        taken.add(box)
    return box


def _positions(label: Wanted) -> Iterator[Box]:
    """The places around a mark, the best first: beside it, then above and below."""
    wide, high = label.size
    for gap in GAPS:
        reach = label.radius + gap + AIR
        across, along = reach + wide / 2, reach + high / 2
        slant = reach * 0.6
        for x, y in (
            (across, 0),
            (-across, 0),
            (slant + wide / 2, -along * 0.9),
            (slant + wide / 2, along * 0.9),
            (-slant - wide / 2, -along * 0.9),
            (-slant - wide / 2, along * 0.9),
            (0, -along),
            (0, along),
            (wide * 0.25, -along),
            (wide * 0.25, along),
            (-wide * 0.25, -along),
            (-wide * 0.25, along),
        ):
            yield box_around(label.x + x, label.y + y, label.size)
