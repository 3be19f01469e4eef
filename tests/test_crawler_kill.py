"""A crawl that is killed loses nothing; the full series is `make prove-kill`."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prove_kill import Series, blind_spots

from crawler.demo import Newsroom, NewsroomConfig

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Series]:
    config = NewsroomConfig(today=datetime.now(UTC).date(), latency=0.02)
    with Newsroom(config) as newsroom:
        yield Series(
            tmp_path_factory.mktemp("kill"),
            newsroom,
            kills=3,
            dice=random.Random(2),
            outlets=("kantamedia",),
            nights=2,
        )


@pytest.fixture(scope="module")
def faults(series: Series) -> list[str]:
    return series.play()


def test_killed_crawls_leave_the_archive_of_undisturbed_ones(faults: list[str]) -> None:
    assert faults == []


def test_every_kill_met_a_living_crawl(series: Series, faults: list[str]) -> None:
    assert series.done == 3


def test_comparison_sees_tampering(series: Series, faults: list[str]) -> None:
    assert blind_spots(series) == []
