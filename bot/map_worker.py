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
    from bot.map_outlines import Window
    from summarizer.towns import Town

MOST_TOWNS = 60
"""More than a map has room for: many lie too near to something else."""


def mappable(locations: Sequence[Location]) -> tuple[Location, ...]:
    """The places that can be drawn: those with a point on the earth."""
    return tuple(
        place for place in locations if abs(place.latitude) <= 90 and isfinite(place.longitude)
    )


def draw_map(locations: Sequence[Location], gazetteer: Path | None) -> bytes:
    """The map of these places as a PNG, with large towns from the place list where there is one.

    At least one place must be mappable.
    """
    from bot import map as drawing

    find_towns = partial(_find_towns, gazetteer)
    return drawing.draw_map(mappable(locations), find_towns)


def _find_towns(gazetteer: Path | None, window: "Window") -> "tuple[Town, ...]":
    from summarizer.towns import find_towns

    if gazetteer is None:
        return ()
    try:
        return find_towns(
            gazetteer,
            west=window.west,
            east=window.east,
            south=window.south,
            north=window.north,
            limit=MOST_TOWNS,
        )
    except GazetteerMissing:  # the places of the story are a map without it
        return ()
