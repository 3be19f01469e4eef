"""Records: what other tools read in them, and what this archive reads back."""

import gzip
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warc_pages import HEADERS, NOW, info, page, reference, warcio_check

from archive.http_block import as_stored
from archive.types import Headers, Page
from archive.warc import WarcWriter, file_name, file_pattern
from archive.warc_reader import Record, Revisit, read_page, read_record, scan
from archive.warc_records import (
    Member,
    conversion,
    payload_digest,
    response,
    revisit_identical,
    revisit_not_modified,
    warcinfo,
)


def record_of(member: Member, folder: Path) -> Record:
    path = folder / f"{member.record_id[-13:-1]}.warc.gz"
    path.write_bytes(member.data)
    return read_record(path, offset=0, length=len(member.data), record_id=member.record_id)


PAGES = st.builds(
    Page,
    url=st.just("https://media-uji.example/berita/netral?hal=1"),
    status=st.integers(100, 999),
    body=st.binary(max_size=3000),
    fetched_at=st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    headers=HEADERS,
    request_headers=HEADERS,
    ip_address=st.sampled_from(["", "192.0.2.7", "2001:db8::7"]),
    tls=st.sampled_from(["", "verified", "unverified"]),
    truncated=st.sampled_from(["", "length", "disconnect", "time"]),
)


@given(captured=PAGES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_page_is_read_back_as_it_was_stored(captured: Page, tmp_path: Path) -> None:
    path = tmp_path / "uji.warc.gz"
    path.unlink(missing_ok=True)
    with WarcWriter(path) as writer:
        placed = writer.append(response(captured))[0]
    found = read_page(path, offset=placed.offset, length=placed.length, record_id=placed.record_id)
    expected = replace(as_stored(captured), request_headers=(), record_id=placed.record_id)
    assert found == expected
    assert next(seen.digest for seen in scan(path)) == placed.digest


def test_right_headers_are_kept_to_the_byte(tmp_path: Path) -> None:
    record = record_of(response(page())[0], tmp_path)
    assert (record.http_headers, record.payload) == (page().headers, page().body)


def test_answer_names_its_circumstances(tmp_path: Path) -> None:
    fields = record_of(response(page(tls="unverified", truncated="length"))[0], tmp_path).fields
    assert fields["WARC-Date"] == "2024-11-05T18:30:00.123456Z"
    assert fields["WARC-IP-Address"] == "192.0.2.7"
    assert fields["X-Kliping-TLS"] == "unverified"
    assert fields["WARC-Truncated"] == "length"
    assert fields["WARC-Payload-Digest"] == payload_digest(page().body)


def test_request_stands_beside_its_answer(tmp_path: Path) -> None:
    answer, request = response(page())
    record = record_of(request, tmp_path)
    assert record.fields["WARC-Concurrent-To"] == answer.record_id
    assert record.start_line == b"GET /berita/1/ HTTP/1.1"
    assert record.http_headers == ((b"Host", b"media-uji.example"), *page().request_headers)


def test_unknown_request_is_not_invented() -> None:
    assert len(response(page(request_headers=()))) == 1


def test_identical_revisit_has_the_new_headers_and_says_that_it_is_cut(tmp_path: Path) -> None:
    earlier = response(page())[0]
    again = page(headers=((b"X-Cache", b"HIT"),))
    record = record_of(revisit_identical(again, of=reference(earlier))[0], tmp_path)
    assert record.fields["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert record.fields["WARC-Truncated"] == "length"
    assert record.fields["WARC-Refers-To"] == earlier.record_id
    assert record.fields["WARC-Refers-To-Date"] == "2024-11-05T18:30:00.123456Z"
    assert (record.http_headers, record.payload) == (again.headers, b"")


def test_not_modified_revisit_has_no_http_block_but_its_request(tmp_path: Path) -> None:
    earlier = response(page())[0]
    members = revisit_not_modified(page(status=304, body=b""), of=reference(earlier))
    record = record_of(members[0], tmp_path)
    assert record.fields["WARC-Profile"].endswith("/1.1/revisit/server-not-modified")
    assert record.fields["Content-Length"] == "0"
    assert record.fields["WARC-Refers-To-Target-URI"] == page().url
    assert "WARC-Payload-Digest" not in record.fields
    assert [member.type for member in members] == ["revisit", "request"]


def test_not_modified_revisit_keeps_a_known_digest(tmp_path: Path) -> None:
    of = replace(reference(response(page())[0]), payload_digest=payload_digest(page().body))
    record = record_of(revisit_not_modified(page(status=304, body=b""), of=of)[0], tmp_path)
    assert record.fields["WARC-Payload-Digest"] == payload_digest(page().body)


def read_back(path: Path, member: Member) -> Page | Revisit:
    path.write_bytes(member.data)
    return read_page(path, offset=0, length=len(member.data))


LATER = NOW.replace(hour=20)


def test_identical_revisit_is_the_new_answer_with_the_old_body(tmp_path: Path) -> None:
    earlier = response(page())[0]
    again = page(headers=((b"X-Cache", b"HIT"),), fetched_at=LATER, request_headers=())
    member = revisit_identical(again, of=reference(earlier))[0]
    revisit = read_back(tmp_path / "uji.warc.gz", member)
    assert isinstance(revisit, Revisit)
    assert revisit.of.record_id == earlier.record_id
    assert revisit.resolved(page()) == replace(again, record_id=member.record_id)


def test_not_modified_revisit_is_the_old_answer_at_the_new_time(tmp_path: Path) -> None:
    earlier = response(page())[0]
    unchanged = page(status=304, body=b"", fetched_at=LATER)
    member = revisit_not_modified(unchanged, of=reference(earlier))[0]
    revisit = read_back(tmp_path / "uji.warc.gz", member)
    assert isinstance(revisit, Revisit)
    assert revisit.page.status == 304
    expected = replace(page(), fetched_at=LATER, record_id=member.record_id)
    assert revisit.resolved(page()) == expected


def test_cleaned_text_stands_beside_its_answer(tmp_path: Path) -> None:
    answer = response(page())[0]
    text = "Camat diminta netral – “jangan berpihak”."
    member = conversion(text, refers_to=answer.record_id, target_uri=page().url, date=NOW)
    record = record_of(member, tmp_path)
    assert record.fields["WARC-Refers-To"] == answer.record_id
    assert record.fields["Content-Type"] == "text/plain; charset=utf-8"
    assert record.payload.decode() == text


def test_file_says_what_wrote_it_and_for_whom(tmp_path: Path) -> None:
    lines = record_of(info(), tmp_path).payload.decode().splitlines()
    assert lines[0].startswith("software: Kliping/")
    assert "operator: https://example.org/tentang" in lines


def test_contact_cannot_forge_a_field(tmp_path: Path) -> None:
    member = warcinfo(filename="a\r\nb", contact="x\r\nrobots: ignore", now=NOW)
    record = record_of(member, tmp_path)
    assert record.fields["WARC-Filename"] == "a b"
    assert b"\r\nrobots: ignore" not in record.payload


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("https://media-uji.example/a b", "https://media-uji.example/a%20b"),
        ("https://media-uji.example/\r\nX: y", "https://media-uji.example/%0D%0AX:%20y"),
        ("https://media-uji.example/é", "https://media-uji.example/%C3%A9"),
        ("https://media-uji.example/%C3%A9#x", "https://media-uji.example/%C3%A9#x"),
        ("https://media-uji.example/" + "a" * 50_000, "https://media-uji.example/" + "a" * 50_000),
    ],
    ids=["space", "line-break", "not-ascii", "escaped", "endless"],
)
def test_address_is_stored_as_a_uri(url: str, stored: str, tmp_path: Path) -> None:
    record = record_of(response(page(url))[0], tmp_path)
    assert record.fields["WARC-Target-URI"] == stored


def test_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        response(page(fetched_at=NOW.replace(tzinfo=None)))


def test_one_record_is_one_gzip_member() -> None:
    for member in response(page()):
        unpacker = zlib.decompressobj(wbits=31)
        assert unpacker.decompress(member.data).endswith(b"\r\n\r\n")
        assert unpacker.eof
        assert not unpacker.unused_data


ODD_HEADERS: Headers = ((b"X-A", b"\xff\x00\xe9"), (b"x-a", b""), (b"Set-Cookie", b"a=b; c"))


def test_other_tools_read_every_record(tmp_path: Path) -> None:
    path = tmp_path / "uji.warc.gz"
    answers = [
        response(page()),
        response(page(status=299, headers=ODD_HEADERS, body=b"")),
        response(page(headers=((b"Transfer-Encoding", b"chunked"),))),
        response(page(truncated="length", body=page().body[:100])),
        response(page(status=404, headers=(), body=b"\x00" * 100_000)),
    ]
    revisits = [
        revisit_identical(page(), of=reference(answers[0][0])),
        revisit_not_modified(page(status=304, body=b""), of=reference(answers[0][0])),
    ]
    members = [info(), *(member for some in answers + revisits for member in some)]
    with WarcWriter(path) as writer:
        placed = writer.append(members)
    check = warcio_check(path)
    assert check.returncode == 0, check.stdout + check.stderr
    assert check.stdout.count("digest pass") == 1 + sum(map(len, answers)) + 2
    with path.open("rb") as file:
        found = list(ArchiveIterator(file, verify_digests=False))
        assert [record.record_id for record in found] == [one.record_id for one in members]
        assert [record.stream_pos for record in found] == [one.offset for one in placed]
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            assert record.verify_block_digest()


def test_gzipped_body_is_stored_as_it_was_sent() -> None:
    block = zlib.decompress(response(page())[0].data, wbits=31)
    assert gzip.compress(gzip.decompress(page().body), mtime=0) in block


def test_file_names_tell_crawls_apart(tmp_path: Path) -> None:
    name = file_name("media-12", at=NOW, crawl_id=5, number=3)
    assert name == "kliping-media-12-20241105183000-5-03.warc.gz"
    (tmp_path / name).touch()
    assert [path.name for path in tmp_path.glob(file_pattern("media-12", crawl_id=5))] == [name]
    assert not list(tmp_path.glob(file_pattern("media", crawl_id=12)))
