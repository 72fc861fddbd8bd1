"""Resolution: which place each toponym means, and how much the story is about it."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from summarizer.boilerplate import Layout
from summarizer.candidates import (
    Context,
    Evidence,
    Resolved,
    find_places,
    fit,
    group_key,
    holds_namesake,
    in_container,
    is_at_home,
    is_elsewhere,
    keep_company,
    outdone,
    prior,
)
from summarizer.gazetteer import Form, Gazetteer, Place, name_key
from summarizer.models import Article, Location
from summarizer.outlets import Home, find_home
from summarizer.pins import pin_rivers, pin_unknown
from summarizer.place_salience import weigh_places
from summarizer.toponym_words import load_toponym_words
from summarizer.toponyms import Toponym

MAX_VOTES = 2
"""A name speaks for its country and state that often at most."""
MIN_SCORE = 3.5
GREAT_CITY = 200_000
MAX_GROUPS = 300
"""Of more names than that, the later ones do not count as neighbours."""

_DEMONYM_VOTE = 0.3
_SIGN_VOTE = 0.4
_MAX_SIGNS = 2.0
_ADDRESS_VOTE = 1.0
_HOME_VOTE = 1.5
_CONTAINS = 3.0
SIGN_CHARS = 20_000
_WORD = re.compile(r"[^\W\d_][\w'.]*|[$£]")


@dataclass(frozen=True, slots=True)
class _Group:
    """Toponyms that are taken to mean one place, and what that place may be.

    `contains` tells that the name is written after that of another place: "Utica, New York".
    """

    toponyms: tuple[Toponym, ...]
    candidates: tuple[Place, ...]
    containers: tuple[Place, ...]
    model: Toponym
    contains: bool


@dataclass(frozen=True, slots=True)
class _Choice:
    place: Place
    sureness: float


def resolve_toponyms(
    article: Article, layout: Layout, toponyms: tuple[Toponym, ...], gazetteer: Gazetteer
) -> tuple[Location, ...]:
    """Each place once, most salient first; names that resolve to nothing are left out."""
    named = tuple(toponym for toponym in toponyms if toponym.use != "demonym")
    demonyms = tuple(toponym for toponym in toponyms if toponym.use == "demonym")
    groups = _group(named, gazetteer)
    home = find_home(article, gazetteer)
    choices = _choose(groups, _country_votes(article, demonyms, home), home)
    resolved = _gather(groups, choices)
    unknown = [
        group.toponyms
        for group, choice in zip(groups, choices, strict=True)
        if choice is None and (group.containers or not group.candidates)
    ]
    resolved += pin_unknown(article.text, unknown, resolved)
    weights = weigh_places(article, layout, resolved)
    located = [
        _locate(entry, weight)
        for entry, weight in zip(pin_rivers(resolved, weights, gazetteer), weights, strict=True)
    ]
    return tuple(sorted(located, key=lambda place: (-place.salience, place.mentions[0])))


def _gather(
    groups: tuple[_Group, ...], choices: tuple[_Choice | None, ...]
) -> tuple[Resolved, ...]:
    """One entry for each place, whatever it is called."""
    places: dict[int, Place] = {}
    mentions: dict[int, tuple[Toponym, ...]] = defaultdict(tuple)
    for group, choice in zip(groups, choices, strict=True):
        if choice is not None:
            places.setdefault(choice.place.id, choice.place)
            mentions[choice.place.id] += group.toponyms
    capitals = {place.admin1: place.id for place in places.values() if place.capital}
    for key in list(places):
        # "Washington, D.C." is one place
        if key in capitals and all(toponym.abbreviated for toponym in mentions[key]):
            mentions[capitals[key]] += mentions[key]
            del places[key]
    return tuple(Resolved(place, mentions[key]) for key, place in places.items())


def _group(toponyms: tuple[Toponym, ...], gazetteer: Gazetteer) -> tuple[_Group, ...]:
    grouped: dict[tuple[str, str | None, bool], list[Toponym]] = defaultdict(list)
    for toponym in toponyms:
        grouped[(*group_key(toponym), toponym.doubtful)].append(toponym)
    written = {name_key(t.container) for t in toponyms if t.container is not None}
    groups = []
    for members in grouped.values():
        model = _model(members)
        candidates = find_places(members[0], gazetteer)
        containers = _believed_containers(members, candidates, gazetteer)
        contains = name_key(model.name) in written
        groups.append(_Group(tuple(members), candidates, containers, model, contains))
    return tuple(groups)


def _model(members: list[Toponym]) -> Toponym:
    """The toponym that speaks for all; an organisation's article says nothing of its town."""
    model = next((member for member in members if member.use == "embedded"), members[0])
    bare = [member for member in members if member.use != "embedded"]
    return replace(model, definite=bare[0].definite) if bare else model


def _believed_containers(
    members: list[Toponym], candidates: tuple[Place, ...], gazetteer: Gazetteer
) -> tuple[Place, ...]:
    """The states and countries written after a name.

    "Kyiv, Minsk and Tbilisi" is a list: what is also a great city holds only what it is known to.
    """
    written = (toponym.container for toponym in members if toponym.container is not None)
    believed: list[Place] = []
    for name in dict.fromkeys(written):
        found = gazetteer.find_candidates(name)
        areas = [p for p in found if p.level <= 1 and p.form is not Form.ALTERNATE]
        also_city = any(p.kind == "city" and p.population >= GREAT_CITY for p in found)
        if not also_city or any(in_container(place, areas) > 0 for place in candidates):
            believed += areas
    return tuple(dict.fromkeys(believed))


def _country_votes(article: Article, demonyms: tuple[Toponym, ...], home: Home) -> dict[str, float]:
    """Countries that adjectives, other words of the article and its source point to."""
    words = load_toponym_words()
    signs: dict[str, float] = defaultdict(float)
    for word in set(_WORD.findall(article.text[:SIGN_CHARS].lower())):
        for code in words.country_signs.get(word, ()):
            signs[code] += _SIGN_VOTE
    votes: dict[str, float] = defaultdict(float)
    for code, vote in signs.items():
        votes[code] = min(vote, _MAX_SIGNS)
    for toponym in demonyms:
        codes = words.demonyms[toponym.name.lower()]
        for code in codes:
            votes[code] += _DEMONYM_VOTE / len(codes)
    if home.country is not None:
        votes[home.country] += _ADDRESS_VOTE
    return votes


def _choose(
    groups: tuple[_Group, ...], votes: dict[str, float], home: Home
) -> tuple[_Choice | None, ...]:
    """Each name is judged by all others; doubtful ones take their context and give none.

    First each stands by itself; then all are judged anew, the least sure first.
    """
    company = keep_company(group.candidates for group in groups[:MAX_GROUPS])
    evidence = Evidence(dict(votes), company)
    if home.town is not None:
        evidence.add(home.town, _HOME_VOTE)
    bare = evidence.context()
    cast = {
        number: vote
        for number, group in enumerate(groups)
        if (vote := _vote(group, bare)) is not None
    }
    for vote in cast.values():
        evidence.add(*vote)
    sure = {number: weight for number, (_, weight) in cast.items()}
    for number in sorted(range(len(groups)), key=lambda number: sure.get(number, 0.0)):
        _judge_anew(number, groups[number], evidence, cast)
    return tuple(
        _choose_finally(group, evidence, cast.get(number)) for number, group in enumerate(groups)
    )


def _vote(group: _Group, context: Context) -> tuple[Place, float] | None:
    """What a name says for the others: its place, and with which weight."""
    choice = None if group.model.doubtful else _best(group, context)
    if choice is None:
        return None
    return choice.place, choice.sureness * min(len(group.toponyms), MAX_VOTES)


def _judge_anew(
    number: int, group: _Group, evidence: Evidence, cast: dict[int, tuple[Place, float]]
) -> None:
    """Put the vote of one name, judged by all others, in the place of its former one."""
    if number in cast:
        evidence.remove(*cast.pop(number))
    vote = _vote(group, evidence.context())
    if vote is not None:
        evidence.add(*vote)
        cast[number] = vote


def _choose_finally(
    group: _Group, evidence: Evidence, vote: tuple[Place, float] | None
) -> _Choice | None:
    if vote is not None:
        evidence.remove(*vote)
    context = evidence.context()
    if vote is not None:
        evidence.add(*vote)
    choice = _best(group, context)
    return choice if choice is not None and _is_meant(choice.place, group, context) else None


def _is_meant(place: Place, group: _Group, context: Context) -> bool:
    """Whether the article leaves no doubt against the best candidate."""
    if is_elsewhere(place, group.model, context):
        return False
    return not group.model.doubtful or is_at_home(place, context, rivals=len(group.candidates))


def _best(group: _Group, context: Context) -> _Choice | None:
    told = group.model.kind == "admin"

    def namesake(place: Place) -> float:
        return 0.0 if told else holds_namesake(place, group.candidates)

    scored = sorted(
        (
            (
                prior(place, group.model)
                + fit(place, context)
                + in_container(place, group.containers)
                + namesake(place)
                + (_CONTAINS if group.contains and place.level <= 1 else 0.0)
                + outdone(place, group.candidates, definite=group.model.definite),
                -place.id,
                place,
            )
            for place in group.candidates
        ),
        key=lambda entry: entry[:2],
        reverse=True,
    )
    if not scored or scored[0][0] < MIN_SCORE:
        return None
    score, _, place = scored[0]
    rival = next((entry[0] for entry in scored if entry[2].country != place.country), score - 3)
    return _Choice(place, sureness=max(0.1, min(1.0, (score - rival) / 3)))


def _locate(entry: Resolved, salience: float) -> Location:
    place = entry.place
    return Location(
        name=_display_name(place, entry.toponyms),
        kind=place.kind,
        country_code=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        geonames_id=place.geonames_id,
        exact=entry.exact,
        salience=salience,
        mentions=tuple(sorted(toponym.span for toponym in entry.toponyms)),
    )


def _display_name(place: Place, mentions: tuple[Toponym, ...]) -> str:
    """The fullest form in the text; for countries and short forms the name in the list."""
    if place.level == 0 or all(mention.abbreviated for mention in mentions):
        return place.name
    name = max((m.name for m in mentions if not m.abbreviated), key=len)
    if name.isupper() and len(name) > 3:
        return place.name if len(place.name) >= len(name) - 2 else name.title()
    return name
