"""Which outlets there are to visit, when, and what the archive knows of their visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from archive import database
from archive.config import Settings
from archive.types import Outlet
from archive.visits import CUT, Visit, visits_since
from crawler.outlets import chosen
from scheduler.plan import Ending, Timetable, Turn, is_due

__all__ = ["Round", "outlets_of", "round_at", "timetables"]

_BACK = timedelta(days=3)
"""How far back a slot can lie that is not done yet, and then some."""


def outlets_of(settings: Settings) -> Mapping[str, Outlet]:
    """The outlets to visit, by slug. Raises ConfigError, NotFound for a slug that there is not."""
    return {
        spider.outlet.slug: spider.outlet for spider in chosen(settings, settings.schedule.outlets)
    }


def timetables(settings: Settings, outlets: Mapping[str, Outlet]) -> Mapping[str, Timetable]:
    """When each outlet is to be visited: its own times in its own zone, or those of [schedule]."""
    schedule = settings.schedule
    own = {entry.slug: entry.at for entry in settings.outlet if entry.at is not None}
    return {
        slug: Timetable(
            slug=slug,
            times=own.get(slug, schedule.at),
            zone=outlet.zone if slug in own else schedule.timezone or outlet.zone,
            jitter=schedule.jitter,
        )
        for slug, outlet in outlets.items()
    }


@dataclass(frozen=True, kw_only=True)
class Round:
    """How things stand at a moment."""

    due: Sequence[str]
    """Outlets to be visited now, the longest unvisited first."""
    at_work: frozenset[str]
    """Outlets that somebody crawls, here or elsewhere."""


def round_at(engine: Engine, tables: Mapping[str, Timetable], now: datetime) -> Round:
    """What is due at a moment, by what the archive holds. Raises ArchiveError."""
    with database.reading(engine) as connection:
        visits = visits_since(connection, tables, now - _BACK)
    at_work = {slug for slug, found in visits.items() if any(one.is_at_work for one in found)}
    due = [
        slug
        for slug, table in tables.items()
        if slug not in at_work and is_due(table, map(_turn, visits.get(slug, ())), now)
    ]
    last = {slug: found[-1].started_at for slug, found in visits.items()}
    waiting = sorted(due, key=lambda slug: (last.get(slug, now - _BACK), slug))
    return Round(due=waiting, at_work=frozenset(at_work))


def _turn(visit: Visit) -> Turn:
    if visit.finish_reason in CUT:
        ending = Ending.CUT
    elif visit.finish_reason in {"", "killed"} and not visit.is_at_work:
        ending = Ending.DEAD
    else:
        ending = Ending.DONE
    return Turn(started_at=visit.started_at, ending=ending)
