"""WordPress: the REST API first; when it is closed feeds, then sitemaps, then index pages."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property

from archive.types import Period, Story
from crawler import bodies
from crawler.discover import Candidate, Found, SeedUnreadable
from crawler.feeds import read_feed
from crawler.indexes import read_index
from crawler.listing import Paging
from crawler.platforms.wordpress_past import WordPressPast
from crawler.reach import Reach
from crawler.revisit import due
from crawler.seed_xml import is_cut, xml_fault
from crawler.sitemap_walk import SitemapWalk
from crawler.spider import OutletSpider
from crawler.wordpress_rest import PostList, ids_url, posts_url, read_ids, read_posts
from crawler.wordpress_seeds import feed_url, index_url, seed_urls, story_address

__all__ = ["WordPressSpider"]

_IDS_PER_REQUEST = 100
_END_OF_LIST = 400
"""REST's status for a page past the last one (rest_post_invalid_page_number)."""


class WordPressSpider(OutletSpider):
    """An outlet on WordPress. Each kind of seed is used only where the one before is closed."""

    archives: tuple[str, ...] = ("tag/netralitas-asn", "tag/asn", "tag/bawaslu", "category/pilkada")
    """Tags and categories whose feeds and pages are tried when the main ones do not reach far."""

    is_rest_open = False
    """Whether the REST API named all that it was asked for tonight."""
    _answered = False
    _is_listed = False
    _is_reached = False

    def have_seeds_answered(self) -> bool:
        """Whether at least one kind of seed was read to its end."""
        return self._answered

    def has_listed_window(self) -> bool:
        """Whether the API or the feed told all of the window; a sitemap may begin anywhere."""
        return self.is_rest_open or self._is_reached

    @cached_property
    def _past(self) -> WordPressPast:
        return WordPressPast(self)

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[Candidate]:
        """At least every story published from `since` up to `until`. Raises SeedUnreadable."""
        async for candidate in self._past.listing(Period(since, until)):
            yield candidate

    async def likely_past(self, since: datetime) -> AsyncIterator[Candidate]:
        """What the API's search finds in the past. Raises SeedUnreadable."""
        async for candidate in self._past.search(Period(since, self.window.since)):
            yield candidate

    def address_of(self, canonical: str) -> str:
        """At the outlet's own host, with the slash that permalinks end with."""
        return story_address(canonical, base=self.outlet.url)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Every story published or modified since the last visit, and what became of the known."""
        for source in (self._rest, self._feeds, self._sitemaps, self._indexes):
            async for candidate in source():
                yield candidate
            if self._is_listed:
                return
        if not self._answered:
            self.logbook.problem(
                self.outlet.url,
                kind="seeds",
                detail="neither REST API, feed, sitemap nor front page could be read",
                advice="open the outlet in a browser: it may be down, moved, or refusing us",
            )

    # -- REST ------------------------------------------------------------------------------

    async def _rest(self) -> AsyncIterator[Candidate]:
        try:
            async for candidate in self.posts(PostList(after=self.window.since)):
                yield candidate
            async for candidate in self.posts(PostList(modified_after=self.window.since)):
                yield candidate
            async for candidate in self._known_posts():
                yield candidate
        except SeedUnreadable as error:
            self.logbook.counts["rest_closed"] = 1
            self.logger.info("%s: REST API closed: %s", self.outlet.slug, error)
            return
        self._answered = self._is_listed = self.is_rest_open = True

    async def posts(self, listed: PostList) -> AsyncIterator[Candidate]:
        """The posts of a list, page by page to its end. Raises SeedUnreadable."""
        page, last = 1, frozenset[str]()
        while True:
            url = posts_url(self.outlet.url, listed, page=page)
            answer, body = await self.seeds.get(url, also=_END_OF_LIST)
            posts = read_posts(body, outlet_url=self.outlet.url)
            self.seeds.note_hostile(url, posts.dropped)
            for candidate in posts.candidates:
                yield candidate
            addresses = frozenset(candidate.address for candidate in posts.candidates)
            if not (posts.candidates or posts.dropped) or addresses == last:
                return
            if str(page) == answer.header("X-WP-TotalPages"):
                return
            page, last = page + 1, addresses

    async def _known_posts(self) -> AsyncIterator[Candidate]:
        """Known stories that no list named: still public, changed, moved, or trashed."""
        if self.options.revisit == "none":
            return
        known = {
            story.platform_id: story
            for story in self.memory.stories.values()
            if story.platform_id.startswith("wp:") and not self.looks.has_met(story.platform_id)
        }
        for batch, is_due in self._batches(known.values()):
            # the text shows an edit whose date of change stood still, and costs no request
            _, body = await self.seeds.get(ids_url(self.outlet.url, batch, with_text=is_due))
            public = read_ids(body, outlet_url=self.outlet.url)
            for name in (f"wp:{number}" for number in batch):
                if name in public and public[name].url:
                    yield public[name]
                elif name not in public and not known[name].gone_at:
                    self.looks.unnamed.add(known[name].story_id)

    def _batches(self, known: Iterable[Story]) -> Iterator[tuple[Sequence[int], bool]]:
        """The numbers of posts by the request, those due for a look first, and whether any is."""
        now, rates = self.options.clock(), self.pipeline.rates
        stories = list(known)
        is_planned = self.options.revisit == "due"
        planned = due(stories, now=now, rates=rates) if is_planned else []
        names = {one.platform_id for one in planned}
        stories.sort(key=lambda one: (one.platform_id not in names, _number(one)))
        for start in range(0, len(stories), _IDS_PER_REQUEST):
            batch = stories[start : start + _IDS_PER_REQUEST]
            yield [_number(one) for one in batch], start < len(names)

    # -- feeds, sitemaps, index pages ------------------------------------------------------

    async def _feeds(self) -> AsyncIterator[Candidate]:
        for archive in ("", *self.archives):
            paging, page = Paging(since=self.window.since, known=self.window.was_known), 1
            while not paging.ended:
                url = feed_url(self.outlet.url, archive=archive, page=page)
                try:
                    _, body = await self.seeds.get(url)
                    found = self._read_feed(body, url)
                except SeedUnreadable as error:
                    self._note_seed(url, error, is_expected=page > 1 or bool(archive))
                    break
                self._answered = True
                for candidate in self._reach.within(url, found.candidates):
                    yield candidate
                if not archive and self._reaches_back(found.candidates) and not is_cut(body):
                    self._is_listed = self._is_reached = True
                paging, page = paging.after(found.candidates), page + 1
            self.seeds.note_damage(url, paging.fault)
            if self._is_listed:
                return

    def _read_feed(self, body: bytes, url: str) -> Found:
        """What a feed lists; one that lists nothing is not believed. Raises SeedUnreadable."""
        found = read_feed(body, url=url, outlet_url=self.outlet.url)
        self.seeds.note_damage(url, xml_fault(body))
        self.seeds.note_hostile(url, found.dropped)
        if not found.candidates:
            raise SeedUnreadable("a feed without entries that lead to a story of the outlet")
        return found

    async def _sitemaps(self) -> AsyncIterator[Candidate]:
        walk = SitemapWalk(
            self.seeds,
            self.outlet.url,
            since=self.window.since,
            night=self.window.started_at.toordinal(),
        )
        named = await self.fetcher.robots_sitemaps(self.outlet.url)
        for root in dict.fromkeys((*named, *seed_urls(self.outlet.url).sitemaps)):
            async for url, sitemap in walk.below(root):
                for candidate in self._reach.within(url, sitemap.candidates):
                    yield candidate
            self._answered = self._answered or walk.has_answered
            if walk.has_answered:
                self._is_listed = not walk.has_failed
                return

    async def _indexes(self) -> AsyncIterator[Candidate]:
        for archive in ("", *self.archives):
            paging, page = Paging(since=self.window.since, known=self.window.was_known), 1
            while not paging.ended:
                url = index_url(self.outlet.url, archive=archive, page=page)
                try:
                    answer, body = await self.seeds.get(url)
                    html = bodies.characters(answer, body)
                    found = read_index(html, url=url, outlet_url=self.outlet.url)
                except SeedUnreadable as error:
                    self._note_seed(url, error, is_expected=page > 1 or bool(archive))
                    break
                # a front page without a story is no answer: it is drawn by scripts, or a notice
                self._answered = self._answered or bool(found.candidates)
                self.seeds.note_hostile(url, found.dropped)
                if not (found.candidates or archive) and page == 1:
                    self.seeds.note(url, "the front page links to no story")
                for candidate in self._reach.within(url, found.candidates):
                    yield candidate
                if self._reach.is_spent:
                    self._reach.put_off(url, "the pages after this one")
                    break
                paging, page = paging.after(found.candidates), page + 1
            self.seeds.note_damage(url, paging.fault)

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self)

    def _reaches_back(self, candidates: Iterable[Candidate]) -> bool:
        return any(not candidate.is_since(self.window.since) for candidate in candidates)

    def _note_seed(self, url: str, error: Exception, *, is_expected: bool) -> None:
        """Tell of a seed that should have answered; optional ones and list ends are no news."""
        if not is_expected:
            self.seeds.note(url, error)


def _number(story: Story) -> int:
    return int(story.platform_id.removeprefix("wp:"))
