"""From a paired run to its figures, as plain JSON values."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from extract_fields import FIELDS, READ_AS, right
from extract_lines import compared
from extract_metric import gain, page_score, score
from extract_run import Run
from extract_tools import FILTER, KNOWN, PLAIN, STEP

__all__ = ["away_figures", "figures", "ruled_figures"]

Figures = dict[str, Any]


def figures(run: Run) -> Figures:
    """Counts of the run, and per tool: scores, fields, lines, speed, memory, refusals."""
    tools = {name: _cost(run, name) | _quality(run, name) for name in run.answers}
    return {"stories": len(run.items), "pages": run.pages(), "tools": tools}


def _cost(run: Run, tool: str) -> Figures:
    seconds = run.seconds(tool)
    return {
        "pages_per_second": run.pages() / seconds,
        "ratio": run.ratio(tool, PLAIN.name),
        "peak": run.peak(tool),
        "refused": run.refused(tool),
    }


def _quality(run: Run, tool: str) -> Figures:
    found = _lines(run, tool) | _fields(run, tool)
    if all(item.text is not None for item in run.items):
        found |= _scores(run, tool)
    return found


def _scores(run: Run, tool: str) -> Figures:
    def pages(name: str) -> list[tuple[float, float]]:
        pairs = zip(run.items, run.texts(name), strict=True)
        return [page_score(item.text or "", text) for item, text in pairs]

    own = score(pages(tool))
    gained = gain(pages(tool), pages(PLAIN.name)) if tool != PLAIN.name else None
    return asdict(own) | {"gain": gained and asdict(gained)}


def _lines(run: Run, tool: str) -> Figures:
    if not any(item.headline or item.digests for item in run.items):
        return {}  # of these pages only shingles are comparable
    pairs = list(zip(run.items, run.texts(tool), strict=True))
    found = [(item, compared(item, text)) for item, text in pairs]
    return {
        "leaked": [f"{item.name}: {line}" for item, lines in found for line in lines.leaked],
        "lost": [f"{item.name}: {line}" for item, lines in found for line in lines.lost],
    }


def _fields(run: Run, tool: str) -> Figures:
    answers = run.answers[tool]
    verdicts = [right(item, answer) for item, answer in zip(run.items, answers, strict=True)]
    read = [field for field in FIELDS if any(READ_AS[field] in answer for answer in answers)]
    shares = {field: _share([one[field] for one in verdicts if field in one]) for field in read}
    return dict.fromkeys(FIELDS) | shares


def _share(verdicts: Sequence[bool]) -> float | None:
    return sum(verdicts) / len(verdicts) if verdicts else None


def ruled_figures(run: Run) -> Figures | None:
    """How much faster than plain the pages of outlets with rules are read; None without any."""
    answers = run.answers[KNOWN.name]
    ruled = [number for number, answer in enumerate(answers) if answer.get("has_rules")]
    if not ruled:
        return None
    return {"pages": len(ruled), "ratio": run.ratio(KNOWN.name, PLAIN.name, ruled)}


def away_figures(run: Run) -> Figures:
    """How many pages the byte filter turns away, how many all that comes before a reader.

    And how much faster each of both is than plain reading of just these pages.
    """
    by_bytes, unread = (_turned_away(run, tool) for tool in (FILTER.name, STEP.name))
    return {
        "pages": len(run.items),
        "by_bytes": len(by_bytes),
        "ratio": run.ratio(FILTER.name, PLAIN.name, by_bytes) if by_bytes else 0.0,
        "pages_per_second": len(by_bytes) / run.seconds(FILTER.name, by_bytes) if by_bytes else 0.0,
        "turned_away": len(unread),
        "step_ratio": run.ratio(STEP.name, PLAIN.name, unread) if unread else 0.0,
    }


def _turned_away(run: Run, tool: str) -> list[int]:
    answers = run.answers[tool]
    return [number for number, answer in enumerate(answers) if answer.get("turned_away")]
