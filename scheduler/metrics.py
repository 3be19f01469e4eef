"""What Prometheus asks of a service: its nights in numbers, read anew at each scrape."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Engine, func, select

from archive import database
from archive.config import Settings
from archive.disk import disk_state
from archive.errors import ArchiveError, ConfigError
from archive.health_shelf import last_good_nights, newest
from archive.schema import crawl, fixity, story, version
from scheduler.follow import going_on
from scheduler.plan import Timetable

if TYPE_CHECKING:
    from prometheus_client.core import Metric

__all__ = ["Metrics", "served"]

_HOST = "127.0.0.1"


class Metrics:
    """A collector: `collect` is called at each scrape."""

    def __init__(
        self, settings: Settings, tables: Mapping[str, Timetable], clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._tables = tables
        self._clock = clock

    def collect(self) -> "Iterator[Metric]":
        """Every number; `kliping_up` alone, and 0, while the archive cannot be read."""
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - an extra

        try:
            with database.opened(self._settings.archive) as engine:
                database.require_current(engine)
                found = [*self._nights(engine), *self._holdings(engine)]
        except ArchiveError:
            yield GaugeMetricFamily("kliping_up", "Whether the archive can be read.", value=0)
            return
        yield GaugeMetricFamily("kliping_up", "Whether the archive can be read.", value=1)
        yield from found

    def _nights(self, engine: Engine) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - an extra

        going = going_on(engine, self._tables, self._clock())
        with database.reading(engine) as connection:
            good = last_good_nights(connection)
            states = {one.outlet: one.state.value for one in newest(connection)}
            ends = connection.execute(
                select(crawl.c.finish_reason, func.count())
                .where(crawl.c.ended_at.is_not(None))
                .group_by(crawl.c.finish_reason)
            ).all()
        yield GaugeMetricFamily("kliping_crawls_at_work", "Crawls that run.",
                                value=len(going.at_work))  # fmt: skip
        yield GaugeMetricFamily("kliping_outlets_waiting", "Outlets that are due.",
                                value=len(going.waiting))  # fmt: skip
        last = GaugeMetricFamily("kliping_last_good_night_timestamp_seconds",
                                 "When the last crawl began that was read to its end.",
                                 labels=["outlet"])  # fmt: skip
        for slug, moment in sorted(good.items()):
            last.add_metric([slug], moment.timestamp())
        yield last
        state = GaugeMetricFamily("kliping_outlet_state", "1 for the state that an outlet is in.",
                                  labels=["outlet", "state"])  # fmt: skip
        for slug, name in sorted(states.items()):
            state.add_metric([slug, name], 1)
        yield state
        ended = GaugeMetricFamily("kliping_crawls_ended", "Crawls that ended, by finish reason.",
                                  labels=["reason"])  # fmt: skip
        for reason, count in ends:
            ended.add_metric([reason], count)
        yield ended

    def _holdings(self, engine: Engine) -> "Iterator[Metric]":
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - an extra

        warcs = self._settings.archive.directory / "warc"
        with database.reading(engine) as connection:
            held = connection.execute(
                select(story.c.outlet, func.count()).group_by(story.c.outlet)
            ).all()
            versions = connection.scalar(select(func.count()).select_from(version)) or 0
            audited = connection.scalar(select(func.max(fixity.c.checked_at)))
            disk = disk_state(connection, warcs, now=self._clock())
        stories = GaugeMetricFamily("kliping_stories", "Stories held.", labels=["outlet"])
        for slug, count in held:
            stories.add_metric([slug], count)
        yield stories
        yield GaugeMetricFamily("kliping_versions", "Versions held.", value=versions)
        yield GaugeMetricFamily("kliping_disk_free_bytes", "Free on the disk of the WARC files.",
                                value=disk.free_bytes)  # fmt: skip
        if audited:
            yield GaugeMetricFamily("kliping_last_audit_timestamp_seconds",
                                    "When a part of the archive was last audited.",
                                    value=audited.timestamp())  # fmt: skip


@contextmanager
def served(port: int, metrics: Metrics) -> Iterator[None]:
    """While the block runs, they are at http://127.0.0.1:PORT/metrics; nowhere for port 0.

    Raises ConfigError without the extra `metrics`, or where the port is taken.
    """
    if not port:
        yield
        return
    try:
        from prometheus_client import CollectorRegistry, start_http_server  # noqa: PLC0415 - extra
    except ImportError:
        raise ConfigError(
            "--metrics-port needs prometheus_client: pip install 'kliping[metrics]'"
        ) from None
    registry = CollectorRegistry(auto_describe=False)
    registry.register(metrics)
    try:
        server, thread = start_http_server(port, addr=_HOST, registry=registry)
    except OSError as error:
        raise ConfigError(f"--metrics-port {port}: {error.strerror}; choose another port") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
