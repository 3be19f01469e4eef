"""How an outlet is judged from its nights: each fault by its name, and no alarm without one."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.health import judge
from archive.health_template import _at_least
from archive.health_words import PATIENCE, Night, State, Trouble, Verdict

FRONT = "https://media-uji.example"
FIRST = datetime(2024, 9, 2, 18, 30, tzinfo=UTC)  # a Monday
USUAL = {
    "candidates": 40,
    "looked_at": 20,
    "read": 8,
    "has_byline": 8,
    "has_time": 8,
    "has_dateline": 6,
    "text_length": 16_000,
    "unchanged": 6,
    "bytes": 900_000,
}


def _night(number: int, *troubles: Trouble, reason: str = "finished", **counts: int) -> Night:
    began = FIRST + timedelta(days=number)
    return Night(
        began_at=began,
        weekday=began.weekday(),
        reason=reason,
        counts=USUAL | {name.replace("_modified", "-modified"): n for name, n in counts.items()},
        troubles=troubles,
        stories=(f"{FRONT}/camat-{number}",),
        url=FRONT,
    )


def _played(*nights: Night) -> list[tuple[Night, Verdict]]:
    """Each night with its verdict, after those before it."""
    past: list[Night] = []
    played = []
    for night in nights:
        verdict = judge(night, past)
        past.append(replace(night, findings=verdict.findings))
        played.append((night, verdict))
    return played


def _last(*nights: Night) -> Verdict:
    return _played(*nights)[-1][1]


def _weeks(count: int = 10) -> list[Night]:
    return [_night(number) for number in range(count)]


def _troubles(kind: str, count: int = 1, detail: str = "") -> list[Trouble]:
    return [Trouble(kind=kind, url=f"{FRONT}/{kind}-{n}", detail=detail) for n in range(count)]


DOWN: dict[str, Any] = {"candidates": 0, "looked_at": 0, "read": 0, "has_byline": 0, "has_time": 0,
        "has_dateline": 0, "text_length": 0, "unchanged": 0}  # fmt: skip
FAULTS = {
    "certificate": _night(
        10, *_troubles("certificate"), *_troubles("seeds"), reason="unreachable", **DOWN
    ),
    "moved-domain": _night(10, *_troubles("moved", detail="to https://baru.example"), **DOWN),
    "moved-domain, story by story": _night(10, *_troubles("elsewhere", 11)),
    "robots-change": _night(10, *_troubles("seeds"), reason="unreachable", **DOWN, forbidden=4),
    "robots-change, REST": _night(10, rest_closed=1, forbidden=1),
    "challenge-wall": _night(10, *_troubles("challenge"), reason="challenged", **DOWN),
    "challenge-wall, story by story": _night(10, *_troubles("challenge", 11)),
    "unreachable": _night(10, *_troubles("seeds"), reason="unreachable", **DOWN),
    "closed-rest": _night(10, rest_closed=1),
    "silent-feed": _night(10, **DOWN),
    "template-change, bylines": _night(10, has_byline=0),
    "template-change, times": _night(10, has_time=0),
    "template-change, texts": _night(10, text_length=2_000),
    "template-change, pages": _night(10, *_troubles("not-article", 9), read=0, has_byline=0,
                                     has_time=0, has_dateline=0, text_length=0),
    "template-change, all at once": _night(10, unchanged=0, edited=2, suspect=4),
    "template-change, widgets": _night(10, repeated_lines=2),
    "lying-signals": _night(10, lies=1),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named_on_its_first_night(name: str) -> None:
    verdict = _last(*_weeks(), FAULTS[name])
    kind = name.partition(",")[0]
    assert [finding.kind for finding in verdict.findings] == [kind]
    (finding,) = verdict.findings
    assert finding.since == FAULTS[name].began_at
    assert finding.advice
    assert finding.detail
    assert all(url.startswith(FRONT) for url in finding.examples)
    is_urgent = PATIENCE.get(kind) == 1
    assert verdict.state == (State.FAILING if is_urgent else State.WATCH)


@pytest.mark.parametrize("name", FAULTS)
def test_outlet_is_healthy_again_by_itself(name: str) -> None:
    assert _last(*_weeks(), FAULTS[name], _night(11)).state == State.HEALTHY


@pytest.mark.parametrize("kind", ["challenge-wall", "unreachable", "closed-rest"])
def test_fault_that_lasts_needs_a_person(kind: str) -> None:
    fault = FAULTS[kind]
    bad = [replace(fault, began_at=fault.began_at + timedelta(days=n)) for n in range(4)]
    played = _played(*_weeks(), *bad)[-4:]
    needs = [verdict.needs_person for _, verdict in played]
    assert needs == [number >= PATIENCE[kind] for number in range(1, 5)]
    assert played[-1][1].findings[0].since == fault.began_at


def test_held_outlet_is_paused_and_its_fault_not_forgotten() -> None:
    verdict = _last(*_weeks(), FAULTS["challenge-wall"], _night(11, reason="held", **DOWN))
    assert verdict.state == State.PAUSED
    assert [found.kind for found in verdict.findings] == ["on-hold", "challenge-wall"]
    assert _last(*_weeks(), _night(10, reason="held", **DOWN), _night(11)).state == State.HEALTHY


@pytest.mark.parametrize("reason", ["shutdown", "network-time-limit", "not-reached"])
def test_crawl_that_ended_early_neither_makes_nor_ends_a_finding(reason: str) -> None:
    cut = _night(11, reason=reason, **DOWN)
    assert _last(*_weeks(), cut).state == State.HEALTHY
    assert _last(*_weeks(), FAULTS["certificate"], cut).state == State.FAILING


def test_what_stays_for_two_weeks_is_how_the_outlet_is() -> None:
    changed = [_night(number, has_byline=0) for number in range(10, 26)]
    states = [verdict.state for _, verdict in _played(*_weeks(), *changed)[10:]]
    assert states == [State.FAILING] * 14 + [State.HEALTHY] * 2


def test_small_outlet_is_silent_only_after_several_nights() -> None:
    usual = [_night(number, candidates=10) for number in range(14)]
    empty = [_night(number, **DOWN) for number in range(14, 17)]
    states = [verdict.state for _, verdict in _played(*usual, *empty)[14:]]
    assert states == [State.HEALTHY, State.HEALTHY, State.FAILING]


def test_sunday_on_which_nothing_ever_appears_is_no_silence() -> None:
    weeks = [_night(number, **(DOWN if number % 7 == 6 else {})) for number in range(28)]
    assert {verdict.state for _, verdict in _played(*weeks)} == {State.HEALTHY}


def test_silent_sunday_is_named_where_sundays_used_to_bring_stories() -> None:
    weeks = [_night(number) for number in range(20)]
    assert _last(*weeks, _night(20, **DOWN)).findings[0].kind == "silent-feed"


def test_outlet_of_an_older_kliping_is_not_compared_with_what_it_did_not_count() -> None:
    old = [replace(night, counts={"looked_at": 20}) for night in _weeks()]
    assert _last(*old, _night(10, forbidden=5, has_byline=0)).state == State.HEALTHY


def _poisson(rng: random.Random, mean: float) -> int:
    found, left = 0, rng.expovariate(1)
    while left < mean:
        found, left = found + 1, left + rng.expovariate(1)
    return found


def _some(rng: random.Random, of: int, share: float) -> int:
    return sum(rng.random() < share for _ in range(of))


def _healthy(rng: random.Random, number: int, mean: float) -> Night:
    """A night of an outlet that publishes less on weekends, and now and then has a holiday."""
    quiet = 0.5 if number % 7 >= 5 else 1.0
    quiet *= 0.4 if rng.random() < 0.05 else 1.0
    candidates = _poisson(rng, mean * quiet)
    read = _some(rng, candidates, 0.2)
    shown = _poisson(rng, 6)
    edited = _some(rng, shown, 0.1)
    return _night(
        number,
        *_troubles("error", _some(rng, candidates, 0.03)),
        *_troubles("not-article", _some(rng, candidates, 0.02)),
        candidates=candidates,
        looked_at=candidates + shown,
        read=read,
        has_byline=_some(rng, read, 0.8),
        has_time=_some(rng, read, 0.97),
        has_dateline=_some(rng, read, 0.5),
        text_length=sum(int(rng.lognormvariate(7.5, 0.4)) for _ in range(read)),
        unchanged=shown - edited,
        edited=edited,
    )


@pytest.mark.parametrize("mean", [0.5, 3, 10, 30, 80], ids=str)
def test_healthy_outlet_gives_no_alarm_in_a_thousand_nights(mean: float) -> None:
    rng = random.Random(6 + mean)
    past: list[Night] = []
    alarms = []
    for number in range(1_000):
        night = _healthy(rng, number, mean)
        verdict = judge(night, past[-60:])
        past.append(replace(night, findings=verdict.findings))
        alarms += [(number, found.kind, found.detail) for found in verdict.findings]
    assert alarms == []


COUNTS = st.dictionaries(
    st.sampled_from([*USUAL, "edited", "suspect", "forbidden", "rest_closed", "lies"]),
    st.integers(0, 60),
)
TROUBLES = st.lists(
    st.builds(
        Trouble,
        kind=st.sampled_from(["certificate", "moved", "elsewhere", "challenge", "not-article"]),
        url=st.sampled_from([f"{FRONT}/{n}" for n in range(6)]),
    ),
    max_size=6,
)
REASONS = st.sampled_from(["finished", "unreachable", "challenged", "held", "shutdown"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(REASONS, COUNTS, TROUBLES), min_size=1, max_size=12))
def test_every_finding_says_where_and_what_to_do(
    drawn: list[tuple[str, dict[str, int], list[Trouble]]],
) -> None:
    nights = [
        replace(_night(n, *troubles, reason=reason), counts=counts | {"bytes": 1})
        for n, (reason, counts, troubles) in enumerate(drawn)
    ]
    for night, verdict in _played(*nights):
        assert (verdict.state == State.HEALTHY) == (not verdict.findings)
        assert (verdict.state == State.PAUSED) == (night.reason == "held")
        kinds = [found.kind for found in verdict.findings]
        assert len(set(kinds)) == len(kinds)
        for found in verdict.findings:
            assert found.examples
            assert found.advice
            assert found.since <= night.began_at


def test_night_of_thousands_of_pages_is_judged() -> None:
    """The odds are reckoned by logarithms: factorials of such numbers fit no float."""
    assert 0 < _at_least(2_600, 5_000, chance=0.5) < 0.01
    assert _at_least(0, 5_000, chance=0.5) == pytest.approx(1)
    assert _at_least(3, 4, chance=0.5) == pytest.approx(5 / 16)
