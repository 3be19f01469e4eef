"""The commands on outlets: list, add, check. Parse, one call, print."""

from pathlib import Path
from typing import Any

import click

from archive.console import JSON, clean, print_json

__all__ = ["outlets"]


def _settings(context: click.Context) -> Any:
    from archive.config import Settings

    return Settings.load((context.obj or {}).get("config"))


@click.group()
def outlets() -> None:
    """List the outlets that Kliping knows, look at one, or add one."""


@outlets.command("list")
@JSON
@click.pass_context
def outlets_list(context: click.Context, as_json: bool) -> None:
    """List every outlet: the built-in ones and those of kliping.toml."""
    from crawler.outlet_list import listed, print_listed

    found = listed(_settings(context))
    if as_json:
        print_json(found)
    else:
        print_listed(found)


@outlets.command("add")
@click.argument("url")
@click.option("--slug", default="", help="Its short name; without it one is made of the address.")
@click.option("--dry-run", is_flag=True, help="Look and tell, and write nothing.")
@click.option("--code", is_flag=True, help="Write a module, a page and a test, in a checkout.")
@JSON
@click.pass_context
def outlets_add(
    context: click.Context, url: str, slug: str, dry_run: bool, code: bool, as_json: bool
) -> None:
    """Look at a site, read three of its stories as a trial, and add it to kliping.toml."""
    from crawler.outlet_add import add

    named: Path | None = (context.obj or {}).get("config")
    done = add(
        _settings(context),
        url,
        slug=slug,
        file=None if dry_run else named or Path("kliping.toml"),
        as_code=code,
        tell=_say,
    )
    if as_json:
        print_json(done.as_json())
    else:
        done.show()
    context.exit(1 if done.verdict.trouble else 0)


@outlets.command("check")
@click.argument("outlet")
@JSON
@click.pass_context
def outlets_check(context: click.Context, outlet: str, as_json: bool) -> None:
    """Look at an outlet as it is now, and say what its settings would have to be."""
    from crawler.outlet_check import check

    done = check(_settings(context), outlet, tell=_say)
    if as_json:
        print_json(done.as_json())
    else:
        done.show()
    context.exit(1 if done.changes else 0)


def _say(line: str) -> None:
    click.echo(clean(line), err=True)
