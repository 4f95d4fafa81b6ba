"""tinygrad_lr.nn: the functions and losses against PyTorch, and what a Module promises.

PyTorch has the same names, so one expression serves both: `lib` is either `torch` or `tinygrad_lr`.
"""

from __future__ import annotations

import copy
import math
from collections import OrderedDict
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from mistakes import assert_told_in_words

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


# --- The functions and the losses, against PyTorch


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


# --- What goes wrong, and what the message says


def ours(*shape: int) -> tinygrad_lr.Tensor:
    return tinygrad_lr.tensor(floats(*shape))


def classes(*values: Any, dtype: str = "int64") -> tinygrad_lr.Tensor:
    return tinygrad_lr.tensor(np.array(values, dtype))


MISTAKES: dict[str, tuple[Callable[[], Any], Any, list[str]]] = {
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


# --- Modules: the tree


def nested(lib: ModuleType) -> Any:
    class Block(lib.nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = lib.nn.Sequential(lib.nn.Linear(width, width), lib.nn.ReLU())
            self.scale = lib.nn.Parameter(lib.ones(width))

    class Net(lib.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.zeta = lib.nn.Linear(4, 3)
            self.shift = lib.nn.Parameter(lib.zeros(3))
            self.blocks = lib.nn.Sequential(Block(3), Block(3))
            self.alpha = lib.nn.Linear(3, 2, bias=False)
            self.gain = lib.nn.Parameter(lib.ones(1))
            self.steps = 7  # neither a parameter nor a module

    return Net()


def shared(lib: ModuleType) -> Any:
    class Tied(lib.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encode = lib.nn.Linear(4, 4)
            self.decode = lib.nn.Linear(4, 4)
            self.decode.weight = self.encode.weight
            self.again = self.encode

    return Tied()


def with_extra(lib: ModuleType) -> Any:
    class Scaled(lib.nn.Module):
        def extra_repr(self) -> str:
            return "factor=2"

    return lib.nn.Sequential(Scaled(), lib.nn.ReLU())


def with_extra_and_children(lib: ModuleType) -> Any:
    scaled = with_extra(lib)[0]
    scaled.layer = lib.nn.Linear(2, 2)
    return lib.nn.Sequential(scaled, lib.nn.ReLU())


def replaced(lib: ModuleType) -> Any:
    net = nested(lib)
    net.zeta = lib.nn.Linear(5, 3)
    net.shift = lib.nn.Parameter(lib.ones(4))
    net.alpha.weight = lib.nn.Parameter(lib.ones(2, 5))
    net.blocks = None
    return net


def removed(lib: ModuleType) -> Any:
    net = nested(lib)
    del net.alpha, net.shift
    net.added = lib.nn.Flatten(0)
    return net


MODELS: dict[str, Callable[[ModuleType], Any]] = {
    "linear": lambda lib: lib.nn.Linear(784, 10),
    "linear without bias": lambda lib: lib.nn.Linear(3, 2, bias=False),
    "flatten": lambda lib: lib.nn.Flatten(),
    "empty sequential": lambda lib: lib.nn.Sequential(),
    "nested sequential": lambda lib: lib.nn.Sequential(
        lib.nn.Flatten(0, 1),
        lib.nn.Sequential(lib.nn.Linear(4, 3), lib.nn.Sigmoid()),
        lib.nn.Sequential(lib.nn.Sequential(lib.nn.ReLU())),
        lib.nn.CrossEntropyLoss(),
        lib.nn.MSELoss(),
    ),
    "named parts": lambda lib: lib.nn.Sequential(
        OrderedDict([("first", lib.nn.Linear(2, 3)), ("act", lib.nn.Sigmoid())])
    ),
    "custom": nested,
    "shared": shared,
    "replaced": replaced,
    "removed": removed,
    "extra_repr": with_extra,
    "extra_repr and children": with_extra_and_children,
    "empty part": lambda lib: lib.nn.Sequential(
        lib.nn.Linear(2, 2), lib.nn.Sequential(), lib.nn.Linear(2, 1)
    ),
}


ALL_MODELS = pytest.mark.parametrize(
    "model", MODELS.values(), ids=[name.replace(" ", "-") for name in MODELS]
)


@ALL_MODELS
def test_repr_is_pytorch_s_text(model: Callable[[ModuleType], Any]) -> None:
    assert repr(model(tinygrad_lr)) == repr(model(torch))


@ALL_MODELS
def test_parameters_and_modules_have_pytorch_s_names_in_its_order(
    model: Callable[[ModuleType], Any],
) -> None:
    mine, theirs = model(tinygrad_lr), model(torch)
    assert [(name, tuple(p.shape)) for name, p in mine.named_parameters()] == [
        (name, tuple(p.shape)) for name, p in theirs.named_parameters()
    ]
    assert [p.shape for p in mine.parameters()] == [tuple(p.shape) for p in theirs.parameters()]
    assert [(name, type(m).__name__) for name, m in mine.named_modules()] == [
        (name, type(m).__name__) for name, m in theirs.named_modules()
    ]
    assert [type(m).__name__ for m in mine.modules()] == [
        type(m).__name__ for m in theirs.modules()
    ]
    assert [name for name, _ in mine.named_children()] == [
        name for name, _ in theirs.named_children()
    ]
    assert [type(m).__name__ for m in mine.children()] == [
        type(m).__name__ for m in theirs.children()
    ]


def test_a_module_is_itself_whatever_its_length() -> None:
    class Bag(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(tinygrad_lr.ones(2))

        def __len__(self) -> int:
            return 0

    assert [name for name, _ in nn.Sequential(Bag()).named_parameters()] == ["0.weight"]


def test_a_shared_parameter_counts_once_and_collects_both_gradients() -> None:
    model = shared(tinygrad_lr)
    assert len(list(model.parameters())) == 3
    assert model.decode.weight is model.encode.weight
    x = tinygrad_lr.ones(1, 4)
    (model.encode(x) + model.decode(x)).sum().backward()
    assert model.encode.weight.grad.tolist() == [[2.0] * 4] * 4


def test_an_attribute_goes_where_its_kind_says_when_it_is_replaced() -> None:
    model = nn.Module()
    model.part = nn.Linear(2, 2)
    model.part = nn.Parameter(tinygrad_lr.ones(3))
    assert [name for name, _ in model.named_parameters()] == ["part"]
    assert list(model.children()) == []
    del model.part
    assert list(model.parameters()) == []
    with pytest.raises(AttributeError, match="part"):
        _ = model.part
    model.part = 5
    assert model.part == 5
    model.part = nn.ReLU()
    assert isinstance(model.part, nn.ReLU)
    assert [name for name, _ in model.named_children()] == ["part"]


def test_train_and_eval_reach_every_module() -> None:
    model = nested(tinygrad_lr)
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert model.train() is model
    assert all(module.training for module in model.modules())
    model.train(False)
    assert not model.training


def test_apply_reaches_every_module_those_below_first() -> None:
    mine: list[str] = []
    theirs: list[str] = []
    model = nested(tinygrad_lr)
    assert model.apply(lambda module: mine.append(type(module).__name__)) is model
    nested(torch).apply(lambda module: theirs.append(type(module).__name__))
    assert mine == theirs


def test_sequential_is_a_sequence_of_its_modules() -> None:
    layers = [nn.Flatten(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)]
    model = nn.Sequential(*layers)
    assert len(model) == 4
    assert list(model) == layers
    assert model[1] is layers[1]
    assert model[-1] is layers[3]
    assert list(model[1:3]) == layers[1:3]
    assert isinstance(model[:2], nn.Sequential)
    x = ours(5, 2, 2).float()
    by_hand = layers[3](layers[2](layers[1](layers[0](x))))
    assert model(x).tolist() == by_hand.tolist()
    assert nn.Sequential()(x) is x


def test_forward_takes_more_than_one_argument_and_keywords() -> None:
    class Mixed(nn.Module):
        def forward(self, a: Any, b: Any, *, scale: float) -> Any:
            return (a + b) * scale

    assert Mixed()(1, 2, scale=3.0) == 9.0


def test_a_deep_copy_of_a_model_shares_nothing() -> None:
    model = nested(tinygrad_lr)
    twin = copy.deepcopy(model)
    assert repr(twin) == repr(model)
    for (name, mine), (_, other) in zip(
        model.named_parameters(), twin.named_parameters(), strict=True
    ):
        assert isinstance(other, nn.Parameter), name
        assert other.requires_grad
        assert not np.shares_memory(mine.array, other.array)
        assert mine.tolist() == other.tolist()


# --- Parameters


def test_a_parameter_prints_as_pytorch_s() -> None:
    values = np.array([[0.5, -1.25], [3.0, 4.0]], np.float32)
    mine = nn.Parameter(tinygrad_lr.tensor(values))
    assert repr(mine) == repr(torch.nn.Parameter(torch.tensor(values)))
    assert repr(nn.Parameter(tinygrad_lr.ones(2), requires_grad=False)) == repr(
        torch.nn.Parameter(torch.ones(2), requires_grad=False)
    )


def test_a_parameter_is_a_leaf_and_what_is_computed_from_it_is_a_plain_tensor() -> None:
    start = tinygrad_lr.ones(2, requires_grad=True) * 2
    parameter = nn.Parameter(start)
    assert parameter.is_leaf
    assert parameter.requires_grad
    for value in (parameter * 2, parameter.detach(), parameter.data, parameter[0], parameter.sum()):
        assert type(value) is tinygrad_lr.Tensor
        assert not repr(value).startswith("Parameter")


def test_zero_grad_forgets_or_zeroes() -> None:
    model = nn.Linear(2, 1)
    model(tinygrad_lr.ones(3, 2)).sum().backward()
    assert model.weight.grad is not None
    assert model.weight.grad.tolist() == [[3.0, 3.0]]
    model.zero_grad(set_to_none=False)
    assert model.weight.grad.tolist() == [[0.0, 0.0]]
    assert model.bias is not None
    assert model.bias.grad is not None
    model.zero_grad()
    assert model.weight.grad is None
    assert model.bias.grad is None
    model.zero_grad(set_to_none=False)  # nothing to make zero of
    assert model.weight.grad is None


def test_requires_grad_switches_a_whole_model() -> None:
    model = nested(tinygrad_lr)
    assert model.requires_grad_(False) is model
    assert not any(p.requires_grad for p in model.parameters())
    model.requires_grad_()
    assert all(p.requires_grad for p in model.parameters())


@pytest.mark.parametrize("fan_in", [1, 50, 784])
def test_linear_starts_uniform_within_one_over_the_root_of_its_inputs(fan_in: int) -> None:
    tinygrad_lr.manual_seed(3)
    bound = 1 / math.sqrt(fan_in)
    layers = [nn.Linear(fan_in, 200) for _ in range(20)]
    for values in (
        np.concatenate([layer.weight.detach().numpy().ravel() for layer in layers]),
        np.concatenate([layer.bias.detach().numpy() for layer in layers if layer.bias is not None]),
    ):
        assert values.dtype == np.float32
        assert -bound * (1 + 1e-6) <= values.min() < -0.99 * bound
        assert 0.99 * bound < values.max() <= bound * (1 + 1e-6)
        # Kolmogorov and Smirnov: how far the share below each value is from a uniform one's. At
        # 1.95 / sqrt(n), one seed in a thousand would fail by chance; this seed does not.
        expected = (np.sort(values.astype(np.float64)) / bound + 1) / 2
        found = (np.arange(values.size) + 0.5) / values.size
        assert np.abs(found - expected).max() < 1.95 / math.sqrt(values.size)


def test_a_seed_gives_the_same_weights_and_another_seed_others() -> None:
    def weights(seed: int) -> list[Any]:
        tinygrad_lr.manual_seed(seed)
        return [p.tolist() for p in nested(tinygrad_lr).parameters()]

    assert weights(1) == weights(1)
    assert weights(1) != weights(2)
    tinygrad_lr.manual_seed(1)
    assert nn.Linear(3, 3).weight.tolist() != nn.Linear(3, 3).weight.tolist()


def test_linear_takes_numpy_integers_for_its_sizes() -> None:
    count = np.array([0, 2, 1]).max() + 1  # the number of classes, as one computes it
    assert nn.Linear(2, count).weight.shape == (3, 2)


def test_linear_in_float64_computes_in_float64() -> None:
    layer = nn.Linear(4, 3, dtype=tinygrad_lr.float64)
    assert layer.weight.dtype == np.float64
    assert layer(ours(2, 4)).dtype == np.float64


# --- Moving and converting


@pytest.mark.parametrize(
    "move",
    [
        lambda m: m.double(),
        lambda m: m.to("float64"),
        lambda m: m.to(tinygrad_lr.float64),
        lambda m: m.to(dtype=tinygrad_lr.float64),
        lambda m: m.to("cpu", tinygrad_lr.float64),
        lambda m: m.to("cpu").double().cpu(),
    ],
)
def test_converting_a_model_keeps_its_parameters_the_same_objects(
    move: Callable[[Any], Any],
) -> None:
    model = nested(tinygrad_lr)
    before = list(model.parameters())
    values = [p.tolist() for p in before]
    sum(p.sum() for p in before).backward()
    assert move(model) is model
    after = list(model.parameters())
    assert all(a is b for a, b in zip(before, after, strict=True))
    for parameter, value in zip(after, values, strict=True):
        assert isinstance(parameter, nn.Parameter)
        assert parameter.is_leaf
        assert parameter.requires_grad
        assert parameter.dtype == np.float64
        assert parameter.grad is not None
        assert parameter.grad.dtype == np.float64
        assert parameter.tolist() == value
    assert model.float() is model
    assert {p.dtype for p in model.parameters()} == {np.dtype("float32")}


def test_an_optimizer_made_before_a_conversion_still_moves_the_model() -> None:
    model = nn.Linear(2, 1)
    optimizer = tinygrad_lr.optim.SGD(model.parameters(), lr=0.5)
    model.double()
    before = model.weight.detach().clone()
    model(ours(3, 2)).sum().backward()
    optimizer.step()
    assert model.weight.dtype == np.float64
    assert model.weight.tolist() != before.tolist()


# --- state_dict and load_state_dict


def test_a_state_dict_round_trips_and_shares_the_memory_of_the_model() -> None:
    model, other = nested(tinygrad_lr), nested(tinygrad_lr)
    state = model.state_dict()
    assert list(state) == [name for name, _ in model.named_parameters()]
    assert list(state) == list(nested(torch).state_dict())
    assert not any(value.requires_grad for value in state.values())
    assert all(np.shares_memory(state[name].array, p.array) for name, p in model.named_parameters())
    objects = list(other.parameters())
    other.load_state_dict(state)
    for mine, loaded, kept in zip(model.parameters(), other.parameters(), objects, strict=True):
        assert loaded is kept
        assert loaded.tolist() == mine.tolist()
        assert loaded.requires_grad
        assert loaded.is_leaf
        assert not np.shares_memory(loaded.array, mine.array)


def test_everything_wrong_with_a_state_is_told_at_once_and_nothing_is_loaded() -> None:
    model = nested(tinygrad_lr)
    before = {name: p.tolist() for name, p in model.named_parameters()}
    state: dict[str, Any] = {
        name: tinygrad_lr.full(p.shape, 9.0) for name, p in model.named_parameters()
    }
    del state["gain"], state["blocks.0.scale"]
    state["extra"] = state["more.extra"] = tinygrad_lr.ones(1)
    state["zeta.weight"] = tinygrad_lr.ones(4, 3)
    state["alpha.weight"] = [[1.0, 2.0, 3.0]] * 2
    with pytest.raises(ValueError, match="in loading state_dict for Net") as caught:
        model.load_state_dict(state)
    for words in (
        'Missing key(s) in state_dict: "gain", "blocks.0.scale". ',
        'Unexpected key(s) in state_dict: "extra", "more.extra". ',
        "size mismatch for zeta.weight: copying a param with shape (4, 3) from checkpoint, the "
        "shape in current model is (3, 4).",
        'the parameter named "alpha.weight", expected torch.Tensor',
        "received a list; use tensor(...)",
    ):
        assert words in str(caught.value)
    assert {name: p.tolist() for name, p in model.named_parameters()} == before


def test_not_strict_passes_over_names_without_a_counterpart_but_not_over_shapes() -> None:
    model = nn.Linear(2, 1)
    bias = model.bias.tolist()
    state = {"weight": tinygrad_lr.tensor([[5.0, 6.0]]), "other": tinygrad_lr.ones(3)}
    model.load_state_dict(state, strict=False)
    assert model.weight.tolist() == [[5.0, 6.0]]
    assert model.bias.tolist() == bias
    with pytest.raises(ValueError, match="size mismatch for weight"):
        model.load_state_dict({"weight": tinygrad_lr.ones(2)}, strict=False)


def test_a_state_of_another_precision_is_converted() -> None:
    model = nn.Linear(2, 1, bias=False)
    model.load_state_dict({"weight": tinygrad_lr.tensor([[0.1, 0.2]], dtype="float64")})
    assert model.weight.dtype == np.float32
    assert model.weight.tolist() == [[np.float32(0.1), np.float32(0.2)]]


def test_loading_into_a_model_between_forward_and_backward_is_noticed() -> None:
    model = nn.Linear(2, 1)
    x = tinygrad_lr.ones(1, 2, requires_grad=True)
    loss = model(x).sum()
    model.load_state_dict(model.state_dict())
    with pytest.raises(RuntimeError, match=r"linear.* weight.* modified.* copy_"):
        loss.backward()


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
