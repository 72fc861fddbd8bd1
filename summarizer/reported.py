"""The parsed article as plain lists, and the attributions that are found in it."""

from bisect import bisect_left
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from summarizer.models import Span
from summarizer.quotes import Quotation

OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what: `source` is the span of the words that name who said it.

    `head` is the main word of the source, `rule` the rule that found the attribution. `content`
    includes the quotation marks of direct speech.
    """

    source: Span
    cue: Span | None
    content: Span
    direct: bool
    head: Span
    rule: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A named entity over the words [start, end)."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class ReportedText:
    """An article as lists over its words; a word is meant by its number.

    `paragraph`, `quotation` and `entity` hold for each word the number of what it lies in, or
    OUTSIDE. `left` and `right` are the first and last word of the phrase below a word.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    lower: tuple[str, ...]
    tags: tuple[str, ...]
    deps: tuple[str, ...]
    heads: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]
    sentence_start: tuple[bool, ...]
    entity: tuple[int, ...]
    entities: tuple[Entity, ...]
    paragraph: tuple[int, ...]
    quotation: tuple[int, ...]
    quotations: tuple[Quotation, ...]
    quotation_words: tuple[tuple[int, int], ...]
    paragraph_words: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.starts)

    def word(self, i: int) -> str:
        return self.text[self.starts[i] : self.ends[i]]

    def span(self, first: int, end: int) -> Span:
        """The characters of the words [first, end)."""
        return Span(self.starts[first], self.ends[end - 1])

    def child(self, i: int, *deps: str) -> int | None:
        """The first word below `i` that has one of these relations to it."""
        return next((c for c in self.children[i] if self.deps[c] in deps), None)


def read_parse(
    doc: Doc, paragraphs: tuple[Span, ...], quotations: tuple[Quotation, ...]
) -> ReportedText:
    """Copy what the stages need from `doc`, whose text is as long as the article's."""
    starts = tuple(token.idx for token in doc)
    ends = tuple(token.idx + len(token) for token in doc)
    heads = tuple(token.head.i for token in doc)
    children: list[list[int]] = [[] for _ in starts]
    for i, head in enumerate(heads):
        if head != i:
            children[head].append(i)
    entities = tuple(Entity(ent.start, ent.end, ent.label_) for ent in doc.ents)
    spans = [quotation.span for quotation in quotations]
    return ReportedText(
        text=doc.text,
        starts=starts,
        ends=ends,
        lower=tuple(token.text.lower() for token in doc),
        tags=tuple(token.tag_ for token in doc),
        deps=tuple(token.dep_ for token in doc),
        heads=heads,
        left=tuple(token.left_edge.i for token in doc),
        right=tuple(token.right_edge.i for token in doc),
        children=tuple(map(tuple, children)),
        sentence_start=tuple(bool(token.is_sent_start) for token in doc),
        entity=_entity_of_words(entities, len(starts)),
        entities=entities,
        paragraph=_cover(starts, ends, list(paragraphs))[0],
        quotation=_cover(starts, ends, spans)[0],
        quotations=quotations,
        quotation_words=_cover(starts, ends, spans)[1],
        paragraph_words=_cover(starts, ends, list(paragraphs))[1],
    )


def with_headline(t: ReportedText, headline: Span | None) -> ReportedText:
    """The text with the words of the headline as a paragraph of their own, after all others."""
    if headline is None:
        return t
    first, end = bisect_left(t.starts, headline.start), bisect_left(t.starts, headline.end)
    number = (len(t.paragraph_words),) * (end - first)
    return replace(
        t,
        paragraph=(*t.paragraph[:first], *number, *t.paragraph[end:]),
        paragraph_words=(*t.paragraph_words, (first, end)),
    )


def _entity_of_words(entities: tuple[Entity, ...], length: int) -> tuple[int, ...]:
    result = [OUTSIDE] * length
    for number, entity in enumerate(entities):
        for i in range(entity.start, entity.end):
            result[i] = number
    return tuple(result)


def _cover(
    starts: tuple[int, ...], ends: tuple[int, ...], spans: list[Span]
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """For each word the span it touches, and for each span its words as [first, end)."""
    of_word = [OUTSIDE] * len(starts)
    words = [(0, 0)] * len(spans)
    i = 0
    for number, span in enumerate(spans):
        while i < len(starts) and ends[i] <= span.start:
            i += 1
        first = i
        while i < len(starts) and starts[i] < span.end:
            of_word[i] = number
            i += 1
        words[number] = (first, i)
    return tuple(of_word), tuple(words)
