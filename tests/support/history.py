"""Digests that chats have asked for, in the database."""

from datetime import datetime
from typing import Any

from storage.articles import save_article
from storage.chats import Chat, find_chat, save_chat
from storage.database import Connection
from storage.digests import save_digest
from storage.history import record_request
from summarizer.models import Article
from support.builders import make_digest


async def add_request(
    conn: Connection,
    *,
    chat_id: int,
    requested_at: datetime,
    text: str = "The port reopened.",
    article: Article | None = None,
    **fields: Any,
) -> int:
    """Have the chat ask for the digest of a text; gives the id of the article."""
    if await find_chat(conn, chat_id) is None:
        chat = Chat(chat_id, "private", "Reader", "en", requested_at, requested_at)
        await save_chat(conn, chat)
    digest = make_digest(article or Article(text))
    article_id = await save_article(conn, digest.article, received_at=requested_at)
    digest_id = await save_digest(conn, digest, article_id=article_id, created_at=requested_at)
    await record_request(
        conn, chat_id=chat_id, digest_id=digest_id, requested_at=requested_at, **fields
    )
    return article_id
