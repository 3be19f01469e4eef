"""The crawler's commands: crawl, save, replay, demo. Parse, one call, print."""

import gc
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.console import JSON, Moment, Zoned, print_json

__all__ = ["crawl", "demo", "replay", "save"]


def _settings(context: click.Context) -> Any:
    from archive.config import Settings

    return Settings.load((context.obj or {}).get("config"))


def _config_file(context: click.Context) -> Path | None:
    named: Path | None = (context.obj or {}).get("config")
    return named or (Path("kliping.toml") if Path("kliping.toml").is_file() else None)


@click.command()
@click.argument("slugs", metavar="[OUTLET]...", nargs=-1)
@click.option("--since", type=Moment(), help="Go back to this day, however long that takes.")
@click.option(
    "--revisit",
    type=click.Choice(["due", "all", "none"]),
    default="due",
    show_default=True,
    help="Which known stories to ask for again.",
)
@click.option("--record", type=click.Path(path_type=Path), help="Keep every exchange in this WARC.")
@click.option(
    "--from-warc",
    type=click.Path(path_type=Path, exists=True),
    help="Serve every answer from this recording; no network.",
)
@JSON
@click.pass_context
def crawl(
    context: click.Context,
    slugs: tuple[str, ...],
    since: datetime | None,
    revisit: str,
    record: Path | None,
    from_warc: Path | None,
    as_json: bool,
) -> None:
    """Crawl the outlets now (all of them when none is named)."""
    gc.disable()  # modules stay: to look for garbage among them only delays the start
    from crawler.visit import Request, visit

    gc.freeze()
    gc.enable()

    request = Request(
        settings=_settings(context),
        config_file=_config_file(context),
        slugs=slugs,
        since=since,
        revisit=revisit,
        record=record,
        from_warc=from_warc,
        quiet=as_json,
    )
    report = visit(request)
    if as_json:
        print_json(report.as_json())
    else:
        report.show()
    context.exit(report.exit_code)


@click.command()
@click.argument("urls", metavar="[URL]...", nargs=-1)
@click.option("--from", "source", type=click.File(encoding="utf-8"),
              help="A list of addresses, one a line; - reads standard input.")  # fmt: skip
@JSON
@click.pass_context
def save(context: click.Context, urls: tuple[str, ...], source: Any, as_json: bool) -> None:
    """Archive these addresses now, whatever their topic."""
    from crawler.save import save as save_urls
    from crawler.wish import listed

    wanted = [*urls, *(listed(source.read()) if source else [])]
    if not wanted and source:
        raise click.UsageError("the list of addresses is empty")
    if not wanted:
        raise click.UsageError("name the addresses to save, or a list of them with --from FILE")
    report = save_urls(_settings(context), wanted, config_file=_config_file(context), quiet=as_json)
    if as_json:
        print_json(report.as_json())
    else:
        report.show()
    context.exit(report.exit_code)


@click.command()
@click.argument("slug", metavar="[OUTLET]", required=False)
@click.option("--html", type=click.Path(path_type=Path, exists=True), help="A saved page, or a "
              "folder of them with a urls.json that maps file name to address.")  # fmt: skip
@click.option("--url", default="", help="The address that the saved page came from.")
@click.option("--fetched", type=Zoned(), help="When the saved page was fetched, with its zone; "
              "else the file's time counts.")  # fmt: skip
@click.option("--apply", is_flag=True, help="Make the new readings the current ones.")
@click.option("--suggest-rules", "suggest", is_flag=True, help="Propose rules for what repeats on "
              "the stories of OUTLET.")  # fmt: skip
@JSON
@click.pass_context
def replay(context: click.Context, /, slug: str | None, **asked: Any) -> None:
    """Read stored captures, or saved HTML pages, again without any request.

    Shows what would read otherwise: exits with 1 when something would, 0 when nothing would.

    \b
    The table has for each outlet (docs/replay.md says more):
      stories, versions   those it has
      captures read       those that were looked at
      unchanged, changed  versions that read as they do now, or otherwise
      repeats             of these, versions now equal to the one before
      revealed            versions that nobody knew of
      readable, unread    captures never read: can be now, or cannot
      unreadable          versions that cannot be read any more
      damaged             versions whose stored bytes are not as written
      kept                new readings that were written (with --apply)
    """
    from crawler.replay_command import Asked, run_replay

    context.exit(run_replay(_settings(context), Asked(slug=slug or "", **asked)))


@click.command()
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("kliping-demo"),
    show_default=True,
    help="Where the demo's settings and archive go; emptied first if an earlier demo made it.",
)
@JSON
@click.pass_context
def demo(context: click.Context, directory: Path, as_json: bool) -> None:
    """Crawl the sample newsroom over two nights and show what was found."""
    from crawler.demo.play import play

    played = play(directory, quiet=as_json)
    if as_json:
        print_json(played.as_json())
    context.exit(0 if played.is_good else 3)
