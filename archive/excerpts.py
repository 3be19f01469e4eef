"""WARC files that hold only the members which an export cites, in their old order."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, select

from archive.errors import ArchiveError, DamagedRecord
from archive.export_rows import Place
from archive.schema import capture, warc_record
from archive.versions import known

__all__ = ["Excerpt", "copy", "excerpts", "places", "with_originals"]

_COMPANIONS = frozenset({"request", "metadata", "conversion"})
"""Records that stand behind the answer they belong to."""


@dataclass(frozen=True)
class Excerpt:
    """The members to take from one WARC file, in order of their offset."""

    warc_file: str
    members: tuple[Row[Any], ...]


def with_originals(connection: Connection, record_ids: Iterable[str]) -> set[str]:
    """These records and those that hold the bodies of the revisits among them."""
    wanted = set(record_ids)
    original = capture.alias("original")
    pairs = connection.execute(
        select(capture.c.record_id, original.c.record_id.label("original_id"))
        .join(original, original.c.capture_id == capture.c.refers_to)
        .where(capture.c.kind != "response")
    )
    return wanted | {pair.original_id for pair in pairs if pair.record_id in wanted}


def excerpts(
    connection: Connection, record_ids: Collection[str], *, as_of: datetime
) -> Iterator[Excerpt]:
    """What to copy of each file: the records, what stands behind them, and the file's warcinfo."""
    rows = connection.execution_options(yield_per=2000).execute(
        select(warc_record)
        .where(known(warc_record.c.recorded_at, as_of))
        .order_by(warc_record.c.warc_file, warc_record.c.warc_offset)
    )
    for name, members in groupby(rows, key=lambda row: str(row.warc_file)):
        kept = tuple(_kept(members, record_ids))
        if any(member.record_id in record_ids for member in kept):
            yield Excerpt(name, kept)


def _kept(members: Iterable[Row[Any]], record_ids: Collection[str]) -> Iterator[Row[Any]]:
    follows = False
    for member in members:
        if member.type not in _COMPANIONS:
            follows = member.record_id in record_ids
        if follows or member.type == "warcinfo":
            yield member


def places(taken: Iterable[Excerpt]) -> Mapping[str, Place]:
    """Where each record will stand in the files that `copy` writes."""
    found: dict[str, Place] = {}
    for excerpt in taken:
        offset = 0
        for member in excerpt.members:
            found[member.record_id] = Place(excerpt.warc_file, offset, member.warc_length)
            offset += member.warc_length
    return found


def copy(excerpt: Excerpt, *, source: Path, destination: Path) -> None:
    """Copy the members into a new file of the same name. Raises DamagedRecord for changed bytes."""
    try:
        with (
            (source / excerpt.warc_file).open("rb") as old,
            (destination / excerpt.warc_file).open("xb") as new,
        ):
            for member in excerpt.members:
                new.write(_member(old, member))
    except OSError as error:
        raise ArchiveError(f"{excerpt.warc_file} cannot be copied: {error.strerror}") from None


def _member(file: BinaryIO, member: Row[Any]) -> bytes:
    file.seek(member.warc_offset)
    data = file.read(member.warc_length)
    if hashlib.sha256(data).hexdigest() != member.digest:
        raise DamagedRecord(
            f"{member.warc_file}: offset {member.warc_offset}: {member.record_id} is not what was "
            "stored; `kliping audit` names all damage, --no-warc exports without WARC files"
        )
    return data
