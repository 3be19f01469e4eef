"""How a crawl begins and ends in the archive: its lease, its rows, what a dead one left behind."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from archive import crawl_rows, lanes, ledger
from archive.judge import Sight, gone_since, is_outlet_fault
from archive.schema import capture, crawl, event, outlet, run, story
from archive.takedowns import is_shown
from archive.types import Answer, Crawl, Outlet
from archive.visits import NOT_REACHED

__all__ = ["begin", "close", "judge_missing", "note_not_reached", "unfinished"]

_SAYS_NOTHING = (
    Answer.CHALLENGE,
    Answer.ELSEWHERE,
    Answer.ERROR,
    Answer.NOT_ARTICLE,
    Answer.UNREAD,
)


def begin(connection: Connection, of: Outlet, *, run_id: int | None, now: datetime) -> Crawl:
    """A new crawl under new leases. Raises LeaseHeld while another one is at work."""
    _enter_outlet(connection, of, now=now)
    taken = lanes.take(connection, of)
    if run_id is None:
        made = connection.execute(insert(run).values(started_at=now).returning(run.c.run_id))
        run_id = int(made.scalar_one())
    row = {
        "run_id": run_id,
        "outlet": of.slug,
        "started_at": now,
        "token": taken.token,
        "counts": {},
    }
    inserted = connection.execute(insert(crawl).values(row).returning(crawl.c.crawl_id))
    return Crawl(
        crawl_id=int(inserted.scalar_one()),
        run_id=run_id,
        outlet=of.slug,
        started_at=now,
        token=taken.token,
        network=of.network,
        network_token=taken.network_token,
        idle=taken.idle,
    )


def note_not_reached(connection: Connection, of: Outlet, *, run_id: int, now: datetime) -> None:
    """A crawl that was wanted and not begun: its row, closed, with the stories that were due."""
    _enter_outlet(connection, of, now=now)
    due = (
        select(func.count())
        .select_from(story)
        .where(
            story.c.outlet == of.slug,
            is_shown(),
            story.c.next_visit_at.is_(None) | (story.c.next_visit_at <= now),
        )
    )
    counts = {"not_reached": connection.scalar(due) or 0}
    row = {"run_id": run_id, "outlet": of.slug, "started_at": now, "token": 0, "counts": counts}
    made = connection.execute(insert(crawl).values(row).returning(crawl.c.crawl_id))
    nothing = Crawl(crawl_id=int(made.scalar_one()), run_id=run_id, outlet=of.slug, started_at=now)
    close(connection, nothing, reason=NOT_REACHED, now=now, counts=counts)


def _enter_outlet(connection: Connection, of: Outlet, *, now: datetime) -> None:
    names = ("name", "url", "network", "platform", "region", "zone", "language", "tls")
    values = {name: getattr(of, name) for name in names}
    known = connection.execute(update(outlet).where(outlet.c.slug == of.slug).values(values))
    if known.rowcount == 0:
        connection.execute(insert(outlet).values(slug=of.slug, recorded_at=now, **values))


def unfinished(connection: Connection, current: Crawl) -> list[Crawl]:
    """The crawls of an outlet that never closed, older than its `current` one."""
    names = ("crawl_id", "run_id", "outlet", "started_at", "counts", "token")
    query = select(*(crawl.c[name] for name in names)).where(
        crawl.c.outlet == current.outlet,
        crawl.c.ended_at.is_(None),
        crawl.c.crawl_id < current.crawl_id,
    )
    rows = connection.execute(query.order_by(crawl.c.crawl_id)).mappings()
    return [Crawl(**row) for row in rows]


def close(
    connection: Connection, of: Crawl, *, reason: str, now: datetime, counts: Mapping[str, int]
) -> None:
    """End a crawl's row and vouch for all its rows with an event (DESIGN §6)."""
    row = update(crawl).where(crawl.c.crawl_id == of.crawl_id)
    connection.execute(row.values(ended_at=now, finish_reason=reason, counts=dict(counts)))
    ledger.append(
        connection,
        "crawl",
        recorded_at=now,
        outlet=of.outlet,
        crawl_id=of.crawl_id,
        detail={
            "reason": reason,
            "counts": dict(counts),
            "rows": crawl_rows.crawl_digest(connection, of.crawl_id),
            "outlet": crawl_rows.masthead(connection, of.outlet),
        },
    )


def judge_missing(
    connection: Connection, of: Crawl, *, confirm_after: timedelta, now: datetime
) -> dict[str, datetime]:
    """The stories that this crawl proves gone, each with the moment of its first missing sight.

    When many stories of the outlet vanished at once, or its seeds answered no more than they,
    none of its missing answers counts.
    """
    live = _live(connection, of.outlet)
    missing = [story_id for story_id in _missing_in(connection, of.crawl_id) if story_id in live]
    if is_outlet_fault(missing=len(missing), live=len(live)) or _is_away(connection, of):
        faulty = update(crawl).where(crawl.c.crawl_id == of.crawl_id)
        connection.execute(faulty.values(outlet_fault=True))
        return {}
    found: dict[str, datetime] = {}
    for story_id in missing:
        since = gone_since(_sights(connection, story_id), confirm_after=confirm_after)
        if since:
            found[story_id] = since
            _declare_gone(connection, story_id, of=of, since=since, now=now)
    return found


def _is_away(connection: Connection, of: Crawl) -> bool:
    """Whether a crawl was shown nothing by its outlet: no seed, and no story."""
    shown = select(capture.c.capture_id).where(
        capture.c.crawl_id == of.crawl_id,
        capture.c.answer.in_((Answer.ARTICLE.value, Answer.NOT_MODIFIED.value)),
    )
    return of.finish_reason == "unreachable" and connection.scalar(shown.limit(1)) is None


def _declare_gone(
    connection: Connection, story_id: str, *, of: Crawl, since: datetime, now: datetime
) -> None:
    ledger.append(
        connection,
        "gone",
        recorded_at=now,
        outlet=of.outlet,
        story_id=story_id,
        crawl_id=of.crawl_id,
        occurred_at=since,
    )


def _live(connection: Connection, slug: str) -> set[str]:
    last = (
        select(func.max(event.c.event_id))
        .where(event.c.outlet == slug, event.c.kind.in_(("gone", "back")))
        .group_by(event.c.story_id)
    )
    gone = select(event.c.story_id).where(event.c.event_id.in_(last), event.c.kind == "gone")
    query = select(story.c.story_id).where(
        story.c.outlet == slug, story.c.story_id.not_in(gone), is_shown()
    )
    return set(connection.scalars(query))


def _missing_in(connection: Connection, crawl_id: int) -> Sequence[str]:
    query = (
        select(capture.c.story_id)
        .where(capture.c.crawl_id == crawl_id, capture.c.answer == Answer.MISSING.value)
        .where(capture.c.story_id.is_not(None))
        .group_by(capture.c.story_id)
        .order_by(func.min(capture.c.capture_id))
    )
    return [story_id for story_id in connection.scalars(query) if story_id]


def _sights(connection: Connection, story_id: str) -> list[Sight]:
    """Every look at a story that says something of its presence, in order of time.

    What was missing when the outlet was at fault says nothing; what was there, was there.
    """
    is_fault = crawl.c.outlet_fault & (capture.c.answer == Answer.MISSING.value)
    rows = connection.execute(
        select(capture.c.crawl_id, capture.c.fetched_at, capture.c.answer, capture.c.status)
        .join(crawl, crawl.c.crawl_id == capture.c.crawl_id)
        .where(capture.c.story_id == story_id, ~is_fault)
        .where(capture.c.answer.not_in([answer.value for answer in _SAYS_NOTHING]))
        .order_by(capture.c.fetched_at, capture.c.capture_id)
    )
    return [
        Sight(crawl_id=row.crawl_id, seen_at=row.fetched_at, answer=row.answer, status=row.status)
        for row in rows
    ]
