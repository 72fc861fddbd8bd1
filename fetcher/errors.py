"""What can be wrong with an address, a page, a file or a feed.

FetchError(url)
├── BlockedAddress(why)          an address that is not opened, whatever answers there
├── Unreachable(why)             no answer, or none that could be read
├── BadStatus(status)            the server refused: 4xx or 5xx
├── TooLarge(size, limit)        more than may be read, in bytes
├── UnsupportedType(media_type)  a file of a kind that is not read
├── UnreadableFile(why)          a file of a kind that is read, but damaged, encrypted or scanned
├── NotUtf8(position)            a text file in another encoding
├── NotAnArticle(obstacle)       there is no article text; `obstacle` says what stands there instead
└── NotAFeed                     neither a feed nor a page that names feeds

Every class has a stable `code`, and `retryable` says whether the same may succeed later; the
wording for people is in `bot/texts.py`. The errors cross process boundaries, so what `__init__`
takes is what it hands to `Exception`.
"""

from typing import Literal

Refusal = Literal["private", "scheme", "port", "credentials", "malformed"]
"""Why an address is not opened; `private` is any address that is not on the public internet."""

Failure = Literal["no_such_host", "no_connection", "timeout", "tls", "redirects", "bad_answer"]

Obstacle = Literal["consent", "login", "paywall", "javascript"]
"""What keeps an article from being read, wholly or in part."""

Unreadable = Literal["damaged", "encrypted", "scanned"]

RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class FetchError(Exception):
    code = "fetch"
    retryable = False

    def __init__(self, url: str | None) -> None:
        super().__init__(url)
        self.url = url

    def __str__(self) -> str:
        """What may be logged: an address is what somebody wrote."""
        return self.code


class BlockedAddress(FetchError):
    code = "blocked_address"

    def __init__(self, url: str | None, why: Refusal) -> None:
        Exception.__init__(self, url, why)
        self.url = url
        self.why = why


class Unreachable(FetchError):
    code = "unreachable"
    retryable = True

    def __init__(self, url: str | None, why: Failure) -> None:
        Exception.__init__(self, url, why)
        self.url = url
        self.why = why


class BadStatus(FetchError):
    """`retry_after` is in seconds, where the server stated it."""

    code = "bad_status"

    def __init__(self, url: str | None, status: int, retry_after: float | None = None) -> None:
        Exception.__init__(self, url, status, retry_after)
        self.url = url
        self.status = status
        self.retry_after = retry_after
        self.retryable = status in RETRYABLE_STATUSES


class TooLarge(FetchError):
    """`size` is None where reading ended at the limit."""

    code = "too_large"

    def __init__(self, url: str | None, size: int | None, limit: int) -> None:
        Exception.__init__(self, url, size, limit)
        self.url = url
        self.size = size
        self.limit = limit


class UnsupportedType(FetchError):
    code = "unsupported_type"

    def __init__(self, url: str | None, media_type: str) -> None:
        Exception.__init__(self, url, media_type)
        self.url = url
        self.media_type = media_type


class UnreadableFile(FetchError):
    code = "unreadable_file"

    def __init__(self, url: str | None, why: Unreadable) -> None:
        Exception.__init__(self, url, why)
        self.url = url
        self.why = why


class NotUtf8(FetchError):
    """`position` is that of the first byte which is not UTF-8."""

    code = "not_utf8"

    def __init__(self, url: str | None, position: int) -> None:
        Exception.__init__(self, url, position)
        self.url = url
        self.position = position


class NotAnArticle(FetchError):
    code = "not_an_article"

    def __init__(self, url: str | None, obstacle: Obstacle | None = None) -> None:
        Exception.__init__(self, url, obstacle)
        self.url = url
        self.obstacle = obstacle


class NotAFeed(FetchError):
    code = "not_a_feed"
