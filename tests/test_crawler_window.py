"""How far back a crawl looks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from archive.memory import OutletMemory
from archive.types import Period, Seen, Story
from crawler.window import Window

NOW = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
MONTH = timedelta(days=30)


def window(
    visited_at: datetime | None = None, *, asked_since: datetime | None = None, **memory: object
) -> Window:
    known = OutletMemory(visited_at=visited_at, **memory)  # type: ignore[arg-type]
    return Window(memory=known, started_at=NOW, lookback=MONTH, asked_since=asked_since)


def test_first_crawl_looks_back_by_the_setting_to_a_midnight() -> None:
    assert window().since == window().horizon == datetime(2026, 10, 23, tzinfo=UTC)


def test_next_crawl_overlaps_the_last_one_by_three_days() -> None:
    assert window(NOW - timedelta(days=1)).since == datetime(2026, 11, 18, tzinfo=UTC)


def test_long_downtime_loses_nothing_in_between() -> None:
    found = window(NOW - timedelta(days=90))
    assert found.since == found.horizon == datetime(2026, 8, 21, tzinfo=UTC)


@pytest.mark.parametrize("asked", [NOW - timedelta(hours=1), NOW - timedelta(days=400)],
                         ids=["nearer", "further"])  # fmt: skip
@pytest.mark.parametrize("visited", [None, NOW - timedelta(days=1), NOW - timedelta(days=90)],
                         ids=["never", "yesterday", "long ago"])  # fmt: skip
def test_since_of_the_user_leaves_the_window_as_it_is(
    visited: datetime | None, asked: datetime
) -> None:
    plain, found = window(visited), window(visited, asked_since=asked)
    assert (found.since, found.horizon) == (plain.since, plain.horizon)


def test_past_is_whole_days_up_to_the_window() -> None:
    found = window(NOW - timedelta(days=1), asked_since=datetime(2026, 1, 1, 17, tzinfo=UTC))
    assert found.past == Period(datetime(2026, 1, 1, tzinfo=UTC), found.since)


def test_day_of_the_past_is_one_of_utc() -> None:
    new_year = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    found = window(asked_since=new_year).past
    assert found is not None
    assert found.since == datetime(2025, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    "asked", [None, NOW, datetime(2026, 10, 23, tzinfo=UTC)], ids=["not asked", "now", "its start"]
)
def test_nothing_is_past_within_the_window(asked: datetime | None) -> None:
    assert window(asked_since=asked).past is None


def test_last_three_days_are_never_settled() -> None:
    last = Period(NOW - timedelta(days=6), NOW)
    assert window().settled(last) == Period(last.since, datetime(2026, 11, 19, tzinfo=UTC))


def test_what_began_within_three_days_is_not_settled_at_all() -> None:
    assert window().settled(Period(NOW - timedelta(days=3), NOW)) is None


def test_what_a_dead_crawl_saw_was_not_known_at_the_last_complete_visit() -> None:
    visited = NOW - timedelta(days=1)
    before, after = visited - timedelta(days=1), visited + timedelta(hours=2)
    story = Story(story_id="s", outlet="o", url="https://o.example/a", first_seen_at=before)
    seen = Seen(
        outlet="o", url="https://o.example/b", decision="off-topic", seen_at=after,
        first_seen_at=after,
    )  # fmt: skip
    found = window(
        visited,
        stories={"s": story},
        addresses={"https://o.example/a": "s"},
        seen={"https://o.example/b": seen},
    )
    assert found.was_known("https://o.example/a")
    assert not found.was_known("https://o.example/b")
    assert not found.was_known("https://o.example/c")


def test_nothing_was_known_before_the_first_complete_visit() -> None:
    seen = Seen(outlet="o", url="https://o.example/b", decision="off-topic", seen_at=NOW)
    assert not window(seen={"https://o.example/b": seen}).was_known("https://o.example/b")
