"""Stories and versions as they are read back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from archive_rows import FRONT, NIGHT_1, Newsroom, article, three_nights
from sqlalchemy import insert, select

from archive import database
from archive.errors import NotFound
from archive.events import events
from archive.schema import outlet, reading, reading_text, story_url
from archive.search import Search, search
from archive.status import status
from archive.stories import find_story, stories, walk_stories
from archive.types import Answer, Story
from archive.versions import versions, walk


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    made = three_nights(tmp_path_factory.mktemp("archive"))
    yield made
    made.archive.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Newsroom]:
    made = three_nights(tmp_path)
    yield made
    made.archive.close()


def _story(nights: Newsroom, slug: str) -> Story:
    return find_story(nights.archive.engine, f"{FRONT}/{slug}")


@pytest.mark.parametrize(
    "key",
    [
        "https://media-uji.example/camat",
        "http://www.media-uji.example:80/camat/?utm_source=wa#atas",
        "media-uji.example/camat/",
        " wp:101 ",
    ],
    ids=["address", "twin", "without-scheme", "platform-id"],
)
def test_story_is_found_by_any_of_its_addresses(nights: Newsroom, key: str) -> None:
    assert find_story(nights.archive.engine, key).url == f"{FRONT}/camat"


def test_story_is_found_by_the_start_of_its_id(nights: Newsroom) -> None:
    wanted = _story(nights, "kades")
    found = [find_story(nights.archive.engine, wanted.story_id[:length]) for length in (6, 9, 16)]
    assert found == [wanted] * 3


@pytest.mark.parametrize(
    "key",
    ["", "abc", "zzzzzzzz", "%%%%%%%%", "https://media-uji.example/lain", "http://[", "wp:102"],
    ids=["empty", "short", "unknown", "wildcards", "other-address", "no-url", "other-platform-id"],
)
def test_unknown_key_names_the_next_step(nights: Newsroom, key: str) -> None:
    with pytest.raises(NotFound, match="kliping search"):
        find_story(nights.archive.engine, key)


def test_platform_id_of_two_outlets_is_ambiguous(fresh: Newsroom) -> None:
    with database.writing(fresh.archive.engine) as connection:
        row = connection.execute(select(story_url).where(story_url.c.address == "wp:101")).one()
        other = _story(fresh, "kades").story_id
        values = {"slug": "lain", "url": "https://lain.example", "recorded_at": NIGHT_1}
        connection.execute(insert(outlet).values(values))
        connection.execute(
            insert(story_url).values(dict(row._mapping) | {"outlet": "lain", "story_id": other})
        )
    with pytest.raises(NotFound, match=other):
        find_story(fresh.archive.engine, "wp:101")


def test_story_says_when_it_was_seen_and_when_it_went(nights: Newsroom) -> None:
    kades = _story(nights, "kades")
    assert kades.status == "gone"
    assert kades.gone_at
    assert kades.gone_at.date() == (NIGHT_1 + timedelta(days=2)).date()
    assert kades.last_seen_at
    assert kades.last_seen_at.date() == (NIGHT_1 + timedelta(days=1)).date()


def test_story_carries_platform_id_and_number_of_versions(nights: Newsroom) -> None:
    camat = _story(nights, "camat")
    assert (camat.platform_id, camat.versions, camat.status) == ("wp:101", 2, "live")


def test_stories_are_told_apart_by_status(nights: Newsroom) -> None:
    engine = nights.archive.engine
    gone = [story.url for story in stories(engine, status="gone")]
    live = {story.url for story in stories(engine, outlet="media-uji", status="live")}
    assert gone == [f"{FRONT}/kades"]
    assert live == {f"{FRONT}/camat", f"{FRONT}/lurah"}
    with pytest.raises(NotFound, match="media-uji"):
        list(stories(engine, outlet="lain"))


def test_story_was_live_as_of_the_night_before_it_went(nights: Newsroom) -> None:
    before = NIGHT_1 + timedelta(days=1, hours=12)
    with database.reading(nights.archive.engine) as connection:
        known = {story.url: story.status for story in walk_stories(connection, as_of=before)}
    assert known[f"{FRONT}/kades"] == "live"


def test_nothing_was_known_before_the_first_night(nights: Newsroom) -> None:
    before = NIGHT_1 - timedelta(days=1)
    with database.reading(nights.archive.engine) as connection:
        assert list(walk_stories(connection, as_of=before)) == []
        assert list(walk(connection, as_of=before)) == []


def test_versions_are_in_order_with_what_changed(nights: Newsroom) -> None:
    found = versions(nights.archive.engine, _story(nights, "camat").story_id)
    assert [version.number for version in found] == [1, 2]
    assert found[1].changed == ("headline", "byline", "text")
    assert found[1].article == article("Camat Diminta Tetap Netral", byline="Redaksi")


def test_version_of_a_split_story_has_a_capture_of_each_part(nights: Newsroom) -> None:
    first = versions(nights.archive.engine, _story(nights, "camat").story_id)[0]
    assert [(capture.part, capture.url) for capture in first.captures] == [
        (1, f"{FRONT}/camat"),
        (2, f"{FRONT}/camat/2"),
    ]


@pytest.mark.parametrize(
    ("slug", "kinds"),
    [("kades", ["response", "identical-payload"]), ("lurah", ["response", "not-modified"])],
)
def test_version_was_last_seen_when_an_answer_repeated_it(
    nights: Newsroom, slug: str, kinds: list[str]
) -> None:
    [version] = versions(nights.archive.engine, _story(nights, slug).story_id)
    assert [capture.kind for capture in version.captures] == kinds
    assert version.last_seen_at
    assert version.last_seen_at.date() == (NIGHT_1 + timedelta(days=1)).date()


def test_version_brings_its_topic_decision(nights: Newsroom) -> None:
    [version] = versions(nights.archive.engine, _story(nights, "kades").story_id)
    assert version.topic
    assert version.topic.on_topic
    assert version.topic.evidence[0].text == "netralitas ASN"


def _read_again(nights: Newsroom, slug: str, **changes: object) -> None:
    """Add a reading of the newest version with other values."""
    with database.writing(nights.archive.engine) as connection:
        old = connection.execute(select(reading).order_by(reading.c.reading_id.desc())).mappings()
        row = next(row for row in old if slug in row["headline"].lower())
        values = dict(row) | {"recorded_at": nights.clock()} | changes
        del values["reading_id"]
        made = connection.execute(insert(reading).values(values).returning(reading.c.reading_id))
        connection.execute(
            insert(reading_text).values(reading_id=made.scalar_one(), text="Dibaca ulang.")
        )


def test_newest_reading_is_the_current_one(fresh: Newsroom) -> None:
    before = fresh.clock.now
    _read_again(fresh, "kades", headline="Kades Dilaporkan", extractor="uji/2")
    story_id = _story(fresh, "kades").story_id
    [now] = versions(fresh.archive.engine, story_id)
    [then] = versions(fresh.archive.engine, story_id, as_of=before)
    assert (now.article.headline, now.extractor) == ("Kades Dilaporkan", "uji/2")
    assert (then.article.headline, then.extractor) == ("Kades Dilaporkan ke Bawaslu", "uji/1")


def test_version_that_repeats_the_one_before_is_left_out(fresh: Newsroom) -> None:
    _read_again(fresh, "tetap", repeats_previous=True)
    story = _story(fresh, "camat")
    engine = fresh.archive.engine
    assert [version.number for version in versions(engine, story.story_id)] == [1]
    assert len(versions(engine, story.story_id, with_repeats=True)) == 2
    assert story.versions == 1


def test_more_versions_than_one_batch_keep_their_captures(fresh: Newsroom) -> None:
    fresh.begin(NIGHT_1 + timedelta(days=3))
    for number in range(410):
        fresh.see(f"berita-{number}", article(f"Berita {number}"))
    fresh.close()
    with database.reading(fresh.archive.engine) as connection:
        found = list(walk(connection))
    assert len(found) == 414
    assert all(version.captures for version in found)


@pytest.mark.parametrize(
    ("query", "headlines"),
    [
        ("kades", ["Kades Dilaporkan ke Bawaslu"]),
        ("KADES bawaslu", ["Kades Dilaporkan ke Bawaslu"]),
        ("netral* tetap", ["Camat Diminta Tetap Netral"]),
        ("netra tetap", []),
        ('"diminta netral"', []),
        ('"diminta   tetap"', ["Camat Diminta Tetap Netral"]),
        ("ades", []),
        ("kades lurah", []),
        ("100%_", []),
    ],
    ids=[
        "word",
        "case",
        "start-of-word",
        "whole-words",
        "old-version",
        "phrase",
        "inside",
        "all-words",
        "signs",
    ],
)
def test_search_meets_all_words_of_current_versions(
    nights: Newsroom, query: str, headlines: list[str]
) -> None:
    assert [hit.headline for hit in search(nights.archive.engine, query)] == headlines


def test_search_finds_everything_newest_first_up_to_the_limit(nights: Newsroom) -> None:
    engine = nights.archive.engine
    assert len(search(engine, "pengawas")) == 3
    assert len(search(engine, "pengawas", Search(limit=2))) == 2
    with pytest.raises(NotFound, match="media-uji"):
        search(engine, "pengawas", Search(outlet="lain"))


def test_search_marks_the_words_in_its_snippet(nights: Newsroom) -> None:
    [hit] = search(nights.archive.engine, "kades asn")
    marked = [hit.snippet[start:end] for start, end in hit.marks]
    assert marked == ["Kades", "ASN"]


@pytest.mark.parametrize("query", ["", "  ", '""', "%", "()"])
def test_search_without_a_word_is_refused(nights: Newsroom, query: str) -> None:
    with pytest.raises(NotFound, match="at least one word"):
        search(nights.archive.engine, query)


def test_events_are_newest_first_and_can_be_narrowed(nights: Newsroom) -> None:
    engine = nights.archive.engine
    everything = events(engine)
    assert [event.event_id for event in everything] == sorted(
        (event.event_id for event in everything), reverse=True
    )
    assert [event.url for event in events(engine, kind="edited")] == [f"{FRONT}/camat"]
    assert {event.kind for event in events(engine, since=NIGHT_1 + timedelta(days=2))} == {
        "gone",
        "crawl",
    }
    assert len(events(engine, limit=2)) == 2
    with pytest.raises(NotFound, match="media-uji"):
        events(engine, outlet="lain")


def test_status_tells_of_the_last_nights_and_their_problems(nights: Newsroom) -> None:
    found = status(nights.archive.engine, runs=3)
    assert [night.run.run_id for night in found.runs] == [3, 2, 1]
    [crawl] = found.runs[2].crawls
    assert crawl.crawl.finish_reason == "finished"
    assert [problem.url for problem in crawl.problems] == [f"{FRONT}/dinas"]
    assert (found.totals.stories, found.totals.gone, found.totals.versions) == (3, 1, 4)


def test_status_shows_a_running_crawl_and_an_outlet_on_hold(fresh: Newsroom) -> None:
    fresh.begin(NIGHT_1 + timedelta(days=3))
    until = NIGHT_1 + timedelta(days=9)
    assert fresh.crawl
    fresh.archive.hold(fresh.crawl, until=until, reason="Retry-After")
    found = status(fresh.archive.engine, runs=1)
    assert found.runs[0].crawls[0].crawl.ended_at is None
    assert [(hold.outlet, hold.until) for hold in found.holds] == [("media-uji", until)]


def test_story_that_came_back_is_live_again(fresh: Newsroom) -> None:
    fresh.begin(NIGHT_1 + timedelta(days=3))
    fresh.see("kades", article("Kades Dilaporkan ke Bawaslu"), answer=Answer.ARTICLE)
    fresh.close()
    assert _story(fresh, "kades").status == "live"
    assert status(fresh.archive.engine).totals.gone == 0
