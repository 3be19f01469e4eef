"""Whether an outlet has another template than before, told from what was read of its pages. Pure.

Shares are compared with those of the outlet's own usual nights; an alarm needs odds below 1 in
100,000 that chance explains the night (binomial).
"""

from collections.abc import Callable, Sequence
from math import exp, lgamma, log, log1p
from statistics import median

from archive.health_words import Finding, Night, finding_of

__all__ = ["FEWEST", "template_change"]

FEWEST = 5
"""Usual nights that there must be to compare with."""
_ODDS = 1e-5


def template_change(tonight: Night, usual: Sequence[Night], earlier: object) -> Finding | None:
    """What shows that the outlet has another template, beside what is usual; None when nothing."""
    del earlier
    if len(usual) < FEWEST:
        return None
    told = [said for sign in _SIGNS if (said := sign(tonight, usual))]
    if not told:
        return None
    urls = tonight.urls("not-article", "unread") or tonight.stories
    return finding_of(tonight, "template-change", "; ".join(told), urls)


def _lost_fields(tonight: Night, usual: Sequence[Night]) -> str:
    """Which fields are on fewer stories than chance explains: binomial, 5 % off the usual share."""
    read, all_read = tonight.count("read"), sum(night.count("read") for night in usual)
    lost = []
    for name, words in _FIELDS.items():
        had, had_before = tonight.count(name), sum(night.count(name) for night in usual)
        share = (had_before + 1) / (all_read + 2)
        is_half = read > 0 and 2 * had < share * read
        if is_half and _at_least(read - had, read, chance=1 - 0.95 * share) < _ODDS:
            lost.append(f"{words} on {had} of {read} stories, usually on {share:.0%}")
    return "; ".join(lost)


def _changed_at_once(tonight: Night, usual: Sequence[Night]) -> str:
    """Most known stories changed in one night, as no newsroom edits."""
    changed, shown = _changed(tonight)
    before, shown_before = map(sum, zip(*map(_changed, usual), strict=True))
    chance = (before + 1) / (shown_before + 20)
    if changed < 3 or 2 * changed < shown or _at_least(changed, shown, chance=chance) > _ODDS:
        return ""
    return f"{changed} of {shown} known stories changed at once"


def _changed(night: Night) -> tuple[int, int]:
    changed = night.count("edited", "suspect")
    return changed, changed + night.count("unchanged", "not-modified")


def _storyless(tonight: Night, usual: Sequence[Night]) -> str:
    """More pages show no story than usual."""
    none, looked = _without_story(tonight)
    before, looked_before = map(sum, zip(*map(_without_story, usual), strict=True))
    chance = (before + 1) / (looked_before + 20)
    if none < 3 or _at_least(none, looked, chance=chance) > _ODDS:
        return ""
    return f"{none} of {looked} pages show no story that can be read"


def _without_story(night: Night) -> tuple[int, int]:
    none = len(night.urls("not-article", "unread"))
    return none, max(none, night.count("looked_at"))


def _shrunken(tonight: Night, usual: Sequence[Night]) -> str:
    """Texts are less than half as long as on the night with the shortest ones."""
    before = [_length(night) for night in usual if night.count("read") >= 3]
    if len(before) < FEWEST or tonight.count("read") < 3 or 2 * _length(tonight) > min(before):
        return ""
    return f"texts of {_length(tonight):.0f} characters, usually {median(before):.0f}"


def _length(night: Night) -> float:
    return night.count("text_length") / night.count("read")


def _widgets(tonight: Night, usual: Sequence[Night]) -> str:
    """Lines that stand in most stories, where no night had such."""
    before = [night for night in usual if night.count("read") >= 3]
    lines = tonight.count("repeated_lines")
    if not lines or len(before) < 3 or any(night.count("repeated_lines") for night in before):
        return ""
    return f"most of the texts share lines, as a widget's are ({lines})"


def _at_least(found: int, of: int, *, chance: float) -> float:
    """The odds of `found` or more among `of`, each by `chance` (binomial), by logarithms."""
    if not 0 < chance < 1:
        return float(chance >= 1 or found == 0)
    yes, no = log(chance), log1p(-chance)
    terms = (
        lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1) + n * yes + (of - n) * no
        for n in range(found, of + 1)
    )
    return min(1.0, sum(map(exp, terms)))


_FIELDS = {
    "has_byline": "a byline",
    "has_time": "a date with time",
    "has_dateline": "a dateline",
}
_SIGNS: tuple[Callable[[Night, Sequence[Night]], str], ...] = (
    _lost_fields,
    _shrunken,
    _storyless,
    _changed_at_once,
    _widgets,
)
