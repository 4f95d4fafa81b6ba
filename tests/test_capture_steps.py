"""Random training steps, captured beside the step itself: the same bits, and the same errors.

A step is a few lines over two parameters (w, v), one more tensor (u) and an argument (x). They
train, read and change whatever a training step may; between two calls things change, too. A failure
shrinks to the lines that matter, and its message is those lines.

On the CPU a step is traced; test_device.py runs this on the double of CuPy too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from captured_steps import capture
from hypothesis import event, given, settings
from hypothesis import strategies as st
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import optim
from tinygrad_lr.jit import CaptureError
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.filterwarnings("ignore")  # of NumPy, of SGD when it finds no gradient

# {a} and {b} are values, {p} is a parameter; each of the first kind gives a new value.
VALUES = [
    "{a} * {b}",
    "{a} + 2.0 * {b}",
    "1.0 - {a} / 3",
    "{a}.sigmoid()",
    "{a} ** 2 - {b}",
    "{a}.sum() * {b}",
    "{a}[:2].sum() + {b}",
    "(({a} > 0) == ({b} > 0.5)).float() * {a}",
    "tg.where({a} <= {b}, {a}, 0.25)",
    "tg.stack([{a}, {b}]).mean(0)",
    "{a}.detach()",
    "{a}.view(3, 1).expand(3, 2).sum(1)",
    "F.cross_entropy(tg.stack([{a}, {b}]), labels, ignore_index=2) + {b}",
]
CHANGES = [
    "{a}.sum().backward()",
    "({a} * {b}).sum().backward(retain_graph=True)",
    "optimizer.zero_grad()",
    "optimizer.step()",
    "with tg.no_grad(): {p}.mul_(1.0 - optimizer.param_groups[0]['lr'])",
    "{p}.grad = None",
    "{p}.grad = u.detach()",
    "{p}.grad, kept = None, {p}.grad",
    "{p}.grad = kept",
    "if {p}.grad is not None: {p}.grad.mul_(0.5)",
    "if {p}.grad is not None: {p}.grad = {p}.grad + {a}.detach()",
    "if {p}.grad is not None: {p}.grad.data = {p}.grad.data * 2.0",
    "{p}.data.mul_(0.5)",
    "{p}.data = {p}.data * 0.75 + {a}.detach()",
    "with tg.no_grad(): {p}.sub_(0.125 * {a})",
    "with tg.no_grad(): {p}[1:].mul_(0.5)",
    "u.add_({a}.detach())",
    "u[1] = {a}.detach().sum()",
    "u.data = {a}.detach() * 1.0",
    "x.add_(0.5)",
]
BETWEEN = [
    "",
    "w.grad = None",
    "v.grad = tg.ones(3, device=device)",
    "w.data = v.data * 0.5",
    "u.data = w.data",
    "u.data = tg.ones(3, device=device)",
    "v.requires_grad_(not v.requires_grad)",
    "with tg.no_grad(): w.add_(0.5)",
    "x = w.detach()",
    'optimizer.param_groups[0]["lr"] *= 0.5',
    'optimizer.param_groups[0]["weight_decay"] = 0.25',
    "labels.fill_(3)",
    "labels.fill_(1)",
]


class Side:
    """One of the two: everything a step uses, and the step."""

    def __init__(self, lines: list[str], momentum: float) -> None:
        self.names: dict[str, Any] = {
            "tg": tg,
            "F": F,
            "device": Place.name,
            "w": tensor([0.5, -1.0, 2.0], requires_grad=True),
            "v": tensor([1.5, 0.25, -0.5], requires_grad=True),
            "u": tensor([1.0, 2.0, -1.0]),
            "labels": tensor([2, 0]),
        }
        parameters = [self.names["w"], self.names["v"]]
        optimizer = optim.SGD(parameters, lr=0.25, momentum=momentum)
        if momentum:  # the first step with momentum makes the velocities, and cannot be captured
            (parameters[0] * parameters[1]).sum().backward()
            optimizer.step()
        self.names["optimizer"] = optimizer
        body = "".join(f"    {line}\n" for line in ["kept = None", *lines])
        exec(f"def step(x):\n{body}", self.names)
        self.step = self.names["step"]

    def call(self, before: str, x: Any) -> Any:
        """What a call says and leaves: the bits of everything, or the error."""
        self.names["x"] = tensor(x)
        exec(before, self.names)
        w, x = self.names["w"], self.names["x"]
        leaves = [tensor([1.0] * 3, requires_grad=True) for _ in range(3)]
        products = [(a * b).sum() for a, b in zip(leaves, (w, self.names["u"], x))]
        try:
            said = [bits(value) for value in self.step(x)]
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            if isinstance(error, CaptureError):
                raise
            return [type(error).__name__, str(error)[:60]]
        tensors = [self.names[name] for name in ("w", "v", "u", "x")]
        velocities = [v for kept in self.names["optimizer"].state.values() for v in kept.values()]
        said += [bits(tensor) for tensor in (*tensors, *velocities)]
        said += [bits(tensor.grad) for tensor in tensors]
        return said + [overwritten(*pair) for pair in zip(leaves, products)]


def tensor(values: Any, **options: Any) -> Any:
    return tg.tensor(values, device=Place.name, **options)


def bits(tensor: Any) -> Any:
    if tensor is None:
        return None
    return tensor.shape, str(tensor.dtype), tensor.detach().cpu().numpy().tobytes()


def overwritten(leaf: Any, product: Any) -> bool:
    """Whether backward() sees that what `leaf` was multiplied by has been overwritten since."""
    try:
        tg.autograd.grad(product, leaf)
    except RuntimeError:
        return True
    return False


@st.composite
def steps(draw: Any) -> list[str]:
    lines, values = [], ["w", "v", "u", "x"]
    for i in range(draw(st.integers(1, 9))):
        a, b = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        p = draw(st.sampled_from(["w", "v"]))
        if draw(st.booleans()):
            lines.append(f"h{i} = " + draw(st.sampled_from(VALUES)).format(a=a, b=b))
            values.append(f"h{i}")
        else:
            lines.append(draw(st.sampled_from(CHANGES)).format(a=a, b=b, p=p))
    returned = draw(st.lists(st.sampled_from(values), max_size=2, unique=True))
    return [*lines, f"return [{', '.join(returned)}]"]


@settings(max_examples=4 * settings().max_examples)
@given(
    lines=steps(),
    momentum=st.sampled_from([0.0, 0.5]),
    between=st.lists(st.sampled_from(BETWEEN), min_size=6, max_size=6),
)
def test_a_captured_step_does_what_the_step_does(
    lines: list[str], momentum: float, between: list[str]
) -> None:
    eager, mine = Side(lines, momentum), Side(lines, momentum)
    mine.step = capture(mine.step)
    for call, before in enumerate(between):
        x = np.asarray([0.75, -0.5, call], np.float32)
        try:
            found = mine.call(before, x)
        except CaptureError as error:  # it says that it cannot, which is right too
            event(str(error)[:50])
            return
        expected = eager.call(before, x)
        assert found == expected, "\n".join([f"# call {call}, after: {before}", *lines])
        if expected[:1] and isinstance(expected[0], str):
            event("an error")
            return
    event("the same")


@pytest.mark.parametrize(
    "lines",
    [
        ["h0 = w * x", "h0.sum().backward()", "optimizer.step()", "return [h0]"],
        ["v.grad = u.detach()", "(w * v).sum().backward()", "return []"],
    ],
)
def test_usual_steps_are_not_refused(lines: list[str]) -> None:
    eager, mine = Side(lines, 0.5), Side(lines, 0.5)
    mine.step = capture(mine.step)
    for call in range(4):
        x = np.asarray([0.75, -0.5, call], np.float32)
        assert mine.call("", x) == eager.call("", x)
