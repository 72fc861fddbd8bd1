"""Whom the words at a statement mean: a name, a pronoun, "the ministry", "residents"."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from summarizer.antecedents import DEFINITE, Antecedents, Reference, Words
from summarizer.clauses import called_name, phrase_of
from summarizer.cues import load_cues
from summarizer.mentions import NameMention
from summarizer.models import SpeakerKind
from summarizer.names import Name, NameIndex
from summarizer.people import Gender, PeopleWords
from summarizer.reported import OUTSIDE, Attribution, ReportedText

_GENDER_OF_PRONOUN: dict[str, Gender] = {
    "he": "male",
    "she": "female",
    "him": "male",
    "her": "female",
}
_NOBODY = frozenset(
    {"i", "we", "you", "one", "who", "that", "which", "this", "these", "those", "some"}
    | {"anybody", "anyone", "everybody", "everyone", "nobody", "nothing", "all", "others"}
)
_ABSTRACT_ENDINGS = (
    "tion",
    "sion",
    "ment",
    "ness",
    "ism",
    "ity",
    "sis",
    "ance",
    "ence",
    "ship",
    "ing",
)
_AGE = re.compile(r"\d-year-old\b")
_OF_OCCASIONS = frozenset({"in", "at", "on", "during", "via", "through"})


class SourceResolver:
    """Resolves sources in text order; remembers who spoke, for the pronouns that follow."""

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
        self.antecedents = Antecedents(t, index, words, attributions)
        self.questions_start: int | None = None

    def resolve(self, attribution: Attribution, head: int) -> Reference | None:
        """The speaker whom the source means; None where that is unknown."""
        stands = self._stands(attribution, head)
        if attribution.rule == "answer":
            return self._interviewed(head, stands)
        reference = self._resolve_word(head, stands)
        if reference is not None:
            self.antecedents.add(head, reference)
        return reference

    def _interviewed(self, head: int, stands: Words) -> Reference | None:
        """Whom "A:" stands for: the person named most before the first question."""
        t = self.t
        if self.questions_start is None:
            question = max(t.paragraph[head] - 1, 0)
            self.questions_start = t.paragraph_words[question][0]
        start = self.questions_start
        named = Counter(
            {
                id(name): sum(m.first < start for m in name.mentions)
                for name in self.index.names
                if name.kind == "person" and name.mentions[0].first < start
            }
        )
        best = named.most_common(2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return None
        name = next(name for name in self.index.names if id(name) == best[0][0])
        return self._means(name, "person", (head, head + 1))

    def _stands(self, attribution: Attribution, head: int) -> Words:
        if not attribution.source.contains(attribution.head):
            i = bisect_left(self.t.starts, attribution.source.start)
            return i, i + 1
        return self._core(head)

    def _core(self, head: int) -> Words:
        """The phrase of `head` without what follows a comma, a relative clause or an apposition."""
        t = self.t
        if head in self.index.at_word:
            mention = self.index.at_word[head][1]
            return mention.first, mention.end
        first, end = phrase_of(t, head)
        last = end
        for child in t.children[head]:
            if child > head and t.deps[child] in ("relcl", "appos", "acl", "punct", "advcl"):
                last = min(last, t.left[child])
        for i in range(head + 1, last):
            if t.lower[i] in (",", "who", "which", "—", "–") or self._starts_adjunct(i, last):
                last = i
                break
        while last > head + 1 and (not _has_letter(t, last - 1) or t.tags[last - 1] == "POS"):
            last -= 1
        return first, max(last, head + 1)

    def _starts_adjunct(self, i: int, end: int) -> bool:
        """Whether a time or an occasion begins here: "on Tuesday", "late Monday", "in a letter"."""
        t = self.t
        if self._is_time(i):
            return True
        if t.tags[i] != "IN" or i + 1 >= end:
            return False
        noun = t.child(i, "pobj")
        is_occasion = noun is not None and t.lower[noun] in load_cues().occasions
        return self._is_time(i + 1) or (is_occasion and t.lower[i] in _OF_OCCASIONS)

    def _resolve_word(self, head: int, stands: Words) -> Reference | None:
        t = self.t
        if t.tags[head] in ("PRP", "PRP$"):
            return self._pronoun(head, stands)
        if head in self.index.at_word:
            name, mention = self.index.at_word[head]
            return None if self._is_dateline(name, head) else self._named(name, mention, stands)
        inner = self._name_inside(head) or self._aged(head, stands)
        if inner is not None:
            return inner
        if t.lower[head] in _NOBODY or not _has_letter(t, head) or self._is_time(head):
            return None
        called = stands if stands[0] <= head < stands[1] else self._core(head)
        return self._definite(head, stands, called) or self._group(head, stands, called)

    def _named(self, name: Name, mention: NameMention, stands: Words) -> Reference:
        if name.kind == "person":
            return Reference(id(name), "person", stands, stands, name)
        called = (mention.first, mention.end)
        if name.kind == "organization" or " ".join(name.tokens) in self.words.seats:
            named = name if name.kind == "organization" else None
            return Reference(id(name), "organization", stands, called, named)
        return Reference(id(name), "group", stands, called)

    def _group(self, head: int, stands: Words, called: Words) -> Reference | None:
        t = self.t
        if not any(c.isalpha() for i in range(*called) for c in t.lower[i]):
            return None
        if self._is_abstract(head) or t.lower[head] in self.words.silent_nouns:
            return None
        if t.lower[stands[0]] in ("that", "which"):
            return None
        if t.lower[called[0]] in DEFINITE and t.tags[called[1] - 1] == "NN":
            known = self.antecedents.last_group(lambda r: self._is_same_noun(r.called, called))
            if known is not None:
                return Reference(known.key, "group", stands, known.called)
        key = " ".join(t.lower[i] for i in range(*called) if t.tags[i] != "DT")
        return Reference(key, "group", stands, called)

    def _is_time(self, head: int) -> bool:
        entity = self.t.entity[head]
        return entity != OUTSIDE and self.t.entities[entity].label in ("DATE", "TIME")

    def _is_dateline(self, name: Name, head: int) -> bool:
        """Whether a place stands in capitals before the first dash of its paragraph."""
        t = self.t
        first, end = t.paragraph_words[t.paragraph[head]]
        opening = t.lower[head + 1 : min(head + 6, end)]
        shouted = t.word(first).isupper() and len(t.word(first)) > 2
        return (
            name.kind == "place"
            and shouted
            and head - first < 4
            and (not {"—", "–", "-", "("}.isdisjoint(opening))
        )

    def _is_abstract(self, head: int) -> bool:
        """Whether a noun such as "dissolution" names nobody and nothing that can speak."""
        word = self.t.lower[head]
        known = self.words.organization_nouns | self.words.person_nouns | self.words.speaking_nouns
        return self.t.tags[head] == "NN" and word.endswith(_ABSTRACT_ENDINGS) and word not in known

    def _is_same_noun(self, known: Words, called: Words) -> bool:
        """Whether "the general" takes up "the retired general"."""
        t = self.t
        shorter = t.lower[called[0] + 1 : called[1]]
        return bool(shorter) and t.lower[known[0] : known[1]][-len(shorter) :] == shorter

    def _name_inside(self, head: int) -> Reference | None:
        """ "A channel known as X", "the coach, X", "spokesman X": the name within the phrase."""
        t = self.t
        called = called_name(t, head)
        if called is not None and called[0] in self.index.at_word:
            name, mention = self.index.at_word[called[0]]
            if name.kind != "place":
                first = phrase_of(t, head)[0]
                role = t.span(first, head + 1)
                kind = name.kind
                return Reference(id(name), kind, (first, mention.end), called, name, role)
        for child in t.children[head]:
            if child <= head or t.deps[child] != "appos":
                continue
            for i in range(t.left[child], child + 1):
                if i in self.index.at_word and self._fits(head, i):
                    name, mention = self.index.at_word[i]
                    return self._named(name, mention, (mention.first, mention.end))
        return self._person_between_commas(head)

    def _person_between_commas(self, head: int) -> Reference | None:
        """ "The team's coach, X, ...", where the parser did not see the apposition."""
        t = self.t
        name, mention = self.index.at_word.get(head + 2, (None, None))
        if name is None or mention is None or name.kind != "person":
            return None
        enclosed = t.lower[head + 1] == "," and t.lower[mention.end : mention.end + 1] == (",",)
        if not enclosed or t.lower[head] not in self.words.person_nouns:
            return None
        return self._named(name, mention, (mention.first, mention.end))

    def _fits(self, head: int, i: int) -> bool:
        name = self.index.at_word[i][0]
        lower = self.t.lower[head]
        if name.kind == "person":
            return self.t.tags[head] in ("NN", "NNP") and lower not in self.words.organization_nouns
        return name.kind == "organization" and lower in self.words.organization_nouns

    def _definite(self, head: int, stands: Words, called: Words) -> Reference | None:
        """ "The ministry" after "the Defence Ministry": who spoke or acted last and is one."""
        t = self.t
        if t.lower[called[0]] not in DEFINITE or t.tags[head] != "NN":
            return None
        if called[1] != head + 1 or called[1] - called[0] > 4:
            return None
        noun = t.lower[head]
        for name in self.antecedents.recent_names(head):
            if (
                name.kind == "organization"
                and noun in name.tokens
                and noun in self.words.organization_nouns
            ):
                return Reference(id(name), "organization", stands, stands, name)
            if name.kind == "person" and self.antecedents.is_called(
                name, (called[0] + 1, called[1])
            ):
                return Reference(id(name), "person", stands, stands, name)
        if noun in self.words.organization_nouns and noun in self.words.generic_organizations:
            last = self.antecedents.last_speaker("organization", head)
            if last is not None:
                return Reference(last.key, "organization", stands, last.called, last.name)
            subject = self.antecedents.last_subject(head, "organization")
            return None if subject is None else self._means(subject, "organization", stands)
        return None

    def _aged(self, head: int, stands: Words) -> Reference | None:
        """ "The 22-year-old striker": the only person who acted in this paragraph or the last."""
        first, end = phrase_of(self.t, head)
        if self.t.lower[first] not in DEFINITE or not _AGE.search(
            self.t.span(first, end).text_of(self.t.text)
        ):
            return None
        person = self.antecedents.only_person_before(first)
        return None if person is None else self._means(person, "person", stands)

    def _pronoun(self, head: int, stands: Words) -> Reference | None:
        before = self.antecedents
        word = self.t.lower[head]
        if word in _GENDER_OF_PRONOUN:
            person = before.person_before(head, _GENDER_OF_PRONOUN[word])
            if isinstance(person, Reference):
                return replace(person, stands=stands)
            return None if person is None else self._means(person, "person", stands)
        if word not in ("it", "they"):
            return None
        if word == "they":
            last = before.last_speaker("group", head)
        else:
            last = before.last_speaker("organization", head, groups=True)
        if last is not None:
            return Reference(last.key, last.kind, stands, last.called, last.name, last.role)
        subject = before.last_subject(head, "organization") if word == "it" else None
        return None if subject is None else self._means(subject, "organization", stands)

    def _means(self, name: Name, kind: SpeakerKind, stands: Words) -> Reference:
        return Reference(id(name), kind, stands, stands, name)


def _has_letter(t: ReportedText, i: int) -> bool:
    return any(c.isalnum() for c in t.lower[i])
