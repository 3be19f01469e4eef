"""A snapshot of ours becomes an archive again, or joins one: the same ids, hashes and moments."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from archive.archive import Archive
from archive.columns import COVERAGE, OUTLETS, REMOVED, STORIES, TAKEDOWNS
from archive.errors import ConfigError, DamagedRecord, LeaseHeld
from archive.import_story import Imported
from archive.manifest import Manifest, read_manifest
from archive.row_files import data_file, read_rows, unquoted
from archive.snapshot_facts import FACTS
from archive.types import Crawl, Outlet
from archive.verify import verify
from archive.verify_warc import Span, warc_spans
from archive.visits import IMPORT_COUNT, IMPORT_STOPPED, IMPORTED

__all__ = ["Imported", "import_snapshot"]

_BATCH = 20
"""Stories to one transaction."""
_LISTS = ("addresses", "captures", "versions", "images", "labels", "clusters", "events")
_NUMBERS = ("run_id", "crawl_id", "looked_at", "on_topic", "failed", "not_reached")

Progress = Callable[[int], None]
"""Called with the number of stories that were looked at."""
Told = tuple[dict[str, Any], dict[int, str]]


@dataclass(kw_only=True)
class _Outlet:
    """The part of an import that is about one outlet, under its lease."""

    archive: Archive
    crawl: Crawl
    spans: dict[str, Span]
    """WARC files that were not taken over yet."""
    counts: Imported
    barred: frozenset[str] = frozenset()
    """Records of stories that the archive took down."""
    reason: str = IMPORT_STOPPED

    @property
    def _counted(self) -> dict[str, int]:
        return {IMPORT_COUNT: self.counts.versions}

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Close the crawl afterwards, whatever happened."""
        try:
            yield
            self.reason = IMPORTED
        finally:
            counts = self._counted
            self.archive.close_crawl(self.crawl, reason=self.reason, counts=counts, complete=False)

    def take(self, batch: Sequence[Told], *, now: datetime) -> None:
        """Write some stories, and before them the files in which their captures stand."""
        captures = (one for values, _ in batch for one in values["captures"])
        for name in sorted({one["warc_file"] for one in captures if one["warc_file"]}):
            span = self.spans.pop(name, None)
            if span:
                self.archive.imports.file(self.crawl, span, barred=self.barred)
        self.archive.imports.stories(self.crawl, batch, counts=self.counts, now=now)
        self.archive.heartbeat(self.crawl, counts=self._counted)


def import_snapshot(
    archive: Archive, folder: Path, *, clock: Callable[[], datetime], progress: Progress
) -> Imported:
    """Put what a snapshot holds and the archive does not into the archive; how much that was.

    Every moment at which something was recorded stays, so that questions to the past are answered
    as before. Raises DamagedRecord for a snapshot that is not whole, ConfigError for one from which
    something was left out, NotFound when an earlier snapshot must be imported first. An outlet that
    is being crawled is passed by, and told of: the same import again brings it.
    """
    manifest = _whole(folder)
    spans = {_named(span).name: span for span in warc_spans(folder, format=manifest.format)}
    coverage = [_typed(row) for row in read_rows(folder / "coverage.csv", columns=COVERAGE)]
    began = min([row["started_at"] for row in coverage], default=manifest.as_of)
    outlets = {one.slug: one for one in _outlets(folder)}
    archive.imports.outlets(outlets.values(), recorded_at=began)
    archive.imports.history(row for row in map(_counted, coverage) if row["ended_at"])
    counts, done = Imported(), 0
    gone, barred = _taken_down(archive, folder)
    counts.taken_down = len(gone)
    told = (one for one in _stories(folder, manifest) if one[0]["story_id"] not in gone)
    with archive.run() as run_id:
        for slug, stories in groupby(told, key=lambda one: one[0]["outlet"]):
            outlet = archive.readings.outlet(slug) or outlets[slug]
            try:
                of = archive.begin_crawl(outlet, run_id=run_id)
            except LeaseHeld as error:  # the others come in; this one when it is asked for again
                counts.held[slug] = str(error)
                continue
            work = _Outlet(archive=archive, crawl=of, spans=spans, counts=counts, barred=barred)
            with work.closing():
                while batch := list(islice(stories, _BATCH)):
                    work.take(batch, now=clock())
                    done += len(batch)
                    progress(done)
    withdrawn = list(_withdrawn(folder))
    if manifest.since:
        rows = read_rows(folder / "removed.csv", columns=REMOVED)
        removed = [(row["story_id"], int(row["version"])) for row in rows]
        left = [one for one in removed if one[0] not in withdrawn]
        archive.imports.remove(left, recorded_at=manifest.as_of)
    counts.withdrawn = tuple(archive.imports.held(withdrawn))
    return counts


def _taken_down(archive: Archive, folder: Path) -> tuple[set[str], frozenset[str]]:
    """The stories of a snapshot that the archive took down, and the records that are only theirs.

    A record that another story stands on comes along, as it stays in an archive that has both.
    """
    known, gone = archive.imports.taken_down(), set[str]()
    own, others = set[str](), set[str]()
    for values in read_rows(folder / FACTS, columns=()) if known else ():
        is_gone = values["story_id"] in known
        gone |= {values["story_id"]} if is_gone else set()
        (own if is_gone else others).update(one["record_id"] for one in values["captures"])
    return gone, frozenset(own - others)


def _withdrawn(folder: Path) -> Iterator[str]:
    """The stories that were taken down where the snapshot was made."""
    path = folder / "takedowns.csv"
    rows = read_rows(path, columns=TAKEDOWNS) if path.is_file() else ()
    return (unquoted(row["story_id"]) for row in rows)


def _whole(folder: Path) -> Manifest:
    """What the manifest of a snapshot says that can be imported."""
    for fault in verify(folder).findings:
        place = f"{fault.where}: " if fault.where else ""
        what = f"{folder} is not as it was exported: {place}{fault.what}"
        raise DamagedRecord(f"{what}; `kliping verify` tells all")
    manifest = read_manifest(folder)
    if not manifest.is_importable:
        raise ConfigError(
            f"{folder} does not hold all that an archive needs: export it without --no-warc,"
            " --no-text and --initials, and not as CSV"
        )
    return manifest


def _named(span: Span) -> Span:
    if Path(span.name).name != span.name or not span.name.endswith(".warc.gz"):
        raise DamagedRecord(f"{span.name!r} is no name of a WARC file of an archive")
    return span


def _outlets(folder: Path) -> Iterator[Outlet]:
    for row in read_rows(folder / "outlets.csv", columns=OUTLETS):
        values = {name: unquoted(value) for name, value in row.items()}
        yield Outlet(slug=values.pop("outlet"), **values)


def _counted(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of coverage.csv with its numbers; an empty cell is None."""
    return {**row, **{name: int(row[name]) if row[name] else None for name in _NUMBERS}}


def _stories(folder: Path, manifest: Manifest) -> Iterator[Told]:
    """Each story's facts, and the texts of the versions that have a row here."""
    rows = read_rows(folder / data_file("stories", format=manifest.format), columns=STORIES)
    told = read_rows(folder / FACTS, columns=())
    for values, (story_id, group) in zip(
        told, groupby(rows, key=itemgetter("story_id")), strict=True
    ):
        if values["story_id"] != story_id:
            raise DamagedRecord(f"{FACTS}: story {story_id} is not where it should be")
        yield _moments(values), {row["version"]: row["text"] for row in group}


def _moments(values: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: [_typed(one) for one in values[name]] for name in _LISTS}
    return {**_typed(values), **lists}


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with moments in the place of their text; what lies deeper stays."""
    moments = [name for name in values if name.endswith("_at") and name not in _NUMBERS]
    found = {name: values[name] and datetime.fromisoformat(values[name]) for name in moments}
    return {**values, **{name: value or None for name, value in found.items()}}
