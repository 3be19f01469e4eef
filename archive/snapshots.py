"""Snapshots: the archive as it was at a moment, frozen in a folder that proves itself (DESIGN §9).

Two exports of one as-of time are the same, byte for byte: only rows recorded by then count, every
order is given, and nothing in a file comes from the clock.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, select, text

from archive import database, excerpts, export_rows, images, labels
from archive.clusters import cluster_ids
from archive.columns import COVERAGE, EXPORT_VERSION, IMAGES, LOCAL, STORIES
from archive.coverage import coverage
from archive.errors import ArchiveError, ConfigError, NotFound
from archive.export_rows import Place
from archive.manifest import Manifest, settled_files, write_data_package, write_manifest
from archive.schema import capture, crawl, event, label, outlet, reading, version
from archive.stories import walk_stories
from archive.versions import walk

__all__ = ["FORMATS", "export", "newest_moment"]

FORMATS = ("jsonl", "csv")
Progress = Callable[[int], None]
"""Called with the number of versions written so far."""


@dataclass(frozen=True, kw_only=True)
class _Snapshot:
    """What every step of one export shares."""

    connection: Connection
    folder: Path
    format: str
    as_of: datetime


def export(  # noqa: PLR0913 - a keyword for each option of the command
    engine: Engine,
    warc_dir: Path,
    dest: Path,
    *,
    format: str = "jsonl",
    as_of: datetime | None = None,
    with_warc: bool = True,
    progress: Progress | None = None,
) -> Manifest:
    """Write a snapshot to the folder `dest`, all of it or nothing; its manifest.

    Without `as_of` it is of the newest thing recorded. Raises ConfigError for a destination that
    holds something or a format not in FORMATS, ArchiveError when the disk refuses, DamagedRecord
    when a cited WARC member is not what was stored.
    """
    if format not in FORMATS:
        raise ConfigError(f"no export format {format!r}; there are {', '.join(FORMATS)}")
    with database.reading(engine) as connection, _folder(dest) as folder:
        moment = as_of or newest_moment(connection)
        work = _Snapshot(connection=connection, folder=folder, format=format, as_of=moment)
        places = _copy_warc(work, warc_dir) if with_warc else {}
        rows = _write_rows(work, places=places, progress=progress or _silent)
        write_data_package(folder, format=format)
        manifest = Manifest(
            kliping=package_version("kliping"),
            export_version=EXPORT_VERSION,
            schema=connection.execute(text("select version_num from alembic_version")).scalar_one(),
            as_of=moment,
            format=format,
            with_warc=with_warc,
            rows=rows,
            files=settled_files(folder),
        )
        write_manifest(folder, manifest)
        return manifest


def _silent(count: int) -> None:
    del count  # nobody watches


def newest_moment(connection: Connection) -> datetime:
    """When the newest thing of the archive was recorded. Raises NotFound for an empty one."""
    recorded = (event.c.recorded_at, capture.c.recorded_at, version.c.recorded_at,
                reading.c.recorded_at, crawl.c.started_at, label.c.recorded_at)  # fmt: skip
    newest = [connection.scalar(select(func.max(column))) for column in recorded]
    newest.append(images.newest_moment(connection))
    moments: list[datetime] = [moment for moment in newest if moment]
    if not moments:
        raise NotFound("the archive is empty: nothing to export; `kliping crawl` fills it")
    return max(moments)


@contextmanager
def _folder(dest: Path) -> Iterator[Path]:
    """A new folder beside `dest` that takes its place at the end, or vanishes after a failure."""
    place = dest.absolute()
    if place.is_symlink() or (place.exists() and (not place.is_dir() or any(place.iterdir()))):
        raise ConfigError(f"{dest} is there already and is no empty folder; name another one")
    partial = place.parent / f".{place.name}.{uuid4().hex[:8]}.partial"
    try:
        partial.mkdir(parents=True)
        yield partial
        partial.replace(place)
    except OSError as error:
        raise ArchiveError(f"{dest} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _copy_warc(work: _Snapshot, warc_dir: Path) -> Mapping[str, Place]:
    """Copy every cited member; where each stands now."""
    cited = {
        cited.warc_record_id
        for found in walk(work.connection, as_of=work.as_of)
        for cited in export_rows.cited(found)
    }
    cited |= {
        image.capture.warc_record_id
        for _, image in images.walk_kept(work.connection, as_of=work.as_of)
        if image.capture
    }
    wanted = excerpts.with_originals(work.connection, cited)
    taken = list(excerpts.excerpts(work.connection, wanted, as_of=work.as_of))
    destination = work.folder / "warc"
    destination.mkdir()
    for excerpt in taken:
        excerpts.copy(excerpt, source=warc_dir, destination=destination)
    return excerpts.places(taken)


def _write_rows(
    work: _Snapshot, *, places: Mapping[str, Place], progress: Progress
) -> dict[str, int]:
    """Write the data files; the number of rows in each."""
    name = f"stories.{work.format}"
    rows = _rows(work, places=places, progress=progress)
    path = work.folder / name
    if work.format == "csv":
        count = export_rows.write_csv(path, rows, columns=(*STORIES, *LOCAL))
    else:
        count = export_rows.write_jsonl(path, rows)
    crawls = coverage(work.connection, as_of=work.as_of)
    crawl_count = export_rows.write_csv(work.folder / "coverage.csv", crawls, columns=COVERAGE)
    shown = images.walk_kept(work.connection, as_of=work.as_of)
    image_rows = (export_rows.image_row(one, outlet=slug, places=places) for slug, one in shown)
    image_count = export_rows.write_csv(work.folder / "images.csv", image_rows, columns=IMAGES)
    return {name: count, "images.csv": image_count, "coverage.csv": crawl_count}


def _rows(
    work: _Snapshot, *, places: Mapping[str, Place], progress: Progress
) -> Iterator[dict[str, Any]]:
    stories = {found.story_id: found for found in walk_stories(work.connection, as_of=work.as_of)}
    zones = {row.slug: row.zone for row in work.connection.execute(select(outlet))}
    clustered = cluster_ids(work.connection, as_of=work.as_of)
    decided = labels.decisions(work.connection, as_of=work.as_of)
    found_versions = walk(work.connection, as_of=work.as_of)
    for count, found in enumerate(found_versions, start=1):
        story = stories[found.story_id]
        row = export_rows.story_row(found, story=story, places=places)
        row["cluster_id"] = clustered.get(story.story_id, "")
        row["label"] = decided[story.story_id].value if story.story_id in decided else ""
        if work.format == "csv":
            row |= export_rows.local_times(found, zone=zones[story.outlet])
        yield row
        progress(count)
