"""Authors are names of people that a byline states, verbatim, in any of our languages."""

import pytest
from hypothesis import given

from summarizer.bylines import read_authors
from support.strategies import any_text


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("By Petre Halmagiu", ["Petre Halmagiu"]),
        ("By Petre Halmagiu, Delta Courier", ["Petre Halmagiu"]),
        ("by Petre Halmagiu and Dana Ilie, Delta Reporters", ["Petre Halmagiu", "Dana Ilie"]),
        (
            "BY DANA ILIE, MIRELA ONOIU & PETRE HALMAGIU",
            ["DANA ILIE", "MIRELA ONOIU", "PETRE HALMAGIU"],
        ),
        ("By Petre Halmagiu — April 18, 2031", ["Petre Halmagiu"]),
        ("By Petre Halmagiu | Delta Courier", ["Petre Halmagiu"]),
        ("Reporting by Petre Halmagiu; editing by Dana Ilie", ["Petre Halmagiu"]),
        ("Dana Ilie, staff writer", ["Dana Ilie"]),
        ("By Maria de la Cruz in Brasca", ["Maria de la Cruz"]),
        ("Автор: Дана Илие", ["Дана Илие"]),
        ("Автор тексту: Дана Іліє", ["Дана Іліє"]),
        ("Por: Dana Ilie", ["Dana Ilie"]),
        ("Por Dana Ilie y Petre Halmagiu", ["Dana Ilie", "Petre Halmagiu"]),
        ("Von Dana Ilie, Brasca", ["Dana Ilie"]),
        ("Ein Kommentar von Dana Ilie", ["Dana Ilie"]),
        ("Par Dana Ilie avec AFP", ["Dana Ilie"]),
        ("خبرنگار: دانا ایلیه", ["دانا ایلیه"]),
        ("By Reuters", []),
        ("By Delta Staff", []),
        ("By The Associated Press", []),
        ("Redacción Delta", []),
        ("Brasca, Delta", []),
    ],
)
def test_authors_of_a_byline(line: str, authors: list[str]) -> None:
    assert list(read_authors(line)) == authors


@given(any_text)
def test_authors_are_verbatim(line: str) -> None:
    assert all(author in line for author in read_authors(f"By {line}"))
