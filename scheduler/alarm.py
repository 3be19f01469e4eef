"""APScheduler as the service's alarm clock: it wakes the service at each outlet's next slot.

The jobs follow from the settings and live in memory; what is done when it rings is decided from the
archive, so that a ring too many, or one that was missed, changes nothing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from scheduler.plan import Timetable, next_slot

__all__ = ["Alarm"]


class _Slots(BaseTrigger):  # type: ignore[misc]
    """Fires at each slot of a timetable."""

    def __init__(self, table: Timetable) -> None:
        self._table = table

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        return next_slot(self._table, max(now, previous) if previous else now)


class Alarm:
    """Calls `ring` at every slot, until it is stopped."""

    def __init__(self, tables: Mapping[str, Timetable], ring: Callable[[], None]) -> None:
        self._tables = tables
        self._ring = ring
        self._start()

    def _start(self) -> None:
        defaults = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        self._scheduler = BackgroundScheduler(timezone=UTC, job_defaults=defaults)
        for slug, table in self._tables.items():
            if table.times:
                self._scheduler.add_job(self._ring, _Slots(table), id=slug)
        self._scheduler.start()

    def reset(self) -> None:
        """Wind it anew, after the clock was set: its jobs were waiting for moments that moved."""
        self.stop()
        self._start()

    def stop(self) -> None:
        """Let it ring no more."""
        self._scheduler.shutdown(wait=False)
