"""The command that takes a story down, and lists what was."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import database
from archive.archive import Archive
from archive.config import Settings
from archive.console import JSON, print_json, print_line, when
from archive.printing import spoken
from archive.stories import find_id
from archive.takedown import Planned
from archive.takedowns import Takedown, takedowns

__all__ = ["takedown"]


@click.command()
@click.argument("story", required=False)
@click.option("--reason", default="", help="Why, in a sentence that may be shown for good.")
@click.option("--by", default="", help="Who decides.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be overwritten.")
@JSON
@click.pass_obj
def takedown(
    options: Mapping[str, Path | None],
    story: str | None,
    reason: str,
    by: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take a story down for good: its words and bytes leave the archive, or list what was.

    STORY is a story id, the start of one, or any address that the story ever had. Its id, address,
    moments and digests stay, and the reason. Earlier snapshots and backups are files of their own:
    those that hold it are listed, and whoever has them deletes them or makes them anew. Asked again
    it ends what was begun. Without STORY every takedown is listed.
    """
    settings = Settings.load(options.get("config")).archive
    archive = Archive(settings, clock=lambda: datetime.now(UTC))
    try:
        if story is None:
            _list(archive, as_json=as_json)
            return
        story_id = find_id(archive.engine, story)
        if earlier := _earlier(archive, story_id):
            print_json(earlier) if as_json else _print_earlier(earlier)
            return
        if dry_run:
            planned = archive.plan_takedown(story_id)
            print_json(planned) if as_json else _print_planned(planned)
            return
        done = archive.take_down(story_id, reason=reason, made_by=by)
    finally:
        archive.close()
    print_json(done) if as_json else _print(done)


def _earlier(archive: Archive, story_id: str) -> Takedown | None:
    """The takedown of a story that is down already, with nothing left to do."""
    with database.reading(archive.engine) as connection:
        found = takedowns(connection, story_id=story_id)
    return found[0] if found and found[0].is_finished else None


def _print_earlier(done: Takedown) -> None:
    print_line("it is down already; nothing was done, and the reason of then stays:")
    _print(done)


def _list(archive: Archive, *, as_json: bool) -> None:
    with database.reading(archive.engine) as connection:
        found = takedowns(connection)
    if as_json:
        print_json(found)
        return
    if not found:
        print_line("no story was taken down")
    for one in found:
        _print(one)


def _print(done: Takedown) -> None:
    by = f" by {done.made_by}" if done.made_by else ""
    print_line(f"{done.story_id}  {done.outlet}  {done.url}")
    print_line(f"  taken down on {when(done.recorded_at)}{by}: {done.reason}")
    print_line(f"  {done.records} records are tombstones")
    if not done.is_finished:
        print_line("  not ended: ask again when nobody reads the archive and the disk has room;")
        print_line("  on PostgreSQL, as the user who owns the tables")
    for held in done.snapshots:
        what = "delete it there" if held.is_there else "not there now: delete it where it went"
        print_line(f"  in the snapshot {held.place} of {when(held.as_of)}: {what}")
    if done.records:
        print_line("  still in earlier backups: bring each up to date with `kliping backup DEST`")


def _print_planned(planned: Planned) -> None:
    print_line(f"{planned.story_id}  {planned.outlet}  {planned.url}")
    print_line(f"  {spoken(planned.versions, 'version')}: {planned.headline}")
    print_line(
        f"  {planned.records} records of {planned.bytes:,} bytes"
        f" in {len(planned.files)} files would become tombstones"
    )
    for record_id in planned.kept:
        print_line(f"  {record_id} stays: another story stands on it")
