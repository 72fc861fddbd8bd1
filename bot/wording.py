"""Which words of the article stand for a statement: the cue is shown where it matters.

"Ruled out opening the gates" must not become "opening the gates": only after plain cues such as
"said" does the content alone tell what its speaker holds. Shown words are always one span.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from tomllib import loads

from summarizer.models import Span, Statement

MAX_GAP = 160
"""How far from its content a cue may stand, in characters; it is in the same sentence anyway."""

_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s+[\"“‘(]*[A-Z]|[\n\r\u2028\u2029]")
_LAST_WORD = re.compile(r"([\w'’]+)\s*$")
_QUOTATION_MARK = re.compile('[“”"„«»]')


@dataclass(frozen=True, slots=True)
class Cues:
    plain: frozenset[str]
    dependent: frozenset[str]
    companions: frozenset[str]
    deniers: frozenset[str]


@cache
def load_cues() -> Cues:
    table = loads(resources.files("bot").joinpath("data/cues.toml").read_text("utf-8"))
    return Cues(**{name: frozenset(words) for name, words in table.items()})


def shown_span(text: str, statement: Statement) -> Span | None:
    """The words to show for a statement: its content, or more around it, with its cue.

    None where the content alone would mislead and its cue cannot be found next to it.
    """
    content = Span(statement.start, statement.end)
    if not statement.verb:
        return content
    cue = _cue_before(text, statement)
    if cue is not None:
        return _with_cue(text, statement, cue) or content
    if statement.direct or _is_plain(statement.verb) or statement.verb in statement.text:
        return content
    return _through_cue_after(text, statement)


def _is_plain(verb: str) -> bool:
    return verb.split()[0].lower() in load_cues().plain if verb.split() else True


def _cue_before(text: str, statement: Statement) -> Span | None:
    """The last place of the cue before the content, in the same sentence."""
    first = max(0, statement.start - MAX_GAP)
    before = text[first : statement.start]
    found = list(re.finditer(rf"\b{re.escape(statement.verb or '')}\b", before))
    if not found:
        return None
    gap = before[found[-1].end() :]
    opening = text[statement.start : statement.start + 2]
    if _SENTENCE_END.search(gap + opening) or _QUOTATION_MARK.search(gap):
        return None
    return Span(first + found[-1].start(), first + found[-1].end())


def _with_cue(text: str, statement: Statement, cue: Span) -> Span | None:
    """From the cue to the end of the content, or None where the content can stand alone."""
    start, is_denied = _with_companions(text, cue.start)
    if is_denied:
        return Span(start, statement.end)
    whole = Span(cue.start, statement.end)
    gap = text[cue.end : statement.start].strip()
    is_plain = _is_plain(text[cue.start : cue.end])
    if statement.direct:
        is_utterance = gap.endswith((",", ":", "–", "—")) or (is_plain and gap in ("", "that"))
        return None if is_utterance else whole
    if not is_plain or _first_word(statement.text) in load_cues().dependent:
        return whole
    return None


def _with_companions(text: str, start: int) -> tuple[int, bool]:
    """Where the words that go with a cue begin, and whether they deny it or leave it open."""
    cues = load_cues()
    is_denied = False
    first = max(0, start - MAX_GAP)
    while (found := _LAST_WORD.search(text[first:start])) is not None:
        word = found[1].lower().replace("’", "'")
        if word not in cues.companions:
            break
        start = first + found.start(1)
        is_denied = is_denied or word in cues.deniers
    return start, is_denied


def _first_word(text: str) -> str:
    return next(iter(text.split()), "").lower()


def _through_cue_after(text: str, statement: Statement) -> Span | None:
    """From the content to a cue that follows it in the same sentence."""
    after = text[statement.end : statement.end + MAX_GAP]
    found = re.search(rf"\b{re.escape(statement.verb or '')}\b", after)
    if found is None or _SENTENCE_END.search(after[: found.start()]):
        return None
    return Span(statement.start, statement.end + found.end())
