"""One guarded GET, for everything that is fetched from an address which somebody gave.

Nothing is taken from the environment (proxies, passwords), and nothing is kept between requests
but which hosts asked to be left alone: no cookie, no connection.
"""

import asyncio
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from socket import gaierror
from urllib.parse import urljoin
from weakref import WeakValueDictionary

import httpcore
import httpx
from ssrfguard import Policy

from fetcher.addresses import (
    EVERYWHERE,
    PUBLIC,
    Lookup,
    Target,
    check_addresses,
    look_up,
    parse_target,
)
from fetcher.bodies import read_body
from fetcher.errors import BadStatus, BlockedAddress, Unreachable, UnsupportedType
from fetcher.models import Fetched

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
BUSY = frozenset({429, 503})
CONNECT_S = 5.0
IDLE_S = 10.0
"""How long a server may send nothing; all of it together must fit into `timeout_s`."""
MAX_CONNECTS = 4
"""Of a name with many addresses so many are tried."""
MAX_HEADERS = 256
"""In number; httpcore reads 100 kB of them at most."""
MAX_PAUSE_S = 86_400.0
"""The longest Retry-After that is believed."""
MAX_PAUSES = 10_000
NEVER_READ = ("image/", "audio/", "video/", "font/")
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.5"

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", re.I | re.A)
_CHARSET = re.compile(r"\bcharset\s*=\s*[\"']?([\w.:+-]+)", re.I | re.A)
_Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How pages are asked for; `timeout_s` is for all that one fetch takes, redirects included."""

    user_agent: str
    timeout_s: float = 15
    max_bytes: int = 5_000_000
    max_redirects: int = 5
    per_host_concurrency: int = 2
    allow_private_networks: bool = False


class Fetcher:
    """Fetches; owns whose turn it is at each host, and which hosts asked to be left alone."""

    def __init__(
        self,
        settings: FetchSettings,
        *,
        lookup: Lookup = look_up,
        backend: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.settings = settings
        self._policy = EVERYWHERE if settings.allow_private_networks else PUBLIC
        self._lookup = lookup
        self._backend = backend or httpcore.AnyIOBackend()
        self._own_tls = tls
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._pauses: dict[str, tuple[int, float]] = {}

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Get what is at `url`, whatever its status is, within `timeout_s`.

        Raises BlockedAddress, Unreachable, TooLarge, UnsupportedType for what is never read, and
        BadStatus without a request where the host asked to be left alone.
        """
        target = parse_target(url, self._policy)
        conditions = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
        extra = tuple((name, value) for name, value in conditions if value)
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                return await self._follow(target, url, extra)
        except TimeoutError as exc:
            raise Unreachable(url, "timeout") from exc

    async def _follow(self, target: Target, url: str, extra: _Headers) -> Fetched:
        all_permanent = True
        for hop in range(self.settings.max_redirects + 1):
            async with self._turn_at(target.host):
                self._check_pause(target)
                answer = await self._get(target, url, extra)
            if isinstance(answer, Fetched):
                self._note_pause(target.host, answer)
                return replace(answer, moved=hop > 0 and all_permanent)
            all_permanent = all_permanent and answer.is_permanent
            target = parse_target(answer.location, self._policy)
        raise Unreachable(url, "redirects")

    async def _get(self, target: Target, url: str, extra: _Headers) -> "Fetched | _Redirect":
        wire = _PinnedBackend(
            target, policy=self._policy, lookup=self._lookup, backend=self._backend
        )
        connection = httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port),
            ssl_context=self._tls if target.scheme == "https" else None,
            network_backend=wire,
        )
        try:
            with _translated_errors(target.url):
                response = await connection.handle_async_request(self._request(target, extra))
                try:
                    return await self._read(response, target, url)
                finally:
                    await response.aclose()
        finally:
            await connection.aclose()
            await wire.aclose()

    def _request(self, target: Target, extra: _Headers) -> httpcore.Request:
        headers = (
            ("Host", target.authority),
            ("User-Agent", self.settings.user_agent),
            ("Accept", ACCEPT),
            ("Accept-Encoding", "gzip"),
            ("Connection", "close"),
            *extra,
        )
        address = httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        )
        return httpcore.Request(
            "GET",
            address,
            headers=[(name.encode(), value.encode()) for name, value in headers],
            extensions={"timeout": {"connect": CONNECT_S, "read": IDLE_S, "write": IDLE_S}},
        )

    async def _read(
        self, response: httpcore.Response, target: Target, url: str
    ) -> "Fetched | _Redirect":
        if len(response.headers) > MAX_HEADERS:
            raise Unreachable(target.url, "bad_answer")
        headers = httpx.Headers(response.headers)
        location = headers.get("location")
        if response.status in REDIRECTS and location:
            return _Redirect(_join(target.url, location), response.status in PERMANENT)
        media_type, charset = _content_type(headers.get("content-type", ""))
        body = b""
        if 200 <= response.status < 300:
            if media_type.startswith(NEVER_READ):
                raise UnsupportedType(target.url, media_type)
            body = await read_body(
                response.aiter_stream(),
                encoding=headers.get("content-encoding", "").strip().lower(),
                limit=self.settings.max_bytes,
                url=target.url,
            )
        return Fetched(
            url=target.url,
            requested_url=url,
            status=response.status,
            content_type=media_type,
            charset=charset,
            body=body,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            retry_after=_retry_after(headers.get("retry-after", "")),
            max_age=_max_age(headers.get("cache-control", "")),
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Reading all certificates takes a while, so not before they are needed."""
        return self._own_tls or httpx.create_ssl_context()

    def _turn_at(self, host: str) -> asyncio.Semaphore:
        return self._turns.setdefault(host, asyncio.Semaphore(self.settings.per_host_concurrency))

    def _check_pause(self, target: Target) -> None:
        """Raise what the host answered last, as long as it asked to be left alone."""
        status, until = self._pauses.get(target.host, (0, 0.0))
        left = until - asyncio.get_running_loop().time()
        if left > 0:
            raise BadStatus(target.url, status, left)

    def _note_pause(self, host: str, answer: Fetched) -> None:
        now = asyncio.get_running_loop().time()
        if answer.status in BUSY and answer.retry_after:
            if len(self._pauses) >= MAX_PAUSES:
                self._pauses = {h: p for h, p in self._pauses.items() if p[1] > now}
            self._pauses[host] = (answer.status, now + answer.retry_after)


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str
    is_permanent: bool


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Connects to a checked address: the name is resolved here, once, and never again.

    TLS is httpcore's, which verifies the certificate against the name. It leaves a connection open
    whose handshake is cut off by the time limit, so this closes what it has opened.
    """

    def __init__(
        self,
        target: Target,
        *,
        policy: Policy,
        lookup: Lookup,
        backend: httpcore.AsyncNetworkBackend,
    ) -> None:
        self._target = target
        self._policy = policy
        self._lookup = lookup
        self._backend = backend
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def aclose(self) -> None:
        if self._stream is not None:
            await self._stream.aclose()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._lookup(host, port)
        check_addresses(self._target.url, addresses, self._policy)
        error: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses[:MAX_CONNECTS]:
            try:
                self._stream = await self._backend.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                error = exc
            else:
                return self._stream
        raise error


def check_status(answer: Fetched) -> None:
    """Raise BadStatus unless the server gave what was asked for."""
    if not 200 <= answer.status < 300:
        raise BadStatus(answer.url, answer.status, answer.retry_after)


@contextmanager
def _translated_errors(url: str) -> Iterator[None]:
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as exc:
        raise Unreachable(url, "timeout") from exc
    except gaierror as exc:
        raise Unreachable(url, "no_such_host") from exc
    except httpcore.ConnectError as exc:
        is_tls = isinstance(exc.__cause__ or exc.__context__, ssl.SSLError)
        raise Unreachable(url, "tls" if is_tls else "no_connection") from exc
    except (httpcore.NetworkError, OSError) as exc:
        raise Unreachable(url, "no_connection") from exc
    except httpcore.ProtocolError as exc:
        raise Unreachable(url, "bad_answer") from exc


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as exc:
        raise BlockedAddress(location, "malformed") from exc


def _content_type(value: str) -> tuple[str, str | None]:
    """The media type in lower case, and the charset."""
    media_type, _, parameters = value.partition(";")
    stated = _CHARSET.search(parameters)
    return media_type.strip().lower(), stated[1] if stated else None


def _retry_after(value: str) -> float | None:
    """The seconds that are stated, or that are left until the date which is stated."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), MAX_PAUSE_S)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    left = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(left, 0.0), MAX_PAUSE_S)


def _max_age(value: str) -> float | None:
    found = _MAX_AGE.search(value)
    return min(float(found[1]), MAX_PAUSE_S) if found else None
