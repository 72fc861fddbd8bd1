"""A story: what several articles say of one event, told once.

Whatever is stated is a span of one of the articles, and names it by its id.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from newsroom.story_groups import StoryGroups
from newsroom.story_profiles import read_profile
from newsroom.words import find_words, fold_words, stem_words
from summarizer.likeness import content_stems, direction, likeness, weigh_words
from summarizer.models import Digest, KeyPoint, Location, Span, Speaker, SpeakerKind, Statement

MAX_KEY_POINTS = 7
SAME_POINT = 0.5
"""From this likeness on two sentences say the same."""
SAME_WORDS = 0.8
"""Two statements of one speaker that share so much of the shorter one are one."""
LONG_TITLE_WORDS = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """An article of a story; its id is that of whoever gave it."""

    id: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class StoryPoint:
    article_id: str
    point: KeyPoint


@dataclass(frozen=True, slots=True)
class StoryStatement:
    article_id: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class StorySpeaker:
    """What one speaker says in all articles; name and role in the fullest form of any."""

    name: str
    role: str | None
    kind: SpeakerKind
    statements: tuple[StoryStatement, ...]


@dataclass(frozen=True, slots=True)
class StoryMention:
    article_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class StoryLocation:
    """A place of the story; of `location` only the mentions belong to one article."""

    location: Location
    mentions: tuple[StoryMention, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Articles on one event. `title_id` names the article whose title it has.

    `ids` are all its articles in the order in which they came, `new_ids` those not told yet. Key
    points, most important first, and statements are those of new articles that no told one had.
    """

    ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    title: str | None
    title_id: str
    key_points: tuple[StoryPoint, ...]
    speakers: tuple[StorySpeaker, ...]
    locations: tuple[StoryLocation, ...]


def group_stories(
    articles: Sequence[StoryArticle], *, told: Collection[str] = frozenset()
) -> tuple[Story, ...]:
    """The stories of articles, in the order of their first ones; `told` are ids of articles."""
    groups = StoryGroups(capacity=max(1, len(articles)))
    profiles = [read_profile(article.digest) for article in articles]
    groups.learn(profiles)
    for number, profile in enumerate(profiles):
        for _ in groups.add(number, profile):  # none is finished: there is room for all
            pass
    return tuple(
        tell_story([articles[number] for number in members], told=told)
        for members in groups.finish()
    )


def tell_story(articles: Sequence[StoryArticle], *, told: Collection[str] = frozenset()) -> Story:
    """One story out of its articles, at least one, with what is new in those not yet told."""
    new = [article for article in articles if article.id not in told]
    old = [article for article in articles if article.id in told]
    titled = _find_title(new or articles)
    return Story(
        ids=tuple(article.id for article in articles),
        new_ids=tuple(article.id for article in new),
        title=titled.digest.article.title,
        title_id=titled.id,
        key_points=_merge_points(new, old),
        speakers=_merge_speakers(new, old),
        locations=_merge_locations(new or articles),
    )


def _find_title(articles: Sequence[StoryArticle]) -> StoryArticle:
    """The article whose title is most like what all of them say, and is not a paragraph."""
    titled = [article for article in articles if article.digest.article.title]
    if not titled:
        return articles[0]
    titles = [content_stems(article.digest.article.title or "") for article in titled]
    points = [
        content_stems(point.text) for article in articles for point in article.digest.key_points
    ]
    vectors = weigh_words([*titles, *points])
    middle = direction(vectors)

    def fitness(number: int) -> tuple[bool, float]:
        is_short = len(find_words(titled[number].digest.article.title or "")) <= LONG_TITLE_WORDS
        return is_short, likeness(vectors[number], middle)

    return titled[max(range(len(titled)), key=fitness)]


def _merge_points(
    new: Sequence[StoryArticle], old: Sequence[StoryArticle]
) -> tuple[StoryPoint, ...]:
    """The points of new articles by their ranks, without those that say what another has said."""
    told = [point.text for article in old for point in article.digest.key_points]
    points = [
        StoryPoint(article.id, point) for article in new for point in article.digest.key_points
    ]
    points.sort(key=lambda point: point.point.rank)
    vectors = weigh_words(
        [content_stems(text) for text in told]
        + [content_stems(point.point.text) for point in points]
    )
    said, kept = vectors[: len(told)], list[StoryPoint]()
    for point, vector in zip(points, vectors[len(told) :], strict=True):
        if all(likeness(vector, other) < SAME_POINT for other in said):
            said.append(vector)
            kept.append(point)
    return tuple(kept[:MAX_KEY_POINTS])


def _merge_speakers(
    new: Sequence[StoryArticle], old: Sequence[StoryArticle]
) -> tuple[StorySpeaker, ...]:
    people = _by_person(old, new)
    told = {article.id for article in old}
    merged = (_merge_speaker(members, told) for members in people)
    return tuple(speaker for speaker in merged if speaker.statements)


def _by_person(*articles: Sequence[StoryArticle]) -> list[list[tuple[str, Speaker]]]:
    """Speakers with the ids of their articles, those of one name together, most telling first."""
    spoken = [
        (article.id, speaker)
        for some in articles
        for article in some
        for speaker in article.digest.speakers
    ]
    full_names = {key for _, speaker in spoken if len(key := _name_key(speaker)) > 1}
    people: dict[tuple[str, ...], list[tuple[str, Speaker]]] = defaultdict(list)
    for article_id, speaker in spoken:
        people[_full_key(speaker, full_names)].append((article_id, speaker))
    return sorted(people.values(), key=lambda members: -len({id_ for id_, _ in members}))


def _name_key(speaker: Speaker) -> tuple[str, ...]:
    """First and last name of a person, all words of other names."""
    words = fold_words(find_words(speaker.name))
    return (words[0], words[-1]) if speaker.kind == "person" and len(words) > 2 else tuple(words)


def _full_key(speaker: Speaker, full_names: Collection[tuple[str, ...]]) -> tuple[str, ...]:
    """The key of a speaker; a surname alone is that of the only one who bears it."""
    key = _name_key(speaker)
    if speaker.kind != "person" or len(key) != 1:
        return key
    bearers = [name for name in full_names if name[-1] == key[0]]
    return bearers[0] if len(bearers) == 1 else key


def _merge_speaker(members: Sequence[tuple[str, Speaker]], told: Collection[str]) -> StorySpeaker:
    name = max((speaker.name for _, speaker in members), key=len)
    roles = [speaker.role for _, speaker in members if speaker.role]
    said, kept = list[list[str]](), list[StoryStatement]()
    for article_id, speaker in members:
        for statement in speaker.statements:
            words = stem_words(fold_words(find_words(statement.text)))
            if not any(_same_words(words, other) for other in said):
                said.append(words)
                if article_id not in told:
                    kept.append(StoryStatement(article_id, statement))
    return StorySpeaker(name, max(roles, key=len, default=None), members[0][1].kind, tuple(kept))


def _same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    shorter = min(len(set(one)), len(set(other)))
    return len(set(one) & set(other)) >= SAME_WORDS * shorter


def _merge_locations(articles: Sequence[StoryArticle]) -> tuple[StoryLocation, ...]:
    """Each place once, that with the most salience over all articles first."""
    places: dict[object, list[tuple[str, Location]]] = defaultdict(list)
    for article in articles:
        for location in article.digest.locations:
            key = location.geonames_id or (location.name, location.country_code)
            places[key].append((article.id, location))
    ordered = sorted(
        places.values(), key=lambda found: -sum(location.salience for _, location in found)
    )
    return tuple(map(_merge_location, ordered))


def _merge_location(found: Sequence[tuple[str, Location]]) -> StoryLocation:
    best = max((location for _, location in found), key=lambda place: (place.exact, place.salience))
    return StoryLocation(
        best,
        tuple(
            StoryMention(article_id, span)
            for article_id, location in found
            for span in location.mentions
        ),
    )
