"""Other libraries' training steps, each as its own documentation would write it.

The benchmarks time them beside ours, and the tests find that they compute the same. A peer is made
of starting weights (two: 784-10; four: 784-100-10, a sigmoid between), a learning rate, the images
(float32, a row each) and labels, and `rows`: the batches as index arrays, which come round again.
All of it lies ready in the peer's own arrays before its first step. Calling it does one step, or
`at_once` of them, and returns the loss, or losses; `wait()` returns when they are done.

A library is imported when its peer is made: who has none of them can import this file.
"""

from __future__ import annotations

from functools import partial
from itertools import cycle
from typing import Any

import numpy as np

Weights = list[np.ndarray]


class Peer:
    """What they have in common. `self.rows` gives batch after batch, without end."""

    library: str
    at_once = 1

    def __init__(
        self, weights: Weights, lr: float, images: Any, labels: Any, rows: list[np.ndarray]
    ) -> None:
        self.lr = lr
        self.make(weights, images, labels, rows)

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        raise NotImplementedError

    def __call__(self) -> Any:
        raise NotImplementedError

    def wait(self) -> None:
        """Nothing to wait for, where a call returns when its work is done."""

    def weights(self) -> Weights:
        raise NotImplementedError


# -- JAX -------------------------------------------------------------------------------------------


def jax_step(lr: float) -> Any:
    """A step of softmax regression, or of the network: `(params, x, y)` to `(params, loss)`."""
    import jax
    from jax import numpy as jnp

    def predict(params: Any, x: Any) -> Any:
        *hidden, (w, b) = params
        for v, c in hidden:
            x = jax.nn.sigmoid(x @ v.T + c)
        return x @ w.T + b

    def loss(params: Any, x: Any, y: Any) -> Any:
        chances = jax.nn.log_softmax(predict(params, x))
        return -jnp.take_along_axis(chances, y[:, None], axis=1).mean()

    def step(params: Any, x: Any, y: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(params, x, y)
        return jax.tree.map(lambda p, g: p - lr * g, params, grads), value

    return step


class JaxStep(Peer):
    """`jax.jit` of a step, which gathers its batch and writes the new weights over the old."""

    library = "jax"

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        import jax

        step = jax_step(self.lr)

        @partial(jax.jit, donate_argnums=0)
        def gathered(params: Any, images: Any, labels: Any, rows: Any) -> Any:
            return step(params, images[rows], labels[rows])

        put = jax.device_put
        self.step = gathered
        self.data = put(images), put(labels.astype(np.int32))
        self.params = put(list(zip(weights[::2], weights[1::2])))
        self.rows = cycle([put(r.astype(np.int32)) for r in rows])

    def __call__(self) -> Any:
        self.params, loss = self.step(self.params, *self.data, next(self.rows))
        return loss

    def wait(self) -> None:
        import jax

        jax.block_until_ready(self.params)

    def weights(self) -> Weights:
        return [np.array(p) for pair in self.params for p in pair]


class JaxEpoch(JaxStep):
    """`jax.lax.scan` over all batches of an epoch that are whole: one call."""

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        import jax

        super().make(weights, images, labels, rows[:1])
        step = jax_step(self.lr)

        @partial(jax.jit, donate_argnums=0)
        def epoch(params: Any, images: Any, labels: Any, rows: Any) -> Any:
            return jax.lax.scan(lambda p, r: step(p, images[r], labels[r]), params, rows)

        whole = [r for r in rows if len(r) == len(rows[0])]
        self.at_once = min(len(whole), len(images) // len(rows[0]))
        starts = range(0, len(whole) - self.at_once + 1, self.at_once)
        stacked = [np.stack(whole[i : i + self.at_once]).astype(np.int32) for i in starts]
        self.step, self.rows = epoch, cycle(map(jax.device_put, stacked))


# -- PyTorch, compiled -----------------------------------------------------------------------------


class TorchCompiled(Peer):
    """`torch.compile` of loss and gradients; the optimizer's step as it is, `fused`."""

    library = "torch"

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        import torch
        from torch import nn

        layers = [nn.Linear(w.shape[1], w.shape[0]) for w in weights[::2]]
        model: Any = nn.Sequential(layers[0], *(m for n in layers[1:] for m in (nn.Sigmoid(), n)))
        with torch.no_grad():
            for parameter, value in zip(model.parameters(), weights, strict=True):
                parameter.copy_(torch.from_numpy(value))
        criterion = nn.CrossEntropyLoss()

        @torch.compile(dynamic=False)
        def loss_of(images: Any, labels: Any) -> Any:
            return criterion(model(images), labels)

        self.model, self.loss_of = model, loss_of
        self.optimizer = torch.optim.SGD(model.parameters(), lr=self.lr, fused=True)
        self.data = torch.from_numpy(images), torch.from_numpy(labels)
        self.rows = cycle([torch.from_numpy(r) for r in rows])

    def __call__(self) -> Any:
        rows = next(self.rows)
        images, labels = self.data
        loss = self.loss_of(images[rows], labels[rows])
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self) -> Weights:
        return [p.detach().numpy().copy() for p in self.model.parameters()]


# -- on NumPy --------------------------------------------------------------------------------------


class MyGrad(Peer):
    """MyGrad, its guard against writes off, as its documentation advises for speed."""

    library = "mygrad"

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        import mygrad as mg

        mg.turn_memory_guarding_off()
        self.parameters = [mg.tensor(w) for w in weights]
        self.data, self.rows = (images, labels), cycle(rows)

    def __call__(self) -> Any:
        import mygrad as mg
        from mygrad.nnet.activations import sigmoid
        from mygrad.nnet.losses import softmax_crossentropy

        images, labels = self.data
        rows = next(self.rows)
        x, y = images.take(rows, axis=0), labels[rows]
        *hidden, w, b = self.parameters
        if hidden:
            x = sigmoid(mg.matmul(x, hidden[0].T) + hidden[1])
        loss = softmax_crossentropy(mg.matmul(x, w.T) + b, y)
        loss.backward()
        for parameter in self.parameters:
            parameter.data -= self.lr * parameter.grad
        return loss.data

    def weights(self) -> Weights:
        return [p.data.copy() for p in self.parameters]


class Autograd(Peer):
    """HIPS autograd: `value_and_grad` of the loss."""

    library = "autograd"

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        import autograd.numpy as anp
        from autograd import value_and_grad

        def loss(params: Any, x: Any, y: Any) -> Any:
            *hidden, w, b = params
            if hidden:
                x = 1 / (1 + anp.exp(-(anp.dot(x, hidden[0].T) + hidden[1])))
            scores = anp.dot(x, w.T) + b
            scores = scores - anp.max(scores, axis=1, keepdims=True)
            totals = anp.log(anp.sum(anp.exp(scores), axis=1))
            return anp.mean(totals - scores[anp.arange(len(y)), y])

        self.gradient = value_and_grad(loss)
        self.parameters = [w.copy() for w in weights]
        self.data, self.rows = (images, labels), cycle(rows)

    def __call__(self) -> Any:
        images, labels = self.data
        rows = next(self.rows)
        loss, grads = self.gradient(self.parameters, images.take(rows, axis=0), labels[rows])
        for parameter, grad in zip(self.parameters, grads):
            parameter -= self.lr * grad
        return loss

    def weights(self) -> Weights:
        return [w.copy() for w in self.parameters]


# -- tinygrad --------------------------------------------------------------------------------------


class Tinygrad(Peer):
    """tinygrad's `TinyJit` of a step on its CPU backend, one for each length of batch."""

    library = "tinygrad"

    def make(self, weights: Weights, images: Any, labels: Any, rows: list[np.ndarray]) -> None:
        from tinygrad import Context, Tensor, TinyJit
        from tinygrad.nn.optim import SGD

        self.parameters = [Tensor(w).realize() for w in weights]
        optimizer = SGD(self.parameters, lr=self.lr)
        x, y = Tensor(images).realize(), Tensor(labels.astype(np.int32)).realize()

        def step(rows: Any) -> Any:
            with Context(TRAINING=1):
                *hidden, w, b = self.parameters
                out = x[rows]
                if hidden:
                    out = out.linear(hidden[0].T, hidden[1]).sigmoid()
                loss = out.linear(w.T, b).sparse_categorical_crossentropy(y[rows])
                optimizer.zero_grad()
                loss.backward()
                return loss.realize(*optimizer.schedule_step())

        self.steps = {len(r): TinyJit(step) for r in rows}
        self.rows = cycle([Tensor(r.astype(np.int32)).realize() for r in rows])

    def __call__(self) -> Any:
        rows = next(self.rows)
        return self.steps[rows.shape[0]](rows)

    def wait(self) -> None:
        from tinygrad import Device

        Device[Device.DEFAULT].synchronize()

    def weights(self) -> Weights:
        return [p.numpy() for p in self.parameters]


PEERS: dict[str, type[Peer]] = {
    "JAX, jit of a step": JaxStep,
    "JAX, an epoch scanned": JaxEpoch,
    "PyTorch, compile": TorchCompiled,
    "MyGrad": MyGrad,
    "HIPS autograd": Autograd,
    "tinygrad, TinyJit": Tinygrad,
}
