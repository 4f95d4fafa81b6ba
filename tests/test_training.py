"""Whole training runs on the real MNIST, against PyTorch from the same weights on the same batches.

A mistake too small for any other test to notice, in a gradient, a step or the order of the two, has
thousands of steps here to grow in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import reference

import tinygrad_lr
from tinygrad_lr import nn
from tinygrad_lr.datasets import MNIST
from tinygrad_lr.optim import SGD
from tinygrad_lr.transforms import ToTensor
from tinygrad_lr.utils.data import DataLoader, Subset, TensorDataset

ROOT = Path(__file__).parent.parent / "examples" / "data"

Batch = tuple[np.ndarray, np.ndarray]


def logreg() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 10))


def fnn() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10))


MODELS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "logreg": (logreg, reference.torch_logreg),
    "fnn": (fnn, reference.torch_fnn),
}


@pytest.fixture(scope="module")
def mnist() -> Batch:
    """The training images as float32 (60000, 784) in 0 to 1, and their labels."""
    dataset = MNIST(str(ROOT), train=True)
    images = ToTensor().batch(dataset.data).reshape(-1, 784)
    return images.numpy(), dataset.targets.numpy()


def batches(mnist: Batch, size: int, count: int, dtype: str = "float32") -> Iterator[Batch]:
    """`count` batches, in a new fixed order each time through the data."""
    images, labels = mnist
    rng = np.random.default_rng(7)
    while True:
        order = rng.permutation(len(labels))
        for start in range(0, len(order), size):
            if not count:
                return
            count -= 1
            index = order[start : start + size]
            yield np.asarray(images[index], dtype), labels[index]


weights = reference.get_weights  # of a model of either library


def step(model: Any, optimizer: SGD, images: Any, labels: Any) -> float:
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def train(model: Any, given: Any, lr: float, **sgd: Any) -> list[float]:
    """As `reference.train`: one step per batch, the losses before each."""
    optimizer = SGD(model.parameters(), lr=lr, **sgd)
    wrap = tinygrad_lr.from_numpy
    return [step(model, optimizer, wrap(images), wrap(labels)) for images, labels in given]


def both(
    mnist: Batch, kind: str, size: int, count: int, lr: float, dtype: str = "float32", **sgd: Any
) -> tuple[list[float], list[float], list[np.ndarray], list[np.ndarray]]:
    """The losses and the final weights here, and PyTorch's."""
    tinygrad_lr.manual_seed(11)
    make, make_theirs = MODELS[kind]
    mine, theirs = make().to(dtype), make_theirs()
    theirs = theirs.double() if dtype == "float64" else theirs
    reference.set_weights(theirs, weights(mine))
    losses = train(mine, batches(mnist, size, count, dtype), lr, **sgd)
    their_losses = reference.train(theirs, batches(mnist, size, count, dtype), lr, **sgd)
    return losses, their_losses, weights(mine), reference.get_weights(theirs)


FULL_RUNS = [
    pytest.param("logreg", 100, 3000, 0.001, {}, id="document-001", marks=pytest.mark.thorough),
    pytest.param("logreg", 100, 500, 0.005, {}, id="document-001-in-longer-steps"),
    pytest.param("fnn", 128, 500, 0.1, {}, id="sigmoid-network"),
    pytest.param(
        "fnn",
        64,
        200,
        0.05,
        {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-4},
        id="sigmoid-network-with-momentum",
    ),
]


@pytest.mark.parametrize(("kind", "size", "count", "lr", "sgd"), FULL_RUNS)
def test_every_loss_and_the_final_weights_are_pytorch_s(
    mnist: Batch, kind: str, size: int, count: int, lr: float, sgd: dict[str, Any]
) -> None:
    losses, their_losses, mine, theirs = both(mnist, kind, size, count, lr, **sgd)
    assert len(losses) == len(their_losses) == count
    np.testing.assert_allclose(losses, their_losses, rtol=0, atol=1e-4)
    assert np.mean(losses[-50:]) < 0.6 * losses[0]  # it did learn something
    for our, their in zip(mine, theirs, strict=True):
        assert our.dtype == their.dtype == np.float32
        np.testing.assert_allclose(our, their, rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", MODELS)
def test_in_float64_the_runs_agree_to_the_last_digits(mnist: Batch, kind: str) -> None:
    losses, their_losses, mine, theirs = both(
        mnist, kind, 50, 40, 0.1, "float64", momentum=0.9, weight_decay=0.01
    )
    np.testing.assert_allclose(losses, their_losses, rtol=0, atol=1e-10)
    for our, their in zip(mine, theirs, strict=True):
        assert our.dtype == their.dtype == np.float64
        np.testing.assert_allclose(our, their, rtol=0, atol=1e-10)


class Run:
    """A seeded training through the package's own data sets, loaders and checkpoints."""

    def __init__(self, mnist: Batch, seed: int) -> None:
        tinygrad_lr.manual_seed(seed)
        self.model = fnn()
        self.optimizer = SGD(self.model.parameters(), lr=0.1, momentum=0.9)
        wrap = tinygrad_lr.from_numpy
        self.loader = DataLoader(
            TensorDataset(wrap(mnist[0][:2000]), wrap(mnist[1][:2000])), 100, shuffle=True
        )

    def steps(self, count: int) -> list[float]:
        losses: list[float] = []
        while len(losses) < count:
            for images, labels in self.loader:
                losses.append(step(self.model, self.optimizer, images, labels))
                if len(losses) == count:
                    break
        return losses

    def state(self) -> dict[str, Any]:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "loader": self.loader.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.loader.load_state_dict(state["loader"])


def test_the_same_seed_gives_bitwise_the_same_training(mnist: Batch) -> None:
    def trained(seed: int) -> tuple[list[float], list[bytes]]:
        run = Run(mnist, seed)
        return run.steps(50), [array.tobytes() for array in weights(run.model)]

    first, again, other = trained(1), trained(1), trained(2)
    assert first == again
    assert first[0] != other[0]


@pytest.mark.parametrize("stop", [1, 7, 20, 33])
def test_a_training_that_was_stopped_goes_on_bitwise_the_same(
    mnist: Batch, stop: int, tmp_path: Path
) -> None:
    """Stopped in the first epoch, at the end of it (20 batches), and in the second."""
    whole = Run(mnist, 1)
    wanted = whole.steps(45)
    stopped = Run(mnist, 1)
    assert stopped.steps(stop) == wanted[:stop]
    tinygrad_lr.save(stopped.state(), tmp_path / "checkpoint")

    resumed = Run(mnist, 99)
    resumed.load(tinygrad_lr.load(tmp_path / "checkpoint"))
    assert resumed.steps(45 - stop) == wanted[stop:]
    for mine, other in zip(weights(resumed.model), weights(whole.model), strict=True):
        assert mine.tobytes() == other.tobytes()


def test_images_from_the_data_set_class_train_as_the_arrays_do(mnist: Batch) -> None:
    """MNIST with a transform, a Subset and a DataLoader give the very batches of the arrays."""
    dataset = Subset(MNIST(str(ROOT), train=True, transform=ToTensor()), range(1000))
    loader = DataLoader(dataset, 128)
    first = [(mnist[0][i : i + 128], mnist[1][i : i + 128]) for i in range(0, 896, 128)]
    first.append((mnist[0][896:1000], mnist[1][896:1000]))
    results = []
    for given in ([(x.reshape(-1, 784).numpy(), y.numpy()) for x, y in loader], first):
        tinygrad_lr.manual_seed(0)
        model = fnn()
        results.append((train(model, given, 0.1), [a.tobytes() for a in weights(model)]))
    assert results[0] == results[1]


def test_evaluating_between_steps_changes_nothing(mnist: Batch) -> None:
    def trained(evaluate: bool) -> list[bytes]:
        run = Run(mnist, 1)
        for _ in range(3):
            run.steps(20)
            if evaluate:
                run.model.eval()
                with tinygrad_lr.no_grad():
                    for images, labels in DataLoader(run.loader.dataset, 500):
                        correct = (run.model(images).argmax(1) == labels).sum().item()
                        assert 0 <= correct <= 500
                run.model.train()
        return [array.tobytes() for array in weights(run.model)]

    assert trained(True) == trained(False)


def test_the_gradients_of_a_batch_are_the_mean_over_its_samples(mnist: Batch) -> None:
    images, labels = mnist
    tinygrad_lr.manual_seed(5)
    model = fnn().double()
    gradients: list[Any] = []
    for given in [slice(0, 20), *(slice(i, i + 1) for i in range(20))]:
        model.zero_grad()
        x = tinygrad_lr.from_numpy(images[given].astype(np.float64))
        nn.functional.cross_entropy(model(x), tinygrad_lr.from_numpy(labels[given])).backward()
        gradients.append([parameter.grad.numpy().copy() for parameter in model.parameters()])
    for whole, *single in zip(*gradients, strict=True):
        np.testing.assert_allclose(whole, np.mean(single, axis=0), 1e-9, 1e-12)
