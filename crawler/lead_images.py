"""The lead images of one crawl: fetched after its stories, each address once."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from archive.types import ImageSighting, Page
from crawler.fetch import FAILURES, Fetcher
from crawler.image_answers import ImageAnswer, judge
from crawler.images import is_due
from crawler.logbook import Logbook
from crawler.options import CrawlOptions
from crawler.politeness import retry_after
from crawler.refused import OnHold, RefusedAddress, RobotsForbidden, RobotsUnread

__all__ = ["LeadImages"]

_ADVICE = {
    "missing": "nothing to do: the story is kept without its picture",
    "not-an-image": "open it in a browser: if it shows a picture, please report it",
    "too-large": "raise crawl.image_limit: the next crawl then asks for it again",
    "refused": "nothing to do: it is not asked for again",
    "error": "nothing to do: it is asked for again on two more nights",
}
_ERRORS = 3
"""So many failures in a row of one host: what else is there waits for another night."""


class LeadImages:
    """Fetches what stories lead with. Whatever becomes of it, the crawl is as good as before."""

    def __init__(
        self,
        fetcher: Fetcher,
        logbook: Logbook,
        *,
        options: CrawlOptions,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._fetcher = fetcher
        self._logbook = logbook
        self._shelf = logbook.archive.images
        self._options = options
        self._limit = options.settings.crawl.image_limit
        self._may_go_on = may_go_on
        self._failed: dict[str, ImageSighting] = {}
        self._errors: Counter[str] = Counter()
        self._closed: set[str] = set()

    async def fetch(self) -> None:
        """Fetch what is missing, until all of it is there or the time is up.

        What is left is fetched by the next crawl. Raises CloseSpider when the outlet asked us to
        leave, ArchiveError.
        """
        if not self._options.settings.crawl.images:
            return
        now = self._options.clock()
        self._closed.update(_host(url) for url, _ in self._shelf.holds(now=now))
        for story_id, url in self._wanted():
            if not self._may_go_on():
                return
            await self._consider(story_id, url=url)
        self._may_go_on()  # the last answer may have asked us to leave

    def _wanted(self) -> Iterator[tuple[str, str]]:
        """Story and address: those of this crawl's looks first, then what earlier crawls left."""
        wanted = [(story_id, url) for story_id, url in self._logbook.images.items() if url]
        if self._options.revisit != "none" and not self._options.save:
            wanted += self._shelf.wanted(self._logbook.outlet.slug)
        for story_id, url in dict.fromkeys(wanted):
            known = self._shelf.of_story(story_id)
            if is_due(url, known, limit=self._limit, now=self._options.clock()):
                yield story_id, url

    async def _consider(self, story_id: str, *, url: str) -> None:
        """Fetch one image, unless it is known already from another story, or not to be had now."""
        if self._shelf.link(self._logbook.crawl, story_id, url=url):
            self._logbook.counts["images"] += 1
        elif url in self._failed:
            self._shelf.put(self._logbook.crawl, replace(self._failed[url], story_id=story_id))
        elif _host(url) not in self._closed and self._can_answer(url):
            await self._look(story_id, url=url)

    def _can_answer(self, url: str) -> bool:
        """Whether there is anybody to ask: a recording may have been made without images."""
        recording = self._options.recording
        return recording is None or recording.holds(url)

    async def _look(self, story_id: str, *, url: str) -> None:
        try:
            pages = tuple(await self._fetcher.fetch_image(url, limit=self._limit))
        except OnHold:
            return  # the outlet asked us to leave: that is not the image's fault
        except FAILURES as error:
            pages, answer = (), _refused(error)
        else:
            answer = judge(pages, limit=self._limit)
        now = self._options.clock()
        seen = ImageSighting(
            story_id=story_id,
            url=url,
            outcome=answer.outcome,
            seen_at=pages[-1].fetched_at if pages else now,
            pages=pages if answer.outcome == "kept" else (),
            media_type=answer.media_type,
            bytes=answer.bytes,
            held_until=_held_until(pages, now=now),
        )
        self._shelf.put(self._logbook.crawl, seen)
        self._learn(seen, pages=pages)
        self._count(seen, detail=answer.detail)

    def _learn(self, seen: ImageSighting, *, pages: tuple[Page, ...]) -> None:
        """Ask a host no more tonight that wants to be left alone, or does not answer."""
        host = _host(seen.url)
        self._errors[host] = self._errors[host] + 1 if seen.outcome == "error" else 0
        if _is_busy(pages) or self._errors[host] >= _ERRORS:
            self._closed.update({host, *(_host(page.url) for page in pages[-1:])})
        if seen.outcome != "kept":
            self._failed[seen.url] = seen

    def _count(self, seen: ImageSighting, *, detail: str) -> None:
        if seen.outcome == "kept":
            self._logbook.counts["images"] += 1
            return
        self._logbook.counts["images_not_kept"] += 1
        self._logbook.problem(
            seen.url,
            kind=f"image-{seen.outcome}",
            detail=detail.removeprefix(f"{seen.url}: "),
            advice=_ADVICE[seen.outcome],
        )


def _refused(error: Exception) -> ImageAnswer:
    """What a request that brought no answer means for the image."""
    is_final = isinstance(error, RefusedAddress | RobotsForbidden | ValueError)
    outcome = "refused" if is_final and not isinstance(error, RobotsUnread) else "error"
    return ImageAnswer(outcome=outcome, detail=str(error) or type(error).__name__)


def _held_until(pages: tuple[Page, ...], *, now: datetime) -> datetime | None:
    """Until when the image's host, which may be another's, wants to be left alone."""
    if not _is_busy(pages):
        return None
    last = pages[-1]
    wait = retry_after(last.header("Retry-After"), now)
    return now + wait if wait else None


def _is_busy(pages: tuple[Page, ...]) -> bool:
    return bool(pages) and pages[-1].status in {429, 503}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
