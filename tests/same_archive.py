"""What two archives of the same nights must agree on, and what no crash may leave in one."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Engine

from archive import database
from archive.archive import Archive
from archive.audit import audit
from archive.config import ArchiveConfig
from archive.errors import DamagedRecord
from archive.schema import crawl, warc_record
from archive.stories import stories
from archive.versions import versions
from archive.warc_reader import scan

__all__ = ["Held", "differences", "faults", "held"]


class Held(NamedTuple):
    """One version of one story, as far as it does not depend on when it was fetched."""

    outlet: str
    url: str
    number: int
    content_hash: str
    status: str


def held(config: ArchiveConfig) -> set[Held]:
    """Every version that an archive holds; a story without one stands there with number 0."""
    engine = database.connect(config)
    found = set(_held(engine))
    engine.dispose()
    return found


def _held(engine: Engine) -> Iterator[Held]:
    for story in stories(engine):
        known = versions(engine, story.story_id, with_repeats=True)
        if not known:
            yield Held(story.outlet, story.url, 0, "", story.status)
        for version in known:
            yield Held(story.outlet, story.url, version.number, version.content_hash, story.status)


def differences(calm: set[Held], killed: set[Held]) -> list[str]:
    """One line per version that only one of two archives holds."""
    sides = (("only without kills", calm - killed), ("only with kills", killed - calm))
    return [f"{side}: {' '.join(map(str, row))}" for side, rows in sides for row in sorted(rows)]


def faults(archive: Archive) -> list[str]:
    """What an archive at rest must not have: one line each."""
    report = audit(archive.engine, archive.warc_directory)
    lines = [f"audit: {finding.what} ({finding.where})" for finding in report.findings]
    lines += [f"audit note: {note.what} ({note.where})" for note in report.notes]
    return lines + _open_crawls(archive) + _file_faults(archive)


def _open_crawls(archive: Archive) -> list[str]:
    with database.reading(archive.engine) as connection:
        query = select(crawl.c.crawl_id).where(crawl.c.ended_at.is_(None))
        return [f"crawl {number} was never closed" for number in connection.scalars(query)]


def _file_faults(archive: Archive) -> list[str]:
    """Torn tails, and members or rows that lack the other."""
    lines: list[str] = []
    on_disk: set[str] = set()
    for path in sorted(archive.warc_directory.iterdir()):
        try:
            on_disk |= {placed.record_id for placed in scan(path)}
        except DamagedRecord as error:
            lines.append(f"torn: {error}")
        if path.stat().st_size == 0:
            lines.append(f"empty: {path.name}")
    with database.reading(archive.engine) as connection:
        in_rows = set(connection.scalars(select(warc_record.c.record_id)))
    lines += [f"member without a row: {record}" for record in sorted(on_disk - in_rows)]
    return lines + [f"row without a member: {record}" for record in sorted(in_rows - on_disk)]


def torn_bytes(config: ArchiveConfig) -> int:
    """Bytes at the ends of the WARC files that no row knows: what a crash just left."""
    folder: Path = config.directory / "warc"
    engine = database.connect(config)
    with database.reading(engine) as connection:
        rows = connection.execute(select(warc_record.c.warc_file, warc_record.c.warc_length))
        known = sum(row.warc_length for row in rows)
    engine.dispose()
    return sum(path.stat().st_size for path in folder.iterdir()) - known
