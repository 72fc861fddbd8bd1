"""The body of an answer: decoded while it comes in, and never more of it than is allowed."""

import zlib
from collections.abc import AsyncIterable

from fetcher.errors import TooLarge, Unreachable

PLAIN = frozenset({"", "identity"})
COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_BARE_DEFLATE = -zlib.MAX_WBITS


async def read_body(chunks: AsyncIterable[bytes], *, encoding: str, limit: int, url: str) -> bytes:
    """The decoded body, at most `limit` bytes of it, sent in at most as many.

    Raises TooLarge, and Unreachable for an encoding that was not asked for (two of them stacked
    are one of these) or that is broken.
    """
    inflater = _Inflater(url) if encoding in COMPRESSED else None
    if inflater is None and encoding not in PLAIN:
        raise Unreachable(url, "bad_answer")
    body, received = bytearray(), 0
    async for chunk in chunks:
        received += len(chunk)
        body += chunk if inflater is None else inflater.inflate(chunk, limit + 1 - len(body))
        if max(received, len(body)) > limit:
            raise TooLarge(url, None, limit)
    return bytes(body)


class _Inflater:
    """Inflates a stream of gzip or deflate, of which a server may send either as "deflate"."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._has_begun = False

    def inflate(self, chunk: bytes, room: int) -> bytes:
        """At most `room` bytes: whoever gets them all has to stop, for there may be more."""
        out = bytearray()
        while chunk and len(out) < room:
            out += self._inflate_member(chunk, room - len(out))
            chunk = self._stream.unused_data
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
                # What follows the last member of a gzip file is another one, or padding.
                chunk = chunk if chunk.startswith(b"\x1f\x8b") else b""
        return bytes(out)

    def _inflate_member(self, chunk: bytes, room: int) -> bytes:
        try:
            data = self._stream.decompress(chunk, room)
        except zlib.error as exc:
            if self._has_begun:
                raise Unreachable(self._url, "bad_answer") from exc
            self._stream = zlib.decompressobj(_BARE_DEFLATE)
            self._has_begun = True
            return self._inflate_member(chunk, room)
        self._has_begun = True
        return data
