"""A year of invented outlets: when each story appears, is edited, and is removed. Times in days."""

from dataclasses import dataclass
from math import erf, log, sqrt

import numpy as np
from numpy.typing import NDArray

__all__ = ["LAGS", "REMOVAL", "VISIT", "World", "share_by"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LAGS = ((0.70, 3 / 24), (0.25, 2.0), (0.05, 60.0))
"""Share of the edits, and their median lag in days after publication."""
REMOVAL = (0.01, 20.0)
SPREAD = 1.0
"""Standard deviation of the logarithm of a lag."""
VISIT = 1.5 / 24
"""When each outlet is visited, every day."""


@dataclass(frozen=True)
class World:
    """What happened, and what could be seen: changes after the first visit to their story."""

    days: int
    rates: Floats
    """By outlet: edits a story."""
    outlet: Ints
    published: Floats
    first: Floats
    """When each story is met."""
    changed: Ints
    """The story of each change that can be seen, in order of story and time."""
    changed_at: Floats
    is_removal: NDArray[np.bool_]
    lost_at: Floats
    """When the next change to the same story covers this one; infinite for the last."""

    @classmethod
    def made(cls, *, outlets: int, days: int, daily: float, seed: int) -> "World":
        """Outlets with .05 to .6 edits a story, that publish so many stories a day each."""
        chance = np.random.default_rng(seed)
        rates = np.geomspace(0.05, 0.6, outlets)
        outlet = np.repeat(np.arange(outlets), chance.poisson(daily * days, outlets))
        count = len(outlet)
        published = chance.integers(0, days, count) + chance.uniform(6, 22, count) / 24
        first = np.ceil(published - VISIT) + VISIT
        edited = np.repeat(np.arange(count), chance.poisson(rates[outlet]))
        medians = np.array([median for _, median in LAGS])
        kind = chance.choice(len(LAGS), len(edited), p=[share for share, _ in LAGS])
        edits = published[edited] + _lags(medians[kind], chance)
        removed = np.flatnonzero(chance.random(count) < REMOVAL[0])
        removals = published[removed] + _lags(np.full(len(removed), REMOVAL[1]), chance)
        removed_at = np.full(count, np.inf)
        removed_at[removed] = removals
        stays = edits < removed_at[edited]
        story = np.concatenate([edited[stays], removed])
        moment = np.concatenate([edits[stays], removals])
        is_removal = np.arange(len(story)) >= stays.sum()
        order = np.lexsort((moment, story))
        story, moment, is_removal = story[order], moment[order], is_removal[order]
        lost_at = np.full(len(story), np.inf)
        again = story[1:] == story[:-1]
        lost_at[:-1][again] = moment[1:][again]
        seen = (moment > first[story]) & (moment < days - 1)
        return cls(
            days, rates, outlet, published, first, story[seen], moment[seen], is_removal[seen],
            lost_at[seen],
        )  # fmt: skip


def share_by(age: float, median: float) -> float:
    """The share of lags with this median, in days, that are over at an age."""
    if age <= 0:
        return 0.0
    return 0.5 * (1 + erf(log(age / median) / SPREAD / sqrt(2)))


def _lags(medians: Floats, chance: np.random.Generator) -> Floats:
    lags: Floats = np.exp(np.log(medians) + SPREAD * chance.standard_normal(len(medians)))
    return lags
