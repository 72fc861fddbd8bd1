import pytest

from fetcher.errors import NotAnArticle, Obstacle
from fetcher.page import parse_page
from support.pages import PARAGRAPHS, make_page

CONSENT = "<p>We value your privacy. We and our partners use cookies. Accept all cookies?</p>"
LOGIN = '<form>Sign in to go on <input type="password"></form>'
SCRIPT = '<div id="root"></div><noscript>You need to enable JavaScript to run this.</noscript>'
PAYWALL = "<p>Subscribe to continue reading. Already a subscriber? Log in.</p>"
MENU = "<nav><a href='/login'>Log in</a> <a href='/subscribe'>Subscribe</a></nav>"


@pytest.mark.parametrize(
    ("body", "obstacle"),
    [
        (CONSENT, "consent"),
        (LOGIN, "login"),
        (SCRIPT, "javascript"),
        (PAYWALL, "paywall"),
        ("<h1>Page not found</h1><p>The page is gone. Try the search.</p>", None),
        ("<h1>Hm</h1>", None),
    ],
)
def test_page_without_its_article_says_what_stands_there(
    body: str, obstacle: Obstacle | None
) -> None:
    html = f"<html><head><title>Marren Post</title></head><body>{MENU}{body}</body></html>"
    with pytest.raises(NotAnArticle) as caught:
        parse_page(html.encode())
    assert caught.value.obstacle == obstacle


def test_beginning_before_a_paywall_is_given_and_said_to_be_one() -> None:
    html = make_page(paragraphs=PARAGRAPHS[:2], after=f'<div class="paywall">{PAYWALL}</div>')
    page = parse_page(html.encode())
    assert page.obstacle == "paywall"
    assert page.article.text.splitlines()[:2] == list(PARAGRAPHS[:2])


@pytest.mark.parametrize("furniture", [MENU, LOGIN, CONSENT])
def test_whole_article_has_no_obstacle(furniture: str) -> None:
    html = make_page(after=f"<aside>{furniture}</aside>")
    assert parse_page(html.encode()).obstacle is None


def test_whole_article_that_is_paid_for_has_no_obstacle() -> None:
    data = '{"@type": "NewsArticle", "isAccessibleForFree": false, "headline": "Crane falls"}'
    html = make_page(head=f'<script type="application/ld+json">{data}</script>')
    assert parse_page(html.encode()).obstacle is None
