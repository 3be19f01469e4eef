"""Saved pages read as a crawl would: `kliping replay --html`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PAGES = Path(__file__).parent / "pages"
SAVED = sorted(PAGES.glob("*/*.html"))
KLIPING = [sys.executable, "-c", "from scheduler.cli import main; main()"]


def replay(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [*KLIPING, "replay", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def known(page: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def page() -> Path:
    return next(page for page in SAVED if page.with_suffix(".json").is_file())


def test_saved_page_is_read_by_its_outlets_rules(page: Path, tmp_path: Path) -> None:
    done = replay("--html", page, "--url", known(page)["url"], "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["outlet"] == page.parent.name
    assert told["headline"] == known(page)["headline"]
    assert told["text"]
    assert set(told["topic"]) >= {"on_topic", "score", "evidence"}


def test_people_are_shown_headline_date_and_text(page: Path, tmp_path: Path) -> None:
    done = replay("--html", page, "--url", known(page)["url"], cwd=tmp_path)
    assert known(page)["headline"] in done.stdout
    assert "published: " in done.stdout
    assert "topic, score " in done.stdout


def test_folder_is_read_page_by_page(page: Path, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(page.read_bytes())
    (tmp_path / "b.html").write_bytes(b"")
    index = {"a.html": known(page)["url"], "b.html": {"url": "https://media-uji.example/b"}}
    (tmp_path / "urls.json").write_text(json.dumps(index), encoding="utf-8")
    done = replay("--html", tmp_path, "--json", cwd=tmp_path)
    answers = [told["answer"] for told in json.loads(done.stdout)]
    assert answers == ["article", "error"]
    assert done.returncode == 1, "a page that could not be read is a problem found"


@pytest.mark.parametrize(
    ("files", "arguments", "said"),
    [
        pytest.param({"a.html": "x"}, ["--html", "a.html"], "--url https://", id="no address"),
        pytest.param({"a.html": "x"}, ["--html", "."], "urls.json", id="no urls.json"),
        pytest.param({"urls.json": "{"}, ["--html", "."], "no JSON", id="broken urls.json"),
        pytest.param({"urls.json": "[]"}, ["--html", "."], "object", id="list for urls.json"),
        pytest.param(
            {"urls.json": '{"c.html": "https://a.example/c"}'},
            ["--html", "."], "c.html", id="file that is not there",
        ),
        pytest.param({}, ["--url", "https://media-uji.example/a"], "--html", id="nothing named"),
    ],
)  # fmt: skip
def test_misuse_is_one_line_that_says_what_to_do(
    files: dict[str, str], arguments: list[str], said: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = replay(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
