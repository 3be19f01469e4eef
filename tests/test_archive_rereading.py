"""A newer extractor reads what is stored: its reading stands beside the old one, never over it."""

from typing import Any

import pytest
from archive_rows import TOPIC
from sightings import TEXT, Night, Nights, address, article, page
from sqlalchemy import select

from archive import database
from archive.audit import audit
from archive.errors import DamagedRecord, LeaseLost
from archive.schema import event, reading, reading_text
from archive.stories import stories
from archive.types import Answer, Article, Page, Sighting
from archive.versions import versions

NOISY = TEXT + "\n\nBaca juga: Harga cabai naik."
CORRECTED = TEXT.replace("pekan depan", "besok pagi")


def _read(found: Article, *, extractor: str = "uji/2") -> Sighting:
    """What a newer extractor makes of stored pages."""
    return Sighting(
        outlet="media-uji",
        url=address("/camat"),
        answer=Answer.ARTICLE,
        pages=(),
        article=found,
        extractor=extractor,
        topic=TOPIC,
    )


def _story_id(nights: Nights) -> str:
    [found] = stories(nights.archive.engine)
    return found.story_id


def _read_again(night: Night, found: Article, *, extractor: str = "uji/2") -> None:
    archive = night.nights.archive
    old = archive.stale_version(_story_id(night.nights), extractor=lambda _: extractor)
    assert old
    archive.read_again(night.crawl, old, _read(found, extractor=extractor))


def _texts(nights: Nights, **asked: Any) -> list[tuple[int, str, str]]:
    held = versions(nights.archive.engine, _story_id(nights), **asked)
    return [(one.number, one.extractor, one.article.text) for one in held]


def test_version_of_the_same_extractor_is_not_stale(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    assert nights.archive.stale_version(_story_id(nights), extractor=lambda _: "uji/1") is None
    assert nights.archive.stale_version("0" * 16, extractor=lambda _: "uji/2") is None


def test_newer_reading_is_current_and_the_old_one_stays(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(NOISY))
    with nights.night(2) as night:
        _read_again(night, article())
    assert _texts(nights) == [(1, "uji/2", TEXT)]
    held = select(reading.c.extractor, reading_text.c.text).join(reading_text)
    rows = nights.rows(held.order_by(reading.c.reading_id))
    assert [tuple(row) for row in rows] == [("uji/1", NOISY), ("uji/2", TEXT)]
    assert nights.archive.stale_version(_story_id(nights), extractor=lambda _: "uji/2") is None


def test_page_unchanged_but_for_the_extractor_makes_no_version(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(NOISY))
    with nights.night(2) as night:
        _read_again(night, article())
        outcome = night.show("/camat", article(), extractor="uji/2")
    assert outcome.kind == "unchanged"
    assert _texts(nights) == [(1, "uji/2", TEXT)]


def test_real_edit_behind_an_extractor_change_is_a_version(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(NOISY))
    with nights.night(2) as night:
        _read_again(night, article())
        outcome = night.show("/camat", article(CORRECTED), extractor="uji/2")
    assert (outcome.kind, outcome.version) == ("edited", 2)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(article(), id="the same"),
        pytest.param(article(published_text=""), id="the printed date is hidden"),
        pytest.param(article(section="Lain"), id="another section"),
    ],
)
def test_version_found_equal_to_the_one_before_is_marked(nights: Nights, again: Article) -> None:
    for number, text in ((1, TEXT), (2, NOISY)):
        with nights.night(number) as night:
            night.show("/camat", article(text))
    with nights.night(3) as night:
        _read_again(night, again)
    assert [number for number, _, _ in _texts(nights)] == [1]
    assert [number for number, _, _ in _texts(nights, with_repeats=True)] == [1, 2]
    assert nights.rows(select(reading.c.repeats_previous).order_by(reading.c.reading_id)) == [
        (False,), (False,), (True,)
    ]  # fmt: skip


def test_first_version_repeats_nothing(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        _read_again(night, article())
    assert [number for number, _, _ in _texts(nights)] == [1]


def test_number_of_a_marked_version_is_not_given_again(nights: Nights) -> None:
    for number, text in ((1, TEXT), (2, NOISY)):
        with nights.night(number) as night:
            night.show("/camat", article(text))
    with nights.night(3) as night:
        _read_again(night, article())
        assert night.show("/camat", article(CORRECTED), extractor="uji/2").version == 3
    assert [number for number, _, _ in _texts(nights)] == [1, 3]


def test_rereading_is_an_event(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(NOISY))
    with nights.night(2) as night:
        _read_again(night, article())
    [row] = nights.rows(select(event).where(event.c.kind == "reread"))
    assert (row.story_id, row.crawl_id) == (_story_id(nights), night.crawl.crawl_id)
    assert row.detail["before"] == "uji/1"
    assert row.detail["extractor"] == "uji/2"
    report = audit(nights.archive.engine, nights.archive.warc_directory)
    assert (report.findings, report.notes) == ((), ())


def test_rereading_asks_for_the_lease(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(NOISY))
    old = nights.archive.stale_version(_story_id(nights), extractor=lambda _: "uji/2")
    assert old
    successor = nights.begin(2)
    with database.writing(nights.archive.engine) as connection:
        connection.exec_driver_sql("UPDATE lease SET token = token + 1")
    with pytest.raises(LeaseLost):
        nights.archive.read_again(successor.crawl, old, _read(article()))
    assert len(nights.rows(select(reading))) == 1


# -- the pages behind a version --------------------------------------------------------------------


def _pages(nights: Nights, number: int = 1) -> list[Page]:
    held = versions(nights.archive.engine, _story_id(nights))
    [version_id] = [
        row.version_id
        for row in nights.rows(select(reading).order_by(reading.c.version_id))
        if row.content_hash == held[number - 1].content_hash
    ]
    return nights.archive.version_pages(version_id)


def test_pages_are_those_the_version_was_first_seen_in(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), body=b"pertama")
    with nights.night(2) as night:
        night.show("/camat", article(), body=b"kedua")
        night.answer("/camat", 304)
    assert [found.body for found in _pages(nights)] == [b"pertama"]


def test_page_reads_back_as_it_was_answered(nights: Nights) -> None:
    with nights.night() as night:
        sent = page("/camat", at=nights.clock(), body=b"<p>berita</p>", tls="verified")
        night.show("/camat", article(), pages=(sent,))
    [found] = _pages(nights)
    assert (found.url, found.status, found.body) == (sent.url, 200, sent.body)
    assert found.headers == sent.headers
    assert found.fetched_at == sent.fetched_at
    assert found.record_id


def test_split_story_that_becomes_one_page_is_read_from_its_first_pages(nights: Nights) -> None:
    split = ("/camat", "/camat/2")
    with nights.night(1) as night:
        pages = tuple(page(part, at=nights.clock(), body=part.encode()) for part in split)
        night.show("/camat", article(), pages=pages, parts=tuple(map(address, split)))
    with nights.night(2) as night:
        night.show("/camat", article(), body=b"semua")
    assert [found.body for found in _pages(nights)] == [b"/camat", b"/camat/2"]


def test_whole_story_that_is_split_later_is_read_from_its_first_page(nights: Nights) -> None:
    split = ("/camat", "/camat/2")
    with nights.night(1) as night:
        night.show("/camat", article(), body=b"semua")
    with nights.night(2) as night:
        pages = tuple(page(part, at=nights.clock(), body=part.encode()) for part in split)
        night.show("/camat", article(), pages=pages, parts=tuple(map(address, split)))
    assert [found.body for found in _pages(nights)] == [b"semua"]


def test_damaged_bytes_are_told(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    [path] = nights.archive.warc_directory.iterdir()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data[: len(data) // 2 + 1])
    with pytest.raises(DamagedRecord):
        _pages(nights)
