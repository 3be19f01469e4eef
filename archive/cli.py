"""The commands that need only the archive."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from archive import database, printing, printing_status, search_index
from archive import text as texts
from archive.archive import Archive
from archive.clusters import catch_up, copies
from archive.config import Settings
from archive.console import AS_OF, JSON, Moment, print_json, print_line
from archive.disk import disk_state
from archive.errors import ArchiveTooNew, ConfigError, NotFound
from archive.events import KINDS
from archive.events import events as newest_events
from archive.images import images
from archive.labels import labels, verdict
from archive.settings_file import settings_file
from archive.status import status as last_nights
from archive.stories import find_story, require_outlet
from archive.types import Version
from archive.versions import versions

__all__ = ["diff", "events", "init", "migrate", "show", "show_status"]

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""


@dataclass(frozen=True)
class _Opened:
    engine: Engine
    warc_directory: Path


@contextmanager
def _archive(options: Options) -> Iterator[_Opened]:
    """The configured archive, open for reading. Raises ConfigError and ArchiveError."""
    settings = Settings.load(options.get("config")).archive
    engine = database.connect(settings)
    try:
        database.require_current(engine)
        yield _Opened(engine, settings.directory / "warc")
    finally:
        engine.dispose()


@click.command()
@JSON
@click.pass_obj
def init(options: Options, as_json: bool) -> None:
    """Write kliping.toml and create the archive.

    A settings file that is there already is kept as it is.
    """
    file = options.get("config") or Path("kliping.toml")
    is_new = _write_settings(file)
    settings = Settings.load(file).archive
    if not is_new and _exists(settings.directory):
        raise ConfigError(f"{file} and its archive in {settings.directory} are there already")
    Archive.create(settings)
    if as_json:
        print_json({"settings": file, "written": is_new, "archive": settings.directory})
        return
    print_line(f"{'wrote' if is_new else 'kept'} {file}")
    print_line(f"created the archive in {settings.directory}")


def _write_settings(file: Path) -> bool:
    """Whether the file was written: False when it was there already."""
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(settings_file())
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from None
    return True


def _exists(directory: Path) -> bool:
    return (directory / database.DATABASE).exists()


def show_status(options: Options, runs: int, *, as_json: bool) -> None:
    """Print the last nights: what each crawl did and what went wrong. Raises ArchiveError."""
    with _archive(options) as archive:
        found = last_nights(archive.engine, runs=runs)
        with database.reading(archive.engine) as connection:
            disk = disk_state(connection, archive.warc_directory, now=datetime.now(UTC))
    if as_json:
        print_json(vars(found) | {"disk": disk})
        return
    printing_status.print_status(found)
    printing_status.print_disk(disk)


@click.command()
@click.argument("story")
@click.option("--version", "number", type=int, help="Show this version instead of the newest.")
@AS_OF
@JSON
@click.pass_obj
def show(
    options: Options, story: str, number: int | None, as_of: datetime | None, as_json: bool
) -> None:
    """Show a story with its versions and captures.

    STORY is a story id, the start of one, or any address that the story ever had.
    """
    with _archive(options) as archive:
        found = find_story(archive.engine, story, as_of=as_of)
        known = versions(archive.engine, found.story_id, as_of=as_of)
        shown = images(archive.engine, found.story_id, as_of=as_of)
        decided = labels(archive.engine, found.story_id, as_of=as_of)
        cluster = copies(archive.engine, found.story_id, as_of=as_of)
    if as_json:
        values = {
            "story": found,
            "status": found.status,
            "topic": verdict(decided, known[-1].topic if known else None),
            "versions": known,
            "labels": decided,
            "images": shown,
            "cluster": cluster,
        }
        print_json(values)
        return
    printing.print_story(found, known, chosen=_chosen(known, number), images=shown, labels=decided)
    if cluster:
        printing.print_cluster(cluster)


def _chosen(known: Sequence[Version], number: int | None) -> Version:
    """The version with a number, or the newest. Raises NotFound."""
    for version in reversed(known):
        if number in {None, version.number}:
            return version
    numbers = ", ".join(str(version.number) for version in known) or "none"
    raise NotFound(f"no version {number}; there are: {numbers}")


@click.command()
@click.argument("story")
@click.argument("a", type=int, required=False)
@click.argument("b", type=int, required=False)
@AS_OF
@JSON
@click.pass_obj
def diff(
    options: Options,
    story: str,
    a: int | None,
    b: int | None,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Show what changed between two versions of a story, word by word.

    Without A and B these are the two newest versions; without B it is A and the newest one.
    """
    with _archive(options) as archive:
        found = find_story(archive.engine, story, as_of=as_of)
        known = versions(archive.engine, found.story_id, as_of=as_of)
    after = _chosen(known, b)
    before = _chosen(known, a) if a is not None else known[max(known.index(after) - 1, 0)]
    fields = _differences(before, after)
    if as_json:
        numbers = {"before": before.number, "after": after.number}
        print_json({"story_id": found.story_id, **numbers, "fields": fields})
        return
    printing.print_diff(before, after, fields=fields)


def _differences(before: Version, after: Version) -> Mapping[str, list[texts.Change]]:
    """The changes in each compared field that differs."""
    names = texts.changed_fields(before.article, after.article)
    pairs = {name: (getattr(before.article, name), getattr(after.article, name)) for name in names}
    return {name: texts.diff(*pair) for name, pair in pairs.items()}


@click.command()
@click.option("--outlet", default="", help="Only of this outlet.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Only of this kind.")
@click.option("--since", type=Moment(), help="Only what occurred at or after this time.")
@click.option(
    "--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many."
)
@AS_OF
@JSON
@click.pass_obj
def events(
    options: Options,
    outlet: str,
    kind: str | None,
    since: datetime | None,
    as_of: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """Show what happened in the archive, newest first."""
    with _archive(options) as archive:
        require_outlet(archive.engine, outlet)
        found = newest_events(
            archive.engine,
            outlet=outlet,
            kind=kind or "",
            since=since,
            as_of=as_of,
            limit=limit + 1,
        )
    print_json(found[:limit]) if as_json else printing.print_events(found[:limit])
    if len(found) > limit and not as_json:
        click.echo(f"only the newest {limit} are shown; --limit shows more", err=True)


@click.command()
@JSON
@click.pass_obj
def migrate(options: Options, as_json: bool) -> None:
    """Bring the archive's schema up to date."""
    engine = database.connect(Settings.load(options.get("config")).archive)
    try:
        before, after = _migrated(engine)
        catch_up(engine, now=datetime.now(UTC))
        search_index.mend(engine)
    finally:
        engine.dispose()
    if as_json:
        print_json({"before": before, "after": after})
        return
    print_line(f"the schema is {after}" + ("" if before == after else f", was {before}"))


def _migrated(engine: Engine) -> tuple[str | None, str | None]:
    with suppress(ArchiveTooNew):  # or too old: the migration tells which
        database.require_current(engine)
    return database.migrate(engine)
