"""The same bytes are read alike: twice, in any order, in any process, in any place."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from same_reading_child import Asked, digest_of, pages_of, way_of

from archive.config import CrawlConfig
from crawler.readers import Readers, ReadJob

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HERE = Path(__file__).parent
SHARED = Path(os.environ.get("KLIPING_SHARED", HERE.parent.parent / "shared"))
BENCHMARK = SHARED / "benchmarks" / "article-extraction-benchmark" / "html"

ELSEWHERE = {
    "in another order, zone and locale": (
        "reversed", {"PYTHONHASHSEED": "0", "TZ": "America/Los_Angeles", "LC_ALL": "C"},
    ),
    "twice, with another hash seed": (
        "twice", {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LANG": "tr_TR.UTF-8"},
    ),
}  # fmt: skip


def manifest() -> dict[str, Asked]:
    """Every saved page, as its outlet's and as nobody's, and those of others where they are."""
    asked: dict[str, Asked] = {}
    for first in sorted((HERE / "pages").glob("*/*.html")):
        if first.suffixes[:-1]:
            continue  # a later part
        files = [str(first), *map(str, sorted(first.parent.glob(f"{first.stem}.[0-9].html")))]
        slug = first.parent.name
        for outlet, thorough in ((slug, False), ("", False), ("", True)):
            name = f"{slug}/{first.stem} as {outlet or 'nobody'}{' thorough' * thorough}"
            asked[name] = {"files": files, "outlet": outlet, "thorough": thorough}
    others = [*sorted(BENCHMARK.glob("*.html.gz")), *sorted((SHARED / "pages").glob("*.html"))]
    for number, file in enumerate(others):
        thorough = bool(number % 2)
        asked[file.name] = {"files": [str(file)], "outlet": "", "thorough": thorough}
    return asked


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("same") / "manifest.json"
    file.write_text(json.dumps(manifest()), encoding="utf-8")
    return file


def read_in_a_child(listed: Path, order: str, more: dict[str, str]) -> dict[str, set[str]]:
    """Name of each page -> the digests of its readings."""
    child = subprocess.run(
        [sys.executable, str(HERE / "same_reading_child.py"), str(listed), order],
        env=os.environ | {"PYTHONPATH": str(HERE.parent)} | more,
        capture_output=True,
        check=True,
        text=True,
        timeout=500,
    )
    found: dict[str, set[str]] = {}
    for line in child.stdout.splitlines():
        name, digest = json.loads(line)
        found.setdefault(name, set()).add(digest)
    return found


@pytest.fixture(scope="module")
def here(listed: Path) -> dict[str, set[str]]:
    return read_in_a_child(listed, "as-is", {})


def test_every_saved_page_is_compared(here: dict[str, set[str]]) -> None:
    assert len(here) > 3 * len(list((HERE / "pages").iterdir()))
    assert here.keys() == manifest().keys()


@pytest.mark.parametrize(("order", "more"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_reading_is_the_same_elsewhere(
    here: dict[str, set[str]], listed: Path, order: str, more: dict[str, str]
) -> None:
    there = read_in_a_child(listed, order, more)
    assert {name for name in here if there[name] != here[name]} == set()


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    pool = Readers(CrawlConfig(readers=2))
    yield pool
    pool.close()


def test_reading_is_the_same_in_the_workers(here: dict[str, set[str]], readers: Readers) -> None:
    async def all_at_once() -> dict[str, set[str]]:
        asked = manifest()
        results = await asyncio.gather(*(readers.read(_job(one)) for one in asked.values()))
        return {
            name: {digest_of(result.reading, result.topic)}
            for name, result in zip(asked, results, strict=True)
            if result.reading
        }

    there = asyncio.run(all_at_once())
    assert len(there) > len(here) // 2
    assert {name for name in there if there[name] != here[name]} == set()


def _job(asked: Asked) -> ReadJob:
    outlet, rules = way_of(asked)
    return ReadJob(
        outlet=outlet,
        rules=rules,
        pages=pages_of(asked),
        topic=None,
        limit=CrawlConfig().page_limit,
        thorough=asked["thorough"],
    )
