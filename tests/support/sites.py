"""Web sites on 127.0.0.1 that answer whatever a test has them answer, and the way to them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from socket import EAI_NONAME, gaierror
from typing import Any

import httpcore

from fetcher.addresses import IpAddress
from fetcher.http import Fetcher, FetchSettings

PUBLIC_ADDRESS = "93.184.216.34"
TLS_FOLDER = Path(__file__).parent / "tls"
"""A certificate of our own for news.example, and its key."""

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


def page(
    body: bytes = b"<p>Hello</p>",
    *,
    status: str = "200 OK",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A whole answer, as it goes over the wire."""
    stated = {"Content-Type": "text/html", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return page(b"", status=status, headers={"Location": location})


@dataclass(slots=True)
class Site:
    """Answers each path with bytes, or lets a script write; notes the requests."""

    answers: dict[str, bytes | Script] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [request.split(" ")[1] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._answer(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            if not writer.is_closing():
                writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.requests.append(request)
        answer = self.answers.get(request.split(" ")[1], page(status="404 Not Found"))
        if isinstance(answer, bytes):
            writer.write(answer)
            await writer.drain()
        else:
            await answer(writer)


@asynccontextmanager
async def serving(
    answers: Mapping[str, bytes | Script], *, tls: bool = False
) -> AsyncIterator[Site]:
    """A site on a free port, as long as the block lasts."""
    site = Site(dict(answers))
    running: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(site.serve(reader, writer))
        running.add(task)
        task.add_done_callback(running.discard)

    context = server_context() if tls else None
    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS_FOLDER / "certificate.pem", TLS_FOLDER / "key.pem")
    return context


def client_context() -> ssl.SSLContext:
    """Trusts the certificate of these tests alone."""
    return ssl.create_default_context(cafile=str(TLS_FOLDER / "certificate.pem"))


@dataclass(slots=True)
class Names:
    """A resolver with a list of its own; each look-up of a name gives its next answers."""

    answers: Mapping[str, Sequence[Sequence[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[IpAddress]:
        self.asked.append(host)
        with suppress(ValueError):
            return [ip_address(host)]
        turns = self.answers.get(host)
        if turns is None:
            raise gaierror(EAI_NONAME, "Name or service not known")
        turn = min(self.asked.count(host), len(turns)) - 1
        return [ip_address(answer) for answer in turns[turn]]


class Wires(httpcore.AsyncNetworkBackend):
    """Notes where connections are asked for and makes them to a site of ours instead."""

    def __init__(self, site: Site | None = None) -> None:
        self._site = site
        self._backend = httpcore.AnyIOBackend()
        self.connections: list[tuple[str, int]] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self.connections.append((host, port))
        if self._site is None:
            raise httpcore.ConnectError("nobody is there")
        return await self._backend.connect_tcp("127.0.0.1", self._site.port, timeout)


def names(**hosts: Sequence[str]) -> Names:
    """`names(news=["10.0.0.1"])`: news.example has that address."""
    return Names({f"{name}.example": (addresses,) for name, addresses in hosts.items()})


def make_fetcher(
    wires: Wires | None = None,
    lookup: Names | None = None,
    *,
    trusts: bool = False,
    **settings: Any,
) -> Fetcher:
    """A fetcher with the strict default settings, whose way out are these wires."""
    return Fetcher(
        FetchSettings(user_agent="Nutgraf/test", **settings),
        lookup=lookup or names(news=[PUBLIC_ADDRESS]),
        backend=wires or Wires(),
        tls=client_context() if trusts else None,
    )


def local_fetcher(**settings: Any) -> Fetcher:
    """A fetcher that may open 127.0.0.1, and does so really."""
    return Fetcher(
        FetchSettings(user_agent="Nutgraf/test", allow_private_networks=True, **settings)
    )
