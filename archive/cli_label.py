"""The command by which persons decide."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import printing
from archive.archive import Archive
from archive.config import Settings
from archive.console import JSON, print_json, print_line
from archive.labels import TOPIC, labels, verdict
from archive.stories import find_story
from archive.types import Label
from archive.versions import versions

__all__ = ["label"]


@click.command()
@click.argument("story")
@click.argument("field", type=click.Choice([TOPIC]), required=False)
@click.argument("value", type=click.Choice(["yes", "no"]), required=False)
@click.option("--by", default="", help="Who decides.")
@click.option("--reason", default="", help="Why, in a sentence that others can check.")
@JSON
@click.pass_obj
def label(
    options: Mapping[str, Path | None],
    story: str,
    field: str | None,
    value: str | None,
    by: str,
    reason: str,
    as_json: bool,
) -> None:
    """Decide yourself whether a story is on topic, or show what was decided.

    STORY is a story id, the start of one, or any address that the story ever had. A decision wins
    over the machine's, stays when the story is read again, and is never overwritten: a later one
    takes its place. `kliping label STORY` alone shows the earlier decisions.
    """
    if field and not value:
        raise click.UsageError(f"say what you decide: kliping label {story} {field} yes|no")
    settings = Settings.load(options.get("config")).archive
    archive = Archive(settings, clock=lambda: datetime.now(UTC))
    try:
        found = find_story(archive.engine, story)
        if field and value:
            made = Label(field=field, value=value, made_by=by, reason=reason)
            archive.label(found.story_id, made)
        decided = labels(archive.engine, found.story_id)
        known = versions(archive.engine, found.story_id)
    finally:
        archive.close()
    holds = verdict(decided, known[-1].topic if known else None)
    if as_json:
        print_json({"story": found, "topic": holds, "labels": decided})
        return
    print_line(f"{found.story_id}  {found.outlet}  {found.url}")
    printing.print_verdict(holds, decided)
