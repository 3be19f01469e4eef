"""Any sequence of looks, against a naive reckoning of what each of them must have meant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sightings import TEXT, Night, Nights, article, page
from sqlalchemy import select

from archive import database
from archive.ledger import chain_faults
from archive.schema import event, story
from archive.stories import stories
from archive.versions import versions

SIX_HOURS = timedelta(hours=6)
TEXTS = (TEXT, TEXT.replace("camat", "lurah"), "Dihapus.", "Maaf, galat.")
PATHS = ("/a", "/b", "/c", "/d")
STATUSES = (304, 403, 404, 404, 410, 503)

Look = tuple[str, str | int]
"""A path, and the text or the status that was met there."""
_MET = st.one_of(st.sampled_from(TEXTS), st.sampled_from(STATUSES))
_LOOKS = st.lists(st.tuples(st.sampled_from(PATHS), _MET), min_size=1, max_size=5)
_CRAWLS = st.lists(st.tuples(st.sampled_from([3, 7, 24]), _LOOKS), min_size=2, max_size=6)
"""Crawls, each some hours after the one before."""
_FIRST = (24, [(path, TEXT) for path in PATHS[:3]])
"""What every series begins with, so that there is something to edit and to miss."""


@dataclass
class Reckoned:
    """What is known of one story."""

    versions: list[tuple[str, datetime]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    held: list[tuple[str, datetime]] = field(default_factory=list)
    missing: list[tuple[int, datetime, int]] = field(default_factory=list)
    gone_at: datetime | None = None

    def see(self, text: str, at: datetime) -> None:
        if not self.versions:
            self._add(text, at, "new")
        elif text == self.versions[-1][0]:
            self._reset()
        elif 2 * len(text) >= len(self.versions[-1][0]):
            self._add(text, at, "edited")
        else:
            self._see_short(text, at)

    def _see_short(self, text: str, at: datetime) -> None:
        same = [moment for held, moment in self.held if held == text]
        if any(at - moment >= SIX_HOURS for moment in same):
            self._add(text, min(same), "edited")
        else:
            self.held.append((text, at))
            self.missing = []
            self.events.append("suspect")

    def see_unchanged(self) -> None:
        if self.versions:
            self._reset()

    def _add(self, text: str, at: datetime, kind: str) -> None:
        self._reset()
        self.versions.append((text, at))
        self.events.append(kind)

    def _reset(self) -> None:
        self.held, self.missing = [], []
        if self.gone_at:
            self.events.append("back")
        self.gone_at = None

    def miss(self, crawl: int, at: datetime, status: int) -> None:
        if self.versions:
            self.missing.append((crawl, at, status))

    def judge(self) -> None:
        if not self.missing:
            return
        (first, since, _), (last, until, _) = self.missing[0], self.missing[-1]
        is_sure = first != last and until - since >= SIX_HOURS
        if is_sure or any(status == 410 for _, _, status in self.missing):
            self.gone_at = since
            self.events.append("gone")


def _close(reckoned: dict[str, Reckoned], crawl: int, missed: Sequence[str]) -> None:
    live = [path for path, one in reckoned.items() if one.versions and not one.gone_at]
    vanished = [path for path in dict.fromkeys(missed) if path in live]
    is_fault = len(vanished) >= 3 and 2 * len(vanished) >= len(live)
    for path, one in reckoned.items():
        if is_fault:
            one.missing = [look for look in one.missing if look[0] != crawl]
        elif path in vanished:
            one.judge()


def _look(night: Night, reckoned: Reckoned, path: str, met: str | int) -> bool:
    """Record a look and reckon it; whether a known story was missing."""
    outlet = night.crawl.outlet
    if isinstance(met, str):
        night.show(path, article(met), outlet=outlet)
        reckoned.see(met, night.looked_at)
        return False
    night.answer(path, met, outlet=outlet)
    if met == 304:
        reckoned.see_unchanged()
    elif met in {404, 410}:
        reckoned.miss(night.crawl.crawl_id, night.looked_at, met)
    return met in {404, 410} and bool(reckoned.versions)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    made = Nights(tmp_path_factory.mktemp("archive"))
    yield made
    with database.reading(made.archive.engine) as connection:
        assert chain_faults(connection) == []
    made.archive.close()


def _expect_as_reckoned(nights: Nights, crawls: Sequence[tuple[int, Sequence[Look]]]) -> None:
    outlet = nights.another_outlet()
    reckoned = {path: Reckoned() for path in PATHS}
    for hours, looks in [_FIRST, *crawls]:
        nights.clock.now += timedelta(hours=hours)
        with nights.night(outlet=outlet) as night:
            missed = [path for path, met in looks if _look(night, reckoned[path], path, met)]
        _close(reckoned, night.crawl.crawl_id, missed)
    assert _held(nights, outlet.slug) == {
        path: (one.versions, one.events, one.gone_at)
        for path, one in reckoned.items()
        if one.versions
    }


def _held(nights: Nights, slug: str) -> dict[str, object]:
    kinds = select(event.c.kind, story.c.url).join(story).order_by(event.c.event_id)
    told = nights.rows(kinds.where(event.c.outlet == slug, event.c.kind != "copy"))
    held: dict[str, object] = {}
    for found in stories(nights.archive.engine, outlet=slug):
        states = versions(nights.archive.engine, found.story_id)
        held["/" + found.url.rpartition("/")[2]] = (
            [(one.article.text, one.first_seen_at) for one in states],
            [row.kind for row in told if row.url == found.url],
            found.gone_at,
        )
    return held


@settings(deadline=None, max_examples=25)  # every example writes to the disk
@given(_CRAWLS)
def test_any_looks_mean_what_a_naive_reckoning_says(
    shared: Nights, crawls: list[tuple[int, list[Look]]]
) -> None:
    _expect_as_reckoned(shared, crawls)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(deadline=None, max_examples=80)
@given(_CRAWLS)
def test_many_more_looks_mean_what_a_naive_reckoning_says(
    shared: Nights, crawls: list[tuple[int, list[Look]]]
) -> None:
    _expect_as_reckoned(shared, crawls)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.binary(max_size=3), min_size=1, max_size=5))
def test_any_series_of_bodies_reads_back_whole(shared: Nights, bodies: list[bytes]) -> None:
    """Responses and revisits alike bring the body that was met."""
    outlet = shared.another_outlet()
    for number, body in enumerate(bodies):
        shared.clock.now += timedelta(hours=24)
        with shared.night(outlet=outlet) as night:
            sent = page(f"/{outlet.slug}", at=shared.clock(), body=body)
            text = article(f"{TEXT} {number}")
            night.show(f"/{outlet.slug}", text, pages=(sent,), outlet=outlet.slug)
    made = select(event.c.version_id).where(event.c.outlet == outlet.slug)
    made = made.where(event.c.version_id.is_not(None)).order_by(event.c.version_id)
    ids = [row.version_id for row in shared.rows(made)]
    assert [shared.archive.version_pages(number)[0].body for number in ids] == bodies
