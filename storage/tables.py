"""The tables as they are now; how a database gets there is in `storage/migrations`."""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.columns import ExactText, Id, JsonText, UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

HAS_TEXT = "text <> ''"
"""Of an article whose text is kept no longer it is empty; none is ever saved so."""

articles = Table(
    "articles",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("text", ExactText, nullable=False),
    Column("title", ExactText),
    Column("url", ExactText),
    Column("source", ExactText),
    Column("authors", JsonText, nullable=False),
    Column("published", ExactText),
    Column("language", ExactText, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Index(None, "received_at", sqlite_where=text(HAS_TEXT), postgresql_where=text(HAS_TEXT)),
    sqlite_autoincrement=True,  # ids stand in old messages, so none is ever given again
)

digests = Table(
    "digests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("method", ExactText, nullable=False),
    Column("headline", ExactText, nullable=False),
    Column("source", ExactText),
    Column("payload", JsonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revision", Text),  # of the rules; none where it is not known
    UniqueConstraint("article_id", "method"),
    sqlite_autoincrement=True,
)

chats = Table(
    "chats",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # Telegram's
    Column("kind", Text, nullable=False),
    Column("title", ExactText),
    Column("language_code", ExactText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("bot_id", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("thread_id", Id, primary_key=True, autoincrement=False),  # see storage.pauses
    Column("began_at", UtcDateTime, nullable=False),
)

requests = Table(
    "requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "chat_id",
        Id,
        ForeignKey("chats.id", ondelete="CASCADE", onupdate="CASCADE"),
        nullable=False,
    ),
    Column("digest_id", Id, ForeignKey("digests.id", ondelete="CASCADE"), nullable=False),
    Column("thread_id", Id),
    Column("request_message_id", Id),
    Column("answer_message_id", Id),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("delivery_id", Id, ForeignKey("deliveries.id", ondelete="SET NULL")),
    Index(None, "chat_id", "digest_id"),
    Index(None, "digest_id"),
    Index(None, "delivery_id"),
    Index(None, "requested_at"),
    sqlite_autoincrement=True,
)

# Rows of the life of an update belong to one bot (Telegram's id): a database may serve several.

updates = Table(
    "updates",
    metadata,
    Column("bot_id", Id, primary_key=True, autoincrement=False),
    Column("update_id", Id, primary_key=True, autoincrement=False),  # Telegram's
    Column("payload", JsonText),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Index(None, "state"),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="CASCADE")),
    Column("payload", JsonText, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before_at", UtcDateTime, nullable=False),
    Column("lease_until_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("bot_id", "key"),
    Index(None, "bot_id", "state"),
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

paste_parts = Table(
    "paste_parts",
    metadata,
    Column("bot_id", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("message_id", Id, primary_key=True, autoincrement=False),
    Column("sender_id", Id, nullable=False),
    Column("thread_id", Id),
    Column("origin", ExactText),
    Column("origin_at", UtcDateTime),
    Column("source", ExactText),
    Column("text", ExactText, nullable=False),
    Column("deadline_at", UtcDateTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("thread_id", Id),
    Column("reply_to", Id),
    Column("method", Text, nullable=False),
    Column("payload", JsonText, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("message_id", Id),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("bot_id", "key"),
    Index(None, "bot_id", "state"),
    Index(None, "chat_id"),
    sqlite_autoincrement=True,
)

digest_names = Table(
    "digest_names",
    metadata,
    Column("id", Id, primary_key=True),
    Column("digest_id", Id, ForeignKey("digests.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),  # speaker or place
    Column("name", ExactText, nullable=False),
    Index(None, "digest_id"),
)

map_pictures = Table(
    "map_pictures",
    metadata,
    Column(
        "digest_id",
        Id,
        ForeignKey("digests.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("picture", LargeBinary, nullable=False),
    Column("drawn_at", UtcDateTime, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("url", ExactText, nullable=False, unique=True),
    Column("title", ExactText, nullable=False),
    Column("link", ExactText),
    Column("state", Text, nullable=False),
    Column("etag", ExactText),
    Column("last_modified", ExactText),
    Column("next_poll_at", UtcDateTime, nullable=False),
    Column("last_read_at", UtcDateTime),
    Column("last_new_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("failure", Text),
    Column("failing_since", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("added_at", UtcDateTime, nullable=False),
    Index(None, "state", "next_poll_at"),
    sqlite_autoincrement=True,
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("feed_id", Id, ForeignKey("feeds.id", ondelete="CASCADE"), nullable=False),
    Column("title", ExactText, nullable=False),
    Column("link", ExactText),
    Column("published", ExactText),
    Column("summary", ExactText, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("article_id", Id, ForeignKey("articles.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before_at", UtcDateTime, nullable=False),
    Index(None, "feed_id", "seen_at"),
    Index(None, "state", "not_before_at"),
    Index(None, "article_id"),
    sqlite_autoincrement=True,
)

feed_entry_keys = Table(
    "feed_entry_keys",
    metadata,
    Column(
        "feed_id",
        Id,
        ForeignKey("feeds.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("key", Text, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("thread_id", Id),
    Column("topic", JsonText, nullable=False),
    Column("topic_key", ExactText, nullable=False),
    Column("feed_id", Id, ForeignKey("feeds.id", ondelete="CASCADE")),
    Column("told", Integer, nullable=False),
    Column("times", JsonText, nullable=False),
    Column("days", JsonText, nullable=False),
    Column("zone", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("next_slot_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("paused_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("change", Id, nullable=False),
    UniqueConstraint("bot_id", "chat_id", "topic_key"),
    Index(None, "next_slot_at"),
    Index(None, "change"),
    Index(None, "feed_id"),
    sqlite_autoincrement=True,
)

chat_schedules = Table(
    "chat_schedules",
    metadata,
    Column("bot_id", Id, primary_key=True, autoincrement=False),
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("times", JsonText, nullable=False),
    Column("days", JsonText, nullable=False),
    Column("zone", Text, nullable=False),
)

subscription_changes = Table(
    "subscription_changes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # one row
    Column("number", Id, nullable=False),
)

matches = Table(
    "matches",
    metadata,
    Column(
        "subscription_id",
        Id,
        ForeignKey("subscriptions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "digest_id",
        Id,
        ForeignKey("digests.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("entry_id", Id, ForeignKey("feed_entries.id", ondelete="SET NULL")),
    Column("matched_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Index(None, "digest_id"),
    Index(None, "entry_id"),
    Index(None, "matched_at"),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("subscription_id", Id, ForeignKey("subscriptions.id", ondelete="SET NULL")),
    Column("slot", Text, nullable=False),
    Column("stories", JsonText, nullable=False),
    Column("composed_at", UtcDateTime, nullable=False),
    UniqueConstraint("subscription_id", "slot"),
    sqlite_autoincrement=True,
)

offers = Table(
    "offers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bot_id", Id, nullable=False),
    Column("chat_id", Id, nullable=False),
    Column("topics", JsonText, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Index(None, "offered_at"),
    sqlite_autoincrement=True,
)

admissions = Table(
    "admissions",
    metadata,
    Column("chat_id", Id, primary_key=True, autoincrement=False),
    Column("admitted_at", UtcDateTime, nullable=False),
)

wrong_codes = Table(
    "wrong_codes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, nullable=False),
    Column("tried_at", UtcDateTime, nullable=False),
    Index(None, "chat_id", "tried_at"),
)

digest_asks = Table(
    "digest_asks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("chat_id", Id, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Index(None, "chat_id", "asked_at"),
)

failures = Table(
    "failures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False),  # under which people and the log know it
    Column("kind", Text, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
)


def insert(conn: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of the connected database."""
    return insert_in(conn.dialect.name, table)


def insert_in(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, in the words of a database."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
