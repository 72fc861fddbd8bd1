"""The ground of a map: land and water, coasts, borders, lakes and rivers."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw

from bot.maps import style
from bot.maps.frame import Frame
from bot.maps.outlines import Outlines, Window, load_outlines
from bot.maps.projection import EqualEarth, Points, near_longitude

NEAR_KM = 3_500.0
"""Maps narrower than this are drawn from the finer outlines."""
PROVINCES_KM = 1_200.0
RIVERS_KM = 8_000.0
SMALLEST_LAKE = 3.0
"""Pixels; smaller ones are specks."""
KM_PER_DEGREE = 111.0
DASH, DASH_GAP = 11.0, 8.0


@dataclass(frozen=True, slots=True)
class Disputed:
    """Which borders are drawn broken, and where no country's name is written."""

    pairs: frozenset[frozenset[str]]
    windows: tuple[Window, ...]
    unnamed: tuple[Window, ...]


@lru_cache(maxsize=1)
def load_disputed() -> Disputed:
    table = tomllib.loads(files("bot.maps").joinpath("data/disputed.toml").read_text("utf-8"))
    windows = [(_window(row), row["unnamed"]) for row in table["windows"]]
    return Disputed(
        pairs=frozenset(map(frozenset, table["pairs"])),
        windows=tuple(window for window, _ in windows),
        unnamed=tuple(window for window, is_unnamed in windows if is_unnamed),
    )


def _window(row: dict[str, float]) -> Window:
    return Window(row["west"], row["east"], row["south"], row["north"])


def is_unnamed(longitude: float, latitude: float) -> bool:
    """Whether the point lies on land over which no name says whose it is."""
    return any(
        window.west <= near_longitude(longitude, (window.west + window.east) / 2) <= window.east
        and window.south <= latitude <= window.north
        for window in load_disputed().unnamed
    )


def outlines_for(frame: Frame) -> Outlines:
    return load_outlines("near" if frame.width_km < NEAR_KM else "far")


def magnified(frame: Frame, times: float) -> Frame:
    """The same map on a larger or smaller sheet."""
    width, height = round(frame.width * times), round(frame.height * times)
    return replace(frame, scale=frame.scale * times, width=width, height=height)


def draw_base(frame: Frame, *, is_inset: bool = False) -> Image.Image:
    """The ground of the map, `SUPERSAMPLING` times as large as the frame."""
    fine = style.SUPERSAMPLING
    big = magnified(frame, fine)
    window = frame.window()
    outlines = outlines_for(frame)
    image = Image.new("RGB", (big.width, big.height), style.WATER)
    draw = ImageDraw.Draw(image)
    if isinstance(frame.projection, EqualEarth):
        draw.rectangle((0, 0, big.width, big.height), fill=style.PAGE)
        draw.polygon(_flat(big.project(_rim(frame.projection.longitude))), fill=style.WATER)
    for _, area in outlines.land(window, speck(frame)):
        _fill(draw, big.project(area), style.LAND)
    if outlines.provinces is not None and frame.width_km < PROVINCES_KM:
        for _, line in outlines.provinces.stretches(window):
            _stroke(draw, big.project(line), style.PROVINCE, fine)
    if frame.width_km < RIVERS_KM and not is_inset:
        for _, line in outlines.rivers.stretches(window):
            _stroke(draw, big.project(line), style.RIVER, fine * 2)
    _draw_lakes(draw, big, outlines, window)
    _draw_borders(draw, big, outlines, window)
    return image


def speck(frame: Frame) -> float:
    """The degrees that half a pixel shows: what is smaller could not be seen."""
    return 0.5 / frame.scale / KM_PER_DEGREE


def _draw_lakes(draw: ImageDraw.ImageDraw, big: Frame, outlines: Outlines, window: Window) -> None:
    for _, area in outlines.lakes.areas(window):
        pixels = big.project(area)
        if float(np.max(np.ptp(pixels, axis=0))) >= SMALLEST_LAKE * style.SUPERSAMPLING:
            _fill(draw, pixels, style.WATER)
            _stroke(draw, np.concatenate([pixels, pixels[:1]]), style.COAST, 1)


def _draw_borders(
    draw: ImageDraw.ImageDraw, big: Frame, outlines: Outlines, window: Window
) -> None:
    disputed = load_disputed()
    fine = style.SUPERSAMPLING
    for (first, second), line in outlines.borders(window, speck(big)):
        pixels = big.project(line)
        if first < 0 or second < 0:
            _stroke(draw, pixels, style.COAST, fine)
            continue
        names = frozenset((outlines.names[first], outlines.names[second]))
        for stretch, is_disputed in _by_dispute(line, names, disputed):
            pixels = big.project(stretch)
            if is_disputed:
                for dash in dashes(pixels, DASH * fine, DASH_GAP * fine):
                    _stroke(draw, dash, style.BORDER, fine)
            else:
                _stroke(draw, pixels, style.BORDER, fine + 1)


def _by_dispute(
    line: Points, names: frozenset[str], disputed: Disputed
) -> Iterator[tuple[Points, bool]]:
    """The stretches of a border that are in dispute, and the others."""
    if names in disputed.pairs:
        yield line, True
        return
    inside = np.zeros(len(line), bool)
    for window in disputed.windows:
        lon = near_longitude(line[:, 0], (window.west + window.east) / 2)
        across = (lon >= window.west) & (lon <= window.east)
        inside |= across & (line[:, 1] >= window.south) & (line[:, 1] <= window.north)
    changes = np.flatnonzero(np.diff(inside.astype(np.int8))) + 1
    begins = np.concatenate([[0], changes])
    ends = np.concatenate([changes, [len(line)]])
    for begin, end in zip(begins, ends, strict=True):
        yield line[max(0, begin - 1) : end], bool(inside[begin])


def dashes(line: Points, length: float, gap: float) -> Iterator[Points]:
    """The line broken into dashes."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    for begin in np.arange(0, along[-1], length + gap):
        inner = line[(along > begin) & (along < begin + length)]
        ends = [
            [np.interp(at, along, line[:, 0]), np.interp(at, along, line[:, 1])]
            for at in (begin, min(begin + length, along[-1]))
        ]
        yield np.concatenate([ends[:1], inner, ends[1:]])


def _rim(longitude: float) -> Points:
    """The edge of a map of the whole earth."""
    lat = np.linspace(-90, 90, 91)
    left = np.column_stack([np.full(91, longitude - 180), lat])
    right = np.column_stack([np.full(91, longitude + 180), lat[::-1]])
    return np.concatenate([left, right])


def _fill(draw: ImageDraw.ImageDraw, pixels: Points, colour: tuple[int, int, int]) -> None:
    flat = _flat(pixels)
    if len(flat) >= 6:
        draw.polygon(flat, fill=colour)


def _stroke(
    draw: ImageDraw.ImageDraw, pixels: Points, colour: tuple[int, int, int], width: int
) -> None:
    flat = _flat(pixels)
    if len(flat) >= 4:
        draw.line(flat, fill=colour, width=width, joint="curve" if width > 2 else None)


def _flat(pixels: Points) -> list[int]:
    """Whole pixels in a row, each once; NaN is no pixel."""
    whole = np.rint(pixels[~np.isnan(pixels).any(axis=1)]).astype(int)
    if len(whole) > 1:
        whole = whole[np.concatenate([[True], np.any(np.diff(whole, axis=0) != 0, axis=1)])]
    flat: list[int] = whole.ravel().tolist()
    return flat
