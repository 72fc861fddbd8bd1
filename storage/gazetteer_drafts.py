"""A place while its parts are gathered from the sources of the place list."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from summarizer.gazetteer import MAX_NAME_CHARS, Form, name_key
from summarizer.models import LocationKind

KINDS: Mapping[str, LocationKind] = {kind: kind for kind in get_args(LocationKind)}
"""The kinds that tables name."""
NO_LEVEL = 9
"""The level of what is neither a country nor one of its subdivisions."""

MIN_ALTERNATE_CHARS = 3
"""Shorter names in other languages are mostly codes."""

_LATIN = re.compile("[\u0020-\u024f\u1e00-\u1eff\u02b9-\u02bc\u2018\u2019\u2013]+")
_CODE = re.compile(r"[A-Z0-9]{1,4}")
_AREA_WORDS = re.compile(
    r"\b(?:province|county|region|district|department|governorate|prefecture|oblast|raion|rayon|"
    r"municipality|parish|voivodeship|canton|krai|republic|division|emirate|metropolitan|borough|"
    r"autonomous|okrug|state|census area|territory|comarca|regency|commune)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Draft:
    """An entry of the place list; `names` maps keys to the best form.

    A `minor` one is known to few: its name says little by itself.
    """

    id: int
    geonames_id: int | None
    name: str
    kind: LocationKind
    level: int = NO_LEVEL
    country: str | None = None
    admin1: int | None = None
    admin2: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    capital: bool = False
    minor: bool = False
    names: dict[str, Form] = field(default_factory=dict)

    def add_name(self, name: str, form: Form) -> None:
        if len(name) > MAX_NAME_CHARS or not _LATIN.fullmatch(name):
            return
        key = name_key(name)
        if key and form < self.names.get(key, Form.ABBREVIATION + 1):
            self.names[key] = form

    def add_alternates(self, names: Iterable[str]) -> None:
        """Add names in other languages; codes of airports and transcriptions left out."""
        for name in names:
            if len(name) > MIN_ALTERNATE_CHARS and name[0].isupper() and not _CODE.fullmatch(name):
                self.add_name(name, Form.ALTERNATE)

    def add_bare_name(self, name: str) -> None:
        """Add the name without the word for the kind of area."""
        if len(bare := " ".join(_AREA_WORDS.sub(" ", name).split())) > 2:
            self.add_name(bare.removesuffix(" of").removeprefix("of "), Form.BARE)


@dataclass(slots=True)
class Centre:
    """A population-weighted mean of points, over the sphere so that no meridian disturbs it."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    population: int = 0

    def add(self, latitude: float, longitude: float, population: int) -> None:
        weight = population + 1
        phi, theta = math.radians(latitude), math.radians(longitude)
        self.x += weight * math.cos(phi) * math.cos(theta)
        self.y += weight * math.cos(phi) * math.sin(theta)
        self.z += weight * math.sin(phi)
        self.population += population

    def point(self) -> tuple[float, float]:
        latitude = math.degrees(math.atan2(self.z, math.hypot(self.x, self.y)))
        return round(latitude, 5), round(math.degrees(math.atan2(self.y, self.x)), 5)
