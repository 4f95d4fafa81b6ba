"""tinygrad_lr.nn: what a Module promises, beside PyTorch's. Its functions: test_nn_functional.py.

What it prints, which parameters and modules it has by which names, its first weights, its dtype,
its state, saved and loaded. One expression serves both: `lib` is either `torch` or `tinygrad_lr`.
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

import tinygrad_lr
from tinygrad_lr import nn

# ----------------------------------------------------------------------------------------- the tree


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
    x = tinygrad_lr.randn(5, 2, 2)
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


# --------------------------------------------------------------------------------------- parameters


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
    assert layer(tinygrad_lr.randn(2, 4, dtype="float64")).dtype == np.float64


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
    model(tinygrad_lr.randn(3, 2, dtype="float64")).sum().backward()
    optimizer.step()
    assert model.weight.dtype == np.float64
    assert model.weight.tolist() != before.tolist()


# -------------------------------------------------------------------------------------------- state


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
        'the parameter named "alpha.weight", expected a Tensor',
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
    with pytest.raises(RuntimeError, match=r"(?s)linear.* weight.* modified.* copy_"):
        loss.backward()
