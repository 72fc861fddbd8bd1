"""How much the story is about each of its places."""

from collections.abc import Sequence

from summarizer.boilerplate import Layout
from summarizer.candidates import Resolved
from summarizer.gazetteer import name_key
from summarizer.models import Article, Span
from summarizer.quotes import find_quotations
from summarizer.toponyms import Use

_USE_WEIGHT: dict[Use, float] = {
    "scene": 1.0,
    "owner": 0.6,
    "label": 0.7,
    "actor": 0.35,
    "venue": 0.25,
    "dateline": 0.25,
    "embedded": 0.2,
}
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
_LEAD_USES = frozenset({"scene", "owner", "label"})
_ACTING = frozenset({"actor", "owner", "dateline", "venue", "embedded"})


def weigh_places(
    article: Article, layout: Layout, resolved: Sequence[Resolved]
) -> tuple[float, ...]:
    """The salience of each place, between 0 and 1, in the order given."""
    title = f" {name_key(article.title or '')} "
    start = layout.paragraphs[0].start if layout.paragraphs else 0
    quoted = tuple(q.span for q in find_quotations(article.text, layout.paragraphs))
    raw = []
    for entry in resolved:
        weight = _weigh(entry, title, start + _LEAD_CHARS, layout, quoted)
        if _only_acts(entry, resolved):
            weight *= _ACTOR_FACTOR
        elif _stands_alone(entry, resolved):
            weight *= _LONE_FACTOR
        raw.append(weight)
    top = max(raw, default=0.0) or 1.0
    return tuple(round(weight / top, 3) for weight in raw)


def _weigh(
    entry: Resolved, title: str, lead_end: int, layout: Layout, quoted: tuple[Span, ...]
) -> float:
    weight = 0.0
    for toponym in entry.toponyms:
        if any(quotation.contains(toponym.span) for quotation in quoted):
            weight += _USE_WEIGHT[toponym.use] * _QUOTED_FACTOR
            continue
        weight += _USE_WEIGHT[toponym.use]
        if layout.headline is not None and layout.headline.overlaps(toponym.span):
            weight += _TITLE_BONUS
        elif toponym.span.start < lead_end and toponym.use in _LEAD_USES:
            weight += _LEAD_BONUS
    if any(f" {name_key(toponym.name)} " in title for toponym in entry.toponyms):
        weight += _TITLE_BONUS
    return weight * (_CONTINENT_FACTOR if entry.place.kind == "continent" else 1.0)


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
