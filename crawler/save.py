"""What `kliping save` does: archive these addresses now, each outlet's in a child process."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from archive.archive import Archive
from archive.config import Settings
from archive.saved import Saved, saved_in
from crawler.contact import require_contact
from crawler.crawl import CrawlEnd
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
            console.print(f"{found.url}\n  {found.in_words}")
        for end in self.ends:
            if not end.is_good:
                console.print(f"{end.outlet}: {end.reason}: {end.failure}")


def save(
    settings: Settings, urls: Iterable[str], *, config_file: Path | None, quiet: bool = False
) -> SaveReport:
    """Archive addresses; what became of each. Raises ConfigError, ArchiveError."""
    good, bad = _sorted_out(urls)
    spiders = known_spiders(settings)
    wishes = wishes_of(good, [spider.outlet for spider in spiders.values()])
    if not wishes:
        return SaveReport(saved=bad)
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
    return SaveReport(saved=[*found, *bad], ends=ends)


def _sorted_out(lines: Iterable[str]) -> tuple[list[str], list[Saved]]:
    """What can be asked for, and what is no address."""
    good: list[str] = []
    bad: list[Saved] = []
    for line in lines:
        try:
            good.append(address_of(line))
        except ValueError as error:
            bad.append(Saved(url=line[:200], problem=str(error), advice="correct the address"))
    return good, bad


def _written(wishes: Iterable[Wish], folder: Path) -> dict[str, Path]:
    files = {}
    for wish in wishes:
        files[wish.outlet.slug] = folder / f"{wish.outlet.slug}.json"
        wish.write(files[wish.outlet.slug])
    return files
