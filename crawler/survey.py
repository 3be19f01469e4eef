"""One look at a site: which of the ways by which outlets list their stories it answers on.

It is a crawl like any other (robots.txt, one request at a time, limits on size and time), into an
archive that is thrown away.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from archive.types import Page
from crawler import bodies
from crawler.blogger_feed import PostList as BloggerList
from crawler.blogger_feed import feed_url, read_page
from crawler.discover import Candidate, SeedUnreadable
from crawler.feeds import read_feed
from crawler.indexes import read_index
from crawler.sitemaps import Sitemap, read_sitemap
from crawler.spider import OutletSpider
from crawler.tribun_index import is_never_asked
from crawler.wordpress_rest import PostList, posts_url, read_posts

__all__ = ["TRIALS", "Facts", "SurveySpider"]

TRIALS = 3
"""Stories that are read as a trial."""
_FEEDS = ("/feed/", "/rss", "/rss.xml", "/rss/terkini.xml")
_MAPS = ("/sitemap-news.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap.xml")
_FEED_LINK = re.compile(
    r"<link\b(?=[^>]*\btype=[\"']application/(?:rss|atom)\+xml)[^>]*\bhref=[\"']([^\"']{1,300})",
    re.IGNORECASE,
)
_MOST_MAPS = 3
_OFFSET = re.compile(rb"[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)? ?\+0([789]):?00\b")
"""The end of a date with the offset of an Indonesian zone (RFC 3339, RFC 5322)."""


@dataclass
class Facts:
    """What one look found."""

    tell: Callable[[str], None]
    """Says what is under way."""
    front: str = ""
    """The HTML of the front page; empty where it could not be read."""
    home: str = ""
    """Where the front page led in the end."""
    rest: int | None = None
    """Posts that the WordPress REST API lists; None where it does not answer."""
    blogger: int | None = None
    """Posts that Blogger's feed lists; None where it does not answer."""
    feeds: dict[str, int] = field(default_factory=dict)
    """Address -> stories listed."""
    sitemaps: dict[str, int] = field(default_factory=dict)
    """Address -> stories or further sitemaps listed."""
    links: int = 0
    """Links of the front page that may lead to stories."""
    failures: dict[str, str] = field(default_factory=dict)
    """What was asked for in vain -> why."""
    challenged_at: str = ""
    trials: tuple[str, ...] = ()
    """The stories that were read as a trial."""
    requests: int = 0
    offsets: Counter[str] = field(default_factory=Counter)
    """Hours from UTC that dates in its seeds have (`7`, `8`, `9`), and how many have them."""
    about: str = ""
    """What the REST API says of the site: JSON, with its masthead and zone."""


class SurveySpider(OutletSpider):
    """Asks for everything once, then for a few of the newest stories."""

    facts: ClassVar[Facts]
    _is_away = False

    def may_ask(self, url: str) -> bool:
        """What the Tribun Network forbids is not asked of it here either."""
        return self.outlet.platform != "tribun" or not is_never_asked(url)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Nothing: what is found is kept in `facts`, and a few stories are read."""
        found: list[Candidate] = []
        for step in (self._front, self._rest, self._blogger, self._feeds, self._maps):
            if not (self.seeds.challenged_at or self._is_away):
                found += await step()
        facts = self.facts
        facts.challenged_at = self.seeds.challenged_at
        for candidate in _newest(found):
            if len(facts.trials) < TRIALS and not facts.challenged_at:
                await self._try(candidate.url)
        facts.requests = self.logbook.counts["requests"]
        return
        yield

    async def _try(self, url: str) -> None:
        """Read a story; one that robots.txt forbids tells nothing of the template."""
        self.facts.tell(f"story {len(self.facts.trials) + 1} of {TRIALS}: {url}")
        forbidden = self.logbook.counts["forbidden"]
        await self.looks.save(url)
        if self.logbook.counts["forbidden"] == forbidden:
            self.facts.trials += (url,)

    async def _front(self) -> Sequence[Candidate]:
        self.facts.tell(f"front page: {self.outlet.url}")
        url = f"{self.outlet.url}/"
        try:
            page, body = await self._asked(url)
            self.facts.front, self.facts.home = bodies.characters(page, body), page.url
            found = read_index(self.facts.front, url=page.url, outlet_url=self.outlet.url)
        except SeedUnreadable as error:
            self.facts.failures[url] = str(error)
            # a site may close its front page to programs; where nobody answers, nothing does
            self._is_away = "the outlet answered" not in str(error)
            return ()
        self.facts.links = len(found.candidates)
        return found.candidates

    async def _rest(self) -> Sequence[Candidate]:
        if self.outlet.platform == "tribun":
            return ()
        url = posts_url(self.outlet.url, PostList(), page=1)
        self.facts.tell(f"WordPress: {url}")
        try:
            _, body = await self._asked(url)
            found = read_posts(body, outlet_url=self.outlet.url)
        except SeedUnreadable as error:
            self.facts.failures[url] = str(error)
            return ()
        self.facts.rest = len(found.candidates)
        self.facts.about = await self._about()
        return found.candidates

    async def _about(self) -> str:
        url = f"{self.outlet.url}/wp-json/?_fields=name,timezone_string,gmt_offset"
        try:
            page, body = await self._asked(url)
        except SeedUnreadable:
            return ""
        return bodies.characters(page, body)

    async def _asked(self, url: str) -> tuple[Page, bytes]:
        """An answer and its body; the zones of its dates are counted. Raises SeedUnreadable."""
        page, body = await self.seeds.get(url)
        self.facts.offsets.update(found.decode() for found in _OFFSET.findall(body))
        return page, body

    async def _blogger(self) -> Sequence[Candidate]:
        if self.facts.rest is not None or self.outlet.platform == "tribun":
            return ()
        url = feed_url(self.outlet.url, BloggerList(is_summary=True))
        self.facts.tell(f"Blogger: {url}")
        try:
            _, body = await self._asked(url)
            found = read_page(body, url=url, outlet_url=self.outlet.url)
        except SeedUnreadable as error:
            self.facts.failures[url] = str(error)
            return ()
        if not found.names:
            return ()
        self.facts.blogger = len(found.names)
        return found.candidates

    async def _feeds(self) -> Sequence[Candidate]:
        named = [_absolute(link, self.outlet.url) for link in _FEED_LINK.findall(self.facts.front)]
        own = [link for link in named if self.fetcher.is_ours(link) and "/comments/" not in link]
        guessed = [f"{self.outlet.url}{path}" for path in _FEEDS]
        for url in filter(self.may_ask, dict.fromkeys((*own, *guessed))):
            self.facts.tell(f"feed: {url}")
            try:
                _, body = await self._asked(url)
                found = read_feed(body, url=url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                self.facts.failures[url] = str(error)
                continue
            if found.candidates:
                self.facts.feeds[url] = len(found.candidates)
                return found.candidates
        return ()

    async def _maps(self) -> Sequence[Candidate]:
        named = await self.fetcher.robots_sitemaps(self.outlet.url)
        guessed = [f"{self.outlet.url}{path}" for path in _MAPS]
        for url in filter(self.may_ask, dict.fromkeys((*named[:_MOST_MAPS], *guessed))):
            self.facts.tell(f"sitemap: {url}")
            try:
                _, body = await self._asked(url)
                found = read_sitemap(body, url=url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                self.facts.failures[url] = str(error)
                continue
            if count := len(found.candidates) + len(found.children):
                self.facts.sitemaps[url] = count
                return found.candidates or await self._first_of(found)
        return ()

    async def _first_of(self, index: Sitemap) -> Sequence[Candidate]:
        """The stories of the first sitemap with any that an index lists; not many are tried."""
        children = sorted(index.children, key=lambda one: str(one.modified_at or ""), reverse=True)
        for child in [one for one in children if self.may_ask(one.url)][:_MOST_MAPS]:
            self.facts.tell(f"sitemap: {child.url}")
            try:
                _, body = await self._asked(child.url)
                found = read_sitemap(body, url=child.url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                self.facts.failures[child.url] = str(error)
                continue
            if found.candidates:
                return found.candidates
        return ()


def _newest(found: Iterable[Candidate]) -> Sequence[Candidate]:
    """The newest ones, those without a date last; each address once."""
    once: Mapping[str, Candidate] = {one.address: one for one in reversed(list(found))}
    dated = [one for one in once.values() if one.published_at]
    dated.sort(key=lambda one: str(one.published_at), reverse=True)
    others = [one for one in reversed(list(once.values())) if not one.published_at]
    # the words of a headline: sections have fewer
    others.sort(key=lambda one: one.url.count("-"), reverse=True)
    return [*dated, *others][: 3 * TRIALS]


def _absolute(link: str, front: str) -> str:
    return f"{front}{link}" if link.startswith("/") and not link.startswith("//") else link
