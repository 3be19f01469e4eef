"""DNS rebinding: the address that is checked is the one that is connected to."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

import pytest
from crawlprobe import Ask, Told, probe
from hypothesis import given
from hypothesis import strategies as st
from loopback import Loopback, redirect, reply, serve
from twisted.internet.address import IPv4Address as Place
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from archive.types import Outlet
from crawler.guard import is_private
from crawler.resolver import GuardedResolver

HOME, THEIRS = "93.184.216.34", "93.184.216.35"  # public; no packet goes there
NAMES = {
    "media-uji.example": HOME,
    "berganti.example": [THEIRS, "127.0.0.1"],
    "menyusul.example": ["127.0.0.1", THEIRS],
    "awan.example": ["169.254.169.254", THEIRS],
}


@pytest.fixture(scope="module")
def secret() -> Iterator[Loopback]:
    """A server of the private network, on a port that links name."""
    with serve({"/rahasia/": reply(body=b"rahasia"), "/": reply(body=b"rahasia")}) as server:
        yield server


@pytest.fixture(scope="module")
def told(secret: Loopback) -> Iterator[Told]:
    home = "http://media-uji.example"
    routes = {
        "/": reply(body=b"halo"),
        "/lewat/": redirect(f"http://berganti.example:{secret.port}/rahasia/"),
        "/lewat-awan/": redirect("http://awan.example/latest/meta-data/"),
    }
    with serve(routes) as public:
        internet = {HOME: ("127.0.0.1", public.port), THEIRS: ("127.0.0.1", public.port)}
        told = probe(
            Ask(
                urls=[
                    "http://berganti.example/",
                    f"http://berganti.example:{secret.port}/rahasia/",
                    f"{home}/lewat/",
                    f"{home}/lewat-awan/",
                    f"http://menyusul.example:{secret.port}/rahasia/",
                    "http://menyusul.example/",
                ],
                outlet=Outlet(slug="uji", name="Uji", url=home),
                hosts=NAMES,
                internet=internet,
            )
        )
        told.saw = {url.replace(str(secret.port), "PORT"): saw for url, saw in told.saw.items()}
        yield told


def test_name_that_is_public_is_asked_at_its_public_address(told: Told) -> None:
    assert told.saw["http://berganti.example/"].last.body == b"halo"


@pytest.mark.parametrize("name", ["berganti.example", "menyusul.example", "awan.example"])
def test_name_is_looked_up_once_a_crawl(told: Told, name: str) -> None:
    assert told.lookups.count(name) == 1


@pytest.mark.parametrize(
    "url",
    ["http://menyusul.example:PORT/rahasia/", "http://media-uji.example/lewat-awan/"],
    ids=["link", "redirect"],
)
def test_name_that_is_private_at_first_is_refused(told: Told, url: str) -> None:
    assert (told.saw[url].error, told.saw[url].kind) == ("RefusedAddress", "hostile-address")


def test_nothing_private_is_connected_to_or_read(told: Told, secret: Loopback) -> None:
    assert set(told.connected) == {HOME, THEIRS}
    assert secret.hits == []
    bodies = [page.body for saw in told.saw.values() for page in saw.pages]
    assert b"rahasia" not in b"".join(bodies)


# -- one name, several addresses ---------------------------------------------------------------


@implementer(IHostnameResolver)
class _Names:
    """A name service that gives all addresses of a name at once."""

    def __init__(self, addresses: list[IPv4Address]) -> None:
        self._addresses = addresses

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: Any, **__: Any) -> Any:  # noqa: N802
        receiver.resolutionBegan(_Resolution(name))
        for address in self._addresses:
            receiver.addressResolved(Place("TCP", str(address), port))
        receiver.resolutionComplete()
        return receiver


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Never asked to."""


class _Reactor(MemoryReactorClock):
    """A reactor in memory that takes a resolver as the real one does."""

    def installNameResolver(self, resolver: Any) -> Any:  # noqa: N802
        self.nameResolver = resolver

    def installResolver(self, resolver: Any) -> Any:  # noqa: N802
        """Only the name resolver is asked here."""


def tried(addresses: list[IPv4Address]) -> list[str]:
    """To which of a name's addresses a client connects, one after the other."""
    reactor = _Reactor()
    reactor.installNameResolver(_Names(addresses))
    GuardedResolver(reactor, cache_size=10, timeout=1).install_on_reactor()
    answer = HostnameEndpoint(reactor, b"jahat.example", 80).connect(Factory())
    answer.addErrback(lambda failure: None)
    for _ in addresses:
        reactor.advance(1)
    return [client[0] for client in reactor.tcpClients]


@given(st.lists(st.ip_addresses(v=4), max_size=4, unique=True))
def test_of_several_addresses_only_public_ones_are_connected_to(
    addresses: list[IPv4Address],
) -> None:
    assert tried(addresses) == [str(ip) for ip in addresses if not is_private(ip)]


def test_private_address_among_public_ones_is_left_out() -> None:
    mixed = [IPv4Address(text) for text in ("10.0.0.1", HOME, "127.0.0.1", THEIRS)]
    assert tried(mixed) == [HOME, THEIRS]
