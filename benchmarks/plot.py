"""The picture of a run: one panel a chart, each contestant in the same colour everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Okabe and Ito's colours, which the colour-blind tell apart too; a marker each, for a black and
# white print. Whoever begins with the name of another belongs to its family.
LOOKS = {
    "tinygrad_lr": ("#D55E00", "o"),
    "by hand": ("#0072B2", "s"),
    "PyTorch": ("#009E73", "^"),
}
OTHERS = [("#CC79A7", "D"), ("#E69F00", "v"), ("#56B4E9", "P"), ("#000000", "X")]


@dataclass
class Lines:
    """Curves over `x`, both axes logarithmic unless `flat`: then y starts at 0."""

    title: str
    x_label: str
    y_label: str
    x: Sequence[float]
    curves: dict[str, list[float]]
    flat: bool = False


@dataclass
class Bars:
    """A bar for each name, its number written out; `spread` is where half of its rounds lay."""

    title: str
    x_label: str
    values: dict[str, float]
    form: str = ",.2f"
    logarithmic: bool = False
    spread: dict[str, tuple[float, float]] = field(default_factory=dict)


def require_matplotlib() -> None:
    """Fail before ten minutes of measuring, not after."""
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        raise SystemExit(
            "python -m benchmarks: the picture needs matplotlib; install it with "
            "pip install -e '.[examples]'"
        ) from None


def save_plot(charts: Sequence[Lines | Bars], path: Path) -> None:
    """All charts as panels of one picture, three a row."""
    import matplotlib

    matplotlib.use("Agg")  # files only: it needs no screen
    from matplotlib import pyplot as plt

    columns = min(3, len(charts))
    rows = -(-len(charts) // columns)
    size = (5.2 * columns, 3.9 * rows)
    figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for axes, chart in zip(panels.flat, charts, strict=False):
        (_draw_lines if isinstance(chart, Lines) else _draw_bars)(axes, chart)
        axes.set_title(chart.title, fontsize=10)
        axes.set_xlabel(chart.x_label)
    for axes in panels.flat[len(charts) :]:
        axes.set_axis_off()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_lines(axes: Any, chart: Any) -> None:
    for name, (color, marker, style) in _looks(chart.curves).items():
        axes.plot(
            chart.x, chart.curves[name], color=color, marker=marker, linestyle=style, label=name
        )
    axes.set_xscale("log")
    if chart.flat:
        axes.set_ylim(0, 1.5 * max(map(max, chart.curves.values())))  # the legend goes on top
    else:
        axes.set_yscale("log")
    axes.set_ylabel(chart.y_label)
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="upper right" if chart.flat else "upper left")


def _draw_bars(axes: Any, chart: Any) -> None:
    colors = [color for color, _, _ in _looks(chart.values).values()]
    axes.barh(range(len(colors)), chart.values.values(), height=0.45, color=colors)
    for place, (name, value) in enumerate(chart.values.items()):
        low, high = chart.spread.get(name, (value, value))
        axes.plot([low, high], [place, place], color="black", linewidth=1.5)
        # The name above its bar: beside it, long names would leave no room for the bars.
        text = f"{name}: {value:{chart.form}}"
        edge = axes.get_yaxis_transform()  # x from the left edge, y by the number of the bar
        axes.text(0.01, place - 0.29, text, va="bottom", fontsize=8, transform=edge)
    if chart.logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(left=min(chart.values.values()) / 10)
    axes.set_ylim(len(colors) - 0.6, -0.75)  # the first on top
    axes.set_yticks([])
    axes.grid(axis="x", alpha=0.3)


def _looks(names: Any) -> dict[str, tuple[str, str, str]]:
    """Colour, marker and line style of each: a family shares a colour, and differs in the style."""
    others, styles = iter(OTHERS), ("-", "--", ":")
    looks: dict[str, tuple[str, str, str]] = {}
    members = dict.fromkeys(LOOKS, 0)
    for name in names:
        family = next((family for family in LOOKS if name.startswith(family)), None)
        if family is None:
            looks[name] = (*next(others), "-")
        else:
            looks[name] = (*LOOKS[family], styles[members[family] % len(styles)])
            members[family] += 1
    return looks
