"""The rows of a second reading: what stored captures say when they are read again (DESIGN §5).

Nothing is written over. A new reading stands beside the older ones and is the current one; a
version that comes to light gets the next free number, and is tied to its captures a second time.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from archive import ledger
from archive.plan import Plan
from archive.reckoning import HeldStory, Reckoned, Reread, Reveal
from archive.record import add_reading, link_captures, write_stored
from archive.schema import version
from archive.text import content_hash
from archive.types import Crawl, Sighting

__all__ = ["write", "write_story"]


@dataclass(frozen=True, kw_only=True)
class _Writing:
    """What every row of one re-reading shares."""

    connection: Connection
    crawl: Crawl
    held: HeldStory
    recorded_at: datetime

    def event(self, kind: str, **values: object) -> None:
        ledger.append(
            self.connection,
            kind,
            recorded_at=self.recorded_at,
            outlet=self.crawl.outlet,
            crawl_id=self.crawl.crawl_id,
            story_id=self.held.story_id,
            **values,
        )


def write(
    connection: Connection,
    crawl: Crawl,
    held: HeldStory,
    *,
    reckoned: Reckoned,
    recorded_at: datetime,
) -> None:
    """Write the new readings of a story that the archive knows, and the versions they reveal."""
    work = _Writing(connection=connection, crawl=crawl, held=held, recorded_at=recorded_at)
    for reread in reckoned.rereads:
        _add_reading(work, reread)
    for number, reveal in enumerate(reckoned.reveals, start=_highest_number(work) + 1):
        _add_version(work, reveal, number=number)


def write_story(
    connection: Connection,
    crawl: Crawl,
    planned: Plan,
    *,
    reckoned: Reckoned,
    recorded_at: datetime,
) -> None:
    """Write a story whose captures could not be read when they were made, with its versions."""
    first, *others = reckoned.reveals
    made = write_stored(
        connection,
        crawl,
        replace(planned, sighting=replace(planned.sighting, article=first.read.article)),
        captures=first.looks[0].capture_ids,
        recorded_at=recorded_at,
    )
    newest = select(func.max(version.c.version_id)).where(version.c.story_id == made.story_id)
    version_id = connection.execute(newest).scalar_one()
    for look in first.looks[1:]:
        link_captures(connection, version_id=version_id, captures=look.capture_ids)
    held = HeldStory(outlet=crawl.outlet, url=planned.file_address, story_id=made.story_id)
    rest = Reckoned(reveals=tuple(others))
    write(connection, crawl, held, reckoned=rest, recorded_at=recorded_at)


def _add_reading(work: _Writing, reread: Reread) -> None:
    held, found = reread.version, _content_hash(reread.read)
    add_reading(
        work.connection,
        reread.read,
        version_id=held.version_id,
        content_hash=found,
        recorded_at=work.recorded_at,
        repeats_previous=reread.repeats_previous,
    )
    detail = {
        "extractor": reread.read.extractor,
        "before": held.extractor,
        "content_hash": found,
        "repeats_previous": reread.repeats_previous,
        "looks": len(held.looks),
    }
    work.event("reread", version_id=held.version_id, detail=detail)


def _highest_number(work: _Writing) -> int:
    numbers = select(func.max(version.c.number)).where(version.c.story_id == work.held.story_id)
    return work.connection.scalar(numbers) or 0


def _add_version(work: _Writing, reveal: Reveal, *, number: int) -> None:
    row = {
        "story_id": work.held.story_id,
        "number": number,
        "crawl_id": work.crawl.crawl_id,
        "first_seen_at": reveal.first_seen_at,
        "recorded_at": work.recorded_at,
        "changed": list(reveal.changed),
    }
    made = work.connection.execute(insert(version).values(row).returning(version.c.version_id))
    version_id, found = int(made.scalar_one()), _content_hash(reveal.read)
    add_reading(
        work.connection,
        reveal.read,
        version_id=version_id,
        content_hash=found,
        recorded_at=work.recorded_at,
    )
    for look in reveal.looks:
        link_captures(work.connection, version_id=version_id, captures=look.capture_ids)
    work.event(
        # what comes before all that was known is no edit of anything
        "edited" if reveal.before else "new",
        version_id=version_id,
        capture_id=reveal.looks[0].capture_ids[0],
        occurred_at=reveal.first_seen_at,
        detail={
            "number": number,
            "changed": list(reveal.changed),
            "content_hash": found,
            "revealed_by": reveal.read.extractor,
        },
    )


def _content_hash(read: Sighting) -> str:
    if read.article is None:
        raise ValueError("a reading needs an article")
    return content_hash(read.article)
