"""The lead image of a story: which address, which addresses are one image, when to ask. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.types import LeadImage

__all__ = ["LONGEST", "image_key", "is_due", "largest"]

LONGEST = 2048
"""Bytes of an address that is believed to be an image's."""

_TRIES = 3
_NEXT_NIGHT = timedelta(hours=6)
_MOST_OF_A_STORY = 5
"""A page that names its image another way at every look does not make us fetch for ever."""

_ORIGINAL = float("inf")
_SCALED = 2560.0  # WordPress keeps no larger one beside the original
_PHOTON = re.compile(r"i\d\.wp\.com")
_SHARD = re.compile(
    r"(assets?|cdn|ima?ge?s?|imgs?|static|statik|media|photos?|foto|pics?|lh|c|s)-?\d+"
)
_BLOGSPOT = re.compile(r"\d\.bp\.blogspot\.com")
_GOOGLE = re.compile(r"(?:.+\.)?(?:googleusercontent|blogspot|ggpht)\.com")
_GOOGLE_SIZE = re.compile(r"[swh](?:\d+)(?:-[a-z0-9]+)*", re.IGNORECASE)
_IN_NAME = re.compile(r"-(\d{2,4})x(\d{2,4})(?=\.[a-z0-9]{3,4}$)", re.IGNORECASE)
_IS_SCALED = re.compile(r"-scaled(?=\.[a-z0-9]{3,4}$)", re.IGNORECASE)
_SEGMENT = re.compile(r"(\d{2,4})x(\d{2,4})")
_SIZE_FIELDS = frozenset({"w", "h", "width", "height", "resize", "fit", "crop", "size", "zoom"})
_LOOK_FIELDS = frozenset({"ssl", "strip", "quality", "q", "dpr", "auto", "webp"})


def largest(addresses: Iterable[str]) -> str:
    """The largest form of the image that the first address names, among all of them, or ''.

    An address without a mark of size is the original's; among equals https goes first.
    """
    found = list(dict.fromkeys(addresses))[:20]
    key = image_key(found[0]) if found else ""
    same = [address for address in found if image_key(address) == key]
    return max(same, key=_rank, default="")


def _rank(address: str) -> tuple[float, bool, bool]:
    host = _host(address)
    return _size(address), address.startswith("https:"), not _PHOTON.fullmatch(host)


def image_key(address: str) -> str:
    """What all sizes and copies of one image share, and no other image of the same story has.

    Left out: scheme, `www.`, the number of a host that is one of several, Jetpack's proxy in front
    of the address, and marks of size: WordPress's `-150x150`, Google's `/s1600/` and `=w640-h360`,
    `?w=640`.
    """
    try:
        parts = urlsplit(_unwrapped(address))
        host = (parts.hostname or "").removeprefix("www.")
        fields = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return address
    kept = [(name, value) for name, value in fields if not _is_look(name)]
    path = _unsized(parts.path, is_google=bool(_GOOGLE.fullmatch(host)))
    return f"{_shared(host)}{path}" + (f"?{urlencode(kept)}" if kept else "")


def _unwrapped(address: str) -> str:
    """The address that Jetpack's image proxy stands in front of, or the address itself."""
    parts = urlsplit(address)
    if not _PHOTON.fullmatch(parts.hostname or ""):
        return address
    return f"https:/{parts.path}"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _shared(host: str) -> str:
    """The name that the hosts have in common among which an outlet's images are spread."""
    if _BLOGSPOT.fullmatch(host):
        return "bp.blogspot.com"
    first, _, rest = host.partition(".")
    shard = _SHARD.fullmatch(first)
    return f"{shard[1]}.{rest}" if shard and "." in rest else host


def _is_look(name: str) -> bool:
    return name.lower() in _SIZE_FIELDS or name.lower() in _LOOK_FIELDS


def _unsized(path: str, *, is_google: bool) -> str:
    whole, equals, size = path.rpartition("=")
    if is_google and equals and _GOOGLE_SIZE.fullmatch(size):
        path = whole
    segments = [_IS_SCALED.sub("", _IN_NAME.sub("", part)) for part in path.split("/")]
    return "/".join(part for part in segments if not _is_size(part, is_google=is_google))


def _is_size(segment: str, *, is_google: bool) -> bool:
    return bool(_SEGMENT.fullmatch(segment) or (is_google and _GOOGLE_SIZE.fullmatch(segment)))


def _size(address: str) -> float:
    """The longer side in pixels as far as the address tells; an original has no mark."""
    try:
        parts = urlsplit(address)
        fields = parse_qsl(parts.query)
    except ValueError:
        return 0.0
    numbers = [*_sizes_in(parts.path, is_google=bool(_GOOGLE.fullmatch(parts.hostname or "")))]
    for name, value in fields:
        if name.lower() in _SIZE_FIELDS:
            numbers += map(float, re.findall(r"\d{1,5}", value))
    return max((number for number in numbers if number), default=_ORIGINAL)


def _sizes_in(path: str, *, is_google: bool) -> Iterable[float]:
    for segment in path.split("/"):
        if _IS_SCALED.search(segment):
            yield _SCALED
        named = _IN_NAME.search(segment) or _SEGMENT.fullmatch(segment)
        if named:
            yield from map(float, named.groups())
        google = segment.rpartition("=")[2] if is_google else ""
        if google and _GOOGLE_SIZE.fullmatch(google):
            yield from map(float, re.findall(r"(?<=[swh])\d{1,5}", google.lower()))


def is_due(address: str, known: Sequence[LeadImage], *, limit: int, now: datetime) -> bool:
    """Whether a story's image is worth a request, given what is `known` of the story's images.

    One that is kept is never asked for again, in no size. What failed is tried on two later nights,
    what was too large when the limit grew, what was missing or refused never.
    """
    if len(address.encode("utf-8", "replace")) > LONGEST:
        return False
    key = image_key(address)
    if any(image.outcome == "kept" and image_key(image.url) == key for image in known):
        return False
    before = next((image for image in known if image.url == address), None)
    if before is None:
        return len(known) < _MOST_OF_A_STORY
    if before.outcome == "too-large":
        return before.bytes <= limit
    is_later = now - before.fetched_at >= _NEXT_NIGHT
    return before.outcome == "error" and before.tries < _TRIES and is_later
