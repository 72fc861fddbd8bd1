import asyncio
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fetcher.errors import TooLarge, UnsupportedType
from fetcher.models import Fetched
from newsroom import digesting, worker
from newsroom.digesting import Digester, DigestSettings
from newsroom.errors import DigestFailed, DigestTimeout
from summarizer.errors import EmptyText, ModelMissing, TextTooLong
from summarizer.models import Article
from support import worker_functions
from support.pages import make_page

ARTICLE = Article("The bridge at Ashford reopened on Monday, the council said.")
URL = "https://news.example/a"
PAGE = Fetched(URL, URL, 200, "text/html", None, make_page(heading="Crane falls").encode())


@pytest.fixture
def settings(gazetteer_path: Path) -> DigestSettings:
    return DigestSettings(gazetteer=gazetteer_path, timeout_s=30)


@pytest.fixture
def digester(settings: DigestSettings) -> Iterator[Digester]:
    with Digester(settings) as digester:
        yield digester


async def test_article_is_digested_in_another_process(digester: Digester) -> None:
    digest = await digester.digest(ARTICLE)
    assert digest.key_points[0].text == ARTICLE.text
    assert digest.method == digester.method
    assert digest.article == ARTICLE


def test_revision_tells_what_makes_other_digests(
    settings: DigestSettings, gazetteer_path: Path, tmp_path: Path
) -> None:
    other_list = tmp_path / "enlarged.sqlite"
    shutil.copy(gazetteer_path, other_list)
    with closing(sqlite3.connect(other_list)) as conn, conn:
        conn.execute("INSERT INTO meta VALUES ('a dump', 'of today')")
    changes: list[dict[str, Any]] = [
        {},
        {"workers": 2, "timeout_s": 5},
        {"key_points": 3},
        {"gazetteer": other_list},
    ]
    first, same, *others = (Digester(replace(settings, **change)).revision for change in changes)
    assert first == same
    assert len({first, *others}) == 3


async def test_page_is_digested_without_its_furniture(digester: Digester) -> None:
    body = "".join(f"<p>The council of Ashford said that bridge {n} is safe.</p>" for n in range(9))
    html = f"<html><head><title>Bridges</title></head><body><nav>Home</nav>{body}</body></html>"
    digest = await asyncio.wrap_future(digester.submit_page(html, Article("", title="Known")))
    assert digest.article.title == "Known"
    assert "Home" not in digest.article.text
    assert digest.key_points


async def test_other_work_runs_in_another_process_too(digester: Digester) -> None:
    assert await digester.run(os.getpid) != os.getpid()
    assert await digester.run(divmod, 7, 2) == (3, 1)


async def test_other_work_has_the_same_time_limit(settings: DigestSettings) -> None:
    with Digester(replace(settings, timeout_s=0.2)) as digester, pytest.raises(DigestTimeout):
        await digester.run(worker_functions.hang, ARTICLE)


async def test_what_was_fetched_is_read_in_another_process(digester: Digester) -> None:
    page = await digester.read(PAGE)
    assert (page.article.title, page.article.url) == ("Crane falls", PAGE.url)
    with pytest.raises(UnsupportedType) as caught:
        await digester.read(replace(PAGE, content_type="application/json", body=b"{}"))
    assert caught.value.media_type == "application/json"


@pytest.mark.parametrize("reading", [worker_functions.hang, worker_functions.compute])
async def test_a_page_that_takes_too_long_is_too_large(
    digester: Digester, monkeypatch: pytest.MonkeyPatch, reading: Callable[..., object]
) -> None:
    monkeypatch.setattr(worker, "read_fetched", reading)
    if reading is worker_functions.hang:
        monkeypatch.setattr(digesting, "READING_S", 0.2)
    with pytest.raises(TooLarge):
        await digester.read(PAGE)


async def test_a_page_leaves_nothing_behind_in_its_reader(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "read_fetched", worker_functions.name_process)
    assert await digester.read(PAGE) != await digester.read(PAGE)


async def test_a_page_that_hangs_its_reader_delays_no_digest(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "read_fetched", worker_functions.hang)
    hanging = asyncio.create_task(digester.read(PAGE))
    await asyncio.sleep(0)
    assert (await digester.digest(ARTICLE)).key_points
    assert not hanging.done()
    hanging.cancel()


def test_memory_is_bounded_only_inside_the_block() -> None:
    with worker.bounded_memory(20_000_000), pytest.raises(MemoryError):
        bytearray(1_000_000_000)
    bytearray(40_000_000)


async def test_empty_text_is_refused_and_the_pool_goes_on(digester: Digester) -> None:
    with pytest.raises(EmptyText):
        await digester.digest(Article(" \n…"))
    assert (await digester.digest(ARTICLE)).key_points


async def test_errors_keep_their_data_across_the_process_boundary(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "digest_article", worker_functions.refuse)
    with pytest.raises(TextTooLong) as caught:
        await digester.digest(ARTICLE)
    assert (caught.value.length, caught.value.limit) == (7, 3)


async def test_article_that_hangs_is_ended_and_the_next_one_served(
    settings: DigestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = DigestSettings(gazetteer=settings.gazetteer, timeout_s=0.1)
    async with Digester(short) as digester:
        monkeypatch.setattr(worker, "digest_article", worker_functions.hang)
        with pytest.raises(DigestTimeout):
            await digester.digest(ARTICLE)
        monkeypatch.setattr(worker, "digest_article", worker_functions.answer)
        assert (await digester.digest(ARTICLE)).method == "instant"


async def test_worker_that_dies_takes_only_its_article_along(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "digest_article", worker_functions.die)
    lost = digester.submit(ARTICLE)
    monkeypatch.setattr(worker, "digest_article", worker_functions.answer)
    kept = [digester.submit(ARTICLE) for _ in range(3)]
    with pytest.raises(DigestFailed):
        await asyncio.wrap_future(lost)
    assert [(await asyncio.wrap_future(answer)).method for answer in kept] == ["instant"] * 3


async def test_pool_whose_idle_workers_died_is_replaced(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "digest_article", worker_functions.tell_pid)
    pid = int((await digester.digest(ARTICLE)).method)
    os.kill(pid, signal.SIGKILL)
    monkeypatch.setattr(worker, "digest_article", worker_functions.answer)
    assert (await digester.digest(ARTICLE)).method == "instant"


async def test_fault_in_a_stage_is_reported_without_the_text(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "digest_article", worker_functions.fail)
    with pytest.raises(DigestFailed) as caught:
        await digester.digest(ARTICLE)
    assert str(caught.value) == "ZeroDivisionError"


def test_missing_model_is_told_before_any_process_starts(gazetteer_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Digester(DigestSettings(gazetteer=gazetteer_path, model="no_such_model"))
