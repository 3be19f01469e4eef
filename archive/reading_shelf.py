"""The stored captures of an archive, as a replay reads them again and keeps what it finds."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.engine import Engine

from archive import database, held, second_reading
from archive.errors import DamagedRecord
from archive.open_crawl import OpenCrawl
from archive.plan import Plan, plan
from archive.reckoning import HeldStory, Reckoned, StoredLook
from archive.rereading import stored_page
from archive.schema import capture, outlet, seen_url
from archive.types import Crawl, Outlet, Page, Sighting
from archive.urls import canonical_url

__all__ = ["ReadingShelf"]

_BATCH = 200


class ReadingShelf:
    """What can be read again of each outlet, story by story, and where new readings are put.

    Reading needs no lease; every step is a short transaction of its own, so that a crawl can go on
    beside it. Methods raise ArchiveError when the archive fails, `keep` LeaseLost as Archive's do.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        directory: Path,
        confirm_after: timedelta,
        at_work: Callable[[Crawl], OpenCrawl],
    ) -> None:
        self._engine = engine
        self._directory = directory
        self.confirm_after = confirm_after
        self._at_work = at_work

    def outlet(self, slug: str) -> Outlet | None:
        """An outlet as the archive knows it, or None for one never visited."""
        with database.reading(self._engine) as connection:
            return held.held_outlet(connection, slug)

    def count(self, slug: str) -> int:
        """How many captures of an outlet there are to read."""
        with database.reading(self._engine) as connection:
            return held.count_captures(connection, slug)

    def stories(self, slug: str) -> Iterator[HeldStory]:
        """Every story of an outlet in order of its id, with its unread looks, one at a time."""
        after = ""
        while story_ids := self._story_ids(slug, after=after):
            for after in story_ids:
                with database.reading(self._engine) as connection:
                    found = held.held_story(connection, after)
                yield found

    def _story_ids(self, slug: str, *, after: str) -> list[str]:
        with database.reading(self._engine) as connection:
            return list(held.story_ids(connection, slug, after=after, limit=_BATCH))

    def unread(self, slug: str) -> Iterator[HeldStory]:
        """What was captured at each address of no story and could not be read, address by address.

        A story without an id and without versions.
        """
        after = ""
        while urls := self._unread_urls(slug, after=after):
            for after in urls:
                with database.reading(self._engine) as connection:
                    looks = held.unread_at(connection, slug, after)
                if looks:
                    yield HeldStory(outlet=slug, url=after, unread=tuple(looks))

    def _unread_urls(self, slug: str, *, after: str) -> list[str]:
        with database.reading(self._engine) as connection:
            return list(held.unread_urls(connection, slug, after=after, limit=_BATCH))

    def pages(self, look: StoredLook) -> list[Page]:
        """The pages of one look, part by part, as they were answered. Raises DamagedRecord."""
        with database.reading(self._engine) as connection:
            return [
                stored_page(connection, self._directory, capture_id=capture_id)
                for capture_id in look.capture_ids
            ]

    def plan(self, read: Sighting, *, asked: str) -> Plan:
        """Whose page it is that could not be read before, and whether the archive keeps it.

        `asked`: the address under which it was noted as unread. What no crawl noted was asked for
        by a person, and is kept whatever its topic.
        """
        with database.reading(self._engine) as connection:
            return self._plan(connection, read, asked=asked)

    def _plan(self, connection: Connection, read: Sighting, *, asked: str) -> Plan:
        front = connection.scalar(select(outlet.c.url).where(outlet.c.slug == read.outlet))
        address = canonical_url(asked, outlet_url=front or "")
        noted = select(seen_url.c.url).where(
            seen_url.c.outlet == read.outlet, seen_url.c.url == address
        )
        wanted = connection.scalar(noted) is None
        sighting = Sighting(**(vars(read) | {"keep": wanted}))
        return plan(connection, sighting, confirm_after=self.confirm_after)

    def keep(self, crawl: Crawl, story: HeldStory, reckoned: Reckoned) -> None:
        """Keep the new readings of a known story, and the versions they reveal, all or nothing."""
        at_work = self._at_work(crawl)
        with at_work.writing() as connection:
            second_reading.write(
                connection, crawl, story, reckoned=reckoned, recorded_at=at_work.clock()
            )

    def keep_story(self, crawl: Crawl, planned: Plan, reckoned: Reckoned) -> None:
        """Keep a story that nobody could read when it was captured."""
        at_work = self._at_work(crawl)
        with at_work.writing() as connection:
            second_reading.write_story(
                connection, crawl, planned, reckoned=reckoned, recorded_at=at_work.clock()
            )

    def redirects(self, look: StoredLook) -> list[Page]:
        """The exchanges of a look that led to its first part, oldest first."""
        with database.reading(self._engine) as connection:
            first = connection.execute(
                select(capture).where(capture.c.capture_id == look.capture_ids[0])
            ).one()
            led = select(capture.c.capture_id).where(
                capture.c.crawl_id == first.crawl_id,
                capture.c.recorded_at == first.recorded_at,
                capture.c.capture_id < first.capture_id,
                capture.c.answer == "redirect",
            )
            ids = connection.scalars(led.order_by(capture.c.capture_id)).all()
            with suppress(DamagedRecord):  # the story itself was read
                return [stored_page(connection, self._directory, capture_id=one) for one in ids]
        return []
