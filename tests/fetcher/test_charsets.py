import pytest

from fetcher.charsets import decode

TEXT = "<meta charset='{}'><p>Grüße aus Łódź – “zwei” Euro: 2 €</p>"
JAPANESE = "<meta charset='{}'><p>港でクレーンが倒れた。けが人はいなかった。</p>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("stated", [None, "iso-8859-1", "nonsense", "us-ascii"])
def test_unicode_is_read_whatever_is_stated(encoding: str, stated: str | None) -> None:
    assert decode(TEXT.encode(encoding), stated) == TEXT


@pytest.mark.parametrize(
    ("text", "encoding", "label"),
    [
        (TEXT, "cp1250", "windows-1250"),
        (JAPANESE, "shift_jis", "Shift_JIS"),
        (JAPANESE, "euc_jp", "euc-jp"),
        (JAPANESE, "iso2022_jp", "iso-2022-jp"),
        (JAPANESE.replace("港", "么"), "gb18030", "gb2312"),
    ],
)
@pytest.mark.parametrize("in_header", [True, False])
def test_stated_encoding_is_read(text: str, encoding: str, label: str, *, in_header: bool) -> None:
    text = text.format("" if in_header else label)
    assert decode(text.encode(encoding, "replace"), label if in_header else None) == text.encode(
        encoding, "replace"
    ).decode(encoding)


def test_encoding_that_nothing_states_is_guessed() -> None:
    text = "Кран упал в гавань. Никто не пострадал, сообщила администрация порта. " * 4
    assert decode(text.encode("cp1251")) == text


def test_few_broken_bytes_leave_utf8_what_it_is() -> None:
    body = ("Grüße aus Łódź. " * 50).encode() + b"\xc3"
    assert decode(body, "iso-8859-1").startswith("Grüße aus Łódź.")


@pytest.mark.parametrize("charset", ["base64", "rot13", "unicode_escape", "utf-7", "\0", "x" * 999])
def test_what_is_no_encoding_of_pages_is_passed_over(charset: str) -> None:
    assert decode(b"caf\xe9 +AGE- \\u0041", charset) == "café +AGE- \\u0041"
