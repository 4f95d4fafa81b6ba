"""Why logistic regression? The examples that document 001 opens with, worked out.

    python examples/why_logistic.py
    python examples/why_logistic.py --plot why.png

Nine temperatures, and whether each was a fever. A straight line through them is no probability,
and a single extreme temperature spoils it; the logistic curve stands both. Then the document's
examples of the softmax and of the cross-entropy, beside the figures that it gives.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import common

import tinygrad_lr as tg
from tinygrad_lr import optim

TEMPERATURES = [1, 5, 10, 10, 25, 50, 70, 75]  # and a last one: 100, or 300 as an outlier
FEVER = [0, 0, 0, 0, 0, 1, 1, 1, 1]
HIGHEST = [100, 300]

SCORES = [1.3, 1.2, 4.5, 4.8]
DOCUMENT_SOFTMAX = [0.017, 0.015, 0.412, 0.556]

# (label, probability) -> what document 001's program prints. Its sentences call the two figures for
# label 1 negative, which is a slip: a cross-entropy never is.
DOCUMENT_CROSS_ENTROPY = {
    (0, 0.00001): 1.0000050000287824e-05,
    (0, 0.99999): 11.51292546497478,
    (1, 0.99999): 1.0000050000287824e-05,
    (1, 0.00001): 11.512925464970229,
}

# ------------------------------------------------------------------------------------- fever or not


class Fit(NamedTuple):
    """``w * x + b``, of which `curve` makes the prediction. One above 0.5 is called a fever."""

    w: float
    b: float
    logistic: bool

    def curve(self, x: Any) -> Any:
        y = self.w * x + self.b
        return y.sigmoid() if self.logistic else y

    def threshold(self) -> float:
        """The temperature at which the prediction is 0.5: the logistic curve has it at score 0."""
        return ((0.0 if self.logistic else 0.5) - self.b) / self.w

    def wrong(self, x: Any, y: Any) -> list[bool]:
        return ((self.curve(x) > 0.5) != (y > 0.5)).tolist()


def straight_line(x: Any, y: Any) -> Fit:
    """Least squares, for which there is a formula."""
    dx, dy = x - x.mean(), y - y.mean()
    w = (dx * dy).sum() / (dx * dx).sum()
    b = y.mean() - w * x.mean()
    return Fit(w.item(), b.item(), logistic=False)


def logistic_curve(x: Any, y: Any, steps: int) -> Fit:
    """The smallest cross-entropy, for which there is none: gradient descent finds the way.

    Both labels are one formula here. The probability of no fever, 1 - sigmoid(score), is
    sigmoid(-score); so the score is turned round where the label is 0. Written as log(1 - S), the
    loss would be infinite as soon as S is rounded to 1.

    The points can be told apart without a mistake, so the curve would grow steeper for ever: it
    is the number of steps that ends it.
    """
    scaled = (x - 50) / 50  # numbers around 1, for which a learning rate of 1 is right
    sign = 2 * y - 1
    w, b = tg.randn(2, device=x.device).tolist()
    w, b = (tg.tensor(value, device=x.device, requires_grad=True) for value in (w, b))
    optimizer = optim.SGD([w, b], lr=1.0)
    for _ in range(steps):
        optimizer.zero_grad()
        score = w * scaled + b
        loss = -(sign * score).sigmoid().log().mean()
        loss.backward()
        optimizer.step()
    return Fit(w.item() / 50, b.item() - w.item(), logistic=True)  # for x as it was


class Case(NamedTuple):
    """The nine points, and what was fitted to them."""

    x: Any
    y: Any
    line: Fit
    logistic: Fit


def fit(highest: int, steps: int, device: Any) -> Case:
    x = tg.tensor([*map(float, TEMPERATURES), float(highest)], device=device)
    y = tg.tensor([float(fever) for fever in FEVER], device=device)
    return Case(x, y, straight_line(x, y), logistic_curve(x, y, steps))


def print_fits(cases: list[Case]) -> None:
    columns = {"at lowest": "6.3f", "at highest": "6.3f", "fever from": "5.1f", "wrong": "d"}
    table = common.Table(
        {
            "": {"highest": "d"},
            "straight line": columns,
            "logistic curve": columns,
        }
    )
    for highest, case in zip(HIGHEST, cases):
        cells: list[Any] = [highest]
        for fitted in (case.line, case.logistic):
            values = fitted.curve(case.x)
            cells += [values.min().item(), values.max().item(), fitted.threshold()]
            cells.append(sum(fitted.wrong(case.x, case.y)))
        table.row(*cells)


# ------------------------------------------------------------------------ softmax and cross-entropy


def cross_entropy(label: int, probability: Any) -> Any:
    """The loss for a `probability` of label 1, where the `label` is 0 or 1."""
    return -(probability.log() if label else (1 - probability).log())


def print_softmax(softmax: list[float]) -> None:
    print("\nSoftmax: scores as probabilities")
    table = common.Table({"": {"score": ">5", "here": "5.3f", "document 001": "5.3f"}})
    for row in zip(SCORES, softmax, DOCUMENT_SOFTMAX):
        table.row(*row)
    table.row("sum", sum(softmax), sum(DOCUMENT_SOFTMAX))


def print_cross_entropy(device: Any) -> None:
    print("\nCross-entropy: small where the probability of a fever fits the label, else large")
    table = common.Table(
        {"": {"label": "d", "probability": "7.5f", "here": ">22", "document 001": ">22"}}
    )
    for (label, probability), document in DOCUMENT_CROSS_ENTROPY.items():
        here = cross_entropy(label, tg.tensor(probability, dtype=tg.float64, device=device))
        table.row(label, probability, here.item(), document)


# -------------------------------------------------------------------------------------- the picture


def picture(cases: list[Case], softmax: list[float], path: Path) -> None:
    plt = common.pyplot()
    figure, panels = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
    figure.suptitle("Fever or not: why a logistic curve, and no straight line")
    for axes, case, highest in zip(panels[0], cases, HIGHEST):
        plot_case(axes, case, highest)
    plot_softmax(panels[1, 0], softmax)
    plot_cross_entropy(panels[1, 1])
    common.save_picture(figure, path)


def plot_case(axes: Any, case: Case, highest: int) -> None:
    x = tg.linspace(-0.04 * highest, 1.04 * highest, 400)
    for low, high in ((-0.4, 0), (1, 1.4)):
        axes.axhspan(low, high, color="0.93")
    axes.text(0.63, 0.93, "grey: not a probability", transform=axes.transAxes, ha="center")
    for fitted, name, color in ((case.line, "line", "C1"), (case.logistic, "logistic", "C0")):
        axes.plot(x.numpy(), fitted.curve(x).numpy(), color=color, label=name)
        threshold = fitted.threshold()
        axes.axvline(threshold, color=color, linestyle=":", label=f"fever from {threshold:.1f}")
    points = list(zip(case.x.tolist(), case.y.tolist()))
    missed = [point for point, wrong in zip(points, case.line.wrong(case.x, case.y)) if wrong]
    axes.plot(*zip(*points), "o", color="0.3", label="the nine points")
    if missed:
        look = {"color": "C1", "mec": "black", "ms": 11}
        axes.plot(*zip(*missed), "X", label="misclassified by the line", **look)
    axes.set(
        title=f"Nine points, the highest at {highest}",
        xlabel="temperature",
        ylabel="prediction: 0 no fever, 1 fever",
        xlim=(x[0].item(), x[-1].item()),
        ylim=(-0.4, 1.4),
    )
    axes.legend(loc="lower right")


def plot_softmax(axes: Any, softmax: list[float]) -> None:
    bars = axes.bar([str(score) for score in SCORES], softmax, color="C0")
    axes.bar_label(bars, [f"{probability:.3f}" for probability in softmax], padding=2)
    axes.set(
        title="Softmax: scores as probabilities",
        xlabel="score",
        ylabel="probability",
        ylim=(0, 0.65),
    )
    axes.grid(visible=False, axis="x")


def plot_cross_entropy(axes: Any) -> None:
    probability = tg.linspace(0.00001, 0.99999, 2001, dtype=tg.float64)
    for label, color, style in ((1, "C0", "-"), (0, "C1", "--")):
        loss = cross_entropy(label, probability)
        axes.plot(probability.numpy(), loss.numpy(), style, color=color, label=f"label {label}")
    points = [(probability, loss) for (_, probability), loss in DOCUMENT_CROSS_ENTROPY.items()]
    axes.plot(*zip(*points), marker="o", label="document 001", **common.DOCUMENT)
    axes.set(
        title="Cross-entropy: what a prediction costs",
        xlabel="predicted probability of label 1",
        ylabel="cross-entropy",
        ylim=(-0.4, 12.4),
    )
    axes.legend(loc="upper center")


# --------------------------------------------------------------------------------- the command line


def parse() -> Any:
    options = common.parser(__doc__, data=None)
    options.add_argument("--steps", type=common.positive_int, default=2000, help="of each fit")
    args = options.parse_args()
    common.check_picture(args.plot)
    return args


def main() -> None:
    args = parse()
    device = common.device_or_fail(args.device)
    tg.manual_seed(args.seed)

    print(f"Fever or not? On the {device}, seed {args.seed}")
    cases = [fit(highest, args.steps, device) for highest in HIGHEST]
    print_fits(cases)
    softmax = tg.tensor(SCORES, device=device).softmax(dim=0).tolist()
    print_softmax(softmax)
    print_cross_entropy(device)
    if args.plot:
        picture(cases, softmax, args.plot)
        print(f"Picture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
