"""What tells the stories of articles apart: their words, names, dates and amounts."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from newsroom.words import find_words, fold_words, searched_text, stem_words
from summarizer.likeness import Vector, likeness, stop_words, to_unit
from summarizer.models import Digest

LEAD_WORDS = 120
READ_WORDS = 2_000
SAME_STORY_DAYS = 100
"""A story that is taken up again later than this is a new one."""

REMEMBERED_YEARS = 15
"""A year that lies further back is history, and does not tell when an article was written."""

WORD_WEIGHT, LEAD_WEIGHT, NAME_WEIGHT = 0.5, 0.25, 0.25
SHARED_DATE, SHARED_AMOUNT, OTHER_AMOUNT = 0.1, 0.05, 0.02
COUNTED_AMOUNTS = 2

_NAME = re.compile(r"(?<![.!?:\n\"“”] )(?<![\n\"“])\b([A-Z][\w’'-]+)")
"""A word with a capital that does not begin a sentence."""
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DATE = re.compile(rf"\b(?:{_MONTH}\s+(\d{{1,2}})\b|(\d{{1,2}})\s+{_MONTH})", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)[\s-]+([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Profile:
    """`words` and `names` are stems with their number; a date is a month and a day.

    `amounts` are the numbers that stand before a word; `day` is when the article was published,
    `year` the latest that it names.
    """

    words: Mapping[str, int]
    lead: Mapping[str, int]
    names: Mapping[str, int]
    dates: frozenset[tuple[int, int]]
    amounts: Mapping[str, frozenset[str]]
    day: date | None
    year: int | None

    @property
    def is_dated(self) -> bool:
        return self.day is not None or self.year is not None


@dataclass(frozen=True, slots=True)
class Weighed:
    """A profile, and vectors of length 1 in which the rare words of its time weigh most."""

    profile: Profile
    words: Vector
    lead: Vector
    names: Vector


class Rarity:
    """How rare words and names are among the articles seen so far."""

    def __init__(self) -> None:
        self.articles = 0
        self._words: Counter[str] = Counter()
        self._names: Counter[str] = Counter()

    def learn(self, profile: Profile) -> None:
        self.articles += 1
        self._words.update(profile.words.keys())
        self._names.update(profile.names.keys())

    def weigh(self, profile: Profile) -> Weighed:
        """The profile in vectors, by what is rare now."""
        return Weighed(
            profile,
            words=_weigh(profile.words, self.of_word),
            lead=_weigh(profile.lead, self.of_word),
            names=_weigh(profile.names, self._of_name),
        )

    def of_word(self, word: str) -> float:
        return math.log(1 + self.articles / max(1, self._words[word]))

    def _of_name(self, name: str) -> float:
        return math.log(1 + self.articles / max(1, self._names[name]))


def read_profile(digest: Digest) -> Profile:
    """The profile of an article; what is boilerplate in it does not count."""
    article = digest.article
    title, text = article.title or "", searched_text(digest)
    title_words, text_words = find_words(title), find_words(text)[:READ_WORDS]
    whole = f"{title}\n{text}"
    years = [int(year) for year in _YEAR.findall(whole)]
    return Profile(
        words=_count_stems(title_words + text_words),
        lead=_count_stems(title_words + text_words[:LEAD_WORDS]),
        names=_count_stems(_NAME.findall(text)),
        dates=frozenset(_find_dates(whole)),
        amounts=_find_amounts(whole),
        day=_read_day(article.published),
        year=max(years, default=None),
    )


def alike(weighed: Weighed, other_weighed: Weighed) -> float:
    """How likely two articles tell one story: about 0 to 1, mostly by the words they share."""
    one, other = weighed.profile, other_weighed.profile
    score = (
        WORD_WEIGHT * likeness(weighed.words, other_weighed.words)
        + LEAD_WEIGHT * likeness(weighed.lead, other_weighed.lead)
        + NAME_WEIGHT * likeness(weighed.names, other_weighed.names)
    )
    if one.dates & other.dates:
        score += SHARED_DATE
    units = one.amounts.keys() & other.amounts.keys()
    same = sum(not one.amounts[unit].isdisjoint(other.amounts[unit]) for unit in units)
    score += SHARED_AMOUNT * min(same, COUNTED_AMOUNTS)
    return score - OTHER_AMOUNT * min(len(units) - same, COUNTED_AMOUNTS)


def far_apart(one: Profile, other: Profile) -> bool:
    """Whether two articles are of times too different for one story."""
    if one.day is not None and other.day is not None:
        return abs((one.day - other.day).days) > SAME_STORY_DAYS
    year, other_year = _year_of(one), _year_of(other)
    return (
        year is not None
        and other_year is not None
        and 1 < abs(year - other_year) <= REMEMBERED_YEARS
    )


def _year_of(profile: Profile) -> int | None:
    return profile.year if profile.day is None else profile.day.year


def _count_stems(words: Iterable[str]) -> Mapping[str, int]:
    stop = stop_words()
    folded = (
        word for word in fold_words(words) if word not in stop and (len(word) > 1 or word.isdigit())
    )
    return Counter(stem_words(folded))


def _find_dates(text: str) -> Iterable[tuple[int, int]]:
    for match in _DATE.finditer(text):
        month, day = match[1] or match[4], match[2] or match[3]
        yield _MONTHS.index(month.lower()) + 1, int(day)


def _find_amounts(text: str) -> Mapping[str, frozenset[str]]:
    amounts: defaultdict[str, set[str]] = defaultdict(set)
    for number, unit in _AMOUNT.findall(text):
        if unit.lower() not in stop_words():
            amounts[stem_words(fold_words([unit]))[0]].add(number.replace(",", ""))
    return {unit: frozenset(numbers) for unit, numbers in amounts.items()}


def _read_day(published: str | None) -> date | None:
    try:
        return date.fromisoformat((published or "")[:10])
    except ValueError:
        return None


def _weigh(counts: Mapping[str, int], rarity: Callable[[str], float]) -> Vector:
    return to_unit({word: (1 + math.log(count)) * rarity(word) for word, count in counts.items()})
