"""Stories that vanish and return, as crawls prove it: when, since when, and when not."""

from datetime import timedelta

import pytest
from sightings import NIGHT_1, TEXT, Nights, article
from sqlalchemy import select, update

from archive.schema import crawl, event, lease
from archive.stories import stories
from archive.types import Answer

CORRECTED = TEXT.replace("pekan depan", "besok pagi")


def _events(nights: Nights) -> list[str]:
    kinds = select(event.c.kind).where(event.c.kind != "crawl").order_by(event.c.event_id)
    return [row.kind for row in nights.rows(kinds)]


def _publish(nights: Nights, *paths: str) -> None:
    with nights.night(1) as night:
        for path in paths:
            night.show(path, article(f"{TEXT} {path}"))


def _answers(nights: Nights, *told: tuple[float, int]) -> list[bool]:
    """Whether each night, at its moment and with its answer, proved `/camat` gone."""
    proved = []
    for number, status in told:
        with nights.night(number) as night:
            if status == 200:
                night.show("/camat", article(f"{TEXT} /camat"))
            else:
                night.answer("/camat", status)
        proved.append(bool(night.gone))
    return proved


@pytest.mark.parametrize(
    ("told", "proved"),
    [
        pytest.param([(2, 410)], [True], id="410 at once"),
        pytest.param([(2, 404), (3, 404)], [False, True], id="404 in two crawls"),
        pytest.param(
            [(2, 404), (2.2, 404), (2.3, 404)], [False, False, True], id="six hours apart"
        ),
        pytest.param([(2, 404), (3, 503), (4, 404)], [False, False, True], id="5xx in between"),
        pytest.param([(2, 404), (3, 403), (4, 404)], [False, False, True], id="403 in between"),
        pytest.param([(2, 404), (3, 200), (4, 404)], [False, False, False], id="seen in between"),
        pytest.param([(2, 404), (3, 304), (4, 404)], [False, False, False], id="304 in between"),
        pytest.param([(2, 503), (3, 403), (4, 503)], [False, False, False], id="failures only"),
        pytest.param([(2, 410), (3, 410)], [True, False], id="said once"),
    ],
)
def test_missing_story_is_gone(
    nights: Nights, told: list[tuple[float, int]], proved: list[bool]
) -> None:
    _publish(nights, "/camat")
    assert _answers(nights, *told) == proved
    [found] = stories(nights.archive.engine)
    assert found.status == ("gone" if any(proved) else "live")


def test_gone_is_dated_at_first_sight(nights: Nights) -> None:
    _publish(nights, "/camat")
    with nights.night(2) as night:
        night.answer("/camat", 404)
        first = night.looked_at
    _answers(nights, (3, 503), (4, 404))
    [found] = stories(nights.archive.engine)
    assert found.gone_at == first
    assert nights.archive.recall("media-uji").stories[found.story_id].gone_at == first


def test_crawl_tells_what_it_proved(nights: Nights) -> None:
    _publish(nights, "/camat")
    with nights.night(2) as night:
        night.answer("/camat", 410)
    [row] = nights.rows(select(crawl).where(crawl.c.crawl_id == night.crawl.crawl_id))
    assert row.counts == {"gone": 1}


def test_twice_in_one_crawl_is_not_twice(nights: Nights) -> None:
    _publish(nights, "/camat")
    with nights.night(2) as night:
        night.answer("/camat", 404)
        nights.clock.now += timedelta(hours=7)
        night.answer("/camat", 404)
    assert not night.gone


@pytest.mark.parametrize(
    ("text", "kind"), [(TEXT, "back"), (CORRECTED, "edited")], ids=["as it was", "edited"]
)
def test_story_that_is_shown_again_is_back(nights: Nights, text: str, kind: str) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(TEXT))
    _answers(nights, (2, 410))
    with nights.night(3) as night:
        outcome = night.show("/camat", article(text))
    assert outcome.kind == kind
    assert outcome.version == (1 if kind == "back" else 2)
    assert _events(nights) == ["new", "gone", "back"] + ["edited"] * (kind == "edited")
    [found] = stories(nights.archive.engine)
    assert found.status == "live"


def test_304_brings_a_story_back(nights: Nights) -> None:
    _publish(nights, "/camat")
    _answers(nights, (2, 410))
    with nights.night(3) as night:
        assert night.answer("/camat", 304).kind == "back"


@pytest.mark.parametrize("status", [403, 503, 404])
def test_failure_brings_no_story_back(nights: Nights, status: int) -> None:
    _publish(nights, "/camat")
    _answers(nights, (2, 410), (3, status))
    assert _events(nights) == ["new", "gone"]


def test_story_can_go_again(nights: Nights) -> None:
    _publish(nights, "/camat")
    assert _answers(nights, (2, 410), (3, 200), (4, 404), (5, 404))[-1]
    assert _events(nights) == ["new", "gone", "back", "gone"]


def test_suspect_look_brings_no_story_back_before_it_is_confirmed(nights: Nights) -> None:
    _publish(nights, "/camat")
    _answers(nights, (2, 410))
    for number, events in ((3, ["suspect"]), (4, ["suspect", "back", "edited"])):
        with nights.night(number) as night:
            night.show("/camat", article("Dihapus."))
        assert _events(nights)[2:] == events


# -- the outlet's fault ----------------------------------------------------------------------------

_MANY = tuple(f"/berita-{number}" for number in range(6))


def test_many_at_once_prove_nothing(nights: Nights) -> None:
    _publish(nights, *_MANY)
    with nights.night(2) as night:
        for path in _MANY[:3]:
            night.answer(path, 410)
    assert not night.gone
    [row] = nights.rows(select(crawl).where(crawl.c.crawl_id == night.crawl.crawl_id))
    assert row.outlet_fault


def test_looks_of_a_faulty_crawl_never_count_later(nights: Nights) -> None:
    _publish(nights, *_MANY)
    with nights.night(2) as night:
        for path in _MANY[:4]:
            night.answer(path, 404)
    with nights.night(3) as night:
        night.answer(_MANY[0], 404)
        since = night.looked_at
    assert not night.gone
    with nights.night(4) as night:
        night.answer(_MANY[0], 404)
    assert list(night.gone.values()) == [since]


def test_story_seen_whole_in_a_faulty_crawl_was_there(nights: Nights) -> None:
    _publish(nights, *_MANY)
    with nights.night(2) as night:
        night.answer(_MANY[5], 404)
    with nights.night(3) as night:
        for path in _MANY[:4]:
            night.answer(path, 404)
        night.show(_MANY[5], article(f"{TEXT} {_MANY[5]}"))
    with nights.night(4) as night:
        night.answer(_MANY[5], 404)
    assert not night.gone


def test_stories_gone_before_are_not_counted_among_the_many(nights: Nights) -> None:
    _publish(nights, *_MANY)
    for number, path in enumerate(_MANY[:2], start=2):
        with nights.night(number) as night:
            night.answer(path, 410)
    with nights.night(4) as night:
        for path in _MANY[:3]:
            night.answer(path, 410)
    assert len(night.gone) == 1


def test_outlets_are_judged_apart(nights: Nights) -> None:
    other = nights.another_outlet()
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(1, outlet=other) as night:
        night.show("/camat", article(), outlet=other.slug)
    with nights.night(2) as night:
        night.answer("/camat", 410)
    found = {story.outlet: story.status for story in stories(nights.archive.engine)}
    assert found == {"media-uji": "gone", other.slug: "live"}


# -- crawls that never closed ------------------------------------------------------------------


def _kill(nights: Nights) -> None:
    """What a killed crawl leaves: a row without an end, a lease that runs out."""
    nights.archive.close()
    nights.change(update(lease).values(expires_at=NIGHT_1 - timedelta(days=1)))


def test_410_of_a_killed_crawl_counts(nights: Nights) -> None:
    _publish(nights, "/camat")
    killed = nights.begin(2)
    killed.answer("/camat", 410)
    _kill(nights)
    with nights.night(3):
        pass
    [found] = stories(nights.archive.engine)
    assert found.gone_at == killed.looked_at
    rows = nights.rows(select(crawl.c.finish_reason).order_by(crawl.c.crawl_id))
    assert [row.finish_reason for row in rows] == ["finished", "killed", "finished"]


def test_fault_of_a_killed_crawl_is_seen(nights: Nights) -> None:
    _publish(nights, *_MANY)
    killed = nights.begin(2)
    for path in _MANY[:4]:
        killed.answer(path, 404)
    _kill(nights)
    with nights.night(3) as night:
        night.answer(_MANY[0], 404)
    assert not night.gone
    [row] = nights.rows(select(crawl).where(crawl.c.crawl_id == killed.crawl.crawl_id))
    assert row.outlet_fault


def test_crawl_that_did_not_end_its_seeds_leaves_the_window(nights: Nights) -> None:
    with nights.night(1) as first:
        pass
    with nights.night(2, complete=False):
        pass
    assert nights.archive.recall("media-uji").visited_at == first.crawl.started_at


@pytest.mark.parametrize("answer", [Answer.UNREAD, Answer.NOT_ARTICLE])
def test_page_that_cannot_be_read_neither_counts_nor_resets(nights: Nights, answer: Answer) -> None:
    _publish(nights, "/camat")
    _answers(nights, (2, 404))
    with nights.night(3) as night:
        assert night.answer("/camat", 200, answer=answer).kind == "held"
    assert _answers(nights, (4, 404)) == [True]
