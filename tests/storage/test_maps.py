from datetime import UTC, datetime, timedelta

import pytest

from storage.articles import save_article
from storage.database import Database
from storage.digests import save_digest
from storage.errors import NotFound
from storage.maps import find_map, get_map, save_map
from storage.retention import delete_old_maps
from storage.tables import articles
from support.builders import make_full_digest

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
PICTURE = b"\x89PNG\r\n\x00"


@pytest.fixture
async def digest_id(database: Database) -> int:
    digest = make_full_digest()
    async with database.begin() as conn:
        article_id = await save_article(conn, digest.article, received_at=NOW)
        return await save_digest(conn, digest, article_id=article_id, created_at=NOW)


async def test_a_map_is_kept_as_it_is(database: Database, digest_id: int) -> None:
    async with database.begin() as conn:
        assert await find_map(conn, digest_id) is None
        await save_map(conn, PICTURE, digest_id=digest_id, drawn_at=NOW)
        assert await get_map(conn, digest_id) == PICTURE


async def test_a_new_map_takes_the_place_of_the_old(database: Database, digest_id: int) -> None:
    async with database.begin() as conn:
        await save_map(conn, PICTURE, digest_id=digest_id, drawn_at=NOW)
        await save_map(conn, b"new", digest_id=digest_id, drawn_at=NOW)
        assert await get_map(conn, digest_id) == b"new"


async def test_a_map_goes_with_its_article(database: Database, digest_id: int) -> None:
    async with database.begin() as conn:
        await save_map(conn, PICTURE, digest_id=digest_id, drawn_at=NOW)
        await conn.execute(articles.delete())
        with pytest.raises(NotFound):
            await get_map(conn, digest_id)


async def test_old_maps_are_forgotten(database: Database, digest_id: int) -> None:
    async with database.begin() as conn:
        await save_map(conn, PICTURE, digest_id=digest_id, drawn_at=NOW)
        await delete_old_maps(conn, asked_before=NOW, limit=9)
        assert await find_map(conn, digest_id) == PICTURE
        await delete_old_maps(conn, asked_before=NOW + timedelta(seconds=1), limit=9)
        assert await find_map(conn, digest_id) is None
