"""Stored captures read again: what would change, and what `--apply` makes of it."""

import json
import os
import re
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playing import Place
from redesigned import HEADLINE, OTHER, STORY, Here, Redesigned, boxes, night
from sqlalchemy import Table

from archive import schema
from archive.archive import Archive
from archive.audit import audit
from archive.config import CrawlConfig
from archive.snapshots import export
from archive.stories import find_story
from archive.types import Outlet
from archive.versions import versions
from crawler import topics
from crawler.extract import extractor_id
from crawler.replay_archive import Replay, replay_archive
from crawler.replay_changes import COUNTS, Change
from crawler.replay_printing import as_json
from crawler.rules import Rules
from crawler.spiders.kantamedia import Kantamedia
from crawler.spiders.kolomrakyat import KolomRakyat

BEFORE = Rules(body="div.dulu")
"""Rules by which kantamedia's pages were read once, in this archive's invented past."""
WIDGET = "Jangan lewatkan kabar pilihan redaksi kami"
EDITED = (*STORY[:2], "Hasil pemeriksaan diumumkan Kamis malam di kantor Bawaslu.")
OUTLETS = (schema.crawl, schema.run, schema.event, schema.lease, schema.outlet)
"""Tables that every --apply writes: it holds the outlet, and says when it began and ended."""


@dataclass(frozen=True)
class Held:
    """An archive whose captures were read by rules that are not today's."""

    place: Place
    outlet: Redesigned

    def look(self, number: int, body: bytes, **more: Any) -> str:
        return self.outlet.look(night(number), body, **more).kind

    def replay(self, *slugs: str, expected: int, apply: bool = False) -> dict[str, Any]:
        """What `kliping replay --json` prints, without a process of its own."""
        told: list[Change] = []
        asked = Replay(
            settings=self.place.settings,
            slugs=slugs,
            apply=apply,
            told=told.append,
            progress=lambda done, total: None,
        )
        report = replay_archive(asked, readers=Here(self.place.settings.crawl))
        assert report.exit_code == expected
        return {"changes": [as_json(change) for change in told], "outlets": report.outlets}

    def shown(self) -> list[tuple[int, datetime, str]]:
        """Number, first sight and text of the story's versions, as `show` has them."""
        found = find_story(self.place.engine, f"{self.outlet.outlet.url}{self.outlet.path}")
        held = versions(self.place.engine, found.story_id)
        return [(one.number, one.first_seen_at, one.article.text) for one in held]

    def exported(self, dest: Path, as_of: datetime | None = None) -> list[dict[str, Any]]:
        export(self.place.engine, self.outlet.directory / "warc", dest, as_of=as_of)
        lines = (dest / "stories.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def rows(self, *but: Table) -> dict[str, Sequence[Any]]:
        """Every row of every table, but of some tables; of runs only which there are: the next
        command ends those that were left open."""
        tables = [table for table in schema.metadata.sorted_tables if table not in but]
        found: dict[str, Sequence[Any]] = {table.name: self.place.rows(table) for table in tables}
        runs = found.get("run", ())
        return found | {"run": [row["run_id"] for row in runs]}

    def expect_sound(self) -> None:
        assert audit(self.place.engine, self.outlet.directory / "warc").findings == ()


def make(directory: Path, outlet: Outlet = Kantamedia.outlet, **crawl: Any) -> Held:
    place = Place.make(directory, {}, **crawl)
    past = Redesigned(place.settings.archive.directory, rules=BEFORE, earlier=(), outlet=outlet)
    return Held(place, past)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return make(tmp_path)


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def misread() -> bytes:
    """A page of which the old rules read half a story, and today's read all of it."""
    return boxes(dulu=STORY[:2], entry_content=STORY)


# -- what would change -----------------------------------------------------------------------------


def test_replay_shows_what_would_read_otherwise_and_writes_nothing(held: Held) -> None:
    held.look(1, misread())
    before = held.rows()
    told = held.replay("kantamedia", expected=1)
    [change] = told["changes"]
    assert (change["kind"], change["version"], change["outlet"]) == ("changed", 1, "kantamedia")
    assert change["fields"] == {"text": {"before": text(*STORY[:2]), "after": text(*STORY)}}
    counts = told["outlets"]["kantamedia"]
    assert (counts["stories"], counts["versions"], counts["captures_read"]) == (1, 1, 1)
    assert (counts["changed"], counts["changed_text"], counts["unchanged"]) == (1, 1, 0)
    assert held.rows() == before


def test_programs_get_one_json_value_without_private_paths(held: Held) -> None:
    held.look(1, misread())
    done = held.place.kliping("replay", "kantamedia", "--json")
    assert done.returncode == 1, done.stderr
    assert str(held.place.file.parent) not in done.stdout
    told = json.loads(done.stdout)
    assert [change["kind"] for change in told["changes"]] == ["changed"]
    assert (told["outlets"]["kantamedia"]["changed"], told["applied"]) == (1, False)


def test_people_see_the_change_word_by_word(held: Held) -> None:
    held.look(1, misread())
    done = held.place.kliping("replay")
    assert done.returncode == 1
    assert f"{{+\n\n{STORY[2]}+}}" in done.stdout
    assert "--apply" in done.stdout


def test_replay_that_would_change_nothing_exits_with_0(held: Held) -> None:
    held.outlet.rules = Kantamedia.rules
    held.look(1, misread())
    told = held.replay(expected=0)
    assert told["changes"] == []
    assert told["outlets"]["kantamedia"]["unchanged"] == 1


def test_outlet_never_visited_is_misuse(held: Held) -> None:
    done = held.place.kliping("replay", "kolomrakyat")
    assert done.returncode == 2
    assert "never visited" in done.stderr or "was ever visited" in done.stderr


def test_apply_and_a_saved_page_do_not_go_together(held: Held, tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("x", encoding="utf-8")
    done = held.place.kliping("replay", "--html", page, "--apply")
    assert done.returncode == 2


# -- apply -----------------------------------------------------------------------------------------


def test_applied_readings_are_current_and_the_old_ones_stay(held: Held, tmp_path: Path) -> None:
    held.look(1, misread())
    then = datetime.now(UTC)
    held.replay(apply=True, expected=0)
    assert held.shown() == [(1, night(1), text(*STORY))]
    assert [row["text"] for row in held.place.rows(schema.reading_text)] == [
        text(*STORY[:2]), text(*STORY)
    ]  # fmt: skip
    [now] = held.exported(tmp_path / "now")
    [before] = held.exported(tmp_path / "before", then)
    assert (now["text"], now["extractor"]) == (text(*STORY), extractor_id(Kantamedia.rules))
    assert (before["text"], before["extractor"]) == (text(*STORY[:2]), extractor_id(BEFORE))
    held.expect_sound()


def test_applying_twice_changes_nothing_the_second_time(held: Held) -> None:
    held.look(1, misread())
    held.look(2, boxes(dulu=EDITED[:2], entry_content=EDITED))
    held.replay(apply=True, expected=0)
    once = held.rows(*OUTLETS)
    told = held.replay(apply=True, expected=0)
    assert told["changes"] == []
    assert held.rows(*OUTLETS) == once


def test_applying_nothing_notes_no_crawl_and_says_so(held: Held) -> None:
    held.outlet.rules = Kantamedia.rules
    held.look(1, boxes(entry_content=STORY))
    before = held.rows()
    done = held.place.kliping("replay", "--apply")
    assert done.returncode == 0, done.stderr
    assert "kantamedia: nothing to keep, nothing was written" in done.stdout
    assert held.rows() == before


def test_applying_tells_what_cannot_be_read_and_notes_no_crawl(held: Held) -> None:
    held.look(1, boxes(dulu=STORY))
    held.place.file.write_text("[crawl]\npage_limit = 10\n", encoding="utf-8")
    before = held.rows()
    told = held.replay(apply=True, expected=1)
    assert [change["kind"] for change in told["changes"]] == ["unreadable"]
    assert held.rows() == before


def test_people_are_told_what_was_applied(held: Held) -> None:
    held.look(1, misread())
    would = held.place.kliping("replay")
    assert "version 1: would read otherwise" in would.stdout
    assert "kept" not in would.stdout
    done = held.place.kliping("replay", "--apply")
    assert done.returncode == 0, done.stderr
    assert "version 1: reads otherwise from now on" in done.stdout
    assert "kantamedia: new readings kept: 1, the current ones from now on (1 read" in done.stdout
    assert "--apply" not in done.stdout


def test_each_count_is_described() -> None:
    described = (Path(__file__).parent.parent / "docs" / "replay.md").read_text(encoding="utf-8")
    assert [name for name in COUNTS if f"| `{name}` |" not in described] == []


def test_rereading_is_chained_and_closed_with_its_counts(held: Held) -> None:
    held.look(1, misread())
    held.replay(apply=True, expected=0)
    events = held.place.rows(schema.event)
    assert [row["kind"] for row in events[-2:]] == ["reread", "crawl"]
    assert events[-1]["detail"]["reason"] == "replayed"
    assert events[-1]["detail"]["counts"]["changed_text"] == 1


def test_replay_is_no_night(held: Held, tmp_path: Path) -> None:
    held.look(1, misread())
    held.replay(apply=True, expected=0)
    held.exported(tmp_path / "now")
    nights = (tmp_path / "now" / "coverage.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(nights) == 2, "a line of names and one crawl"


def test_version_found_equal_to_the_one_before_leaves_the_export(
    held: Held, tmp_path: Path
) -> None:
    held.look(1, boxes(dulu=(*STORY, "Warga menonton sejak pagi hari."), entry_content=STORY))
    assert (
        held.look(2, boxes(dulu=(*STORY, "Polisi menjaga gedung itu."), entry_content=STORY))
        == "edited"
    )
    told = held.replay(apply=True, expected=0)
    assert told["outlets"]["kantamedia"]["repeats"] == 1
    assert [row["version"] for row in held.exported(tmp_path / "now")] == [1]
    held.expect_sound()
    held.outlet.rules = Kantamedia.rules
    assert held.look(3, boxes(entry_content=STORY)) == "unchanged"


def test_revealed_version_gets_the_next_number_and_its_own_first_sight(
    held: Held, tmp_path: Path
) -> None:
    held.look(1, boxes(dulu=STORY, entry_content=STORY))
    assert held.look(2, boxes(dulu=STORY, entry_content=EDITED)) == "unchanged"
    assert held.look(3, boxes(dulu=OTHER, entry_content=OTHER)) == "edited"
    [*_, revealed] = held.replay(expected=1)["changes"]
    assert (revealed["kind"], revealed["version"]) == ("revealed", 3)
    held.replay(apply=True, expected=0)
    assert held.shown() == [
        (1, night(1), text(*STORY)), (3, night(2), text(*EDITED)), (2, night(3), text(*OTHER))
    ]  # fmt: skip
    rows = held.exported(tmp_path / "now")
    assert [row["version"] for row in rows] == [1, 3, 2]
    assert [row["captured_at"][:10] for row in rows] == ["2024-11-05", "2024-11-06", "2024-11-07"]
    assert [row["changed"] for row in rows] == [[], ["text"], ["text"]]
    held.expect_sound()


def test_crawl_goes_on_from_the_revealed_version(held: Held) -> None:
    held.look(1, boxes(dulu=STORY, entry_content=STORY))
    held.look(2, boxes(dulu=STORY, entry_content=EDITED))
    held.replay(apply=True, expected=0)
    held.outlet.rules = Kantamedia.rules
    assert held.look(3, boxes(entry_content=EDITED)) == "unchanged"
    assert held.look(4, boxes(entry_content=STORY)) == "edited"
    assert [number for number, _, _ in held.shown()] == [1, 2, 3]
    held.expect_sound()


def test_rules_of_one_outlet_touch_no_other(held: Held) -> None:
    beside = Redesigned(
        held.outlet.directory, outlet=KolomRakyat.outlet, rules=KolomRakyat.rules, earlier=()
    )
    beside.look(night(1), boxes(dulu=STORY[:2], entry_content=STORY))
    held.look(1, misread())
    told = held.replay(apply=True, expected=0)
    assert [change["outlet"] for change in told["changes"]] == ["kantamedia"]
    stories = {row["version_id"]: row["story_id"] for row in held.place.rows(schema.version)}
    outlets = {row["story_id"]: row["outlet"] for row in held.place.rows(schema.story)}
    read = [outlets[stories[row["version_id"]]] for row in held.place.rows(schema.reading)]
    assert sorted(read) == ["kantamedia", "kantamedia", "kolomrakyat"]


def test_replay_of_an_outlet_at_work_is_refused_and_named(held: Held) -> None:
    held.look(1, misread())
    before = held.rows(schema.lease, schema.crawl, schema.run)
    archive = Archive(held.outlet.config, clock=lambda: datetime.now(UTC))
    archive.begin_crawl(held.outlet.outlet)
    done = held.place.kliping("replay", "--apply")
    archive.close()
    assert done.returncode == 3
    assert f"process {os.getpid()}" in done.stderr
    assert held.rows(schema.lease, schema.crawl, schema.run) == before


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGINT], ids=lambda sign: sign.name)
def test_replay_that_was_ended_goes_on_next_time(held: Held, sign: signal.Signals) -> None:
    count = 12
    for number in range(count):
        body = boxes(f"{HEADLINE} {number}", dulu=STORY[:2], entry_content=STORY)
        held.outlet.look(night(1), body, path=f"/camat-{number}/")
    with held.place.started("replay", "--apply", "--json") as process:
        while len(_rereadings(held)) < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(sign)
    done = len(_rereadings(held))
    reasons = [row["finish_reason"] for row in held.place.rows(schema.crawl)]
    assert reasons[-1] == ("" if sign == signal.SIGKILL else "replay-stopped")
    held.replay(apply=True, expected=0)
    read = [row["version_id"] for row in held.place.rows(schema.reading)]
    assert done < count, "it was killed after all of them"
    assert all(read.count(version_id) == 2 for version_id in read)
    assert len(_rereadings(held)) == count
    held.expect_sound()


def _rereadings(held: Held) -> list[Any]:
    return [row for row in held.place.rows(schema.event) if row["kind"] == "reread"]


def test_another_topic_file_is_read_again_and_told(held: Held, tmp_path: Path) -> None:
    held.outlet.rules = Kantamedia.rules
    held.look(1, boxes(entry_content=STORY))
    built_in = Path(topics.__file__).parent / "netralitas-asn.toml"
    newer = re.sub(r'"netralitas-asn"', '"lain"', built_in.read_text(encoding="utf-8"), count=1)
    (tmp_path / "lain.toml").write_text(newer, encoding="utf-8")
    held.place.file.write_text('[crawl]\ntopic = "lain.toml"\n', encoding="utf-8")
    held.replay(expected=0)
    held.replay(apply=True, expected=0)
    topics_read = [row["topic"].split("/")[0] for row in held.place.rows(schema.reading)]
    assert topics_read == ["netralitas-asn", "lain"]


# -- what could not be read ------------------------------------------------------------------------


def unreadable(held: Held) -> None:
    """From now on every page is over the limit of the crawl."""
    held.outlet.crawl = CrawlConfig(page_limit=10)


def test_unread_capture_becomes_a_story_of_its_moment(held: Held, tmp_path: Path) -> None:
    unreadable(held)
    assert held.look(1, misread()) == "unread"
    [change] = held.replay(expected=1)["changes"]
    assert (change["kind"], change["version"]) == ("revealed", 1)
    held.replay(apply=True, expected=0)
    assert held.shown() == [(1, night(1), text(*STORY))]
    [row] = held.exported(tmp_path / "now")
    assert row["first_seen_at"].startswith("2024-11-05")
    assert row["last_seen_at"].startswith("2024-11-05")
    held.expect_sound()
    once = held.rows(*OUTLETS)
    held.replay(apply=True, expected=0)
    assert held.rows(*OUTLETS) == once


def test_unread_captures_of_two_nights_are_one_version_when_they_read_alike(held: Held) -> None:
    unreadable(held)
    held.look(1, misread())
    held.look(2, misread() + b"<!-- lagi -->")
    told = held.replay(apply=True, expected=0)
    assert told["outlets"]["kantamedia"]["readable"] == 2
    assert [number for number, _, _ in held.shown()] == [1]
    held.expect_sound()


def test_unread_capture_off_topic_makes_no_story(held: Held) -> None:
    unreadable(held)
    held.look(1, boxes("Harga Cabai Naik", entry_content=OTHER * 2))
    told = held.replay(apply=True, expected=0)
    assert told["outlets"]["kantamedia"]["readable"] == 1
    assert held.place.rows(schema.story) == []


def test_unread_capture_that_a_person_asked_for_is_kept_whatever_its_topic(held: Held) -> None:
    unreadable(held)
    held.look(1, boxes("Harga Cabai Naik", entry_content=OTHER * 2), keep=True)
    held.replay(apply=True, expected=0)
    assert [number for number, _, _ in held.shown()] == [1]
    held.expect_sound()


def test_unread_look_at_a_known_story_reveals_what_it_shows(held: Held) -> None:
    held.outlet.rules = Kantamedia.rules
    held.look(1, boxes(entry_content=STORY))
    unreadable(held)
    held.look(2, boxes(entry_content=EDITED))
    held.look(3, boxes(entry_content=STORY))
    held.replay(apply=True, expected=0)
    assert held.shown() == [
        (1, night(1), text(*STORY)), (2, night(2), text(*EDITED)), (3, night(3), text(*STORY))
    ]  # fmt: skip
    held.expect_sound()


def test_page_that_is_still_unreadable_is_no_change(held: Held) -> None:
    unreadable(held)
    held.look(1, b"\x00\x01\x02binary" * 40)
    told = held.replay(expected=0)
    assert told["outlets"]["kantamedia"]["unread"] == 1


def test_damaged_record_is_named_and_the_others_are_read(held: Held) -> None:
    held.look(1, misread())
    held.look(2, misread(), path="/camat-lain/")
    files = sorted((held.outlet.directory / "warc").iterdir())
    files[0].write_bytes(files[0].read_bytes()[: files[0].stat().st_size // 2])
    told = held.replay(expected=1)
    kinds = {change["kind"]: change for change in told["changes"]}
    assert set(kinds) == {"damaged", "changed"}
    assert kinds["damaged"]["version"] == 1
    assert kinds["damaged"]["detail"].startswith(files[0].name)


def test_version_that_cannot_be_read_now_keeps_its_reading(held: Held) -> None:
    held.look(1, boxes(dulu=STORY))
    held.place.file.write_text("[crawl]\npage_limit = 10\n", encoding="utf-8")
    told = held.replay(apply=True, expected=1)
    assert [change["kind"] for change in told["changes"]] == ["unreadable"]
    assert held.shown() == [(1, night(1), text(*STORY))]


# -- rules for what repeats ------------------------------------------------------------------------


def with_widget(held: Held) -> None:
    """Five stories that end with the same line, which no rule knows."""
    held.outlet.rules = Kantamedia.rules
    for number, place in enumerate(("Muara", "Bukit", "Teluk", "Rantau", "Kuala")):
        told = [f"{line} Begitu kabar dari {place}." for line in STORY]
        body = boxes(f"{HEADLINE} {number}", entry_content=(*told, WIDGET))
        held.outlet.look(night(1), body, path=f"/camat-{number}/")


def test_advice_for_a_built_in_outlet_works_when_it_is_followed(held: Held) -> None:
    with_widget(held)
    done = held.place.kliping("replay", "kantamedia", "--suggest-rules")
    _, _, advice = done.stdout.partition("put these lines at the end of kliping.toml:\n")
    with held.place.file.open("a", encoding="utf-8") as settings:
        settings.write(advice)
    again = held.place.kliping("replay", "kantamedia", "--suggest-rules")
    assert again.stdout == "nothing repeats that the rules do not take away already\n"
    would = json.loads(held.place.kliping("replay", "kantamedia", "--json").stdout)
    assert would["outlets"]["kantamedia"]["changed_text"] == 5
    assert all(WIDGET not in one["fields"]["text"]["after"] for one in would["changes"])


def test_rules_of_the_settings_that_meet_nothing_are_told(held: Held) -> None:
    with_widget(held)
    rules = f"lines = ['Tiada', '{WIDGET}']"
    with held.place.file.open("a", encoding="utf-8") as settings:
        settings.write(f"\n[[outlet]]\nslug = 'kantamedia'\ndrop = ['div.tiada']\n{rules}\n")
    done = held.place.kliping("replay")
    idle = [line for line in done.stdout.splitlines() if "met nothing" in line]
    assert idle == [
        "kantamedia: the rule drop 'div.tiada' of the settings met nothing on any page read",
        "kantamedia: the rule lines 'Tiada' of the settings met nothing on any page read",
    ]
    told = json.loads(held.place.kliping("replay", "--json").stdout)
    assert told["idle_rules"] == {
        "kantamedia": [{"kind": "drop", "rule": "div.tiada"}, {"kind": "lines", "rule": "Tiada"}]
    }


def test_rules_are_suggested_from_stored_captures(held: Held) -> None:
    with_widget(held)
    done = held.place.kliping("replay", "kantamedia", "--suggest-rules", "--json")
    assert done.returncode == 0, done.stderr
    assert any("Jangan lewatkan" in one["rule"] for one in json.loads(done.stdout))
