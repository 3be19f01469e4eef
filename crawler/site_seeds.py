"""Where a site lists its stories: each kind of seed of its platform asked for once."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from crawler.blogger_feed import PostList as BloggerList
from crawler.blogger_feed import feed_url as blogger_feed_url
from crawler.blogger_feed import is_story_address, read_page
from crawler.discover import Candidate, SeedUnreadable
from crawler.feeds import read_feed
from crawler.indexes import read_index
from crawler.robots import Robots
from crawler.site_asking import Asking
from crawler.site_facts import Front, SeedFound, Zone, clock_of_posts, declared_zone
from crawler.sitemaps import Sitemap, next_sitemaps, read_sitemap
from crawler.tribun_index import index_url, may_be_story, news_sitemaps, read_index_page
from crawler.wordpress_rest import read_posts
from crawler.wordpress_seeds import feed_url, seed_urls

__all__ = ["Gathered", "gather"]

_LATELY = timedelta(days=30)
_POSTS = 10
_FIELDS = "id,date,date_gmt,modified_gmt,link,slug,title.rendered"
_WORD = "netralitas"
_DEPTH = 2
"""Sitemaps below a sitemap index that are looked into."""


@dataclass(kw_only=True)
class Gathered:
    """What the seeds of a site told, as far as they were asked for."""

    seeds: list[SeedFound] = field(default_factory=list)
    stories: list[Candidate] = field(default_factory=list)
    """Those of all seeds but the index."""
    linked: list[Candidate] = field(default_factory=list)
    """Those that the front page or the index links to."""
    zone: Zone | None = None
    name: str = ""
    search: str = ""
    paging: str = ""
    is_wordpress: bool = False
    """The REST API answered as WordPress's."""

    def add(self, kind: str, url: str, found: Iterable[Candidate], *, detail: str = "") -> int:
        """Note a seed that was read, and its stories; how many they are."""
        stories = tuple(found)
        detail = detail or ("" if stories else "it lists no story of this site")
        self.seeds.append(SeedFound(kind=kind, url=url, stories=len(stories), detail=detail))
        (self.linked if kind == "index" else self.stories).extend(stories)
        return len(stories)

    def miss(self, kind: str, url: str, error: SeedUnreadable) -> None:
        """Note a seed that could not be used."""
        detail = str(error).removeprefix(f"{url}: ")
        self.seeds.append(SeedFound(kind=kind, url=url, detail=detail))


@dataclass(frozen=True)
class _Site:
    asking: Asking
    front: Front
    html: str
    robots: Robots | None
    gathered: Gathered

    @property
    def url(self) -> str:
        return self.asking.outlet.url

    @property
    def sitemaps(self) -> tuple[str, ...]:
        return self.robots.sitemaps if self.robots else ()


async def gather(
    asking: Asking, front: Front, html: str, robots: Robots | None, *, platform: str
) -> Gathered:
    """What the seeds of the site say, for its `platform` or, with '', for any."""
    site = _Site(asking, front, html, robots, Gathered())
    await _BY_PLATFORM.get(platform, _of_wordpress)(site)
    return site.gathered


# -- WordPress, and what may be it -------------------------------------------------------------


async def _of_wordpress(site: _Site) -> None:
    await _rest(site)
    await _feed(site, feed_url(site.url))
    await _sitemap(site, [*site.sitemaps, *seed_urls(site.url).sitemaps])
    _index(site)


async def _rest(site: _Site) -> None:
    """The posts as the REST API lists them, the site's own settings, and its search."""
    gathered = site.gathered
    url = _endpoint(site.url, {"per_page": str(_POSTS), "_fields": _FIELDS})
    try:
        answer, body = await site.asking.get(url)
        posts = read_posts(body, outlet_url=site.url)
    except SeedUnreadable as error:
        gathered.miss("REST API", url, error)
        gathered.search = _page_search(site)
        return
    gathered.is_wordpress = True
    total, pages = (answer.header(f"X-WP-Total{name}") for name in ("", "Pages"))
    detail = f"{total} posts in all" if total.isdecimal() else ""
    gathered.add("REST API", url, posts.candidates, detail=detail)
    gathered.paging = f"REST API, {pages} pages of {_POSTS}" if pages.isdecimal() else ""
    root = await _root(site)
    gathered.name = str(root.get("name") or "")
    gathered.zone = declared_zone(root) or clock_of_posts(body)
    await _rest_search(site)


async def _root(site: _Site) -> Mapping[str, Any]:
    fields = urlencode(
        {"_fields": "name,description,url,home,gmt_offset,timezone_string"}, safe=","
    )
    try:
        _, body = await site.asking.get(f"{site.url}/wp-json/?{fields}")
        root = json.loads(body)
    except (SeedUnreadable, ValueError, RecursionError):
        return {}
    return root if isinstance(root, dict) else {}


async def _rest_search(site: _Site) -> None:
    url = _endpoint(site.url, {"per_page": "1", "search": _WORD, "_fields": "id,link"})
    try:
        answer, body = await site.asking.get(url)
        read_posts(body, outlet_url=site.url)
    except SeedUnreadable as error:
        site.gathered.search = f"closed: {error}"
        return
    total = answer.header("X-WP-Total")
    site.gathered.search = f"by the REST API: {total or 'some'} posts with {_WORD!r}"


def _page_search(site: _Site) -> str:
    """Whether the site's own search page may be asked; it is not needed, and so is not."""
    url = f"{site.url}/?s={_WORD}"
    may = site.robots is None or site.robots.allows(url)
    return f"only as a page ({url})" if may else "forbidden by robots.txt"


def _endpoint(base: str, query: Mapping[str, str]) -> str:
    return f"{base}/wp-json/wp/v2/posts?{urlencode(query, safe=',.')}"


# -- feed, sitemap, front page -----------------------------------------------------------------


async def _feed(site: _Site, url: str) -> None:
    try:
        _, body = await site.asking.get(url)
        found = read_feed(body, url=url, outlet_url=site.url)
    except SeedUnreadable as error:
        site.gathered.miss("feed", url, error)
        return
    count = site.gathered.add("feed", url, found.candidates)
    if count and not site.gathered.paging:
        site.gathered.paging = await _feed_paging(site, url, found.candidates)


async def _feed_paging(site: _Site, url: str, first: Iterable[Candidate]) -> str:
    second = f"{url}?paged=2"
    try:
        _, body = await site.asking.get(second)
        found = read_feed(body, url=second, outlet_url=site.url)
    except SeedUnreadable:
        return "the feed has one page"
    known = {candidate.address for candidate in first}
    is_new = any(candidate.address not in known for candidate in found.candidates)
    return "the feed goes on (?paged=2)" if is_new else "the feed has one page"


async def _sitemap(
    site: _Site,
    roots: Iterable[str],
    *,
    choose: Callable[[Iterable[Candidate]], list[Candidate]] = list,
    may: Callable[[str], bool] = lambda _: True,
) -> None:
    """The first sitemap that answers, and of an index the list that changed last."""
    missed: list[tuple[str, SeedUnreadable]] = []
    for root in dict.fromkeys(roots):
        url, sitemap = root, Sitemap()
        try:
            for _ in range(_DEPTH + 1):
                sitemap = await _read_sitemap(site, url)
                below = next_sitemaps(
                    choose(sitemap.children), {url}, since=datetime.now(UTC) - _LATELY, limit=1
                )
                if sitemap.candidates or not below:
                    break
                url = below[0]
        except SeedUnreadable as error:
            missed.append((url, error))
            continue
        if any(seed.url == url for seed in site.gathered.seeds):
            continue
        stories = [one for one in sitemap.candidates if may(one.url)]
        detail = f"named by {root}" if url != root else ""
        if site.gathered.add("sitemap", url, stories, detail=detail):
            return
    if missed and not any(seed.kind == "sitemap" for seed in site.gathered.seeds):
        site.gathered.miss("sitemap", *missed[0])


async def _read_sitemap(site: _Site, url: str) -> Sitemap:
    _, body = await site.asking.get(url)
    return read_sitemap(body, url=url, outlet_url=site.url)


def _index(site: _Site, *, may: Callable[[str], bool] = lambda _: True) -> None:
    """The stories that the front page links to."""
    url = f"{site.url}/"
    try:
        found = read_index(site.html, url=url, outlet_url=site.url)
    except SeedUnreadable as error:
        site.gathered.miss("index", url, error)
        return
    site.gathered.add("index", url, [one for one in found.candidates if may(one.url)])
    if found.next_url and not site.gathered.paging:
        site.gathered.paging = f"the front page goes on at {found.next_url}"


# -- Blogger -----------------------------------------------------------------------------------


async def _of_blogger(site: _Site) -> None:
    gathered = site.gathered
    url = blogger_feed_url(site.url, BloggerList(is_summary=True))
    try:
        _, body = await site.asking.get(url)
        page = read_page(body, url=url, outlet_url=site.url)
    except SeedUnreadable as error:
        gathered.miss("feed", url, error)
    else:
        gathered.add("feed", url, page.candidates)
        gathered.name = _blog_name(body)
        if page.total is not None:
            gathered.paging = f"the feed counts {page.total} posts, and goes on (start-index)"
        await _blog_search(site)
    await _sitemap(site, [*site.sitemaps, f"{site.url}/sitemap.xml"], may=is_story_address)
    _index(site, may=is_story_address)


async def _blog_search(site: _Site) -> None:
    url = blogger_feed_url(site.url, BloggerList(is_summary=True, words=_WORD))
    try:
        _, body = await site.asking.get(url)
        total = read_page(body, url=url, outlet_url=site.url).total
    except SeedUnreadable as error:
        site.gathered.search = f"closed: {error}"
        return
    site.gathered.search = f"by the feed (q=): {total} posts with {_WORD!r}"


def _blog_name(body: bytes) -> str:
    try:
        title = json.loads(body)["feed"]["title"]["$t"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return title if isinstance(title, str) else ""


# -- Tribun ------------------------------------------------------------------------------------


async def _of_tribun(site: _Site) -> None:
    """News sitemap and index; lists by tag, search and feed are never asked for."""
    guessed = (f"{site.url}/{name}.xml" for name in ("sitemap", "sitemap-news"))
    await _sitemap(site, [*site.sitemaps, *guessed], choose=news_sitemaps, may=may_be_story)
    url = index_url(site.url)
    try:
        answer, html = await site.asking.html(url)
        page = read_index_page(
            html, url=url, outlet=site.asking.outlet, fetched_at=answer.fetched_at
        )
    except SeedUnreadable as error:
        site.gathered.miss("index", url, error)
    else:
        site.gathered.add("index", url, page.candidates)
        site.gathered.paging = "the index, day by day (?date=, ?page=)"
    site.gathered.search = "never asked: robots.txt forbids it on the network's national site"


_BY_PLATFORM: Mapping[str, Callable[[_Site], Awaitable[None]]] = {
    "blogger": _of_blogger,
    "tribun": _of_tribun,
    "wordpress": _of_wordpress,
}
