"""What each line of an article is: headline, running text, sub-heading or boilerplate."""

import re
from collections import Counter
from dataclasses import dataclass

from summarizer.bylines import read_authors
from summarizer.dates import MAX_LINE, find_date
from summarizer.line_patterns import (
    MATCHED_CHARS,
    LineKind,
    find_publisher,
    load_line_patterns,
    squeeze,
)
from summarizer.lines import FULL_WORDS, LONG_WORDS, ArticleLine, read_lines
from summarizer.models import Span

MAX_CLAIMS = 10
"""So many copyright lines are read for the name of the publisher."""
HEADING_WORDS = 15
"""Longer lines without an end mark are no sub-headings."""
HEADLINE_REACH = 40
"""The headline and the date stand within so many lines above the running text."""
CROWD = 30
"""So many lines, most of them fragments, are menus and lists of links."""
HEADLINE_WORDS = range(2, 31)

_WORD = re.compile(r"\w[\w'’-]*")
_SCORE = re.compile(
    r"(?:(?i:final(?: score)?):? )?(?P<sides>(?:[A-Z][\w.'’&-]*,? ){1,4}\d{1,3}(?: ?[,;–—:-] ?| )"
    r"(?:[A-Z][\w.'’&-]* ){0,4}\d{1,3}(?: [A-Z][\w.'’&-]*){0,4})(?: ?\([^)]{1,20}\))?"
)
"""What the result of a match looks like: "Brasca 3, Delta 1", "Brasca United 3-1 Delta (1-0)"."""
_LIST_MARK = re.compile(r"^(?:[•●▪■–—*·-]|\d{1,2}[.)])\s")


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of an article by what they are, each group in document order.

    `paragraphs` hold the running text; `headings` are sub-headings. The headline is neither in
    `paragraphs` nor in `boilerplate`. What was read from the lines is in `title`, `authors`,
    `published` (ISO 8601) and `source`.
    """

    paragraphs: tuple[Span, ...]
    headings: tuple[Span, ...] = ()
    boilerplate: tuple[Span, ...] = ()
    headline: Span | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class _Body:
    """Indexes of the first and the last line of the running text, and whether the lines before
    and after it are crowded with menus and links."""

    first: int
    last: int
    crowded_before: bool = False
    crowded_after: bool = False

    def holds(self, i: int) -> bool:
        return self.first <= i <= self.last

    def crowded_at(self, i: int) -> bool:
        return self.crowded_before if i < self.first else self.crowded_after and i > self.last


def read_layout(text: str, *, title: str | None = None) -> Layout:
    """Classify the lines of `text`; `title` is the headline where it is known beforehand.

    Every line that holds more than white space is in exactly one of the groups, and a text that
    has lines has at least one paragraph.
    """
    lines = read_lines(text)
    if not lines:
        return Layout(paragraphs=(), title=title)
    body = _find_body(lines)
    headline = _find_headline(lines, body, title)
    marked = _mark_boilerplate(lines, body, headline)
    kinds = [
        "headline"
        if i == headline
        else _classify(
            lines, i, body, marked=marked[i], above=headline is not None and i < headline
        )
        for i in range(len(lines))
    ]
    if "paragraph" not in kinds:
        kinds = _keep_something(lines, kinds)
        headline = None
    head = lines[headline].span if headline is not None else None
    groups: dict[str, list[Span]] = {}
    for line, kind in zip(lines, kinds, strict=True):
        groups.setdefault(kind, []).append(line.span)
    return Layout(
        paragraphs=tuple(groups["paragraph"]),
        headings=tuple(groups.get("heading", ())),
        boilerplate=tuple(groups.get("boilerplate", ())),
        headline=head,
        title=title or (head.text_of(text) if head else None),
        authors=_find_authors(text, lines, body),
        published=_find_published(lines, body),
        source=_find_source(text, lines, body),
    )


def is_boilerplate_sentence(sentence: str) -> bool:
    """Whether a sentence inside a paragraph reads like furniture of the page."""
    span = Span(0, len(sentence))
    kind = load_line_patterns().kind_of(
        squeeze(sentence, span), words=len(sentence.split()), ended=True
    )
    return kind is not None


def _find_body(lines: list[ArticleLine]) -> _Body:
    """The stretch of lines with the most running text for the fewest fragments in it."""
    best = current = start = 0
    body = None
    for i, line in enumerate(lines):
        if current <= 0:
            current, start = 0, i
        current += _density(line)
        if current > best:
            best, body = current, (start, i)
    if body is None:
        return _Body(0, len(lines) - 1)
    first, last = body
    return _Body(first, last, _is_crowded(lines[:first]), _is_crowded(lines[last + 1 :]))


def _density(line: ArticleLine) -> int:
    if line.full:
        return min(line.words, 80)
    return -1 if line.kind else -3 if line.ended else -8


def _is_crowded(lines: list[ArticleLine]) -> bool:
    """Whether the lines beside the body are menus and links, so that sentences there are too."""
    return len(lines) >= CROWD and 4 * sum(line.full for line in lines) < len(lines)


def _find_headline(lines: list[ArticleLine], body: _Body, title: str | None) -> int | None:
    if title is not None:
        wanted = _key(title)
        return next((i for i, line in enumerate(lines) if _key(line.text) == wanted), None)
    if len(lines) < 2:
        return None
    full = [line.text for line in lines[body.first : body.last + 1] if line.full]
    told = Counter(word for text in full for word in set(_content_words(text)))
    names = {word.casefold() for text in full for word in _WORD.findall(text) if word[0].isupper()}
    nearest = range(max(0, body.first - HEADLINE_REACH), body.first)
    candidates = [i for i in nearest if _may_be_headline(lines[i])]
    candidates += [
        i
        for i in sorted({0, body.first})
        if _is_title_cased(lines[i]) and _likeness(lines[i], told) > 1
    ]
    likeness = {
        i: _likeness(lines[i], told) for i in candidates if not _is_score(lines[i].text, names)
    }
    best = max(likeness, key=lambda i: (likeness[i], -i), default=None)
    while best and lines[best - 1].words >= 4 and likeness.get(best - 1, 0) > likeness[best] / 2:
        best -= 1  # the line below a headline, the deck, is often closer to the text
    return best


def _may_be_headline(line: ArticleLine) -> bool:
    fragment = not line.ended or line.text.endswith(("?", "!"))
    return _is_headline_size(line) and fragment and not line.wrapped


def _is_headline_size(line: ArticleLine) -> bool:
    return line.kind is None and line.words in HEADLINE_WORDS


def _is_score(line: str, names: set[str]) -> bool:
    """Whether a line is the result of a match between sides that the body names.

    "Flood Kills 3, Injures 14" looks like one, but nothing in its story is called Kills.
    """
    match = _SCORE.fullmatch(line)
    sides = match["sides"].casefold() if match else ""
    return match is not None and names.issuperset(re.findall(r"[^\W\d_][\w'’-]*", sides))


def _is_title_cased(line: ArticleLine) -> bool:
    """Whether a line that ends with a full stop is still written like a headline.

    Nearly all its longer words begin with capitals, and so do most of all words: in German only
    the nouns do.
    """
    words = _WORD.findall(line.text)
    long = [word for word in words if len(word) > 3]
    if not _is_headline_size(line) or len(long) < 3:
        return False
    return _capitals(long) >= 0.8 * len(long) and _capitals(words) >= 0.6 * len(words)


def _capitals(words: list[str]) -> int:
    return sum(word[0].isupper() for word in words)


def _content_words(text: str) -> list[str]:
    return [word[:6] for word in _WORD.findall(text.casefold()) if len(word) > 3]


def _likeness(line: ArticleLine, told: Counter[str]) -> float:
    """How much a line speaks of what the body tells, and of nothing else."""
    words = set(_content_words(line.text))
    shared = sum(word in told for word in words)
    return shared * min(shared, 8) / max(1, len(words)) + 0.1 * min(line.words, 5)


def _key(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _mark_boilerplate(lines: list[ArticleLine], body: _Body, headline: int | None) -> list[bool]:
    """Evidence of patterns and of other lines: links that follow each other, repetitions."""
    marked = [line.kind is not None for line in lines]
    title = _key(lines[headline].text) if headline is not None else None
    in_links = False
    for i, line in enumerate(lines):
        if line.kind is LineKind.LINKS:
            in_links = i > body.first
        elif in_links and line.full and not line.text.endswith(("?", "...", "…")):
            in_links = False
        if line.kind is LineKind.CREDIT and i and _may_be_caption(lines[i - 1]):
            marked[i - 1] = True
        marked[i] |= in_links or _key(line.text) == title or body.crowded_at(i)
    for i in _find_repeated(lines, body):
        marked[i] = True
    if headline is not None:
        marked[headline] = False
    return marked


def _find_repeated(lines: list[ArticleLine], body: _Body) -> list[int]:
    """Lines told before, or told again in the body; of fragments all, of sentences all but one."""
    repeated = []
    seen: dict[str, int] = {}
    for i, line in enumerate(lines):
        if line.words < 4:
            continue
        key = _key(line.text)
        if len(line.text) >= MATCHED_CHARS:
            key = f"{key} {len(line.span)}"
        earlier = seen.setdefault(key, i)
        if earlier == i:
            continue
        if body.holds(i) and not body.holds(earlier):
            seen[key] = i
            repeated.append(earlier)
            if line.ended:
                continue
        elif not line.ended:
            repeated.append(earlier)
        repeated.append(i)
    return repeated


def _is_doubtful(line: ArticleLine, *, outside: bool) -> bool:
    """Whether suspicious words decide: not in quotations, nor in what reads like an article."""
    if line.text[0] in "\"“”„«‘'":
        return False
    return line.words < LONG_WORDS + 10 if not line.ended else outside and line.words < LONG_WORDS


def _may_be_caption(line: ArticleLine) -> bool:
    return line.suspicious or not line.ended or find_date(line.text[-MAX_LINE:]) is not None


def _classify(lines: list[ArticleLine], i: int, body: _Body, *, marked: bool, above: bool) -> str:
    line = lines[i]
    if marked or (line.suspicious and _is_doubtful(line, outside=not body.holds(i))):
        return "boilerplate"
    if line.text.endswith("?") and line.words <= FULL_WORDS and line.text[0].isalpha():
        return "heading"
    if line.ended or line.words >= LONG_WORDS or line.wrapped or (i and lines[i - 1].wrapped):
        return "paragraph"
    if body.holds(i):
        listed = line.words >= 4 and _LIST_MARK.match(line.text)
        return "paragraph" if listed or line.words >= HEADING_WORDS else "heading"
    if i < body.first:
        return "boilerplate" if above or line.words < 5 else "heading"
    return "boilerplate" if line.words < HEADING_WORDS else "heading"


def _keep_something(lines: list[ArticleLine], kinds: list[str]) -> list[str]:
    """Of a poem, a list or a chat the lines that nothing tells against; of a menu the longest."""
    plain = [i for i, kind in enumerate(kinds) if kind != "boilerplate"]
    plain += [i for i, line in enumerate(lines) if line.kind is None and line.words >= 3]
    best = max(range(len(lines)), key=lambda i: (lines[i].ended, min(lines[i].words, 40), -i))
    kept = frozenset(plain or [best])
    return ["paragraph" if i in kept else "boilerplate" for i in range(len(lines))]


def _find_authors(text: str, lines: list[ArticleLine], body: _Body) -> tuple[str, ...]:
    """The names of the byline nearest above the running text, or of the first one below it."""
    above = range(body.first + 3, body.first - HEADLINE_REACH, -1)
    for i in (*above, *range(body.last + 1, body.last + 10)):
        if 0 <= i < len(lines) and lines[i].kind is LineKind.BYLINE:
            authors = read_authors(lines[i].span.text_of(text))
            if authors:
                return authors
    return ()


def _find_published(lines: list[ArticleLine], body: _Body) -> str | None:
    """The first date line above the text, or the first one below it."""
    # A deck below the headline is a full paragraph too, hence some lines beyond the first one.
    above = range(max(0, body.first - HEADLINE_REACH), body.first + 8)
    updates = None
    for i in (*above, *range(body.last + 1, body.last + 20)):
        if i >= len(lines):
            break
        line = lines[i]
        if line.kind not in (LineKind.DATELINE, LineKind.BYLINE):
            continue
        stated = find_date(line.text)
        if stated is None:
            continue
        if not line.text.casefold().startswith(("updated", "last", "modified")):
            return stated.iso
        updates = updates or stated.iso
    return updates


def _find_source(text: str, lines: list[ArticleLine], body: _Body) -> str | None:
    """Whom a copyright line or the dateline names as publisher, verbatim."""
    claims = [line for line in lines if line.kind is LineKind.COPYRIGHT]
    for line in reversed(claims[-MAX_CLAIMS:]):
        source = find_publisher(line.span.text_of(text))
        if source is not None:
            return source
    return load_line_patterns().find_agency(lines[body.first].text)
