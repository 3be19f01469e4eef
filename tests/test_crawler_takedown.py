"""A story that was taken down is not asked for by any later crawl, and not kept again."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playing import Place

from archive.archive import Archive
from archive.audit import audit
from archive.types import Story
from crawler.demo import Newsroom, NewsroomConfig

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Taken:
    """An outlet's second crawl, all of its stories asked for again but the one taken down."""

    place: Place
    story: Story
    asked: tuple[str, ...]
    saved: str
    """What `kliping save` says of its address."""


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    today = datetime.datetime.now(datetime.UTC).date()
    with Newsroom(NewsroomConfig(today=today)) as room:
        place = Place.make(tmp_path_factory.mktemp("dicabut"), room.connect_to)
        assert place.crawl("kantamedia")["reason"] == "finished"
        with Archive.open(place.settings.archive) as archive:
            story = next(one for one in archive.stories() if one.status == "live")
            archive.take_down(story.story_id, reason="Putusan Dewan Pers 12/2026")
        room.reset_log()
        room.night = 3
        assert place.crawl("kantamedia", "--revisit", "all")["reason"] == "finished"
        saved = place.kliping("save", story.url, "--json")
        yield Taken(place, story, tuple(asked.path for asked in room.requests), saved.stdout)


def test_it_is_not_asked_for_again(taken: Taken) -> None:
    path = urlsplit(taken.story.url).path
    assert [target for target in taken.asked if target.startswith(path)] == []
    assert len(taken.asked) > 5


def test_others_are_asked_for_and_the_archive_is_sound(taken: Taken) -> None:
    with Archive.open(taken.place.settings.archive) as archive:
        ids = {story.story_id for story in archive.stories()}
        report = audit(archive.engine, archive.warc_directory)
    assert taken.story.story_id not in ids
    assert len(ids) > 2
    assert report.findings == ()


def test_who_asks_for_it_is_told_why_it_is_not_archived(taken: Taken) -> None:
    assert taken.story.url in taken.saved
    assert [row["kind"] for row in taken.place.problems() if row["url"] == taken.story.url] == [
        "taken-down"
    ]
