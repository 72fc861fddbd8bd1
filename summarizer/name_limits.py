"""Where a name begins and ends: words that the model took in, or left out, at either end."""

from summarizer.people import NameKind, PeopleWords, fold, load_people_words
from summarizer.reported import OUTSIDE, Entity, ReportedText

_PROPER = frozenset({"NNP", "NNPS"})
_JOINED = frozenset({"NNP", "HYPH"})


def name_within(t: ReportedText, entity: Entity, kind: NameKind) -> tuple[int, int]:
    """The entity without article, possessive ending, a second line, and a verb after a person."""
    first, end = entity.start, entity.end
    for i in range(first, end):
        is_verb = i > first and (
            (kind == "person" and t.tags[i] in ("VBZ", "VBD", "VBP", "MD"))
            or (t.tags[i] in ("VBZ", "VBD") and any(_is_subject(t, j, i) for j in range(first, i)))
        )
        if "\n" in t.word(i) or is_verb:
            end = i
            break
    while first < end and t.lower[first] != "@":
        if t.lower[first] not in ("the", "a", "an") and _has_letter(t, first):
            break
        first += 1
    while end > first:
        if t.lower[end - 1] not in ("'s", "’s", "'", "’") and _has_letter(t, end - 1):
            break
        end -= 1
    if kind == "organization":
        end = _with_second_field(t, first, end)
    return first, end


def _is_subject(t: ReportedText, i: int, verb: int) -> bool:
    return t.heads[i] == verb and t.deps[i] == "nsubj"


def person_within(
    t: ReportedText, first: int, end: int, words: PeopleWords
) -> tuple[int, int, str]:
    """The whole name of a person around what was recognised of it, and the title before it."""
    address = ""
    while first < end - 1 and is_address(t, first, words):
        address = t.lower[first]
        first += 1
    first = _with_given_names(t, _with_first_half(t, first), end, words)
    first = _with_name_before_particle(t, first, words)
    end = _with_second_half(t, _with_joined_given_name(t, end))
    end = _with_name_after_particle(t, end, words)
    if first > 0 and t.lower[first - 1] in words.honorifics:
        address = t.lower[first - 1]
    return first, end, address


def follows_given_name(t: ReportedText, first: int, end: int, words: PeopleWords) -> bool:
    """Whether a given name that the model left out stands before the words."""
    before = _with_first_half(t, first) - 1
    is_given = (
        before >= 0
        and fold(t.word(before)) in words.given_names
        and t.tags[before] == "NNP"
        and t.word(before).istitle()
        and t.entity[before] == OUTSIDE
        and t.paragraph[before] == t.paragraph[first]
        and first <= t.heads[before] < end
    )
    return is_given and words.organization_nouns.isdisjoint(t.lower[first:end])


def _with_first_half(t: ReportedText, first: int) -> int:
    """Take in "Delacroix-" before "Obi"."""
    while first > 1 and t.lower[first - 1] == "-" and t.word(first - 2)[0].isupper():
        if t.ends[first - 2] != t.starts[first - 1] or t.ends[first - 1] != t.starts[first]:
            break
        first -= 2
    return first


def _with_second_half(t: ReportedText, end: int) -> int:
    """Take in "-Obi" after "Delacroix"."""
    if t.lower[end : end + 1] != ("-",) or end + 1 >= len(t) or t.tags[end + 1] != "NNP":
        return end
    is_one_word = t.ends[end - 1] == t.starts[end] and t.ends[end] == t.starts[end + 1]
    return end + 2 if is_one_word and t.word(end + 1)[0].isupper() else end


def _with_name_before_particle(t: ReportedText, first: int, words: PeopleWords) -> int:
    """Take in "Peter ole" before "Sankale", where the model saw the last word alone."""
    given = first - 2
    if given < 0 or not t.word(first - 1).islower() or t.lower[first - 1] not in words.particles:
        return first
    is_name = t.tags[given] == "NNP" and t.word(given).istitle() and t.entity[given] == OUTSIDE
    within = t.paragraph[given] == t.paragraph[first] and t.quotation[given] == t.quotation[first]
    return given if is_name and within and not is_address(t, given, words) else first


def _with_name_after_particle(t: ReportedText, end: int, words: PeopleWords) -> int:
    """Take in "ole Sankale" after "Peter"."""
    if end + 1 >= len(t) or t.word(end) not in words.particles or len(t.word(end)) < 2:
        return end
    is_name = t.tags[end + 1] == "NNP" and t.word(end + 1).istitle()
    within = t.paragraph[end - 1] == t.paragraph[end + 1]
    return end + 2 if is_name and within else end


def is_address(t: ReportedText, i: int, words: PeopleWords) -> bool:
    """Whether the word is a form of address or a title before a name."""
    return t.lower[i] in words.honorifics or t.lower[i] in words.titles


def is_plain_noun(t: ReportedText, i: int, words: PeopleWords) -> bool:
    """A common noun with a capital, as at the start of a sentence."""
    for word in (t.lower[i], t.lower[i].removesuffix("s")):
        if word in words.titles or word in words.person_nouns or word in words.gender_of_word:
            return True
    return False


def _with_second_field(t: ReportedText, first: int, end: int) -> int:
    """Take in "and Mineral Industries" after "Department of Geology"."""
    fields = next((i + 1 for i in range(first, end) if t.lower[i] in ("of", "for")), end)
    if fields >= end or load_people_words().offices.isdisjoint(t.lower[first:fields]):
        return end
    if end + 1 >= len(t) or t.lower[end] not in ("and", "&"):
        return end
    last = end + 1
    while last < len(t) and t.tags[last] in _PROPER and _may_be_field(t, last):
        last += 1
    joined = range(end + 1, last)
    is_field = any(t.deps[i] == "conj" and fields <= t.heads[i] < end for i in joined)
    within = t.paragraph[first] == t.paragraph[last - 1] and t.quotation[last - 1] == OUTSIDE
    is_other = not load_people_words().organization_nouns.isdisjoint(t.lower[end + 1 : last])
    return last if is_field and within and not is_other else end


def _may_be_field(t: ReportedText, i: int) -> bool:
    return t.entity[i] == OUTSIDE or t.entities[t.entity[i]].label in ("ORG", "PRODUCT")


def _with_given_names(t: ReportedText, first: int, end: int, words: PeopleWords) -> int:
    """Take in proper names left out at the front, as in "Nataliya [Humeniuk]"."""
    while (
        first > 0
        and t.tags[first - 1] == "NNP"
        and t.entity[first - 1] == OUTSIDE
        and t.deps[first - 1] == "compound"
        and t.heads[first - 1] >= first
        and t.heads[first - 1] - first < 3
        and t.word(first - 1).istitle()
        and not is_address(t, first - 1, words)
        and (
            fold(t.word(first - 1)) in words.given_names
            or (end - first == 1 and _is_person_noun_before(t, first - 1, words))
        )
        and t.paragraph[first - 1] == t.paragraph[first]
    ):
        first -= 1
    return first


def _with_joined_given_name(t: ReportedText, end: int) -> int:
    """Take in a hyphenated given name after the family name, as in "Park [Min-jun]"."""
    joined = range(end, min(end + 3, len(t)))
    if len(joined) < 3 or any(t.entity[i] != OUTSIDE or t.tags[i] not in _JOINED for i in joined):
        return end
    is_name = t.word(end).istitle() and t.lower[end + 1] == "-" and t.word(end + 2).isalpha()
    is_below = t.deps[end - 1] == "compound" and t.heads[end - 1] in joined
    is_one_word = t.ends[end] == t.starts[end + 1] and t.ends[end + 1] == t.starts[end + 2]
    return end + 3 if is_name and is_below and is_one_word else end


def _is_person_noun_before(t: ReportedText, i: int, words: PeopleWords) -> bool:
    """Whether "engineer" stands before a word, so that the word can only begin a name."""
    before = t.lower[i - 1] if i else ""
    is_noun = before in words.person_nouns or before in words.gender_of_word
    return is_noun and t.word(i - 1).islower() and not is_plain_noun(t, i, words)


def _has_letter(t: ReportedText, i: int) -> bool:
    return any(c.isalnum() for c in t.lower[i])
