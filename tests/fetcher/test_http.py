import asyncio
import gzip
import pickle
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from fetcher.errors import (
    BadStatus,
    BlockedAddress,
    FetchError,
    TooLarge,
    Unreachable,
    UnsupportedType,
)
from fetcher.http import Fetcher, FetchSettings, check_status
from support.sites import (
    PUBLIC_ADDRESS,
    Names,
    Script,
    Site,
    Wires,
    local_fetcher,
    make_fetcher,
    names,
    page,
    redirect,
    serving,
)

URL = "http://news.example/a"


async def test_a_page_is_fetched_with_all_that_was_stated_of_it() -> None:
    headers = {
        "Content-Type": "Text/HTML; Charset='UTF-8'",
        "ETag": 'W/"x"',
        "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT",
    }
    async with serving({"/a?b=c": page(b"<p>Hi</p>", headers=headers)}) as site:
        fetched = await local_fetcher().fetch(f"{site.url}/a?b=c#d")
    assert fetched.url == f"{site.url}/a?b=c"
    assert fetched.requested_url == f"{site.url}/a?b=c#d"
    assert (fetched.status, fetched.content_type, fetched.charset) == (200, "text/html", "UTF-8")
    assert fetched.body == b"<p>Hi</p>"
    assert (fetched.etag, fetched.last_modified) == ('W/"x"', headers["Last-Modified"])


async def test_a_request_tells_who_asks_and_nothing_else() -> None:
    async with serving({"/a": page()}) as site:
        wires = Wires(site)
        await make_fetcher(wires).fetch(URL)
    assert wires.connections == [(PUBLIC_ADDRESS, 80)]
    lines = site.requests[0].strip().split("\r\n")
    assert lines[0] == "GET /a HTTP/1.1"
    told = {line.split(": ")[0]: line.split(": ")[1] for line in lines[1:]}
    assert told.keys() == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert (told["Host"], told["User-Agent"]) == ("news.example", "Nutgraf/test")


async def test_a_feed_is_asked_for_on_condition() -> None:
    async with serving({"/a": page(b"", status="304 Not Modified")}) as site:
        fetched = await make_fetcher(Wires(site)).fetch(
            URL, etag='"x"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT"
        )
    assert fetched.status == 304
    assert 'If-None-Match: "x"' in site.requests[0]
    assert "If-Modified-Since: Tue, 24 Nov 2026 10:00:00 GMT" in site.requests[0]


async def test_the_environment_names_neither_proxies_nor_passwords(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine news.example login anna password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving({"/a": page()}) as site:
        wires = Wires(site)
        await make_fetcher(wires).fetch(URL)
    assert wires.connections == [(PUBLIC_ADDRESS, 80)]
    assert "Authorization" not in site.requests[0]


# Row 1: into the owner's network


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["192.168.1.1", "10.0.0.1"],
        [PUBLIC_ADDRESS, "10.0.0.1"],
        ["fd00::1"],
        ["64:ff9b::7f00:1"],
        ["::ffff:10.0.0.1"],
    ],
)
async def test_a_name_is_not_opened_where_any_of_its_addresses_is_private(
    addresses: list[str],
) -> None:
    wires = Wires()
    with pytest.raises(BlockedAddress) as refused:
        await make_fetcher(wires, names(news=addresses)).fetch(URL)
    assert refused.value.why == "private"
    assert wires.connections == []


async def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to() -> None:
    rebinding = Names({"news.example": ([PUBLIC_ADDRESS], ["127.0.0.1"])})
    async with serving({"/a": page()}) as site:
        wires = Wires(site)
        await make_fetcher(wires, rebinding).fetch(URL)
    assert rebinding.asked == ["news.example"]
    assert wires.connections == [(PUBLIC_ADDRESS, 80)]


async def test_a_redirect_to_the_same_name_is_checked_anew() -> None:
    rebinding = Names({"news.example": ([PUBLIC_ADDRESS], ["127.0.0.1"])})
    async with serving({"/a": redirect("/b"), "/b": page()}) as site:
        wires = Wires(site)
        with pytest.raises(BlockedAddress):
            await make_fetcher(wires, rebinding).fetch(URL)
    assert site.paths == ["/a"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/b",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//192.168.1.1/",
        "http://inside.example/",
        "http://2130706433/",
        "http://news.example:22/",
        "http://anna:secret@news.example/",
        "file:///etc/passwd",
        "gopher://news.example/",
        "http://[",
    ],
)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Now", "308 Moved"])
async def test_a_redirect_leads_nowhere_where_a_link_would_not(location: str, status: str) -> None:
    async with serving({"/a": redirect(location, status)}) as site:
        wires = Wires(site)
        with pytest.raises(BlockedAddress):
            await make_fetcher(wires, names(news=[PUBLIC_ADDRESS], inside=["10.0.0.1"])).fetch(URL)
    assert wires.connections == [(PUBLIC_ADDRESS, 80)]


async def test_an_address_is_refused_before_anything_is_looked_up_or_opened() -> None:
    wires, lookup = Wires(), names()
    with pytest.raises(BlockedAddress):
        await make_fetcher(wires, lookup).fetch("http://news.example:22/")
    assert (wires.connections, lookup.asked) == ([], [])


async def test_redirects_are_followed_and_carry_no_cookie() -> None:
    hop = page(
        b"", status="302 Found", headers={"Location": "../c?d=é", "Set-Cookie": "id=1; Path=/"}
    )
    async with serving({"/a/b": hop, "/c?d=%C3%A9": page(b"end")}) as site:
        fetched = await make_fetcher(Wires(site)).fetch("http://news.example/a/b")
    assert (fetched.body, fetched.url) == (b"end", "http://news.example/c?d=%C3%A9")
    assert "cookie" not in "".join(site.requests).lower()


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ((), False),
        (("301 Moved Permanently",), True),
        (("308 Permanent Redirect", "301 Moved Permanently"), True),
        (("302 Found",), False),
        (("301 Moved Permanently", "307 Temporary Redirect"), False),
    ],
)
async def test_an_address_has_moved_if_every_redirect_says_so(
    statuses: tuple[str, ...], moved: bool
) -> None:
    hops = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    async with serving({**hops, f"/{len(statuses)}": page()}) as site:
        fetched = await make_fetcher(Wires(site)).fetch("http://news.example/0")
    assert fetched.moved is moved


@pytest.mark.parametrize(
    ("stated", "max_age"),
    [
        ("max-age=600", 600.0),
        ("public, Max-Age = 600", 600.0),
        ("max-age=999999999", 86_400.0),
        ("s-maxage=600", None),
        ("max-age=soon", None),
        ("no-cache", None),
    ],
)
async def test_how_long_an_answer_stays_fresh(stated: str, max_age: float | None) -> None:
    headers = {"Cache-Control": stated}
    async with serving({"/a": page(b"", headers=headers)}) as site:
        fetched = await make_fetcher(Wires(site)).fetch(URL)
    assert fetched.max_age == max_age


async def test_redirects_end_after_so_many() -> None:
    hops = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    async with serving({**hops, "/3": page()}) as site:
        assert (
            await make_fetcher(Wires(site), max_redirects=3).fetch("http://news.example/0")
        ).body
    async with serving(hops) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site), max_redirects=3).fetch("http://news.example/0")
    assert failed.value.why == "redirects"
    assert site.paths == ["/0", "/1", "/2", "/3"]


async def test_a_redirect_without_an_address_is_an_answer_like_others() -> None:
    async with serving({"/a": page(b"", status="302 Found")}) as site:
        fetched = await make_fetcher(Wires(site)).fetch(URL)
    assert fetched.status == 302
    with pytest.raises(BadStatus):
        check_status(fetched)


async def test_the_certificate_is_verified_against_the_name_not_the_address() -> None:
    async with serving({"/a": page(b"safe")}, tls=True) as site:
        wires = Wires(site)
        lookup = names(news=[PUBLIC_ADDRESS], other=[PUBLIC_ADDRESS])
        fetcher = make_fetcher(wires, lookup, trusts=True)
        assert (await fetcher.fetch("https://news.example/a")).body == b"safe"
        with pytest.raises(Unreachable) as failed:
            await fetcher.fetch("https://other.example/a")
    assert failed.value.why == "tls"
    assert wires.connections == [(PUBLIC_ADDRESS, 443)] * 2


async def test_an_unknown_certificate_is_not_accepted() -> None:
    async with serving({"/a": page()}, tls=True) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site)).fetch("https://news.example/a")
    assert failed.value.why == "tls"


@pytest.mark.parametrize(
    "greeting",
    [
        b"220 mail.example ESMTP\r\n",
        b"",
        b"\x16\x03\x03\x00\x7a\x02",
        b"\x15\x03\x03\x00\x02\x02\x28",
    ],
    ids=["mail", "nothing", "half a handshake", "alert"],
)
async def test_what_does_not_speak_tls_is_not_read(greeting: bytes) -> None:
    def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        wires = Wires(Site(port=server.sockets[0].getsockname()[1]))
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(wires).fetch("https://news.example/a")
    assert failed.value.why in ("tls", "no_connection")


async def test_a_handshake_that_does_not_go_on_ends_in_time() -> None:
    def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    async with server:
        wires = Wires(Site(port=server.sockets[0].getsockname()[1]))
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(wires, timeout_s=0.2).fetch("https://news.example/a")
        for writer in writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
    assert failed.value.why == "timeout"


# Row 2: bombs and slow servers


def encoded(body: bytes, encoding: str) -> bytes:
    return page(body, headers={"Content-Encoding": encoding})


def gzipped(content: bytes) -> bytes:
    """Without the time, which would be another one in each process that collects the tests."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzipped(b"Hello"), "gzip"),
        (gzipped(b"Hel") + gzipped(b"lo") + b"\0\0", "gzip"),
        (gzipped(b"Hello"), "X-GZIP"),
        (zlib.compress(b"Hello"), "deflate"),
        (zlib.compress(b"Hello", wbits=-15), "deflate"),
        (b"Hello", "identity"),
    ],
)
async def test_one_content_encoding_is_undone(body: bytes, encoding: str) -> None:
    async with serving({"/a": encoded(body, encoding)}) as site:
        assert (await make_fetcher(Wires(site)).fetch(URL)).body == b"Hello"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzipped(gzipped(b"Hello")), "gzip, gzip"),
        (b"Hello", "br"),
        (b"Hello", "zstd"),
        (b"Hello", "gzip"),
        (gzipped(b"Hello")[:-8] + bytes(8), "gzip"),
    ],
)
async def test_stacked_unknown_and_broken_encodings_are_refused(body: bytes, encoding: str) -> None:
    async with serving({"/a": encoded(body, encoding)}) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site)).fetch(URL)
    assert failed.value.why == "bad_answer"


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
async def test_a_bomb_is_stopped_while_it_unfolds(compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(5_000_000))
    async with serving({"/a": encoded(bomb, "gzip")}) as site:
        with pytest.raises(TooLarge):
            await make_fetcher(Wires(site), max_bytes=100_000).fetch(URL)


async def test_many_small_members_of_a_gzip_stream_are_a_bomb_as_well() -> None:
    async with serving({"/a": encoded(gzip.compress(bytes(9_000)) * 100, "gzip")}) as site:
        with pytest.raises(TooLarge):
            await make_fetcher(Wires(site), max_bytes=500_000).fetch(URL)


async def test_a_body_may_be_as_large_as_the_limit_and_not_larger() -> None:
    async with serving({"/a": page(bytes(1_000)), "/b": page(bytes(1_001))}) as site:
        fetcher = make_fetcher(Wires(site), max_bytes=1_000)
        assert len((await fetcher.fetch(URL)).body) == 1_000
        with pytest.raises(TooLarge) as refused:
            await fetcher.fetch("http://news.example/b")
    assert refused.value.limit == 1_000


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
        await writer.drain()


async def drip_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-A: b\r\n")
        await asyncio.sleep(0.01)
        await writer.drain()


async def drip_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"a")
        await asyncio.sleep(0.01)
        await writer.drain()


async def drip_chunks(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1\r\na\r\n")
        await asyncio.sleep(0.01)
        await writer.drain()


async def silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def continue_forever(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.001)
        await writer.drain()


async def redirect_slowly(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.06)
    writer.write(redirect("/a"))


async def test_an_endless_body_is_stopped_at_the_limit() -> None:
    async with serving({"/a": endless}) as site:
        with pytest.raises(TooLarge):
            await make_fetcher(Wires(site), max_bytes=100_000).fetch(URL)


@pytest.mark.parametrize(
    "script",
    [drip_headers, drip_body, drip_chunks, silent, continue_forever, redirect_slowly],
)
async def test_the_whole_fetch_ends_in_time_however_it_is_drawn_out(script: Script) -> None:
    async with serving({"/a": script}) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site), timeout_s=0.2).fetch(URL)
    assert failed.value.why == "timeout"
    assert failed.value.retryable


async def test_a_slow_resolver_is_not_waited_for() -> None:
    async def lookup(host: str, port: int) -> list[object]:
        await asyncio.Event().wait()
        return []

    fetcher = Fetcher(local_fetcher(timeout_s=0.05).settings, lookup=lookup)  # type: ignore[arg-type]
    with pytest.raises(Unreachable) as failed:
        await fetcher.fetch(URL)
    assert failed.value.why == "timeout"


async def test_a_server_that_falls_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fetcher.http.IDLE_S", 0.05)
    async with serving({"/a": silent}) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site), timeout_s=60).fetch(URL)
    assert failed.value.why == "timeout"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
    ],
)
async def test_answers_that_are_no_http_or_too_much_of_it_are_refused(answer: bytes) -> None:
    async with serving({"/a": answer}) as site:
        with pytest.raises(Unreachable) as failed:
            await make_fetcher(Wires(site)).fetch(URL)
    assert failed.value.why == "bad_answer"


# Row 3: wrong types and statuses


@pytest.mark.parametrize("media_type", ["image/png", "video/mp4", "audio/mpeg", "font/woff2"])
async def test_what_is_no_text_is_not_even_read(media_type: str) -> None:
    async def picture(writer: asyncio.StreamWriter) -> None:
        writer.write(page(b"", headers={"Content-Type": media_type, "Content-Length": "9999"}))
        await asyncio.Event().wait()

    async with serving({"/a": picture}) as site:
        with pytest.raises(UnsupportedType) as refused:
            await make_fetcher(Wires(site)).fetch(URL)
    assert refused.value.media_type == media_type


@pytest.mark.parametrize("status", ["401 No", "403 No", "404 No", "410 Gone", "500 Oh", "204 None"])
async def test_the_body_of_a_refusal_is_not_read(status: str) -> None:
    async with serving({"/a": page(b"" if "204" in status else b"x", status=status)}) as site:
        fetched = await make_fetcher(Wires(site)).fetch(URL)
    assert (fetched.status, fetched.body) == (int(status[:3]), b"")


async def test_a_refusal_is_told_with_its_status() -> None:
    async with serving({"/a": page(status="503 Busy", headers={"Retry-After": "7"})}) as site:
        fetched = await make_fetcher(Wires(site)).fetch(URL)
    with pytest.raises(BadStatus) as refused:
        check_status(fetched)
    assert (refused.value.status, refused.value.retry_after) == (503, 7)
    assert refused.value.retryable


async def test_a_host_that_asks_to_wait_is_left_alone() -> None:
    busy = page(status="429 Slow down", headers={"Retry-After": "60"})
    async with serving({"/a": busy, "/b": page()}) as site:
        fetcher = make_fetcher(Wires(site), names(news=[PUBLIC_ADDRESS], other=[PUBLIC_ADDRESS]))
        await fetcher.fetch(URL)
        with pytest.raises(BadStatus) as refused:
            await fetcher.fetch("http://news.example/b")
        assert (await fetcher.fetch("http://other.example/b")).body
    assert refused.value.status == 429
    assert 59 <= (refused.value.retry_after or 0) <= 60
    assert site.paths == ["/a", "/b"]


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        ("99999999999999999999", 86_400),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("Fri, 04 Mar 2005 08:00:00 GMT", 0),
        ("Fri, 04 Mar 2095 08:00:00 GMT", 86_400),
        ("Sun, 99 Foo 999999999999 99:99:99 GMT", None),
    ],
)
async def test_what_retry_after_states_is_read_in_seconds(
    stated: str, seconds: float | None
) -> None:
    answer = page(status="503 Busy", headers={"Retry-After": stated})
    async with serving({"/a": answer}) as site:
        assert (await make_fetcher(Wires(site)).fetch(URL)).retry_after == seconds


async def test_a_name_that_nobody_has_is_told_so() -> None:
    with pytest.raises(Unreachable) as failed:
        await make_fetcher(Wires()).fetch("http://nowhere.example/")
    assert failed.value.why == "no_such_host"


async def test_all_addresses_of_a_name_are_tried_up_to_a_number() -> None:
    wires = Wires()
    addresses = [f"93.184.216.{n}" for n in range(9)]
    with pytest.raises(Unreachable) as failed:
        await make_fetcher(wires, names(news=addresses)).fetch(URL)
    assert failed.value.why == "no_connection"
    assert wires.connections == [(address, 80) for address in addresses[:4]]


async def test_one_host_is_asked_by_few_at_a_time() -> None:
    at_once, most, go_on = 0, 0, asyncio.Event()

    async def count(writer: asyncio.StreamWriter) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        if at_once == 2:
            go_on.set()
        await go_on.wait()
        at_once -= 1
        writer.write(page())

    async with serving({"/a": count}) as site:
        fetcher = make_fetcher(Wires(site), per_host_concurrency=2)
        await asyncio.gather(*(fetcher.fetch(URL) for _ in range(6)))
    assert most == 2
    assert len(site.requests) == 6


async def test_the_system_resolver_finds_this_machine() -> None:
    async with serving({"/a": page(b"here")}) as site:
        fetched = await local_fetcher().fetch(f"http://localhost:{site.port}/a")
    assert fetched.body == b"here"


async def test_it_does_not_open_this_machine_unless_allowed() -> None:
    wires = Wires()
    fetcher = Fetcher(FetchSettings(user_agent="Nutgraf/test"), backend=wires)
    with pytest.raises(BlockedAddress) as refused:
        await fetcher.fetch("http://localhost/")
    assert refused.value.why == "private"
    assert wires.connections == []


def test_an_error_does_not_tell_the_address_to_the_log() -> None:
    errors: tuple[FetchError, ...] = (
        BlockedAddress(URL, "port"),
        Unreachable(URL, "tls"),
        BadStatus(URL, 404),
        TooLarge(URL, 7, 3),
        UnsupportedType(URL, "image/png"),
    )
    assert [str(error) for error in errors] == [error.code for error in errors]
    assert [pickle.loads(pickle.dumps(error)).args for error in errors] == [  # noqa: S301 - ours
        error.args for error in errors
    ]


async def test_what_is_no_name_at_all_is_not_found() -> None:
    with pytest.raises(FetchError):
        await local_fetcher().fetch(f"http://{'a.' * 120}invalid/")
