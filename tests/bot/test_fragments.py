import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fragments import place_link
from bot.markup import safe_link

TEXT = (
    "“Yes,” said Anna Tarrow - the mayor, on Monday.\n\n"
    "She said that the crane, which had stood there since 1931, would be lifted on Friday.\n"
    "“Yes,” said Rolf."
)


def link_to(passage: str, *, at: int = 0) -> str:
    start = TEXT.index(passage, at)
    return place_link("https://a.example/x#top", TEXT, start, start + len(passage))


@pytest.mark.parametrize(
    ("passage", "fragment"),
    [
        ("the mayor, on Monday", "the%20mayor%2C%20on%20Monday"),
        ("Anna Tarrow - the", "Anna%20Tarrow%20%2D%20the"),
        (TEXT.split("\n")[2], "She%20said%20that%20the,be%20lifted%20on%20Friday."),
        ("Monday.\n\nShe", "Monday.,She"),
    ],
)
def test_a_passage_is_named_whole_or_by_its_ends(passage: str, fragment: str) -> None:
    assert link_to(passage) == f"https://a.example/x#:~:text={fragment}"


def test_words_that_stand_twice_are_told_apart_by_those_before() -> None:
    text = "Anna said no. Rolf said no."
    link = place_link("https://a.example/", text, 24, 26)
    assert link == "https://a.example/#:~:text=no.%20Rolf%20said-,no"


@given(st.text(min_size=1), st.data())
def test_every_place_gives_a_link_that_may_be_sent(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if text[start:end].strip():
        link = place_link("https://a.example/", text, start, end)
        assert len(link) > 2_000 or safe_link(link) == link
