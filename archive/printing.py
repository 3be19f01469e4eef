"""What the archive's commands print for people."""

from collections.abc import Iterable, Mapping, Sequence

import click

from archive.console import clean, day_or_moment, marked, print_line, print_table, when
from archive.events import Event
from archive.findings import AuditReport, Finding
from archive.labels import Verdict, verdict
from archive.manifest import Manifest
from archive.search import Hit
from archive.text import Change
from archive.types import Article, Cluster, Label, LeadImage, Story, Version

__all__ = [
    "print_audit",
    "print_cluster",
    "print_diff",
    "print_events",
    "print_hits",
    "print_manifest",
    "print_story",
    "print_verdict",
    "spoken",
]


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
    print_verdict(verdict(labels, chosen.topic), labels)
    _print_captures(chosen)
    for image in images:
        print_line(_image(image))


def _print_article(article: Article, *, number: int) -> None:
    print_line(article.headline, bold=True)
    about = {
        "version": str(number),
        "byline": article.byline,
        "editor": article.editor,
        "published": day_or_moment(article.published_at, article.published_zone),
        "printed": article.published_text,
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


def _print_captures(version: Version) -> None:
    for capture in version.captures:
        print_line(
            f"capture: {when(capture.fetched_at)} {capture.status} {capture.kind} "
            f"{capture.warc_file} offset {capture.warc_offset} {capture.warc_record_id}"
        )


def print_verdict(found: Verdict, labels: Sequence[Label]) -> None:
    """Print what holds of a story's topic, what the machine says, and what persons decided."""
    print_line(f"topic: {_word(found.on_topic)}, {_decided_by(found)}")
    if found.machine:
        overruled = ", which a person overruled" if _is_overruled(found) else ""
        said = f"{_word(found.machine.on_topic)} (score {found.machine.score:.2f})"
        print_line(f"the machine says: {said}{overruled}")
        if found.machine.evidence and not found.machine.on_topic:
            print_line("  found, but not enough for its topic:")
        for span in found.machine.evidence:
            print_line(f"  {span.rule}: {span.text}")
    for one in labels:
        state = "holds" if one == found.label else "replaced"
        said = f"{one.field} {one.value}, by {one.made_by}"
        print_line(f"label: {said} {when(one.recorded_at)} ({state}): {one.reason}")


def _decided_by(found: Verdict) -> str:
    if found.label:
        return f"decided by {found.label.made_by}: a person's newest word holds"
    return "by the machine: no person decided" if found.machine else "nobody decided"


def _is_overruled(found: Verdict) -> bool:
    return bool(found.label and found.machine and found.machine.on_topic != found.on_topic)


def _word(is_on_topic: bool | None) -> str:
    return "unknown" if is_on_topic is None else "yes" if is_on_topic else "no"


def print_cluster(found: Cluster) -> None:
    """Print which stories carry the same text, and how far each departs from the first."""
    print_line()
    print_line(
        f"cluster {found.cluster_id}: {len(found.copies)} stories carry this text", bold=True
    )
    print_table(
        ("Story", "Outlet", "Published", "First seen", "Departs", "Address"),
        [
            (one.story_id, one.outlet, day_or_moment(one.published_at, one.published_zone),
             one.first_seen_at, f"{one.departs:.0%}", one.url)
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
    if one.kind == "takedown":
        return str(one.detail.get("reason", ""))
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
        published = day_or_moment(hit.published_at, hit.published_zone)
        at = published or when(hit.first_seen_at)
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
    counts = manifest.rows.items()
    rows = ", ".join(f"{spoken(number, 'row')} in {name}" for name, number in counts)
    print_line(f"{dest}: {rows}; {len(manifest.files)} files, {size:,} bytes")
    print_line(f"as of {manifest.as_of.isoformat()}")


def print_audit(report: AuditReport, *, is_share: bool = False) -> None:
    """Print every finding with its place and what to do; `is_share`: not all was read."""
    for finding in report.findings:
        print_line(_line(finding))
    for note in report.notes:
        print_line(f"note: {_line(note)}")
    checked = ", ".join(f"{number:,} {name}" for name, number in report.checked.items())
    clean = "clean as far as it was read" if is_share else "clean"
    found = clean if report.is_clean else spoken(len(report.findings), "finding")
    print_line(f"{found}: {checked}")
    if report.head:
        print_line(f"head of the chain, to note outside the archive: {report.head}")


def spoken(number: int, what: str) -> str:
    """A number of things, in words that fit one thing and many."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(finding: Finding) -> str:
    place = f"{finding.where}: " if finding.where else ""
    return f"{place}{finding.what}; {finding.advice}"
