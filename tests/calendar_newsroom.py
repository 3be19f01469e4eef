"""A newsroom of many outlets over a month: stories, edits and removals by date, and what breaks.

It answers in the themes of the sample newsroom, by the moment that its clock tells. Everything
follows from the number of outlets and of nights, so that the same play can be given again.
"""

import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache, cached_property

from archive.config import Settings
from archive.types import Outlet
from crawler.demo.blogger import JAWAPES, blogger
from crawler.demo.config import NewsroomConfig
from crawler.demo.editions import Edition
from crawler.demo.grown import written
from crawler.demo.hostile import FIXED
from crawler.demo.nights import Post
from crawler.demo.reply import Asked, Reply, finished, html_reply
from crawler.demo.server import Server
from crawler.demo.site import answer
from crawler.demo.sites import SITES, Site
from crawler.outlets import known_spiders

__all__ = ["FIRST_NIGHT", "HOUR", "CalendarNewsroom", "Event", "Fault", "evening"]

FIRST_NIGHT = datetime(2026, 9, 1, tzinfo=UTC)
HOUR = 19
"""When a night is played, in UTC: after half past one on every Indonesian clock."""
_BACKLOG = 12
_ZONES = ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_LAGS = (timedelta(hours=3), timedelta(days=1), timedelta(days=2), timedelta(days=6))
_SHAPES = (*SITES, JAWAPES, SITES[0])
"""Which theme each outlet has, in turn."""
_CLOSED = (2, 4)
"""The turns of those whose REST API is closed: their feeds say nothing of edits."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with one outlet from one night to another."""

    outlet: int
    kind: str
    """The finding that `kliping health` is to name; or `redesign`'s."""
    first: int
    last: int

    def holds(self, night: int) -> bool:
        """Whether it is wrong on a night."""
        return self.first <= night <= self.last


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened to a story: it appeared, was edited, or was removed."""

    outlet: str
    path: str
    kind: str
    at: datetime
    until: datetime
    """When the next one to the same story came."""
    mark: str = ""
    """Words that only this edit brought."""


@dataclass(frozen=True)
class _Written:
    """One story and what becomes of it."""

    post: Post
    edits: tuple[tuple[datetime, str, bool], ...]
    """When, the words it brings, and whether the headline has them, too."""
    removed_at: datetime | None


def evening(night: int) -> datetime:
    """When a night is played, from 1."""
    return FIRST_NIGHT + timedelta(days=night - 1, hours=HOUR)


@dataclass
class CalendarNewsroom:
    """The outlets under one server. A context manager."""

    outlets: int
    nights: int
    faults: Sequence[Fault]
    clock: Callable[[], datetime]
    at_once: Counter[str] = field(default_factory=Counter)
    """The most requests that each host had to answer at the same time."""
    _busy: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: Server = field(init=False)

    def __post_init__(self) -> None:
        self._server = Server(self._counted)
        self._edition = cache(self._made)

    def __enter__(self) -> "CalendarNewsroom":
        self._server.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.stop()

    @cached_property
    def sites(self) -> Sequence[Site]:
        """One site an outlet."""
        return [_site(number) for number in range(self.outlets)]

    @cached_property
    def connect_to(self) -> dict[str, str]:
        """Where each outlet answers."""
        return {site.outlet.url: self._server.origin for site in self.sites}

    @property
    def entries(self) -> list[dict[str, object]]:
        """The `[[outlet]]` entry of each, with the rules of its theme."""
        known = known_spiders(Settings())
        return [
            {
                "slug": site.outlet.slug,
                "url": site.outlet.url,
                "platform": site.outlet.platform,
                "zone": site.outlet.zone,
                "body": known[site.theme].rules.body,
                "drop": list(known[site.theme].rules.drop),
                "lines": list(known[site.theme].rules.lines),
            }
            for site in self.sites
        ]

    def fault(self, number: int, night: int) -> str:
        """What is wrong with an outlet on a night, or ''."""
        return next(
            (one.kind for one in self.faults if one.outlet == number and one.holds(night)), ""
        )

    def events(self) -> Iterator[Event]:
        """Everything that happened to stories on the topic, the last night's evening at latest."""
        end = evening(self.nights)
        for number, site in enumerate(self.sites):
            for one in self._stories(number):
                if one.post.on_topic and one.post.published_at < end:
                    yield from (event for event in _events(site, one) if event.at < end)

    # -- the stories -----------------------------------------------------------------------------

    @cached_property
    def _shelves(self) -> dict[int, list[_Written]]:
        return {}

    def _stories(self, number: int) -> list[_Written]:
        if number not in self._shelves:
            chance = random.Random(f"warta {number}")
            days = range(1 - _BACKLOG, self.nights + 1)
            site = self.sites[number]
            self._shelves[number] = [
                _story(site, turn, day, chance) for turn, day in enumerate(days)
            ]
        return self._shelves[number]

    def _made(self, number: int, day: int) -> Edition:
        """An outlet as it is on the evening of a day."""
        at = evening(day)
        lies = self.fault(number, day) == "lying-signals"
        posts = [
            _post_at(one, at, lies=lies)
            for one in self._stories(number)
            if one.post.published_at <= at
        ]
        posts.sort(key=lambda post: (post.published_at, post.id), reverse=True)
        base = tuple(one.post for one in self._stories(number)[:_BACKLOG])
        return Edition(self.sites[number], day, tuple(posts), base)

    # -- the answers -----------------------------------------------------------------------------

    def _counted(self, asked: Asked) -> Reply:
        with self._lock:
            self._busy[asked.host] += 1
            self.at_once[asked.host] = max(self.at_once[asked.host], self._busy[asked.host])
        try:
            return self._exchange(asked)
        finally:
            with self._lock:
                self._busy[asked.host] -= 1

    def _exchange(self, asked: Asked) -> Reply:
        now = self.clock()
        night = (now - FIRST_NIGHT).days + 1
        number = int(asked.host.partition(":")[0].removesuffix(".example").removeprefix("media-"))
        asked = asked.seen(views=night, private="http://127.0.0.1:9", now=now)
        fault = self.fault(number, night)
        if fault == "unreachable":
            return html_reply("<h1>502 Bad Gateway</h1>", 502)
        if fault == "challenge-wall" and asked.path != "/robots.txt":
            return FIXED["challenge"]
        shown = self._edition(number, night)
        config = NewsroomConfig(today=FIRST_NIGHT.date(), rest=number % len(_SHAPES) not in _CLOSED)
        how = blogger if shown.site.outlet.platform == "blogger" else answer
        reply = how(shown, asked, config)
        if fault == "template-change":
            reply = replace(reply, body=_redesigned(reply.body), modified_at=None)
        return finished(reply, asked)


def _site(number: int) -> Site:
    shape = _SHAPES[number % len(_SHAPES)]
    name = f"media-{number}"
    outlet = Outlet(
        slug=name,
        name=f"Media {number}",
        url=f"https://{name}.example",
        region="Nusa Contoh",
        zone=_ZONES[number % len(_ZONES)],
        platform=shape.outlet.platform,
    )
    return replace(shape, outlet=outlet, amp=False)


def _story(site: Site, turn: int, day: int, chance: random.Random) -> _Written:
    on_topic = turn % 3 != 2
    headline, text = written("asn" if on_topic else "cuaca", chance)
    published = FIRST_NIGHT + timedelta(days=day - 1, minutes=chance.randrange(60, 60 * 17))
    slug = f"warta-{turn:03d}-{re.sub('[^a-z]+', '-', headline.lower())[:24].strip('-')}"
    number = site.first_id + turn * 7
    path = site.permalink.format(section="berita", slug=slug, id=number, date=published)
    post = Post(
        id=number,
        slug=slug,
        headline=f"{headline} ({turn})",
        pages=(tuple(" ".join(part.split()) for part in text.split("\n\n")),),
        byline=chance.choice(("Rahmat", "Siti", "Yusuf")),
        editor="Dewi",
        dateline="PALANGKA RAYA",
        section="berita",
        tags=("netralitas-asn",) if on_topic else ("cuaca",),
        caption="",
        image="",
        published_at=published,
        modified_at=published,
        changed_at=published,
        on_topic=on_topic,
        paths=(path,),
    )
    return _Written(post, *_fate(post, turn, chance))


def _fate(
    post: Post, turn: int, chance: random.Random
) -> tuple[tuple[tuple[datetime, str, bool], ...], datetime | None]:
    """When a story is edited, with which words, and when it is removed."""
    edits = []
    for number, lag in enumerate(_LAGS):
        if chance.random() < 0.15:
            at = _in_the_day(post.published_at + lag, after=post.published_at)
            mark = f"keterangan tambahan nomor {turn}-{number}"
            edits.append((at, mark, chance.random() < 0.3))
    removed_at = None
    if chance.random() < 0.06:
        removed_at = _in_the_day(
            post.published_at + timedelta(days=chance.randrange(1, 9)), after=post.published_at
        )
    kept = tuple(edit for edit in sorted(edits) if removed_at is None or edit[0] < removed_at)
    return kept, removed_at


def _in_the_day(moment: datetime, *, after: datetime) -> datetime:
    """The moment, moved out of the hours in which a night is played."""
    if moment.hour >= HOUR - 1:
        moment = datetime.combine(moment.date() + timedelta(days=1), time(2), tzinfo=UTC)
    return max(moment, after + timedelta(minutes=5))


def _post_at(one: _Written, at: datetime, *, lies: bool) -> Post:
    post = one.post
    for moment, mark, in_headline in one.edits:
        if moment > at:
            continue
        headline = f"{post.headline}: {mark}" if in_headline else post.headline
        (first, *rest) = post.pages[0]
        text = f"{first} Redaksi menerima {mark} dari Bawaslu pada pekan yang sama."
        post = replace(post, headline=headline, pages=((text, *rest),))
        post = replace(post, changed_at=moment, modified_at=post.modified_at if lies else moment)
    if one.removed_at and one.removed_at <= at:
        post = replace(post, removed=True, changed_at=one.removed_at)
    return post


def _events(site: Site, one: _Written) -> Iterator[Event]:
    told = [(one.post.published_at, "new", "")]
    told += [(at, "edited", mark) for at, mark, _ in one.edits]
    told += [(one.removed_at, "gone", "")] if one.removed_at else []
    ends = [at for at, _, _ in told[1:]] + [datetime.max.replace(tzinfo=UTC)]
    for (at, kind, mark), until in zip(told, ends, strict=True):
        yield Event(
            outlet=site.outlet.slug, path=one.post.path, kind=kind, at=at, until=until, mark=mark
        )


def _redesigned(body: bytes) -> bytes:
    """A page in another template: the text in another box, no byline, a line about a channel."""
    page = body.replace(b'class="entry-content"', b'class="tulisan"')
    page = re.sub(rb"<p><strong>\([A-Z][a-z]+\)</strong></p>", b"", page)
    line = b"</p>\n<p>Ikuti saluran resmi kami untuk kabar pilkada yang paling cepat.</p>"
    before, mark, after = page.partition(b'class="tulisan"')
    return before + mark + after.replace(b"</p>", line, 1) if mark else page
