"""Where an outlet is really fetched from: `connect_to`, proxies, certificates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urldefrag, urlsplit, urlunsplit

from OpenSSL import SSL
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, TunnelError
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.settings import BaseSettings
from service_identity import VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web._newclient import ParseError
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from crawler.bounded import BoundedFactory
from crawler.guard import origin_of
from crawler.refused import BadCertificate, RefusedAddress
from crawler.resolver import refused_address

__all__ = ["NETWORK_ERRORS", "ConnectHandler", "RouteProxyMiddleware", "Routes", "host_header",
           "in_words"]  # fmt: skip

NETWORK_ERRORS: tuple[type[Exception], ...] = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    OSError,
    ResponseDataLossError,
    TunnelError,
    UnsupportedURLSchemeError,
)
"""What a download that got no answer ends with."""

_ENVIRONMENT = "_scheme_proxy"  # Scrapy's mark on a request whose proxy the environment chose
_SCHEMES = ("http", "https")
_PROXY_META = ("proxy", _ENVIRONMENT, "_auth_proxy")


@dataclass(frozen=True)
class Routes:
    """Which origin is fetched from which other one, like curl's `--connect-to`."""

    targets: Mapping[str, str]
    """Origin as origin_of() writes it, to the origin that answers for it."""

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """The routes of a crawl."""
        return cls(dict(settings.getdict("KLIPING_CONNECT_TO")))

    def wire_url(self, url: str) -> str:
        """The address that is connected to for `url`; `url` itself when it has no route."""
        target = self.targets.get(origin_of(url))
        if target is None:
            return url
        place, parts = urlsplit(target), urlsplit(url)
        return urlunsplit((place.scheme, place.netloc, parts.path or "/", parts.query, ""))


def host_header(url: str) -> str:
    """The Host of a request for `url`: without the scheme's default port (RFC 9110 §7.2)."""
    scheme, _, place = origin_of(url).partition("://")
    return place.removesuffix(":443" if scheme == "https" else ":80")


class ConnectHandler(HTTP11DownloadHandler):
    """Scrapy's handler, which follows routes and tells bad certificates from network errors.

    A routed exchange keeps its own address: Host header, certificate name and response URL.
    """

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False  # Twisted's second try knows no delay
        self._pool._factory = BoundedFactory
        self._routes = Routes.of(crawler.settings)
        self._routed: dict[str, _NamedHandler] = {}

    async def download_request(self, request: Request) -> Response:
        """The answer to a request. Raises BadCertificate, RefusedAddress or a network error."""
        wire = self._routes.wire_url(request.url)
        try:
            if wire == request.url:
                return await super().download_request(request)
            return await self._download_routed(request, wire)
        except DownloadFailedError as error:
            _raise_certificate_error(request.url, error)
            raise
        except CannotResolveHostError:
            _raise_private_name(wire)
            raise

    async def _download_routed(self, request: Request, wire: str) -> Response:
        routed = request.replace(url=wire)
        routed.headers["Host"] = host_header(request.url)
        response = await self._handler_for(request.url).download_request(routed)
        if "download_latency" in routed.meta:
            request.meta["download_latency"] = routed.meta["download_latency"]
        return response.replace(url=urldefrag(request.url)[0])

    def _handler_for(self, url: str) -> "_NamedHandler":
        """One handler, and so one pool of connections, per origin: each has its own certificate."""
        origin = origin_of(url)
        if origin not in self._routed:
            self._routed[origin] = _NamedHandler(self._crawler, origin)
        return self._routed[origin]

    async def close(self) -> None:
        """Close every pool of connections."""
        for handler in self._routed.values():
            await handler.close()
        await super().close()


class _NamedHandler(HTTP11DownloadHandler):
    """Asks every server for the certificate of one origin."""

    def __init__(self, crawler: Crawler, origin: str) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
        self._pool._factory = BoundedFactory
        policy: Any = _NamedPolicy(self._contextFactory, origin)
        self._contextFactory = policy


@implementer(IPolicyForHTTPS)
class _NamedPolicy:
    """A TLS policy that verifies the name of the origin, not of the place connected to."""

    def __init__(self, policy: Any, origin: str) -> None:
        self._policy = policy
        self._origin = urlsplit(origin)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802
        del hostname, port
        name = (self._origin.hostname or "").encode("ascii")
        return self._policy.creatorForNetloc(name, self._origin.port or 443)


def in_words(error: Exception) -> str:
    """Why a request brought no answer, in one line without Python's names around it."""
    if isinstance(error, DownloadTimeoutError):
        return "no whole answer came within crawl.timeout"
    reasons = [_reason(value) for value in _reasons(error)]
    said = "; ".join(dict.fromkeys(reasons)) or str(error) or type(error).__name__
    return " ".join(said.split())


def _reason(error: BaseException) -> str:
    if isinstance(error, ParseError):
        return f"no HTTP answer: {error.args[0]}"
    if isinstance(error, KeyError):  # Twisted's table of transfer codings
        return f"no HTTP answer: its Transfer-Encoding {error} is unknown"
    if isinstance(error, ConnectionClosed):
        return "the connection broke off before there was an answer"
    return str(error) or type(error).__name__


def _reasons(error: Exception) -> list[BaseException]:
    """What Twisted wrapped into a failed answer."""
    failures = getattr(error.__cause__, "reasons", ()) or ()
    return [getattr(failure, "value", failure) for failure in failures]


def _raise_certificate_error(url: str, error: DownloadFailedError) -> None:
    for value in _reasons(error):
        if isinstance(value, VerificationError):
            raise BadCertificate(f"{url}: its certificate is for another name") from error
        if isinstance(value, SSL.Error) and "certificate verify failed" in str(value):
            reason = "its certificate has expired or is signed by nobody known"
            raise BadCertificate(f"{url}: {reason}") from error


def _raise_private_name(wire: str) -> None:
    parts = urlsplit(origin_of(wire))
    address = refused_address(parts.hostname or "", parts.port or 0)
    if address:
        raise RefusedAddress(f"{wire}: its name resolves to {address}, a private address") from None


class RouteProxyMiddleware(HttpProxyMiddleware):
    """Chooses the environment's proxy (and `no_proxy`) by the address that is connected to."""

    _routes = Routes({})

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        middleware = super().from_crawler(crawler)
        middleware._routes = Routes.of(crawler.settings)
        return middleware

    def process_request(self, request: Request) -> None:  # type: ignore[override]
        """Set the proxy of a request anew: a redirect may lead where none, or another, is used."""
        if _ENVIRONMENT in request.meta:
            for key in _PROXY_META:
                request.meta.pop(key, None)
            request.headers.pop("Proxy-Authorization", None)
        if self.proxies.keys().isdisjoint(_SCHEMES) and "proxy" not in request.meta:
            return
        stand_in = request.replace(url=self._routes.wire_url(request.url))
        super().process_request(stand_in)
        request.meta.update(
            {key: stand_in.meta[key] for key in _PROXY_META if key in stand_in.meta}
        )
        secret = stand_in.headers.get("Proxy-Authorization")
        if secret:
            request.headers["Proxy-Authorization"] = secret
