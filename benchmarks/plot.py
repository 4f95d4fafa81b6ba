"""The picture of a run: one panel a chart, each contestant in the same colour everywhere."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import tinygrad_lr as tg

STYLE = Path(__file__).resolve().parents[1] / "examples" / "pictures.mplstyle"
# The colours are the style's; a marker each, for a black and white print. Whoever begins with the
# name of another belongs to its family.
LOOKS = {
    "by hand": ("0.35", "s"),
    "tinygrad_lr": ("C0", "o"),
    "PyTorch": ("C1", "^"),
    "JAX": ("C2", "D"),
    "MyGrad": ("C3", "v"),
    "HIPS autograd": ("C4", "P"),
    "tinygrad,": ("C5", "X"),
    "forward": ("C0", "o"),
    "backward": ("C1", "^"),
}


@dataclass
class Lines:
    """Curves over `x`, which is logarithmic; y starts at 0."""

    title: str
    x_label: str
    y_label: str
    x: Sequence[float]
    curves: dict[str, list[float]]


@dataclass
class Bars:
    """A bar for each name, its number written out; `spread` is where half of its rounds lay."""

    title: str
    x_label: str
    values: dict[str, float]
    form: str = ",.2f"
    logarithmic: bool = False
    spread: dict[str, Sequence[float]] = field(default_factory=dict)


def require_matplotlib() -> None:
    """Fail before minutes of measuring, not after."""
    os.environ["MPLBACKEND"] = "Agg"  # files only: it needs no screen
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        raise SystemExit(
            "python -m benchmarks: the picture needs matplotlib; install it with "
            "pip install -e '.[examples]'"
        ) from None


def save_plot(charts: Sequence[Lines | Bars], path: Path, title: str, command: str) -> None:
    """All charts as panels of one picture, two a row; a last one alone has the whole row.

    The picture says in its metadata what it is of: its title, the command, the versions.
    """
    import matplotlib
    from matplotlib import pyplot as plt

    libraries = {
        "Python": platform.python_version(),
        "tinygrad_lr": tg.__version__,
        "NumPy": np.__version__,
        "matplotlib": matplotlib.__version__,
    }
    said = {
        "Title": title,
        "Command": command,
        "Software": ", ".join(f"{name} {version}" for name, version in libraries.items()),
    }
    with plt.style.context(STYLE):
        figure = draw(charts)
        figure.suptitle(title)
        figure.savefig(path, metadata=said)
        plt.close(figure)


def draw(charts: Sequence[Lines | Bars]) -> Any:
    """The figure."""
    from matplotlib import pyplot as plt

    pairs = [charts[i : i + 2] for i in range(0, len(charts), 2)]
    heights = [max(map(_height, pair)) for pair in pairs]
    figure: Any = plt.figure(figsize=(13, sum(heights) + 0.6), layout="constrained")
    figure.get_layout_engine().set(h_pad=0.15, w_pad=0.15)
    grid = figure.add_gridspec(len(pairs), 2, height_ratios=heights)
    for row, pair in enumerate(pairs):
        for column, chart in enumerate(pair):
            place = grid[row, column] if len(pair) == 2 else grid[row, :]
            axes = figure.add_subplot(place)
            (_draw_lines if isinstance(chart, Lines) else _draw_bars)(axes, chart)
            axes.set(title=chart.title, xlabel=chart.x_label)
    return figure


def _height(chart: Lines | Bars) -> float:
    """Inches that it takes."""
    return 4.2 if isinstance(chart, Lines) else 1.3 + 0.5 * len(chart.values)


def _draw_lines(axes: Any, chart: Any) -> None:
    for name, (color, marker, style) in _looks(chart.curves).items():
        axes.plot(
            chart.x, chart.curves[name], color=color, marker=marker, linestyle=style, label=name
        )
    axes.set_xscale("log")
    axes.set_ylim(0, 1.1 * max(map(max, chart.curves.values())))
    axes.set_ylabel(chart.y_label)
    axes.legend(loc="best")


def _draw_bars(axes: Any, chart: Any) -> None:
    colors = [color for color, _, _ in _looks(chart.values).values()]
    axes.barh(range(len(colors)), chart.values.values(), height=0.4, color=colors)
    for place, (name, value) in enumerate(chart.values.items()):
        low, high = chart.spread.get(name, (value, value))
        axes.plot([low, high], [place, place], color="black", linewidth=1.5)
        # The name above its bar: beside it, long names would leave no room for the bars.
        text = f"{name}: {value:{chart.form}}"
        edge = axes.get_yaxis_transform()  # x from the left edge, y by the number of the bar
        axes.text(0.01, place - 0.24, text, va="bottom", fontsize=11, transform=edge)
    shown = min(max(chart.values.values()), 4 * median(chart.values.values()))
    if shown < max(chart.values.values()) and not chart.logarithmic:
        axes.set_xlim(0, shown)  # one that goes far beyond would leave the others no length
        axes.text(0.99, 0.02, "longer bars are cut off", ha="right", transform=axes.transAxes)
    if chart.logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(left=min(chart.values.values()) / 10)
    axes.set_ylim(len(colors) - 0.6, -0.75)  # the first on top
    axes.set_yticks([])
    axes.grid(axis="y", visible=False)


def _looks(names: Any) -> dict[str, tuple[str, str, str]]:
    """Colour, marker and line style of each: a family shares a colour, and differs in the style."""
    styles = ("-", "--", ":")
    looks: dict[str, tuple[str, str, str]] = {}
    members = dict.fromkeys([*LOOKS, ""], 0)
    for name in names:
        family = next((family for family in LOOKS if name.startswith(family)), "")
        color, marker = LOOKS.get(family, (f"C{members['']}", "o"))
        looks[name] = (color, marker, styles[members[family] % len(styles)])
        members[family] += 1
    return looks
