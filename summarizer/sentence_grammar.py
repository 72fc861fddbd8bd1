"""What the parse tells of each sentence that its letters don't."""

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Token
from spacy.tokens import Span as Entity

from summarizer.models import Span

FINITE_TAGS = frozenset({"VBD", "VBZ", "VBP", "MD"})
ADVERB_TAGS = frozenset({"RB", "RBR", "RBS"})
SUBJECTS = frozenset({"nsubj", "nsubjpass"})
NAME_LABELS = frozenset(
    ("PERSON", "ORG", "GPE", "NORP", "FAC", "LOC", "EVENT", "PRODUCT", "WORK_OF_ART", "LAW")
)


@dataclass(frozen=True, slots=True)
class SentenceGrammar:
    """The grammar of one sentence; the default is that of one which nothing is known of."""

    verbless: bool = False  # no finite verb: captions, labels, items of lists
    pronoun_subject: bool = False  # the subject of the main clause is a pronoun
    adverbs: float = 0.0  # share of the words
    names: tuple[str, ...] = ()  # distinct, small letters; people by their last word


def read_grammar(doc: Doc, sentences: tuple[Span, ...]) -> tuple[SentenceGrammar, ...]:
    """The grammar of each of the sentences, which are in document order."""
    entities = _Following(doc)
    return tuple(_read_sentence(doc, sentence, entities) for sentence in sentences)


class _Following:
    """The named entities of a document, handed out stretch by stretch in one pass."""

    def __init__(self, doc: Doc) -> None:
        self._entities = [ent for ent in doc.ents if ent.label_ in NAME_LABELS]
        self._next = 0

    def within(self, start: int, end: int) -> Iterator[Entity]:
        """The entities that begin among the tokens [start, end); `start` must not fall."""
        while self._next < len(self._entities) and self._entities[self._next].start < start:
            self._next += 1
        while self._next < len(self._entities) and self._entities[self._next].start < end:
            yield self._entities[self._next]
            self._next += 1


def _read_sentence(doc: Doc, sentence: Span, entities: _Following) -> SentenceGrammar:
    tokens = doc.char_span(sentence.start, sentence.end, alignment_mode="expand")
    if tokens is None:
        return SentenceGrammar()
    words = [token for token in tokens if not token.is_space]
    names = [_name_of(ent) for ent in entities.within(tokens.start, tokens.end)]
    return SentenceGrammar(
        verbless=not any(token.tag_ in FINITE_TAGS for token in words),
        pronoun_subject=any(_is_pronoun_subject(token) for token in words),
        adverbs=sum(token.tag_ in ADVERB_TAGS for token in words) / max(1, len(words)),
        names=tuple(dict.fromkeys(name for name in names if name)),
    )


def _is_pronoun_subject(token: Token) -> bool:
    return token.tag_ == "PRP" and token.dep_ in SUBJECTS and token.head.dep_ == "ROOT"


def _name_of(entity: Entity) -> str:
    """One form for the ways of writing a name: "the Mayor of Brasca's" and "Mayor of Brasca"."""
    words = entity.text.casefold().replace("’", "'").removesuffix("'s").split()
    if not words:
        return ""
    return words[-1] if entity.label_ == "PERSON" else " ".join(words).removeprefix("the ")
