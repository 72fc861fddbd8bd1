"""The running text of a page, without its furniture."""

import logging
import re
from copy import deepcopy
from typing import Any

from lxml.html import HtmlElement

from summarizer.line_patterns import LineKind, load_line_patterns, squeeze
from summarizer.models import Span

SHORT_SHARE = 0.7
"""A text that holds less of the page's running words than this may lack sections."""
MUCH_LONGER = 1.15
"""A second extraction counts where it is longer by so much."""
MIN_CHARS = 250
RUN_CHARS = 30
"""Shorter pieces of text are labels, not running words."""
MAX_READ_CHARS = 250_000
"""Of a long page so much is read, more than is ever analysed."""
MAX_CHILDREN = 5_000
"""Of an element so many are read: extraction takes a time that grows with their square."""

_CAREFUL = {"fast": True, "favor_precision": True}
_UNREAD = frozenset({"head", "script", "style", "noscript", "template", "textarea", "svg"})
_ASIDE = _UNREAD | {"nav", "footer", "aside", "dialog", "figcaption", "a", "button", "select"}
_CONSENT = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|onetrust|didomi|sp_message)(?:$|[\s_-])|onetrust|"
    r"cookie-?(?:banner|notice|policy|consent|law|bar)|"
    r"privacy[-_]?(?:modal|banner|popup|dialog|notice|center|box)",
    re.I,
)
MAX_CONSENT_SHARE = 0.6
"""What holds more of a page's words is the page, whatever it is called."""

_FURNITURE = frozenset(
    {
        LineKind.SUBSCRIBE,
        LineKind.SHARE,
        LineKind.COPYRIGHT,
        LineKind.BYLINE,
        LineKind.LINKS,
        LineKind.CAPTION,
        LineKind.NOTE,
    }
)
_ENDS = (".", "!", "?", "”", '"', "…")


def cut_off(root: HtmlElement) -> bool:
    """Take out what stands after MAX_READ_CHARS or MAX_CHILDREN; gives whether anything did."""
    count, last, has_more = 0, None, False
    for element in root.iter():
        if len(element) > MAX_CHILDREN:
            del element[MAX_CHILDREN:]
            has_more = True
        if element.tag not in _UNREAD:
            count += len((element.text or "").strip())
        count += len((element.tail or "").strip())
        if count > MAX_READ_CHARS:
            last, has_more = element, True
            last.text, last.tail = _beginning(last.text), _beginning(last.tail)
            break
    while last is not None:
        above = last.getparent()
        if above is not None:
            del above[above.index(last) + 1 :]
        last = above
    return has_more


def _beginning(text: str | None) -> str | None:
    return text and text[:MAX_READ_CHARS]


def extract_text(root: HtmlElement, url: str | None) -> str:
    """The article's text, a paragraph a line; "" where there is none. Changes the tree.

    A careful extraction comes first; where it is short against the words of the page itself, one
    that takes more is tried beside it.
    """
    _drop_consent(root)
    text = _extract(deepcopy(root), url, _CAREFUL)
    if len(text) < max(SHORT_SHARE * _running_chars(root), MIN_CHARS):
        fuller = _extract(root, url, {})
        if len(fuller) > MUCH_LONGER * len(text):
            text = fuller
    return "\n".join(line for line in text.splitlines() if line.strip() and not _is_furniture(line))


def _extract(root: HtmlElement, url: str | None, mode: dict[str, Any]) -> str:
    import trafilatura
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(root, url=url, include_comments=False, **mode)
    except MemoryError:
        raise  # a page that is too large is told as such
    except Exception:  # trafilatura on a page made to break it
        return ""
    return (found.text or "").strip() if isinstance(found, Document) else ""


def _drop_consent(root: HtmlElement) -> None:
    """Take out the dialogs that ask about cookies."""
    total = len(root.text_content())
    for element in list(root.iter("div", "section", "aside", "dialog", "form")):
        marks = f"{element.get('id') or ''} {element.get('class') or ''}"
        if _CONSENT.search(marks) and len(element.text_content()) < MAX_CONSENT_SHARE * total:
            element.drop_tree()


def _running_chars(root: HtmlElement) -> int:
    """How many characters stand in runs of text outside links, menus and the like."""
    count = 0
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str) or element.tag in _ASIDE:
            continue
        count += _run(element.text)
        for child in element:
            count += _run(child.tail)
            waiting.append(child)
    return count


def _run(text: str | None) -> int:
    return len(text.strip()) if text and len(text) > RUN_CHARS else 0


def _is_furniture(line: str) -> bool:
    squeezed = squeeze(line, Span(0, len(line)))
    kind = load_line_patterns().kind_of(
        squeezed, words=len(squeezed.split()), ended=squeezed.endswith(_ENDS)
    )
    return kind in _FURNITURE
