"""Which known stories to look at again, and whether a seed spares the look. Pure."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter

from archive.types import Story
from crawler.discover import seed_date

__all__ = ["due", "is_unchanged", "needs_unconditional", "next_visit_at"]

_DAY, _WEEK, _MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
# nights do not start, nor reach a story, at the same minute: without slack every second is missed
_SLACK = timedelta(hours=4)
_DAY_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def next_visit_at(
    first_seen_at: datetime, *, last_fetched_at: datetime | None, now: datetime
) -> datetime:
    """When to look at a story again: daily for a week, weekly for a month, then every 30 days.

    The age that counts is the one at the last look; a story never looked at is due `now`.
    """
    if last_fetched_at is None:
        return now
    return last_fetched_at + _interval(last_fetched_at - first_seen_at) - _SLACK


def due(stories: Iterable[Story], *, now: datetime, mode: str = "due") -> list[Story]:
    """The stories to look at, longest waiting first; `mode` is `due`, `all` or `none`.

    The time that is set on a story counts; where none is set, the plan of next_visit_at.
    """
    if mode == "none":
        return []
    planned = [(_planned(story, now), story.story_id, story) for story in stories]
    wanted = [plan for plan in planned if mode == "all" or plan[0] <= now]
    return [story for _, _, story in sorted(wanted, key=itemgetter(0, 1))]


def needs_unconditional(story: Story, *, now: datetime) -> bool:
    """Whether this look must fetch the whole page, whatever seed or validators say.

    True when there was no such fetch, or the next look would come more than 30 days after it.
    """
    last = story.last_unconditional_at
    return last is None or now + _interval(now - story.first_seen_at) - _SLACK > last + _MONTH


def is_unchanged(story_signal: str, candidate_signal: str, *, trusted: bool) -> bool:
    """Whether a seed proves that nothing changed since the signal the story was last read under.

    Two ways of writing one moment are equal. A day without a time proves nothing (the edit may
    come in the evening), and neither does the signal of an outlet whose signals were caught lying.
    """
    if not trusted or _DAY_ONLY.fullmatch(candidate_signal.strip()):
        return False
    moment = seed_date(candidate_signal)
    return moment is not None and moment == seed_date(story_signal)


def _planned(story: Story, now: datetime) -> datetime:
    return story.next_visit_at or next_visit_at(
        story.first_seen_at, last_fetched_at=story.last_fetched_at, now=now
    )


def _interval(age: timedelta) -> timedelta:
    if age < _WEEK:
        return _DAY
    return _WEEK if age < _WEEK + _MONTH else _MONTH
