"""What a look at a site says of it: platform, zone, name, and what could not be found. Pure."""

import html
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from archive.console import clean
from archive.types import Outlet
from crawler.survey import Facts

__all__ = ["Trial", "Verdict", "outlet_at", "verdict"]

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_HOURS = {"7": "Asia/Jakarta", "8": "Asia/Makassar", "9": "Asia/Jayapura"}
_LABEL = re.compile(r"\b(WIB|WITA|WIT)\b", re.IGNORECASE)
_SITE_NAME = re.compile(
    r"<meta\b(?=[^>]*\bproperty=[\"']og:site_name[\"'])[^>]*\bcontent=[\"']([^\"']{1,80})",
    re.IGNORECASE,
)
_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_THEME = re.compile(r"/wp-content/themes/([\w-]{1,60})/")
_WORDPRESS = re.compile(r"/wp-(?:content|includes)/|content=[\"']WordPress", re.IGNORECASE)
_BLOGGER = re.compile(r"content=[\"']blogger[\"']|\.blogspot\.com|blogger\.com/", re.IGNORECASE)
_LEAST_LINKS = 3
_SEARCH = {"wordpress": "REST API", "blogger": "feed"}


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One story as it was read."""

    url: str
    headline: str = ""
    byline: str = ""
    published_text: str = ""
    published_at: datetime | None = None
    published_zone: str = ""
    characters: int = 0
    """Of its text."""
    parts: int = 1
    problem: str = ""
    """Why it was not read; empty when it was."""

    @property
    def is_read(self) -> bool:
        """Whether there is a story in it."""
        return bool(self.headline and self.characters and not self.problem)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found of a site, for people and programs."""

    url: str
    home: str
    """Where its front page led."""
    platform: str
    """Empty where there is nothing by which it can be followed."""
    name: str
    zone: str
    zone_is_guess: bool
    theme: str
    """Of WordPress."""
    is_rest_open: bool
    search: str
    """By what its own search can be asked; empty where nothing is known."""
    parts: int
    """Pages over which a story was spread, at most."""
    feeds: Sequence[str]
    sitemaps: Sequence[str]
    trials: Sequence[Trial]
    missing: Sequence[str]
    """What could not be found, in words."""
    requests: int
    trouble: str = ""
    """Why it cannot be followed; empty when it can."""


def outlet_at(url: str) -> Outlet:
    """The outlet at an address, of which no more is known than that: `media-uji` of
    `https://www.media-uji.co.id`. Raises ValueError for what is no address of a site.
    """
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = re.sub(r"^(?:www|m)\.(?=.*\.)", "", parts.hostname or "")
    if parts.scheme not in {"http", "https"} or "." not in host:
        raise ValueError(
            f"{url!r} is no address of a site: write it like https://media-uji.example"
        )
    is_tribun = host.endswith(".tribunnews.com")
    labels = host.removesuffix(".tribunnews.com").split(".")
    words = [label for label in labels[:-1] if label not in {"co", "or", "web", "my"}] or labels
    slug = "-".join(re.sub(r"[^a-z0-9]+", "-", word).strip("-") for word in words)
    path = parts.path.rstrip("/")
    return Outlet(
        slug=f"tribun-{labels[0]}" if is_tribun else slug,
        name=slug,
        url=f"{parts.scheme}://{parts.netloc}{path}",
        platform="tribun" if is_tribun else "",
        network="tribunnews" if is_tribun else "",
    )


def verdict(facts: Facts, outlet: Outlet, trials: Sequence[Trial]) -> Verdict:
    """What the facts say."""
    zones = _zones(facts, outlet, trials)
    zone = zones.most_common(1)[0][0] if zones else "Asia/Jakarta"
    platform = _platform(facts, outlet)
    is_wordpress = platform == "wordpress"
    return Verdict(
        url=outlet.url,
        home=facts.home,
        platform=platform,
        name=_plain(_told(facts, "name") or _name(facts.front)) or outlet.slug,
        zone=zone,
        zone_is_guess=not zones,
        theme=found[1] if is_wordpress and (found := _THEME.search(facts.front)) else "",
        is_rest_open=facts.rest is not None,
        search=_SEARCH.get(platform, "") if facts.rest or facts.blogger else "",
        parts=max((trial.parts for trial in trials), default=1),
        feeds=tuple(facts.feeds),
        sitemaps=tuple(facts.sitemaps),
        trials=trials,
        missing=tuple(_missing(facts, trials, platform, is_guess=not zones)),
        requests=facts.requests,
        trouble=_trouble(facts, trials, platform),
    )


def _zones(facts: Facts, outlet: Outlet, trials: Sequence[Trial]) -> Counter[str]:
    """What tells of its zone, the surest that is there: its own word, its stories, its seeds."""
    said = _told(facts, "timezone_string") or _HOURS.get(_told(facts, "gmt_offset"), "")
    if said in _ZONES.values():
        return Counter([said])
    printed = Counter(zone for one in trials if (zone := _zone(one, outlet)))
    return printed or Counter({_HOURS[hours]: n for hours, n in facts.offsets.items()})


def _told(facts: Facts, name: str) -> str:
    """A value of what the REST API says of the site, or ''."""
    try:
        about = json.loads(facts.about)
    except (ValueError, RecursionError):
        return ""
    value = about.get(name, "") if isinstance(about, dict) else ""
    return html.unescape(str(value)).strip()[:80]


def _zone(trial: Trial, outlet: Outlet) -> str:
    """The zone that a story prints, or that its machine-readable date has, or ''."""
    if label := _LABEL.search(trial.published_text):
        return _ZONES[label[1].upper()]
    # the zone of the outlet itself is what is assumed where nothing tells
    return trial.published_zone if trial.published_zone != outlet.zone else ""


def _platform(facts: Facts, outlet: Outlet) -> str:
    if outlet.platform == "tribun":
        return "tribun"
    if facts.rest is not None or _WORDPRESS.search(facts.front):
        return "wordpress"
    if facts.blogger is not None or _BLOGGER.search(facts.front):
        return "blogger"
    lists = facts.feeds or facts.sitemaps or facts.links >= _LEAST_LINKS
    return "news" if lists else ""


def _trouble(facts: Facts, trials: Sequence[Trial], platform: str) -> str:
    if facts.challenged_at:
        return f"{facts.challenged_at} asks for a human: it refuses programs like this one"
    if not facts.home and not platform:
        why = next(iter(facts.failures.values()), "nothing answered")
        return f"it could not be looked at: {why}"
    if not platform:
        return "it lists no stories: no REST API, feed or sitemap, and no links to stories"
    if not any(trial.is_read for trial in trials):
        told = next((trial.problem for trial in trials if trial.problem), "none was found")
        return f"no story could be read as a trial: {told}"
    return ""


def _missing(
    facts: Facts, trials: Sequence[Trial], platform: str, *, is_guess: bool
) -> Sequence[str]:
    told = []
    if platform == "wordpress" and facts.rest is None:
        told.append("its REST API is closed: removals and edits are noticed later")
    if not facts.feeds and platform not in {"blogger", "tribun"}:
        told.append("no feed")
    if not facts.sitemaps:
        told.append("no sitemap")
    if is_guess:
        told.append("no story prints its zone: Asia/Jakarta is a guess")
    told.append("its region: set it by hand")
    read = [trial for trial in trials if trial.is_read]
    for what, is_there in (
        ("no byline was read", any(trial.byline for trial in read)),
        ("no date was read", any(trial.published_at for trial in read)),
    ):
        if read and not is_there:
            told.append(what)
    return told


def _plain(name: str) -> str:
    """A name that can be written into any file: one line, no signs that steer, no half ones."""
    told = clean(name.replace("\n", " ")).replace("\ufffd", "")
    return " ".join(told.encode("utf-8", "ignore").decode().split())


def _name(front: str) -> str:
    """The masthead, as the front page declares it, or the last part of its title."""
    if found := _SITE_NAME.search(front):
        return html.unescape(found[1]).strip()
    title = _TITLE.search(front)
    parts = re.split(r"\s[-|–—•]\s", html.unescape(title[1]).strip()) if title else [""]
    return min(parts, key=len).strip()
