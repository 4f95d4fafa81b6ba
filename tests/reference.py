"""PyTorch as the reference: the same models, the same training runs, and the time they take.

This is the one file that PyTorch's numbers come from. The tests check `tinygrad_lr` against `train`
below; the benchmarks time `step` and, from a cold start, this file as a program:

    python -m tests.reference [--iterations 3000] [--raw examples/data/MNIST/raw]

which is the logistic regression of the tutorial (document 001) as people run it, with torchvision's
image-by-image input pipeline.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

RAW = Path(__file__).resolve().parents[1] / "examples" / "data" / "MNIST" / "raw"

Batch = tuple[np.ndarray, np.ndarray]


def describe() -> str:
    """PyTorch's version and number of threads, for a benchmark's heading."""
    return f"{torch.__version__}, {torch.get_num_threads()} threads"


# -- models and training -----------------------------------------------------------------------


def torch_logreg() -> nn.Module:
    """Softmax regression, 784-10. Its parameters, in order: weight `(10, 784)`, bias `(10,)`."""
    return nn.Sequential(nn.Linear(784, 10))


def torch_fnn() -> nn.Module:
    """The sigmoid network 784-100-10. Parameters: `(100, 784)`, `(100,)`, `(10, 100)`, `(10,)`."""
    return nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10))


def set_weights(model: nn.Module, weights: Iterable[np.ndarray]) -> None:
    """Copy `weights` into the parameters of `model`, in their order."""
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), weights, strict=True):
            parameter.copy_(torch.from_numpy(np.array(value)))


def get_weights(model: nn.Module) -> list[np.ndarray]:
    """Copies of the parameters of `model`, in their order."""
    return [parameter.detach().numpy().copy() for parameter in model.parameters()]


def train(model: nn.Module, batches: Iterable[Batch], lr: float, **sgd: Any) -> list[float]:
    """One SGD step per batch of images float32 `(B, 784)` and labels int64 `(B,)`.

    Returns the loss of each batch before its step. `sgd` (momentum, weight_decay ...) goes to
    `torch.optim.SGD`.
    """
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, **sgd)
    criterion = nn.CrossEntropyLoss()
    losses = []
    for images, labels in batches:
        x, y = torch.from_numpy(images), torch.from_numpy(labels)
        loss = step(model, criterion, optimizer, x, y)
        losses.append(loss.item())
    return losses


def step(
    model: nn.Module,
    criterion: nn.Module,
    optimizer: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
) -> torch.Tensor:
    """One full step, for `train` and for the benchmarks: what is checked is what is timed."""
    loss: torch.Tensor = criterion(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss


# -- the tutorial's own program ----------------------------------------------------------------


class ImageByImage(Dataset[tuple[torch.Tensor, int]]):
    """MNIST as `torchvision.datasets.MNIST(transform=ToTensor())` serves it: image by image.

    torchvision itself is not needed; the statements below are the ones it executes.
    """

    def __init__(self, raw: Path, train: bool) -> None:
        prefix = "train" if train else "t10k"
        images = _read_idx(raw / f"{prefix}-images-idx3-ubyte.gz", (-1, 28, 28))
        labels = _read_idx(raw / f"{prefix}-labels-idx1-ubyte.gz", (-1,))
        self.data, self.targets = torch.from_numpy(images), torch.from_numpy(labels).long()

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        image, target = self.data[index], int(self.targets[index])
        return _to_tensor(Image.fromarray(image.numpy())), target


def _to_tensor(picture: Image.Image) -> torch.Tensor:
    """torchvision's `ToTensor` for a grey PIL image: float32 `(1, H, W)` in [0, 1]."""
    image = torch.from_numpy(np.array(picture, np.uint8, copy=True))
    image = image.view(picture.size[1], picture.size[0], len(picture.getbands()))
    image = image.permute((2, 0, 1)).contiguous()
    return image.to(dtype=torch.get_default_dtype()).div(255)


def _read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The uint8 array in a gzipped idx file, whose header is 4 bytes, and 4 per dimension."""
    content = gzip.decompress(path.read_bytes())
    header = 4 + 4 * len(shape)
    return np.frombuffer(bytearray(content), np.uint8, offset=header).reshape(shape)


def document_001_pipeline(
    iterations: int = 3000, batch_size: int = 100, lr: float = 0.001, raw: Path = RAW
) -> Iterator[tuple[int, float, float]]:
    """Document 001 as written: train, and every 500 iterations measure the test accuracy.

    Yields `(iteration, loss, accuracy in percent)` at each of those points.
    """
    train_set, test_set = ImageByImage(raw, train=True), ImageByImage(raw, train=False)
    train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
    test_loader = DataLoader(test_set, batch_size=batch_size, shuffle=False)

    model = nn.Linear(28 * 28, 10)
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    iteration = 0
    while iteration < iterations:
        for images, labels in train_loader:
            # requires_grad_() makes PyTorch compute the gradient of the pixels too. The tutorial
            # asks for it (a relic of Variable), so it is part of what its reader waits for.
            images = images.view(-1, 28 * 28).requires_grad_()
            optimizer.zero_grad()
            outputs = model(images)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()

            iteration += 1
            if iteration % 500 == 0:
                yield iteration, loss.item(), _accuracy(model, test_loader)
            if iteration == iterations:
                return


def _accuracy(model: nn.Module, loader: DataLoader[tuple[torch.Tensor, int]]) -> float:
    correct, total = torch.tensor(0), 0
    for images, labels in loader:
        images = images.view(-1, 28 * 28).requires_grad_()
        outputs = model(images)
        _, predicted = torch.max(outputs.data, 1)
        total += labels.size(0)
        correct += (predicted == labels).sum()
    return 100 * correct.item() / total


def main() -> None:
    parser = argparse.ArgumentParser(description="Document 001 in PyTorch, image by image.")
    parser.add_argument("--iterations", type=int, default=3000)
    parser.add_argument("--raw", type=Path, default=RAW, help="folder of the four idx .gz files")
    options = parser.parse_args()
    for iteration, loss, accuracy in document_001_pipeline(options.iterations, raw=options.raw):
        print(f"Iteration: {iteration}. Loss: {loss}. Accuracy: {accuracy}", flush=True)


if __name__ == "__main__":
    main()
