"""Bytes to text: which encoding a page or a file is in."""

import codecs
import re
from collections.abc import Iterator

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What pages that state the one encoding are really written in (WHATWG Encoding Standard)."""
FAMILIES = ("cp", "iso", "koi8", "gb", "big5", "shift_jis", "euc", "mac", "tis", "johab", "hz")
"""How the names of encodings begin that a page may state; Python knows some that are none."""

_META = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s{0,9}=[\s\"']{0,9}([\w.:-]{1,40})", re.I
)
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 32_768
_MAX_BROKEN_SHARE = 0.02
_ESCAPE = b"\x1b"


def decode(body: bytes, charset: str | None = None) -> str:
    """The text of `body`; `charset` is what came with it. Never fails: odd bytes become U+FFFD.

    A byte order mark wins, then UTF-8 wherever the bytes are valid UTF-8, then what is stated
    (first by `charset`, then by the page), then what the bytes look like.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if (wide := _wide_without_mark(body)) is not None:
        return body.decode(wide, "replace")
    stated = tuple(_stated(body, charset))
    # In ISO-2022 all bytes are ASCII, which is UTF-8 too.
    escapes = _ESCAPE in body and any(name.startswith("iso2022") for name in stated)
    if not escapes and _is_nearly_utf8(body):
        return body.decode("utf-8", "replace")
    for encoding in stated:
        try:
            return body.decode(encoding)
        except UnicodeError:
            continue
    return body.decode(_guess(body, stated), "replace")


def _wide_without_mark(body: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII characters is zero."""
    sample = body[:_HEAD_BYTES]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    half = len(sample) // 2
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 0.4 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.1 * half:
        return "utf-16-be"
    return None


def _stated(body: bytes, charset: str | None) -> Iterator[str]:
    in_page = _META.search(body[:_HEAD_BYTES])
    for label in (charset, in_page and in_page[1].decode("ascii", "replace")):
        try:
            name = codecs.lookup((label or "").strip(" \"'")).name
        except (LookupError, ValueError):
            continue
        name = WIDER.get(name, name)
        if name.startswith(FAMILIES):
            yield name


def _is_nearly_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8, but for a few that were cut off or pasted in."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        broken = text.count("\ufffd")
        return broken <= _MAX_BROKEN_SHARE * (foreign - broken)
    return True


def _guess(body: bytes, stated: tuple[str, ...]) -> str:
    """What is stated, though it does not fit everywhere; else what the bytes look like."""
    from charset_normalizer import from_bytes

    if stated:
        return stated[0]
    found = from_bytes(_telling_part(body)).best()
    return found.encoding if found is not None and found.encoding != "utf_8" else "cp1252"


def _telling_part(body: bytes) -> bytes:
    """A sample that begins shortly before the first byte that is not ASCII."""
    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, first.start() - 1024) if first else 0
    return body[start : start + _SAMPLE_BYTES]
