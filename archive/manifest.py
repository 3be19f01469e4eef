"""The two files by which a snapshot explains and proves itself: manifest and data package."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.columns import COVERAGE, IMAGES, LOCAL, STORIES, Column
from archive.export_rows import iso

__all__ = ["Manifest", "SnapshotFile", "settled_files", "write_data_package", "write_manifest"]

_PIECE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class SnapshotFile:
    """One file of a snapshot, named by its path within it."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a snapshot holds, and by which it can be checked; `manifest.json` says the same."""

    kliping: str
    """The version of Kliping that wrote it."""
    export_version: int
    schema: str
    as_of: datetime
    format: str
    with_warc: bool
    rows: Mapping[str, int]
    """Data file -> number of its rows, the line of names not counted."""
    files: tuple[SnapshotFile, ...]
    """Every other file of the snapshot, in order of path."""


def settled_files(folder: Path) -> tuple[SnapshotFile, ...]:
    """Every file in a folder, once it is safe on disk, in order of path."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(_settled(path, name=path.relative_to(folder).as_posix()) for path in paths)


def _settled(path: Path, *, name: str) -> SnapshotFile:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
        os.fsync(file.fileno())
        return SnapshotFile(path=name, bytes=file.tell(), sha256=digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json`."""
    _write_json(folder / "manifest.json", asdict(manifest) | {"as_of": iso(manifest.as_of)})


def write_data_package(folder: Path, *, format: str) -> None:
    """Write `datapackage.json`: the columns as a Table Schema (Data Package 1.0)."""
    columns = (*STORIES, *LOCAL) if format == "csv" else STORIES
    resources = [
        _resource("stories", format=format, columns=columns),
        _resource("images", format="csv", columns=IMAGES),
        _resource("coverage", format="csv", columns=COVERAGE),
    ]
    _write_json(folder / "datapackage.json", {"name": "kliping-snapshot", "resources": resources})


def _resource(name: str, *, format: str, columns: Iterable[Column]) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.{format}",
        "format": format,
        "encoding": "utf-8",
        "schema": {"fields": [_field(column, format=format) for column in columns]},
    }


def _field(column: Column, *, format: str) -> dict[str, str]:
    is_list = column.type == "array" and format == "csv"
    kind = "string" if is_list else column.type
    return {"name": column.name, "type": kind, "description": column.description}


def _write_json(path: Path, value: Any) -> None:
    with path.open("x", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, ensure_ascii=False, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
