"""When to stop asking a listing for its next page. Pure, updated by value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from crawler.discover import Candidate

__all__ = ["Paging"]

_BARREN_PAGES = 3
_MOST_UNDATED = 200
_MOST = 2_000


@dataclass(frozen=True)
class Paging:
    """What the pages of a listing held so far, and whether it has ended.

    A page that does not advance (the addresses of the page before, or none) ends it, and so do
    three in a row that hold nothing new; one stray old story does not (sticky posts stand first).
    So does a number of pages that no honest listing has: 200 without a date, 2,000 with dates.
    """

    since: datetime
    """Stories that the listing dates before this are old."""
    known: Callable[[str], bool]
    """Whether an address (canonical URL) was known before the last complete visit."""
    reason: str = ""
    """Why it ended, in words; empty while it goes on."""
    barren: int = 0
    """Pages in a row, up to now, that held nothing new."""
    fault: str = ""
    """What is wrong with a listing that ended in no other way."""
    pages: int = 0
    undated: int = 0
    """Pages, up to now, without any date."""
    seen: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()

    @property
    def ended(self) -> bool:
        """There is nothing more to ask for."""
        return bool(self.reason)

    def after(self, candidates: Iterable[Candidate]) -> "Paging":
        """The state once a page with these candidates was read."""
        page = {candidate.address: candidate for candidate in candidates}
        addresses = frozenset(page)
        barren = 0 if any(map(self._is_new, page.values())) else self.barren + 1
        undated = self.undated + (not any(c.published_at or c.modified_at for c in page.values()))
        fault = self.fault or _endless(self.pages + 1, undated=undated)
        return replace(
            self,
            reason=self.reason or self._end(addresses, barren) or fault,
            fault=fault,
            barren=barren,
            pages=self.pages + 1,
            undated=undated,
            seen=self.seen | addresses,
            last=addresses,
        )

    def _is_new(self, candidate: Candidate) -> bool:
        address = candidate.address
        if address in self.seen or self.known(address):
            return False
        return candidate.is_since(self.since)

    def _end(self, addresses: frozenset[str], barren: int) -> str:
        if not addresses:
            return "the page is empty"
        if addresses == self.last:
            return "the page does not advance"
        if barren >= _BARREN_PAGES:
            return f"{barren} pages in a row without anything new"
        return ""


def _endless(pages: int, *, undated: int) -> str:
    if undated >= _MOST_UNDATED:
        return f"{undated} pages without a date, and no end"
    return f"{pages} pages, and no end" if pages >= _MOST else ""
