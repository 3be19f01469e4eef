"""What thirty nights have to leave in an archive, beside what they left: a line per fault."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from calendar_newsroom import FIRST_NIGHT, CalendarNewsroom, Event, evening
from playing import Place
from sqlalchemy import Row, Text, cast, func, select

from archive import schema
from archive.database import reading
from archive.news import KINDS, counts
from archive.notices import BEGAN, DIGEST
from archive.visits import CUT

__all__ = ["Judge", "Key"]

Key = tuple[str, str]
"""A story: its outlet and the path of its address."""
_MARK = re.compile(r"keterangan tambahan nomor \d+-\d+")
_LIES = "lying-signals"


@dataclass
class Judge:
    """Notes how things stand after each night, and says in the end what is wrong."""

    room: CalendarNewsroom
    place: Place
    plans: list[Mapping[Key, datetime]] = field(default_factory=lambda: [{}])
    """Before the first night and after each: when each story was to be looked at again."""
    health: list[Mapping[str, tuple[str, frozenset[str]]]] = field(default_factory=list)
    """After each night: the state of each outlet, and what was found wrong with it."""
    owed: Counter[str] = field(default_factory=Counter)
    """How many new stories, edits and removals had to be found."""

    def note(self) -> None:
        """Keep how things stand after a night."""
        story, health = schema.story, schema.health
        with reading(self.place.engine) as connection:
            stories = connection.execute(
                select(story.c.outlet, story.c.url, story.c.next_visit_at)
            ).all()
            newest = select(func.max(health.c.health_id)).group_by(health.c.outlet)
            rows = connection.execute(
                select(health.c.outlet, health.c.state, health.c.findings).where(
                    health.c.health_id.in_(newest)
                )
            ).all()
        self.plans.append({_key(row): row.next_visit_at for row in stories if row.next_visit_at})
        self.health.append(
            {
                row.outlet: (row.state, frozenset(one["kind"] for one in row.findings))
                for row in rows
            }
        )

    def faults(self, digests: Sequence[str]) -> list[str]:
        """Everything that is not as it has to be; `digests` are the titles of those that came."""
        return [
            *self._runs(),
            *self._missed(),
            *self._invented(),
            *self._health(),
            *self._told(digests),
        ]

    # -- runs ------------------------------------------------------------------------------------

    def _runs(self) -> Iterator[str]:
        """Each outlet has its turn once a night, and no two crawls of it at once."""
        done = Counter[tuple[str, int]]()
        ends: dict[str, datetime] = {}
        for row in self.place.rows(schema.crawl):
            outlet, began = row["outlet"], row["started_at"]
            if ends.get(outlet, began) > began:
                yield f"{outlet}: two crawls at once at {began}"
            if row["ended_at"] and row["finish_reason"] != "killed":
                ends[outlet] = row["ended_at"]
            if row["finish_reason"] not in {*CUT, "", "killed"}:
                done[outlet, _night_of(began)] += 1
        for site in self.room.sites:
            for night in range(1, len(self.plans)):
                if (times := done[site.outlet.slug, night]) != 1:
                    yield f"{site.outlet.slug}: visited {times} times on night {night}"
        newest = max(row["run_id"] for row in self.place.rows(schema.run))
        yield from (f"run {row['run_id']} never ended" for row in self.place.rows(schema.run)
                    if row["ended_at"] is None and row["run_id"] != newest)  # fmt: skip
        yield from (f"{name}: {most} requests at once" for name, most in self.room.at_once.items()
                    if most > 1)  # fmt: skip

    # -- stories ---------------------------------------------------------------------------------

    def _missed(self) -> Iterator[str]:
        """New stories, edits and removals that a look had to find, and that are not there."""
        for event in self.room.events():
            night = self._owed_on(event)
            if night is None:
                continue
            self.owed[event.kind] += 1
            found = self._found_on(event)
            if found is None or found > night:
                when = f"found on night {found}" if found else "never found"
                what = f"{event.kind} {event.mark}".rstrip()
                yield f"{event.outlet}{event.path}: {what}, owed on night {night}, {when}"

    def _owed_on(self, event: Event) -> int | None:
        """The first night on which a look was due while the change could be seen."""
        key = (event.outlet, _plain(event.path))
        looks = 0
        for night in range(_first_night(event.at), len(self.plans)):
            at = evening(night)
            if at >= event.until:
                return None
            if not self._can_see(event.outlet, night):
                continue
            if event.kind == "new" or self._is_due(key, night):
                looks += 1
            # one answer that a story is missing is no proof
            if looks == (2 if event.kind == "gone" else 1):
                return night
        return None

    def _can_see(self, outlet: str, night: int) -> bool:
        number = self._numbers[outlet]
        fault = self.room.fault(number, night)
        if fault != _LIES:
            return not fault
        # what its signals hide is not looked at before one was caught lying
        return any(_LIES in found[outlet][1] for found in self.health[: night - 1])

    def _found_on(self, event: Event) -> int | None:
        key = (event.outlet, _plain(event.path))
        if event.kind == "new":
            return self._first.get(key)
        if event.kind == "gone":
            return min(self._gone.get(key, ()), default=None)
        return next((n for n, marks in self._versions.get(key, ()) if event.mark in marks), None)

    def _invented(self) -> Iterator[str]:
        """Edits and removals that never were."""
        removed = {(e.outlet, _plain(e.path)): e.at for e in self.room.events() if e.kind == "gone"}
        for key, nights in self._gone.items():
            yield from (f"{key}: gone on night {night}, and is not" for night in nights
                        if key not in removed or evening(night) < removed[key])  # fmt: skip
        for key, found in self._versions.items():
            if any(one.outlet == self._numbers[key[0]] and one.kind == "template-change"
                   for one in self.room.faults):  # fmt: skip
                continue
            if len({marks for _, marks in found}) != len(found):
                yield f"{key}: an edit that nobody made: {found}"

    # -- health and notices ----------------------------------------------------------------------

    def _health(self) -> Iterator[str]:
        """Faults are named within a night, and nothing is said of outlets that have none."""
        faulty = {self.room.sites[fault.outlet].outlet.slug for fault in self.room.faults}
        for night, found in enumerate(self.health, 1):
            for outlet, (state, kinds) in found.items():
                if outlet not in faulty and (state != "healthy" or kinds):
                    yield f"{outlet}: false alarm on night {night}: {state} {sorted(kinds)}"
        for fault in self.room.faults:
            slug = self.room.sites[fault.outlet].outlet.slug
            first = self._first_sign(slug) if fault.kind == _LIES else fault.first
            named = [n for n, found in enumerate(self.health, 1) if fault.kind in found[slug][1]]
            wrong = {kind for n in range(fault.first, min(fault.last, len(self.health)) + 1)
                     for kind in self.health[n - 1][slug][1]} - {fault.kind}  # fmt: skip
            if first is not None and (not named or min(named) > first + 1):
                yield f"{slug}: {fault.kind} of night {first} named on {named[:1] or 'none'}"
            if wrong:
                yield f"{slug}: {fault.kind} was called {sorted(wrong)}"

    def named(self) -> str:
        """Which night each fault was named on, beside the one on which it could be seen first."""
        told = []
        for fault in self.room.faults:
            slug = self.room.sites[fault.outlet].outlet.slug
            first = self._first_sign(slug) if fault.kind == _LIES else fault.first
            nights = [n for n, found in enumerate(self.health, 1) if fault.kind in found[slug][1]]
            told.append(f"{fault.kind} of night {first} on night {min(nights, default='none')}")
        return "; ".join(told)

    def _first_sign(self, slug: str) -> int | None:
        """The first night on which a lie was there for a look that was due."""
        nights = [
            night
            for event in self.room.events()
            if event.outlet == slug and event.kind == "edited"
            for night in range(_first_night(event.at), len(self.plans))
            if self.room.fault(self._numbers[slug], night) == _LIES
            and evening(night) < event.until
            and self._is_due((slug, _plain(event.path)), night)
        ]
        return min(nights, default=None)

    def _is_due(self, key: Key, night: int) -> bool:
        due = self.plans[night - 1].get(key)
        return due is not None and due <= evening(night)

    def _told(self, digests: Sequence[str]) -> Iterator[str]:
        """The digests tell of every event, and of each once."""
        notice = schema.notice
        with reading(self.place.engine) as connection:
            rows = connection.execute(
                select(notice.c.kind, func.min(notice.c.event_id), func.max(notice.c.event_id))
                .group_by(notice.c.kind)
            ).all()  # fmt: skip
            spans = {row[0]: (row[1], row[2]) for row in rows}
            if not {BEGAN, DIGEST} <= spans.keys():
                yield f"nobody was told: {spans}"
                return
            first, last = spans[BEGAN][0], spans[DIGEST][1]
            here = counts(connection, after=first, up_to=last)
        told = Counter[str]()
        for title in digests:
            for kind, words in _IN_DIGEST.items():
                if said := re.search(rf"(\d+) {words}", title):
                    told[kind] += int(said[1])
        for kind in KINDS:
            if told[kind] != here.get(kind, 0):
                yield f"told of {told[kind]} {kind}, and there were {here.get(kind, 0)}"
        if len(digests) != len(self.plans) - 1:
            yield f"{len(digests)} digests in {len(self.plans) - 1} nights"

    # -- what is there ---------------------------------------------------------------------------

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {site.outlet.slug: number for number, site in enumerate(self.room.sites)}

    @cached_property
    def _first(self) -> Mapping[Key, int]:
        story = schema.story
        with reading(self.place.engine) as connection:
            rows = connection.execute(select(story.c.outlet, story.c.url, story.c.first_seen_at))
            return {_key(row): _night_of(row.first_seen_at) for row in rows}

    @cached_property
    def _gone(self) -> Mapping[Key, Sequence[int]]:
        story, event = schema.story, schema.event
        found: defaultdict[Key, list[int]] = defaultdict(list)
        with reading(self.place.engine) as connection:
            rows = connection.execute(
                select(story.c.outlet, story.c.url, event.c.recorded_at)
                .join(event, event.c.story_id == story.c.story_id)
                .where(event.c.kind == "gone")
            )
            for row in rows:
                found[_key(row)].append(_night_of(row.recorded_at))
        return found

    @cached_property
    def _versions(self) -> Mapping[Key, Sequence[tuple[int, frozenset[str]]]]:
        """Of each story the night of each version, and the marks that it bears."""
        story, version, reading_ = schema.story, schema.version, schema.reading
        found: defaultdict[Key, list[tuple[int, frozenset[str]]]] = defaultdict(list)
        query = (
            select(story.c.outlet, story.c.url, version.c.first_seen_at)
            .add_columns(cast(schema.reading_text.c.text, Text).label("text"))
            .join(version, version.c.story_id == story.c.story_id)
            .join(reading_, reading_.c.version_id == version.c.version_id)
            .join(schema.reading_text, schema.reading_text.c.reading_id == reading_.c.reading_id)
            .order_by(version.c.story_id, version.c.number)
        )
        with reading(self.place.engine) as connection:
            for row in connection.execute(query):
                marks = frozenset(_MARK.findall(row.text))
                found[_key(row)].append((_night_of(row.first_seen_at), marks))
        return found


_IN_DIGEST = {"new": "berita baru", "edited": "diubah", "gone": "dihapus", "back": "muncul lagi"}


def _night_of(moment: datetime) -> int:
    return (moment - FIRST_NIGHT).days + 1


def _first_night(moment: datetime) -> int:
    """The first night that comes after a moment."""
    return max(bisect_left(range(1, 1000), moment, key=evening) + 1, 1)


def _plain(path: str) -> str:
    return path.rstrip("/")


def _key(row: Row[tuple[str, str, datetime]]) -> Key:
    outlet, url = str(row.outlet), str(row.url)
    return outlet, _plain("/" + url.partition("://")[2].partition("/")[2])
