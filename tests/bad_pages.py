"""Answers that cost a reader the most, or are no page at all, and what each is rightly called."""

import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass

from archive.config import CrawlConfig

__all__ = ["BAD_PAGES", "STORY", "TEXT", "BadPage"]

TEXT = (
    "Bawaslu Kabupaten Margajaya memanggil Camat Sukamukti, Darsono Wiguna, terkait dugaan "
    "pelanggaran netralitas aparatur sipil negara pada masa kampanye.",
    "“Kami menanyakan kehadiran yang bersangkutan di acara deklarasi pasangan calon,” kata ketua "
    "Bawaslu, Retno Palupi, di kantornya – Selasa siang.",
    "Darsono mengaku hanya kebetulan lewat. Ia menyatakan siap memberi keterangan bila dipanggil "
    "lagi oleh pengawas pemilu.",
)
_PARAGRAPHS = "".join(f"<p>{line}</p>" for line in TEXT)
_UTF8 = "text/html; charset=UTF-8"
_HEAD = '<meta charset="utf-8"><title>Camat Sukamukti Dipanggil Bawaslu</title>'
_HEADING = "<h1>Camat Sukamukti Dipanggil Bawaslu</h1>"


@dataclass(frozen=True)
class BadPage:
    """An answer: how its body is made, what it is rightly called, and how it was sent."""

    body: Callable[[], bytes]
    answer: str
    """When it is an article, its text is TEXT."""
    why: str = ""
    """A pattern in the reason that a reader gives: a fast machine gets further than a slow one."""
    content_type: str = _UTF8
    tags: int = CrawlConfig().tag_limit


def page(*, before: str = "", after: str = "", tag: str = "<div>", inside: str = "") -> str:
    """A story with something around it, or within."""
    return (
        f'<!DOCTYPE html><html><head>{_HEAD}</head><body class="single single-post">{before}'
        f"<article{tag[4:-1]}>{_HEADING}"
        f'<div class="entry-content">{_PARAGRAPHS}{inside}</div></article>{after}</body></html>'
    )


STORY = page()


def _nested(count: int) -> bytes:
    return page(before="<div>" * count, after="</div>" * count).encode()


def _attributes() -> bytes:
    return page(tag="<div " + " ".join(f'data-x{n}="{n}"' for n in range(100_000)) + ">").encode()


def _links() -> bytes:
    link = '<li><a href="https://media-uji.example/berita/{n}/">Berita nomor {n}</a></li>'
    return page(after="<ul>" + "".join(link.format(n=n) for n in range(66_000)) + "</ul>").encode()


def _unknown_links() -> bytes:
    known = (b'class="entry-content"', b'class="single single-post"')
    return _links().replace(known[0], b"").replace(known[1], b"")


def _entities() -> bytes:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE html [<!ENTITY a0 "netral">{bomb}]>'
    return (doctype + STORY.removeprefix("<!DOCTYPE html>") + "&a11;" * 100).encode()


def _noise() -> bytes:
    return random.Random(20241127).randbytes(300_000)


_UNMARKED = STORY.replace('<meta charset="utf-8">', "")
_CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to "
    "continue</p></body></html>"
)
_JSON = '{"judul": "Camat Dipanggil", "isi": "' + " ".join(TEXT) + '"}'
_LATIN = "text/html; charset=ISO-8859-1"


def _story(body: Callable[[], bytes], content_type: str = _UTF8) -> BadPage:
    """A page that is read as the story it is."""
    return BadPage(body, "article", content_type=content_type)


def _refused(
    body: Callable[[], bytes], answer: str, why: str, content_type: str = _UTF8
) -> BadPage:
    return BadPage(body, answer, why=why, content_type=content_type)


BAD_PAGES = {
    "20 MB of <p>": _refused(lambda: b"<p>" * 6_600_000, "unread", "tags, over the limit"),
    "1M <br>": _refused(
        lambda: page(inside="<br>" * 1_000_000).encode(), "unread", "tags, over the limit"
    ),
    "20 MB of <p>, limit raised": BadPage(
        lambda: b"<p>" * 6_600_000,
        "unread",
        why="longer than|elements and no known",
        tags=10_000_000,
    ),
    "100k attributes, limit raised": BadPage(
        _attributes, "unread", why="longer than", tags=10_000_000
    ),
    "399k <br> in a story": _story(lambda: page(inside="<br>" * 399_000).encode()),
    "100k attributes on one tag": _refused(_attributes, "unread", "attributes on one tag"),
    "5 MB of links around a story": _story(_links),
    "5 MB of links, unknown template": _refused(_unknown_links, "unread", "elements and no known"),
    "18 MB of text in one line": _story(
        lambda: page(after="<div>" + "kata " * 3_600_000 + "</div>").encode()
    ),
    "1,000 divs deep": _story(lambda: _nested(1_000)),
    "100,000 divs deep": _refused(lambda: _nested(100_000), "unread", "deep"),
    "199k comments that do not end": _story(lambda: page(after="<!--" * 199_000).encode()),
    "100k quotes that do not end": _story(lambda: page(after="<a b='\"" * 100_000).encode()),
    "entity bomb": _story(_entities),
    "PDF": _refused(lambda: b"%PDF-1.7\n%\xe2\xe3\n" + _noise(), "unread", "binary data"),
    "JPEG": _refused(lambda: b"\xff\xd8\xff\xe0\0\x10JFIF" + _noise(), "unread", "binary data"),
    "random bytes": _refused(_noise, "unread", "binary data"),
    "NUL bytes": _refused(lambda: b"\0" * 300_000, "error", "empty"),
    "story with NULs in it": _story(lambda: STORY.replace("Bawaslu", "Bawas\0lu").encode()),
    "UTF-16 with a mark": _story(lambda: _UNMARKED.encode("utf-16")),
    "UTF-16 without a mark": _story(lambda: _UNMARKED.encode("utf-16-le"), "text/html"),
    "gzip that nobody names": _refused(
        lambda: gzip.compress(STORY.encode()), "unread", "binary data"
    ),
    "UTF-8 called Latin-1": _story(_UNMARKED.encode, _LATIN),
    "Windows-1252 called UTF-8": _story(lambda: STORY.encode("cp1252")),
    "challenge page": _refused(_CHALLENGE.encode, "challenge", "asks for a human"),
    "JSON": _refused(_JSON.encode, "not-article", "no story", "application/json"),
    "plain text": _refused(
        lambda: "\n\n".join(TEXT).encode(), "not-article", "no story", "text/plain"
    ),
    "empty": _refused(lambda: b"", "error", "empty"),
    "white space alone": _refused(lambda: b" \n" * 1_000, "error", "empty"),
}
