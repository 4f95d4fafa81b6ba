"""Every optimizer beside PyTorch's: a hundred steps, its state, captured steps, one's own class."""

from __future__ import annotations

import copy
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jit_steps import scheduled
from mistakes import assert_told_in_words

import tinygrad_lr as tg

SHAPES = [(2, 3), (3,), (), (0, 2)]
GRIDS: dict[str, dict[str, list[Any]]] = {
    "Adam": {
        "betas": [(0.9, 0.999), (0.0, 0.5)],
        "eps": [1e-4],
        "weight_decay": [0, 0.1],
        "amsgrad": [False, True],
        "maximize": [False, True],
        "decoupled_weight_decay": [False, True],
    },
    "AdamW": {
        "weight_decay": [0.01, 0.3],
        "amsgrad": [False, True],
        "maximize": [False, True],
    },
    "RMSprop": {
        "alpha": [0.99, 0.5],
        "momentum": [0, 0.9],
        "weight_decay": [0, 0.1],
        "centered": [False, True],
        "maximize": [False, True],
    },
    "Adagrad": {
        "lr_decay": [0, 0.1],
        "weight_decay": [0, 0.1],
        "initial_accumulator_value": [0, 0.5],
        "maximize": [False, True],
    },
    "SGD": {
        "momentum": [0, 0.9],
        "weight_decay": [0, 0.1],
        "maximize": [False, True],
    },
}
CASES = [
    pytest.param(name, dict(zip(grid, values)), id=f"{name}-{'-'.join(map(str, values))}")
    for name, grid in GRIDS.items()
    for values in itertools.product(*grid.values())
]
# One of each kind, with all that it keeps.
RICH = [
    ("SGD", {"momentum": 0.9}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("Adagrad", {"lr_decay": 0.1}),
]
EACH = pytest.mark.parametrize(("name", "options"), RICH, ids=[name for name, _ in RICH])


def leaves(lib: Any, dtype: str = "float64") -> list[Any]:
    rng = np.random.default_rng(1)
    values = [np.asarray(rng.normal(size=shape), dtype) for shape in SHAPES]
    return [lib.tensor(value, requires_grad=True) for value in values]


def backward(lib: Any, parameters: list[Any], number: int) -> None:
    """The gradients of step `number`; every third time the first parameter has none."""
    rng = np.random.default_rng(number)
    for i, p in enumerate(parameters):
        g = np.asarray(rng.normal(size=tuple(p.shape)), str(p.dtype).removeprefix("torch."))
        p.grad = None if i == 0 and number % 3 == 2 else lib.tensor(g)


def make(lib: Any, name: str, parameters: list[Any], **options: Any) -> Any:
    return getattr(lib.optim, name)(parameters, **options)


def train(lib: Any, parameters: list[Any], optimizer: Any, numbers: Any) -> None:
    for number in numbers:
        backward(lib, parameters, number)
        optimizer.step()


def arrays(parameters: list[Any]) -> list[Any]:
    return [p.detach().numpy().copy() for p in parameters]


def assert_close(ours: list[Any], theirs: list[Any], tolerance: float) -> None:
    for our, their in zip(arrays(ours), arrays(theirs), strict=True):
        assert our.dtype == their.dtype
        np.testing.assert_allclose(our, their, tolerance, tolerance)


# --- Many steps


@pytest.mark.parametrize(
    ("steps", "dtype", "tolerance"),
    [
        (25, "float64", 1e-11),
        pytest.param(100, "float64", 1e-11, marks=pytest.mark.thorough),
        pytest.param(100, "float32", 1e-6, marks=pytest.mark.thorough),
    ],
)
@pytest.mark.parametrize(("name", "options"), CASES)
def test_many_steps_are_pytorch_s(
    name: str, options: dict[str, Any], steps: int, dtype: str, tolerance: float
) -> None:
    results = []
    for lib in (tg, torch):
        parameters = leaves(lib, dtype)
        optimizer = make(lib, name, parameters, lr=0.01, **options)
        train(lib, parameters, optimizer, range(steps))
        results.append(parameters)
    if options.get("centered"):  # a small difference of large numbers, under a root
        tolerance *= 100
    assert_close(*results, tolerance)


@pytest.mark.parametrize("name", GRIDS)
def test_the_defaults_are_pytorch_s(name: str) -> None:
    results, texts, states = [], [], []
    for lib in (tg, torch):
        parameters = leaves(lib)
        optimizer = make(lib, name, parameters)
        texts.append(repr(optimizer))
        states.append(optimizer.state_dict())
        assert list(optimizer.param_groups[0]) == ["params", *optimizer.defaults]
        train(lib, parameters, optimizer, range(20))
        results.append(parameters)
    assert texts[0] == texts[1]
    assert list(states[0]["param_groups"][0].items()) == list(states[1]["param_groups"][0].items())
    assert_close(*results, 1e-11)


CHANGING = st.fixed_dictionaries(
    {
        "lr": st.sampled_from([0, 0.1, 1]),
        "weight_decay": st.sampled_from([0, 0.1]),
        "eps": st.sampled_from([1e-8, 0.1]),
        "betas": st.sampled_from([(0.9, 0.999), (0.5, 0.9)]),
        "alpha": st.sampled_from([0.9, 0.5]),
        "lr_decay": st.sampled_from([0, 0.5]),
        "maximize": st.booleans(),
    }
)


@given(
    kind=st.sampled_from(["Adam", "AdamW", "RMSprop", "Adagrad"]),
    changes=st.lists(CHANGING, min_size=2, max_size=5),
)
def test_options_that_change_between_steps_are_pytorch_s(kind: str, changes: list[Any]) -> None:
    results = []
    for lib in (tg, torch):
        parameters = leaves(lib)
        optimizer = make(lib, kind, parameters)
        for number, options in enumerate(changes):
            used = {n: value for n, value in options.items() if n in optimizer.defaults}
            optimizer.param_groups[0].update(used)
            train(lib, parameters, optimizer, [number, number + 1])
        results.append(parameters)
    assert_close(*results, 1e-10)


@EACH
def test_groups_have_options_of_their_own(name: str, options: dict[str, Any]) -> None:
    results = []
    for lib in (tg, torch):
        parameters = leaves(lib)
        groups = [{"params": parameters[:1], "lr": 0.1}, {"params": parameters[1:3]}]
        optimizer = getattr(lib.optim, name)(groups, lr=0.01, **options)
        train(lib, parameters[:3], optimizer, range(5))
        if name != "Adagrad":  # PyTorch's has no sums of a group that is added
            optimizer.add_param_group({"params": parameters[3], "weight_decay": 0.5})
        train(lib, parameters, optimizer, range(5, 10))
        results.append(parameters)
    assert_close(*results, 1e-11)


def test_adagrad_has_sums_of_a_group_that_is_added() -> None:
    first, second = leaves(tg)[:2]
    optimizer = tg.optim.Adagrad([first], initial_accumulator_value=0.5)
    optimizer.add_param_group({"params": second})
    assert optimizer.state_dict()["state"][1]["sum"].tolist() == [0.5] * 3
    train(tg, [first, second], optimizer, range(2))


def test_a_learning_rate_in_a_tensor_is_read_in_each_step() -> None:
    results = []
    for lib in (tg, torch):
        parameters, lr = leaves(lib), lib.tensor(0.25)
        optimizer = lib.optim.Adam(parameters, lr=lr)
        for number in range(4):
            train(lib, parameters, optimizer, [number])
            lr.mul_(0.5)
        results.append(parameters)
    assert_close(*results, 1e-6)


@EACH
def test_a_model_may_change_its_precision_between_steps(name: str, options: dict[str, Any]) -> None:
    model = tg.nn.Linear(3, 2)
    optimizer = make(tg, name, list(model.parameters()), lr=0.01, **options)
    for dtype in (tg.float32, tg.float64, tg.float32):
        model.to(dtype)
        for _ in range(2):
            optimizer.zero_grad()
            model(tg.ones(4, 3, dtype=dtype)).sum().backward()
            optimizer.step()
        assert {str(p.dtype) for p in model.parameters()} == {str(dtype)}
        kept = [entry for entry in optimizer.state.values() if name != "SGD"]
        assert {t.dtype for entry in kept for n, t in entry.items() if n != "step"} <= {dtype}


# --- States


def to_torch(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: to_torch(part) for key, part in value.items()}
    return torch.tensor(value.numpy()) if isinstance(value, tg.Tensor) else value


def assert_same_state(ours: dict[str, Any], theirs: dict[str, Any], tolerance: float) -> None:
    assert list(ours["state"]) == list(theirs["state"])
    for number, entry in ours["state"].items():
        assert entry.keys() == theirs["state"][number].keys()
        for name, value in entry.items():
            their = theirs["state"][number][name]
            assert str(their.dtype).removeprefix("torch.") == str(value.dtype)
            np.testing.assert_allclose(value.numpy(), their.numpy(), tolerance, tolerance)
    assert ours["param_groups"] == theirs["param_groups"]


@EACH
def test_states_are_exchanged_with_pytorch_both_ways(name: str, options: dict[str, Any]) -> None:
    ours, theirs = leaves(tg), leaves(torch)
    mine, reference = make(tg, name, ours, **options), make(torch, name, theirs, **options)
    train(tg, ours, mine, range(5))
    train(torch, theirs, reference, range(5))
    assert_same_state(mine.state_dict(), reference.state_dict(), 1e-11)

    our_second, their_second = make(tg, name, ours, lr=7), make(torch, name, theirs, lr=7)
    our_second.load_state_dict(reference.state_dict())
    their_second.load_state_dict(to_torch(mine.state_dict()))
    train(tg, ours, our_second, range(5, 10))
    train(torch, theirs, their_second, range(5, 10))
    assert_close(ours, theirs, 1e-10)
    assert_same_state(our_second.state_dict(), their_second.state_dict(), 1e-10)


@EACH
def test_a_training_goes_on_from_a_file_bitwise(
    name: str, options: dict[str, Any], tmp_path: Path
) -> None:
    straight, stopped = leaves(tg, "float32"), leaves(tg, "float32")
    train(tg, straight, make(tg, name, straight, **options), range(9))
    first = make(tg, name, stopped, **options)
    train(tg, stopped, first, range(4))
    tg.save({"optimizer": first.state_dict()}, tmp_path / "state")
    second = make(tg, name, stopped)
    second.load_state_dict(tg.load(tmp_path / "state")["optimizer"])
    train(tg, stopped, second, range(4, 9))
    for wanted, got in zip(arrays(straight), arrays(stopped), strict=True):
        assert wanted.tobytes() == got.tobytes()


@EACH
def test_a_deep_copy_goes_on_alone(name: str, options: dict[str, Any]) -> None:
    ours = leaves(tg)
    optimizer = make(tg, name, ours, **options)
    train(tg, ours, optimizer, range(3))
    twins, copied = copy.deepcopy((ours, optimizer))
    train(tg, ours, optimizer, range(3, 6))
    train(tg, twins, copied, range(3, 6))
    assert_close(ours, twins, 0)


def test_a_state_takes_the_precision_of_the_parameters_and_the_steps_keep_theirs() -> None:
    double, single = leaves(tg), leaves(tg, "float32")
    first, second = tg.optim.Adam(double), tg.optim.Adam(single)
    train(tg, double, first, range(3))
    second.load_state_dict(first.state_dict())
    entry = second.state[single[0]]
    assert [str(entry[name].dtype) for name in entry] == ["float32"] * 3
    assert entry["step"].item() == 2  # of three steps it had a gradient in two


def test_a_step_that_is_a_number_is_loaded_as_from_an_old_pytorch() -> None:
    ours = leaves(tg)
    optimizer = tg.optim.Adam(ours)
    train(tg, ours, optimizer, range(2))
    state = optimizer.state_dict()
    for entry in state["state"].values():
        entry["step"] = int(entry["step"].item())
    optimizer.load_state_dict(state)
    train(tg, ours, optimizer, range(2, 4))
    assert optimizer.state[ours[1]]["step"].item() == 4


# --- Captured steps


class Training:
    """A network of one layer, trained by an optimizer; a step of it may be traced."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        rng = np.random.default_rng(0)
        self.w = tg.tensor(rng.normal(size=(3, 2)).astype("float32"), requires_grad=True)
        self.b = tg.tensor(rng.normal(), requires_grad=True)
        self.optimizer = make(tg, name, [self.w, self.b], lr=0.05, **options)

    def step(self, x: Any) -> Any:
        self.optimizer.zero_grad()
        loss = ((x @ self.w + self.b) ** 2).mean()
        loss.backward()
        self.optimizer.step()
        return loss

    def bits(self) -> list[bytes]:
        kept = [t for entry in self.optimizer.state.values() for t in entry.values()]
        return [t.detach().numpy().tobytes() for t in (self.w, self.b, *kept)]


@pytest.mark.parametrize(("name", "options"), CASES)
def test_a_traced_step_is_the_step_bit_for_bit(name: str, options: dict[str, Any]) -> None:
    traced, eager = (Training(name, options) for _ in range(2))
    step = tg.jit.trace(traced.step)
    for number in range(6):
        x = tg.tensor(np.random.default_rng(number).normal(size=(4, 3)).astype("float32"))
        assert step(x).item() == eager.step(x).item()
        assert traced.bits() == eager.bits()
    assert len(step._known) == 1  # what counts the steps is no reason to trace another time


CHANGES = {
    "the rate": lambda t: t.optimizer.param_groups[0].update(lr=0.01),
    "a state loaded": lambda t: t.optimizer.load_state_dict(t.optimizer.state_dict()),
    "weight_decay": lambda t: t.optimizer.param_groups[0].update(weight_decay=0.5),
    "maximize": lambda t: t.optimizer.param_groups[0].update(maximize=True),
}


@pytest.mark.parametrize("change", CHANGES)
@EACH
def test_a_traced_step_follows_what_changes_between_two_calls(
    name: str, options: dict[str, Any], change: str
) -> None:
    traced, eager = (Training(name, options) for _ in range(2))
    step = tg.jit.trace(traced.step)
    x = tg.tensor(np.random.default_rng(0).normal(size=(4, 3)).astype("float32"))
    for number in range(8):
        if number in (3, 6):
            CHANGES[change](traced)
            CHANGES[change](eager)
        assert step(x).item() == eager.step(x).item()
        assert traced.bits() == eager.bits()
    assert len(step._known) == {"the rate": 1, "a state loaded": 3}.get(change, 2)


@EACH
def test_a_captured_step_that_would_make_what_is_kept_is_refused(
    name: str, options: dict[str, Any]
) -> None:
    training = Training(name, options)
    step = tg.jit.trace(training.step)
    x = tg.ones(4, 3)
    step(x)
    training.optimizer.state = {}
    with pytest.raises(
        tg.jit.CaptureError, match=r"(?s)keeps of a parameter.*Call the step itself"
    ):
        step(x)
    training.step(x)
    step(x)


# --- One's own


class Momentum(tg.optim.Optimizer):
    """As a tutorial writes it, with a number in its state."""

    def __init__(self, params: Any, lr: Any = 1e-3, momentum: Any = 0.9) -> None:
        if isinstance(lr, float) and lr < 0.0:
            raise ValueError(f"Invalid learning rate: {lr}")
        super().__init__(params, dict(lr=lr, momentum=momentum))  # noqa: C408

    def __setstate__(self, state: Any) -> None:
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("nesterov", False)

    @tg.no_grad()
    def step(self, closure: Any = None) -> Any:
        loss = None
        if closure is not None:
            with tg.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if len(state) == 0:
                    state["step"] = 0
                    state["momentum_buffer"] = tg.zeros_like(p)
                buf = state["momentum_buffer"]
                state["step"] += 1
                buf.mul_(group["momentum"]).add_(p.grad)
                p.add_(buf * -group["lr"])
        return loss


def test_an_optimizer_of_one_s_own_is_a_class_with_a_step() -> None:
    ours, wanted = leaves(tg), leaves(tg)
    optimizer = Momentum(ours, lr=0.1)
    train(tg, ours, optimizer, range(5))
    train(tg, wanted, tg.optim.SGD(wanted, lr=0.1, momentum=0.9), range(5))
    assert_close(ours, wanted, 1e-12)
    assert repr(optimizer).splitlines()[0] == "Momentum ("
    assert optimizer.state[ours[1]]["step"] == 5
    state = optimizer.state_dict()
    assert state["state"][1]["step"] == 5
    second = Momentum(ours)
    second.load_state_dict(state)
    assert second.param_groups[0]["lr"] == 0.1
    assert str(second.state_dict()) == str(state)
    optimizer.zero_grad()
    assert ours[0].grad is None
    assert optimizer.step(lambda: 3.0) == 3.0
    assert Momentum.step.__qualname__ == "Momentum.step"
    twin = copy.deepcopy(optimizer)
    assert twin.param_groups[0]["nesterov"] is False


def test_a_state_of_one_s_own_keeps_its_numbers_and_its_tensors_come_to_the_parameters() -> None:
    w = tg.ones(2, dtype=tg.float64, requires_grad=True)
    optimizer = Momentum([w])
    kept = {"step": tg.tensor(3), "momentum_buffer": tg.ones(2), "best": 0.5}
    optimizer.load_state_dict(optimizer.state_dict() | {"state": {0: kept}})
    loaded = optimizer.state[w]
    assert (loaded["step"].dtype, loaded["momentum_buffer"].dtype) == (tg.int64, tg.float64)
    assert type(loaded["best"]) is float


def test_options_of_one_s_own_may_be_anything() -> None:
    class Any_(tg.optim.Optimizer):
        pass

    options = {"lr": None, "betas": 0.9, "alpha": "x", "momentum": -1}
    optimizer = Any_(leaves(tg), options)
    assert {name: optimizer.param_groups[0][name] for name in options} == options
    with pytest.raises(NotImplementedError, match="needs a method step"):
        train(tg, [w := tg.ones(2, requires_grad=True)], Any_([w], {"lr": 1}), [0])


def test_an_option_may_be_required() -> None:
    from tinygrad_lr.optim.optimizer import required

    w = tg.ones(2, requires_grad=True)
    Momentum([{"params": w, "lr": 0.1}], lr=required)
    with pytest.raises(ValueError, match=r"(?s)a value of required .* lr"):
        Momentum([w], lr=required)


def test_a_traced_step_that_counts_in_python_is_refused() -> None:
    w = tg.ones(3, requires_grad=True)
    optimizer = Momentum([w], lr=0.5)

    def step(x: Any) -> Any:
        optimizer.zero_grad()
        loss = (w * x).sum()
        loss.backward()
        optimizer.step()
        return loss

    traced = tg.jit.trace(step)
    traced(tg.ones(3))
    with pytest.raises(tg.jit.CaptureError, match="cannot change an optimizer"):
        traced(tg.ones(3))


@pytest.mark.parametrize("name", ["step", "exp_avg", "max_exp_avg_sq"])
@pytest.mark.parametrize("bad", ["x", [1.0], tg.ones(5), np.ones((2, 2))], ids=str)
def test_a_state_with_something_else_in_it_is_refused_and_changes_nothing(
    name: str, bad: Any
) -> None:
    ours = leaves(tg)
    optimizer = tg.optim.Adam(ours, amsgrad=True)
    train(tg, ours, optimizer, range(2))
    before, state = str(optimizer.state_dict()), optimizer.state_dict()
    state["state"][1][name] = bad
    with pytest.raises(ValueError, match=f"(?s)the {name} of parameter 1 .* nothing was loaded"):
        optimizer.load_state_dict(state)
    assert str(optimizer.state_dict()) == before


def test_what_an_optimizer_does_not_keep_is_left_out_of_a_state() -> None:
    ours = leaves(tg)
    optimizer = tg.optim.SGD(ours, momentum=0.9)
    state = optimizer.state_dict()
    state["state"] = {0: {"step": 3, "note": "x", "momentum_buffer": None}}
    optimizer.load_state_dict(state)
    assert optimizer.state_dict()["state"] == {}


class Heavy(tg.optim.Optimizer):
    """One that keeps Tensors only, and computes with Tensors."""

    def __init__(self, params: Any, lr: float) -> None:
        super().__init__(params, {"lr": lr})

    @tg.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["mean"] = tg.zeros_like(p)
                state["mean"].mul_(0.9).add_(p.grad)
                p.sub_(state["mean"] * group["lr"])


def test_a_traced_step_of_one_s_own_optimizer_is_the_step_and_follows_its_rate() -> None:
    def losses(traced: bool) -> Any:
        w = tg.tensor([1.0, -2.0], requires_grad=True)
        optimizer = Heavy([w], lr=0.1)
        scheduler = tg.optim.lr_scheduler.StepLR(optimizer, 3)

        return scheduled(w, optimizer, scheduler, traced=traced)[0]

    assert losses(True) == losses(False)


ONE = [tg.ones(2, requires_grad=True)]
REFUSED: dict[str, Any] = {
    "eps": (lambda: tg.optim.Adam(ONE, eps=-1), ["Adam: eps must be a finite number >= 0"]),
    "betas": (lambda: tg.optim.AdamW(ONE, betas=(0.9, 1.0)), ["AdamW: betas must be two numbers"]),
    "one beta": (lambda: tg.optim.Adam(ONE, betas=(0.9,)), ["Adam: betas must be two numbers"]),
    "alpha": (lambda: tg.optim.RMSprop(ONE, alpha=-0.5), ["RMSprop: alpha must be a finite"]),
    "lr_decay": (lambda: tg.optim.Adagrad(ONE, lr_decay=-1), ["Adagrad: lr_decay must be"]),
    "differentiable": (
        lambda: tg.optim.Adam(ONE, differentiable=True),
        ["Adam: differentiable=True is not there", "w - lr * grad"],
    ),
    "names in one group": (
        lambda: tg.optim.SGD(ONE).add_param_group({"params": [("w", tg.ones(2))]}),
        ["SGD: either all groups have names"],
    ),
    "another's state": (
        lambda: tg.optim.Adam(ONE).load_state_dict(tg.optim.SGD(ONE).state_dict()),
        ["Adam.load_state_dict: expected what Adam.state_dict() gives", "'betas'"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_said_in_words(case: str) -> None:
    call, words = REFUSED[case]
    assert_told_in_words(call, ValueError, words)


@pytest.mark.parametrize(("before", "after"), [(3, 4), (4, 3)])
def test_a_parameter_of_another_shape_than_before_is_said_in_words(before: int, after: int) -> None:
    w = tg.ones(before, requires_grad=True)
    optimizer = tg.optim.Adam([w])
    w.sum().backward()
    optimizer.step()
    w.data = tg.ones(after)
    with pytest.raises(ValueError, match=rf"shape \({after},\), its gradient \({before},\)"):
        optimizer.step()
    w.grad = None
    w.sum().backward()
    with pytest.raises(ValueError, match=rf"shape \({after},\), and in .* had \({before},\)"):
        optimizer.step()


def test_ways_to_compute_are_accepted_as_pytorch_names_them() -> None:
    for options in ({"foreach": True}, {"foreach": False, "fused": True}, {"capturable": True}):
        tg.optim.Adam(ONE, **options)
    assert tg.optim.SGD(ONE, foreach=True).param_groups[0]["foreach"] is True
