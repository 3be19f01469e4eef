"""How a backfill goes about an outlet's past: in which slices, and how long it will take. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from archive.backfills import merged
from archive.types import Period

__all__ = ["Progress", "slices", "told"]


def slices(asked: Period, done: Iterable[Period], *, length: timedelta) -> list[Period]:
    """What is still to be read of a period, newest first, in slices no longer than `length`.

    Together with `done` they are all of `asked`; no moment is in two of them.
    """
    return [part for gap in reversed(_gaps(asked, done)) for part in _cut(gap, length)]


def _gaps(asked: Period, done: Iterable[Period]) -> list[Period]:
    """The parts of `asked` in none of `done`, oldest first."""
    gaps, start = [], asked.since
    for period in merged(done):
        if start < min(period.since, asked.until):
            gaps.append(Period(start, min(period.since, asked.until)))
        start = max(start, period.until)
    if start < asked.until:
        gaps.append(Period(start, asked.until))
    return gaps


def _cut(gap: Period, length: timedelta) -> Iterator[Period]:
    end = gap.until
    while end > gap.since:
        start = max(gap.since, end - length)
        yield Period(start, end)
        end = start


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a backfill is. Updated by value."""

    slices: int
    """How many were to do when it began."""
    days: int
    done: int = 0
    days_done: int = 0
    seconds: float = 0.0
    """What the slices done took."""

    @classmethod
    def of(cls, due: Iterable[Period]) -> "Progress":
        """The state before the first of the slices that are due."""
        days = [period.days for period in due]
        return cls(slices=len(days), days=sum(days))

    def after(self, period: Period, *, seconds: float) -> "Progress":
        """The state once a slice was done, `seconds` after the first of them was begun."""
        done, days = self.done + 1, self.days_done + period.days
        return replace(self, done=done, days_done=days, seconds=seconds)

    def ended(self) -> "Progress":
        """The state once the outlet told that there is nothing older."""
        return replace(self, slices=self.done, days=self.days_done)

    @property
    def seconds_left(self) -> int | None:
        """What the rest will take if its days are like those done; None while none is done."""
        if not self.days_done:
            return None
        return round(self.seconds / self.days_done * (self.days - self.days_done))

    @property
    def counts(self) -> dict[str, int]:
        """The same as counts of a crawl."""
        told = {
            "backfill_slices": self.slices,
            "backfill_done": self.done,
            "backfill_days": self.days,
            "backfill_days_done": self.days_done,
        }
        left = self.seconds_left
        return told if left is None else told | {"backfill_seconds_left": left}


def told(counts: Mapping[str, int]) -> str:
    """How far a crawl's backfill is, in words, from its counts; '' when it has none."""
    if "backfill_days" not in counts:
        return ""
    days, done = counts["backfill_days"], counts["backfill_days_done"]
    if not days:
        return "backfill: nothing left to do"
    left = counts.get("backfill_seconds_left", 0)
    return f"backfill {done} of {days} days" + (f", {_about(left)} left" if left else "")


def _about(seconds: int) -> str:
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 1.5 * size:
            return f"about {round(seconds / size)} {unit}"
    return "about a minute"
