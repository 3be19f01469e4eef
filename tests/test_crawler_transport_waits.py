"""Broken and busy answers: tried again within bounds, waited for, left alone when told to."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from loopback import reply
from small_outlet import small_outlet, story, story_path
from trapped import Trapped, trapped

from archive import schema
from archive.status import status
from crawler.demo.traps import TRAPS
from crawler.demo.traps.transport_busy import HOURS

pytestmark = pytest.mark.timeout(180)

CUT_ONCE = "/camat-muara-lestari-ditegur-karena-hadir-di-kampanye/"
CUT_ALWAYS = "/bawaslu-kaji-laporan-guru-ajak-murid-dukung-calon/"
SILENT_ONCE = "/sembilan-pppk-tandatangani-surat-pernyataan-usai-berpihak/"


@pytest.fixture(scope="module")
def waits(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with trapped(tmp_path_factory.mktemp("putus"), "putus", "sibuk", nights=3) as played:
        yield played


# -- broken --------------------------------------------------------------------------------


def _broken_faults(waits: Trapped) -> list[str]:
    return [line for line in waits.faults() if not line.endswith(CUT_ALWAYS)]


def test_what_is_readable_at_all_is_found_once(waits: Trapped) -> None:
    assert _broken_faults(waits) == []
    outlets = Counter(row["outlet"] for row in waits.rows(schema.story))
    assert outlets == {"putus": 2, "sibuk": 3}
    assert len(waits.rows(schema.version)) == 5


@pytest.mark.parametrize("path", [CUT_ONCE, SILENT_ONCE], ids=["in the body", "before any answer"])
def test_connection_that_breaks_once_is_tried_again(waits: Trapped, path: str) -> None:
    asked = [r for r in waits.requests[0] if r.path == path and r.host == "putus.example"]
    assert len(asked) == 2
    assert waits.told(path) == []


def test_connection_that_always_breaks_is_named_each_night(waits: Trapped) -> None:
    for night in (1, 2, 3):
        ((kind, detail),) = waits.told(CUT_ALWAYS, night=night)
        assert (kind, detail) == ("error", "the answer 200 was cut after 1500 bytes (disconnect)")
        ((kind, detail),) = waits.told("/hilang/", night=night)
        assert (kind, "broke off" in detail) == ("error", True)


def test_cut_pages_are_never_stored_as_stories(waits: Trapped) -> None:
    cut = [row for row in waits.rows(schema.capture) if row["truncated"]]
    assert [row["story_id"] for row in cut if row["story_id"]] == []


# -- busy ----------------------------------------------------------------------------------


def test_short_waits_are_waited_out(waits: Trapped) -> None:
    stories = [r for r in waits.requests[0] if r.host == "sibuk.example" and r.path.count("-") > 4]
    assert Counter(r.status for r in stories) == {503: 2, 429: 1, 200: 3}
    for path in {r.path for r in stories}:
        first, second = (r for r in stories if r.path == path)
        assert second.started >= first.ended + (1 if first.status == 503 else 0)


@pytest.mark.parametrize("path", ["/lampau/", "/ngawur/", "/negatif/", "/selalu/"])
def test_retry_after_of_no_use_costs_one_more_try(waits: Trapped, path: str) -> None:
    ((kind, detail),) = waits.told(path)
    assert (kind, detail) == ("error", "the outlet answered 503")
    assert waits.paths().count(path) == 2


def test_long_wait_is_kept_over_nights_and_processes(waits: Trapped) -> None:
    ends = [{end.outlet: end.reason for end in night} for night in waits.ends]
    assert [end["sibuk"] for end in ends] == ["finished", "held", "held"]
    second = [r for r in waits.requests[1] if r.host == "sibuk.example"]
    assert (second[-1].path, second[-1].status) == ("/feed/", 429)
    assert [r for r in waits.requests[2] if r.host == "sibuk.example"] == []


def test_status_says_until_when_nobody_asks(waits: Trapped) -> None:
    (hold,) = status(waits.nights.place.engine).holds
    asked = next(r for r in waits.requests[1] if r.status == 429)
    assert hold.outlet == "sibuk"
    # the newsroom's clock and ours are a day ahead by then
    wait = hold.until - asked.started_at
    assert timedelta(hours=HOURS) <= wait < timedelta(hours=HOURS, minutes=1)
    shown = waits.nights.place.kliping("status").stdout
    assert f"{hold.until:%Y-%m-%d %H:%M}" in shown


@pytest.mark.parametrize(
    ("value", "longest"),
    [
        pytest.param("ten hours", timedelta(hours=10), id="date"),
        pytest.param("315360000", timedelta(days=7), id="ten years"),
    ],
)
def test_long_503_is_held_over_to_the_next_crawl(
    tmp_path: Path, value: str, longest: timedelta
) -> None:
    now = datetime.now(UTC)
    if value == "ten hours":
        value = format_datetime(now + longest, usegmt=True)
    routes = {"/feed/": reply(503, headers={"Retry-After": value}), story_path(1): story(1)}
    with small_outlet(tmp_path, routes) as outlet:
        assert outlet.crawl() == "held"
        asked = len(outlet.server.hits)
        assert outlet.crawl() == "held"
        assert len(outlet.server.hits) == asked
        (hold,) = status(outlet.place.engine).holds
    assert abs(hold.until - now - longest) < timedelta(minutes=2)


@pytest.mark.parametrize("night", [2, 3])
def test_held_outlet_is_named_each_night(waits: Trapped, night: int) -> None:
    (problem,) = [p for p in waits.problems[night - 1] if p.kind == "held"]
    assert "not" in problem.detail
    assert "visited again after" in problem.advice


def test_crawls_stay_small(waits: Trapped) -> None:
    peaks = [end.peak for night in waits.ends for end in night]
    assert len(peaks) == 6
    assert max(peaks) < 300_000_000


@pytest.mark.parametrize("slug", ["putus", "sibuk"])
def test_status_names_every_kind_the_trap_promises(waits: Trapped, slug: str) -> None:
    named = {p.kind for night in waits.problems for p in night if p.outlet == slug}
    assert set(TRAPS[slug].status_kinds) <= named
