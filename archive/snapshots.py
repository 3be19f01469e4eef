"""Snapshots: the archive as it was at a moment, frozen in a folder that proves itself (DESIGN §9).

Two exports of one as-of time are the same, byte for byte: only rows recorded by then count, every
order is given, and nothing in a file comes from the clock.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, select, text

from archive import chain, database, images, ledger, row_parquet, snapshot_list
from archive.chain import Seal
from archive.chosen import cited_members
from archive.columns import EXPORT_VERSION
from archive.errors import ArchiveError, ConfigError, DamagedRecord, NotFound
from archive.excerpts import Members, copy_members, folder_sink, members
from archive.export_rows import iso
from archive.manifest import (
    MANIFEST,
    Manifest,
    Variant,
    settled_files,
    write_data_package,
    write_manifest,
)
from archive.row_files import FORMATS
from archive.schema import capture, crawl, event, label, reading, story, version
from archive.snapshot_base import Base, expect_before, read_base
from archive.snapshot_tables import Draft, Progress, page_lines, write_tables
from archive.wacz import WACZ, wacz

__all__ = ["FORMATS", "export", "newest_moment"]

Tell = Callable[[str], None]
"""Called with what the user should know, though the export went well."""
_NO_SEAL = Seal()


def export(  # noqa: PLR0913 - a keyword for each option of the command
    engine: Engine,
    warc_dir: Path,
    dest: Path,
    *,
    format: str = "jsonl",
    as_of: datetime | None = None,
    since: Path | None = None,
    with_warc: bool = True,
    with_text: bool = True,
    with_names: bool = True,
    with_damage: bool = False,
    seal: Seal = _NO_SEAL,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Manifest:
    """Write a snapshot to the folder `dest`, all of it or nothing; its manifest.

    Without `as_of` it is of the newest thing recorded. `since` names the folder of an earlier
    snapshot: only what is not as it was then is written. Without texts or without full names no
    captured bytes are written either, as both are in them. The archive lists the snapshot; where it
    cannot be written, `tell` is called with the reason, if there is one. Raises ConfigError for
    options that do not fit together or a destination that holds something, ArchiveError when the
    disk refuses, DamagedRecord when a cited member is not what was stored, or a row not what the
    chain of events vouches for: `with_damage` writes such rows, and `chain.json` says so.
    """
    variant = Variant(
        format=format,
        with_warc=with_warc and with_text and with_names,
        with_text=with_text,
        with_names=with_names,
    )
    _expect_writable(variant)
    base = read_base(since, variant=variant) if since else None
    _expect_elsewhere(dest, archive=warc_dir.parent)
    with _folder(dest) as folder:
        with database.reading(engine) as connection:
            moment = as_of or newest_moment(connection)
            if base:
                expect_before(connection, base, as_of=moment)
            _tell_of_nothing(connection, moment, tell=tell)
            damage = _damage(connection, is_allowed=with_damage)
            draft = Draft(
                connection=connection,
                folder=folder,
                variant=variant,
                as_of=moment,
                since=base.as_of if base else None,
                with_damage=with_damage,
            )
            manifest = _written(draft, warc_dir, base=base, progress=progress or _silent)
            statement = _statement(draft, base=base) | damage
        chain.write(folder, statement, seal=seal)
        _note(engine, _listed(statement, manifest, dest=dest), tell=tell)
        return manifest


def _expect_elsewhere(dest: Path, *, archive: Path) -> None:
    """Return for a folder outside of the archive. Raises ConfigError."""
    if archive.resolve() in (dest.resolve(), *dest.resolve().parents):
        raise ConfigError(f"{dest} lies within the archive itself; name a folder elsewhere")


def _tell_of_nothing(connection: Connection, moment: datetime, *, tell: Tell | None) -> None:
    """Say so when a snapshot is of a time before the first story."""
    first: datetime | None = connection.scalar(select(func.min(story.c.recorded_at)))
    if tell and first and moment < first:
        tell(f"nothing was known then: the first story came on {iso(first)}")


def _damage(connection: Connection, *, is_allowed: bool) -> dict[str, list[str]]:
    """What the statement says of rows that nobody vouches for. Raises DamagedRecord for them."""
    faults = ledger.chain_faults(connection)
    if faults and not is_allowed:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise DamagedRecord(
            f"the archive is damaged: {faults[0]}{more}; `kliping repair --from COPY` first, or"
            " `kliping export --with-damage`, which says so in the snapshot"
        )
    return {"damage": faults} if faults else {}


def _written(draft: Draft, warc_dir: Path, *, base: Base | None, progress: Progress) -> Manifest:
    """Write every file but `chain.json`."""
    with members(draft.folder / ".members") as scratch:
        if draft.variant.with_warc:
            draft = replace(draft, members=scratch)
            _copy_warc(draft, scratch, source=warc_dir)
        rows = write_tables(draft, progress=progress)
    write_data_package(draft.folder, format=draft.variant.format, tables=rows)
    schema = text("select version_num from alembic_version")
    manifest = Manifest(
        kliping=package_version("kliping"),
        export_version=EXPORT_VERSION,
        schema=draft.connection.execute(schema).scalar_one(),
        as_of=draft.as_of,
        since=base.named if base else None,
        **vars(draft.variant),
        rows=rows,
        files=settled_files(draft.folder),
    )
    write_manifest(draft.folder, manifest)
    return manifest


def _statement(draft: Draft, *, base: Base | None) -> dict[str, Any]:
    """What `chain.json` says of the snapshot; one that adds to another follows that one."""
    connection, as_of = draft.connection, draft.as_of
    return {
        "as_of": iso(as_of),
        "manifest_sha256": chain.sha256((draft.folder / MANIFEST).read_bytes()),
        "events": snapshot_list.events_head(connection, as_of=as_of),
        "previous": base.named if base else snapshot_list.previous(connection, as_of=as_of),
    }


def _listed(statement: Mapping[str, Any], manifest: Manifest, *, dest: Path) -> dict[str, Any]:
    """The row of the archive's list."""
    return {
        "as_of": manifest.as_of,
        "recorded_at": datetime.now(UTC),
        "place": str(dest.resolve()),
        "format": manifest.format,
        "manifest_sha256": statement["manifest_sha256"],
        "statement_sha256": chain.statement_hash(statement),
    }


def _note(engine: Engine, made: Mapping[str, Any], *, tell: Tell | None) -> None:
    try:
        with database.writing(engine) as connection:
            snapshot_list.note(connection, made)
    except ArchiveError as error:
        if tell is None:
            raise
        tell(f"the snapshot is whole, but the archive cannot list it: {error}")


def _expect_writable(variant: Variant) -> None:
    """Return when the variant can be written here. Raises ConfigError."""
    if variant.format not in FORMATS:
        raise ConfigError(f"no export format {variant.format!r}; there are {', '.join(FORMATS)}")
    if variant.format == "wacz" and not variant.with_warc:
        raise ConfigError("a WACZ file is of captured bytes: without them, ask for another format")
    if variant.format == "parquet":
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


def _copy_warc(draft: Draft, scratch: Members, *, source: Path) -> None:
    """Copy every cited member that no earlier snapshot holds."""
    connection, as_of = draft.connection, draft.as_of
    for records in cited_members(connection, as_of=as_of):
        scratch.cite(records)
    for records in cited_members(connection, as_of=draft.since) if draft.since else ():
        scratch.leave_out(records)
    copy = partial(copy_members, connection, scratch, source=source, as_of=as_of)
    if draft.variant.format != "wacz":
        copy(sink=folder_sink(draft.folder / "warc"))
        return
    with wacz(draft.folder / WACZ, index=scratch) as file:
        copy(sink=file.sink)
        file.finish(page_lines(draft), as_of=as_of)
