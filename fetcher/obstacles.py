"""What keeps a page's article from being read: consent, login, paywall, a program to be run."""

import re

from lxml.html import HtmlElement

from fetcher.errors import Obstacle
from fetcher.schema_org import StatedArticle

FULL_CHARS = 3_000
"""A text as long as that is an article, whatever else stands on the page."""
FEW_CHARS = 250
"""A text as short as that is what a page says instead of its article."""

MIN_CHARS = 30
"""Fewer letters and digits say nothing that could be digested."""
MANY_COOKIES = 3
MAX_SAID_CHARS = 100_000

_UNSEEN = ("nav", "script", "style", "noscript", "template", "svg", "head")
_FRAMES = ("root", "app", "__next", "__nuxt", "react-root")
_MISSING = re.compile(
    r"\b(?:404|page not found|not found|no longer available|nicht gefunden|introuvable|"
    r"access denied|no encontrada|pagina non trovata|страница не найдена)\b",
    re.I,
)
_SCRIPT = re.compile(
    r"(?:enable|activate|turn on|requires?|need|aktivieren|activez|activa|habilite|включите)\b"
    r".{0,40}javascript|"
    r"javascript.{0,40}(?:is (?:disabled|required|not)|(?:de)?aktivier|d[eé]sactiv)",
    re.I,
)
_CONSENT = re.compile(
    r"(?:accept|agree|consent|manage|reject).{0,60}(?:cookies?|partners|privacy)|"
    r"cookies?.{0,60}(?:accept|agree|consent|zustimm|akzept|accepter|aceptar)|"
    r"before you continue|wir und unsere partner|we (?:and|value).{0,30}(?:partners|privacy)",
    re.I,
)
_LOGIN = re.compile(
    r"\b(?:(?:log|sign) ?in\b.{0,30}\b(?:to|required|continue|read|view)\b|"
    r"(?:must|have to|please) (?:be logged|be signed|log|sign) ?in\b|"
    r"(?:anmelden|einloggen|connectez-vous|войдите).{0,30}(?:um|pour|чтобы))",
    re.I,
)
_PAYWALL = re.compile(
    r"(?:subscri(?:be|ption|ber)|abonn\w{0,9}|suscr[ií]b\w{0,9}|members?[ -]only|become a member)"
    r".{0,80}(?:continue|read(?:ing)?|unlock|full (?:article|story|access)|exclusive|"
    r"weiterlesen|lire la suite)|"
    r"(?:continue reading|unlock this|read the full|exclusive to|only for|weiterlesen)"
    r".{0,80}(?:subscrib|subscription|abonn|member|\+)|already a (?:subscriber|member)",
    re.I,
)
_PAYWALL_CLASS = re.compile(r"(?:^|[\s_-])(?:paywall\w*|regwall|piano-offer|subscriber-only)", re.I)


def visible_words(root: HtmlElement) -> str:
    """What a page says, without its menus and programs; white space squeezed."""
    words: list[str] = []
    waiting: list[HtmlElement] = [root]
    while waiting:
        element = waiting.pop()
        if isinstance(element.tag, str) and element.tag not in _UNSEEN:
            words.append(element.text or "")
            waiting.extend(reversed(element))
        words.append(element.tail or "")
    return " ".join(" ".join(words).split())[:MAX_SAID_CHARS]


def find_obstacle(
    root: HtmlElement, said: str, text: str, *, stated: StatedArticle
) -> Obstacle | None:
    """What stands before the article; `said` is all that the page says, `text` its article.

    A page that is said to be paid for, and holds its article all the same, has none.
    """
    if len(text) >= FULL_CHARS:
        return None
    if _CONSENT.search(text) and text.casefold().count("cookie") >= MANY_COOKIES:
        return "consent"
    if len(text) >= FEW_CHARS:
        is_paid = not stated.is_free or _has_paywall(root)
        return "paywall" if is_paid and _PAYWALL.search(said) else None
    if _MISSING.search(said[:FULL_CHARS]):
        return None
    if _PAYWALL.search(said):
        return "paywall"
    if root.find(".//input[@type='password']") is not None:
        return "login"
    if _CONSENT.search(said):
        return "consent"
    if _needs_script(root, said):
        return "javascript"
    return "login" if len(said) < FULL_CHARS and _LOGIN.search(said) else None


def is_refusal(text: str, title: str | None, obstacle: Obstacle | None) -> bool:
    """Whether what was found is not the article, but what the page says in its place."""
    if obstacle == "consent" or sum(map(str.isalnum, text)) < MIN_CHARS:
        return True
    return len(text) < FEW_CHARS and (
        obstacle is not None or bool(_MISSING.search(f"{title} {text}"))
    )


def _has_paywall(root: HtmlElement) -> bool:
    return any(
        _PAYWALL_CLASS.search(f"{element.get('id') or ''} {element.get('class') or ''}")
        for element in root.iter("div", "section", "aside", "p")
    )


def _needs_script(root: HtmlElement, said: str) -> bool:
    """Whether a page says so, or holds next to nothing beside an empty frame to be filled."""
    unscripted = " ".join(" ".join(node.itertext()) for node in root.iter("noscript"))
    if _SCRIPT.search(said) or _SCRIPT.search(unscripted):
        return True
    frames = (element.get("id") for element in root.iter("div"))
    return len(said) < FEW_CHARS and any(frame in _FRAMES for frame in frames)
