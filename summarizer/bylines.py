"""Reading the names of the authors from a byline."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

MAX_AUTHORS = 5
MAX_CHARS = 160
"""Longer lines are no bylines."""
NAME_WORDS = range(2, 5)

_SIGNS = re.compile(r"^[^\w\"“(\[]+")
_END = re.compile(
    r"\s[|·•–—-]\s|[|·•;@(\[\t]|\d|\s(?:in|for|at|on|of|updated|published)\s", re.IGNORECASE
)
_NAME_WORD = re.compile(r"[^\W\d_][\w.'’‌-]*")


@dataclass(frozen=True, slots=True)
class _Table:
    leads: re.Pattern[str]
    joints: re.Pattern[str]
    no_names: frozenset[str]
    particles: frozenset[str]


def read_authors(line: str) -> tuple[str, ...]:
    """The people whom a byline names as authors, verbatim; none where it names only an agency."""
    if len(line) > MAX_CHARS:
        return ()
    table = _table()
    line = _SIGNS.sub("", line)
    lead = table.leads.match(line)
    rest = line[lead.end() :] if lead else line
    end = _END.search(rest)
    rest = rest[: end.start()] if end else rest
    names = [name.strip(" .:") for name in _split(rest, table)]
    if not lead and not _has_role(line, table):
        return ()
    known = [name for name in names if _is_name(name, table)]
    return tuple(dict.fromkeys(known))[:MAX_AUTHORS]


def _split(rest: str, table: _Table) -> list[str]:
    """The parts that may be names: all up to the last joint, what follows it up to a comma.

    "A, B and C, Delta Courier" has three; without a joint only the first part counts, since what
    follows its comma is an office, a paper or a town.
    """
    *before, last = table.joints.split(rest)
    parts = [part for joined in before for part in joined.split(",")]
    return [*parts, last.split(",")[0]]


def _is_name(part: str, table: _Table) -> bool:
    words = part.split()
    return len(words) in NAME_WORDS and all(
        _NAME_WORD.fullmatch(word)
        and (not word[0].islower() or word in table.particles)
        and word.casefold().strip(".") not in table.no_names
        for word in words
    )


def _has_role(line: str, table: _Table) -> bool:
    """Whether a line without "by" names somebody's office: "Dana Ilie, staff writer"."""
    office = line.partition(",")[2] or line.partition("|")[2]
    return any(word.casefold().strip(".") in table.no_names for word in office.split())


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = files("summarizer").joinpath("data/boilerplate.toml").read_text("utf-8")
    data = tomllib.loads(raw)["byline"]
    joints = "|".join(rf"\s{re.escape(word)}\s" for word in data["joints"].split())
    return _Table(
        leads=re.compile("|".join(f"(?:{lead})" for lead in data["leads"]), re.IGNORECASE),
        joints=re.compile(joints),
        no_names=frozenset(data["no_names"].split()),
        particles=frozenset(data["particles"].split()),
    )
