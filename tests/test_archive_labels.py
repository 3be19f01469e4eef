"""A person's word on a story: it wins, it stays, and it is chained."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from archive_rows import TOPIC, three_nights
from chosen_database import settings_for
from sightings import OFF_TOPIC, Nights, address, article
from sqlalchemy import delete, select, update

from archive.audit import audit
from archive.errors import ConfigError
from archive.labels import labels
from archive.schema import event, label
from archive.snapshots import export
from archive.stories import find_story
from archive.types import Answer, Label, Sighting
from scheduler.cli import main


def says(value: str, *, by: str = "Rina Ayu", reason: str = "Beritanya soal kepala desa") -> Label:
    return Label(field="topic", value=value, made_by=by, reason=reason)


@pytest.fixture
def story_id(nights: Nights) -> str:
    with nights.night(1) as night:
        night.show("/camat", article())
    return find_story(nights.archive.engine, address("/camat")).story_id


def label_column(nights: Nights, folder: Path, **asked: Any) -> list[str]:
    export(nights.archive.engine, nights.archive.warc_directory, folder, **asked)
    lines = (folder / "stories.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["label"] for line in lines]


def test_later_decision_holds_and_the_earlier_one_stays(nights: Nights, story_id: str) -> None:
    first = nights.archive.label(story_id, says("no"))
    second = nights.archive.label(story_id, says("yes", by="Tomo", reason="Camat pun disebut"))
    assert labels(nights.archive.engine, story_id) == [first, second]
    assert (first.value, second.value, second.made_by) == ("no", "yes", "Tomo")


def test_export_has_the_decision_as_it_was_known_then(
    nights: Nights, story_id: str, tmp_path: Path
) -> None:
    first = nights.archive.label(story_id, says("no"))
    second = nights.archive.label(story_id, says("yes"))
    assert label_column(nights, tmp_path / "now") == ["yes"]
    assert second.recorded_at
    assert first.recorded_at
    assert label_column(nights, tmp_path / "then", as_of=first.recorded_at) == ["no"]


def test_decision_newer_than_all_else_is_in_an_export_without_a_time(
    nights: Nights, story_id: str, tmp_path: Path
) -> None:
    nights.archive.label(story_id, says("no"))
    assert label_column(nights, tmp_path / "out") == ["no"]


def test_person_wins_over_the_machine(nights: Nights, story_id: str) -> None:
    with nights.night(2) as night:
        night.show("/camat", article("Teks lain sama sekali. " * 9), topic=OFF_TOPIC)
    with nights.night(3) as night:
        assert not night.answer("/camat", 304).is_on_topic
    nights.archive.label(story_id, says("yes"))
    with nights.night(4) as night:
        assert night.answer("/camat", 304).is_on_topic


def test_decision_survives_a_reading_of_a_newer_extractor(nights: Nights, story_id: str) -> None:
    nights.archive.label(story_id, says("no"))
    with nights.night(2) as night:
        old = nights.archive.stale_version(story_id, extractor=lambda _: "uji/2")
        assert old
        read = Sighting(
            outlet="media-uji",
            url=address("/camat"),
            answer=Answer.ARTICLE,
            pages=(),
            article=article("Teks yang dibaca ulang."),
            extractor="uji/2",
            topic=TOPIC,
        )
        nights.archive.read_again(night.crawl, old, read)
    assert [one.value for one in labels(nights.archive.engine, story_id)] == ["no"]


@pytest.mark.parametrize(
    "made",
    [says("perhaps"), says("no", by=" "), says("no", reason=""), says("no", reason="x" * 3_000)],
    ids=["value", "nobody", "no reason", "a book"],
)
def test_decision_without_a_name_or_reason_is_refused(
    nights: Nights, story_id: str, made: Label
) -> None:
    with pytest.raises(ConfigError):
        nights.archive.label(story_id, made)
    assert labels(nights.archive.engine, story_id) == []
    assert nights.rows(select(event).where(event.c.kind == "labelled")) == []


def test_labelled_archive_is_sound(nights: Nights, story_id: str) -> None:
    nights.archive.label(story_id, says("no"))
    assert audit(nights.archive.engine, nights.archive.warc_directory).is_clean


@pytest.mark.parametrize(
    "damage",
    [
        update(label).values(value="yes"),
        update(label).values(made_by="Orang lain"),
        delete(label),
        update(event).where(event.c.kind == "labelled").values(detail={}),
    ],
    ids=["turned", "in another name", "lost", "event emptied"],
)
def test_decision_changed_by_hand_is_found(nights: Nights, story_id: str, damage: Any) -> None:
    nights.archive.label(story_id, says("no"))
    nights.change(damage)
    found = audit(nights.archive.engine, nights.archive.warc_directory)
    assert not found.is_clean
    assert any("label 1 is not as it was decided" in str(one) for one in found.findings)


# ------------------------------------------------------------------------------- the command


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command on the archive of three nights: exit code, what it printed and complained."""
    three_nights(tmp_path / "kliping-data").archive.close()
    settings = settings_for(tmp_path / "kliping-data")
    (tmp_path / "kliping.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["kliping", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return run


CAMAT = "https://media-uji.example/camat"
BY = ("--by", "Rina Ayu", "--reason", "Beritanya soal kepala desa")


def test_command_decides_and_shows_the_history(ask: Any) -> None:
    code, out, _ = ask("label", CAMAT, "topic", "no", *BY)
    assert code == 0
    assert "label: topic no, by Rina Ayu" in out
    assert "Beritanya soal kepala desa" in ask("show", CAMAT)[1]
    assert "topic no, by Rina Ayu" in ask("events", "--kind", "labelled")[1]
    ask("label", CAMAT, "topic", "yes", *BY)
    [first, second] = json.loads(ask("label", CAMAT, "--json")[1])["labels"]
    assert (first["value"], second["value"]) == ("no", "yes")


def test_story_nobody_decided_shows_the_machines_word(ask: Any) -> None:
    out = ask("label", CAMAT)[1]
    assert "topic: yes, by the machine: no person decided\n" in out
    assert "the machine says: yes (score 0." in out
    assert "overruled" not in out


@pytest.mark.parametrize("command", ["label", "show"])
def test_word_that_holds_is_shown_beside_the_machines(ask: Any, command: str) -> None:
    ask("label", CAMAT, "topic", "yes", *BY)
    ask("label", CAMAT, "topic", "no", "--by", "Tomo", "--reason", "Hanya kepala desa")
    out = ask(command, CAMAT)[1]
    assert "topic: no, decided by Tomo: a person's newest word holds\n" in out
    assert "which a person overruled\n" in out
    assert "(replaced): Beritanya soal kepala desa\n" in out
    assert "(holds): Hanya kepala desa\n" in out


@pytest.mark.parametrize("command", ["label", "show"])
def test_programs_are_told_what_holds_and_who_says_so(ask: Any, command: str) -> None:
    before = json.loads(ask(command, CAMAT, "--json")[1])["topic"]
    assert (before["on_topic"], before["decided_by"], before["label"]) == (True, "machine", None)
    ask("label", CAMAT, "topic", "no", *BY)
    after = json.loads(ask(command, CAMAT, "--json")[1])["topic"]
    assert (after["on_topic"], after["decided_by"]) == (False, "person")
    assert (after["label"]["made_by"], after["machine"]["on_topic"]) == ("Rina Ayu", True)


@pytest.mark.parametrize(
    "arguments",
    [
        (CAMAT, "topic"),
        (CAMAT, "topic", "maybe", *BY),
        (CAMAT, "topic", "no"),
        (CAMAT, "topic", "no", "--by", "Rina"),
        ("tiada", "topic", "no", *BY),
    ],
    ids=["no value", "other value", "nobody", "no reason", "no story"],
)
def test_misuse_of_the_command_is_exit_code_2(ask: Any, arguments: tuple[str, ...]) -> None:
    code, out, err = ask("label", *arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_label_needs_an_archive_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["kliping", "label", CAMAT, "topic", "no", *BY])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert not (tmp_path / "kliping-data").exists()
