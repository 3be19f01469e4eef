"""What a page says of its characters is often wrong: its text is read right all the same."""

import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reading import page_of, reading_of

from crawler.bodies import characters

HEADLINE = "Camat José Ramírez Ditegur “Dua Kali” – Hadir di Kampanye"
TEXT = (
    "Camat ditegur penjabat bupati karena hadir di lokasi kampanye calon bupati – Senin siang.",
    "“Saya tidak perlu menunggu ramai. Begitu buktinya ada, langsung saya tegur,” katanya di kafé.",
    "Netralitas aparatur sipil negara berlaku di dalam maupun di luar jam kerja, lanjut dia.",
)
HEADERS = [
    "", "text/html", "text/html; charset=utf-8", "text/html; charset=iso-8859-1",
    "text/html; charset=windows-1252", "text/html; charset=iso-utf-8",
    "text/html; charset=utf8mb4", 'text/html; charset="UTF-8"', "text/html; charset=utf-16",
    "text/html; charset=utf-7", "text/html;charset=",
]  # fmt: skip
METAS = ["", "utf-8", "iso-8859-1", "windows-1252", "iso-utf-8", "utf-16", "us-ascii"]


def _html(meta: str, *, old: bool = False) -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    if meta and old:
        declared = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">'
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT)
    return (
        f"<!DOCTYPE html><html><head>{declared}<title>{HEADLINE} - Media Uji</title></head>"
        f'<body class="single single-post"><article><h1>{HEADLINE}</h1>'
        f'<div class="entry-content">{paragraphs}</div></article></body></html>'
    )


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("meta", METAS)
def test_text_is_true_whatever_is_declared(written: str, header: str, meta: str) -> None:
    headers = ((b"Content-Type", header.encode()),) if header else ()
    body = _html(meta, old=len(header) % 2 == 1).encode(written)
    article = reading_of(page_of(body, headers=headers)).article
    assert article.headline == HEADLINE
    assert article.text == "\n\n".join(TEXT)


# names under which Python knows what no page is written in
_NO_ENCODING = [
    "zlib", "bz2", "base64", "hex", "quopri", "uu", "rot13", "punycode", "idna", "unicode_escape",
    "raw_unicode_escape", "undefined", "utf-7", "utf-16", "utf-32", "mbcs", "charmap", "palmos",
]  # fmt: skip


@pytest.mark.parametrize("name", _NO_ENCODING)
def test_codec_that_is_no_encoding_is_not_used(name: str) -> None:
    body = _html(name).encode("cp1252")
    page = page_of(body, headers=((b"Content-Type", f"text/html; charset={name}".encode()),))
    assert characters(page, body) == _html(name)


def test_charset_that_would_unpack_a_bomb_is_not_used() -> None:
    body = zlib.compress(b"<html>" + bytes(3_000_000), 9)
    page = page_of(body, headers=((b"Content-Type", b"text/html; charset=zlib"),))
    assert len(characters(page, body)) <= len(body)


_PROSE = st.text(
    st.characters(codec="cp1252", categories=["L", "N", "P", "Zs", "S"]), min_size=1, max_size=200
)


@given(
    _PROSE,
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(HEADERS),
    st.sampled_from(METAS),
)
def test_utf_is_never_misread(prose: str, written: str, header: str, meta: str) -> None:
    html = f'<html><head><meta charset="{meta}"></head><body>{prose}</body></html>'
    body = html.encode(written)
    assert characters(page_of(body, headers=((b"Content-Type", header.encode()),)), body) == html


@settings(max_examples=200)
@given(st.binary(max_size=300), st.text(st.characters(codec="latin-1"), max_size=20))
@example(b"\xff\xfe<html>", "zlib")
@example(b"x\x9c\x03\x00\x00\x00\x00\x01", "zlib")
@example(b"<p>\x9c", "base64")
def test_any_bytes_under_any_charset_have_characters(body: bytes, name: str) -> None:
    header = f"text/html; charset={name}".encode("latin-1")
    assert "\0" not in characters(page_of(body, headers=((b"Content-Type", header),)), body)
