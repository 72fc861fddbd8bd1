"""The chats that Nutgraf has seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import chats, insert

ChatKind = Literal["private", "group", "supergroup", "channel"]


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat by Telegram's id; `title` is the person's name where it is private."""

    id: int
    kind: ChatKind
    title: str | None
    language_code: str | None
    created_at: datetime
    last_seen_at: datetime


async def save_chat(conn: AsyncConnection, chat: Chat) -> Chat:
    """Save or update the chat; gives it as stored, with the `created_at` of the first time."""
    statement = insert(conn, chats).values(
        id=chat.id,
        kind=chat.kind,
        title=chat.title,
        language_code=chat.language_code,
        created_at=chat.created_at,
        last_seen_at=chat.last_seen_at,
    )
    new = statement.excluded
    saved = await conn.execute(
        statement.on_conflict_do_update(
            index_elements=[chats.c.id],
            set_={
                "kind": new.kind,
                "title": new.title,
                "language_code": new.language_code,
                "last_seen_at": new.last_seen_at,
            },
        ).returning(chats)
    )
    return _chat(saved.one())


async def find_chat(conn: AsyncConnection, chat_id: int) -> Chat | None:
    row = (await conn.execute(select(chats).where(chats.c.id == chat_id))).one_or_none()
    return None if row is None else _chat(row)


def _chat(row: Row[Any]) -> Chat:
    return Chat(
        id=row.id,
        kind=row.kind,
        title=row.title,
        language_code=row.language_code,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
    )
