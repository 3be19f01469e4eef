"""`kliping demo`: two nights of the sample newsroom, and what an archive makes of them."""

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from archive import database, printing, text
from archive.archive import Archive
from archive.audit import audit
from archive.config import Settings
from archive.console import marked, print_line, print_table
from archive.errors import ConfigError
from archive.snapshots import export
from archive.stories import stories
from archive.types import Story, Version
from archive.versions import versions
from crawler.demo.config import NewsroomConfig
from crawler.demo.newsroom import Newsroom
from crawler.visit import INTERRUPTED, Report, Request, visit

__all__ = ["Played", "play"]

_OUTLETS = ("jurnaljawapes", "kantamedia", "kolomrakyat", "lintastungkal", "tribun-pontianak")
_MARK = ".kliping-demo"
_NIGHTS = 2


@dataclass(frozen=True, kw_only=True)
class Played:
    """What the demo did."""

    directory: Path
    reports: tuple[Report, ...]
    found: tuple[tuple[Story, tuple[Version, ...]], ...]
    snapshot: Path
    faults: int

    @property
    def is_good(self) -> bool:
        """Every crawl closed and the archive is sound."""
        return all(report.is_good for report in self.reports) and not self.faults

    def as_json(self) -> dict[str, Any]:
        """The demo's outcome as values for JSON."""
        return {
            "directory": self.directory,
            "snapshot": self.snapshot,
            "is_good": self.is_good,
            "nights": [report.as_json() for report in self.reports],
            "stories": [
                {
                    "story_id": story.story_id,
                    "outlet": story.outlet,
                    "url": story.url,
                    "status": story.status,
                    "versions": len(known),
                    "headline": known[-1].article.headline,
                }
                for story, known in self.found
            ],
            "audit_findings": self.faults,
        }


def play(directory: Path, *, quiet: bool = False) -> Played:
    """Crawl two nights of the sample newsroom into `directory`; what was found is printed.

    An earlier demo there is replaced; a folder with anything else in it raises ConfigError.
    """
    _empty(directory)
    show = _Silent() if quiet else _Shown()
    config = NewsroomConfig(today=datetime.now(ZoneInfo("Asia/Jakarta")).date())
    with Newsroom(config) as newsroom:
        file = _write_settings(directory, newsroom.connect_to)
        settings = Settings.load(file)
        Archive.create(settings.archive)
        reports = []
        for night in range(1, _NIGHTS + 1):
            newsroom.night = night
            show.line(f"\nNight {night}: visiting {', '.join(_OUTLETS)} …", bold=True)
            request = Request(settings=settings, config_file=file, slugs=_OUTLETS, quiet=quiet)
            reports.append(visit(request))
            show.report(reports[-1])
            if reports[-1].exit_code == INTERRUPTED:
                raise KeyboardInterrupt
    return _conclude(settings, directory, reports=tuple(reports), show=show)


def _empty(directory: Path) -> None:
    if directory.exists() and any(directory.iterdir()) and not (directory / _MARK).is_file():
        raise ConfigError(
            f"{directory} holds something that is not an earlier demo; choose another folder "
            "with --directory"
        )
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    (directory / _MARK).touch()


def _write_settings(directory: Path, connect_to: Mapping[str, str]) -> Path:
    """A settings file that sends the outlets' addresses to the newsroom on loopback."""
    routes = [f'"{origin}" = "{target}"' for origin, target in sorted(connect_to.items())]
    lines = [
        "# Written by `kliping demo`: the newsroom it leads to has ended with the demo,",
        "# but the archive stays readable: kliping --config kliping-demo/kliping.toml status",
        "[archive]",
        'directory = "kliping-data"',
        "[crawl]",
        'contact = "https://example.org/kliping-demo"',
        "delay = 0.0",
        'confirm_after = "0s"',
        "[crawl.connect_to]",
        *routes,
    ]
    file = directory / "kliping.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _conclude(
    settings: Settings, directory: Path, *, reports: tuple[Report, ...], show: "_Shown"
) -> Played:
    engine = database.connect(settings.archive)
    warcs = settings.archive.directory / "warc"
    found = tuple((story, tuple(versions(engine, story.story_id))) for story in stories(engine))
    show.stories(found)
    snapshot = directory / "snapshot"
    manifest = export(engine, warcs, snapshot)
    report = audit(engine, warcs)
    engine.dispose()
    show.line("\nAn export that others can check:", bold=True)
    show.manifest(manifest, snapshot)
    show.line("\nEvery stored byte and row, checked again:", bold=True)
    show.audit(report)
    show.next_steps(directory, found)
    return Played(
        directory=directory,
        reports=reports,
        found=found,
        snapshot=snapshot,
        faults=len(report.findings),
    )


class _Shown:
    """What a person sees of the demo."""

    def line(self, line: str, *, bold: bool = False) -> None:
        print_line(line, bold=bold)

    def report(self, report: Report) -> None:
        report.show()

    def stories(self, found: tuple[tuple[Story, tuple[Version, ...]], ...]) -> None:
        self.line("\nNeutrality stories found, each with its versions:", bold=True)
        rows = [
            (story.outlet, story.story_id[:8], len(known), known[-1].article.headline)
            for story, known in sorted(found, key=lambda pair: (pair[0].outlet, pair[0].url))
        ]
        print_table(("outlet", "story", "versions", "headline"), rows)
        for story, known in found:
            if len(known) > 1:
                self._edit(story, known)

    def _edit(self, story: Story, known: tuple[Version, ...]) -> None:
        before, after = known[-2:]
        self.line(f"\nEdited in {story.outlet}: {', '.join(after.changed)}  {story.url}", bold=True)
        for name in after.changed:
            changes = text.diff(getattr(before.article, name), getattr(after.article, name))
            self.line(f"  {name}: {_around_edits(marked(changes))}")

    def manifest(self, manifest: Any, snapshot: Path) -> None:
        printing.print_manifest(manifest, dest=snapshot)

    def audit(self, report: Any) -> None:
        printing.print_audit(report)

    def next_steps(
        self, directory: Path, found: tuple[tuple[Story, tuple[Version, ...]], ...]
    ) -> None:
        edited = next((story for story, known in found if len(known) > 1), None)
        kliping = f"  {_program()} --config {directory}/kliping.toml"
        self.line("\nLook around:", bold=True)
        for command in ("status", "events", 'search "bawaslu asn"'):
            self.line(f"{kliping} {command}")
        if edited:
            self.line(f"{kliping} show {edited.story_id[:8]}")
            self.line(f"{kliping} diff {edited.story_id[:8]}")


def _program() -> str:
    """How this program was called, from where the reader stands."""
    called = Path(sys.argv[0])
    if called.name != "kliping" or shutil.which("kliping") == str(called.absolute()):
        return "kliping"
    near = called.absolute()
    return str(near.relative_to(Path.cwd()) if near.is_relative_to(Path.cwd()) else near)


class _Silent(_Shown):
    """The demo for a program, which reads the JSON at the end instead."""

    def line(self, line: str, *, bold: bool = False) -> None:
        del line, bold

    def report(self, report: Report) -> None:
        del report

    def stories(self, found: tuple[tuple[Story, tuple[Version, ...]], ...]) -> None:
        del found

    def manifest(self, manifest: Any, snapshot: Path) -> None:
        del manifest, snapshot

    def audit(self, report: Any) -> None:
        del report


def _around_edits(marks: str, *, reach: int = 60) -> str:
    """A marked text cut to the words around its edits, so that one line shows them."""
    edits = [(m.start(), m.end()) for m in re.finditer(r"\[-.*?-\]|\{\+.*?\+\}", marks, re.DOTALL)]
    if not edits:
        return marks[: 2 * reach]
    start, end = max(edits[0][0] - reach, 0), edits[-1][1] + reach
    piece = " ".join(marks[start:end].split())
    return f"{'…' if start else ''}{piece}{'…' if end < len(marks) else ''}"
