"""Which places a toponym may mean, and how well each fits the rest of the article."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from summarizer.gazetteer import Form, Gazetteer, Place, name_key
from summarizer.toponym_words import load_toponym_words
from summarizer.toponyms import Toponym

EARTH_KM = 6371.0
KM_PER_DEGREE = math.radians(EARTH_KM)
MAX_COMPANIONS = 60
MAX_POINTS = 60
_CELL = 0.5  # degrees
_NO_VOTE = 1e-9  # what subtraction leaves of nothing

_K = TypeVar("_K")

_COUNTRY_WEIGHT = 9.0
_ADMIN1_BONUS = 1.0
_ADMIN2_BONUS = -2.5
_KIND_TOLD = 2.0
_CAPITAL_BONUS = 0.7
_OWN_AREA_WEIGHT = {"continent": 9.0, "region": 6.8, "water": 6.5, "landmark": 6.0, "admin": 6.5}
_MINOR_AREA_WEIGHT = 3.0
_FORM_WEIGHT = {
    Form.NAME: 0.0,
    Form.ALIAS: -0.3,
    Form.BARE: -1.0,
    Form.ALTERNATE: -1.5,
    Form.ABBREVIATION: -4.0,
}
_SAME_COUNTRY = 2.3
_SAME_ADMIN1 = 5.0
_NEAR = 1.0
_NEAR_KM = 100.0
_WIDE = frozenset({"water", "region", "landmark"})
_WIDE_KM = 300.0
_AT_HOME_KM = 80.0
_AT_HOME_SHARE = 0.3
_AT_HOME_PEOPLE = 1_000
_GREAT = 100_000
_GREAT_SHARE = 0.4
_FEW = 4  # "Houston" and "Lincoln" are names of people, and of many towns
_IN_CONTAINER = 6.0
_NOT_IN_CONTAINER = -3.0
_COMPANY = 1.5
_MAX_COMPANY = 3.0
_DEFINITE_CITY = -1.5
_BARE_WATER = -2.0
_LOCAL = 0.8
_ONE_COUNTRY = 0.6
_HOLDS_NAMESAKE = -3.5
_RIVER_MEANT = -3.0
_LITTLE_KNOWN = 50_000
_VILLAGE = 5_000
_METROPOLIS = 500_000
_VILLAGE_OUTDONE = -4.0


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of where the article plays: shares of its countries and states, and points."""

    countries: Mapping[str, float] = field(default_factory=dict)
    admins: Mapping[int, float] = field(default_factory=dict)
    points: tuple[tuple[int, float, float], ...] = ()
    company: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A place and the toponyms that mean it; `exact` unless its point is its container's."""

    place: Place
    toponyms: tuple[Toponym, ...]
    exact: bool = True


def find_places(toponym: Toponym, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places that the name may mean; a word for the kind excludes all others.

    An area may be called so with or without that word: "Suffolk County" Council serves Suffolk.
    """
    full = gazetteer.find_candidates(toponym.name)
    if toponym.abbreviated:
        return tuple(place for place in full if place.level <= 1)
    full = tuple(place for place in full if place.form is not Form.ABBREVIATION)
    if toponym.base is None or toponym.kind is None:
        return full
    fitting = tuple(place for place in full if place.kind == toponym.kind)
    if fitting and toponym.kind != "admin":
        return fitting
    bare = tuple(
        place
        for place in gazetteer.find_candidates(toponym.base)
        if place.kind == toponym.kind and place.form is not Form.ABBREVIATION
    )
    if toponym.name.rpartition(" ")[2].lower() in load_toponym_words().first_level:
        bare = tuple(place for place in bare if place.level == 1) or bare
    whole = {place.id for place in fitting}
    named = (place for place in bare if place.form is Form.NAME and place.id not in whole)
    return (*fitting, *named) if fitting else bare


def prior(place: Place, toponym: Toponym) -> float:
    """How likely a name means this place when nothing is known of the rest of the article."""
    size = math.log10(place.population + 10) * (_LOCAL if toponym.use == "embedded" else 1.0)
    if place.level == 0:
        weight = _COUNTRY_WEIGHT + size / 10
    elif place.kind == "city":
        weight = size
        weight += _CAPITAL_BONUS if place.capital else 0.0
        weight += _DEFINITE_CITY if toponym.definite else 0.0
    elif place.level in (1, 2):
        weight = size + (_ADMIN1_BONUS if place.level == 1 else _ADMIN2_BONUS)
        if toponym.kind == "admin":
            return weight + _KIND_TOLD
    else:
        weight = _MINOR_AREA_WEIGHT if place.minor else _OWN_AREA_WEIGHT[place.kind]
        if place.kind == "water" and place.form is not Form.NAME:
            weight += 0.0 if toponym.definite or toponym.kind == "water" else _BARE_WATER
    return weight + _FORM_WEIGHT[place.form]


def fit(place: Place, context: Context) -> float:
    """How well a place fits the countries, states and points of the article."""
    score = 0.0
    if place.country is not None:
        score += _SAME_COUNTRY * context.countries.get(place.country, 0.0)
    admin = place.id if place.level == 1 else place.admin1
    if admin is not None:
        score += _SAME_ADMIN1 * context.admins.get(admin, 0.0)
    if _is_small(place):
        score += _NEAR * min(_neighbours(place, context, _NEAR_KM), 3) / 3
        score += _COMPANY * context.company.get(place.id, 0.0)
    elif place.kind in _WIDE and place.country is not None:
        score += _NEAR * min(_neighbours(place, context, _WIDE_KM), 3) / 3
    return score


def _is_small(place: Place) -> bool:
    """Whether the place is no larger than a county, so that one point tells where it is."""
    return place.kind == "city" or place.level == 2


def _neighbours(place: Place, context: Context, km: float) -> int:
    """How many of the places that are certain lie so close."""
    band = km / KM_PER_DEGREE
    return sum(
        distance_km(place.latitude, place.longitude, latitude, longitude) < km
        for other, latitude, longitude in context.points
        if abs(latitude - place.latitude) < band and other != place.id
    )


def is_at_home(place: Place, context: Context, *, rivals: int) -> bool:
    """Whether the article plays around a place anyway, so that a mere name can mean it.

    Of a great city whose name `rivals`, few, places bear, it is enough that the country fits.
    """
    if place.form > Form.ALIAS or place.population < _AT_HOME_PEOPLE:
        return False
    if place.population > _GREAT and rivals <= _FEW and place.country is not None:
        return context.countries.get(place.country, 0.0) >= _GREAT_SHARE
    admin = place.id if place.level == 1 else place.admin1
    if admin is not None and context.admins.get(admin, 0.0) < _AT_HOME_SHARE:
        return False
    return _neighbours(place, context, _AT_HOME_KM) > 0


def is_elsewhere(place: Place, toponym: Toponym, context: Context) -> bool:
    """Whether the bearer of a name is in a country that the story has nothing to do with.

    Settlers took names along: the "Thames River" of a story from Ontario is its own, and a small
    town abroad is not known by its mere name. The list lacks many a village at home.
    """
    if place.country is None or place.country in context.countries:
        return False
    if place.kind == "city":
        little = place.population < _LITTLE_KNOWN and toponym.container is None
    else:
        little = place.kind == toponym.kind == "water"
    return little and max(context.countries.values(), default=0.0) > _ONE_COUNTRY


def holds_namesake(place: Place, rivals: Iterable[Place]) -> float:
    """What a town of the same name inside a state or county says against that area."""
    if place.level not in (1, 2) or (place.form is Form.NAME and place.country == "CA"):
        return 0.0
    inside = any(
        place.id in (rival.admin1, rival.admin2)
        or (rival.capital and rival.country == place.country)
        for rival in rivals
        if rival.kind == "city" and (rival.form <= Form.ALIAS or rival.population > _GREAT)
    )
    return _HOLDS_NAMESAKE if inside else 0.0


def outdone(place: Place, rivals: Iterable[Place], *, definite: bool) -> float:
    """What better known bearers of the name say against a town.

    A village does not go by its mere name where a great city or a capital bears it, and with an
    article, "the Dnipro", the river is meant.
    """
    if place.kind != "city":
        return 0.0
    rivals = tuple(rivals)
    if definite and any(rival.kind == "water" for rival in rivals):
        return _RIVER_MEANT
    if place.population >= _VILLAGE:
        return 0.0
    great = (r.population > _METROPOLIS or r.capital for r in rivals if r.kind == "city")
    return _VILLAGE_OUTDONE if any(great) else 0.0


def in_container(place: Place, containers: Iterable[Place]) -> float:
    """Whether a place lies in the state or country that is written after it."""
    containers = tuple(containers)
    if not containers:
        return 0.0
    for container in containers:
        if container.level == 0 and place.country == container.country and place.level > 0:
            return _IN_CONTAINER
        if container.level == 1 and place.admin1 == container.id:
            return _IN_CONTAINER + 0.5
    return _NOT_IN_CONTAINER


@dataclass(slots=True)
class Evidence:
    """What the names of an article, and other signs, say of where it plays: votes, not shares."""

    countries: dict[str, float]
    company: Mapping[int, float]
    admins: dict[int, float] = field(default_factory=dict)
    points: list[tuple[int, float, float]] = field(default_factory=list)

    def add(self, place: Place, weight: float) -> None:
        """Hear a place that was chosen with some sureness, its weight."""
        self._vote(place, weight)
        if _is_small(place):
            self.points.append((place.id, place.latitude, place.longitude))

    def remove(self, place: Place, weight: float) -> None:
        """Take back what was added: a name bears no witness to itself."""
        self._vote(place, -weight)
        if _is_small(place):
            self.points.remove((place.id, place.latitude, place.longitude))

    def _vote(self, place: Place, weight: float) -> None:
        country, admin = _areas(place)
        if country is not None:
            self.countries[country] = self.countries.get(country, 0.0) + weight
        if admin is not None:
            self.admins[admin] = self.admins.get(admin, 0.0) + weight

    def context(self) -> Context:
        points = tuple(self.points[:MAX_POINTS])
        return Context(_shares(self.countries), _shares(self.admins), points, self.company)


def _areas(place: Place) -> tuple[str | None, int | None]:
    """The country and the state that a place speaks for.

    Waters speak for no country: many a river has its namesake abroad.
    """
    country = None if place.kind == "water" else place.country
    return country, place.id if place.level == 1 else place.admin1


def keep_company(groups: Iterable[tuple[Place, ...]]) -> dict[int, float]:
    """For each place how many of the other names could mean a place close by.

    A name counts the less, the more places bear it.
    """
    cells: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    local = []
    for number, places in enumerate(groups):
        for place in places[:MAX_COMPANIONS]:
            if _is_small(place):
                cell = (math.floor(place.latitude / _CELL), math.floor(place.longitude / _CELL))
                cells[cell][number] = 1 / (1 + math.log(len(places)))
                local.append((place.id, number, cell))
    company: dict[int, float] = {}
    for place_id, number, (row, column) in local:
        near: dict[int, float] = {}
        for i in (row - 1, row, row + 1):
            for j in (column - 1, column, column + 1):
                near.update(cells.get((i, j), {}))
        near.pop(number, None)
        company[place_id] = min(_MAX_COMPANY, sum(near.values()))
    return company


def _shares(votes: Mapping[_K, float]) -> dict[_K, float]:
    cast = {key: vote for key, vote in votes.items() if vote > _NO_VOTE}
    total = sum(cast.values())
    return {key: vote / total for key, vote in cast.items()}


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def group_key(toponym: Toponym) -> tuple[str, str | None]:
    """Toponyms with equal keys are taken to mean one place."""
    return name_key(toponym.base or toponym.name), toponym.kind
