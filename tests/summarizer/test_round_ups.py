"""Pages of several short items give each item its point; one story is no round-up."""

import pytest

from summarizer.boilerplate import read_layout
from summarizer.round_ups import find_items

ITEMS = (
    ("Flood", "The Danube crest passed the port of Brasca on Friday without breaking the wall."),
    ("Opera", "Soprano Mirela Onoiu will sing the part of Norma at the old theatre next spring."),
    (
        "Prices",
        "Bakers in the capital raised the cost of a loaf by a tenth because wheat is scarce.",
    ),
    ("Chess", "Twelve-year-old Dana Ilie beat two grandmasters at a tournament in the mountains."),
)


def items_of(text: str) -> list[str]:
    return [item.text_of(text) for item in find_items(text, read_layout(text))]


def test_sections_of_different_things_are_items() -> None:
    text = "\n".join(f"{heading}\n{told}" for heading, told in ITEMS)
    assert items_of(f"The week in brief\nIt was a busy week for all of the country.\n{text}") == [
        told for _, told in ITEMS
    ]


@pytest.mark.parametrize("mark", ["• {}", "{n}. {}", "{n}) {}"])
def test_listed_paragraphs_are_items(mark: str) -> None:
    lines = [mark.format(told, n=n) for n, (_, told) in enumerate(ITEMS, 1)]
    assert items_of("\n".join(["It was a busy week for all of the country.", *lines])) == lines


def test_chapters_of_one_story_are_no_items() -> None:
    flood = ITEMS[0][1]
    text = "\n".join(f"Part {n}\nOn day {n} {flood}" for n in ("one", "two", "three"))
    assert items_of(text) == []


def test_long_sections_are_no_items() -> None:
    text = "\n".join(f"{heading}\n" + f"{told} " * 20 for heading, told in ITEMS)
    assert items_of(text) == []


def test_plain_article_has_no_items() -> None:
    assert items_of("\n".join(told for _, told in ITEMS)) == []
