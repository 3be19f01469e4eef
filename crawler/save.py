"""What `kliping save` does: archive these addresses now, each outlet's in a child process."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from archive.archive import Archive
from archive.config import Settings
from archive.errors import HostileAddress
from archive.saved import Saved, saved_in
from archive.urls import canonical_url
from crawler.contact import require_contact
from crawler.crawl import CrawlEnd
from crawler.guard import check_address, origin_of
from crawler.night import Night, run_night
from crawler.outlets import known_spiders
from crawler.progress import watch
from crawler.topic import Topic
from crawler.wish import Wish, address_of, wishes_of

__all__ = ["SaveReport", "save"]


@dataclass(frozen=True, kw_only=True)
class SaveReport:
    """What became of each address, and how the crawls ended."""

    saved: Sequence[Saved]
    ends: Sequence[CrawlEnd] = ()

    @property
    def exit_code(self) -> int:
        """0 all are kept, 1 some are not, 3 a crawl failed, 130 it was interrupted."""
        if any(end.reason == "shutdown" for end in self.ends):
            return 130
        if not all(end.is_good for end in self.ends):
            return 3
        return 0 if all(found.is_kept for found in self.saved) else 1

    def as_json(self) -> dict[str, Any]:
        """The report as values for JSON."""
        rows = [asdict(found) | {"is_kept": found.is_kept} for found in self.saved]
        return {"saved": rows, "crawls": [vars(end) for end in self.ends]}

    def show(self) -> None:
        """A line per address, and one for each crawl that failed."""
        console = Console(soft_wrap=True, highlight=False)
        for found in self.saved:
            console.print(f"{found.given or found.url}\n  {found.in_words}", markup=False)
        for end in self.ends:
            if not end.is_good:
                console.print(f"{end.outlet}: {end.reason}: {end.failure}", markup=False)


def save(
    settings: Settings, urls: Iterable[str], *, config_file: Path | None, quiet: bool = False
) -> SaveReport:
    """Archive addresses; what became of each. Raises ConfigError, ArchiveError."""
    lines = list(urls)
    good, bad = _sorted_out(settings, lines)
    spiders = known_spiders(settings)
    wishes = wishes_of(good.values(), [spider.outlet for spider in spiders.values()])
    if not wishes:
        return SaveReport(saved=[bad[line] for line in lines])
    Topic.load(settings.crawl.topic)
    for wish in wishes:
        require_contact(settings, wish.outlet)
    archive = Archive(settings.archive, clock=lambda: datetime.now(UTC))
    run_id = archive.begin_run()
    with (
        watch(archive.engine, run_id, console=Console(stderr=True, quiet=quiet)),
        tempfile.TemporaryDirectory() as folder,
    ):
        night = Night(
            settings=settings,
            config_file=config_file,
            run_id=run_id,
            wishes=_written(wishes, Path(folder)),
        )
        ends = run_night(night, [wish.outlet for wish in wishes])
    archive.end_run(run_id)
    asked = [url for wish in wishes for url in wish.urls]
    found = saved_in(archive.engine, run_id=run_id, urls=asked)
    archive.close()
    return SaveReport(saved=_in_order(lines, good=good, bad=bad, found=found), ends=ends)


def _sorted_out(
    settings: Settings, lines: Iterable[str]
) -> tuple[dict[str, str], dict[str, Saved]]:
    """By line the address that can be asked for, and what is none or may not be fetched."""
    allowed = frozenset(map(origin_of, settings.crawl.connect_to))
    own = frozenset(origin_of(entry.url) for entry in settings.outlet if entry.url)
    good: dict[str, str] = {}
    bad: dict[str, Saved] = {}
    for line in lines:
        given = line[:200]
        try:
            url = address_of(line)
            check_address(url, allowed=allowed | own)
            good[line] = url
        except ValueError as error:
            advice = "correct the address"
            bad[line] = Saved(url=given, given=given, problem=str(error), advice=advice)
        except HostileAddress as error:
            advice = "name a public address; one's own servers belong under [[outlet]]"
            bad[line] = Saved(url=given, given=given, problem=str(error), advice=advice)
    return good, bad


def _in_order(
    lines: Iterable[str],
    *,
    good: Mapping[str, str],
    bad: Mapping[str, Saved],
    found: Iterable[Saved],
) -> list[Saved]:
    """One answer per line, in the order of the lines; twins of one address share theirs."""
    by_address = {canonical_url(saved.url): saved for saved in found}
    return [
        bad[line] if line in bad else replace(by_address[canonical_url(good[line])], given=line)
        for line in lines
    ]


def _written(wishes: Iterable[Wish], folder: Path) -> dict[str, Path]:
    files = {}
    for wish in wishes:
        files[wish.outlet.slug] = folder / f"{wish.outlet.slug}.json"
        wish.write(files[wish.outlet.slug])
    return files
