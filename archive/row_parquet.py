"""Rows as Parquet and back. It needs pyarrow: the extra `parquet`."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from archive.columns import Column
from archive.errors import ConfigError
from archive.export_rows import Row, iso

__all__ = ["read_parquet", "require", "write_parquet"]

_GROUP = 2000
"""Rows held in memory at once, and to a row group."""
_FEW_VALUES = ("outlet", "section", "status", "extractor", "topic", "label", "language")
_BOUNDED = ("outlet", "story_id", "published_at", "first_seen_at", "last_seen_at", "captured_at")


def require() -> None:
    """Return when Parquet can be written and read. Raises ConfigError."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415
    except ImportError:
        raise ConfigError(
            "Parquet needs pyarrow: pip install 'kliping[parquet]', or ask for another format"
        ) from None


def write_parquet(path: Path, rows: Iterable[Row], *, columns: Sequence[Column]) -> int:
    """The number of rows written to a new file."""
    require()
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

    schema = pa.schema([(column.name, _type(column)) for column in columns])
    names = {column.name for column in columns}
    count, waiting = 0, iter(rows)
    with (
        path.open("xb") as file,
        ParquetWriter(
            file,
            schema,
            compression="zstd",
            use_dictionary=[name for name in _FEW_VALUES if name in names],
            write_statistics=[name for name in _BOUNDED if name in names],
        ) as writer,
    ):
        while batch := _batch(waiting, schema):
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _batch(rows: Iterator[Row], schema: Any) -> Any:
    """The next rows as columns, or None after the last; as rows, they are forgotten."""
    import pyarrow as pa  # noqa: PLC0415

    taken = list(islice(rows, _GROUP))
    if not taken:
        return None
    arrays = [pa.array([row[field.name] for row in taken], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _type(column: Column) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    span = pa.struct([("rule", pa.string()), ("text", pa.string()), ("start", pa.int64())])
    types = {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "array": pa.list_(span if column.name == "topic_evidence" else pa.string()),
    }
    return types[column.type]


def read_parquet(path: Path, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    """The rows of a file, times as ISO 8601 in UTC. Raises ValueError for what is no Parquet."""
    require()
    from pyarrow import ArrowException  # noqa: PLC0415
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415

    try:
        with ParquetFile(path, page_checksum_verification=False) as file:
            for batch in file.iter_batches(_GROUP, columns=[column.name for column in columns]):
                yield from map(_plain_row, batch.to_pylist())
    except (ArrowException, KeyError) as error:
        raise ValueError(str(error)) from error


def _plain_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()
    }
