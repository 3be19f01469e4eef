"""How soon an outlet changes its stories, as looks at uneven times tell."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.types import Look
from crawler.change_rates import BANDS, UNKNOWN, ChangeRates, counted, learn

ages = st.floats(0, 900)
rates = st.lists(st.floats(0, 2), min_size=len(BANDS) - 1, max_size=len(BANDS) - 1).map(
    lambda daily: ChangeRates(tuple(daily))
)


def looks(*, changes: float, every: float, stories: int = 3000, seed: int = 1) -> Iterator[Look]:
    """Looks for two weeks at stories whose edits come evenly within ten days of publication."""
    chance = np.random.default_rng(seed)
    for _ in range(stories):
        came = chance.uniform(0, 10, chance.poisson(changes))
        times = np.arange(0, 14.1, every)
        for since, at in pairwise(times):
            yield Look(float(since), float(at), bool(((came > since) & (came <= at)).any()))


def learnt(counts: Counter[Look]) -> ChangeRates:
    return learn(counts, counts)


@given(rates, ages, st.floats(0, 30))
def test_lateness_is_the_area_under_the_expected_changes(
    given_rates: ChangeRates, since: float, days: float
) -> None:
    steps = np.linspace(since, since + days, 400)
    values = [given_rates.expected(since, float(at)) for at in steps]
    area = float(np.trapezoid(values, steps))
    assert given_rates.lateness(since, since + days) == pytest.approx(area, rel=0.01, abs=0.01)


@given(rates, ages, st.floats(1e-3, 10))
def test_story_is_due_when_its_lateness_is_worth_a_look(
    given_rates: ChangeRates, since: float, worth: float
) -> None:
    at = given_rates.due(since, worth)
    assert at >= since
    if at < since + 999:
        assert given_rates.lateness(since, at) == pytest.approx(worth, rel=1e-3, abs=1e-9)
    else:
        assert given_rates.lateness(since, at) <= worth * 1.001


def test_outlet_that_never_changes_a_story_is_due_in_years() -> None:
    calm = ChangeRates((0.0,) * (len(BANDS) - 1))
    assert calm.due(3, worth=0.01) > 900


def test_nothing_seen_leaves_what_is_believed_of_any_outlet() -> None:
    assert learn({}, {}).daily == pytest.approx(UNKNOWN.daily)


@pytest.mark.parametrize("changes", [0.05, 0.6, 2.0])
def test_number_of_changes_is_found(changes: float) -> None:
    found = learnt(counted(looks(changes=changes, every=1)))
    assert found.expected(0, 10) == pytest.approx(changes, rel=0.15)
    assert found.expected(10, 14) < changes / 10


@pytest.mark.parametrize("every", [0.5, 3.5, 7])
def test_rarer_looks_make_no_outlet_seem_calmer(every: float) -> None:
    often = learnt(counted(looks(changes=1.5, every=1))).expected(0, 14)
    assert learnt(counted(looks(changes=1.5, every=every))).expected(0, 14) == pytest.approx(
        often, rel=0.15
    )


def test_outlet_without_looks_of_its_own_is_believed_to_be_as_the_others_are() -> None:
    others = counted(looks(changes=0.05, every=1))
    stranger, known = learn({}, others), learnt(others)
    assert stranger.expected(0, 10) == pytest.approx(known.expected(0, 10), rel=0.2)
    assert stranger.expected(0, 10) < UNKNOWN.expected(0, 10) / 3


def test_own_looks_win_over_those_of_others() -> None:
    restless = counted(looks(changes=2.0, every=1, stories=300))
    everyone = counted(looks(changes=0.05, every=1)) + restless
    assert learn(restless, everyone).expected(0, 10) == pytest.approx(2.0, rel=0.2)


MADE: dict[str, Callable[[], Look]] = {
    "in the same moment": lambda: Look(1.0, 1.0, True),
    "before the story": lambda: Look(-3.0, -2.0, True),
    "after years": lambda: Look(1500.0, 1529.0, True),
}


@pytest.mark.parametrize("look", MADE.values(), ids=MADE.keys())
def test_change_seen_in_a_strange_look_counts(look: Callable[[], Look]) -> None:
    found = learnt(counted([look()] * 50))
    assert sum(found.daily) > sum(UNKNOWN.daily)


@given(
    st.lists(
        st.builds(Look, st.floats(-10, 2000), st.floats(-10, 2000), st.booleans()), max_size=60
    )
)
def test_whatever_was_seen_gives_rates(seen: list[Look]) -> None:
    found = learnt(counted(seen))
    assert all(0 <= rate < 1000 for rate in found.daily)


def test_looks_are_counted_not_kept() -> None:
    seen = list(looks(changes=0.5, every=1, stories=1000))
    counts = counted(seen)
    assert sum(counts.values()) == len(seen)
    assert len(counts) <= 2 * 14
