import pytest

from fetcher.headlines import find_title
from fetcher.markup import parse_html

OG = '<meta property="og:title" content="{}">'


def title(body: str, *, og: str = "", tag: str = "", headline: str = "") -> str | None:
    head = (OG.format(og) if og else "") + (f"<title>{tag}</title>" if tag else "")
    root = parse_html(f"<html><head>{head}</head><body>{body}</body></html>")
    return find_title(root, headline, ("Marren Post", "marrenpost.example", "marrenpost"))


def test_heading_nearest_to_the_stated_title_wins() -> None:
    body = "<h1>Marren Post</h1><h1>Crane falls into the harbour</h1><h1>Most read</h1>"
    assert title(body, og="Crane falls | Marren Post") == "Crane falls into the harbour"


def test_heading_that_is_the_site_is_no_title() -> None:
    assert title("<h1>Marren Post</h1>", tag="Marren Post » Crane falls") == "Crane falls"


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Crane falls | Marren Post", "Crane falls"),
        ("Crane falls - Marren Post", "Crane falls"),
        ("Marren Post: Crane falls", "Marren Post: Crane falls"),
        ("Crane falls – and nobody is hurt", "Crane falls – and nobody is hurt"),
        ("Crane falls | News | The Marren Post", "Crane falls"),
        ("It&amp;rsquo;s a crane", "It’s a crane"),
    ],
)
def test_name_of_the_site_is_taken_off_the_stated_title(stated: str, expected: str) -> None:
    assert title("<p>x</p>", og=stated) == expected


def test_page_without_any_title_has_none() -> None:
    assert title("<p>x</p>") is None
