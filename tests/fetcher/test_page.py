import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher import body, markup
from fetcher.body import MAX_READ_CHARS
from fetcher.errors import FetchError, NotAnArticle
from fetcher.page import Page, parse_page
from summarizer.language import MAX_ANALYSED_CHARS
from support.pages import PARAGRAPHS, make_page


def parse(html: str, url: str | None = "https://marren.example/crane") -> Page:
    return parse_page(html.encode(), url=url)


def test_text_and_what_the_page_says_of_itself_are_read() -> None:
    page = parse(
        make_page(
            head="""<title>Crane falls | Marren Post</title>
            <meta property="og:title" content="Crane falls into Marren harbour | Marren Post">
            <meta property="og:site_name" content="Marren Post">
            <meta property="article:published_time" content="2021-03-04T08:00:00Z">
            <link rel="canonical" href="/2021/crane">
            <meta name="author" content="Edda Quill">""",
            heading="Crane falls into Marren harbour",
        )
    )
    article = page.article
    assert article.text.startswith("The harbour of Marren")
    assert "Sport" not in article.text
    assert article.title == "Crane falls into Marren harbour"
    assert article.source == "Marren Post"
    assert article.authors == ("Edda Quill",)
    assert article.published == "2021-03-04"
    assert article.language == "en"
    assert article.url == "https://marren.example/crane"
    assert page.canonical_url == "https://marren.example/2021/crane"


@pytest.mark.parametrize("html", ["", " ", "<html></html>", "not a page", "<p>", "\x00"])
def test_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(NotAnArticle):
        parse(html)


def test_year_of_a_copyright_line_is_no_date() -> None:
    page = make_page(after="<p>© 2021 The Marren Post. All rights reserved.</p>")
    assert parse(page).article.published is None


def test_headline_is_no_part_of_the_text() -> None:
    article = parse(make_page(heading="Crane falls into Marren harbour")).article
    assert "Crane falls into" not in article.text


def test_bytes_are_read_in_their_own_encoding_whatever_is_stated() -> None:
    html = make_page(paragraphs=(*PARAGRAPHS, "Søren Ærø said the crane was “very old”." * 3))
    article = parse_page(html.encode(), charset="iso-8859-1").article
    assert "Søren Ærø said the crane was “very old”." in article.text


@pytest.mark.parametrize(
    "body",
    [
        b"<p>" + b"<br>" * 200_000,
        b"<div>" * 50_000 + b"deep",
        b"<a " + b" ".join(b'a%d="1"' % number for number in range(30_000)) + b">x</a>",
        b'<script type="application/ld+json">' + b"[" * 100_000 + b"</script>",
        b"<html><title>" + b"x" * 100_000,
        b"\xff\xfe\x00\xd8" * 100,
        b"&#xD800;&#0;&#1114112;" * 100,
        b"<p>hello</p>" * 600_000,
    ],
)
def test_hostile_page_gives_an_article_or_our_error(body: bytes) -> None:
    try:
        page = parse_page(body)
    except FetchError:
        return
    assert page.article.text


def test_question_about_cookies_is_no_part_of_the_text() -> None:
    question = "We use cookies to remember what you like, and so do our 800 partners. " * 8
    dialog = f'<div class="privacy-modal"><h2>Cookies</h2><p>{question}</p></div>'
    article = parse(make_page(before=dialog)).article
    assert article.text.startswith(PARAGRAPHS[0])
    assert "partners" not in article.text


def test_lines_that_ask_to_subscribe_or_share_are_left_out() -> None:
    calls = "<p>Sign up for our newsletter</p><p>Follow us on Facebook</p><p>© 2021 Marren Post</p>"
    assert parse(make_page(after=calls)).article.text.splitlines() == list(PARAGRAPHS)


def test_text_outside_paragraphs_is_found_where_little_else_is() -> None:
    blocks = "".join(f"<div><span>{paragraph}</span></div>" for paragraph in PARAGRAPHS * 3)
    page = f"<html><body><div class='c'><p>In short.</p>{blocks}</div></body></html>"
    assert PARAGRAPHS[2] in parse(page).article.text


CHARSETS = ("utf-8", "utf-16", "cp1252", "shift_jis")
TAGS = st.sampled_from(
    ["<p>", "</p>", "<div>", "<article>", "<h1>", "<table><td>", "<svg>", "<br>"]
)
HEAD = st.sampled_from(
    ['<meta property="og:title" content="', '">', "<title>", '<link rel="canonical"']
)
DATA = st.sampled_from(
    ['<script type="application/ld+json">', '{"@type":"Article","author":[', "</script>"]
)
WORDS = st.sampled_from(
    [PARAGRAPHS[0], "By Ä", "\0", "&#xD800;", "\ufffe", "2021-99-99", 'href="http://[']
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TAGS | HEAD | DATA | WORDS, max_size=25).map("".join), st.sampled_from(CHARSETS))
def test_any_page_gives_an_article_or_our_error(html: str, charset: str) -> None:
    try:
        page = parse_page(html.encode(charset, "replace"), url="https://a.example/", charset="x")
    except FetchError:
        return
    assert page.article.text.strip()


def test_a_long_page_is_read_up_to_more_than_is_ever_analysed() -> None:
    sentences = " ".join(PARAGRAPHS) * 12
    page = parse(make_page(paragraphs=[f"{n}. {sentences}" for n in range(60)]))
    assert page.article.text.startswith("0. The harbour")
    assert MAX_ANALYSED_CHARS < len(page.article.text) < 1.1 * MAX_READ_CHARS
    assert page.is_cut


def test_an_element_of_very_many_children_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "MAX_CHILDREN", 200)
    page = parse(make_page(paragraphs=[*PARAGRAPHS, "<span>crane</span> " * 1_000]))
    assert page.article.text.startswith(PARAGRAPHS[0])
    assert 190 < page.article.text.count("crane ") < 210
    assert page.is_cut


def test_a_page_of_very_many_tags_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "MAX_TAGS", 50)
    page = parse(make_page(after="<i>and the end</i>" * 50))
    assert page.article.text.startswith(PARAGRAPHS[0])
    assert page.is_cut


def test_a_page_of_usual_length_is_read_to_its_end() -> None:
    page = parse(make_page())
    assert page.article.text.endswith(PARAGRAPHS[-1])
    assert not page.is_cut
