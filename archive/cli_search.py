"""The command that finds stories by their words."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import click

from archive import database, printing
from archive.config import Settings
from archive.console import AS_OF, JSON, print_json, when
from archive.search import SORTS, Search
from archive.search import search as search_stories
from archive.stories import first_known

__all__ = ["search"]

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--outlet", default="", help="Only of this outlet.")
@click.option("--region", default="", help="Only of outlets in this region.")
@click.option("--from", "since", type=_DAY, help="Only published on this day or later.")
@click.option("--to", "until", type=_DAY, help="Only published on this day or earlier.")
@click.option("--topic", type=click.Choice(["yes", "no"]), default=None,
              help="On topic, or off it; a person's word goes before the machine's.")  # fmt: skip
@click.option("--status", type=click.Choice(["live", "gone"]), default=None,
              help="Only what its outlet still shows, or shows no more.")  # fmt: skip
@click.option("--edited", is_flag=True, help="Only stories of more than one version.")
@click.option("--copied", is_flag=True, help="Only stories whose text stands elsewhere, too.")
@click.option("--cluster", default="", metavar="ID", help="Only copies of one text.")
@click.option("--versions", is_flag=True, help="Search every version: also what was edited away.")
@AS_OF
@click.option("--sort", type=click.Choice(SORTS), default=SORTS[0], show_default=True,
              help="What comes first.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True,
              help="At most so many.")  # fmt: skip
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many of the first.")
@JSON
@click.pass_obj
def search(
    options: Mapping[str, Path | None],
    query: tuple[str, ...],
    outlet: str,
    region: str,
    since: datetime | None,
    until: datetime | None,
    topic: str | None,
    status: str | None,
    edited: bool,
    copied: bool,
    cluster: str,
    versions: bool,
    as_of: datetime | None,
    sort: str,
    limit: int,
    offset: int,
    as_json: bool,
) -> None:
    """Find stories by the words of their headline and text, newest first.

    Put the whole query in single quotes. All its words must occur, as whole words; case and accents
    make no difference. 'netral*' finds every word that begins so, '"netralitas ASN"' words side by
    side. AND, OR and NOT (in capitals; -word is NOT word) and parentheses work as elsewhere: NOT
    binds closest, OR least. --from and --to are days on the clock of each outlet, of publication or
    else of first sight.
    """
    if since and until and since > until:
        raise click.BadParameter(f"--from {since:%Y-%m-%d} is after --to {until:%Y-%m-%d}")
    asked = Search(
        outlet=outlet,
        region=region,
        since=_day(since),
        until=_day(until),
        is_on_topic=None if topic is None else topic == "yes",
        status=status or "",
        is_edited=edited,
        is_copied=copied,
        cluster_id=cluster,
        every_version=versions,
        as_of=as_of,
        sort=sort,
        limit=limit + 1,
        offset=offset,
    )
    engine = database.connect(Settings.load(options.get("config")).archive)
    try:
        database.require_current(engine)
        hits = search_stories(engine, " ".join(query), asked)
        first = None if hits or as_of is None else first_known(engine)
    finally:
        engine.dispose()
    print_json(hits[:limit]) if as_json else printing.print_hits(hits[:limit])
    if len(hits) > limit:
        click.echo(
            f"more was found: --offset {offset + limit} goes on, --limit shows more", err=True
        )
    if first and as_of and as_of < first:
        click.echo(f"nothing was known then: the first story came on {when(first)}", err=True)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
