"""The command `import`: a snapshot of ours, or what other tools captured."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from archive.archive import Archive
from archive.config import Settings
from archive.console import JSON, counter, print_json
from archive.printing_care import print_imported
from archive.snapshot_import import import_snapshot
from crawler.foreign_files import is_foreign

__all__ = ["import_"]

_FAILED = 3


@click.command("import")
@click.argument("sources", metavar="SNAPSHOT|FILE...", nargs=-1, required=True,
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("--outlet", "slugs", multiple=True, metavar="SLUG",
              help="Only pages of this outlet; may be repeated.")  # fmt: skip
@JSON
@click.pass_context
def import_(
    context: click.Context, sources: tuple[Path, ...], slugs: tuple[str, ...], as_json: bool
) -> None:
    """Put a snapshot, or the stories in WARC and WACZ files of other tools, into the archive.

    A snapshot is a folder that `kliping export` made. FILE is a .warc, .warc.gz or .wacz, or a
    folder of them: their HTML pages are read as a crawl reads them, and those on topic are kept as
    captured at the moment that the file says. Exits with 1 when something is damaged, or a part of
    a story is missing; 3 when an outlet could not be written, say as it is being crawled.
    """
    options: Mapping[str, Path | None] = context.obj or {}
    settings = Settings.load(options.get("config"))
    if all(map(is_foreign, sources)):
        context.exit(_foreign(settings, sources, slugs=slugs, as_json=as_json))
    if len(sources) > 1 or slugs:
        raise click.UsageError("one snapshot at a time, and all of it")
    context.exit(_snapshot(settings, sources[0], as_json=as_json))


@contextmanager
def _interruptible() -> Iterator[None]:
    """Say what an interrupted import leaves."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped. What came in is kept; the same command again goes on.", err=True)
        raise


def _snapshot(settings: Settings, folder: Path, *, as_json: bool) -> int:
    clock = partial(datetime.now, UTC)
    archive = Archive(settings.archive, clock=clock)
    with closing(archive), _interruptible(), counter("stories") as progress:
        found = import_snapshot(archive, folder, clock=clock, progress=progress)
    print_json(found) if as_json else print_imported(found)
    return _FAILED if found.held else 0


def _foreign(
    settings: Settings, sources: Sequence[Path], *, slugs: Sequence[str], as_json: bool
) -> int:
    from crawler.ingest import Ingest, ingest

    with (
        _interruptible(),
        counter("pages read:") as reading,
        counter("records looked at:") as looking,
    ):
        asked = Ingest(
            settings=settings, paths=sources, slugs=slugs, looking=looking, reading=reading
        )
        report = ingest(asked)
    print_json(report.as_json()) if as_json else report.show()
    return report.exit_code
