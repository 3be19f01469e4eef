"""`kliping demo`: one command shows the whole job."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(600)  # ten crawls, also on a busy machine

KLIPING = [sys.executable, "-c", "from scheduler.cli import main; main()"]


def kliping(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [*KLIPING, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo ran."""
    folder = tmp_path_factory.mktemp("demo") / "kliping-demo"
    done = kliping("demo", "--directory", folder)
    assert done.returncode == 0, done.stderr
    (folder / "output.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def test_demo_shows_stories_edits_export_and_audit(played: Path) -> None:
    output = (played / "output.txt").read_text(encoding="utf-8")
    for promised in (
        "Night 1",
        "Night 2",
        "Edited in kantamedia: headline",
        "clean:",
        "Look around",
        f"  kliping --config {played}/kliping.toml events",
    ):
        assert promised in output


def test_demos_archive_stays_readable(played: Path) -> None:
    done = kliping("--config", played / "kliping.toml", "status", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    reasons = {one["crawl"]["finish_reason"] for run in found["runs"] for one in run["crawls"]}
    assert reasons == {"finished"}
    assert found["totals"]["versions"] > found["totals"]["stories"] > 0


def test_demo_replaces_an_earlier_demo_only(played: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    done = kliping("demo", "--directory", tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "thesis.txt").exists()
    again = kliping("demo", "--directory", played, "--json")
    assert json.loads(again.stdout)["is_good"] is True
