"""Coasts, borders, lakes and rivers: the shipped Natural Earth data, cut to a window.

The files are made by scripts/build_outlines.py.
"""

import io
import lzma
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bot.maps.projection import Points

Scale = Literal["near", "far"]

HALF_WAY, FULL_CIRCLE = 180.0, 360.0
LONGEST_EDGE = 2.0
"""Degrees; a longer edge of a cut polygon is divided, for projections bend it."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the earth; its longitudes may pass 180, and span 360 at most."""

    west: float
    east: float
    south: float
    north: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Many lines in one array: line i is `points[offsets[i]:offsets[i + 1]]`."""

    points: Points
    offsets: NDArray[np.int64]
    boxes: Points  # west, south, east, north of each

    def __len__(self) -> int:
        return len(self.boxes)

    def line(self, index: int) -> Points:
        return self.points[self.offsets[index] : self.offsets[index + 1]]

    def stretches(self, window: Window) -> Iterator[tuple[int, Points]]:
        """The stretches of lines in the window, and on to their next points."""
        for shift, index in _passing(self.boxes, window):
            for stretch in _inside(self.line(index), window, shift):
                yield index, stretch

    def areas(self, window: Window) -> Iterator[tuple[int, Points]]:
        """The lines as outlines of areas, cut to the window."""
        for shift, index in _passing(self.boxes, window):
            area = cut_area(_moved(self.line(index), shift), window)
            if len(area):
                yield index, area


@dataclass(frozen=True, slots=True)
class Outlines:
    """The outlines at one scale; `sides` are the countries beside each arc, -1 for none."""

    arcs: Lines
    sides: NDArray[np.int16]
    rings: tuple[tuple[int, ...], ...]
    ring_boxes: Points
    ring_countries: NDArray[np.int16]
    names: tuple[str, ...]
    codes: tuple[str, ...]
    lakes: Lines
    rivers: Lines
    provinces: Lines | None

    def ring(self, index: int) -> Points:
        """The outline of one part of a country; its longitudes may pass 180."""
        return _joined(self.arcs, self.rings[index])

    def land(self, window: Window, smallest: float = 0.0) -> Iterator[tuple[int, Points]]:
        """The countries' parts in the window, each with the index of its country.

        Parts of fewer degrees than `smallest` across and along are left out.
        """
        is_large = np.ptp(self.ring_boxes.reshape(-1, 2, 2), axis=1).max(axis=1) >= smallest
        for shift, index in _passing(self.ring_boxes, window):
            if not is_large[index]:
                continue
            area = cut_area(_moved(self.ring(index), shift), window)
            if len(area):
                yield int(self.ring_countries[index]), area

    def borders(
        self, window: Window, smallest: float = 0.0
    ) -> Iterator[tuple[tuple[int, int], Points]]:
        """The lines in the window that are so large, each with the countries on its sides."""
        is_large = np.ptp(self.arcs.boxes.reshape(-1, 2, 2), axis=1).max(axis=1) >= smallest
        for index, stretch in self.arcs.stretches(window):
            if not is_large[index]:
                continue
            first, second = self.sides[index]
            yield (int(first), int(second)), stretch


@lru_cache(maxsize=2)
def load_outlines(scale: Scale) -> Outlines:
    """The outlines for close maps, or for those of large parts of the earth."""
    packed = files("bot.maps").joinpath(f"data/outlines-{scale}.npz.xz").read_bytes()
    with np.load(io.BytesIO(lzma.decompress(packed)), allow_pickle=False) as arrays:
        return _outlines(arrays)


def _outlines(arrays: Mapping[str, Any]) -> Outlines:
    arcs = _lines(arrays, "arcs")
    ends = np.cumsum(arrays["rings_lengths"])
    rings = tuple(tuple(part.tolist()) for part in np.split(arrays["rings_arcs"], ends[:-1]))
    return Outlines(
        arcs=arcs,
        sides=arrays["arcs_sides"],
        rings=rings,
        ring_boxes=np.array([_box(_joined(arcs, numbers)) for numbers in rings]),
        ring_countries=arrays["rings_countries"],
        names=tuple(arrays["names"].tolist()),
        codes=tuple(arrays["codes"].tolist()),
        lakes=_lines(arrays, "lakes"),
        rivers=_lines(arrays, "rivers"),
        provinces=_lines(arrays, "provinces") if "provinces_steps" in arrays else None,
    )


def _joined(arcs: Lines, numbers: Sequence[int]) -> Points:
    """The ring of these arcs (~i is arc i backwards); one that goes around a pole passes it."""
    parts = [arcs.line(~arc)[::-1] if arc < 0 else arcs.line(arc) for arc in numbers]
    lon, lat = np.concatenate(parts).T
    lon = np.unwrap(lon, period=360)
    if abs(lon[-1] - lon[0]) > HALF_WAY:
        pole = math.copysign(90.0, lat.mean())
        lon, lat = np.append(lon, [lon[-1], lon[0]]), np.append(lat, [pole, pole])
    return np.column_stack([lon, lat])


def _lines(arrays: Mapping[str, Any], name: str) -> Lines:
    starts, lengths = arrays[f"{name}_starts"], arrays[f"{name}_lengths"]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    steps = np.zeros((offsets[-1], 2), np.int64)
    is_step = np.ones(len(steps), bool)
    is_step[offsets[:-1]] = False
    steps[is_step] = arrays[f"{name}_steps"]
    sums = np.cumsum(steps, axis=0)
    points = sums + np.repeat(starts - sums[offsets[:-1]], lengths, axis=0)
    degrees = points * float(arrays["quantum"])
    low = np.minimum.reduceat(degrees, offsets[:-1], axis=0)
    high = np.maximum.reduceat(degrees, offsets[:-1], axis=0)
    return Lines(degrees, offsets, np.column_stack([low, high]))


def _box(points: Points) -> Points:
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _passing(boxes: Points, window: Window) -> Iterator[tuple[float, int]]:
    """What may be in the window: how far it is to be moved around the earth, and its index."""
    west, south, east, north = boxes.T
    for shift in (-360.0, 0.0, 360.0):
        touches = (west + shift < window.east) & (east + shift > window.west)
        touches &= (south <= window.north) & (north >= window.south)
        for index in np.flatnonzero(touches):
            yield shift, int(index)


def _moved(line: Points, shift: float) -> Points:
    """The line so many degrees to the east."""
    return np.asarray(line + np.array([shift, 0.0]))


def _inside(line: Points, window: Window, shift: float) -> Iterator[Points]:
    x, y = line[:, 0] + shift, line[:, 1]
    inside = (x >= window.west) & (x <= window.east) & (y >= window.south) & (y <= window.north)
    if inside.all():
        yield _moved(line, shift)
        return
    if window.east - window.west < FULL_CIRCLE:
        inside[1:] |= inside[:-1]
        inside[:-1] |= inside[1:]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    for begin, end in edges.reshape(-1, 2):
        if end - begin > 1:
            yield _moved(line[begin:end], shift)


def cut_area(area: Points, window: Window) -> Points:
    """The part of an area in the window (Sutherland-Hodgman); empty where there is none."""
    for axis, bound, sign in (
        (0, window.west, 1),
        (0, window.east, -1),
        (1, window.south, 1),
        (1, window.north, -1),
    ):
        area = _cut_at(area, axis, bound, sign)
        if len(area) < 3:
            return area[:0]
    return _divided(area)


def _cut_at(area: Points, axis: int, bound: float, sign: int) -> Points:
    depth = sign * (area[:, axis] - bound)
    inside = depth >= 0
    if inside.all() or not inside.any():
        return area if inside.all() else area[:0]
    crosses = inside != np.roll(inside, -1)
    following, depth_after = np.roll(area, -1, axis=0), np.roll(depth, -1)
    share = np.divide(depth, depth - depth_after, out=np.zeros_like(depth), where=crosses)
    crossings = area + share[:, None] * (following - area)
    both = np.stack([area, crossings], axis=1).reshape(-1, 2)
    return np.asarray(both[np.stack([inside, crosses], axis=1).reshape(-1)])


def _divided(area: Points) -> Points:
    """The area with further points on its long edges."""
    edges = np.abs(np.roll(area, -1, axis=0) - area).max(axis=1)
    if not (edges > LONGEST_EDGE).any():
        return area
    counts = np.maximum(1, np.ceil(edges / LONGEST_EDGE)).astype(int)
    begins = np.repeat(area, counts, axis=0)
    ends = np.repeat(np.roll(area, -1, axis=0), counts, axis=0)
    firsts = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(begins)) - firsts) / np.repeat(counts, counts)
    return np.asarray(begins + share[:, None] * (ends - begins))
