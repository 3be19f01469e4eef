"""Is an outlet healthy, and what broke: one night beside the outlet's own nights before. Pure.

Access is judged by what the night itself says, so that a fault is named on its first night. What
counts say (few candidates, bylines gone) is compared with the last 30 finished nights without a
finding, and only where there are at least 5 of them: low counts are taken for Poisson or binomial
draws, and an alarm needs odds below 1 in 10,000 (candidates) or 1 in 100,000 (pages).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp
from statistics import median

from archive.health_template import FEWEST, template_change
from archive.health_words import Finding, Night, State, Verdict, finding_of

__all__ = ["baseline", "judge"]

_MOST = 30
_NEW_NORMAL = 14
"""Nights with the same complaint of the template after which the outlet is simply like that."""
_QUIETEST = 1 / 3
"""The share of its usual candidates that an outlet lists on a holiday."""
_ODDS_SILENT = 1e-4
_SATURDAY = 5
_ANSWERED = frozenset({"finished", "time-limit"})
_BLIND = frozenset({"unreachable", "challenged"})


def judge(tonight: Night, earlier: Sequence[Night]) -> Verdict:
    """What a night says of its outlet, beside the `earlier` ones (oldest first, each judged).

    A finding ends, and the outlet is healthy again, with the first night that was read to its end
    and shows it no more. A night that ended early for another reason (stopped, out of time) ends
    none and adds only what it saw.
    """
    if tonight.reason == "held":
        found = finding_of(tonight, "on-hold", "the outlet asked to be left alone for a while")
        before = [past for past in _last(earlier) if past.kind != "on-hold"]
        return Verdict(state=State.PAUSED, findings=(_lasting(found, earlier), *before))
    usual = baseline(earlier)
    found_all = [rule for check in _CHECKS if (rule := check(tonight, usual, earlier)) is not None]
    if any(finding.kind in _SHUT for finding in found_all):
        found_all = [finding for finding in found_all if finding.kind in _SHUT][:1]
    findings = [_lasting(finding, earlier) for finding in found_all]
    if tonight.reason not in _ANSWERED | _BLIND:
        kinds = {finding.kind for finding in findings} | {"on-hold"}
        findings += [past for past in _last(earlier) if past.kind not in kinds]
    if not findings:
        return Verdict(state=State.HEALTHY)
    is_failing = any(finding.needs_person for finding in findings)
    return Verdict(state=State.FAILING if is_failing else State.WATCH, findings=tuple(findings))


def baseline(earlier: Sequence[Night]) -> Sequence[Night]:
    """The nights that tell what is usual: the last 30 that finished without a finding.

    What was found wrong on 14 finished nights on end is how the outlet is by now: nothing before
    them counts any more. Nights of an older Kliping, which counted less, tell nothing.
    """
    finished = _finished(earlier)
    begins, begin = dict[str, int](), -1
    for number, night in enumerate(finished):
        begins = {kind: begins.get(kind, number) for kind in _kinds(night) & _SETTLES}
        settled = [first for first in begins.values() if number - first + 1 >= _NEW_NORMAL]
        begin = max([begin, *settled])
    since = begin + _NEW_NORMAL if begin >= 0 else 0
    usual = [night for night in finished[since:] if not night.findings]
    return [*finished[max(begin, 0) : since], *usual][-_MOST:]


def _finished(nights: Sequence[Night]) -> list[Night]:
    return [night for night in nights if night.reason == "finished" and night.is_counted]


def _kinds(night: Night) -> frozenset[str]:
    return frozenset(finding.kind for finding in night.findings)


def _last(earlier: Sequence[Night]) -> tuple[Finding, ...]:
    return earlier[-1].findings if earlier else ()


def _lasting(finding: Finding, earlier: Sequence[Night]) -> Finding:
    """The finding with the night it began; crawls that could not tell do not break the row."""
    for past in _last(earlier):
        if past.kind == finding.kind:
            return replace(finding, since=past.since, nights=past.nights + 1)
    return finding


# -- access ----------------------------------------------------------------------------------------


def _is_blind(tonight: Night) -> bool:
    """Whether the outlet showed nothing at all."""
    return tonight.reason in _BLIND or (
        tonight.reason == "finished" and tonight.count("candidates", "looked_at") == 0
    )


def _is_most(tonight: Night, urls: Sequence[str]) -> bool:
    """Whether so many stories were met so that it is no accident of single pages."""
    return len(urls) >= 3 and 2 * len(urls) > tonight.count("looked_at")


def _certificate(tonight: Night, usual: object, earlier: object) -> Finding | None:
    del usual, earlier
    urls = tonight.urls("certificate")
    if not urls or not (_is_blind(tonight) or _is_most(tonight, urls)):
        return None
    return finding_of(tonight, "certificate", "its certificate cannot be verified", urls)


def _moved(tonight: Night, usual: object, earlier: object) -> Finding | None:
    del usual, earlier
    seeds, stories = tonight.urls("moved"), tonight.urls("elsewhere")
    is_seedless = bool(seeds) and (_is_blind(tonight) or tonight.count("candidates") == 0)
    if not is_seedless and not _is_most(tonight, stories):
        return None
    told = [
        trouble.detail for trouble in tonight.troubles if trouble.kind in {"moved", "elsewhere"}
    ]
    detail = f"its addresses lead to another domain: {told[0]}"
    return finding_of(tonight, "moved-domain", detail, (*seeds, *stories))


def _robots(tonight: Night, usual: Sequence[Night], earlier: object) -> Finding | None:
    del earlier
    forbidden = tonight.counts.get("forbidden", 0)
    if not (forbidden and usual) or any(night.counts.get("forbidden") for night in usual):
        return None
    is_shut = _is_blind(tonight) or tonight.count("candidates") == 0
    if not is_shut and not _newly(tonight, usual, "rest_closed") and forbidden < 3:
        return None
    detail = f"robots.txt forbids {forbidden} addresses that it allowed before"
    return finding_of(tonight, "robots-change", detail, (f"{tonight.url}/robots.txt",))


def _challenge(tonight: Night, usual: object, earlier: object) -> Finding | None:
    del usual, earlier
    urls = tonight.urls("challenge")
    if tonight.reason != "challenged" and not _is_most(tonight, urls):
        return None
    return finding_of(tonight, "challenge-wall", "it asks for a human, or refuses us", urls)


def _unreachable(tonight: Night, usual: object, earlier: object) -> Finding | None:
    del usual, earlier
    if tonight.reason != "unreachable":
        return None
    kinds = ("robots-unread", "seed", "seeds")
    told = [trouble for trouble in tonight.troubles if trouble.kind in kinds]
    told.sort(key=lambda trouble: kinds.index(trouble.kind))
    detail = told[0].detail if told else ""
    detail = detail or "none of its seeds could be read"
    return finding_of(tonight, "unreachable", detail, tonight.urls(*kinds))


_SHUT = frozenset({"certificate", "moved-domain", "robots-change", "challenge-wall", "unreachable"})
"""Where one of these is found the others follow from it, and so does what the counts say."""
_SETTLES = frozenset({"template-change", "closed-rest", "robots-change"})


# -- seeds -----------------------------------------------------------------------------------------


def _newly(tonight: Night, usual: Sequence[Night], name: str) -> bool:
    """Whether a count is there that most usual nights did not have."""
    had = sum(bool(night.counts.get(name)) for night in usual)
    return bool(tonight.counts.get(name)) and bool(usual) and 2 * had < len(usual)


def _closed_rest(tonight: Night, usual: Sequence[Night], earlier: object) -> Finding | None:
    del earlier
    if not _newly(tonight, usual, "rest_closed"):
        return None
    detail = "its REST API, open until now, answers no more"
    return finding_of(tonight, "closed-rest", detail, (f"{tonight.url}/wp-json/wp/v2/posts",))


def _silent(tonight: Night, usual: object, earlier: Sequence[Night]) -> Finding | None:
    """No candidates where some were sure, also on a holiday: exp(-expected / 3) < 1e-4.

    What was expected is added up over the nights in a row without any. A silence that ended by
    itself was none: its nights count among those that tell what is usual.
    """
    del usual
    if tonight.reason != "finished" or tonight.count("candidates"):
        return None
    known, silent = _finished(earlier), [tonight]
    while known and not known[-1].count("candidates"):
        silent.append(known.pop())
    expected = sum(_expected(night.weekday, known[-_MOST:]) for night in silent)
    if len(known) < FEWEST or exp(-expected * _QUIETEST) >= _ODDS_SILENT:
        return None
    detail = f"no candidates in {len(silent)} nights, where some {expected:.0f} were to be expected"
    return finding_of(tonight, "silent-feed", detail, tonight.urls("seed"))


def _expected(weekday: int, known: Sequence[Night]) -> float:
    """The median of the weekday's nights, or of all where that is less.

    Of a Saturday or Sunday nothing is expected before two of them are known.
    """
    if not known:
        return 0.0
    every = median(night.count("candidates") for night in known)
    same = [night.count("candidates") for night in known if night.weekday == weekday]
    if len(same) >= 2:
        return min(every, median(same))
    return 0.0 if weekday >= _SATURDAY else every


def _lying(tonight: Night, usual: object, earlier: object) -> Finding | None:
    del usual, earlier
    if not (lies := tonight.counts.get("lies", 0)):
        return None
    detail = f"{lies} stories were edited under the date of change that they had before"
    return finding_of(tonight, "lying-signals", detail, tonight.stories)


_Check = Callable[[Night, Sequence[Night], Sequence[Night]], Finding | None]
_CHECKS: tuple[_Check, ...] = (
    _certificate,
    _moved,
    _robots,
    _challenge,
    _unreachable,
    _closed_rest,
    _silent,
    _lying,
    template_change,
)
