"""Linear regression by hand and with nn: documents 003 (its first half) and 004 (its part 2).

    python examples/linear_regression.py
    python examples/linear_regression.py --part crops
    python examples/linear_regression.py --plot regression.png

Three parts: *scratch* finds a line again from noisy points with nothing but Tensors and backward();
*nn* does the same with ready-made parts, and shows a mistake in shapes that document 003 makes;
*crops* predicts the yields of apples and oranges from the weather.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import common

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.nn import functional as F
from tinygrad_lr.utils.data import DataLoader, TensorDataset

Panel = Callable[[Any], None]  # draws a part's result into the axes it is given

TRUE_W, TRUE_B, NOISE = [2.0, -3.4], 4.444, 0.01


def synthetic_data(device: Any, rows: int = 1000) -> tuple[Any, Any]:
    """Points of the line y = Xw + b, and noise."""
    features = tg.randn(rows, 2)
    labels = features @ tg.tensor(TRUE_W) + TRUE_B + tg.normal(0.0, NOISE, (rows,))
    return features.to(device), labels.to(device)


# ------------------------------------------------------------------------------------- from scratch

DOCUMENT_SCRATCH = [0.0330, 0.0074, 0.0058, 0.0022, 0.0028]  # the loss after each epoch


def data_iter(batch_size: int, features: Any, labels: Any) -> Iterator[tuple[Any, Any]]:
    """All rows in random order, `batch_size` at a time."""
    order = tg.randperm(len(features), device=features.device)
    for start in range(0, len(features), batch_size):
        rows = order[start : start + batch_size]
        yield features[rows], labels[rows]


def linreg(features: Any, w: Any, b: Any) -> Any:
    return features @ w + b


def squared_loss(predicted: Any, labels: Any) -> Any:
    """Half the squared error of each row, the two of the same shape."""
    return (predicted - labels.reshape(predicted.shape)) ** 2 / 2


@tg.no_grad()
def sgd(parameters: list[Any], lr: float, batch_size: int = 1) -> None:
    """A step against the gradients, which are divided by `batch_size` if they are sums."""
    for parameter in parameters:
        parameter -= lr * parameter.grad / batch_size
        parameter.grad.zero_()


def descend(features: Any, labels: Any, epochs: int, total: Callable[[Any], Any]) -> Any:
    """Train; the loss over all rows after each epoch, the weights, the bias.

    `total` makes one number of the losses of a batch.
    """
    w = tg.normal(0.0, 0.01, (2, 1), device=features.device, requires_grad=True)
    b = tg.zeros(1, device=features.device, requires_grad=True)
    losses = []
    for _ in range(epochs):
        for X, y in data_iter(10, features, labels):
            total(squared_loss(linreg(X, w, b), y)).backward()
            sgd([w, b], lr=0.03, batch_size=10)
        with tg.no_grad():
            losses.append(squared_loss(linreg(features, w, b), labels).mean().item())
    return losses, w.detach().flatten().tolist(), b.item()


def scratch(device: Any) -> list[Panel]:
    print("From scratch: find w and b of y = Xw + b from 1000 noisy points")
    features, labels = synthetic_data(device)
    # Dividing the gradient of a mean by the batch size, as document 003 does, divides it twice.
    once, w, b = descend(features, labels, 5, lambda losses: losses.sum())
    twice, _, _ = descend(features, labels, 15, lambda losses: losses.mean())
    table = common.Table(
        {
            "": {"epoch": "d"},
            "gradient divided": {"once": "8.5f", "twice": "8.5f"},
            "document 003": {"loss": "8.4f"},
        }
    )
    for epoch, losses in enumerate(zip(once, twice, DOCUMENT_SCRATCH), start=1):
        table.row(epoch, *losses)
    print(f"w = [{w[0]:.3f}, {w[1]:.3f}] (true: {TRUE_W}), b = {b:.3f} (true: {TRUE_B})")
    print("Document 003 divides twice, yet begins at 0.03: its cell had been run before, it seems,")
    print(
        "and what it prints lies, unevenly, in the range of epochs 11 to 15:",
        *(f"{loss:.4f}" for loss in twice[10:]),
    )

    def points(axes: Any) -> None:
        first, second = features.cpu().numpy().T
        dots = axes.scatter(second, labels.cpu().numpy(), s=6, c=first, cmap="cividis")
        axes.figure.colorbar(dots, ax=axes, label="first feature")
        ends = [second.min(), second.max()]
        found = [w[1] * end + b for end in ends]
        axes.plot(ends, found, color="C1", label="found, where the first feature is 0")
        axes.set(xlabel="second feature", ylabel="label")
        axes.set_title(f"1000 noisy points: w = ({w[0]:.3f}, {w[1]:.3f}), b = {b:.3f} found")

    def curves(axes: Any) -> None:
        axes.plot(range(1, 6), once, "o-", label="gradient of the mean")
        axes.plot(range(1, 16), twice, "o-", label="the same, divided by the batch size")
        label = "document 003, its epochs 1 to 5"
        axes.plot(range(11, 16), DOCUMENT_SCRATCH, marker="x", label=label, **common.DOCUMENT)
        axes.set(xlabel="epoch", ylabel="half the squared error", yscale="log")
        axes.set_title("A mean divided once more: ten times smaller steps")

    return [points, curves]


# -------------------------------------------------------------------------------- with nn and optim

DOCUMENT_NN = [16.2891, 16.1942, 16.2095]


def train_net(features: Any, labels: Any, loss_function: Any) -> list[float]:
    """Three epochs of one linear layer; the loss over all rows after each."""
    net = nn.Sequential(nn.Linear(2, 1)).to(features.device)
    optimizer = optim.SGD(net.parameters(), lr=0.03)
    loader = DataLoader(TensorDataset(features, labels), batch_size=10, shuffle=True)
    losses = []
    for _ in range(3):
        for X, y in loader:
            optimizer.zero_grad()
            loss_function(net(X), y).backward()
            optimizer.step()
        with tg.no_grad():
            losses.append(loss_function(net(features), labels).item())
    return losses


def ready_made(device: Any) -> list[Panel]:
    print("With nn.Linear, DataLoader, MSELoss and SGD: the same line")
    features, labels = synthetic_data(device)
    mse = nn.MSELoss()
    try:
        train_net(features, labels, mse)
    except tg.ShapeError as error:
        print("Document 003's loss(net(X), y) is refused here:")
        print(textwrap.indent(textwrap.fill(f"ShapeError: {error}", 90), "  "))

    def every_pair(predicted: Any, y: Any) -> Any:  # what happens where it is not refused
        return ((predicted - y) ** 2).mean()

    def row_by_row(predicted: Any, y: Any) -> Any:
        return mse(predicted, y.reshape(predicted.shape))

    pairs = train_net(features, labels, every_pair)
    mended = train_net(features, labels, row_by_row)
    table = common.Table(
        {
            "": {"epoch": "d"},
            "here": {"every pair": "8.4f", "row by row": "8.6f"},
            "document 003": {"every pair": "8.4f"},
        }
    )
    for epoch, losses in enumerate(zip(pairs, mended, DOCUMENT_NN), start=1):
        table.row(epoch, *losses)
    print("If each prediction is compared with every label, the best there is predicts their mean:")
    print(f"the loss stays at the labels' variance, {labels.var().item():.4f}.")
    print(f"Row by row it comes down to the noise's, {NOISE**2}.")

    def curves(axes: Any) -> None:
        axes.plot([1, 2, 3], pairs, "o-", color="C1", label="every prediction with every label")
        axes.plot([1, 2, 3], DOCUMENT_NN, marker="x", label="document 003", **common.DOCUMENT)
        axes.plot([1, 2, 3], mended, "o-", color="C0", label="each prediction with its label")
        axes.set(xlabel="epoch", xticks=[1, 2, 3], ylabel="mean squared error", yscale="log")
        axes.set_title("Comparing every prediction with every label learns nothing")

    return [curves]


# -------------------------------------------------------------------------------------- crop yields

REGIONS = [  # temperature, rainfall, humidity: apples, oranges. The first five are the first set.
    ((73, 67, 43), (56, 70)),
    ((91, 88, 64), (81, 101)),
    ((87, 134, 58), (119, 133)),
    ((102, 43, 37), (22, 37)),
    ((69, 96, 70), (103, 119)),
    ((74, 66, 43), (57, 69)),
    ((91, 87, 65), (80, 102)),
    ((88, 134, 59), (118, 132)),
    ((101, 44, 37), (21, 38)),
    ((68, 96, 71), (104, 118)),
    ((73, 66, 44), (57, 69)),
    ((92, 87, 64), (82, 100)),
    ((87, 135, 57), (118, 134)),
    ((103, 43, 36), (20, 38)),
    ((68, 97, 70), (102, 120)),
]
DOCUMENT_CROPS = {  # epoch -> loss of its last batch
    10: 818.6476,
    20: 335.3347,
    30: 190.3544,
    40: 131.6701,
    50: 77.0783,
    60: 151.5671,
    70: 151.0817,
    80: 67.6262,
    90: 53.6205,
    100: 33.4517,
}


def by_hand(weather: Any, yields: Any) -> list[float]:
    """100 steps from random weights; the loss before each."""
    w = tg.randn(2, 3, device=weather.device, requires_grad=True)
    b = tg.randn(2, device=weather.device, requires_grad=True)
    losses = []
    for _ in range(100):
        error = weather @ w.t() + b - yields
        loss = (error * error).mean()
        loss.backward()
        sgd([w, b], lr=1e-5)
        losses.append(loss.item())
    return losses


def fit(epochs: int, model: Any, loss_function: Any, optimizer: Any, loader: Any) -> list[float]:
    """Train; the loss of each epoch's last batch."""
    losses = []
    for _ in range(epochs):
        for weather, yields in loader:
            loss = loss_function(model(weather), yields)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def crops(device: Any) -> list[Panel]:
    print("Crop yields: apples and oranges from temperature, rainfall and humidity")
    weather, yields = (tg.tensor(column).float().to(device) for column in zip(*REGIONS))

    losses = by_hand(weather[:5], yields[:5])
    print(f"By hand, 5 regions: the loss falls from {losses[0]:.1f} to {losses[-1]:.1f}")
    print("  (document 004 begins at 15813.8, with other random weights)")

    model = nn.Linear(3, 2).to(device)
    optimizer = optim.SGD(model.parameters(), lr=1e-5)
    loader = DataLoader(TensorDataset(weather, yields), batch_size=5, shuffle=True)
    print("With nn.Linear and fit, 15 regions, the loss of each epoch's last batch of 5:")
    fitted = fit(100, model, F.mse_loss, optimizer, loader)
    table = common.Table({"": {"epoch": "d", "here": "8.2f", "document 004": ".2f"}})
    for epoch, loss in DOCUMENT_CROPS.items():
        table.row(epoch, fitted[epoch - 1], loss)
    with tg.no_grad():
        apples, oranges = model(tg.tensor([[75.0, 63.0, 44.0]], device=device))[0].tolist()
    print(f"For 75, 63, 44: {apples:.1f} tons of apples a hectare and {oranges:.1f} of oranges")
    print("  (document 004: 55.3 and 67.9)")

    def curves(axes: Any) -> None:
        axes.plot(range(1, 101), losses, color="C2", label="by hand, 5 regions")
        axes.plot(range(1, 101), fitted, color="C0", label="nn.Linear, 15 regions, last batch")
        printed = zip(*DOCUMENT_CROPS.items())
        axes.plot(*printed, marker="x", label="document 004, likewise", **common.DOCUMENT)
        axes.set(xlabel="epoch", ylabel="mean squared error", yscale="log")
        axes.set_title("Crop yields, predicted from the weather")

    return [curves]


# --------------------------------------------------------------------------------- the command line

PARTS = {"scratch": scratch, "nn": ready_made, "crops": crops}


def picture(panels: list[Panel], path: Any) -> None:
    across = min(2, len(panels))
    down = -(-len(panels) // across)
    size = (6.5 * across, 4.5 * down)
    figure, grid = common.pyplot().subplots(
        down, across, figsize=size, layout="constrained", squeeze=False
    )
    figure.suptitle("Linear regression, by hand and with nn")
    for panel, axes in zip(panels, grid.flat):
        panel(axes)
        axes.legend()
    common.save_picture(figure, path)


def main() -> None:
    options = common.parser(__doc__, data=None)
    options.add_argument("--part", choices=[*PARTS, "all"], default="all", help="what to run")
    args = options.parse_args()
    common.check_picture(args.plot)
    device = common.device_or_fail(args.device)

    print(f"Linear regression, on the {device}, seed {args.seed}")
    panels: list[Panel] = []
    for name, part in PARTS.items():
        if args.part in (name, "all"):
            print()
            tg.manual_seed(args.seed)
            panels += part(device)
    if args.plot:
        picture(panels, args.plot)
        print(f"\nPicture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
