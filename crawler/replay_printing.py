"""What a replay found, as it goes: diffs for people, or one JSON value for programs."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from archive.console import clean, day_or_moment, marked, print_line, print_table, when
from archive.text import Change as Stretch
from archive.text import diff
from crawler.replay_archive import ReplayReport
from crawler.replay_changes import COUNTS, KEPT, Change, FieldChange
from crawler.rule_use import idle_json, told_idle

__all__ = ["JsonPrinter", "as_json", "print_change", "print_report"]

_LOST = {
    "unreadable": "cannot be read any more, keeps its reading",
    "damaged": "its record is damaged, keeps its reading",
}
_WOULD = _LOST | {"changed": "would read otherwise", "revealed": "would come to light"}
_NOW = _LOST | {"changed": "reads otherwise from now on", "revealed": "came to light"}
_AROUND = 60  # characters of unchanged text shown beside a change


class JsonPrinter:
    """Prints one JSON value: each change as it comes, and at last the report.

    Nothing waits in memory, however many changes there are, and nothing is printed before them.
    """

    def __init__(self) -> None:
        self._count = 0

    def tell(self, change: Change) -> None:
        """Print one change."""
        self._open()
        click.echo(f"{',' if self._count > 1 else ''}\n{_dumped(as_json(change))}", nl=False)

    def end(self, report: ReplayReport) -> None:
        """Print what there is to say of all of them."""
        self._open()
        idle = {slug: idle_json(rules) for slug, rules in report.idle.items()}
        rest = {
            "outlets": report.outlets,
            "applied": report.apply,
            "refused": report.refused,
            "idle_rules": idle,
        }
        click.echo(f"\n], {_dumped(rest)[1:]}")

    def _open(self) -> None:
        if not self._count:
            click.echo('{"changes": [', nl=False)
        self._count += 1


def as_json(change: Change) -> dict[str, Any]:
    """A change as plain JSON values; times in UTC with a Z."""
    values = vars(change) | {"fields": {name: vars(one) for name, one in change.fields.items()}}
    del values["was_repeating"], values["zone"]
    return values


def _dumped(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def print_change(change: Change, *, is_kept: bool) -> None:
    """Print one version that reads otherwise, field by field; `is_kept`: it does from now on."""
    number = f"version {change.version}" if change.version else "unread capture"
    print_line(f"{change.outlet}: {change.url} {number}: {_said(change, is_kept)}", bold=True)
    for name, one in change.fields.items():
        if change.kind == "revealed" and one.before is None:
            continue  # of a story nobody knew of
        click.echo(f"  {name}: {_shown(name, one, zone=change.zone)}")
    print_line()


def _said(change: Change, is_kept: bool) -> str:
    said = [(_NOW if is_kept else _WOULD)[change.kind]]
    if change.first_seen_at:
        said.append(f"first seen {when(change.first_seen_at)}")
    if change.repeats_previous:
        said.append("equal to the version before")
    elif change.was_repeating:
        said.append("no longer equal to the version before")
    return ", ".join([*said, *filter(None, [change.detail])])


def _shown(name: str, one: FieldChange, *, zone: str) -> str:
    if name == "text" and one.before is not None:
        return marked(map(_shortened, diff(one.before, one.after)))
    return " -> ".join(clean(_value(value, zone=zone)) for value in (one.before, one.after))


def _value(value: object, *, zone: str) -> str:
    if isinstance(value, datetime):
        return day_or_moment(value, zone, seconds=True)
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    return str(value or "(none)")


def _shortened(stretch: Stretch) -> Stretch:
    """A stretch that stayed the same, without its middle."""
    text = stretch.text
    if stretch.kind != "same" or len(text) <= 3 * _AROUND:
        return stretch
    return Stretch("same", f"{text[:_AROUND]} … {text[-_AROUND:]}")


def print_report(report: ReplayReport) -> None:
    """Print the counts of each outlet, the fields that changed, and what to do next."""
    names = [name for name in COUNTS if report.apply or name != KEPT]
    rows = [[slug, *(counts[name] for name in names)] for slug, counts in report.outlets.items()]
    print_table(("Outlet", *(name.replace("_", " ").capitalize() for name in names)), rows)
    for slug, counts in report.outlets.items():
        fields = {
            name.removeprefix("changed_"): count
            for name, count in counts.items()
            if name.startswith("changed_")
        }
        if fields:
            told = ", ".join(f"{name} {count}" for name, count in fields.items())
            print_line(f"{slug}: changed in {told}")
    for slug, why in report.refused.items():
        click.echo(f"kliping: {slug}: {clean(why)}", err=True)
    for slug, rules in report.idle.items():
        for line in told_idle(slug, rules):
            print_line(line)
    for line in _done(report):
        print_line(line)


def _done(report: ReplayReport) -> Iterator[str]:
    """What was written, outlet by outlet, or what would be."""
    if report.is_waiting:
        yield "nothing was written; --apply makes the new readings the current ones"
    elif not report.apply:
        yield "nothing was written, and nothing would read otherwise"
        return
    for slug, counts in report.outlets.items():
        if report.apply and slug not in report.refused:
            yield f"{slug}: {_kept(counts)}"


def _kept(counts: Mapping[str, int]) -> str:
    if not counts[KEPT]:
        return "nothing to keep, nothing was written: its readings are the current ones already"
    return (
        f"new readings kept: {counts[KEPT]}, the current ones from now on "
        f"({counts['changed']} read otherwise, {counts['revealed']} came to light)"
    )
