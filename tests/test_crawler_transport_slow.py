"""Slow answers: waited for within crawl.timeout, whether bytes still come or not."""

from collections.abc import Iterator

import pytest
from trapped import Trapped, trapped

from archive import schema
from crawler.demo.traps import TRAPS

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trapped]:
    with trapped(tmp_path_factory.mktemp("lambat"), "lambat", nights=1) as played:
        yield played


def test_stories_that_come_in_parts_are_found(slow: Trapped) -> None:
    assert slow.faults() == []
    assert len(slow.rows(schema.story)) == 3


@pytest.mark.parametrize("path", ["/menetes/", "/kepala-menetes/"], ids=["body", "head"])
def test_answer_that_drips_is_given_up_after_a_second_try(slow: Trapped, path: str) -> None:
    ((kind, detail),) = slow.told(path)
    assert (kind, detail) == ("error", "no whole answer came within crawl.timeout")
    assert slow.paths().count(path) == 2


def test_crawl_stays_small_and_names_what_its_trap_promises(slow: Trapped) -> None:
    ((end,),) = slow.ends
    assert end.peak < 300_000_000
    assert set(TRAPS["lambat"].status_kinds) <= {p.kind for p in slow.problems[0]}
