"""The words that give what was said, next to a reporting verb: clauses, infinitives, objects."""

from summarizer.clauses import verb_cue_at
from summarizer.cues import Cues, VerbCue, load_cues
from summarizer.reported import OUTSIDE, ReportedText
from summarizer.stretches import Stretch

Words = tuple[int, int]
_CLAUSE_DEPS = ("ccomp", "xcomp", "dep", "advcl", "parataxis", "conj")
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_FOLLOWING_PREPS = frozenset(
    {"for", "as", "over", "of", "on", "to", "from", "in", "with", "against"}
)
_MOST_ADJUNCT_WORDS = 12
_CUE_CLAUSE_WORDS = 5
_THINGS = frozenset({"it", "them"})
_POINTING = frozenset({"the", "this", "that", "these", "those", "such", "any", "all", "his", "her"})


def content_after(
    t: ReportedText, verb: int, cue: VerbCue, stretch: Stretch, cues: Cues
) -> tuple[Words, str] | None:
    """The content to the right of `verb` by the first frame of it that is filled, and its name."""
    found = _clause_after(t, verb, cue, stretch)
    if found is None:
        found = _phrase_after(t, verb, cue)
    if found is None:
        found = _unparsed_clause_after(t, verb, cue, stretch)
    if found is None:
        return None
    (first, end), frame = found
    end = _to_end_of_entity(t, min(end, stretch.end), stretch)
    end = _cut_at_next_cue(t, first, end, cues)
    words = trim(t, first, end)
    words = None if words is None else trim(t, _without_cue_clause(t, *words, cues), words[1])
    if words is None or says_nothing_alone(t, *words, frame, cues):
        return None
    return words, frame


def _to_end_of_entity(t: ReportedText, end: int, stretch: Stretch) -> int:
    """The end of the time or name that a phrase must not cut, as "7:40 a.m."."""
    while end < stretch.end and t.entity[end - 1] == t.entity[end] != OUTSIDE:
        end += 1
    return end


def says_nothing_alone(t: ReportedText, first: int, end: int, frame: str, cues: Cues) -> bool:
    """Whether it is only "the claim" or "it to the council", or its subject is a bare "that"."""
    if any(t.quotation[i] != OUTSIDE for i in range(first, end)):
        return False
    opening = t.lower[first]
    if t.tags[first] == "PRP":
        moved = frame == "object" and t.tags[first + 1] in ("IN", "TO") and opening in _THINGS
        return end - first == 1 or (moved and t.lower[first + 1] != "as")
    if opening in _POINTING and end - first == 2 and t.lower[end - 1] in cues.empty_objects:
        return True
    after = first + 1
    while after < end and t.tags[after] == "RB":
        after += 1
    is_subject = opening == "that" and t.deps[first] in ("nsubj", "nsubjpass")
    return is_subject and after < end and t.tags[after] in _FINITE


def _without_cue_clause(t: ReportedText, first: int, end: int, cues: Cues) -> int:
    """Where the content begins after "she later testified," within it."""
    if t.tags[first : first + 1] not in (("PRP",), ("NNP",)) or t.quotation[first] != OUTSIDE:
        return first
    for i in range(first + 1, min(first + _CUE_CLAUSE_WORDS, end - 1)):
        if verb_cue_at(t, i, cues) is not None:
            return i + 2 if t.lower[i + 1] == "," else first
        if t.tags[i] not in ("RB", "MD", "VBD", "VBZ", "NNP"):
            break
    return first


def _clause_after(
    t: ReportedText, verb: int, cue: VerbCue, stretch: Stretch
) -> tuple[Words, str] | None:
    for child in t.children[verb]:
        if child <= verb or t.deps[child] not in ("ccomp", "xcomp"):
            continue
        first, end = max(t.left[child], verb + 1), t.right[child] + 1
        infinitive = any(t.tags[c] == "TO" for c in t.children[child] if c < child)
        if infinitive and t.lower[child] in load_cues().anonymous:
            continue
        if infinitive and t.quotation[child] == OUTSIDE:
            if "order" in cue.frames:
                return (min(first, _object_start(t, verb, first)), end), "order"
            if "to" in cue.frames:
                return (first, end), "to"
        elif "name" in cue.frames:
            return (verb + 1, end), "name"
        elif "clause" in cue.frames and _is_clause(t, child):
            return (_without_time_words(t, first, child), end), "clause"
    return None


def _is_clause(t: ReportedText, head: int) -> bool:
    return t.tags[head] != "VBG" or t.child(head, "nsubj", "mark", "advmod", "aux") is not None


def _object_start(t: ReportedText, verb: int, otherwise: int) -> int:
    for child in t.children[verb]:
        if child > verb and t.deps[child] in ("dobj", "dative", "iobj"):
            return t.left[child]
    return otherwise


def _without_time_words(t: ReportedText, first: int, clause: int) -> int:
    while first < clause - 1 and t.lower[first] in load_cues().time_words:
        first += 1
    return first


def _phrase_after(t: ReportedText, verb: int, cue: VerbCue) -> tuple[Words, str] | None:
    frames = cue.frames
    right = [c for c in t.children[verb] if c > verb and t.deps[c] != "punct"]
    objects = [c for c in right if t.deps[c] in ("dobj", "oprd", "attr", "dative")]
    is_named = len(objects) > 1 or any(t.quotation[t.right[c]] != OUTSIDE for c in objects)
    if "name" in frames and objects and is_named:
        end = max(t.right[c] for c in objects) + 1
        return (t.left[objects[0]], end), "name"
    if "of" in frames and any(_has_gerund_after_of(t, c) for c in objects[:1]):
        return (t.left[objects[0]], t.right[objects[0]] + 1), "preposition"
    for child in right:
        if t.deps[child] != "prep" and t.deps[child] != "prt":
            continue
        if t.lower[child] == "as" and "as" in frames and objects:
            return (t.left[objects[0]], t.right[child] + 1), "as"
        is_framed = t.lower[child] in frames and t.lower[child] not in ("to", "as")
        if is_framed and t.right[child] > child:
            accused = [c for c in objects if c < child and t.quotation[c] == OUTSIDE]
            first = t.left[accused[0]] if accused else child + 1
            return (first, t.right[child] + 1), "preposition"
    if "object" in frames and objects and t.deps[objects[0]] == "dobj":
        return (t.left[objects[0]], _object_end(t, objects[0], right)), "object"
    return None


def _has_gerund_after_of(t: ReportedText, noun: int) -> bool:
    """Whether the parser put the "of" of "accused the engineer of lying" below the noun."""
    below = (c for c in t.children[noun] if c > noun and t.deps[c] == "prep")
    return any(t.lower[c] == "of" and t.tags[c + 1 : c + 2] == ("VBG",) for c in below)


def _object_end(t: ReportedText, head: int, right: list[int]) -> int:
    end = t.right[head] + 1
    for child in right:
        is_next = t.left[child] == end and t.deps[child] == "prep"
        if is_next and t.lower[child] in _FOLLOWING_PREPS:
            end = t.right[child] + 1
    return end


def _unparsed_clause_after(
    t: ReportedText, verb: int, cue: VerbCue, stretch: Stretch
) -> tuple[Words, str] | None:
    """Where the parser found no clause: what follows "that", or a finite verb after "said"."""
    if verb + 1 < stretch.end and t.lower[verb + 1] == ":" and cue.frames & {"clause", "quote"}:
        return (verb + 2, stretch.end), "colon"
    if "clause" not in cue.frames:
        return None
    first = verb + 1
    while first < stretch.end and t.lower[first] in load_cues().time_words:
        first += 1
    for i in range(first, min(stretch.end, verb + _MOST_ADJUNCT_WORDS)):
        if t.lower[i] == "that" and t.quotation[i] == OUTSIDE:
            before_pronoun = t.tags[i + 1 : i + 2] == ("PRP",)
            if t.tags[i] == "IN" or before_pronoun:
                return (i, stretch.end), "unparsed"
        if t.lower[i] in (",", ":") or t.tags[i] in _FINITE:
            break
    if cue.base != "say" or t.tags[first : first + 1] in (("IN",), (",",), (":",)):
        return None
    finite = any(t.tags[i] in _FINITE for i in range(first, stretch.end))
    return ((first, stretch.end), "unparsed") if finite and stretch.end - first > 3 else None


def _cut_at_next_cue(t: ReportedText, first: int, end: int, cues: Cues) -> int:
    """End the content before ", and she said ..." where that is a clause beside it."""
    for i in range(first + 2, end):
        quoted = t.quotation[i] != OUTSIDE
        closes = (
            i + 1 < end
            and quoted
            and t.quotation[i + 1] == OUTSIDE
            and "," in t.lower[i - 1 : i + 1]
        )
        if not closes and (quoted or t.lower[i] not in (",", ";", "—", "–")):
            continue
        for j in range(i + 1, min(i + 9, end)):
            if t.quotation[j] != OUTSIDE or t.lower[j] in (",", "that", "who", "which"):
                break
            if verb_cue_at(t, j, cues) is None:
                continue
            if t.deps[j] in ("parataxis", "ROOT") or (
                t.deps[j] == "conj" and t.lower[i + 1] in ("and", "but") and j - i > 2
            ):
                return i + 1 if closes else i
            break
    return end


def content_before(t: ReportedText, verb: int, source: int, stretch: Stretch) -> Words | None:
    """The content to the left of source and verb, as in: The road is closed, the mayor said."""
    cut = min(verb, source)
    if source < verb:
        cut = min(cut, _left_outside(t, source, verb, stretch))
    before = cut - 1
    if before <= stretch.first or t.quotation[cut] != OUTSIDE:
        return None
    separated = t.lower[before] in (",", "—", "–", "-") or t.quotation[before] != OUTSIDE
    if not separated:
        return None
    words = trim(t, stretch.first, cut)
    if words is None:
        return None
    if content_resumed(t, verb, stretch) is not None and words[1] - words[0] > 1:
        return words
    if words[1] - words[0] < 3:
        return None
    tags = t.tags[words[0] : words[1]]
    if t.lower[words[0]] in load_cues().subordinators and "," not in t.lower[words[0] : words[1]]:
        return None
    return words if any(tag in _FINITE for tag in tags) else None


def content_resumed(t: ReportedText, verb: int, stretch: Stretch) -> Words | None:
    """What follows a cue clause between commas, as in: The road, he said, is closed."""
    for i in range(verb + 1, min(verb + _MOST_ADJUNCT_WORDS, stretch.end)):
        if t.quotation[i] != OUTSIDE or t.tags[i] in _FINITE:
            return None
        if t.lower[i] in (",", "—", "–"):
            words = trim(t, i + 1, stretch.end)
            finite = words is not None and any(t.tags[j] in _FINITE for j in range(*words))
            gerund = t.tags[i + 1 : i + 2] in (("VBG",), ("WDT",), ("WP",), ("CC",), ("RB",))
            return words if finite and not gerund else None
    return None


def _left_outside(t: ReportedText, source: int, verb: int, stretch: Stretch) -> int:
    """The first word of the source's phrase; a comma before a name ends what it may hold."""
    first = source
    while first > max(t.left[source], stretch.first) and t.quotation[first - 1] == OUTSIDE:
        first -= 1
    return first


def trim(t: ReportedText, first: int, end: int) -> Words | None:
    """Without punctuation and white space at either end; quotation marks stay."""
    while first < end and _is_trimmed(t, first, "([$£€#@¿¡…"):
        first += 1
    while first < end and _is_trimmed(t, end - 1, ")]%?!"):
        end -= 1
    return (first, end) if first < end else None


def _is_trimmed(t: ReportedText, i: int, kept: str) -> bool:
    if t.quotation[i] != OUTSIDE:
        return False
    word = t.lower[i]
    return not any(c.isalnum() or c in kept for c in word)
