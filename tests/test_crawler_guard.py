"""Addresses that a link, feed or redirect must not make us fetch."""

import ipaddress
from collections.abc import Iterator

import pytest
from crawlprobe import Ask, Told, probe
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, redirect, reply, serve

from archive.errors import HostileAddress
from archive.types import Outlet
from crawler.guard import check_address, is_private, origin_of

NOTHING: frozenset[str] = frozenset()

HOSTILE_HOSTS = {
    "loopback": "127.0.0.1",
    "loopback elsewhere": "127.8.9.10",
    "short": "127.1",
    "three parts": "127.0.1",
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal short": "0x7f.1",
    "hexadecimal upper": "0X7F.0.0.1",
    "octal": "0177.0.0.1",
    "octal whole": "017700000001",
    "mixed": "0x7f.0.0.01",
    "zero": "0.0.0.0",
    "zero short": "0",
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "link-local metadata": "169.254.169.254",
    "metadata decimal": "2852039166",
    "shared": "100.64.0.1",
    "alibaba metadata": "100.100.100.200",
    "multicast": "224.0.0.1",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "benchmark": "198.18.0.1",
    "documentation": "192.0.2.1",
    "IPv6 loopback": "[::1]",
    "IPv6 unspecified": "[::]",
    "IPv6 unique local": "[fd00:ec2::254]",
    "IPv6 link-local": "[fe80::1]",
    "IPv6 link-local zone": "[fe80::1%25eth0]",
    "IPv6 site-local": "[fec0::1]",
    "IPv6 multicast": "[ff02::1]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped hexadecimal": "[::ffff:7f00:1]",
    "compatible": "[::127.0.0.1]",
    "6to4": "[2002:7f00:1::]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64 local": "[64:ff9b:1::a00:1]",
    "Teredo": "[2001:0:7f00:1::1]",
    "full width": "１２７.０.０.１",
    "ideographic dots": "127。0。0。1",
    "circled": "①②⑦.⓪.⓪.①",
    "zero width": "127.0.0.\u200b1",
    "percent": "%31%32%37.0.0.1",
    "localhost": "localhost",
    "localhost upper": "LOCALHOST",
    "localhost dot": "localhost.",
    "under localhost": "a.b.localhost",
    "local": "printer.local",
    "internal": "db.internal",
    "google metadata": "metadata.google.internal",
    "google metadata dot": "metadata.google.internal.",
    "home": "nas.home.arpa",
    "dotless": "metadata",
    "dot after address": "127.0.0.1.",
    "two dots after": "127.0.0.1..",
    "port": "127.0.0.1:8080",
    "no number": "127.0.0.256",
    "too many parts": "1.2.3.4.5",
    "bad octal": "127.0.0.09",
    "empty": "",
    "only a port": ":80",
    "bad port": "kantamedia.com:99999",
    "word port": "kantamedia.com:http",
    "no IPv6": "[kantamedia.com]",
    "open bracket": "[::1",
    "user": "kantamedia.com@127.0.0.1",
    "public user": "a:b@kantamedia.com",
    "backslash": "127.0.0.1\\.kantamedia.com",
    "backslash user": "kantamedia.com\\@127.0.0.1",
    "escaped slash": "127.0.0.1%2f.kantamedia.com",
    "escaped NUL": "127.0.0.1%00.kantamedia.com",
    "space": "127.0.0.1 .kantamedia.com",
}  # fmt: skip
SCHEMES = ["ftp://kantamedia.com/a", "file:///etc/passwd", "gopher://kantamedia.com/", "data:,a",
           "javascript:alert(1)", "//kantamedia.com/a", "/a", "", "kantamedia.com",
           "httpx://kantamedia.com"]  # fmt: skip
PUBLIC = ["https://kantamedia.com/a", "http://kantamedia.com:8080/", "https://8.8.8.8/",
          "https://[2606:4700::1111]/", "https://[::ffff:8.8.8.8]/", "https://[64:ff9b::808:808]/",
          "https://localhost.example.com/", "https://internal.go.id/", "https://mylocal.id/",
          "https://10.kantamedia.com/", "https://127.0.0.1.kantamedia.com/", "https://kantamedia.com./",
          "https://xn--caf-dma.example/", "https://0x7f.id/"]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE_HOSTS.values(), ids=HOSTILE_HOSTS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_hostile_host_is_refused(scheme: str, host: str) -> None:
    with pytest.raises(HostileAddress, match="not fetched"):
        check_address(f"{scheme}://{host}/admin", allowed=NOTHING)


@pytest.mark.parametrize("url", SCHEMES)
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(HostileAddress):
        check_address(url, allowed=NOTHING)


@pytest.mark.parametrize("url", PUBLIC)
def test_public_address_passes(url: str) -> None:
    check_address(url, allowed=NOTHING)


ALLOWED = frozenset({"http://127.0.0.1:9002", "http://localhost:80", "http://[::1]:8000"})


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9002/a?b",
        "HTTP://LOCALHOST/",
        "http://localhost.:80/",
        "http://[::1]:8000/",
    ],
)
def test_allowed_origin_passes(url: str) -> None:
    check_address(url, allowed=ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9003/",
        "https://127.0.0.1:9002/",
        "http://127.1:9002/",
        "http://localhost:8080/",
        "http://x@127.0.0.1:9002/",
        "http://127.0.0.1/",
    ],
)
def test_another_port_scheme_or_spelling_of_an_allowed_host_is_refused(url: str) -> None:
    with pytest.raises(HostileAddress):
        check_address(url, allowed=ALLOWED)


SPELLINGS = [
    str,
    hex,
    lambda n: f"0{n:o}",
    lambda n: f"{n >> 24}.{n & 0xFFFFFF}",
    lambda n: f"{n >> 24:#x}.0{n >> 16 & 255:o}.{n & 0xFFFF}",
    lambda n: str(ipaddress.IPv4Address(n)),
    lambda n: f"[::ffff:{ipaddress.IPv4Address(n)}]",
    lambda n: f"[64:ff9b::{n >> 16:x}:{n & 0xFFFF:x}]",
    lambda n: f"[2002:{n >> 16:x}:{n & 0xFFFF:x}::]",
]


@given(st.integers(0, 2**32 - 1), st.sampled_from(SPELLINGS))
def test_every_spelling_is_judged_like_the_address_itself(number: int, spell) -> None:
    url = f"http://{spell(number)}/"
    if is_private(ipaddress.IPv4Address(number)):
        with pytest.raises(HostileAddress):
            check_address(url, allowed=NOTHING)
    else:
        check_address(url, allowed=NOTHING)


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7"))
def test_private_networks_are_private(address) -> None:
    assert is_private(address)


def judgement(url: str) -> str:
    try:
        check_address(url, allowed=ALLOWED)
    except HostileAddress as error:
        return str(error)
    return ""


@given(st.text(max_size=80), st.sampled_from(["{}", "http://{}/", "https://kantamedia.com{}"]))
def test_any_text_is_judged_in_one_line(text: str, form: str) -> None:
    assert len(judgement(form.replace("{}", text)).splitlines()) <= 1


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Kantamedia.com/a", "https://kantamedia.com:443"),
        ("http://kantamedia.com./", "http://kantamedia.com:80"),
        ("http://127.0.0.1:9002", "http://127.0.0.1:9002"),
        ("http://[::1]:8/x", "http://[::1]:8"),
    ],
)
def test_origin_always_has_its_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


# -- in a crawl ----------------------------------------------------------------------------

WAYS = {
    "loopback": "http://127.0.0.1:{port}/secret",
    "localhost": "http://localhost:{port}/secret",
    "decimal": "http://2130706433:{port}/secret",
    "hexadecimal": "http://0x7f.1:{port}/secret",
    "octal": "http://0177.0.0.1:{port}/secret",
    "short": "//127.1:{port}/secret",
    "IPv6": "http://[::1]:{port}/secret",
    "mapped": "http://[::ffff:127.0.0.1]:{port}/secret",
    "user": "http://kantamedia.com@127.0.0.1:{port}/secret",
    "private": "http://192.168.0.1/secret",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata name": "http://metadata.google.internal/computeMetadata/v1/",
    "public name": "http://jahat.example:{port}/secret",
    "public name on our port": "http://jahat.example:{own}/secret",
    "own name, other port": "http://media-uji.example:{port}/secret",
}


@pytest.fixture(scope="module")
def secret() -> Iterator[Loopback]:
    """A server in the private network that must never be asked."""
    with serve({"/secret": reply(body=b"rahasia")}) as server:
        yield server


@pytest.fixture(scope="module")
def told(secret: Loopback) -> Iterator[Told]:
    """An outlet known by a name that its owner resolves to loopback: its own origin may."""
    routes = {"/": reply(body=b"halo"), "/secret": reply(body=b"rahasia")}
    with serve(routes) as server:
        places = {"port": secret.port, "own": server.port}
        for name, target in WAYS.items():
            routes[f"/{name.replace(' ', '%20')}"] = redirect(target.format(**places))
        base = f"http://media-uji.example:{server.port}"
        told = probe(
            Ask(
                urls=[f"{base}/", *(f"{base}/{name}" for name in WAYS), "file:///etc/passwd"],
                outlet=Outlet(slug="uji", name="Uji", url=base),
                hosts={"media-uji.example": "127.0.0.1", "jahat.example": "127.0.0.1"},
            )
        )
        told.saw = {url.removeprefix(base): saw for url, saw in told.saw.items()}
        yield told


def test_own_origin_may_be_private(told: Told) -> None:
    assert told.saw["/"].last.body == b"halo"


@pytest.mark.parametrize("way", WAYS)
def test_redirect_into_the_private_network_is_refused(told: Told, way: str) -> None:
    saw = told.saw[f"/{way}"]
    assert (saw.error, saw.kind) == ("RefusedAddress", "hostile-address")
    assert [page.status for page in saw.pages] == [302]


def test_refusal_names_the_address(told: Told) -> None:
    assert "resolves to 127.0.0.1" in told.saw["/public name"].message
    assert "169.254.169.254 is a private address" in told.saw["/metadata"].message


def test_nothing_in_the_private_network_was_asked(told: Told, secret: Loopback) -> None:
    assert secret.hits == []


def test_local_file_is_refused(told: Told) -> None:
    assert told.saw["file:///etc/passwd"].error == "RefusedAddress"


def test_name_is_looked_up_once_so_that_it_cannot_be_rebound(told: Told) -> None:
    assert told.lookups.count("media-uji.example") == 1
    assert told.lookups.count("jahat.example") == 1
