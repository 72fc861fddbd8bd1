"""The running text of a page, without its furniture."""

import logging

from lxml.html import HtmlElement


def extract_text(root: HtmlElement, url: str | None) -> str:
    """The article's text, a paragraph a line; "" where there is none. May change the tree."""
    import trafilatura
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.bare_extraction(root, url=url, include_comments=False)
    except Exception:  # trafilatura on a page made to break it
        return ""
    return (found.text or "").strip() if isinstance(found, Document) else ""
