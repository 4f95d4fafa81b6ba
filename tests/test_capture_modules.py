"""Captured steps of modules with hooks, buffers and clipped gradients, on the device under test.

On the CPU a step is traced; test_device.py captures it on the double of CuPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from captured_steps import capture
from side_by_side import Place, on_device

import tinygrad_lr as tg
from tinygrad_lr import nn

device = pytest.fixture(scope="module", autouse=True)(on_device)


def captured(net: nn.Module) -> Callable[..., Any]:
    net.to(Place.name)
    return capture(lambda x: net(x))


def numbers(*size: int) -> tg.Tensor:
    return tg.randn(*size).to(Place.name)


def test_a_hook_that_computes_is_captured() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    net[0].register_forward_hook(lambda m, args, out: out * 3.0)
    step, x = captured(net), numbers(4, 2)
    for _ in range(4):
        with tg.no_grad():
            assert step(x).tolist() == net(x).tolist()


@pytest.mark.parametrize("of", [nn.Linear(2, 2), nn.ReLU()])
def test_a_hook_that_comes_or_goes_between_two_calls_is_noticed(of: nn.Module) -> None:
    net = nn.Sequential(nn.Linear(2, 2), of)
    step, x = captured(net), numbers(4, 2)
    with tg.no_grad():
        for _ in range(3):
            step(x)
        handle = of.register_forward_hook(lambda m, args, out: out * 3.0)
        for _ in range(3):
            assert step(x).tolist() == net(x).tolist()
        handle.remove()
        for _ in range(3):
            assert step(x).tolist() == net(x).tolist()


def test_a_hook_that_keeps_what_it_is_given_cannot_be_captured() -> None:
    net, kept = nn.Sequential(nn.Linear(2, 2), nn.ReLU()), []
    net[0].register_forward_hook(lambda m, args, out: kept.append(out))
    step, x = captured(net), numbers(4, 2)
    with tg.no_grad():
        step(x)
        with pytest.raises(RuntimeError, match="keep"):
            step(x)


def test_a_buffer_that_is_replaced_between_two_calls_is_noticed() -> None:
    class Shift(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("by", tg.ones(2))

        def forward(self, x: tg.Tensor) -> tg.Tensor:
            return x + self.by

    net, x = Shift(), tg.zeros(2, device=Place.name)
    step = captured(net)
    for _ in range(3):
        assert step(x).tolist() == [1.0, 1.0]
    net.by = tg.full((2,), 5.0, device=Place.name)
    for _ in range(3):
        assert step(x).tolist() == [5.0, 5.0]
    net.by.fill_(7.0)
    assert step(x).tolist() == [7.0, 7.0]


def test_a_captured_step_runs_no_backward_hook_and_says_so() -> None:
    net = nn.Linear(2, 2, device=Place.name)
    net.register_full_backward_hook(lambda *given: None)
    optimizer = tg.optim.SGD(net.parameters(), lr=0.1)

    @capture
    def step(x: tg.Tensor) -> tg.Tensor:
        optimizer.zero_grad()
        loss = net(x).sum()
        loss.backward()
        optimizer.step()
        return loss

    step(numbers(1, 2))
    with pytest.raises(RuntimeError, match="hook"):
        step(numbers(1, 2))


class Net(nn.Module):
    """With all that a module may have besides layers, and a layer that has no shape yet."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(6)])
        self.scales = nn.ParameterDict({"x": tg.ones(4)})
        self.register_buffer("calls", tg.tensor(0))
        self.register_buffer("mean", tg.zeros(4), persistent=False)
        self.out = nn.LazyLinear(2)

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        for layer in self.layers:
            x = layer(x).relu()
        with tg.no_grad():
            self.mean.mul_(0.9).add_(x.mean(0) * 0.1)
            self.calls.add_(1)
        return self.out(x * self.scales["x"])


def test_a_step_with_buffers_hooks_and_clipped_gradients_is_captured() -> None:
    plain, twin = Net().to(Place.name), Net().to(Place.name)
    assert plain.calls.device == plain.mean.device == Place.name
    for net in (plain, twin):
        net(numbers(8, 4))
        net.layers[1].register_forward_hook(lambda m, args, out: out * 1.5)
    twin.load_state_dict(plain.state_dict())
    twin.mean.copy_(plain.mean)

    def step_of(net: nn.Module) -> Callable[[tg.Tensor], tg.Tensor]:
        optimizer = tg.optim.SGD(net.parameters(), lr=0.5)

        def step(x: tg.Tensor) -> tg.Tensor:
            optimizer.zero_grad()
            (net(x) ** 2).sum().backward()
            total = nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            nn.utils.clip_grad_value_(net.parameters(), 0.2)
            optimizer.step()
            return total

        return step

    by_itself, captured = step_of(plain), capture(step_of(twin))
    for _ in range(5):
        x = numbers(8, 4)
        assert by_itself(x).tolist() == captured(x).tolist()
    assert str(plain.state_dict()) == str(twin.state_dict())
    assert twin.mean.tolist() == plain.mean.tolist()
    assert twin.calls.item() == 6


def test_a_layer_takes_its_shape_in_the_first_call_of_a_captured_step() -> None:
    net = nn.Sequential(nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1)).to(Place.name)
    step = captured(net)
    with tg.no_grad():
        for _ in range(4):
            x = numbers(5, 7)
            assert step(x).tolist() == net(x).tolist()
    assert net[0].weight.device == Place.name
    assert net[0].weight.shape == (3, 7)


@pytest.mark.parametrize("name", [name for name in nn.init.__all__ if name.endswith("_")])
def test_what_is_filled_stays_where_it_is(name: str) -> None:
    given = {"constant_": [2.0], "sparse_": [0.5]}.get(name, [])
    w = nn.Parameter(tg.full((4, 4), 7.0).to(Place.name))
    before = w.array
    assert getattr(nn.init, name)(w, *given) is w
    assert w.array is before
    assert 7.0 not in w


def test_a_part_that_changes_is_noticed_also_after_other_modules_were_made() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    step, x = captured(net), numbers(4, 2)
    with tg.no_grad():
        for others in range(3):
            for _ in range(3):
                assert step(x).tolist() == net(x).tolist()
            _ = [nn.Linear(2, 2) for _ in range(others)]
            assert step(x).tolist() == net(x).tolist()
            net[1] = (nn.Tanh(), nn.Sigmoid(), nn.ReLU())[others]
            assert step(x).tolist() == net(x).tolist()
