"""Words set out line by line: turns ("NAME: words") and posts ("words — NAME (@handle)")."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from summarizer.boilerplate import Layout
from summarizer.models import Span
from summarizer.people import load_people_words

_LABEL = re.compile(
    r"[“\"‘']?(?P<name>(?:@?[^\W\d_][\w.'’&@-]*|[A-Z])(?: (?:[\w.'’&()-]+)){0,5})"
    r"(?:, (?P<part>[A-Z][\w.'’&-]*(?: [\w.'’&-]+){0,5}))?:\s+(?=\S)"
    r"|(?P<letter>[QA])\.\s+(?=\S)"
)
_SIGNATURE = re.compile(r"\s[—–-]{1,2}\s?(?P<name>[^—–\n()]{2,60}?)\s?\((?P<handle>@\w{1,30})\)")
_CAPTION = re.compile(r"\b(?:image|photo|picture|illustration|credit)\b.{0,3}:", re.IGNORECASE)
_FEWEST_TURNS = 3
_LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class Turn:
    """A label and a paragraph that was said by whom it names; a long turn has several.

    `asks` tells that the label stands for an interviewer or another part, not for a name;
    `answers` that it stands for whoever is interviewed.
    """

    label: Span
    content: Span
    paragraph: int
    asks: bool = False
    answers: bool = False


def running_lines(text: str, layout: Layout) -> tuple[Span, ...]:
    """The paragraphs, and the short questions among the turns that look like sub-headings."""
    lines = tuple(sorted((*layout.paragraphs, *layout.headings), key=lambda line: line.start))
    turns = find_turns(text, lines)
    labelled = {line for turn in turns if (line := lines[turn.paragraph]).contains(turn.label)}
    return tuple(sorted(labelled.union(layout.paragraphs), key=lambda line: line.start))


def find_turns(text: str, paragraphs: tuple[Span, ...]) -> tuple[Turn, ...]:
    """The labelled turns, in order, if the text has several."""
    turns = []
    for number, paragraph in enumerate(paragraphs):
        match = _LABEL.match(text, paragraph.start, paragraph.end)
        if match is None or _CAPTION.search(match.group()):
            continue
        label = Span(*match.span("letter" if match["letter"] else "name"))
        if not (_is_part(label.text_of(text)) or _may_be_name(label.text_of(text))):
            continue
        turns.append(Turn(label, Span(match.end(), paragraph.end), number))
    counts = Counter(turn.label.text_of(text).casefold() for turn in turns)
    if len(turns) < _FEWEST_TURNS or max(counts.values()) < 2 or len(counts) > 0.7 * len(turns):
        return ()
    asking = _interviewers(text, turns)
    answering = load_people_words().answer_labels if asking else frozenset()
    found = []
    for turn in _with_continuations(text, turns, paragraphs):
        part = turn.label.text_of(text).casefold()
        answers = part in answering and len(counts) > 1
        found.append(replace(turn, asks=part in asking and not answers, answers=answers))
    return tuple(found)


def _with_continuations(
    text: str, turns: list[Turn], paragraphs: tuple[Span, ...]
) -> Iterator[Turn]:
    """Add the paragraphs without a label that run up to the next label."""
    for turn, following in pairwise(turns):
        yield turn
        name = turn.label.text_of(text).split()[-1]
        for number in range(turn.paragraph + 1, following.paragraph):
            words = paragraphs[number].text_of(text)
            if name in words or _CAPTION.search(words):
                break
            yield Turn(turn.label, paragraphs[number], number)
    yield turns[-1]


def find_posts(text: str, paragraphs: tuple[Span, ...]) -> tuple[Turn, ...]:
    """Embedded posts: paragraphs that end in a dash, a name, and a handle in parentheses."""
    posts = []
    for number, paragraph in enumerate(paragraphs):
        handle = text.find("(@", paragraph.start, paragraph.end)
        if handle < 0:
            continue
        match = _SIGNATURE.search(text, max(paragraph.start, handle - _LONGEST_NAME), paragraph.end)
        if match is None or not _may_be_name(match["name"]):
            continue
        content = text[paragraph.start : match.start()].rstrip()
        if content:
            label = Span(match.start("name"), match.end("name"))
            span = Span(paragraph.start, paragraph.start + len(content))
            posts.append(Turn(label, span, number))
    return tuple(posts)


def _may_be_name(label: str) -> bool:
    words = label.split()
    if words[0].casefold() in load_people_words().no_labels and len(words) < 3:
        return False
    capitals = sum(word[:1].isupper() or not word[:1].isascii() for word in words)
    return words[0][:1].isupper() and capitals * 2 >= len(words)


def _is_part(label: str) -> bool:
    """Whether a label tells the part that is played, not who plays it: "Q", "THE HOST"."""
    words = label.casefold().rstrip("0123456789 #.").split()
    return " ".join(words[words[:1] == ["the"] :]) in load_people_words().part_labels


def _interviewers(text: str, turns: list[Turn]) -> set[str]:
    """Labels of one word that mostly ask, such as a paper's name, where there are others."""
    asked: dict[str, list[bool]] = defaultdict(list)
    for turn in turns:
        question = turn.content.text_of(text).rstrip("\"”’' ").endswith("?")
        label = turn.label.text_of(text)
        if " " not in label and not (label.isupper() and len(label) > 3):
            asked[label.casefold()].append(question)
    asking = {label for label, each in asked.items() if sum(each) >= 0.7 * len(each)}
    labels = {turn.label.text_of(text).casefold() for turn in turns}
    parts = {label for label in labels if _is_part(label)}
    return parts | asking if len(asking) < len(labels) else parts
