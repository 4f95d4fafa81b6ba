"""The two MNIST training loops by hand in NumPy: what `tinygrad_lr` is measured against.

Nothing here knows about autograd. Every gradient is derived on paper and written out, temporaries
are reused in place, and no array is computed that the update does not need. This is meant to be the
best that plain, readable NumPy can do, so that the ratio in the table is the honest price of the
framework.

`xp` is the array library: `numpy`, or anything with the same functions.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Array = Any  # an array of whichever library `xp` is
Gather = Callable[[Array], tuple[Array, Array]]
TrainStep = Callable[[list[Array], Array, Array, float, Any], Array]

PIXELS, HIDDEN, CLASSES = 784, 100, 10


# -- data --------------------------------------------------------------------------------------


def read_mnist(raw: Path) -> tuple[np.ndarray, np.ndarray]:
    """The training set in `raw`: images uint8 `(60000, 784)`, labels int64 `(60000,)`."""
    # The idx header is 16 bytes for images (magic, count, rows, columns) and 8 for labels.
    images = gzip.decompress((raw / "train-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((raw / "train-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(images, np.uint8, offset=16).reshape(-1, PIXELS),
        np.frombuffer(labels, np.uint8, offset=8).astype(np.int64),
    )


def shuffled_batches(count: int, batch: int, seed: int, xp: Any = np) -> Iterator[Array]:
    """Index batches without end: each epoch a new permutation of `count`, cut into batches."""
    rng = np.random.default_rng(seed)
    while True:
        order = xp.asarray(rng.permutation(count))
        for start in range(0, count, batch):
            yield order[start : start + batch]


def gather_float32(images: Array, labels: Array, xp: Any = np) -> Gather:
    """Batches from images held as float32 in [0, 1]: 188 MB in memory, no arithmetic per batch."""
    scaled = xp.asarray(images, dtype=xp.float32) / 255
    labels = xp.asarray(labels)

    def gather(index: Array) -> tuple[Array, Array]:
        # take() on whole rows is quicker than scaled[index], which goes through general indexing.
        return scaled.take(index, axis=0), labels[index]

    return gather


def gather_uint8(images: Array, labels: Array, xp: Any = np) -> Gather:
    """Batches from images held as uint8, scaled a batch at a time: 47 MB, and a quarter to read."""
    images, labels = xp.asarray(images), xp.asarray(labels)

    def gather(index: Array) -> tuple[Array, Array]:
        batch = images.take(index, axis=0).astype(xp.float32)
        batch /= 255
        return batch, labels[index]

    return gather


# -- models ------------------------------------------------------------------------------------


def logreg_weights(seed: int) -> list[np.ndarray]:
    """`[w (10, 784), b (10,)]` in float32, drawn as `nn.Linear` draws them."""
    return _linear_weights(np.random.default_rng(seed), PIXELS, CLASSES)


def fnn_weights(seed: int, hidden: int = HIDDEN) -> list[np.ndarray]:
    """`[w1 (hidden, 784), b1, w2 (10, hidden), b2]` in float32, drawn as `nn.Linear` does."""
    rng = np.random.default_rng(seed)
    return _linear_weights(rng, PIXELS, hidden) + _linear_weights(rng, hidden, CLASSES)


def _linear_weights(rng: np.random.Generator, inputs: int, outputs: int) -> list[np.ndarray]:
    bound = inputs**-0.5
    return [
        rng.uniform(-bound, bound, (outputs, inputs)).astype(np.float32),
        rng.uniform(-bound, bound, outputs).astype(np.float32),
    ]


def softmax_cross_entropy(scores: Array, labels: Array, xp: Any = np) -> tuple[Array, Array]:
    """The mean loss, and its gradient with respect to `scores` `(B, C)`, whose memory it reuses.

    With `p = softmax(scores)` the loss is `mean(-log p[label])` and the gradient
    `(p - onehot(label)) / B`.
    """
    rows = xp.arange(len(labels))
    scores -= scores.max(axis=1, keepdims=True)
    chosen = scores[rows, labels]  # a copy: `scores` is overwritten below
    grad = xp.exp(scores, out=scores)
    total = grad.sum(axis=1, keepdims=True)
    loss = (xp.log(total[:, 0]) - chosen).mean()
    grad /= total
    grad[rows, labels] -= 1
    grad /= len(labels)
    return loss, grad


def logreg_step(weights: list[Array], x: Array, labels: Array, lr: float, xp: Any = np) -> Array:
    """One SGD step of 784-10 softmax regression, in place. Returns the loss before it."""
    w, b = weights
    scores = x @ w.T
    scores += b
    loss, grad = softmax_cross_entropy(scores, labels, xp)
    _descend(w, grad.T @ x, lr)
    _descend(b, grad.sum(axis=0), lr)
    return loss


def fnn_step(weights: list[Array], x: Array, labels: Array, lr: float, xp: Any = np) -> Array:
    """One SGD step of the 784-100-10 sigmoid network, in place. Returns the loss before it."""
    w1, b1, w2, b2 = weights
    hidden = x @ w1.T
    hidden += b1
    # sigmoid(z) = 1 / (1 + exp(-z)), step by step in the memory of z.
    xp.negative(hidden, out=hidden)
    xp.exp(hidden, out=hidden)
    hidden += 1
    xp.reciprocal(hidden, out=hidden)
    scores = hidden @ w2.T
    scores += b2
    loss, grad = softmax_cross_entropy(scores, labels, xp)
    grad_hidden = grad @ w2  # before w2 moves
    _descend(w2, grad.T @ hidden, lr)
    _descend(b2, grad.sum(axis=0), lr)
    # sigmoid' = s (1 - s) = s - s^2
    grad_hidden *= hidden
    xp.subtract(1, hidden, out=hidden)
    grad_hidden *= hidden
    _descend(w1, grad_hidden.T @ x, lr)
    _descend(b1, grad_hidden.sum(axis=0), lr)
    return loss


def _descend(parameter: Array, grad: Array, lr: float) -> None:
    grad *= lr  # `grad` was made for this update and for nothing else, so its memory is free
    parameter -= grad
