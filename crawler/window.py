"""How far back an outlet's seeds are looked at, and what was known by then. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.memory import OutletMemory
from archive.types import Period

__all__ = ["Window"]

_OVERLAP = timedelta(days=3)
"""Publishing a scheduled post leaves its date and `modified` in the past (DESIGN §4.2)."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days a crawl looks at. Whole days (UTC), so that a recorded night asks the same again."""

    memory: OutletMemory
    started_at: datetime
    lookback: timedelta
    asked_since: datetime | None = None
    """What `--since` asked for: it widens nothing here, what lies further back is `past`."""

    @property
    def since(self) -> datetime:
        """From when on the seeds are asked: the last complete visit, less the overlap.

        However long ago that was: after weeks of downtime nothing in between is lost.
        """
        visited = self.memory.visited_at
        if visited is None:
            return _midnight(self.started_at - self.lookback)
        return _midnight(visited - _OVERLAP)

    @property
    def horizon(self) -> datetime:
        """The farthest this crawl looks back at all, at what a seed shows besides."""
        return min(self.since, _midnight(self.started_at - self.lookback))

    @property
    def past(self) -> Period | None:
        """What `--since` asks for beyond the window; None when that is nothing.

        A later `--since` never narrows the window: what it left out would be lost.
        """
        if self.asked_since is None or self.asked_since >= self.since:
            return None
        return Period(_midnight(self.asked_since.astimezone(UTC)), self.since)

    def settled(self, period: Period) -> Period | None:
        """The part of a period in which nothing more will be published; None when there is none.

        Scheduled posts appear up to three days in the past: so near a look is never the last.
        """
        until = min(period.until, _midnight(self.started_at - _OVERLAP))
        return Period(period.since, until) if period.since < until else None

    def was_known(self, address: str) -> bool:
        """Whether an address was known at the last complete visit (a crawl since may have died)."""
        visited = self.memory.visited_at
        first = self._first_seen_at(address)
        return visited is not None and first is not None and first < visited

    def _first_seen_at(self, address: str) -> datetime | None:
        story, seen = self.memory.story_at(address), self.memory.seen.get(address)
        if story:
            return story.first_seen_at
        return (seen.first_seen_at or seen.seen_at) if seen else None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
