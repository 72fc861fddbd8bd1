"""Who said what, by us and by other extractors, side by side on one gold file.

    pip install .[peers]      # textacy and sayswho; an environment of its own keeps digests fast
    python benchmarks/speaker_peers.py GOLD.jsonl [--limit N]

GOLD has a line {"text", "attributions": [{"source", "cue", "content"}]} for each article; source
and content hold "spans" [[start, end), ...], source perhaps "names". The others share one parse
with all pipes, of the same model that we use, in which blank lines are single line breaks:
sayswho fails at others. A statement is found when its words overlap those of a gold content by
half (Dice), one to one; it is right when its speaker is too: a name whose last word is that of a
gold name, or words that overlap the source where the gold names nobody. "speech" is gold content
with quotation marks or one of our reporting verbs as its cue; precision is over all gold. Direct
speech is what stands in quotation marks to four fifths. For peers, who give words and no names,
the name is the person or organisation around the speaker's words, a surname alone its longest
form.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from summarizer.attribution import find_attributions
from summarizer.boilerplate import read_layout
from summarizer.cues import load_cues
from summarizer.language import default_model, find_model, load_model
from summarizer.parsing import parse, to_parseable
from summarizer.people import fold
from summarizer.quotes import find_quotations
from summarizer.sentences import find_lines
from summarizer.speakers import identify_speakers

WORD = re.compile(r"\w+")
BLANK = re.compile(r"\n(?=\n)")
ENOUGH = 0.5
IN_MARKS = 0.8
NAMED = ("PERSON", "ORG")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said (starts of its words), by whom (no names if unnamed), and its source."""

    words: frozenset[int]
    names: tuple[str, ...]
    source: frozenset[int]
    direct: bool
    speech: bool = True


Extractor = Callable[[Doc, str], Iterable[Said]]


def words_of(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    found: set[int] = set()
    for start, end in spans:
        found.update(match.start() for match in WORD.finditer(text, start, end))
    return frozenset(found)


def marked_words(text: str) -> frozenset[int]:
    """The words that stand in quotation marks."""
    inner = (q.inner for q in find_quotations(text, find_lines(text)))
    return words_of(text, ((span.start, span.end) for span in inner))


def is_direct(words: frozenset[int], marked: frozenset[int]) -> bool:
    return len(words & marked) >= IN_MARKS * len(words)


def read_gold(article: dict[str, Any], marked: frozenset[int]) -> Iterator[Said]:
    text = article["text"]
    verbs = load_cues().verbs
    for each in article["attributions"]:
        source, cue = each.get("source") or {}, each.get("cue") or {}
        origin = words_of(text, source.get("spans", ()))
        cues = {word.casefold() for word in WORD.findall(cue.get("text", ""))}
        for span in each["content"]["spans"]:
            words = words_of(text, [span])
            if words:
                speech = bool(words & marked) or not cues.isdisjoint(verbs) or "according" in cues
                names = tuple(source.get("names") or ())
                yield Said(words, names, origin, is_direct(words, marked), speech)


@cache
def our_model() -> Language:
    return load_model(default_model())


def ours(_: Doc, text: str) -> Iterator[Said]:
    layout = read_layout(text)
    marked = marked_words(text)
    doc = parse(our_model(), text)
    for speaker in identify_speakers(text, doc, layout, find_attributions(doc, layout)):
        names = () if speaker.kind == "group" else (speaker.name,)
        for s in speaker.statements:
            words = words_of(text, [(s.start, s.end)])
            origin = words_of(text, [(s.mention.start, s.mention.end)])
            yield Said(words, names, origin, is_direct(words, marked))


def name_at(doc: Doc, first: int, end: int) -> tuple[str, ...]:
    """The name around the words [first, end), in its longest earlier form."""
    for ent in doc.ents:
        if ent.label_ in NAMED and ent.start < end and first < ent.end:
            same = (
                e.text for e in doc.ents if e.label_ == ent.label_ and e[-1].text == ent[-1].text
            )
            return (max(same, key=len),)
    return ()


def triples(doc: Doc, text: str, found: Iterable[Any]) -> Iterator[Said]:
    """What textacy and sayswho give: speaker tokens, cue tokens, content span."""
    marked = marked_words(text)
    for triple in found:
        first, last = triple.speaker[0], triple.speaker[-1]
        content = triple.content
        words = words_of(text, [(content.start_char, content.end_char)])
        origin = words_of(text, [(first.idx, last.idx + len(last))])
        yield Said(words, name_at(doc, first.i, last.i + 1), origin, is_direct(words, marked))


def with_textacy(doc: Doc, text: str) -> Iterable[Said]:
    from textacy.extract.triples import direct_quotations

    for line in find_lines(text):  # of a whole text it gives up when the marks are odd
        span = doc.char_span(line.start, line.end, alignment_mode="contract")
        if span is None:
            continue
        try:
            found = [_at(doc, triple, span.start) for triple in direct_quotations(span.as_doc())]
        except ValueError:
            continue
        yield from triples(doc, text, found)


@dataclass(frozen=True, slots=True)
class Triple:
    """A quotation found in a part of a document, in terms of the whole."""

    speaker: list[Any]
    content: Any


def _at(doc: Doc, triple: Any, offset: int) -> Triple:
    speaker = [doc[token.i + offset] for token in triple.speaker]
    return Triple(speaker, doc[triple.content.start + offset : triple.content.end + offset])


def with_sayswho(doc: Doc, text: str) -> Iterable[Said]:
    from sayswho.quote_finder import quote_finder

    try:
        found = list(quote_finder(doc))
    except (IndexError, TypeError, ValueError, AttributeError):  # it stumbles over a few texts
        return
    yield from triples(doc, text, (t for t in found if len(t.speaker)))


def naive(doc: Doc, text: str) -> Iterable[Said]:
    """A sentence with a person and a form of "say": the rest of it is what the person said."""
    for sent in doc.sents:
        people = [ent for ent in sent.ents if ent.label_ == "PERSON"]
        if not people or not any(token.lower_ in ("said", "says", "told") for token in sent):
            continue
        who = people[0]
        words = words_of(text, [(sent.start_char, sent.end_char)])
        origin = words_of(text, [(who.start_char, who.end_char)])
        direct = is_direct(words - origin, marked_words(text))
        yield Said(words - origin, name_at(doc, who.start, who.end), origin, direct)


EXTRACTORS: dict[str, Extractor] = {
    "Nutgraf": ours,
    "textacy, by paragraph": with_textacy,
    "sayswho, no coreference": with_sayswho,
    "naive": naive,
}


def same_name(a: str, b: str) -> bool:
    mine, other = WORD.findall(fold(a)), WORD.findall(fold(b))
    return bool(mine and other) and (mine[-1] == other[-1] or set(mine) <= set(other))


def is_speaker(found: Said, gold: Said) -> bool:
    if gold.names and found.names:
        return any(same_name(f, g) for f in found.names for g in gold.names)
    return bool(found.source & gold.source)


def pairs(found: list[Said], gold: list[Said]) -> Iterator[tuple[Said, Said]]:
    """Statements and gold contents that overlap by half, the best pairs first, one to one."""

    def dice(a: Said, b: Said) -> float:
        return 2 * len(a.words & b.words) / (len(a.words) + len(b.words))

    scored = [(dice(f, g), i, j) for i, f in enumerate(found) for j, g in enumerate(gold)]
    mine: set[int] = set()
    theirs: set[int] = set()
    for score, i, j in sorted(scored, reverse=True):
        if score >= ENOUGH and i not in mine and j not in theirs:
            mine.add(i)
            theirs.add(j)
            yield found[i], gold[j]


@dataclass(slots=True)
class Tally:
    """Counts for precision (of what was found) and recall (of the gold)."""

    right_found: int = 0
    found: int = 0
    right_gold: int = 0
    gold: int = 0

    def __str__(self) -> str:
        p = self.right_found / max(self.found, 1)
        r = self.right_gold / max(self.gold, 1)
        return f"{p:.2f} / {r:.2f} / {2 * p * r / max(p + r, 1e-9):.3f}"


def score(tallies: dict[str, Tally], found: list[Said], gold: list[Said]) -> None:
    found = [f for f in found if f.words]
    right = [(f, g) for f, g in pairs(found, gold) if is_speaker(f, g)]
    for key, is_counted in (("direct", lambda s: s.direct), ("speech", lambda s: s.speech)):
        tally = tallies.setdefault(key, Tally())
        tally.found += sum(map(is_counted, found))
        tally.gold += sum(map(is_counted, gold))
        tally.right_found += sum(is_counted(f) for f, _ in right)
        tally.right_gold += sum(is_counted(g) for _, g in right)
    names = {name for f in found for name in f.names}
    known = {name for g in gold for name in g.names}
    wanted = {name for g in gold if g.speech for name in g.names}
    tally = tallies.setdefault("names", Tally())
    tally.found += len(names)
    tally.gold += len(wanted)
    tally.right_found += sum(any(same_name(n, k) for k in known) for n in names)
    tally.right_gold += sum(any(same_name(n, w) for n in names) for w in wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold", type=Path)
    parser.add_argument("--limit", type=int, help="only the first N articles")
    arguments = parser.parse_args()
    nlp = spacy.load(find_model(default_model()))
    tallies: dict[str, dict[str, Tally]] = {name: {} for name in EXTRACTORS}
    for line in arguments.gold.read_text("utf-8").splitlines()[: arguments.limit]:
        article = json.loads(line)
        text = to_parseable(article["text"])
        gold = list(read_gold({**article, "text": text}, marked_words(text)))
        doc = nlp(BLANK.sub(" ", text))
        for name, extract in EXTRACTORS.items():
            score(tallies[name], list(extract(doc, text)), gold)
    print(f"{'P / R / F1':25} {'direct':22} {'speech':22} names")
    for name, measured in tallies.items():
        print(f"{name:25} " + " ".join(f"{tally!s:22}" for tally in measured.values()))


if __name__ == "__main__":
    main()
