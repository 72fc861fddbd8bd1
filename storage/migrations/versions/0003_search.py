"""Full-text search over digests; who was let in, who asked how often, and what went wrong."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import escape, unescape

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_Time = sa.DateTime(timezone=True)

_INDEXES = (
    ("article_search", "articles", ("title", "source", "text")),
    ("name_search", "digest_names", ("name",)),
)


def upgrade() -> None:
    _create_names()
    for index, table, columns in _INDEXES:
        _create_index(index, table, columns)
    _fill_names()
    op.create_table(
        "admissions",
        sa.Column("chat_id", _Id, autoincrement=False, nullable=False),
        sa.Column("admitted_at", _Time, nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_admissions"),
    )
    _create_moments("wrong_codes", "tried_at")
    _create_moments("digest_asks", "asked_at")
    op.create_table(
        "failures",
        sa.Column("id", _Id, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("failed_at", _Time, nullable=False),
        sa.Column("told_at", _Time),
        sa.PrimaryKeyConstraint("id", name="pk_failures"),
    )


def _create_names() -> None:
    op.create_table(
        "digest_names",
        sa.Column("id", _Id, nullable=False),
        sa.Column("digest_id", _Id, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_digest_names"),
        sa.ForeignKeyConstraint(
            ["digest_id"],
            ["digests.id"],
            name="fk_digest_names_digest_id_digests",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_digest_names_digest_id", "digest_names", ["digest_id"])


def _create_moments(table: str, moment: str) -> None:
    op.create_table(
        table,
        sa.Column("id", _Id, nullable=False),
        sa.Column("chat_id", _Id, nullable=False),
        sa.Column(moment, _Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_chat_id_{moment}", table, ["chat_id", moment])


def _create_index(index: str, table: str, columns: tuple[str, ...]) -> None:
    """An index that holds no text of its own, kept in step by the table itself."""
    names = ", ".join(columns)
    new = ", ".join(f"new.{column}" for column in columns)
    old = ", ".join(f"old.{column}" for column in columns)
    add = f"INSERT INTO {index} (rowid, {names}) VALUES (new.id, {new});"
    remove = f"INSERT INTO {index} ({index}, rowid, {names}) VALUES ('delete', old.id, {old});"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{table}', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    for name, when, what in (
        ("insert", "INSERT", add),
        ("delete", "DELETE", remove),
        ("update", f"UPDATE OF {names}", remove + add),
    ):
        op.execute(f"CREATE TRIGGER {index}_{name} AFTER {when} ON {table} BEGIN {what} END")
    op.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")


def _fill_names() -> None:
    connection = op.get_bind()
    names = sa.table("digest_names", sa.column("digest_id"), sa.column("kind"), sa.column("name"))
    rows = connection.execute(
        sa.text(
            "SELECT digests.id, digests.payload, articles.text FROM digests"
            " JOIN articles ON articles.id = digests.article_id"
        )
    )
    for digest_id, payload, text in rows.all():
        found = _names_in(json.loads(unescape(payload)), unescape(text))
        for kind, name in dict.fromkeys(found):
            connection.execute(
                names.insert().values(digest_id=digest_id, kind=kind, name=escape(name))
            )


def _names_in(payload: dict[str, Any], text: str) -> Iterator[tuple[str, str]]:
    for speaker in payload["speakers"]:
        yield "speaker", speaker["name"]
    for location in payload["locations"]:
        yield "place", location["name"]
        for start, end in location["mentions"]:
            yield "place", text[start:end]
