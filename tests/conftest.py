"""What several test files need and what costs to make."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sightings import Nights

# tests are not timed: a busy machine would make an example of any seed fail
settings.register_profile("kliping", deadline=None)
settings.load_profile("kliping")


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A fresh archive, ready to record one night after another."""
    made = Nights(tmp_path / "archive")
    yield made
    made.archive.close()
