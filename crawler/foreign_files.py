"""The WARC files that an import was given: by name, in folders, within WACZ files.

Nothing is unpacked to disk. A WARC file within a WACZ is read only when it hashes to what the WACZ
says of it (WACZ 1.1.1, §5.2.3).
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from archive.errors import ConfigError

__all__ = ["RefusedFile", "WarcSource", "is_foreign", "named_files", "warc_sources"]

_WARC = (".warc", ".warc.gz")
_WACZ = ".wacz"
_PIECE = 1 << 20
_LARGEST_PACKAGE = 50_000_000
_MOST_UNPACKED = 200
_ALWAYS_UNPACKED = 10_000_000
_ZIP_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, kw_only=True)
class WarcSource:
    """A WARC file that can be read: on its own, or the `member` of the WACZ at `path`."""

    name: str
    path: Path
    sha256: str
    member: str = ""

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Its bytes from the beginning. Raises OSError."""
        with _opened(self.path, self.member) as file:
            yield file


@dataclass(frozen=True, kw_only=True)
class RefusedFile:
    """A file that is not read, and why."""

    name: str
    why: str


def is_foreign(path: Path) -> bool:
    """Whether a path is a file or folder to look for captures of other tools in, no snapshot."""
    return not (path / "manifest.json").is_file()


def named_files(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """Every WARC and WACZ file that is meant, each once, with the name to show for it.

    Raises ConfigError for what is not there, or is none.
    """
    found: dict[Path, str] = {}
    for path in paths:
        if path.is_dir():
            inside = [one for one in sorted(path.rglob("*")) if _is_named_well(one)]
            if not inside:
                raise ConfigError(f"{path}: holds neither a snapshot nor a .warc, .warc.gz, .wacz")
            for one in inside:
                found.setdefault(one.resolve(), one.relative_to(path).as_posix())
        elif not path.is_file():
            raise ConfigError(f"{path}: no such file or folder")
        elif not _is_named_well(path):
            raise ConfigError(f"{path}: neither a .warc, .warc.gz or .wacz nor a snapshot's folder")
        else:
            found.setdefault(path.resolve(), path.name)
    return [(name, path) for path, name in found.items()]


def _is_named_well(path: Path) -> bool:
    return path.name.lower().endswith((*_WARC, _WACZ)) and path.is_file()


def warc_sources(name: str, path: Path) -> Iterator[WarcSource | RefusedFile]:
    """The WARC files in one file, each hashed; of a WACZ those that are as it says."""
    try:
        if path.name.lower().endswith(_WACZ):
            yield from _in_wacz(name, path)
        else:
            yield WarcSource(name=name, path=path, sha256=_hashed(path, ""))
    except _ZIP_FAILURES as error:
        yield RefusedFile(name=name, why=f"no readable zip file: {error}")
    except OSError as error:
        yield RefusedFile(name=name, why=f"cannot be read: {error.strerror or error}")


def _in_wacz(name: str, path: Path) -> Iterator[WarcSource | RefusedFile]:
    with zipfile.ZipFile(path) as file:
        entries = [entry for entry in file.infolist() if entry.filename.lower().endswith(_WARC)]
        said = _said(file)
    if isinstance(said, str):
        yield RefusedFile(name=name, why=said)
        return
    if not entries:
        yield RefusedFile(name=name, why="a WACZ without a WARC file")
    for entry in entries:
        shown = f"{name}/{entry.filename}"
        if why := _why_not(entry):
            yield RefusedFile(name=shown, why=why)
            continue
        try:
            found = _hashed(path, entry.filename)
        except _ZIP_FAILURES as error:
            yield RefusedFile(name=shown, why=f"damaged: {error}")
            continue
        if said.get(entry.filename, found) != found:
            why = "its SHA-256 is not the one that the WACZ's datapackage.json says"
            yield RefusedFile(name=shown, why=why)
            continue
        yield WarcSource(name=shown, path=path, sha256=found, member=entry.filename)


def _why_not(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not read, or ''."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    if not parts or parts[0] != "archive" or ".." in parts:
        return "not in the WACZ's folder archive/"
    if entry.flag_bits & 1:
        return "encrypted"
    if entry.file_size > _ALWAYS_UNPACKED + _MOST_UNPACKED * entry.compress_size:
        return f"unpacks to {entry.file_size} bytes, over {_MOST_UNPACKED} times its size"
    return ""


def _said(file: zipfile.ZipFile) -> Mapping[str, str] | str:
    """Path -> SHA-256 as a WACZ says, nothing where it says nothing; or why it is not believed."""
    names = set(file.namelist())
    if "datapackage.json" not in names:
        return {}
    package = _small(file, "datapackage.json")
    digest = _small(file, "datapackage-digest.json") if "datapackage-digest.json" in names else b""
    try:
        told = json.loads(digest).get("hash", "") if digest else ""
        resources = json.loads(package)["resources"]
        said = {str(one["path"]): str(one.get("hash", "")) for one in resources}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "its datapackage.json cannot be read"
    if told.startswith("sha256:") and told != f"sha256:{hashlib.sha256(package).hexdigest()}":
        return "its datapackage.json is not the one that its datapackage-digest.json vouches for"
    prefix = "sha256:"
    return {path: h.removeprefix(prefix) for path, h in said.items() if h.startswith(prefix)}


def _small(file: zipfile.ZipFile, name: str) -> bytes:
    with file.open(name) as entry:
        return entry.read(_LARGEST_PACKAGE)


@contextmanager
def _opened(path: Path, member: str) -> Iterator[BinaryIO]:
    if not member:
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as wacz, wacz.open(member) as entry:
        yield cast("BinaryIO", entry)


def _hashed(path: Path, member: str) -> str:
    digest = hashlib.sha256()
    with _opened(path, member) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
