"""Addresses: which of them are one story, and how they sort in an index. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from archive.url_marks import is_shared, meaningful_path, meaningful_query

__all__ = [
    "LONGEST_URL",
    "absolute_url",
    "canonical_url",
    "is_fetchable",
    "is_front_page",
    "is_within",
    "same_outlet",
    "urlkey",
]

LONGEST_URL = 2048
"""Characters of the longest address we file or fetch (the limit of the sitemap protocol)."""

_LONGEST_RAW = 8192  # read no further: what is longer before cleaning is an attack or an accident
_SCHEME = re.compile(r"(?:https?(?::/+|//+|:(?=https?:)))+", re.IGNORECASE)
_AROUND = " \t\r\n\f\v\x00\u00a0\u200b\u200c\u200d\u2060\ufeff<>\"'“”"
_LINE_BREAK = re.compile(r"[\t\r\n]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_TWIN = re.compile(r"(?:www|m|amp)\.(?=.*\.)")
# `m.co.id` is a name of its own: what would be left is no outlet's name
_REGISTRY = re.compile(r"(?:ac|biz|co|com|desa|go|gov|mil|my|net|or|org|sch|web)\.[a-z]{2}")
# a domain under which anybody can have a name
_OF_MANY = re.compile(
    rf"{_REGISTRY.pattern}|(?:blogspot|wordpress|blogger|github|medium|wixsite|weebly)\.[a-z.]+"
)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/%:@!$&'()*+,;="
_INDEX_FILE = re.compile(r"/(?:index\.(?:html?|php))?", re.IGNORECASE)


@dataclass(frozen=True)
class _Address:
    """An address in its parts: host in lower case, port None when default, no fragment."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str

    @property
    def is_public(self) -> bool:
        """The host is a name with a dot, not an IP address in any spelling and not this machine."""
        last = self.host.rpartition(".")[2]
        return "." in self.host and last != "localhost" and not re.match(r"\d", last)

    @property
    def site(self) -> tuple[str, int | None]:
        """Host without its `www.`, `m.` and `amp.` twins, and port."""
        return (_without_twins(self.host) if self.is_public else self.host), self.port

    def written(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        return _checked(f"{self.scheme}://{host}{port}{self.path}{query}")


def canonical_url(url: str, *, declared: str = "", outlet_url: str = "") -> str:
    """The one address a story is filed under: https, without twins, tracking, AMP or mobile marks.

    `declared` is the page's own rel=canonical: believed only when it is absolute, stays within the
    outlet (of `outlet_url` or of `url`) and is not the front page. Query keys are sorted; a key
    that may mean something (`p`, `page`) is kept. A host that is an IP address or has no dot, and
    any address with an explicit port, keep their scheme: http and https are two servers there.

    >>> canonical_url("http://www.kantamedia.com:80/eksekutif/slug/?utm_source=wa&amp=1#top")
    'https://kantamedia.com/eksekutif/slug'

    Raises ValueError for what is no http(s) address or is longer than LONGEST_URL when cleaned.
    """
    filed = _canonical(url)
    return (declared and _believed(declared, within=(outlet_url, url))) or filed


def absolute_url(link: str, *, base: str) -> str:
    """The address that `link`, found at `base`, leads to; encoded, without fragment, else as given.

    Raises ValueError for what is no http(s) address or is longer than LONGEST_URL.
    """
    tidy = _tidy(link)
    if "://" not in tidy and same_outlet(f"https://{tidy.partition('/')[0]}", base):
        tidy = f"//{tidy}"  # `kantamedia.com/slug`: feeds forget the scheme
    address = _split(urljoin(base, tidy))
    path = _encoded(address.path, safe=_PATH_SAFE) or "/"
    query = _encoded(address.query, safe=f"{_PATH_SAFE}?")
    return _Address(address.scheme, address.host, address.port, path, query).written()


def urlkey(url: str) -> str:
    """The SURT key of an address, as CDX indexes sort it: `com,kantamedia)/eksekutif/slug?a=1`.

    Lower case, without scheme, `www.` and default port, query sorted; AMP and tracking marks stay,
    because each of them is a capture of its own. Raises ValueError as canonical_url does.
    """
    address = _split(_tidy(url))
    host = re.sub(r"^www\d*\.(?=.*\.)", "", address.host)
    reversed_host = host if ":" in host else ",".join(reversed(host.split(".")))
    port = "" if address.port is None else f":{address.port}"
    path = re.sub("/+", "/", _encoded(address.path, safe=_PATH_SAFE)).rstrip("/") or "/"
    pairs = sorted(_encoded(address.query, safe=f"{_PATH_SAFE}?").split("&"))
    query = "?" + "&".join(pairs) if address.query else ""
    return _checked(f"{reversed_host}{port}){path}{query}".lower())


def same_outlet(url: str, outlet_url: str) -> bool:
    """Both addresses are of one host and port, `www.`, `m.` and `amp.` twins included.

    Any other subdomain is an outlet of its own: jambi.tribunnews.com is not tribunnews.com.
    """
    try:
        return _site(url) == _site(outlet_url)
    except ValueError:
        return False


def is_within(url: str, outlet_url: str, *, network: str = "") -> bool:
    """The address is the outlet's: of its host, its twins or a host below it, at any port.

    With a `network`, also of the other hosts under the network's domain. What hosts many owners
    (`co.id`, `blogspot.com`) is no such domain.

    >>> is_within("https://solo.tribunnews.com/a", "https://jambi.tribunnews.com", network="tribun")
    True
    """
    try:
        host, home = _split(_tidy(url)).site[0], _split(_tidy(outlet_url)).site[0]
    except ValueError:
        return False
    parent = home.partition(".")[2]
    if network and "." in parent and not _OF_MANY.fullmatch(parent):
        home = parent
    return host == home or host.endswith(f".{home}")


def is_front_page(url: str) -> bool:
    """The address is an outlet's front page, whatever tracking it carries."""
    try:
        address = _split(_canonical(url))
    except ValueError:
        return False
    return not address.query and _INDEX_FILE.fullmatch(address.path) is not None


def is_fetchable(url: str) -> bool:
    """The address is absolute http or https, has a usable host, and is not too long."""
    try:
        _split(_checked(url))
    except ValueError:
        return False
    return True


@lru_cache(maxsize=2048)  # one address is asked about several times in a row
def _canonical(url: str) -> str:
    tidy = _tidy(url)
    address = _split(f"https:{tidy}" if tidy.startswith("//") else tidy)
    host, port = address.site
    scheme = "https" if address.is_public and port is None else address.scheme
    path = meaningful_path(_encoded(address.path, safe=_PATH_SAFE))
    # behind a share button's address the query is the message that would be sent
    is_message = is_shared(address.path)
    query = "" if is_message else meaningful_query(_encoded(address.query, safe=f"{_PATH_SAFE}?"))
    return _Address(scheme, host, port, path, query).written()


@lru_cache(maxsize=256)
def _site(url: str) -> tuple[str, int | None]:
    return _split(_tidy(url)).site


def _believed(declared: str, *, within: tuple[str, ...]) -> str:
    """The declared canonical in its filed form, or ''."""
    try:
        filed = _canonical(declared) if _SCHEME.match(_tidy(declared)) else ""
    except ValueError:
        return ""
    stays = any(same_outlet(declared, url) for url in within)
    return filed if stays and not is_front_page(declared) else ""


def _tidy(url: str) -> str:
    """Without what copying, hand-written links and templates leave around and inside."""
    if len(url) > _LONGEST_RAW:
        raise ValueError(f"address of {len(url)} characters, at most {LONGEST_URL} are read")
    text = _LINE_BREAK.sub("", url.strip(_AROUND))
    before, mark, query = text.partition("?")
    text = before.replace("\\", "/") + mark + re.sub("&(?:amp;)+", "&", query)
    if match := _SCHEME.match(text):
        scheme = re.findall("https?", match[0], re.IGNORECASE)[-1].lower()
        return f"{scheme}://{text[match.end() :]}"
    return text


@lru_cache(maxsize=2048)
def _split(url: str) -> _Address:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"no http(s) address: {url[:100]!r}")
    host = _host(parts.hostname or "")
    address = _Address(parts.scheme, host, parts.port, parts.path, parts.query)
    # the other scheme's default port is a twin too, but only of a public name
    default = {80, 443} if address.is_public else {{"http": 80, "https": 443}[parts.scheme]}
    if parts.port not in default:
        return address
    return _Address(parts.scheme, host, None, parts.path, parts.query)


def _host(host: str) -> str:
    if ":" in host:
        return str(ipaddress.IPv6Address(host.replace("%", "no zone")))
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    host = host.removesuffix(".")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ValueError(f"no host name: {host[:100]!r}")
    return host


def _without_twins(host: str) -> str:
    while match := _TWIN.match(host):
        rest = host[match.end() :]
        if _REGISTRY.fullmatch(rest):
            return host
        host = rest
    return host


def _encoded(text: str, *, safe: str) -> str:
    """Percent-encoding in its one normal form (RFC 3986 §6.2.2)."""
    whole = _STRAY_PERCENT.sub("%25", text)
    return quote(_PERCENT.sub(_plain_or_upper, whole), safe=safe)


def _plain_or_upper(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _checked(url: str) -> str:
    if len(url) > LONGEST_URL:
        raise ValueError(f"address of {len(url)} characters, at most {LONGEST_URL} are kept")
    return url
