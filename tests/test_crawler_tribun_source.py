"""The home of a copied story, from a crawl to what `kliping show` says of it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playing import Place
from scorer import score

from crawler.demo import Newsroom, NewsroomConfig

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Newsroom, Path]]:
    """One night of one edition."""
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as room:
        place = Place.make(tmp_path_factory.mktemp("tribun"), room.connect_to)
        end = place.crawl("tribun-makassar")
        assert end["reason"] == "finished", (end, place.problems())
        yield place, room, place.file


def test_the_archive_is_what_the_edition_shows(played: tuple[Place, Newsroom, Path]) -> None:
    place, room, _ = played
    assert score(place.engine, room.truth(), outlets=["tribun-makassar"]).faults() == []


def test_show_names_the_home_of_a_copied_story(played: tuple[Place, Newsroom, Path]) -> None:
    place, room, _ = played
    url = next(
        s.url for s in room.truth() if s.outlet == "tribun-makassar" and s.versions[0].source
    )
    assert "source: TribunPontianak.co.id" in place.kliping("show", url).stdout
    shown = json.loads(place.kliping("show", url, "--json").stdout)
    assert shown["versions"][0]["article"]["source"] == "TribunPontianak.co.id"


def test_show_names_no_home_of_an_own_story(played: tuple[Place, Newsroom, Path]) -> None:
    place, room, _ = played
    url = next(
        s.url
        for s in room.truth()
        if s.outlet == "tribun-makassar" and s.on_topic and not s.versions[0].source
    )
    assert "source:" not in place.kliping("show", url).stdout
