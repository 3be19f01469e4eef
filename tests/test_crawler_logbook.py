"""What a crawl writes down: looks at what is not kept wait for a batch, all else is written now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive_rows import FRONT, NIGHT_1, OUTLET, article
from sqlalchemy import func, select

from archive.archive import Archive
from archive.config import ArchiveConfig
from archive.database import reading
from archive.schema import seen_url, story
from archive.types import Answer, Page, Seen, Sighting, TopicDecision
from crawler.logbook import Logbook

OFF = TopicDecision(on_topic=False, score=0.1, topic="uji/1/0")
ON = TopicDecision(on_topic=True, score=0.9, topic="uji/1/0")


@pytest.fixture
def logbook(tmp_path: Path) -> Iterator[Logbook]:
    config = ArchiveConfig(directory=tmp_path)
    Archive.create(config)
    made = Logbook(Archive(config, clock=lambda: datetime.now(UTC)), OUTLET, run_id=None)
    yield made
    made.close(reason="finished", complete=True)


def sighting(slug: str, *, topic: TopicDecision = OFF, **changes: object) -> Sighting:
    url = f"{FRONT}/{slug}"
    page = Page(url=url, status=200, body=b"<p>Berita</p>", fetched_at=NIGHT_1)
    values: dict[str, object] = {
        "outlet": OUTLET.slug,
        "url": url,
        "answer": Answer.ARTICLE,
        "pages": (page,),
        "parts": (url,),
        "article": article(f"Berita {slug}"),
        "extractor": "uji/1",
        "topic": topic,
    }
    return Sighting(**(values | changes))  # type: ignore[arg-type]


def rows(logbook: Logbook, table: object) -> int:
    with reading(logbook.archive.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_off_topic_looks_wait_for_their_batch(logbook: Logbook) -> None:
    outcome = logbook.record(sighting("harga-cabai"), next_visit_at=None)
    before = rows(logbook, seen_url)
    logbook.flush()
    assert (outcome.kind, before, rows(logbook, seen_url)) == ("off-topic", 0, 1)


def test_a_batch_is_written_when_it_is_full(logbook: Logbook) -> None:
    for number in range(50):
        logbook.record(sighting(f"harga-{number}"), next_visit_at=None)
    assert rows(logbook, seen_url) == 50


def test_one_look_counts_once_whatever_its_addresses(logbook: Logbook) -> None:
    page = logbook.record(sighting("harga-cabai", platform_id="wp:7"), next_visit_at=None)
    seen = [
        Seen(outlet=OUTLET.slug, url=url, decision="off-topic", seen_at=NIGHT_1)
        for url in (f"{FRONT}/pasar", "wp:8")
    ]
    logbook.seen(*seen)
    assert page.kind == "off-topic"
    assert logbook.counts == {"off-topic": 2, "looked_at": 2}


def test_stories_on_topic_are_written_at_once(logbook: Logbook) -> None:
    assert logbook.record(sighting("camat", topic=ON), next_visit_at=None).kind == "new"
    assert rows(logbook, story) == 1


def test_a_page_asked_for_by_a_person_is_kept_whatever_its_topic(logbook: Logbook) -> None:
    assert logbook.record(sighting("harga-cabai", keep=True), next_visit_at=None).kind == "new"


MARKET = "Bupati membuka pasar murah di alun-alun kota.\n\nWarga mengantre sejak pagi."


@pytest.mark.parametrize(
    ("slug", "headline", "changes"),
    [
        pytest.param("camat", "Pasar Murah Dibuka", {}, id="at its address"),
        pytest.param(
            "camat-2", "Berita camat", {"canonical": f"{FRONT}/camat"}, id="by its canonical"
        ),
        pytest.param(
            "camat-3", "Pasar Murah Dibuka", {"platform_id": "wp:9"}, id="by its platform id"
        ),
    ],
)
def test_a_story_of_this_crawl_that_turns_off_topic_stays_followed(
    logbook: Logbook, slug: str, headline: str, changes: dict[str, str]
) -> None:
    logbook.record(sighting("camat", topic=ON, platform_id="wp:9"), next_visit_at=None)
    other = article(headline, text=MARKET)
    outcome = logbook.record(sighting(slug, article=other, **changes), next_visit_at=None)
    assert outcome.kind in {"edited", "suspect"}
    assert (rows(logbook, story), rows(logbook, seen_url)) == (1, 0)


def test_another_work_off_topic_that_calls_itself_a_story_leaves_it_alone(
    logbook: Logbook,
) -> None:
    logbook.record(sighting("camat", topic=ON), next_visit_at=None)
    other = article("Pasar Murah Dibuka", text=MARKET)
    page = sighting("pasar", article=other, canonical=f"{FRONT}/camat")
    assert logbook.record(page, next_visit_at=None).kind == "off-topic"
    assert _seen(logbook) == [f"{FRONT}/pasar"]


def test_a_page_off_topic_says_nothing_of_the_address_that_it_declares(logbook: Logbook) -> None:
    logbook.record(sighting("1", canonical=f"{FRONT}/2"), next_visit_at=None)
    logbook.flush()
    assert _seen(logbook) == [f"{FRONT}/1"]


def _seen(logbook: Logbook) -> list[str]:
    with reading(logbook.archive.engine) as connection:
        return list(connection.scalars(select(seen_url.c.url)))


def test_unchanged_story_counts_as_on_topic_though_its_answer_shows_nothing(
    logbook: Logbook,
) -> None:
    logbook.record(sighting("camat", topic=ON), next_visit_at=None)
    again = sighting("camat")
    unread = replace(again, answer=Answer.NOT_MODIFIED, article=None, topic=None)
    outcome = logbook.record(unread, next_visit_at=None)
    assert (outcome.kind, logbook.counts["on_topic"]) == ("not-modified", 2)
