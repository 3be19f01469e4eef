"""What several test files need and what costs to make."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chosen_database import IS_POSTGRESQL, close_connections, drop_databases_under, start_server
from hypothesis import settings
from sightings import Nights

# tests are not timed: a busy machine would make an example of any seed fail
settings.register_profile("kliping", deadline=None)
settings.load_profile("kliping")


def pytest_configure(config: pytest.Config) -> None:
    """A cursor that an error left behind ends with its connection; psycopg warns of it."""
    if IS_POSTGRESQL:
        ignored = "ignore:.*ServerCursor.*was deleted while still open:ResourceWarning"
        config.addinivalue_line("filterwarnings", ignored)


def pytest_sessionstart() -> None:
    """One server for every process of the tests, when the environment asks for one."""
    if IS_POSTGRESQL:
        start_server()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what SQLite alone can show where another database was chosen.

    Files with a slow test come first, so that no worker begins a long one when the others end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if IS_POSTGRESQL:
        for item in items:
            if item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason="is about SQLite itself"))


@pytest.fixture(autouse=IS_POSTGRESQL)
def _databases_of_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    folder = request.getfixturevalue("tmp_path") if "tmp_path" in request.fixturenames else None
    yield
    close_connections()
    if folder:
        drop_databases_under(folder)


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A fresh archive, ready to record one night after another."""
    made = Nights(tmp_path / "archive")
    yield made
    made.archive.close()
