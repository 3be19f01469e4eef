"""The examples of docs/api.md are run as they stand."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_rows import three_nights
from reading_room import Place, opened

TEXT = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```(bash|python)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for kind, body in EXAMPLES if kind == "bash" for line in body.splitlines()]
PROGRAMS = [body for kind, body in EXAMPLES if kind == "python"]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    with opened(made.config) as place:
        yield place
    made.archive.close()


def test_there_are_examples() -> None:
    assert len(COMMANDS) >= 7
    assert len(PROGRAMS) >= 2


@pytest.mark.parametrize("command", COMMANDS)
def test_command_answers(room: Place, command: str, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("NOT TRIED: curl is missing")
    asked = command.replace("http://127.0.0.1:8890", room.url).replace("curl ", "curl --fail ")
    done = subprocess.run(
        ["bash", "-c", asked], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or (tmp_path / "kliping.csv").stat().st_size > 500


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_runs(room: Place, program: str, tmp_path: Path) -> None:
    told = program.replace("http://127.0.0.1:8890", room.url)
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Camat Diminta Tetap Netral" in done.stdout or "3 stories" in done.stdout
