"""What crosses between host and device, counted on the double: test_device.py runs this.

On a GPU a copy to the host waits until all work is done, and a copy up is the slowest road there
is. So each is here, with its reason; what is not here crosses nothing.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from types import SimpleNamespace

import cupy
import numpy as np
import pytest
from device_suite import A, B, data, model_on
from domains import DOMAINS
from hypothesis import given
from hypothesis import strategies as st
from side_by_side import OPS, Place, on_device, on_the_double, put_case

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad
from tinygrad_lr.device import is_array
from tinygrad_lr.nn import functional as F
from tinygrad_lr.utils.data import DataLoader, Subset, TensorDataset, random_split

device = pytest.fixture(scope="module", autouse=True)(on_device)
pytestmark = pytest.mark.skipif(
    not on_the_double(), reason="the double of CuPy counts what crosses, and this is a GPU"
)


def test_this_counts_on_the_double():
    assert cupy.__file__.endswith("cupy_double/cupy.py")
    assert Place.name == "gpu"


def now():
    """How often data crossed so far, to the device and to the host, and the bytes to the host."""
    return (*cupy.transfers.values(), cupy.traffic["to_host"])


@contextmanager
def crossings(up=0, down=0):
    """Exactly so many arrays cross inside, to the device and to the host."""
    before = now()
    yield
    assert (now()[0] - before[0], now()[1] - before[1]) == (up, down)


# ---------------------------------------------------------------------- the operations of the table


def waits(name, case):
    """Whether an operation may ask the device: for labels, or how many elements a mask picks."""
    masks = [a for a in case.arrays if a.dtype.kind == "b"]
    return name == "nll_loss" or (bool(masks) and "index" in case.params)


def to_second_order(op, args, params):
    """The result, its gradients, and the gradients of a sum of those, by backward()."""
    y = op(*args, **params)
    leaves = [a for a in args if isinstance(a, tl.Tensor) and a.requires_grad]
    if leaves and op.differentiable:
        first = grad(y, leaves, tl.ones_like(y), create_graph=True)
        total = sum((g * g).sum() for g in first)
        if total.requires_grad:
            total.backward()


@pytest.mark.parametrize("name", sorted(OPS.keys() - {"to_device"}))
@given(draws=st.data())
def test_an_operation_moves_nothing(name, draws):
    """Forward, backward, and backward through the backward: at most the count of a mask."""
    case = put_case(draws.draw(DOMAINS[name].cases))
    args = [tl.Tensor.wrap(a) if is_array(a) else a for a in case.args]
    for tensor in args:
        if isinstance(tensor, tl.Tensor) and tensor.dtype.kind == "f":
            tensor.requires_grad_()
    before = now()
    to_second_order(OPS[name], args, case.params)
    up, down, size = (b - a for a, b in zip(before, now(), strict=True))
    assert up == 0
    assert down == 0 or waits(name, case)
    assert size <= 8 * down  # a number each time, never an array


# ------------------------------------------------------------------------------ the price of a line


@pytest.fixture
def gpu():
    """Some tensors on the device; `x` is (2, 3)."""
    x, b = (tl.tensor(array, device="gpu") for array in (A, B))
    return SimpleNamespace(
        x=x,
        b=b,
        one=x[0, 0],
        n=tl.tensor([1, 2, 3], device="gpu"),
        rows=tl.tensor([0, 1], device="gpu"),
        row=tl.tensor([1], device="gpu")[0],
        mask=x > 1.0,
        w=tl.tensor(A, device="gpu", requires_grad=True),
        host=tl.tensor(A),
    )


NOTHING = {
    "facts": lambda g: (g.x.shape, g.x.dtype, g.x.device, len(g.x), g.x.is_cuda, g.x.numel()),
    "arithmetic with numbers": lambda g: ((g.x * 2 + 1.5) / 3 - g.one) ** 2 > 0.5,
    "products and reductions": lambda g: (g.x @ g.b.T).sum(0).mean() + g.x.std() + g.x.var(1).max(),
    "extremes and where they are": lambda g: (g.x.max(dim=1), g.x.argmax(), g.x.amin(dim=(0, 1))),
    "shapes": lambda g: g.x.reshape(3, 2).T.unsqueeze(0).squeeze().expand(4, 2, 3).flatten(),
    "joining": lambda g: (tl.cat([g.x, g.b]), tl.stack([g.x, g.b])),
    "choosing": lambda g: tl.where(g.mask, g.x, 0.0) + tl.where(g.mask, 1.0, 0.0) + g.x.clamp(0, 1),
    "slices and single numbers": lambda g: g.x[0, 1:] + g.x[..., -1] + g.x[0][None, 2],
    "writing numbers": lambda g: (g.x.zero_(), g.x.fill_(2), g.x.__setitem__((0, 1), 7.0)),
    "writing tensors": lambda g: (
        g.x.add_(g.b).mul_(2),
        g.x.__setitem__(0, g.b[1]),
        g.x.copy_(g.b),
    ),
    "dtypes": lambda g: g.x.float().double().int().bool(),
    "softmax": lambda g: g.x.softmax(1) + g.x.log_softmax(1) + g.x.logsumexp(1, keepdim=True),
    "backward": lambda g: ((g.w * g.x).sigmoid().sum() + F.mse_loss(g.w, g.b)).backward(),
    "to where it is": lambda g: (g.x.to("cuda"), g.x.cuda(), g.host.cpu(), g.host.to("cpu")),
    "copies": lambda g: (g.x.clone(), g.x.detach(), copy.deepcopy(g.w), tl.tensor(g.x)),
    "filled with a number": lambda g: (
        tl.zeros(3, device="gpu"),
        tl.ones_like(g.x),
        tl.tensor(2.0, device="gpu"),
    ),
    "linear layers": lambda g: F.linear(g.x, g.b, g.b[:, 0]).relu().tanh(),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_crosses_nothing(name, gpu):
    with crossings():
        NOTHING[name](gpu)


@pytest.mark.parametrize(
    "make", [lambda: tl.full((2, 3), 4, device="gpu"), lambda: tl.eye(3, device="gpu")]
)
def test_what_is_filled_on_the_device_crosses_nothing(make):
    with crossings():
        make()


UP = {  # the copies to the device
    "numbers in a list": (1, lambda g: tl.tensor([1.0, 2.0], device="gpu")),
    "drawn at random, on the host, so that a seed holds": (1, lambda g: tl.randn(3, device="gpu")),
    "counted": (1, lambda g: tl.arange(5, device="gpu")),
    "moved": (1, lambda g: g.host.to("gpu")),
    "written from the host": (1, lambda g: g.x.copy_(g.host)),
    "written from a list": (1, lambda g: g.x.__setitem__(0, [1.0, 2.0, 3.0])),
    "where a view lies, for a recorded write": (1, lambda g: (g.x * g.w)[0].mul_(2)),
}


@pytest.mark.parametrize("name", UP)
def test_what_goes_up(name, gpu):
    copies, run = UP[name]
    with crossings(up=copies):
        run(gpu)


DOWN = {  # the copies to the host, each of which waits
    "item": (1, lambda g: g.one.item()),
    "tolist": (1, lambda g: g.x.tolist()),
    "float, int and bool": (3, lambda g: (float(g.one), int(g.one), bool(g.one))),
    "if": (1, lambda g: 1 if (g.x > 0).all() else 0),
    "printed": (1, lambda g: repr(g.x)),
    "formatted": (1, lambda g: f"{g.one:.2f}"),
    "moved": (1, lambda g: g.x.cpu()),
    "as a single index": (1, lambda g: g.x[g.row]),
    "picked by a mask: how many": (1, lambda g: g.x[g.mask]),
    "written by a mask: how many": (1, lambda g: g.x.__setitem__(g.mask, 0.0)),
    "picked by integers: the greatest, unsigned": (1, lambda g: g.x[g.rows]),
    "written by integers: likewise": (1, lambda g: g.x.__setitem__(g.rows, g.b)),
    "gather: likewise": (1, lambda g: g.x.gather(0, g.rows.reshape(1, 2))),
    "index_select: likewise": (1, lambda g: g.x.index_select(1, g.rows)),
    "labels, but not those of cross_entropy": (1, lambda g: F.nll_loss(g.x, g.rows)),
    "powers of integers: is one negative": (1, lambda g: g.n**g.n),
    "floats written among integers: is one nan": (1, lambda g: g.n.__setitem__(0, g.one)),
}


@pytest.mark.parametrize("name", DOWN)
def test_what_comes_down(name, gpu):
    copies, run = DOWN[name]
    with crossings(down=copies):
        run(gpu)


def test_an_index_in_a_list_goes_up_and_is_looked_at(gpu):
    with crossings(up=1, down=1):
        gpu.x[[0, 1, 1]]


def test_labels_to_be_ignored_are_looked_for_on_the_device(gpu):
    labels = tl.tensor([0, -100], device="gpu")
    with crossings():
        F.cross_entropy(gpu.w, labels).backward()
    with crossings(down=3):  # the greatest; a mask; the greatest of the rest
        F.nll_loss(gpu.w, labels)


# ---------------------------------------------------------------------------------------- training


@pytest.mark.parametrize(
    "options",
    [{}, {"momentum": 0.9, "weight_decay": 0.01}, {"momentum": 0.5, "nesterov": True}],
    ids=["plain", "momentum", "nesterov"],
)
def test_a_training_step_moves_nothing(options):
    model = model_on("gpu")
    optimizer = tl.optim.SGD(model.parameters(), lr=0.1, **options)
    x, y = (t.to("gpu") for t in data())
    for _ in range(3):  # momentum begins with the second
        with crossings():
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()


@pytest.mark.parametrize("kind", ["Adam", "AdamW", "RMSprop", "Adagrad"])
def test_a_step_of_every_optimizer_moves_nothing(kind):
    model = model_on("cpu")
    optimizer = getattr(tl.optim, kind)(model.parameters(), lr=0.1)
    model.to("gpu")
    x, y = (t.to("gpu") for t in data())
    sums = len(list(model.parameters())) if kind == "Adagrad" else 0  # there from the beginning
    for step in range(3):
        F.cross_entropy(model(x), y).backward()
        with crossings(up=0 if step else sums):
            optimizer.step()
    state = optimizer.state_dict()
    with crossings():
        optimizer.load_state_dict(state)


def test_an_epoch_costs_its_order_and_one_list_of_losses():
    x, y = (t.to("gpu") for t in data())
    model = model_on("gpu")
    optimizer = tl.optim.SGD(model.parameters(), lr=0.1)
    loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
    losses = []
    with crossings(up=1):
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
    with crossings(down=1):
        assert len(tl.stack(losses).tolist()) == len(loader) == 4


def test_an_evaluation_costs_its_order_and_one_number():
    x, y = (t.to("gpu") for t in data())
    model = model_on("gpu")
    loader = DataLoader(TensorDataset(x, y), batch_size=16)
    right = tl.zeros(1, dtype="int64", device="gpu")
    with crossings(up=1), tl.no_grad():
        for inputs, labels in loader:
            right += (model(inputs).argmax(dim=1) == labels).sum()
    with crossings(down=1):
        assert 0 <= right.item() <= len(y)


def test_parts_of_a_resident_dataset_cost_no_more_than_the_whole():
    whole = TensorDataset(*(t.to("gpu") for t in data()))
    with crossings():
        parts = [*random_split(whole, [50, 10]), Subset(whole, [3, 1, 2])]
        loaders = [DataLoader(part, batch_size=2, shuffle=True) for part in parts]
    for loader in loaders:
        with crossings(up=1):
            inputs, labels = next(iter(loader))
        assert inputs.device == labels.device == "gpu"


def test_a_model_moves_parameter_by_parameter_and_so_do_its_gradients():
    model = model_on("cpu")
    x, y = data()
    F.cross_entropy(model(x), y).backward()
    count = len(list(model.parameters()))
    with crossings(up=2 * count):
        model.to("gpu")
    with crossings(down=2 * count):
        model.to("cpu")


def test_saving_and_loading_move_each_tensor_once(tmp_path):
    model = model_on("gpu")
    count = len(list(model.parameters()))
    optimizer = tl.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x, y = (t.to("gpu") for t in data())
    F.cross_entropy(model(x), y).backward()
    optimizer.step()
    with crossings():
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    with crossings(down=2 * count):  # the parameters and their velocities
        tl.save(state, tmp_path / "point")
    with crossings():
        loaded = tl.load(tmp_path / "point")
    with crossings(up=count):
        model.load_state_dict(loaded["model"])
    with crossings(up=count):
        optimizer.load_state_dict(loaded["optimizer"])


def test_the_bytes_of_a_dataset_go_up_once():
    before = cupy.traffic["to_device"]
    x, y = (t.to("gpu") for t in data())
    loader = DataLoader(TensorDataset(x, y), batch_size=16)
    for _ in range(5):
        for _ in loader:
            pass
    indices = 5 * len(x) * np.dtype(np.int64).itemsize
    assert cupy.traffic["to_device"] - before == x.array.nbytes + y.array.nbytes + indices


# ---------------------------------------------------------------------------- looking at a graph


def test_to_look_at_a_backward_pass_fetches_each_array_once():
    w = tl.tensor([1.0, 2.0], device="gpu", requires_grad=True)
    y = (w * 3).sum()
    # w, the product and the sum; the gradient of each; and once, whether all results are finite
    with crossings(down=7):
        walk = tl.viz.backward(y)
    assert [step.result.device for step in walk.steps] == ["gpu"] * len(walk.steps)
    with crossings():
        assert "w.grad would be [3., 3.]" in str(walk)
    y.backward()
    assert bool((walk.gradients[w] == w.grad.array).all())
