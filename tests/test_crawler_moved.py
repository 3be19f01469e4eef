"""A story that moved is still one story, also where its pages show no id."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playing import Place

from archive.stories import stories
from archive.versions import versions
from crawler.demo import Newsroom, NewsroomConfig

SLUG = "tribun-pontianak"
MOVED = "panwascam-catat-lima-pegawai-kecamatan-di-lapangan-kampanye"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Newsroom(NewsroomConfig(today=datetime.now(UTC).date())) as room:
        found = Place.make(tmp_path_factory.mktemp("pindah"), room.connect_to, images=False)
        found.crawl(SLUG)
        room.night = 2
        found.crawl(SLUG)
        yield found


def test_new_slug_with_a_new_headline_is_a_version_and_no_second_story(place: Place) -> None:
    held = {
        story.story_id: [v.article.headline for v in versions(place.engine, story.story_id)]
        for story in stories(place.engine, outlet=SLUG)
    }
    moved = [lines for lines in held.values() if any("Panwascam Catat" in line for line in lines)]
    assert moved == [
        [
            "Panwascam Catat Pegawai Kecamatan di Lapangan Kampanye",
            "Panwascam Catat Lima Pegawai Kecamatan di Lapangan Kampanye",
        ]
    ]
