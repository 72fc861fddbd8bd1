"""What stands in a corner of a map: where on earth it is, or a small map of places far off."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from bot.maps import style
from bot.maps.base import draw_base
from bot.maps.frame import Canvas, Frame, fit_frame
from bot.maps.globe import draw_globe
from bot.maps.labels import Box, Occupied
from bot.maps.marks import Mark, draw_mark
from bot.maps.projection import Points
from bot.maps.view import View, points_of
from bot.maps.words import label_overview, write

GLOBE_KM = 5_000.0
"""A map of a larger part of the earth needs no globe beside it."""
OVERVIEW = Canvas(440, 330, 55)
OVERVIEW_LEAST_KM = 3_000.0
MARK_RADIUS = 5.0
AIR = 40.0
"""Pixels between an inset and the nearest mark."""


def draw_inset(view: View) -> Image.Image | None:
    """A globe, a small map where places lie far off, or nothing; transparent around it."""
    if view.far:
        return _draw_overview(view)
    if view.frame.width_km > GLOBE_KM:
        return None
    middle = np.array([[view.frame.width / 2, view.frame.height / 2]])
    ((longitude, latitude),) = view.frame.to_degrees(middle)
    return draw_globe(float(longitude), float(latitude), outline_of(view.frame))


def free_corner(frame: Frame, size: tuple[int, int], marks: Sequence[Mark]) -> Box | None:
    """The corner in which an inset covers no mark; None where there is no such corner.

    The lower left one is that of the scale.
    """
    wide, high = size
    left, right = style.CORNER, frame.width - style.CORNER - wide
    top, bottom = style.CORNER, frame.height - style.CORNER - high
    for x, y in ((right, top), (left, top), (right, bottom)):
        corner = Box(x, y, x + wide, y + high)
        around = corner.grown(AIR)
        if not any(around.overlaps(mark.box) for mark in marks):
            return corner
    return None


def outline_of(frame: Frame) -> Points:
    """The edge of a map in degrees."""
    wide, high = float(frame.width), float(frame.height)
    corners = np.array([(0.0, 0.0), (wide, 0.0), (wide, high), (0.0, high)])
    sides = np.linspace(0, 1, 8, endpoint=False)[:, None]
    edges = [
        begin + sides * (end - begin)
        for begin, end in zip(corners, np.roll(corners, -1, axis=0), strict=True)
    ]
    return frame.to_degrees(np.concatenate(edges))


def _draw_overview(view: View) -> Image.Image:
    """A small map of the places far off, on which the large one is outlined."""
    outline = outline_of(view.frame)
    points = points_of(view.far)
    frame = fit_frame(np.concatenate([points, outline]), OVERVIEW, at_least_km=OVERVIEW_LEAST_KM)
    image = draw_base(frame, is_inset=True)
    blending = ImageDraw.Draw(image, "RGBA")
    marks = [
        Mark(place, float(x), float(y), MARK_RADIUS, is_first=False)
        for place, (x, y) in zip(view.far, frame.to_pixels(points), strict=True)
    ]
    for mark in marks:
        draw_mark(blending, mark, style.SUPERSAMPLING)
    pixels = frame.to_pixels(outline)
    corners = (pixels * style.SUPERSAMPLING).ravel().tolist()
    blending.line([*corners, *corners[:2]], fill=style.MAIN, width=2 * style.SUPERSAMPLING)
    image = image.resize((frame.width, frame.height), Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(image)
    left, top = pixels.min(axis=0)
    right, bottom = pixels.max(axis=0)
    for label in label_overview(marks, frame, Occupied([Box(left, top, right, bottom)])):
        write(draw, label)
    draw.rectangle((0, 0, frame.width - 1, frame.height - 1), outline=style.BORDER, width=2)
    return image.convert("RGBA")
