"""Articles of one event put together, one after the other as they come.

An article joins the story that holds the article most like it; where it is like articles of several
stories, they are one. Candidates come from an index over the words of leads, so the time goes with
the number of articles, and only the stories that had an article last are kept.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest

from newsroom.story_profiles import Profile, Rarity, Weighed, alike, far_apart

SAME_STORY = 0.215
"""From this likeness on two articles tell one story."""
SAME_SUBJECT = 0.1
"""So much an article must be like those of its story on the average."""
COMPARED_MEMBERS = 20
CANDIDATES = 40
COMMON_SHARE = 0.1
"""Words in the leads of more articles than this share find no candidates, unless all are few."""
FEW_ARTICLES = 200
KEPT_ARTICLES = 4_000


@dataclass(slots=True)
class _Group:
    """The articles of a story, by their numbers; `first` names it."""

    first: int
    members: list[int] = field(default_factory=list)


class StoryGroups:
    """Groups articles that are numbered in the order in which they come.

    Knows at most `capacity` articles: beyond that, the story that was quiet longest is given out.
    """

    def __init__(self, *, capacity: int = KEPT_ARTICLES) -> None:
        self._capacity = capacity
        self._rarity = Rarity()
        self._articles: dict[int, Weighed] = {}
        self._group_of: dict[int, _Group] = {}
        self._groups: OrderedDict[int, _Group] = OrderedDict()
        """By their first articles, the one that had an article last at the end."""
        self._articles_with: defaultdict[str, set[int]] = defaultdict(set)

    def learn(self, profiles: Sequence[Profile]) -> None:
        """Take note of which words are rare; before the articles are added, for all at hand."""
        for profile in profiles:
            self._rarity.learn(profile)

    def add(self, number: int, profile: Profile) -> Iterator[tuple[int, ...]]:
        """Put an article into a story; gives the stories that are finished thereby."""
        weighed = self._rarity.weigh(profile)
        joined = self._find_groups(weighed)
        group = joined[0] if joined else _Group(number)
        self._groups[group.first] = group
        self._keep(number, weighed, group)
        for other in joined[1:]:
            if not self._clash(group.members, other.members):
                group = self._merge(group, other)
        self._groups.move_to_end(group.first)
        while len(self._articles) > self._capacity:
            yield self._release(next(iter(self._groups)))

    def finish(self) -> Iterator[tuple[int, ...]]:
        """All stories that are left, in the order of their first articles."""
        for first in sorted(self._groups):
            yield self._release(first)

    def _find_groups(self, weighed: Weighed) -> list[_Group]:
        """The stories that an article belongs to, the likeliest first."""
        likeness: dict[int, float] = {}
        for number in self._find_candidates(weighed.profile):
            score = alike(weighed, self._articles[number])
            first = self._group_of[number].first
            if score >= SAME_STORY:
                likeness[first] = max(score, likeness.get(first, 0.0))
        ordered = sorted(likeness, key=lambda first: (-likeness[first], first))
        groups = (self._groups[first] for first in ordered)
        return [group for group in groups if self._fits(weighed, group.members)]

    def _fits(self, weighed: Weighed, members: Sequence[int]) -> bool:
        """Whether an article is of the time of a story, and has something of it as a whole.

        Else stories would become chains, in which the last article has nothing of the first.
        """
        newest = members[-COMPARED_MEMBERS:]
        whole = sum(alike(weighed, self._articles[number]) for number in newest) / len(newest)
        return whole >= SAME_SUBJECT and not self._clash_with(weighed.profile, members)

    def _find_candidates(self, profile: Profile) -> list[int]:
        shared: defaultdict[int, float] = defaultdict(float)
        few = max(FEW_ARTICLES, int(COMMON_SHARE * len(self._articles)))
        for word in profile.lead:
            holders = self._articles_with.get(word, set())
            if len(holders) <= few:
                rarity = self._rarity.of_word(word) ** 2
                for number in holders:
                    shared[number] += rarity
        return nlargest(CANDIDATES, shared, key=lambda number: (shared[number], number))

    def _clash(self, some: Sequence[int], others: Sequence[int]) -> bool:
        clashes = [self._apart(self._articles[one].profile, others) for one in some]
        return sum(far for far, _ in clashes) * 2 > sum(dated for _, dated in clashes)

    def _clash_with(self, profile: Profile, members: Sequence[int]) -> bool:
        """Whether most articles of a story that tell their time are of another time."""
        far, dated = self._apart(profile, members)
        return far * 2 > dated

    def _apart(self, profile: Profile, members: Sequence[int]) -> tuple[int, int]:
        """How many articles are of another time, and of how many that can be told."""
        if not profile.is_dated:
            return 0, 0
        others = (self._articles[number].profile for number in members)
        dated = [other for other in others if other.is_dated]
        return sum(far_apart(profile, other) for other in dated), len(dated)

    def _keep(self, number: int, weighed: Weighed, group: _Group) -> None:
        self._articles[number] = weighed
        self._group_of[number] = group
        group.members.append(number)
        for word in weighed.lead:
            self._articles_with[word].add(number)

    def _merge(self, one: _Group, other: _Group) -> _Group:
        earlier, later = sorted((one, other), key=lambda group: group.first)
        for number in later.members:
            self._group_of[number] = earlier
        earlier.members = sorted(earlier.members + later.members)
        del self._groups[later.first]
        return earlier

    def _release(self, first: int) -> tuple[int, ...]:
        group = self._groups.pop(first)
        for number in group.members:
            del self._group_of[number]
            for word in self._articles.pop(number).lead:
                self._articles_with[word].discard(number)
                if not self._articles_with[word]:
                    del self._articles_with[word]
        return tuple(group.members)
