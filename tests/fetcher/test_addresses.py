from ipaddress import ip_address

import pytest

from fetcher.addresses import EVERYWHERE, PUBLIC, check_addresses, parse_target
from fetcher.errors import BlockedAddress

SPECIAL_ADDRESSES = [
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2001:0:7f00:1::",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", SPECIAL_ADDRESSES)
def test_special_purpose_addresses_are_refused_however_they_are_embedded(address: str) -> None:
    with pytest.raises(BlockedAddress) as refused:
        check_addresses("http://news.example/", [ip_address(address)], PUBLIC)
    assert refused.value.why == "private"


@pytest.mark.parametrize("address", SPECIAL_ADDRESSES)
def test_they_are_refused_as_literals_too(address: str) -> None:
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(BlockedAddress) as refused:
        parse_target(f"http://{literal}/", PUBLIC)
    assert refused.value.why == "private"


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "192.0.1.1",
        "2606:2800:220:1::1",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    check_addresses("http://news.example/", [ip_address(address)], PUBLIC)


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.1",
        "127.0.1",
        "127.0.0.1.1",
        "1.2.3.256",
        "93.184.216",
        "[::1",
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "127.0.0.1%00.news.example",
        "news%2eexample",
        "news_.example:80:80",
        "-news.example",
        "news..example",
        "",
        ".",
        "a" * 64 + ".example",
        "\u00ad.example",
        "news.example\\",
        "news.example\\.other.example",
        "\ud800.example",
    ],
)
def test_odd_ways_of_writing_a_host_are_refused(host: str) -> None:
    with pytest.raises(BlockedAddress) as refused:
        parse_target(f"http://{host}/", PUBLIC)
    assert refused.value.why == "malformed"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "private"),
        ("http://127.0.0.1./", "private"),
        ("http://①②⑦.⓪.⓪.①/", "private"),
        ("http://127。0。0。1/", "private"),
        ("http://[0:0:0:0:0:ffff:7f00:1]/", "private"),
        ("ftp://news.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://news.example/_GET", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("data:text/html,<p>", "scheme"),
        ("tg://resolve?domain=x", "scheme"),
        ("//news.example/", "scheme"),
        ("news.example", "scheme"),
        ("http://anna@news.example/", "credentials"),
        ("http://anna:secret@news.example/", "credentials"),
        ("http://@news.example/", "credentials"),
        ("http://news.example\\@127.0.0.1/", "credentials"),
        ("http://news.example:22/", "port"),
        ("http://news.example:8080/", "port"),
        ("https://news.example:6379/", "port"),
        ("http://news.example:0/", "malformed"),
        ("http://news.example:99999/", "malformed"),
        ("http://news.example:8o/", "malformed"),
        ("http://news.example/\r\nHost: other.example", "malformed"),
        ("http://news.example\n.other.example/", "malformed"),
        ("http://ne\tws.example/", "malformed"),
        ("http://news.example/\x00", "malformed"),
        ("http://news .example/", "malformed"),
        ("http://news.example/" + "a" * 9_000, "malformed"),
    ],
)
def test_addresses_are_refused_for_a_reason(url: str, why: str) -> None:
    with pytest.raises(BlockedAddress) as refused:
        parse_target(url, PUBLIC)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("http://news.example", "http://news.example/"),
        ("HTTPS://News.Example:443/A?b=C#d", "https://news.example/A?b=C"),
        ("http://news.example./a", "http://news.example/a"),
        ("http://news.example:80/a b", "http://news.example/a%20b"),
        ("https://bücher.example/straße?q=ü", "https://xn--bcher-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("https://news.example/100%25?x=%2F", "https://news.example/100%25?x=%2F"),
        ("https://news.example?q=1", "https://news.example/?q=1"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
        ("http://[2606:2800:220:1::1]:80/", "http://[2606:2800:220:1::1]/"),
        (" http://news.example/ ", "http://news.example/"),
        ("http://news.example/a\\b", "http://news.example/a%5Cb"),
    ],
)
def test_addresses_are_opened_in_plain_ascii(url: str, opened: str) -> None:
    assert parse_target(url, PUBLIC).url == opened


def test_a_look_alike_name_is_opened_and_told_under_its_own_letters() -> None:
    cyrillic = parse_target("https://nеws.example/", PUBLIC)
    assert cyrillic.host.startswith("xn--")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://[::1]:8080/", "http://intranet:81/"]
)
def test_private_addresses_and_every_port_pass_where_they_are_allowed(url: str) -> None:
    assert parse_target(url, EVERYWHERE).url == url


@pytest.mark.parametrize("url", ["ftp://10.0.0.1/", "http://anna@10.0.0.1/", "http://0x7f.1/"])
def test_the_other_rules_hold_there_too(url: str) -> None:
    with pytest.raises(BlockedAddress):
        parse_target(url, EVERYWHERE)
