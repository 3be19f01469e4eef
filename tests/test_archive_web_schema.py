"""schemathesis tries the API by its own description: no answer may differ from what it says."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_rows import FRONT, Newsroom, three_nights
from reading_room import Place, opened

from archive.stories import find_story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EXAMPLES = int(os.environ.get("KLIPING_EXAMPLES", "5"))
"""Tries of each operation; `make test-web` asks for more."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("arsip"))
    yield made
    made.archive.close()


@pytest.fixture(scope="module")
def room(held: Newsroom) -> Iterator[Place]:
    with opened(held.config) as place:
        yield place


def test_api_does_what_its_description_says(room: Place, held: Newsroom, tmp_path: Path) -> None:
    key = find_story(held.archive.engine, f"{FRONT}/camat").story_id
    config = tmp_path / "schemathesis.toml"
    # what is there, so that not every answer is 404
    config.write_text(
        f'parameters."path.key" = "{key}"\nparameters."path.number" = 2\n'
        'parameters."path.before" = 1\nparameters."path.after" = 2\n'
        f'parameters."path.capture_id" = 1\nparameters."query.url" = "{FRONT}/camat"\n'
        # no schema can say which words are a query: quotation marks and parentheses have to close
        + "".join(
            f'[[operations]]\ninclude-name = "GET /api/v1/{name}"\n'
            'checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "404"]\n'
            for name in ("search", "export")
        )
    )
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config)),
            *("run", f"{room.url}/api/v1/openapi.json", "--no-color", "--seed", "1"),
            *("--max-examples", str(EXAMPLES), "--suppress-health-check", "all"),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    told = "\n".join(line[:300] for line in done.stdout.splitlines())
    assert done.returncode == 0, told[-6000:] + done.stderr[-2000:]
    assert re.search(r"Tested: (\d+)", told), told[-2000:]
    assert "No issues found" in told or "passed" in told, told[-2000:]
