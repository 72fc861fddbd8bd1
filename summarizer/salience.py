"""Key points: which sentences carry the story."""

import re
import warnings
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import accumulate
from typing import Any

from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence
from sumy.summarizers._summarizer import AbstractSummarizer

from summarizer.choice import FULL_WORDS, choose_best, choose_in_order
from summarizer.datelines import skip_dateline
from summarizer.likeness import Vector, content_stems, find_words, stop_words, weigh_words
from summarizer.models import KeyPoint, Span
from summarizer.round_ups import LIST_MARK
from summarizer.sentence_features import (
    SentenceFeatures,
    dangling_words,
    is_fragment,
    measure_sentences,
)
from summarizer.sentence_grammar import SentenceGrammar
from summarizer.sentence_scores import score, score_parts

WORDS_PER_POINTS = ((0, 3), (120, 4), (200, 5), (700, 6), (1100, 7))
"""How many points an article of at least so many words deserves."""
MIN_POINTS, MAX_POINTS = 3, 7
TELLING_WORDS = 10
"""A line of so many words may be a sentence though it has no end mark."""
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


@dataclass(frozen=True, slots=True)
class RatedSentence:
    """Why a sentence is or is not a key point: its score, and what each feature adds to it.

    `rank` is that of the key point; None for a sentence that was not chosen.
    """

    text: str
    start: int
    end: int
    score: float
    parts: tuple[tuple[str, float], ...]
    rank: int | None


@dataclass(frozen=True, slots=True)
class _Sentences:
    """The sentences to rank, without datelines, and what is known of each."""

    spans: tuple[Span, ...]
    stated: tuple[str, ...]
    starts: tuple[bool, ...]  # whether a line begins with it
    grammar: tuple[SentenceGrammar, ...]
    items: tuple[int | None, ...]


def rank_key_points(
    text: str,
    sentences: tuple[Span, ...],
    *,
    title: str | None,
    method: str,
    count: int,
    grammar: tuple[SentenceGrammar, ...] = (),
    items: tuple[Span, ...] = (),
) -> tuple[KeyPoint, ...]:
    """The key points in document order, the most important one of rank 1.

    `count` is a ceiling: short articles get fewer, and no two points say the same thing.
    `grammar` is that of the sentences; `items` are the items of a round-up, each of which
    deserves a point.
    """
    read = _prepare(text, sentences, grammar, items)
    vectors = weigh_words([content_stems(sentence) for sentence in read.stated])
    wanted = min(count, _deserved(read))
    if method == "nutgraf":
        scores = [score(measured) for measured in _measure(read, title)]
        chosen = _choose(read, scores, vectors, wanted=wanted, count=count)
    else:
        ranking = _rank_without_scores(method, read, title)
        chosen = choose_in_order(ranking, vectors, wanted=wanted)
    return tuple(
        KeyPoint(read.stated[i], read.spans[i].start, read.spans[i].end, chosen.index(i) + 1)
        for i in sorted(chosen)
    )


def explain_key_points(
    text: str,
    sentences: tuple[Span, ...],
    *,
    title: str | None,
    count: int,
    grammar: tuple[SentenceGrammar, ...] = (),
    items: tuple[Span, ...] = (),
) -> tuple[RatedSentence, ...]:
    """All sentences in document order with the scores by which `rank_key_points` chooses."""
    read = _prepare(text, sentences, grammar, items)
    points = rank_key_points(
        text, sentences, title=title, method="nutgraf", count=count, grammar=grammar, items=items
    )
    ranks = {point.start: point.rank for point in points}
    return tuple(
        RatedSentence(
            text=stated,
            start=span.start,
            end=span.end,
            score=score(measured),
            parts=score_parts(measured),
            rank=ranks.get(span.start),
        )
        for stated, span, measured in zip(
            read.stated, read.spans, _measure(read, title), strict=True
        )
    )


def _prepare(
    text: str,
    sentences: tuple[Span, ...],
    grammar: tuple[SentenceGrammar, ...],
    items: tuple[Span, ...],
) -> _Sentences:
    spans = tuple(_skip_opening(text, sentence) for sentence in sentences[:MAX_SENTENCES])
    return _Sentences(
        spans=spans,
        stated=tuple(text[span.start : span.end] for span in spans),
        starts=_find_line_starts(text, spans),
        grammar=grammar[:MAX_SENTENCES],
        items=_find_items(spans, items),
    )


def _skip_opening(text: str, sentence: Span) -> Span:
    """The sentence without the mark of a list or the dateline before it."""
    mark = LIST_MARK.match(text, sentence.start, sentence.end)
    return skip_dateline(text, Span(mark.end(), sentence.end) if mark else sentence)


def _find_line_starts(text: str, spans: tuple[Span, ...]) -> tuple[bool, ...]:
    ends = [0, *(span.end for span in spans)]
    return tuple(
        not i or _LINE_END.search(text, ends[i], span.start) is not None
        for i, span in enumerate(spans)
    )


def _find_items(spans: tuple[Span, ...], items: tuple[Span, ...]) -> tuple[int | None, ...]:
    """For each sentence the number of the item that it stands in; both are in document order."""
    starts = [item.start for item in items]
    found: list[int | None] = []
    for span in spans:
        at = bisect_right(starts, span.start) - 1
        found.append(at if at >= 0 and span.end <= items[at].end else None)
    return tuple(found)


def _measure(read: _Sentences, title: str | None) -> list[SentenceFeatures]:
    ranker = NutgrafSummarizer(title=title, grammar=read.grammar)
    return ranker.measure(_to_document(read, title, len(read.stated))) if read.stated else []


def _deserved(read: _Sentences) -> int:
    """How many points the length deserves; every item of a round-up one, within the limits.

    Rows of a table and lines of links or code are no sentences: a few of them are enough.
    """
    lengths = [len(sentence.split()) for sentence in read.stated]
    by_length = max(points for least, points in WORDS_PER_POINTS if sum(lengths) >= least)
    told = sum(
        length >= TELLING_WORDS or not is_fragment(sentence)
        for sentence, length in zip(read.stated, lengths, strict=True)
    )
    items = len({item for item in read.items if item is not None})
    return min(MAX_POINTS, max(by_length, items), max(MIN_POINTS, told))


def _choose(
    read: _Sentences,
    scores: list[float],
    vectors: list[Vector],
    *,
    wanted: int,
    count: int,
) -> list[int]:
    """The best sentences as a set; one more for as long as all of them are short."""
    limit = min(count, MAX_POINTS) if wanted > MIN_POINTS else wanted
    chosen = choose_best(scores, vectors, wanted=max(limit, wanted), items=read.items)
    words = accumulate(len(read.stated[i].split()) for i in chosen)
    short = sum(total < FULL_WORDS for total in words) + 1
    return chosen[: max(wanted, short)]


def _rank_without_scores(method: str, read: _Sentences, title: str | None) -> list[int]:
    if method == "lead" or len(read.stated) < 2:
        return list(range(len(read.stated)))
    return _rank_by_sumy(method, read, title)


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

    def __init__(
        self, *, title: str | None = None, grammar: tuple[SentenceGrammar, ...] = ()
    ) -> None:
        super().__init__()
        self._title = title
        self._grammar = grammar

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
        return measure_sentences(sentences, title=self._title, grammar=self._grammar)


def _to_document(read: _Sentences, title: str | None, limit: int) -> Any:
    """sumy's model of the article; lines are its paragraphs, the title its heading."""
    paragraphs: list[list[_PlacedSentence]] = []
    for place, sentence in enumerate(read.stated[:limit]):
        if read.starts[place]:
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


def _rank_by_sumy(method: str, read: _Sentences, title: str | None) -> list[int]:
    """All places as a method of sumy ranks them; those that it isn't given come last."""
    limit = MAX_SENTENCES_OF_KL if method == "kl" else MAX_SENTENCES_OF_SUMY
    words = accumulate(len(sentence.split()) for sentence in read.stated[:limit])
    limit = max(2, sum(total <= MAX_WORDS_OF_SUMY for total in words))
    document = _to_document(read, title, limit)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of division by zero where sentences share no word
        ranking = _collect_ranking(_load_sumy(method, title or read.stated[0]), document)
    ranked = set(ranking)
    return ranking + [i for i in range(len(read.stated)) if i not in ranked]


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
