"""Plans for when to look again, each played over a year of a world."""

from bisect import bisect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from revisit_world import LAGS, REMOVAL, VISIT, Floats, Ints, World, share_by

from archive.types import Look, Story
from crawler.change_rates import UNKNOWN, counted, learn
from crawler.revisit import needs_unconditional, next_visit_at

__all__ = ["Played", "decaying", "fixed", "knowing", "learning", "play"]

LEARNT_EVERY = 15
"""Nights between two times that the learning plan learns; really, it learns every night."""
_MONTH = 29.9
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)

Priority = Callable[[Ints, Floats, float], Floats]
"""Stories, their last looks, now -> how much each wants a look; 1 and more is due."""


@dataclass(frozen=True)
class Played:
    """What a plan cost and what it saw."""

    requests: int
    edits: float
    """Share of the edits that were seen before the next change covered them."""
    removals: float
    late: float
    """Mean days from an edit until the next look, or the end."""
    removals_late: float
    both_late: float


def play(world: World, priority: Priority, *, nightly: int | None = None) -> Played:
    """Look each night at what is due; with `nightly`, at so many that want it most instead."""
    last = world.first.copy()
    looked: list[Ints] = []
    for day in range(1, world.days + 1):
        now = day + VISIT
        known = np.flatnonzero(world.first < now - 1e-6)
        wants = priority(known, last[known], now)
        if nightly is None:
            chosen = known[(wants >= 1) | (now - last[known] >= _MONTH)]
        else:
            chosen = known[np.argsort(-wants, kind="stable")[:nightly]]
        last[chosen] = now
        looked.append(chosen)
    times = [np.full(len(chosen), day + 1 + VISIT) for day, chosen in enumerate(looked)]
    return _scored(world, np.concatenate(looked), np.concatenate(times))


def fixed(days: float) -> Priority:
    """Every story after so many days."""
    return lambda _, last, now: (now - last + 0.01) / days


def decaying(world: World, haste: float = 1.0) -> Priority:
    """Daily for a week, weekly for a month, then every 30 days; the first two so much shorter."""

    def priority(stories: Ints, last: Floats, now: float) -> Floats:
        age = last - world.first[stories]
        wait = np.where(age < 7 / haste, 1.0, np.where(age < 37 / haste, 7.0, 30.0))
        wanted: Floats = (now - last + 0.01) / wait
        return wanted

    return priority


def knowing(world: World, worth: float) -> Priority:
    """The same rule as ours, with each outlet's true rates at each age instead of learnt ones."""
    ages = np.concatenate([np.linspace(0, 2, 2001), np.linspace(2, world.days + 2, 20001)[1:]])
    edits = [sum(share * share_by(age, median) for share, median in LAGS) for age in ages]
    removals = [REMOVAL[0] * share_by(age, REMOVAL[1]) for age in ages]
    tables = [np.array(edits), np.array(removals)]
    sums = [_integral(ages, table) for table in tables]

    def late(which: int, since: Floats, at: Floats) -> Floats:
        before = np.interp(since, ages, tables[which])
        area = np.interp(at, ages, sums[which]) - np.interp(since, ages, sums[which])
        lateness: Floats = area - (at - since) * before
        return lateness

    def priority(stories: Ints, last: Floats, now: float) -> Floats:
        born = world.published[stories]
        since, at = last - born, now - born
        own = world.rates[world.outlet[stories]]
        wanted: Floats = (own * late(0, since, at) + late(1, since, at)) / worth
        return wanted

    return priority


def learning(world: World) -> Played:
    """Our plan as it is, from an empty archive on."""
    ends = list(zip(world.changed.tolist(), world.changed_at.tolist(), strict=True))
    own: list[Counter[Look]] = [Counter() for _ in world.rates]
    new: list[list[Look]] = [[] for _ in world.rates]
    rates = [UNKNOWN for _ in world.rates]
    nights: list[list[int]] = [[] for _ in range(world.days + 2)]
    for story, first in enumerate(world.first):
        nights[round(first - VISIT)].append(story)
    last: dict[int, float] = {}
    whole: dict[int, datetime] = {}
    looked: list[tuple[int, float]] = []
    for day in range(world.days + 1):
        now = day + VISIT
        for story in nights[day]:
            outlet, born = int(world.outlet[story]), float(world.published[story])
            if story in last:
                looked.append((story, now))
                before = last[story]
                changes = bisect(ends, (story, now)) - bisect(ends, (story, before))
                new[outlet].append(Look(before - born, now - born, changes > 0))
            last[story] = now
            known = Story(
                story_id="",
                outlet="",
                url="",
                first_seen_at=_at(born),
                last_unconditional_at=whole.get(story),
            )
            if needs_unconditional(known, now=_at(now), rates=rates[outlet]):
                whole[story] = _at(now)
            planned = next_visit_at(
                _at(born),
                last_fetched_at=_at(now),
                last_unconditional_at=whole[story],
                rates=rates[outlet],
            )
            wait = (planned - _at(now)) / timedelta(days=1)
            night = max(day + 1, int(np.ceil(day + wait - 1e-6)))
            if night <= world.days:
                nights[night].append(story)
        if day % LEARNT_EVERY == LEARNT_EVERY - 1:
            for counts, looks in zip(own, new, strict=True):
                counts.update(counted(looks))
                looks.clear()
            everyone = sum(own, Counter[Look]())
            rates = [learn(counts, everyone) for counts in own]
    return _scored(
        world, np.array([s for s, _ in looked]), np.array([moment for _, moment in looked])
    )


def _at(days: float) -> datetime:
    return _BEGAN + timedelta(days=days)


def _integral(ages: Floats, values: Floats) -> Floats:
    steps = np.cumsum((values[1:] + values[:-1]) / 2 * np.diff(ages))
    return np.concatenate([[0.0], steps])


def _scored(world: World, stories: Ints, moments: Floats) -> Played:
    """What these looks saw of the changes."""
    order = np.lexsort((moments, stories))
    stories, moments = stories[order], moments[order]
    keys = stories * 10_000.0 + moments
    place = np.searchsorted(keys, world.changed * 10_000.0 + world.changed_at)
    there = np.minimum(place, len(stories) - 1)
    is_found = (place < len(stories)) & (stories[there] == world.changed)
    seen_at = np.where(is_found, moments[there], np.inf)
    late = np.minimum(seen_at, world.days + VISIT) - world.changed_at
    is_seen = is_found & (seen_at <= world.lost_at)
    gone = world.is_removal
    return Played(
        requests=len(stories),
        edits=float(is_seen[~gone].mean()),
        removals=float(is_seen[gone].mean()),
        late=float(late[~gone].mean()),
        removals_late=float(late[gone].mean()),
        both_late=float(late.mean()),
    )
