"""The commands that care for what is kept: is it all there, and bring it back."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from archive import database, printing, printing_care
from archive.audit import AuditReport, Budget, keep
from archive.audit import audit as audit_archive
from archive.backup import backup as back_up
from archive.backup import restore as restore_backup
from archive.config import Settings
from archive.console import JSON, counter, print_json
from archive.errors import ArchiveError
from archive.repair import repair as repair_archive
from archive.setting_types import duration
from archive.takedown_list import read_list, repeat

__all__ = ["audit", "backup", "repair", "restore"]

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""

_FOUND_PROBLEMS = 1
_SIZES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


class _Budget(click.ParamType[Budget]):
    """Bytes (500MB) or a time (20m); `night` for the share of one night."""

    name = "BYTES|TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Budget:
        if isinstance(value, Budget):
            return value
        size = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kKMGT]?)B?", value)
        if size:
            return Budget(bytes=math.ceil(float(size[1]) * _SIZES[size[2].lower()]))
        try:
            return Budget() if value == "night" else Budget(seconds=duration(value).total_seconds())
        except ValueError:
            self.fail(f"{value!r} is neither bytes like 500MB nor a time like 20m", param, ctx)


def _kept(engine: Engine, report: AuditReport) -> AuditReport:
    """The report, with what was read kept where the database can be written."""
    now = datetime.now(UTC)
    try:
        keep(engine, report, checked_at=now)
    except ArchiveError as error:
        click.echo(f"the result cannot be kept for `kliping status`: {error}", err=True)
    return replace(report, spans=tuple(replace(one, checked_at=now) for one in report.spans))


class _Head(click.ParamType[str]):
    """The head of a chain, as an audit prints it; a part of one would be a false alarm."""

    name = "hash"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        head = str(value).strip().lower()
        if head and not re.fullmatch(r"[0-9a-f]{64}", head):
            self.fail(f"{value!r} is no head of a chain: it has 64 hex digits", param, ctx)
        return head


@dataclass(frozen=True)
class _Opened:
    engine: Engine
    warc_directory: Path


@contextmanager
def _archive(options: Options) -> Iterator[_Opened]:
    """The configured archive. Raises ConfigError and ArchiveError."""
    settings = Settings.load(options.get("config")).archive
    engine = database.connect(settings)
    try:
        database.require_current(engine)
        yield _Opened(engine, settings.directory / "warc")
    finally:
        engine.dispose()


@click.command()
@click.option("--expect-head", type=_Head(), default="", metavar="HASH",
              help="Fail when the chain no longer holds this earlier head.")  # fmt: skip
@click.option("--budget", type=_Budget(), is_flag=False, flag_value="night",
              help="Read only what was read longest ago: 500MB, 20m, or a thirtieth.")  # fmt: skip
@JSON
@click.pass_context
def audit(context: click.Context, expect_head: str, budget: Budget | None, as_json: bool) -> None:
    """Check that every stored byte and row is as it was written.

    With --budget every night, each byte is read within thirty days; `status` tells since when. Ends
    with the head of the chain of events: note it outside the archive, for --expect-head. Exits with
    1 when something is damaged.
    """
    with _archive(context.obj) as archive, counter("bytes read:") as progress:
        report = audit_archive(
            archive.engine,
            archive.warc_directory,
            budget=budget,
            expect_head=expect_head,
            progress=progress,
        )
        report = _kept(archive.engine, report)
    if as_json:
        print_json(report)
    else:
        printing.print_audit(report, is_share=budget is not None)
    if not report.is_clean:
        context.exit(_FOUND_PROBLEMS)


@click.command()
@click.option("--from", "copy", type=click.Path(path_type=Path, exists=True, file_okay=False),
              required=True, metavar="COPY", help="Backup, archive or snapshot.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only tell what could be brought back.")
@JSON
@click.pass_context
def repair(context: click.Context, copy: Path, dry_run: bool, as_json: bool) -> None:
    """Bring back damaged or lost members and rows from a good copy, then audit again.

    COPY is a folder: a backup or another archive, or a snapshot, which has no rows to give. Exits
    with 1 when something stays damaged.
    """
    settings = Settings.load(context.obj.get("config")).archive
    with counter("bytes read:") as progress:
        done = repair_archive(settings, copy, is_dry=dry_run, progress=progress)
    print_json(done) if as_json else printing_care.print_repair(done)
    if not (done.is_dry or done.is_whole):
        context.exit(_FOUND_PROBLEMS)


@click.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True,
              help="Read what was copied before again, too, and mend it.")  # fmt: skip
@JSON
@click.pass_context
def backup(context: click.Context, dest: Path, again: bool, as_json: bool) -> None:
    """Copy the archive to the folder DEST, or bring the backup there up to date.

    A crawl may go on meanwhile. Keys are not copied: they are yours to keep elsewhere. What is
    damaged in the archive is copied as it is, never over good bytes; then it exits with 1.
    """
    settings = Settings.load(context.obj.get("config")).archive
    with counter("bytes copied:") as progress:
        made = back_up(settings, dest, again=again, progress=progress)
    print_json(made) if as_json else printing_care.print_backup(made)
    if made.damage:
        context.exit(_FOUND_PROBLEMS)


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--takedowns", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              metavar="FILE", help="Take down again what `takedown --json` listed.")  # fmt: skip
@JSON
@click.pass_context
def restore(context: click.Context, source: Path, takedowns: Path | None, as_json: bool) -> None:
    """Make the configured archive from the backup SOURCE, then audit it.

    The place of the archive must be empty. A backup from before a takedown still holds the story:
    keep the list of takedowns elsewhere, and give it with --takedowns. Exits with 1 when something
    is damaged.
    """
    settings = Settings.load(context.obj.get("config")).archive
    decided = read_list(takedowns) if takedowns else []
    with counter("bytes copied:") as progress:
        restore_backup(settings, source, progress=progress)
    if decided:
        repeat(settings, decided, clock=lambda: datetime.now(UTC))
    context.invoke(audit, expect_head="", budget=None, as_json=as_json)
