import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.markup import (
    bold,
    clean_text,
    cut_text,
    folded,
    italic,
    joined,
    linked,
    plain,
    safe_link,
    utf16_units,
)
from support.digests import texts
from support.telegram_html import InvalidMarkup, check_limits, read_message


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("two\n\nlines\tand  more ", "two lines and more"),
        ("a\x00b\x1b[31mc\x9bd", "ab[31mcd"),
        ("half \ud83d of a pair", "half of a pair"),
        ("\u202eevil\u2066 turn\u2069", "evil turn"),
        ("\ufeffmark", "mark"),
        ("שלום\u200f עולם", "שלום\u200f עולם"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        (" \u200b\x00\u2028 ", ""),
        ("\u3164", ""),
    ],
)
def test_text_is_cleaned_to_one_visible_line(raw: str, shown: str) -> None:
    assert clean_text(raw) == shown


@given(texts())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@given(texts(), st.integers(2, 300))
def test_cut_text_keeps_to_its_length(text: str, units: int) -> None:
    cleaned = clean_text(text)
    cut = cut_text(cleaned, units)
    assert utf16_units(cut) <= units
    assert cut == cleaned or cleaned.startswith(cut.removesuffix("…"))


def test_text_is_cut_between_words() -> None:
    assert cut_text("The river stood at the wall", 14) == "The river…"


def test_a_word_without_end_is_cut_anywhere() -> None:
    assert cut_text("z" * 100, 10) == "z" * 9 + "…"


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_units_are_those_of_utf16(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("url", ["https://example.org/a?b=1&c=2", "http://x.example", "tg://x?y=z"])
def test_web_and_telegram_addresses_are_linked(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "https://",
        "https://[broken",
        "https://bank.example@evil.example/",
        'https://x.example/"><b>',
        "https://x.example/a b",
        "https://x.example/\n",
        "ftp://x.example",
        "https://x.example/" + "a" * 3_000,
    ],
)
def test_other_addresses_are_not_linked(url: str | None) -> None:
    assert safe_link(url) is None


def test_fragments_know_what_telegram_counts() -> None:
    title = linked(plain("A & B <😀>"), "https://x.example/?a=1&b='").inside("b")
    fragment = joined((title, plain(""), folded(bold("x") + italic("y"))), "\n")
    message = read_message(fragment.html)
    assert message.text == "A & B <😀>\nxy"
    assert (fragment.units, fragment.entities) == (message.units, len(message.entities))
    assert fragment.size == message.raw_bytes
    assert message.entities[0].href == "https://x.example/?a=1&b='"


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p>",
        "<b>x",
        "<b><i>x</b></i>",
        "a & b",
        "&nbsp;",
        "a > b",
        "<b></b>",
        "<b>x <b>y</b></b>",
        '<a href="javascript:x">x</a>',
        '<b class="x">x</b>',
        "\x1b",
        "\u202e",
    ],
)
def test_the_checker_refuses_what_telegram_would(html: str) -> None:
    with pytest.raises(InvalidMarkup):
        read_message(html)


@pytest.mark.parametrize("html", ["", " \n", "x" * 4_097, "😀" * 2_049, "<b>x</b>-" * 101])
def test_the_checker_knows_the_limits(html: str) -> None:
    with pytest.raises(InvalidMarkup):
        check_limits(read_message(html))
