"""How polite the crawls of a newsroom were, judged from its own log by another parser."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from archive.urls import canonical_url
from crawler.demo import Request

__all__ = ["Manners", "Robots", "Share", "manners", "robots_of"]

_PARSED = 500 * 1024
"""Bytes of a robots.txt that must be read (RFC 9309 §2.5); rules behind them bind nobody."""
_SLACK = 0.005


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many."""

    part: int = 0
    whole: int = 0

    @property
    def ratio(self) -> float | None:
        """Between 0 and 1 (or more); None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, kw_only=True)
class Robots:
    """What a host's robots.txt asked for on one night."""

    rules: RobotFileParser | None
    """None: it answered 5xx, and everything is forbidden (RFC 9309 §2.3.1.4)."""
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether an address may be asked for by us."""
        if urlsplit(url).path == "/robots.txt":
            return True
        return self.rules is not None and self.rules.can_fetch("Kliping", url)


@dataclass
class Manners:
    """What was wrong, one line each, and two shares."""

    robots: list[str] = field(default_factory=list)
    crawl_delay: list[str] = field(default_factory=list)
    retry_after: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    at_once: list[str] = field(default_factory=list)
    conditional: Share = field(default_factory=Share)

    def breaches(self) -> list[str]:
        """Every line, with its kind."""
        return [
            f"{kind}: {line}"
            for kind, lines in vars(self).items()
            if isinstance(lines, list)
            for line in lines
        ]


def robots_of(status: int, body: bytes, *, url: str) -> Robots:
    """The rules in an answer to robots.txt, as the standard library reads them."""
    if status >= 500:
        return Robots(rules=None)
    rules = RobotFileParser(url)
    lines = body[:_PARSED].decode("utf-8-sig", "replace").splitlines() if status == 200 else []
    rules.parse(lines)
    return Robots(rules=rules, delay=float(rules.crawl_delay("Kliping") or 0))


def manners(
    requests: Sequence[Request],
    *,
    robots: Mapping[tuple[str, int], Robots],
    bait: Iterable[str] = (),
    pages: Iterable[str] = (),
) -> Manners:
    """How the requests of one lane (an outlet, or a network) kept to the rules.

    `robots` is by host and night; `bait` are path prefixes that nobody may ask for; `pages` are
    addresses of stories.
    """
    found, baits = Manners(), tuple(bait)
    for request in requests:
        url = f"https://{request.host}{request.path}"
        rules = robots.get((request.host, request.night))
        if rules and not rules.allows(url):
            found.robots.append(f"night {request.night}: {url}")
        if baits and request.path.startswith(baits):
            found.forbidden.append(f"night {request.night}: {url}")
    _pace(found, requests, robots=robots)
    _waits(found, requests)
    found.conditional = _conditional(requests, pages=frozenset(map(canonical_url, pages)))
    return found


def _pace(
    found: Manners,
    requests: Sequence[Request],
    *,
    robots: Mapping[tuple[str, int], Robots],
) -> None:
    """One at a time, and each host's own delay between its answers and its next request."""
    for before, after in pairwise(sorted(requests, key=lambda request: request.started)):
        if after.started < before.ended:
            found.at_once.append(f"night {after.night}: {after.path} during {before.path}")
    by_host = defaultdict(list)
    for request in requests:
        by_host[request.host, request.night].append(request)
    for (host, night), asked in by_host.items():
        rules = robots.get((host, night))
        for before, after in pairwise(sorted(asked, key=lambda request: request.started)):
            gap = after.started - before.ended
            # the first answer of a night is robots.txt itself: nobody knew the delay before
            if rules and before.path != "/robots.txt" and gap < rules.delay - _SLACK:
                found.crawl_delay.append(f"night {night}: {gap:.3f} s before {host}{after.path}")


def _waits(found: Manners, requests: Sequence[Request]) -> None:
    """Nobody comes back to a host before the moment that it named."""
    closed: dict[str, datetime] = {}
    for request in sorted(requests, key=lambda request: request.started):
        until = closed.get(request.host)
        if until and request.started_at < until:
            early = (until - request.started_at).total_seconds()
            found.retry_after.append(
                f"night {request.night}: {early:.1f} s early: {request.host}{request.path}"
            )
        if request.retry_after and (moment := _moment(request)):
            closed[request.host] = moment


def _moment(request: Request) -> datetime | None:
    if request.retry_after.isdecimal():
        return request.ended_at + timedelta(seconds=min(int(request.retry_after), 10**9))
    try:
        moment = parsedate_to_datetime(request.retry_after)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _conditional(requests: Sequence[Request], *, pages: frozenset[str]) -> Share:
    """Of the requests for a page that came with validators before, those that used them."""
    answered, part, whole = set[str](), 0, 0
    for request in sorted(requests, key=lambda request: request.started):
        address = f"{request.host}{request.path}"
        if canonical_url(f"https://{address}") not in pages:
            continue
        if address in answered:
            whole += 1
            part += bool(request.if_none_match or request.if_modified_since)
        if request.status == 200 and request.has_validators:
            answered.add(address)
    return Share(part=part, whole=whole)
