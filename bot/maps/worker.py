"""The drawing of maps as work for another process.

Whoever hands out the work imports this module to name the function, so what weighs much (Pillow,
numpy) is imported where it is used.
"""

from collections.abc import Sequence
from functools import partial
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.errors import GazetteerMissing
from summarizer.models import Location

if TYPE_CHECKING:
    from bot.maps.outlines import Window
    from summarizer.surroundings import Surroundings


def mappable(locations: Sequence[Location]) -> tuple[Location, ...]:
    """The places that can be drawn: those with a point on the earth."""
    return tuple(
        place for place in locations if abs(place.latitude) <= 90 and isfinite(place.longitude)
    )


def draw_map(locations: Sequence[Location], gazetteer: Path | None) -> bytes:
    """The map of these places as a PNG; at least one of them must be mappable.

    Large towns and provinces around them are taken from the place list, where there is one.
    """
    from bot.maps import drawing

    find = None if gazetteer is None else partial(_find_surroundings, gazetteer)
    return drawing.draw_map(mappable(locations), find)


def _find_surroundings(gazetteer: Path, window: "Window") -> "Surroundings":
    from summarizer.surroundings import Surroundings, find_surroundings

    try:
        return find_surroundings(
            gazetteer,
            west=window.west,
            east=window.east,
            south=window.south,
            north=window.north,
        )
    except GazetteerMissing:  # the places of the story are a map without it
        return Surroundings()
