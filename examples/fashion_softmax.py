"""Softmax regression from scratch on Fashion-MNIST: the second half of document 003.

    python examples/fashion_softmax.py
    python examples/fashion_softmax.py --download
    python examples/fashion_softmax.py --device gpu --plot fashion.png

The document writes the parts, from the softmax to the accuracy, and ends before it trains them.
This program goes on to the end: 10 epochs, with nothing but Tensors and their gradients. `nn` is
there only to be compared with, in `where_the_formula_fails`.

Fashion-MNIST is not part of this project: --download fetches it (31 MB).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import common
import numpy as np

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.datasets import FILES, FashionMNIST
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader

# ---------------------------------------------------------------------------------------- the parts


def softmax(scores: Any) -> Any:
    """Each row of scores as probabilities: none is negative, and their sum is 1."""
    powers = scores.exp()
    return powers / powers.sum(dim=1, keepdim=True)


class Net:
    """From 784 pixels to the probabilities of ten classes."""

    def __init__(self, device: Any) -> None:
        self.W = tg.normal(0, 0.01, size=(784, 10), device=device, requires_grad=True)
        self.b = tg.zeros(10, device=device, requires_grad=True)

    def __call__(self, images: Any) -> Any:
        return softmax(images.reshape(-1, 784) @ self.W + self.b)


def cross_entropy(y_hat: Any, y: Any) -> Any:
    """For each row the surprise at its true class, of which `y_hat` holds the probability.

    True to the formula, and not how to do it in earnest: `where_the_formula_fails` shows why.
    """
    return -tg.log(y_hat[range(len(y_hat)), y])


def correct(y_hat: Any, y: Any) -> float:
    """How many rows give their true class the highest probability."""
    return float((y_hat.argmax(dim=1) == y).sum())


def sgd(parameters: list[Any], lr: float) -> None:
    """One step downhill. The step itself is no part of what is differentiated, so: no_grad."""
    with tg.no_grad():
        for parameter in parameters:
            parameter -= lr * parameter.grad
            parameter.grad.zero_()


class Accumulator:
    """Several sums that grow together."""

    def __init__(self, n: int) -> None:
        self.sums = [0.0] * n

    def add(self, *numbers: float) -> None:
        self.sums = [total + float(number) for total, number in zip(self.sums, numbers)]

    def __getitem__(self, i: int) -> float:
        return self.sums[i]


def evaluate_accuracy(net: Net, batches: DataLoader) -> float:
    """The share of images, from 0 to 1, that `net` recognises."""
    metric = Accumulator(2)  # images recognised, images
    with tg.no_grad():
        for images, y in batches:
            metric.add(correct(net(images), y), len(y))
    return metric[0] / metric[1]


# ----------------------------------------------------------------------------------------- training


def train_epoch(net: Net, batches: DataLoader, lr: float) -> float:
    """Learn from every image once; the mean loss on the way."""
    metric = Accumulator(2)  # losses, images
    for images, y in batches:
        losses = cross_entropy(net(images), y)
        losses.mean().backward()
        sgd([net.W, net.b], lr)
        metric.add(losses.sum().item(), len(y))
    return metric[0] / metric[1]


def where_the_formula_fails() -> None:
    """Compare `cross_entropy` with nn.CrossEntropyLoss for two scores, the first the true class.

    From a score of 89 on exp() is infinite in float32. One infinity below the fraction makes a
    probability of 0, the logarithm of which is minus infinity; one above it as well makes nan. A
    single nan in a batch makes all weights nan, for good. nn.CrossEntropyLoss takes the scores
    themselves, and the logarithm of the softmax is a difference: the score less the logarithm of
    the sum of powers, in which exp() only sees scores less the highest. So no score is too high.
    """
    print("\nTwo scores, of which the first is that of the true class:")
    table = common.Table(
        {
            "": {"scores": ">9"},
            "by the formula": {"probability": "11.3g", "loss": "7.3f"},
            "nn.CrossEntropyLoss": {"loss": "7.3f"},
        }
    )
    for row in ([0.0, 1.0], [0.0, 80.0], [0.0, 100.0], [100.0, 0.0]):
        scores, y = tg.tensor([row]), tg.tensor([0])
        with np.errstate(all="ignore"):  # NumPy would warn of what is meant to be seen
            y_hat = softmax(scores)
            by_formula = cross_entropy(y_hat, y)
        by_nn = nn.CrossEntropyLoss()(scores, y)
        name = " ".join(f"{score:4.0f}" for score in row)
        table.row(name, y_hat[0, 0].item(), by_formula.item(), by_nn.item())


# -------------------------------------------------------------------------------------- the picture


LINE = {"fontsize": 13, "fontweight": "normal"}  # of text above a row of images


def picture(net: Net, test: FashionMNIST, history: list[Any], path: Path) -> None:
    """What some test images are taken for, right and wrong, and how the training went."""
    plt = common.pyplot()
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    figure.suptitle(
        f"Softmax regression on Fashion-MNIST: {100 * history[-1][2]:.1f} % recognised "
        f"after {len(history)} epochs"
    )
    first, mistakes, bottom = figure.subfigures(3, 1, height_ratios=[1, 1, 1.6], hspace=0.03)
    with tg.no_grad():
        images, labels = common.whole(test, net.W.device)
        probabilities, predicted = (values.tolist() for values in net(images).max(dim=1))
    taken_for = list(zip(labels.tolist(), predicted, probabilities))
    first.suptitle("The first test image of each class, and what it is taken for", **LINE)
    plot_images(first, test, taken_for, only_mistakes=False)
    mistakes.suptitle("The first of each class that is taken for another", **LINE)
    plot_images(mistakes, test, taken_for, only_mistakes=True)
    plot_history(bottom.subplots(1, 2), history)
    common.save_picture(figure, path)


def plot_images(figure: Any, test: FashionMNIST, taken_for: list[Any], only_mistakes: bool) -> None:
    for wanted, axes in enumerate(figure.subplots(1, 10)):
        axes.set(xticks=[], yticks=[], title=test.classes[wanted], frame_on=False)
        for i, (label, predicted, probability) in enumerate(taken_for):
            if label == wanted and not (only_mistakes and predicted == label):
                axes.imshow(test.data[i].numpy(), cmap="gray_r")
                mark, color = ("✓", "C0") if predicted == label else ("✗", "C1")
                axes.set_xlabel(
                    f"{mark} {test.classes[predicted]}\n{100 * probability:.0f} %",
                    color=color,
                    fontsize=11,
                )
                break


def plot_history(panels: Any, history: list[Any]) -> None:
    losses, train, test = zip(*history)
    epochs = range(1, len(history) + 1)
    panels[0].plot(epochs, losses, "o-")
    panels[0].set(title="Training loss, the mean over each epoch", ylabel="cross-entropy")
    panels[1].plot(epochs, train, "o-", label="training images")
    panels[1].plot(epochs, test, "s-", label="test images")
    panels[1].set(title="Accuracy after each epoch", ylabel="share recognised")
    panels[1].legend()
    for axes in panels:
        axes.set(xlabel="epoch", xlim=(0.5, len(history) + 0.5))
        axes.xaxis.get_major_locator().set_params(integer=True)


# --------------------------------------------------------------------------------- the command line


def parse() -> Any:
    options = common.parser(__doc__, data="FashionMNIST")
    options.add_argument("--download", action="store_true", help="fetch what --data lacks")
    options.add_argument("--epochs", type=common.positive_int, default=10, help="over all images")
    options.add_argument("--batch-size", type=common.positive_int, default=256, help="images")
    options.add_argument("--lr", type=common.rate, default=0.1, help="learning rate")
    args = options.parse_args()
    common.check_picture(args.plot)
    return args


def load(args: Any, train: bool) -> FashionMNIST:
    package = "On Debian and Ubuntu they are a package: apt install dataset-fashion-mnist"
    options = {"train": train, "transform": ToTensor(), "download": args.download}
    dataset: FashionMNIST = common.load_or_fail(FashionMNIST, args.data, package, **options)
    return dataset


def say_if_elsewhere(folder: Path) -> None:
    """Whoever names a folder is told which files it lacks, and that others were taken for them."""
    there = {path.name.removesuffix(".gz") for path in folder.glob("*ubyte*") if path.is_file()}
    if absent := sorted({file.name for file in FILES} - there):
        named = ", ".join(absent) if there else "all files"
        common.say(f"Not in {folder}, but of the system's package: {named}")


def main() -> None:
    args = parse()
    device = common.device_or_fail(args.device)
    train, test = load(args, train=True), load(args, train=False)
    if args.data != common.DATA:
        say_if_elsewhere(Path(train.raw_folder))
    common.check_batch_size(args.batch_size, train)
    tg.manual_seed(args.seed)
    net = Net(device)
    train_batches = DataLoader(common.resident(train, device), args.batch_size, shuffle=True)
    test_batches = DataLoader(common.resident(test, device), args.batch_size)

    print(f"Softmax regression on Fashion-MNIST, on the {device}, seed {args.seed}")
    table = common.Table(
        {"": {"epoch": "d", "loss": "6.4f"}, "accuracy": {"training": "6.4f", "test": "6.4f"}}
    )
    history = []
    for epoch in range(1, args.epochs + 1):
        loss = train_epoch(net, train_batches, args.lr)
        history.append(
            (loss, evaluate_accuracy(net, train_batches), evaluate_accuracy(net, test_batches))
        )
        table.row(epoch, *history[-1])

    where_the_formula_fails()
    if args.plot:
        picture(net, test, history, args.plot)
        print(f"Picture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
