"""What `kliping outlets add` does: look at a site, and write the entry that it needs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from archive.config import Settings
from archive.errors import ConfigError
from archive.types import Outlet
from archive.urls import same_outlet
from crawler.contact import require_contact
from crawler.outlet_code import Code, code_of
from crawler.outlet_entry import Entry, entry_of, unfit, write_entry
from crawler.outlets import known_spiders
from crawler.site_facts import Obstacle, SiteFacts
from crawler.site_look import Subject, look, stranger_at
from crawler.wish import address_of

__all__ = ["Added", "Wanted", "add", "added_of", "subject_of"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a person asks for."""

    url: str
    slug: str = ""
    dry_run: bool = False
    code: Path | None = None
    """The checkout into which a module goes, instead of an entry into the settings."""


@dataclass(frozen=True, kw_only=True)
class Added:
    """What was found at a site, and what was made of it."""

    facts: SiteFacts
    obstacle: Obstacle | None = None
    """Why no outlet was made."""
    entry: Entry | None = None
    code: Code | None = None
    written: tuple[str, ...] = ()
    """Files that were written or added to."""

    @property
    def exit_code(self) -> int:
        """0: it can be an outlet; 1: it cannot."""
        return 1 if self.obstacle else 0


def add(
    settings: Settings, wanted: Wanted, *, file: Path | None, tell: Callable[[str], None]
) -> Added:
    """Look at a site and write its entry, or its module; what was found and written.

    Raises ConfigError: no address, an outlet that is known, a slug that is taken, no settings file.
    """
    subject = subject_of(settings, wanted.url)
    if file is None and not wanted.dry_run and wanted.code is None:
        raise ConfigError("no kliping.toml here to write to; `kliping init` writes one")
    facts = look(settings, [subject], tell=tell)[0]
    added = added_of(settings, facts, wanted)
    if added.entry is None or wanted.dry_run:
        return added
    if added.code is not None and wanted.code is not None:
        return replace(added, written=tuple(added.code.write(wanted.code)))
    assert file is not None
    write_entry(added.entry, file)
    return replace(added, written=(str(file),))


def subject_of(settings: Settings, url: str) -> Subject:
    """The site to look at for an address that a person gave. Raises ConfigError."""
    try:
        address = address_of(url)
    except ValueError as error:
        raise ConfigError(f"{url[:200]!r} is no address of a site: {error}") from None
    if "@" in urlsplit(address).netloc:
        raise ConfigError(f"{url[:200]!r} holds a user name; give the address without it")
    _refuse_known(settings, address)
    subject = stranger_at(address)
    require_contact(settings, subject.outlet)
    return subject


def added_of(settings: Settings, facts: SiteFacts, wanted: Wanted) -> Added:
    """What would be written for a site. Raises ConfigError for a slug or site that is taken."""
    obstacle = unfit(facts)
    is_template = obstacle is not None and obstacle.kind == "no-news" and bool(facts.trial)
    if obstacle and not (wanted.code and facts.platform and is_template):
        return Added(facts=facts, obstacle=obstacle)
    _refuse_known(settings, facts.url)
    entry = entry_of(facts, slug=wanted.slug)
    known = known_spiders(settings)
    if entry.slug in known:
        taken = known[entry.slug].outlet.url
        raise ConfigError(f"the slug {entry.slug!r} is that of {taken}; choose one with --slug")
    code = code_of(facts, entry) if wanted.code else None
    return Added(facts=facts, entry=entry, code=code)


def _refuse_known(settings: Settings, url: str) -> None:
    outlets = (spider.outlet for spider in known_spiders(settings).values())
    if known := _known_at(url, outlets):
        raise ConfigError(
            f"{known.url} is the outlet {known.slug!r} already; `kliping outlets check "
            f"{known.slug}` looks at it"
        )


def _known_at(url: str, outlets: Iterable[Outlet]) -> Outlet | None:
    """The outlet of which `url` is the front page or any other."""
    path = urlsplit(url).path.rstrip("/")
    for outlet in outlets:
        folder = urlsplit(outlet.url).path.rstrip("/")
        if same_outlet(url, outlet.url) and f"{path}/".startswith(f"{folder}/"):
            return outlet
    return None
