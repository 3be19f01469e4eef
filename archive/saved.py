"""What a run kept of the addresses that a person asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, RowMapping, func, select

from archive import database
from archive.schema import capture, crawl, problem, reading, version, warc_record

__all__ = ["Saved", "saved_in"]

_MOST_HOPS = 20


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What became of one address."""

    url: str
    """The address that was asked for."""
    given: str = ""
    """As the person wrote it."""
    story_id: str = ""
    """Empty when the page is kept but holds no story."""
    version: int = 0
    headline: str = ""
    status: int = 0
    """HTTP status of the answer at the end of its redirects; 0 when nothing is kept."""
    answer: str = ""
    captured_at: datetime | None = None
    payload_digest: str = ""
    warc_file: str = ""
    warc_offset: int = 0
    problem: str = ""
    advice: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the outlet showed something that is in the archive now."""
        return bool(self.warc_file) and self.answer not in {"missing", "challenge", "error"}

    @property
    def in_words(self) -> str:
        """One line for a person."""
        where = f"{self.warc_file} at {self.warc_offset}" if self.warc_file else ""
        if self.story_id and self.is_kept:
            return f"saved: {self.story_id[:8]} version {self.version}, {self.headline} ({where})"
        if self.is_kept:
            why = f": {self.problem}; {self.advice}" if self.problem else ""
            return f"saved as bytes, no story in it: {self.answer}{why} ({where})"
        kept = f"; its answer {self.status} is kept ({where})" if where else ""
        return f"not saved: {self.problem or 'it was not reached'}{kept}; {self.advice}".rstrip(
            "; "
        )


def saved_in(engine: Engine, *, run_id: int, urls: Iterable[str]) -> list[Saved]:
    """What a run kept of each address, in the order given."""
    with database.reading(engine) as connection:
        return [_saved(connection, run_id, url=url) for url in urls]


def _saved(connection: Connection, run_id: int, *, url: str) -> Saved:
    told = _problem(connection, run_id, url=url)
    wrong, advice = (told["detail"], told["advice"]) if told else ("", "")
    row = _shown(connection, run_id, url=url)
    if row is None:
        return Saved(url=url, problem=wrong, advice=advice)
    if row["answer"] == "missing":
        advice = "check the address"
    number, headline = _newest_version(connection, row["story_id"])
    return Saved(
        url=url,
        story_id=row["story_id"] or "",
        version=number,
        headline=headline,
        status=row["status"],
        answer=row["answer"],
        captured_at=row["fetched_at"],
        payload_digest=row["payload_digest"],
        warc_file=row["warc_file"],
        warc_offset=row["warc_offset"],
        problem=wrong,
        advice=advice,
    )


def _shown(connection: Connection, run_id: int, *, url: str) -> RowMapping | None:
    """The capture that an address led to: redirects stand before it, in the order of their ids."""
    first = (
        select(func.min(capture.c.capture_id))
        .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
        .where(crawl.c.run_id == run_id, capture.c.url == url)
        .scalar_subquery()
    )
    query = (
        select(capture, warc_record.c.warc_file, warc_record.c.warc_offset)
        .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
        .join(warc_record, warc_record.c.record_id == capture.c.record_id)
        .where(crawl.c.run_id == run_id, capture.c.capture_id >= first)
        .order_by(capture.c.capture_id)
        .limit(_MOST_HOPS)
    )
    row = None
    for found in connection.execute(query).mappings():
        row = row if row and row["crawl_id"] != found["crawl_id"] else found
        if not 300 <= found["status"] < 400 or found["status"] == 304:
            break
    return row


def _problem(connection: Connection, run_id: int, *, url: str) -> RowMapping | None:
    query = (
        select(problem)
        .join(crawl, crawl.c.crawl_id == problem.c.crawl_id)
        .where(crawl.c.run_id == run_id, problem.c.url == url)
        .order_by(problem.c.problem_id)
        .limit(1)
    )
    return connection.execute(query).mappings().first()


def _newest_version(connection: Connection, story_id: str | None) -> tuple[int, str]:
    query = (
        select(version.c.number, reading.c.headline)
        .join(reading, reading.c.version_id == version.c.version_id)
        .where(version.c.story_id == story_id)
        .order_by(version.c.number.desc(), reading.c.reading_id.desc())
        .limit(1)
    )
    row = connection.execute(query).first() if story_id else None
    return (row.number, row.headline) if row else (0, "")
