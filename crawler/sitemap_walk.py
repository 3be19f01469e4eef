"""A walk through an outlet's sitemaps: index after index, and told of where it must end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime

from crawler.discover import Candidate, SeedUnreadable
from crawler.ration import both_ends, tonight
from crawler.seeds import Seeds
from crawler.sitemaps import Sitemap, next_sitemaps, read_sitemap

__all__ = ["SitemapWalk"]

_MOST = 200
"""Sitemaps that one crawl reads."""
_MOST_UNDATED = 50
_MOST_NEWEST = 4
_LATER = "nothing to do: the first of them are read every night, of the others some each night"


@dataclass
class SitemapWalk:
    """The sitemaps of one crawl; each is asked for once, whoever lists it."""

    seeds: Seeds
    outlet_url: str
    since: datetime
    """Lists that changed last before this are left alone."""
    night: int
    """Counts the days: of too many lists another part is read on each."""
    has_answered: bool = False
    """Some sitemap listed stories, or said that nothing is new."""
    has_failed: bool = False
    """A sitemap that another one lists could not be read to its end."""
    _seen: set[str] = field(default_factory=set)
    _count: int = 0

    async def below(self, root: str) -> AsyncIterator[tuple[str, Sitemap]]:
        """Every sitemap that can be read from `root` on, with its address."""
        waiting = [root]
        while waiting:
            if self._count >= _MOST:
                self._note_unread(root, f"{len(waiting)} more sitemaps after the first {_MOST}")
                return
            url = waiting.pop(0)
            sitemap = await self._read(url, is_root=url == root)
            if sitemap is not None:
                yield url, sitemap
                waiting += self._next(url, sitemap)

    async def _read(self, url: str, *, is_root: bool) -> Sitemap | None:
        self._count += 1
        try:
            self._seen.add(Candidate(url).address)
            _, body = await self.seeds.get(url)
            sitemap = read_sitemap(body, url=url, outlet_url=self.outlet_url)
        except (SeedUnreadable, ValueError) as error:
            if not is_root:  # plugins put it at one of several addresses
                self.has_failed = True
                self.seeds.note(url, error)
            return None
        self._judge(url, sitemap)
        return sitemap

    def _judge(self, url: str, sitemap: Sitemap) -> None:
        own = Candidate(url).address
        if any(child.address == own for child in sitemap.children):
            self.seeds.note_damage(url, "the sitemap index lists itself")
        if sitemap.is_cut:
            self.has_failed = True
            self.seeds.note_damage(url, "it is cut")
        self.seeds.note_hostile(url, sitemap.dropped)
        self.has_answered = self.has_answered or bool(sitemap.candidates)

    def _next(self, url: str, sitemap: Sitemap) -> list[str]:
        count = len(sitemap.children)
        wanted = next_sitemaps(sitemap.children, self._seen, since=self.since, limit=count)
        told = {child.url for child in sitemap.children if child.modified_at}
        dated = [child for child in wanted if child in told]
        undated = both_ends([child for child in wanted if child not in told])
        chosen = dated + tonight(undated, most=_MOST_UNDATED, night=self.night)
        if len(chosen) < len(wanted):
            self._note_unread(url, f"{len(wanted)} sitemaps, of which {len(chosen)} are read")
        if not chosen:
            return self._newest(sitemap)
        # of what waits, too: two indexes may list each other's lists
        self._seen.update(Candidate(child).address for child in chosen)
        return chosen

    def _newest(self, sitemap: Sitemap) -> list[str]:
        """Where every list is old: nothing was published, or the dates stand still. One tells."""
        others = [child for child in sitemap.children if child.address not in self._seen]
        dated = [(child.modified_at, child.url) for child in others if child.modified_at]
        if not dated:
            return []
        self.has_answered = True
        newest = [url for date, url in dated if date == max(dated)[0]]
        return tonight(both_ends(newest), most=_MOST_NEWEST, night=self.night)

    def _note_unread(self, url: str, detail: str) -> None:
        self.seeds.note_rest(url, detail, advice=_LATER)
