import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.batch import LinkDigester
from bot.stories import StoryTeller, story_lines
from newsroom import worker
from newsroom.digesting import Digester, DigestSettings
from support import worker_functions
from support.digests import digest_of
from support.sites import local_fetcher


@pytest.fixture
def digester(gazetteer_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Digester]:
    monkeypatch.setattr(worker, "digest_article", worker_functions.answer)
    with Digester(DigestSettings(gazetteer=gazetteer_path, workers=2, timeout_s=30)) as digester:
        yield digester


def answers(digester: Digester, *lines: bytes) -> list[dict[str, Any]]:
    with LinkDigester(local_fetcher(timeout_s=5), digester) as links:
        return [json.loads(line) for line in story_lines(lines, digester, links)]


def test_stories_name_the_lines_they_come_from(digester: Digester) -> None:
    flood = "Danube flood passes Galati, walls held"
    lines = [{"id": [1], "text": flood}, {"id": None, "text": "Plum prices fall"}, {"text": flood}]
    found = answers(digester, *(json.dumps(line).encode() for line in lines))
    assert [(story["cluster"], story["ids"]) for story in found] == [(1, [[1], None]), (2, [None])]


def test_bad_line_is_answered_and_the_rest_is_told(digester: Digester) -> None:
    error, story = answers(digester, b'{"id": 7', b'{"id": 8, "text": "Plum prices fall"}')
    assert (error["id"], error["error"]["code"]) == (None, "not_json")
    assert story["ids"] == [8]


def test_no_input_is_no_story(digester: Digester) -> None:
    assert answers(digester) == []


def test_texts_are_not_kept_while_a_story_is_open() -> None:
    teller = StoryTeller()
    assert list(teller.add("a", digest_of("Danube flood passes Galati."))) == []
    (kept,) = teller._articles.values()
    assert kept[1].digest.article.text == ""
    assert len(list(teller.finish())) == 1
