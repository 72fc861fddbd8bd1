"""From a link to the article behind it: fetched here, read in a worker process."""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fetcher.http import check_status
from fetcher.links import canonical_link
from fetcher.models import Fetched

if TYPE_CHECKING:
    from fetcher.page import Page


class Fetches(Protocol):
    """Gets what is at an address, unless it is what one has (see `fetcher.http`)."""

    async def fetch(
        self, url: str, /, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched: ...


class Reads(Protocol):
    """Finds the article in what was fetched (see `newsroom.digesting`)."""

    async def read(self, fetched: Fetched, /) -> "Page": ...


async def fetch_page(url: str, *, fetcher: Fetches, reader: Reads) -> "Page":
    """The article at an address; raises FetchError or NewsroomError.

    Its own address is the one that was fetched: what a page states as such is hearsay.
    """
    fetched = await fetcher.fetch(url)
    check_status(fetched)
    page = await reader.read(fetched)
    return replace(page, article=replace(page.article, url=canonical_link(fetched.url)))
