"""The commands below `kliping outlets`. Parse, one call, print."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from archive.console import JSON, print_json

__all__ = ["outlets"]


def _settings(context: click.Context) -> Any:
    from archive.config import Settings

    return Settings.load((context.obj or {}).get("config"))


def _config_file(context: click.Context) -> Path | None:
    named: Path | None = (context.obj or {}).get("config")
    return named or (Path("kliping.toml") if Path("kliping.toml").is_file() else None)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A function that shows on a terminal what is asked for now."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, quiet=quiet)
    with console.status("…") as shown:
        yield lambda url: shown.update(f"asking {escape(url)}")


@click.group()
def outlets() -> None:
    """List the outlets that Kliping knows, add one, or look at one."""


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
@click.option("--slug", default="", help="Its short name; else one is made of its address.")
@click.option("--dry-run", is_flag=True, help="Look and show, write nothing.")
@click.option("--code", is_flag=True, help="Write a module, the stub of a saved page and its test "
              "into this checkout, instead of an entry into kliping.toml.")  # fmt: skip
@JSON
@click.pass_context
def outlets_add(
    context: click.Context, url: str, slug: str, dry_run: bool, code: bool, as_json: bool
) -> None:
    """Look at the news site at URL, read three stories, and write its [[outlet]] entry.

    Nothing goes into the archive. Exits with 1 when the site cannot be an outlet.
    """
    from crawler.outlet_add import Wanted, add
    from crawler.site_printing import added_as_json, print_added

    wanted = Wanted(url=url, slug=slug, dry_run=dry_run, code=Path.cwd() if code else None)
    with _progress(quiet=as_json) as tell:
        added = add(_settings(context), wanted, file=_config_file(context), tell=tell)
    if as_json:
        print_json(added_as_json(added))
    else:
        print_added(added)
    context.exit(added.exit_code)


@outlets.command("check")
@click.argument("slug", metavar="OUTLET")
@JSON
@click.pass_context
def outlets_check(context: click.Context, slug: str, as_json: bool) -> None:
    """Look at a known outlet now, and say what its entry or module should say otherwise.

    Nothing is written. Exits with 0 when nothing would change, else 1.
    """
    from crawler.outlet_check import check
    from crawler.site_printing import checked_as_json, print_checked

    with _progress(quiet=as_json) as tell:
        checked = check(_settings(context), slug, tell=tell)
    if as_json:
        print_json(checked_as_json(checked))
    else:
        print_checked(checked)
    context.exit(checked.exit_code)
