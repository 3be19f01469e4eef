"""Pages and places for tests of what is stored as WARC."""

import gzip
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st

from archive.types import Page
from archive.warc import Placed, WarcWriter
from archive.warc_records import Member, RevisitOf, response, warcinfo

__all__ = ["HEADERS", "NOW", "STORY", "info", "page", "reference", "warcio_check", "written"]

NOW = datetime(2024, 11, 5, 18, 30, 0, 123456, tzinfo=UTC)
STORY = (
    "<!doctype html><title>Camat Diminta Netral</title><p>"
    + "Panitia pengawas mengingatkan camat agar tidak berpihak. " * 200
).encode()


TOKEN = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~")
NAMES = TOKEN.filter(bool).map(str.encode)
VALUES = st.binary(max_size=40).filter(
    lambda value: value == value.strip(b" \t") and not set(value) & set(b"\r\n")
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(tuple)


def page(url: str = "https://media-uji.example/berita/1/", **changes: object) -> Page:
    """A gzipped story with every field filled, changed where asked."""
    body = gzip.compress(STORY, mtime=0)
    values: dict[str, object] = {
        "url": url,
        "status": 200,
        "body": body,
        "fetched_at": NOW,
        "headers": (
            (b"Content-Type", b"text/html; charset=UTF-8"),
            (b"Content-Encoding", b"gzip"),
            (b"Content-Length", b"%d" % len(body)),
            (b"X-Kepala", b"Gubernur \xc3\xa9\xe8"),
        ),
        "request_headers": ((b"User-Agent", b"Kliping/uji"), (b"Accept-Encoding", b"gzip")),
        "ip_address": "192.0.2.7",
        "tls": "verified",
    }
    return Page(**(values | changes))  # type: ignore[arg-type]


def info() -> Member:
    """The record that opens a file."""
    return warcinfo(filename="uji.warc.gz", contact="https://example.org/tentang", now=NOW)


def reference(member: Member) -> RevisitOf:
    """What a revisit says of an earlier answer."""
    return RevisitOf(record_id=member.record_id, target_uri=member.target_uri, date=member.date)


def written(path: Path, *pages: Page) -> list[Placed]:
    """A new file with a warcinfo record and every page; where its members stand."""
    members = [member for one in pages for member in response(one)]
    with WarcWriter(path) as writer:
        return writer.append([info(), *members])


def warcio_check(path: Path) -> subprocess.CompletedProcess[str]:
    """What warcio's own checker says of a file."""
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
