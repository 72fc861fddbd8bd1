"""Where the pin of a place goes whose own point is unknown or says little."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from summarizer.candidates import Resolved, distance_km
from summarizer.gazetteer import Gazetteer, Place
from summarizer.models import LocationKind
from summarizer.toponyms import Toponym

OFTEN = 2
"""A landmark named so often is one of the story's places."""

_WITHIN = frozenset({",", ", in", "in", "in the", "near", ", near", "outside", "("})
_CONTAINERS = frozenset({"city", "admin"})


def pin_rivers(
    resolved: Sequence[Resolved], weights: Sequence[float], gazetteer: Gazetteer
) -> tuple[Resolved, ...]:
    """Long rivers pinned where they come nearest to the place that the story is most about."""
    towns = [
        (weight, entry.place)
        for entry, weight in zip(resolved, weights, strict=True)
        if entry.place.kind in ("city", "landmark") or entry.place.level == 2
    ]
    if not towns:
        return tuple(resolved)
    anchor = max(towns, key=lambda town: town[0])[1]
    return tuple(
        replace(entry, place=_nearest(entry.place, anchor, gazetteer))
        if entry.place.kind == "water"
        else entry
        for entry in resolved
    )


def _nearest(river: Place, anchor: Place, gazetteer: Gazetteer) -> Place:
    course = gazetteer.find_course(river)
    if not course:
        return river
    latitude, longitude = min(
        course,
        key=lambda point: distance_km(point[0], point[1], anchor.latitude, anchor.longitude),
    )
    return replace(river, latitude=latitude, longitude=longitude)


def pin_unknown(
    text: str, unknown: Sequence[tuple[Toponym, ...]], resolved: Sequence[Resolved]
) -> tuple[Resolved, ...]:
    """Names that the place list lacks, pinned at the place that the text says they are in.

    A landmark named again and again is taken to be in the one town that the text is about. At
    most one for each container, the first: more pins on one spot would tell nothing.
    """
    starts = {toponym.span.start: entry.place for entry in resolved for toponym in entry.toponyms}
    home = _home(resolved)
    pinned: list[Resolved] = []
    used: set[int] = set()
    for toponyms in unknown:
        container = next(_containers(text, toponyms, starts), None)
        if container is None and toponyms[0].kind == "landmark" and len(toponyms) >= OFTEN:
            container = home
        if container is not None and container.id not in used:
            used.add(container.id)
            pinned.append(Resolved(_inside(container, toponyms[0]), toponyms, exact=False))
    return tuple(pinned)


def _home(resolved: Sequence[Resolved]) -> Place | None:
    """The town that is named far more often than any other."""
    towns = [entry for entry in resolved if entry.place.kind == "city"]
    towns.sort(key=lambda entry: len(entry.toponyms), reverse=True)
    if not towns or len(towns[0].toponyms) < OFTEN:
        return None
    if len(towns) > 1 and len(towns[0].toponyms) < 2 * len(towns[1].toponyms):
        return None
    return towns[0].place


def _containers(
    text: str, toponyms: tuple[Toponym, ...], starts: dict[int, Place]
) -> Iterator[Place]:
    for toponym in toponyms:
        end = toponym.span.end
        for start in range(end + 1, min(len(text), end + 12)):
            place = starts.get(start)
            between = text[end:start].strip()
            if place is not None and between in _WITHIN and place.kind in _CONTAINERS:
                yield place


def _inside(container: Place, toponym: Toponym) -> Place:
    """A place of the toponym's name somewhere in the container."""
    kind: LocationKind = toponym.kind or "city"
    return replace(
        container,
        geonames_id=None,
        name=toponym.name,
        kind="city" if kind == "country" else kind,
        level=9,
        population=0,
        capital=False,
        admin1=container.id if container.level == 1 else container.admin1,
    )
