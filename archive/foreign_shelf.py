"""What an import of other tools' captures asks of an archive, and what it writes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from archive import database, held
from archive.exchange import Exchange, earlier_capture, exchange, payload_digest
from archive.http_block import Decode, as_stored
from archive.late_look import LateLook, placeholder
from archive.open_crawl import OpenCrawl
from archive.plan import Plan, plan
from archive.reckoning import Failure, HeldStory, Reckoned, StoredLook, reckon
from archive.schema import capture, crawl, event, outlet, story_url, version
from archive.takedowns import line_of, taken_down
from archive.types import Crawl, Outcome, Page, Sighting
from archive.urls import canonical_url

__all__ = ["ForeignShelf"]

Readings = Mapping[StoredLook, Sighting | Failure]


class ForeignShelf:
    """Captures that other tools made, at the moments at which they made them.

    Each question and each step is a short transaction of its own. `keep_late` raises LeaseLost as
    Archive's methods do.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        confirm_after: timedelta,
        decode: Decode | None,
        at_work: Callable[[Crawl], OpenCrawl],
    ) -> None:
        self._engine = engine
        self._confirm_after = confirm_after
        self._decode = decode
        self._at_work = at_work

    def is_there(self, slug: str, page: Page) -> bool:
        """Whether the archive holds this capture: the address, the moment, the bytes."""
        digest = payload_digest(as_stored(page, decode=self._decode))
        # of a revisit, too: its row has the digest of the body that it stands on
        same = (capture.c.url == page.url) & (capture.c.fetched_at == page.fetched_at)
        query = (
            select(capture.c.capture_id)
            .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
            .where(same, capture.c.payload_digest == digest, crawl.c.outlet == slug)
        )
        with database.reading(self._engine) as connection:
            return connection.scalar(query.limit(1)) is not None

    def is_known(self, slug: str, url: str) -> bool:
        """Whether a story has this address."""
        with database.reading(self._engine) as connection:
            front = connection.scalar(select(outlet.c.url).where(outlet.c.slug == slug))
            if front is None:
                return False
            address = canonical_url(url, outlet_url=front)
            query = select(story_url.c.story_id).where(
                story_url.c.outlet == slug, story_url.c.address == address
            )
            return connection.scalar(query) is not None

    def plan(self, sighting: Sighting) -> Plan | None:
        """Whose page a sighting is, and whether it is kept; None for an outlet not known here."""
        known = select(outlet.c.slug).where(outlet.c.slug == sighting.outlet)
        with database.reading(self._engine) as connection:
            if connection.scalar(known) is None:
                return None
            return plan(connection, sighting, confirm_after=self._confirm_after)

    def taken_down(self, story_id: str) -> str:
        """When and why a story was taken down, in one line; '' for one that was not."""
        with database.reading(self._engine) as connection:
            row = taken_down(connection, story_id)
            return line_of(row) if row else ""

    def known_until(self, story_id: str) -> datetime | None:
        """The latest moment of which the archive knows something of a story."""
        queries = (
            select(func.max(capture.c.fetched_at)).where(capture.c.story_id == story_id),
            select(func.max(version.c.first_seen_at)).where(version.c.story_id == story_id),
            select(func.max(event.c.occurred_at)).where(
                event.c.story_id == story_id, event.c.kind.in_(("gone", "back"))
            ),
        )
        with database.reading(self._engine) as connection:
            moments = [connection.scalar(query) for query in queries]
        return max(filter(None, moments), default=None)

    def held(self, story_id: str) -> HeldStory:
        """A story with every look at it that can be read again."""
        with database.reading(self._engine) as connection:
            return held.held_story(connection, story_id)

    def keep_late(self, of: Crawl, planned: Plan, readings: Readings) -> Outcome:
        """Keep a look at a known story that is older than what is known of it; what it meant.

        `readings` are those of the looks that the story has, as today's readers read them.
        """
        look = placeholder(planned.sighting)
        story = self.held(planned.story_id)
        unread = sorted((*story.unread, look), key=lambda one: one.seen_at)
        among = replace(story, unread=tuple(unread))
        found = {**readings, look: replace(planned.sighting, pages=())}
        reckoned: Reckoned = reckon(among, found, confirm_after=self._confirm_after)
        late = LateLook(planned=planned, held=among, reckoned=reckoned, look=look)
        return self._at_work(of).keep_late(late, self._exchanges(planned.sighting))

    def _exchanges(self, sighting: Sighting) -> list[Exchange]:
        with database.reading(self._engine) as connection:
            stored = []
            for page in sighting.pages:
                earlier = earlier_capture(connection, page)
                # a revisit stands on what was there before it
                is_before = earlier and earlier.fetched_at <= page.fetched_at
                of = earlier if is_before else None
                stored.append(exchange(page, earlier=of, decode=self._decode))
            return stored
