"""Fixtures that are costly to make and the same for every test."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from spacy.language import Language

    from summarizer.pipeline import Summarizer

settings.register_profile(
    "nutgraf",
    deadline=None,  # the machine's speed is not what a test is about
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("nutgraf")


@pytest.fixture(scope="session")
def nlp() -> "Language":
    from summarizer.language import default_model, load_model

    return load_model(default_model())


@pytest.fixture(scope="session")
def gazetteer_path(request: pytest.FixtureRequest) -> Path:
    """The whole place list; built once and kept in pytest's cache folder."""
    from storage.gazetteer import build_gazetteer, is_current

    cache = request.config.cache
    assert cache is not None
    path = Path(cache.mkdir("gazetteer")) / "gazetteer.sqlite"
    if not is_current(path):
        build_gazetteer(path)
    return path


@pytest.fixture(scope="session")
def summarizer(gazetteer_path: Path) -> "Summarizer":
    from summarizer.pipeline import load_summarizer

    return load_summarizer(gazetteer_path)
