"""The last nights: what each crawl did, what went wrong, and what the archive holds."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from archive import backfills, database, fixity_log, images
from archive.fixity_log import FixityState
from archive.schema import crawl, event, outlet, problem, reading, run, story, version
from archive.takedowns import is_shown
from archive.types import Crawl, Problem, Run
from archive.versions import current_reading, known

__all__ = [
    "CrawlStatus",
    "Hold",
    "Reach",
    "RunStatus",
    "Status",
    "Totals",
    "last_runs",
    "status",
]


@dataclass(frozen=True, kw_only=True)
class CrawlStatus:
    """A crawl and what went wrong in it."""

    crawl: Crawl
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """A night and its crawls, in the order in which they began."""

    run: Run
    crawls: tuple[CrawlStatus, ...]


@dataclass(frozen=True, kw_only=True)
class Hold:
    """An outlet that asked to be left alone for a while."""

    outlet: str
    until: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Since when an outlet's past is complete: all that it lists was considered."""

    outlet: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What the archive holds."""

    outlets: int
    stories: int
    taken_down: int
    """Stories that are not counted among the others: nobody is shown them."""
    gone: int
    versions: int
    images: int
    last_event_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Status:
    """The last runs, newest first, the outlets on hold, how far back each reaches, the totals."""

    runs: tuple[RunStatus, ...]
    holds: tuple[Hold, ...]
    reaches: tuple[Reach, ...]
    totals: Totals
    fixity: FixityState


def last_runs(engine: Engine, *, limit: int, as_of: datetime | None = None) -> list[RunStatus]:
    """The last nights that had begun at `as_of`, newest first, as they stand now."""
    with database.reading(engine) as connection:
        return _runs(connection, limit=limit, as_of=as_of)


def status(engine: Engine, *, runs: int = 5) -> Status:
    """How the last `runs` nights went. A hold that is over is still listed: compare its `until`."""
    with database.reading(engine) as connection:
        return Status(
            runs=tuple(_runs(connection, limit=runs)),
            holds=tuple(_holds(connection)),
            reaches=tuple(
                Reach(outlet=slug, since=since)
                for slug, since in backfills.reaches(connection).items()
            ),
            totals=_totals(connection),
            fixity=fixity_log.state(connection),
        )


def _runs(connection: Connection, *, limit: int, as_of: datetime | None = None) -> list[RunStatus]:
    begun = select(run).where(known(run.c.started_at, as_of))
    newest = connection.execute(begun.order_by(run.c.run_id.desc()).limit(limit)).all()
    run_ids = [row.run_id for row in newest]
    crawls = _crawls(connection, run_ids)
    return [
        RunStatus(
            run=Run(run_id=row.run_id, started_at=row.started_at, ended_at=row.ended_at),
            crawls=tuple(crawls[row.run_id]),
        )
        for row in newest
    ]


def _crawls(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, list[CrawlStatus]]:
    rows = connection.execute(
        select(crawl).where(crawl.c.run_id.in_(run_ids)).order_by(crawl.c.crawl_id)
    ).mappings()
    problems = _problems(connection, run_ids)
    names = (
        "crawl_id",
        "run_id",
        "outlet",
        "started_at",
        "ended_at",
        "finish_reason",
        "counts",
        "token",
    )
    found: defaultdict[int, list[CrawlStatus]] = defaultdict(list)
    for row in rows:
        made = Crawl(**{name: row[name] for name in names})
        found[made.run_id].append(CrawlStatus(crawl=made, problems=tuple(problems[made.crawl_id])))
    return found


def _problems(connection: Connection, run_ids: Sequence[int]) -> Mapping[int, list[Problem]]:
    rows = connection.execute(
        select(problem)
        .join(crawl, crawl.c.crawl_id == problem.c.crawl_id)
        .where(crawl.c.run_id.in_(run_ids))
        .order_by(problem.c.problem_id)
    )
    found: defaultdict[int, list[Problem]] = defaultdict(list)
    for row in rows:
        found[row.crawl_id].append(
            Problem(
                outlet=row.outlet, url=row.url, kind=row.kind, detail=row.detail, advice=row.advice
            )
        )
    return found


def _holds(connection: Connection) -> list[Hold]:
    rows = connection.execute(
        select(outlet).where(outlet.c.held_until.is_not(None)).order_by(outlet.c.slug)
    )
    return [Hold(outlet=row.slug, until=row.held_until, reason=row.held_reason) for row in rows]


def _totals(connection: Connection) -> Totals:
    last = (
        select(func.max(event.c.event_id))
        .where(event.c.kind.in_(("gone", "back")))
        .group_by(event.c.story_id)
    )
    gone = (
        select(event.c.event_id)
        .join(story, story.c.story_id == event.c.story_id)
        .where(event.c.event_id.in_(last), event.c.kind == "gone", is_shown())
    )
    shown = (
        select(version.c.version_id)
        .join(story, story.c.story_id == version.c.story_id)
        .join(reading, reading.c.version_id == version.c.version_id)
        .where(is_shown())
        .where(reading.c.reading_id == current_reading(), reading.c.repeats_previous.is_(False))
    )
    return Totals(
        outlets=_count(connection, select(outlet)),
        stories=_count(connection, select(story.c.story_id).where(is_shown())),
        taken_down=_count(connection, select(story.c.story_id).where(~is_shown())),
        gone=_count(connection, gone),
        versions=_count(connection, shown),
        images=images.count(connection),
        last_event_at=connection.scalar(select(func.max(event.c.recorded_at))),
    )


def _count(connection: Connection, rows: Select[Any]) -> int:
    return connection.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
