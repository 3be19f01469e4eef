"""The command that says how each outlet is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from archive import database
from archive.config import Settings
from archive.console import JSON, print_json, print_line, print_table
from archive.health_shelf import OutletHealth, has_new, judge_new, newest
from archive.stories import require_outlet

__all__ = ["health"]


@click.command()
@click.argument("slugs", metavar="[OUTLET]...", nargs=-1)
@JSON
@click.pass_obj
def health(options: Mapping[str, Path | None], slugs: Sequence[str], as_json: bool) -> None:
    """Show how each outlet is, what broke there, and what to do about it.

    Exits with 1 when an outlet needs a person, else with 0.
    """
    found = _found(options, slugs)
    if as_json:
        print_json([_as_json(one) for one in found])
    else:
        _show(found)
    click.get_current_context().exit(1 if any(one.needs_person for one in found) else 0)


def _found(options: Mapping[str, Path | None], slugs: Sequence[str]) -> list[OutletHealth]:
    """The health of the outlets; crawls that ended without a judgement get theirs first."""
    engine = database.connect(Settings.load(options.get("config")).archive)
    try:
        database.require_current(engine)
        for slug in slugs:
            require_outlet(engine, slug)
        with database.reading(engine) as connection:
            is_behind = has_new(connection, slugs)
        if is_behind:
            with database.writing(engine) as connection:
                judge_new(connection, slugs, now=datetime.now(UTC))
        with database.reading(engine) as connection:
            return newest(connection, slugs)
    finally:
        engine.dispose()


def _as_json(one: OutletHealth) -> dict[str, object]:
    findings = [vars(found) | {"needs_person": found.needs_person} for found in one.findings]
    return vars(one) | {"findings": findings}


def _show(found: Sequence[OutletHealth]) -> None:
    if not found:
        print_line("no outlet was crawled yet: kliping crawl")
        return
    columns = ("Outlet", "State", "Finding", "Since", "Example", "Advice")
    print_table(columns, [row for one in found for row in _rows(one)])


def _rows(one: OutletHealth) -> Iterator[tuple[object, ...]]:
    if not one.findings:
        yield one.outlet, one.state, "", "", "", ""
    for finding in one.findings:
        told = f"{finding.kind}: {finding.detail}"
        yield one.outlet, one.state, told, finding.since, finding.examples[0], finding.advice
