"""The names of countries on a map: each within its own land, clear of all else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bot.maps import style
from bot.maps.base import load_disputed, magnified, outlines_for, speck
from bot.maps.fonts import SEMIBOLD, font, measure
from bot.maps.frame import Frame
from bot.maps.labels import Box, box_around
from bot.maps.outlines import Window
from bot.maps.projection import Points
from bot.outline import country_names

CELL = 8
"""Pixels to a cell of the grid on which room is looked for."""
SMALLEST_CELLS = 12
AIR = 14.0
"""Pixels around whatever else is on the map."""
HAIR_SPACE = "\u200a"


@dataclass(frozen=True, slots=True)
class CountryName:
    words: str
    code: str
    box: Box
    size: int


def place_country_names(
    frame: Frame,
    taken: Collection[Box],
    *,
    among: Collection[str] | None = None,
    without: Collection[str] = (),
) -> tuple[CountryName, ...]:
    """Names for the countries in the picture that have room for theirs, the largest first.

    `among` and `without` are codes: only those, or all but those. None is over what is `taken`.
    """
    grid = _country_grid(frame)
    free = _free_cells(frame, grid.shape, taken)
    outlines = outlines_for(frame)
    cells = np.bincount(grid.ravel(), minlength=len(outlines.names) + 1)[1:]
    sizes = style.COUNTRY_SIZES if among is None else style.STORY_COUNTRY_SIZES
    placed = []
    for index in sorted(np.flatnonzero(cells >= SMALLEST_CELLS), key=lambda index: -cells[index]):
        code = outlines.codes[index]
        if code in without or (among is not None and code not in among):
            continue
        name = country_names().get(code) or outlines.names[index]
        label = _place(name.upper(), code, (grid == index + 1) & free, sizes)
        if label is not None:
            placed.append(label)
            free[_cells_of(label.box, free.shape)] = False
    return tuple(placed)


def _country_grid(frame: Frame) -> NDArray[np.int32]:
    """For each cell 1 + the index of the country in it, or 0 for water."""
    small = magnified(frame, 1 / CELL)
    image = Image.new("I", (small.width, small.height), 0)
    draw = ImageDraw.Draw(image)
    for country, area in outlines_for(frame).land(frame.window(), speck(small)):
        pixels = small.project(area)
        flat = pixels[~np.isnan(pixels).any(axis=1)].ravel().tolist()
        if len(flat) >= 6:
            draw.polygon(flat, fill=country + 1)
    return np.asarray(image, np.int32)


def _free_cells(frame: Frame, shape: tuple[int, ...], taken: Collection[Box]) -> NDArray[np.bool_]:
    free = np.ones(shape, bool)
    free[[0, -1], :] = free[:, [0, -1]] = False
    small = magnified(frame, 1 / CELL)
    image = Image.new("1", (shape[1], shape[0]), 1)
    for window in load_disputed().unnamed:
        rim = _rim(window)
        if frame.shows(rim).any():
            ImageDraw.Draw(image).polygon(small.to_pixels(rim).ravel().tolist(), fill=0)
    free &= np.asarray(image, bool)
    for box in taken:
        free[_cells_of(box.grown(AIR), shape)] = False
    return free


def _rim(window: Window) -> Points:
    sides = np.linspace(0, 1, 9)[:, None]
    corners = np.array(
        [
            (window.west, window.south),
            (window.west, window.north),
            (window.east, window.north),
            (window.east, window.south),
        ]
    )
    return np.concatenate(
        [
            begin + sides * (end - begin)
            for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)
        ]
    )


def _cells_of(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    top, bottom = int(box.top // CELL), int(box.bottom // CELL) + 1
    left, right = int(box.left // CELL), int(box.right // CELL) + 1
    return slice(max(0, top), max(0, bottom)), slice(max(0, left), max(0, right))


def _place(
    name: str, code: str, own: NDArray[np.bool_], sizes: Sequence[int]
) -> CountryName | None:
    """Where the name fits wholly into the free cells of its country, as large as may be."""
    room = np.pad(np.cumsum(np.cumsum(own, axis=0), axis=1), ((1, 0), (1, 0)))
    words = HAIR_SPACE.join(name)
    for size in sizes:
        text_wide, text_high = measure(words, font(size, SEMIBOLD))
        wide, high = int(text_wide // CELL) + 2, int(text_high // CELL) + 2
        if high > own.shape[0] or wide > own.shape[1]:
            continue
        sums = room[high:, wide:] - room[:-high, wide:] - room[high:, :-wide] + room[:-high, :-wide]
        fits = np.argwhere(sums == wide * high)
        if len(fits):
            row, column = _most_central(fits, own, wide, high)
            x, y = (column + wide / 2) * CELL, (row + high / 2) * CELL
            return CountryName(words, code, box_around(x, y, (text_wide, text_high)), size)
    return None


def _most_central(
    fits: NDArray[np.intp], own: NDArray[np.bool_], wide: int, high: int
) -> tuple[int, int]:
    """Of the upper left cells at which a name fits, the one in the middle of the country."""
    rows, columns = np.nonzero(own)
    middle = np.array([rows.mean() - high / 2, columns.mean() - wide / 2])
    row, column = fits[np.argmin(((fits - middle) ** 2).sum(axis=1))]
    return int(row), int(column)
