"""What part a place plays where it is named: scene, actor, venue of a speech, or a mere label."""

from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Doc, Token

from summarizer.models import LocationKind, Span
from summarizer.toponym_checks import NameChecks, to_char_span
from summarizer.toponym_patterns import Sighting
from summarizer.toponym_words import ToponymWords

Use = Literal["scene", "venue", "actor", "owner", "label", "dateline", "embedded", "demonym"]
"""scene: something is there; venue: somebody spoke there; actor: stands for its government;
owner: "Ukraine's army"; label: "a Kherson hospital"; embedded: inside the name of an organisation;
demonym: an adjective, a sign of the country but no name of a place."""


@dataclass(frozen=True, slots=True)
class Toponym:
    """A name of a place; `text[span] == name`.

    `base` is the name without the word that tells its `kind` ("Kherson" of "Kherson region"),
    `container` the state or country written after it; `definite` tells that it has an article or
    banks, as rivers do. A `doubtful` one is a known name and nothing else tells that it is a place.
    """

    name: str
    span: Span
    use: Use = "scene"
    kind: LocationKind | None = None
    base: str | None = None
    container: str | None = None
    definite: bool = False
    abbreviated: bool = False
    doubtful: bool = False


def describe(text: str, checks: NameChecks, sighting: Sighting) -> Toponym:
    """The toponym of a sighting, with what the words around it tell."""
    doc = checks.doc
    span = to_char_span(doc, sighting.start, sighting.end)
    base = sighting.base and to_char_span(doc, *sighting.base).text_of(text)
    container = checks.container_after(sighting.end)
    return Toponym(
        name=span.text_of(text),
        span=span,
        use=_use(doc, sighting, checks.words),
        kind=sighting.kind,
        base=base,
        container=container and to_char_span(doc, *container).text_of(text),
        doubtful=sighting.doubtful,
        definite=_is_definite(checks, sighting.start, sighting.end),
        abbreviated=(
            sighting.kind is None and checks.is_abbreviation(sighting.start, sighting.end)
        ),
    )


def _is_definite(checks: NameChecks, start: int, end: int) -> bool:
    """Whether the name has an article like that of a river, or is said to have banks."""
    while start > 0 and checks.before(start) in checks.words.directions:
        start -= 1
    before = checks.before(start)
    if before == "the":
        return checks.after(end) not in checks.words.first_level  # "the Charlotte region"
    return before == "of" and checks.before(start, 2) in checks.words.water_nouns


def _use(doc: Doc, sighting: Sighting, words: ToponymWords) -> Use:
    if sighting.dateline:
        return "dateline"
    if sighting.embedded:
        return "embedded"
    head = doc[sighting.start : sighting.end].root
    while head.dep_ in ("conj", "appos") and head.head.i < head.i:
        head = head.head
    if head.dep_ in ("nsubj", "nsubjpass", "agent"):
        return "actor"
    if head.dep_ == "poss":
        return "actor" if head.head.lower_ in words.officials else "owner"
    if head.dep_ in ("compound", "amod", "nmod"):
        return "label"
    if head.dep_ == "pobj" and head.head.lower_ in words.scene:
        return "venue" if _hangs_on_speech(head.head, words) else "scene"
    if head.dep_ == "pobj" and head.head.lower_ == "from":
        return "venue" if _hangs_on_speech(head.head, words) else "label"
    if head.dep_ == "pobj" and head.head.lower_ == "of":
        return "scene" if head.head.head.lower_ in words.place_nouns else "label"
    return "scene" if head.dep_ in ("", "npadvmod") else "label"


def _hangs_on_speech(preposition: Token, words: ToponymWords) -> bool:
    """Whether "in Rome" tells where somebody spoke, or where the speaker's institute is."""
    head = preposition.head
    if head.dep_ == "pobj" and head.lower_ in words.speeches:
        # "in an interview in Rome"
        while head.dep_ in ("pobj", "prep"):
            head = head.head
    elif head.dep_ == "pobj" and head.tag_.startswith("NNP") and head.head.head.dep_ == "nsubj":
        # "analysts at Banco Verde in Rome"
        head = head.head.head.head
    if head.dep_ in ("dobj", "pobj") and head.tag_.startswith("NN"):
        head = head.head
        if head.lower_ in words.reports:
            return False
    return head.lower_ in words.say and head.tag_.startswith("VB")
