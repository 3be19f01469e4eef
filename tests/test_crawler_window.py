"""How far back a crawl looks."""

from datetime import UTC, datetime, timedelta

from archive.memory import OutletMemory
from archive.types import Seen, Story
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


def test_since_of_the_user_counts_above_all() -> None:
    asked = datetime(2026, 1, 1, tzinfo=UTC)
    found = window(NOW - timedelta(days=1), asked_since=asked)
    assert found.since == found.horizon == asked


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
