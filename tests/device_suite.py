"""What a GPU must do, on the double of CuPy: test_device.py runs this in a process of its own.

Everything here runs with `cupy_double/` first on the path, so that `gpu` is the double: its arrays
refuse the host's arrays as CuPy's do. What crosses between the two memories is counted in
crossings_suite.py.
"""

import itertools
import math

import cupy
import numpy as np
import pytest
from side_by_side import LAYOUTS, on_the_double

import tinygrad_lr as tl
from tinygrad_lr import functions
from tinygrad_lr.autograd import grad
from tinygrad_lr.cuda import blas, kernels
from tinygrad_lr.nn import functional as F
from tinygrad_lr.utils.data import DataLoader, TensorDataset

pytestmark = pytest.mark.skipif(
    not on_the_double(), reason="it asks the double of CuPy what was done, and this is a GPU"
)


def test_this_runs_on_the_double():
    assert cupy.__file__.endswith("cupy_double/cupy.py")
    assert tl.is_available()


def assert_same(on_gpu, on_cpu):
    assert (on_gpu.device, on_cpu.device) == ("gpu", "cpu")
    assert (on_gpu.shape, on_gpu.dtype) == (on_cpu.shape, on_cpu.dtype)
    np.testing.assert_array_equal(on_gpu.detach().cpu().numpy(), on_cpu.detach().numpy())


# ------------------------------------------------------------- PyTorch's names, as on the cpu
#
# test_ops.py runs on the double too, and calls every operation of the table itself. What comes
# before the table is here: the index and its checks, labels, dtypes, numbers beside Tensors.

LABELS = np.array([0, 2])
A = np.array([[0.5, 1.25, 0.75], [1.5, 0.25, 1.0]])
B = np.array([[1.5, 0.5, 2.0], [0.75, 1.25, 0.5]])

# `a` and `b` are (2, 3) and require grad; `put` makes a Tensor beside them.
FUNCTIONS = {
    "numbers on either side": lambda a, b, put: 2 - a * 3 + 1 / b + 2**a - b**2,
    "numpy's numbers": lambda a, b, put: np.float64(2) * a + b / np.float32(4),
    "a tensor of no dimensions": lambda a, b, put: a * put(np.array(3)) + b.mean(),
    "integers with floats": lambda a, b, put: a * put(LABELS).sum() + b * put(np.array([1, 2, 3])),
    "powers of integers": lambda a, b, put: a * (put(np.array([1, 2, 3])) ** 2),
    "maximum of two": lambda a, b, put: a.max(b) + tl.minimum(a, b),
    "where": lambda a, b, put: tl.where(a > b, a, 0.0) + tl.where(a > 1.0, 1.0, 2.0) * b,
    "clamp": lambda a, b, put: a.clamp(0.3, 1.1) + b.clamp(max=1),
    "max along": lambda a, b, put: a.max(dim=0).values * b.max() + b.max(0).indices,
    "min along": lambda a, b, put: a.min(dim=1, keepdim=True).values * b + a.min(),
    "argmax": lambda a, b, put: a * a.argmax() + b * b.argmin(dim=1, keepdim=True),
    "var and std": lambda a, b, put: a.var() * b.var(dim=0) + b.std(1, unbiased=False)[0],
    "linear": lambda a, b, put: F.linear(a, b, b[:, 0]) + F.linear(a[0], b),
    "cross_entropy": lambda a, b, put: F.cross_entropy(a * b, put(LABELS)),
    "cross_entropy, of some": lambda a, b, put: F.cross_entropy(
        a * b, put(np.array([-100, 1])), reduction="sum", label_smoothing=0.1
    ),
    "cross_entropy, of one": lambda a, b, put: F.cross_entropy(a[0] * b[1], put(LABELS[1])),
    "cross_entropy, of pixels": lambda a, b, put: F.cross_entropy(
        tl.stack([a, b], dim=2), put(np.array([[0, 1], [2, 0]])), reduction="none"
    ),
    "nll_loss": lambda a, b, put: F.nll_loss((a * b).log_softmax(1), put(LABELS)),
    "mse_loss": lambda a, b, put: F.mse_loss(a, b) + F.mse_loss(a, b * a, reduction="sum"),
    "shapes": lambda a, b, put: a.reshape(3, -1).T * b.view(2, 3).flatten()[0] * b.squeeze(),
    "joined in one dtype": lambda a, b, put: tl.cat([a, put(LABELS).reshape(2, 1), b], dim=1) ** 2,
    "index": lambda a, b, put: a[0] * b[:, 1:][0, 0] + a[..., ::2].sum() * b[-1],
    "index by integers": lambda a, b, put: a[put(np.array([1, -1, 0]))] * b[[0, 1, 1]],
    "index by a single integer": lambda a, b, put: a[put(np.array(1))] * b[:, put(np.array(-1))][0],
    "index by pairs": lambda a, b, put: a[[0, 1], [2, 0]] * b[0, [1, 1]],
    "index by a mask": lambda a, b, put: a[a > 0.6].sum() * b[put(np.array([True, False]))],
    "index by numpy's": lambda a, b, put: a[np.array([1, 0])] + b[B > 0.6].sum() + b[range(2)],
    "index_select": lambda a, b, put: a.index_select(1, put(LABELS)) * b[:, :2],
    "gather": lambda a, b, put: a.gather(1, put(np.array([[0, 0], [2, 1]]))) * b[:, 1:],
    "written to": lambda a, b, put: written(a, b, put),
    "written to, twice": lambda a, b, put: written_twice(a, b, put),
    "True and False": lambda a, b, put: a[True] * b[None, put(np.array(True))] + a[:, False].sum(),
    "dtypes and devices": lambda a, b, put: (
        a.float().double() * b.to("cpu").to(a.device) * a.cuda().to(b)
    ),
    "comparisons": lambda a, b, put: a * (a > b) + b * (a <= 1) + a * ((a == b) | ~(a != b)),
    "logic": lambda a, b, put: a * ((a < b) & (a >= 0.5)) * b.isfinite() + b * b.isnan(),
    "all and any": lambda a, b, put: a * (a > 0).all() * (b > 1).any(dim=0),
}


def written(a, b, put):
    x = a * 1.0
    x += b
    x[0] = b[1]
    x[:, 1] = 0.5
    x[1] = [1, 2, 3]
    x[put(np.array([1, 0])), put(np.array([2, 2]))] = b[:, 0]
    x[x > 2.0] = 1.0
    x.mul_(b).zero_().add_(a)
    return x * b


def written_twice(a, b, put):
    x = a * 1.0
    x[[0, 0]] = b * a
    x[:, put(np.array([1, 2, 1]))] = (b * 2.0).reshape(3, 2).T
    return x * a


def computed(name, device):
    """The value, and the gradients of the sum of its squares."""
    a, b = (tl.tensor(x, device=device, requires_grad=True) for x in (A, B))
    y = FUNCTIONS[name](a, b, lambda array: tl.tensor(array, device=device))
    (y * y).sum().backward()
    return [y, *(t.grad for t in (a, b) if t.grad is not None)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_on_the_gpu_what_it_gives_on_the_cpu(name):
    on_gpu, on_cpu = computed(name, "gpu"), computed(name, "cpu")
    assert len(on_cpu) > 1
    for mine, wanted in zip(on_gpu, on_cpu, strict=True):
        assert_same(mine, wanted)


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


@pytest.mark.parametrize("shape", [(1025, 3), (40, 30, 2), (2000, 0)])
@pytest.mark.parametrize("keepdim", [False, True])
def test_the_sums_of_many_rows(shape, keepdim):
    axes = tuple(range(len(shape) - 1))
    sums = tl.ones(shape, device="gpu").sum(axes, keepdim)
    assert sums.tolist() == np.ones(shape).sum(axes, keepdims=keepdim).tolist()


# ------------------------------------------------------------------------------------------- moving


def test_there_and_back():
    x = tl.tensor(A)
    for there in (x.to("gpu"), x.cuda(), x.to("cuda:0"), x.to(device="cuda"), x.cuda("cuda:0")):
        assert (there.device, there.is_cuda, there.device.type) == ("gpu", True, "cuda")
        assert isinstance(there.array, cupy.ndarray)
        for back in (there.cpu(), there.to("cpu")):
            assert isinstance(back.array, np.ndarray)
            assert back.tolist() == x.tolist() == there.tolist()
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


def test_a_move_keeps_no_values_for_its_gradient():
    x = tl.tensor(A, requires_grad=True)
    total = x.to("gpu").cpu().sum()
    total.backward()
    total.backward()  # as of no other operation that keeps some
    assert x.grad.tolist() == np.full_like(A, 2.0).tolist()


def test_a_gpu_leaf_has_its_gradient_on_the_gpu():
    x = tl.tensor(A, device="gpu", requires_grad=True)
    (x * x).sum().backward()
    (x * x).sum().backward()
    assert_same(x.grad, tl.tensor(4.0 * A))
    x.grad.zero_()
    x.grad = None


def test_the_gradient_of_a_leaf_is_nobody_elses_on_the_gpu():
    first, second = (tl.ones((), device="gpu", requires_grad=True) for _ in range(2))
    first.backward()
    first.grad.mul_(5.0)
    second.backward()
    assert (first.grad.item(), second.grad.item()) == (5.0, 1.0)


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


def test_memory_on_the_gpu_is_shared_with_other_libraries():
    x = tl.ones(3, device="gpu")
    theirs = cupy.from_dlpack(x)
    theirs[0] = 5.0
    ours = tl.from_dlpack(theirs)
    ours[1] = 7.0
    assert x.tolist() == ours.tolist() == [5.0, 7.0, 1.0]
    assert (ours.device, x.__dlpack_device__()[0]) == ("gpu", 2)
    assert tl.from_dlpack(theirs, device="cpu").device == "cpu"
    with pytest.raises(BufferError, match="detach"):
        cupy.from_dlpack(x.requires_grad_())


def test_a_captured_step_hands_no_memory_on_the_gpu_out():
    step = tl.cuda.graph(lambda x: cupy.from_dlpack(x).sum() and x)
    step(tl.ones(3, device="gpu"))
    with pytest.raises(tl.cuda.CaptureError, match=r"not the arrays in them \(x\.array\)"):
        step(tl.ones(3, device="gpu"))


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
        F.nll_loss(x, tl.tensor([0, 3], device="gpu"))


def test_an_assignment_out_of_range_is_refused_where_cupy_would_wrap_it():
    x = tl.zeros(3, device="gpu")
    with pytest.raises(IndexError):
        x[tl.tensor([0, 4], device="gpu")] = 1.0


# ----------------------------------------------------------------------------------------- training


def data(seed=0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((60, 4)).astype(np.float32)
    return tl.tensor(x), tl.tensor((x.sum(1) > 0).astype(np.int64))


@pytest.mark.parametrize("arguments", [{"shuffle": True}, {"sampler": [3, -1, 0, 0, 59]}])
def test_a_batch_of_tensors_that_require_grad_keeps_the_gradient(arguments):
    gradients = []
    for places in (("cpu", "cpu"), ("gpu", "gpu"), ("gpu", "cpu")):
        x, y = (column.to(place) for column, place in zip(data(), places))
        x.requires_grad_()
        generator = tl.Generator().manual_seed(1)
        for inputs, labels in DataLoader(TensorDataset(x, y), 16, generator=generator, **arguments):
            assert (inputs.device, labels.device) == places
            (inputs**2).sum().backward()
        gradients.append(x.grad)
    for gradient in gradients[1:]:
        assert_same(gradient, gradients[0])


@pytest.mark.parametrize("momentum", [0, 0.5])
@pytest.mark.parametrize("lr", [0.5, np.float32(0.5), tl.tensor(0.5)], ids=str)
def test_an_optimizer_that_maximizes_and_is_given_its_rate_in_any_number(momentum, lr):
    weights = []
    for place in ("cpu", "gpu"):
        w = tl.tensor(A, device=place, requires_grad=True)
        optimizer = tl.optim.SGD([w], lr=lr, momentum=momentum, maximize=True, dampening=-0.5)
        for _ in range(3):
            optimizer.zero_grad()
            optimizer.step(lambda w=w: (w * 0.25).sum().backward())
        weights.append(w)
    assert_same(weights[1], weights[0])


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
    # Not to the last bit: the kernel of the loss sums in another order than NumPy.
    assert gpu_losses == pytest.approx(cpu_losses, rel=1e-6)
    assert gpu_losses[-1] < gpu_losses[0]
    for mine, wanted in zip(gpu.parameters(), cpu.parameters(), strict=True):
        assert mine.tolist() == [pytest.approx(row, rel=1e-5, abs=1e-7) for row in wanted.tolist()]
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


def test_a_dataset_that_is_only_half_on_the_gpu_still_gives_whole_batches():
    x, y = data()
    for inputs, labels in DataLoader(TensorDataset(x.to("gpu"), y), batch_size=16):
        assert (inputs.device, labels.device) == ("gpu", "cpu")


# -------------------------------------------------------- kernels against the entries they speed up


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("labels", "ignored"),
    [
        ([0, 3, 1], -100),
        ([-100, 2, -100], -100),
        ([-100, -100, -100], -100),
        ([0, -1, -1], -1),  # a step before its row is another row
        ([4, 3, 4], 4),  # and so is a step behind it
        ([7, 2, 7], 7),
    ],
)
def test_cross_entropy_is_that_of_the_cpu(labels, ignored, reduction, smoothing, dtype):
    def cross_entropy(x, target, reduction="mean"):
        return F.cross_entropy(
            x, target, ignore_index=ignored, reduction=reduction, label_smoothing=smoothing
        )

    def run(device):
        scores = [[1.0, -2.0, 3.0, 0.5], [0.0, 0.5, 200.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
        x = tl.tensor(scores, dtype=dtype, device=device, requires_grad=True)
        target = tl.tensor(np.array(labels), device=device)
        loss = cross_entropy(x, target, reduction)
        loss.backward(tl.full_like(loss, 3.0))
        first = grad((cross_entropy(x, target) ** 2), x)[0]
        total = cross_entropy(x, target, "sum") ** 2
        slope = grad(total, x, create_graph=True)[0]
        return loss.detach(), x.grad, first, slope.detach(), grad((slope**2).sum(), x)[0]

    for mine, wanted in zip(run("gpu"), run("cpu"), strict=True):
        assert (mine.device, mine.dtype, mine.shape) == ("gpu", wanted.dtype, wanted.shape)
        tolerance = 1e-5 if dtype == "float32" else 1e-12
        np.testing.assert_allclose(mine.tolist(), wanted.tolist(), tolerance, tolerance)


@pytest.mark.parametrize("label", [3, -1, 10**12, -(10**12)])
def test_a_label_that_is_no_class_makes_the_loss_nan_on_the_gpu(label):
    x = tl.tensor(A, device="gpu", requires_grad=True)
    target = tl.tensor(np.array([0, label]), device="gpu")
    loss = F.cross_entropy(x, target)
    loss.backward()
    assert np.isnan(loss.item())
    assert np.isnan(x.grad.tolist()).tolist() == [[False] * 3, [True] * 3]
    assert np.isfinite(F.cross_entropy(x, target, ignore_index=label).item())


def test_cross_entropy_takes_any_labels_and_layout_on_the_gpu():
    scores = tl.tensor(A, device="gpu")
    wanted = F.cross_entropy(tl.tensor(A), tl.tensor(LABELS)).item()
    for dtype in ("uint8", "int32", "int64"):
        assert F.cross_entropy(scores, tl.tensor(LABELS.astype(dtype)).to("gpu")).item() == wanted
    turned = tl.tensor(np.ascontiguousarray(A.T), device="gpu").T
    assert F.cross_entropy(turned, tl.tensor(LABELS, device="gpu")).item() == wanted
    assert F.cross_entropy(scores[0], tl.tensor(0, device="gpu")).item() == pytest.approx(
        F.cross_entropy(tl.tensor(A[0]), tl.tensor(0)).item()
    )
    assert np.isnan(F.cross_entropy(scores[:0], tl.tensor(LABELS[:0], device="gpu")).item())


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_the_product_takes_every_layout(left, right):
    rng = np.random.default_rng(1)
    shapes = [(2, 3, 4), (1, 3, 4), (2, 1, 4), (2, 3, 1), (1, 1, 1), (5, 7, 2)]
    for (m, k, n), dtype in itertools.product(shapes, ("float32", "float64")):
        a, b = (rng.standard_normal(s).astype(dtype) for s in ((m, k), (k, n)))
        a, b = LAYOUTS[left](tl.tensor(a)), LAYOUTS[right](tl.tensor(b))
        mine = LAYOUTS[left](a.to("gpu")) @ LAYOUTS[right](b.to("gpu"))
        wanted = LAYOUTS[left](a) @ LAYOUTS[right](b)
        assert (mine.device, mine.dtype, mine.shape) == ("gpu", dtype, (m, n))
        np.testing.assert_allclose(mine.tolist(), wanted.tolist(), 1e-5)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        *(((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,))),
        *(((5, 2, 3), (5, 3, 4)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((3,), (5, 3, 2))),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "float16", "int64"])
def test_the_product_takes_every_shape(a, b, dtype):
    x = np.arange(math.prod(a)).reshape(a).astype(dtype)
    y = np.arange(math.prod(b)).reshape(b).astype(dtype)
    assert_same(
        tl.tensor(x, device="gpu") @ tl.tensor(y, device="gpu"), tl.tensor(x) @ tl.tensor(y)
    )


def test_a_product_that_does_not_fit_says_so_on_the_gpu():
    with pytest.raises(tl.ShapeError, match=r"matmul: a has shape \(2, 3\), b has shape \(2, 3\)"):
        tl.tensor(A, device="gpu") @ tl.tensor(A, device="gpu")


# --------------------------------------------------------------------------------------- no memory


@pytest.fixture
def full_gpu(monkeypatch):
    def refuse(*args, **kwargs):
        raise MemoryError("Out of memory allocating 313,600,000 bytes (allocated so far: 0 bytes).")

    return lambda module, name: monkeypatch.setattr(module, name, refuse)


def test_out_of_memory_names_the_operation_and_the_batch_size(full_gpu):
    x, w = tl.tensor(np.ones((1000, 3)), device="gpu"), tl.tensor(B, device="gpu")
    full_gpu(blas, "_matrix_product")
    with pytest.raises(tl.DeviceError) as error:
        F.linear(x, w)
    assert str(error.value) == (
        "linear: out of memory on the gpu: x has shape (1000, 3), weight has shape (2, 3) "
        "(Out of memory allocating 313,600,000 bytes (allocated so far: 0 bytes).);\n"
        "use a smaller batch than 1000"
    )


def test_out_of_memory_in_the_backward_pass_says_where(full_gpu):
    x = tl.tensor(np.ones((1000, 3)), device="gpu", requires_grad=True)
    loss = x.sigmoid().sum()
    full_gpu(kernels, "sigmoid_rule")
    with pytest.raises(tl.DeviceError, match=r"(?s)sigmoid, backward: out of memory.*\(1000, 3\)"):
        loss.backward()


def test_out_of_memory_for_the_sum_of_two_gradients(full_gpu):
    x = tl.tensor(np.ones((1000, 3)), device="gpu", requires_grad=True).exp()
    loss = (x * 2.0 + x.relu()).sum()
    full_gpu(cupy.ndarray, "__add__")
    with pytest.raises(
        tl.DeviceError, match=r"(?s)^backward: out of memory.*\(1000, 3\).*than 1000"
    ):
        loss.backward()


def test_out_of_memory_for_what_the_engine_itself_makes_of_a_gradient(full_gpu):
    x = tl.tensor(np.ones((1000, 3)), device="gpu", requires_grad=True)
    bias = tl.tensor(np.ones(3), device="gpu", requires_grad=True)
    plus, loss = (x * 2.0 + bias).sum(), x.sum()
    full_gpu(cupy.ndarray, "sum")
    with pytest.raises(tl.DeviceError, match=r"(?s)add, backward: out of memory.*\(1000, 3\)"):
        plus.backward()
    full_gpu(cupy.ndarray, "copy")
    with pytest.raises(tl.DeviceError, match=r"(?s)sum, backward: out of memory.*\(1000, 3\)"):
        loss.backward()


@pytest.mark.parametrize(
    ("name", "make", "shown"),
    [
        ("zeros", lambda: tl.zeros(1000, 3, device="gpu"), r"zeros\(\(1000, 3\)\) of float32"),
        ("empty", lambda: tl.ones(5, dtype="int64", device="gpu"), r"ones\(\(5,\)\) of int64"),
        ("empty", lambda: tl.full((7, 8), 0.5, device="gpu"), r"full\(\(7, 8\)\) of float32"),
        ("eye", lambda: tl.eye(1000, device="gpu"), r"eye\(1000, 1000\) of float32"),
    ],
)
def test_out_of_memory_for_a_new_tensor_names_it(full_gpu, name, make, shown):
    full_gpu(cupy, name)
    with pytest.raises(
        tl.DeviceError, match=rf"(?s)no room on the GPU for {shown} \(.*313,600,000"
    ):
        make()


def test_out_of_memory_on_the_way_to_the_gpu_and_in_a_batch(full_gpu):
    x = tl.tensor(A, device="gpu")
    loader = DataLoader(TensorDataset(x), batch_size=2)
    full_gpu(cupy, "empty")
    with pytest.raises(tl.DeviceError, match=r"(?s)a batch of 2 samples.*smaller batch_size"):
        next(iter(loader))
    full_gpu(cupy, "asarray")
    with pytest.raises(tl.DeviceError, match=r"no room on the GPU for an array of shape \(2, 3\)"):
        tl.tensor(A).to("gpu")


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


MAKERS = {
    "rand_like": lambda x: tl.rand_like(x),
    "randint_like": lambda x: tl.randint_like(x, 5),
    "full_like": lambda x: tl.full_like(x, 2),
    "new_zeros": lambda x: x.new_zeros(2),
    "new_tensor": lambda x: x.new_tensor([1, 2]),
    "multinomial": lambda x: tl.multinomial(x, 2),
    "bernoulli": lambda x: tl.bernoulli(x),
    "bernoulli_": lambda x: x.bernoulli_(x),
    "poisson": lambda x: tl.poisson(x),
    "normal": lambda x: tl.normal(x, x),
    "exponential_": lambda x: x.exponential_(),
    "meshgrid": lambda x: tl.meshgrid(x[0], x[1], indexing="xy")[0],
    "combinations": lambda x: tl.combinations(x[0]),
    "vander": lambda x: tl.vander(x[0]),
    "logspace": lambda x: tl.logspace(0, 1, 3, device="gpu"),
    "tril_indices": lambda x: tl.tril_indices(2, 2, device="gpu"),
    "zeros out=": lambda x: tl.zeros(2, 3, out=x),
}


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_made_like_a_tensor_is_where_that_is(name):
    assert MAKERS[name](tl.ones(2, 3, device="gpu")).device == "gpu"


def test_the_default_device_is_that_of_all_that_is_made():
    with tl.device("cuda"):
        for x in (tl.ones(2), tl.tensor([1]), tl.rand(2), tl.arange(3), tl.nn.Linear(2, 2).weight):
            assert x.device == "gpu"
    assert tl.ones(2).device == "cpu"


def test_what_one_asks_about_the_card():
    x = tl.ones(2, 3, device="gpu")
    assert (tl.cuda.device_count(), tl.cuda.current_device(), x.get_device()) == (1, 0, 0)
    assert tl.accelerator.current_accelerator() == "gpu"
    assert tl.cuda.get_device_name()
    assert len(tl.cuda.get_device_capability()) == 2
    assert tl.cuda.memory_reserved() >= tl.cuda.memory_allocated() >= 0
    for call in (tl.cuda.synchronize, tl.accelerator.synchronize, tl.cuda.empty_cache):
        assert call() is None
    assert x.type() == "torch.cuda.FloatTensor"
    assert (x.stride(), x[1:].storage_offset(), x.untyped_storage().nbytes()) == ((3, 1), 3, 24)
    assert x.data_ptr() == x.T.data_ptr() != 0
