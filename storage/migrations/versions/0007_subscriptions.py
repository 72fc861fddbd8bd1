"""What chats follow, what belongs to it, and the editions made of that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_subscriptions()
    op.create_table(
        "subscription_changes",
        sa.Column("id", _Id, autoincrement=False, nullable=False),
        sa.Column("number", _Id, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscription_changes"),
    )
    _create_matches()
    op.create_table(
        "editions",
        sa.Column("id", _Id, nullable=False),
        sa.Column("bot_id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("subscription_id", _Id),
        sa.Column("slot", sa.Text, nullable=False),
        sa.Column("stories", sa.Text, nullable=False),
        sa.Column("composed_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint("subscription_id", "slot", name="uq_editions_subscription_id_slot"),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_editions_subscription_id_subscriptions",
            ondelete="SET NULL",
        ),
        sqlite_autoincrement=True,
    )


def _create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", _Id, nullable=False),
        sa.Column("bot_id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("thread_id", _Id),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("topic_key", sa.Text, nullable=False),
        sa.Column("feed_id", _Id),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("days", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("since", _Time, nullable=False),
        sa.Column("next_slot_at", _Time),
        sa.Column("created_at", _Time, nullable=False),
        sa.Column("paused_until", _Time),
        sa.Column("ended_at", _Time),
        sa.Column("change", _Id, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriptions"),
        sa.UniqueConstraint(
            "bot_id", "chat_id", "topic_key", name="uq_subscriptions_bot_id_chat_id_topic_key"
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name="fk_subscriptions_feed_id_feeds", ondelete="CASCADE"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscriptions_next_slot_at", "subscriptions", ["next_slot_at"])
    op.create_index("ix_subscriptions_change", "subscriptions", ["change"])
    op.create_index("ix_subscriptions_feed_id", "subscriptions", ["feed_id"])


def _create_matches() -> None:
    op.create_table(
        "matches",
        sa.Column("subscription_id", _Id, autoincrement=False, nullable=False),
        sa.Column("digest_id", _Id, autoincrement=False, nullable=False),
        sa.Column("entry_id", _Id),
        sa.Column("matched_at", _Time, nullable=False),
        sa.Column("told_at", _Time),
        sa.PrimaryKeyConstraint("subscription_id", "digest_id", name="pk_matches"),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_matches_subscription_id_subscriptions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["digests.id"],
            name="fk_matches_digest_id_digests",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["feed_entries.id"],
            name="fk_matches_entry_id_feed_entries",
            ondelete="SET NULL",
        ),
    )
    op.create_index("ix_matches_digest_id", "matches", ["digest_id"])
    op.create_index("ix_matches_entry_id", "matches", ["entry_id"])
    op.create_index("ix_matches_matched_at", "matches", ["matched_at"])
