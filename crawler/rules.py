"""What one outlet's pages need beyond the general reading."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cached_property, lru_cache

from crawler.line_rules import LINE_RULES, LINE_RULES_VERSION, LINKED_RULES

__all__ = ["Rules", "fits", "is_noise"]

_LONGEST = 450  # characters; no widget says more, and no rule is tried on more
_QUOTES = re.compile("[\"'“”‘’„«»]")
# brackets, dashes, arrows and bullets around a line say nothing; quotation marks do
_AROUND = " \t-–—*•·»›>|►▶→➤☞👉👇📌🔗▼▲■◆★☆~=_+:;,/\\()[]{}<«‹…\ufe0f"


@dataclass(frozen=True)
class Rules:
    """CSS selectors for one outlet's template; each is empty until a saved page asks for it.

    `drop` and `lines` (regular expressions for whole lines) add to the shared lists.
    """

    body: str = ""
    drop: tuple[str, ...] = ()
    headline: str = ""
    byline: str = ""
    editor: str = ""
    published: str = ""
    section: str = ""
    tags: str = ""
    source: str = ""
    """Where the template names the outlet that a story was taken from, and nothing else."""
    lines: tuple[str, ...] = ()
    signed: bool = False
    """The name that closes a text is its writer's, whoever's account posted it."""

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that change with any selector or with the shared line rules."""
        said = json.dumps([asdict(self), LINE_RULES_VERSION], sort_keys=True)
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:8]


def is_noise(line: str, *, rules: Rules, linked: bool = False) -> bool:
    """Whether the whole of `line` is something the page says, not the story.

    `linked`: nearly all of it is a link. A sentence that only contains such words stays.
    """
    if len(line) > _LONGEST:
        return False
    if not any(map(str.isalnum, line)):
        return not _QUOTES.search(line)  # a rule of dashes, `***`; never a quotation mark astray
    return fits(line, LINE_RULES + rules.lines) or (linked and fits(line, LINKED_RULES))


def fits(line: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of `patterns` is all of `line`, or all but the brackets and dashes around it."""
    pattern, bare = _either(patterns), line.strip(_AROUND)
    return bool(pattern.fullmatch(line) or (bare != line and pattern.fullmatch(bare)))


@lru_cache(maxsize=256)
def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
