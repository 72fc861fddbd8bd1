"""Read-only look-up in the place list: a name gives candidate places."""

import re
import sqlite3
import unicodedata
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property, lru_cache
from math import cos, radians
from pathlib import Path
from types import TracebackType
from typing import Any

from summarizer.errors import GazetteerMissing
from summarizer.models import LocationKind

FORMAT_VERSION = 3
"""Raised whenever the tables or what is written into them changes; other files are not read."""
MAX_NAME_CHARS = 80
"""No name of a place is longer."""
CACHED_NAMES = 4_096

_REACHES = (0.5, 2.0, 10.0, 180.0)
"""Degrees around a point in which a town is sought, the nearest first."""

_APOSTROPHES = re.compile("['’‘`´ʼʻ\u02b9.]")
_SEPARATORS = re.compile(r"[\W_]+")
_SHORTENED = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort", "&": "and"}
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ə": "a"}
)

_COLUMNS = (
    "places.id, places.geonames_id, places.name, places.kind, places.level, places.country,"
    " places.admin1, places.admin2, places.latitude, places.longitude, places.population,"
    " places.capital, places.minor"
)


class Form(IntEnum):
    """How well a name belongs to its place; the lower, the better."""

    NAME = 0
    ALIAS = 1
    BARE = 2  # "Orange" for Orange County
    ALTERNATE = 3  # a name in some language
    ABBREVIATION = 4  # "Ky.", good only beside the name of a town


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the place list; `form` tells by which kind of name it was found.

    `id` is the GeoNames id where there is one, otherwise a negative number of the list's own.
    `level` is 0 for countries, 1 and 2 for their subdivisions, otherwise 9; `admin1` and `admin2`
    are ids of the subdivisions that hold the place. A `minor` one is known to few: it is meant only
    where its name tells what it is.
    """

    id: int
    geonames_id: int | None
    name: str
    kind: LocationKind
    level: int
    country: str | None
    admin1: int | None
    admin2: int | None
    latitude: float
    longitude: float
    population: int
    capital: bool
    minor: bool
    form: Form


def name_key(name: str) -> str:
    """The form in which names are compared: no case, accents, hyphens, dots or leading "the"."""
    folded = name.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKD", folded.translate(_LETTERS))
        folded = "".join(c for c in folded if not unicodedata.combining(c))
    words = _SEPARATORS.sub(" ", _APOSTROPHES.sub("", folded.replace("&", " and "))).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    if len(words) > 1:
        words = [_SHORTENED.get(word, word) for word in words]
    return " ".join(words)


class Gazetteer:
    """An open place list; a context manager. Raises GazetteerMissing for a file it cannot use.

    The connection belongs to the process that opened it. `find_candidates(name)` gives every place
    that bears a name, those known best by it first, and remembers the last answers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._conn = open_gazetteer(path)
        self.find_candidates = lru_cache(maxsize=CACHED_NAMES)(self._find_candidates)

    def _find_candidates(self, name: str) -> tuple[Place, ...]:
        if len(name) > MAX_NAME_CHARS:
            return ()
        key = name_key(name)
        rows = self._query(
            f"SELECT {_COLUMNS}, names.form FROM names JOIN places ON places.id = names.place"  # noqa: S608 - constants only
            " WHERE names.key = ? ORDER BY names.form, places.population DESC LIMIT 200",
            key,
        )
        return tuple(map(_to_place, rows))

    def find_place(self, place_id: int) -> Place | None:
        """The place of an id of the list."""
        rows = self._query(
            f"SELECT {_COLUMNS}, 0 FROM places WHERE places.id = ?",  # noqa: S608 - constants only
            place_id,
        )
        return _to_place(rows[0]) if rows else None

    @cached_property
    def countries(self) -> Mapping[str, Place]:
        """The countries, by their codes."""
        rows = self._query(
            f"SELECT {_COLUMNS}, 0 FROM places WHERE places.level = ?",  # noqa: S608 - constants only
            0,
        )
        return {place.country: place for place in map(_to_place, rows) if place.country}

    def find_course(self, place: Place) -> tuple[tuple[float, float], ...]:
        """Points along a long river; empty for places that one point stands for."""
        rows = self._query("SELECT latitude, longitude FROM courses WHERE place = ?", place.id)
        return tuple((latitude, longitude) for latitude, longitude in rows)

    def find_zone(self, latitude: float, longitude: float, *, country: str | None) -> str | None:
        """The IANA time zone of the nearest larger town, one of the country where it is given."""
        for reach in _REACHES:
            found = self._query(
                "SELECT zones.zone FROM zones JOIN places ON places.id = zones.place"
                " WHERE latitude BETWEEN :latitude - :reach AND :latitude + :reach"
                " AND longitude BETWEEN :longitude - :reach AND :longitude + :reach"
                " AND (:country IS NULL OR country = :country)"
                " ORDER BY (latitude - :latitude) * (latitude - :latitude)"
                " + (longitude - :longitude) * (longitude - :longitude) * :shrunk LIMIT 1",
                latitude=latitude,
                longitude=longitude,
                reach=reach,
                country=country,
                shrunk=cos(radians(latitude)) ** 2,
            )
            if found:
                return str(found[0][0])
        return None

    def list_zones(self, country: str) -> tuple[tuple[str, str, int], ...]:
        """The greatest town of each time zone of a country, that zone, and its population."""
        rows = self._query(
            "SELECT places.name, zones.zone, max(places.population) FROM zones"
            " JOIN places ON places.id = zones.place WHERE places.country = ?"
            " GROUP BY zones.zone ORDER BY max(places.population) DESC",
            country,
        )
        return tuple((name, zone, population) for name, zone, population in rows)

    def _query(
        self, sql: str, *values: str | int, **named: str | float | None
    ) -> list[tuple[Any, ...]]:
        try:
            return self._conn.execute(sql, named or values).fetchall()
        except sqlite3.DatabaseError as exc:  # the file was damaged after it was written
            raise GazetteerMissing(str(self.path)) from exc

    def close(self) -> None:
        self._conn.close()

    def __enter__(self) -> "Gazetteer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_gazetteer(path: Path, *, any_version: bool = False) -> sqlite3.Connection:
    """A read-only connection to a place list, of this version unless any will do.

    Raises GazetteerMissing where there is none.
    """
    try:
        conn = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
    except sqlite3.Error as exc:
        raise GazetteerMissing(str(path)) from exc
    try:
        (version,) = conn.execute("PRAGMA user_version").fetchone()
        conn.execute("PRAGMA cache_size = -4096")
    except sqlite3.Error as exc:
        conn.close()
        raise GazetteerMissing(str(path)) from exc
    if version != FORMAT_VERSION and not any_version:
        conn.close()
        raise GazetteerMissing(str(path))
    return conn


def read_meta(path: Path) -> dict[str, str]:
    """What a place list was built from: names of sources and their versions.

    Raises GazetteerMissing where there is none that this version reads.
    """
    with closing(open_gazetteer(path)) as conn:
        try:
            return dict(conn.execute("SELECT key, value FROM meta"))
        except sqlite3.Error as exc:
            raise GazetteerMissing(str(path)) from exc


def _to_place(row: tuple[Any, ...]) -> Place:
    place = Place(*row)
    return replace(
        place, capital=bool(place.capital), minor=bool(place.minor), form=Form(place.form)
    )
