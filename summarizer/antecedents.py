"""Who was named and who spoke before a word: what pronouns and "the ministry" may refer to."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from summarizer.models import Span, SpeakerKind
from summarizer.names import Name, NameIndex
from summarizer.people import Gender
from summarizer.reported import OUTSIDE, Attribution, ReportedText

Words = tuple[int, int]
_REMEMBERED = 300
_FARTHEST_PERSON = 5
_FARTHEST_OTHER = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """Whom a source means. `stands` are the words at the statement, `called` those of a group."""

    key: object
    kind: SpeakerKind
    stands: Words
    called: Words
    name: Name | None = None
    role: Span | None = None


class Antecedents:
    """Remembers, in text order, who spoke; knows the names that are subjects or anything else."""

    def __init__(
        self, t: ReportedText, index: NameIndex, attributions: Iterable[Attribution]
    ) -> None:
        self.t = t
        self.index = index
        self.reported = _reported_words(t, attributions)
        self.spoken: list[tuple[int, Reference]] = []
        self.subjects = _subjects(t, index)
        self.subject_words = [i for i, _ in self.subjects]
        self.name_words = sorted(index.at_word)

    def add(self, head: int, reference: Reference) -> None:
        self.spoken.append((head, reference))

    def last_group(self, is_meant: Callable[[Reference], bool]) -> Reference | None:
        """The latest group for which `is_meant` holds."""
        latest = (reference for _, reference in reversed(self.spoken[-_REMEMBERED:]))
        return next((r for r in latest if r.kind == "group" and is_meant(r)), None)

    def last_speaker(
        self, kind: SpeakerKind, head: int, *, groups: bool = False
    ) -> Reference | None:
        """Who of this kind spoke last; who is only quoted within other speech comes second."""
        t = self.t
        best = None
        for i, reference in reversed(self.spoken[-_REMEMBERED:]):
            if i >= head:
                continue
            if t.paragraph[head] - t.paragraph[i] > _FARTHEST_OTHER:
                break
            if reference.kind == kind or (groups and reference.kind == "group"):
                if i not in self.reported:
                    return reference
                best = best or reference
        return best

    def last_subject(self, head: int, kind: SpeakerKind) -> Name | None:
        """The name of this kind that was a subject last."""
        t = self.t
        acted = bisect_left(self.subject_words, head)
        for i, name in reversed(self.subjects[max(0, acted - _REMEMBERED) : acted]):
            if t.paragraph[head] - t.paragraph[i] > _FARTHEST_OTHER:
                return None
            if name.kind == kind:
                return name
        return None

    def person_before(self, head: int, gender: Gender) -> Name | None:
        """The person who spoke or acted last before the pronoun and can be meant by it.

        Who is only spoken of in somebody else's reported words comes second.
        """
        t = self.t
        spoken = self.spoken[-_REMEMBERED:]
        candidates: list[tuple[int, Name]] = [
            (i, r.name) for i, r in spoken if r.name is not None and r.kind == "person" and i < head
        ]
        acted = bisect_left(self.subject_words, head)
        candidates += self.subjects[max(0, acted - _REMEMBERED) : acted]
        candidates.sort(key=lambda pair: -pair[0])
        fitting = [
            (i, name)
            for i, name in candidates
            if name.kind == "person"
            and name.gender in (None, gender)
            and t.paragraph[head] - t.paragraph[i] <= _FARTHEST_PERSON
        ]
        if not fitting:
            return self._person_mentioned_before(head, gender)
        told = [
            name
            for i, name in fitting
            if i not in self.reported and t.paragraph[head] - t.paragraph[i] <= 1
        ]
        name = told[0] if told else fitting[0][1]
        name.gender = name.gender or gender
        return name

    def _person_mentioned_before(self, head: int, gender: Gender) -> Name | None:
        """The one person named in this paragraph or the one before who can be meant."""
        t = self.t
        last = bisect_left(self.name_words, head)
        near = {
            id(name): name
            for i in self.name_words[max(0, last - _REMEMBERED) : last]
            for name in (self.index.at_word[i][0],)
            if name.kind == "person"
            and name.gender in (None, gender)
            and t.quotation[i] == OUTSIDE
            and 0 <= t.paragraph[head] - t.paragraph[i] <= 1
        }
        return next(iter(near.values())) if len(near) == 1 else None

    def recent_names(self, before: int) -> Iterable[Name]:
        """The names in the words before, the latest first."""
        last = bisect_left(self.name_words, before)
        words = reversed(self.name_words[max(0, last - _REMEMBERED) : last])
        return {id(n): n for n in (self.index.at_word[i][0] for i in words)}.values()


def _subjects(t: ReportedText, index: NameIndex) -> list[tuple[int, Name]]:
    """Names that are subjects, or explain one, outside quotation marks."""
    found = []
    for i, (name, _) in index.at_word.items():
        explained = t.heads[i] if t.deps[i] == "appos" else i
        is_subject = t.deps[explained] in ("nsubj", "nsubjpass")
        if is_subject and t.quotation[i] == OUTSIDE and t.paragraph[i] != OUTSIDE:
            found.append((i, name))
    return sorted(found, key=lambda pair: pair[0])


def _reported_words(t: ReportedText, attributions: Iterable[Attribution]) -> frozenset[int]:
    """The words that are part of somebody's reported speech."""
    words: set[int] = set()
    for attribution in attributions:
        first = bisect_left(t.starts, attribution.content.start)
        words.update(range(first, bisect_left(t.starts, attribution.content.end)))
    return frozenset(words)
