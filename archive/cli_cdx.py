"""The command that makes the archive's index for replay tools."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

import click

from archive import database
from archive.cdx import COLLECTION, Indexed, pywb_folder, write_index
from archive.config import Settings
from archive.console import JSON, counter, print_json, print_line

__all__ = ["cdx"]

_FOUND_PROBLEMS = 1


@click.command()
@click.option("--pywb", "folder", type=click.Path(path_type=Path), metavar="FOLDER",
              help="Make a folder from which pywb serves the archive, and say how.")  # fmt: skip
@JSON
@click.pass_context
def cdx(context: click.Context, folder: Path | None, as_json: bool) -> None:
    """Print the index of every stored answer for replay tools (CDXJ).

    Exits with 1 when a record could not be read; the others are in the index.
    """
    settings = Settings.load(context.obj.get("config")).archive
    engine = database.connect(settings)
    warcs = settings.directory / "warc"
    try:
        database.require_current(engine)
        with counter("answers:") as progress:
            if folder is not None:
                found = pywb_folder(engine, warcs, folder, progress=progress)
            else:
                with tempfile.TemporaryDirectory(prefix="kliping-") as scratch:
                    found = write_index(
                        engine,
                        warcs,
                        sys.stdout,
                        scratch=Path(scratch) / "index",
                        progress=progress,
                    )
    finally:
        engine.dispose()
    if folder is not None:
        print_json(_told(folder, found)) if as_json else _tell(folder, found)
    for damaged in found.damaged:
        click.echo(f"left out: {damaged}", err=True)
    if found.damaged:
        context.exit(_FOUND_PROBLEMS)


def _command(folder: Path) -> str:
    return f"cd {quote(str(folder))} && wayback --bind 127.0.0.1 --port 8090"


def _told(folder: Path, found: Indexed) -> Mapping[str, object]:
    return {"captures": found.captures, "folder": folder, "command": _command(folder)}


def _tell(folder: Path, found: Indexed) -> None:
    print_line(f"{found.captures} answers are in {folder / 'index.cdxj'}; serve them with")
    print_line(f"  {_command(folder)}")
    print_line(f"and open http://127.0.0.1:8090/{COLLECTION}/ADDRESS (pywb: pip install pywb")
    print_line("in an environment of its own, as it needs older libraries)")
