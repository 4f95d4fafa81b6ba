"""A network with one hidden layer on MNIST: document 002 ("Neural network") as a program.

    python examples/mnist_fnn.py
    python examples/mnist_fnn.py --device gpu
    python examples/mnist_fnn.py --plot fnn.png
    mpiexec -n 4 python examples/mnist_fnn.py --parallel

784 pixels, 100 hidden units with a sigmoid, 10 digits; SGD in batches of 128, five times through
the training images. Every 500 iterations the accuracy on the 10,000 test images is printed beside
the document's. Against examples/mnist_logreg.py there is one layer more, and the learning rate is
a hundred times larger.
"""

from __future__ import annotations

from typing import Any

import common
import ranks

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, DistributedSampler

# What document 002 prints: iteration -> (loss, accuracy in percent).
DOCUMENT = {
    500: (0.6436, 86.38),
    1000: (0.5420, 89.31),
    1500: (0.3640, 90.58),
    2000: (0.3902, 91.26),
}
PRINT_EVERY = 500
BATCH = 128


class Network(nn.Module):
    """Pixels to hidden units to scores. Without the sigmoid the two layers would be as one."""

    def __init__(self, pixels: int = 28 * 28, hidden: int = 100, digits: int = 10) -> None:
        super().__init__()
        self.hidden = nn.Linear(pixels, hidden)
        self.sigmoid = nn.Sigmoid()
        self.output = nn.Linear(hidden, digits)

    def forward(self, images: Any) -> Any:
        units = self.sigmoid(self.hidden(images.flatten(1)))
        return self.output(units)


def train(
    model: Network, loader: DataLoader, epochs: int, test: list[Any]
) -> tuple[list[float], dict[int, float]]:
    """Train `model`, printing the table on the way; every batch's loss, every row's accuracy.

    Of several ranks each has its part of a batch, and the loss is the mean of theirs.
    """
    trained = ranks.wrapped(model)
    loss_function = nn.CrossEntropyLoss()
    optimizer = optim.SGD(model.parameters(), lr=0.1)
    table = common.Table(
        {
            "": {"iteration": "d"},
            "here": {"loss": "6.4f", "accuracy": ".2f"},
            "document 002": {"loss": "6.4f", "accuracy": ".2f"},
        }
    )
    accuracies = {}
    losses: list[Any] = []  # they stay on the device, which need not wait for them
    for _ in range(epochs):
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_function(trained(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach() / ranks.size)
            if len(losses) % PRINT_EVERY == 0 or len(losses) == epochs * len(loader):
                document = DOCUMENT.get(len(losses), ())
                loss = ranks.sum_of(losses[-1].clone())
                accuracies[len(losses)] = accuracy(model, *test)
                table.row(len(losses), loss.item(), accuracies[len(losses)], *document)
    return ranks.sum_of(tg.stack(losses)).tolist(), accuracies


@tg.no_grad()
def accuracy(model: Network, images: Any, labels: Any) -> float:
    """Percent of the images that are recognised."""
    right = model(images).argmax(dim=1) == labels
    return 100 * right.sum().item() / len(labels)


def picture(losses: list[float], accuracies: dict[int, float], path: Any) -> None:
    """The loss of every batch, the accuracy at every row, and the document's of both."""
    figure, (left, right) = common.pyplot().subplots(1, 2, figsize=(12, 5), layout="constrained")
    reached = accuracies[len(losses)]
    figure.suptitle(
        f"A hidden layer of 100 sigmoid units on MNIST: {reached:.2f} % recognised "
        f"after {len(losses)} iterations"
    )
    common.plot_losses(left, losses)
    right.plot(*zip(*accuracies.items()), "o-", label="here")
    for axes, figures in zip((left, right), zip(*DOCUMENT.values())):
        points = dict(zip(DOCUMENT, figures))
        common.plot_document(axes, "document 002", points, len(losses), "s")
    right.set(xlabel="iteration", ylabel="% recognised", title="Accuracy on the 10,000 test images")
    right.set_xlim(left.get_xlim())
    left.legend(loc="upper right")
    right.legend(loc="lower right")
    common.save_picture(figure, path)


def main() -> None:
    options = common.parser(__doc__)
    options.add_argument("--epochs", type=common.positive_int, default=5, help="over all images")
    common.add_parallel(options)
    args = options.parse_args()
    common.check_picture(args.plot)
    device = common.device_or_fail(args.device)

    tg.manual_seed(args.seed)
    train_set = common.load_or_fail(MNIST, args.data, train=True, transform=ToTensor())
    test_set = common.load_or_fail(MNIST, args.data, train=False, transform=ToTensor())
    sampler = None
    if args.parallel:  # a part for each rank, in the order that one process would take
        generator = tg.default_generator
        sampler = DistributedSampler(train_set, ranks.size, ranks.rank, generator=generator)
    loader = DataLoader(
        common.resident(train_set, device),
        batch_size=max(BATCH // ranks.size, 1),
        shuffle=sampler is None,
        sampler=sampler,
    )
    test = common.whole(test_set, device)
    model = Network().to(device)
    common.meet(args, device)

    print(f"A hidden layer of 100 sigmoid units on MNIST, on the {device}, seed {args.seed}")
    losses, accuracies = train(model, loader, args.epochs, test)
    print(f"Final accuracy {accuracies[len(losses)]:.2f} % after {len(losses)} iterations")
    if args.plot and not ranks.rank:
        picture(losses, accuracies, args.plot)
        print(f"Picture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
