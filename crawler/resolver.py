"""Names that resolve into a private network are no names: the guard behind the guard."""

from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from crawler.guard import is_private

__all__ = ["GuardedResolver", "refused_address"]

_REFUSED: dict[tuple[str, int], str] = {}


def refused_address(host: str, port: int) -> str:
    """The private address for which a name was refused, or ''."""
    return _REFUSED.get((host, port), "")


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, which never hands out a private address for a public name.

    What was checked is what is connected to: there is no second look-up, and answers stay in
    Scrapy's cache for the whole crawl, so a name cannot be rebound. The origins in KLIPING_ALLOWED
    and the proxies of the environment may be private, each at its own port only.
    """

    _allowed: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """As Scrapy makes it; only the settings of `crawler` are read."""
        resolver = super().from_crawler(crawler, reactor)
        origins = [urlsplit(origin) for origin in crawler.settings.getlist("KLIPING_ALLOWED")]
        own = {(origin.hostname or "", origin.port or 0) for origin in origins}
        resolver._allowed = frozenset(own) | _proxies()
        return resolver

    def install_on_reactor(self) -> None:
        """Become the reactor's resolver, behind the check."""
        super().install_on_reactor()
        names = self.reactor.nameResolver
        guarded: Any = _PublicNames(names, allowed=self._allowed)
        self.reactor.installNameResolver(guarded)


def _proxies() -> frozenset[tuple[str, int]]:
    """Proxies by name; tunnels are looked up without their port (Twisted's TCP4ClientEndpoint)."""
    found: set[tuple[str, int]] = set()
    for address in getproxies().values():
        try:
            parts = urlsplit(address if "://" in address else f"http://{address}")
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:  # Scrapy's proxy middleware passes over it, too
            continue
        found |= {(parts.hostname or "", port), (parts.hostname or "", 0)}
    return frozenset(found)


@implementer(IHostnameResolver)
class _PublicNames:
    """Resolves names for host and port, and keeps private answers back."""

    def __init__(self, names: Any, *, allowed: frozenset[tuple[str, int]]) -> None:
        self._names = names
        self._allowed = allowed

    def resolveHostName(  # noqa: N802 -- the interface is Twisted's
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        receiver = resolutionReceiver
        if (hostName.lower().rstrip("."), portNumber) not in self._allowed:
            receiver = _PublicAddresses(receiver, (hostName, portNumber))
        return self._names.resolveHostName(receiver, hostName, portNumber, *args, **kwargs)


@implementer(IResolutionReceiver)
class _PublicAddresses:
    """Passes public addresses on and notes the others."""

    def __init__(self, receiver: Any, place: tuple[str, int]) -> None:
        self._receiver = receiver
        self._place = place

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_private(address.host):
            _REFUSED[self._place] = address.host
            return
        self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()
