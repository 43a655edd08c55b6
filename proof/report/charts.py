"""Pictures of what was found, as SVG and PNG: small, and the same for the same figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from proof.parts import Chart

PAPER = "#ffffff"
"""A ground of its own, so that a picture is read alike on light and on dark pages."""
INK = "#24292f"
GRID = "#d0d7de"
COLOURS = ("#b6460b", "#0b5cad", "#2e7d32", "#6a3fa0", "#7a5c00", "#555555")
"""Dark enough on ``PAPER`` for text (WCAG AA); in this order, and each with a mark of its own."""
MARKS = ("o", "s", "^", "D", "v", "P")
MANY = 15
"""Points beyond which a line has no marks."""
SIZE = (7.2, 3.6)
DPI = 100

STYLE: Any = {
    "svg.hashsalt": "gradio_webrtc",  # ids in the file do not change from run to run
    "svg.fonttype": "none",  # text stays text, which is small and can be searched
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": GRID,
}


def save(chart: Chart, stem: Path) -> tuple[Path, Path]:
    """Draw a chart as ``stem.svg`` and ``stem.png``; return both paths."""
    svg, png = stem.with_suffix(".svg"), stem.with_suffix(".png")
    with mpl.rc_context(STYLE):
        figure = draw(chart)
        figure.savefig(svg, facecolor=PAPER, metadata={"Date": None, "Title": chart.title})
        figure.savefig(png, facecolor=PAPER, dpi=DPI, metadata={"Title": chart.title})
    # matplotlib ends some lines with spaces, which editors and git complain of.
    text = "\n".join(line.rstrip() for line in svg.read_text("utf-8").splitlines())
    svg.write_text(text + "\n", encoding="utf-8")
    return svg, png


def draw(chart: Chart) -> Figure:
    """Return a figure of a chart: lines over numbers, groups of bars over names."""
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(chart.title, loc="left", fontsize=11)
    axes.set_xlabel(chart.x)
    axes.set_ylabel(chart.y)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _bars(axes, chart) if named(chart) else _lines(axes, chart)
    if chart.bound is not None:
        axes.axhline(chart.bound, color=INK, linestyle="--", linewidth=1, label="asked")
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    if len(chart.lines) > 1 or chart.bound is not None:
        figure.legend(loc="outside right upper", frameon=False)
    return figure


def named(chart: Chart) -> bool:
    """Return whether the points are at names, not at numbers."""
    return any(isinstance(x, str) for points in chart.lines.values() for x, _ in points)


def described(chart: Chart) -> str:
    """Return what the picture shows for those who do not see it."""
    told = [f"{chart.title}: {chart.y} by {chart.x}"]
    for name, points in chart.lines.items():
        if named(chart):
            told.append(f"{name}: " + ", ".join(f"{x} {_short(y)}" for x, y in points))
        elif points:
            (first, begins), (last, ends) = points[0], points[-1]
            told.append(
                f"{name}: {_short(begins)} at {_short(first)}, {_short(ends)} at {_short(last)}"
            )
    if chart.bound is not None:
        told.append(f"asked: {chart.bound:g}")
    return "; ".join(told)


def _short(number: float | str) -> str:
    value = float(number)
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _lines(axes: Axes, chart: Chart) -> None:
    for number, (name, points) in enumerate(chart.lines.items()):
        axes.plot(
            [float(x) for x, _ in points],
            [y for _, y in points],
            color=COLOURS[number % len(COLOURS)],
            marker=MARKS[number % len(MARKS)] if len(points) <= MANY else None,
            markersize=4,
            label=name,
        )


def _bars(axes: Axes, chart: Chart) -> None:
    names = list(dict.fromkeys(str(x) for points in chart.lines.values() for x, _ in points))
    width = 0.8 / len(chart.lines)
    for number, (name, points) in enumerate(chart.lines.items()):
        shift = width * (number - (len(chart.lines) - 1) / 2)
        places = [names.index(str(x)) + shift for x, _ in points]
        colour = COLOURS[number % len(COLOURS)]
        bars = axes.bar(places, [y for _, y in points], width * 0.92, color=colour, label=name)
        axes.bar_label(bars, fmt="%.3g", fontsize=8)
    axes.set_xticks(range(len(names)), names)
