"""Recorded exchanges, and the files of other tools."""

import gzip
import io
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from warc_pages import STORY, info, page, warcio_check
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from archive.errors import ArchiveError, DamagedRecord
from archive.exchanges import Recorder, read_exchanges
from archive.types import Headers, Page
from archive.warc import WarcWriter
from archive.warc_records import response

# warcio 1.8 leaves its temporary files to the garbage collector
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")

URL = "https://media-uji.example/berita/1/"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rekaman.warc.gz"


def recorded(path: Path, *pages: Page) -> None:
    with Recorder(path, info=info()) as recorder:
        for one in pages:
            recorder.write(one)


def test_recording_gives_back_every_exchange_in_order(path: Path) -> None:
    host = (b"Host", b"media-uji.example")
    pages = [
        page("https://media-uji.example/robots.txt", status=404, body=b"", headers=()),
        page(),
        page(status=304, body=b"", headers=((b"ETag", b'"1"'),)),
        page(status=200, request_headers=(), method="GET"),
        page(method="HEAD", body=b"", headers=()),
    ]
    recorded(path, *pages)
    found = [replace(one, record_id="") for one in read_exchanges(path)]
    assert found == [
        replace(one, request_headers=(host, *one.request_headers) if one.request_headers else ())
        for one in pages
    ]
    assert warcio_check(path).returncode == 0


def test_recording_never_writes_into_another(path: Path) -> None:
    recorded(path, page())
    with pytest.raises(ArchiveError, match="another name"):
        Recorder(path, info=info())


def foreign(path: Path, *, gzipped: bool = True, version: str = "WARC/1.1") -> WARCWriter:
    return WARCWriter(path.open("wb"), gzip=gzipped, warc_version=version)


def add(writer: WARCWriter, body: bytes, *headers: tuple[str, str], kind: str = "response") -> None:
    http = StatusAndHeaders("200 OK", list(headers), protocol="HTTP/1.1")
    record = writer.create_warc_record(
        URL, kind, payload=io.BytesIO(body), http_headers=http, warc_headers_dict={}
    )
    writer.write_record(record)


@pytest.mark.parametrize("gzipped", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
def test_file_of_another_tool_is_read(gzipped: bool, version: str, path: Path) -> None:
    writer = foreign(path, gzipped=gzipped, version=version)
    writer.write_record(writer.create_warcinfo_record("asing.warc", {"software": "lain"}))
    add(writer, STORY, ("Content-Type", "text/html"))
    add(writer, b"", ("Content-Length", "0"))
    writer.out.close()
    first, second = read_exchanges(path)
    assert (first.url, first.status, first.body) == (URL, 200, STORY)
    assert first.headers == ((b"Content-Type", b"text/html"),)
    assert first.fetched_at.tzinfo
    assert second.body == b""


CHUNKED: Headers = ((b"Transfer-Encoding", b"chunked"),)


@pytest.mark.parametrize(
    "body", [b"6\r\nnetral\r\n0\r\n\r\n", b"netral"], ids=["framed", "framing-undone"]
)
def test_chunked_framing_of_another_tool_is_undone(body: bytes, path: Path) -> None:
    writer = foreign(path)
    add(writer, body, ("Transfer-Encoding", "chunked"))
    writer.out.close()
    (found,) = read_exchanges(path)
    assert (found.body, found.headers) == (b"netral", CHUNKED)


def test_one_gzip_member_around_everything_is_read(path: Path) -> None:
    recorded(path, page(), page())
    plain = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(plain))
    assert [one.body for one in read_exchanges(path)] == [page().body] * 2


def test_revisits_and_other_records_are_left_out(path: Path) -> None:
    writer = foreign(path)
    add(writer, b"", kind="revisit")
    dns = writer.create_warc_record("dns:media-uji.example", "response", payload=io.BytesIO(b"x"))
    writer.write_record(dns)
    writer.out.close()
    assert list(read_exchanges(path)) == []


def test_endless_body_is_cut_and_says_so(path: Path) -> None:
    recorded(path, page(headers=(), body=bytes(10_000_000)), page())
    long, short = read_exchanges(path, limit=100_000)
    assert (long.truncated, len(long.body) < 100_000) == ("length", True)
    assert (short.truncated, short.body) == ("", page().body)


def test_method_of_the_request_is_read(path: Path) -> None:
    recorded(path, page(method="POST"), page())
    assert [one.method for one in read_exchanges(path)] == ["POST", "GET"]


def test_request_of_another_answer_is_not_joined(path: Path) -> None:
    answer, request = response(page())[0], response(page())[1]  # of two exchanges
    with WarcWriter(path) as writer:
        writer.append([answer, request])
    (found,) = read_exchanges(path)
    assert found.request_headers == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"bukan arsip", gzip.compress(b"bukan arsip"), b"<html></html>" * 1000],
    ids=["empty", "text", "gzipped-text", "page"],
)
def test_what_is_no_warc_file_is_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match=r"rekaman\.warc\.gz"):
        list(read_exchanges(path))


def test_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        list(read_exchanges(path))


@pytest.mark.parametrize("lost", [40, 200])
def test_cut_file_gives_what_is_whole_then_its_damage(lost: int, path: Path) -> None:
    recorded(path, page(), page(request_headers=()))
    path.write_bytes(path.read_bytes()[:-lost])
    found = read_exchanges(path)
    assert next(found).body == page().body
    with pytest.raises(DamagedRecord, match="in or after the record at"):
        list(found)


def test_flipped_bit_is_damage(path: Path) -> None:
    recorded(path, page(), page(request_headers=()))
    data = bytearray(path.read_bytes())
    data[-100] ^= 4
    path.write_bytes(data)
    with pytest.raises(DamagedRecord):
        list(read_exchanges(path))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"HTTP/1.1 200 OK", b"HTTP/1.1 dua OK", id="no-status"),
        pytest.param(b"WARC-Date: 2024", b"WARC-Date: duaa", id="no-date"),
    ],
)
def test_answer_that_cannot_be_read_is_damage(old: bytes, new: bytes, path: Path) -> None:
    recorded(path, page(request_headers=()))
    plain = zlib.decompressobj(wbits=31)
    data = path.read_bytes()
    first = plain.decompress(data)
    second = zlib.decompress(plain.unused_data, wbits=31).replace(old, new)
    path.write_bytes(gzip.compress(first) + gzip.compress(second))
    with pytest.raises(DamagedRecord):
        list(read_exchanges(path))
