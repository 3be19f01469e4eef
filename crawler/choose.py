"""Which candidates are fetched, and which cost no request. Pure."""

from dataclasses import dataclass
from datetime import datetime

from archive.memory import OutletMemory
from archive.takedowns import TAKEN_DOWN
from archive.types import Answer, Seen, Story
from crawler.change_rates import UNKNOWN, ChangeRates
from crawler.refused import BadCertificate, OnHold, RobotsUnread, TooManyRedirects
from crawler.revisit import needs_unconditional
from crawler.signals import is_same_moment, is_unchanged, shows_other_text

__all__ = ["Choice", "choose_known", "choose_new", "is_due_again"]

_TRY_AGAIN = frozenset(
    {Answer.ERROR.value, Answer.CHALLENGE.value, Answer.ELSEWHERE.value}
    | {kind.kind for kind in (OnHold, RobotsUnread, TooManyRedirects, BadCertificate)}
)
# what a page of maintenance or a too early look brings; also what really is no story
_MAY_PASS = frozenset({Answer.MISSING.value, Answer.NOT_ARTICLE.value, Answer.UNREAD.value})


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Whether to fetch an address, and why; `conditional` asks only for what is new."""

    fetch: bool
    why: str
    conditional: bool = False


def choose_known(
    story: Story,
    *,
    signal: str,
    memory: OutletMemory,
    now: datetime,
    revisit_all: bool = False,
    rates: ChangeRates = UNKNOWN,
) -> Choice:
    """Whether a known story that a seed names again is worth a request (DESIGN §4.3)."""
    if needs_unconditional(story, now=now, rates=rates):
        return Choice(fetch=True, why="a month since it was fetched whole")
    if revisit_all:
        return Choice(fetch=True, why="every story is asked for", conditional=True)
    if story.gone_at:
        return Choice(fetch=True, why="gone, but a seed names it", conditional=True)
    return _by_signal(story.signal, signal, trusted=memory.signals_trusted)


def _by_signal(before: str, signal: str, *, trusted: bool) -> Choice:
    if not signal:
        return Choice(fetch=False, why="the seed says nothing of changes: its own plan decides")
    if is_unchanged(before, signal, trusted=trusted):
        return Choice(fetch=False, why="unchanged")
    if is_same_moment(before, signal) and shows_other_text(before, signal):
        return Choice(fetch=True, why="the seed shows another text under the same date")
    return Choice(fetch=True, why="the seed says it changed", conditional=True)


def choose_new(seen: Seen | None, *, signal: str, topic: str) -> Choice:
    """Whether an address that is no known story is worth a request."""
    if seen is None:
        return Choice(fetch=True, why="never seen")
    if seen.decision == TAKEN_DOWN:
        return Choice(fetch=False, why="the story was taken down")
    if seen.decision in _TRY_AGAIN:
        return Choice(fetch=True, why="it failed last time")
    if _has_moved_on(seen.signal, signal):
        return Choice(fetch=True, why="the seed says it changed")
    if seen.topic and seen.topic != topic:
        return Choice(fetch=True, why="the topic changed")
    return Choice(fetch=False, why="seen before")


def is_due_again(seen: Seen, *, topic: str, now: datetime) -> bool:
    """Whether an address is asked for again though no seed may name it any more.

    One that failed is tried for 30 days, one that showed no story for 3; one decided by another
    topic file is decided again.
    """
    age = now - (seen.first_seen_at or seen.seen_at)
    if seen.decision in _TRY_AGAIN:
        return age.days < 30
    if seen.decision in _MAY_PASS:
        return age.days < 3
    return bool(seen.topic) and seen.topic != topic


def _has_moved_on(before: str, now: str) -> bool:
    """Whether a seed's statement of the last change is another one than before."""
    return bool(now) and now != before and not is_unchanged(before, now, trusted=True)
