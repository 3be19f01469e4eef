"""What an import of other tools' captures brought, and what it passed by."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.console import print_line
from crawler.foreign_pages import SKIPPED

__all__ = ["PAGES", "IngestReport"]

PAGES = {
    "new": "new stories",
    "edited": "new versions of known stories",
    "unchanged": "captures in which a known version is shown",
    "back": "stories that were gone and are back",
    "suspect": "captures kept, but held until another confirms them",
    "already_there": "captures that were there already",
    "parts": "further parts of stories",
    "off_topic": "off topic, and not kept",
    "no_story": "without a story (front pages, lists)",
    "missing": "that say that the story is not there",
    "unread": "that cannot be read",
    "incomplete": "of stories of which a part is in none of the files",
    "taken-down": "of stories that were taken down, and not kept",
    "refused": "of outlets that could not be written",
}
"""What becomes of pages, in words."""

_FAULTS = ("damaged", "bad_digests", "bad_http", "incomplete", "refused")
_EXAMPLES = 5


@dataclass
class IngestReport:
    """Counts of files, records and pages; filled on the way."""

    files: int = 0
    records: int = 0
    pages: int = 0
    on_topic: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    """Of pages (PAGES), of records that are passed by (SKIPPED), and of damage."""
    by_outlet: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)
    """The first few of each kind that a person may want to look at."""
    refused_files: dict[str, str] = field(default_factory=dict)
    refused_outlets: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, example: str = "", *, outlet: str = "") -> None:
        """Count one page or record."""
        self.counts[kind] += 1
        if outlet:
            self.by_outlet.setdefault(outlet, Counter())[kind] += 1
        told = self.examples.setdefault(kind, []) if example else []
        if example and len(told) < _EXAMPLES:
            told.append(example)

    @property
    def exit_code(self) -> int:
        """3 an outlet could not be written; 1 something is damaged or incomplete; else 0."""
        if self.refused_outlets:
            return 3
        return 1 if self.refused_files or any(self.counts[kind] for kind in _FAULTS) else 0

    def as_json(self) -> Mapping[str, Any]:
        """The report as values for JSON: every count, also those that are zero."""
        named = [*PAGES, *SKIPPED, "damaged"]
        return {
            "files": self.files,
            "records": self.records,
            "pages": self.pages,
            "on_topic": self.on_topic,
            "counts": {name.replace("-", "_"): self.counts[name] for name in named},
            "outlets": {slug: dict(counts) for slug, counts in sorted(self.by_outlet.items())},
            "examples": self.examples,
            "refused_files": self.refused_files,
            "refused_outlets": self.refused_outlets,
        }

    def show(self) -> None:
        """A line for each kind that occurred, with where to look at what is wrong."""
        print_line(
            f"{self.files} files, {self.records} records, {self.pages} pages,"
            f" {self.on_topic} on topic"
        )
        for kind, words in PAGES.items():
            self._show(kind, words)
        for kind, words in SKIPPED.items():
            self._show(kind, f"passed by: {words}")
        self._show("damaged", "places where a file is damaged; what is whole behind them was read")
        for name, why in self.refused_files.items():
            print_line(f"not read: {name}: {why}")
        for slug, why in self.refused_outlets.items():
            print_line(f"{slug}: not imported: {why}; run it again")

    def _show(self, kind: str, words: str) -> None:
        if not self.counts[kind]:
            return
        print_line(f"{self.counts[kind]:>7,} {words}")
        for example in self.examples.get(kind, ()):
            print_line(f"        {example}")
