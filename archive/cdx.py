"""The archive's index for replay tools (CDXJ), and a folder in which pywb serves it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Row, func, select

from archive import database
from archive.cdxj import cdxj_line
from archive.errors import ArchiveError, DamagedRecord
from archive.excerpts import Members, members
from archive.findings import Progress
from archive.schema import warc_record
from archive.warc_reader import read_record

__all__ = ["COLLECTION", "Indexed", "pywb_folder", "write_index"]

COLLECTION = "kliping"
"""The collection's name in pywb's addresses."""
_ANSWERS = ("response", "revisit")
_BATCH = 1_000


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """How many answers an index names, and which records could not be read for it."""

    captures: int
    damaged: tuple[str, ...] = ()


def write_index(
    engine: Engine, warc_directory: Path, out: IO[str], *, scratch: Path, progress: Progress
) -> Indexed:
    """Write a line for each stored answer, sorted as bytes, in bounded memory.

    `scratch` is a path for a file that is gone afterwards; `progress` is told answers done and in
    all. A record that cannot be read is named, not fatal. Raises ArchiveError when the disk or the
    database refuses.
    """
    damaged: list[str] = []
    with database.reading(engine) as connection, members(scratch) as lines:
        total = connection.scalar(select(func.count()).where(_is_answer())) or 0
        for done, row in enumerate(_answers(connection), start=1):
            try:
                lines.add_line(_line(warc_directory, row))
            except DamagedRecord as error:
                damaged.append(str(error))
            progress(done, total)
        captures = _write(lines, out)
    return Indexed(captures=captures, damaged=tuple(damaged))


def _is_answer() -> Any:
    return warc_record.c.type.in_(_ANSWERS)


def _answers(connection: Connection) -> Iterator[Row[Any]]:
    """In the order in which they stand in the files."""
    place = (warc_record.c.warc_file, warc_record.c.warc_offset)
    query = select(warc_record).where(_is_answer()).order_by(*place).limit(_BATCH)
    batch = connection.execute(query).all()
    while batch:
        yield from batch
        last = batch[-1]
        later = (warc_record.c.warc_file > last.warc_file) | (
            (warc_record.c.warc_file == last.warc_file)
            & (warc_record.c.warc_offset > last.warc_offset)
        )
        batch = connection.execute(query.where(later)).all()


def _line(directory: Path, row: Row[Any]) -> str:
    place = {"offset": row.warc_offset, "length": row.warc_length}
    record = read_record(directory / row.warc_file, **place, record_id=row.record_id)
    return cdxj_line(record, warc_file=row.warc_file, **place, digest=row.digest)


def _write(lines: Members, out: IO[str]) -> int:
    count = 0
    try:
        for line in lines.lines():
            count += bool(line) and out.write(line) > 0
    except BrokenPipeError:  # whoever reads has enough
        raise
    except OSError as error:
        raise ArchiveError(f"the index cannot be written: {error.strerror}") from None
    return count


def pywb_folder(
    engine: Engine, warc_directory: Path, folder: Path, *, progress: Progress
) -> Indexed:
    """Make a folder in which `wayback` serves the archive from where its files are.

    The folder's index and settings are written anew; nothing in the archive is touched.
    """
    settings = {
        "collections": {
            COLLECTION: {
                "index": "./index.cdxj",
                "archive_paths": f"{warc_directory.resolve()}/",
            }
        }
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            new = folder / "index.cdxj.new"
            out = stack.enter_context(new.open("w", encoding="utf-8", newline="\n"))
            scratch = folder / ".index.scratch"
            found = write_index(engine, warc_directory, out, scratch=scratch, progress=progress)
        new.replace(folder / "index.cdxj")
        # JSON is YAML
        (folder / "config.yaml").write_text(json.dumps(settings, indent=2) + "\n")
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be written: {error.strerror}") from None
    return found
