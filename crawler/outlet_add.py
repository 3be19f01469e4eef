"""What `kliping outlets add` does: look at a site, and write down how to follow it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from archive.config import Settings
from archive.console import print_line
from archive.errors import ConfigError
from crawler.outlet_code import write_code
from crawler.outlet_entry import append_entry, entry_of, in_toml
from crawler.outlet_survey import survey
from crawler.outlets import known_spiders, twin_of
from crawler.survey_verdict import Verdict, outlet_at
from crawler.verdict_printing import show_verdict

__all__ = ["Added", "add"]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Added:
    """What was found, and where it was written."""

    verdict: Verdict
    entry: Mapping[str, str]
    written: tuple[str, ...] = ()
    """The files that were written to; none where the site cannot be followed, or none was asked."""

    def as_json(self) -> dict[str, Any]:
        """It as values for JSON."""
        return asdict(self.verdict) | {"entry": dict(self.entry), "written": list(self.written)}

    def show(self) -> None:
        """Print it for people."""
        show_verdict(self.verdict)
        if self.verdict.trouble:
            return
        print_line(f"\n{in_toml(self.entry)}")
        for file in self.written:
            print_line(f"written to {file}")
        if self.written:
            print_line(f"next: `kliping crawl {self.entry['slug']}`")


def add(
    settings: Settings,
    url: str,
    *,
    slug: str = "",
    file: Path | None,
    as_code: bool = False,
    tell: Callable[[str], None],
) -> Added:
    """Look at the site at `url`, and add it to the settings `file`, or as code; None: nowhere.

    A site that cannot be followed is written nowhere: `verdict.trouble` says why. Raises
    ConfigError for an address or slug that cannot be, or that is an outlet already.
    """
    try:
        outlet = outlet_at(url)
    except ValueError as error:
        raise ConfigError(str(error)) from None
    outlet = replace(outlet, slug=slug or outlet.slug)
    if not _SLUG.fullmatch(outlet.slug):
        raise ConfigError(
            f"{outlet.slug!r} is no short name of a-z, 0-9 and -: choose one with --slug"
        )
    if twin := twin_of(settings, outlet.url):
        raise ConfigError(
            f"{outlet.url} is the outlet {twin!r} already; `kliping outlets check {twin}` looks at"
            " it"
        )
    if outlet.slug in known_spiders(settings):
        raise ConfigError(f"there is an outlet {outlet.slug!r} already: choose another with --slug")
    found = survey(settings, outlet, tell=tell)
    entry = entry_of(outlet.slug, found)
    if found.trouble or file is None:
        return Added(verdict=found, entry=entry)
    if as_code:
        return Added(verdict=found, entry=entry, written=write_code(entry, found))
    append_entry(file, entry)
    return Added(verdict=found, entry=entry, written=(str(file),))
