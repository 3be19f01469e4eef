"""Charts as SVG without styles of their own: the page's colours and policy hold. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

__all__ = ["Series", "bars", "rows"]

_WIDTH, _HEIGHT, _FOOT = 720, 180, 22


@dataclass(frozen=True)
class Series:
    """Numbers under one name; `style` is a class of the stylesheet."""

    name: str
    style: str
    values: Sequence[int]


def bars(labels: Sequence[str], series: Sequence[Series], *, title: str) -> Markup:
    """Stacked bars side by side; every bar tells its label and numbers, the axis a few labels."""
    totals = [sum(one.values[n] for one in series) for n in range(len(labels))]
    most = max([*totals, 1])
    step = _WIDTH / max(len(labels), 1)
    parts = []
    for n, label in enumerate(labels):
        top, told = float(_HEIGHT), ", ".join(f"{one.name} {one.values[n]}" for one in series)
        marks = []
        for one in series:
            height = one.values[n] / most * (_HEIGHT - 12)
            top -= height
            if height:
                marks.append(
                    f'<rect class="{one.style}" x="{n * step + 1:.1f}" y="{top:.1f}" '
                    f'width="{max(step - 2, 1):.1f}" height="{height:.1f}"/>'
                )
        parts.append(f"<g><title>{escape(label)}: {escape(told)}</title>{''.join(marks)}</g>")
    axis = [
        f'<text x="{n * step:.1f}" y="{_HEIGHT + 16}">{escape(labels[n])}</text>'
        for n in range(0, len(labels), max(len(labels) // 6, 1))
    ]
    return Markup(
        f'<svg class="chart" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT + _FOOT}"><text class="top" x="0" y="10">{most}</text>'
        f'<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>{"".join(parts)}'
        f"{''.join(axis)}</svg>"
    )


def rows(pairs: Sequence[tuple[str, int]], *, title: str, style: str = "new") -> Markup:
    """Bars below each other, each with its name before it and its number behind it."""
    most = max([number for _, number in pairs] + [1])
    parts = []
    for n, (name, number) in enumerate(pairs):
        y, length = n * 26, number / most * 420
        shown = name if len(name) <= 30 else f"{name[:29]}…"
        parts.append(
            f'<text class="name" x="228" y="{y + 17}">{escape(shown)}</text>'
            f'<rect class="{style}" x="236" y="{y + 4}" width="{length:.1f}" height="18"/>'
            f'<text x="{242 + length:.1f}" y="{y + 17}">{number}</text>'
        )
    return Markup(
        f'<svg class="chart rows" role="img" aria-label="{escape(title)}" '
        f'viewBox="0 0 {_WIDTH} {max(len(pairs), 1) * 26}">{"".join(parts)}</svg>'
    )
