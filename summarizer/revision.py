"""Which state of this package made a digest, so that what an older one made is not taken for it."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

SUFFIXES = (".py", ".toml", ".csv", ".txt")
DIGITS = 16


@lru_cache(maxsize=1)
def rules_revision() -> str:
    """A digest of the package's own code and tables: another one may digest differently.

    Sixteen hexadecimal digits. A change that alters no digest gives a new one as well: an article
    digested once more costs less than one that keeps an old mistake.
    """
    state = hashlib.sha256()
    for path, source in sorted(_sources(files("summarizer"))):
        state.update(f"{path}\0{len(source)}\0".encode())
        state.update(source)
    return state.hexdigest()[:DIGITS]


def _sources(folder: Traversable, within: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        path = f"{within}/{entry.name}"
        if entry.is_dir():
            found += _sources(entry, path)
        elif entry.name.endswith(SUFFIXES):
            found.append((path, entry.read_bytes()))
    return found
