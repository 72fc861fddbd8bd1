"""Feeds, what they list, and what they have listed ever."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", _Id, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("next_poll_at", _Time, nullable=False),
        sa.Column("last_read_at", _Time),
        sa.Column("last_new_at", _Time),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("failing_since", _Time),
        sa.Column("told_at", _Time),
        sa.Column("added_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("url", name="uq_feeds_url"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feeds_state_next_poll_at", "feeds", ["state", "next_poll_at"])
    op.create_table(
        "feed_entries",
        sa.Column("id", _Id, nullable=False),
        sa.Column("feed_id", _Id, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("published", sa.Text),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("seen_at", _Time, nullable=False),
        sa.Column("article_id", _Id),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feed_entries"),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_feed_entries_feed_id_feeds", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name="fk_feed_entries_article_id_articles",
            ondelete="SET NULL",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_entries_feed_id_seen_at", "feed_entries", ["feed_id", "seen_at"])
    op.create_index(
        "ix_feed_entries_state_not_before_at", "feed_entries", ["state", "not_before_at"]
    )
    op.create_index("ix_feed_entries_article_id", "feed_entries", ["article_id"])
    op.create_table(
        "feed_entry_keys",
        sa.Column("feed_id", _Id, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("seen_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("feed_id", "key", name="pk_feed_entry_keys"),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_feed_entry_keys_feed_id_feeds", ondelete="CASCADE"
        ),
    )
