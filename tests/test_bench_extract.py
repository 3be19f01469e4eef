"""The reading benchmark: what it counts, when it says that a goal is missed, its quick form."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import extract_tools
import pytest
from extract_fields import right
from extract_goals import GOALS, MISSED_BECAUSE, Goal, verdicts
from extract_lines import Lines, compared
from extract_metric import gain, page_score, score
from extract_pages import Item, benchmark_items, saved_items, thinned
from extract_run import Run
from extract_table import tables, write_into
from extract_tools import KNOWN, OURS, PLAIN, PRECISE, Child, Tool, ToolDied, installed
from hypothesis import given
from hypothesis import strategies as st

BENCH = Path(__file__).parent / "bench"
TEXT = "Bawaslu memeriksa dua camat.\n\nKetua Bawaslu, Sri Ayu, membenarkan. “Benar,” katanya."
ITEM = Item(
    name="uji/satu",
    pages=(("satu.html", "https://media-uji.example/satu/"),),
    zone="Asia/Makassar",
    text=TEXT,
    headline="Dua Camat Diperiksa",
    byline="Sri Ayu dan Rudi",
    published_at=datetime(2024, 9, 12, 1, 30, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("truth", "found", "expected"),
    [
        pytest.param("a b c d e", "a b c d e", (1.0, 1.0), id="the-same"),
        pytest.param("a b c d e", "a, b c d: e!", (1.0, 1.0), id="marks-do-not-count"),
        pytest.param("a b c d e", "a b c d e f g", (0.5, 1.0), id="too-much"),
        pytest.param("a b c d e", "a b c d", (1.0, 0.5), id="too-little"),
        pytest.param("a b c d", "a b c d a b c d", (0.2, 1.0), id="twice"),
        pytest.param("a b", "a b", (1.0, 1.0), id="shorter-than-a-shingle"),
        pytest.param("a b c d", "", (0.0, 0.0), id="nothing-found"),
        pytest.param("", "a b c d", (0.0, 0.0), id="nothing-there"),
        pytest.param("", "", (1.0, 1.0), id="nothing-there-and-nothing-found"),
    ],
)
def test_page_is_scored_by_its_shingles(
    truth: str, found: str, expected: tuple[float, float]
) -> None:
    assert page_score(truth, found) == expected


@given(st.text(), st.text())
def test_precision_of_one_way_is_recall_of_the_other(one: str, other: str) -> None:
    precision, recall = page_score(one, other)
    assert page_score(other, one) == (recall, precision)
    assert 0 <= precision <= 1


def test_f1_is_of_the_averages_and_lies_in_its_interval() -> None:
    pages = [(1.0, 1.0), (0.5, 1.0), (0.0, 0.4)]
    found = score(pages)
    assert (found.precision, found.recall) == pytest.approx((0.5, 0.8))
    assert found.f1.value == pytest.approx(2 * 0.5 * 0.8 / 1.3)
    assert found.f1.low < found.f1.value < found.f1.high


def test_gain_over_itself_is_nothing() -> None:
    pages = [(1.0, 0.9), (0.5, 1.0), (0.2, 0.4)]
    found = gain(pages, pages)
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_gain_on_every_page_is_above_nothing_beyond_its_interval() -> None:
    over = [(0.8, 0.9), (0.5, 0.9), (0.7, 0.7)] * 5
    assert gain([(p + 0.05, r + 0.05) for p, r in over], over).low > 0


@pytest.mark.parametrize(
    ("text", "leaked", "lost"),
    [
        pytest.param(TEXT, (), (), id="the-story"),
        pytest.param(TEXT.replace("\n\n", " "), (), (), id="other-line-breaks"),
        pytest.param(f"Dua Camat Diperiksa\n{TEXT}", (), (), id="headline-on-top"),
        pytest.param(f"- {TEXT}", (), (), id="mark-of-a-list"),
        pytest.param(f"{TEXT}\nBaca juga: Lain", ("Baca juga: Lain",), (), id="widget"),
        pytest.param(
            TEXT.replace("Bawaslu memeriksa dua camat.", ""),
            (),
            ("Bawaslu memeriksa dua camat.",),
            id="sentence-gone",
        ),
    ],
)
def test_what_leaked_and_what_is_lost_is_named(
    text: str, leaked: tuple[str, ...], lost: tuple[str, ...]
) -> None:
    assert compared(ITEM, text) == Lines(leaked, lost)


def test_lines_of_a_page_that_is_not_ours_are_known_by_digests() -> None:
    digests = tuple(sha256(line).hexdigest()[:16] for line in (b"1. satu", b"dua"))
    item = replace(ITEM, text=None, digests=digests)
    assert compared(item, "1. satu\n- dua\nBaca juga") == Lines(("Baca juga",), ())
    assert compared(item, "1. satu") == Lines((), (digests[1],))


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        pytest.param({"published": "2024-09-12T08:30:40+07:00"}, set(), id="right"),
        pytest.param({"published": "2024-09-12T09:30:00"}, set(), id="no-zone-is-the-outlet's"),
        pytest.param({"published": "2024-09-12"}, {"minute"}, id="only-the-day"),
        pytest.param({"published": ""}, {"day", "minute"}, id="no-time"),
        pytest.param({"published": "kemarin"}, {"day", "minute"}, id="no-time-at-all"),
        pytest.param({"title": "Dua Camat Diperiksa - Uji"}, {"title"}, id="title-with-masthead"),
        pytest.param({"authors": ["Rudi", "sri  ayu"]}, set(), id="authors-in-any-order"),
        pytest.param({"authors": ["Rudi"]}, {"author"}, id="one-author-missing"),
        pytest.param({"authors": ["Rudi", "Sri Ayu", "Admin"]}, {"author"}, id="one-too-many"),
    ],
)
def test_fields_are_judged_by_what_an_editor_read(found: dict[str, Any], wrong: set[str]) -> None:
    good = {
        "title": "Dua Camat  Diperiksa",
        "authors": ["Sri Ayu", "Rudi"],
        "published": "2024-09-12T01:30:00+00:00",
    }
    verdict = right(ITEM, good | found)
    assert {field for field, is_right in verdict.items() if not is_right} == wrong


def _sets(**figures: float) -> dict[str, dict[str, Any]]:
    interval = {"value": figures["f1"], "low": figures["f1"], "high": figures["f1"]}
    tool = {"f1": interval, "gain": interval, "ratio": figures["ratio"], "leaked": [], "lost": []}
    named = {"tools": {name.name: tool for name in (OURS, PRECISE, KNOWN)}}
    away = {"ratio": figures["ratio"]}
    return {
        "benchmark": named, "saved": named, "genuine": named, "away-benchmark": away,
        "away-demo": away, "genuine-ruled": away,
    }  # fmt: skip


def test_goals_that_are_reached_are_met() -> None:
    found = verdicts(_sets(f1=0.97, ratio=50), timed=True)
    assert {one.verdict for one in found} == {"met"}


def test_goal_missed_without_a_reason_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extract_goals.MISSED_BECAUSE", {"away-demo": "it parses first"})
    found = {one.goal.key: one for one in verdicts(_sets(f1=0.97, ratio=49), timed=True)}
    assert found["away-english"].is_failure
    assert found["away-demo"].verdict == "missed"
    assert not found["away-demo"].is_failure
    assert "missed by 1.0: it parses first" in tables({}, list(found.values()))


def test_speed_is_not_judged_by_one_round() -> None:
    found = verdicts(_sets(f1=0.97, ratio=0.1), timed=False)
    assert {one.goal.is_timed for one in found if one.verdict == "met"} == {False}
    assert {one.verdict for one in found if one.goal.is_timed} == {"not judged: quick form"}


def test_goal_whose_pages_are_absent_is_neither_met_nor_missed() -> None:
    assert {one.verdict for one in verdicts({}, timed=True)} == {"not measured: pages absent"}


def test_tables_are_put_between_their_marks(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("a\n<!-- make bench-extract -->\nold\n<!-- end -->\nb\n", encoding="utf-8")
    write_into(file, "new")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines == ["a", "<!-- make bench-extract -->", "new", "<!-- end -->", "b"]


def test_file_without_marks_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "README.md"
    file.write_text("a\n<!-- make bench-extract -->\nold\n", encoding="utf-8")
    with pytest.raises(ValueError, match="has no"):
        write_into(file, "new")
    assert file.read_text(encoding="utf-8").endswith("old\n")


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.key)
def test_readme_says_what_became_of_each_goal(goal: Goal) -> None:
    readme = (BENCH.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"\n| {goal.says} | " in readme


def test_gain_of_nothing_is_no_gain() -> None:
    goal = next(goal for goal in GOALS if goal.key == "best-gain")
    assert (goal.is_met(0.0), goal.is_met(0.0001)) == (False, True)


def test_reasons_are_given_for_goals_that_exist() -> None:
    assert set(MISSED_BECAUSE) <= {goal.key for goal in GOALS}


def test_ratio_is_the_median_of_the_rounds() -> None:
    run = Run([ITEM, ITEM], {}, {"a": [[1, 1], [1, 1], [9, 9]], "b": [[2, 2], [3, 1], [2, 2]]})
    assert (run.ratio("a", "b"), run.seconds("a"), run.ratio("a", "b", only=[0])) == (2, 2, 2)


def test_saved_stories_have_every_part() -> None:
    items = {item.name: item for item in saved_items()}
    split = items["tribun-pontianak/2026-07-24-dua-pegawai-samsat"]
    assert [Path(file).name.split(".")[1] for file, _ in split.pages] == ["html", "2"]
    assert split.pages[1][1].endswith("?page=2")


def test_benchmark_is_read_from_its_folder(tmp_path: Path) -> None:
    place = tmp_path / "article-extraction-benchmark"
    place.mkdir()
    truth = {f"{n:064d}": {"articleBody": "isi", "url": "https://a.example/"} for n in range(9)}
    (place / "ground-truth.json").write_text(json.dumps(truth), encoding="utf-8")
    items = benchmark_items(tmp_path)
    assert [item.text for item in items] == ["isi"] * 9
    assert len(thinned(items, 4)) == 4


def test_tool_that_cannot_be_installed_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_tools, "_HOMES", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    tool = Tool(name="kosong", mode="kosong", packages=("resiliparse",))
    assert installed(tool).startswith("could not be installed: ERROR: ")


def test_tool_that_dies_is_named(tmp_path: Path) -> None:
    with (
        Child([sys.executable, "-c", "raise SystemExit('mati')"], log=tmp_path / "log") as child,
        pytest.raises(ToolDied, match="died: mati"),
    ):
        child.ask({"pages": []})


def test_page_on_which_a_tool_fails_is_an_answer(tmp_path: Path) -> None:
    with Child(PLAIN.command, log=tmp_path / "log") as child:
        found = child.ask({"pages": [[str(tmp_path / "none.html"), "https://a.example/"]]})
    assert found["error"].startswith("FileNotFoundError")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_quick_form_reads_our_saved_pages_without_leak_or_loss() -> None:
    asked = ("--quick", "--json", "--only", "saved", "--only", "away-demo")
    ran = subprocess.run(
        [sys.executable, BENCH / "extract.py", *asked],
        capture_output=True,
        text=True,
        env=os.environ | {"BENCHMARKS": "/nonexistent"},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    goals = {goal["goal"]: goal["verdict"] for goal in found["goals"]}
    assert (goals["leaked"], goals["lost"]) == ("met", "met")
    assert goals["generic-f1"] == "not measured: pages absent"
    tools = found["sets"]["saved"]["tools"]
    assert {KNOWN.name, OURS.name, PLAIN.name} <= set(tools)
    known = tools[KNOWN.name]
    assert known["f1"]["low"] <= known["f1"]["value"] <= known["f1"]["high"]
    assert (known["title"], known["author"], known["day"], known["minute"]) == (1, 1, 1, 1)
    assert known["peak"] > 1_000_000
    away = found["sets"]["away-demo"]
    assert away["turned_away"] > away["pages"] * 0.9
    assert any(line.startswith("benchmark:") for line in found["skipped"])
    assert any(line.startswith("resiliparse:") for line in found["skipped"])
