"""What the network gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of a server, as bytes; `body` is empty unless the status is 2xx.

    `url` is where redirects ended, `requested_url` where they began. `content_type` is lower case
    and without parameters, "" where none was stated; `charset` is the one of the header.
    `retry_after` is in seconds. `etag` and `last_modified` are verbatim.
    """

    url: str
    requested_url: str
    status: int
    content_type: str
    charset: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
