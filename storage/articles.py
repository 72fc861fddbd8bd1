"""Articles as they were submitted; equal submissions are one row."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.errors import NotFound
from storage.tables import articles, digests, insert, jobs, matches, requests
from summarizer.models import Article
from summarizer.wire import article_key


async def save_article(conn: AsyncConnection, article: Article, *, received_at: datetime) -> int:
    """The id of the article; one with the same `article_key` stays as it was first saved."""
    key = article_key(article)
    saved = await conn.scalar(
        insert(conn, articles)
        .values(
            key=key,
            text=article.text,
            title=article.title,
            url=article.url,
            source=article.source,
            authors=article.authors,
            published=article.published,
            language=article.language,
            received_at=received_at,
        )
        .on_conflict_do_nothing(index_elements=[articles.c.key])
        .returning(articles.c.id)
    )
    if saved is None:
        saved = await conn.scalar(select(articles.c.id).where(articles.c.key == key))
    if saved is None:
        raise NotFound("article", key)
    return int(saved)


async def get_article(conn: AsyncConnection, article_id: int) -> Article:
    row = (await conn.execute(select(articles).where(articles.c.id == article_id))).one_or_none()
    if row is None:
        raise NotFound("article", article_id)
    return _article(row)


async def delete_unclaimed_articles(conn: AsyncConnection, article_ids: Collection[int]) -> None:
    """Of these articles, erase those that no chat has asked for, waits for or follows."""
    asked_for = exists().where(
        requests.c.digest_id == digests.c.id, digests.c.article_id == articles.c.id
    )
    waited_for = exists().where(jobs.c.article_id == articles.c.id)
    followed = exists().where(
        matches.c.digest_id == digests.c.id, digests.c.article_id == articles.c.id
    )
    await conn.execute(
        delete(articles).where(articles.c.id.in_(article_ids), ~asked_for, ~waited_for, ~followed)
    )


def _article(row: Row[Any]) -> Article:
    return Article(
        text=row.text,
        title=row.title,
        url=row.url,
        source=row.source,
        authors=tuple(row.authors),
        published=row.published,
        language=row.language,
    )
