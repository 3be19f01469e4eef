"""Who is told what, once: the digest of a morning, and what cannot wait for it.

A message is noted in the archive once it was handed over, and only then: while a network is down
nothing is lost, and the next try tells all of it. A process that dies between handing over and
noting tells it twice.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select

from archive import database, health_shelf, lease, notices
from archive.config import NotifyConfig
from archive.errors import ArchiveError
from archive.feeds import ATOM, JSON_FEED, atom, json_feed
from archive.health_shelf import OutletHealth
from archive.lease import Holder
from archive.news import KINDS, Happening, counts, happenings, newest_event
from archive.notices import BEGAN, DIGEST, EVENT
from archive.schema import crawl, event, run
from scheduler.digest import MOST, Message, Sick, Told, digest, notice_of
from scheduler.targets import Target, targets

__all__ = ["Notifier", "Sent", "is_digest_due", "is_quiet", "write_feeds"]

_LEASE = "notify"
_AT_ONCE = 200
"""Events that are looked through at a time."""
_IN_FEED = 100
_FAILED = frozenset({"unreachable", "challenged", "misconfigured", "killed", "archive-failed",
                     "not-reached", "start_error"})  # fmt: skip
"""Finish reasons of crawls that could not look at their outlet."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One message, to whom, and what went wrong if it was not taken."""

    target: str
    kind: str
    title: str
    error: str = ""


def is_quiet(span: str, now: time) -> bool:
    """Whether a time of day lies in a span like `22:00-06:00`, its end not included."""
    if not span:
        return False
    begin, end = (time.fromisoformat(part) for part in span.split("-"))
    if begin <= end:
        return begin <= now < end
    return now >= begin or now < end


def is_digest_due(config: NotifyConfig, *, last: datetime | None, now: datetime) -> bool:
    """Whether a digest is to go out: none did since the last time that it was due."""
    zone = ZoneInfo(config.timezone)
    local = now.astimezone(zone)
    due = datetime.combine(local.date(), config.at, zone)
    if due > local:
        due -= timedelta(days=1)
    return last is None or last < due


@dataclass(frozen=True, kw_only=True)
class Notifier:
    """Tells what happened in an archive, once to everyone."""

    engine: Engine
    config: NotifyConfig
    clock: Callable[[], datetime]

    def preview(self) -> Message:
        """The digest as the first target would get it now; of the last night without one."""
        with database.reading(self.engine) as connection:
            found = targets(self.config.to)
            key = found[0].key if found else ""
            since = notices.told_up_to(connection, key, DIGEST)
            if since is None:
                since = _before_last_night(connection)
            return digest(self._told(connection, key, since), language=self.config.language)

    def test(self) -> Iterator[Sent]:
        """Send a word of greeting to everyone; nothing is noted."""
        message = Message(
            "Kliping", {"id": "Pesan percobaan.", "en": "A test."}[self.config.language]
        )
        for target in targets(self.config.to):
            error = target.send(message)
            yield Sent(target=target.name, kind="test", title=message.title, error=error)

    def tell(self, *, now: bool = False) -> Iterator[Sent]:
        """Send what is due, and what is not yet if `now`; each message as it went.

        Raises LeaseHeld while another process does, ConfigError for an address that is none.
        """
        known = targets(self.config.to)
        with self._lease() as token:
            for target in known:
                self._begin(target, token=token)
                yield from self._at_once(target, token=token)
                with database.reading(self.engine) as connection:
                    last = notices.last_told_at(connection, target.key, DIGEST)
                if now or is_digest_due(self.config, last=last, now=self.clock()):
                    yield self._digest(target, token=token)

    @contextmanager
    def _lease(self) -> Iterator[int]:
        with database.writing(self.engine) as connection:
            token = lease.acquire(connection, _LEASE, holder=Holder.this_process())
        try:
            yield token
        finally:
            with database.writing(self.engine) as connection:
                lease.release(connection, _LEASE, token=token)

    def _begin(self, target: Target, *, token: int) -> None:
        """A new target is told of the last night on, not of years."""
        with database.reading(self.engine) as connection:
            if notices.told_up_to(connection, target.key, BEGAN) is not None:
                return
            since = _before_last_night(connection)
        self._note(target, BEGAN, since, token=token)

    def _note(self, target: Target, kind: str, event_id: int, *, token: int) -> None:
        with database.writing(self.engine) as connection:
            lease.renew(connection, _LEASE, token=token)
            at = self.clock()
            notices.note(connection, target.key, kind, event_id=event_id, recorded_at=at)

    # -- at once ---------------------------------------------------------------------------------

    def _at_once(self, target: Target, *, token: int) -> Iterator[Sent]:
        """Tell of each event that cannot wait; the first that is not taken ends the round."""
        local = self.clock().astimezone(ZoneInfo(self.config.timezone)).time()
        if not self.config.at_once or is_quiet(self.config.quiet, local):
            return
        while found := self._urgent(target):
            events, reached = found
            for one in events:
                message = notice_of(one, language=self.config.language)
                sent = Sent(target=target.name, kind=EVENT, title=message.title)
                if error := target.send(message):
                    yield replace(sent, error=error)
                    return
                self._note(target, EVENT, one.event_id, token=token)
                yield sent
            self._note(target, EVENT, reached, token=token)

    def _urgent(self, target: Target) -> tuple[list[Happening], int] | None:
        """The next events that cannot wait, and how far was looked; None when all were told."""
        with database.reading(self.engine) as connection:
            since = notices.told_up_to(connection, target.key, EVENT) or 0
            newest = newest_event(connection)
            if since >= newest:
                return None
            reached = min(since + _AT_ONCE, newest)
            found = happenings(connection, after=since, up_to=reached, limit=_AT_ONCE)
        return [one for one in found if self._is_urgent(one)], reached

    def _is_urgent(self, one: Happening) -> bool:
        if one.kind == "gone":
            return "gone" in self.config.at_once
        return "headline" in self.config.at_once and "headline" in one.changed

    # -- the digest ------------------------------------------------------------------------------

    def _digest(self, target: Target, *, token: int) -> Sent:
        with database.reading(self.engine) as connection:
            since = notices.told_up_to(connection, target.key, DIGEST) or 0
            newest = newest_event(connection)
            message = digest(
                self._told(connection, target.key, since), language=self.config.language
            )
        sent = Sent(target=target.name, kind=DIGEST, title=message.title)
        if error := target.send(message):
            return replace(sent, error=error)
        self._note(target, DIGEST, newest, token=token)
        return sent

    def _told(self, connection: Connection, key: str, since: int) -> Told:
        newest, now = newest_event(connection), self.clock()
        last = notices.last_told_at(connection, key, DIGEST) or now - timedelta(days=1)
        looked, sick = _outlets(connection, since=last)
        return Told(
            now=now,
            zone=self.config.timezone,
            happenings=[
                one
                for kind in KINDS
                for one in happenings(
                    connection, after=since, up_to=newest, kinds=[kind], limit=MOST
                )
            ],
            counts=counts(connection, after=since, up_to=newest),
            sick=sick,
            looked_at=looked,
        )


def _before_last_night(connection: Connection) -> int:
    """The newest event before the last run; 0 for an archive of one night."""
    began = select(func.max(run.c.started_at)).scalar_subquery()
    query = select(func.max(event.c.event_id)).where(event.c.recorded_at < began)
    return connection.scalar(query) or 0


def _outlets(connection: Connection, *, since: datetime) -> tuple[int, list[Sick]]:
    """How many outlets were looked at since a moment, and those in trouble after the last look."""
    newest = (
        select(func.max(crawl.c.crawl_id))
        .where(crawl.c.started_at >= since, crawl.c.ended_at.is_not(None))
        .group_by(crawl.c.outlet)
    )
    rows = connection.execute(
        select(crawl.c.outlet, crawl.c.finish_reason)
        .where(crawl.c.crawl_id.in_(newest))
        .order_by(crawl.c.outlet)
    ).all()
    judged = {one.outlet: one for one in health_shelf.newest(connection)}
    sick = (_sick(row.outlet, row.finish_reason, judged.get(row.outlet)) for row in rows)
    return len(rows), [one for one in sick if one]


def _sick(slug: str, reason: str, judged: OutletHealth | None) -> Sick | None:
    """What is wrong with an outlet: what its health says, else how its last crawl ended."""
    if judged and judged.findings:
        first = judged.findings[0]
        return Sick(outlet=slug, reason=first.kind, example=next(iter(first.examples), ""))
    return Sick(outlet=slug, reason=reason) if reason in _FAILED else None


def write_feeds(engine: Engine, folder: Path) -> None:
    """Write the newest events as an Atom and a JSON feed, each whole or not at all.

    Raises ArchiveError when the disk refuses.
    """
    with database.reading(engine) as connection:
        newest = newest_event(connection)
        found = happenings(connection, up_to=newest, limit=_IN_FEED, newest_first=True)
        updated = connection.scalar(select(func.max(event.c.recorded_at)))
    files = {JSON_FEED: json_feed(found)} | (
        {ATOM: atom(found, updated=updated)} if updated else {}
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            partial = folder / f".{name}.partial"
            partial.write_bytes(data)
            partial.replace(folder / name)
    except OSError as error:
        raise ArchiveError(f"{folder}: the feeds cannot be written: {error.strerror}") from error
