"""What the commands read: a file, standard input, or the page at an address."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.exits import EXIT_REFUSED, fail

if TYPE_CHECKING:
    from bot.config import Config
    from fetcher.models import Fetched
    from summarizer.models import Article


def is_link(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def fetch_article(url: str, config: "Config") -> "Article":
    """The article in the page at an address; where only a part is shown or read, this is said."""
    import asyncio

    from bot.fetching import make_fetcher
    from bot.texts import ONLY_PAGE_BEGINNING, only_preview
    from newsroom.pages import fetch_page
    from newsroom.parsing import PageReader

    page = asyncio.run(fetch_page(url, fetcher=make_fetcher(config), reader=PageReader()))
    if page.obstacle is not None:
        click.echo(only_preview(url, len(page.article.text.split())), err=True)
    elif page.is_cut:
        click.echo(ONLY_PAGE_BEGINNING, err=True)
    return page.article


def fetch(url: str, config_path: Path | None) -> "Fetched":
    """What is at an address, where its server gives it."""
    import asyncio

    from bot.config import load_config
    from bot.fetching import make_fetcher
    from fetcher.http import check_status

    fetched = asyncio.run(make_fetcher(load_config(config_path)).fetch(url))
    check_status(fetched)
    return fetched


def read_article(source: str) -> "Article":
    """The article in a file; of standard input and of plain text the words as they are.

    Raises EmptyText, so that one without a word is refused before anything is built for it.
    """
    from fetcher.document import MAX_BYTES, find_kind, parse_document
    from newsroom.parsing import read_document
    from summarizer.errors import EmptyText

    body = read_bytes(source, limit=MAX_BYTES + 1)
    if source == "-" or find_kind(source) is None:
        article = parse_document(body, name=source, content_type="text/plain")
    else:
        article = read_document(body, name=source)
    if not any(map(str.isalnum, article.text)):
        raise EmptyText
    return article


def read_bytes(source: str, *, limit: int) -> bytes:
    """What a file or standard input holds, at most `limit` bytes of it."""
    try:
        if source == "-":
            if sys.stdin.isatty():
                click.echo("Paste the article, then press Ctrl-D on an empty line.", err=True)
            return sys.stdin.buffer.read(limit)
        with Path(source).open("rb") as file:
            return file.read(limit)
    except OSError as exc:
        fail(f"{source}: {exc.strerror}", EXIT_REFUSED)
