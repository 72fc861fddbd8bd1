import pytest

from fetcher.document import parse_document
from fetcher.errors import NotUtf8, UnreadableFile, UnsupportedType
from support.pages import PARAGRAPHS, make_page


def test_plain_text_is_taken_as_it_is() -> None:
    text = "\ufeffOne line.\r\n\r\n  Another <b>line</b>.\n"
    assert parse_document(text.encode(), name="a.TXT").text == text


def test_plain_text_in_another_encoding_is_refused() -> None:
    with pytest.raises(NotUtf8) as caught:
        parse_document("Grüße".encode("cp1252"), name="a.txt")
    assert caught.value.position == 2


def test_page_is_read_as_its_article() -> None:
    article = parse_document(make_page(heading="Crane falls").encode(), name="saved.htm")
    assert article.title == "Crane falls"
    assert article.text.splitlines()[0] == PARAGRAPHS[0]


def test_markdown_is_read_without_its_marks() -> None:
    text = (
        "---\ntitle: 'The crane'\ndate: 2021-03-04\n---\n\n"
        "Hanne Brock *said* the [crane](https://a.example/x) was\n**old**.\n\n"
        "![picture](a.png)\n\n- one\n- two\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| c | d |\n"
    )
    article = parse_document(text.encode(), name="a.md")
    assert article.title == "The crane"
    lines = article.text.splitlines()
    assert lines == ["Hanne Brock said the crane was old.", "one", "two", "a", "b", "c", "d"]


def test_first_heading_is_the_title_of_markdown() -> None:
    article = parse_document(b"# Crane *falls*\n\nIt fell.\n", name="a.markdown")
    assert (article.title, article.text) == ("Crane falls", "It fell.")


def test_media_type_tells_where_the_name_does_not() -> None:
    assert parse_document(b"# A\n\nb", name="a", content_type="text/markdown").title == "A"


@pytest.mark.parametrize(
    ("body", "name", "media_type"),
    [
        (b"PK\x03\x04\x14\0", "story.txt", "application/zip"),
        (b"\x89PNG\r\n\x1a\n....", "story.md", "image/png"),
        (b"a,b\n", "table.csv", "text/csv"),
    ],
)
def test_file_of_another_kind_is_told_by_what_it_is(
    body: bytes, name: str, media_type: str
) -> None:
    with pytest.raises(UnsupportedType) as caught:
        parse_document(body, name=name, content_type="text/csv" if name[-1] == "v" else None)
    assert caught.value.media_type == media_type


def test_pdf_in_name_alone_is_damaged() -> None:
    with pytest.raises(UnreadableFile) as caught:
        parse_document(b"just words", name="a.pdf")
    assert caught.value.why == "damaged"
