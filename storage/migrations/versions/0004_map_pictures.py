"""Drawn maps, each with its digest."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "map_pictures",
        sa.Column("digest_id", _Id, autoincrement=False, nullable=False),
        sa.Column("picture", sa.LargeBinary, nullable=False),
        sa.Column("drawn_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("digest_id", name="pk_map_pictures"),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["digests.id"],
            name="fk_map_pictures_digest_id_digests",
            ondelete="CASCADE",
        ),
    )
