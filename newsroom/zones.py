"""Time zones by the names of places, by points, or by their own names; all offline."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from summarizer.gazetteer import Form, Gazetteer, Place

MAX_CHOICES = 6
_KNOWN_SHARE = 0.1
"""A namesake with fewer people than this share of the greatest one is not meant."""
_ZONE_SHARE = 0.005
"""A zone of a country whose greatest town is smaller beside the greatest is a border's."""
_OFFSET = re.compile(r"(?:utc|gmt)\s*([+-−])\s*(\d{1,2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ZoneChoice:
    """An IANA zone, and the place for which it was found."""

    zone: str
    place: str


def find_zones(typed: str, gazetteer: Path | None) -> tuple[ZoneChoice, ...]:
    """The zones that may be meant, the likeliest first; none where nothing is known by the name.

    Without a place list only zones are known by their own names.
    """
    if (zone := _find_named(typed)) is not None:
        return (ZoneChoice(zone, zone.rpartition("/")[2].replace("_", " ")),)
    if gazetteer is None:
        return ()
    with Gazetteer(gazetteer) as places:
        unique = {choice.zone: choice for choice in reversed([*_zones_of(typed, places)])}
    return tuple(reversed(unique.values()))[:MAX_CHOICES]


def find_zone_at(latitude: float, longitude: float, gazetteer: Path | None) -> str | None:
    """The zone of a point: that of the nearest larger town."""
    if gazetteer is None:
        return None
    with Gazetteer(gazetteer) as places:
        zone = places.find_zone(latitude, longitude, country=None)
    return zone if zone in available_timezones() else None


def _find_named(typed: str) -> str | None:
    name = typed.strip().replace(" ", "_").casefold()
    if offset := _OFFSET.fullmatch(typed.strip()):
        sign = "-" if offset[1] == "+" else "+"  # POSIX counts the other way round
        name = f"etc/gmt{sign}{int(offset[2])}"
    named = (zone for zone in available_timezones() if zone.casefold() == name)
    return next((zone for zone in named if "/" in zone or zone in ("UTC", "GMT")), None)


def _zones_of(typed: str, places: Gazetteer) -> Iterator[ZoneChoice]:
    known = available_timezones()
    name, _, within = (part.strip() for part in typed.partition(","))
    for place in _meant(name, within, places):
        if place.kind == "country" and place.country:
            zones = places.list_zones(place.country)
            for town, zone, people in zones:
                if zone in known and people >= zones[0][2] * _ZONE_SHARE:
                    yield ZoneChoice(zone, town)
            continue
        zone = places.find_zone(place.latitude, place.longitude, country=place.country) or ""
        if zone in known:
            yield ZoneChoice(zone, _label(place, places))


def _meant(name: str, within: str, places: Gazetteer) -> list[Place]:
    """The places of a name that people are likely to mean, the greatest first."""
    found = [place for place in places.find_candidates(name) if place.form < Form.ABBREVIATION]
    if within:
        areas = {area.id for area in places.find_candidates(within)}
        codes = {area.country for area in places.find_candidates(within) if area.level == 0}
        found = [p for p in found if p.admin1 in areas or p.admin2 in areas or p.country in codes]
    countries = [place for place in found if place.kind == "country"]
    if countries and not within:
        return countries[:1]
    found.sort(key=lambda place: -place.population)
    return [p for p in found if p.population >= found[0].population * _KNOWN_SHARE]


def _label(place: Place, places: Gazetteer) -> str:
    """The name with what holds it: "Portland, Oregon"."""
    area = places.find_place(place.admin1) if place.admin1 else None
    country = places.countries.get(place.country or "")
    held = next((held.name for held in (area, country) if held and held.name != place.name), "")
    return f"{place.name}, {held}" if held else place.name
