"""Full-text search over the digests that a chat asked for, by words, speakers and places.

The index is SQLite's FTS5, without a copy of the text: triggers keep it in step with its tables.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import (
    Integer,
    Select,
    TableClause,
    column,
    delete,
    exists,
    func,
    literal_column,
    select,
    table,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import unescape
from storage.models import Term
from storage.tables import digest_names, digests, insert, requests
from summarizer.models import Digest

NameKind = Literal["speaker", "place"]

MATCH_START, MATCH_END, CUT = "\x02", "\x03", "…"
SNIPPET_TOKENS = 24
MAX_TERMS = 16
"""Further terms of one kind are passed over."""
MIN_PREFIX = 4
"""Shorter words begin too many others."""

article_search = table("article_search", column("rowid", Integer), column("article_search"))
name_search = table("name_search", column("rowid", Integer), column("name_search"))
SEARCH_INDEXES = (article_search.name, name_search.name)

_UNSAYABLE = {0: " ", **dict.fromkeys(range(0xD800, 0xE000), " ")}


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a digest must hold, all of it: words anywhere in its article, speakers, places.

    The last word of a term may go on, unless it is exact.
    """

    words: tuple[Term, ...] = ()
    speakers: tuple[Term, ...] = ()
    places: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A digest of the chat, as of its newest request.

    `snippet` is a stretch of the article with `MATCH_START` and `MATCH_END` around what matched and
    `CUT` where it goes on; None where no words were sought. `speakers` and `places` are the names
    that matched.
    """

    digest_id: int
    headline: str
    source: str | None
    requested_at: datetime
    snippet: str | None
    speakers: tuple[str, ...]
    places: tuple[str, ...]


async def search_digests(
    conn: AsyncConnection, query: SearchQuery, *, chat_id: int, limit: int
) -> tuple[SearchHit, ...]:
    """The digests of the chat that hold all of the query, newest request first, each once.

    A query without a letter or digit finds nothing.
    """
    words, speakers, places = map(match_expression, (query.words, query.speakers, query.places))
    conditions = []
    if words:
        conditions.append(digests.c.article_id.in_(_matching(article_search, words)))
    if speakers:
        conditions.append(digests.c.id.in_(_named("speaker", speakers)))
    if places:
        conditions.append(digests.c.id.in_(_named("place", places)))
    if not conditions:
        return ()
    later = requests.alias("later")
    asked_again = exists().where(
        later.c.chat_id == requests.c.chat_id,
        later.c.digest_id == requests.c.digest_id,
        later.c.id > requests.c.id,
    )
    found = await conn.execute(
        select(
            digests.c.id,
            digests.c.article_id,
            digests.c.headline,
            digests.c.source,
            requests.c.requested_at,
        )
        .join_from(requests, digests)
        .where(requests.c.chat_id == chat_id, ~asked_again, *conditions)
        .order_by(requests.c.id.desc())
        .limit(limit)
    )
    rows = found.all()
    snippets = await _snippets(conn, [row.article_id for row in rows], words)
    spoke = await _names(conn, [row.id for row in rows], "speaker", speakers)
    named = await _names(conn, [row.id for row in rows], "place", places)
    return tuple(
        SearchHit(
            digest_id=row.id,
            headline=row.headline,
            source=row.source,
            requested_at=row.requested_at,
            snippet=snippets.get(row.article_id),
            speakers=spoke.get(row.id, ()),
            places=named.get(row.id, ()),
        )
        for row in rows
    )


async def save_names(conn: AsyncConnection, digest: Digest, *, digest_id: int) -> None:
    """Make a digest that was just saved findable by its speakers and places, and no others."""
    await conn.execute(delete(digest_names).where(digest_names.c.digest_id == digest_id))
    found: list[tuple[NameKind, str]] = [("speaker", speaker.name) for speaker in digest.speakers]
    for location in digest.locations:
        mentioned = (span.text_of(digest.article.text) for span in location.mentions)
        found += [("place", name) for name in (location.name, *mentioned)]
    rows = [
        {"digest_id": digest_id, "kind": kind, "name": name} for kind, name in dict.fromkeys(found)
    ]
    if rows:
        await conn.execute(insert(conn, digest_names), rows)


def match_expression(terms: Iterable[Term]) -> str:
    """The terms as an FTS5 query that no text can break; empty where none can match."""
    parts = [_phrase(term) for term in terms if any(map(str.isalnum, term.text))]
    return " AND ".join(parts[:MAX_TERMS])


def _phrase(term: Term) -> str:
    words = term.text.translate(_UNSAYABLE).replace('"', '""')
    goes_on = not term.exact and sum(map(str.isalnum, term.text)) >= MIN_PREFIX
    return f'"{words}"*' if goes_on else f'"{words}"'


def _matching(index: TableClause, expression: str) -> Select[tuple[int]]:
    return select(index.c.rowid).where(index.c[index.name].op("MATCH")(expression))


def _named(kind: NameKind, expression: str) -> Select[tuple[int]]:
    return select(digest_names.c.digest_id).where(
        digest_names.c.kind == kind, digest_names.c.id.in_(_matching(name_search, expression))
    )


async def _snippets(
    conn: AsyncConnection, article_ids: Sequence[int], expression: str
) -> dict[int, str]:
    """The snippet of each article, in one pass over the index."""
    if not expression or not article_ids:
        return {}
    marked = func.snippet(
        literal_column(article_search.name), -1, MATCH_START, MATCH_END, CUT, SNIPPET_TOKENS
    )
    rowid = article_search.c.rowid
    # A plain rowid would have the index search anew for each article.
    chosen = (rowid + 0).in_(article_ids)
    query = _matching(article_search, expression).with_only_columns(rowid, marked).where(chosen)
    return {article_id: unescape(snippet) for article_id, snippet in await conn.execute(query)}


async def _names(
    conn: AsyncConnection, digest_ids: Sequence[int], kind: NameKind, expression: str
) -> dict[int, tuple[str, ...]]:
    """The names of each digest that match."""
    if not expression or not digest_ids:
        return {}
    query = (
        select(digest_names.c.digest_id, digest_names.c.name)
        .where(
            digest_names.c.digest_id.in_(digest_ids),
            digest_names.c.kind == kind,
            digest_names.c.id.in_(_matching(name_search, expression)),
        )
        .order_by(digest_names.c.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for digest_id, name in await conn.execute(query):
        found[digest_id] = (*found.get(digest_id, ()), name)
    return found
