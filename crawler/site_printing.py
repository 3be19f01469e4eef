"""What a look at a site found, for people and for programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from archive.console import day_or_moment, print_line
from crawler.outlet_add import Added
from crawler.outlet_check import Checked
from crawler.site_facts import Obstacle, SiteFacts, TrialStory

__all__ = ["added_as_json", "checked_as_json", "print_added", "print_checked"]

_COLUMN = 11


def print_added(added: Added) -> None:
    """Print what was found at a site, and what was written."""
    _print_facts(added.facts)
    print_line()
    if added.obstacle:
        print_line(f"Not added: {_told(added.obstacle)}")
        return
    for name, text in _made(added):
        print_line(f"{'Wrote' if added.written else 'Would write'} {name}:", bold=True)
        for line in text.splitlines():
            print_line(f"  {line}")
    if added.written and added.entry and not added.code:
        print_line(f"Next: kliping crawl {added.entry.slug}")
    elif added.written:
        print_line("Next: run tests/test_crawler_pages.py, and read the page as an editor would")


def print_checked(checked: Checked) -> None:
    """Print what was found at a known outlet, and what would change."""
    _print_facts(checked.facts)
    print_line()
    if not checked.differences:
        print_line(f"{checked.slug}: nothing would change")
    for found in checked.differences:
        print_line(f"{checked.slug}: {found.kind}: {_told(found)}")


def added_as_json(added: Added) -> Mapping[str, Any]:
    """What was found at a site, and what was written, as values for JSON."""
    return {
        **_facts_as_json(added.facts),
        "problem": vars(added.obstacle) if added.obstacle else None,
        "entry": dict(added.entry.values) if added.entry else None,
        "toml": added.entry.as_toml() if added.entry else "",
        "code": added.code.files if added.code else None,
        "written": list(added.written),
    }


def checked_as_json(checked: Checked) -> Mapping[str, Any]:
    """What was found at a known outlet, and what would change, as values for JSON."""
    return {
        "outlet": checked.slug,
        "would_change": bool(checked.differences),
        "differences": [vars(found) for found in checked.differences],
        **_facts_as_json(checked.facts),
    }


def _made(added: Added) -> Iterator[tuple[str, str]]:
    if added.code:
        for name, text in added.code.files.items():
            yield name, "" if name.endswith(".html") else text
    elif added.entry:
        yield next(iter(added.written), "to kliping.toml"), added.entry.as_toml()


def _told(obstacle: Obstacle) -> str:
    return f"{obstacle.detail}; {obstacle.advice}"


def _print_facts(facts: SiteFacts) -> None:
    print_line(facts.url, bold=True)
    for name, text in _rows(facts):
        print_line(f"  {name:{_COLUMN}}{text}")
    for story in facts.trial:
        for line in _story(story):
            print_line(f"  {line}")


def _rows(facts: SiteFacts) -> Iterator[tuple[str, str]]:
    if facts.obstacle:
        return
    yield "platform", f"{facts.platform or 'none that Kliping knows'}: {facts.platform_why}"
    yield "name", facts.name or "not found"
    yield "region", f"{facts.region} (a guess)" if facts.region else "not found"
    yield "zone", f"{facts.zone.name}: {facts.zone.why}"
    yield "template", facts.template or "not found"
    for seed in facts.seeds:
        count = f"{seed.stories} stories" if seed.is_open else "closed"
        yield seed.kind, f"{count}{f', {seed.detail}' if seed.detail else ''}: {seed.url}"
    yield "search", facts.search or "not found"
    yield "paging", facts.paging or "not found"
    for remark in facts.robots:
        yield "robots.txt", remark


def _story(story: TrialStory) -> Iterator[str]:
    if story.problem:
        yield f"unread     {story.url}"
        yield f"{'':{_COLUMN}}{story.problem}"
        return
    yield f"read       {story.headline}"
    parts = f", {story.parts} pages" if story.parts > 1 else ""
    when = day_or_moment(story.published_at, story.zone) or "no date"
    by = f"by {story.byline}" if story.byline else "no byline"
    yield f"{'':{_COLUMN}}{when}, {by}, {story.length} characters{parts}: {story.begins} …"
    yield f"{'':{_COLUMN}}{story.url}"


def _facts_as_json(facts: SiteFacts) -> Mapping[str, Any]:
    told = {
        name: getattr(facts, name)
        for name in ("url", "platform", "platform_why", "name", "region", "template", "search")
    }
    return {
        **told,
        "paging": facts.paging,
        "zone": vars(facts.zone),
        "robots": list(facts.robots),
        "declared_feeds": list(facts.declared_feeds),
        "seeds": [vars(seed) | {"is_open": seed.is_open} for seed in facts.seeds],
        "trial": [_story_as_json(story) for story in facts.trial],
    }


def _story_as_json(story: TrialStory) -> Mapping[str, Any]:
    return {name: value for name, value in vars(story).items() if name not in {"html", "page"}}
