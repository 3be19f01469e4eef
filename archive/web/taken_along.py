"""What readers take along: rows of the export, as CSV or JSON Lines, while they are read."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from archive import database
from archive.chosen import Chosen, chosen_of
from archive.columns import STORIES
from archive.errors import ConfigError
from archive.export_rows import story_row
from archive.row_files import as_json, cell
from archive.search import Hit
from archive.types import Version

__all__ = ["FORMS", "PATIENCE", "export_row", "found_rows"]

Row = dict[str, Any]
_BATCH = 200
PATIENCE = 600.0
"""Seconds that an export may take."""


def export_row(one: Chosen, version: Version) -> Row:
    """The row of one version, as a snapshot has it."""
    known = {"label": one.label, "cluster_id": one.cluster_id}
    return story_row(version, story=one.story) | known


def found_rows(engine: Engine, hits: Sequence[Hit], *, as_of: datetime) -> Iterator[Row]:
    """The row of each hit, in their order."""
    for start in range(0, len(hits), _BATCH):
        some = hits[start : start + _BATCH]
        with database.reading(engine) as connection:
            ids = {hit.story_id for hit in some}
            known = {one.story.story_id: one for one in chosen_of(connection, ids, as_of=as_of)}
        for hit in some:
            one = known.get(hit.story_id)
            numbered = (v for v in one.versions if v.number == hit.number) if one else iter(())
            yield from (export_row(one, version) for version in numbered if one)


def _as_jsonl(rows: Iterator[Row]) -> Iterator[bytes]:
    return (f"{as_json(row)}\n".encode() for row in rows)


def _as_csv(rows: Iterator[Row]) -> Iterator[bytes]:
    for number, row in enumerate(rows):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        if number == 0:
            out.write("\ufeff")  # so that sheets read UTF-8
            writer.writerow(row)
        writer.writerow([cell(value) for value in row.values()])
        yield out.getvalue().encode()


def _as_parquet(rows: Iterator[Row]) -> Iterator[bytes]:
    """The rows as a Parquet file. Raises ConfigError where the extra `parquet` is missing."""
    try:
        from archive.row_parquet import write_parquet  # noqa: PLC0415 - pyarrow is an extra
    except ModuleNotFoundError:
        raise ConfigError("Parquet needs `pip install 'kliping[parquet]'`") from None
    return _packed(partial(write_parquet, columns=STORIES), rows)


def _packed(write: Callable[[Path, Iterator[Row]], int], rows: Iterator[Row]) -> Iterator[bytes]:
    with TemporaryDirectory(prefix="kliping-") as folder:
        path = Path(folder) / "rows.parquet"
        write(path, rows)
        with path.open("rb") as file:
            yield from iter(partial(file.read, 1 << 20), b"")


FORMS: Mapping[str, tuple[str, Callable[[Iterator[Row]], Iterator[bytes]]]] = {
    "jsonl": ("application/x-ndjson", _as_jsonl),
    "csv": ("text/csv; charset=utf-8", _as_csv),
    "parquet": ("application/vnd.apache.parquet", _as_parquet),
}
"""Name -> media type, and what writes it."""
