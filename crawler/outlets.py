"""Which outlets there are: one module each in `spiders`, and the `[[outlet]]` entries."""

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from cssselect import HTMLTranslator, SelectorError

from archive.config import OutletConfig, Settings
from archive.errors import ConfigError, NotFound
from archive.types import Outlet
from archive.urls import same_outlet
from crawler import spiders
from crawler.platforms.blogger import BloggerSpider
from crawler.platforms.news import NewsSpider
from crawler.platforms.tribun import TribunSpider
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules
from crawler.spider import OutletSpider

__all__ = ["PLATFORMS", "chosen", "known_spiders", "spider_of", "twin_of"]

PLATFORMS: Mapping[str, type[OutletSpider]] = {
    "blogger": BloggerSpider,
    "news": NewsSpider,
    "tribun": TribunSpider,
    "wordpress": WordPressSpider,
}
"""What an `[[outlet]]` entry may name as its platform."""


def known_spiders(settings: Settings) -> dict[str, type[OutletSpider]]:
    """The spider of every outlet by slug, in order of slug. Raises ConfigError."""
    found = {spider.outlet.slug: spider for spider in _built_in()}
    for entry in settings.outlet:
        if not entry.url:
            found[entry.slug] = _extended(entry, found)
            continue
        if entry.slug in found:
            raise ConfigError(
                f"[[outlet]] {entry.slug!r}: this outlet is built in; choose another slug, or "
                "leave only drop and lines to add to its rules"
            )
        if twin := twin_of(entry.url, found.values()):
            raise ConfigError(
                f"[[outlet]] {entry.slug!r}: {entry.url} is the outlet {twin!r} already"
            )
        found[entry.slug] = _from_entry(entry)
    return dict(sorted(found.items()))


def twin_of(url: str, known: Iterable[type[OutletSpider]]) -> str:
    """The slug of the outlet at an address, which may be one folder of a larger site, or ''."""
    path = urlsplit(url).path.rstrip("/")
    for spider in known:
        other = spider.outlet
        if same_outlet(url, other.url) and path == urlsplit(other.url).path.rstrip("/"):
            return other.slug
    return ""


def chosen(settings: Settings, slugs: Iterable[str]) -> list[type[OutletSpider]]:
    """The spiders of the named outlets, or of all when none is named. Raises NotFound."""
    known = known_spiders(settings)
    wanted = list(dict.fromkeys(slugs)) or list(known)
    unknown = [slug for slug in wanted if slug not in known]
    if unknown:
        hint = _near(unknown[0], known) or ";"
        raise NotFound(f"no outlet {unknown[0]!r}{hint} `kliping outlets list` names all of them")
    return [known[slug] for slug in wanted]


def spider_of(stranger: Outlet) -> type[OutletSpider]:
    """A spider for an outlet that nobody set up: it looks only at what it is told to save."""
    return type(f"Stranger_{stranger.slug}", (OutletSpider,), {"outlet": stranger})


def _built_in() -> Iterable[type[OutletSpider]]:
    for module in pkgutil.iter_modules(spiders.__path__, f"{spiders.__name__}."):
        names = vars(importlib.import_module(module.name)).values()
        for value in names:
            if isinstance(value, type) and "outlet" in vars(value):
                yield value


def _extended(entry: OutletConfig, known: Mapping[str, type[OutletSpider]]) -> type[OutletSpider]:
    """A built-in outlet's spider with more rules for its present template."""
    spider = known.get(entry.slug)
    if spider is None:
        raise ConfigError(
            f"[[outlet]] {entry.slug!r}: no built-in outlet has this slug, and an outlet of your "
            f"own needs its url{_near(entry.slug, known)}"
        )
    own = {
        "outlet": spider.outlet,
        "rules": _rules_of(entry, spider.rules),
        "added": _added(entry),
    }
    return type(spider.__name__, (spider,), own)


def _near(slug: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(slug, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _from_entry(entry: OutletConfig) -> type[OutletSpider]:
    parent = PLATFORMS.get(entry.platform)
    if parent is None:
        raise ConfigError(
            f"[[outlet]] {entry.slug!r}: no platform {entry.platform!r}; "
            f"the known ones are: {', '.join(PLATFORMS)}"
        )
    outlet = entry.outlet()
    outlet = replace(outlet, network=outlet.network or parent.network)
    own = {
        "outlet": outlet,
        "status": "own",
        "rules": _rules_of(entry, parent.rules),
        "added": _added(entry),
    }
    return type(f"{parent.__name__}_{entry.slug}", (parent,), own)


def _rules_of(entry: OutletConfig, known: Rules) -> Rules:
    """The `known` rules and the entry's. Raises ConfigError for what cannot be applied."""
    rules = replace(
        known,
        body=entry.body or known.body,
        drop=(*known.drop, *entry.drop),
        lines=(*known.lines, *entry.lines),
    )
    if flaw := _flaw(entry):
        raise ConfigError(f"[[outlet]] {entry.slug!r}: {flaw}")
    return rules


def _added(entry: OutletConfig) -> Rules:
    return Rules(body=entry.body, drop=entry.drop, lines=entry.lines)


def _flaw(entry: OutletConfig) -> str:
    for selector in filter(None, (entry.body, *entry.drop)):
        try:
            HTMLTranslator().css_to_xpath(selector)
        except SelectorError as error:
            return f"{selector!r} is no CSS selector: {error}"
    for pattern in entry.lines:
        try:
            re.compile(pattern)
        except re.error as error:
            return f"{pattern!r} is no regular expression: {error}"
    return ""
