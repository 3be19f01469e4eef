"""The captures of a snapshot: every member whole, and each the one that a row cites."""

import hashlib
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.findings import Finding
from archive.manifest import Manifest
from archive.member_walk import Damage, Met, walk_members
from archive.wacz import WACZ
from archive.warc_reader import Record
from archive.warc_records import payload_digest

__all__ = ["Cited", "Span", "check_captures", "cited", "warc_spans"]

_ADVICE = "put back a good copy of the file"
_ZIP_HEAD = struct.Struct("<26xHH")
"""Of a local file header: the lengths of name and extra field behind it (APPNOTE 4.3.7)."""
_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE cited (
  record_id TEXT, digest TEXT, warc_file TEXT, warc_offset INTEGER, warc_length INTEGER,
  file TEXT, number INTEGER
);
CREATE TABLE met (
  record_id TEXT PRIMARY KEY, digest TEXT, refers_to TEXT,
  warc_file TEXT, warc_offset INTEGER, warc_length INTEGER
) WITHOUT ROWID;
"""
_UNMET = """
SELECT cited.*, met.record_id IS NOT NULL AS is_met,
  coalesce(original.digest, met.digest) AS found,
  met.refers_to != '' AND original.record_id IS NULL AS is_open
FROM cited
LEFT JOIN met ON met.record_id = cited.record_id AND met.warc_file = cited.warc_file
  AND met.warc_offset = cited.warc_offset AND met.warc_length = cited.warc_length
LEFT JOIN met AS original ON original.record_id = met.refers_to
WHERE cited.digest != '' AND (found IS NULL OR found != cited.digest)
ORDER BY cited.rowid
"""


class Cited:
    """What the rows cite and what was met, kept in a file that goes: there may be millions."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self.numbers: dict[str, int] = {}

    def expect(self, row: Mapping[str, Any], *, file: str, number: int) -> None:
        """Remember what a row cites; a capture without a place lies in an earlier snapshot."""
        if row.get("warc_offset") in (None, ""):
            return
        names = ("warc_record_id", "payload_digest", "warc_file", "warc_offset", "warc_length")
        values = (*(str(row.get(name)) for name in names), file, number)
        self._file.execute("INSERT INTO cited VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def meet(self, met: Met, *, warc_file: str) -> None:
        """Remember a record that is there."""
        record = met.record
        digest = "" if record.type == "revisit" else hashlib.sha256(record.payload).hexdigest()
        refers_to = record.fields.get("WARC-Refers-To", "") if record.type == "revisit" else ""
        values = (record.record_id, digest, refers_to, warc_file, met.offset, met.length)
        self._file.execute("INSERT OR REPLACE INTO met VALUES (?, ?, ?, ?, ?, ?)", values)

    def unmet(self) -> Iterator[sqlite3.Row]:
        """Each citation that is not met by the record it names, with the bytes it names."""
        return iter(self._file.execute(_UNMET))


@contextmanager
def cited() -> Iterator[Cited]:
    """A memory of its own for one check."""
    with tempfile.TemporaryDirectory(prefix="kliping-") as folder:
        path = Path(folder) / "cited.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.row_factory = sqlite3.Row
            file.executescript(_TABLES)
            file.execute("BEGIN")
            yield Cited(file)


@dataclass(frozen=True, kw_only=True)
class Span:
    """Where the bytes of one WARC file stand: in a file of its own, or within a WACZ."""

    name: str
    path: Path
    start: int
    end: int


def warc_spans(folder: Path, *, format: str) -> Iterator[Span]:
    """The WARC files of a snapshot, in order of name. Raises ValueError for a broken WACZ."""
    if format != "wacz":
        for path in sorted((folder / "warc").glob("*")):
            if path.is_file():
                yield Span(name=path.name, path=path, start=0, end=path.stat().st_size)
        return
    path = folder / WACZ
    try:
        with zipfile.ZipFile(path) as file, path.open("rb") as raw:
            for entry in sorted(file.infolist(), key=lambda entry: entry.filename):
                if entry.filename.startswith("archive/"):
                    raw.seek(entry.header_offset)
                    name, extra = _ZIP_HEAD.unpack(raw.read(_ZIP_HEAD.size))
                    start = entry.header_offset + _ZIP_HEAD.size + name + extra
                    end = start + entry.file_size
                    yield Span(name=entry.filename[8:], path=path, start=start, end=end)
    except (zipfile.BadZipFile, struct.error, OSError) as error:
        raise ValueError(f"is no whole WACZ file: {error}") from error


def check_captures(folder: Path, manifest: Manifest, *, expected: Cited) -> Iterator[Finding]:
    """Everything that is wrong with the captured bytes, and with what the rows say of them."""
    expected.numbers["members"] = 0
    try:
        for span in warc_spans(folder, format=manifest.format):
            yield from _span_faults(span, folder=folder, expected=expected)
    except ValueError as error:
        yield Finding(what=str(error), advice=_ADVICE, file=WACZ)
    for row in expected.unmet():
        yield Finding(
            what=_unmet(row),
            advice=_ADVICE,
            file=row["warc_file"],
            offset=row["warc_offset"] if isinstance(row["warc_offset"], int) else None,
            record_id=row["record_id"],
            row=f"{row['file']}, row {row['number']}",
        )


def _unmet(row: sqlite3.Row) -> str:
    if not row["is_met"]:
        return "the record that the row cites does not stand there"
    if row["is_open"]:
        return "the record that holds the body of this revisit is not in the snapshot"
    return "the captured bytes are not those that the payload_digest is of"


def _span_faults(span: Span, *, folder: Path, expected: Cited) -> Iterator[Finding]:
    place = span.path.relative_to(folder).as_posix()
    file = place if span.path.name != WACZ else f"{place}/archive/{span.name}"
    with span.path.open("rb") as raw:
        for one in walk_members(raw, start=span.start, end=span.end):
            if isinstance(one, Damage):
                what = f"{one.length} bytes are no whole record: {one.why}"
                yield Finding(what=what, advice=_ADVICE, file=file, offset=one.offset)
                continue
            expected.numbers["members"] += 1
            expected.meet(one, warc_file=span.name)
            if not _is_what_it_says(one.record):
                yield Finding(
                    what="the block is not the one that the record's digest is of",
                    advice=_ADVICE,
                    file=file,
                    offset=one.offset,
                    record_id=one.record.record_id,
                )


def _is_what_it_says(record: Record) -> bool:
    """Whether the digest in the head is of the bytes behind it, where it is of these alone."""
    named = "WARC-Payload-Digest" if record.start_line else "WARC-Block-Digest"
    said = record.fields.get(named)
    if said is None or record.type in {"revisit", "request"}:
        return True
    return said == payload_digest(record.payload)
