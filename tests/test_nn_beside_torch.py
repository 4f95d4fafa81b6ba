"""Each module, made and called alike in both frameworks.

A table of constructors and the shapes that they are called with; values, gradients, second
gradients, the repr and the state of each are PyTorch's.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr
from tinygrad_lr.autograd import grad

Make = Callable[[ModuleType], Any]
rng = np.random.default_rng(16)


def tensor(nn: ModuleType, values: list[float]) -> Any:
    return (torch if nn is torch.nn else tinygrad_lr).tensor(values)


def real(*shape: int) -> np.ndarray:
    """Away from 0 and from the other kinks, at whole and half numbers."""
    return rng.integers(-4, 4, shape) + rng.choice([0.2, 0.3, 0.7, 0.8], shape)


# ------------------------------------------------------------------------------------- the modules

ACTIVATIONS: dict[str, Make] = {
    "ReLU": lambda nn: nn.ReLU(),
    "ReLU in place": lambda nn: nn.ReLU(inplace=True),
    "ReLU6": lambda nn: nn.ReLU6(),
    "ReLU6 in place": lambda nn: nn.ReLU6(True),
    "LeakyReLU": lambda nn: nn.LeakyReLU(),
    "LeakyReLU in place": lambda nn: nn.LeakyReLU(0.2, inplace=True),
    "PReLU": lambda nn: nn.PReLU(),
    "PReLU of each channel": lambda nn: nn.PReLU(num_parameters=3, init=0.5),
    "ELU": lambda nn: nn.ELU(),
    "ELU in place": lambda nn: nn.ELU(alpha=0.5, inplace=True),
    "CELU": lambda nn: nn.CELU(alpha=2),
    "SELU": lambda nn: nn.SELU(),
    "GELU": lambda nn: nn.GELU(),
    "GELU by tanh": lambda nn: nn.GELU(approximate="tanh"),
    "SiLU": lambda nn: nn.SiLU(),
    "SiLU in place": lambda nn: nn.SiLU(inplace=True),
    "Mish": lambda nn: nn.Mish(),
    "Hardtanh": lambda nn: nn.Hardtanh(),
    "Hardtanh from 0": lambda nn: nn.Hardtanh(min_val=0.0, max_val=2.0),
    "Hardsigmoid": lambda nn: nn.Hardsigmoid(),
    "Hardswish": lambda nn: nn.Hardswish(),
    "Hardshrink": lambda nn: nn.Hardshrink(),
    "Softshrink": lambda nn: nn.Softshrink(lambd=1.1),
    "Softplus": lambda nn: nn.Softplus(),
    "Softplus, sharp": lambda nn: nn.Softplus(beta=3, threshold=5),
    "Softsign": lambda nn: nn.Softsign(),
    "Sigmoid": lambda nn: nn.Sigmoid(),
    "LogSigmoid": lambda nn: nn.LogSigmoid(),
    "Tanh": lambda nn: nn.Tanh(),
    "Tanhshrink": lambda nn: nn.Tanhshrink(),
    "Threshold": lambda nn: nn.Threshold(0.1, 20),
    "GLU": lambda nn: nn.GLU(),
    "GLU along 0": lambda nn: nn.GLU(dim=0),
    "Softmax": lambda nn: nn.Softmax(dim=1),
    "LogSoftmax": lambda nn: nn.LogSoftmax(dim=-1),
    "Softmin": lambda nn: nn.Softmin(dim=0),
}

# name: (constructor, arrays of each call)
MODULES: dict[str, tuple[Make, tuple[np.ndarray, ...]]] = {
    name: (make, (real(4, 3, 2),)) for name, make in ACTIVATIONS.items()
}


def unit(*shape: int) -> np.ndarray:
    return rng.uniform(0.05, 0.95, shape)


def signs(*shape: int) -> np.ndarray:
    return rng.choice([-1, 1], shape)


def shares(*shape: int) -> np.ndarray:
    """Probabilities, along dimension 1."""
    some = unit(*shape)
    return some / some.sum(1, keepdims=True)


CLASSES = np.array([0, 2, 1, 2, -100])
WEIGHT = [0.5, 2.0, 1.5]
PAIR = (real(4, 3), real(4, 3))
LOSSES: dict[str, tuple[Make, tuple[np.ndarray, ...]]] = {
    "MSELoss": (lambda nn: nn.MSELoss(), PAIR),
    "L1Loss": (lambda nn: nn.L1Loss(), PAIR),
    "SmoothL1Loss": (lambda nn: nn.SmoothL1Loss(beta=0.9), PAIR),
    "SmoothL1Loss without beta": (lambda nn: nn.SmoothL1Loss(beta=0), PAIR),
    "HuberLoss": (lambda nn: nn.HuberLoss(delta=0.9), PAIR),
    "BCELoss": (lambda nn: nn.BCELoss(), (unit(4, 3), unit(4, 3))),
    "BCEWithLogitsLoss": (lambda nn: nn.BCEWithLogitsLoss(), (real(4, 3), unit(4, 3))),
    "BCEWithLogitsLoss of rare ones": (
        lambda nn: nn.BCEWithLogitsLoss(pos_weight=tensor(nn, WEIGHT)),
        (real(4, 3), unit(4, 3)),
    ),
    "NLLLoss": (lambda nn: nn.NLLLoss(), (real(5, 3), CLASSES)),
    "NLLLoss with weights": (lambda nn: nn.NLLLoss(tensor(nn, WEIGHT)), (real(5, 3), CLASSES)),
    "CrossEntropyLoss": (lambda nn: nn.CrossEntropyLoss(), (real(5, 3), CLASSES)),
    "CrossEntropyLoss with weights": (
        lambda nn: nn.CrossEntropyLoss(weight=tensor(nn, WEIGHT)),
        (real(5, 3), CLASSES),
    ),
    "CrossEntropyLoss, a class ignored": (
        lambda nn: nn.CrossEntropyLoss(tensor(nn, WEIGHT), ignore_index=2),
        (real(4, 3), CLASSES[:4]),
    ),
    "CrossEntropyLoss with weights, smoothed": (
        lambda nn: nn.CrossEntropyLoss(weight=tensor(nn, WEIGHT), label_smoothing=0.2),
        (real(5, 3), CLASSES),
    ),
    "CrossEntropyLoss of one row": (
        lambda nn: nn.CrossEntropyLoss(weight=tensor(nn, WEIGHT)),
        (real(3), np.array(1)),
    ),
    "CrossEntropyLoss with weights of (N, C, d)": (
        lambda nn: nn.CrossEntropyLoss(weight=tensor(nn, WEIGHT), label_smoothing=0.2),
        (real(2, 3, 5), np.array([CLASSES, CLASSES[::-1]])),
    ),
    "CrossEntropyLoss of probabilities": (
        lambda nn: nn.CrossEntropyLoss(),
        (real(4, 3), shares(4, 3)),
    ),
    "CrossEntropyLoss of one row's probabilities": (
        lambda nn: nn.CrossEntropyLoss(),
        (real(3), shares(1, 3)[0]),
    ),
    "CrossEntropyLoss of all kinds": (
        lambda nn: nn.CrossEntropyLoss(weight=tensor(nn, WEIGHT), label_smoothing=0.3),
        (real(4, 3, 2), shares(4, 3, 2)),
    ),
    "KLDivLoss": (lambda nn: nn.KLDivLoss(), (real(4, 3), shares(4, 3))),
    "KLDivLoss of logarithms": (
        lambda nn: nn.KLDivLoss(log_target=True),
        (real(4, 3), np.log(shares(4, 3))),
    ),
    "PoissonNLLLoss": (lambda nn: nn.PoissonNLLLoss(), (real(4, 3), unit(4, 3))),
    "PoissonNLLLoss of rates": (
        lambda nn: nn.PoissonNLLLoss(log_input=False, full=True),
        (unit(4, 3), 3 * unit(4, 3)),
    ),
    "GaussianNLLLoss": (lambda nn: nn.GaussianNLLLoss(full=True), (*PAIR, unit(4, 3))),
    "GaussianNLLLoss of one for a row": (lambda nn: nn.GaussianNLLLoss(), (*PAIR, unit(4))),
    "HingeEmbeddingLoss": (lambda nn: nn.HingeEmbeddingLoss(), (real(4, 3), signs(4, 3))),
    "MarginRankingLoss": (lambda nn: nn.MarginRankingLoss(0.5), (real(4), real(4), signs(4))),
    "SoftMarginLoss": (lambda nn: nn.SoftMarginLoss(), (real(4, 3), signs(4, 3))),
    "MultiLabelSoftMarginLoss": (
        lambda nn: nn.MultiLabelSoftMarginLoss(weight=tensor(nn, WEIGHT)),
        (real(4, 3), unit(4, 3)),
    ),
    "CosineEmbeddingLoss": (
        lambda nn: nn.CosineEmbeddingLoss(margin=-0.5),
        (real(4, 3), real(4, 3), signs(4)),
    ),
    "TripletMarginLoss": (
        lambda nn: nn.TripletMarginLoss(margin=2.0, swap=True),
        (real(4, 3), real(4, 3), real(4, 3)),
    ),
}


def reduced(make: Make, reduction: str) -> Make:
    def made(nn: ModuleType) -> Any:
        loss = make(nn)
        loss.reduction = reduction
        return loss

    return made


MODULES |= {
    f"{name}: {reduction}": (reduced(make, reduction), arrays)
    for name, (make, arrays) in LOSSES.items()
    for reduction in ("mean", "sum", "none")
}
MODULES["KLDivLoss: batchmean"] = (
    lambda nn: nn.KLDivLoss(reduction="batchmean"),
    LOSSES["KLDivLoss"][1],
)

every_module = pytest.mark.parametrize("name", MODULES)


def both(name: str) -> tuple[Any, Any]:
    """The module here and in PyTorch, in float64, with the same state."""
    make, _ = MODULES[name]
    mine, theirs = make(tinygrad_lr.nn).double(), make(torch.nn).double()
    state = {k: tinygrad_lr.tensor(v.detach().numpy()) for k, v in theirs.state_dict().items()}
    mine.load_state_dict(state)
    return mine, theirs


def is_float(array: np.ndarray) -> bool:
    return array.dtype.kind == "f"


def outcome(lib: Any, module: Any, arrays: Any, grad: Any) -> dict[str, list[Any]]:
    """The value; the gradients of all floats and parameters; and a mixture of the second ones."""
    leaves = [lib.tensor(a, requires_grad=is_float(a)) for a in arrays]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, of what is to change in it
        value = module(*[x.clone() for x in leaves])  # a leaf cannot be written in place
    sources = [x for x in (*leaves, *module.parameters()) if x.requires_grad]
    first = grad((value * value * 0.5).sum(), sources, create_graph=True, allow_unused=True)
    found = [(i, g) for i, g in enumerate(first) if g is not None]
    mixture = sum(((i + 1.0) * g * g).sum() for i, g in found)
    second = grad(mixture, sources, allow_unused=True) if mixture.requires_grad else []
    named = {"value": [value], "gradient": first, "second": second}
    named["state"] = list(module.state_dict().values())
    return {
        kind: [None if x is None else np.asarray(x.detach().numpy()) for x in values]
        for kind, values in named.items()
    }


def assert_alike(mine: Any, theirs: Any) -> None:
    for kind, values in theirs.items():
        for our, their in itertools.zip_longest(mine[kind], values):
            if our is None or their is None:
                assert not np.any(our if their is None else their), kind
                continue
            assert (our.shape, our.dtype) == (their.shape, their.dtype), kind
            np.testing.assert_allclose(our, their, 1e-9, 1e-11, err_msg=kind)


@every_module
def test_values_and_gradients_are_pytorchs(name: str) -> None:
    if name == "Hardsigmoid":
        pytest.skip("PyTorch's gradient has seven digits, and no gradient of its own")
    mine, theirs = both(name)
    arrays = MODULES[name][1]
    for training in (True, False):  # twice in training: what it has counted then counts
        for module in (mine, theirs):
            module.train(training)
        for _ in range(1 + training):
            expected = outcome(torch, theirs, arrays, torch.autograd.grad)
            assert_alike(outcome(tinygrad_lr, mine, arrays, grad), expected)


@every_module
def test_repr_and_state_are_pytorchs(name: str) -> None:
    mine, theirs = both(name)
    assert repr(mine) == repr(theirs)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        assert mine.state_dict()[key].dtype.name == str(value.dtype).removeprefix("torch."), key


@every_module
def test_what_is_printed_names_the_operation_as_pytorch_does(name: str) -> None:
    if name in OTHER_NAMES:
        pytest.skip(OTHER_NAMES[name])
    mine, theirs = both(name)
    printed = []
    for lib, module in ((tinygrad_lr, mine), (torch, theirs)):
        arrays = [lib.tensor(a, requires_grad=is_float(a)).clone() for a in MODULES[name][1]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            printed.append(module(*arrays).grad_fn.name())
    assert printed[0].rstrip("01") == printed[1].rstrip("01")  # in place some have another number


COMPOSED = "of several operations here"
OTHER_NAMES = dict.fromkeys(
    ["PReLU", "PReLU of each channel", "CELU", "Hardsigmoid", "Hardswish", "Hardshrink"], COMPOSED
)
OTHER_NAMES |= dict.fromkeys(["MarginRankingLoss: none", "TripletMarginLoss: none"], "clamp here")
OTHER_NAMES["CrossEntropyLoss of one row: none"] = "a view of it here"
OTHER_NAMES["CrossEntropyLoss with weights of (N, C, d): none"] = "the same"
OTHER_NAMES |= dict.fromkeys(["Softshrink", "Threshold", "GLU", "GLU along 0"], COMPOSED)
