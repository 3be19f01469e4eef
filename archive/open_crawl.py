"""A crawl while it is written: its WARC files, and its transactions under one fencing token."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.engine import Engine

from archive import database, images, lanes, record, seen, warcs
from archive.errors import ArchiveError
from archive.exchange import Exchange
from archive.late_look import LateLook
from archive.plan import Plan
from archive.types import Crawl, ImageSighting, Outcome
from archive.warc_reader import Placed
from archive.warc_records import Member, conversion
from archive.warcs import CrawlWarc

__all__ = ["Clock", "OpenCrawl"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class OpenCrawl:
    """Writes what one crawl finds, bytes before rows.

    Methods raise LeaseLost when another process took the outlet over; then nothing is kept.
    """

    engine: Engine
    crawl: Crawl
    warc: CrawlWarc
    clock: Clock

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One writing transaction under the crawl's fencing token."""
        with database.writing(self.engine) as connection:
            self.expect_lease(connection)
            yield connection

    def expect_lease(self, connection: Connection) -> None:
        """Return while the outlet, and its network, is this crawl's. Raises LeaseLost."""
        lanes.check(connection, self.crawl)

    def keep(
        self,
        planned: Plan,
        stored: Sequence[Exchange],
        *,
        next_visit_at: datetime | None,
        confirm_after: timedelta,
    ) -> Outcome:
        """Keep a sighting of a story, and when the story is to be looked at again."""
        with self._stored(_members(planned, stored)) as (connection, placed):
            outcome = record.write(
                connection,
                self.crawl,
                planned,
                exchanges=_pairs(stored, placed),
                recorded_at=self.clock(),
            )
            schedule = seen.story_schedule(
                planned, next_visit_at=next_visit_at, confirm_after=confirm_after
            )
            record.touch_story(connection, outcome.story_id, **schedule)
        return outcome

    def keep_late(self, late: LateLook, stored: Sequence[Exchange]) -> Outcome:
        """Keep a look that is older than what is known of its story; its schedule stays."""
        with self._stored(_members(late.plan, stored)) as (connection, placed):
            return late.write(
                connection,
                self.crawl,
                exchanges=_pairs(stored, placed),
                recorded_at=self.clock(),
            )

    def keep_unread(self, planned: Plan, stored: Sequence[Exchange]) -> None:
        """Keep the bytes of a page that could not be read, without a story to tie them to."""
        with self._stored(_members(planned, stored)) as (connection, placed):
            record.write_unread(
                connection,
                self.crawl,
                planned,
                exchanges=_pairs(stored, placed),
                recorded_at=self.clock(),
            )

    def keep_image(self, seen: ImageSighting, stored: Sequence[Exchange]) -> None:
        """Keep the lead image of a story, and every exchange that it took."""
        members = [member for kept in stored for member in kept.members]
        with self._stored(members) as (connection, placed):
            images.write(
                connection,
                self.crawl,
                seen,
                stored=_pairs(stored, placed),
                recorded_at=self.clock(),
            )

    def keep_members(self, members: Sequence[Member]) -> None:
        """Keep members that were stored elsewhere before, as they are."""
        with self._stored(members):
            pass  # their rows are all there is to write

    @contextmanager
    def _stored(self, members: Sequence[Member]) -> Iterator[tuple[Connection, list[Placed]]]:
        """Members on disk, and the transaction for their rows: both are kept, or neither."""
        placed = self.warc.append(members, now=self.clock())
        is_kept = False
        try:
            with self.writing() as connection:
                warcs.insert_members(
                    connection, placed, crawl_id=self.crawl.crawl_id, recorded_at=self.clock()
                )
                yield connection, placed
            is_kept = True
        finally:
            if not is_kept:
                self._take_back(placed)

    def _take_back(self, placed: Sequence[Placed]) -> None:
        """Cut off members whose rows were not committed.

        A commit whose answer was lost may have happened: where the database cannot say, the
        members stay, and the next crawl's salvage finds out.
        """
        with suppress(ArchiveError):
            with database.reading(self.engine) as connection:
                if warcs.has_member(connection, placed[0].record_id):
                    return
            self.warc.take_back(placed)


def _members(planned: Plan, stored: Sequence[Exchange]) -> list[Member]:
    members = [member for kept in stored for member in kept.members]
    if planned.makes_version and planned.sighting.article:
        last = stored[-1]
        members.append(
            conversion(
                planned.sighting.article.text,
                refers_to=last.members[0].record_id,
                target_uri=last.page.url,
                date=last.page.fetched_at,
            )
        )
    return members


def _pairs(stored: Sequence[Exchange], placed: Sequence[Placed]) -> list[tuple[Exchange, Placed]]:
    """Each exchange with the place of its answer's own record."""
    places = {member.record_id: member for member in placed}
    return [(kept, places[kept.members[0].record_id]) for kept in stored]
