import contextlib
import gzip
import zlib
from datetime import UTC, datetime

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Unreadable
from archive.types import Page
from crawler.bodies import characters, decoded, is_binary, zstd

HTML = "<html><p>Bawaslu “mengingatkan” ASN agar netral – tegas</p></html>".encode() * 20
LIMIT = 1_000_000


def page(body: bytes, *codings: str, content_type: str = "", truncated: str = "") -> Page:
    headers = [(b"Content-Encoding", coding.encode()) for coding in codings]
    headers.append((b"content-type", content_type.encode()))
    return Page(
        url="https://media-uji.example/a/",
        status=200,
        body=body,
        fetched_at=datetime(2024, 10, 1, tzinfo=UTC),
        headers=tuple(headers),
        truncated=truncated,
    )


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


PACKED = {
    "gzip": gzip.compress(HTML),
    "x-gzip": gzip.compress(HTML),
    "deflate": zlib.compress(HTML),
    "br": brotli.compress(HTML),
    "zstd": zstd.compress(HTML),
}


@pytest.mark.parametrize("coding", PACKED)
def test_each_coding_is_undone(coding: str) -> None:
    assert decoded(page(PACKED[coding], coding), LIMIT) == HTML


def test_deflate_without_its_header_is_undone() -> None:
    assert decoded(page(raw_deflate(HTML), "deflate"), LIMIT) == HTML


def test_gzip_in_several_members_is_undone() -> None:
    assert decoded(page(gzip.compress(HTML) + gzip.compress(HTML), "gzip"), LIMIT) == HTML * 2


def test_padding_after_gzip_is_ignored() -> None:
    assert decoded(page(gzip.compress(HTML) + b"\0" * 50, "gzip"), LIMIT) == HTML


@pytest.mark.parametrize(
    "headers", [("br, gzip",), ("br", "gzip"), ("BR , identity,  GZIP",)], ids=str
)
def test_codings_are_undone_from_the_last(headers: tuple[str, ...]) -> None:
    body = gzip.compress(brotli.compress(HTML))
    assert decoded(page(body, *headers), LIMIT) == HTML


@pytest.mark.parametrize("coding", [*PACKED, "identity", "utf-8", "none"])
def test_header_that_lies_about_a_plain_body_changes_nothing(coding: str) -> None:
    assert decoded(page(HTML, coding), LIMIT) == HTML


@pytest.mark.parametrize("coding", PACKED)
def test_cut_stream_gives_what_could_be_decoded(coding: str) -> None:
    cut = page(PACKED[coding][:-12], coding, truncated="disconnect")
    assert HTML.startswith(decoded(cut, LIMIT))


@pytest.mark.parametrize("coding", PACKED)
def test_cut_stream_that_nobody_announced_is_unreadable(coding: str) -> None:
    with pytest.raises(Unreadable, match=r"cut|damaged"):
        decoded(page(PACKED[coding][:-12], coding), LIMIT)


def test_damaged_stream_is_unreadable() -> None:
    body = bytearray(gzip.compress(bytes(range(256)) * 40))
    body[60:90] = b"\xff" * 30
    with pytest.raises(Unreadable, match="gzip"):
        decoded(page(bytes(body), "gzip"), LIMIT)


@pytest.mark.parametrize(
    "pack",
    [gzip.compress, zlib.compress, raw_deflate, brotli.compress, zstd.compress],
    ids=["gzip", "deflate", "raw", "br", "zstd"],
)
def test_bomb_is_refused_at_the_limit(pack) -> None:
    coding = {gzip.compress: "gzip", brotli.compress: "br", zstd.compress: "zstd"}
    bomb = page(pack(b"<p>" * 10_000_000), coding.get(pack, "deflate"))
    with pytest.raises(Unreadable, match="over the limit of 1000000 bytes"):
        decoded(bomb, LIMIT)


def test_bomb_in_a_bomb_is_refused() -> None:
    body = gzip.compress(gzip.compress(b" " * 30_000_000))
    with pytest.raises(Unreadable, match="over the limit"):
        decoded(page(body, "gzip", "gzip"), LIMIT)


def test_bomb_of_empty_gzip_members_is_refused() -> None:
    with pytest.raises(Unreadable, match="cut"):
        decoded(page(gzip.compress(b"") * 5_000, "gzip"), LIMIT)


def test_plain_body_over_the_limit_is_refused() -> None:
    with pytest.raises(Unreadable, match="over the limit of 10 bytes"):
        decoded(page(HTML), 10)


def test_tower_of_codings_is_refused() -> None:
    with pytest.raises(Unreadable, match="7 content codings"):
        decoded(page(HTML, *["gzip"] * 7), LIMIT)


def test_empty_body_stays_empty_under_any_coding() -> None:
    assert decoded(page(b"", "gzip"), LIMIT) == b""


@given(st.binary(max_size=300), st.sampled_from([*PACKED]))
def test_any_bytes_decode_or_are_unreadable(body: bytes, coding: str) -> None:
    with contextlib.suppress(Unreadable):
        assert len(decoded(page(body, coding), 10_000)) <= 10_000


SAID = "“Netral” – kata Amiruddin, S.Sos. é"


@pytest.mark.parametrize(
    ("written", "header", "meta"),
    [
        ("utf-8", "text/html; charset=utf-8", ""),
        ("utf-8", "text/html; charset=ISO-8859-1", ""),
        ("utf-8", "", "windows-1252"),
        ("utf-8", "text/html; charset=iso-utf-8", ""),
        ("utf-8", "", ""),
        ("cp1252", "text/html; charset=utf-8", ""),
        ("cp1252", "text/html; charset=utf-8", "windows-1252"),
        ("cp1252", "", ""),
        ("gb18030", "text/html; charset=utf-8", "gb18030"),
        ("utf-8-sig", "text/html; charset=windows-1252", ""),
        ("utf-16", "text/html; charset=utf-8", ""),
        ("utf-16-le", "text/html", ""),
        ("utf-16-be", "text/html", ""),
    ],
)
def test_characters_are_read_right_whatever_is_declared(
    written: str, header: str, meta: str
) -> None:
    html = f'<html><head><meta charset="{meta}"></head><body>{SAID}</body></html>'
    body = html.encode(written)
    assert characters(page(body, content_type=header), body) == html


def test_utf8_with_one_broken_byte_stays_utf8() -> None:
    body = (SAID * 5).encode() + b"\xe9"
    assert characters(page(body), body) == SAID * 5 + "\ufffd"


def test_utf8_cut_inside_a_character_stays_utf8() -> None:
    body = SAID.encode()[:-1]
    assert characters(page(body, truncated="length"), body) == SAID[:-1]


def test_nul_characters_are_left_out() -> None:
    assert characters(page(b"<p>a\0b</p>"), b"<p>a\0b</p>") == "<p>ab</p>"


@given(st.binary(max_size=400))
def test_any_bytes_have_characters_without_nul(body: bytes) -> None:
    assert "\0" not in characters(page(body), body)


@pytest.mark.parametrize(
    "body",
    [b"%PDF-1.7\n", b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n", bytes(range(32)) * 9],
    ids=["pdf", "jpeg", "png", "noise"],
)
def test_binary_is_seen(body: bytes) -> None:
    assert is_binary(body)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_page_in_any_encoding_is_not_binary(encoding: str) -> None:
    assert not is_binary(HTML.decode().encode(encoding))
