"""What a site's answers tell of it: platform, name, zone, region, template. Pure."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from archive.errors import Unreadable
from archive.types import Page
from archive.urls import absolute_url
from crawler.discover import Candidate, plain_title
from crawler.regions import CLOCKS, province_of, province_of_datelines, zone_of_province
from crawler.tree import Element, parsed

__all__ = [
    "ANY",
    "ASK_THEM",
    "FALLBACK",
    "Front",
    "Obstacle",
    "SeedFound",
    "SiteFacts",
    "TrialStory",
    "Zone",
    "clock_of_posts",
    "declared_zone",
    "name_of",
    "newest",
    "read_front",
    "region_of",
    "slug_of",
    "zone_of",
]

FALLBACK = "wordpress"
"""As which the seeds of a site are asked for that shows no platform: all kinds are tried."""
ANY = "news"
"""The platform of a site that is on none that is known: sitemaps, feed and front page are read."""
ASK_THEM = "write to the outlet, and set crawl.contact to a page it can trust; nothing else helps"
"""What to do about a site that asks for a human."""
_DEFAULT_ZONE = "Asia/Jakarta"
_ZONES = frozenset({*CLOCKS.values(), "Asia/Pontianak", "Asia/Ujung_Pandang"})
_THEME = re.compile(r"/wp-content/themes/([A-Za-z0-9_.-]{1,60})/")
_WORDPRESS = re.compile(r"/wp-(?:content|includes|json)/|xmlrpc\.php\?rsd", re.IGNORECASE)
_BLOGGER = re.compile(
    r"www\.google\.com/2005/gml/b|www\.blogger\.com/(?:feeds|static|dyn-css)|\.bp\.blogspot\.com"
)
_TRIBUN = re.compile(r"(?:^|\.)tribunnews\.com$")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_COMMENTS = re.compile(r"comment|komentar", re.IGNORECASE)
_MARKS = re.compile(r"\s*(?:[|–—»:]|\s-\s|&raquo;)\s*")
_FEED_NAME = re.compile(
    r"\s*(?:»|&raquo;|[-–|])\s*(?:feed|umpan|rss|atom).*$|^rss\b.*$", re.IGNORECASE
)
_LIST_NAME = re.compile(
    r"(?:berita|kabar|news|home|beranda|situs|portal|media online)\b.*", re.IGNORECASE
)
_DECLARED = re.compile(
    r"(?:datePublished|article:published_time|itemprop=[\"']datePublished)[^<>]{0,60}?"
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?([+-])(\d\d):?(\d\d)"
)
_SUFFIXES = frozenset(
    {"com", "co", "id", "net", "org", "or", "go", "ac", "sch", "web", "my", "biz", "info", "news"}
    | {"media", "online", "press", "tv", "site", "xyz", "blog", "example", "test"}
)
_NETWORK_HOST = "tribunnews.com"
_NEVER = datetime.min.replace(tzinfo=UTC)
_QUARTER = 900  # seconds: two clocks that are set differ by so much at least


@dataclass(frozen=True)
class Obstacle:
    """Why nothing, or not enough, could be learnt of a site."""

    kind: str
    """One word: unreachable, moved, robots, challenge, certificate, too-large, no-news …"""
    detail: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class SeedFound:
    """One kind of seed: where it was asked for, and what it listed."""

    kind: str
    """`REST API`, `feed`, `sitemap`, `index` or `search`."""
    url: str
    stories: int = 0
    detail: str = ""
    """What else it says, or why it cannot be used."""

    @property
    def is_open(self) -> bool:
        """It lists stories of the outlet."""
        return self.stories > 0


@dataclass(frozen=True)
class Zone:
    """The zone of an outlet's dates (IANA), why, and whether that is a guess."""

    name: str
    why: str
    is_guess: bool = False


@dataclass(frozen=True, kw_only=True)
class TrialStory:
    """One of the newest stories as a crawl would read it; `problem` says why it could not be."""

    url: str
    headline: str = ""
    byline: str = ""
    dateline: str = ""
    published_at: datetime | None = None
    zone: str = ""
    """In which its date is printed (IANA); that of the outlet where the page names none."""
    begins: str = ""
    length: int = 0
    """Characters of its text."""
    parts: int = 1
    """Pages over which it is split."""
    problem: str = ""
    is_refused: bool = False
    """The site asked for a human, or refused us, instead of showing it."""
    html: str = field(default="", repr=False)
    page: Page | None = field(default=None, repr=False)

    @property
    def is_read(self) -> bool:
        """A story was found on the page."""
        return not self.problem


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """All that a look at a site told."""

    url: str
    """Its front page, as it answered; no slash at the end."""
    obstacle: Obstacle | None = None
    """Why the look ended early."""
    platform: str = ""
    """One of PLATFORMS, or '' for none that Kliping knows."""
    platform_why: str = ""
    name: str = ""
    region: str = ""
    zone: Zone = Zone(_DEFAULT_ZONE, "nothing tells it", is_guess=True)
    template: str = ""
    asked_as: str = FALLBACK
    """The platform whose seeds were asked for."""
    declared_feeds: tuple[str, ...] = ()
    seeds: tuple[SeedFound, ...] = ()
    search: str = ""
    paging: str = ""
    robots: tuple[str, ...] = ()
    """What is notable in its robots.txt."""
    trial: tuple[TrialStory, ...] = ()

    @property
    def has_seeds(self) -> bool:
        """Some kind of seed lists stories that a crawl could ask for."""
        return any(seed.is_open for seed in self.seeds if seed.kind != "index")

    @property
    def read(self) -> tuple[TrialStory, ...]:
        """The stories of the trial that could be read."""
        return tuple(story for story in self.trial if story.is_read)

    @property
    def wall(self) -> Obstacle | None:
        """What stands before every story of the trial: the site refuses us there."""
        if not self.trial or not all(story.is_refused for story in self.trial):
            return None
        detail = f"{self.trial[0].url}: {self.trial[0].problem}"
        return Obstacle("challenge", f"{detail}, and so all that was asked for", ASK_THEM)

    def seed(self, kind: str) -> SeedFound | None:
        """The best seed of a kind: an open one, if there is one."""
        found = [seed for seed in self.seeds if seed.kind == kind]
        return next((seed for seed in found if seed.is_open), found[0] if found else None)


@dataclass(frozen=True, kw_only=True)
class Front:
    """What a front page declares."""

    platform: str = ""
    why: str = ""
    api_root: str = ""
    """Where WordPress says that its REST API is."""
    feeds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """What it calls itself, likeliest first."""
    motto: str = ""
    template: str = ""


def read_front(html: str, *, url: str) -> Front:
    """What the front page at `url` declares of itself."""
    try:
        tree = parsed(html)
    except Unreadable:
        return Front()
    platform, why = _platform(tree, html, url=url)
    links = [link for link in tree.iter("link") if link.get("href")]
    return Front(
        platform=platform,
        why=why,
        api_root=next((_whole(k, url) for k in links if _rel(k) == "https://api.w.org/"), ""),
        feeds=tuple(_whole(link, url) for link in links if _is_feed(link)),
        names=tuple(filter(None, _names(tree, links))),
        motto=_meta(tree, "description"),
        template=_template(tree, html, platform=platform),
    )


def _platform(tree: Element, html: str, *, url: str) -> tuple[str, str]:
    host, generator = urlsplit(url).hostname or "", _meta(tree, "generator")
    if _TRIBUN.search(host):
        return "tribun", f"{host} is in the Tribun Network"
    named = generator.partition(" ")[0].lower()
    if named in {"wordpress", "blogger"}:
        return named, f"its generator is {generator[:40]}"
    if _BLOGGER.search(html) or ".blogspot." in f"{host}.":
        return "blogger", "its pages are Blogger's"
    if _WORDPRESS.search(html):
        return "wordpress", "its pages link to wp-content, wp-includes or wp-json"
    return "", "neither generator nor links of its pages name a platform"


def _template(tree: Element, html: str, *, platform: str) -> str:
    if platform == "tribun":
        return "Tribun Network"
    if platform == "wordpress":
        themes = Counter(_THEME.findall(html))
        return ", ".join(name for name, _ in themes.most_common(2))
    if platform == "blogger":
        named = re.search(r"Name:\s*([^\n<>*]{2,60})", html)
        layout = next((root.get("class", "") for root in tree.iter("html")), "")
        return (named[1].strip() if named else "") or (f"layout {layout}" if layout else "")
    return ""


def _names(tree: Element, links: Sequence[Element]) -> Iterable[str]:
    yield _meta(tree, "og:site_name")
    for link in links:
        if _is_feed(link) and link.get("title"):
            yield plain_title(_FEED_NAME.sub("", link.get("title", "")))
    yield _meta(tree, "application-name")
    title = next(("".join(one.itertext()) for one in tree.iter("title")), "")
    parts = [part for part in _MARKS.split(plain_title(title)) if part]
    # `Berita Terbaru - Kantamedia`, `Kantamedia - Kabar dari Kalteng`
    yield next((part for part in parts if not _LIST_NAME.fullmatch(part)), "")


def name_of(front: Front, *, told: str = "", host: str = "") -> str:
    """The masthead: as the REST API or feed tells it, else as the front page does, else the host.

    Of what the front page says that comes first whose letters are those of the host.
    """
    names = [plain_title(told), *front.names]
    letters = re.sub(r"[^a-z]", "", host.lower())
    alike = (name for name in names if name and re.sub(r"[^a-z]", "", name.lower()) in letters)
    return names[0] or next(alike, "") or next(filter(None, names), "") or host


def _meta(tree: Element, name: str) -> str:
    for meta in tree.iter("meta"):
        if (meta.get("name") or meta.get("property") or "").lower() == name:
            return plain_title(meta.get("content", ""))
    return ""


def _rel(link: Element) -> str:
    return str(link.get("rel", "")).lower().strip()


def _whole(link: Element, url: str) -> str:
    try:
        return absolute_url(link.get("href", ""), base=url)
    except ValueError:
        return ""


def _is_feed(link: Element) -> bool:
    named = f"{link.get('href', '')} {link.get('title', '')}"
    is_feed = _rel(link) == "alternate" and link.get("type", "").lower() in _FEED_TYPES
    return is_feed and not _COMMENTS.search(named)


# -- zone and region -------------------------------------------------------------------------


def declared_zone(root: Mapping[str, Any]) -> Zone | None:
    """The zone that WordPress's REST API names (`timezone_string`, `gmt_offset`), if Indonesian."""
    named = root.get("timezone_string")
    if isinstance(named, str) and named in _ZONES:
        return Zone(named, "the site's own setting")
    try:
        hours = float(root.get("gmt_offset") or 0)
    except (TypeError, ValueError):
        return None
    zone = CLOCKS.get(int(hours)) if hours == int(hours) else None
    return Zone(zone, f"the site's clock is UTC+{int(hours):02}:00") if zone else None


def clock_of_posts(body: bytes) -> Zone | None:
    """The zone by which a list of WordPress posts dates them: `date` beside `date_gmt`."""
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError):
        return None
    rows = posts if isinstance(posts, list) else []
    ahead = Counter(filter(None, (_ahead(post) for post in rows if isinstance(post, dict))))
    for hours, _ in ahead.most_common(1):
        return Zone(CLOCKS[hours], f"its posts are dated by a clock at UTC+{hours:02}:00")
    return None


def _ahead(post: Mapping[str, Any]) -> int:
    """Hours by which a post's own clock is ahead of UTC; 0 for none of Indonesia's."""
    try:
        local, utc = (datetime.fromisoformat(str(post[key])) for key in ("date", "date_gmt"))
        seconds = (local - utc).total_seconds()
    except (KeyError, TypeError, ValueError):
        return 0
    hours = round(seconds / 3600)
    return hours if hours in CLOCKS and abs(seconds - 3600 * hours) < _QUARTER else 0


def zone_of(
    *, told: Zone | None, printed: Iterable[str], pages: Iterable[str], region: str
) -> Zone:
    """The zone of an outlet's dates.

    `told` by the site; `printed`: the zones (IANA) beside the dates of its stories; `pages`: their
    HTML, whose metadata may date them with an offset; `region`: a guess by itself.
    """
    if told:
        return told
    for zone, count in Counter(zone for zone in printed if zone in _ZONES).most_common(1):
        return Zone(zone, f"printed beside the date of {count} of its stories")
    offsets = Counter(hours for html in pages if (hours := _offset(html)) in CLOCKS)
    for hours, _ in offsets.most_common(1):
        return Zone(CLOCKS[hours], f"its stories declare their date with +{hours:02}:00")
    if zone := zone_of_province(region):
        return Zone(zone, f"a guess: the zone of {region}", is_guess=True)
    return Zone(_DEFAULT_ZONE, "a guess: nothing on the site tells it", is_guess=True)


def _offset(html: str) -> int:
    match = _DECLARED.search(html)
    return int(match[2]) if match and match[1] == "+" and match[3] == "00" else 0


def region_of(*, name: str, url: str, motto: str, datelines: Iterable[str]) -> str:
    """The province that name, host or motto tell, or that its datelines agree on; a guess, or ''.

    The first labels of the host tell; its top-level domain does not (`.id`).
    """
    host = " ".join(_labels(urlsplit(url).hostname or ""))
    return province_of(name, host) or province_of_datelines(datelines) or province_of(motto)


# -- address and slug ------------------------------------------------------------------------


def slug_of(url: str, *, name: str) -> str:
    """A short name for the outlet at `url`: of its host without what all hosts end with.

    An edition of a network keeps the network's name; of a bare IP address the masthead serves.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    if host.endswith(f".{_NETWORK_HOST}"):
        return _slug(f"tribun-{host.removesuffix(f'.{_NETWORK_HOST}')}")
    labels = _labels(host)
    told = " ".join([*labels, *parts.path.split("/")]) if labels else name
    return _slug(told) or _slug(name) or "outlet"


def _labels(host: str) -> list[str]:
    """The labels of a host that name somebody; none for an IP address or this machine."""
    if re.fullmatch(r"[\d.]+|.*:.*|localhost", host):
        return []
    labels = host.removeprefix("www.").split(".")
    while len(labels) > 1 and labels[-1] in _SUFFIXES:
        labels.pop()
    if labels[-1] == "blogspot" or labels[-1] == "wordpress":
        labels = labels[:-1] or labels
    return labels


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")


def newest(candidates: Iterable[Candidate], *, count: int) -> list[Candidate]:
    """The newest stories, by what seeds say; those without a date come last, as they were listed.

    Each address once.
    """
    once: dict[str, Candidate] = {}
    for candidate in candidates:
        once.setdefault(candidate.address, candidate)
    dated = [one for one in once.values() if one.published_at or one.modified_at]
    dated.sort(key=lambda one: one.published_at or one.modified_at or _NEVER, reverse=True)
    undated = [one for one in once.values() if not (one.published_at or one.modified_at)]
    return [*dated, *undated][:count]
