"""Where an outlet is really fetched from: connect_to, proxies, certificates."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from certificates import Authority
from crawlprobe import Ask, Told, probe
from loopback import Loopback, forward_proxy, redirect, reply, serve

from archive.types import Outlet
from crawler.connect import Routes, host_header

STORY = reply(body=b"halo")
ROUTES = {
    "/story": STORY,
    "/moved": redirect("https://media-uji.example/story"),
    "/away": redirect("https://aman.example/story"),
    "/out": redirect("http://bebas.example/story"),
}


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("https://kantamedia.com/a/b?c=d", "http://127.0.0.1:9002/a/b?c=d"),
        ("https://kantamedia.com:443/", "http://127.0.0.1:9002/"),
        ("https://kantamedia.com", "http://127.0.0.1:9002/"),
        ("http://kantamedia.com/", "http://kantamedia.com/"),
        ("https://www.kantamedia.com/", "https://www.kantamedia.com/"),
    ],
)
def test_only_the_named_origin_is_routed(url: str, wire: str) -> None:
    routes = Routes({"https://kantamedia.com:443": "http://127.0.0.1:9002"})
    assert routes.wire_url(url) == wire


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://kantamedia.com/a", "kantamedia.com"),
        ("http://kantamedia.com:80/a", "kantamedia.com"),
        ("https://kantamedia.com:80/a", "kantamedia.com:80"),
        ("http://127.0.0.1:443/", "127.0.0.1:443"),
        ("http://[::1]:8000/", "[::1]:8000"),
    ],
)
def test_host_header_has_no_default_port(url: str, host: str) -> None:
    assert host_header(url) == host


@dataclass
class World:
    """One plain server, one with a good certificate, one with its own, and a closed port."""

    plain: Loopback
    secure: Loopback
    homemade: Loopback
    proxy: Loopback
    bundle: Path

    @property
    def trust(self) -> dict[str, str]:
        return {"SSL_CERT_FILE": str(self.bundle)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    good = authority.server("aman.example", "127.0.0.1")
    own = authority.server("127.0.0.1", self_signed=True)
    with (
        serve(ROUTES) as plain,
        serve(ROUTES, tls=good) as secure,
        serve(ROUTES, tls=own) as homemade,
    ):
        places = {
            "bebas.example:80": f"127.0.0.1:{plain.port}",
            "aman.example:443": f"127.0.0.1:{secure.port}",
        }
        with forward_proxy(places) as proxy:
            yield World(plain, secure, homemade, proxy, authority.bundle)


@pytest.fixture(scope="module")
def routed(world: World) -> Told:
    return probe(
        Ask(
            urls=[
                "https://media-uji.example/story",
                "https://media-uji.example/moved",
                "https://media-uji.example/away",
                "https://palsu.example/story",
                "https://sendiri.example/story",
                "http://tutup.example/story",
                f"{world.secure.url}/story",
            ],
            outlet=Outlet(slug="uji", name="Uji", url="https://media-uji.example"),
            crawl={
                "connect_to": {
                    "https://media-uji.example": world.plain.url,
                    "https://aman.example": world.secure.url,
                    "https://palsu.example": world.secure.url,
                    "https://sendiri.example": world.homemade.url,
                    "http://tutup.example": "http://127.0.0.1:1",
                }
            },
        ),
        env=world.trust,
    )


def test_routed_page_keeps_its_address(routed: Told) -> None:
    saw = routed.saw["https://media-uji.example/story"]
    assert (saw.last.url, saw.last.body) == ("https://media-uji.example/story", b"halo")


def test_routed_server_is_asked_by_the_outlets_name(routed: Told, world: World) -> None:
    assert {hit.host for hit in world.plain.hits} == {"media-uji.example"}
    assert (b"Host", b"media-uji.example") in routed.saw[
        "https://media-uji.example/story"
    ].last.request_headers


def test_plain_connection_behind_https_is_not_called_verified(routed: Told) -> None:
    assert routed.saw["https://media-uji.example/story"].last.tls == ""


@pytest.mark.parametrize(
    ("path", "last"),
    [("moved", "https://media-uji.example/story"), ("away", "https://aman.example/story")],
)
def test_redirect_is_routed_again(routed: Told, path: str, last: str) -> None:
    pages = routed.saw[f"https://media-uji.example/{path}"].pages
    assert [page.url for page in pages] == [f"https://media-uji.example/{path}", last]
    assert pages[-1].status == 200


def test_certificate_is_checked_for_the_outlets_name(routed: Told) -> None:
    assert routed.saw["https://media-uji.example/away"].last.tls == "verified"
    assert routed.saw["https://palsu.example/story"].error == "BadCertificate"


def test_self_signed_certificate_is_refused(routed: Told, world: World) -> None:
    saw = routed.saw["https://sendiri.example/story"]
    assert (saw.error, saw.kind, saw.pages) == ("BadCertificate", "certificate", ())
    assert world.homemade.hits == []


def test_direct_certificate_is_verified(routed: Told, world: World) -> None:
    saw = routed.saw[f"{world.secure.url}/story"]
    assert (saw.last.tls, saw.last.ip_address) == ("verified", "127.0.0.1")


def test_closed_port_forbids_by_unreachable_robots(routed: Told) -> None:
    saw = routed.saw["http://tutup.example/story"]
    assert saw.error == "RobotsUnread"
    assert "could not be had" in saw.message


def test_unverified_outlet_is_fetched_and_says_so(world: World) -> None:
    url = f"{world.homemade.url}/story"
    outlet = Outlet(slug="uji", name="Uji", url=world.homemade.url, tls="unverified")
    told = probe(Ask(urls=[url], outlet=outlet))
    assert (told.saw[url].last.body, told.saw[url].last.tls) == (b"halo", "unverified")


@pytest.fixture(scope="module")
def proxied(world: World) -> Told:
    proxy = world.proxy.url.replace("//", "//user:rahasia@")
    proxies = {"http_proxy": proxy, "https_proxy": proxy}
    return probe(
        Ask(
            urls=[
                "http://bebas.example/story",
                "https://aman.example/story",
                "https://media-uji.example/out",
                "http://10.1.2.3/story",
                "http://langsung.example/story",
            ],
            outlet=Outlet(slug="uji", name="Uji", url="http://bebas.example"),
            crawl={
                "connect_to": {
                    "https://media-uji.example": world.plain.url,
                    "http://langsung.example": world.plain.url.replace("127.0.0.1", "localhost"),
                }
            },
            hosts={"localhost": "127.0.0.1"},
        ),
        env={**world.trust, **proxies, "no_proxy": "localhost"},
    )


def test_proxy_resolves_names(proxied: Told, world: World) -> None:
    assert proxied.saw["http://bebas.example/story"].last.body == b"halo"
    assert world.proxy.asked("http://bebas.example/story")
    assert proxied.lookups == ["localhost"]


def test_https_goes_through_a_tunnel_and_is_verified(proxied: Told, world: World) -> None:
    assert proxied.saw["https://aman.example/story"].last.tls == "verified"
    assert world.proxy.asked("aman.example:443")


def test_proxy_is_asked_for_the_target_of_a_route(proxied: Told, world: World) -> None:
    pages = proxied.saw["https://media-uji.example/out"].pages
    assert [page.url for page in pages] == [
        "https://media-uji.example/out",
        "http://bebas.example/story",
    ]
    assert world.proxy.asked(f"{world.plain.url}/out")[0].host == "media-uji.example"


def test_private_address_is_refused_behind_a_proxy(proxied: Told) -> None:
    assert proxied.saw["http://10.1.2.3/story"].error == "RefusedAddress"


def test_no_proxy_is_heeded_for_the_target(proxied: Told, world: World) -> None:
    assert proxied.saw["http://langsung.example/story"].last.body == b"halo"
    assert not [hit for hit in world.proxy.hits if "localhost" in hit.target]


def test_address_of_a_proxy_is_not_the_outlets(proxied: Told) -> None:
    assert proxied.saw["http://bebas.example/story"].last.ip_address == ""


def test_proxy_password_stays_out_of_the_capture(proxied: Told, world: World) -> None:
    (hit,) = world.proxy.asked("http://bebas.example/robots.txt")
    assert hit.headers["proxy-authorization"].startswith("Basic ")
    sent = [name for page in proxied.recorded for name, _ in page.request_headers]
    assert b"Proxy-Authorization" not in sent


def test_proxy_password_reaches_no_outlet(proxied: Told, world: World) -> None:
    hits = [
        *world.secure.hits,
        *(hit for hit in world.plain.hits if hit.host == "langsung.example"),
    ]
    assert hits
    assert not [hit for hit in hits if "proxy-authorization" in hit.headers]
