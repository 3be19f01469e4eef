"""Proof that the web as it is costs no story: `python tests/prove_newsroom.py [--nights 4]`.

Four nights, a day apart, over every site of the newsroom in hostile mode. Prints a line per outlet
and exits 1 when a goal is missed. Meant by the columns:

recall      stories on topic that were served readable at least once, and are held
precision   stories held that are on topic
text        versions held whose text is the newsroom's, widgets and all else left out
false, missed, split    versions nobody wrote; versions not found; stories held twice
robots, delay, retry, bait    requests against robots.txt, Crawl-delay, Retry-After, and to traps
cond.       of repeated requests for pages with validators, the share that were conditional
req/story   requests per night for a story that did not change, where the platform tells of changes
MB          the most that a crawl's process held, reading workers apart
"""

import argparse
import http.client
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from manners import Manners, Robots, Share, manners, robots_of
from scorer import Score, score
from whole_newsroom import End, Nights

from archive.urls import canonical_url
from crawler.demo import NIGHTS, Newsroom, NewsroomConfig, Request, TrueStory
from crawler.demo.sites import RUSAK, Site
from crawler.demo.stories import changes
from crawler.demo.traps import TRAPS

__all__ = ["Line", "Proof", "goals_missed"]

CRAWL_DELAY = 0.05
_BAIT = {
    "tribun": ("/tag/", "/topic/", "/search", "/rss"),
    "blogger": ("/search", "/private/"),
    "wordpress": ("/private/",),
}
_SIGNALS = ("wordpress", "blogger")
_BLIND = {("kantamedia", 2), ("kantamedia", 3), ("kolomrakyat", 2), ("kolomrakyat", 3)}
"""Nights on which nothing tells of changes: the outlet is down, or was and is looked at again."""
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One outlet after all nights."""

    outlet: str
    found: Score
    kept: int
    text: Share
    manners: Manners
    unchanged: Share
    peak: int
    failures: Sequence[str] = ()

    @property
    def recall(self) -> Share:
        """Stories held of those that can be."""
        return Share(part=self.found.found, whole=self.found.found + len(self.found.missed))

    @property
    def precision(self) -> Share:
        """Stories held that are wanted."""
        return Share(part=self.kept - len(self.found.unwanted), whole=self.kept)


def goals_missed(line: Line) -> list[str]:
    """What keeps an outlet's line from perfection, one line each."""
    faults = [fault for fault in line.found.faults() if _counts(line, fault)]
    faults += line.manners.breaches() + list(line.failures)
    conditional, unchanged = line.manners.conditional.ratio, line.unchanged.ratio
    if conditional is not None and conditional < 0.95:
        faults.append(f"conditional: {conditional:.2f} of the repeated requests")
    if unchanged is not None and unchanged > 0.1:
        faults.append(f"unchanged: {unchanged:.2f} requests per story")
    if line.peak > 300 * _MEGABYTE:
        faults.append(f"memory: {line.peak // _MEGABYTE} MB")
    return [f"{line.outlet}: {fault}" for fault in faults]


def _counts(line: Line, fault: str) -> bool:
    """A site without rules: nobody said where its editor stands, or what its masthead prints."""
    is_built_in = line.outlet not in {RUSAK.outlet.slug, *TRAPS}
    return is_built_in or not (" editor: " in fault or " dateline: " in fault)


@dataclass
class Proof:
    """The nights of one newsroom in one archive, and what the newsroom says of them."""

    nights: Nights
    robots: dict[tuple[str, int], Robots] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)

    @property
    def room(self) -> Newsroom:
        """The newsroom."""
        return self.nights.room

    def play(self, nights: int = NIGHTS) -> None:
        """Crawl every night and note what each robots.txt asked for."""
        for night in range(1, nights + 1):
            self.nights.turn(night)
            ends = self.nights.crawl()
            self.ends += ends
            self._note_robots(night)
            slow = sorted(ends, key=lambda end: -end.seconds)[:5]
            told = ", ".join(f"{end.outlet} {end.seconds:.0f} s ({end.reason})" for end in slow)
            _say(f"night {night}: {len(ends)} crawls; slowest: {told}")

    def lines(self) -> list[Line]:
        """One line per outlet, in the newsroom's order."""
        wanted = [site for site in self.room.sites if site.outlet.slug in self.nights.slugs]
        return [self._line(site) for site in wanted]

    def _note_robots(self, night: int) -> None:
        for site in self.room.sites:
            status, body = _ask(self.room, site.host)
            if not 300 <= status < 400:
                url = f"{site.outlet.url}/robots.txt"
                self.robots[site.host, night] = robots_of(status, body, url=url)

    def _line(self, site: Site) -> Line:
        slug = site.outlet.slug
        truth = [story for story in self.room.truth() if story.outlet == slug]
        found = score(self.nights.place.engine, _readable(truth), outlets=[slug])
        ends = [end for end in self.ends if end.outlet == slug]
        return Line(
            outlet=slug,
            found=found,
            kept=found.kept,
            text=Share(part=found.versions - found.wrong_texts, whole=found.versions),
            manners=self._manners(site, truth),
            unchanged=self._unchanged(site, truth),
            peak=max((end.peak for end in ends), default=0),
            failures=[f"failed: {end.failure}" for end in ends if end.failure],
        )

    def _requests(self, site: Site) -> list[Request]:
        """What our crawls asked of a site and of its twins."""
        name = site.host.removeprefix("www.")
        hosts = {name, f"www.{name}", f"m.{name}"}
        ours = (request for request in self.room.requests if "Kliping" in request.user_agent)
        return [request for request in ours if request.host in hosts]

    def _manners(self, site: Site, truth: Sequence[TrueStory]) -> Manners:
        private = urlsplit(self.room.private_url).netloc
        leaks = [r.path for r in self.room.requests if r.host == private]
        found = manners(
            self._requests(site),
            robots=self.robots,
            bait=_BAIT[site.outlet.platform],
            pages=[url for story in truth for url in story.urls],
        )
        return replace(found, forbidden=found.forbidden + (leaks if site is RUSAK else []))

    def _unchanged(self, site: Site, truth: Sequence[TrueStory]) -> Share:
        slug, is_trap = site.outlet.slug, site.outlet.slug in {RUSAK.outlet.slug, *TRAPS}
        if site.outlet.platform not in _SIGNALS or is_trap:
            return Share()
        part = whole = 0
        for night in range(2, self.room.night + 1):
            if (slug, night) in _BLIND:
                continue
            still = [story for story in truth if _is_unchanged(story, site, night)]
            asked = [r for r in self._requests(site) if r.night == night]
            whole += len(still)
            found = sum(_is_of(request, story) for request in asked for story in still)
            # a night asks for one story whose seed says that it is unchanged, to check the seed
            part += max(found - 1, 0)
        return Share(part=part, whole=whole)


def _is_unchanged(story: TrueStory, site: Site, night: int) -> bool:
    """A story on topic that was there before a night, and that nothing happened to since."""
    moved = {change.story.partition("/")[2] for change in changes(site.newsroom)
             if change.night in (night, night - 1)}  # fmt: skip
    slugs = {url.rstrip("/").rpartition("/")[2].removesuffix(".html") for url in story.urls}
    return story.on_topic and story.first_night < night and not _shares_a_start(slugs, moved)


def _shares_a_start(slugs: set[str], moved: set[str]) -> bool:
    # Blogger cuts slugs
    return any(long.startswith(slug) for slug in slugs for long in moved)


def _is_of(request: Request, story: TrueStory) -> bool:
    asked = canonical_url(f"https://{request.host}{request.path}")
    return any(asked == canonical_url(url) for url in story.urls)


def _readable(truth: Sequence[TrueStory]) -> list[TrueStory]:
    """The stories that some answer showed in a readable form."""
    return [story for story in truth if not _is_unreadable(story)]


def _is_unreadable(story: TrueStory) -> bool:
    trap = TRAPS.get(story.outlet)
    return trap is not None and any(slug in story.url for slug in trap.unreadable)


def _ask(room: Newsroom, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(room.url).netloc, timeout=20)
    try:
        connection.request("GET", "/robots.txt", headers={"Host": host, "User-Agent": "Juri"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 599, b""
    finally:
        connection.close()


def table(lines: Sequence[Line]) -> Iterator[str]:
    """The lines as people read them."""
    names = ("recall", "precision", "text", "false", "missed", "split", "robots", "delay", "retry",
             "bait", "cond.", "req/story", "MB")  # fmt: skip
    yield f"{'outlet':24}" + "".join(f"{name:>10}" for name in names)
    for line in lines:
        found, kept = line.found, line.manners
        values = (
            _told(line.recall), _told(line.precision), _told(line.text),
            len(found.false_versions), len(found.missed_versions), len(found.split),
            len(kept.robots), len(kept.crawl_delay) + len(kept.at_once), len(kept.retry_after),
            len(kept.forbidden), _told(kept.conditional), _told(line.unchanged),
            line.peak // _MEGABYTE,
        )  # fmt: skip
        yield f"{line.outlet:24}" + "".join(f"{value!s:>10}" for value in values)


def _told(share: Share) -> str:
    return "–" if share.ratio is None else f"{share.ratio:.3g}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Play the nights, print the table and every fault; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--nights", type=int, default=NIGHTS)
    parser.add_argument("--outlets", nargs="*", default=[], help="only these, for a closer look")
    asked = parser.parse_args()
    config = NewsroomConfig(today=datetime.now(UTC).date(), hostile=True, crawl_delay=CRAWL_DELAY)
    with tempfile.TemporaryDirectory() as folder, Newsroom(config) as room:
        proof = Proof(Nights.make(Path(folder), room, slugs=asked.outlets))
        proof.play(asked.nights)
        lines = proof.lines()
    missed = [fault for line in lines for fault in goals_missed(line)]
    for told in (*table(lines), *missed):
        _say(told)
    stories = sum(line.found.found for line in lines)
    _say(f"{asked.nights} nights, {len(lines)} outlets, {stories} stories: {len(missed)} FAULTS")
    return 1 if missed or not stories else 0


if __name__ == "__main__":
    sys.exit(main())
