"""Which known stories to look at again, and when. Pure.

A look is worth its request as soon as the changes that it is to be expected to find have waited
for `WORTH` days in all: a tenth of a change that has waited three hours, say. That price is the
same for every story of every outlet, so that requests go where a change is most likely to be seen
soonest. How likely changes are is learnt: see `change_rates`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import itemgetter

from archive.types import Story
from crawler.change_rates import UNKNOWN, ChangeRates

__all__ = [
    "WORTH",
    "due",
    "is_worth_a_check",
    "needs_unconditional",
    "next_visit_at",
]

WORTH = 0.009
"""Days that changes are to be expected to have waited for a look, in all, before it is had. At this
price a year takes as many requests as looking daily for a week, weekly for a month and then every
30 days (`make bench-revisit`)."""

_DAY, _MONTH = timedelta(days=1), timedelta(days=30)
# a night comes a day after the one before, and some hours late: what is left may not pass a month
_LONGEST = _MONTH - _DAY - timedelta(hours=4)


def next_visit_at(
    began_at: datetime,
    *,
    last_fetched_at: datetime,
    last_unconditional_at: datetime | None = None,
    rates: ChangeRates = UNKNOWN,
) -> datetime:
    """When to look again at a story that began then.

    At most 30 days after it was last fetched whole (without a moment for that: after the last
    look), one night's delay included.
    """
    age = (last_fetched_at - began_at) / _DAY
    wait = min(rates.due(age, WORTH) - age, _LONGEST / _DAY)
    whole = last_unconditional_at or last_fetched_at
    return min(last_fetched_at + timedelta(days=wait), whole + _LONGEST)


def due(
    stories: Iterable[Story],
    *,
    now: datetime,
    mode: str = "due",
    rates: ChangeRates = UNKNOWN,
    most: int | None = None,
) -> list[Story]:
    """The stories to look at, longest waiting first; `mode` is `due`, `all` or `none`.

    The time that is set on a story counts; where none is set, the plan of next_visit_at. Of more
    than `most` every story that was not looked at for a month is taken, and of the others, for at
    least half of `most`, those in which changes are to be expected to have waited longest.
    """
    if mode == "none":
        return []
    planned = [(_planned(story, rates, now), story.story_id, story) for story in stories]
    wanted = [plan for plan in planned if mode == "all" or plan[0] <= now]
    found = [story for _, _, story in sorted(wanted, key=itemgetter(0, 1))]
    if mode == "all" or most is None or len(found) <= most:
        return found
    taken = {story.story_id for story in found if _presses(story, now)}
    others = [story for story in found if story.story_id not in taken]
    others.sort(key=lambda story: _rank(story, rates, now))
    taken.update(story.story_id for story in others[: max(most - len(taken), most // 2)])
    return [story for story in found if story.story_id in taken]


def needs_unconditional(story: Story, *, now: datetime, rates: ChangeRates = UNKNOWN) -> bool:
    """Whether this look must fetch the whole page, whatever seed or validators say.

    True when there was no such fetch, or it is two weeks old and the next look, by its own plan,
    would come more than 30 days after it.
    """
    last = story.last_unconditional_at
    if last is None:
        return True
    after = next_visit_at(story.began_at, last_fetched_at=now, rates=rates)
    return now - last >= _MONTH / 2 and after > last + _LONGEST


def is_worth_a_check(story: Story, *, now: datetime) -> bool:
    """Whether a look at a story that its seed calls unchanged may show that the seed lies.

    True when it is due by its plan, and was last looked at two nights ago or earlier.
    """
    last = story.last_fetched_at
    is_due = story.next_visit_at is not None and story.next_visit_at <= now
    return is_due and story.gone_at is None and last is not None and now - last > 1.5 * _DAY


def _planned(story: Story, rates: ChangeRates, now: datetime) -> datetime:
    if story.next_visit_at:
        return story.next_visit_at
    if story.last_fetched_at is None:
        return now
    return next_visit_at(story.began_at, last_fetched_at=story.last_fetched_at, rates=rates)


def _presses(story: Story, now: datetime) -> bool:
    """Whether a look at a story cannot be put off: there was none, or a month is up."""
    last = story.last_fetched_at
    return last is None or now - last >= _LONGEST


def _rank(story: Story, rates: ChangeRates, now: datetime) -> tuple[float, str]:
    since = ((story.last_fetched_at or now) - story.began_at) / _DAY
    return (-rates.lateness(since, (now - story.began_at) / _DAY), story.story_id)
