"""Blogger: the post feed as JSON, else as Atom; then the sitemap, then front page and months."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from crawler import bodies
from crawler.blogger_feed import (
    PAGE_SIZE,
    FeedKind,
    FeedPage,
    PostList,
    feed_url,
    is_story_address,
    plain_address,
    read_page,
)
from crawler.discover import Candidate, SeedUnreadable
from crawler.indexes import read_index
from crawler.platforms.blogger_contents import Contents
from crawler.platforms.blogger_known import known_posts
from crawler.reach import Reach
from crawler.sitemap_walk import SitemapWalk
from crawler.spider import OutletSpider
from crawler.wordpress_seeds import month_archives, story_address

__all__ = ["BloggerSpider"]

_KINDS: tuple[FeedKind, ...] = ("json", "atom", "alias")


class BloggerSpider(OutletSpider):
    """An outlet on Blogger. Each kind of seed is used only where the one before is closed."""

    kind: FeedKind = "json"
    """How the feed answers tonight."""
    _answered = False
    _is_listed = False
    """The feed named all of the window."""
    _is_done = False
    """A sitemap was read to its end."""

    def have_seeds_answered(self) -> bool:
        """Whether at least one kind of seed was read to its end."""
        return self._answered

    def has_listed_window(self) -> bool:
        """Whether the feed named all that was published; front page and months show less."""
        return self._is_listed

    def address_of(self, canonical: str) -> str:
        """At the outlet's own host, with its www."""
        return story_address(canonical, base=self.outlet.url)

    async def candidates(self) -> AsyncIterator[Candidate]:
        """Every story published or changed since the last visit, and what became of the known."""
        for kind in _KINDS:
            async for candidate in self._feed(kind):
                yield candidate
            if self._is_listed:
                return
        for source in (self._sitemaps, self._indexes):
            async for candidate in source():
                yield candidate
            if self._is_done:
                return
        if self._answered:
            return
        self.logbook.problem(
            self.outlet.url,
            kind="seeds",
            detail="neither feed, sitemap nor front page could be read",
            advice="open the outlet in a browser: it may be down, moved, or refusing us",
        )

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[Candidate]:
        """Every story published from `since` up to `until`. Raises SeedUnreadable."""
        is_empty = True
        async for candidate in self._shown(
            PostList(published_since=since, published_until=until), oldest=since
        ):
            is_empty = False
            yield candidate
        if is_empty and await self._is_nothing_before(since):
            self.begins_at = until

    async def likely_past(self, since: datetime) -> AsyncIterator[Candidate]:
        """What Blogger's own search finds in the past. Raises SeedUnreadable."""
        for words in self.pipeline.topic.search:
            listed = PostList(published_since=since, published_until=self.window.since, words=words)
            async for candidate in self._shown(listed, oldest=since):
                if candidate.is_since(since):
                    yield candidate

    # -- feed ------------------------------------------------------------------------------

    async def _feed(self, kind: FeedKind) -> AsyncIterator[Candidate]:
        self.kind = kind
        since, named = self.window.since, False
        # publishing a scheduled post leaves `updated` in the past: by publication as well
        lists = (PostList(updated_since=since), PostList(published_since=since, is_summary=True))
        try:
            for listed in lists:
                async for candidate in self._shown(listed, oldest=since):
                    named = True
                    yield candidate
            if not named:
                await self._require_posts()
            async for candidate in known_posts(self):
                yield candidate
        except SeedUnreadable as error:
            self.seeds.note(feed_url(self.outlet.url, lists[0], kind=kind), error)
            return
        self._answered = self._is_listed = True

    async def _require_posts(self) -> None:
        """Return when the feed lists anything at all. Raises SeedUnreadable.

        An owner can close the feed so that it answers, but never names a post.
        """
        page = await self.page(PostList(is_summary=True))
        if not page.candidates:
            raise SeedUnreadable("a feed without posts")

    async def _is_nothing_before(self, moment: datetime) -> bool:
        page = await self.page(PostList(published_until=moment, is_summary=True))
        return not page.names and page.total == 0

    async def _shown(self, listed: PostList, *, oldest: datetime) -> AsyncIterator[Candidate]:
        """The stories of a list, with content only where it can be believed to be whole."""
        async for page in self._pages(listed, oldest=oldest):
            for candidate in await self._contents.believed(page.candidates):
                yield candidate

    async def _pages(self, listed: PostList, *, oldest: datetime) -> AsyncIterator[FeedPage]:
        """A list page by page to its end; a blog that ignores its bounds ends it at `oldest`.

        The step is what came: a server that gives fewer entries than it was asked for loses none.
        """
        start, seen = 1, set[str]()
        while True:
            page = await self.page(listed, start=start)
            yield page
            start += len(page.names)
            is_old = not any(candidate.is_since(oldest) for candidate in page.candidates)
            if seen.issuperset(page.names) or (page.candidates and is_old):
                return  # also when nothing came
            if len(page.names) < PAGE_SIZE and page.total is not None and start > page.total:
                return
            seen.update(page.names)

    async def page(self, listed: PostList, *, start: int = 1) -> FeedPage:
        """One page of a list. Raises SeedUnreadable."""
        url = feed_url(self.outlet.url, listed, start=start, kind=self.kind)
        answer, body = await self.seeds.get(url)
        page = read_page(body, url=answer.url, outlet_url=self.outlet.url)
        self.seeds.note_hostile(url, page.dropped)
        return page

    @cached_property
    def _contents(self) -> Contents:
        return Contents(self)

    # -- sitemap, index pages --------------------------------------------------------------

    async def _sitemaps(self) -> AsyncIterator[Candidate]:
        walk = SitemapWalk(
            self.seeds,
            self.outlet.url,
            since=self.window.since,
            night=self.window.started_at.toordinal(),
        )
        named = await self.fetcher.robots_sitemaps(self.outlet.url)
        for root in dict.fromkeys((*named, f"{self.outlet.url.rstrip('/')}/sitemap.xml")):
            async for url, sitemap in walk.below(root):
                stories = [one for one in sitemap.candidates if is_story_address(one.url)]
                for candidate in self._reach.within(url, stories):
                    yield candidate
        self._answered = walk.has_answered
        self._is_done = walk.has_answered and not walk.has_failed

    async def _indexes(self) -> AsyncIterator[Candidate]:
        """The front page, and the archives of the window's months; what is older is in /search."""
        months = month_archives(self.window.since, self.window.started_at, zone=self.outlet.zone)
        for path in ("", *(f"{month}/" for month in months)):
            url = f"{self.outlet.url}/{path}"
            try:
                answer, body = await self.seeds.get(url)
                html = bodies.characters(answer, body)
                found = read_index(html, url=url, outlet_url=self.outlet.url)
            except SeedUnreadable as error:
                self.seeds.note(url, error)
                continue
            stories = [one for one in found.candidates if is_story_address(one.url)]
            self._answered = self._answered or bool(stories)
            self.seeds.note_hostile(url, found.dropped)
            plain = [replace(one, url=plain_address(one.url)) for one in stories]
            for candidate in self._reach.within(url, plain):
                yield candidate

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self)
