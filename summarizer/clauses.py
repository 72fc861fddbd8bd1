"""Around a reporting verb: who is its subject, and whether it says that something was said."""

from collections.abc import Iterator

from summarizer.cues import Cues, VerbCue, load_cues
from summarizer.reported import OUTSIDE, ReportedText

NOMINAL_TAGS = frozenset({"NN", "NNS", "NNP", "NNPS", "PRP", "WP", "WDT", "CD", "DT", "JJ"})
_NOMINAL_DEPS = frozenset({"amod", "compound", "nmod", "poss", "nsubj", "dobj", "pobj", "punct"})
_SUBJECT_DEPS = ("nsubj", "csubj")
_SHARED_SUBJECT_DEPS = frozenset(
    {"conj", "xcomp", "advcl", "pcomp", "dep", "prep", "ccomp", "acomp"}
)
_RELATIVE = frozenset({"who", "which", "that"})
_NEGATIONS = frozenset({"not", "n't", "n’t", "never"})
_CONDITIONS = frozenset({"if", "unless", "whether", "should", "until"})
_INDEFINITE = frozenset({"there", "what", "this", "nothing", "everything"})
_NOBODY = frozenset({"nobody", "none", "neither", "no", "noone"})
_BEING = frozenset({"is", "are", "was", "were", "be", "been", "being", "'s", "’s"})
_CALLED = frozenset({"known", "called", "named", "nicknamed", "dubbed", "titled", "handle"})
_LONGEST_CLIMB = 6


def verb_cue_at(t: ReportedText, i: int, cues: Cues) -> VerbCue | None:
    """The reporting verb that stands outside quotation marks at word `i`."""
    cue = cues.verbs.get(t.lower[i])
    if cue is None or t.quotation[i] != OUTSIDE or t.paragraph[i] == OUTSIDE:
        return None
    if cue.base == "say":
        return cue if t.lower[i] != "say" or t.tags[i].startswith("VB") else None
    if not t.tags[i].startswith("VB") or t.deps[i] in _NOMINAL_DEPS:
        return None
    return cue


def has_own_content(t: ReportedText, verb: int, cue: VerbCue) -> bool:
    """Whether what follows the verb is said by it, so that it needs no quotation before it."""
    for child in (c for c in t.children[verb] if c > verb):
        if t.deps[child] == "ccomp":
            return True
        if t.deps[child] == "dobj" and "object" in cue.frames:
            return True
        if t.deps[child] == "prep" and t.lower[child] in cue.frames and t.right[child] > child:
            return True
    return False


def find_source(t: ReportedText, verb: int) -> tuple[int, int] | None:
    """The words that stand for the source of `verb` and name it: different for "who"."""
    word = verb
    if t.tags[verb] == "VBN" and t.deps[verb] == "advcl" and t.child(verb, "aux") is None:
        return None  # "Asked whether it was safe, she ...": somebody else asked
    for _ in range(_LONGEST_CLIMB):
        if _is_passive(t, word):
            return _agent_or_quoted(t, word, came_from=verb)
        subjects = [c for c in t.children[word] if t.deps[c] in _SUBJECT_DEPS]
        nearest = min(subjects, key=lambda c: abs(c - word), default=None)
        subject = next((c for c in subjects if called_name(t, c) is not None), nearest)
        if subject is not None and _may_be_source(t, subject, verb):
            return _resolve_relative(t, word, subject)
        if t.deps[word] in ("acl", "relcl") and t.heads[word] != word:
            head = t.heads[word]
            is_noun = t.tags[head].startswith(("NN", "PRP")) and _may_be_source(t, head, verb)
            return (head, head) if is_noun and t.tags[word] != "VBN" else None
        if t.deps[word] not in _SHARED_SUBJECT_DEPS or subject is not None:
            return None
        if t.deps[word] in ("advcl", "ccomp", "dep") and t.tags[word] not in ("VBG", "VBN", "VB"):
            return None
        if t.deps[word] == "conj" and word == verb and _follows_noun(t, verb):
            return None
        word = t.heads[word]
    return None


def _follows_noun(t: ReportedText, verb: int) -> bool:
    """Whether a noun stands right before the verb, so that it shares no other verb's subject."""
    i = verb - 1
    while i > 0 and t.tags[i] in ("RB", "MD", "VBD", "VBZ", "VBP") and t.heads[i] == verb:
        i -= 1
    return i >= 0 and t.tags[i] in ("NN", "NNS", "NNP", "NNPS", "PRP")


def _is_passive(t: ReportedText, word: int) -> bool:
    return t.child(word, "nsubjpass", "auxpass") is not None


def _agent_or_quoted(t: ReportedText, word: int, came_from: int) -> tuple[int, int] | None:
    """Of "was told by X" X; of "X was quoted as saying" X; else nobody."""
    if word != came_from:
        subject = t.child(word, "nsubjpass")
        if subject is not None and _may_be_source(t, subject, came_from):
            return _resolve_relative(t, word, subject)
        return None
    agent = t.child(word, "agent")
    source = None if agent is None else t.child(agent, "pobj")
    return None if source is None else (source, source)


def _may_be_source(t: ReportedText, word: int, verb: int) -> bool:
    return (
        t.quotation[word] == OUTSIDE
        and t.paragraph[word] == t.paragraph[verb]
        and t.tags[word] in NOMINAL_TAGS
        and t.lower[word] not in _INDEFINITE
        and _NOBODY.isdisjoint((t.lower[word], t.lower[t.left[word]]))
        and any(c.isalnum() for c in t.lower[word])
    )


def _resolve_relative(t: ReportedText, word: int, subject: int) -> tuple[int, int] | None:
    if t.lower[subject] not in _RELATIVE or t.tags[subject] not in ("WP", "WDT"):
        return subject, subject
    antecedent = t.heads[word]
    if t.deps[word] != "relcl" or not t.tags[antecedent].startswith(("NN", "PRP")):
        return None
    return subject, antecedent


def name_before_apposition(t: ReportedText, head: int, first: int) -> int:
    """Of "X, head of the zoo said" or "Posting online, X said" X, where `head` was found."""
    if head == first and t.lower[head].endswith("ing"):
        named = (i for i in range(head + 1, t.right[head] + 1) if t.tags[i] == "NNP")
        return next((i for i in named if t.deps[i] == "appos"), head)
    start = head
    while start > first and start > t.left[head] and t.quotation[start - 1] == OUTSIDE:
        start -= 1
    is_noun = t.tags[head] in ("NN", "JJ", "VBG") and t.entity[head] == OUTSIDE
    name = start - 2
    if not is_noun or name < first or t.lower[start - 1] != "," or t.tags[name] != "NNP":
        return head
    opening = name
    while opening > first and t.tags[opening - 1] in ("NNP", "NN", "JJ"):
        opening -= 1
    begins = opening == first or t.lower[opening - 1] == "," or t.quotation[opening - 1] != OUTSIDE
    is_person = t.entity[name] != OUTSIDE and t.entities[t.entity[name]].label in ("PERSON", "ORG")
    return name if begins and is_person else head


def find_source_beside(t: ReportedText, verb: int, first: int, end: int) -> int | None:
    """A source that the parser missed: the noun phrase right after `verb`, or right before it."""
    for i, step in ((verb + 1, 1), (verb - 1, -1)):
        while first <= i < end and t.tags[i] in ("RB", "MD", "VBD", "VBP", "VBZ") and i != verb:
            i += step
        if not first <= i < end or t.quotation[i] != OUTSIDE:
            continue
        if (step > 0 and t.tags[i] in ("DT", "JJ", "PRP$")) or t.tags[i] in NOMINAL_TAGS:
            head = _phrase_head(t, i, first, end, verb)
            if t.tags[head].startswith(("NN", "PRP")) and t.tags[head] != "PRP$":
                return head
    return None


def _phrase_head(t: ReportedText, i: int, first: int, end: int, verb: int) -> int:
    best = i
    for _ in range(_LONGEST_CLIMB):
        head = t.heads[i]
        on_same_side = first <= head < end and (head < verb) == (i < verb) and head != verb
        if not on_same_side or t.quotation[head] != OUTSIDE:
            break
        if any(t.lower[j] in (",", ";", ":") for j in range(min(i, head), max(i, head))):
            break
        if t.tags[head] in NOMINAL_TAGS:
            best = head
        elif t.tags[head] != "IN":
            break
        i = head
    return best


def find_unlisted_verb(t: ReportedText, first: int, end: int) -> tuple[int, int] | None:
    """Verb and source of a cue clause after a quotation whose verb no table has: "thundered X"."""
    while first < end and not t.lower[first][0].isalnum():
        first += 1
    for i in range(first, min(first + _LONGEST_CLIMB, end)):
        if t.quotation[i] != OUTSIDE or t.lower[i] in (",", "that", "and", "but"):
            return None
        if t.tags[i] not in ("VBD", "VBZ"):
            continue
        if t.lower[i] in load_cues().silent_verbs:
            return None
        following = t.lower[i + 1 : i + 2]
        source = find_source_beside(t, i, first, end)
        if source is None or (source < i and following and following[0][0].isalnum()):
            return None
        return (i, source) if t.tags[source] in ("NNP", "PRP") else None
    return None


def _is_hearsay(t: ReportedText, verb: int) -> bool:
    """Whether "is said to have left" tells what others say of the subject."""
    is_passive = t.tags[verb] in ("VBN", "VBD") and t.lower[verb - 1] in _BEING
    return is_passive and t.tags[verb + 1 : verb + 2] == ("TO",)


def is_asserted(t: ReportedText, verb: int, cues: Cues, *, quoted: bool) -> bool:
    """Whether the text reports that it was said: not denied, not to come, not on a condition."""
    if _is_hearsay(t, verb):
        return False
    for word in _with_sharing_verbs(t, verb):
        for child in t.children[word]:
            if child > word and t.deps[child] != "neg":
                continue
            if t.deps[child] == "neg" or t.lower[child] in _NEGATIONS:
                return False
            if t.deps[child] == "aux" and t.tags[child] == "MD" and not quoted:
                return False
            if t.deps[child] in ("mark", "aux") and t.lower[child] in _CONDITIONS:
                return False
        if t.tags[word] in ("VB", "VBN") and _is_infinitive(t, word):
            return _infinitive_is_asserted(t, word, cues)
    return True


def _with_sharing_verbs(t: ReportedText, verb: int) -> Iterator[int]:
    yield verb
    while t.deps[verb] == "conj" and t.child(verb, *_SUBJECT_DEPS) is None:
        verb = t.heads[verb]
        yield verb


def _is_infinitive(t: ReportedText, verb: int) -> bool:
    return any(t.tags[c] == "TO" for c in t.children[verb] if c < verb)


def _infinitive_is_asserted(t: ReportedText, verb: int, cues: Cues) -> bool:
    """ "went on to say" is, "declined to say" and "a chance to say" are not."""
    if t.deps[verb] not in ("xcomp", "advcl"):
        return False
    governor = t.heads[verb]
    for word in (governor, *t.children[governor]):
        if t.lower[word] in cues.unsaid_governors or t.lower[word] in _NEGATIONS:
            return False
        if t.tags[word] == "MD" and t.deps[word] == "aux":
            return False
    return not _is_passive(t, governor) and t.deps[governor] not in ("acl", "pcomp")


def called_name(t: ReportedText, head: int) -> tuple[int, int] | None:
    """The words [first, end) of X in "a channel known as X" or "a man named X"."""
    for child in t.children[head]:
        if child <= head or t.deps[child] not in ("acl", "relcl"):
            continue
        for i in range(child, min(t.right[child], child + _LONGEST_CLIMB)):
            if t.lower[i] not in _CALLED:
                continue
            first = i + 2 if t.lower[i + 1] == "as" else i + 1
            end = first
            while end < len(t) and t.tags[end] in ("NNP", "NNPS", "CD"):
                end += 1
            if end > first and t.paragraph[end - 1] == t.paragraph[head]:
                return first, end
    return None


def joined_names(t: ReportedText, head: int) -> Iterator[int]:
    """Further names that are joined to a name by "and": of "X and Y" with the head X, Y."""
    for _ in range(_LONGEST_CLIMB):
        other = t.child(head, "conj")
        if other is None or other < head or t.quotation[other] != OUTSIDE:
            return
        if t.tags[head] != "NNP" or t.tags[other] != "NNP":
            return
        yield other
        head = other


def phrase_of(t: ReportedText, head: int, *, apart_from: int | None = None) -> tuple[int, int]:
    """The words [first, end) of the noun phrase of `head`, outside quotation marks."""
    first, end = head, head + 1
    while first > t.left[head] and _continues_phrase(t, first - 1, head, apart_from):
        first -= 1
    dash = next((i for i in range(first, head) if t.lower[i] in ("—", "–", "--", "-")), None)
    if (
        dash is not None
        and t.word(first).isupper()
        and t.paragraph_words[t.paragraph[head]][0] == first
    ):
        first = dash + 1
    while end <= t.right[head] and _continues_phrase(t, end, head, apart_from):
        end += 1
    while (
        end - 1 > head
        and not any(c.isalnum() for c in t.lower[end - 1])
        and t.lower[end - 1] not in ")"
    ):
        end -= 1
    while (
        first < head
        and not any(c.isalnum() for c in t.lower[first])
        and t.lower[first] not in "(@$#"
    ):
        first += 1
    return first, end


def _continues_phrase(t: ReportedText, i: int, head: int, apart_from: int | None) -> bool:
    return t.quotation[i] == OUTSIDE and t.paragraph[i] == t.paragraph[head] and i != apart_from
