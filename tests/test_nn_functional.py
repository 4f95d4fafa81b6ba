"""tinygrad_lr.nn.functional: its functions and losses beside PyTorch's, and what a wrong use says.

PyTorch has the same names, so one expression serves both. Value, gradient and second order agree,
whatever labels there are; a mistake is told in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from mistakes import Mistakes, assert_told_in_words

import tinygrad_lr
from tinygrad_lr import nn
from tinygrad_lr.autograd import grad
from tinygrad_lr.nn import functional as F

rng = np.random.default_rng(2024)


def floats(*shape: int) -> np.ndarray:
    """float64 values away from relu's kink at 0."""
    values = rng.normal(size=shape)
    return values + 0.1 * np.sign(values)


def labels(classes: int, *shape: int) -> np.ndarray:
    return rng.integers(0, classes, shape)


# ----------------------------------------------------------------------------------- beside PyTorch


class Case:
    """A function of `arrays` (differentiable) and `constants`, called alike in both libraries."""

    def __init__(
        self,
        name: str,
        call: Callable[..., Any],
        *arrays: np.ndarray,
        constants: tuple[np.ndarray, ...] = (),
    ) -> None:
        self.call, self.arrays, self.constants = call, arrays, constants
        self.param = pytest.param(self, id=name.replace(" ", "-"))


def linear(f: Any, *args: Any) -> Any:
    return f.linear(*args)


def cross_entropy(**options: Any) -> Callable[..., Any]:
    return lambda f, x, y: f.cross_entropy(x, y, **options)


def nll_loss(**options: Any) -> Callable[..., Any]:
    return lambda f, x, y: f.nll_loss(f.log_softmax(x, 1 if x.ndim > 1 else 0), y, **options)


def classified(name: str, shape: tuple[int, ...], target: np.ndarray, **options: Any) -> list[Case]:
    """The same labels through cross_entropy and, where nothing is smoothed, through nll_loss."""
    calls = {"cross_entropy": cross_entropy(**options)}
    if "label_smoothing" not in options:
        calls["nll_loss"] = nll_loss(**options)
    return [
        Case(f"{loss} {name}", call, floats(*shape), constants=(target,))
        for loss, call in calls.items()
    ]


FUNCTIONS = [
    Case("linear 1d", linear, floats(4), floats(3, 4), floats(3)),
    Case("linear 2d", linear, floats(5, 4), floats(3, 4), floats(3)),
    Case("linear 3d", linear, floats(2, 5, 4), floats(3, 4), floats(3)),
    Case("linear 4d", linear, floats(2, 1, 5, 4), floats(3, 4), floats(3)),
    Case("linear 1d without bias", linear, floats(4), floats(3, 4)),
    Case("linear 2d without bias", linear, floats(5, 4), floats(3, 4)),
    Case("linear 3d without bias", linear, floats(2, 5, 4), floats(3, 4)),
    Case("linear of no rows", linear, floats(0, 4), floats(3, 4), floats(3)),
    Case("linear of one row", linear, floats(1, 4), floats(1, 4), floats(1)),
    Case("sigmoid", lambda f, x: f.sigmoid(x), floats(3, 4)),
    Case("tanh", lambda f, x: f.tanh(x), floats(3, 4)),
    Case("relu", lambda f, x: f.relu(x), floats(3, 4)),
    *(
        case
        for dim in (0, 1, -1)
        for case in (
            Case(f"softmax {dim}", lambda f, x, dim=dim: f.softmax(x, dim), floats(3, 4)),
            Case(f"log_softmax {dim}", lambda f, x, dim=dim: f.log_softmax(x, dim), floats(3, 4)),
        )
    ),
    Case("softmax of a vector", lambda f, x: f.softmax(x, 0), floats(4)),
    Case("softmax 3d", lambda f, x: f.softmax(x, 1), floats(2, 3, 4)),
    Case("log_softmax 3d", lambda f, x: f.log_softmax(x, 1), floats(2, 3, 4)),
    *(
        Case(
            f"mse_loss {reduction}",
            lambda f, x, y, reduction=reduction: f.mse_loss(x, y, reduction=reduction),
            floats(3, 4),
            floats(3, 4),
        )
        for reduction in ("mean", "sum", "none")
    ),
    Case("mse_loss of nothing", lambda f, x, y: f.mse_loss(x, y), floats(0, 3), floats(0, 3)),
    Case("mse_loss of two numbers", lambda f, x, y: f.mse_loss(x, y), floats(), floats()),
]

SOME, ALL = np.array([2, -100, 0, -100, 1]), np.full(5, -100)

# Name, shape of the scores, labels, options.
LABELLED: list[tuple[str, tuple[int, ...], np.ndarray, dict[str, Any]]] = [
    ("", (5, 3), labels(3, 5), {}),
    (" of one row's scores", (3,), labels(3), {}),
    (" of (N, C, d)", (4, 3, 2), labels(3, 4, 2), {}),
    (" of (N, C, d, e)", (2, 3, 2, 4), labels(3, 2, 2, 4), {}),
    (" some ignored", (5, 3), SOME, {}),
    (" all ignored", (5, 3), ALL, {}),
    (" class 1 ignored", (5, 3), np.array([0, 1, 1, 2, 1]), {"ignore_index": 1}),
    (
        " class 255 ignored in (N, C, d)",
        (2, 3, 2),
        np.array([[255, 0], [1, 255]]),
        {"ignore_index": 255},
    ),
]

LOSSES = [
    case
    for reduction in ("mean", "sum", "none")
    for smoothing in ({}, {"label_smoothing": 0.1}, {"label_smoothing": 1.0})
    for name, shape, target, options in LABELLED
    for case in classified(
        f"{reduction} {smoothing.get('label_smoothing', 'not')} smoothed{name}",
        shape,
        target,
        reduction=reduction,
        **smoothing,
        **options,
    )
]


def differentiated(
    case: Case, f: Any, gradients: Callable[..., Any], tensors: list[Any], constants: list[Any]
) -> dict[str, list[np.ndarray]]:
    """The value, the gradients, and the gradients of a mixture of the gradients."""
    value = case.call(f, *tensors, *constants)
    # Squared and weighted, so that the incoming gradient is no constant: then differentiating twice
    # has something to find even where the function itself is linear.
    first = gradients((value * value * 0.5).sum(), tensors, create_graph=True)
    mixture = sum((g * (i + 1.0) * g).sum() for i, g in enumerate(first))
    second = gradients(mixture, tensors)
    return {
        name: [np.asarray(v.detach().numpy()) for v in values]
        for name, values in {"value": [value], "gradient": first, "second": second}.items()
    }


@pytest.mark.parametrize("case", [case.param for case in FUNCTIONS + LOSSES])
def test_value_gradient_and_second_order_are_pytorch_s(case: Case) -> None:
    before = [array.copy() for array in case.arrays]
    ours = differentiated(
        case,
        F,
        grad,
        [tinygrad_lr.tensor(a, requires_grad=True) for a in case.arrays],
        [tinygrad_lr.from_numpy(a) for a in case.constants],
    )
    theirs = differentiated(
        case,
        torch.nn.functional,
        torch.autograd.grad,
        [torch.tensor(a, requires_grad=True) for a in case.arrays],
        [torch.from_numpy(a) for a in case.constants],
    )
    for name, arrays in theirs.items():
        for our, their in zip(ours[name], arrays, strict=True):
            assert our.shape == their.shape, name
            assert our.dtype == their.dtype, name
            np.testing.assert_allclose(our, their, 1e-9, 1e-12, err_msg=name)
    for array, copied in zip(case.arrays, before, strict=True):
        assert np.array_equal(array, copied)


@pytest.mark.parametrize("case", [case.param for case in FUNCTIONS])
def test_float32_stays_float32_and_is_pytorch_s_to_rounding(case: Case) -> None:
    arrays = [np.asarray(a, np.float32) for a in case.arrays]
    ours = [tinygrad_lr.tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    value, reference = case.call(F, *ours), case.call(torch.nn.functional, *theirs)
    value.sum().backward()
    reference.sum().backward()
    assert value.dtype == np.float32
    np.testing.assert_allclose(value.detach().numpy(), reference.detach().numpy(), 2e-5, 2e-6)
    for our, their in zip(ours, theirs, strict=True):
        assert our.grad.dtype == np.float32
        np.testing.assert_allclose(our.grad.numpy(), their.grad.numpy(), 2e-5, 2e-6)


@pytest.mark.parametrize("scale", [1e3, 1e20, 1e38])
def test_cross_entropy_of_huge_scores_is_finite(scale: float) -> None:
    scores = np.array([[1, -1, 0.5], [-1, 1, -0.5]], np.float32) * np.float32(scale)
    target = np.array([0, 1])
    ours = tinygrad_lr.tensor(scores, requires_grad=True)
    theirs = torch.tensor(scores, requires_grad=True)
    loss = F.cross_entropy(ours, tinygrad_lr.from_numpy(target))
    reference = torch.nn.functional.cross_entropy(theirs, torch.from_numpy(target))
    loss.backward()
    reference.backward()
    assert math.isfinite(loss.item())
    assert loss.item() == pytest.approx(reference.item())
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), atol=1e-7)


@pytest.mark.parametrize("shape", [(40, 3), (3, 40), (6, 6), (1, 5), (5, 1)])
@pytest.mark.parametrize(
    "options", [{}, {"reduction": "sum"}, {"reduction": "none"}, {"label_smoothing": 0.3}]
)
def test_cross_entropy_of_many_rows_or_many_classes(shape: Any, options: Any) -> None:
    scores, target = floats(*shape), np.asarray(labels(shape[1], shape[0]))
    target[0] = 0
    ours = tinygrad_lr.tensor(scores, requires_grad=True)
    theirs = torch.tensor(scores, requires_grad=True)
    for ignored in (-100, 0):
        loss = F.cross_entropy(
            ours, tinygrad_lr.from_numpy(target), ignore_index=ignored, **options
        )
        reference = torch.nn.functional.cross_entropy(
            theirs, torch.from_numpy(target), ignore_index=ignored, **options
        )
        np.testing.assert_allclose(loss.detach().numpy(), reference.detach().numpy(), 1e-12)
        ours.grad = theirs.grad = None
        loss.sum().backward()
        reference.sum().backward()
        np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), 1e-10, 1e-14)
        assert ours.grad.view(-1).shape == (scores.size,)  # its elements lie in the usual order


def test_sigmoid_and_relu_at_the_ends_and_at_zero() -> None:
    ends = np.array([-1e30, -1000, -0.0, 0.0, 1000, 1e30, np.inf, -np.inf, np.nan], np.float32)
    for name in ("sigmoid", "relu", "tanh"):
        ours = tinygrad_lr.tensor(ends, requires_grad=True)
        theirs = torch.tensor(ends, requires_grad=True)
        ours_value = getattr(F, name)(ours)
        theirs_value = getattr(torch, name)(theirs)
        ours_value.sum().backward()
        theirs_value.sum().backward()
        np.testing.assert_allclose(ours_value.detach().numpy(), theirs_value.detach().numpy())
        np.testing.assert_allclose(ours.grad.numpy()[:-1], theirs.grad.numpy()[:-1], err_msg=name)


def test_the_loss_modules_are_the_functions() -> None:
    scores, target = tinygrad_lr.tensor(floats(5, 3)), tinygrad_lr.from_numpy(SOME)
    options = {"ignore_index": -100, "reduction": "sum", "label_smoothing": 0.2}
    loss = nn.CrossEntropyLoss(**options)(scores, target)
    assert loss.item() == F.cross_entropy(scores, target, **options).item()
    other = tinygrad_lr.tensor(floats(5, 3))
    sum_of_squares = F.mse_loss(scores, other, reduction="sum").item()
    assert nn.MSELoss(reduction="sum")(scores, other).item() == sum_of_squares
    assert nn.MSELoss()(scores, other).item() == F.mse_loss(scores, other).item()


# ------------------------------------------------------------------------------- labels and options


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "uint32", "int64"])
@pytest.mark.parametrize("shape", [(5, 3), (3,), (4, 3, 2)])
def test_labels_may_be_integers_of_any_width(dtype: str, shape: tuple[int, ...]) -> None:
    scores = tinygrad_lr.tensor(floats(*shape))
    classes = labels(3, *shape[:1], *shape[2:]) if len(shape) > 1 else labels(3)
    wanted = F.cross_entropy(scores, tinygrad_lr.from_numpy(np.asarray(classes)))
    target = np.asarray(classes, dtype)
    assert F.cross_entropy(scores, tinygrad_lr.from_numpy(target)).item() == wanted.item()
    got = F.nll_loss(F.log_softmax(scores, 1 if len(shape) > 1 else 0), tinygrad_lr.tensor(target))
    assert got.item() == pytest.approx(wanted.item(), rel=1e-12)


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.float16, np.int64, tinygrad_lr.tensor])
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_a_smoothing_in_a_numpy_number_changes_no_dtype(kind: Any, reduction: str) -> None:
    x = tinygrad_lr.randn(4, 3, requires_grad=True)
    target = tinygrad_lr.tensor([0, 2, 1, 1])
    value = 1 if kind is np.int64 else 0.25
    given, usual = (
        F.cross_entropy(x, target, label_smoothing=number, reduction=reduction)
        for number in (kind(value), value)
    )
    assert given.dtype == tinygrad_lr.float32
    assert given.tolist() == usual.tolist()
    module = nn.CrossEntropyLoss(label_smoothing=kind(value), reduction=reduction)
    assert module(x, target).tolist() == usual.tolist()


@pytest.mark.parametrize("index", [np.int64(2), np.uint8(2), 2])
def test_ignore_index_is_any_integer(index: Any) -> None:
    x, target = tinygrad_lr.randn(4, 3), tinygrad_lr.tensor([0, 2, 1, 1])
    for loss in (F.cross_entropy, F.nll_loss):
        assert loss(x, target, ignore_index=index).item() == loss(x, target, ignore_index=2).item()


@pytest.mark.parametrize("index", [True, 2.0, None, "2", np.float32(2), np.True_])
def test_an_ignore_index_that_is_no_integer_is_refused_as_in_pytorch(index: Any) -> None:
    for lib in (tinygrad_lr, torch):
        x, target = lib.ones(4, 3), lib.tensor([0, 2, 1, 1])
        for name in ("cross_entropy", "nll_loss"):
            if lib is torch and not isinstance(index, (bool, float, str)):
                continue
            with pytest.raises(TypeError, match="ignore_index"):
                getattr(lib.nn.functional, name)(x, target, ignore_index=index)


# ----------------------------------------------------------------------------------------- mistakes


def ours(*shape: int) -> tinygrad_lr.Tensor:
    return tinygrad_lr.tensor(floats(*shape))


def classes(*values: Any, dtype: str = "int64") -> tinygrad_lr.Tensor:
    return tinygrad_lr.tensor(np.array(values, dtype))


MISTAKES: Mistakes = {
    "labels that count from 1": (
        lambda: F.cross_entropy(ours(10, 10), classes(*range(1, 11))),
        IndexError,
        ["10 classes", "0 to 9", "1 to 10"],
    ),
    "a label too high beside an ignored one": (
        lambda: F.cross_entropy(ours(3, 3), classes(-100, 7, 0)),
        IndexError,
        ["7", "0 to 2"],
    ),
    "a label too high for one row": (
        lambda: F.cross_entropy(ours(3), tinygrad_lr.tensor(3)),
        IndexError,
        ["0 to 2"],
    ),
    "a label too high in (N, C, d)": (
        lambda: F.nll_loss(ours(2, 3, 2), classes([0, 1], [2, 3])),
        IndexError,
        ["nll_loss", "0 to 2"],
    ),
    "an unsigned label too high": (
        lambda: F.cross_entropy(ours(1, 3), classes(2**64 - 1, dtype="uint64")),
        IndexError,
        ["0 to 2"],
    ),
    "cross_entropy of integer scores": (
        lambda: F.cross_entropy(classes([1, 0, 0], [0, 1, 0]), classes(0, 1)),
        TypeError,
        ["cross_entropy", "floats", "int64", ".float()"],
    ),
    "nll_loss of integer scores": (
        lambda: F.nll_loss(classes([1, 0, 0], [0, 1, 0]), classes(0, 1)),
        TypeError,
        ["nll_loss", "floats", "int64", ".float()"],
    ),
    "mse_loss of integer scores": (
        lambda: F.mse_loss(classes(1, 2), classes(0, 1)),
        TypeError,
        ["mse_loss", "floats", "int64", ".float()"],
    ),
    "bool labels": (
        lambda: F.cross_entropy(ours(2, 3), tinygrad_lr.tensor([True, False])),
        TypeError,
        ["integers", "bool"],
    ),
    "fewer labels than rows": (
        lambda: F.nll_loss(ours(3, 3), classes(0, 1)),
        ValueError,
        ["nll_loss", "(3, 3)", "(2,)"],
    ),
    "an unknown reduction": (
        lambda: F.cross_entropy(ours(2, 3), classes(0, 1), reduction="avg"),
        ValueError,
        ["'mean', 'sum' or 'none'", "'avg'"],
    ),
    "too much smoothing": (
        lambda: F.cross_entropy(ours(2, 3), classes(0, 1), label_smoothing=1.5),
        ValueError,
        ["label_smoothing", "1.5"],
    ),
    "mse_loss of a matrix and a number": (
        lambda: F.mse_loss(ours(2, 2), ours()),
        ValueError,
        ["(2, 2)", "()", "reshape"],
    ),
    "mse_loss of two dtypes": (
        lambda: F.mse_loss(ours(3), ours(3).float()),
        TypeError,
        ["float32", "float64"],
    ),
    "linear of a transposed weight": (
        lambda: F.linear(ours(5, 4), ours(4, 3)),
        ValueError,
        ["(5, 4)", "(4, 3)", "(out, in)"],
    ),
    "an attribute that is not there": (
        lambda: nn.Linear(2, 3).wieght,
        AttributeError,
        ["Linear", "wieght"],
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_words(name: str) -> None:
    assert_told_in_words(*MISTAKES[name])
