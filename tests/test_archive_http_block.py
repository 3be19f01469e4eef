"""The HTTP block: what is stored is true of the bytes beside it."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warc_pages import HEADERS

from archive.errors import Unreadable
from archive.http_block import as_stored, dechunked, join, request_head, split, status_line
from archive.types import Headers, Page

PAGE = Page(
    url="https://media-uji.example/berita/1/?hal=2#isi",
    status=200,
    body=b"netral",
    fetched_at=datetime(2024, 11, 5, 1, 2, 3, tzinfo=UTC),
)


@given(headers=HEADERS, body=st.binary(max_size=200))
def test_block_is_taken_apart_as_it_was_joined(headers: Headers, body: bytes) -> None:
    line = b"HTTP/1.1 200 OK"
    assert split(join(line, headers, body)) == (line, headers, body)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_split(block: bytes) -> None:
    _, headers, body = split(block)
    assert block.endswith(body)
    assert all(b"\n" not in name + value for name, value in headers)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        pytest.param(b"HTTP/1.0 200 OK\nA: b\n\nisi", (((b"A", b"b"),), b"isi"), id="bare-lf"),
        pytest.param(b"HTTP/1.1 200\r\nA: b\r\n c\r\n\r\n", (((b"A", b"b c"),), b""), id="fold"),
        pytest.param(
            b"HTTP/1.1 200\r\nrusak\r\nA:b\r\n\r\n", (((b"A", b"b"),), b""), id="no-colon"
        ),
        pytest.param(b"HTTP/1.1 200\r\nA: b", (((b"A", b"b"),), b""), id="no-end"),
        pytest.param(b"", ((), b""), id="empty"),
    ],
)
def test_crooked_heads_are_read(block: bytes, expected: tuple[Headers, bytes]) -> None:
    assert split(block)[1:] == expected


def test_line_break_in_a_value_forges_no_header() -> None:
    page = replace(PAGE, headers=((b"X-A", b"satu\r\nSet-Cookie: dua"),))
    assert as_stored(page).headers == ((b"X-A", b"satu Set-Cookie: dua"),)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(((b"Content-Length", b"6"),), ((b"Content-Length", b"6"),), id="right"),
        pytest.param((), (), id="none-needed"),
        pytest.param(
            ((b"content-length", b"99"), (b"A", b"b")),
            ((b"X-Orig-content-length", b"99"), (b"A", b"b"), (b"Content-Length", b"6")),
            id="wrong",
        ),
        pytest.param(
            ((b"Content-Length", b"6"), (b"Content-Length", b"7")),
            ((b"Content-Length", b"6"), (b"X-Orig-Content-Length", b"7")),
            id="two-that-differ",
        ),
        pytest.param(
            ((b"Transfer-Encoding", b"chunked"),),
            ((b"X-Orig-Transfer-Encoding", b"chunked"), (b"Content-Length", b"6")),
            id="dechunked",
        ),
    ],
)
def test_stored_headers_are_true_of_the_entity(headers: Headers, expected: Headers) -> None:
    assert as_stored(replace(PAGE, headers=headers)).headers == expected


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "gzip,gzip", "BR", "gzip", "utf-8"])
def test_coding_that_replay_cannot_undo_is_stored_decoded(coding: str) -> None:
    headers = ((b"Content-Encoding", coding.encode()), (b"Content-Length", b"6"))
    stored = as_stored(replace(PAGE, headers=headers), decode=lambda page: page.body * 2)
    assert stored.body == b"netralnetral"
    assert stored.headers == (
        (b"X-Orig-Content-Encoding", coding.encode()),
        (b"X-Orig-Content-Length", b"6"),
        (b"Content-Length", b"12"),
    )


@pytest.mark.parametrize("coding", ["gzip", " GZIP", "deflate", "identity", ""])
def test_coding_that_replay_undoes_is_kept(coding: str) -> None:
    headers = ((b"Content-Encoding", coding.strip().encode()),)
    page = replace(PAGE, body=gzip.compress(PAGE.body), headers=headers)
    assert as_stored(page, decode=lambda page: b"") == page


def test_gzip_under_its_old_name_is_stored_decoded() -> None:
    """pywb 2.10 would serve the packed bytes, and not say that they are packed."""
    packed = replace(
        PAGE, body=gzip.compress(PAGE.body), headers=((b"Content-Encoding", b"x-gzip"),)
    )
    stored = as_stored(packed, decode=lambda page: gzip.decompress(page.body))
    assert stored.body == PAGE.body
    assert (b"X-Orig-Content-Encoding", b"x-gzip") in stored.headers


def _undecodable(page: Page) -> bytes:
    raise Unreadable(page.url)


@pytest.mark.parametrize("coding", ["zstd", "gzip, gzip"])
def test_body_that_cannot_be_decoded_is_kept_as_sent(coding: str) -> None:
    page = replace(PAGE, headers=((b"Content-Encoding", coding.encode()),))
    assert as_stored(page, decode=_undecodable) == page


def test_undecodable_brotli_is_not_called_so() -> None:
    """The bytes stay as they were sent; of the word alone warcio 1.8 dies."""
    page = replace(PAGE, headers=((b"Content-Encoding", b"br"),))
    stored = as_stored(page, decode=_undecodable)
    assert stored.body == page.body
    assert (b"X-Orig-Content-Encoding", b"br") in stored.headers
    assert as_stored(stored, decode=_undecodable) == stored


@given(headers=HEADERS, body=st.binary(max_size=50), coding=st.sampled_from([b"br", b"gzip"]))
def test_storing_what_was_stored_changes_nothing(
    headers: Headers, body: bytes, coding: bytes
) -> None:
    special = ((b"Transfer-Encoding", b"chunked"), (b"Content-Encoding", coding))
    page = replace(PAGE, headers=headers + special, body=body)
    stored = as_stored(page, decode=lambda page: page.body + b"!")
    assert as_stored(stored, decode=lambda page: page.body + b"!") == stored


@pytest.mark.parametrize(
    ("status", "line"),
    [(200, b"HTTP/1.1 200 OK"), (410, b"HTTP/1.1 410 Gone"), (999, b"HTTP/1.1 999 ")],
)
def test_status_line_has_the_registered_reason(status: int, line: bytes) -> None:
    assert status_line(status) == line


def test_request_names_its_host_and_hides_the_proxy_secret() -> None:
    page = replace(
        PAGE, request_headers=((b"Accept", b"*/*"), (b"Proxy-Authorization", b"Basic cmFoYXNpYQ=="))
    )
    assert request_head(page) == (
        b"GET /berita/1/?hal=2 HTTP/1.1\r\nHost: media-uji.example\r\nAccept: */*\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("body", "entity"),
    [
        pytest.param(b"3\r\nnet\r\n3\r\nral\r\n0\r\n\r\n", b"netral", id="whole"),
        pytest.param(b"3;x=y\r\nnet\r\n0\r\nT: v\r\n\r\n", b"net", id="extension-and-trailer"),
        pytest.param(b"6\r\nnet", b"net", id="cut"),
        pytest.param(b"netral", b"netral", id="never-chunked"),
        pytest.param(b"3\r\nnetral", b"3\r\nnetral", id="only-looks-chunked"),
        pytest.param(b"fade\r\ncerita", b"cerita", id="one-cut-chunk"),
        pytest.param(b"", b"", id="empty"),
    ],
)
def test_chunked_framing_is_undone(body: bytes, entity: bytes) -> None:
    assert dechunked(body) == entity


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=5))
def test_any_chunks_give_the_entity(chunks: list[bytes]) -> None:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    assert dechunked(framed + b"0\r\n\r\n") == b"".join(chunks)
