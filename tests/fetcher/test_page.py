import pytest

from fetcher.errors import NotAnArticle
from fetcher.page import parse_page
from summarizer.models import Article

SENTENCES = [
    "The harbour of Marren was closed on Tuesday after a crane fell into the basin.",
    "Nobody was hurt, the port authority said, and the crane will be lifted on Friday.",
    "Fishing boats were sent to Oldhaven, where the catch was sold in the street.",
    "The authority expects the harbour to open again within a week, weather permitting.",
]
PAGE = """<html lang="en"><head><title>Crane falls | Marren Post</title>
<meta property="og:title" content="Crane falls into Marren harbour">
<meta property="og:site_name" content="Marren Post">
<meta property="article:published_time" content="2021-03-04T08:00:00Z">
<meta name="author" content="Edda Quill"></head>
<body><nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Crane falls into Marren harbour</h1>{paragraphs}</article>
<footer>All rights reserved</footer></body></html>""".format(
    paragraphs="".join(f"<p>{sentence} {sentence}</p>" for sentence in SENTENCES)
)


def test_text_and_what_the_page_says_of_itself_are_read() -> None:
    article = parse_page(PAGE, Article("", url="https://marren.example/crane"))
    assert article.text.startswith("The harbour of Marren")
    assert "Sport" not in article.text
    assert article.title == "Crane falls into Marren harbour"
    assert article.source == "Marren Post"
    assert article.authors == ("Edda Quill",)
    assert article.published == "2021-03-04"


def test_what_is_known_wins_over_the_page() -> None:
    known = Article("", title="Crane down", published="2021-03-05", url="https://a.example/")
    article = parse_page(PAGE, known)
    assert (article.title, article.published, article.url) == (
        "Crane down",
        "2021-03-05",
        "https://a.example/",
    )


@pytest.mark.parametrize("html", ["", " ", "<html></html>", "not a page", "<p>", "\x00"])
def test_page_without_an_article_is_refused(html: str) -> None:
    with pytest.raises(NotAnArticle):
        parse_page(html, Article(""))


def test_year_of_a_copyright_line_is_no_date() -> None:
    paragraphs = "".join(f"<p>{sentence} {sentence}</p>" for sentence in SENTENCES)
    notice = "<p>© 2021 The Marren Post. All rights reserved.</p>"
    page = f"<html><body><article><h1>Crane</h1>{paragraphs}{notice}</article></body></html>"
    assert parse_page(page, Article("")).published is None
