"""Who was named and who spoke before a word: what pronouns and "the ministry" may refer to."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import takewhile

from summarizer.clauses import joined_names
from summarizer.models import Span, SpeakerKind
from summarizer.names import Name, NameIndex
from summarizer.people import Gender, PeopleWords
from summarizer.reported import OUTSIDE, Attribution, ReportedText

Words = tuple[int, int]
DEFINITE = frozenset({"the", "this", "that"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_NO_ONE = frozenset({"no", "any", "every", "each", "neither"})
_FORMER = frozenset({"former", "retired", "then"})
_REMEMBERED = 300
_LOOKED_AT = 20
_FARTHEST_PERSON = 5
_FARTHEST_OTHER = 2
_ANSWERED_WITHIN = 40
_OBJECT_PRONOUNS: dict[Gender, str] = {"female": "her", "male": "him"}


@dataclass(frozen=True, slots=True)
class Reference:
    """Whom a source means. `stands` are the words at the statement, `called` those of a group."""

    key: object
    kind: SpeakerKind
    stands: Words
    called: Words
    name: Name | None = None
    role: Span | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Somebody at a word whom a pronoun may mean; without a name and a reference a stranger."""

    word: int
    name: Name | None = None
    reference: Reference | None = None


class Antecedents:
    """Remembers, in text order, who spoke; knows the names that are subjects or anything else."""

    def __init__(
        self,
        t: ReportedText,
        index: NameIndex,
        words: PeopleWords,
        attributions: Iterable[Attribution],
    ) -> None:
        self.t = t
        self.index = index
        self.words = words
        self.reported = _reported_words(t, attributions)
        self.spoken: list[tuple[int, Reference]] = []
        self.subjects = _subjects(t, index)
        self.subject_words = [i for i, _ in self.subjects]
        self.name_words = sorted(index.at_word)
        self.unnamed = _unnamed_subjects(t, index, words)

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

    def person_before(self, head: int, gender: Gender) -> Name | Reference | None:
        """The person who spoke or acted last before the pronoun and can be meant by it.

        Who is only spoken of in somebody else's reported words comes second. None where that is
        an unnamed person who did not speak, or one of two that are named together: rather nobody
        than somebody who was named before.
        """
        t = self.t
        fitting = [
            candidate
            for candidate in self._people_before(head)
            if t.paragraph[head] - t.paragraph[candidate.word] <= _FARTHEST_PERSON
            and self._may_mean(candidate, gender)
            and not self._asked(candidate, head, gender)
        ]
        if not fitting:
            mentioned = self._person_mentioned_before(head, gender)
            return mentioned or self._mistaken_person_before(head, gender)
        told = [
            candidate
            for candidate in fitting
            if candidate.word not in self.reported
            and t.paragraph[head] - t.paragraph[candidate.word] <= 1
        ]
        best = told[0] if told else fitting[0]
        name = best.name
        if name is None:
            return best.reference
        if any(other.gender in (None, gender) for other in self._named_together(best.word, name)):
            return None
        name.gender = name.gender or gender
        return name

    def only_person_before(self, word: int) -> Name | None:
        """The only person who was a subject in this paragraph, else in the one before."""
        t = self.t
        acted = bisect_left(self.subject_words, word)
        near = self.subjects[max(0, acted - _LOOKED_AT) : acted]
        for distance in (0, 1):
            people = {
                id(name): name
                for i, name in near
                if name.kind == "person" and t.paragraph[word] - t.paragraph[i] == distance
            }
            if people:
                return next(iter(people.values())) if len(people) == 1 else None
        return None

    def _people_before(self, head: int) -> list[_Candidate]:
        """Who spoke or acted before a word, the latest first."""
        people = [
            _Candidate(i, reference.name, reference)
            for i, reference in self.spoken[-_REMEMBERED:]
            if i < head and (reference.kind == "person" or self._is_one_person(i))
        ]
        acted = bisect_left(self.subject_words, head)
        people += (
            _Candidate(i, name)
            for i, name in self.subjects[max(0, acted - _REMEMBERED) : acted]
            if name.kind == "person"
        )
        unnamed = bisect_left(self.unnamed, head)
        people += (
            _Candidate(i, self._called_by_role(i))
            for i in self.unnamed[max(0, unnamed - _REMEMBERED) : unnamed]
        )
        return sorted(people, key=lambda c: (-c.word, c.name is None, c.reference is None))

    def _may_mean(self, candidate: _Candidate, gender: Gender) -> bool:
        if candidate.name is not None:
            return candidate.name.gender in (None, gender)
        known = self.words.gender_of_word.get(self.t.lower[candidate.word])
        return known in (None, gender)

    def _asked(self, candidate: _Candidate, head: int, gender: Gender) -> bool:
        """Whether the candidate spoke to whom the pronoun means: "X asked her. She said ..."."""
        t = self.t
        if head - candidate.word > _ANSWERED_WITHIN or candidate.word in self.reported:
            return False
        told = (c for c in t.children[t.heads[candidate.word]] if candidate.word < c < head)
        objects = (c for c in told if t.deps[c] in ("dobj", "dative", "iobj"))
        return any(t.lower[c] == _OBJECT_PRONOUNS[gender] for c in objects)

    def _is_one_person(self, i: int) -> bool:
        """Whether a source without a name is a single person, such as "a neighbor"."""
        word = self.t.lower[i]
        known = (self.words.person_nouns, self.words.titles, self.words.gender_of_word)
        return self.t.tags[i] == "NN" and any(word in nouns for nouns in known)

    def _called_by_role(self, i: int) -> Name | None:
        """Whom "the engineer" takes up, if anybody who was named as one."""
        if self.t.lower[self.t.left[i]] not in DEFINITE:
            return None
        people = (name for name in self.recent_names(i) if name.kind == "person")
        first = self.t.left[i] + 1
        return next((name for name in people if self.is_called(name, (first, i + 1))), None)

    def is_called(self, name: Name, called: Words) -> bool:
        """Whether these words, a noun for a person at their end, stood near the name before."""
        t, words = self.t, self.words
        before, noun = called[0], t.lower[called[1] - 1]
        if noun not in words.person_nouns | words.titles | words.gender_of_word.keys():
            return False
        wanted = {*t.lower[called[0] : called[1]]} - _FORMER
        for mention in name.mentions[:_LOOKED_AT]:
            if mention.first >= before:
                break
            following = range(mention.end, min(mention.end + 9, before))
            in_sentence = takewhile(lambda i: not t.sentence_start[i], following)
            around = {*t.lower[max(0, mention.first - 3) : mention.first]}
            around.update(t.lower[i] for i in in_sentence)
            if t.paragraph[mention.first] != OUTSIDE and wanted <= around:
                return True
        return False

    def _named_together(self, word: int, name: Name) -> list[Name]:
        """The other people of "X and Y", unless what is known of them tells them apart."""
        t = self.t
        joined = [*joined_names(t, word)]
        if t.deps[word] == "conj":
            joined.append(t.heads[word])
        others = [self.index.at_word[i][0] for i in joined if i in self.index.at_word]
        return [
            other
            for other in others
            if other is not name
            and other.kind == "person"
            and (other.gender is None) == (name.gender is None)
        ]

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

    def _mistaken_person_before(self, head: int, gender: Gender) -> Name | None:
        """The last subject before, where its name was taken for an organisation's or a place's.

        Only where nobody else was named there and its words may well be a person's.
        """
        t = self.t
        acted = bisect_left(self.subject_words, head)
        near = [
            (i, name)
            for i, name in self.subjects[max(0, acted - _LOOKED_AT) : acted]
            if 0 <= t.paragraph[head] - t.paragraph[i] <= 1
        ]
        if not near or len({id(name) for _, name in near}) > 1:
            return None
        word, name = near[-1]
        mention = self.index.at_word[word][1]
        parts = range(mention.first, mention.end)
        is_like_one = 1 < len(name.tokens) < 4 and all(t.word(i).istitle() for i in parts)
        known = self.words.organization_nouns
        if (
            not is_like_one
            or not known.isdisjoint(name.tokens)
            or t.lower[mention.first - 1] == "the"
        ):
            return None
        name.kind, name.gender = "person", gender
        return name

    def recent_names(self, before: int) -> Iterable[Name]:
        """The names in the words before, the latest first."""
        last = bisect_left(self.name_words, before)
        words = reversed(self.name_words[max(0, last - _REMEMBERED) : last])
        return {id(n): n for n in (self.index.at_word[i][0] for i in words)}.values()


def _subjects(t: ReportedText, index: NameIndex) -> list[tuple[int, Name]]:
    """Names that are subjects, or explain one, outside quotation marks."""
    found = []
    for i, (name, mention) in index.at_word.items():
        explained = t.heads[i] if t.deps[i] == "appos" else i
        if name.kind == "person" and mention.first > 1 and t.lower[mention.first - 1] == ",":
            noun = mention.first - 2  # not seen by the parser: "their brother, X, ..."
            explained = noun if t.tags[noun] == "NN" and t.deps[noun] == "nsubj" else explained
        is_subject = t.deps[explained] in ("nsubj", "nsubjpass")
        if is_subject and t.quotation[i] == OUTSIDE and t.paragraph[i] != OUTSIDE:
            found.append((i, name))
    return sorted(found, key=lambda pair: pair[0])


def _unnamed_subjects(t: ReportedText, index: NameIndex, words: PeopleWords) -> list[int]:
    """Subjects such as "their father" or "a clerk": one person who is given no name there."""
    nouns = (words.person_nouns | words.gender_of_word.keys()) - words.organization_nouns
    found = []
    for i, word in enumerate(t.lower):
        if t.deps[i] not in _SUBJECTS or t.quotation[i] != OUTSIDE or t.paragraph[i] == OUTSIDE:
            continue
        is_noun = t.tags[i] in ("NN", "JJ") and word in nouns
        is_noun = is_noun and t.lower[t.left[i]] not in _NO_ONE
        if not is_noun and not _may_be_unknown_name(t, i, words):
            continue
        within = range(i, max(t.right[i] + 1, i + 3))
        if index.at_word.keys().isdisjoint(within):
            found.append(i)
    return found


def _may_be_unknown_name(t: ReportedText, i: int, words: PeopleWords) -> bool:
    """A proper noun that the model gave no label, and that is no organisation's."""
    is_bare = t.tags[i] == "NNP" and t.entity[i] == OUTSIDE and t.left[i] == i
    return is_bare and t.word(i).istitle() and t.lower[i] not in words.organization_nouns


def _reported_words(t: ReportedText, attributions: Iterable[Attribution]) -> frozenset[int]:
    """The words that are part of somebody's reported speech."""
    words: set[int] = set()
    for attribution in attributions:
        first = bisect_left(t.starts, attribution.content.start)
        words.update(range(first, bisect_left(t.starts, attribution.content.end)))
    return frozenset(words)
