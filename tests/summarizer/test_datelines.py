import pytest

from summarizer.datelines import skip_dateline
from summarizer.models import Span


@pytest.mark.parametrize(
    "dateline",
    [
        "GALAȚI, Romania — ",
        "BEND, Ore. (CL) — ",
        "SANTIAGO, Aug 3 (Andes Wire) - ",
        "NEW YORK -- ",
        "RIO DE JANEIRO – ",
        "WASHINGTON (NWN) —",
        "(NWN) — ",
        "(NWN)",
    ],
)
def test_dateline_is_skipped(dateline: str) -> None:
    text = f"{dateline}The bridge reopened on Monday."
    assert skip_dateline(text, Span(0, len(text))) == Span(len(dateline), len(text))


@pytest.mark.parametrize(
    "text",
    [
        "The bridge — an old one — reopened.",
        "NATO is ready – and so are we.",
        "A bridge - reopened.",
        "UK troops — tired after a week — came home.",
        "(But nobody came.) It rained.",
        "SANTIAGO",
        "",
        " — ",
    ],
)
def test_sentence_without_dateline_stays(text: str) -> None:
    assert skip_dateline(text, Span(0, len(text))) == Span(0, len(text))
