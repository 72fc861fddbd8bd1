import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.batch import LinkDigester, digest_lines
from newsroom import worker
from newsroom.digesting import Digester, DigestSettings
from support import worker_functions
from support.pages import PARAGRAPHS, make_page
from support.sites import local_fetcher, page, serving


@pytest.fixture
def digester(gazetteer_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Digester]:
    monkeypatch.setattr(worker, "digest_article", worker_functions.answer)
    with Digester(DigestSettings(gazetteer=gazetteer_path, workers=2, timeout_s=30)) as digester:
        yield digester


def answers(digester: Digester, *lines: bytes) -> list[dict[str, Any]]:
    with LinkDigester(local_fetcher(timeout_s=5), digester) as links:
        return [json.loads(answer) for answer in digest_lines(lines, digester, links)]


def test_answers_come_in_order_with_their_ids(digester: Digester) -> None:
    lines = [json.dumps({"id": n, "text": f"Text {n}."}).encode() for n in range(30)]
    found = answers(digester, *lines)
    assert [a["id"] for a in found] == list(range(30))
    assert [a["text"] for a in found] == [f"Text {n}." for n in range(30)]


def test_known_title_url_and_date_are_kept_and_other_fields_ignored(digester: Digester) -> None:
    line = {"id": "a", "text": "T", "title": "H", "url": "https://a.example", "published": "2020"}
    (found,) = answers(digester, json.dumps({**line, "html": None, "gold": [1]}).encode())
    assert {key: found[key] for key in line} == line


@pytest.mark.parametrize(
    ("line", "line_id", "code"),
    [
        (b"not json", None, "not_json"),
        (b'{"id": 1', None, "not_json"),
        (b'{"id": 1, "text": "\xff"}', None, "not_utf8"),
        (b"[1]", None, "not_an_object"),
        (b"[" * 100_000, None, "not_json"),
        (b'{"id": NaN, "text": "a"}', None, "not_json"),
        (b'{"id": 1e999, "text": "a"}', None, "not_json"),
        (b'{"id": 3}', 3, "nothing_to_digest"),
        (b'{"id": "x", "text": null}', "x", "nothing_to_digest"),
        (b'{"id": [1], "text": 5}', [1], "wrong_type"),
        (b'{"id": 4, "text": "a", "title": {}}', 4, "wrong_type"),
        (b'{"id": 5, "url": ""}', 5, "nothing_to_digest"),
        (b'{"id": 5, "url": "ftp://a.example/"}', 5, "blocked_address"),
        (b'{"id": 5, "url": "http://127.0.0.1:1/"}', 5, "unreachable"),
        (b'{"id": 5, "url": "http://\\ud800/"}', 5, "blocked_address"),
    ],
)
def test_bad_line_is_answered_and_the_rest_goes_on(
    digester: Digester, line: bytes, line_id: object, code: str
) -> None:
    bad, good = answers(digester, line, b'{"id": "next", "text": "Good."}')
    assert bad["id"] == line_id
    assert bad["error"]["code"] == code
    assert bad["error"]["message"]
    assert (good["id"], good["text"]) == ("next", "Good.")


async def test_page_behind_a_link_is_digested_under_its_address(digester: Digester) -> None:
    made = make_page(heading="Crane falls").encode()
    async with serving({"/a?id=1&utm_source=x": page(made)}) as site:
        link = {"id": 1, "url": f"{site.url}/a?id=1&utm_source=x", "published": "2020-02-02"}
        lines = [json.dumps(link).encode(), json.dumps({"id": 2, "url": site.url}).encode()]
        found, missing = await asyncio.to_thread(answers, digester, *lines)
    assert found["text"].splitlines()[0] == PARAGRAPHS[0]
    assert (found["title"], found["published"]) == ("Crane falls", "2020-02-02")
    assert found["url"] == f"{site.url}/a?id=1"
    assert missing["error"]["code"] == "bad_status"


def test_refused_text_and_failing_worker_are_answered(
    digester: Digester, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b'{"id": 1, "text": "Secret."}'
    monkeypatch.setattr(worker, "digest_article", worker_functions.refuse)
    assert answers(digester, line)[0]["error"]["code"] == "text_too_long"
    monkeypatch.setattr(worker, "digest_article", worker_functions.fail)
    assert answers(digester, line)[0]["error"]["code"] == "digest_failed"


def test_blank_lines_are_passed_over(digester: Digester) -> None:
    assert len(answers(digester, b"\n", b'{"id": 1, "text": "A."}\n', b"  \r\n")) == 1


def test_line_may_begin_with_a_byte_order_mark(digester: Digester) -> None:
    assert answers(digester, b'\xef\xbb\xbf{"id": 1, "text": "A."}')[0]["text"] == "A."


def test_lone_surrogates_and_nul_come_back_as_they_were(digester: Digester) -> None:
    line = b'{"id": 1, "text": "a\\ud800b\\u0000c\\ud83d\\ude00"}'
    assert answers(digester, line)[0]["text"] == "a\ud800b\x00c\U0001f600"


def test_answer_comes_before_more_input_does(digester: Digester) -> None:
    answered = threading.Event()

    def lines() -> Iterator[bytes]:
        yield b'{"id": 1, "text": "A."}'
        assert answered.wait(60)
        yield b'{"id": 2, "text": "B."}'

    with LinkDigester(local_fetcher(), digester) as links:
        found = digest_lines(lines(), digester, links)
        assert json.loads(next(found))["id"] == 1
        answered.set()
        assert json.loads(next(found))["id"] == 2


def test_input_is_read_only_as_far_as_workers_can_follow(digester: Digester) -> None:
    read = 0

    def lines() -> Iterator[bytes]:
        nonlocal read
        for n in range(500):
            read += 1
            yield json.dumps({"id": n, "text": "A."}).encode()

    with LinkDigester(local_fetcher(), digester) as links:
        found = digest_lines(lines(), digester, links)
        next(found)
        assert read < 50
        assert sum(1 for _ in found) == 499
