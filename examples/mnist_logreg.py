"""Logistic regression on MNIST: document 001 ("Logistic Regression with PyTorch") as a program.

    python examples/mnist_logreg.py
    python examples/mnist_logreg.py --device gpu
    python examples/mnist_logreg.py --plot logreg.png --save logreg.safetensors
    python examples/mnist_logreg.py --document 000
    mpiexec -n 4 python examples/mnist_logreg.py --parallel

One linear layer from 784 pixels to 10 digits, trained by SGD on 3000 batches of 100 images, and
every 500 iterations its accuracy on the 10,000 test images beside the figures that the document
prints.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import common
import ranks

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.transforms import ToTensor


class Document(NamedTuple):
    """How a document trains, and what it prints: iteration -> (loss, accuracy in percent)."""

    iterations: int
    shuffle: bool
    header: str
    printed: dict[str, dict[int, tuple[float, float]]]


DOCUMENTS = {
    "001": Document(
        iterations=3000,
        shuffle=True,
        header="""\
                                  document 001 prints
                                on its CPU         on its GPU
iteration   loss  accuracy    loss  accuracy    loss  accuracy""",
        printed={
            "document 001, its CPU": {
                500: (1.8762, 64.44),
                1000: (1.5154, 75.68),
                1500: (1.3521, 78.98),
                2000: (1.2137, 80.95),
                2500: (1.0935, 81.97),
                3000: (1.0241, 82.49),
            },
            "document 001, its GPU": {
                500: (1.8571, 68.99),
                1000: (1.5416, 75.86),
                1500: (1.2755, 78.92),
                2000: (1.2469, 80.72),
                2500: (1.0709, 81.73),
                3000: (1.0359, 82.74),
            },
        },
    ),
    # Document 000 takes the images in their order, and prints a loss of 0.65 after 500 iterations.
    # At this learning rate that is no fresh model: its training cell had been run before. The same
    # 100 images come back every 600 iterations, so its losses, up and down with how hard they are,
    # show which pass it was: they are those of iterations 12,500 to 15,000.
    "000": Document(
        iterations=15000,
        shuffle=False,
        header="""\
                             document 000 prints
                            for its 500 to 3000
iteration   loss  accuracy    loss  accuracy""",
        printed={
            "document 000": {
                12500: (0.6537, 87.59),
                13000: (0.6381, 87.74),
                13500: (0.7385, 87.81),
                14000: (0.5727, 87.76),
                14500: (0.4045, 87.95),
                15000: (0.5784, 88.01),
            },
        },
    ),
}
PRINT_EVERY = 500


class LogisticRegression(nn.Module):
    """Ten scores, each a weighted sum of the pixels: the softmax is part of the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(28 * 28, 10)

    def forward(self, images: Any) -> Any:
        return self.linear(images.view(-1, 28 * 28))


class Training:
    """Everything that training changes, and that a checkpoint therefore holds."""

    def __init__(self, args: Any, device: Any) -> None:
        tg.manual_seed(args.seed)
        train = common.load_or_fail(MNIST, args.data, train=True, transform=ToTensor())
        test = common.load_or_fail(MNIST, args.data, train=False, transform=ToTensor())
        common.check_batch_size(args.batch_size, train)
        self.steps = common.Steps(
            self.step,
            train,
            device,
            batch_size=args.batch_size,
            shuffle=DOCUMENTS[args.document].shuffle,
            generator=tg.Generator().manual_seed(args.seed),
        )
        self.test_images, self.test_labels = common.whole(test, device)
        self.model = LogisticRegression().to(device)
        self.trained = self.model  # by all ranks, if there are others: see meet()
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = optim.SGD(self.model.parameters(), lr=args.lr)
        self.iteration = 0
        self.losses: list[float] = []
        self.accuracies: list[float] = []  # every PRINT_EVERY iterations

    def meet(self, args: Any, device: Any) -> None:
        """Go on together with the other ranks."""
        common.meet(args, device)
        self.trained = ranks.wrapped(self.model)

    def step(self, images: Any, labels: Any) -> Any:
        """One iteration, the five lines it is all about."""
        self.optimizer.zero_grad()
        scores = self.trained(images)
        loss = self.loss(scores, labels)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def accuracy(self) -> Any:
        """Percent of the test images that are recognised: a Tensor, still on the device."""
        with tg.no_grad():
            predicted = self.model(self.test_images).argmax(dim=1)
        return 100 * (predicted == self.test_labels).float().mean()

    def save(self, path: Path, settings: dict[str, Any], until: int) -> None:
        tg.save(
            {
                "program": "mnist_logreg",
                "settings": settings,
                "iteration": self.iteration,
                "until": until,
                "losses": self.losses,
                "accuracies": self.accuracies,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "loader": self.steps.loader.state_dict(),
                "random": tg.random.default_generator.get_state(),
            },
            path,
        )

    def load(self, state: dict[str, Any]) -> None:
        """Take over what `save` wrote. Raises an error if anything is missing, or of other kind."""
        iteration, losses = state["iteration"], state["losses"]
        if type(iteration) is not int or iteration < 0:
            raise ValueError("its iteration is no number of them")
        if not isinstance(losses, list) or len(losses) != iteration:
            raise ValueError("not one loss for each iteration")
        if not all(isinstance(loss, float) for loss in losses):
            raise ValueError("a loss that is no number")
        rows = iteration // PRINT_EVERY
        accuracies = state.get("accuracies", [math.nan] * rows)  # older ones lack it
        if not isinstance(accuracies, list) or len(accuracies) != rows:
            raise ValueError("not one accuracy for each row")
        if not all(isinstance(accuracy, float) for accuracy in accuracies):
            raise ValueError("an accuracy that is no number")
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.steps.loader.load_state_dict(state["loader"])
        tg.random.default_generator.set_state(state["random"])
        self.iteration, self.losses, self.accuracies = iteration, losses, accuracies


# ----------------------------------------------------------------------------------------- training


def train(training: Training, args: Any, progress: common.Progress, stop: Any) -> float:
    """Train up to ``args.iterations`` or until `stop`; the seconds that it took, rows included."""
    seconds, started = 0.0, time.perf_counter()
    pending: list[Any] = []  # losses still on the device: fetched together, once a row
    while training.iteration < args.iterations and not stop.asked:
        to_the_row = PRINT_EVERY - training.iteration % PRINT_EVERY
        losses = training.steps.advance(min(to_the_row, args.iterations - training.iteration))
        pending.append(losses)
        training.iteration += len(losses)
        progress.advance(len(losses))
        is_kept = training.iteration % PRINT_EVERY == 0  # a last row between is printed only
        if is_kept or training.iteration == args.iterations:
            losses = ranks.sum_of(tg.cat(pending))
            *values, accuracy = tg.cat([losses, training.accuracy().reshape(1)]).tolist()
            training.losses += values
            if is_kept:
                training.accuracies.append(accuracy)
            pending.clear()
            seconds += time.perf_counter() - started
            progress.line(row(training, accuracy, DOCUMENTS[args.document]), values[-1])
            if args.save and is_kept and not ranks.rank:
                save_or_warn(training, args)
            started = time.perf_counter()
    if pending:
        training.losses += ranks.sum_of(tg.cat(pending)).tolist()
    return seconds + time.perf_counter() - started


def save_or_warn(training: Training, args: Any) -> None:
    """A checkpoint on the way; if the disk is full, training is worth more than that."""
    try:
        training.save(args.save, settings(args), args.iterations)
    except OSError as error:
        common.say(f"Could not save to {args.save}: {common.reason(error)}; going on")


def row(training: Training, accuracy: float, document: Document) -> str:
    cells = [f"{training.iteration:9d} {training.losses[-1]:6.4f}   {accuracy:5.2f} %"]
    for figures in document.printed.values():
        if training.iteration in figures:
            loss, printed = figures[training.iteration]
            cells.append(f"{loss:6.4f}   {printed:5.2f} %")
    return "  ".join(cells)


def settings(args: Any) -> dict[str, Any]:
    """The options that decide what every iteration computes."""
    return {
        "document": args.document,
        "seed": args.seed,
        "batch_size": args.batch_size,
        "lr": args.lr,
    }


# -------------------------------------------------------------------------------------- the picture


def picture(training: Training, document: Document, path: Path) -> None:
    """How it learnt, what each digit looks for, and the mistakes made with most confidence."""
    plt = common.pyplot()
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    reached = training.accuracy().item()
    figure.suptitle(
        f"Logistic regression on MNIST: {reached:.2f} % recognised "
        f"after {training.iteration} iterations"
    )
    top, bottom = figure.subfigures(2, 1, height_ratios=[1, 1.05], hspace=0.03)
    left, right = bottom.subfigures(1, 2, wspace=0.05)
    plot_training(top.subplots(1, 2), training, reached, document)
    plot_weights(left, training.model.linear.weight.detach().cpu().numpy())
    plot_mistakes(right, training)
    common.save_picture(figure, path)


def plot_training(panels: Any, training: Training, reached: float, document: Document) -> None:
    """Its loss, its accuracy and the one `reached`, beside what the document prints."""
    left, right = panels
    until = training.iteration
    common.plot_losses(left, training.losses)
    points = dict(zip(range(PRINT_EVERY, until + 1, PRINT_EVERY), training.accuracies))
    right.plot(*zip(*(points | {until: reached}).items()), "o-", label="here")
    for (name, figures), marker in zip(document.printed.items(), "sx"):
        losses = {iteration: loss for iteration, (loss, _) in figures.items()}
        accuracies = {iteration: accuracy for iteration, (_, accuracy) in figures.items()}
        common.plot_document(left, name, losses, until, marker)
        common.plot_document(right, name, accuracies, until, marker)
    right.set(xlabel="iteration", ylabel="% recognised", title="Accuracy on the 10,000 test images")
    right.set_xlim(left.get_xlim())
    left.legend(loc="upper right")
    right.legend(loc="lower right")


def plot_weights(figure: Any, weight: Any) -> None:
    figure.suptitle("What each digit looks for: its weights", fontsize=13, fontweight="normal")
    limit = abs(weight).max()
    grid = figure.subplots(2, 5)
    for digit, axes in enumerate(grid.flat):
        image = axes.imshow(weight[digit].reshape(28, 28), cmap="RdBu", vmin=-limit, vmax=limit)
        axes.set_title(str(digit), pad=4)
        axes.axis("off")
    places = {"location": "bottom", "aspect": 40, "shrink": 0.7, "ticks": [-limit, 0, limit]}
    scale = figure.colorbar(image, ax=grid, **places)
    ends = f"{-limit:.2f}, speaks against it", "0", f"{limit:.2f}, speaks for it"
    scale.ax.set_xticklabels(ends, fontsize=11)
    scale.outline.set_visible(False)


def plot_mistakes(figure: Any, training: Training) -> None:
    with tg.no_grad():
        probabilities = training.model(training.test_images).softmax(dim=1)
    confidence, predicted = probabilities.cpu().max(dim=1)
    labels = training.test_labels.cpu()
    mistakes = [i for i, wrong in enumerate((predicted != labels).tolist()) if wrong]
    worst = sorted(mistakes, key=lambda i: -confidence[i].item())[:10]
    title = f"The most confident of {len(mistakes):,} mistakes in {len(labels):,} test images"
    figure.suptitle(title, fontsize=13, fontweight="normal")
    grid = figure.subplots(2, 5).ravel()
    for axes in grid:
        axes.axis("off")  # also those that fewer than ten mistakes leave empty
    for i, axes in zip(worst, grid):
        axes.imshow(training.test_images[i].cpu().numpy().reshape(28, 28), cmap="gray_r")
        axes.set_title(
            f"{labels[i].item()}, taken for {predicted[i].item()}\n"
            f"({100 * confidence[i].item():.0f} % sure)",
            fontsize=10.5,
            pad=4,
        )


# --------------------------------------------------------------------------------- the command line


def parse() -> Any:
    options = common.parser(__doc__)
    options.add_argument(
        "--document",
        choices=list(DOCUMENTS),
        default="001",
        help="whose run: 001, shuffled, 3000 iterations; or 000, not shuffled, 15000",
    )
    options.add_argument(
        "--iterations",
        type=common.natural,
        help="how many in all (default: the document's, or what the checkpoint was to reach)",
    )
    options.add_argument("--batch-size", type=common.positive_int, default=100, help="images")
    options.add_argument("--lr", type=common.rate, default=0.001, help="learning rate")
    options.add_argument("--save", type=Path, metavar="FILE", help="write checkpoints to FILE")
    options.add_argument("--resume", type=Path, metavar="FILE", help="go on from a checkpoint")
    common.add_parallel(options)
    args = options.parse_args()
    if args.iterations is None and not args.resume:
        args.iterations = DOCUMENTS[args.document].iterations
    common.check_picture(args.plot)
    common.check_output(args.save)
    return args


def resume(training: Training, args: Any) -> None:
    """Take over the checkpoint ``args.resume``, or say why it cannot be."""
    name = f"cannot resume: {args.resume}"
    try:
        state = tg.load(args.resume)
    except tg.CheckpointError as error:
        common.fail(f"cannot resume: {error.args[0]}")
    except OSError as error:
        common.fail(f"{name}: {common.reason(error)}")
    if not isinstance(state, dict) or state.get("program") != "mnist_logreg":
        common.fail(f"{name} is not a checkpoint of mnist_logreg.py")
    try:
        made, given = state["settings"], settings(args)
        if [(k, type(v)) for k, v in made.items()] != [(k, type(v)) for k, v in given.items()]:
            raise ValueError("settings of another kind")
        if made != given:
            options = " ".join(f"--{k.replace('_', '-')} {v}" for k, v in made.items())
            common.fail(f"{name} was made with {options}; give the same options")
        training.load(state)
        until = state.get("until", DOCUMENTS[args.document].iterations)  # older ones lack it
        if type(until) is not int:
            raise ValueError("no number of iterations to reach")
        if args.iterations is None:
            args.iterations = until
        already = training.iteration > args.iterations
    except tg.ShapeError as error:
        common.fail(f"{name} is of another model: {common.reason(error)}")
    except (LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        common.fail(f"{name} lacks something, or holds something else ({common.reason(error)})")
    if already:
        common.fail(
            f"{name} has {training.iteration} iterations behind it; give --iterations above that"
        )


def main() -> None:
    args = parse()
    device = common.device_or_fail(args.device)
    training = Training(args, device)
    if args.resume:
        resume(training, args)
    training.meet(args, device)

    print(f"Logistic regression on MNIST, on the {device}, seed {args.seed}")
    print(DOCUMENTS[args.document].header)
    progress = common.Progress(args.iterations, training.iteration)
    if training.losses and training.iteration == args.iterations:  # there is nothing left to do
        last = row(training, training.accuracy().item(), DOCUMENTS[args.document])
        progress.line(last, training.losses[-1])
    with common.Interruption() as stop:
        seconds = train(training, args, progress, stop)
    progress.close()

    if args.save and not ranks.rank:
        with common.writing(args.save):
            training.save(args.save, settings(args), args.iterations)
    if stop.asked:
        kept = f"saved to {args.save}, go on with" if args.save else "nothing saved (--save)"
        common.say(
            f"Interrupted after iteration {training.iteration}: {kept}",
            *([common.this_command("--resume", args.save)] if args.save else []),
        )
        sys.exit(130)

    images = training.steps.images
    speed = f", {images / seconds:,.0f} images a second" if images else ""
    print(
        f"Final accuracy {training.accuracy():.2f} % after {training.iteration} iterations{speed}"
    )
    if training.losses and not math.isfinite(training.losses[-1]):
        print("The loss is no longer a finite number: training diverged; try a smaller --lr")
    if args.plot and not ranks.rank:
        picture(training, DOCUMENTS[args.document], args.plot)
        print(f"Picture saved to {args.plot}")


if __name__ == "__main__":
    common.run(main)
