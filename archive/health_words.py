"""The words of an outlet's health: nights, what is found wrong with them, and what to do. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["PATIENCE", "Finding", "Night", "State", "Trouble", "Verdict", "finding_of"]

_EXAMPLES = 3

PATIENCE = {
    "certificate": 1,
    "moved-domain": 1,
    "robots-change": 1,
    "challenge-wall": 2,
    "unreachable": 2,
    "template-change": 1,
    "silent-feed": 1,
    "closed-rest": 3,
}
"""Finding -> the nights in a row from which on it needs a person; before, it is watched, and one
that is not named here is only ever watched."""

_ADVICE = {
    "certificate": "open the example in a browser: if the certificate is the outlet's, and only "
    'badly set up or expired, set tls = "unverified" for it; else write to the outlet',
    "moved-domain": "open the example in a browser: if the outlet has moved, set its url; if its "
    "domain fell to others, take the outlet out: what was kept stays",
    "robots-change": "read the outlet's robots.txt and ask the outlet for leave: Kliping does not "
    "fetch what it forbids",
    "challenge-wall": "it is asked again next night; if it stays so, write to the outlet, or set "
    "crawl.contact to a page that it can trust",
    "unreachable": "it is asked again next night; if it stays so, open it in a browser: it may be "
    "down, moved, or refusing us",
    "template-change": "open an example beside `kliping show`: where it reads wrongly give the old "
    "rules their last day and write new ones; `kliping replay OUTLET --suggest-rules` proposes "
    "what to leave out",
    "silent-feed": "open the outlet in a browser: if it publishes, its seed is broken or at "
    "another address; if it has closed, take it out: what was kept stays",
    "closed-rest": "nothing to do at first: feeds, sitemaps and index pages are read instead; if "
    "it stays so, ask the outlet to open its REST API, as removals are then seen later",
    "lying-signals": "nothing to do: what the outlet says of changes is not relied on any more, "
    "its stories are asked for themselves",
    "on-hold": "nothing to do: it is visited again after the moment that the outlet asked for",
}


class State(StrEnum):
    """How an outlet is: watched means that something is wrong and nobody needs to come yet."""

    HEALTHY = "healthy"
    WATCH = "watch"
    FAILING = "failing"
    PAUSED = "paused"


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What the crawl noted of one address."""

    kind: str
    url: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is wrong, where to see it, what to do, since which night and for how many in a row."""

    kind: str
    detail: str
    examples: tuple[str, ...] = ()
    advice: str = ""
    since: datetime
    nights: int = 1

    @property
    def needs_person(self) -> bool:
        """Whether waiting helps no more."""
        return self.nights >= PATIENCE.get(self.kind, self.nights + 1)


@dataclass(frozen=True, kw_only=True)
class Night:
    """One crawl of an outlet: how it ended, its counts, and what it noted.

    `weekday` is 0 (Monday) to 6 on the outlet's clock; `findings` are those judged then.
    """

    began_at: datetime
    weekday: int
    reason: str
    counts: Mapping[str, int]
    troubles: tuple[Trouble, ...] = ()
    stories: tuple[str, ...] = ()
    """Addresses of stories that it was shown."""
    url: str = ""
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def is_counted(self) -> bool:
        """Whether its crawl counted all that is compared here."""
        return "bytes" in self.counts

    def count(self, *names: str) -> int:
        """The sum of counts, without a backfill's share in them."""
        return sum(
            self.counts.get(name, 0) - self.counts.get(f"backfill_{name}", 0) for name in names
        )

    def urls(self, *kinds: str) -> tuple[str, ...]:
        """The addresses with troubles of these kinds, as they were met."""
        found = (trouble.url for trouble in self.troubles if trouble.kind in kinds)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The state of an outlet after a night, and every finding of that night."""

    state: State
    findings: tuple[Finding, ...] = ()

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to do something."""
        return self.state == State.FAILING


def finding_of(tonight: Night, kind: str, detail: str, examples: Sequence[str] = ()) -> Finding:
    """What is wrong tonight, with its advice and the first examples."""
    return Finding(
        kind=kind,
        detail=detail,
        examples=tuple(examples)[:_EXAMPLES] or (tonight.url,),
        advice=_ADVICE[kind],
        since=tonight.began_at,
    )
