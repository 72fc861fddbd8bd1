"""Which addresses may be opened: how they are written, and what their names resolve to.

The rules for addresses as they are written and the table of IANA's special-purpose blocks, with
what is embedded in translated addresses, are those of ssrfguard.
"""

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, quote, urlsplit

import idna
from ssrfguard import BlockedAddressError, BlockedURLError, Policy

from fetcher.errors import BlockedAddress, Refusal

IpAddress = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Awaitable[Sequence[IpAddress]]]
"""All addresses of a host; raises OSError where it has none."""

SCHEMES = {"http": 80, "https": 443}
MAX_CHARS = 8_192
LOOKUP_S = 5.0

PUBLIC = Policy()
"""http and https, ports 80 and 443, no credentials, public addresses alone."""
EVERYWHERE = Policy(
    allowed_networks=(ip_network("0.0.0.0/0"), ip_network("::/0")),
    allowed_ports=frozenset(range(1, 65_536)),
)
"""The same with every port and private addresses: for intranets."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.I)
_PATH_SAFE = "/%:@!$&'()*+,;=~?[]|"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes, all in ASCII: parsed once, so that what is checked is what is opened.

    `authority` is the host as a Host header states it, `path` begins with a slash and holds the
    query, `url` has no fragment.
    """

    url: str
    scheme: str
    host: str
    port: int
    authority: str
    path: str


def parse_target(url: str, policy: Policy) -> Target:
    """Where a request for `url` goes; raises BlockedAddress. Nothing is looked up here."""
    split = _split(url)
    try:
        checked = policy.check_url(_plain_origin(split))
    except (BlockedURLError, BlockedAddressError, ValueError) as exc:
        raise BlockedAddress(url, _refusal(split, exc)) from exc
    if checked.address is None and _NUMBER.fullmatch(checked.host.rpartition(".")[2]):
        raise BlockedAddress(url, "malformed")  # resolvers read 0x7f.1 as an address
    authority = _authority(checked.scheme, checked.host, checked.port)
    query = f"?{split.query}" if split.query else ""
    path = quote((split.path or "/") + query, safe=_PATH_SAFE, errors="replace")
    return Target(
        url=f"{checked.scheme}://{authority}{path}",
        scheme=checked.scheme,
        host=checked.host,
        port=checked.port,
        authority=authority,
        path=path,
    )


def check_addresses(url: str, addresses: Sequence[IpAddress], policy: Policy) -> None:
    """Raise BlockedAddress unless every address may be connected to."""
    for address in addresses:
        try:
            policy.check_address(address)
        except BlockedAddressError as exc:
            raise BlockedAddress(url, "private") from exc


async def look_up(host: str, port: int) -> Sequence[IpAddress]:
    """Ask the system's resolver; raises OSError, TimeoutError among them.

    getaddrinfo knows no time limit and cannot be interrupted, so a thread that nobody waits for
    takes the risk.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[IpAddress]] = loop.create_future()

    def settle(found: "list[IpAddress] | OSError") -> None:
        if answer.done():
            return
        if isinstance(found, OSError):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    def ask() -> None:
        found: list[IpAddress] | OSError
        try:
            rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [ip_address(str(row[4][0])) for row in rows]
        except (OSError, UnicodeError) as exc:
            found = exc if isinstance(exc, OSError) else OSError(str(exc))
        try:
            loop.call_soon_threadsafe(settle, found)
        except RuntimeError:
            return  # the loop has ended

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    async with asyncio.timeout(LOOKUP_S):
        return await answer


def _split(url: str) -> SplitResult:
    """The parts of an address; urlsplit alone would drop control characters silently."""
    url = url.strip(" ")
    if len(url) > MAX_CHARS or _CONTROL.search(url):
        raise BlockedAddress(url, "malformed")
    try:
        return urlsplit(url)
    except ValueError as exc:
        raise BlockedAddress(url, "malformed") from exc


def _plain_origin(split: SplitResult) -> str:
    """Scheme, host and port, the host in ASCII and without the dot that may end it."""
    host = (split.hostname or "").removesuffix(".")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode("ascii")
    credentials = "user@" if "@" in split.netloc else ""
    port = "" if split.port is None else f":{split.port}"
    return f"{split.scheme}://{credentials}{f'[{host}]' if ':' in host else host}{port}/"


def _authority(scheme: str, host: str, port: int) -> str:
    host = f"[{host}]" if ":" in host else host
    return host if port == SCHEMES[scheme] else f"{host}:{port}"


def _refusal(split: SplitResult, error: Exception) -> Refusal:
    if split.scheme not in SCHEMES:
        return "scheme"
    if "@" in split.netloc:
        return "credentials"
    if isinstance(error, BlockedAddressError) or isinstance(error.__cause__, BlockedAddressError):
        return "private"
    return "port" if "allowed_ports" in str(error) else "malformed"
