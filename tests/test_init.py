"""nn.init beside PyTorch's: the same bounds and deviations, and the right distributions."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
import pytest
import torch
from modules_beside import Case, assert_alike, outcome

import tinygrad_lr as tg
from tinygrad_lr import nn


def asked(name: str, *shape: int, **options: Any) -> Case:
    """What is drawn: the distribution, and its bounds, or its mean and deviation."""

    def case(lib: ModuleType) -> Any:
        drawn: list[Any] = []

        def told(kind: str) -> Any:
            return lambda tensor, *numbers, **_: drawn.append(
                [kind, *[float(f"{number:.12g}") for number in numbers]]
            )

        w = lib.zeros(shape, requires_grad=True)
        with (
            mock.patch.object(lib.Tensor, "uniform_", told("uniform")),
            mock.patch.object(lib.Tensor, "normal_", told("normal")),
        ):
            getattr(lib.nn.init, name)(w, **options)
        return drawn

    return case


SHAPES = [(3, 4), (10, 784), (5, 2, 3), (4, 1, 2, 3)]
DRAWN: dict[str, Case] = {
    **{f"xavier_uniform_ {s}": asked("xavier_uniform_", *s) for s in SHAPES},
    **{f"xavier_normal_ {s}": asked("xavier_normal_", *s, gain=5 / 3) for s in SHAPES},
    **{
        f"{name} {s} {mode} {nonlinearity}": asked(
            name, *s, mode=mode, nonlinearity=nonlinearity, a=0.2
        )
        for name in ("kaiming_uniform_", "kaiming_normal_")
        for s in SHAPES
        for mode in ("fan_in", "fan_out")
        for nonlinearity in ("relu", "leaky_relu", "tanh", "linear", "selu")
    },
    "kaiming_uniform_ as it is": asked("kaiming_uniform_", 3, 4),
    "kaiming_normal_ as it is": asked("kaiming_normal_", 3, 4),
    "xavier_uniform_ of a vector": asked("xavier_uniform_", 3),
    "xavier_normal_ of a number": asked("xavier_normal_"),
    "kaiming_normal_ of a vector": asked("kaiming_normal_", 3),
    "kaiming_uniform_ by another mode": asked("kaiming_uniform_", 3, 2, mode="fan"),
    "kaiming_uniform_ for nothing known": asked("kaiming_uniform_", 3, 2, nonlinearity="swish"),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_is_what_pytorch_draws(name: str) -> None:
    assert_alike(DRAWN[name])


def filled(name: str, *shape: int, **options: Any) -> Case:
    """The values, where no chance is in them."""

    def case(lib: ModuleType) -> Any:
        w = lib.nn.Parameter(lib.full(shape, 5.0))
        out = getattr(lib.nn.init, name)(w, **options)
        return w.tolist(), out is w, w.requires_grad, w.is_leaf

    return case


FILLED: dict[str, Case] = {
    "the fans, as layers of one's own ask for them": lambda lib: (
        lib.nn.init._calculate_fan_in_and_fan_out(lib.zeros(3, 4, 5))
    ),
    "constant_": filled("constant_", 2, 3, val=0.5),
    "ones_": filled("ones_", 2),
    "zeros_": filled("zeros_", 2),
    "eye_": filled("eye_", 3, 3),
    "eye_ wide": filled("eye_", 2, 3),
    "eye_ high": filled("eye_", 3, 2),
    "eye_ of a vector": filled("eye_", 3),
    "orthogonal_ of a vector": filled("orthogonal_", 3),
    "sparse_ of a vector": filled("sparse_", 3, sparsity=0.5),
    "orthogonal_ of nothing": filled("orthogonal_", 0, 3),
    **{
        f"calculate_gain {name} {param}": lambda lib, name=name, param=param: (
            lib.nn.init.calculate_gain(name, param)
        )
        for name in ("linear", "sigmoid", "tanh", "relu", "leaky_relu", "selu", "swish")
        for param in (None, 0.2, True, "steep")
    },
}


@pytest.mark.parametrize("name", FILLED)
def test_what_is_filled_is_pytorchs(name: str) -> None:
    assert_alike(FILLED[name])


RANDOM: dict[str, dict[str, Any]] = {
    "uniform_": {"a": -3.0, "b": 1.0},
    "normal_": {"mean": 2.0, "std": 3.0},
    "xavier_uniform_": {},
    "xavier_normal_": {},
    "kaiming_uniform_": {"nonlinearity": "relu"},
    "kaiming_normal_": {},
    "trunc_normal_": {"std": 0.02},
    "orthogonal_": {},
    "sparse_": {"sparsity": 0.1},
}


@pytest.mark.parametrize("name", RANDOM)
def test_a_leaf_that_requires_grad_is_filled_from_the_generator(name: str) -> None:
    def drawn() -> tg.Tensor:
        source = tg.Generator().manual_seed(5)
        w = nn.Parameter(tg.empty(30, 20))
        before = w.array
        out = getattr(nn.init, name)(w, **RANDOM[name], generator=source)
        assert out is w
        assert w.array is before
        assert w.is_leaf
        assert w.requires_grad
        return w

    assert drawn().tolist() == drawn().tolist()
    assert len(np.unique(drawn().detach().numpy())) > 300


@pytest.mark.parametrize("name", RANDOM)
def test_means_and_deviations_are_pytorchs(name: str) -> None:
    tg.manual_seed(1)
    torch.manual_seed(1)
    ours, theirs = (
        getattr(lib.nn.init, name)(lib.empty(150, 200), **RANDOM[name]) for lib in (tg, torch)
    )
    deviation = float(theirs.std())
    assert float(ours.std()) == pytest.approx(deviation, rel=0.03)
    assert float(ours.mean()) == pytest.approx(float(theirs.mean()), abs=deviation / 30)


@pytest.mark.parametrize(
    "limits",
    [(0.0, 1.0, -2.0, 2.0), (0.0, 0.02, -2.0, 2.0), (0.0, 1.0, 1.5, 2.0), (3.0, 2.0, 0.0, 1.0)],
)
def test_the_truncated_normal_distribution_is_that(limits: tuple[float, ...]) -> None:
    mean, std, a, b = limits
    n = 20_000
    tg.manual_seed(3)
    values = np.sort(nn.init.trunc_normal_(tg.empty(n), mean, std, a, b).numpy())
    assert a <= values[0]
    assert values[-1] <= b
    below = [math.erf((x - mean) / std / math.sqrt(2.0)) for x in (a, *values.tolist(), b)]
    expected = (np.array(below[1:-1]) - below[0]) / (below[-1] - below[0])
    assert np.abs(expected - (np.arange(n) + 0.5) / n).max() < 1.63 / math.sqrt(n)


def test_a_mean_far_outside_is_told() -> None:
    for lib in (tg, torch):
        with pytest.warns(UserWarning, match="mean is more than 2 std from"):
            lib.nn.init.trunc_normal_(lib.empty(3), 5.0, 0.4, 0.0, 4.0)


@pytest.mark.parametrize("name", ["kaiming_uniform_", "kaiming_normal_"])
def test_nothing_to_fill_is_told(name: str) -> None:
    for lib in (tg, torch):
        with pytest.warns(UserWarning, match="zero-element"):
            getattr(lib.nn.init, name)(lib.empty(0, 3))


@pytest.mark.parametrize("shape", [(4, 4), (3, 5), (5, 3), (2, 3, 4)])
def test_orthogonal_rows_or_columns_have_the_length_that_is_asked_for(shape: Any) -> None:
    w = nn.init.orthogonal_(tg.empty(*shape), gain=2.0).numpy().reshape(shape[0], -1)
    product = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 4.0 * np.eye(len(product)), atol=1e-5)


def test_each_column_of_a_sparse_matrix_has_as_many_zeros() -> None:
    w = nn.init.sparse_(tg.empty(10, 4), sparsity=0.25)
    assert (w == 0).sum(0).tolist() == [3] * 4


def test_apply_draws_anew_as_tutorials_do() -> None:
    def drawn(module: Any) -> None:
        if type(module) is nn.Linear:
            nn.init.normal_(module.weight, std=0.01)
            nn.init.zeros_(module.bias)

    net = nn.Sequential(nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 1))
    net.apply(drawn)
    assert float(net[0].weight.std()) == pytest.approx(0.01, rel=0.05)
    assert not net[2].bias.any()


def test_a_layer_can_be_reset() -> None:
    layer = nn.Linear(25, 3)
    with tg.no_grad():
        for parameter in layer.parameters():
            parameter.fill_(9.0)
    layer.reset_parameters()
    assert (layer.weight.abs() <= 0.2).all()
    assert (layer.bias.abs() <= 0.2).all()


# --------------------------------------------------------------------------------------- LazyLinear


def lazy(lib: ModuleType) -> Any:
    return lib.nn.Sequential(lib.nn.LazyLinear(3), lib.nn.ReLU(), lib.nn.LazyLinear(1, bias=False))


def called(lib: ModuleType) -> Any:
    net = lazy(lib)
    net(lib.ones(4, 5))
    return net


LAZY: dict[str, Case] = {
    "printed before": lambda lib: repr(lazy(lib)),
    "printed after": lambda lib: repr(called(lib)),
    "its class before": lambda lib: type(lazy(lib)[0]).__name__,
    "its class after": lambda lib: type(called(lib)[0]).__name__,
    "a weight before": lambda lib: repr(lazy(lib)[0].weight),
    "a type before": lambda lib: type(lazy(lib)[0].bias).__name__,
    "types after": lambda lib: [type(p).__name__ for p in called(lib).parameters()],
    "no bias": lambda lib: lazy(lib)[2].bias,
    "names before": lambda lib: [name for name, _ in lazy(lib).named_parameters()],
    "names of the state before": lambda lib: [*lazy(lib).state_dict()],
    "shapes after": lambda lib: [tuple(p.shape) for p in called(lib).parameters()],
    "the shape before": lambda lib: lazy(lib)[0].weight.shape,
    "numel before": lambda lib: lazy(lib)[0].weight.numel(),
    "numel after": lambda lib: sum(p.numel() for p in called(lib).parameters()),
    "another size afterwards": lambda lib: called(lib)(lib.ones(4, 6)),
    "in float64": lambda lib: str(
        (lambda net: [net(lib.ones(1, 2, dtype=lib.float64)), net[0].weight.dtype][1])(
            lazy(lib).double()
        )
    ).removeprefix("torch."),
    "into one with shapes": lambda lib: called(lib).load_state_dict(lazy(lib).state_dict()),
    "written to before": lambda lib: (
        lambda net: [
            net[0].weight.data.normal_(0, 0.01).tolist(),
            net[0].bias.data.fill_(0).tolist(),
        ]
    )(lazy(lib)),
}


@pytest.mark.parametrize("name", LAZY)
def test_a_lazy_layer_is_pytorchs(name: str) -> None:
    assert_alike(LAZY[name])


def test_an_optimizer_made_before_the_first_call_trains() -> None:
    def case(lib: ModuleType) -> Any:
        net = lazy(lib)
        optimizer = lib.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
        x, before = lib.ones(4, 5), None
        for _ in range(2):
            optimizer.zero_grad()
            loss = net(x).sum()
            before = before or net[0].weight.tolist()
            loss.backward()
            optimizer.step()
        return net[2].weight.grad is not None, len(optimizer.param_groups[0]["params"])

    assert not isinstance(outcome(case, torch), Exception)
    assert_alike(case)


def test_a_state_gives_a_lazy_layer_its_shape() -> None:
    net, other = called(tg), lazy(tg)
    assert repr(other.load_state_dict(net.state_dict())) == "<All keys matched successfully>"
    x = tg.randn(2, 5)
    assert other(x).tolist() == net(x).tolist()
    assert repr(other) == repr(net)


def test_a_lazy_layer_begins_as_a_layer_of_its_size_would() -> None:
    tg.manual_seed(4)
    late = nn.LazyLinear(3)
    late(tg.ones(2, 5))
    tg.manual_seed(4)
    assert str(late.state_dict()) == str(nn.Linear(5, 3).state_dict())


def test_layers_are_of_the_default_dtype() -> None:
    def case(lib: ModuleType) -> Any:
        lib.set_default_dtype(lib.float64)
        try:
            net = called(lib)
            made = [*net.parameters(), lib.nn.LazyLinear(2).weight.data, lib.nn.Linear(1, 1).bias]
            return [str(t.dtype).removeprefix("torch.") for t in made]
        finally:
            lib.set_default_dtype(lib.float32)

    assert_alike(case)
