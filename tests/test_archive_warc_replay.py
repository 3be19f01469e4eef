"""Every kind of record, replayed by a real pywb: the reader gets the very entity, decoded."""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import brotli
import pytest
from pywb_server import Wayback, wayback
from warc_pages import NOW, STORY, info, page, reference

from archive.types import Page
from archive.warc import WarcWriter
from archive.warc_records import Member, response, revisit_identical, revisit_not_modified

pytestmark = [pytest.mark.pywb, pytest.mark.slow]

LATER = NOW + timedelta(days=1)
SITE = "https://media-uji.example/"
HTML = (b"Content-Type", b"text/html; charset=UTF-8")


def _decoded(page: Page) -> bytes:
    is_brotli = page.header("Content-Encoding") == "br"
    return bytes(brotli.decompress(page.body)) if is_brotli else page.body


def _coded(name: str, body: bytes, coding: bytes) -> Page:
    headers = (HTML, (b"Content-Encoding", coding), (b"Content-Length", b"%d" % len(body)))
    return page(SITE + name, body=body, headers=headers)


ANSWERS = {
    "gzip": page(SITE + "gzip"),
    "deflate": _coded("deflate", zlib.compress(STORY), b"deflate"),
    "identity": page(SITE + "identity", body=STORY, headers=(HTML,)),
    "wrong-length": page(
        SITE + "wrong-length", body=STORY, headers=(HTML, (b"Content-Length", b"236"))
    ),
    "cut": page(
        SITE + "cut",
        body=STORY[:5000],
        headers=(HTML, (b"Content-Length", b"%d" % len(STORY))),
        truncated="disconnect",
    ),
    "chunked": page(
        SITE + "chunked", body=STORY, headers=(HTML, (b"Transfer-Encoding", b"chunked"))
    ),
    "br": _coded("br", brotli.compress(STORY), b"br"),
    "odd-headers": page(
        SITE + "odd-headers", body=STORY, headers=(HTML, (b"X-Kepala", b"Gubernur \xe9\xff"))
    ),
    "gzip-that-is-none": _coded("gzip-that-is-none", STORY, b"gzip"),
    "missing": page(SITE + "missing", status=404, body=STORY, headers=(HTML,)),
    "empty": page(SITE + "empty", body=b"", headers=(HTML,)),
}
ENTITIES = dict.fromkeys(ANSWERS, STORY) | {"cut": STORY[:5000], "empty": b""}


@dataclass(frozen=True, kw_only=True)
class Visited:
    """A page seen again a day later."""

    first: Page
    again: Page
    is_identical: bool

    def members(self) -> list[Member]:
        first = response(self.first)
        of = reference(first[0])
        revisit = revisit_identical if self.is_identical else revisit_not_modified
        return [*first, *revisit(self.again, of=of)]


VISITS = {
    "identical-gzip": Visited(
        first=page(SITE + "identical-gzip"),
        again=page(SITE + "identical-gzip", fetched_at=LATER),
        is_identical=True,
    ),
    "identical-plain": Visited(
        first=page(SITE + "identical-plain", body=STORY, headers=(HTML,)),
        again=page(SITE + "identical-plain", body=STORY, headers=(HTML,), fetched_at=LATER),
        is_identical=True,
    ),
    "not-modified": Visited(
        first=page(SITE + "not-modified"),
        again=page(SITE + "not-modified", status=304, body=b"", headers=(), fetched_at=LATER),
        is_identical=False,
    ),
}


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wayback]:
    path = tmp_path_factory.mktemp("arsip") / "uji.warc.gz"
    with WarcWriter(path) as writer:
        writer.append([info()])
        for answer in ANSWERS.values():
            writer.append(response(answer, decode=_decoded))
        for visit in VISITS.values():
            writer.append(visit.members())
    with wayback(tmp_path_factory.mktemp("pywb"), path) as running:
        yield running


def test_index_holds_every_answer(replay: Wayback) -> None:
    assert replay.captures == len(ANSWERS) + 2 * len(VISITS)


@pytest.mark.parametrize("name", ANSWERS)
def test_replayed_body_is_the_decoded_entity(name: str, replay: Wayback) -> None:
    found = replay.replay(ANSWERS[name].url, at=NOW)
    assert found.status == ANSWERS[name].status
    assert found.body == ENTITIES[name]


@pytest.mark.parametrize("at", [NOW, LATER], ids=["first", "revisit"])
@pytest.mark.parametrize("name", VISITS)
def test_revisit_shows_the_page_it_stands_on(name: str, at: datetime, replay: Wayback) -> None:
    found = replay.replay(VISITS[name].first.url, at=at)
    assert (found.status, found.body) == (200, STORY)
    assert found.headers["memento-datetime"] == at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def test_what_was_never_captured_is_not_found(replay: Wayback) -> None:
    assert replay.replay(SITE + "tiada", at=NOW).status == 404


def test_stored_story_is_still_the_one_that_was_sent() -> None:
    assert gzip.decompress(ANSWERS["gzip"].body) == STORY
