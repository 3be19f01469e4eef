"""Hostile addresses: what a link or redirect must not make us fetch (request forgery, SSRF)."""

import ipaddress
import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.errors import HostileAddress
from archive.types import Outlet
from crawler.refused import RefusedAddress

__all__ = ["GuardMiddleware", "check_address", "is_private", "origin_of"]

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_PRIVATE_ENDINGS = (
    "localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "private",
    "home.arpa",
)  # fmt: skip
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_STRANGE = re.compile(r"[\x00-\x20\x7f\\%<>^`{|}/?#@]")


def check_address(url: str, *, allowed: frozenset[str]) -> None:
    """Return quietly when `url` may be fetched; raise HostileAddress, with the reason, if not.

    Refused: other schemes, user names, private, loopback, link-local, shared and multicast
    addresses in every spelling that a resolver takes (127.1, 0x7f.1, 2130706433, ::ffff:7f00:1),
    names of this machine and its network. `allowed` holds origins as origin_of() writes them.
    A public name may still resolve to a private address: GuardedResolver sees to that.
    """
    try:
        parts = urlsplit(url)
        if origin_of(url) in allowed and "@" not in parts.netloc:
            return
        reason = _why_not(parts)
    except ValueError as error:
        reason = str(error)
    if reason:
        raise HostileAddress(_CONTROL.sub("?", f"{url[:2048]}: {reason}; not fetched"))


def origin_of(url: str) -> str:
    """Scheme, host and port, always with the port: `https://kantamedia.com:443`.

    Raises ValueError for what is no absolute http(s) address.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("neither http nor https, or without a host")
    host = parts.hostname.rstrip(".")
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or _PORTS[parts.scheme]}"


def _why_not(parts: SplitResult) -> str:
    if "@" in parts.netloc:
        return "a user name in the address"
    name = _plain(parts.hostname or "")
    if not name or _STRANGE.search(name) or _STRANGE.search(unquote(parts.netloc)):
        return "no usable host"
    address = _literal(name)
    if address is not None:
        return f"{address} is a private address" if is_private(address) else ""
    if _has_private_ending(name):
        return f"{name} names this machine or its network"
    return "" if "." in name else f"{name} is a name of a local network"


def _has_private_ending(name: str) -> bool:
    return any(name == ending or name.endswith(f".{ending}") for ending in _PRIVATE_ENDINGS)


def _plain(host: str) -> str:
    """The host as a resolver reads it: unescaped, compatibility forms folded, no final dot."""
    folded = unicodedata.normalize("NFKC", unquote(host)).replace("\u3002", ".")
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return visible.lower().rstrip(".")


def _literal(name: str) -> IPv4Address | IPv6Address | None:
    """The address that a host spells out, or None for a name. Raises ValueError for neither."""
    if ":" in name:
        return IPv6Address(name)
    labels = name.split(".")
    if not _NUMBER.fullmatch(labels[-1]):  # a host that ends in a number is an IPv4 address: WHATWG
        return None
    if len(labels) > 4:
        raise ValueError(f"{name} is no IPv4 address")
    *first, last = (_number(label) for label in labels)
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        raise ValueError(f"{name} is no IPv4 address")
    shifted = (number << 8 * (3 - place) for place, number in enumerate(first))
    return IPv4Address(sum(shifted) + last)


def _number(label: str) -> int:
    """One part of an IPv4 address as inet_aton(3) takes it: decimal, 0x hexadecimal, 0 octal."""
    if not _NUMBER.fullmatch(label) or len(label) > 20:
        raise ValueError(f"{label[:20]!r} is no number")
    if label.startswith("0x"):
        return int(label[2:] or "0", 16)
    return int(label, 8 if label.startswith("0") else 10)


def is_private(address: IPv4Address | IPv6Address | str) -> bool:
    """Whether an address is not one of the public internet, looking into IPv6 forms of IPv4.

    Loopback, private (RFC 1918, 4193), link-local with the metadata services of clouds, shared
    (RFC 6598), multicast, reserved and unspecified addresses are private.
    """
    ip = ipaddress.ip_address(address) if isinstance(address, str) else address
    if isinstance(ip, IPv4Address):
        return not ip.is_global or ip.is_multicast or ip.is_reserved
    inner = _embedded(ip)
    if inner is not None:
        return is_private(inner)
    return not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_site_local


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped, 6to4 or NAT64 address leads to."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class GuardMiddleware:
    """Refuses hostile addresses before anything is asked for; redirects pass here again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._configured = frozenset(crawler.settings.getlist("KLIPING_ALLOWED"))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """As Scrapy makes it."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let a request pass, or raise RefusedAddress."""
        try:
            check_address(request.url, allowed=self._configured | self._own_origin())
        except HostileAddress as error:
            raise RefusedAddress(str(error)) from None

    def _own_origin(self) -> frozenset[str]:
        outlet = getattr(self._crawler.spider, "outlet", None)
        return frozenset({origin_of(outlet.url)}) if isinstance(outlet, Outlet) else frozenset()
