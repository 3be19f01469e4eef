"""The data files of a snapshot: which rows are in it, and what they say in its variant."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection, select

from archive.chosen import Chosen, chosen, chosen_since
from archive.columns import COVERAGE, IMAGES, OUTLETS, REMOVED, TAKEDOWNS
from archive.coverage import coverage
from archive.errors import DamagedRecord
from archive.excerpts import Members
from archive.export_rows import Place, Row, cited, image_row, local_times, own_place, story_row
from archive.initials import with_initials
from archive.manifest import Variant, story_columns
from archive.row_files import data_file, write_csv, write_jsonl, write_rows
from archive.schema import outlet
from archive.snapshot_facts import FACTS, facts
from archive.takedowns import removed_since, takedown_rows
from archive.text import content_hash
from archive.types import Capture, LeadImage, Version
from archive.versions import known
from archive.wacz import page_line

__all__ = ["Draft", "Progress", "page_lines", "write_tables"]

Progress = Callable[[int], None]
"""Called with the number of versions written so far."""
_OUTLET_NAMES = {"outlet": "slug"}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A snapshot while it is written: what every step shares."""

    connection: Connection
    folder: Path
    variant: Variant
    as_of: datetime
    since: datetime | None = None
    """The moment of the snapshot that it adds to; None when it stands for itself."""
    with_damage: bool = False
    """Whether a row is written though it does not hash to what it says of itself."""
    members: Members | None = None
    """Where the captured bytes stand in the snapshot; None when they stay in the archive."""

    def place_of(self, capture: Capture) -> Place | None:
        """Where the member of a capture stands."""
        return self.members.place(capture.warc_record_id) if self.members else own_place(capture)


def write_tables(draft: Draft, *, progress: Progress) -> dict[str, int]:
    """Write the data files; the number of rows in each."""
    name = data_file("stories", format=draft.variant.format)
    rows = _counted(_story_rows(draft), progress=progress)
    columns = story_columns(draft.variant.format)
    count = write_rows(draft.folder / name, rows, columns=columns)
    tables = {
        "images.csv": (_image_rows(draft), IMAGES),
        "coverage.csv": (coverage(draft.connection, as_of=draft.as_of), COVERAGE),
        "outlets.csv": (_outlet_rows(draft), OUTLETS),
    }
    if draft.variant.is_importable and draft.members:
        write_jsonl(draft.folder / FACTS, _facts(draft, draft.members))
    if draft.since:
        tables["removed.csv"] = (_removed_rows(draft), REMOVED)
    taken = takedown_rows(draft.connection, as_of=draft.as_of)
    if taken:
        tables["takedowns.csv"] = (map(dict, taken), TAKEDOWNS)
    return {name: count} | {
        file: write_csv(draft.folder / file, found, columns=columns)
        for file, (found, columns) in tables.items()
    }


def _facts(draft: Draft, placed: Members) -> Iterator[Row]:
    """The facts of every story that has a row here."""
    stories = (found for found, group in groupby(_versions(draft), key=itemgetter(0)) if group)
    return facts(draft.connection, stories, as_of=draft.as_of, place_of=placed.place)


def page_lines(draft: Draft) -> Iterator[str]:
    """The pages of a WACZ file: each version at its first sight."""
    for _, one in _versions(draft):
        first = cited(one)[0]
        yield page_line(
            page_id=f"{one.story_id}-{one.number}",
            url=first.url,
            at=first.fetched_at,
            title=one.article.headline,
        )


def _counted(rows: Iterable[Row], *, progress: Progress) -> Iterator[Row]:
    for count, row in enumerate(rows, start=1):
        yield row
        progress(count)


def _pairs(draft: Draft) -> Iterator[tuple[Chosen, Chosen | None]]:
    """Each story now, and as the snapshot before knew it."""
    if draft.since is None:
        return ((found, None) for found in chosen(draft.connection, as_of=draft.as_of))
    return chosen_since(draft.connection, as_of=draft.as_of, since=draft.since)


def _versions(draft: Draft) -> Iterator[tuple[Chosen, Version]]:
    """The versions that have a row: all of them, or those whose row is not what it was."""
    for found, before in _pairs(draft):
        old = _rows(before) if before else {}
        new = _rows(found) if before else {}
        for one in found.versions:
            if not before or new[one.number] != old.get(one.number):
                yield found, one


def _rows(found: Chosen) -> dict[int, Row]:
    """The rows of a story by number, with the archive's own places."""
    return {one.number: _row(one, found=found) for one in found.versions}


def _row(
    one: Version, *, found: Chosen, place_of: Callable[[Capture], Place | None] = own_place
) -> Row:
    row = story_row(one, story=found.story, place_of=place_of)
    return row | {"cluster_id": found.cluster_id, "label": found.label}


def _story_rows(draft: Draft) -> Iterator[Row]:
    variant = draft.variant
    for found, one in _versions(draft):
        if not draft.with_damage:
            _expect_sound(one)
        row = dict(_row(one, found=found, place_of=draft.place_of))
        if not variant.with_names:
            row = with_initials(row)
        if not variant.with_text:
            row |= {"text": ""}
        if variant.format == "csv":
            row |= local_times(one, zone=found.zone)
        yield row


def _expect_sound(one: Version) -> None:
    """Return when a version's fields are those that were hashed. Raises DamagedRecord."""
    if content_hash(one.article) != one.content_hash:
        raise DamagedRecord(
            f"version {one.number} of story {one.story_id} is not what its content_hash is of:"
            " `kliping repair --from COPY` brings it back"
        )


def _removed_rows(draft: Draft) -> Iterator[Row]:
    for found, before in _pairs(draft):
        kept = {one.number for one in found.versions}
        for one in before.versions if before else ():
            if one.number not in kept:
                yield {"story_id": one.story_id, "version": one.number}
    if draft.since:
        removed = removed_since(draft.connection, since=draft.since, as_of=draft.as_of)
        yield from map(dict, removed)


def _image_rows(draft: Draft) -> Iterator[Row]:
    for found, before in _pairs(draft):
        known_before = set(map(_image_key, before.images if before else ()))
        for image in found.images:
            if _image_key(image) not in known_before:
                slug = found.story.outlet
                yield image_row(image, outlet=slug, place_of=draft.place_of)


def _image_key(image: LeadImage) -> tuple[str, str]:
    return image.url, image.capture.warc_record_id if image.capture else ""


def _outlet_rows(draft: Draft) -> Iterator[Row]:
    rows = draft.connection.execute(
        select(outlet).where(known(outlet.c.recorded_at, draft.as_of)).order_by(outlet.c.slug)
    ).mappings()
    for row in rows:
        yield {column.name: row[_OUTLET_NAMES.get(column.name, column.name)] for column in OUTLETS}
