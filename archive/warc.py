"""WARC files on disk: append so that what was acknowledged stays, and mend what a crash left.

One file belongs to one writer of one crawl. A batch of members is written at once, flushed and
fsynced before its places are given out. The archive commits those places to the database only
then, so after a crash the file can hold more than the database knows (`salvage` brings it back),
never less.
"""

import fcntl
import os
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from archive.errors import ArchiveError, DamagedRecord, LeaseHeld
from archive.warc_reader import Placed, scan
from archive.warc_records import Member

__all__ = ["Placed", "Salvage", "WarcWriter", "file_name", "file_pattern", "salvage"]


def file_name(outlet: str, *, at: datetime, crawl_id: int, number: int) -> str:
    """The name of the `number`th file of one crawl, begun at `at`: no two crawls share one."""
    return f"kliping-{outlet}-{at.astimezone(UTC):%Y%m%d%H%M%S}-{crawl_id}-{number:02d}.warc.gz"


def file_pattern(outlet: str, *, crawl_id: int) -> str:
    """A glob for every file of one crawl, and of no other."""
    return f"kliping-{outlet}-{'[0-9]' * 14}-{crawl_id}-[0-9]*.warc.gz"


class WarcWriter:
    """The one writer of one file. `end` is where the file must end now: 0 for a new one.

    Raises LeaseHeld when another writer holds the file, ArchiveError when it ends elsewhere
    (`salvage` it first: what follows a torn member cannot be read).
    """

    def __init__(self, path: Path, *, end: int = 0) -> None:
        self.path = path
        self._end = end
        self._is_broken = False
        self._file = _locked(path, create=end == 0)
        size = os.fstat(self._file).st_size
        if size != end:
            os.close(self._file)
            hint = "salvage it first" if end else "a new file needs another name"
            raise ArchiveError(f"{path}: ends at {size}, not at {end}; {hint}")
        _open_writers.add(self)
        if not end:
            _sync_directory(path.parent)

    @property
    def size(self) -> int:
        """Bytes written and safe."""
        return self._end

    def append(self, members: Sequence[Member], *, sync: bool = True) -> list[Placed]:
        """Where the members stand, once they are on disk: all of them or none.

        Raises ArchiveError when the disk refuses; the file then ends where it did before. Without
        `sync` they are only handed to the operating system: for files that can be made again.
        """
        self._expect_usable()
        is_written = False
        try:
            _write_all(self._file, b"".join(member.data for member in members))
            if sync:
                os.fsync(self._file)
            is_written = True
        except OSError as error:
            raise ArchiveError(f"{self.path}: cannot write: {error.strerror}") from error
        finally:
            if not is_written:
                self._roll_back()
        return [self._place(member) for member in members]

    def _expect_usable(self) -> None:
        if self._is_broken or self._file < 0:
            raise ArchiveError(f"{self.path}: closed, or broken by an earlier failure")
        if os.fstat(self._file).st_size != self._end:
            self._is_broken = True
            raise ArchiveError(f"{self.path}: changed by someone else")

    def _roll_back(self) -> None:
        """Cut what was not finished. A disk that refuses even this is not written to again."""
        self._is_broken = True
        with suppress(OSError):
            os.ftruncate(self._file, self._end)
            os.fsync(self._file)
            self._is_broken = False

    def _place(self, member: Member) -> Placed:
        placed = Placed(
            record_id=member.record_id,
            type=member.type,
            target_uri=member.target_uri,
            date=member.date,
            digest=member.digest,
            warc_file=self.path.name,
            offset=self._end,
            length=len(member.data),
        )
        self._end += placed.length
        return placed

    def cut(self, offset: int) -> None:
        """Take back the members from `offset` on: what was to be recorded of them was not.

        Raises ArchiveError when the disk refuses; the file is then not written to again.
        """
        self._expect_usable()
        if not 0 <= offset <= self._end:
            raise ValueError(f"{self.path}: {offset} is not within the {self._end} bytes written")
        self._end = offset
        self._roll_back()
        if self._is_broken:
            raise ArchiveError(f"{self.path}: cannot take back what follows {offset}")

    def close(self) -> None:
        """Sync and let go of the file; closing twice does no harm."""
        if self._file < 0:
            return
        file, self._file = self._file, -1
        try:
            os.fsync(file)
        except OSError as error:
            raise ArchiveError(f"{self.path}: cannot write: {error.strerror}") from error
        finally:
            os.close(file)

    def __enter__(self) -> "WarcWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _forget(self) -> None:
        """Drop a forked child's copy, which would keep the lock after the parent has died."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


_open_writers: weakref.WeakSet[WarcWriter] = weakref.WeakSet()


def _forget_parents_files() -> None:
    for writer in list(_open_writers):
        writer._forget()


os.register_at_fork(after_in_child=_forget_parents_files)


@dataclass(frozen=True, kw_only=True)
class Salvage:
    """What a crash left behind the committed end: whole members, and bytes that were cut off."""

    kept: tuple[Placed, ...]
    cut_bytes: int


def salvage(path: Path, *, committed_end: int) -> Salvage:
    """The whole members behind `committed_end`; whatever follows them is cut off.

    Raises DamagedRecord when the file is shorter than what was committed, LeaseHeld when a
    writer has it open.
    """
    if not committed_end and not path.exists():
        return Salvage(kept=(), cut_bytes=0)
    file = _locked(path, create=False)
    try:
        size = os.fstat(file).st_size
        if size < committed_end:
            raise DamagedRecord(f"{path}: ends at {size}, but {committed_end} bytes were committed")
        kept = _whole_members(path, start=committed_end)
        end = kept[-1].offset + kept[-1].length if kept else committed_end
        os.ftruncate(file, end)
        os.fsync(file)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot mend: {error.strerror}") from error
    finally:
        os.close(file)
    _sync_directory(path.parent)
    return Salvage(kept=tuple(kept), cut_bytes=size - end)


def _whole_members(path: Path, *, start: int) -> list[Placed]:
    members: list[Placed] = []
    try:
        for placed in scan(path, start=start):
            members.append(placed)
    except DamagedRecord as error:
        if getattr(error.__cause__, "errno", None):  # the disk could not be read: nothing is cut
            raise
    return members


def _locked(path: Path, *, create: bool) -> int:
    """A descriptor that appends, under a lock that ends with the process."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | (os.O_CREAT if create else 0)
    try:
        file = os.open(path, flags, 0o644)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot open: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        raise LeaseHeld(f"{path}: another process is writing it") from error
    return file


def _write_all(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _sync_directory(directory: Path) -> None:
    """Make the name of a new or mended file as durable as its bytes."""
    try:
        file = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise ArchiveError(f"{directory}: cannot sync: {error.strerror}") from error
