"""Of addresses without a believable date one night asks for some, and later nights for the rest."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discover import Candidate
from crawler.ration import Ration, Share, both_ends, tonight

NOW = datetime(2026, 9, 10, 20, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)


def named(*names: object, changed: datetime | None = None) -> list[Candidate]:
    return [Candidate(f"https://kabar.example/{name}", modified_at=changed) for name in names]


def shared(*lists: Sequence[Candidate], known: Sequence[str] = (), most: int = 4) -> list[Share]:
    ration = Ration(
        is_known=lambda candidate: candidate.url.rpartition("/")[2] in known, now=NOW, most=most
    )
    return [ration.share(listed, since=SINCE) for listed in lists]


def names(share: Share) -> list[str]:
    return [candidate.url.rpartition("/")[2] for candidate in share.candidates]


def test_dated_ones_come_newest_first_and_cost_no_ration() -> None:
    dated = [named(day, changed=NOW - timedelta(days=day))[0] for day in (9, 1, 8, 2, 7, 3, 6)]
    (share,) = shared(dated)
    assert (names(share), share.put_off) == (["1", "2", "3", "6", "7", "8", "9"], 0)


def test_what_is_dated_before_the_window_is_left_out() -> None:
    (share,) = shared(named("lama", changed=SINCE - timedelta(days=1)))
    assert share == Share()


def test_short_list_keeps_its_order() -> None:
    assert names(shared(named("a", "b", "c"))[0]) == ["a", "b", "c"]


def test_long_list_is_taken_from_both_ends() -> None:
    (share,) = shared(named(*range(10)))
    assert (names(share), share.put_off) == (["9", "0", "8", "1"], 6)


def test_known_addresses_cost_no_ration() -> None:
    (share,) = shared(named(*range(10)), known=["9", "0", "8", "1"])
    assert names(share) == ["0", "1", "8", "9", "7", "2", "6", "3"]


def test_ration_is_for_the_whole_crawl() -> None:
    first, second = shared(named("a", "b", "c"), named("d", "e"))
    assert (names(first), names(second), second.put_off) == (["a", "b", "c"], ["e"], 1)


def test_address_that_two_lists_name_is_counted_once() -> None:
    assert names(shared(named("a", "b"), named("a", "b", "c", "d"))[1]) == ["a", "b", "c", "d"]


DATES = {
    "future": NOW + timedelta(days=400),
    "today": NOW,
    "long ago": datetime(2019, 5, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("date", DATES.values(), ids=DATES)
def test_one_date_for_all_is_not_believed(date: datetime) -> None:
    (share,) = shared(named(*range(60), changed=date))
    assert (len(share.candidates), share.put_off) == (4, 56)
    assert "60 addresses are all dated" in share.doubt
    assert {candidate.signal for candidate in share.candidates} == {""}


def test_few_equal_dates_are_believed() -> None:
    (share,) = shared(named(*range(20), changed=NOW))
    assert (len(share.candidates), share.doubt) == (20, "")


def test_busy_day_with_published_times_is_believed() -> None:
    busy = [
        Candidate(f"https://kabar.example/{n}", published_at=NOW - timedelta(minutes=n))
        for n in range(200)
    ]
    (share,) = shared(busy)
    assert (len(share.candidates), share.doubt) == (200, "")


@given(st.integers(0, 60), st.integers(1, 9))
def test_every_address_gets_its_night(count: int, most: int) -> None:
    listed, known = named(*range(count)), list[str]()
    for _ in range(count // most + 1):
        (share,) = shared(listed, known=known, most=most)
        known += [name for name in names(share) if name not in known]
    assert sorted(map(int, known)) == list(range(count))


@given(st.lists(st.integers()))
def test_both_ends_holds_everything_once(items: list[int]) -> None:
    assert sorted(both_ends(items)) == sorted(items)


@given(st.integers(0, 300), st.integers(2, 20), st.integers(0, 100_000))
def test_every_item_gets_its_night_in_turn(count: int, most: int, first: int) -> None:
    items = list(range(count))
    nights = range(first, first + count + 1)
    chosen = [tonight(items, most=most, night=night) for night in nights]
    assert all(len(night) == min(most, count) == len(set(night)) for night in chosen)
    assert {item for night in chosen for item in night} == set(items)
