"""What `kliping outlets check` does: an outlet as it is now, beside what its settings say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from archive.config import Settings
from archive.console import print_line
from archive.types import Outlet
from archive.urls import same_outlet
from crawler.outlet_survey import survey
from crawler.outlets import chosen
from crawler.survey_verdict import Verdict
from crawler.verdict_printing import show_verdict

__all__ = ["Checked", "changes_of", "check"]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was found, and what would have to change."""

    outlet: str
    verdict: Verdict
    changes: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        """It as values for JSON."""
        return asdict(self.verdict) | {"outlet": self.outlet, "changes": list(self.changes)}

    def show(self) -> None:
        """Print it for people."""
        show_verdict(self.verdict)
        for change in self.changes or ("nothing",):
            print_line(f"to change: {change}")


def check(settings: Settings, slug: str, *, tell: Callable[[str], None]) -> Checked:
    """Look at a known outlet now. Raises NotFound, ConfigError, CrawlError."""
    (spider,) = chosen(settings, [slug])
    found = survey(settings, spider.outlet, rules=spider.rules, tell=tell)
    changes = tuple(changes_of(spider.outlet, found))
    return Checked(outlet=slug, verdict=found, changes=changes)


def changes_of(outlet: Outlet, found: Verdict) -> Iterator[str]:
    """What its settings would have to be, a line each; nothing where they hold."""
    if found.trouble:
        yield found.trouble
        return
    if found.home and not same_outlet(found.home, outlet.url):
        yield f'url = "https://{urlsplit(found.home).netloc}": that is where its front page leads'
    if found.platform not in {outlet.platform, "news"}:
        yield f'platform = "{found.platform}", not "{outlet.platform}"'
    if not found.zone_is_guess and found.zone != outlet.zone:
        yield f'zone = "{found.zone}", as its stories print it, not "{outlet.zone}"'
    for trial in found.trials:
        if not trial.is_read:
            yield f"{trial.url} was not read ({trial.problem}): its template may be another one"
