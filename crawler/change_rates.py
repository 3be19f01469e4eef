"""How soon after publication an outlet changes its stories, learnt from looks at them. Pure.

A look tells only whether a story changed since the look before, not when, nor how often: counting
seen changes alone makes an outlet seem the calmer the less it is looked at. The estimate is the
likeliest one under a Poisson process whose rate depends on the story's age and is constant within
each band of `BANDS`, as Cho and Garcia-Molina do for one constant rate ("Estimating Frequency of
Change", ACM Transactions on Internet Technology 3 (3), 2003). It is found by expectation
maximisation (Dempster, Laird, Rubin 1977), because the looks come at uneven times.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import expm1, log, sqrt

from archive.types import Look

__all__ = ["BANDS", "UNKNOWN", "ChangeRates", "counted", "learn"]

BANDS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7, 10, 14, 20, 30, 45, 60, 90, 120, 180, 270, 400)
"""Where a band of a story's age begins and ends, in days; what is older is as the last band."""

_ROUNDS = 12
# how firm a belief is: in changes seen, for how often; in stories seen, for how soon
_LEVEL, _SHARED, _OWN = 3.0, 400.0, 1500.0
# what is believed of an outlet before the first look: so many changes, in doublings of the age
_CHANGES, _SOON, _LATE = 0.6, 0.25, 90.0
_STEPS = ((2.0, 1 / 24), (14.0, 0.25), (60.0, 1.0))


@dataclass(frozen=True)
class ChangeRates:
    """How often a story changes at each age: changes a day, one number for each band."""

    daily: tuple[float, ...]

    def expected(self, since: float, at: float) -> float:
        """How many changes of a story are to be expected between two ages, in days."""
        return sum(self.daily[band] * days for band, days in _bands(since, at))

    def lateness(self, since: float, at: float) -> float:
        """By how many days a look at the age `at` is to be expected to come too late, in all.

        The sum over the changes since the age `since`, each counted from when it came.
        """
        changes = late = 0.0
        for band, days in _bands(since, at):
            late += changes * days + self.daily[band] * days * days / 2
            changes += self.daily[band] * days
        return late

    def due(self, since: float, worth: float) -> float:
        """The age at which the lateness since the last look reaches `worth` days."""
        changes = late = 0.0
        for band, days in _bands(since, since + 1000.0):
            rate = self.daily[band]
            if late + changes * days + rate * days * days / 2 >= worth:
                # changes · x + rate · x² / 2 = what is missing
                missing = worth - late
                root = sqrt(changes * changes + 2 * rate * missing)
                return since + 2 * missing / (changes + root)
            late += changes * days + rate * days * days / 2
            changes += rate * days
            since += days
        return since


def counted(looks: Iterable[Look]) -> Counter[Look]:
    """How often each look was had, with its ages rounded: the older, the more roughly."""
    return Counter(filter(None, map(_rounded, looks)))


def learn(own: Mapping[Look, int], everyone: Mapping[Look, int]) -> ChangeRates:
    """The rates of one outlet that explain its looks best, both given as `counted` tells them.

    It is believed to change its stories as all outlets together do, at soonest and at latest, but
    more or less often, until its own looks show otherwise.
    """
    shared = _fitted(everyone, believed=UNKNOWN, firmness=_SHARED)
    return _fitted(own, believed=shared, firmness=_OWN)


def _fitted(counts: Mapping[Look, int], *, believed: ChangeRates, firmness: float) -> ChangeRates:
    """The likeliest rates after these looks; what is believed counts as so many stories seen."""
    cells = [
        (tuple(_bands(look.since, look.at)), number, look.has_changed)
        for look, number in counts.items()
    ]
    level = _level(cells, believed)
    widths = [firmness * (end - start) for start, end in pairwise(BANDS)]
    before = [width * rate * level for width, rate in zip(widths, believed.daily, strict=True)]
    times = list(widths)
    for bands, number, _ in cells:
        for band, days in bands:
            times[band] += number * days
    rates = [rate * level for rate in believed.daily]
    for _ in range(_ROUNDS):
        changes = list(before)
        for bands, number, has_changed in cells:
            if has_changed:
                _share(bands, number, rates=rates, changes=changes)
        rates = [change / time for change, time in zip(changes, times, strict=True)]
    return ChangeRates(tuple(rates))


_Bands = Sequence[tuple[int, float]]
_Cell = tuple[_Bands, int, bool]


def _share(bands: _Bands, number: int, *, rates: Sequence[float], changes: list[float]) -> None:
    """Add the changes that so many looks saw to the bands in which they may have come."""
    expected = sum(rates[band] * days for band, days in bands)
    for band, days in bands:
        changes[band] += number * rates[band] * days / -expm1(-expected)


def _level(cells: Iterable[_Cell], believed: ChangeRates) -> float:
    """How many times as often stories change as is believed."""
    level, told = 1.0, []
    time = 0.0
    for bands, number, has_changed in cells:
        expected = sum(believed.daily[band] * days for band, days in bands)
        time += number * expected
        if has_changed:
            told.append((expected, number))
    for _ in range(_ROUNDS):
        seen = sum(n * level * each / -expm1(-level * each) for each, n in told)
        level = (seen + _LEVEL) / (time + _LEVEL)
    return level


def _rounded(look: Look) -> Look | None:
    """A look at ages rounded so that looks can be counted; None when it tells nothing then."""
    since, at = _round(max(look.since, 0.0)), _round(max(look.at, 0.0))
    if at > since:
        return Look(since, at, look.has_changed)
    return Look(since, since + _STEPS[0][1], True) if look.has_changed else None


def _round(age: float) -> float:
    step = next((step for until, step in _STEPS if age < until), 5.0)
    return round(age / step) * step


def _bands(since: float, at: float) -> Iterable[tuple[int, float]]:
    """The bands between two ages, and the days spent in each."""
    last = len(BANDS) - 2
    for band in range(last + 1):
        end = float("inf") if band == last else BANDS[band + 1]
        days = min(at, end) - max(since, BANDS[band])
        if days > 0:
            yield band, days


def _unknown() -> ChangeRates:
    """Changes as likely in every doubling of the age, and as many as at a restless outlet."""
    whole = log((_LATE + _SOON) / _SOON)
    return ChangeRates(
        tuple(
            _CHANGES * log((end + _SOON) / (start + _SOON)) / whole / (end - start)
            for start, end in pairwise(BANDS)
        )
    )


UNKNOWN = _unknown()
"""What is believed of an outlet of which nothing is known: it is watched closely until it shows
that it need not be."""
