"""The weights of the features, and the score of a sentence as their sum."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from summarizer.sentence_features import FEATURE_NAMES, SentenceFeatures


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, float]:
    """What one unit of each feature adds to the score of a sentence.

    Most are fitted (`data/weights.toml`, written by `benchmarks/fit_key_points.py`); some, above
    all those that keep points readable, are set by hand (`by_hand` in `data/salience.toml`).
    """
    fitted: dict[str, float] = _read("weights.toml")["weights"]
    return {name: fitted.get(name, 0.0) for name in FEATURE_NAMES} | weights_by_hand()


def weights_by_hand() -> dict[str, float]:
    """The weights that no figure decides."""
    by_hand: dict[str, float] = _read("salience.toml")["by_hand"]
    return by_hand


def score(features: SentenceFeatures) -> float:
    """The weighted sum of the features of one sentence."""
    return sum(part for _, part in score_parts(features))


def score_parts(features: SentenceFeatures) -> tuple[tuple[str, float], ...]:
    """What each feature adds to the score of one sentence, by name."""
    weights = load_weights()
    return tuple((name, weights[name] * features.value_of(name)) for name in FEATURE_NAMES)


def _read(name: str) -> dict[str, dict[str, float]]:
    return tomllib.loads(files("summarizer").joinpath("data", name).read_text("utf-8"))
