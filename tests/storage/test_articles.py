from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from storage.articles import get_article, save_article
from storage.database import Database
from storage.errors import NotFound
from summarizer.models import Article
from support.builders import make_article
from support.strategies import articles

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


async def test_all_fields_come_back(database: Database) -> None:
    article = make_article(
        title="Port reopens",
        url="https://herald.example/port",
        source="Marwick Herald",
        authors=("Nils Aakre", "Oda Lund"),
        published="2026-03-03",
        language="en",
    )
    async with database.begin() as conn:
        article_id = await save_article(conn, article, received_at=NOW)
    async with database.read() as conn:
        assert await get_article(conn, article_id) == article


async def test_same_text_title_and_source_is_one_article(database: Database) -> None:
    article = make_article(title="Port reopens", source="Marwick Herald")
    async with database.begin() as conn:
        first = await save_article(conn, article, received_at=NOW)
        again = await save_article(conn, replace(article, published="1 May"), received_at=NOW)
        others = [
            await save_article(conn, other, received_at=NOW)
            for other in (
                replace(article, title="Other"),
                replace(article, source="Elsewhere"),
                replace(article, source=None),
            )
        ]
        stored = await get_article(conn, first)
    assert first == again
    assert len({first, *others}) == 4
    assert stored == article


@given(article=articles())
async def test_any_article_comes_back_exactly(database: Database, article: Article) -> None:
    async with database.begin() as conn:
        found = await get_article(conn, await save_article(conn, article, received_at=NOW))
        await conn.rollback()
    assert found == article


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n", "\u2028", "\x85"])
async def test_line_ends_and_bom_are_kept(database: Database, newline: str) -> None:
    text = f"\ufeffOne.{newline}Two.{newline}"
    async with database.begin() as conn:
        article_id = await save_article(conn, make_article(text), received_at=NOW)
        assert (await get_article(conn, article_id)).text == text


async def test_five_million_characters_are_kept(database: Database) -> None:
    text = "Ship 🚢 ahoy. " * 360_000
    async with database.begin() as conn:
        article_id = await save_article(conn, make_article(text), received_at=NOW)
        assert (await get_article(conn, article_id)).text == text


async def test_unknown_articles(database: Database) -> None:
    async with database.read() as conn:
        with pytest.raises(NotFound) as caught:
            await get_article(conn, 7)
    assert (caught.value.kind, caught.value.key) == ("article", 7)
