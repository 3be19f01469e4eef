"""A WACZ file: cited members, an index of them, and the pages that are worth opening (WACZ 1.1.1).

WARC files and the index lie uncompressed in the zip, so that a reader can ask for a few bytes of it
over the network. No entry has the time at which it was written.
"""

import hashlib
import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Protocol
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from archive.cdxj import cdxj_line, packed
from archive.export_rows import iso
from archive.warc_reader import parse_member

__all__ = ["WACZ", "Index", "Wacz", "page_line", "wacz"]

WACZ = "captures.wacz"
"""Its name within a snapshot."""

_VERSION = "1.1.1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can tell."""
_SAME_EXTRA = struct.pack("<HHH", 0xD935, 2, 1)
"""An extra field that says nothing (alignment to 1 byte), for every header of an entry.

Before an entry of unknown size stands a ZIP64 field that the central directory leaves out when it
was not needed. ReplayWeb.page (wabac.js 2.27) takes an entry without extra fields there for one
without any, and would read 20 bytes too early.
"""
_INDEX, _ABOVE, _PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"


class Index(Protocol):
    """Where the lines of the index wait to be sorted."""

    def add_line(self, line: str, /) -> None: ...

    def lines(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class _Entry:
    path: str
    bytes: int
    sha256: str


class _Written:
    """One entry while it is written, and what it hashes to."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def entry(self, path: str) -> _Entry:
        return _Entry(path, self.size, self._digest.hexdigest())


class _Warc(_Written):
    """An entry of `archive/`: every write is one member, which gets its line in the index."""

    def __init__(self, file: IO[bytes], *, name: str, index: Index) -> None:
        super().__init__(file)
        self._name = name
        self._index = index

    def write(self, data: bytes) -> None:
        line = cdxj_line(
            parse_member(data),
            warc_file=self._name,
            offset=self.size,
            length=len(data),
            digest=hashlib.sha256(data).hexdigest(),
        )
        if line:
            self._index.add_line(line)
        super().write(data)


class Wacz:
    """The file while it is written: `sink` first, then `finish`."""

    def __init__(self, file: ZipFile, index: Index) -> None:
        self._file = file
        self._index = index
        self._entries: list[_Entry] = []

    @contextmanager
    def sink(self, name: str) -> Iterator[_Written]:
        """Takes the members of one WARC file, one with each write."""
        path = f"archive/{name}"
        with self._opened(path) as file:
            warc = _Warc(file, name=name, index=self._index)
            yield warc
        self._entries.append(warc.entry(path))

    def finish(self, pages: Iterable[str], *, as_of: datetime) -> None:
        """Write the index, the list of pages (lines of `page_line`) and what vouches for all."""
        above: list[str] = []
        self._add(_INDEX, self._blocks(above))
        self._add(_ABOVE, (line.encode("utf-8") for line in above))
        self._add(_PAGES, (line.encode("utf-8") for line in _with_head(pages)))
        package = self._package(as_of)
        digest = {
            "path": "datapackage.json",
            "hash": f"sha256:{hashlib.sha256(package).hexdigest()}",
        }
        self._add("datapackage.json", [package])
        self._add("datapackage-digest.json", [_json(digest)])

    def _blocks(self, above: list[str]) -> Iterator[bytes]:
        for block, line in packed(self._index.lines(), file_name="index.cdx.gz"):
            above.append(line)
            yield block

    def _add(self, path: str, pieces: Iterable[bytes]) -> None:
        with self._opened(path) as file:
            written = _Written(file)
            for piece in pieces:
                written.write(piece)
        self._entries.append(written.entry(path))

    def _opened(self, path: str) -> IO[bytes]:
        info = ZipInfo(path, _EPOCH)
        info.compress_type = ZIP_STORED
        info.create_system = 3  # as on the Unix that wrote it, whichever wrote it
        info.external_attr = 0o644 << 16
        info.extra = _SAME_EXTRA
        return self._file.open(info, "w", force_zip64=True)

    def _package(self, as_of: datetime) -> bytes:
        resources = [
            {
                "name": entry.path.rpartition("/")[2].lower(),
                "path": entry.path,
                "hash": f"sha256:{entry.sha256}",
                "bytes": entry.bytes,
            }
            for entry in self._entries
        ]
        return _json(
            {
                "profile": "data-package",
                "resources": resources,
                "title": "Kliping snapshot",
                "created": iso(as_of.replace(microsecond=0)),
                "wacz_version": _VERSION,
                "software": f"Kliping/{version('kliping')}",
            }
        )


@contextmanager
def wacz(path: Path, *, index: Index) -> Iterator[Wacz]:
    """A new WACZ file, to be finished within the block."""
    with ZipFile(path, "x", ZIP_STORED, allowZip64=True) as file:
        yield Wacz(file, index)


def page_line(*, page_id: str, url: str, at: datetime, title: str) -> str:
    """The line of one page that a reader may want to open."""
    return _line({"id": page_id, "url": url, "ts": iso(at.replace(microsecond=0)), "title": title})


def _with_head(pages: Iterable[str]) -> Iterator[str]:
    yield _line({"format": "json-pages-1.0", "id": "pages", "title": "Versions of stories"})
    yield from pages


def _line(value: Any) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode("utf-8")
