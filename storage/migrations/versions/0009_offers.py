"""Topics that were offered as buttons."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("id", _Id, nullable=False),
        sa.Column("bot_id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_offers_offered_at", "offers", ["offered_at"])
