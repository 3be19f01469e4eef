"""Suggested rules for people: what repeats where, and the lines to copy into kliping.toml."""

import json
from collections.abc import Iterator, Sequence

from archive.config import OutletConfig
from archive.console import print_line
from crawler.suggest import Suggestion

__all__ = ["as_toml", "show_suggestions"]


def show_suggestions(
    suggestions: Sequence[Suggestion], slug: str = "", entry: OutletConfig | None = None
) -> None:
    """Print each suggestion with its grounds, then the surer ones as settings; nothing is applied.

    `entry`: what the settings hold of the outlet already.

    >>> show_suggestions([])
    nothing repeats that the rules do not take away already
    """
    if not suggestions:
        print_line("nothing repeats that the rules do not take away already")
        return
    for one in suggestions:
        _show(one)
    print_line()
    if all(one.confidence == "low" for one in suggestions):
        print_line("Nothing was changed. Nothing is sure enough to be advised.")
        return
    print_line(f"Nothing was changed. {_where(slug, entry)}")
    for line in _block(suggestions, slug, entry):
        print_line(line)


def _where(slug: str, entry: OutletConfig | None) -> str:
    """Where the lines below go, so that it works when it is done to the letter."""
    read = "Read the examples, leave out what is not right, and"
    if entry is None:
        return f"{read} put these lines at the end of kliping.toml:"
    return (
        f"{read} let these lines take the place of the drop and lines (where it has any) in the "
        f"[[outlet]] {slug!r} of kliping.toml; they repeat what it has:"
    )


def _block(
    suggestions: Sequence[Suggestion], slug: str, entry: OutletConfig | None
) -> Iterator[str]:
    if entry is None:
        yield "[[outlet]]"
        yield f'slug = "{slug}"'
    yield from as_toml(suggestions, entry).splitlines()


def _show(one: Suggestion) -> None:
    print_line(f"{one.kind}: {one.rule}", bold=True)
    print_line(
        f"  {one.confidence}: on {one.stories} stories ({one.share:.0%}), takes {one.drops} lines"
    )
    for url, text in one.examples:
        print_line(f"  {url}: {text}")


def as_toml(suggestions: Sequence[Suggestion], entry: OutletConfig | None = None) -> str:
    """`drop` and `lines` of an `[[outlet]]`: what `entry` has, and what is surer than low."""
    wanted = [one for one in suggestions if one.confidence != "low"]
    had = {"drop": entry.drop, "lines": entry.lines} if entry else {}
    found = []
    for kind, name in {"drop": "drop", "line": "lines"}.items():
        rules = dict.fromkeys(
            [*had.get(name, ()), *(one.rule for one in wanted if one.kind == kind)]
        )
        if rules:
            found.append(f"{name} = [{', '.join(map(_quoted, rules))}]")
    return "\n".join(found)


def _quoted(rule: str) -> str:
    """A TOML string: literal, so that backslashes stay single, unless it holds an apostrophe."""
    return json.dumps(rule, ensure_ascii=False) if "'" in rule else f"'{rule}'"
