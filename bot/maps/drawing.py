"""The map of a digest's places, as a PNG: a pure function of its locations.

It is drawn offline: from shipped outlines, with a font of a package.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from bot.maps import style
from bot.maps.base import draw_base
from bot.maps.countries import place_country_names
from bot.maps.frame import Frame
from bot.maps.inset import draw_inset, free_corner
from bot.maps.labels import Box, Occupied
from bot.maps.marks import Mark, draw_mark, mark_of
from bot.maps.outlines import Window
from bot.maps.scale import draw_legend, draw_scale, has_scale, legend_box, scale_box
from bot.maps.view import View, choose_view, points_of
from bot.maps.words import (
    CROWDED,
    Label,
    Pixel,
    label_country,
    label_places,
    label_provinces,
    label_towns,
    write,
)
from summarizer.gazetteer import name_key
from summarizer.models import Location
from summarizer.surroundings import Nearby, Surroundings

FindSurroundings = Callable[[Window], Surroundings]

COLOURS = 256
TOWN_EDGE = 14.0
TOWNS_KM, PROVINCES_KM = 2_000.0, 1_600.0
"""Maps narrower than this show a few large towns, and provinces, that are not in the story."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes on the ground of a map: marks, dots of towns, and names, the last ones on top."""

    marks: tuple[Mark, ...]
    towns: tuple[Pixel, ...]
    labels: tuple[Label, ...]
    has_legend: bool


def draw_map(
    places: Sequence[Location], find_surroundings: FindSurroundings | None = None
) -> bytes:
    """The map of these places, most salient first: at least one, all with points on the earth."""
    view = choose_view(places)
    frame, inset = view.frame, draw_inset(view)
    marks = _marks(frame, view.spots, places[0])
    corner = free_corner(frame, inset.size, marks) if inset else None
    taken = [corner.grown(6)] if corner else []
    plan = _plan(view, places, marks, taken, find_surroundings)
    image = _ground(frame, plan)
    draw = ImageDraw.Draw(image)
    for label in plan.labels:
        write(draw, label)
    if has_scale(frame):
        draw_scale(draw, frame)
    if plan.has_legend:
        draw_legend(draw, frame)
    if inset and corner:
        image.paste(inset, (round(corner.left), round(corner.top)), inset)
    return _png(image)


def _plan(
    view: View,
    places: Sequence[Location],
    marks: Sequence[Mark],
    taken: Sequence[Box],
    find_surroundings: FindSurroundings | None,
) -> Plan:
    """Find room for all names: those of the story, then what surrounds it, then countries."""
    frame, first = view.frame, places[0]
    has_legend = any(mark.is_ring for mark in marks)
    taken = [
        *taken,
        *([scale_box(frame).grown(8)] if has_scale(frame) else []),
        *([legend_box(frame)] if has_legend else []),
    ]
    story = _story_countries(view, first, [*taken, *(mark.box for mark in marks)])
    marks = sorted(
        [*marks, *_unnamed_countries(view, story, first)], key=lambda mark: not mark.is_first
    )
    occupied = Occupied([*taken, *(label.box for label in story.values())])
    own = [*story.values(), *label_places(marks, frame, occupied)]
    towns, provinces = _surroundings(frame, find_surroundings, occupied, places)
    labels = [*provinces, *(label for label, _ in towns), *reversed(own)]
    taken += [*(label.box for label in labels), *(mark.box for mark in marks)]
    codes = [place.country_code or "" for place in view.countries]
    others = place_country_names(frame, taken, without=codes)
    return Plan(
        marks=tuple(marks),
        towns=tuple(pixel for _, pixel in towns),
        labels=(*(label_country(name, style.COUNTRY_NAME) for name in others), *labels),
        has_legend=has_legend,
    )


def _marks(frame: Frame, spots: Sequence[Location], first: Location) -> list[Mark]:
    is_crowded = len(spots) > CROWDED
    return [
        mark_of(place, float(x), float(y), is_first=place is first, is_crowded=is_crowded)
        for place, (x, y) in zip(spots, frame.to_pixels(points_of(spots)), strict=True)
    ]


def _story_countries(view: View, first: Location, taken: Sequence[Box]) -> dict[str, Label]:
    """The names of the countries that the story is about, by their codes."""
    codes = [place.country_code or "" for place in view.countries]
    first_code = first.country_code if first.kind == "country" else None
    return {
        name.code: label_country(
            name, style.MAIN if name.code == first_code else style.STORY_COUNTRY_NAME
        )
        for name in place_country_names(view.frame, taken, among=codes)
    }


def _unnamed_countries(view: View, named: dict[str, Label], first: Location) -> list[Mark]:
    """Marks for the countries of the story whose own land has no room for their names."""
    missing = [place for place in view.countries if place.country_code not in named]
    shown = view.frame.shows(points_of(missing))
    seen = [place for place, is_in in zip(missing, shown, strict=True) if is_in]
    return _marks(view.frame, seen, first)


def _surroundings(
    frame: Frame,
    find_surroundings: FindSurroundings | None,
    occupied: Occupied,
    places: Sequence[Location],
) -> tuple[tuple[tuple[Label, Pixel], ...], tuple[Label, ...]]:
    """Towns with their pixels, and provinces, wherever there is room left."""
    if find_surroundings is None or frame.width_km > TOWNS_KM:
        return (), ()
    found = find_surroundings(frame.window())
    known = {name_key(place.name) for place in places}
    towns = label_towns(_shown(found.towns, frame, known), frame, occupied)
    if frame.width_km > PROVINCES_KM:
        return towns, ()
    known |= {name_key(label.words) for label, _ in towns}
    return towns, label_provinces(_shown(found.provinces, frame, known), frame, occupied)


def _shown(
    found: Sequence[Nearby], frame: Frame, known: Collection[str]
) -> list[tuple[Nearby, Pixel]]:
    """Those in the picture that bear none of these names, with their pixels."""
    points = np.array([(place.longitude, place.latitude) for place in found], float).reshape(-1, 2)
    shown = frame.shows(points, margin=TOWN_EDGE)
    return [
        (place, (float(x), float(y)))
        for place, (x, y), is_in in zip(found, frame.to_pixels(points), shown, strict=True)
        if is_in and name_key(place.name) not in known
    ]


def _ground(frame: Frame, plan: Plan) -> Image.Image:
    """The map with all marks, and without words."""
    fine = style.SUPERSAMPLING
    image = draw_base(frame)
    draw = ImageDraw.Draw(image, "RGBA")
    far = style.TOWN_RADIUS * fine
    for x, y in plan.towns:
        box = (x * fine - far, y * fine - far, x * fine + far, y * fine + far)
        draw.ellipse(box, fill=style.REFERENCE)
    for mark in reversed(plan.marks):
        draw_mark(draw, mark, fine)
    return image.resize((frame.width, frame.height), Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    """The picture as a file; a palette halves it without a difference that could be seen."""
    buffer = BytesIO()
    reduced = image.quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
