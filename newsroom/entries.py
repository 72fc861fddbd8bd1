"""Which entries of a feed are new: an entry is known by any of its names."""

import hashlib
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

from fetcher.links import canonical_link
from fetcher.models import Entry

MAX_NEW = 50
"""A feed that lists more new entries at once has moved, or repeats its archive: the first of them
count as news."""
FIRST_NEW = 3
"""Of a feed that is read for the first time so many entries are kept, for who asks at once."""


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry as a feed lists it; `keys` are what it is known by, never none."""

    entry: Entry
    keys: tuple[str, ...]


def name_entries(entries: Sequence[Entry]) -> tuple[ListedEntry, ...]:
    """The entries of one reading, each once.

    An id names an entry unless the feed gives it to several links, and a link unless several ids
    have it (as where all entries link to the front page); a link is the same with and without what
    says who shared it. Where neither names anything, the words do.
    """
    pairs = {(entry.id, _link(entry)) for entry in entries}
    links_of_id = Counter(entry_id for entry_id, _ in pairs)
    ids_of_link = Counter(link for _, link in pairs if link is not None)
    named: list[ListedEntry] = []
    known: set[str] = set()
    for entry in entries:
        link = _link(entry)
        names = []
        if entry.id and entry.id != entry.link and links_of_id[entry.id] == 1:
            names.append(("id", entry.id))
        if link is not None and ids_of_link[link] == 1:
            names.append(("link", link))
        keys = tuple(_key(*name) for name in names or [("words", entry.title + entry.summary)])
        if known.isdisjoint(keys):
            named.append(ListedEntry(entry, keys))
        known.update(keys)
    return tuple(named)


def find_news(
    listed: Sequence[ListedEntry], known: Set[str], *, is_first: bool
) -> tuple[ListedEntry, ...]:
    """The listed entries of which no key is known, in the order of the feed, not too many.

    What a feed holds when it is read for the first time is no news but for a few entries.
    """
    new = [item for item in listed if known.isdisjoint(item.keys)]
    return tuple(new[: FIRST_NEW if is_first else MAX_NEW])


def _link(entry: Entry) -> str | None:
    return None if entry.link is None else canonical_link(entry.link)


def _key(kind: str, name: str) -> str:
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
    return f"{kind}:{digest[:24]}"
