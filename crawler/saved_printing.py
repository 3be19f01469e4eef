"""What was read from saved pages, for people."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from archive.console import clean, day_or_moment, print_line
from crawler.rule_use import Rule, told_idle
from crawler.saved_pages import FILE_TIME

__all__ = ["missing_parts", "show_saved"]

_FIELDS = ("headline", "byline", "editor", "dateline")


def show_saved(results: Sequence[Mapping[str, Any]]) -> None:
    """Print each story; a page without one is a line on standard error that says why."""
    for result in results:
        if result["answer"] == "article":
            _show(result)
        else:
            detail = str(result["detail"]).removeprefix(f"{result['url']}: ")
            said = f"{result['file']}: {result['url']}: {result['answer']}: {detail}"
            click.echo(f"kliping: {clean(said)}", err=True)
        if note := missing_parts(result):
            click.echo(f"kliping: {clean(note)}", err=True)
    for line in _idle(results):
        print_line(line)


def _idle(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line on each rule that met nothing in any story of its outlet."""
    read: dict[str, list[set[Rule]]] = defaultdict(list)
    for result in results:
        if result["answer"] == "article":
            idle = {(rule["kind"], rule["rule"]) for rule in result["idle_rules"]}
            read[result["outlet"]].append(idle)
    for slug, found in read.items():
        yield from told_idle(slug, sorted(set.intersection(*found)))


def missing_parts(result: Mapping[str, Any]) -> str:
    """What of a split story nobody saved, and what to do; '' where nothing is missing."""
    missing = result["missing_parts"]
    if not missing:
        return ""
    have = result["parts"] - len(missing)
    return (
        f"{result['file']}: only {have} of the story's {result['parts']} parts; missing: "
        f"{', '.join(missing)}; save them, too, and name all of them in the urls.json of a folder: "
        "--html FOLDER"
    )


def _show(result: Mapping[str, Any]) -> None:
    print_line(f"{', '.join(result['files'])}  {result['url']}", bold=True)
    print_line(f"  read as {result['outlet']}, {_fetched(result)}")
    for name in _FIELDS:
        if result[name]:
            print_line(f"  {name}: {result[name]}")
    if result["published_at"]:
        print_line(
            f"  published: {day_or_moment(result['published_at'], result['published_zone'])}"
        )
    if result["published_text"]:
        print_line(f"  printed: {result['published_text']}")
    if result["section"]:
        print_line(f"  section: {result['section']}")
    topic = result["topic"]
    words = ", ".join(dict.fromkeys(span.text for span in topic.evidence))
    verdict = "on topic" if topic.on_topic else "off topic"
    but = "" if topic.on_topic else "found, but not enough: "
    print_line(f"  {verdict}, score {topic.score:.2f}{f': {but}{words}' if words else ''}")
    print_line()
    print_line(str(result["text"]))
    print_line()


def _fetched(result: Mapping[str, Any]) -> str:
    """When it was fetched, and what says so."""
    advice = "; --fetched TIME tells another" if result["fetched_from"] == FILE_TIME else ""
    at = f"{result['fetched_at']:%Y-%m-%d %H:%M} UTC"
    return f"fetched {at} ({result['fetched_from']}{advice})"
