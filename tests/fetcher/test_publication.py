import pytest

from fetcher.markup import parse_html
from fetcher.publication import find_canonical, find_day, find_language, find_site
from support.pages import make_page

UTC_NEXT_DAY = '<meta property="article:published_time" content="2021-03-05T01:10:00Z">'


def test_day_in_the_address_is_the_local_one() -> None:
    root = parse_html(make_page(head=UTC_NEXT_DAY))
    assert find_day(root, "", "https://a.example/2021/03/04/crane") == "2021-03-04"
    assert find_day(root, "", "https://a.example/2020/01/02/crane") == "2021-03-05"
    assert find_day(root, "", None) == "2021-03-05"


@pytest.mark.parametrize(
    ("stamp", "shown", "day"),
    [
        ("2021-03-05T01:10:00Z", "<time>4 March 2021, 5.10 p.m.</time>", "2021-03-04"),
        ("2021-03-05T22:10:00+00:00", '<p class="post-date">06.03.2021</p>', "2021-03-06"),
        ("2021-03-05T01:10:00Z", "<p>4 March 2021 was a windy day.</p>", "2021-03-05"),
        ("2021-03-05T01:10:00Z", "<time>4 March 2020</time>", "2021-03-05"),
        ("2021-03-05T15:10:00Z", "<time>4 March 2021</time>", "2021-03-05"),
        ("2021-03-05T01:10:00+02:00", "<time>4 March 2021</time>", "2021-03-05"),
        ("2021-03-05", "<time>4 March 2021</time>", "2021-03-05"),
    ],
)
def test_shown_day_is_the_local_one_where_the_stamp_is_in_utc(
    stamp: str, shown: str, day: str
) -> None:
    assert find_day(parse_html(make_page(before=shown)), stamp, None) == day


def test_impossible_day_is_passed_over() -> None:
    root = parse_html(make_page(head=UTC_NEXT_DAY))
    assert find_day(root, "2021-02-30T00:00:00Z", None) == "2021-03-05"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/crane", "https://a.example/crane"),
        ("javascript:alert(1)", None),
        ("http://[", None),
    ],
)
def test_lasting_address_is_absolute_and_of_the_web(href: str, address: str | None) -> None:
    root = parse_html(make_page(head=f'<link rel="canonical" href="{href}">'))
    assert find_canonical(root, "https://a.example/x?y") == address


def test_language_is_the_first_subtag() -> None:
    assert find_language(parse_html('<html lang="pt-BR"><p>Oi</p></html>')) == "pt"
    assert find_language(parse_html("<html><p>Oi</p></html>")) is None


def test_site_is_named_or_else_its_host() -> None:
    named = parse_html(make_page(head='<meta property="og:site_name" content="Marren Post">'))
    assert find_site(named, "", "https://www.marren.example/") == "Marren Post"
    assert find_site(parse_html(make_page()), "", "https://www.marren.example/") == "marren.example"
