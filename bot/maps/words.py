"""Names on a map: in which letters, where, and how they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import ImageDraw
from PIL.ImageFont import FreeTypeFont

from bot.maps import style
from bot.maps.base import is_unnamed
from bot.maps.countries import HAIR_SPACE, CountryName
from bot.maps.fonts import BOLD, REGULAR, SEMIBOLD, drawable, font, measure
from bot.maps.frame import Frame
from bot.maps.labels import Box, Occupied, Wanted, box_around, place_labels
from bot.maps.marks import Colour, Mark
from bot.markup import clean_text
from summarizer.surroundings import Nearby

Pixel = tuple[float, float]

CROWDED = 12
"""With more marks than this, marks and letters are smaller."""
MAX_NAMED = 40
MAX_TOWNS, MAX_PROVINCES = 9, 6
PROVINCE_AIR = 12.0
PROVINCE_SHIFTS = ((0, 0), (0, -45), (0, 45), (-70, 0), (70, 0), (-70, -45), (70, 45))
"""Where the name of a province may stand in relation to its middle."""
TOWN_AIR = 110
"""Pixels between a town that only helps to find one's way and whatever else is marked."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words whose ink fills a box."""

    words: str
    box: Box
    font: FreeTypeFont
    colour: Colour
    halo: Colour = style.HALO


def label_places(marks: Sequence[Mark], frame: Frame, occupied: Occupied) -> tuple[Label, ...]:
    """Names beside their marks, those of the first places before the others."""
    for mark in marks[MAX_NAMED:]:
        occupied.add(mark.box)
    letters = [_font_of(mark, is_crowded=len(marks) > CROWDED) for mark in marks[:MAX_NAMED]]
    colours = [mark.colour if mark.is_patch or mark.is_first else style.WORDS for mark in marks]
    return tuple(_label(marks[:MAX_NAMED], letters, colours, frame, occupied))


def label_overview(marks: Sequence[Mark], frame: Frame, occupied: Occupied) -> tuple[Label, ...]:
    """The same for the small map beside the large one."""
    letters = [font(style.INSET_SIZE, SEMIBOLD)] * len(marks)
    return tuple(_label(marks, letters, [style.WORDS] * len(marks), frame, occupied))


def _label(
    marks: Sequence[Mark],
    letters: Sequence[FreeTypeFont],
    colours: Sequence[Colour],
    frame: Frame,
    occupied: Occupied,
) -> Iterator[Label]:
    words = [drawable(clean_text(mark.place.name)) for mark in marks]
    sizes = [measure(name, made) for name, made in zip(words, letters, strict=True)]
    wanted = [
        Wanted(mark.x, mark.y, mark.reach, size, is_needed=mark.is_first)
        for mark, size in zip(marks, sizes, strict=True)
    ]
    boxes = place_labels(wanted, frame.sheet, occupied)
    for name, box, made, colour in zip(words, boxes, letters, colours, strict=False):
        if name and box is not None:
            yield Label(name, box, made, colour)


def _font_of(mark: Mark, *, is_crowded: bool) -> FreeTypeFont:
    if mark.is_first:
        return font(style.MAIN_SIZE, BOLD, italic=mark.is_patch)
    size = style.SMALL_SIZE if is_crowded else style.PLACE_SIZE
    return font(size, SEMIBOLD, italic=mark.is_patch)


def label_towns(
    towns: Sequence[tuple[Nearby, Pixel]], frame: Frame, occupied: Occupied
) -> tuple[tuple[Label, Pixel], ...]:
    """Names of towns that help to find one's way, each with its pixel; few, and far apart."""
    letters = font(style.TOWN_SIZE, REGULAR)
    named: list[tuple[Label, Pixel]] = []
    crowd = Occupied()
    for town, (x, y) in towns:
        around = box_around(x, y, (TOWN_AIR, TOWN_AIR))
        dot = box_around(x, y, (6 * style.TOWN_RADIUS, 6 * style.TOWN_RADIUS))
        name = drawable(clean_text(town.name))
        if not name or crowd.count(around) or occupied.count(dot):
            continue
        wanted = Wanted(x, y, style.TOWN_RADIUS, measure(name, letters))
        (box,) = place_labels([wanted], frame.sheet, occupied)
        if box is not None:
            crowd.add(around)
            named.append((Label(name, box, letters, style.REFERENCE), (x, y)))
        if len(named) == MAX_TOWNS:
            break
    return tuple(named)


def label_provinces(
    provinces: Sequence[tuple[Nearby, Pixel]], frame: Frame, occupied: Occupied
) -> tuple[Label, ...]:
    """Names of provinces over their middle, where nothing else is and nobody disputes the land."""
    letters = font(style.PROVINCE_SIZE, REGULAR)
    named: list[Label] = []
    for province, (x, y) in provinces:
        name = HAIR_SPACE.join(drawable(clean_text(province.name)))
        size = measure(name, letters)
        boxes = (box_around(x + right, y + down, size) for right, down in PROVINCE_SHIFTS)
        box = next((box for box in boxes if _is_free(box, frame, occupied)), None)
        if name and box and not is_unnamed(province.longitude, province.latitude):
            occupied.add(box)
            named.append(Label(name, box, letters, style.PROVINCE_NAME, style.LAND))
        if len(named) == MAX_PROVINCES:
            break
    return tuple(named)


def _is_free(box: Box, frame: Frame, occupied: Occupied) -> bool:
    return box.within(frame.sheet) and not occupied.count(box.grown(PROVINCE_AIR))


def label_country(name: CountryName, colour: Colour) -> Label:
    return Label(name.words, name.box, font(name.size, SEMIBOLD), colour, style.LAND)


def write(draw: ImageDraw.ImageDraw, label: Label) -> None:
    left, top, _, _ = label.font.getbbox(label.words)
    draw.text(
        (label.box.left - left, label.box.top - top),
        label.words,
        font=label.font,
        fill=label.colour,
        stroke_width=style.HALO_WIDTH,
        stroke_fill=label.halo,
    )
