"""A backfill: the outlet's past before the ordinary window, slice by slice, newest first."""

import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from archive.types import Period
from crawler.backfill import Progress, slices
from crawler.discover import Candidate, SeedUnreadable

if TYPE_CHECKING:
    from crawler.spider import OutletSpider

__all__ = ["go_back"]

_MOST_UNREADABLE = 2
"""So many slices in a row that cannot be listed: it is not one bad answer."""


async def go_back(spider: "OutletSpider", past: Period) -> None:
    """Consider what the outlet lists in a period, and note each slice that was read to its end.

    What was interrupted is due again in the next crawl that asks for it; the stories of it that
    were seen by then are not asked for again.
    """
    logbook, topic = spider.logbook, spider.pipeline.topic.identity
    done = logbook.archive.listed_periods(spider.outlet.slug, topic=topic)
    due = slices(past, done, length=spider.slice_length)
    progress = Progress.of(due)
    logbook.begin_backfill(progress.counts)
    if not due:
        return
    await _consider(spider, spider.likely_past(due[-1].since))
    await _Backfill(spider, progress).go(due)


async def _consider(spider: "OutletSpider", candidates: AsyncIterator[Candidate]) -> None:
    """What the outlet's own search finds: a convenience, for every slice is listed anyway."""
    try:
        async for candidate in candidates:
            await spider.looks.consider(candidate)
    except SeedUnreadable as error:
        spider.logger.info("%s: its search is closed: %s", spider.outlet.slug, error)


class _Backfill:
    """The slices of one crawl."""

    def __init__(self, spider: "OutletSpider", progress: Progress) -> None:
        self._spider = spider
        self._progress = progress
        self._started = time.monotonic()

    async def go(self, due: list[Period]) -> None:
        """List slice after slice, until all are done or the outlet cannot list them."""
        unreadable = 0
        for period in due:
            try:
                await self._read(period)
            except SeedUnreadable as error:
                self._tell(period, error, oldest=due[-1])
                unreadable += 1
                if unreadable >= _MOST_UNREADABLE:
                    return
                continue
            unreadable = 0
            if self._is_the_first(period, oldest=due[-1]):
                return

    async def _read(self, period: Period) -> None:
        spider = self._spider
        async for candidate in spider.past(period.since, period.until):
            await spider.looks.consider(candidate)
        spider.note_listed(period)
        self._show(self._progress.after(period, seconds=time.monotonic() - self._started))

    def _is_the_first(self, period: Period, *, oldest: Period) -> bool:
        """Whether the outlet told that it has nothing older: the rest of the slices is empty."""
        begins = self._spider.begins_at
        if begins is None or begins < period.since:
            return False
        if oldest.since < period.since:  # empty, and so read to its end too
            self._spider.note_listed(Period(oldest.since, period.since))
        self._show(self._progress.ended())
        return True

    def _show(self, progress: Progress) -> None:
        self._progress = progress
        self._spider.logbook.show_backfill(progress.counts)

    def _tell(self, period: Period, error: SeedUnreadable, *, oldest: Period) -> None:
        outlet = self._spider.outlet
        self._spider.logbook.problem(
            outlet.url,
            kind="backfill",
            detail=f"{period.since:%Y-%m-%d} to {period.until:%Y-%m-%d} could not be listed "
            f"(asked for: back to {oldest.since:%Y-%m-%d}): {error}",
            advice="run the same command again; where that does not help, the outlet shows no "
            "more of its past",
        )
