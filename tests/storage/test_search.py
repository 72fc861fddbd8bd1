import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from storage.articles import save_article
from storage.chats import Chat, save_chat
from storage.database import Database
from storage.digests import save_digest
from storage.history import record_request
from storage.models import Term
from storage.search import (
    CUT,
    MATCH_END,
    MATCH_START,
    MAX_TERMS,
    SearchHit,
    SearchQuery,
    match_expression,
    search_digests,
)
from storage.tables import articles, digests
from summarizer.models import Digest, Span
from support.builders import (
    make_article,
    make_digest,
    make_full_digest,
    make_location,
)
from support.strategies import any_text

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
READER, OTHER = 11, 12


async def keep(database: Database, digest: Digest, *, chat_id: int = READER) -> int:
    """Store a digest that the chat asked for."""
    async with database.begin() as conn:
        await save_chat(conn, Chat(chat_id, "private", "Reader", "en", NOW, NOW))
        article_id = await save_article(conn, digest.article, received_at=NOW)
        digest_id = await save_digest(conn, digest, article_id=article_id, created_at=NOW)
        await record_request(conn, chat_id=chat_id, digest_id=digest_id, requested_at=NOW)
        return digest_id


async def find(database: Database, query: SearchQuery, **kwargs: int) -> tuple[SearchHit, ...]:
    async with database.read() as conn:
        return await search_digests(conn, query, **{"chat_id": READER, "limit": 10, **kwargs})


def words(*terms: str, exact: bool = False) -> SearchQuery:
    return SearchQuery(words=tuple(Term(term, exact) for term in terms))


def plain(snippet: str | None) -> str:
    return re.sub(f"[{MATCH_START}{MATCH_END}]", "", snippet or "").strip(CUT)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        (words("harbour"), True),
        (words("HARBOUR", "crowns"), True),
        (words("harbour", "volcano"), False),
        (words("dock"), True),
        (words("dock", exact=True), False),
        (words("nine million crowns", exact=True), True),
        (words("million nine", exact=True), False),
        (SearchQuery(speakers=(Term("Tarrow"),)), True),
        (words("shi"), False),
        (SearchQuery(speakers=(Term("ilse tar"),)), True),
        (SearchQuery(speakers=(Term("Marwick"),)), False),
        (SearchQuery(places=(Term("marwick"),)), True),
        (SearchQuery(places=(Term("Tarrow"),)), False),
        (SearchQuery((Term("ship"),), (Term("Tarrow"),), (Term("Marwick"),)), True),
        (SearchQuery((Term("volcano"),), (Term("Tarrow"),)), False),
        (SearchQuery(), False),
        (words("…", "!"), False),
    ],
)
async def test_digest_is_found_by_all_that_it_holds(
    database: Database, query: SearchQuery, is_found: bool
) -> None:
    await keep(database, make_full_digest(title="Port reopens"))
    assert len(await find(database, query)) == is_found


async def test_hit_tells_what_matched(database: Database) -> None:
    digest = make_full_digest(title="Port reopens", source="Marwick Herald")
    digest_id = await keep(database, digest)
    query = SearchQuery((Term("ship"),), (Term("harbour"),), (Term("Marwick"),))
    (hit,) = await find(database, query)
    assert (hit.digest_id, hit.headline, hit.source) == (
        digest_id,
        "Port reopens",
        "Marwick Herald",
    )
    assert hit.requested_at == NOW
    assert hit.speakers == ("The harbour board",)
    assert hit.places == ("Marwick",)
    assert f"{MATCH_START}ship{MATCH_END}" in (hit.snippet or "")
    assert plain(hit.snippet) in digest.article.text


async def test_letters_are_found_without_their_marks(database: Database) -> None:
    await keep(database, make_digest("Snow fell on Brăila."))
    assert await find(database, words("braila"))


async def test_title_and_source_are_searched_too(database: Database) -> None:
    await keep(database, make_digest(make_article(title="Quiet day", source="Delta Courier")))
    assert len(await find(database, words("quiet"))) == 1
    assert len(await find(database, words("courier"))) == 1


async def test_place_is_found_as_the_article_writes_it(database: Database) -> None:
    article = make_article("Rain in Marwijk.")
    place = make_location("Marwick", Span(8, 15))
    await keep(database, make_digest(article, locations=(place,)))
    for name in ("Marwick", "Marwijk"):
        assert await find(database, SearchQuery(places=(Term(name, exact=True),)))


async def test_chats_find_only_what_they_asked_for(database: Database) -> None:
    await keep(database, make_digest("Rain fell."))
    await keep(database, make_digest("Rain stopped."), chat_id=OTHER)
    (hit,) = await find(database, words("rain"))
    assert "fell" in plain(hit.snippet)


async def test_newest_first_each_once_and_no_more_than_asked(database: Database) -> None:
    for day in (1, 2, 3, 1):
        await keep(database, make_digest(make_article(f"Rain on day {day}.", title=str(day))))
    hits = await find(database, words("rain"))
    assert [hit.headline for hit in hits] == ["1", "3", "2"]
    assert len(await find(database, words("rain"), limit=2)) == 2


async def test_changed_and_deleted_articles_leave_the_index(database: Database) -> None:
    digest_id = await keep(database, make_full_digest())
    async with database.begin() as conn:
        await conn.execute(articles.update().values(text="Nothing of it remains."))
    assert not await find(database, words("harbour"))
    assert await find(database, words("remains"))
    async with database.begin() as conn:
        await conn.execute(articles.delete())
        assert await conn.scalar(digests.select().where(digests.c.id == digest_id)) is None
        for index in ("article_search", "name_search"):
            # Compares the index with its table.
            await conn.execute(
                text(f"INSERT INTO {index}({index}, rank) VALUES('integrity-check', 1)")
            )


@pytest.fixture(scope="module")
def fts() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, b)")
    connection.execute("INSERT INTO t VALUES ('harbour of Marwick', 'x')")
    return connection


@given(terms=st.lists(st.builds(Term, any_text, st.booleans()), max_size=4))
def test_no_text_breaks_the_query(fts: sqlite3.Connection, terms: list[Term]) -> None:
    expression = match_expression(terms)
    if expression:
        fts.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall()


@pytest.mark.parametrize(
    "said",
    [
        '"',
        '""',
        "a\x00b",
        "NEAR(a b)",
        "AND",
        "a OR",
        "*",
        "^a",
        "a:b",
        "-a",
        "(",
        "a'b",
        "\ud83da",
    ],
)
def test_operators_are_words(fts: sqlite3.Connection, said: str) -> None:
    test_no_text_breaks_the_query.hypothesis.inner_test(fts, [Term(said), Term(said, exact=True)])


def test_further_terms_are_passed_over() -> None:
    assert match_expression([Term("word")] * 1_000).count("AND") == MAX_TERMS - 1


async def test_names_stored_before_the_index_are_found(database_path: Path) -> None:
    """Digests of the schema before are brought in by the step itself."""
    from alembic import command
    from sqlalchemy import create_engine

    from storage.database import open_database, sqlite_url
    from storage.migrations import configure

    engine = create_engine(sqlite_url(database_path))
    with engine.begin() as connection:
        command.upgrade(configure(connection), "0002")
    engine.dispose()
    with closing(sqlite3.connect(database_path)) as connection, connection:
        connection.executescript(
            """
            INSERT INTO articles VALUES (7, 'abc', 'Rain in ' || char(26) || '0000Odby.', 'Rain',
                NULL, NULL, '[]', NULL, 'en', '2026-03-03 12:00:00.000000');
            INSERT INTO digests VALUES (8, 7, 'lead/x', 'Rain', NULL,
                '{"speakers":[{"name":"Oda Lund"}],
                  "locations":[{"name":"Odense","mentions":[[9,13],[9,13]]}]}',
                '2026-03-03 12:00:00.000000');
            INSERT INTO chats (id, kind, created_at, last_seen_at) VALUES (11, 'private',
                '2026-03-03 12:00:00.000000', '2026-03-03 12:00:00.000000');
            INSERT INTO requests (id, chat_id, digest_id, requested_at)
                VALUES (9, 11, 8, '2026-03-03 12:00:00.000000');
            """
        )
    async with open_database(sqlite_url(database_path)) as database:
        await database.migrate()
        assert len(await find(database, words("rain"))) == 1
        (hit,) = await find(database, SearchQuery(speakers=(Term("Lund"),), places=(Term("Odby"),)))
        assert (hit.speakers, hit.places) == (("Oda Lund",), ("Odby",))
