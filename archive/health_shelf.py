"""The health of outlets as rows: nights as their crawls left them, and what was judged of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Row, RowMapping, insert, select

from archive.health import judge
from archive.health_words import Finding, Night, State, Trouble, Verdict
from archive.schema import capture, crawl, health, outlet, problem, story
from archive.takedowns import is_shown
from archive.types import Answer
from archive.visits import IMPORT_COUNT, REPLAY_COUNT, SAVE_COUNT, TAKEDOWN_COUNT

__all__ = ["OutletHealth", "has_new", "judge_new", "last_good_nights", "newest"]

_REMEMBERED = 120
"""Crawls of an outlet that are looked at: enough for 30 nights even when most of them failed."""
_NO_NIGHT = frozenset({REPLAY_COUNT, IMPORT_COUNT, TAKEDOWN_COUNT, SAVE_COUNT})
_IN_FACTS = (
    *("candidates", "requests", "looked_at", "on_topic", "new", "edited", "suspect", "gone"),
    *(
        "unread",
        "not-article",
        "failed",
        "problems",
        "bytes",
        "read",
        "has_byline",
        "has_time",
        "has_dateline",
    ),
    *("text_length", "repeated_lines"),
)


@dataclass(frozen=True, kw_only=True)
class OutletHealth:
    """How an outlet was found to be after its newest judged crawl."""

    outlet: str
    state: State
    needs_person: bool
    findings: tuple[Finding, ...]
    judged_at: datetime
    crawl_id: int
    began_at: datetime
    seconds: float
    """How long the crawl took."""
    last_good_at: datetime | None
    """When the last crawl began that was read to its end."""
    counts: Mapping[str, int]
    """Of that crawl, a backfill's share left out."""


def judge_new(connection: Connection, slugs: Iterable[str] = (), *, now: datetime) -> None:
    """Add a row for each of the last 120 crawls of every outlet, or of these, that is closed and
    has none yet.

    Call it in a writing transaction: there is one writer at a time, so none is judged twice.
    """
    for slug in _named(connection, slugs):
        _judge_outlet(connection, slug, now=now)


def has_new(connection: Connection, slugs: Iterable[str] = ()) -> bool:
    """Whether `judge_new` would add a row."""
    found = (row for slug in _named(connection, slugs) for row in _crawls(connection, slug))
    return any(row.state is None for row in found)


def _named(connection: Connection, slugs: Iterable[str]) -> Sequence[str]:
    known = connection.scalars(select(outlet.c.slug).order_by(outlet.c.slug)).all()
    return sorted(set(slugs)) or known


def _judge_outlet(connection: Connection, slug: str, *, now: datetime) -> None:
    earlier: list[Night] = []
    for row in _crawls(connection, slug):
        if row.state is not None:
            earlier.append(_night(row, (), (), findings=_findings(row.findings)))
            continue
        tonight = _night(
            row, _troubles(connection, row.crawl_id), _stories(connection, row.crawl_id)
        )
        verdict = judge(tonight, earlier)
        connection.execute(insert(health).values(_values(row, verdict) | {"recorded_at": now}))
        earlier.append(_night(row, (), (), findings=verdict.findings))


def newest(connection: Connection, slugs: Iterable[str] = ()) -> list[OutletHealth]:
    """The newest row of each outlet, or of these, by slug."""
    wanted = sorted(set(slugs))
    query = (
        select(health, crawl.c.started_at, crawl.c.ended_at, crawl.c.counts)
        .join(crawl, crawl.c.crawl_id == health.c.crawl_id)
        .order_by(health.c.outlet, health.c.crawl_id)
    )
    rows = connection.execute(query.where(health.c.outlet.in_(wanted)) if wanted else query)
    last = {row["outlet"]: row for row in rows.mappings()}
    good = last_good_nights(connection)
    return [_outlet_health(row, good.get(slug)) for slug, row in last.items()]


def _outlet_health(row: RowMapping, last_good_at: datetime | None) -> OutletHealth:
    findings, counts = _findings(row["findings"]), row["counts"]
    shares = {name: counts.get(name, 0) - counts.get(f"backfill_{name}", 0) for name in _IN_FACTS}
    return OutletHealth(
        outlet=row["outlet"],
        state=State(row["state"]),
        needs_person=row["state"] == State.FAILING,
        findings=findings,
        judged_at=row["recorded_at"],
        crawl_id=row["crawl_id"],
        began_at=row["started_at"],
        seconds=(row["ended_at"] - row["started_at"]).total_seconds(),
        last_good_at=last_good_at,
        counts=shares,
    )


def last_good_nights(connection: Connection) -> dict[str, datetime]:
    """Outlet -> when the last crawl began that was read to its end."""
    query = (
        select(crawl.c.outlet, crawl.c.started_at, crawl.c.counts)
        .where(crawl.c.finish_reason == "finished")
        .order_by(crawl.c.started_at)
    )
    rows = connection.execute(query)
    return {row.outlet: row.started_at for row in rows if _NO_NIGHT.isdisjoint(row.counts)}


def _crawls(connection: Connection, slug: str) -> Sequence[Row[Any]]:
    """An outlet's last closed crawls, oldest first, with what was judged of them."""
    query = (
        select(crawl, outlet.c.zone, outlet.c.url, health.c.state, health.c.findings)
        .join(outlet, outlet.c.slug == crawl.c.outlet)
        .outerjoin(health, health.c.crawl_id == crawl.c.crawl_id)
        .where(crawl.c.outlet == slug, crawl.c.ended_at.is_not(None))
        .order_by(crawl.c.started_at.desc(), crawl.c.crawl_id.desc())
        .limit(_REMEMBERED)
    )
    rows = [row for row in connection.execute(query) if _NO_NIGHT.isdisjoint(row.counts)]
    return rows[::-1]


def _night(
    row: Row[Any],
    troubles: tuple[Trouble, ...],
    stories: tuple[str, ...],
    *,
    findings: tuple[Finding, ...] = (),
) -> Night:
    return Night(
        began_at=row.started_at,
        weekday=_weekday(row.started_at, row.zone),
        reason=row.finish_reason,
        counts=row.counts,
        troubles=troubles,
        stories=stories,
        url=row.url.rstrip("/"),
        findings=findings,
    )


def _weekday(moment: datetime, zone: str) -> int:
    try:
        return moment.astimezone(ZoneInfo(zone)).weekday()
    except (ZoneInfoNotFoundError, ValueError):
        return moment.weekday()


def _troubles(connection: Connection, crawl_id: int) -> tuple[Trouble, ...]:
    query = select(problem).where(problem.c.crawl_id == crawl_id).order_by(problem.c.problem_id)
    rows = connection.execute(query)
    return tuple(Trouble(kind=row.kind, url=row.url, detail=row.detail) for row in rows)


def _stories(connection: Connection, crawl_id: int) -> tuple[str, ...]:
    """Some stories that a crawl was shown, in the order in which it met them."""
    query = (
        select(story.c.url)
        .join(capture, capture.c.story_id == story.c.story_id)
        .where(capture.c.crawl_id == crawl_id, capture.c.answer == Answer.ARTICLE.value)
        .where(is_shown())
        .order_by(capture.c.capture_id)
        .limit(10)
    )
    return tuple(dict.fromkeys(connection.scalars(query)))


def _values(row: Row[Any], verdict: Verdict) -> dict[str, object]:
    findings = [vars(found) | {"since": found.since.isoformat()} for found in verdict.findings]
    return {
        "crawl_id": row.crawl_id,
        "outlet": row.outlet,
        "state": verdict.state.value,
        "findings": findings,
    }


def _findings(rows: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            **{
                **row,
                "examples": tuple(row["examples"]),
                "since": datetime.fromisoformat(row["since"]),
            }
        )
        for row in rows
    )
