"""What capture/__init__.py promises: each call does what the step does, bit for bit, or refuses.

`check` makes the same step twice, one of them captured, and calls both with the same arguments
while things change in between. A CaptureError is right too, if it has changed no Tensor; where a
step must be refused, or must not be, that is said. `--device gpu` captures CUDA graphs. The files
test_capture_contract_*.py hold the promise against one kind of step each.
"""

from __future__ import annotations

import os
import random
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from side_by_side import Place

import tinygrad_lr as tg
from tinygrad_lr import effects, nn, optim
from tinygrad_lr.capture import noting
from tinygrad_lr.graph import Node, Value
from tinygrad_lr.jit import CaptureError

CALLS = 6


def tensor(values: Any, **options: Any) -> Any:
    return tg.tensor(values, device=Place.name, **options)


def x_of(i: int) -> Any:
    return tensor(np.arange(3, dtype=np.float32) + np.float32(0.5 * i))


class Things(SimpleNamespace):
    """All that a step uses; its step, and what happens before call number i, are given with it."""

    def __init__(self) -> None:
        tg.manual_seed(1)
        super().__init__(
            w=tensor([1.0, 2.0, 3.0], requires_grad=True),
            v=tensor([4.0, 5.0, 6.0], requires_grad=True),
            u=tensor([7.0, 8.0, 9.0]),
            m=tensor(np.arange(12, dtype=np.float32).reshape(4, 3)),
            a=np.array([0.5, 1.5, 2.5], np.float32),
            model=Halved().to(Place.name),
            kept=[],
        )
        self.optimizer = optim.SGD([self.w], lr=0.25)

    @property
    def group(self) -> Any:
        return self.optimizer.param_groups[0]

    def train(self, x: Any) -> Any:
        self.optimizer.zero_grad()
        loss = (self.w * x).sum()
        loss.backward()
        self.optimizer.step()
        return loss


class Halved(nn.Module):
    """A module that is another one in training."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 3)

    def forward(self, x: Any) -> Any:
        return self.layer(x.view(1, 3)) * (2.0 if self.training else 1.0)


def bits(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return [*map(bits, value)]
    if isinstance(value, dict):
        return {key: bits(part) for key, part in value.items()}
    if isinstance(value, tg.Tensor):
        value = value.detach().cpu().numpy()
    return (value.shape, str(value.dtype), value.tobytes()) if hasattr(value, "dtype") else value


def tensors(things: Things) -> Any:
    """The bits of all Tensors there, and of their gradients."""
    velocities = [t for kept in things.optimizer.state.values() for t in kept.values()]
    there = [t for t in vars(things).values() if isinstance(t, tg.Tensor)]
    there += [*things.model.parameters(), *velocities]
    return [bits(t) for t in there], [bits(t._grad) for t in there], things.model.training


def is_clean() -> bool:
    """Whether nobody is told anything, as always when no step is being captured."""
    unpatched = "array" not in vars(Value) and (Value.wanted, Value._grad) == (False, None)
    unpatched &= (os.urandom, random.Random.seed) == SYSTEM
    return unpatched and effects.listener is None and not noting._turn and Node.pull_back is PULL


PULL, SYSTEM = Node.pull_back, (os.urandom, random.Random.seed)


def nothing(*args: Any) -> None:
    pass


def only(i: int) -> tuple[Any, ...]:
    return (x_of(i),)


def run(
    step: Any, args: Any, between: Any, captured: bool
) -> tuple[list[Any], CaptureError | None]:
    """What each call has returned (or raised) and left behind; and why it was refused, if so."""
    random.seed(1), np.random.seed(1)
    things, found = Things(), []
    call = capture(lambda *x: step(things, *x)) if captured else (lambda *x: step(things, *x))
    for i in range(CALLS):
        between(things, i)
        given = args(things, i) if args is not only else only(i)
        before = tensors(things), bits(list(given))
        try:
            said: Any = bits(call(*given))
        except CaptureError as error:
            assert (tensors(things), bits(list(given))) == before
            assert is_clean()
            return found, error
        except Exception as error:
            said = type(error)
            assert is_clean()
        found.append((said, tensors(things), bits(list(given)), np.geterr(), bits(things.a)))
    return found, None


def check(
    step: Any, args: Any = only, between: Any = nothing, refused: bool | None = False
) -> None:
    """The same, or a refusal: at once (True), never (False), or either (None)."""
    wanted, _ = run(step, args, between, captured=False)
    found, error = run(step, args, between, captured=True)
    assert found == wanted[: len(found)]
    if refused is not None:
        assert (error is not None) is refused, error


on_the_cpu = pytest.mark.skipif("config.getoption('--device') == 'gpu'", reason="it uses arrays")
