"""Rules with a last day: pages of a template that is no more are read by the rules they had."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from redesigned import FRONT, NEW, OLD, STORY, Redesigned, in_template, night

from archive import database
from archive.schema import event
from archive.stories import find_story
from archive.types import Version
from archive.versions import versions
from crawler.extract import extractor_id
from crawler.platforms.wordpress import WordPressSpider
from crawler.rules import Rules, in_force

OLDEST = Rules(body="div.tertua", until=date(2023, 1, 31))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2022-06-01T00:00", OLDEST, id="the oldest template"),
        pytest.param("2023-01-31T15:59", OLDEST, id="last minute of its last day in WITA"),
        pytest.param("2023-01-31T16:00", OLD, id="the next minute"),
        pytest.param("2024-11-05T15:59", OLD, id="last minute of the later one"),
        pytest.param("2024-11-05T16:00", NEW, id="today's"),
    ],
)
def test_rules_in_force_are_those_of_the_day_in_the_outlets_zone(
    moment: str, expected: Rules
) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert in_force(NEW, (OLD, OLDEST), at=at, zone="Asia/Makassar") == expected


def test_rules_without_earlier_ones_are_always_in_force() -> None:
    assert in_force(NEW, (), at=night(1), zone="Asia/Makassar") is NEW


def test_last_day_changes_no_digest() -> None:
    assert replace(NEW, until=date(2025, 1, 1)).digest == NEW.digest
    assert replace(NEW, body="div.lain").digest != NEW.digest


def test_earlier_rules_without_a_last_day_are_refused() -> None:
    with pytest.raises(TypeError, match="last day"):
        type("Salah", (WordPressSpider,), {"earlier": (NEW,)})


@pytest.fixture
def outlet(tmp_path: Path) -> Redesigned:
    return Redesigned(tmp_path)


def _versions(outlet: Redesigned) -> list[Version]:
    engine = database.connect(outlet.config)
    return versions(engine, find_story(engine, f"{FRONT}{outlet.path}").story_id)


def test_each_template_is_read_by_its_own_rules(outlet: Redesigned) -> None:
    outlet.look(night(1), in_template("lama"))
    outlet.look(night(2), in_template("baru", *STORY[:2], "Hasilnya diumumkan hari ini."))
    first, second = _versions(outlet)
    assert first.article.text == "\n\n".join(STORY)
    assert second.article.text == "\n\n".join([*STORY[:2], "Hasilnya diumumkan hari ini."])
    assert (first.extractor, second.extractor) == (extractor_id(OLD), extractor_id(NEW))


def test_redesign_alone_is_no_edit(outlet: Redesigned) -> None:
    outlet.look(night(1), in_template("lama"))
    assert outlet.look(night(2), in_template("baru")).kind == "unchanged"
    assert [found.number for found in _versions(outlet)] == [1]


def test_old_page_read_by_its_own_rules_is_not_read_again(outlet: Redesigned) -> None:
    outlet.look(night(1), in_template("lama"))
    outlet.look(night(2), in_template("baru"))
    outlet.look(night(3), in_template("baru"))
    assert _rereadings(outlet) == []


def test_old_page_is_read_again_by_the_old_rules_when_those_change(outlet: Redesigned) -> None:
    outlet.look(night(1), in_template("lama"))
    outlet.earlier = (replace(OLD, drop=("div.iklan",)),)
    assert outlet.look(night(2), in_template("baru")).kind == "unchanged"
    assert _rereadings(outlet) == [extractor_id(outlet.earlier[0])]


def _rereadings(outlet: Redesigned) -> list[str]:
    with database.reading(database.connect(outlet.config)) as connection:
        details = connection.scalars(event.select().with_only_columns(event.c.detail)
                                     .where(event.c.kind == "reread"))  # fmt: skip
        return [detail["extractor"] for detail in details]
