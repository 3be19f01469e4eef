"""What the archive's commands print for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import click

from archive.console import clean, marked, print_line, print_table, when
from archive.disk import SOON, DiskState
from archive.events import Event
from archive.findings import AuditReport, Finding
from archive.fixity_log import FixityState
from archive.manifest import Manifest
from archive.search import Hit
from archive.status import CrawlStatus, RunStatus, Status
from archive.text import Change
from archive.types import Article, Cluster, Label, LeadImage, Problem, Story, Version

__all__ = [
    "print_audit",
    "print_cluster",
    "print_diff",
    "print_disk",
    "print_events",
    "print_hits",
    "print_labels",
    "print_manifest",
    "print_status",
    "print_story",
]

_PROBLEMS = 20
"""Problems shown of one crawl; --json shows all."""


def print_story(
    story: Story,
    versions: Sequence[Version],
    *,
    chosen: Version,
    images: Sequence[LeadImage],
    labels: Sequence[Label],
) -> None:
    """Print a story, its versions, the text of one, what persons decided, and lead images."""
    print_line(f"{story.story_id}  {story.outlet}  {story.url}")
    gone = f", gone since {when(story.gone_at)}" if story.gone_at else ""
    print_line(f"{story.status}{gone}, last seen {when(story.last_seen_at)}")
    print_line()
    print_table(
        ("Version", "First seen", "Last seen", "Changed"),
        [(v.number, v.first_seen_at, v.last_seen_at, ", ".join(v.changed)) for v in versions],
    )
    print_line()
    _print_article(chosen.article, number=chosen.number)
    _print_proof(chosen)
    print_labels(labels)
    for image in images:
        print_line(_image(image))


def _print_article(article: Article, *, number: int) -> None:
    print_line(article.headline, bold=True)
    about = {
        "version": str(number),
        "byline": article.byline,
        "editor": article.editor,
        "published": article.published_text or when(article.published_at),
        "source": article.source,
        "section": article.section,
        "tags": ", ".join(article.tags),
    }
    for name, value in about.items():
        if value:
            print_line(f"{name}: {value}")
    print_line()
    for paragraph in article.text.split("\n\n"):
        click.echo(click.wrap_text(clean(paragraph), width=100))
        print_line()


def _print_proof(version: Version) -> None:
    if version.topic:
        print_line(
            f"topic: {'yes' if version.topic.on_topic else 'no'} ({version.topic.score:.2f})"
        )
        for span in version.topic.evidence:
            print_line(f"  {span.rule}: {span.text}")
    for capture in version.captures:
        print_line(
            f"capture: {when(capture.fetched_at)} {capture.status} {capture.kind} "
            f"{capture.warc_file} offset {capture.warc_offset} {capture.warc_record_id}"
        )


def print_labels(labels: Iterable[Label]) -> None:
    """Print what persons decided of a story, oldest first: the last decision holds."""
    for one in labels:
        said = f"{one.field} {one.value}, by {one.made_by}"
        print_line(f"label: {said} {when(one.recorded_at)}: {one.reason}")


def print_cluster(found: Cluster) -> None:
    """Print which stories carry the same text, and how far each departs from the first."""
    print_line()
    print_line(
        f"cluster {found.cluster_id}: {len(found.copies)} stories carry this text", bold=True
    )
    print_table(
        ("Story", "Outlet", "Published", "First seen", "Departs", "Address"),
        [
            (one.story_id, one.outlet, one.published_at, one.first_seen_at,
             f"{one.departs:.0%}", one.url)
            for one in found.copies
        ],
    )  # fmt: skip


def _image(image: LeadImage) -> str:
    found = image.capture
    if found is None:
        tried = "once" if image.tries == 1 else f"{image.tries} times"
        last = when(image.fetched_at)
        return f"image: {image.url} not kept: {image.outcome} (asked for {tried}, last {last})"
    return (
        f"image: {image.url} {when(image.fetched_at)} {image.media_type} {image.bytes:,} bytes "
        f"sha256 {found.payload_digest} {found.kind} {found.warc_file} "
        f"offset {found.warc_offset} {found.warc_record_id}"
    )


def print_diff(before: Version, after: Version, *, fields: Mapping[str, Sequence[Change]]) -> None:
    """Print what changed between two versions, field by field."""
    print_line(f"version {before.number} ({when(before.first_seen_at)}) -> "
               f"version {after.number} ({when(after.first_seen_at)})")  # fmt: skip
    if before.number == after.number:
        print_line("the story has no other version to compare it with")
    elif not fields:
        print_line("no compared field differs")
    for name, changes in fields.items():
        print_line()
        print_line(f"{name}:", bold=True)
        click.echo(marked(changes))


def print_events(found: Iterable[Event]) -> None:
    """Print events, one to a line."""
    print_table(
        ("Event", "When", "Kind", "Outlet", "Story", "Detail"),
        [
            (one.event_id, one.occurred_at, one.kind, one.outlet, one.story_id, _detail(one))
            for one in found
        ],
    )


def _detail(one: Event) -> str:
    if one.kind == "crawl":
        counts = one.detail.get("counts", {})
        return f"{one.detail.get('reason', '')}; {_counts(counts)}"
    if one.kind == "labelled":
        return "{field} {value}, by {made_by}: {reason}".format(**one.detail)
    number, changed = one.detail.get("number"), one.detail.get("changed") or []
    version = f"version {number} " if number else ""
    return f"{version}{', '.join(changed)} {one.url}".strip()


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items()))


def print_hits(hits: Sequence[Hit]) -> None:
    """Print what a search found."""
    if not hits:
        print_line("nothing found")
    for hit in hits:
        at = when(hit.published_at or hit.first_seen_at)
        print_line(f"{hit.story_id}  {at}  {hit.outlet}  version {hit.number}")
        print_line(hit.headline, bold=True)
        print_line(hit.url)
        click.echo(_highlighted(hit))
        print_line()


def _highlighted(hit: Hit) -> str:
    parts, position = [], 0
    for start, end in hit.marks:
        if start >= position:
            parts += [clean(hit.snippet[position:start])]
            parts += [click.style(clean(hit.snippet[start:end]), bold=True, fg="yellow")]
            position = end
    return "".join([*parts, clean(hit.snippet[position:])])


def print_manifest(manifest: Manifest, *, dest: object) -> None:
    """Print what an export wrote."""
    size = sum(file.bytes for file in manifest.files)
    rows = ", ".join(f"{number} rows in {name}" for name, number in manifest.rows.items())
    print_line(f"{dest}: {rows}; {len(manifest.files)} files, {size:,} bytes")
    print_line(f"as of {manifest.as_of.isoformat()}")


def print_audit(report: AuditReport) -> None:
    """Print every finding with its place and what to do."""
    for finding in report.findings:
        print_line(_line(finding))
    for note in report.notes:
        print_line(f"note: {_line(note)}")
    checked = ", ".join(f"{number:,} {name}" for name, number in report.checked.items())
    found = "clean" if report.is_clean else f"{len(report.findings)} findings"
    print_line(f"{found}: {checked}")
    if report.head:
        print_line(f"head of the chain, to note outside the archive: {report.head}")


def _line(finding: Finding) -> str:
    place = f"{finding.where}: " if finding.where else ""
    return f"{place}{finding.what}; {finding.advice}"


def print_status(found: Status) -> None:
    """Print the last nights, the oldest first, so that the newest stands at the end."""
    for night in reversed(found.runs):
        _print_night(night)
    for hold in found.holds:
        if hold.until > datetime.now(UTC):
            print_line(f"{hold.outlet}: left alone until {when(hold.until)} ({hold.reason})")
    for reach in found.reaches:
        print_line(f"{reach.outlet}: complete since {reach.since:%Y-%m-%d}")
    totals = found.totals
    print_line(
        f"{totals.stories} stories ({totals.gone} gone) in {totals.versions} versions from "
        f"{totals.outlets} outlets, with {totals.images} lead images; "
        f"last event {when(totals.last_event_at) or 'never'}"
    )
    _print_fixity(found.fixity)


def print_disk(found: DiskState) -> None:
    """Print how much room the archive takes, and when the disk is full at its pace."""
    told = f"{_size(found.warc_bytes)} in WARC files, {_size(found.database_bytes)} of database"
    pace = f"{_size(found.free_bytes)} free, {_size(found.daily_bytes)} more a day"
    if found.full_at is None:
        print_line(f"{told}; {pace}")
        return
    print_line(f"{told}; {pace}: full about {found.full_at:%Y-%m-%d}")
    if found.full_at - datetime.now(UTC) < SOON:
        print_line(f"make room on the disk of {found.directory}, or move the archive to another")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1_000:
            return f"{size:.3g} {unit}"
        size /= 1_000
    return f"{size:,.1f} TB"


def _print_fixity(found: FixityState) -> None:
    """Since when every stored byte was read again."""
    read = found.bytes - found.unread
    line = f"{read:,} of {found.bytes:,} bytes were read again by an audit"
    print_line(f"{line} since {when(found.read_since)}" if found.read_since else line)
    for name in found.damaged:
        print_line(f"{name}: damaged when it was last read; `kliping audit` tells where")


def _print_night(night: RunStatus) -> None:
    print_line(f"run {night.run.run_id}, {when(night.run.started_at)}", bold=True)
    print_table(
        ("Outlet", "Began", "Ended", "Reason", "Counts", "Problems"),
        [
            (
                one.crawl.outlet,
                one.crawl.started_at,
                one.crawl.ended_at,
                one.crawl.finish_reason or "running, or killed",
                _counts(one.crawl.counts),
                len(one.problems),
            )
            for one in night.crawls
        ],
    )
    for one in night.crawls:
        _print_problems(one)
    print_line()


def _print_problems(one: CrawlStatus) -> None:
    for problem in one.problems[:_PROBLEMS]:
        print_line(_problem(problem))
    rest = len(one.problems) - _PROBLEMS
    if rest > 0:
        print_line(f"{one.crawl.outlet}: {rest} more problems; --json shows all")


def _problem(problem: Problem) -> str:
    detail = f" ({problem.detail})" if problem.detail else ""
    return f"{problem.outlet}: {problem.url}: {problem.kind}{detail}; {problem.advice}"
