"""The scale bar, a round length in kilometres with the miles; and what a ring stands for."""

from PIL import ImageDraw

from bot.maps import style
from bot.maps.fonts import REGULAR, font, measure
from bot.maps.frame import Frame
from bot.maps.labels import Box
from bot.maps.projection import Azimuthal

LONGEST = 240
"""Pixels."""
TICK = 7
INEXACT = "approximate"
RING_RADIUS = 8
KM_PER_MILE = 1.609344
WIDEST_KM = 7_000.0
"""On maps of more than that no single scale holds."""


def has_scale(frame: Frame) -> bool:
    return isinstance(frame.projection, Azimuthal) and frame.width_km <= WIDEST_KM


def round_length(longest: float) -> float:
    """The largest of 1, 2, 5, 10, 20, 50, ... that is not longer."""
    unit = 1.0
    while unit * 10 <= longest:
        unit *= 10
    while unit > longest:
        unit /= 10
    return max(unit * step for step in (1, 2, 5) if unit * step <= longest)


def scale_words(kilometres: float) -> str:
    miles = kilometres / KM_PER_MILE
    shown = f"{miles:.0f}" if miles >= 10 else f"{miles:.2g}"
    return f"{kilometres:g} km · {shown} mi"


def scale_box(frame: Frame) -> Box:
    """What the scale bar takes of the lower left corner."""
    words = scale_words(_kilometres(frame))
    wide, high = measure(words, font(style.NOTE_SIZE, REGULAR))
    right = style.CORNER + max(wide, _kilometres(frame) * frame.scale)
    bottom = frame.height - style.CORNER
    return Box(style.CORNER, bottom - high - TICK * 2 - 6, right, bottom)


def draw_scale(draw: ImageDraw.ImageDraw, frame: Frame) -> None:
    kilometres = _kilometres(frame)
    left, bottom = style.CORNER, frame.height - style.CORNER
    right = left + round(kilometres * frame.scale)
    line = [(left, bottom - TICK), (left, bottom), (right, bottom), (right, bottom - TICK)]
    draw.line(line, fill=style.HALO, width=6)
    draw.line(line, fill=style.FAINT, width=2)
    draw.text(
        (left + 2, bottom - TICK - 4),
        scale_words(kilometres),
        font=font(style.NOTE_SIZE, REGULAR),
        fill=style.FAINT,
        anchor="lb",
        stroke_width=style.HALO_WIDTH,
        stroke_fill=style.HALO,
    )


def legend_box(frame: Frame) -> Box:
    """What the legend takes of the lower right corner."""
    wide, high = measure(INEXACT, font(style.NOTE_SIZE, REGULAR))
    right, bottom = frame.width - style.CORNER, frame.height - style.CORNER
    return Box(right - wide - 3 * RING_RADIUS, bottom - high, right, bottom).grown(4)


def draw_legend(draw: ImageDraw.ImageDraw, frame: Frame) -> None:
    """Say that a ring is a place whose point is only near."""
    box = legend_box(frame).grown(-4)
    middle = (box.top + box.bottom) / 2
    x, y, far = box.left + RING_RADIUS, middle, RING_RADIUS
    draw.ellipse((x - far, y - far, x + far, y + far), style.HALO, style.FAINT, 3)
    draw.text(
        (box.right, middle),
        INEXACT,
        font=font(style.NOTE_SIZE, REGULAR),
        fill=style.FAINT,
        anchor="rm",
        stroke_width=style.HALO_WIDTH,
        stroke_fill=style.HALO,
    )


def _kilometres(frame: Frame) -> float:
    return round_length(LONGEST / frame.scale)
