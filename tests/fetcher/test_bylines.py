import json

import pytest

from fetcher.bylines import find_authors
from fetcher.markup import parse_html
from fetcher.schema_org import read_json_ld


def authors(body: str = "<p>x</p>", *, head: str = "", data: object = None) -> tuple[str, ...]:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    root = parse_html(f"<html><head>{head}{script}</head><body>{body}</body></html>")
    stated = read_json_ld(root)
    return find_authors(root, stated.authors, stated.organizations, ("Marren Post",))


PERSON = {"@type": "Person", "@id": "#e", "name": "Edda Quill"}


@pytest.mark.parametrize(
    "author",
    [PERSON, [PERSON], "Edda Quill", {"@id": "#e"}, {"name": ["Edda Quill"]}],
)
def test_authors_are_read_from_structured_data(author: object) -> None:
    data = {"@graph": [{"@type": "NewsArticle", "author": author}, PERSON]}
    assert authors(data=data) == ("Edda Quill",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("By Edda Quill and Nuala Brannigan", ("Edda Quill", "Nuala Brannigan")),
        ("Edda Quill, Senior Reporter", ("Edda Quill",)),
        ("Edda Quill The Associated Press", ("Edda Quill",)),
        ("Von Edda Quill und Jörn Öz", ("Edda Quill", "Jörn Öz")),
        ("https://www.facebook.com/edda", ()),
        ("admin", ()),
        ("edda@marren.example", ()),
        ("Marren Post", ()),
    ],
)
def test_names_are_taken_out_of_what_is_stated(content: str, expected: tuple[str, ...]) -> None:
    assert authors(head=f'<meta name="author" content="{content}">') == expected


@pytest.mark.parametrize(
    "body",
    [
        '<a rel="author" href="/e">Edda Quill</a>',
        '<span itemprop="author">Edda Quill</span>',
        '<p>by <a href="https://m.example/author/edda/">Edda Quill</a> · 3 March</p>',
        '<div class="post-author">Edda Quill</div>',
        "<p>By Edda Quill</p>",
    ],
)
def test_byline_on_the_page_is_read(body: str) -> None:
    assert authors(f"<h1>Crane</h1>{body}<p>The crane fell.</p>") == ("Edda Quill",)


def test_photographer_of_a_caption_is_no_author() -> None:
    assert authors("<figure><figcaption>By Edda Quill</figcaption></figure>") == ()


def test_second_author_of_the_byline_joins_the_stated_one() -> None:
    body = "<p>By <a rel='author'>Edda Quill</a> and <a rel='author'>Nuala Brannigan</a></p>"
    data = {"@type": "NewsArticle", "author": PERSON}
    assert authors(body, data=data) == ("Edda Quill", "Nuala Brannigan")


def test_organization_is_an_author_only_where_no_person_is_and_it_is_not_the_site() -> None:
    for name, expected in (("Marren Post", ()), ("Harbour Agency", ())):
        organization = {"@type": "Organization", "name": name}
        assert authors(data={"@type": "NewsArticle", "author": organization}) == expected
    organization = {"@type": "Organization", "name": "Institute of Cranes"}
    data = {"@type": "NewsArticle", "author": organization}
    assert authors(data=data) == ("Institute of Cranes",)
    assert authors("<p>By Edda Quill</p>", data=data) == ("Edda Quill",)


def test_broken_structured_data_is_read_as_far_as_it_goes() -> None:
    broken = '{"@type":"NewsArticle","headline":"x" "author":{"@type":"Person","name":"Edda Quill"}'
    head = f'<script type="application/ld+json">{broken}</script>'
    assert authors(head=head) == ("Edda Quill",)
