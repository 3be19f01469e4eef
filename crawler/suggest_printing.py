"""Suggested rules for people: what repeats where, and the lines to copy into kliping.toml."""

import json
from collections.abc import Sequence

from archive.console import print_line
from crawler.suggest import Suggestion

__all__ = ["as_toml", "show_suggestions"]


def show_suggestions(suggestions: Sequence[Suggestion]) -> None:
    """Print each suggestion with its grounds, then the surer ones as settings; nothing is applied.

    >>> show_suggestions([])
    nothing repeats that the rules do not take away already
    """
    if not suggestions:
        print_line("nothing repeats that the rules do not take away already")
        return
    for one in suggestions:
        _show(one)
    if settings := as_toml(suggestions):
        print_line()
        print_line("Nothing was changed. Read the examples, then copy what is right into the "
                   "outlet's [[outlet]], or into the Rules of its module:")  # fmt: skip
        for line in settings.splitlines():
            print_line(line)


def _show(one: Suggestion) -> None:
    print_line(f"{one.kind}: {one.rule}", bold=True)
    print_line(
        f"  {one.confidence}: on {one.stories} stories ({one.share:.0%}), takes {one.drops} lines"
    )
    for url, text in one.examples:
        print_line(f"  {url}: {text}")


def as_toml(suggestions: Sequence[Suggestion]) -> str:
    """`drop` and `lines` of an `[[outlet]]` with the suggestions of high and medium confidence."""
    wanted = [one for one in suggestions if one.confidence != "low"]
    kinds = {"drop": "drop", "line": "lines"}
    found = []
    for kind, name in kinds.items():
        rules = [_quoted(one.rule) for one in wanted if one.kind == kind]
        if rules:
            found.append(f"{name} = [{', '.join(rules)}]")
    return "\n".join(found)


def _quoted(rule: str) -> str:
    """A TOML string: literal, so that backslashes stay single, unless it holds an apostrophe."""
    return json.dumps(rule, ensure_ascii=False) if "'" in rule else f"'{rule}'"
