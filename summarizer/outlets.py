"""Where a source is at home: a hint to the places that its articles leave unexplained."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from urllib.parse import urlsplit

from summarizer.gazetteer import Form, Gazetteer, Place
from summarizer.models import Article
from summarizer.toponym_words import load_toponym_words

DWARFED = 10
"""So many times greater than all its namesakes is a town whose mere name tells where it is."""
MIN_TOWN_CHARS = 4

_SECOND_LEVEL = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"})
_ENGLISH = frozenset({"US", "GB", "CA", "AU", "IE", "NZ", "ZA"})
_ANYBODYS = frozenset(
    {"AI", "AM", "CC", "CO", "EU", "FM", "IO", "LY", "ME", "SU", "TO", "TV", "WS"}
)
_WORD = re.compile(r"\w[\w.'’-]*")


@dataclass(frozen=True, slots=True)
class Home:
    """The country and the town of a source, as far as they are known."""

    country: str | None = None
    town: Place | None = None


@dataclass(frozen=True, slots=True)
class _Outlet:
    country: str
    town: str
    area: str


def find_home(article: Article, gazetteer: Gazetteer) -> Home:
    """What the address and the name of the source tell of its home."""
    host = _host(article.url)
    outlet = next((_outlets()[end] for end in _suffixes(host) if end in _outlets()), None)
    if outlet is not None:
        return Home(outlet.country or None, _find_town(outlet, gazetteer))
    country = _country_of(host)
    names = (*_names_in_host(host), *_names_in_title(article.source or ""))
    towns = (_guess_town(name, country, gazetteer) for name in names)
    return Home(country or None, next(filter(None, towns), None))


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ""


def _suffixes(host: str) -> Iterator[str]:
    labels = host.split(".")
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])


def _country_of(host: str) -> str:
    ending = host.rpartition(".")[2].upper()
    if len(ending) != 2 or ending in _ANYBODYS:
        return ""
    return "GB" if ending == "UK" else ending


def _names_in_host(host: str) -> Iterator[str]:
    """Names before words for newspapers: "toledo" and "des moines" of their papers' addresses."""
    labels = host.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        del labels[-1]
    rest = labels[-1].removeprefix("the").replace("-", " ").strip() if labels else ""
    press = load_toponym_words().press
    for cut in range(len(rest) - 1, MIN_TOWN_CHARS - 1, -1):
        if rest[cut:].strip() in press:
            name = rest[:cut].strip()
            if name in press:
                continue  # "Post-Bulletin"
            yield name
            yield from (f"{name[:i]} {name[i:]}" for i in range(2, len(name) - 2))


def _names_in_title(title: str) -> Iterator[str]:
    """Names before words for newspapers: "Toledo" of "The Toledo Blade"."""
    words = _WORD.findall(title)
    press = load_toponym_words().press
    if words and words[0].lower() == "the":
        del words[0]
    for end in range(len(words) - 1, 0, -1):
        if words[end].lower() in press:
            yield " ".join(words[:end])


def _find_town(outlet: _Outlet, gazetteer: Gazetteer) -> Place | None:
    """The greatest town of the name in the country, and in the area where one is told."""
    areas = {place.id for place in gazetteer.find_candidates(outlet.area) if place.level == 1}
    return max(
        (
            place
            for place in gazetteer.find_candidates(outlet.town)
            if place.kind == "city" and place.country == outlet.country
            if not areas or place.admin1 in areas
        ),
        key=lambda place: place.population,
        default=None,
    )


def _guess_town(name: str, country: str, gazetteer: Gazetteer) -> Place | None:
    """The town of a name that dwarfs its namesakes in the countries that the paper may be from."""
    countries = {country} if country else _ENGLISH
    known = [place for place in gazetteer.find_candidates(name) if place.form <= Form.ALIAS]
    if any(place.kind != "city" and place.level > 2 for place in known):
        return None
    towns = [place for place in known if place.kind == "city" and place.country in countries]
    towns.sort(key=lambda place: -place.population)
    others = sum(place.population for place in towns[1:])
    return towns[0] if towns and towns[0].population > DWARFED * others else None


@lru_cache(maxsize=1)
def _outlets() -> Mapping[str, _Outlet]:
    """Well known sources by the end of their address."""
    table = files("summarizer").joinpath("data", "outlets.csv").read_text(encoding="utf-8")
    return {
        row["host"]: _Outlet(row["country"], row["town"], row["area"])
        for row in csv.DictReader(table.splitlines())
    }
