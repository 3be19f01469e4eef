"""The commands about snapshots: write one, and what makes it worth trusting."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from archive import database, printing
from archive.config import Settings
from archive.console import JSON, Moment, counter, print_json
from archive.errors import ConfigError
from archive.snapshots import FORMATS
from archive.snapshots import export as export_snapshot

__all__ = ["export"]

Options = Mapping[str, Path | None]
"""What stands before the name of the command: `config`, the settings file, or None."""


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
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--format", type=click.Choice(FORMATS), default="jsonl", show_default=True,
              help="Of the rows.")  # fmt: skip
@click.option("--as-of", type=Moment(), help="Export what was known then; else all that is known.")
@click.option("--no-warc", is_flag=True, help="Leave the captured bytes out.")
@JSON
@click.pass_obj
def export(
    options: Options,
    dest: Path,
    format: str,
    as_of: datetime | None,
    no_warc: bool,
    as_json: bool,
) -> None:
    """Write a snapshot of the archive to the folder DEST."""
    if as_of and as_of > datetime.now(UTC):
        raise ConfigError("--as-of is in the future: nobody knows yet what will be known then")
    with _archive(options) as archive, counter("versions") as progress:
        manifest = export_snapshot(
            archive.engine,
            archive.warc_directory,
            dest,
            format=format,
            as_of=as_of,
            with_warc=not no_warc,
            progress=progress,
        )
    print_json(manifest) if as_json else printing.print_manifest(manifest, dest=dest)
