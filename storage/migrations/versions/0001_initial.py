"""Articles, their digests, and the chats that asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("id", _Id, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("source", sa.Text),
        sa.Column("authors", sa.Text, nullable=False),
        sa.Column("published", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("received_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("key", name="uq_articles_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "digests",
        sa.Column("id", _Id, nullable=False),
        sa.Column("article_id", _Id, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("source", sa.Text),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("created_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_digests_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("article_id", "method", name="uq_digests_article_id_method"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "chats",
        sa.Column("id", _Id, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("language_code", sa.Text),
        sa.Column("created_at", _Time, nullable=False),
        sa.Column("last_seen_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
    )
    _create_requests()


def _create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("digest_id", _Id, nullable=False),
        sa.Column("thread_id", _Id),
        sa.Column("request_message_id", _Id),
        sa.Column("answer_message_id", _Id),
        sa.Column("requested_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["chats.id"],
            name="fk_requests_chat_id_chats",
            ondelete="CASCADE",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["digests.id"],
            name="fk_requests_digest_id_digests",
            ondelete="CASCADE",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_requests_chat_id_digest_id", "requests", ["chat_id", "digest_id"])
    op.create_index("ix_requests_digest_id", "requests", ["digest_id"])
