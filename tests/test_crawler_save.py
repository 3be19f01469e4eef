"""`kliping save`: what a person asks for is kept, whatever it is about and wherever it is."""

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playing import ENVIRONMENT, Place

from archive import schema
from archive.audit import audit
from archive.stories import find_story
from archive.types import Outlet
from archive.versions import versions
from crawler.demo import Newsroom, NewsroomConfig
from crawler.wish import address_of, listed, wishes_of

KANTA = Outlet(slug="kantamedia", name="Kantamedia", url="https://kantamedia.com")
RUSAK = "https://rusak.example"


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as found:
        yield found


@pytest.fixture(scope="module")
def place(room: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place.make(tmp_path_factory.mktemp("simpan"), room.connect_to, timeout="5s")


def save(place: Place, *arguments: str, given: str = "") -> tuple[int, list[dict[str, Any]]]:
    """The exit code of a `kliping save --json`, and what it says of each address."""
    command = (sys.executable, "-c", "from scheduler.cli import main; main()", "--config",
               str(place.file), "save", "--json", *arguments)  # fmt: skip
    done = subprocess.run(
        command, env=ENVIRONMENT, input=given, capture_output=True, text=True, timeout=100,
        check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout or "{}").get("saved", [])


def off_topic(room: Newsroom, outlet: str) -> str:
    return next(s.url for s in room.truth() if s.outlet == outlet and not s.on_topic)


def on_topic(room: Newsroom, outlet: str) -> str:
    return next(s.url for s in room.truth() if s.outlet == outlet and s.on_topic)


# -- whose an address is --------------------------------------------------------------------


def test_twins_of_one_address_are_one_wish():
    twins = ["https://kantamedia.com/a/slug/", "http://www.kantamedia.com/a/slug/?utm_source=wa"]
    (wish,) = wishes_of(twins, [KANTA])
    assert (wish.outlet, wish.urls) == (KANTA, (twins[0],))


def test_unknown_host_makes_an_outlet_of_its_name():
    (wish,) = wishes_of(["https://www.media-baru.example/kabar/1"], [KANTA])
    assert (wish.outlet.slug, wish.outlet.url, wish.outlet.platform) == (
        "media-baru-example", "https://www.media-baru.example", "",
    )  # fmt: skip


def test_unknown_host_never_takes_the_name_of_an_outlet():
    taken = Outlet(slug="media-baru-example", name="Lain", url="https://lain.example")
    (wish,) = wishes_of(["https://media-baru.example/kabar"], [taken])
    assert wish.outlet.slug == "situs-media-baru-example"


def test_list_has_comments_and_blank_lines():
    assert listed("# dari Bawaslu\n\n https://a.example/1 \nb.example/2\n") == [
        "https://a.example/1", "b.example/2",
    ]  # fmt: skip


def test_address_without_scheme_is_read_as_a_reader_writes_it():
    assert address_of("kantamedia.com/a/slug") == "https://kantamedia.com/a/slug"


@pytest.mark.parametrize(
    "line", ["mailto:a@b.example", "javascript:alert(1)", "file:///etc/x", "?"]
)
def test_what_is_no_address_is_refused(line: str):
    with pytest.raises(ValueError, match=r"."):
        address_of(line)


@given(st.text(max_size=60))
def test_any_line_is_an_address_or_a_value_error(line: str):
    try:
        url = address_of(line)
    except ValueError:
        return
    assert url.startswith(("http://", "https://"))


# -- saving ---------------------------------------------------------------------------------


def test_story_off_topic_is_kept(place: Place, room: Newsroom):
    url = off_topic(room, "kantamedia")
    code, (saved,) = save(place, url)
    assert (code, saved["is_kept"], saved["version"]) == (0, True, 1)
    true = next(s for s in room.truth() if s.url == url)
    assert saved["headline"] == true.versions[0].headline
    (version,) = versions(place.engine, saved["story_id"])
    assert version.topic
    assert not version.topic.on_topic


def test_story_of_an_unknown_site_is_kept(place: Place, room: Newsroom):
    code, (saved,) = save(place, on_topic(room, "rusak"))
    assert (code, saved["is_kept"]) == (0, True)
    assert find_story(place.engine, saved["story_id"]).outlet == "rusak-example"


def test_moved_story_is_cited_by_the_page_that_shows_it(place: Place, room: Newsroom):
    moved = on_topic(room, "lintastungkal").rstrip("/")  # without its slash the outlet redirects
    _, (saved,) = save(place, moved)
    assert (saved["status"], saved["url"], saved["is_kept"]) == (200, moved, True)
    with (place.settings.archive.directory / "warc" / saved["warc_file"]).open("rb") as file:
        file.seek(saved["warc_offset"])
        record = zlib.decompressobj(31).decompress(file.read(200_000))
    assert b"HTTP/1.1 200" in record[:3000]


def test_every_line_has_its_answer_in_its_place(place: Place, room: Newsroom):
    url = on_topic(room, "kolomrakyat")
    lines = ["http://[::1]/rahasia", url, f"{url}?utm_source=wa", "bukan alamat"]
    code, saved = save(place, *lines)
    assert code == 1
    assert [row["given"] for row in saved] == lines
    assert [row["is_kept"] for row in saved] == [False, True, True, False]
    assert saved[1]["story_id"] == saved[2]["story_id"]


def test_what_may_not_be_fetched_leaves_no_outlet_behind(place: Place):
    before = {row["slug"] for row in place.rows(schema.outlet)}
    save(place, "http://192.168.1.1/", "http://localhost/", "http://10.0.0.1:8080/a")
    assert {row["slug"] for row in place.rows(schema.outlet)} == before


def test_mistyped_address_is_no_business_of_the_next_night(place: Place):
    url = "https://kantamedia.com/salah-ketik-sekali/"
    save(place, url)
    assert url.rstrip("/") not in {row["url"] for row in place.rows(schema.seen_url)}


def test_empty_list_is_told_as_such(place: Place):
    done = place.kliping("save", "--from", "/dev/null")
    assert done.returncode == 2
    assert "the list of addresses is empty" in done.stderr


def test_second_save_of_the_same_page_makes_no_version(place: Place, room: Newsroom):
    url = on_topic(room, "lintastungkal")
    assert save(place, url)[1][0]["version"] == 1
    code, (again,) = save(place, url)
    assert (code, again["is_kept"], again["version"]) == (0, True, 1)


def test_list_from_standard_input_is_saved(place: Place, room: Newsroom):
    urls = [on_topic(room, "kolomrakyat"), off_topic(room, "lintastungkal")]
    code, saved = save(place, "--from", "-", given="# dua berita\n" + "\n".join(urls))
    assert (code, sorted(row["url"] for row in saved)) == (0, sorted(urls))
    assert all(row["is_kept"] for row in saved)


def test_page_without_a_story_is_kept_as_bytes(place: Place):
    code, (saved,) = save(place, "https://kantamedia.com/")
    assert (code, saved["is_kept"], saved["story_id"]) == (0, True, "")
    assert saved["warc_file"]


def test_file_that_is_no_page_is_kept_as_bytes(place: Place):
    code, (saved,) = save(place, f"{RUSAK}/bad/pdf/")
    assert (code, saved["is_kept"], saved["answer"]) == (0, True, "unread")
    assert saved["problem"]
    assert "save it again" in saved["advice"]


def test_missing_page_is_told_and_its_answer_kept(place: Place):
    code, (saved,) = save(place, "https://kantamedia.com/tidak-pernah-ada/")
    assert (code, saved["is_kept"], saved["status"]) == (1, False, 404)
    assert saved["warc_file"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"{RUSAK}/private/asn-tidak-netral/", "robots.txt forbids it"),
        ("http://127.0.0.1:9/rahasia", "private"),
        ("mailto:redaksi@kantamedia.example", "no http(s) address"),
    ],
    ids=["robots", "private", "mail"],
)
def test_what_may_not_be_fetched_is_told(place: Place, url: str, words: str):
    code, (saved,) = save(place, url)
    assert (code, saved["is_kept"]) == (1, False)
    assert words in saved["problem"]
    assert saved["advice"]


def test_nothing_to_save_is_misuse(place: Place):
    assert save(place)[0] == 2


def test_saving_tells_the_next_crawl_nothing_of_what_it_did_not_list(place: Place, room: Newsroom):
    save(place, on_topic(room, "kantamedia"))
    visited = {row["slug"]: row["visited_at"] for row in place.rows(schema.outlet)}
    assert visited["kantamedia"] is None
    assert place.crawl("kantamedia")["reason"] == "finished"


def test_archive_is_sound_afterwards(place: Place, room: Newsroom):
    save(place, on_topic(room, "kantamedia"))
    warcs: Path = place.settings.archive.directory / "warc"
    assert audit(place.engine, warcs).findings == ()
