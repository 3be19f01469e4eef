"""Whole exchanges in one WARC file: recorded from a crawl, or read from whoever wrote the file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from archive.errors import ArchiveError, DamagedRecord
from archive.http_block import Decode, dechunked, split
from archive.types import Page
from archive.warc import WarcWriter
from archive.warc_reader import Record, page_of
from archive.warc_records import TLS_FIELD, Member, response

__all__ = ["Recorder", "read_exchanges"]

_HEAD_LIMIT = 1 << 20
_FIELDS = (
    "WARC-Type",
    "WARC-Record-ID",
    "WARC-Target-URI",
    "WARC-Date",
    "WARC-Concurrent-To",
    "WARC-IP-Address",
    "WARC-Truncated",
    TLS_FIELD,
)


class Recorder:
    """Keeps every exchange of a crawl in a new file, 304s and failures as they were answered.

    `info` is the file's warcinfo record. Raises ArchiveError when the file is there already.
    """

    def __init__(self, path: Path, *, info: Member, decode: Decode | None = None) -> None:
        self._writer = WarcWriter(path)
        self._decode = decode
        self._writer.append([info])

    def write(self, page: Page) -> None:
        """Add one exchange. Not synced one by one: a recording can be made again."""
        self._writer.append(response(page, decode=self._decode), sync=False)

    def close(self) -> None:
        """Sync and close the file."""
        self._writer.close()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_exchanges(path: Path, *, limit: int = 100_000_000) -> Iterator[Page]:
    """Every HTTP answer of a WARC file in its order, whoever wrote it, plain or compressed.

    Chunked framing is undone; a body over `limit` bytes is cut and says so. Method and headers of
    the request are there when its record follows the answer's. Revisits are left out: their body is
    elsewhere. Raises DamagedRecord at damage, ArchiveError when this is no WARC file.
    """
    waiting: Page | None = None
    try:
        for record in _records(path, limit=limit):
            if record.type == "response":
                whole, waiting = waiting, _exchange(path, record)
                yield from [whole] if whole else []
            elif waiting:
                waiting = _with_request(waiting, record)
    except DamagedRecord:
        yield from [waiting] if waiting else []
        raise
    yield from [waiting] if waiting else []


def _records(path: Path, *, limit: int) -> Iterator[Record]:
    """The HTTP records of any WARC file, at least one record of any kind."""
    count = 0
    position = 0
    try:
        with path.open("rb") as file:
            for found in ArchiveIterator(file, parse_http=False, max_header_len=_HEAD_LIMIT):
                count += 1
                position = found.stream_pos
                if _is_http(found):
                    yield _record(found, limit=limit)
    except (OSError, ValueError) as error:
        if count or not isinstance(error, OSError) or not error.errno:
            raise DamagedRecord(f"{path}: in or after the record at {position}: {error}") from error
        raise ArchiveError(f"{path}: {error.strerror}") from error
    if not count:
        raise ArchiveError(f"{path}: not a WARC file")


def _is_http(found: WarcRecord) -> bool:
    uri = (found.headers.get("WARC-Target-URI") or "").strip("<>")
    is_exchange = found.record_type in (WarcRecordType.response, WarcRecordType.request)
    return is_exchange and uri.startswith(("http://", "https://"))


def _record(found: WarcRecord, *, limit: int) -> Record:
    """The record with its block, at most `limit` bytes of it."""
    block = found.reader.read(min(limit, found.content_length))
    if len(block) < min(limit, found.content_length):
        raise ValueError(f"{found.record_id} is cut")
    fields = {name: found.headers.get(name) or "" for name in _FIELDS}
    if found.content_length > limit:
        fields["WARC-Truncated"] = "length"
    start_line, headers, body = split(block)
    is_chunked = any(name.lower() == b"transfer-encoding" for name, _ in headers)
    return Record(
        fields=fields,
        start_line=start_line,
        http_headers=headers,
        payload=dechunked(body) if is_chunked else body,
    )


def _exchange(path: Path, record: Record) -> Page:
    try:
        return page_of(record)
    except ValueError as error:
        raise DamagedRecord(f"{path}: {record.record_id}: {error}") from error


def _with_request(page: Page, request: Record) -> Page:
    if request.fields["WARC-Concurrent-To"] != page.record_id:
        return page
    method = request.start_line.split(b" ")[0].decode("latin-1")
    return replace(page, method=method, request_headers=request.http_headers)
