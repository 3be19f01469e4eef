"""Addresses that no date vouches for: how many one night asks for, and which of them first. Pure.

A seed that dates nothing, or lies about it, would otherwise have an outlet's whole past fetched.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from crawler.discover import Candidate

__all__ = ["Ration", "Share", "both_ends", "tonight"]

MOST = 500
"""Addresses without a date that one crawl asks for: at one a second, ten minutes."""

_MANY = 50
_SAME_MOMENT, _SAME_DAY = timedelta(minutes=1), timedelta(days=1)
_AHEAD = timedelta(days=1)  # clocks and zones are wrong by hours

T = TypeVar("T")


@dataclass(frozen=True)
class Share:
    """What one list gives this night."""

    candidates: tuple[Candidate, ...] = ()
    """Dated ones newest first, then what is known, then those without a date."""
    put_off: int = 0
    """Unknown addresses without a date that are left for later nights."""
    doubt: str = ""
    """Why the dates of the list are not believed."""


class Ration:
    """What one crawl may ask for among the addresses that nothing dates."""

    def __init__(
        self, *, is_known: Callable[[Candidate], bool], now: datetime, most: int = MOST
    ) -> None:
        self._is_known = is_known
        self._now = now
        self._left = most
        self._given: set[str] = set()

    @property
    def is_spent(self) -> bool:
        """Nothing more without a date is asked for tonight."""
        return self._left <= 0

    def share(self, listed: Sequence[Candidate], *, since: datetime) -> Share:
        """What to consider of a list: what it dates before `since` is left out.

        Of addresses without a date, unknown ones are taken from both ends of the list.
        """
        doubt = _doubt(listed)
        if doubt:
            listed = [replace(c, published_at=None, modified_at=None, signal="") for c in listed]
        listed = [candidate for candidate in listed if candidate.is_since(since)]
        dated = [candidate for candidate in listed if self._is_dated(candidate)]
        dated.sort(key=_date_of, reverse=True)
        undated = [candidate for candidate in listed if not self._is_dated(candidate)]
        known = [candidate for candidate in undated if self._costs_nothing(candidate)]
        unknown = [candidate for candidate in undated if not self._costs_nothing(candidate)]
        taken = unknown if len(unknown) <= self._left else both_ends(unknown)[: self._left]
        self._left -= len(taken)
        self._given.update(candidate.address for candidate in taken)
        return Share((*dated, *known, *taken), len(unknown) - len(taken), doubt)

    def _is_dated(self, candidate: Candidate) -> bool:
        """Whether a date places it, and not in the future."""
        dates = filter(None, (candidate.published_at, candidate.modified_at))
        return any(date <= self._now + _AHEAD for date in dates)

    def _costs_nothing(self, candidate: Candidate) -> bool:
        return candidate.address in self._given or self._is_known(candidate)


def both_ends(items: Sequence[T]) -> list[T]:
    """The last, the first, the last but one …: lists grow at an end, and none says at which."""
    count = len(items)
    return [items[-1 - turn // 2] if turn % 2 == 0 else items[turn // 2] for turn in range(count)]


def tonight(items: Sequence[T], *, most: int, night: int) -> list[T]:
    """At most so many: the first half always, and of the rest another part every night."""
    if len(items) <= most:
        return list(items)
    half = most // 2
    first, rest = list(items[:half]), list(items[half:])
    start = night * half % len(rest)
    return first + (rest[start:] + rest[:start])[: most - half]


def _doubt(listed: Sequence[Candidate]) -> str:
    """Why many equal dates are no dates: a plugin that stamps all of them, or an import."""
    dates = [_date_of(candidate) for candidate in listed if _is_stated(candidate)]
    if len(dates) < max(_MANY, len(listed) // 2):
        return ""
    spread = max(dates) - min(dates)
    is_lastmod = not any(candidate.published_at for candidate in listed)
    if spread <= (_SAME_DAY if is_lastmod else _SAME_MOMENT):
        return f"{len(dates)} addresses are all dated {max(dates):%Y-%m-%d}: that is not believed"
    return ""


def _is_stated(candidate: Candidate) -> bool:
    return bool(candidate.published_at or candidate.modified_at)


def _date_of(candidate: Candidate) -> datetime:
    return max(filter(None, (candidate.published_at, candidate.modified_at)))
