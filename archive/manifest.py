"""The two files by which a snapshot explains and proves itself: manifest and data package."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from archive.columns import COVERAGE, IMAGES, LOCAL, OUTLETS, REMOVED, STORIES, TAKEDOWNS, Column
from archive.errors import DamagedRecord
from archive.export_rows import iso
from archive.row_files import data_file

__all__ = [
    "MANIFEST",
    "Manifest",
    "SnapshotFile",
    "Variant",
    "as_json",
    "file_hash",
    "read_manifest",
    "settled_files",
    "story_columns",
    "write_data_package",
    "write_json",
    "write_manifest",
]

MANIFEST = "manifest.json"
_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class SnapshotFile:
    """One file of a snapshot, named by its path within it."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Variant:
    """How a snapshot is written, and what is left out of it."""

    format: str = "jsonl"
    with_warc: bool = True
    """Whether the captured bytes are there, too."""
    with_text: bool = True
    """Whether the texts are there, by which the content hashes can be made again."""
    with_names: bool = True
    """Whether the names of writers are printed in full, or as initials."""

    @property
    def is_importable(self) -> bool:
        """Whether it holds all that an archive needs; CSV is for people."""
        is_whole = self.with_warc and self.with_text and self.with_names
        return is_whole and self.format != "csv"


@dataclass(frozen=True, kw_only=True)
class Manifest(Variant):
    """What a snapshot holds, and by which it can be checked; `manifest.json` says the same."""

    kliping: str
    """The version of Kliping that wrote it."""
    export_version: int
    schema: str
    as_of: datetime
    since: Mapping[str, str] | None = None
    """The snapshot that this one adds to, as `chain.json` names it; None: it stands for itself."""
    rows: Mapping[str, int]
    """Data file -> number of its rows, the line of names not counted."""
    files: tuple[SnapshotFile, ...]
    """Every other file of the snapshot, in order of path."""


def settled_files(folder: Path) -> tuple[SnapshotFile, ...]:
    """Every file in a folder, once it is safe on disk, in order of path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(_settled(path, name=path.relative_to(folder).as_posix()) for path in paths)


def _settled(path: Path, *, name: str) -> SnapshotFile:
    with path.open("rb") as file:
        sha256 = file_hash(file)
        os.fsync(file.fileno())
        return SnapshotFile(path=name, bytes=file.tell(), sha256=sha256)


def file_hash(file: BinaryIO) -> str:
    """The SHA-256 of what is left of an open file, in hex."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """What `manifest.json` says. Raises DamagedRecord when it is not there or is none."""
    try:
        values = json.loads((folder / MANIFEST).read_bytes())
        files = tuple(SnapshotFile(**file) for file in values.pop("files"))
        as_of = datetime.fromisoformat(values.pop("as_of"))
        return Manifest(**values, as_of=as_of, files=files)
    except OSError as error:
        raise DamagedRecord(f"{folder / MANIFEST} cannot be read: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedRecord(f"{folder / MANIFEST} is no manifest: {error}") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    write_json(folder / MANIFEST, asdict(manifest) | {"as_of": iso(manifest.as_of)})


def story_columns(format: str) -> tuple[Column, ...]:
    """The columns of the file of stories."""
    return (*STORIES, *LOCAL) if format == "csv" else STORIES


def write_data_package(folder: Path, *, format: str, tables: Iterable[str]) -> None:
    """Write `datapackage.json`: the columns as a Table Schema (Data Package 1.0).

    `tables` are the data files that there are.
    """
    stories = data_file("stories", format=format)
    resources = [
        _resource("stories", path=stories, columns=story_columns(format)),
        _resource("images", path="images.csv", columns=IMAGES),
        _resource("coverage", path="coverage.csv", columns=COVERAGE),
        _resource("outlets", path="outlets.csv", columns=OUTLETS),
    ]
    for name, columns in (("removed", REMOVED), ("takedowns", TAKEDOWNS)):
        if f"{name}.csv" in tables:
            resources.append(_resource(name, path=f"{name}.csv", columns=columns))
    write_json(folder / "datapackage.json", {"name": "kliping-snapshot", "resources": resources})


def _resource(name: str, *, path: str, columns: Iterable[Column]) -> dict[str, Any]:
    format = path.partition(".")[2]
    return {
        "name": name,
        "path": path,
        "format": format,
        "encoding": "utf-8",
        "schema": {"fields": [_field(column, format=format) for column in columns]},
    }


def _field(column: Column, *, format: str) -> dict[str, str]:
    is_list = column.type == "array" and format == "csv"
    kind = "string" if is_list else column.type
    return {"name": column.name, "type": kind, "description": column.description}


def write_json(path: Path, value: Any) -> None:
    """Write a new JSON file, for people too, safe on disk."""
    with path.open("xb") as file:
        file.write(as_json(value))
        file.flush()
        os.fsync(file.fileno())


def as_json(value: Any) -> bytes:
    """The bytes of such a file."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
