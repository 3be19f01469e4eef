"""Seeds as they answer: fetched, decoded, and told of when something is wrong with them."""

from collections.abc import Callable, Iterable

from archive.errors import CrawlError, HostileAddress
from archive.types import Page
from archive.urls import absolute_url
from crawler import bodies
from crawler.discover import SEED_LIMIT, SeedUnreadable
from crawler.fetch import FAILURES, Fetcher
from crawler.guard import check_address
from crawler.logbook import Logbook
from crawler.refused import RefusedAddress

__all__ = ["Seeds"]


class Seeds:
    """The seeds of one crawl."""

    def __init__(self, fetcher: Fetcher, logbook: Logbook, *, tick: Callable[[], None]) -> None:
        self._fetcher = fetcher
        self._logbook = logbook
        self._tick = tick
        self._hostile: set[str] = set()

    async def get(self, url: str, *, also: int = 200) -> tuple[Page, bytes]:
        """A seed's answer and its decoded body. Raises SeedUnreadable when there is none.

        `also` is a status besides 200 whose body says something.
        """
        self._tick()
        try:
            pages = await self._fetcher.fetch(url)
        except FAILURES as error:
            raise SeedUnreadable(str(error) or type(error).__name__) from None
        if pages[-1].status not in {200, also}:
            raise SeedUnreadable(f"the outlet answered {pages[-1].status}")
        if pages[-1].truncated:
            raise SeedUnreadable(f"the answer is cut ({pages[-1].truncated})")
        try:
            return pages[-1], bodies.decoded(pages[-1], SEED_LIMIT)
        except CrawlError as error:
            raise SeedUnreadable(str(error)) from None

    def note(self, url: str, fault: object) -> None:
        """Tell of a seed that could not be used."""
        self._problem(url, str(fault), advice="nothing to do: the next kind of seed is used")

    def note_damage(self, url: str, fault: str) -> None:
        """Tell of a seed that was read although something is wrong with it; '' is no fault."""
        if fault:
            self._problem(
                url,
                f"{fault}; read all the same",
                advice="nothing to do unless stories are missing",
            )

    def note_hostile(self, url: str, links: Iterable[str]) -> None:
        """Tell, once a crawl, of each link that must not be followed; others may lead away."""
        for link in links:
            if link in self._hostile or not _is_hostile(link, base=url):
                continue
            self._hostile.add(link)
            self._logbook.problem(
                link,
                kind=RefusedAddress.kind,
                detail=f"{url} links to this address, which must not be fetched",
                advice=RefusedAddress.advice,
            )

    def _problem(self, url: str, detail: str, *, advice: str) -> None:
        self._logbook.problem(url, kind="seed", detail=detail, advice=advice)


def _is_hostile(link: str, *, base: str) -> bool:
    try:
        check_address(absolute_url(link, base=base), allowed=frozenset())
    except HostileAddress:
        return True
    except ValueError:  # no web address at all
        return "://" in link
    return False
