"""The archive as it was known at a moment: every read, against a naive oracle."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from prove_as_of import ask, ask_exports, grow
from sightings import NIGHT_1, Nights, article

from archive.errors import NotFound
from archive.events import events
from archive.images import images
from archive.stories import find_story, stories


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    made = grow(tmp_path_factory.mktemp("archive"), seed=7, nights=12)
    yield made
    made.archive.close()


def test_random_questions_to_the_past_are_answered_as_an_oracle_does(grown: Nights) -> None:
    told = ask(grown, questions=300, seed=7)
    assert told.get("different", 0) == 0
    # the archive holds what the question is about
    for kind in ("edited", "as first seen", "not known yet", "with copies", "with a person's word"):
        assert told[kind] > 0, kind


def test_exports_of_the_past_hold_the_rows_that_were_known_then(grown: Nights) -> None:
    told = ask_exports(grown, moments=3, seed=7)
    assert told.get("different", 0) == 0
    assert told["rows alike"] > 20


def test_story_is_unknown_before_it_was_recorded(nights: Nights) -> None:
    with nights.night(1) as crawl:
        crawl.show("/a", article())
    before = NIGHT_1 - timedelta(hours=1)
    assert list(stories(nights.archive.engine, as_of=before)) == []
    with pytest.raises(NotFound, match="was known on 2024-11-05"):
        find_story(nights.archive.engine, "https://media-uji.example/a", as_of=before)
    assert events(nights.archive.engine, as_of=before) == []
    known = find_story(nights.archive.engine, "https://media-uji.example/a")
    assert images(nights.archive.engine, known.story_id, as_of=before) == []


def test_address_learnt_later_finds_nothing_before(nights: Nights) -> None:
    with nights.night(1) as crawl:
        crawl.show("/a", article())
    between = nights.clock()
    with nights.night(2) as crawl:
        crawl.show("/b", article(), via=("/a",))
    engine = nights.archive.engine
    assert find_story(engine, "https://media-uji.example/b").url.endswith("/a")
    with pytest.raises(NotFound):
        find_story(engine, "https://media-uji.example/b", as_of=between)
