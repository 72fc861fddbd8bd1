"""Why sentences are key points: their scores and the parts of them, for a terminal."""

import textwrap
from collections.abc import Sequence

from summarizer.salience import RatedSentence

WIDTH = 80
LEAST_PART = 0.05
"""Smaller parts of a score are not shown."""

_INDENT = " " * 12


def render_explanation(rated: Sequence[RatedSentence]) -> str:
    """Each sentence in document order: rank, score, words, and what each feature adds to it."""
    return "\n\n".join(_render(sentence) for sentence in rated)


def _render(sentence: RatedSentence) -> str:
    mark = f"#{sentence.rank}" if sentence.rank else ""
    parts = sorted(sentence.parts, key=lambda part: -abs(part[1]))
    shown = [f"{name} {value:+.2f}" for name, value in parts if abs(value) >= LEAST_PART]
    return "\n".join(
        (
            _fill(" ".join(sentence.text.split()), f"{mark:>3} {sentence.score:+7.2f} "),
            _fill(" · ".join(shown), _INDENT),
        )
    )


def _fill(text: str, opening: str) -> str:
    return textwrap.fill(text, WIDTH, initial_indent=opening, subsequent_indent=_INDENT)
