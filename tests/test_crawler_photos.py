"""The newsroom's photos: real images at the addresses that its pages name."""

import struct
import zlib
from datetime import date
from urllib.parse import urlsplit

import pytest

from crawler.demo import NewsroomConfig
from crawler.demo.editions import edition
from crawler.demo.nights import evenings
from crawler.demo.pages import story_page
from crawler.demo.photos import cdn_reply, photo, photo_url
from crawler.demo.reply import Asked, Reply
from crawler.demo.site import answer
from crawler.demo.sites import SITES

CONFIG = NewsroomConfig(today=date(2026, 9, 10))
EDITIONS = {
    site.outlet.slug: edition(site, CONFIG, 1, moments=evenings(CONFIG.today)) for site in SITES
}
PHOTOS = {
    f"{slug} {post.id}": (slug, post.id)
    for slug, shown in EDITIONS.items()
    for post in shown.live
    if not post.image
}


def _photo_of(slug: str, number: int) -> tuple[str, Reply]:
    shown = EDITIONS[slug]
    url = photo_url(shown, shown.by_id[number])
    parts = urlsplit(url)
    return url, answer(shown, Asked(host=parts.netloc, path=parts.path), CONFIG)


@pytest.mark.parametrize("named", PHOTOS)
def test_page_names_a_photo_that_is_there(named: str) -> None:
    slug, number = PHOTOS[named]
    url, reply = _photo_of(slug, number)
    shown = EDITIONS[slug]
    assert f'content="{url}"' in story_page(shown, shown.by_id[number])
    assert (reply.status, reply.body[:4]) == (200, b"\x89PNG")


def test_every_photo_is_another_one() -> None:
    bodies = {_photo_of(*place)[1].body for place in PHOTOS.values()}
    assert len(bodies) == len(PHOTOS) > 30


def test_photo_is_a_whole_png() -> None:
    body, names = photo("camat")[8:], []
    while body:
        (length,) = struct.unpack(">I", body[:4])
        data, crc = body[4 : 8 + length], body[8 + length : 12 + length]
        assert struct.pack(">I", zlib.crc32(data)) == crc
        names.append(data[:4])
        body = body[12 + length :]
    assert names == [b"IHDR", b"IDAT", b"IEND"]


def _special(kind: str) -> tuple[str, int]:
    found = [
        (slug, post.id)
        for slug, shown in EDITIONS.items()
        for post in shown.live
        if post.image == kind
    ]
    assert len(found) == 1
    return found[0]


def test_missing_photo_answers_404() -> None:
    assert _photo_of(*_special("missing"))[1].status == 404


def test_page_of_a_login_stands_where_a_photo_should_be() -> None:
    reply = _photo_of(*_special("html"))[1]
    assert (reply.status, dict(reply.headers)["Content-Type"][:9]) == (200, "text/html")


def test_too_large_photo_is_over_the_limit() -> None:
    reply = _photo_of(*_special("large"))[1]
    assert reply.chunks
    assert sum(map(len, reply.chunks())) > 5_000_000


def test_photo_on_another_host_is_answered_there() -> None:
    shown = EDITIONS["kantamedia"]
    parts = urlsplit(photo_url(shown, shown.by_id[_special("cdn")[1]]))
    assert parts.netloc == "i0.wp.com"
    reply = cdn_reply(Asked(host=parts.netloc, path=parts.path, query=parts.query))
    assert (reply.status, reply.body[:4]) == (200, b"\x89PNG")
