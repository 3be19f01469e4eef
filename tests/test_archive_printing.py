"""Dates as people see them: on the clock of their own zone, a day without one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sightings import article

from archive.console import day_or_moment
from archive.printing import print_cluster, print_hits, print_story
from archive.search import Hit
from archive.types import Cluster, Copy, Story, Version
from crawler.replay_changes import Change, FieldChange
from crawler.replay_printing import print_change

DAY = datetime(2024, 9, 25, 16, 0, tzinfo=UTC)
"""26 September in WITA, of which nobody told the time."""
ZONE = "Asia/Makassar"
SEEN = datetime(2024, 10, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        (DAY, ZONE, "2024-09-26"),
        (datetime(2024, 9, 26, 4, 31, tzinfo=UTC), ZONE, "2024-09-26 12:31 WITA"),
        (datetime(2024, 9, 25, 17, 0, 5, tzinfo=UTC), "Asia/Jakarta", "2024-09-26 00:00 WIB"),
        (DAY, "", "2024-09-25 16:00 UTC"),
        (DAY, "Mars/Utopia", "2024-09-25 16:00 UTC"),
        (None, ZONE, ""),
    ],
    ids=["day", "moment", "just after midnight", "no zone", "unknown zone", "nothing"],
)
def test_date_is_shown_in_its_own_zone(at: datetime | None, zone: str, shown: str) -> None:
    assert day_or_moment(at, zone) == shown


def told(capsys: pytest.CaptureFixture[str]) -> str:
    out = capsys.readouterr().out
    assert "2024-09-25" not in out
    assert "2024-09-26" in out
    assert "00:00" not in out
    return out


def values(**more: Any) -> dict[str, Any]:
    return {
        "story_id": "s", "outlet": "uji", "url": "https://media-uji.example/a", "headline": "Uji",
        "published_at": DAY, "published_zone": ZONE, "first_seen_at": SEEN, **more,
    }  # fmt: skip


def test_story_shows_the_day_beside_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    dated = article(published_at=DAY, published_zone=ZONE, published_text="5 hari yang lalu")
    version = Version(
        story_id="s", number=1, first_seen_at=SEEN, article=dated, content_hash="", extractor=""
    )
    story = Story(story_id="s", outlet="uji", url="https://media-uji.example/a", first_seen_at=SEEN)
    print_story(story, [version], chosen=version, images=[], labels=[])
    assert "published: 2024-09-26\nprinted: 5 hari yang lalu\n" in told(capsys)


def test_search_shows_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    print_hits([Hit(number=1, snippet="Uji", **values())])
    assert "s  2024-09-26  uji" in told(capsys)


def test_copies_of_a_text_show_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    print_cluster(Cluster(cluster_id="c", copies=(Copy(departs=0.0, **values()),)))
    told(capsys)


def test_replay_shows_the_day_in_its_zone(capsys: pytest.CaptureFixture[str]) -> None:
    moved = FieldChange(before=datetime(2024, 9, 26, 4, 31, 7, tzinfo=UTC), after=DAY)
    print_change(
        Change(outlet="uji", story_id="s", url="https://media-uji.example/a", version=1,
               kind="changed", fields={"published_at": moved}, zone=ZONE),
        is_kept=False,
    )  # fmt: skip
    assert "published_at: 2024-09-26 12:31:07 WITA -> 2024-09-26\n" in told(capsys)
