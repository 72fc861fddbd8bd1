import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.links import canonical_link


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("https://news.example/a", "https://news.example/a"),
        ("HTTPS://News.Example:443/A", "https://news.example/A"),
        ("http://news.example.:80", "http://news.example/"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y", "https://news.example/a?id=7"),
        ("https://news.example/a?UTM_Source=x&%75tm_medium=y", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://news.example/a?", "https://news.example/a"),
        ("https://[2606::1]:443/a", "https://[2606::1]/a"),
        ("https://anna@news.example/a", "https://anna@news.example/a"),
        ("http://[", "http://["),
    ],
)
def test_a_link_has_one_form(link: str, canonical: str) -> None:
    assert canonical_link(link) == canonical


PRINTED = st.text(st.characters(exclude_categories=["C", "Z"]))


@given(PRINTED, PRINTED)
def test_the_one_form_stays_as_it_is(path: str, query: str) -> None:
    once = canonical_link(f"https://news.example/{path}?{query}")
    assert canonical_link(once) == once
