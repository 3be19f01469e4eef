"""The rows of a snapshot: as many as the manifest says, each hashing to what it says of itself."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from archive.columns import COVERAGE, IMAGES, OUTLETS, REMOVED, STORIES, TAKEDOWNS, Column
from archive.errors import DamagedRecord
from archive.findings import Finding
from archive.manifest import Manifest
from archive.row_files import data_file, read_rows, unquoted
from archive.text import COMPARED, content_hash
from archive.types import Article
from archive.verify_warc import Cited

__all__ = ["check_rows"]

_ADVICE = "put back a good copy of the file"
_TABLES = {
    "images.csv": IMAGES,
    "coverage.csv": COVERAGE,
    "outlets.csv": OUTLETS,
    "removed.csv": REMOVED,
    "takedowns.csv": TAKEDOWNS,
}


def check_rows(folder: Path, manifest: Manifest, *, expected: Cited) -> Iterator[Finding]:
    """Everything that is wrong with the rows; what they cite is remembered in `expected`."""
    stories = data_file("stories", format=manifest.format)
    tables: dict[str, tuple[Column, ...]] = {stories: STORIES, **_TABLES}
    for name, number in manifest.rows.items():
        path = folder / name
        if name not in tables or not path.is_file():
            continue  # a missing file has been told
        count = 0
        try:
            for count, row in enumerate(read_rows(path, columns=tables[name]), start=1):
                yield from _lacking(row, tables[name], file=name, number=count)
                if name == stories:
                    yield from _hash_faults(row, manifest, file=name, number=count)
                if name in {stories, "images.csv"}:
                    expected.expect(row, file=name, number=count)
        except DamagedRecord as error:
            yield Finding(what=str(error), advice=_ADVICE, file=name, row=f"row {count + 1}")
            continue
        expected.numbers[f"rows of {name}"] = count
        if count != number:
            what = f"has {count} rows instead of {number}"
            yield Finding(what=what, advice=_ADVICE, file=name)


def _hash_faults(
    row: Mapping[str, Any], manifest: Manifest, *, file: str, number: int
) -> Iterator[Finding]:
    if not (manifest.with_text and manifest.with_names):
        return
    if not _is_of(row, is_csv=manifest.format == "csv"):
        named = f"row {number} (story {row.get('story_id')}, version {row.get('version')})"
        what = "its fields are not those that the content_hash is of"
        yield Finding(what=what, advice=_ADVICE, file=file, row=named)


def _lacking(
    row: Mapping[str, Any], columns: Iterable[Column], *, file: str, number: int
) -> Iterator[Finding]:
    lacking = [column.name for column in columns if column.name not in row]
    if lacking:
        what = f"has no {', '.join(lacking)}"
        yield Finding(what=what, advice=_ADVICE, file=file, row=f"row {number}")


def _is_of(row: Mapping[str, Any], *, is_csv: bool) -> bool:
    """Whether a row's fields hash to its content_hash; in CSV, in any way they may be read."""
    fields: dict[str, Any] = {name: str(row.get(name)) for name in COMPARED}
    digest = row.get("content_hash")
    if content_hash(Article(**fields)) == digest:
        return True
    if not is_csv:
        return False
    ways = product(*({value, unquoted(value)} for value in fields.values()))
    return any(
        content_hash(Article(**dict(zip(fields, way, strict=True)))) == digest for way in ways
    )
