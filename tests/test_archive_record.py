"""What is written of each look: versions, captures, revisits, what is only remembered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sightings import NIGHT_1, OFF_TOPIC, OUTLET, TEXT, Nights, address, article, page, shown
from sqlalchemy import func, select

from archive.errors import ArchiveError
from archive.schema import capture, event, seen_url, story, story_url, version, version_capture
from archive.schema import outlet as outlet_table
from archive.schema import reading as reading_table
from archive.stories import stories
from archive.types import Answer
from archive.versions import versions

CORRECTED = TEXT.replace("pekan depan", "besok pagi")


def _versions(nights: Nights) -> list[tuple[int, tuple[str, ...], int]]:
    """Number, changed fields and count of captures of every version."""
    [found] = stories(nights.archive.engine)
    held = versions(nights.archive.engine, found.story_id)
    return [(one.number, one.changed, len(one.captures)) for one in held]


def _events(nights: Nights) -> list[str]:
    kinds = select(event.c.kind).where(event.c.kind != "crawl").order_by(event.c.event_id)
    return [row.kind for row in nights.rows(kinds)]


def _count(nights: Nights, table: object) -> int:
    return int(nights.rows(select(func.count()).select_from(table))[0][0])  # type: ignore[arg-type]


# -- versions ----------------------------------------------------------------------------------


def test_new_story_gets_version_1(nights: Nights) -> None:
    with nights.night() as night:
        outcome = night.show("/camat", article())
    assert (outcome.kind, outcome.version) == ("new", 1)
    assert _versions(nights) == [(1, (), 1)]
    assert _events(nights) == ["new"]


def test_unchanged_story_gets_no_version_but_a_capture(nights: Nights) -> None:
    for number in (1, 2):
        with nights.night(number) as night:
            outcome = night.show("/camat", article(), body=b"dibaca %d kali" % number)
    assert (outcome.kind, outcome.version) == ("unchanged", 1)
    assert _versions(nights) == [(1, (), 2)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("headline", "Camat Diminta Tetap Netral"),
        ("byline", "Budi Santoso"),
        ("editor", "Ratna Dewi"),
        ("dateline", "Palangka Raya"),
        ("published_text", "Rabu, 6 November 2024 08:00 WITA"),
        ("text", CORRECTED),
    ],
)
def test_edit_of_each_compared_field_is_a_version(nights: Nights, name: str, value: str) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        outcome = night.show("/camat", article(**{name: value}))  # type: ignore[arg-type]
    assert (outcome.kind, outcome.version, outcome.changed) == ("edited", 2, (name,))
    assert _versions(nights) == [(1, (), 1), (2, (name,), 1)]
    assert _events(nights) == ["new", "edited"]


def test_typography_makes_no_version(nights: Nights) -> None:
    plain, printed = 'Ia berkata "siap" - Jum\'at.', "Ia berkata\u00a0“siap” –  Jum’at."
    with nights.night(1) as night:
        night.show("/camat", article(plain))
    with nights.night(2) as night:
        assert night.show("/camat", article(printed)).kind == "unchanged"


def test_text_that_returns_is_a_third_version(nights: Nights) -> None:
    for number, text in enumerate((TEXT, CORRECTED, TEXT), start=1):
        with nights.night(number) as night:
            night.show("/camat", article(text))
    assert [number for number, _, _ in _versions(nights)] == [1, 2, 3]
    hashes = [row.content_hash for row in nights.rows(select(reading_table))]
    assert hashes[0] == hashes[2] != hashes[1]


def test_parts_of_split_story_are_captures_of_its_version_in_order(nights: Nights) -> None:
    parts = ("/camat", "/camat/2", "/camat/3")
    with nights.night() as night:
        pages = tuple(page(part, at=nights.clock(), body=part.encode()) for part in parts)
        night.show("/camat", article(), pages=pages, parts=tuple(map(address, parts)))
    [found] = stories(nights.archive.engine)
    assert nights.archive.part_urls(found.story_id) == [*map(address, parts)]
    rows = nights.rows(select(version_capture.c.part).order_by(version_capture.c.capture_id))
    assert [row.part for row in rows] == [1, 2, 3]


def test_part_that_leads_back_to_the_first_is_one_part(nights: Nights) -> None:
    # WordPress redirects /slug/5/ to /slug/ when there is no fifth page
    with nights.night() as night:
        steps = (("/camat", 200), ("/camat/2", 301), ("/camat", 200))
        pages = tuple(page(path, at=nights.clock(), status=status) for path, status in steps)
        outcome = night.show("/camat", article(), pages=pages, parts=(address("/camat"),) * 2)
    assert outcome.kind == "new"
    assert _versions(nights) == [(1, (), 1)]


def test_paging_that_changes_without_the_text_leaves_the_last_parts(nights: Nights) -> None:
    split = ("/camat", "/camat/2")
    with nights.night(1) as night:
        pages = tuple(page(part, at=nights.clock(), body=part.encode()) for part in split)
        night.show("/camat", article(), pages=pages, parts=tuple(map(address, split)))
    with nights.night(2) as night:
        night.show("/camat", article())
    [found] = stories(nights.archive.engine)
    assert nights.archive.part_urls(found.story_id) == [address("/camat")]


def test_look_that_names_no_part_is_proved_by_its_last_page(nights: Nights) -> None:
    with nights.night() as night:
        assert night.show("/camat", article(), parts=()).kind == "new"
    assert _versions(nights) == [(1, (), 1)]


def test_characters_no_database_holds_are_dropped(nights: Nights) -> None:
    broken = {"headline": "Camat\x00 Netral\ud83d", "byline": "\udcff", "tags": ("pilkada\ud83d",)}
    with nights.night(1) as night:
        night.show("/camat", article(TEXT + "\ud800", **broken), signal="\ud83d2024")  # type: ignore[arg-type]
    with nights.night(2) as night:
        again = night.show("/camat", article(TEXT, headline="Camat Netral", byline=""))
    assert again.kind == "unchanged"
    [found] = stories(nights.archive.engine)
    [held] = versions(nights.archive.engine, found.story_id)
    assert (held.article.headline, held.article.tags) == ("Camat Netral", ("pilkada",))


# -- captures and revisits -----------------------------------------------------------------------


def _captures(nights: Nights) -> list[tuple[str, str, int | None]]:
    query = select(capture).order_by(capture.c.capture_id)
    return [(row.kind, row.answer, row.refers_to) for row in nights.rows(query)]


def test_same_bytes_are_a_revisit_of_the_first_capture(nights: Nights) -> None:
    for number in (1, 2, 3):
        with nights.night(number) as night:
            night.show("/camat", article(), body=b"sama")
    revisit = ("identical-payload", "article", 1)
    assert _captures(nights) == [("response", "article", None), revisit, revisit]


def test_304_is_a_revisit_and_shows_the_story(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        outcome = night.answer("/camat", 304)
    assert (outcome.kind, outcome.version) == ("not-modified", 1)
    assert _captures(nights)[1] == ("not-modified", "not-modified", 1)
    assert _versions(nights) == [(1, (), 2)]


def test_304_refers_to_the_page_whose_validators_were_sent(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), body=b"berita")
    with nights.night(2) as night:
        challenge = page("/camat", at=nights.clock(), body=b"Anda manusia?")
        night.answer("/camat", 403, pages=(challenge,))
    with nights.night(3) as night:
        night.answer("/camat", 304)
    assert _captures(nights)[-1] == ("not-modified", "not-modified", 1)


def test_304_after_a_revisit_refers_to_the_body(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), body=b"berita")
    with nights.night(2) as night:
        night.show("/camat", article(), body=b"berita")
    with nights.night(3) as night:
        night.answer("/camat", 304)
    assert [refers for _, _, refers in _captures(nights)] == [None, 1, 1]


def test_version_seen_in_a_revisit_brings_the_original_body(nights: Nights) -> None:
    # the same bytes, read otherwise: the version's only capture is a revisit
    with nights.night(1) as night:
        night.show("/camat", article(), body=b"<p>berita</p>")
    with nights.night(2) as night:
        night.show("/camat", article(CORRECTED), body=b"<p>berita</p>")
    second = nights.rows(select(version).where(version.c.number == 2))[0]
    [found] = nights.archive.version_pages(second.version_id)
    assert (found.body, found.url) == (b"<p>berita</p>", address("/camat"))


def test_cut_capture_is_never_referred_to(nights: Nights) -> None:
    with nights.night(1) as night:
        cut = page("/camat", at=nights.clock(), body=b"sama", truncated="length")
        night.show("/camat", article(), pages=(cut,))
    with nights.night(2) as night:
        night.show("/camat", article(), body=b"sama")
    assert [kind for kind, _, _ in _captures(nights)] == ["response", "response"]


def test_failed_exchange_on_the_way_is_no_good_answer(nights: Nights) -> None:
    with nights.night() as night:
        pages = tuple(page("/camat", at=nights.clock(), status=status) for status in (503, 200))
        night.show("/camat", article(), pages=pages)
    assert [answer for _, answer, _ in _captures(nights)] == ["error", "article"]


# -- validators ----------------------------------------------------------------------------------


def _with(header: str, value: str) -> dict[str, object]:
    return {"headers": ((header.encode(), value.encode()),)}


def test_validators_are_those_of_the_last_good_answer(nights: Nights) -> None:
    with nights.night(1) as night:
        good = page("/camat", at=nights.clock(), body=b"1", **_with("ETag", '"satu"'))
        night.show("/camat", article(), pages=(good,))
    with nights.night(2) as night:
        gone = page("/camat", at=nights.clock(), status=404, **_with("ETag", '"dua"'))
        night.answer("/camat", 404, pages=(gone,))
    assert nights.archive.validators(address("/camat")).etag == '"satu"'


def test_bare_304_leaves_the_validators(nights: Nights) -> None:
    # RFC 9110 §15.4.5 asks for the ETag in a 304; servers forget it
    with nights.night(1) as night:
        good = page("/camat", at=nights.clock(), body=b"1", **_with("ETag", '"satu"'))
        night.show("/camat", article(), pages=(good,))
    with nights.night(2) as night:
        bare = page("/camat", at=nights.clock(), status=304, headers=())
        night.answer("/camat", 304, pages=(bare,))
    assert nights.archive.validators(address("/camat")).etag == '"satu"'


def test_page_without_validators_ends_those_of_earlier_ones(nights: Nights) -> None:
    for number, headers in ((1, _with("ETag", '"satu"')), (2, {"headers": ()})):
        with nights.night(number) as night:
            good = page("/camat", at=nights.clock(), body=b"%d" % number, **headers)
            night.show("/camat", article(), pages=(good,))
    assert nights.archive.validators(address("/camat")).etag == ""


# -- topic ---------------------------------------------------------------------------------------


def test_unknown_off_topic_page_leaves_only_a_seen_address(nights: Nights) -> None:
    with nights.night() as night:
        outcome = night.show("/cuaca", article("Hujan."), topic=OFF_TOPIC, signal="2024-11-05")
    assert (outcome.kind, outcome.story_id) == ("off-topic", "")
    [row] = nights.rows(select(seen_url))
    assert (row.url, row.decision, row.topic) == (address("/cuaca"), "off-topic", OFF_TOPIC.topic)
    assert (row.score, row.signal, row.tries) == (OFF_TOPIC.score, "2024-11-05", 1)
    assert _count(nights, capture) == _count(nights, story) == 0


def test_seen_address_counts_its_looks_and_keeps_its_first(nights: Nights) -> None:
    for number in (1, 2):
        with nights.night(number) as night:
            night.show("/cuaca", article("Hujan."), topic=OFF_TOPIC)
    [row] = nights.rows(select(seen_url))
    assert row.tries == 2
    assert row.seen_at - row.first_seen_at > timedelta(hours=23)


def test_known_story_that_turns_off_topic_is_followed(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        assert night.show("/camat", article(), topic=OFF_TOPIC).kind == "unchanged"
    with nights.night(3) as night:
        edited = night.show("/camat", article(CORRECTED), topic=OFF_TOPIC)
    assert (edited.kind, edited.version) == ("edited", 2)
    readings = nights.rows(select(reading_table.c.on_topic).order_by("reading_id"))
    assert [row.on_topic for row in readings] == [True, False]


@pytest.mark.parametrize("topic", [OFF_TOPIC, None], ids=["off topic", "undecided"])
def test_story_asked_for_by_a_person_is_kept(nights: Nights, topic: object) -> None:
    with nights.night() as night:
        outcome = night.show("/cuaca", article(), topic=topic, keep=True)
    assert (outcome.kind, outcome.version) == ("new", 1)


def test_unread_unknown_page_keeps_its_capture_without_story(nights: Nights) -> None:
    with nights.night() as night:
        huge = page("/besar", at=nights.clock(), body=b"x" * 100, truncated="length")
        outcome = night.answer("/besar", 200, answer=Answer.UNREAD, pages=(huge,))
    assert (outcome.kind, outcome.story_id) == ("unread", "")
    [row] = nights.rows(select(capture))
    assert (row.story_id, row.answer, row.truncated) == (None, "unread", "length")
    assert _count(nights, story) == 0
    assert [row.decision for row in nights.rows(select(seen_url))] == ["unread"]


@pytest.mark.parametrize("status", [404, 410, 403, 500, 304])
def test_unknown_address_without_a_story_is_only_seen(nights: Nights, status: int) -> None:
    with nights.night() as night:
        night.answer("/tiada", status)
    assert _count(nights, capture) == _count(nights, story) == 0
    assert _count(nights, seen_url) == 1


# -- when to look again --------------------------------------------------------------------------


def test_signal_and_look_are_noted_only_when_the_story_was_shown(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article(), signal="satu")
    for number, status in ((2, 404), (3, 503), (4, 403)):
        with nights.night(number) as night:
            night.answer("/camat", status, signal="dua")
    [found] = nights.archive.recall(OUTLET.slug).stories.values()
    assert (found.signal, found.last_fetched_at) == ("satu", NIGHT_1 + timedelta(seconds=2))


def test_conditional_look_is_no_unconditional_one(nights: Nights) -> None:
    with nights.night(1) as night:
        night.show("/camat", article())
    with nights.night(2) as night:
        asked = ((b"If-None-Match", b'"satu"'),)
        changed = page("/camat", at=nights.clock(), body=b"2", request_headers=asked)
        night.show("/camat", article(), pages=(changed,))
    [found] = nights.archive.recall(OUTLET.slug).stories.values()
    assert found.last_unconditional_at == NIGHT_1 + timedelta(seconds=2)
    assert found.last_fetched_at
    assert found.last_fetched_at > NIGHT_1 + timedelta(hours=23)


# -- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["fetched_at", "published_at", "modified_at"])
def test_naive_moment_is_refused_and_leaves_no_bytes(nights: Nights, field: str) -> None:
    naive = NIGHT_1.replace(tzinfo=None)
    with nights.night() as night:
        look = shown("/camat", article(), at=NIGHT_1)
        if field == "fetched_at":
            look = replace(look, pages=(replace(look.pages[0], fetched_at=naive),))
        else:
            look = replace(look, article=article(**{field: naive}))  # type: ignore[arg-type]
        with pytest.raises((ArchiveError, ValueError), match="naive"):
            night.record(look)
        assert sum(p.stat().st_size for p in nights.archive.warc_directory.iterdir()) == 0
        assert night.show("/camat", article()).kind == "new"


def test_naive_clock_is_refused(nights: Nights) -> None:
    nights.clock.now = NIGHT_1.replace(tzinfo=None)
    with pytest.raises(ArchiveError, match="naive"):
        nights.archive.begin_run()


def test_closed_crawl_writes_nothing_more(nights: Nights) -> None:
    with nights.night() as night:
        night.show("/camat", article())
    with pytest.raises(ArchiveError):
        night.show("/kades", article())
    with pytest.raises(ArchiveError):
        nights.archive.touch(night.crawl, "0" * 16, next_visit_at=NIGHT_1)
    with pytest.raises(ArchiveError):
        nights.archive.close_crawl(night.crawl, reason="again", counts={}, complete=False)
    assert _count(nights, story_url) == 1


def test_recording_walks_through_no_table(nights: Nights) -> None:
    """Each query of a recording finds its rows by an index, however large the archive is."""
    with nights.night(1) as night:
        for number in range(20):
            night.show(f"/{number}", article(), platform_id=f"wp:{number}")
    looks = (article(), article(CORRECTED), article("Dihapus."), None)
    for number, found in enumerate(looks, start=2):
        with nights.night(number) as night, nights.explained() as walked:
            if found:
                night.show("/7", found, platform_id="wp:7", via=("/lama",))
            else:
                night.answer("/7", 404)
        assert walked == []


def test_outlet_is_entered_once_and_kept_up_to_date(nights: Nights) -> None:
    with nights.night(1):
        pass
    with nights.night(2, outlet=replace(OUTLET, name="Media Uji Baru")):
        pass
    assert nights.archive.outlets() == [OUTLET.slug]
    [row] = nights.rows(select(outlet_table))
    assert (row.name, row.recorded_at) == ("Media Uji Baru", NIGHT_1 + timedelta(seconds=1))
