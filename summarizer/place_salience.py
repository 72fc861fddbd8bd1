"""How much the story is about each of its places."""

from collections.abc import Sequence
from dataclasses import dataclass

from summarizer.boilerplate import Layout
from summarizer.candidates import Resolved
from summarizer.gazetteer import Place, name_key
from summarizer.models import Article, Span
from summarizer.quotes import find_quotations
from summarizer.toponyms import Toponym, Use

_USE_WEIGHT: dict[Use, float] = {
    "scene": 1.0,
    "owner": 0.6,
    "label": 0.7,
    "actor": 0.35,
    "venue": 0.25,
    "dateline": 0.25,
    "embedded": 0.2,
}
_HOME_DATELINE = 0.8
"""For the town of a dateline in whose country the story plays: there it happened, or close by."""
_COUNTRY_LABEL = 0.3
"""For a country that stands like an adjective: "a U.S. destroyer"."""
_TITLE_BONUS = 2.0
_LEAD_BONUS = 0.5
_LEAD_CHARS = 400
_ACTOR_FACTOR = 0.15
"""For countries and capitals that only act in the story, where nothing in it happens."""
_LONE_FACTOR = 0.5
"""For a country named once, none of whose places is named."""
_QUOTED_FACTOR = 0.5
"""For a mention inside a quotation."""
_CONTINENT_FACTOR = 0.5
_LEAD_WEIGHT = 0.6
"""Uses of less weight say little in the lead, too."""
_ACTING = frozenset({"actor", "owner", "dateline", "venue", "embedded"})


@dataclass(frozen=True, slots=True)
class _Datelines:
    """Towns of datelines where the story plays, by id; where the names written after them start."""

    homes: frozenset[int]
    containers: frozenset[int]

    @classmethod
    def find(cls, text: str, resolved: Sequence[Resolved]) -> "_Datelines":
        towns = [(e.place, t) for e in resolved for t in e.toponyms if t.use == "dateline"]
        starts = [toponym.span.start for entry in resolved for toponym in entry.toponyms]
        containers = frozenset(
            start
            for _, town in towns
            for start in starts
            if town.span.end < start <= town.span.end + 3
            and text[town.span.end : start].strip() == ","
        )
        homes = frozenset(
            place.id
            for place, _ in towns
            if not place.capital and _plays_in_country_of(place, resolved)
        )
        return cls(homes, containers)


def _plays_in_country_of(town: Place, resolved: Sequence[Resolved]) -> bool:
    """Whether other places of the country are named, or none elsewhere."""
    others = [e.place for e in resolved if e.place.id != town.id and e.place.level > 0]
    return not others or any(place.country == town.country for place in others)


def weigh_places(
    article: Article, layout: Layout, resolved: Sequence[Resolved]
) -> tuple[float, ...]:
    """The salience of each place, between 0 and 1, in the order given."""
    title = f" {name_key(article.title or '')} "
    start = layout.paragraphs[0].start if layout.paragraphs else 0
    quoted = tuple(q.span for q in find_quotations(article.text, layout.paragraphs))
    datelines = _Datelines.find(article.text, resolved)
    raw = []
    for entry in resolved:
        weight = _weigh(entry, title, start + _LEAD_CHARS, layout, quoted, datelines)
        if _only_acts(entry, resolved):
            weight *= _ACTOR_FACTOR
        elif _stands_alone(entry, resolved):
            weight *= _LONE_FACTOR
        raw.append(weight)
    top = max(raw, default=0.0) or 1.0
    return tuple(round(weight / top, 3) for weight in raw)


def _weigh(
    entry: Resolved,
    title: str,
    lead_end: int,
    layout: Layout,
    quoted: tuple[Span, ...],
    datelines: "_Datelines",
) -> float:
    weight = 0.0
    for toponym in entry.toponyms:
        use_weight = _weigh_use(toponym, entry.place, datelines)
        if any(quotation.contains(toponym.span) for quotation in quoted):
            weight += use_weight * _QUOTED_FACTOR
            continue
        weight += use_weight
        if layout.headline is not None and layout.headline.overlaps(toponym.span):
            weight += _TITLE_BONUS
        elif toponym.span.start < lead_end and use_weight >= _LEAD_WEIGHT:
            weight += _LEAD_BONUS
    if any(f" {name_key(toponym.name)} " in title for toponym in entry.toponyms):
        weight += _TITLE_BONUS
    return weight * (_CONTINENT_FACTOR if entry.place.kind == "continent" else 1.0)


def _weigh_use(toponym: Toponym, place: Place, datelines: "_Datelines") -> float:
    if toponym.span.start in datelines.containers:
        return _USE_WEIGHT["dateline"]
    if toponym.use == "dateline" and place.id in datelines.homes:
        return _HOME_DATELINE
    if toponym.use == "label" and place.level == 0:
        return _COUNTRY_LABEL
    return _USE_WEIGHT[toponym.use]


def _stands_alone(entry: Resolved, resolved: Sequence[Resolved]) -> bool:
    """Whether a country is named once among places that are all elsewhere."""
    place = entry.place
    return (
        place.level == 0
        and len(entry.toponyms) == 1
        and not any(
            other.place.country == place.country
            and other.place.id != place.id
            and (not other.place.capital or len(other.toponyms) > 1)
            for other in resolved
        )
    )


def _only_acts(entry: Resolved, resolved: Sequence[Resolved]) -> bool:
    """Whether a country or capital stands for its government and is no scene of the story."""
    place = entry.place
    if place.level != 0 and not place.capital:
        return False
    if any(toponym.use not in _ACTING for toponym in entry.toponyms):
        return False
    return place.capital or not any(
        other.place.country == place.country
        and other.place.id != place.id
        and not other.place.capital
        for other in resolved
    )
