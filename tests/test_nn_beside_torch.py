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

ROWS = np.array([[0, 2, 1], [2, 2, 3]])
LAYERS: dict[str, tuple[Make, tuple[np.ndarray, ...]]] = {
    "Linear": (lambda nn: nn.Linear(3, 2), (real(4, 3),)),
    "Bilinear": (lambda nn: nn.Bilinear(3, 2, 4), (real(5, 3), real(5, 2))),
    "Bilinear, no bias": (lambda nn: nn.Bilinear(3, 2, 4, bias=False), (real(3), real(2))),
    "Embedding": (lambda nn: nn.Embedding(4, 3), (ROWS,)),
    "Embedding with padding": (lambda nn: nn.Embedding(4, 3, padding_idx=-2), (ROWS,)),
    "Embedding, pretrained": (
        lambda nn: nn.Embedding.from_pretrained(tensor(nn, [[1.0, 2.0], [3.0, 4.0]])),
        (np.array([1, 0, 1]),),
    ),
    "Embedding, to be trained": (
        lambda nn: nn.Embedding.from_pretrained(tensor(nn, [[1.0, 2.0]]), freeze=False),
        (np.array([0, 0]),),
    ),
    "Identity": (lambda nn: nn.Identity(54, unused=0.1), (real(4, 3),)),
    "Flatten": (lambda nn: nn.Flatten(), (real(4, 3, 2),)),
    "Unflatten": (lambda nn: nn.Unflatten(1, (3, 2)), (real(4, 6),)),
    "Dropout of none": (lambda nn: nn.Dropout(p=0.0), (real(4, 3),)),
    "Dropout of all": (lambda nn: nn.Dropout(p=1.0), (real(4, 3),)),
    "AlphaDropout of none": (lambda nn: nn.AlphaDropout(p=0.0), (real(4, 3),)),
    "CosineSimilarity": (lambda nn: nn.CosineSimilarity(), (real(4, 3), real(4, 3))),
    "CosineSimilarity along 0": (lambda nn: nn.CosineSimilarity(dim=0), (real(4), real(4))),
    "PairwiseDistance": (lambda nn: nn.PairwiseDistance(), (real(4, 3), real(4, 3))),
    "PairwiseDistance by p": (
        lambda nn: nn.PairwiseDistance(p=3, keepdim=True),
        (real(4, 3), real(4, 3)),
    ),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(3), (real(5, 3),)),
    "BatchNorm1d of (N, C, L)": (lambda nn: nn.BatchNorm1d(3, eps=0.1), (real(4, 3, 2),)),
    "BatchNorm1d, slow": (lambda nn: nn.BatchNorm1d(3, momentum=0.01), (real(5, 3),)),
    "BatchNorm1d by the average": (lambda nn: nn.BatchNorm1d(3, momentum=None), (real(5, 3),)),
    "BatchNorm1d, nothing learned": (lambda nn: nn.BatchNorm1d(3, affine=False), (real(5, 3),)),
    "BatchNorm1d, nothing kept": (
        lambda nn: nn.BatchNorm1d(3, track_running_stats=False),
        (real(5, 3),),
    ),
    "LayerNorm": (lambda nn: nn.LayerNorm(3), (real(4, 3),)),
    "LayerNorm of two dimensions": (lambda nn: nn.LayerNorm((3, 2)), (real(4, 3, 2),)),
    "LayerNorm, no bias": (lambda nn: nn.LayerNorm([3], bias=False), (real(2, 4, 3),)),
    "LayerNorm, nothing learned": (
        lambda nn: nn.LayerNorm(3, eps=0.1, elementwise_affine=False),
        (real(4, 3),),
    ),
    "RMSNorm": (lambda nn: nn.RMSNorm(3), (real(4, 3),)),
    "RMSNorm with eps": (lambda nn: nn.RMSNorm((3, 2), eps=0.1), (real(4, 3, 2),)),
    "GroupNorm": (lambda nn: nn.GroupNorm(2, 4), (real(3, 4, 2),)),
    "GroupNorm, nothing learned": (lambda nn: nn.GroupNorm(1, 4, affine=False), (real(3, 4),)),
}
MODULES |= LAYERS

every_module = pytest.mark.parametrize("name", MODULES)


def both(name: str) -> tuple[Any, Any]:
    """The module here and in PyTorch, in float64, with the same state."""
    make, _ = MODULES[name]
    torch.manual_seed(0)
    mine, theirs = make(tinygrad_lr.nn).double(), make(torch.nn).double()
    with torch.no_grad():  # other parameters than ones and zeros
        for parameter in theirs.parameters():
            parameter.add_(torch.rand_like(parameter))
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
    if not value.requires_grad:
        return {"value": [np.asarray(value.numpy())]}
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
            node = module(*arrays).grad_fn
            printed.append(node.name() if node else "")
    assert printed[0].rstrip("01") == printed[1].rstrip("01")  # in place some have another number


COMPOSED = "of several operations here"
OTHER_NAMES = dict.fromkeys(
    ["PReLU", "PReLU of each channel", "CELU", "Hardsigmoid", "Hardswish", "Hardshrink"], COMPOSED
)
OTHER_NAMES |= dict.fromkeys(["MarginRankingLoss: none", "TripletMarginLoss: none"], "clamp here")
OTHER_NAMES |= dict.fromkeys(["GroupNorm", "GroupNorm, nothing learned"], COMPOSED)
OTHER_NAMES |= dict.fromkeys(["PairwiseDistance", "PairwiseDistance by p"], COMPOSED)
OTHER_NAMES["CrossEntropyLoss of one row: none"] = "a view of it here"
OTHER_NAMES["CrossEntropyLoss with weights of (N, C, d): none"] = "the same"
OTHER_NAMES |= dict.fromkeys(["Softshrink", "Threshold", "GLU", "GLU along 0"], COMPOSED)


# ---------------------------------------------------------------------- what is left out by chance


def test_dropout_leaves_out_the_share_p_and_scales_the_rest() -> None:
    tinygrad_lr.manual_seed(0)
    x = tinygrad_lr.ones(100, 100, requires_grad=True)
    layer = tinygrad_lr.nn.Dropout(0.25)
    y = layer(x)
    assert set(np.unique(y.detach().numpy())) == {np.float32(0.0), np.float32(1.0 / 0.75)}
    assert abs((y == 0).float().mean().item() - 0.25) < 0.02
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    assert not tinygrad_lr.equal(layer(x), y)
    assert layer.eval()(x) is x


def test_a_seed_decides_what_is_left_out() -> None:
    def drawn() -> Any:
        tinygrad_lr.manual_seed(3)
        return tinygrad_lr.nn.functional.dropout(tinygrad_lr.ones(20)).tolist()

    assert drawn() == drawn()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dropout_rounds_what_it_scales_by_once(dtype: str) -> None:
    ones = tinygrad_lr.ones(100, dtype=dtype)
    kept = tinygrad_lr.nn.functional.dropout(ones, p=0.3).numpy()
    one = np.ones((), np.float32 if dtype == "float16" else dtype)
    assert set(kept.tolist()) == {0.0, float((one / (1.0 - 0.3)).astype(dtype))}


def test_dropout1d_leaves_out_whole_rows() -> None:
    tinygrad_lr.manual_seed(0)
    y = tinygrad_lr.nn.Dropout1d()(tinygrad_lr.ones(8, 16, 5)).numpy()
    assert {*np.unique(y)} == {0.0, 2.0}
    assert (y == y[:, :, :1]).all()


def test_alpha_dropout_keeps_mean_and_variance() -> None:
    tinygrad_lr.manual_seed(0)
    y = tinygrad_lr.nn.AlphaDropout(0.3)(tinygrad_lr.randn(200, 200))
    assert abs(y.mean().item()) < 0.02
    assert abs(y.var().item() - 1) < 0.02


def test_in_place_what_is_left_out_is_written() -> None:
    x = tinygrad_lr.ones(10)
    assert tinygrad_lr.nn.Dropout(1.0, inplace=True)(x) is x
    assert x.tolist() == [0.0] * 10


def test_a_gumbel_softmax_is_a_class_drawn_by_its_probability() -> None:
    tinygrad_lr.manual_seed(0)
    logits = tinygrad_lr.tensor([0.1, 0.7, 0.2]).log().expand(4000, 3).clone().requires_grad_()
    hard = tinygrad_lr.nn.functional.gumbel_softmax(logits, hard=True)
    np.testing.assert_allclose(hard.detach().mean(0).numpy(), [0.1, 0.7, 0.2], atol=0.03)
    np.testing.assert_allclose(hard.detach().max(1).values.numpy(), 1.0, atol=1e-6)
    (hard * tinygrad_lr.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert np.abs(logits.grad.numpy()).max() > 0
    soft = tinygrad_lr.nn.functional.gumbel_softmax(logits, tau=0.5)
    np.testing.assert_allclose(soft.sum(-1).detach().numpy(), 1.0, rtol=1e-5)


# -------------------------------------------------------------------------------- in extreme cases


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
def test_logits_and_probabilities_at_the_ends(dtype: str) -> None:
    ends = [-1000.0, -100.0, -1.0, 0.0, 1.0, 100.0, 1000.0]
    for target, name in itertools.product((0.0, 0.3, 1.0), ("with_logits", "")):
        found = []
        for lib in (tinygrad_lr, torch):
            kind = getattr(lib, dtype)
            x = lib.tensor(ends if name else [0.0, 0.5, 1.0], dtype=kind, requires_grad=True)
            y = lib.full((len(x),), target, dtype=kind)
            function = "binary_cross_entropy" + (f"_{name}" if name else "")
            loss = getattr(lib.nn.functional, function)(x, y, reduction="none")
            loss.sum().backward()
            found.append((loss.detach().numpy(), x.grad.numpy()))
        for mine, theirs in zip(*found):
            close = {"float64": 1e-8, "float32": 1e-6, "float16": 2e-3}[dtype]
            if dtype == "float16":  # where PyTorch's 1e-12 is 0
                theirs = np.where(np.isnan(theirs), mine, theirs)
            np.testing.assert_allclose(mine, theirs, close, close)


def test_older_words_for_a_reduction_are_taken_with_a_warning() -> None:
    for lib, words in itertools.product(
        (tinygrad_lr, torch), ({"size_average": False}, {"reduce": False}, {"reduce": True})
    ):
        x, y = lib.tensor([1.0, 3.0]), lib.tensor([0.0, 0.0])
        with pytest.warns(UserWarning, match=r"please use reduction='(sum|none|mean)' instead"):
            loss = lib.nn.functional.l1_loss(x, y, **words)
        with pytest.warns(UserWarning, match="will be deprecated"):
            module = lib.nn.L1Loss(**words)
        assert loss.tolist() == module(x, y).tolist()
        assert loss.tolist() == {"size_average": 4.0, "reduce": [1.0, 3.0]}[next(iter(words))] or (
            words == {"reduce": True} and loss.item() == 2.0
        )


def test_softmax_without_dim_warns_and_takes_the_dimension_that_pytorch_takes() -> None:
    array = real(2, 3)
    found = []
    for lib in (tinygrad_lr, torch):
        with pytest.warns(UserWarning, match="Implicit dimension choice for softmax"):
            found.append(lib.nn.Softmax()(lib.tensor(array)).numpy())
    np.testing.assert_allclose(*found, 1e-12)


# ---------------------------------------------------------------------------------- captured steps


def stepped(trace: bool) -> list[list[float]]:
    """Losses and parameters of some steps of a network with what this file is about in it."""
    tinygrad_lr.manual_seed(1)
    nn = tinygrad_lr.nn
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.GELU(), nn.LayerNorm(6))
    model.extend(nn.Sequential(nn.Linear(6, 3), nn.SiLU(), nn.Linear(3, 1)))
    optimizer = tinygrad_lr.optim.SGD(model.parameters(), lr=0.1)
    loss_of = nn.BCEWithLogitsLoss()

    def step(x: Any, y: Any) -> Any:
        loss = loss_of(model(x).squeeze(1), y) + nn.functional.huber_loss(model(x).squeeze(1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    run = tinygrad_lr.jit.trace(step) if trace else step
    found = []
    for _ in range(4):
        x = tinygrad_lr.randn(8, 4)
        found.append([run(x, (x[:, 0] > 0).float()).item()])
    return [*found, *(value.reshape(-1).tolist() for value in model.state_dict().values())]


def test_a_traced_step_gives_the_same_bits_and_statistics() -> None:
    assert stepped(trace=True) == stepped(trace=False)


def test_a_captured_step_refuses_to_leave_out_by_chance_but_not_in_evaluation() -> None:
    layer = tinygrad_lr.nn.Dropout()
    step = tinygrad_lr.jit.trace(lambda x: layer(x).sum())
    x = tinygrad_lr.ones(3)
    step(x)
    with pytest.raises(tinygrad_lr.capture.CaptureError, match="random"):
        step(x)
    layer.eval()
    evaluated = tinygrad_lr.jit.trace(lambda x: layer(x).sum())
    assert [evaluated(x).item() for _ in range(3)] == [3.0] * 3


def test_a_traced_step_looks_whether_probabilities_are_some() -> None:
    loss = tinygrad_lr.nn.BCELoss()
    step = tinygrad_lr.jit.trace(lambda x, y: loss(x, y))
    x, y = tinygrad_lr.tensor([0.2, 0.9]), tinygrad_lr.tensor([0.0, 1.0])
    assert len({step(x, y).item() for _ in range(3)}) == 1
    with pytest.raises(RuntimeError, match="input must be from 0 to 1"):
        step(x * 2, y)


def test_batch_norm_learns_nothing_from_a_batch_without_samples() -> None:
    ours, theirs = tinygrad_lr.nn.BatchNorm1d(3), torch.nn.BatchNorm1d(3)
    ours(tinygrad_lr.zeros(0, 3)), theirs(torch.zeros(0, 3))
    for name, value in theirs.state_dict().items():
        assert ours.state_dict()[name].tolist() == value.tolist()
