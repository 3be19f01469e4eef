"""Rows as files and back: JSON Lines (plain, gzip, Zstandard), CSV, and by their hands the others.

What is written depends on nothing but the rows: headers hold no time and no name.
"""

import csv
import gzip
import io
import json
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from archive.columns import Column
from archive.errors import DamagedRecord
from archive.export_rows import Row, iso

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = [
    "FORMATS",
    "as_json",
    "cell",
    "data_file",
    "read_rows",
    "unquoted",
    "write_csv",
    "write_jsonl",
    "write_rows",
]

FORMATS = ("jsonl", "jsonl.zst", "jsonl.gz", "csv", "parquet", "sqlite", "wacz")
"""How the rows of stories may be written; beside a WACZ file they are in JSON Lines."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# line ends for JavaScript, and for readers that split with str.splitlines
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}
_LEVEL = 6
_UNREADABLE = (OSError, EOFError, ValueError, csv.Error, zlib.error, zstd.ZstdError)


def data_file(name: str, *, format: str) -> str:
    """The name of the file that holds the rows called `name`."""
    return f"{name}.{'jsonl' if format == 'wacz' else format}"


def write_rows(path: Path, rows: Iterable[Row], *, columns: Sequence[Column]) -> int:
    """The number of rows written to a new file; its name tells the format."""
    if path.suffix == ".csv":
        return write_csv(path, rows, columns=columns)
    if path.suffix == ".parquet":
        from archive.row_parquet import write_parquet  # noqa: PLC0415 - pyarrow is an extra

        return write_parquet(path, rows, columns=columns)
    if path.suffix == ".sqlite":
        from archive.row_sqlite import write_sqlite  # noqa: PLC0415

        return write_sqlite(path, rows, columns=columns)
    return write_jsonl(path, rows)


def read_rows(path: Path, *, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """The rows of a file, times as they stand in JSON Lines; cells of a CSV are all strings.

    Raises DamagedRecord with the number of the first row that cannot be read.
    """
    number = 0
    try:
        for row in _reader(path.suffix)(path, columns):
            number += 1
            yield row
    except _UNREADABLE as error:
        what = str(error) or type(error).__name__
        raise DamagedRecord(f"{path.name}: row {number + 1} cannot be read: {what}") from error


Reader = Callable[[Path, Sequence[Column]], Iterator[dict[str, Any]]]


def _reader(suffix: str) -> Reader:
    if suffix == ".csv":
        return _read_csv
    if suffix == ".parquet":
        from archive.row_parquet import read_parquet  # noqa: PLC0415

        return read_parquet
    if suffix == ".sqlite":
        from archive.row_sqlite import read_sqlite  # noqa: PLC0415

        return read_sqlite
    return _read_jsonl


# -- JSON Lines ------------------------------------------------------------------------------


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """The number of rows written to a new file, one JSON object to a line."""
    count = 0
    with _packed(path, "xb") as file:
        for row in rows:
            count += 1
            file.write(as_json(row).encode("utf-8") + b"\n")
    return count


def as_json(row: Mapping[str, Any]) -> str:
    """A row as it stands in JSON Lines, without the line's end."""
    line = json.dumps(row, ensure_ascii=False, default=_plain, separators=(",", ":"))
    # almost no text has any of them, and to look is much faster than to translate
    if any(sign in line for sign in "\x85\u2028\u2029"):
        return line.translate(_LINE_ENDS)
    return line


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no place in an export")


@contextmanager
def _packed(path: Path, mode: str) -> Iterator[IO[bytes]]:
    """A file that packs or unpacks as its name says, with a header of nothing but constants."""
    way = "wb" if "x" in mode else "rb"
    with path.open(mode) as raw:
        if path.suffix == ".gz":
            with gzip.GzipFile("", way, _LEVEL, raw, mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        elif path.suffix == ".zst":
            with _zstd(raw, way=way) as packed:
                if way == "wb":
                    packed.write(b"")  # begins the frame: no rows are a file, too
                yield packed
        else:
            yield raw


def _zstd(raw: IO[bytes], *, way: str) -> IO[bytes]:
    if way == "rb":
        return cast("IO[bytes]", zstd.open(raw, "rb"))
    # the checksum makes a flipped bit an error also without the manifest
    options = {int(zstd.CompressionParameter.checksum_flag): 1}
    return cast("IO[bytes]", zstd.open(raw, "wb", options=options))


def _read_jsonl(path: Path, _columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    with _packed(path, "rb") as file:
        for line in file:
            yield _object(line)


def _object(line: bytes) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("no JSON object")
    return row


# -- CSV -------------------------------------------------------------------------------------


def write_csv(path: Path, rows: Iterable[Row], *, columns: Iterable[Column]) -> int:
    """The number of rows written to a new file under one line of names (RFC 4180).

    It is safe to open as a sheet, and begins with a byte order mark so that sheets read UTF-8.
    """
    names = [column.name for column in columns]
    count = 0
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(names)
        for row in rows:
            count += 1
            writer.writerow([cell(row[name]) for name in names])
    return count


def cell(value: Any) -> str:
    """A value as it stands in CSV, of which no sheet makes a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list | tuple):
        value = "; ".join(map(_item, value))
    if not isinstance(value, str):
        return str(value)
    # a sheet would run what looks like a formula (OWASP, CSV injection); NUL ends cells early
    text = value.replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def unquoted(told: str) -> str:
    """A cell without the apostrophe that keeps a sheet from running it, if it has one."""
    return told[1:] if told[:1] == "'" and told[1:].startswith(_FORMULA) else told


def _item(item: Any) -> str:
    return f"{item['rule']}: {item['text']}" if isinstance(item, dict) else str(item)


def _read_csv(path: Path, _columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(1 << 30)
    with path.open("rb") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            if None in row or None in row.values():
                raise ValueError("not as many cells as there are columns")
            yield {**row}
