"""What a crawl writes down as it goes: its row, its lease, its counts, what went wrong."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from archive.archive import Archive
from archive.identity import addresses
from archive.memory import OutletMemory
from archive.seen import of_sighting
from archive.types import Answer, Crawl, Outcome, Outlet, Period, Problem, Seen, Sighting

__all__ = ["Logbook"]

_SEEN_BATCH = 50
_SHOWN = frozenset({"new", "edited", "unchanged", "back"})
"""Outcomes of looks that showed a story whole, so that its lead image is the story's."""
_FAILED = frozenset({Answer.CHALLENGE, Answer.ELSEWHERE, Answer.ERROR, Answer.UNREAD})
_OF_A_NIGHT = (
    *("requests", "bytes", "candidates", "looked_at", "on_topic", "failed", "problems"),
    *("new", "edited", "suspect", "unchanged", "not-modified"),
    *("read", "has_byline", "has_time", "has_dateline", "text_length", "repeated_lines"),
)
"""Counts by which nights are compared: a backfill's share of them is told apart."""


class Logbook:
    """The archive as one crawl uses it. Counts are kept here and shown by every beat."""

    def __init__(
        self,
        archive: Archive,
        outlet: Outlet,
        *,
        run_id: int | None,
        unless_since: datetime | None = None,
    ) -> None:
        self.archive = archive
        self.outlet = outlet
        self.crawl: Crawl = archive.begin_crawl(outlet, run_id=run_id, unless_since=unless_since)
        self.memory: OutletMemory = archive.recall(outlet.slug)
        self.counts: Counter[str] = Counter()
        self.images: dict[str, str] = {}
        """Story id -> the address of the lead image that this crawl saw it show, or ''."""
        self._seen: list[Seen] = []
        self._before_backfill: Mapping[str, int] | None = None
        self._known = set(self.memory.addresses)

    def beat(self) -> None:
        """Keep the lease and show the counts so far."""
        self.archive.heartbeat(self.crawl, counts=self.told)

    @property
    def told(self) -> dict[str, int]:
        """The counts so far; those of a night also as far as a backfill made them."""
        before = self._before_backfill
        if before is None:
            return dict(self.counts)
        shares = {f"backfill_{n}": self.counts[n] - before.get(n, 0) for n in _OF_A_NIGHT}
        return dict(self.counts) | {name: share for name, share in shares.items() if share}

    def begin_backfill(self, counts: Mapping[str, int]) -> None:
        """From now on the counts are a backfill's; `counts` tell how far it is."""
        self._before_backfill = dict(self.counts)
        self.show_backfill(counts)

    def show_backfill(self, counts: Mapping[str, int]) -> None:
        """Tell how far the backfill is."""
        for name, count in counts.items():
            self.counts[name] = count

    def listed(self, period: Period, *, topic: str) -> None:
        """Keep that everything listed in a period was considered; first what was seen there."""
        self.flush()
        self.archive.note_listed(self.crawl, period, topic=topic)

    def record(self, sighting: Sighting, *, next_visit_at: datetime | None) -> Outcome:
        """Keep a sighting and count its outcome.

        One off topic, about no story known by now, is only remembered: in a batch, as `seen` does.
        """
        names = addresses(sighting, outlet_url=self.outlet.url)
        if _is_off_topic(sighting) and self._known.isdisjoint(names):
            self.seen(*of_sighting(sighting, addresses=names))
            return Outcome(kind="off-topic")
        outcome = self.archive.record(self.crawl, sighting, next_visit_at=next_visit_at)
        self._known.update(names)
        self.counts[outcome.kind] += 1
        self.counts["looked_at"] += 1
        if sighting.article and outcome.kind in _SHOWN:
            self.images[outcome.story_id] = sighting.article.image_url
        # a 304 shows nothing to decide on: the story is what it was
        if sighting.topic.on_topic if sighting.topic else outcome.is_on_topic:
            self.counts["on_topic"] += 1
        return outcome

    def seen(self, *found: Seen) -> None:
        """Remember one look at what is not kept, under each of its addresses; written in batches.

        A batch lost to a crash costs a second look at its pages, nothing else.
        """
        self._seen += found
        if found:
            self.counts[found[0].decision] += 1
        self.counts["looked_at"] += 1
        if len(self._seen) >= _SEEN_BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the seen addresses that wait."""
        if self._seen:
            self.archive.note_seen(self.crawl, self._seen)
            self._seen = []

    def problem(self, url: str, *, kind: str, detail: str, advice: str) -> None:
        """Note what went wrong with one address, for `status`."""
        self.counts["problems"] += 1
        if kind in _FAILED:
            self.counts["failed"] += 1
        self.archive.note_problem(
            self.crawl,
            Problem(
                outlet=self.outlet.slug, url=url[:2048], kind=kind, detail=detail, advice=advice
            ),
        )

    def close(self, *, reason: str, complete: bool) -> None:
        """End the crawl's row; stories that it proved gone are declared so."""
        self.flush()
        self.archive.close_crawl(self.crawl, reason=reason, counts=self.told, complete=complete)
        self.archive.judge_health(self.outlet.slug)
        self.archive.close()


def _is_off_topic(sighting: Sighting) -> bool:
    """Whether the archive keeps it only for a story that it knows."""
    topic = sighting.topic
    return bool(topic and not topic.on_topic and not sighting.keep)
