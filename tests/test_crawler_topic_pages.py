"""A page is ours for its story's words, never for the links around it: all templates."""

import http.client
import random
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import lxml.html
import pytest
from reading import outlet_and_rules, page_of

from archive.types import Answer
from crawler.demo import Newsroom, NewsroomConfig, TrueStory
from crawler.readers import ReadJob, ReadResult, read
from crawler.topic import Topic

OUTLETS = (
    "kantamedia",
    "lintastungkal",
    "kolomrakyat",
    "jurnaljawapes",
    "tribunnews",
    "tribun-pontianak",
    "tribun-makassar",
)
OURS = "Camat Foto Bersama Paslon, Bawaslu: ASN Tidak Netral di Pilkada"
MANY = 3  # pages of each outlet


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(NewsroomConfig(today=date(2026, 9, 10))) as opened:
        yield opened


def stories_of(newsroom: Newsroom, slug: str, *, on_topic: bool) -> list[TrueStory]:
    found = [
        story
        for story in newsroom.truth()
        if story.outlet == slug
        and story.on_topic is on_topic
        and story.status == "live"
        and "catatan-sepekan" not in story.url  # in several parts, one of which is on topic
    ]
    return random.Random(4).sample(found, min(MANY, len(found)))


def body_of(newsroom: Newsroom, url: str) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(urlsplit(newsroom.url).netloc, timeout=20)
    try:
        connection.request("GET", parts.path, headers={"Host": parts.netloc})
        return connection.getresponse().read()
    finally:
        connection.close()


def with_links_that_say_it(body: bytes) -> bytes:
    """The page with a headline on topic in place of each linked headline, and a list of more."""
    page = lxml.html.document_fromstring(body.decode())
    for link in page.iter("a"):
        for part in link.iter():
            part.text = said(part.text)
            if part is not link:
                part.tail = said(part.tail)
    item = f'<li><a href="/2026/09/camat-foto/">{OURS}</a></li>'
    listed = f'<div class="related"><h3>Berita terkait</h3><ul>{item * 5}</ul></div>'
    page.body.append(lxml.html.fragment_fromstring(listed))
    return lxml.html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")


def said(text: str | None) -> str | None:
    """A linked text; a headline in it becomes one on topic, "Baca juga:" before it stays."""
    label, colon, headline = (text or "").rpartition(": ")
    if len(label) > 12:
        label, colon, headline = "", "", text or ""
    return f"{label}{colon}{OURS}" if len(headline.strip()) > 25 else text


def told(slug: str, url: str, body: bytes) -> ReadResult:
    outlet, rules = outlet_and_rules(slug)
    headers = ((b"Content-Type", b"text/html; charset=utf-8"),)
    page = page_of(body, url, headers=headers)
    return read(ReadJob(outlet=outlet, rules=rules, pages=(page,), topic=None, limit=5_000_000))


def is_ours(result: ReadResult) -> bool | None:
    return result.topic.on_topic if result.topic else None


@pytest.mark.parametrize("slug", OUTLETS)
def test_story_of_something_else_stays_so_whatever_its_links_say(
    newsroom: Newsroom, slug: str
) -> None:
    for story in stories_of(newsroom, slug, on_topic=False):
        result = told(slug, story.url, with_links_that_say_it(body_of(newsroom, story.url)))
        assert result.answer == Answer.ARTICLE, (story.url, result.detail)
        assert is_ours(result) is False, (story.url, result)
        assert OURS not in str(result.reading)


@pytest.mark.parametrize("slug", OUTLETS)
def test_story_on_topic_is_ours_whatever_its_links_say(newsroom: Newsroom, slug: str) -> None:
    for story in stories_of(newsroom, slug, on_topic=True):
        body = body_of(newsroom, story.url)
        result = told(slug, story.url, body)
        assert is_ours(result) is True, (story.url, result)
        assert Topic.load().may_match(body.decode())


PARAGRAPHS = (
    "Harga cabai rawit di Pasar Induk Kota Uji naik dua kali lipat dalam sepekan terakhir karena "
    "pasokan dari sentra produksi berkurang akibat hujan yang turun hampir setiap hari.",
    "Pedagang berharap pemerintah kota segera menggelar operasi pasar agar pembeli kembali "
    "datang dan harga turun sebelum akhir tahun, seperti yang dilakukan pada musim lalu.",
    "Kepala Dinas Perdagangan mengatakan stok di gudang masih cukup untuk dua pekan, dan "
    "pengiriman dari daerah tetangga dijadwalkan tiba pada akhir pekan ini melalui pelabuhan.",
)
TEXT = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
LINK = f'<a href="/pilkada/camat-foto/">{OURS}</a>'
TEMPLATES = {
    "aside": f"<article><h1>Harga Cabai</h1>{TEXT}</article><aside><ul><li>{LINK}</ul></aside>",
    "list after the story": f"<article><h1>Harga Cabai</h1>{TEXT}<h3>Berita Terkait</h3>"
    f"<ul>{f'<li>{LINK}</li>' * 4}</ul></article>",
    "line within": f"<article><h1>Harga Cabai</h1><p>{PARAGRAPHS[0]}</p>"
    f"<p><strong>Baca juga: {LINK}</strong></p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    "</article>",
    "box within": f"<article><h1>Harga Cabai</h1><p>{PARAGRAPHS[0]}</p><div class='related-box'>"
    f"<span>Baca Juga</span> {LINK}</div><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p></article>",
    "ticker": f"<div class='ticker'>{LINK}</div><article><h1>Harga Cabai</h1>{TEXT}</article>",
    "next story": f"<article><h1>Harga Cabai</h1>{TEXT}</article><nav>Selanjutnya {LINK}</nav>",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_page_of_an_unknown_site_is_not_ours_for_its_links(name: str) -> None:
    page = f"<html><head><title>Harga Cabai</title></head><body>{TEMPLATES[name]}</body></html>"
    result = told("kantamedia", "https://kantamedia.com/ekonomi/harga-cabai/", page.encode())
    assert is_ours(result) is False, result
