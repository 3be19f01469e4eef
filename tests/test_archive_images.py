"""Lead images in the archive: kept once, cited by every story that shows them, vouched for."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from archive_rows import FRONT, NIGHT_1, OUTLET, Newsroom, article, newsroom
from chosen_database import IS_POSTGRESQL
from fastwarc.warc import ArchiveIterator
from sqlalchemy import select, text, update

from archive import database
from archive.audit import audit
from archive.images import images
from archive.schema import capture, story, story_image, warc_record
from archive.snapshots import export
from archive.status import status
from archive.stories import stories
from archive.types import Answer, ImageSighting, LeadImage, Page
from archive.warc_reader import read_record
from crawler.demo.photos import photo

CAMAT = f"{FRONT}/wp-content/uploads/camat.jpg"
LURAH = f"{FRONT}/wp-content/uploads/lurah.jpg"
PNG = photo("camat")


class Shelf:
    """A small archive in which two stories lead with an image; a crawl of it is open."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        room.begin(NIGHT_1)
        self.camat = room.see("camat", article("Camat Netral", image_url=CAMAT)).story_id
        self.lurah = room.see("lurah", article("Lurah Netral", image_url=LURAH)).story_id

    def put(self, story_id: str, url: str, body: bytes = PNG, *, via: str = "") -> LeadImage:
        """Keep an image; `via` is an address that led to it."""
        pages = [self._page(via, status=301)] * bool(via) + [self._page(url, body=body)]
        seen = ImageSighting(
            story_id=story_id,
            url=via or url,
            outcome="kept",
            seen_at=pages[-1].fetched_at,
            pages=tuple(pages),
            media_type="image/png",
        )
        self.room.archive.images.put(self.crawl, seen)
        return self.of(story_id)[-1]

    def fail(self, story_id: str, url: str, outcome: str, **values: object) -> LeadImage:
        """Note that an image could not be kept."""
        made = ImageSighting(story_id=story_id, url=url, outcome=outcome, seen_at=self.room.clock())
        self.room.archive.images.put(self.crawl, replace(made, **values))  # type: ignore[arg-type]
        return self.of(story_id)[-1]

    @property
    def crawl(self):  # type: ignore[no-untyped-def]
        assert self.room.crawl
        return self.room.crawl

    def _page(self, url: str, *, status: int = 200, body: bytes = b"") -> Page:
        return Page(
            url=url,
            status=status,
            body=body,
            fetched_at=self.room.clock(),
            headers=((b"Content-Type", b"image/jpeg"), (b"ETag", b'"1"')),
            request_headers=((b"User-Agent", b"Kliping/uji"),),
        )

    def of(self, story_id: str) -> list[LeadImage]:
        return images(self.room.archive.engine, story_id)

    def wanted(self) -> list[tuple[str, str]]:
        return self.room.archive.images.wanted(OUTLET.slug)

    def next_night(self) -> None:
        self.room.close()
        self.room.begin(self.room.clock.now + timedelta(days=1))

    def rows(self, query):  # type: ignore[no-untyped-def]
        with database.reading(self.room.archive.engine) as connection:
            return connection.execute(query).mappings().all()

    def findings(self) -> list[str]:
        found = audit(self.room.archive.engine, self.room.warc_directory).findings
        return [finding.what for finding in found]

    def damage(self, statement) -> None:  # type: ignore[no-untyped-def]
        with database.writing(self.room.archive.engine) as connection:
            later = (
                "SET CONSTRAINTS ALL DEFERRED" if IS_POSTGRESQL else "PRAGMA defer_foreign_keys=1"
            )
            connection.execute(text(later))
            connection.execute(statement)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(newsroom(tmp_path / "archive"))
    yield made
    made.room.archive.close()


# -- kept ----------------------------------------------------------------------------------


def test_image_is_read_back_from_its_warc_as_it_came(shelf: Shelf) -> None:
    kept = shelf.put(shelf.camat, CAMAT)
    assert kept.capture
    record = read_record(
        shelf.room.warc_directory / kept.capture.warc_file,
        offset=kept.capture.warc_offset,
        length=kept.capture.warc_length,
        record_id=kept.capture.warc_record_id,
    )
    assert record.payload == PNG
    assert (kept.outcome, kept.media_type, kept.bytes) == ("kept", "image/png", len(PNG))
    assert kept.capture.payload_digest == hashlib.sha256(PNG).hexdigest()
    assert (kept.capture.kind, kept.capture.answer) == ("response", "image")


def test_request_stands_behind_the_image(shelf: Shelf) -> None:
    kept = shelf.put(shelf.camat, CAMAT)
    rows = shelf.rows(select(warc_record).order_by(warc_record.c.warc_offset))
    names = [row["record_id"] for row in rows]
    assert kept.capture
    place = names.index(kept.capture.warc_record_id)
    assert [row["type"] for row in rows[place:]] == ["response", "request"]


def test_redirect_to_an_image_is_a_capture_of_its_own(shelf: Shelf) -> None:
    kept = shelf.put(shelf.camat, CAMAT, via=f"{CAMAT}?lama")
    rows = shelf.rows(select(capture).where(capture.c.url.like("%camat.jpg%")))
    assert [(row["status"], row["answer"]) for row in rows] == [(301, "redirect"), (200, "image")]
    assert kept.url == f"{CAMAT}?lama"
    assert kept.capture
    assert kept.capture.url == CAMAT


def test_same_bytes_of_another_story_are_a_revisit(shelf: Shelf) -> None:
    first = shelf.put(shelf.camat, CAMAT)
    second = shelf.put(shelf.lurah, LURAH)
    assert first.capture
    assert second.capture
    assert (second.capture.kind, second.capture.url) == ("identical-payload", LURAH)
    (row,) = shelf.rows(select(capture).where(capture.c.kind == "identical-payload"))
    assert row["refers_to"] == first.capture.capture_id
    assert second.bytes == len(PNG)
    assert shelf.findings() == []


def test_revisit_names_the_address_that_holds_the_bytes(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.put(shelf.lurah, LURAH)
    (file,) = shelf.room.warc_directory.glob("*.warc.gz")
    with file.open("rb") as opened:
        (revisit,) = [
            dict(record.headers)
            for record in ArchiveIterator(opened, parse_http=False)
            if record.headers["WARC-Type"] == "revisit"
        ]
    assert revisit["WARC-Target-URI"] == LURAH
    assert revisit["WARC-Refers-To-Target-URI"] == CAMAT


def test_third_story_refers_to_the_first_and_not_to_a_revisit(shelf: Shelf) -> None:
    kades = shelf.room.see("kades", article("Kades Netral")).story_id
    first = shelf.put(shelf.camat, CAMAT)
    shelf.put(shelf.lurah, LURAH)
    shelf.put(kades, f"{FRONT}/kades.jpg")
    rows = shelf.rows(select(capture.c.refers_to).where(capture.c.kind == "identical-payload"))
    assert first.capture
    assert [row["refers_to"] for row in rows] == [first.capture.capture_id] * 2


def test_page_with_the_same_bytes_is_no_original_of_an_image(shelf: Shelf) -> None:
    body = shelf.rows(select(capture).where(capture.c.story_id == shelf.camat))[0]
    page = article("Camat Netral").text.encode()
    kept = shelf.put(shelf.lurah, LURAH, f"<title>{FRONT}/camat</title>".encode() + page)
    assert kept.capture
    assert kept.capture.payload_digest == body["payload_digest"]
    assert kept.capture.kind == "response"


def test_known_address_is_linked_without_a_capture(shelf: Shelf) -> None:
    first = shelf.put(shelf.camat, CAMAT)
    number = len(shelf.rows(select(capture)))
    assert shelf.room.archive.images.link(shelf.crawl, shelf.lurah, url=CAMAT)
    (linked,) = shelf.of(shelf.lurah)
    assert linked.capture == first.capture
    assert (linked.fetched_at, linked.bytes) == (first.fetched_at, first.bytes)
    assert len(shelf.rows(select(capture))) == number


def test_unknown_or_failed_address_is_not_linked(shelf: Shelf) -> None:
    shelf.fail(shelf.camat, CAMAT, "missing")
    assert not shelf.room.archive.images.link(shelf.crawl, shelf.lurah, url=CAMAT)
    assert shelf.of(shelf.lurah) == []


# -- wanted --------------------------------------------------------------------------------


def test_newest_story_is_wanted_first(shelf: Shelf) -> None:
    assert shelf.wanted() == [(shelf.lurah, LURAH), (shelf.camat, CAMAT)]


@pytest.mark.parametrize(
    ("outcome", "is_wanted"),
    [("missing", False), ("not-an-image", False), ("refused", False), ("error", True),
     ("too-large", True)],
)  # fmt: skip
def test_what_may_pass_stays_wanted(shelf: Shelf, outcome: str, is_wanted: bool) -> None:
    shelf.fail(shelf.camat, CAMAT, outcome)
    assert ((shelf.camat, CAMAT) in shelf.wanted()) is is_wanted


def test_kept_image_is_wanted_no_more(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    assert shelf.wanted() == [(shelf.lurah, LURAH)]


def test_image_of_an_edit_is_wanted_beside_the_first_one(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    edited = article("Camat Tetap Netral", image_url=f"{CAMAT}?baru")
    assert shelf.room.see("camat", edited).kind == "edited"
    assert (shelf.camat, f"{CAMAT}?baru") in shelf.wanted()


def test_another_image_alone_makes_no_version(shelf: Shelf) -> None:
    outcome = shelf.room.see("camat", article("Camat Netral", image_url=f"{CAMAT}?baru"))
    assert (outcome.kind, outcome.version) == ("unchanged", 1)


def test_versions_without_an_image_want_none(shelf: Shelf) -> None:
    before = shelf.wanted()
    shelf.room.see("kades", article("Kades Netral"))
    assert shelf.wanted() == before


# -- failures ------------------------------------------------------------------------------


def test_tries_are_counted_until_it_is_kept(shelf: Shelf) -> None:
    assert shelf.fail(shelf.camat, CAMAT, "error").tries == 1
    shelf.next_night()
    assert shelf.fail(shelf.camat, CAMAT, "error").tries == 2
    shelf.next_night()
    kept = shelf.put(shelf.camat, CAMAT)
    assert (kept.tries, kept.outcome) == (3, "kept")
    assert len(shelf.of(shelf.camat)) == 1


def test_failed_image_has_no_capture(shelf: Shelf) -> None:
    number = len(shelf.rows(select(capture)))
    assert shelf.fail(shelf.camat, CAMAT, "too-large", bytes=9_000_000).capture is None
    assert len(shelf.rows(select(capture))) == number


def test_host_that_asked_for_time_is_remembered_until_then(shelf: Shelf) -> None:
    until = NIGHT_1 + timedelta(hours=88)
    shelf.fail(shelf.camat, CAMAT, "error", held_until=until)
    holds = shelf.room.archive.images.holds
    assert holds(now=until - timedelta(seconds=1)) == [(CAMAT, until)]
    assert holds(now=until) == []


# -- what it says of the story: nothing ----------------------------------------------------


def _state(shelf: Shelf) -> object:
    return next(s for s in stories(shelf.room.archive.engine) if s.story_id == shelf.camat)


def test_image_is_no_sight_of_its_story(shelf: Shelf) -> None:
    before = _state(shelf)
    shelf.put(shelf.camat, CAMAT, via=f"{CAMAT}?lama")
    assert _state(shelf) == before


def test_image_between_two_missing_looks_does_not_bring_a_story_back(shelf: Shelf) -> None:
    for slug in ("a", "b", "c", "d", "e"):  # so that one that is missing is not the outlet's fault
        shelf.room.see(slug, article(f"Kabar {slug}"))
    missing = {"answer": Answer.MISSING, "status": 404}
    shelf.next_night()
    shelf.room.see("camat", None, **missing)
    shelf.put(shelf.camat, CAMAT)
    shelf.next_night()
    shelf.room.see("camat", None, **missing)
    shelf.room.close()
    gone = [s.story_id for s in stories(shelf.room.archive.engine, status="gone")]
    assert gone == [shelf.camat]


def test_image_gives_no_validators_and_no_part(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    assert shelf.room.archive.validators(CAMAT).etag == ""
    assert shelf.room.archive.part_urls(shelf.camat) == [f"{FRONT}/camat"]


def test_image_at_the_address_of_a_story_does_not_touch_its_validators(shelf: Shelf) -> None:
    shelf.put(shelf.camat, f"{FRONT}/camat")
    assert shelf.room.archive.validators(f"{FRONT}/camat").etag == '"1"'


# -- audit ---------------------------------------------------------------------------------


def test_archive_with_images_is_sound(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT, via=f"{CAMAT}?lama")
    shelf.put(shelf.lurah, LURAH)
    shelf.room.archive.images.link(shelf.crawl, shelf.lurah, url=f"{CAMAT}?lama")
    shelf.fail(shelf.camat, f"{CAMAT}?lain", "error")
    shelf.next_night()
    shelf.fail(shelf.camat, f"{CAMAT}?lain", "missing")
    shelf.room.close()
    assert shelf.findings() == []


def test_retry_leaves_the_seal_of_the_earlier_crawl_whole(shelf: Shelf) -> None:
    shelf.fail(shelf.camat, CAMAT, "error")
    shelf.next_night()
    shelf.put(shelf.camat, CAMAT)
    shelf.room.close()
    assert shelf.findings() == []


DAMAGE = {
    "row lost": (story_image.delete(), "of an image that no story leads with"),
    "capture forgotten": (
        update(story_image).values(capture_id=None),
        "is kept without a capture, or has one and is not kept",
    ),
    "another capture": (
        update(story_image).values(capture_id=1),
        "has a capture that holds no image",
    ),
    "another outcome": (
        update(story_image).values(outcome="missing"),
        "is kept without a capture, or has one and is not kept",
    ),
    "another address": (update(story_image).values(url=LURAH), "are not those it closed with"),
    "another type": (
        update(story_image).values(media_type="image/gif"),
        "are not those it closed with",
    ),
}


@pytest.mark.parametrize("case", DAMAGE.values(), ids=DAMAGE)
def test_audit_finds_a_changed_row(shelf: Shelf, case: tuple[object, str]) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.room.close()
    statement, wanted = case
    shelf.damage(statement)
    assert [what for what in shelf.findings() if wanted in what]


def test_audit_finds_a_changed_byte_of_an_image(shelf: Shelf) -> None:
    kept = shelf.put(shelf.camat, CAMAT)
    shelf.room.close()
    assert kept.capture
    path = shelf.room.warc_directory / kept.capture.warc_file
    data = bytearray(path.read_bytes())
    data[kept.capture.warc_offset + kept.capture.warc_length // 2] ^= 1
    path.write_bytes(data)
    assert shelf.findings() == ["the bytes are not those that were stored"]


# -- status and export ---------------------------------------------------------------------


def test_status_counts_kept_images(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.fail(shelf.lurah, LURAH, "missing")
    assert status(shelf.room.archive.engine).totals.images == 1


def _export(shelf: Shelf, folder: Path, **options: object) -> Path:
    export(shelf.room.archive.engine, shelf.room.warc_directory, folder, **options)  # type: ignore[arg-type]
    return folder


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "images.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_snapshot_cites_images_with_their_bytes(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.put(shelf.lurah, LURAH)
    shelf.room.close()
    folder = _export(shelf, tmp_path / "out")
    rows = {row["story_id"]: row for row in _rows(folder)}
    assert rows.keys() == {shelf.camat, shelf.lurah}
    found = {}
    for story_id, row in rows.items():
        record = read_record(
            folder / "warc" / row["warc_file"],
            offset=int(row["warc_offset"]),
            length=int(row["warc_length"]),
            record_id=row["warc_record_id"],
        )
        found[story_id] = (record.type, record.payload)
    assert found == {shelf.camat: ("response", PNG), shelf.lurah: ("revisit", b"")}
    assert {row["payload_digest"] for row in rows.values()} == {hashlib.sha256(PNG).hexdigest()}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["rows"]["images.csv"] == 2


def test_original_of_a_revisit_comes_along(shelf: Shelf, tmp_path: Path) -> None:
    """Also when the story that it was first fetched for is of a later time than the export."""
    shelf.put(shelf.camat, CAMAT)
    shelf.next_night()
    shelf.put(shelf.lurah, LURAH)
    shelf.room.close()
    folder = _export(shelf, tmp_path / "out")
    files = sorted((folder / "warc").iterdir())
    assert len(files) == 2
    with files[0].open("rb") as opened:
        uris = [r.headers.get("WARC-Target-URI") for r in ArchiveIterator(opened, parse_http=False)]
    assert CAMAT in uris


def _bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def test_two_exports_of_one_moment_are_the_same(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.fail(shelf.lurah, LURAH, "error")
    shelf.room.close()
    before = _export(shelf, tmp_path / "before")
    moment = datetime.fromisoformat(json.loads((before / "manifest.json").read_text())["as_of"])
    shelf.room.begin(NIGHT_1 + timedelta(days=1))
    shelf.put(shelf.lurah, LURAH)
    shelf.room.close()
    after = _export(shelf, tmp_path / "after", as_of=moment)
    assert _bytes(after) == _bytes(before)
    assert len(_rows(_export(shelf, tmp_path / "now"))) == 2


def test_linked_image_is_in_an_export_of_now(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.room.archive.images.link(shelf.crawl, shelf.lurah, url=CAMAT)
    rows = _rows(_export(shelf, tmp_path / "out", with_warc=False))
    assert len(rows) == 2
    assert len({row["warc_record_id"] for row in rows}) == 1


def test_image_of_another_outlet_is_not_linked(shelf: Shelf) -> None:
    shelf.put(shelf.camat, CAMAT)
    shelf.room.close()
    other = shelf.room.archive.begin_crawl(replace(OUTLET, slug="kabar-uji"))
    assert not shelf.room.archive.images.link(other, shelf.lurah, url=CAMAT)
    assert len(shelf.rows(select(story))) == 2
