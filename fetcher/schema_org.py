"""What a page says of itself in JSON-LD, in the words of schema.org."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml.html import HtmlElement

MAX_NODES = 2_000
ORGANIZATIONS = ("Organization", "Corporation", "NewsMediaOrganization", "WebSite", "Brand")

_ARTICLE = re.compile(r"(Article|Posting|Report|Review|WebPage|Recipe|Book|CreativeWork)$")
_CONTROL = re.compile(r"[\x00-\x1f]+")

Node = dict[str, Any]

_STRING = r'"\s*:\s*"((?:[^"\\]|\\.){1,300})"'
_FIELDS = {
    "headline": re.compile(rf'"headline{_STRING}'),
    "datePublished": re.compile(rf'"datePublished{_STRING}'),
    "author": re.compile(rf'"author"\s*:\s*\[?\s*\{{[^{{}}]{{0,300}}"name{_STRING}'),
}


@dataclass(frozen=True, slots=True)
class StatedArticle:
    """The article that a page states: "" and () where it does not say.

    `authors` are persons, `organizations` all that are named as authors.
    """

    headline: str = ""
    authors: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    published: str = ""
    publisher: str = ""
    is_free: bool = True


def read_json_ld(root: HtmlElement) -> StatedArticle:
    """The first article in the page's JSON-LD; articles proper before mere pages."""
    nodes = tuple(_nodes(root))
    known = {
        node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and len(node) > 1
    }
    articles = sorted((node for node in nodes if _is_article(node)), key=_generality)
    if not articles:
        return StatedArticle()
    main = articles[0]
    authors = main.get("author") or main.get("creator")
    return StatedArticle(
        headline=_text(main.get("headline")) or _text(main.get("name")),
        authors=tuple(_names(authors, known)),
        organizations=tuple(_names(authors, known, organizations=True)),
        published=_text(main.get("datePublished")),
        publisher=next(_names(main.get("publisher"), known, organizations=True), ""),
        is_free=_text(main.get("isAccessibleForFree")).casefold() not in ("false", "no"),
    )


def _nodes(root: HtmlElement) -> Iterator[Node]:
    """All objects, in the order of the page, at most MAX_NODES."""
    left = MAX_NODES
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        waiting = [_parse(script.text or "")]
        while waiting and left:
            value, left = waiting.pop(), left - 1
            if isinstance(value, list):
                waiting.extend(reversed(value[:left]))
            elif isinstance(value, dict):
                yield value
                inner = (
                    value[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if key in value
                )
                waiting.extend(inner)


def _parse(text: str) -> Any:
    """What a script holds; of broken JSON the few fields that can be told by their names."""
    text = _CONTROL.sub(" ", text).strip().rstrip(";")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        found = {name: match[1] for name, field in _FIELDS.items() if (match := field.search(text))}
        return {"@type": "Article"} | found if found else None


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.search(kind) for kind in _types(node))


def _generality(node: Node) -> int:
    kinds = _types(node)
    return (
        1 + ("WebPage" in kinds) if not any("Article" in k or "Posting" in k for k in kinds) else 0
    )


def _types(node: Node) -> tuple[str, ...]:
    kinds = node.get("@type")
    return tuple(
        kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)
    )


def _names(value: Any, known: dict[str, Node], *, organizations: bool = False) -> Iterator[str]:
    """The names of persons (or of organizations too), wherever they are stated."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict):
            if "name" not in item and isinstance(item.get("@id"), str):
                item = known.get(item["@id"], item)
            if not organizations and set(_types(item)) & set(ORGANIZATIONS):
                continue
            item = item.get("name")
            if isinstance(item, list):
                yield from (_text(name) for name in item if _text(name))
                continue
        if name := _text(item):
            yield name


def _text(value: Any) -> str:
    """A string as a reader sees it; some are escaped twice."""
    if isinstance(value, bool):
        return str(value)
    return unescape(unescape(value)).strip() if isinstance(value, str) else ""
