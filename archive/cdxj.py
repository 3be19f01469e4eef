"""Lines of a CDXJ index: where the answer of an address at a moment stands, for replay tools. Pure.

A line is the SURT key, 14 digits of the moment, and a JSON object (webrecorder's CDXJ 0.1.0, as
pywb and ReplayWeb.page read it). Lines are sorted as bytes.
"""

import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from archive.urls import urlkey
from archive.warc_reader import Record

__all__ = ["cdxj_line", "packed"]

_LINES = 300
"""Lines to a block: a reader fetches one block for one address."""
_ANSWERS = ("response", "revisit")


def cdxj_line(record: Record, *, warc_file: str, offset: int, length: int, digest: str) -> str:
    """The line of an answer, '' for another record; `digest` is the SHA-256 of its member."""
    if record.type not in _ANSWERS:
        return ""
    url = record.fields["WARC-Target-URI"].strip("<>")
    values = {
        "url": url,
        "mime": _media_type(record),
        "status": record.start_line.split(b" ", 2)[1].decode("ascii") if record.start_line else "",
        "digest": record.fields.get("WARC-Payload-Digest", ""),
        "length": str(length),
        "offset": str(offset),
        "filename": warc_file,
        "recordDigest": f"sha256:{digest}",
    }
    told = json.dumps({name: value for name, value in values.items() if value})
    stamp = datetime.fromisoformat(record.fields["WARC-Date"]).strftime("%Y%m%d%H%M%S")
    return f"{_key(url)} {stamp} {told}\n"


def _key(url: str) -> str:
    try:
        return urlkey(url)
    except ValueError:  # an address that nobody could ask for again
        return url.replace(" ", "%20")


def _media_type(record: Record) -> str:
    if record.type == "revisit":
        return "warc/revisit"
    for name, value in record.http_headers:
        if name.lower() == b"content-type":
            return value.decode("latin-1").partition(";")[0].strip()
    return ""


def packed(lines: Iterable[str], *, file_name: str) -> Iterator[tuple[bytes, str]]:
    """Sorted lines in gzip members of their own, each with its line for the index above them.

    That index begins with a line that names `file_name`, given with an empty block.
    """
    head = json.dumps({"format": "cdxj-gzip-1.0", "filename": file_name})
    yield b"", f"!meta 0 {head}\n"
    offset = 0
    waiting = iter(lines)
    while block := list(islice(waiting, _LINES)):
        data = zlib.compress("".join(block).encode("utf-8"), 6, wbits=31)
        place = json.dumps({"offset": offset, "length": len(data)})
        yield data, f"{block[0].partition('{')[0].strip()} {place}\n"
        offset += len(data)
