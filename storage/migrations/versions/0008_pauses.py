"""Pauses of chats and of single topics, each of one bot; what is found by its age has an index."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("bot_id", _Id, autoincrement=False, nullable=False),
        sa.Column("chat_id", _Id, autoincrement=False, nullable=False),
        sa.Column("thread_id", _Id, autoincrement=False, nullable=False),
        sa.Column("began_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", "thread_id", name="pk_pauses"),
    )
    # Whose pause it was only the messages that were held by it tell.
    op.execute(
        "INSERT INTO pauses (bot_id, chat_id, thread_id, began_at)"
        " SELECT DISTINCT deliveries.bot_id, chats.id, 0, chats.paused_at FROM chats"
        " JOIN deliveries ON deliveries.chat_id = chats.id"
        " WHERE chats.paused_at IS NOT NULL AND deliveries.state = 'paused'"
    )
    op.drop_column("chats", "paused_at")
    op.create_index("ix_requests_requested_at", "requests", ["requested_at"])
    op.create_index(
        "ix_articles_received_at",
        "articles",
        ["received_at"],
        sqlite_where=sa.text("text <> ''"),
        postgresql_where=sa.text("text <> ''"),
    )
