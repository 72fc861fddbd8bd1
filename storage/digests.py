"""Digests of stored articles: one for each article and method, rebuilt exactly."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.maps import delete_map
from storage.search import save_names
from storage.tables import articles, digests, insert
from summarizer.models import Digest
from summarizer.wire import digest_from_dict, digest_to_dict

HEADLINE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class StoredDigest:
    id: int
    article_id: int
    digest: Digest
    created_at: datetime


async def save_digest(
    conn: AsyncConnection,
    digest: Digest,
    *,
    article_id: int,
    created_at: datetime,
    revision: str | None = None,
) -> int:
    """The id of the digest; one of the same article and method stays as it was first saved.

    Unless it is of another revision: then this one takes its place, its id and its map.
    The text must be that of the article: only there is it stored.
    """
    text = await conn.scalar(select(articles.c.text).where(articles.c.id == article_id))
    if text is None:
        raise NotFound("article", article_id)
    if text != digest.article.text:
        raise ValueError("the digest is of another text")
    row = {
        "headline": headline(digest),
        "source": digest.article.source,
        "payload": _payload(digest),
        "created_at": created_at,
        "revision": revision,
    }
    saved = await conn.scalar(
        insert(conn, digests)
        .values(article_id=article_id, method=digest.method, **row)
        .on_conflict_do_update(
            index_elements=[digests.c.article_id, digests.c.method],
            set_=row,
            where=digests.c.revision.is_distinct_from(revision),
        )
        .returning(digests.c.id)
    )
    if saved is not None:
        await delete_map(conn, saved)
        await save_names(conn, digest, digest_id=saved)
    else:
        saved = await conn.scalar(
            select(digests.c.id).where(
                digests.c.article_id == article_id, digests.c.method == digest.method
            )
        )
    if saved is None:
        raise NotFound("digest", digest.method)
    return int(saved)


async def get_digest(conn: AsyncConnection, digest_id: int) -> StoredDigest:
    row = (await conn.execute(_with_text().where(digests.c.id == digest_id))).one_or_none()
    if row is None:
        raise NotFound("digest", digest_id)
    return _stored_digest(row)


async def list_digests(
    conn: AsyncConnection, digest_ids: Collection[int]
) -> tuple[StoredDigest, ...]:
    """Those of these digests that there are, oldest first."""
    query = _with_text().where(digests.c.id.in_(digest_ids)).order_by(digests.c.id)
    return tuple(map(_stored_digest, await conn.execute(query)))


async def find_digest(
    conn: AsyncConnection,
    *,
    method: str,
    revision: str | None = None,
    article_id: int | None = None,
    key: str | None = None,
) -> StoredDigest | None:
    """The digest by this method of the article with this id, or else with this `article_key`.

    One of another revision than a given one is not found.
    """
    if (article_id is None) == (key is None):
        raise ValueError("either article_id or key")
    query = _with_text().where(digests.c.method == method)
    query = query.where(articles.c.id == article_id if key is None else articles.c.key == key)
    if revision is not None:
        query = query.where(digests.c.revision == revision)
    row = (await conn.execute(query)).one_or_none()
    return None if row is None else _stored_digest(row)


def headline(digest: Digest) -> str:
    """What a list shows of the digest, on one line of at most `HEADLINE_LENGTH` characters.

    The title, else the most important key point, else the beginning of the text.
    """
    ranked = sorted(digest.key_points, key=lambda point: point.rank)
    for text in (digest.article.title or "", *(p.text for p in ranked), digest.article.text):
        line = " ".join(text.strip()[:HEADLINE_LENGTH].split())
        if line:
            return line
    return ""


def _payload(digest: Digest) -> dict[str, Any]:
    """The digest as JSON without what its row and its article's row hold."""
    payload = digest_to_dict(digest)
    return {name: payload[name] for name in payload if name not in ("id", "text")}


def _with_text() -> Select[Any]:
    return select(
        digests.c.id, digests.c.article_id, digests.c.payload, digests.c.created_at, articles.c.text
    ).join_from(digests, articles)


def _stored_digest(row: Row[Any]) -> StoredDigest:
    digest = digest_from_dict({**row.payload, "text": row.text})
    return StoredDigest(row.id, row.article_id, digest, row.created_at)
