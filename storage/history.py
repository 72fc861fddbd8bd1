"""Which chat asked for which digest, when and in which messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import articles, digests, requests
from summarizer.models import Article


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A digest that a chat asked for, as of its newest request; `id` is that of the request."""

    id: int
    digest_id: int
    headline: str
    source: str | None
    thread_id: int | None
    answer_message_id: int | None
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The message in which a chat got a digest."""

    digest_id: int
    message_id: int


async def record_request(
    conn: AsyncConnection,
    *,
    chat_id: int,
    digest_id: int,
    thread_id: int | None = None,
    request_message_id: int | None = None,
    answer_message_id: int | None = None,
    delivery_id: int | None = None,
    requested_at: datetime,
) -> int:
    """Note that the chat got the digest; chat and digest must be stored. Gives the request's id.

    When the delivery is sent, its message becomes the answer.
    """
    saved = await conn.execute(
        requests.insert()
        .values(
            chat_id=chat_id,
            digest_id=digest_id,
            thread_id=thread_id,
            request_message_id=request_message_id,
            answer_message_id=answer_message_id,
            delivery_id=delivery_id,
            requested_at=requested_at,
        )
        .returning(requests.c.id)
    )
    return int(saved.scalar_one())


async def has_digest(conn: AsyncConnection, *, chat_id: int, digest_id: int) -> bool:
    """Whether the chat asked for the digest, so that it may see more of it."""
    asked = exists().where(requests.c.chat_id == chat_id, requests.c.digest_id == digest_id)
    return bool(await conn.scalar(select(asked)))


async def has_seen(
    conn: AsyncConnection, *, chat_id: int, article: Article, since: datetime
) -> bool:
    """Whether the chat got a digest of this text or address since then."""
    same = articles.c.text == article.text
    if article.url is not None:
        same = or_(same, articles.c.url == article.url)
    seen = (
        exists()
        .where(requests.c.chat_id == chat_id, requests.c.requested_at >= since)
        .where(requests.c.digest_id == digests.c.id, digests.c.article_id == articles.c.id, same)
    )
    return bool(await conn.scalar(select(seen)))


async def find_answer(
    conn: AsyncConnection,
    *,
    chat_id: int,
    since: datetime,
    article_id: int | None = None,
    url: str | None = None,
) -> Answer | None:
    """The newest message since then that gave the chat the digest of this article or address."""
    wanted = articles.c.url == url if article_id is None else articles.c.id == article_id
    row = await conn.execute(
        select(requests.c.digest_id, requests.c.answer_message_id)
        .join_from(requests, digests)
        .join(articles)
        .where(
            requests.c.chat_id == chat_id,
            requests.c.requested_at >= since,
            requests.c.answer_message_id.is_not(None),
            wanted,
        )
        .order_by(requests.c.id.desc())
        .limit(1)
    )
    found = row.one_or_none()
    return None if found is None else Answer(*found)


async def list_history(
    conn: AsyncConnection, *, chat_id: int, limit: int, before_id: int | None = None
) -> tuple[HistoryItem, ...]:
    """The digests of the chat, newest request first, each once; `before_id` turns the page."""
    later = requests.alias("later")
    asked_again = exists().where(
        later.c.chat_id == requests.c.chat_id,
        later.c.digest_id == requests.c.digest_id,
        later.c.id > requests.c.id,
    )
    query = (
        select(
            requests.c.id,
            requests.c.digest_id,
            digests.c.headline,
            digests.c.source,
            requests.c.thread_id,
            requests.c.answer_message_id,
            requests.c.requested_at,
        )
        .join_from(requests, digests)
        .where(requests.c.chat_id == chat_id, ~asked_again)
        .order_by(requests.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(requests.c.id < before_id)
    return tuple(HistoryItem(*row) for row in await conn.execute(query))
