"""Seeds as they answer: fetched, decoded, and told of when something is wrong with them."""

import codecs
import re
from collections.abc import Callable, Iterable

from archive.errors import CrawlError, HostileAddress
from archive.types import Answer, Page
from archive.urls import LONGEST_URL, absolute_url
from crawler import bodies
from crawler.answers import advice_on
from crawler.challenges import is_challenge
from crawler.connect import in_words
from crawler.discover import SEED_LIMIT, SeedUnreadable
from crawler.extract import is_closed
from crawler.fetch import FAILURES, Fetcher
from crawler.guard import check_address
from crawler.logbook import Logbook
from crawler.refused import RefusedAddress

__all__ = ["Seeds"]

_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.S)


class Seeds:
    """The seeds of one crawl."""

    def __init__(self, fetcher: Fetcher, logbook: Logbook, *, tick: Callable[[], None]) -> None:
        self._fetcher = fetcher
        self._logbook = logbook
        self._tick = tick
        self._hostile: set[str] = set()
        self._has_told_robots = False
        self.moved_to = ""
        """Where a seed led out of the outlet and its network."""
        self.challenged_at = ""
        """The first seed instead of which a page came that asks for a human."""

    async def get(self, url: str, *, also: int = 200) -> tuple[Page, bytes]:
        """A seed's answer and its decoded body. Raises SeedUnreadable when there is none.

        `also` is a status besides 200 whose body says something.
        """
        self._tick()
        await self._note_robots(url)
        try:
            pages = await self._fetcher.fetch(url)
        except FAILURES as error:
            raise SeedUnreadable(in_words(error)) from None
        answer, is_answered = pages[-1], pages[-1].status in {200, also}
        if not self._fetcher.is_ours(answer.url):
            self.moved_to = self.moved_to or f"{url} leads to {answer.url}"
        if answer.truncated and is_answered:
            raise SeedUnreadable(f"the answer is cut ({answer.truncated})")
        try:
            body = bodies.decoded(answer, SEED_LIMIT)
        except CrawlError as error:
            raise SeedUnreadable(str(error)) from None
        self._refuse_notice(url, answer, body)
        if not is_answered:
            raise SeedUnreadable(f"the outlet answered {answer.status}")
        return answer, body

    async def _note_robots(self, url: str) -> None:
        """Tell, once a crawl, what is wrong with the outlet's robots.txt."""
        if self._has_told_robots:
            return
        self._has_told_robots = True
        robots = await self._fetcher.robots_of(url)
        if robots is None:
            return
        address = absolute_url("/robots.txt", base=url)
        if robots.closed:
            kind, advice = robots.closed_by.kind, robots.closed_by.advice
            self._logbook.problem(address, kind=kind, detail=robots.closed, advice=advice)
        for fault in robots.faults:
            advice = "nothing to do; the outlet may not mean what it says there"
            self._logbook.problem(address, kind="robots", detail=fault, advice=advice)

    def _refuse_notice(self, url: str, answer: Page, body: bytes) -> None:
        """Raise SeedUnreadable for a page that says why there is nothing to see."""
        if not _HTML.match(body.removeprefix(codecs.BOM_UTF8)[:1000]):
            return
        html = bodies.characters(answer, body)
        if is_challenge(answer, html):
            self.challenged_at = self.challenged_at or url
            raise SeedUnreadable("the outlet asks for a human")
        if is_closed(self._logbook.outlet, html):
            raise SeedUnreadable("a page of maintenance came instead")

    def note_challenge(self) -> None:
        """Tell that no seed could be read because the outlet asks for a human."""
        self._logbook.problem(
            self.challenged_at,
            kind=Answer.CHALLENGE.value,
            detail="the outlet asks for a human instead of listing its stories",
            advice=advice_on(Answer.CHALLENGE),
        )

    def note_moved(self) -> None:
        """Tell, where nothing was listed, that the seeds lead to another domain."""
        if self.moved_to and not self._logbook.counts["candidates"]:
            self._logbook.problem(
                self.moved_to.partition(" ")[0],
                kind="moved",
                detail=self.moved_to,
                advice=advice_on(Answer.ELSEWHERE),
            )

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

    def note_rest(self, url: str, rest: str, *, advice: str) -> None:
        """Tell of a list that is too long for one night."""
        self._problem(url, f"too long for one night: {rest}", advice=advice)

    def note_hostile(self, url: str, links: Iterable[str]) -> None:
        """Tell, once a crawl, of each link that cannot be followed; others may lead away."""
        for link in links:
            if len(link) > LONGEST_URL:
                self._note_long(url, link)
            if link in self._hostile or not _is_hostile(link, base=url):
                continue
            self._hostile.add(link)
            self._logbook.problem(
                link,
                kind=RefusedAddress.kind,
                detail=f"{url} links to this address, which must not be fetched",
                advice=RefusedAddress.advice,
            )

    def _note_long(self, url: str, link: str) -> None:
        if link not in self._hostile:
            self._logbook.problem(
                url,
                kind="bad-address",
                detail=f"it links to an address of over {LONGEST_URL} characters: {link[:80]}…",
                advice="nothing to do unless stories of this outlet are missing",
            )
        self._hostile.add(link)

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
