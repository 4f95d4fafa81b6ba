"""See a backward pass: the walk from a result to its leaves, step by step.

    python examples/see_backward.py
    python examples/see_backward.py --out pages

The walk of ``w * x + b`` is printed as a table. Then four pages are saved, one file each, to be
opened in a browser: that line; a result that is used twice; a bias that is broadcast; and a network
with a hidden layer, on eight digits of MNIST. A slider or the arrow keys go through the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import common

import tinygrad_lr as tg
from tinygrad_lr import nn
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.nn import functional as F
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import Subset

DIGITS = 8
HIDDEN = 16

# ------------------------------------------------------------------------------ what is looked at
#
# What is computed while somebody watches is known by its line; the page shows it.


def line(device: Any, digits: Any) -> Any:
    """w * x + b"""
    with tg.viz.watch():
        x = tg.tensor(3.0, device=device)
        w = tg.tensor(4.0, device=device, requires_grad=True)
        b = tg.tensor(5.0, device=device, requires_grad=True)
        y = w * x + b
    return tg.viz.backward(y)


def diamond(device: Any, digits: Any) -> Any:
    """b = a + a, then b * b: two shares add up"""
    with tg.viz.watch():
        a = tg.tensor(1.0, device=device, requires_grad=True)
        b = a + a
        c = b * b
    return tg.viz.backward(c)


def broadcast(device: Any, digits: Any) -> Any:
    """a bias for three rows: summed back"""
    with tg.viz.watch():
        x = tg.arange(6.0, device=device).reshape(3, 2)
        bias = tg.tensor([0.5, -0.5], device=device, requires_grad=True)
        loss = ((x + bias) ** 2).mean()
    return tg.viz.backward(loss)


def network(device: Any, digits: Any) -> Any:
    """two layers, on eight digits"""
    images, labels = digits
    model = nn.Sequential(nn.Linear(784, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 10)).to(device)
    with tg.viz.watch():
        pixels = images.flatten(1)
        scores = model(pixels)
        loss = F.cross_entropy(scores, labels)
    return tg.viz.backward(loss)


PAGES: dict[str, Callable[[Any, Any], Any]] = {
    "line.html": line,
    "diamond.html": diamond,
    "broadcast.html": broadcast,
    "network.html": network,
}

# -------------------------------------------------------------------------------- the command line


def parse() -> Any:
    options = common.parser(__doc__, plot=False)
    options.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER", help="where to save the pages"
    )
    args = options.parse_args()
    for name in PAGES:
        common.check_output(args.out / name)
    return args


def main() -> None:
    args = parse()
    device = common.device_or_fail(args.device)
    tg.manual_seed(args.seed)
    images = common.load_or_fail(MNIST, args.data, train=False, transform=ToTensor())
    digits = common.whole(Subset(images, range(DIGITS)), device)

    print(f"See a backward pass, on the {device}, seed {args.seed}\n")
    print(line(device, digits))
    print("\nPages, to be opened in a browser")
    for name, look in PAGES.items():
        walk = look(device, digits)
        with common.writing(args.out / name):
            walk.save(args.out / name)
        print(f"{name:<14} {len(walk.steps):>3} steps  {look.__doc__}")
    print(f"Pages saved to {args.out.absolute()}")


if __name__ == "__main__":
    common.run(main)
