"""What several test files need and what costs to make."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sightings import Nights


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A fresh archive, ready to record one night after another."""
    made = Nights(tmp_path / "archive")
    yield made
    made.archive.close()
