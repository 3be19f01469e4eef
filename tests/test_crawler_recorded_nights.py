"""One recorded night of every outlet of the newsroom, replayed without a network."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playing import Place
from record_nights import CRAWL, FOLDER, entries_of, problems_of, told

from crawler.demo import Newsroom, NewsroomConfig

with Newsroom(NewsroomConfig(today=date(2026, 9, 10))) as _room:  # it only names its sites
    SLUGS = [site.outlet.slug for site in _room.sites]
    ENTRIES = {slug: entries_of([slug], _room) for slug in SLUGS}


@pytest.fixture(scope="module", params=SLUGS)
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An outlet, the archive its recording was replayed into, and the end of that crawl."""
    slug = request.param
    place = Place.make(tmp_path_factory.mktemp(slug), {}, outlets=ENTRIES[slug], **CRAWL)
    end = place.crawl(slug, "--from-warc", FOLDER / f"{slug}.warc.gz")
    return slug, place, end


def expected(slug: str) -> Any:
    return json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))


def test_recorded_night_gives_the_stories_that_were_read(replayed: Any) -> None:
    slug, place, end = replayed
    assert (end["reason"], end["failure"]) == ("finished", "")
    found = told(place, slug)
    assert found == expected(slug)["stories"]
    assert found, "a recording in which nothing is found proves nothing"


def test_recorded_night_tells_the_same_problems(replayed: Any) -> None:
    slug, place, _ = replayed
    assert problems_of(place) == expected(slug)["problems"]


def test_every_outlet_of_the_newsroom_has_its_recording() -> None:
    recorded = {path.name.removesuffix(".warc.gz") for path in Path(FOLDER).glob("*.warc.gz")}
    assert recorded == set(SLUGS)
