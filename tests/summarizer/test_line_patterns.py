"""The tables of `data/boilerplate.toml` as they are read."""

import re
import tomllib
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TABLES = tomllib.loads(files("summarizer").joinpath("data/boilerplate.toml").read_text("utf-8"))
SEARCHED = [
    pytest.param(words, expression, id=f"{name}-{number}")
    for name, table in TABLES.items()
    for number, (words, expression) in enumerate([*table.get("inside", []), *table.get("hint", [])])
]


@pytest.mark.parametrize(("words", "expression"), SEARCHED)
def test_every_line_that_an_expression_matches_holds_one_of_its_words(
    words: str, expression: str
) -> None:
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(re.compile(expression)))
    def check(line: str) -> None:
        assert any(word in line.lower() for word in words.split("|"))

    check()
