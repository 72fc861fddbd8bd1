"""What a map is of: which places decide its frame, and which lie too far off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.maps import style
from bot.maps.frame import Canvas, Frame, fit_frame, split_far
from bot.maps.outlines import load_outlines
from bot.maps.projection import Points, kilometres_between, near_longitude
from summarizer.models import Location, LocationKind

AT_LEAST_KM: Mapping[LocationKind, float] = {
    "landmark": 260,
    "city": 420,
    "water": 900,
    "admin": 700,
    "region": 1_000,
    "country": 600,
    "continent": 8_000,
}
"""How wide a map of one such place is at least."""
NEAR_KM = 400.0
NEAR_COUNTRY_KM = 2_000.0
"""Points nearer than this to the first are never far off."""
CONTINENT_DEGREES = 25.0
AREAS = ("country", "continent")
MAIN_PARTS = 0.25
"""A part of a country counts for the frame if it is so large in comparison with the largest."""


@dataclass(frozen=True, slots=True)
class View:
    """`spots` are marked in the frame; `far` are the places outside of it; most salient first."""

    frame: Frame
    spots: tuple[Location, ...]
    far: tuple[Location, ...]
    countries: tuple[Location, ...]


def choose_view(places: Sequence[Location]) -> View:
    """The view of these places, of which there is at least one.

    A sea or a river is far larger than its point, so where there are other places it is shown only
    where their map shows it. A country that comes first is shown whole.
    """
    canvas = Canvas(style.WIDTH, style.HEIGHT, style.PADDING)
    countries = tuple(place for place in places if place.kind == "country")
    spots = tuple(place for place in places if place.kind not in AREAS)
    if not spots:
        return _view_of_areas(places, countries, canvas)
    deciding = tuple(place for place in spots if place.kind != "water") or spots
    near_km = NEAR_KM
    if places[0].kind == "country":
        deciding = (places[0], *deciding)
        near_km = max(NEAR_KM, _reach(places[0]))
    is_near = split_far(
        points_of(deciding), [place.salience for place in deciding], near_km=near_km
    )
    near = [_extent(place) for place, is_in in zip(deciding, is_near, strict=True) if is_in]
    frame = fit_frame(np.concatenate(near), canvas, at_least_km=AT_LEAST_KM[deciding[0].kind])
    shown = frame.shows(points_of(spots), margin=style.CORNER)
    return View(
        frame=frame,
        spots=tuple(place for place, is_in in zip(spots, shown, strict=True) if is_in),
        far=tuple(
            place
            for place, is_in in zip(spots, shown, strict=True)
            if not is_in and place in deciding
        ),
        countries=countries,
    )


def _view_of_areas(
    places: Sequence[Location], countries: tuple[Location, ...], canvas: Canvas
) -> View:
    """Of countries alone the map shows all their land; a continent is known by its point."""
    is_near = split_far(
        points_of(places), [place.salience for place in places], near_km=NEAR_COUNTRY_KM
    )
    near = [place for place, is_in in zip(places, is_near, strict=True) if is_in]
    points = np.concatenate([_extent(place) for place in near])
    at_least = max(AT_LEAST_KM[place.kind] for place in near)
    narrow = replace(canvas, padding=canvas.padding // 2)
    frame = fit_frame(points, narrow, at_least_km=at_least)
    continents = tuple(place for place in near if place.kind == "continent")
    return View(frame, continents, (), countries)


def _extent(place: Location) -> Points:
    """The points that the frame must hold to show an area."""
    outlines = load_outlines("far")
    if place.kind == "country" and place.country_code in outlines.codes:
        country = outlines.codes.index(place.country_code)
        boxes = outlines.ring_boxes[outlines.ring_countries == country]
        sizes = np.ptp(boxes.reshape(-1, 2, 2), axis=1).prod(axis=1)
        main = boxes[sizes >= MAIN_PARTS * sizes.max()]
        middle = (
            near_longitude((main[:, 0] + main[:, 2]) / 2, float(main[0, 0]))
            - (main[:, 0] + main[:, 2]) / 2
        )
        main = main + np.column_stack([middle, np.zeros_like(middle)] * 2)
        west, south = main[:, :2].min(axis=0)
        east, north = main[:, 2:].max(axis=0)
        lon, lat = np.meshgrid(np.linspace(west, east, 7), np.linspace(south, north, 7))
        return np.column_stack([lon.ravel(), lat.ravel()])
    if place.kind == "continent":
        return _around(place, CONTINENT_DEGREES)
    return points_of([place])


def _reach(place: Location) -> float:
    """How far an area goes from its point, in kilometres."""
    return float(np.max(kilometres_between(_extent(place), place.longitude, place.latitude)))


def _around(place: Location, degrees: float) -> Points:
    lat = np.clip([place.latitude - degrees, place.latitude + degrees], -85, 85)
    return np.array([[place.longitude, lat[0]], [place.longitude, lat[1]]])


def points_of(places: Sequence[Location]) -> Points:
    """Their longitudes and latitudes."""
    return np.array([(place.longitude, place.latitude) for place in places], float).reshape(-1, 2)
