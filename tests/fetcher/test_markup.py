"""Pages that are made to be slow or large; each of them would otherwise outlast its test."""

import pytest

from fetcher import markup
from fetcher.errors import NotAnArticle, TooLarge
from fetcher.markup import parse_beginning, parse_html

STORY = "<p>The crane fell.</p>"


@pytest.mark.parametrize(
    "page",
    [
        STORY + "<br>" * 1_000_000,
        STORY + "<br class=x>\n" * 300_000,
        STORY + "<a " + " ".join(f"a{n}='{n}'" for n in range(100_000)) + ">x</a>",
        STORY + "<div>" * 100_000,
        STORY + "<b><i>" * 100_000,
        STORY + "<script>" + "x=1;" * 5_000_000,
        STORY + "<!--" * 1_000_000,
        STORY + "<" * 4_000_000,
        STORY + "<img src='data:image/png;base64," + "A" * 20_000_000 + "'>",
        STORY + "&amp;" * 900_000,
    ],
    ids=["br", "br+", "attributes", "deep", "inline", "script", "comments", "<", "data", "&amp;"],
)
def test_the_story_of_a_monstrous_page_is_read(page: str) -> None:
    assert "The crane fell." in parse_html(page).text_content()


def test_text_without_end_is_too_large() -> None:
    with pytest.raises(TooLarge):
        parse_html(STORY + "a" * 30_000_000)


@pytest.mark.parametrize("text", ["", "no element", "\0<", "<!-- -->", "<?xml?>"])
def test_what_holds_no_element_is_no_article(text: str) -> None:
    with pytest.raises(NotAnArticle):
        parse_html(text)


def test_what_comes_after_so_many_tags_is_left_out_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markup, "MAX_TAGS", 4)
    root, is_cut = parse_beginning(STORY * 3)
    assert (root.text_content(), is_cut) == ("The crane fell." * 2, True)
    root, is_cut = parse_beginning(STORY * 2)
    assert (root.text_content(), is_cut) == ("The crane fell." * 2, False)
