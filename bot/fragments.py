"""Links to a place in a page: text fragments (`#:~:text=`), which browsers scroll to and mark."""

from urllib.parse import quote

DIRECTIVE = "#:~:text="
WHOLE_WORDS = 8
"""Up to so many words are named whole; of more, the ends."""
END_WORDS = 4
CONTEXT_WORDS = 3


def place_link(url: str, text: str, start: int, end: int) -> str:
    """The address of `text[start:end]` in the page at `url`, of which `text` is the article.

    Whatever stands in `url` after a # gives way.
    """
    return f"{url.partition('#')[0]}{DIRECTIVE}{_directive(text, start, end)}"


def is_place_link(url: str | None) -> bool:
    return url is not None and DIRECTIVE in url


def _directive(text: str, start: int, end: int) -> str:
    passage = text[start:end]
    words = passage.split()
    is_one_line = "\n" not in passage.strip()
    if is_one_line and len(words) <= WHOLE_WORDS:
        return _context(text, start, passage) + _escape(passage)
    lines = passage.strip().splitlines()
    first, last = lines[0].split()[:END_WORDS], lines[-1].split()[-END_WORDS:]
    return f"{_escape(' '.join(first))},{_escape(' '.join(last))}"


def _context(text: str, start: int, passage: str) -> str:
    """The words before a passage that stands in the text more than once: `prefix-,`."""
    if text.count(passage) < 2:
        return ""
    before = text[text.rfind("\n", 0, start) + 1 : start].split()[-CONTEXT_WORDS:]
    return f"{_escape(' '.join(before))}-," if before else ""


def _escape(words: str) -> str:
    """Percent-encoded, with the three characters that have a meaning in a directive (-,&)."""
    return quote(" ".join(words.split()), safe="", errors="replace").replace("-", "%2D")
