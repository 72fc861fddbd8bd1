"""When a chat wants to be told, and where its clocks are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "chat_schedules",
        sa.Column("bot_id", _Id, autoincrement=False, nullable=False),
        sa.Column("chat_id", _Id, autoincrement=False, nullable=False),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("days", sa.Text, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "chat_id", name="pk_chat_schedules"),
    )
