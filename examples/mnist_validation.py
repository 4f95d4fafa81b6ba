"""Training watched on images it does not see: document 004, part 3, as a program.

    python examples/mnist_validation.py
    python examples/mnist_validation.py --device gpu
    python examples/mnist_validation.py --plot validation.png

Of MNIST's 60,000 training images 10,000 are set aside at random. After each epoch on the others
the loss and the accuracy on these show how it is going; the test images are kept for the end. What
fit() and evaluate() do suits any problem; what is particular to this one are the model's methods.
"""

from __future__ import annotations

from typing import Any

import common

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.nn import functional as F
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, random_split

# What document 004 prints: loss and accuracy on its validation images before it trains, and after
# each epoch; the same on the test images at the end; test image -> the digit it is taken for.
DOCUMENT = [
    (2.3349, 0.1098),
    *[(1.9552, 0.6153), (1.6839, 0.7270), (1.4819, 0.7587), (1.3295, 0.7791), (1.2124, 0.7969)],
    *[(1.1205, 0.8081), (1.0467, 0.8165), (0.9862, 0.8237), (0.9359, 0.8281), (0.8934, 0.8322)],
    *[(0.8569, 0.8371), (0.8254, 0.8393), (0.7977, 0.8420), (0.7733, 0.8447), (0.7515, 0.8470)],
    *[(0.7320, 0.8494), (0.7144, 0.8512), (0.6985, 0.8528), (0.6839, 0.8543), (0.6706, 0.8557)],
]
DOCUMENT_TEST = (0.6425, 0.8608)
DOCUMENT_PREDICTED = {0: 7, 10: 0, 193: 4, 1839: 8}


def accuracy(scores: Any, labels: Any) -> Any:
    """The share of the images whose highest score is the right one."""
    return (scores.argmax(dim=1) == labels).float().mean()


class MnistModel(nn.Module):
    """Logistic regression, and how it is trained, judged and reported on."""

    def __init__(self, table: common.Table) -> None:
        super().__init__()
        self.linear = nn.Linear(28 * 28, 10)
        self.table = table

    def forward(self, images: Any) -> Any:
        return self.linear(images.flatten(1))

    def training_step(self, batch: Any) -> Any:
        """The loss of a batch."""
        images, labels = batch
        return F.cross_entropy(self(images), labels)

    def validation_step(self, batch: Any) -> dict[str, Any]:
        """Loss and accuracy of a batch."""
        images, labels = batch
        scores = self(images)
        return {"val_loss": F.cross_entropy(scores, labels), "val_acc": accuracy(scores, labels)}

    def validation_epoch_end(self, steps: list[dict[str, Any]]) -> dict[str, float]:
        """The means over all batches; the last, smaller one counts like the others."""
        return {name: tg.stack([s[name] for s in steps]).mean().item() for name in steps[0]}

    def epoch_end(self, epoch: int, result: dict[str, float]) -> None:
        document = DOCUMENT[epoch] if epoch < len(DOCUMENT) else ()
        self.table.row(epoch, result["val_loss"], result["val_acc"], *document)


@tg.no_grad()
def evaluate(model: Any, loader: DataLoader) -> dict[str, float]:
    return model.validation_epoch_end([model.validation_step(batch) for batch in loader])


def fit(
    epochs: int, lr: float, model: Any, train: DataLoader, validation: DataLoader, done: int = 0
) -> list[dict[str, float]]:
    """Train for `epochs` more, after `done`; what evaluate() finds after each."""
    optimizer = optim.SGD(model.parameters(), lr)
    history = []
    for epoch in range(done + 1, done + epochs + 1):
        for batch in train:
            model.training_step(batch).backward()
            optimizer.step()
            optimizer.zero_grad()
        history.append(evaluate(model, validation))
        model.epoch_end(epoch, history[-1])
    return history


@tg.no_grad()
def predict_image(image: Any, model: Any) -> int:
    """The digit that one image is taken for: to the model, a batch of one."""
    return model(image.unsqueeze(0)).argmax(dim=1).item()


def show_test(model: MnistModel, test: Any) -> list[tuple[str, Any]]:
    """Print what the document looks at of the test images; those four, each with a title."""
    figures = {"predicted": "d"}
    table = common.Table(
        {"": {"test image": "d", "label": "d"}, "here": figures, "document 004": figures}
    )
    images = []
    for index, document in DOCUMENT_PREDICTED.items():
        image, label = test[index]
        predicted = predict_image(image, model)
        table.row(index, int(label), predicted, document)
        images.append((f"{index}: a {int(label)},\ntaken for a {predicted}", image))
    result = evaluate(model, DataLoader(test, batch_size=256))
    print(f"All test images: loss {result['val_loss']:.4f}, accuracy {result['val_acc']:.4f}")
    print("   document 004: loss {:.4f}, accuracy {:.4f}".format(*DOCUMENT_TEST))
    return images


def picture(history: list[dict[str, float]], images: list[Any], path: Any) -> None:
    figure = common.pyplot().figure(figsize=(11, 5), layout="constrained")
    reached = history[-1]["val_acc"]
    figure.suptitle(
        f"Logistic regression on MNIST, validated: {100 * reached:.2f} % after "
        f"{len(history) - 1} epochs"
    )
    left, right = figure.subfigures(1, 2, width_ratios=[2, 1])
    axes = left.subplots()
    axes.plot([result["val_acc"] for result in history], "o-", label="here")
    points = DOCUMENT[: len(history)]
    printed = [accuracy for _, accuracy in points]
    axes.plot(printed, marker="x", label="document 004", **common.DOCUMENT)
    axes.set(xlabel="epoch", ylabel="share recognised")
    axes.set_title("Accuracy on 10,000 images that it is not trained on")
    axes.set_ylim(0, 1)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.legend(loc="lower right")
    right.suptitle("Four of the test images", fontsize=13, fontweight="normal")
    for (title, image), axes in zip(images, right.subplots(2, 2).flat):
        axes.imshow(image.cpu().numpy().reshape(28, 28), cmap="gray_r")
        axes.set_title(title, fontsize=10)
        axes.axis("off")
    common.save_picture(figure, path)


def main() -> None:
    options = common.parser(__doc__)
    options.add_argument("--epochs", type=common.natural, default=20, help="five to a fit()")
    args = options.parse_args()
    common.check_picture(args.plot)
    device = common.device_or_fail(args.device)

    tg.manual_seed(args.seed)
    dataset, test = (
        common.resident(
            common.load_or_fail(MNIST, args.data, train=train, transform=ToTensor()), device
        )
        for train in (True, False)
    )
    train_part, validation_part = random_split(dataset, [50_000, 10_000])
    train_loader = DataLoader(train_part, batch_size=128, shuffle=True)
    validation_loader = DataLoader(validation_part, batch_size=128)

    print(f"MNIST, 50,000 images to train on, 10,000 to watch, on the {device}, seed {args.seed}")
    figures = {"val_loss": ".4f", "val_acc": ".4f"}
    table = common.Table({"": {"epoch": "d"}, "here": figures, "document 004": figures})
    model = MnistModel(table).to(device)
    history = [evaluate(model, validation_loader)]
    model.epoch_end(0, history[0])
    for done in range(0, args.epochs, 5):
        epochs = min(5, args.epochs - done)
        history += fit(epochs, 0.001, model, train_loader, validation_loader, done)

    print()
    images = show_test(model, test)
    if args.plot:
        picture(history, images, args.plot)
        print(f"Picture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
