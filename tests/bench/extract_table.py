"""The figures as the Markdown that stands in README."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from extract_goals import Verdict

__all__ = ["tables", "write_into"]

Figures = dict[str, Any]
Column = tuple[str, Callable[[Figures], str]]

_BEGIN, _END = "<!-- make bench-extract -->", "<!-- end -->"
_SETS = {
    "benchmark": "{pages} pages of the article-extraction-benchmark (none is Indonesian)",
    "saved": "Our {pages} saved pages ({stories} stories)",
    "genuine": "{pages} genuine pages, line by line",
}


def tables(sets: dict[str, Figures], verdicts: Sequence[Verdict]) -> str:
    """Every table, with the goals last."""
    parts = [_set(name, sets[name]) for name in _SETS if name in sets]
    parts += [_away(sets), _goals(verdicts)]
    return "\n\n".join(filter(None, parts))


def write_into(file: Path, shown: str) -> None:
    """Put the tables between the marks of `file`. Raises ValueError when it has none."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"{file} has no {_BEGIN} … {_END}")
    file.write_text(f"{before}{begin}\n{shown}\n{end}{after}", encoding="utf-8")


def _set(name: str, found: Figures) -> str:
    columns = [column for column in _COLUMNS if _is_known(column, found)]
    rows = [
        [tool, *(show(figures) for _, show in columns)] for tool, figures in found["tools"].items()
    ]
    heads = ["tool", *(head for head, _ in columns)]
    return f"{_SETS[name].format(**found)}:\n\n" + "\n".join(_rows(heads, rows))


def _is_known(column: Column, found: Figures) -> bool:
    return any(column[1](figures) not in {"", "–"} for figures in found["tools"].values())


def _rows(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    for row in (heads, ["---"] * len(heads), *rows):
        yield f"| {' | '.join(row)} |"


def _f1(found: Figures) -> str:
    if "f1" not in found:
        return ""
    return "{value:.4f} ({low:.3f}–{high:.3f})".format(**found["f1"])


def _gain(found: Figures) -> str:
    if not found.get("gain"):
        return "–"
    return "{value:+.4f} ({low:+.3f} to {high:+.3f})".format(**found["gain"])


def _pair(found: Figures) -> str:
    return f"{found['precision']:.3f} / {found['recall']:.3f}" if "f1" in found else ""


def _share(field: str) -> Callable[[Figures], str]:
    return lambda found: "–" if found[field] is None else f"{found[field]:.2f}"


def _count(field: str) -> Callable[[Figures], str]:
    return lambda found: str(len(found[field])) if field in found else ""


_COLUMNS: tuple[Column, ...] = (
    ("F1 (95 %)", _f1),
    ("P / R", _pair),
    ("gain over plain (95 %)", _gain),
    ("title", _share("title")),
    ("author", _share("author")),
    ("day", _share("day")),
    ("minute", _share("minute")),
    ("lines leaked", _count("leaked")),
    ("lost", _count("lost")),
    ("pages/s/core", lambda found: f"{found['pages_per_second']:.0f}"),
    ("× plain", lambda found: f"{found['ratio']:.2f}"),
    ("peak MB", lambda found: f"{found['peak'] / 1e6:.0f}"),
    ("refused", _count("refused")),
)


def _away(sets: dict[str, Figures]) -> str:
    names = {"away-benchmark": "benchmark, English mostly", "away-demo": "demo newsroom, invented"}
    rows = [
        [
            says,
            f"{sets[name]['by_bytes']} of {sets[name]['pages']}",
            f"{sets[name]['pages_per_second']:.0f}",
            f"{sets[name]['ratio']:.1f}",
            f"{sets[name]['turned_away']}",
            f"{sets[name]['step_ratio']:.1f}",
        ]
        for name, says in names.items()
        if name in sets
    ]
    heads = [
        "off-topic pages",
        "turned away by bytes",
        "pages/s/core",
        "× plain",
        "turned away unread",
        "× plain, whole step",
    ]
    return "\n".join(_rows(heads, rows)) if rows else ""


def _goals(verdicts: Sequence[Verdict]) -> str:
    rows = [[one.goal.says, _figure(one), _verdict(one)] for one in verdicts]
    return "\n".join(_rows(["goal", "figure", "verdict"], rows))


def _figure(one: Verdict) -> str:
    return "–" if one.figure is None else f"{one.figure:{one.goal.form}}"


def _verdict(one: Verdict) -> str:
    if one.verdict != "missed" or one.figure is None:
        return one.verdict
    by = f"missed by {-one.goal.by(one.figure):{one.goal.form}}"
    return f"{by}: {one.because}" if one.because else by
