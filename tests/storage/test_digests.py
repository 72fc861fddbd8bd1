from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from sqlalchemy import text

from storage.articles import save_article
from storage.database import Database
from storage.digests import (
    HEADLINE_LENGTH,
    StoredDigest,
    find_digest,
    get_digest,
    headline,
    save_digest,
)
from storage.errors import NotFound
from storage.maps import find_map, save_map
from summarizer.models import Digest
from summarizer.wire import article_key
from support.builders import ARTICLE_TEXT, make_article, make_digest, make_full_digest
from support.strategies import digests

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def save(database: Database, digest: Digest) -> tuple[int, int]:
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        return article_id, await save_digest(conn, digest, article_id=article_id, created_at=NOW)


async def test_stored_digest_is_found_by_id_article_and_key(database: Database) -> None:
    digest = make_full_digest(title="Port reopens", authors=("Nils Aakre",))
    article_id, digest_id = await save(database, digest)
    expected = StoredDigest(digest_id, article_id, digest, NOW)
    async with database.read() as conn:
        assert await get_digest(conn, digest_id) == expected
        assert await find_digest(conn, article_id=article_id, method=digest.method) == expected
        key = article_key(digest.article)
        assert await find_digest(conn, key=key, method=digest.method) == expected


@given(digest=digests())
async def test_any_digest_comes_back_exactly(database: Database, digest: Digest) -> None:
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        digest_id = await save_digest(conn, digest, article_id=article_id, created_at=NOW)
        stored = await get_digest(conn, digest_id)
        await conn.rollback()
    assert stored.digest == digest


async def test_title_that_only_the_digest_knows_is_kept(database: Database) -> None:
    digest = make_full_digest()
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        titled = replace(digest, article=replace(digest.article, title="Marwick port reopens"))
        digest_id = await save_digest(conn, titled, article_id=article_id, created_at=NOW)
        assert (await get_digest(conn, digest_id)).digest == titled


async def test_one_digest_for_each_article_and_method(database: Database) -> None:
    digest = make_full_digest()
    article_id, first = await save(database, digest)
    changed = replace(digest, key_points=())
    async with database.begin() as conn:
        again = await save_digest(
            conn, changed, article_id=article_id, created_at=NOW + timedelta(days=1)
        )
        other = await save_digest(
            conn, replace(changed, method="lead"), article_id=article_id, created_at=NOW
        )
        stored = await get_digest(conn, first)
    assert first == again != other
    assert (stored.digest, stored.created_at) == (digest, NOW)


async def test_digest_of_another_revision_takes_the_place_of_the_old_one(
    database: Database,
) -> None:
    old = make_full_digest()
    later = NOW + timedelta(days=1)
    new = replace(old, key_points=old.key_points[:1], speakers=(), locations=())
    async with database.begin() as conn:
        article_id = await save_article(conn, old.article, received_at=NOW)
        first = await save_digest(
            conn, old, article_id=article_id, created_at=NOW, revision="older"
        )
        await save_map(conn, b"of the old places", digest_id=first, drawn_at=NOW)
        second = await save_digest(
            conn, new, article_id=article_id, created_at=later, revision="newer"
        )
        stored = await find_digest(conn, article_id=article_id, method=old.method, revision="newer")
        outdated = await find_digest(
            conn, article_id=article_id, method=old.method, revision="older"
        )
        names = await conn.scalar(text("SELECT count(*) FROM digest_names"))
        picture = await find_map(conn, first)
    assert old.speakers
    assert old.locations
    assert (stored, outdated) == (StoredDigest(first, article_id, new, later), None)
    assert (second, names, picture) == (first, 0, None)


async def test_text_is_stored_once(database: Database) -> None:
    _, digest_id = await save(database, make_digest("Only here, nowhere else."))
    async with database.read() as conn:
        payload = await conn.scalar(
            text("SELECT payload FROM digests WHERE id = :id"), {"id": digest_id}
        )
    assert "Only here" not in payload


async def test_digest_of_another_text_is_refused(database: Database) -> None:
    async with database.begin() as conn:
        article_id = await save_article(conn, make_article(), received_at=NOW)
        with pytest.raises(ValueError, match="another text"):
            await save_digest(conn, make_digest("Else."), article_id=article_id, created_at=NOW)


async def test_unknown_digests(database: Database) -> None:
    async with database.begin() as conn:
        assert await find_digest(conn, key="0" * 16, method="lead") is None
        assert await find_digest(conn, article_id=1, method="lead") is None
        with pytest.raises(NotFound):
            await get_digest(conn, 1)
        with pytest.raises(NotFound):
            await save_digest(conn, make_digest(), article_id=1, created_at=NOW)
        with pytest.raises(ValueError, match="either"):
            await find_digest(conn, method="lead")


async def test_other_method_is_not_found(database: Database) -> None:
    article_id, _ = await save(database, make_digest(method="lead"))
    async with database.read() as conn:
        assert await find_digest(conn, article_id=article_id, method="luhn") is None


@pytest.mark.parametrize(
    ("digest", "expected"),
    [
        (make_digest(make_article(title=" Port\n reopens ")), "Port reopens"),
        (
            make_digest(key_points=("The harbour board said losses came to nine million crowns.",)),
            "The harbour board said losses came to nine million crowns.",
        ),
        (make_digest("A b", key_points=("b", "A")), "b"),
        (make_digest(make_article("Text.", title=" ")), "Text."),
        (make_digest("x" * 400), "x" * HEADLINE_LENGTH),
        (make_digest(" \n"), ""),
    ],
)
def test_headline(digest: Digest, expected: str) -> None:
    assert headline(digest) == expected


def test_builders_are_faithful() -> None:
    digest = make_full_digest()
    for point in digest.key_points:
        assert ARTICLE_TEXT[point.start : point.end] == point.text
    for statement in (s for speaker in digest.speakers for s in speaker.statements):
        assert ARTICLE_TEXT[statement.start : statement.end] == statement.text
