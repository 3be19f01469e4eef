"""A look at a known story that is older than what the archive knows of it (an imported capture).

It is judged by what the story said around it, never by what it says now. What it shows may be the
version in force then, a version that nobody knew of, or the next version, which then was there
earlier than was known: that gets a version with the older date, and the later one repeats it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from archive import record, second_reading
from archive.exchange import Exchange
from archive.judge import Judgement
from archive.plan import Plan
from archive.reckoning import HeldStory, Reckoned, Reveal, StoredLook
from archive.text import changed_fields, content_hash
from archive.types import Article, Crawl, Outcome, Sighting
from archive.warc_reader import Placed

__all__ = ["LateLook", "placeholder"]


def placeholder(sighting: Sighting) -> StoredLook:
    """The look that a sighting will be once it is stored: its captures have no ids yet."""
    wanted = set(sighting.parts)
    parts = [page for page in sighting.pages if page.url in wanted]
    return StoredLook(
        capture_ids=tuple(range(-len(parts), 0)),
        fetched_at=parts[0].fetched_at,
        seen_at=sighting.seen_at,
        payload=tuple((page.url, f"late {number}") for number, page in enumerate(parts)),
    )


@dataclass(frozen=True, kw_only=True)
class LateLook:
    """What a look means among all others at its story."""

    planned: Plan
    held: HeldStory
    """The story before, with the look among the unread ones."""
    reckoned: Reckoned
    look: StoredLook

    @property
    def _article(self) -> Article:
        article = self.planned.sighting.article
        if article is None:
            raise ValueError("a late look needs an article")
        return article

    @property
    def reveal(self) -> Reveal | None:
        """The version that it brings to light, if it does."""
        return next((one for one in self.reckoned.reveals if self.look in one.looks), None)

    @property
    def plan(self) -> Plan:
        """As it is written: nothing is compared with the newest version."""
        kind = "edited" if self.reveal else "unchanged" if self._version_id else "suspect"
        judged = Judgement(kind=kind, content_hash=content_hash(self._article))
        return replace(self.planned, is_new=False, judgement=judged)

    @property
    def _version_id(self) -> int | None:
        """The version in force at the look, where it says the same."""
        before = [state for state in self._states() if state[0] <= self.look.seen_at]
        if not before:
            return None
        _, version_id, article = max(before, key=lambda state: state[0])
        return None if changed_fields(article, self._article) else version_id

    def _states(self) -> Iterator[tuple[datetime, int | None, Article]]:
        reread = {one.version.version_id: one.read.article for one in self.reckoned.rereads}
        for version in self.held.versions:
            article = reread.get(version.version_id) or version.article
            yield version.first_seen_at, version.version_id, article
        for reveal in self.reckoned.reveals:
            if reveal.read.article:
                yield reveal.first_seen_at, None, reveal.read.article

    def write(
        self,
        connection: Connection,
        crawl: Crawl,
        *,
        exchanges: Sequence[tuple[Exchange, Placed]],
        recorded_at: datetime,
    ) -> Outcome:
        """Write its captures, what it brings to light, and what becomes of the versions there."""
        captures = record.write_captures(
            connection, crawl, self.plan, exchanges=exchanges, recorded_at=recorded_at
        )
        second_reading.write(
            connection,
            crawl,
            self.held,
            reckoned=self._with_captures(tuple(captures)),
            recorded_at=recorded_at,
        )
        if self.reveal:
            kind = "edited" if self.reveal.before else "new"
            return Outcome(kind=kind, story_id=self.held.story_id, changed=self.reveal.changed)
        version_id = self._version_id
        if version_id is None:
            return Outcome(kind="suspect", story_id=self.held.story_id)
        record.link_captures(connection, version_id=version_id, captures=captures)
        return Outcome(kind="unchanged", story_id=self.held.story_id)

    def _with_captures(self, capture_ids: tuple[int, ...]) -> Reckoned:
        stored = replace(self.look, capture_ids=capture_ids)
        reveals = tuple(
            replace(one, looks=tuple(stored if look == self.look else look for look in one.looks))
            for one in self.reckoned.reveals
        )
        return replace(self.reckoned, reveals=reveals)
