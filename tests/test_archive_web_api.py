"""The API: what it answers, page by page and as of a moment; Memento beside it."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import format_datetime

import pytest
from archive_rows import FRONT, NIGHT_1, Newsroom, three_nights
from reading_room import Place, opened

from archive.stories import find_story

THEN = (NIGHT_1 + timedelta(hours=12)).isoformat().replace("+", "%2B")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def room(held: Newsroom) -> Iterator[Place]:
    with opened(held.config) as place:
        yield place


def story_id(held: Newsroom, slug: str) -> str:
    return find_story(held.archive.engine, f"{FRONT}/{slug}").story_id


def test_everything_that_is_named_answers(room: Place) -> None:
    for name, url in room.get("/api/v1").json.items():
        path = url.removeprefix(room.url)
        assert room.get(f"{path}?q=netral" if name == "search" else path).status == 200, name


def test_stories_come_page_by_page(room: Place, held: Newsroom) -> None:
    found, cursor = [], ""
    while True:
        page = room.get(f"/api/v1/stories?limit=2&after={cursor}").json
        found += [one["story_id"] for one in page["stories"]]
        cursor = page["next"]
        if not cursor:
            break
    assert found == [one.story_id for one in held.archive.stories()]


def test_story_is_told_whole(room: Place, held: Newsroom) -> None:
    key = story_id(held, "camat")
    told = room.get(f"/api/v1/stories/{key}").json
    assert told == room.get(f"/api/v1/story?url={FRONT}/camat").json
    assert [one["number"] for one in told["versions"]] == [1, 2]
    assert told["versions"][1]["article"]["headline"] == "Camat Diminta Tetap Netral"
    assert told["topic"]["decided_by"] == "machine"
    assert room.get(f"/api/v1/stories/{key}/versions/2").json == told["versions"][1]
    capture = told["versions"][1]["captures"][0]
    assert room.get(f"/api/v1/captures/{capture['capture_id']}").json | {"part": 1} == capture


def test_difference_is_told_by_field(room: Place, held: Newsroom) -> None:
    told = room.get(f"/api/v1/stories/{story_id(held, 'camat')}/diff/1/2").json
    assert set(told["fields"]) == {"headline", "byline", "text"}
    assert {"kind": "added", "text": "Tetap "} in told["fields"]["headline"]


def test_everything_is_told_as_of_a_moment(room: Place, held: Newsroom) -> None:
    key = story_id(held, "camat")
    told = room.get(f"/api/v1/stories/{key}?as_of={THEN}").json
    assert [one["number"] for one in told["versions"]] == [1]
    assert room.get(f"/api/v1/stories/{key}/versions/2?as_of={THEN}").status == 404
    assert room.get(f"/api/v1/stories/{key}?as_of=2024-11-01").status == 404
    kinds = {one["kind"] for one in room.get(f"/api/v1/events?as_of={THEN}").json["events"]}
    assert kinds == {"new", "crawl"}
    assert len(room.get(f"/api/v1/search?q=tetap&as_of={THEN}").json["hits"]) == 0
    rows = room.get(f"/api/v1/export?as_of={THEN}").text.splitlines()
    assert len(rows) == 3
    assert len(room.get(f"/api/v1/runs?as_of={THEN}").json) == 1
    assert room.get("/api/v1/runs?as_of=2024-11-01").json == []
    assert room.get("/api/v1/outlets?as_of=2024-11-01").json == []


def test_events_come_newest_first_page_by_page(room: Place) -> None:
    found: list[int] = []
    before = ""
    while True:
        page = room.get(f"/api/v1/events?limit=3{before}").json
        found += [one["event_id"] for one in page["events"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == found[0]


def test_who_has_an_answer_is_not_sent_it_again(room: Place) -> None:
    first = room.get("/api/v1/stories")
    tag = first.headers["etag"]
    again = room.get("/api/v1/stories", If_None_Match=tag)
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    assert room.get("/api/v1/stories?limit=1", If_None_Match=tag).status == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/stories/tidak-ada", 404),
        ("/stories?limit=0", 400),
        ("/stories?outlet=tidak-ada", 200),
        ("/stories?as_of=kemarin", 400),
        ("/events?kind=apa", 404),
        ("/search", 400),
        ("/search?q=%22netral", 400),
        ("/search?q=netral&apa=1", 400),
        ("/captures/99999999999999999999", 400),
        ("/export?format=docx", 400),
        ("/tidak-ada", 404),
    ],
)
def test_what_is_wrong_is_told_as_json(room: Place, path: str, status: int) -> None:
    found = room.get(f"/api/v1{path}")
    assert found.status == status
    if status != 200:
        assert set(found.json) == {"error"}


# -- Memento ---------------------------------------------------------------------------------


def test_timemap_lists_every_capture_of_an_address(room: Place) -> None:
    lines = room.get(f"/timemap/link/{FRONT}/camat").text.split(",\n")
    assert lines[0] == f'<{FRONT}/camat>; rel="original"'
    assert [line.partition('rel="')[2].partition('"')[0] for line in lines[3:]] == ["memento"] * 2


def test_timegate_leads_to_the_capture_nearest_to_a_moment(room: Place, held: Newsroom) -> None:
    first, second = held.archive.versions(story_id(held, "camat"))
    wanted = {
        format_datetime(NIGHT_1, usegmt=True): first,
        format_datetime(NIGHT_1 + timedelta(days=9), usegmt=True): second,
    }
    for said, version in wanted.items():
        gate = room.get(f"/timegate/{FRONT}/camat", Accept_Datetime=said)
        assert (gate.status, gate.headers["vary"]) == (302, "accept-datetime, cookie")
        memento = room.get(gate.headers["location"])
        assert memento.status == 200
        fetched_at = version.captures[0].fetched_at.astimezone(UTC)
        shown = format_datetime(fetched_at, usegmt=True)
        assert memento.headers["memento-datetime"] == shown
        assert f'<{FRONT}/camat>; rel="original"' in memento.headers["link"]
        assert memento.headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize("said", ["kemarin", "2024-11-05", "Tue, 99 Nov 2024 10:00:00 GMT"])
def test_moment_that_cannot_be_read_is_refused(room: Place, said: str) -> None:
    assert room.get(f"/timegate/{FRONT}/camat", Accept_Datetime=said).status == 400


def test_address_that_was_never_captured_has_no_memento(room: Place) -> None:
    assert room.get(f"/timegate/{FRONT}/tiada").status == 404
    assert room.get("/timemap/link/bukan%20alamat").status == 404
