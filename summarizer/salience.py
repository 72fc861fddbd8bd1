"""Key points: which sentences carry the story."""

import re
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import accumulate
from typing import Any

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers._summarizer import AbstractSummarizer

from summarizer.datelines import skip_dateline
from summarizer.models import KeyPoint, Span
from summarizer.sentence_features import (
    SentenceFeatures,
    content_stems,
    dangling_words,
    find_words,
    likeness,
    measure_sentences,
    stop_words,
    weigh_words,
)

WEIGHTS = {
    "lead": 1.5,
    "central": 2.8,
    "ahead": 0.4,
    "like_lead": 0.5,
    "like_title": 0.8,
    "short": -1.2,
    "long": -1.5,
    "digits": 0.15,
    "names": 0.5,
    "dangling": -0.7,
    "question": -1.0,
    "quoted": -1.0,
    "broken_quote": -0.8,
    "first_person": -0.4,
    "fragment": -1.0,
    "verbless": -1.0,
    "boilerplate": -9.0,
}
"""What one unit of each feature adds to the score of a sentence.

Place, likeness, length, digits, names and quotation were fitted by coordinate search for ROUGE-1
plus ROUGE-2 of three sentences on CNN/Daily Mail validation articles and GUM documents, then
rounded; it is flat around these values. The others are set by hand against points that cannot be
read alone; they cost less than half a point there.
"""

REPETITION = 0.3
"""Sentences more alike than this (cosine of their weighted words) say the same thing."""
WORDS_PER_POINTS = ((0, 3), (120, 4), (200, 5), (700, 6), (1100, 7))
"""How many points an article of at least so many words deserves."""
MAX_SENTENCES = 5000
"""More sentences are no article; those after them are not ranked."""
MAX_SENTENCES_OF_SUMY = 300
MAX_WORDS_OF_SUMY = 6000
MAX_SENTENCES_OF_KL = 80
"""sumy's methods are quadratic in sentences or words, KL cubic: they get the first ones."""

_SUMY = {
    "lex-rank": ("lex_rank", "LexRankSummarizer"),
    "text-rank": ("text_rank", "TextRankSummarizer"),
    "lsa": ("lsa", "LsaSummarizer"),
    "luhn": ("luhn", "LuhnSummarizer"),
    "edmundson": ("edmundson", "EdmundsonSummarizer"),
    "kl": ("kl", "KLSummarizer"),
    "sum-basic": ("sum_basic", "SumBasicSummarizer"),
    "reduction": ("reduction", "ReductionSummarizer"),
}
_LINE_END = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def rank_key_points(
    text: str,
    sentences: tuple[Span, ...],
    *,
    title: str | None,
    method: str,
    count: int,
    verbless: frozenset[Span] = frozenset(),
) -> tuple[KeyPoint, ...]:
    """The key points in document order, the most important one of rank 1.

    `count` is a ceiling: short articles get fewer, and no two points say the same thing.
    `verbless` are the sentences without a finite verb, which read badly alone.
    """
    sentences = sentences[:MAX_SENTENCES]
    places = frozenset(i for i, sentence in enumerate(sentences) if sentence in verbless)
    sentences = tuple(skip_dateline(text, sentence) for sentence in sentences)
    stated = [text[s.start : s.end] for s in sentences]
    starts = _find_line_starts(text, sentences)
    if method == "lead" or len(stated) < 2:
        ranking = list(range(len(stated)))
    elif method == "nutgraf":
        ranker = NutgrafSummarizer(title=title, verbless=places)
        ranking = _collect_ranking(ranker, _to_document(stated, starts, title))
    else:
        ranking = _rank_by_sumy(method, stated, starts, title)
    wanted = min(count, _deserved(stated))
    chosen = _choose(ranking, stated, wanted)
    return tuple(
        KeyPoint(stated[i], sentences[i].start, sentences[i].end, chosen.index(i) + 1)
        for i in sorted(chosen)
    )


def _find_line_starts(text: str, sentences: tuple[Span, ...]) -> list[bool]:
    ends = [0, *(sentence.end for sentence in sentences)]
    return [
        not i or _LINE_END.search(text, ends[i], sentence.start) is not None
        for i, sentence in enumerate(sentences)
    ]


def _deserved(stated: list[str]) -> int:
    words = sum(len(sentence.split()) for sentence in stated)
    return max(points for least, points in WORDS_PER_POINTS if words >= least)


def _choose(ranking: list[int], stated: list[str], wanted: int) -> list[int]:
    """The best `wanted` sentences that don't repeat each other, most important first."""
    vectors = weigh_words([content_stems(sentence) for sentence in stated])
    chosen: list[int] = []
    for i in ranking:
        if len(chosen) >= wanted:
            break
        if all(likeness(vectors[i], vectors[j]) < REPETITION for j in chosen):
            chosen.append(i)
    return chosen


class _PlacedSentence(Sentence):  # type: ignore[misc]  # sumy is untyped
    """A sentence that knows its place, so that two of equal words stay two."""

    __slots__ = ("place",)

    def __init__(self, text: str, place: int, *, is_heading: bool = False) -> None:
        super().__init__(text, _Tokenizer, is_heading)
        self.place = place

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _PlacedSentence) and self.place == other.place

    def __hash__(self) -> int:
        return hash(self.place)


class _Tokenizer:
    """What sumy asks of a tokenizer; its own needs a download."""

    @staticmethod
    def to_words(sentence: str) -> tuple[str, ...]:
        return tuple(find_words(sentence))


class NutgrafSummarizer(AbstractSummarizer):  # type: ignore[misc]  # sumy is untyped
    """Rates sentences by a weighted sum of features: place, likeness to the text, and form."""

    def __init__(self, *, title: str | None = None, verbless: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self._title = title
        self._verbless = verbless

    def __call__(self, document: Any, sentences_count: Any) -> tuple[Any, ...]:
        ratings = self.rate_sentences(document)
        best: tuple[Any, ...] = self._get_best_sentences(
            document.sentences, sentences_count, ratings
        )
        return best

    def rate_sentences(self, document: Any) -> dict[Any, float]:
        """The score of every sentence of `document`."""
        features = self.measure(document)
        return {
            sentence: score(measured)
            for sentence, measured in zip(document.sentences, features, strict=True)
        }

    def measure(self, document: Any) -> list[SentenceFeatures]:
        """The features that the scores are made of, sentence by sentence."""
        sentences = [str(sentence) for sentence in document.sentences]
        return measure_sentences(sentences, title=self._title, verbless=self._verbless)


def score(features: SentenceFeatures) -> float:
    """The weighted sum of the features of one sentence."""
    return sum(weight * features.value_of(name) for name, weight in WEIGHTS.items())


def _to_document(stated: Sequence[str], starts: Sequence[bool], title: str | None) -> Any:
    """sumy's model of the article; lines are its paragraphs, the title its heading."""
    paragraphs: list[list[_PlacedSentence]] = []
    for place, (sentence, starts_line) in enumerate(zip(stated, starts, strict=True)):
        if starts_line:
            paragraphs.append([])
        paragraphs[-1].append(_PlacedSentence(sentence, place))
    if title:
        paragraphs.insert(0, [_PlacedSentence(title, -1, is_heading=True)])
    return ObjectDocumentModel([Paragraph(paragraph) for paragraph in paragraphs])


def _collect_ranking(summarizer: Callable[[Any, Any], Any], document: Any) -> list[int]:
    """All places by falling rating; sumy hands the rated sentences to a callable count."""
    ranking: list[int] = []

    def take_all(rated: list[Any]) -> list[Any]:
        ranking.extend(info.sentence.place for info in rated)
        return rated

    summarizer(document, take_all)
    return ranking


def _rank_by_sumy(
    method: str, stated: Sequence[str], starts: Sequence[bool], title: str | None
) -> list[int]:
    """All places as a method of sumy ranks them; those that it isn't given come last."""
    limit = MAX_SENTENCES_OF_KL if method == "kl" else MAX_SENTENCES_OF_SUMY
    words = accumulate(len(sentence.split()) for sentence in stated[:limit])
    limit = max(2, sum(total <= MAX_WORDS_OF_SUMY for total in words))
    document = _to_document(stated[:limit], starts[:limit], title)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of division by zero where sentences share no word
        ranking = _collect_ranking(_load_sumy(method, title or stated[0]), document)
    ranked = set(ranking)
    return ranking + [i for i in range(len(stated)) if i not in ranked]


def _load_sumy(method: str, topic: str) -> Any:
    """A summarizer of sumy, ready for English; `topic` holds the words that Edmundson favours."""
    from sumy.nlp.stemmers import Stemmer

    module, name = _SUMY[method]
    summarizer = getattr(import_module(f"sumy.summarizers.{module}"), name)(Stemmer("english"))
    if method == "edmundson":
        summarizer.bonus_words = frozenset(find_words(topic)) - stop_words() or {"news"}
        summarizer.stigma_words = dangling_words()
        summarizer.null_words = stop_words()
    else:
        summarizer.stop_words = stop_words()
    return summarizer
