"""Snapshots: the archive as it was at a moment, frozen in a folder that proves itself (DESIGN §9).

Two exports of one as-of time are the same, byte for byte: only rows recorded by then count, every
order is given, and nothing in a file comes from the clock.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, select, text

from archive import chain, database, images, row_parquet, snapshot_list
from archive.chain import Seal
from archive.chosen import Chosen, chosen, cited_records, with_originals
from archive.columns import COVERAGE, EXPORT_VERSION, IMAGES, OUTLETS
from archive.coverage import coverage
from archive.errors import ArchiveError, ConfigError, NotFound
from archive.excerpts import Members, copy_members, folder_sink, members
from archive.export_rows import Place, Row, cited, image_row, iso, local_times, own_place, story_row
from archive.manifest import (
    Manifest,
    settled_files,
    story_columns,
    write_data_package,
    write_manifest,
)
from archive.row_files import FORMATS, data_file, write_csv, write_rows
from archive.schema import capture, crawl, event, label, outlet, reading, version
from archive.types import Capture, Version
from archive.versions import known
from archive.wacz import WACZ, page_line, wacz

__all__ = ["FORMATS", "export", "newest_moment"]

_OUTLET_NAMES = {"outlet": "slug"}
Progress = Callable[[int], None]
"""Called with the number of versions written so far."""
Tell = Callable[[str], None]
"""Called with what the user should know, though the export went well."""
_NO_SEAL = Seal()


@dataclass(frozen=True, kw_only=True)
class _Snapshot:
    """What every step of one export shares."""

    connection: Connection
    folder: Path
    format: str
    as_of: datetime
    members: Members | None = None
    """Where the captured bytes stand in the snapshot; None when they stay in the archive."""

    def place_of(self, capture: Capture) -> Place | None:
        """Where the member of a capture stands."""
        return self.members.place(capture.warc_record_id) if self.members else own_place(capture)


def export(  # noqa: PLR0913 - a keyword for each option of the command
    engine: Engine,
    warc_dir: Path,
    dest: Path,
    *,
    format: str = "jsonl",
    as_of: datetime | None = None,
    with_warc: bool = True,
    seal: Seal = _NO_SEAL,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Manifest:
    """Write a snapshot to the folder `dest`, all of it or nothing; its manifest.

    Without `as_of` it is of the newest thing recorded. The archive lists it, so that the next one
    is tied to it; where it cannot be written, `tell` is called with the reason, if there is one.
    Raises ConfigError for a destination that holds something or a format not in FORMATS,
    ArchiveError when the disk refuses, DamagedRecord when a cited member is not what was stored.
    """
    _expect_writable(format, with_warc=with_warc)
    with _folder(dest) as folder:
        with database.reading(engine) as connection:
            moment = as_of or newest_moment(connection)
            work = _Snapshot(connection=connection, folder=folder, format=format, as_of=moment)
            manifest = _written(work, warc_dir if with_warc else None, progress=progress or _silent)
            statement = _statement(work)
        chain.write(folder, statement, seal=seal)
        made = {
            "as_of": moment,
            "recorded_at": datetime.now(UTC),
            "place": str(dest.absolute()),
            "format": format,
            "manifest_sha256": statement["manifest_sha256"],
            "statement_sha256": chain.statement_hash(statement),
        }
        _note(engine, made, tell=tell)
        return manifest


def _written(work: _Snapshot, warc_dir: Path | None, *, progress: Progress) -> Manifest:
    """Write every file but `chain.json`."""
    with members(work.folder / ".members") as scratch:
        if warc_dir:
            work = replace(work, members=scratch)
            _copy_warc(work, scratch, source=warc_dir)
        rows = _write_rows(work, progress=progress)
    write_data_package(work.folder, format=work.format)
    schema = text("select version_num from alembic_version")
    manifest = Manifest(
        kliping=package_version("kliping"),
        export_version=EXPORT_VERSION,
        schema=work.connection.execute(schema).scalar_one(),
        as_of=work.as_of,
        format=work.format,
        with_warc=bool(warc_dir),
        with_text=True,
        with_names=True,
        rows=rows,
        files=settled_files(work.folder),
    )
    write_manifest(work.folder, manifest)
    return manifest


def _statement(work: _Snapshot) -> dict[str, Any]:
    """What `chain.json` says of the snapshot."""
    return {
        "as_of": iso(work.as_of),
        "manifest_sha256": chain.sha256((work.folder / "manifest.json").read_bytes()),
        "events": snapshot_list.events_head(work.connection, as_of=work.as_of),
        "previous": snapshot_list.previous(work.connection, as_of=work.as_of),
    }


def _note(engine: Engine, made: Mapping[str, Any], *, tell: Tell | None) -> None:
    try:
        with database.writing(engine) as connection:
            snapshot_list.note(connection, made)
    except ArchiveError as error:
        if tell is None:
            raise
        tell(f"the snapshot is whole, but the archive cannot list it: {error}")


def _expect_writable(format: str, *, with_warc: bool) -> None:
    """Return when the format can be written here. Raises ConfigError."""
    if format == "wacz" and not with_warc:
        raise ConfigError("a WACZ file is of captured bytes: without them, ask for another format")
    if format not in FORMATS:
        raise ConfigError(f"no export format {format!r}; there are {', '.join(FORMATS)}")
    if format == "parquet":
        row_parquet.require()


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


def _copy_warc(work: _Snapshot, scratch: Members, *, source: Path) -> None:
    """Copy every cited member."""
    for found in chosen(work.connection, as_of=work.as_of):
        scratch.cite(with_originals(work.connection, cited_records(found)))
    copy = partial(copy_members, work.connection, scratch, source=source, as_of=work.as_of)
    if work.format != "wacz":
        copy(sink=folder_sink(work.folder / "warc"))
        return
    with wacz(work.folder / WACZ, index=scratch) as file:
        copy(sink=file.sink)
        file.finish(_page_lines(work), as_of=work.as_of)


def _page_lines(work: _Snapshot) -> Iterator[str]:
    """The pages of a WACZ file: each version at its first sight."""
    for found in chosen(work.connection, as_of=work.as_of):
        for one in found.versions:
            first = cited(one)[0]
            yield page_line(
                page_id=f"{one.story_id}-{one.number}",
                url=first.url,
                at=first.fetched_at,
                title=one.article.headline,
            )


def _write_rows(work: _Snapshot, *, progress: Progress) -> dict[str, int]:
    """Write the data files; the number of rows in each."""
    name = data_file("stories", format=work.format)
    rows = _counted(_story_rows(work), progress=progress)
    count = write_rows(work.folder / name, rows, columns=story_columns(work.format))
    tables = {
        "images.csv": (_image_rows(work), IMAGES),
        "coverage.csv": (coverage(work.connection, as_of=work.as_of), COVERAGE),
        "outlets.csv": (_outlet_rows(work), OUTLETS),
    }
    return {name: count} | {
        file: write_csv(work.folder / file, found, columns=columns)
        for file, (found, columns) in tables.items()
    }


def _counted(rows: Iterable[Row], *, progress: Progress) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        progress(count)


def _story_rows(work: _Snapshot) -> Iterator[Row]:
    for found in chosen(work.connection, as_of=work.as_of):
        for one in found.versions:
            yield _story_row(one, found=found, work=work)


def _story_row(version: Version, *, found: Chosen, work: _Snapshot) -> Row:
    row = story_row(version, story=found.story, place_of=work.place_of)
    row |= {"cluster_id": found.cluster_id, "label": found.label}
    return row | local_times(version, zone=found.zone) if work.format == "csv" else row


def _image_rows(work: _Snapshot) -> Iterator[Row]:
    for found in chosen(work.connection, as_of=work.as_of):
        for image in found.images:
            yield image_row(image, outlet=found.story.outlet, place_of=work.place_of)


def _outlet_rows(work: _Snapshot) -> Iterator[Row]:
    rows = work.connection.execute(
        select(outlet).where(known(outlet.c.recorded_at, work.as_of)).order_by(outlet.c.slug)
    ).mappings()
    for row in rows:
        yield {column.name: row[_OUTLET_NAMES.get(column.name, column.name)] for column in OUTLETS}
