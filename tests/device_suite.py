"""What a GPU must do, on the double of CuPy: test_device.py runs this in a process of its own.

Everything here runs with `cupy_double/` first on the path, so that `gpu` is the double: its arrays
refuse the host's arrays as CuPy's do, and it counts what crosses between the two memories.
"""

from contextlib import contextmanager

import cupy
import numpy as np
import pytest

import tinygrad_lr as tl
from tinygrad_lr import functions, ops
from tinygrad_lr.autograd import grad
from tinygrad_lr.nn import functional as F
from tinygrad_lr.utils.data import DataLoader, TensorDataset


def test_this_runs_on_the_double():
    assert cupy.__file__.endswith("cupy_double/cupy.py")
    assert tl.is_available()


@contextmanager
def crossings(to_device=0, to_host=0):
    """Exactly so many arrays cross inside."""
    before = dict(cupy.transfers)
    yield
    crossed = {key: cupy.transfers[key] - before[key] for key in before}
    assert crossed == {"to_device": to_device, "to_host": to_host}


def assert_same(on_gpu, on_cpu):
    assert (on_gpu.device, on_cpu.device) == ("gpu", "cpu")
    assert (on_gpu.shape, on_gpu.dtype) == (on_cpu.shape, on_cpu.dtype)
    np.testing.assert_array_equal(on_gpu.detach().cpu().numpy(), on_cpu.detach().numpy())


# -------------------------------------------------- every operation, to second order, as on the cpu

LABELS = np.array([0, 2])
A = np.array([[0.5, 1.25, 0.75], [1.5, 0.25, 1.0]])
B = np.array([[1.5, 0.5, 2.0], [0.75, 1.25, 0.5]])

# By the name of the entry in the table. `a` and `b` are (2, 3); `put` makes a Tensor there.
OPERATIONS = {
    "add": lambda a, b, put: a + b,
    "sub": lambda a, b, put: a - b,
    "mul": lambda a, b, put: a * b[0],
    "div": lambda a, b, put: a / b,
    "neg": lambda a, b, put: -a * b,
    "pow": lambda a, b, put: a**b + a**3 + 2**b,
    "maximum": lambda a, b, put: tl.maximum(a, b),
    "minimum": lambda a, b, put: tl.minimum(a, b),
    "where": lambda a, b, put: tl.where(a > b, a, b) + tl.where(a > 1.0, a, 0.0),
    "clamp": lambda a, b, put: a.clamp(0.3, 1.1) + b.clamp(max=1.0),
    "exp": lambda a, b, put: a.exp() * b,
    "log": lambda a, b, put: a.log() * b,
    "sqrt": lambda a, b, put: a.sqrt() * b,
    "sin": lambda a, b, put: a.sin() * b,
    "cos": lambda a, b, put: a.cos() * b,
    "tanh": lambda a, b, put: a.tanh() * b,
    "sigmoid": lambda a, b, put: a.sigmoid() * b,
    "relu": lambda a, b, put: (a - 0.8).relu() * b,
    "abs": lambda a, b, put: (a - 0.8).abs() * b,
    "sign": lambda a, b, put: (a - 0.8).sign() * b,
    "matmul": lambda a, b, put: a @ b.T,
    "matmul of vectors": lambda a, b, put: a[0] @ b.T + (a @ b[1]) * (a[0] @ b[0]),
    "matmul of batches": lambda a, b, put: tl.stack([a, b]) @ tl.stack([b.T, a.T]),
    "linear": lambda a, b, put: F.linear(a, b, b[:, 0]) + F.linear(a, b),
    "sum": lambda a, b, put: a.sum() * b.sum(dim=0) + a.sum(1, keepdim=True),
    "mean": lambda a, b, put: a.mean() * b.mean(dim=0) + a.mean(1, keepdim=True),
    "amax": lambda a, b, put: a.amax(dim=0) * b.amax(),
    "amin": lambda a, b, put: a.amin(dim=0) * b.amin(),
    "max": lambda a, b, put: a.max(dim=0).values * b.max() + a.max(),
    "min": lambda a, b, put: a.min(dim=1, keepdim=True).values * b,
    "var": lambda a, b, put: a.var() * b.var(dim=0),
    "std": lambda a, b, put: a.std() * b.std(dim=1, unbiased=False, keepdim=True),
    "logsumexp": lambda a, b, put: a.logsumexp(1) * b.logsumexp(1),
    "softmax": lambda a, b, put: a.softmax(1) * b,
    "log_softmax": lambda a, b, put: a.log_softmax(0) * b,
    "cross_entropy": lambda a, b, put: F.cross_entropy(a * b, put(LABELS)),
    "cross_entropy smoothed": lambda a, b, put: F.cross_entropy(
        a * b, put(np.array([-100, 1])), reduction="sum", label_smoothing=0.1
    ),
    "cross_entropy of each": lambda a, b, put: F.cross_entropy(
        a * b, put(LABELS), reduction="none"
    ),
    "nll_loss": lambda a, b, put: F.nll_loss((a * b).log_softmax(1), put(LABELS)),
    "mse_loss": lambda a, b, put: F.mse_loss(a, b) + F.mse_loss(a, b * a, reduction="sum"),
    "view": lambda a, b, put: a.reshape(3, 2) * b.view(3, -1) * a.flatten()[0],
    "squeeze": lambda a, b, put: a.unsqueeze(0).squeeze() * b,
    "unsqueeze": lambda a, b, put: a.unsqueeze(1) * b.unsqueeze(0),
    "permute": lambda a, b, put: a.T * b.permute(1, 0) + a.transpose(0, 1),
    "expand": lambda a, b, put: a.expand(2, 2, 3) * b,
    "sum_to": lambda a, b, put: a[0] * b + a[:, :1] * b,
    "cat": lambda a, b, put: tl.cat([a, b, a], dim=1) ** 2,
    "stack": lambda a, b, put: tl.stack([a, b, a], dim=1) ** 2,
    "index": lambda a, b, put: a[0] * b[:, 1:][0, 0] + a[..., ::2].sum() * b[-1],
    "index by integers": lambda a, b, put: a[put(np.array([1, 1, 0]))] * b[[0, 1, 1]],
    "index by pairs": lambda a, b, put: a[[0, 1], [2, 0]] * b[0, [1, 1]],
    "index by a mask": lambda a, b, put: a[a > 0.6].sum() * b[put(np.array([True, False]))],
    "index_select": lambda a, b, put: a.index_select(1, put(LABELS)) * b[:, :2],
    "gather": lambda a, b, put: a.gather(1, put(np.array([[0, 0], [2, 1]]))) * b[:, 1:],
    "copy_slices": lambda a, b, put: written(a, b, put),
    "clone": lambda a, b, put: a.clone() * b,
    "to_copy": lambda a, b, put: a.float().double() * b,
    "to_device": lambda a, b, put: a.to("cpu").to("gpu").cpu().to(b.device) * b,
    "comparisons": lambda a, b, put: a * (a > b) + b * (a <= b) + a * ((a == b) | ~(a != b)),
    "logic": lambda a, b, put: a * ((a < b) & (a >= 0.5)) * b.isfinite() + b * b.isnan(),
    "all and any": lambda a, b, put: a * (a > 0).all() * (b > 1).any(dim=0),
    "arguments": lambda a, b, put: a * a.argmax() + b * b.argmin(dim=0),
}


def written(a, b, put):
    x = a * 1.0
    x += b
    x[0] = b[1]
    x[:, 1] = 0.5
    x[put(np.array([1, 0])), put(np.array([2, 2]))] = b[:, 0]
    x[x > 2.0] = 1.0
    x.mul_(b).zero_().add_(a)
    return x * b


def differentiated(name, device):
    """The value, the gradients, and the gradients of a sum of the gradients."""

    def put(array):
        return tl.tensor(array, device=device)

    a, b = (tl.tensor(x, device=device, requires_grad=True) for x in (A, B))
    y = OPERATIONS[name](a, b, put)
    results = [y]
    if y.requires_grad:
        first = grad((y * y).sum(), [a, b], create_graph=True, allow_unused=True)
        first = [g for g in first if g is not None]
        total = sum(((g * g).sum() for g in first[1:]), (first[0] * first[0]).sum())
        second = grad(total, [a, b], allow_unused=True) if total.requires_grad else []
        results += [*first, *(g for g in second if g is not None)]
        (OPERATIONS[name](a, b, put) ** 2).sum().backward()
        results += [t.grad for t in (a, b) if t.grad is not None]
    return results


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_gives_on_the_gpu_what_it_gives_on_the_cpu(name):
    on_gpu, on_cpu = differentiated(name, "gpu"), differentiated(name, "cpu")
    assert len(on_gpu) == len(on_cpu) > 1
    for mine, wanted in zip(on_gpu, on_cpu, strict=True):
        assert_same(mine, wanted)


def test_every_entry_of_the_table_is_tried_above():
    called = set()

    def watch(op):
        def forward(*args, **params):
            called.add(op)
            return original(*args, **params)

        original, op.forward = op.forward, forward
        return lambda: setattr(op, "forward", original)

    entries = [op for op in vars(ops).values() if isinstance(op, tl.Op)]
    undo = [watch(op) for op in entries]
    try:
        for name in OPERATIONS:
            differentiated(name, "gpu")
    finally:
        for restore in undo:
            restore()
    assert {op.name for op in entries} - {op.name for op in called} == set()


def test_every_method_in_place_works_on_the_gpu():
    def run(device):
        x = tl.tensor(A, device=device)
        x.add_(1.0).sub_(x).add_(2.0).mul_(x).div_(3.0).pow_(2).neg_().abs_().sqrt_().exp_().log_()
        x.tanh_().relu_().sigmoid_().clamp_(0.1, 0.9)
        x[0, 1] = 7
        x[1] = tl.tensor(B[0], device=device)
        x[[0, 0], [1, 2]] = 3.0
        x.copy_(tl.tensor(B)) if device == "cpu" else x.copy_(tl.tensor(B, device="cpu"))
        x[0].fill_(2.0)
        x += x.T.contiguous().reshape(2, 3)
        return x

    assert_same(run("gpu"), run("cpu"))


def recorded_views(device):
    w = tl.tensor(B, device=device, requires_grad=True)
    x = tl.tensor(A, device=device) * 1.0
    row, turned = x[0], x.T
    row.mul_(w[1])
    turned[2] = w[:, 0]
    ((x * x).sum() + row.sum() + (turned**2).sum()).backward()
    return [x, w.grad]


def test_recorded_writes_through_views_work_on_the_gpu():
    for mine, wanted in zip(recorded_views("gpu"), recorded_views("cpu"), strict=True):
        assert_same(mine, wanted)


# ------------------------------------------------------------------------------------------- moving


def test_there_and_back():
    x = tl.tensor(A)
    for there in (x.to("gpu"), x.cuda(), x.to("cuda:0"), x.to(device="cuda"), x.cuda("cuda:0")):
        assert (there.device, there.is_cuda, there.device.type) == ("gpu", True, "cuda")
        assert isinstance(there.array, cupy.ndarray)
        for back in (there.cpu(), there.to("cpu")):
            assert isinstance(back.array, np.ndarray)
            assert back.tolist() == x.tolist() == there.tolist()
    with crossings():
        assert there.to("gpu") is there
        assert there.cuda() is there
        assert x.cpu() is x


def test_device_and_dtype_in_one_step():
    x = tl.tensor(A).to("gpu", tl.float32)
    assert (x.device, x.dtype) == ("gpu", "float32")
    assert tl.ones(2, dtype="int64").to(x).device == "gpu"


def test_gradients_flow_back_through_a_move():
    x = tl.tensor(A, requires_grad=True)
    y = x.to("gpu") * 2.0
    (y * y).cpu().sum().backward()
    assert (x.grad.device, x.grad.tolist()) == ("cpu", (8.0 * A).tolist())


def test_a_gpu_leaf_has_its_gradient_on_the_gpu():
    x = tl.tensor(A, device="gpu", requires_grad=True)
    (x * x).sum().backward()
    (x * x).sum().backward()
    assert_same(x.grad, tl.tensor(4.0 * A))
    x.grad.zero_()
    x.grad = None


def test_every_maker_makes_on_the_gpu():
    makers = [
        lambda d: tl.tensor([1.0, 2.0], device=d),
        lambda d: tl.zeros(2, 3, device=d),
        lambda d: tl.ones(2, device=d),
        lambda d: tl.full((2,), 3, device=d),
        lambda d: tl.arange(4, device=d),
        lambda d: tl.linspace(0, 1, 3, device=d),
        lambda d: tl.eye(3, device=d),
        lambda d: tl.rand(3, device=d),
        lambda d: tl.randn(3, device=d),
        lambda d: tl.normal(0, 1, (3,), device=d),
        lambda d: tl.randint(0, 9, (3,), device=d),
        lambda d: tl.randperm(5, device=d),
        lambda d: tl.as_tensor(np.ones(2), device=d),
        lambda d: tl.zeros_like(tl.ones(2, device=d)),
        lambda d: tl.ones_like(tl.zeros(2, device=d)),
        lambda d: tl.full_like(tl.zeros(2, device=d), 4),
        lambda d: tl.zeros(3, device=d).normal_(),
        lambda d: tl.zeros(3, device=d).uniform_(),
    ]
    for make in makers:
        tl.manual_seed(5)
        on_gpu = make("cuda")
        tl.manual_seed(5)
        assert_same(on_gpu, make("cpu"))


def test_numpy_of_a_gpu_tensor_says_what_to_write():
    x = tl.ones(2, device="gpu")
    for convert in (lambda: x.numpy(), lambda: np.asarray(x)):
        with pytest.raises(tl.DeviceError, match=r"on the gpu; use tensor\.cpu\(\)\.numpy\(\)"):
            convert()


def test_a_gpu_tensor_says_so_when_printed():
    x = tl.tensor([1.0, 2.0], device="gpu", requires_grad=True)
    assert repr(x) == "tensor([1., 2.], device='gpu', requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], device='gpu', grad_fn=<MulBackward0>)"
    assert repr(tl.nn.Parameter(x)).startswith(
        "Parameter containing:\ntensor([1., 2.], device='gpu'"
    )
    assert f"{x.sum():.1f}" == "3.0"


# ------------------------------------------------------------------------------------ mixed devices


def on_both():
    return tl.tensor(A), tl.tensor(B, device="gpu")


MIXED = {
    "add": (lambda c, g: c + g, "add: a is on cpu, b is on gpu; move one with .to()"),
    "mul": (lambda c, g: g * c, "mul: a is on gpu, b is on cpu; move one with .to()"),
    "ndarray": (lambda c, g: g * A, "mul: a is on gpu, b is on cpu; move one with .to()"),
    "array on the left": (lambda c, g: A - g, "sub: a is on cpu, b is on gpu; move one with .to()"),
    "compare": (lambda c, g: c < g, "lt: a is on cpu, b is on gpu; move one with .to()"),
    "matmul": (lambda c, g: c @ g.T, "matmul: a is on cpu, b is on gpu; move one with .to()"),
    "linear": (
        lambda c, g: F.linear(g, c),
        "linear: x is on gpu, weight is on cpu; move one with .to()",
    ),
    "linear bias": (
        lambda c, g: F.linear(g, g, c[:, 0]),
        "linear: x is on gpu, weight is on gpu, bias is on cpu; move one with .to()",
    ),
    "cross_entropy": (
        lambda c, g: F.cross_entropy(g, tl.tensor(LABELS)),
        "cross_entropy: .* is on gpu, target is on cpu; move one with .to()",
    ),
    "mse_loss": (lambda c, g: F.mse_loss(c, g), "mse_loss: .* is on cpu, .* is on gpu; move one"),
    "maximum": (lambda c, g: tl.maximum(c, g), "maximum: a is on cpu, b is on gpu; move one"),
    "where": (
        lambda c, g: tl.where(c > 0, g, 0.0),
        "where: condition is on cpu, a is on gpu; move one with .to()",
    ),
    "cat": (lambda c, g: tl.cat([c, g]), "cat: .*0 is on cpu, .*1 is on gpu; move one with .to()"),
    "stack": (lambda c, g: tl.stack([g, c]), "stack: .* is on gpu, .* is on cpu; move one"),
    "index": (
        lambda c, g: g[tl.tensor(LABELS[:1])],
        "index: the tensor is on gpu, the index is on cpu; move one with .to()",
    ),
    "index of cpu": (
        lambda c, g: c[g > 0],
        "index: the tensor is on cpu, the index is on gpu; move one with .to()",
    ),
    "gather": (
        lambda c, g: g.gather(1, tl.tensor([[0], [1]])),
        "gather: a is on gpu, index is on cpu; move one with .to()",
    ),
    "setitem": (
        lambda c, g: g.__setitem__(0, c[0]),
        r"x\[...\] = value: the tensor is on gpu, the value is on cpu; move one with .to()",
    ),
    "setitem array": (
        lambda c, g: g.__setitem__(0, A[0]),
        r"x\[...\] = value: the tensor is on gpu, the value is on cpu; move one with .to()",
    ),
    "setitem index": (
        lambda c, g: g.__setitem__(tl.tensor([0]), 1.0),
        "index: the tensor is on gpu, the index is on cpu",
    ),
    "add_": (lambda c, g: g.add_(c), "add: a is on gpu, b is on cpu; move one with .to()"),
    "fill_": (lambda c, g: g.fill_(tl.tensor(1.0)), "fill_: .*gpu.*cpu; move one"),
    "backward": (
        lambda c, g: (g.requires_grad_() * 2.0).backward(c),
        "backward: the tensor is on gpu, the gradient is on cpu; move one with .to()",
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_mixed_devices_name_the_operation_and_the_argument(name):
    run, words = MIXED[name]
    c, g = on_both()
    with pytest.raises(tl.DeviceError, match=words) as error:
        run(c, g)
    assert len(str(error.value).splitlines()) == 1


def test_an_index_out_of_range_is_refused_where_cupy_would_wrap_it():
    x = tl.tensor(A, device="gpu")
    with pytest.raises(IndexError, match="index 7 is out of range"):
        x[tl.tensor([0, 7], device="gpu")]
    with pytest.raises(IndexError, match="target goes from 0 to 3"):
        F.cross_entropy(x, tl.tensor([0, 3], device="gpu"))


def test_an_assignment_out_of_range_is_refused_where_cupy_would_wrap_it():
    x = tl.zeros(3, device="gpu")
    with pytest.raises(IndexError):
        x[tl.tensor([0, 4], device="gpu")] = 1.0


# ----------------------------------------------------------------------------------------- training


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((60, 4)).astype(np.float32)
    return tl.tensor(x), tl.tensor((x.sum(1) > 0).astype(np.int64))


def model_on(device):
    tl.manual_seed(3)
    return tl.nn.Sequential(
        tl.nn.Linear(4, 5), tl.nn.Sigmoid(), tl.nn.Linear(5, 2, device=device)
    ).to(device)


def trained(device, **options):
    model = model_on(device)
    optimizer = tl.optim.SGD(model.parameters(), lr=0.5, **options)
    x, y = (t.to(device) for t in data())
    loader = DataLoader(
        TensorDataset(x, y), batch_size=16, shuffle=True, generator=tl.Generator().manual_seed(1)
    )
    losses = []
    for _ in range(3):
        for inputs, labels in loader:
            assert inputs.device == labels.device == device
            optimizer.zero_grad()
            loss = F.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return model, losses


@pytest.mark.parametrize(
    "options", [{}, {"momentum": 0.9, "weight_decay": 0.01}, {"momentum": 0.5, "nesterov": True}]
)
def test_training_on_the_gpu_is_training_on_the_cpu(options):
    (gpu, gpu_losses), (cpu, cpu_losses) = trained("gpu", **options), trained("cpu", **options)
    assert gpu_losses == cpu_losses
    assert gpu_losses[-1] < gpu_losses[0]
    for mine, wanted in zip(gpu.parameters(), cpu.parameters(), strict=True):
        assert_same(mine, wanted)
        assert mine.grad.device == "gpu"


def test_a_seed_gives_the_same_weights_on_both_devices():
    for mine, wanted in zip(
        model_on("gpu").parameters(), model_on("cpu").parameters(), strict=True
    ):
        assert_same(mine, wanted)
    tl.manual_seed(9)
    direct = tl.nn.Linear(4, 2, device="gpu")
    tl.manual_seed(9)
    for mine, wanted in zip(direct.parameters(), tl.nn.Linear(4, 2).parameters(), strict=True):
        assert_same(mine, wanted)


def test_a_model_moves_with_its_gradients_and_its_optimizer():
    model = model_on("cpu")
    optimizer = tl.optim.SGD(model.parameters(), lr=0.5)
    parameters = list(model.parameters())
    x, y = data()
    F.cross_entropy(model(x), y).backward()
    model.cuda()
    assert all(p is q for p, q in zip(parameters, model.parameters(), strict=True))
    assert {p.device for p in parameters} == {p.grad.device for p in parameters} == {"gpu"}
    before = parameters[0].tolist()
    optimizer.step()
    assert parameters[0].tolist() != before


def test_batches_of_a_gpu_dataset_cost_one_crossing_for_their_indices():
    x, y = (t.to("gpu") for t in data())
    loader = iter(DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True))
    with crossings(to_device=1):
        inputs, labels = next(loader)
    assert (inputs.shape, labels.shape) == ((16, 4), (16,))


# What a step on resident data moves: nothing, but for the check of the labels, one number a loss.
LABEL_CHECK = 1


def test_a_training_step_on_resident_data_moves_next_to_nothing():
    model = model_on("gpu")
    optimizer = tl.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)
    x, y = (t.to("gpu") for t in data())
    for _ in range(2):
        with crossings():
            optimizer.zero_grad()
            scores = model(x)
        with crossings(to_host=LABEL_CHECK):
            loss = F.cross_entropy(scores, y)
        with crossings():
            loss.backward()
            optimizer.step()
        with crossings(to_host=1):
            loss.item()
        with crossings(to_host=1):
            assert 0 <= (model(x).argmax(dim=1) == y).sum().item() <= len(y)


def test_what_costs_a_crossing_and_what_does_not():
    x, index = tl.tensor(A, device="gpu", requires_grad=True), tl.tensor([0, 1], device="gpu")
    with crossings():
        y = (x * 2.0 + 1.0).relu().mean(dim=0).reshape(3, 1).T[0, 1:]
        y = y.softmax(0) + x[1, 1:] + tl.where(x > 1.0, x, 0.0).sum()
        y.sum().backward()
        tl.zeros(3, device="gpu")
        x.detach()[x.detach() > 0.6]
        repr(x.shape), len(x), x.device, x.dtype
    with crossings(to_host=2):
        x[index]  # its smallest and its largest entry are looked at
    with crossings(to_device=1):
        tl.randn(3, device="gpu")
    with crossings(to_host=1):
        repr(x)
    with crossings(to_host=1):
        x.tolist()


# ------------------------------------------------------------------------------------ save and load


def test_gpu_tensors_are_saved_and_loaded_to_the_cpu(tmp_path):
    model, _ = trained("gpu")
    tl.save({"model": model.state_dict(), "x": tl.tensor(A, device="gpu").T}, tmp_path / "point")
    loaded = tl.load(tmp_path / "point")
    assert loaded["x"].tolist() == A.T.tolist()
    assert {t.device for t in loaded["model"].values()} == {"cpu"}
    other = model_on("gpu")
    other.load_state_dict(loaded["model"])
    for mine, wanted in zip(other.parameters(), model.parameters(), strict=True):
        assert mine.device == "gpu"
        assert mine.tolist() == wanted.tolist()


def test_an_op_from_outside_runs_on_the_gpu():
    cube = tl.Op("cube", lambda a: a**3, lambda g, y, a: g * (3.0 * a**2))
    x = tl.tensor(A, device="gpu", requires_grad=True)
    (g,) = grad(cube(x).sum(), x, create_graph=True)
    assert_same(grad(g.sum(), x)[0], tl.tensor(6.0 * A))


def test_functions_of_numbers_only_stay_where_their_condition_is():
    condition = tl.tensor([True, False], device="gpu")
    assert_same(functions.where(condition, 1.0, 2.0), tl.tensor([1.0, 2.0]))
