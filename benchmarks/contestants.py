"""Who takes part: a training step of the same network by tinygrad_lr, by hand, and by PyTorch.

Every contestant is made of starting weights, a learning rate and its own endless batches. Calling
it does one whole step and returns the loss before it; `weights()` are its weights now. Two weights
make softmax regression (784-10), four a network with one sigmoid layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import repeat
from types import ModuleType
from typing import Any

import numpy as np

import tinygrad_lr as tg
from benchmarks import by_hand
from benchmarks.report import Options
from tinygrad_lr import cuda, jit, nn, optim
from tinygrad_lr.device import library, move

OURS, TORCH = "tinygrad_lr", "PyTorch eager"
OURS_TRACED = "tinygrad_lr, traced"  # jit.trace
OURS_CAPTURED, TORCH_CAPTURED = "tinygrad_lr, captured", "PyTorch, captured"  # CUDA graphs
AT_ONCE = 50  # steps in a launch, as in examples/common.py
OURS_AT_ONCE = f"{OURS_CAPTURED}, {AT_ONCE} a launch"
HAND, HAND_UINT8 = "by hand", "by hand, uint8 images"  # the first holds images as float32

Weights = list[np.ndarray]
Batches = Iterator[Any]  # of pairs: images and labels, in the arrays or tensors of the contestant
Wrap = Callable[[Callable[..., Any]], Callable[..., Any]]


def network(nn: Any, weights: Weights) -> Any:
    """The model that `weights` fit, from either library's `nn`: the same line of code for both."""
    layers = [nn.Linear(w.shape[1], w.shape[0]) for w in weights[::2]]
    return nn.Sequential(layers[0], nn.Sigmoid(), layers[1]) if layers[1:] else layers[0]


class OurStep:
    """Through the public API and nothing else. `wrap` may make something faster of the step."""

    def __init__(
        self, weights: Weights, lr: float, batches: Batches, device: str, wrap: Wrap | None = None
    ) -> None:
        self.model = network(nn, weights)
        with tg.no_grad():
            for parameter, value in zip(self.model.parameters(), weights, strict=True):
                parameter.copy_(tg.from_numpy(value))
        self.model.to(device)
        self.criterion = nn.CrossEntropyLoss()
        self.optimizer = optim.SGD(self.model.parameters(), lr=lr)
        self.batches = batches
        self.step = wrap(self.train) if wrap else self.train

    def train(self, images: Any, labels: Any) -> Any:
        loss = self.criterion(self.model(images.view(-1, 784)), labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def __call__(self) -> Any:
        return self.step(*next(self.batches))

    def weights(self) -> Weights:
        return [parameter.detach().cpu().numpy() for parameter in self.model.parameters()]


def of_each_size(capture: Wrap) -> Wrap:
    """A captured step for each length of batch, since the last one of an epoch is shorter."""

    def wrap(step: Callable[..., Any]) -> Callable[..., Any]:
        usual, others = capture(step), {}

        def of_its_size(images: Any, labels: Any) -> Any:
            try:
                return usual(images, labels)
            except tg.ShapeError:
                if len(labels) not in others:
                    others[len(labels)] = capture(step)
                return others[len(labels)](images, labels)

        return of_its_size

    return wrap


def several(train: Callable[..., Any], batch: int) -> Callable[..., Any]:
    """A step that is several: one for each `batch` of what it is given."""

    def steps(images: Any, labels: Any) -> Any:
        losses = tg.zeros(len(labels) // batch, device="gpu")
        for i in range(len(losses)):
            rows = slice(i * batch, (i + 1) * batch)
            losses[i] = train(images[rows], labels[rows])
        return losses

    return steps


class OurSteps(OurStep):
    """AT_ONCE of our steps captured together. A call is a step, and every AT_ONCE-th does them all.

    Its batches are AT_ONCE times as large as everyone's. What is left over at the end of an epoch
    is done by captured steps of their own.
    """

    def __init__(
        self, weights: Weights, lr: float, batches: Batches, device: str, batch: int
    ) -> None:
        super().__init__(weights, lr, batches, device)
        self.batch = batch
        self.all_at_once = cuda.graph(several(self.train, batch))
        self.one = of_each_size(cuda.graph)(self.train)
        self.done: Iterator[Any] = iter(())

    def __call__(self) -> Any:
        loss = next(self.done, None)
        if loss is None:
            self.done = self.losses(*next(self.batches))
            loss = next(self.done)
        return loss

    def losses(self, images: Any, labels: Any) -> Iterator[Any]:
        if len(labels) == AT_ONCE * self.batch:
            losses = self.all_at_once(images, labels)
            yield from (Late(losses, i) for i in range(AT_ONCE))
        else:
            for i in range(0, len(labels), self.batch):
                yield self.one(images[i : i + self.batch], labels[i : i + self.batch])


class Late:
    """An element of a Tensor that is only looked for if somebody wants the number."""

    def __init__(self, losses: Any, i: int) -> None:
        self.losses, self.i = losses, i

    def item(self) -> float:
        return self.losses[self.i].item()


class HandStep:
    """In plain NumPy, or plain CuPy."""

    def __init__(self, weights: Weights, lr: float, batches: Batches, xp: Any) -> None:
        self.parameters = [xp.array(w) for w in weights]
        self.step = by_hand.logreg_step if len(weights) == 2 else by_hand.fnn_step
        self.lr, self.batches, self.xp = lr, batches, xp

    def __call__(self) -> Any:
        images, labels = next(self.batches)
        return self.step(self.parameters, images, labels, self.lr, self.xp)

    def weights(self) -> Weights:
        return [np.array(move(w, "cpu")) for w in self.parameters]


class TorchStep:
    """PyTorch eager, by the very step of `tests/reference.py` that the tests have checked."""

    def __init__(
        self, reference: ModuleType, weights: Weights, lr: float, batches: Batches, device: str
    ) -> None:
        self.reference, self.batches = reference, batches
        self.model = network(reference.nn, weights)
        reference.set_weights(self.model, weights)
        self.model.to(torch_device(device))
        self.criterion = reference.nn.CrossEntropyLoss()
        self.optimizer = reference.torch.optim.SGD(self.model.parameters(), lr=lr)

    def train(self, images: Any, labels: Any) -> Any:
        return self.reference.step(self.model, self.criterion, self.optimizer, images, labels)

    def __call__(self) -> Any:
        return self.train(*next(self.batches))

    def weights(self) -> Weights:
        return self.reference.get_weights(deepcopy(self.model).cpu())  # cpu() moves in place


class TorchCaptured(TorchStep):
    """PyTorch with its step captured in a CUDA graph, one for each length of batch.

    By the recipe of PyTorch's notes on CUDA graphs.
    """

    def __init__(
        self, reference: ModuleType, weights: Weights, lr: float, batches: Batches, device: str
    ) -> None:
        super().__init__(reference, weights, lr, batches, device)
        self.graphs: dict[int, tuple[Any, Any, Any, Any]] = {}

    def __call__(self) -> Any:
        images, labels = next(self.batches)
        if len(labels) not in self.graphs:
            self.graphs[len(labels)] = self._capture(images.clone(), labels.clone())
        graph, graph_images, graph_labels, loss = self.graphs[len(labels)]
        graph_images.copy_(images)
        graph_labels.copy_(labels)
        graph.replay()
        return loss

    def _capture(self, images: Any, labels: Any) -> tuple[Any, Any, Any, Any]:
        torch = self.reference.torch
        before = [parameter.detach().clone() for parameter in self.model.parameters()]
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # warm up, off the stream that will be captured
            for _ in range(3):
                self.train(images, labels)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            loss = self.train(images, labels).detach()  # its graph would tie up the parameters
        with torch.no_grad():  # warming up has trained: take that back
            for parameter, value in zip(self.model.parameters(), before, strict=True):
                parameter.copy_(value)
        return graph, images, labels, loss


def torch_device(device: str) -> str:
    """What PyTorch calls our device."""
    return "cpu" if device == "cpu" else "cuda"


def torch_works_on(reference: ModuleType, device: str) -> bool:
    """PyTorch may be built for the CPU alone."""
    return device == "cpu" or bool(reference.torch.cuda.is_available())


# -- all of them -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """The same batches three times: each of these makes an endless iterator over them."""

    tensors: Callable[[], Batches]  # ours
    many: Callable[[], Batches] | None  # ours, AT_ONCE batches in each
    arrays: Callable[[], Batches]  # of NumPy, or of CuPy
    torch_tensors: Callable[[], Batches]


def entrants(
    weights: Weights, lr: float, source: Source, options: Options, batch: int = 0
) -> dict[str, Callable[[], Any]]:
    """What makes everyone who can take part on this machine. A further contestant is a line here.

    By hand comes first: it is what the others are measured by.
    """
    device, reference = options.device, options.reference
    name, capture = (OURS_TRACED, jit.trace) if device == "cpu" else (OURS_CAPTURED, cuda.graph)
    makers: dict[str, Callable[[], Any]] = {
        HAND: lambda: HandStep(weights, lr, source.arrays(), library(device)),
        OURS: lambda: OurStep(weights, lr, source.tensors(), device),
        name: lambda: OurStep(weights, lr, source.tensors(), device, of_each_size(capture)),
    }
    if device == "gpu" and source.many is not None:
        many = source.many
        makers[OURS_AT_ONCE] = lambda: OurSteps(weights, lr, many(), device, batch)
    if reference is not None and torch_works_on(reference, device):
        tensors = source.torch_tensors
        makers[TORCH] = lambda: TorchStep(reference, weights, lr, tensors(), device)
        if device == "gpu":
            makers[TORCH_CAPTURED] = lambda: TorchCaptured(
                reference, weights, lr, tensors(), device
            )
    return makers


def enter(
    weights: Weights, lr: float, source: Source, options: Options, batch: int = 0
) -> dict[str, Any]:
    """Everyone who can take part on this machine."""
    makers = entrants(weights, lr, source, options, batch)
    return {name: make() for name, make in makers.items()}


def still(size: int, options: Options) -> Source:
    """One random batch, again and again: no gathering, so that only the arithmetic is timed."""
    rng = np.random.default_rng(size)
    images = rng.random((size, by_hand.PIXELS), np.float32)
    labels = rng.integers(0, by_hand.CLASSES, size)
    xp = library(options.device)

    def torch_tensors() -> Batches:
        assert options.reference is not None
        torch, device = options.reference.torch, torch_device(options.device)
        return repeat([torch.from_numpy(array).to(device) for array in (images, labels)])

    return Source(
        lambda: repeat([tg.from_numpy(array).to(options.device) for array in (images, labels)]),
        None,
        lambda: repeat([xp.asarray(images), xp.asarray(labels)]),
        torch_tensors,
    )


# -- the same work? --------------------------------------------------------------------------------

TOLERANCE = 1e-4


Outcome = tuple[list[float], Weights]  # the losses of some steps, and the weights after them


def check_same_work(title: str, contestants: dict[str, Any], steps: int) -> str:
    """Let everyone train for `steps` steps, and `agree`."""
    return agree(
        title,
        {
            name: ([step().item() for _ in range(steps)], step.weights())
            for name, step in contestants.items()
        },
    )


def agree(title: str, outcomes: dict[str, Outcome]) -> str:
    """How well they do; raises SystemExit, in words, if anyone does other work than by hand.

    A contestant that does less work is not faster.
    """
    steps, worst = len(outcomes[HAND][0]), 0.0
    for name, outcome in outcomes.items():
        largest = apart(outcome, outcomes[HAND])
        if not largest <= TOLERANCE:  # written so that NaN fails too
            raise SystemExit(
                f"{title}: after {steps} steps on the same batches, {name!r} is {largest:.2g} away "
                f"from {HAND!r} in its losses or weights (allowed: {TOLERANCE:g}). They do not do "
                "the same work, so nothing was timed."
            )
        worst = max(worst, largest)
    return f"same work: losses and weights of {steps} steps agree within {worst:.1e}"


def apart(outcome: Outcome, expected: Outcome) -> float:
    """The largest difference in losses or weights; nan if any is none."""
    got, wanted = ([np.asarray(losses), *weights] for losses, weights in (outcome, expected))
    return float(np.max([np.abs(a - b).max() for a, b in zip(got, wanted, strict=True)]))
