"""What a new look at a story means: a version, nothing new, or something to look at again. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.text import changed_fields, content_hash, normalise
from archive.types import Answer, Article

__all__ = ["Judgement", "Known", "Sight", "Suspect", "gone_since", "is_outlet_fault", "judge"]


@dataclass(frozen=True, kw_only=True)
class Suspect:
    """An earlier look, since the last good one, that found the text suspiciously short."""

    content_hash: str
    seen_at: datetime
    crawl_id: int
    capture_ids: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the archive holds of a story before the new look."""

    current: Article | None = None
    number: int = 0
    is_gone: bool = False
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """`kind` is new, edited, unchanged or suspect; the rest belongs to a version to be made."""

    kind: str
    content_hash: str
    changed: tuple[str, ...] = ()
    first_seen_at: datetime | None = None
    earlier_captures: tuple[tuple[int, ...], ...] = ()
    """Captures of the suspect looks that this one confirms, part by part: they show it too."""


def judge(
    article: Article, *, known: Known, seen_at: datetime, confirm_after: timedelta
) -> Judgement:
    """What `article`, read at `seen_at`, means for a known (or unknown) story (DESIGN §5).

    A suspect text is confirmed by the same text only: an error page may differ every time.
    """
    found = content_hash(article)
    if known.current is None:
        return Judgement(kind="new", content_hash=found, first_seen_at=seen_at)
    changed = changed_fields(known.current, article)
    if not changed:
        return Judgement(kind="unchanged", content_hash=found)
    if not _is_shrunken(known.current, article):
        return Judgement(kind="edited", content_hash=found, changed=changed, first_seen_at=seen_at)
    same = [s for s in known.suspects if s.content_hash == found]
    if not any(seen_at - s.seen_at >= confirm_after for s in same):
        return Judgement(kind="suspect", content_hash=found, changed=changed)
    return Judgement(
        kind="edited",
        content_hash=found,
        changed=changed,
        first_seen_at=min(s.seen_at for s in same),
        earlier_captures=tuple(s.capture_ids for s in same),
    )


def _is_shrunken(before: Article, after: Article) -> bool:
    """The text lost more than half of its length: an edit is rarely that, a broken page often."""
    return 2 * len(normalise(after.text)) < len(normalise(before.text))


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One answer about a known story that says whether the outlet still shows it."""

    crawl_id: int
    seen_at: datetime
    answer: str
    status: int


def gone_since(sights: Sequence[Sight], *, confirm_after: timedelta) -> datetime | None:
    """Since when a story is gone, or None while that is not sure (DESIGN §3).

    `sights` are in order of time. One 410 (RFC 9110 §15.5.11) is enough; 404, a soft 404 or a
    redirect to the front page must be met in two crawls at least `confirm_after` apart.
    """
    missing = _last_missing(sights)
    if not missing:
        return None
    first, last = missing[0], missing[-1]
    said_gone = any(sight.status == 410 for sight in missing)
    twice = first.crawl_id != last.crawl_id and last.seen_at - first.seen_at >= confirm_after
    return first.seen_at if said_gone or twice else None


def _last_missing(sights: Sequence[Sight]) -> list[Sight]:
    """The unbroken run of missing answers at the end; failures in between prove nothing."""
    missing: list[Sight] = []
    for sight in reversed(sights):
        if sight.answer == Answer.MISSING:
            missing.append(sight)
        elif sight.answer in {Answer.ARTICLE, Answer.NOT_MODIFIED, "suspect"}:
            break
    return missing[::-1]


def is_outlet_fault(*, missing: int, live: int) -> bool:
    """Whether so many stories vanished in one crawl that the outlet itself must be at fault."""
    if missing >= 3:
        return missing * 2 >= live or (missing >= 5 and missing * 5 >= live)
    return False
