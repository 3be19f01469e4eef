"""What `kliping replay` was asked for, and its exit code: saved pages, captures, or rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from archive.archive import Archive
from archive.config import Settings
from archive.console import counter, print_json
from crawler.outlets import chosen
from crawler.replay_archive import Replay, ReplayReport, replay_archive
from crawler.replay_printing import JsonPrinter, print_change, print_report
from crawler.replay_reading import newest_pages
from crawler.replay_saved import replay_saved
from crawler.saved_pages import SavedAsked
from crawler.saved_printing import show_saved
from crawler.suggest import suggest_rules, suggestions_json
from crawler.suggest_printing import show_suggestions

__all__ = ["Asked", "run_replay"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command."""

    slug: str = ""
    html: Path | None = None
    url: str = ""
    fetched: datetime | None = None
    apply: bool = False
    suggest: bool = False
    as_json: bool = False


def run_replay(settings: Settings, asked: Asked) -> int:
    """0: nothing would change; 1: something would, or cannot be read; 3: an outlet was refused.

    Raises UsageError for options that do not go together, and what the parts raise.
    """
    _refuse(asked)
    if asked.html:
        return _saved(settings, asked, html=asked.html)
    if asked.suggest:
        return _suggest(settings, asked)
    return _archive(settings, asked).exit_code


def _refuse(asked: Asked) -> None:
    if asked.html and (asked.apply or asked.suggest):
        raise click.UsageError("--apply and --suggest-rules are for stored captures, not --html")
    if asked.apply and asked.suggest:
        raise click.UsageError("rules are only suggested: leave --apply out")
    if asked.url and not asked.html:
        raise click.UsageError("--url tells where a saved page came from: name it with --html FILE")
    if asked.fetched and not asked.html:
        raise click.UsageError("--fetched is for saved pages: name them with --html")
    if asked.suggest and not asked.slug:
        raise click.UsageError("name the OUTLET whose stories to look at")


def _saved(settings: Settings, asked: Asked, *, html: Path) -> int:
    wanted = SavedAsked(html=html, url=asked.url, slug=asked.slug, fetched_at=asked.fetched)
    results = replay_saved(settings, wanted)
    if asked.as_json:
        print_json(results if html.is_dir() else results[0])
    else:
        show_saved(results)
    return 0 if all(map(_is_whole, results)) else 1


def _is_whole(result: Mapping[str, Any]) -> bool:
    """Whether a saved page showed a story, and every part of it was there."""
    return result["answer"] == "article" and not result["missing_parts"]


def _archive(settings: Settings, asked: Asked) -> ReplayReport:
    printer = JsonPrinter()
    with counter("captures read:") as progress:
        replay = Replay(
            settings=settings,
            slugs=(asked.slug,) if asked.slug else (),
            apply=asked.apply,
            told=printer.tell if asked.as_json else partial(print_change, is_kept=asked.apply),
            progress=progress,
        )
        report = replay_archive(replay)
    printer.end(report) if asked.as_json else print_report(report)
    return report


def _suggest(settings: Settings, asked: Asked) -> int:
    spider = chosen(settings, [asked.slug])[0]
    archive = Archive(settings.archive, clock=lambda: datetime.now(UTC))
    try:
        pages = newest_pages(archive, asked.slug)
        current = (one for one in pages if spider.rules_at(one[0].fetched_at) == spider.rules)
        found = suggest_rules(current, outlet=spider.outlet, rules=spider.rules)
    finally:
        archive.close()
    if asked.as_json:
        print_json(suggestions_json(found))
        return 0
    entry = next((one for one in settings.outlet if one.slug == asked.slug), None)
    show_suggestions(found, asked.slug, entry)
    return 0
