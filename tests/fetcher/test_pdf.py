import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.errors import UnreadableFile
from fetcher.pdf import read_pdf
from support.pdfs import Line, encrypt, make_pdf

LEFT = (
    "The harbour of Marren was closed on",
    "Tuesday after a crane fell into the ba-",
    "sin. Nobody was hurt.",
    "Boats were sent to Oldhaven, where the",
    "catch was sold in the street at once.",
)
RIGHT = (
    "Prices were good, said Hanne Brock, a",
    "fishmonger. She has sold herring there",
    "for thirty years, and means to go on",
    "until the herring are gone.",
)


def column(lines: tuple[str, ...], x: int) -> list[Line]:
    return [(x, 700 - 14 * number, text) for number, text in enumerate(lines)]


def page(number: int, lines: list[Line]) -> list[Line]:
    return [(60, 800, f"Marren Post, issue {number}"), *lines, (300, 20, str(number))]


def test_columns_are_read_one_after_the_other_and_words_put_together() -> None:
    pdf = make_pdf([column(LEFT, 60) + column(RIGHT, 320)], title="The crane")
    found = read_pdf(pdf, "a.pdf")
    assert found.title == "The crane"
    assert found.text.splitlines() == [
        "The harbour of Marren was closed on Tuesday after a crane fell into the basin. "
        "Nobody was hurt.",
        "Boats were sent to Oldhaven, where the catch was sold in the street at once. "
        "Prices were good, said Hanne Brock, a fishmonger. She has sold herring there for thirty "
        "years, and means to go on until the herring are gone.",
    ]


def test_running_heads_and_page_numbers_are_left_out() -> None:
    pages = [page(number, column(LEFT, 60)) for number in range(1, 5)]
    text = read_pdf(make_pdf(pages), "a.pdf").text
    assert "issue" not in text
    assert not any(line.isdecimal() for line in text.splitlines())
    assert text.count("Nobody was hurt.") == 4


def test_pictures_of_text_are_told() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(make_pdf([[], []]), "a.pdf")
    assert caught.value.why == "scanned"


def test_file_with_a_password_is_told_and_one_without_a_need_of_it_is_read() -> None:
    pdf = make_pdf([column(LEFT, 60)])
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(encrypt(pdf, "secret"), "a.pdf")
    assert caught.value.why == "encrypted"
    assert "Nobody was hurt." in read_pdf(encrypt(pdf, ""), "a.pdf").text


def test_cut_off_file_is_damaged() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(make_pdf([column(LEFT, 60)])[:200], "a.pdf")
    assert caught.value.why == "damaged"


@given(st.data())
def test_any_damage_gives_a_text_or_our_error(data: st.DataObject) -> None:
    pdf = bytearray(make_pdf([column(LEFT, 60)]))
    for _ in range(data.draw(st.integers(1, 20))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_pdf(bytes(pdf), "a.pdf")
    except UnreadableFile:
        return
