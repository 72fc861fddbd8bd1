"""Inbox, jobs, parts of pastes and outbox; a request names the delivery that answers it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("chats", sa.Column("paused_at", _Time))
    _create_updates()
    _create_jobs()
    _create_paste_parts()
    _create_deliveries()
    with op.batch_alter_table("requests", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("delivery_id", _Id))
        table.create_foreign_key(
            "fk_requests_delivery_id_deliveries",
            "deliveries",
            ["delivery_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index("ix_requests_delivery_id", ["delivery_id"])


def _create_updates() -> None:
    op.create_table(
        "updates",
        sa.Column("bot_id", _Id, autoincrement=False, nullable=False),
        sa.Column("update_id", _Id, autoincrement=False, nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("received_at", _Time, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name="pk_updates"),
    )
    op.create_index("ix_updates_state", "updates", ["state"])


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", _Id, nullable=False),
        sa.Column("bot_id", _Id, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("article_id", _Id),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before_at", _Time, nullable=False),
        sa.Column("lease_until_at", _Time),
        sa.Column("created_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_jobs_article_id_articles", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("bot_id", "key", name="uq_jobs_bot_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_bot_id_state", "jobs", ["bot_id", "state"])
    op.create_index("ix_jobs_article_id", "jobs", ["article_id"])


def _create_paste_parts() -> None:
    op.create_table(
        "paste_parts",
        sa.Column("bot_id", _Id, autoincrement=False, nullable=False),
        sa.Column("chat_id", _Id, autoincrement=False, nullable=False),
        sa.Column("message_id", _Id, autoincrement=False, nullable=False),
        sa.Column("sender_id", _Id, nullable=False),
        sa.Column("thread_id", _Id),
        sa.Column("origin", sa.Text),
        sa.Column("origin_at", _Time),
        sa.Column("source", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("deadline_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", "message_id", name="pk_paste_parts"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _Id, nullable=False),
        sa.Column("bot_id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("thread_id", _Id),
        sa.Column("reply_to", _Id),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before_at", _Time, nullable=False),
        sa.Column("created_at", _Time, nullable=False),
        sa.Column("message_id", _Id),
        sa.Column("sent_at", _Time),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("bot_id", "key", name="uq_deliveries_bot_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_bot_id_state", "deliveries", ["bot_id", "state"])
    op.create_index("ix_deliveries_chat_id", "deliveries", ["chat_id"])
