"""What one outlet's pages need beyond the general reading."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from crawler.line_rules import LINE_RULES, LINE_RULES_VERSION, LINKED_RULES, STORY_RULES

__all__ = ["Rules", "fits", "in_force", "is_noise"]

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
    caption: str = ""
    """Of a story that is one photo: the caption, where it stands outside of `body`."""
    lines: tuple[str, ...] = ()
    signed: bool = False
    """The name that closes a text is its writer's, whoever's account posted it."""
    until: date | None = None
    """Of a template that is no more: the last day, in the outlet's zone, on which pages had it."""

    @cached_property
    def digest(self) -> str:
        """Eight hex digits that change with any selector or with the shared line rules.

        Not with `until`: a page is read alike before and after its template is known to have ended.
        """
        selectors = asdict(self)
        del selectors["until"]
        said = json.dumps([selectors, LINE_RULES_VERSION], sort_keys=True)
        return hashlib.sha256(said.encode("utf-8")).hexdigest()[:8]


def in_force(rules: Rules, earlier: Sequence[Rules], *, at: datetime, zone: str) -> Rules:
    """The rules of the template that a page fetched at `at` had, in an outlet of `zone`.

    `earlier` are those of templates that are no more, in any order, each with its last day; `rules`
    are in force after all of them.
    """
    day = at.astimezone(ZoneInfo(zone)).date()
    ended = [(past.until, past) for past in earlier if past.until and past.until >= day]
    return min(ended, key=lambda pair: pair[0])[1] if ended else rules


def is_noise(line: str, *, rules: Rules, linked: bool = False) -> bool:
    """Whether the whole of `line` is something the page says, not the story.

    `linked`: nearly all of it is a link. A sentence that only contains such words stays.
    """
    if len(line) > _LONGEST:
        return False
    if not any(map(str.isalnum, line)):
        return not _QUOTES.search(line)  # a rule of dashes, `***`; never a quotation mark astray
    if linked:
        return fits(line, LINE_RULES + rules.lines + LINKED_RULES)
    is_page = fits(line, LINE_RULES) and not fits(line, STORY_RULES)
    return is_page or fits(line, rules.lines)


def fits(line: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of `patterns` is all of `line`, or all but the brackets and dashes around it."""
    pattern, bare = _either(patterns), line.strip(_AROUND)
    return bool(pattern.fullmatch(line) or (bare != line and pattern.fullmatch(bare)))


@lru_cache(maxsize=256)
def _either(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
