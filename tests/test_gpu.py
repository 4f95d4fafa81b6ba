"""On a real GPU: `pytest -m gpu`. Without one these tests skip, and say what is missing.

Here kernels, cuBLAS, captured steps and the examples meet the hardware. A GPU sums in another order
than NumPy, so values are compared with tolerances; a captured step and the step itself must agree
to the bit. (test_device.py runs this file on the double of CuPy too, so that it is known to run.)
"""

from __future__ import annotations

import gc
import itertools
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from captured_steps import SUITES
from side_by_side import LAYOUTS, on_the_double

import tinygrad_lr as tg
from tinygrad_lr import nn, optim
from tinygrad_lr.device import DeviceError, library
from tinygrad_lr.nn import functional as F
from tinygrad_lr.utils.data import DataLoader, TensorDataset

pytestmark = pytest.mark.gpu

ROOT = Path(__file__).parents[1]
TOLERANCE = {"float32": 1e-5, "float64": 1e-12}
RNG = np.random.default_rng(0)


try:
    cupy = library("gpu")
except DeviceError as error:
    pytest.skip(str(error), allow_module_level=True)

real = pytest.mark.skipif(on_the_double(), reason="this is the double of CuPy, not a GPU")


def assert_close(mine: Any, wanted: Any, tolerance: float) -> None:
    assert (mine.device, wanted.device) == ("gpu", "cpu")
    assert (mine.shape, mine.dtype) == (wanted.shape, wanted.dtype)
    got, expected = mine.detach().cpu().numpy(), wanted.detach().numpy()
    scale = np.abs(expected[np.isfinite(expected)]).max(initial=1.0)
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance * scale)


def on_both(function: Any, *arrays: np.ndarray, tolerance: float) -> None:
    """The value of `function` and its gradients, on the GPU and on the CPU."""
    results = []
    for device in ("gpu", "cpu"):
        tensors = [tg.tensor(a, device=device, requires_grad=a.dtype.kind == "f") for a in arrays]
        y = function(*tensors)
        (y * y).sum().backward()
        results.append([y, *(t.grad for t in tensors if t.grad is not None)])
    for mine, wanted in zip(*results, strict=True):
        assert_close(mine, wanted, tolerance)


def normal(*shape: int, dtype: str = "float32") -> np.ndarray:
    return RNG.standard_normal(shape).astype(dtype)


def test_memory_is_shared_with_cupy_and_pytorch() -> None:
    x = tg.arange(6, dtype=tg.float32, device="gpu").reshape(2, 3)
    for theirs in (cupy.from_dlpack(x), cupy.from_dlpack(x.T).T, cupy.from_dlpack(x > 1)):
        back = tg.from_dlpack(theirs)
        assert back.array.data.ptr == theirs.data.ptr
        assert back.tolist() == theirs.get().tolist()
    cupy.from_dlpack(x)[...] = 7
    assert x.tolist() == [[7.0] * 3] * 2
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        for take in (torch.from_dlpack, torch.as_tensor):
            taken = take(x)
            taken += 1
            assert (taken.device.type, taken.tolist()) == ("cuda", x.tolist())
        made = torch.ones(3, device="cuda")
        tg.from_dlpack(made).mul_(5.0)
        assert made.tolist() == [5.0] * 3


# ------------------------------------------------------------------------------------------ kernels


@pytest.mark.parametrize("rows", [100, 5_000, 60_000, 1_000_000])
def test_sums_are_as_accurate_along_every_axis(rows: int) -> None:
    x = tg.full((rows, 10), 0.1, device="gpu")
    exact = rows * float(np.float32(0.1))
    bias = tg.zeros(10, device="gpu", requires_grad=True)
    F.linear(tg.zeros(rows, 3, device="gpu"), tg.zeros(10, 3, device="gpu"), bias).backward(x)
    row = tg.zeros(1, 10, device="gpu", requires_grad=True)
    (x * 0.0 + row).backward(x)
    for sums in (x.sum(0), x.T.sum(1), x.mean(0) * rows, bias.grad, row.grad):
        np.testing.assert_allclose(sums.cpu().numpy(), exact, rtol=1e-6)
    np.testing.assert_allclose(x.sum().item(), 10 * exact, rtol=1e-6)
    assert (x.std(0) == 0).all()
    half = tg.ones(rows, device="gpu", dtype="float16", requires_grad=True)
    half.mean().backward()
    assert half.mean().item() == 1.0
    np.testing.assert_allclose(half.grad.cpu().numpy(), 1 / rows, rtol=0.05)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axes", [0, (0, 1), (1, 0), (0, 2), 2, (0, 1, 2)])
def test_the_sums_of_many(axes: Any, keepdims: bool, dtype: str) -> None:
    x, tolerance = normal(1_030, 37, 9, dtype=dtype), 10 * TOLERANCE[dtype]
    on_both(lambda x: x.sum(axes, keepdims), x, tolerance=tolerance)
    on_both(lambda x: x.permute(2, 0, 1).sum(axes, keepdims), x, tolerance=tolerance)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (1,), (100, 10), (3, 1, 5), (1000, 1000), (0, 3)])
def test_sigmoid(shape: tuple[int, ...], dtype: str) -> None:
    x = 10 * normal(*shape, dtype=dtype)
    on_both(tg.sigmoid, np.asarray(x, dtype), tolerance=TOLERANCE[dtype])


def test_sigmoid_at_the_ends() -> None:
    x = np.array([-np.inf, -1e4, -100.0, -0.0, 0.0, 100.0, 1e4, np.inf, np.nan], np.float32)
    np.testing.assert_allclose(
        tg.tensor(x, device="gpu").sigmoid().tolist(), tg.tensor(x).sigmoid().tolist(), 1e-6
    )
    half = tg.tensor(normal(50).astype(np.float16), device="gpu").sigmoid()
    assert half.dtype == "float16"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_the_error_function(name: str, dtype: str) -> None:
    x = np.append(3 * normal(1000), [0.0, -np.inf, np.inf, 26.0, -26.0]).astype(dtype)
    on_both(getattr(tg, name), x, tolerance=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    "shape",
    [
        *((1, 1), (1, 10), (3, 2), (4, 31), (5, 32), (6, 33), (100, 10), (257, 100), (5000, 10)),
        *((7, 1000), (2, 50_000)),
    ],
)
def test_cross_entropy(
    shape: tuple[int, int], reduction: str, smoothing: float, dtype: str
) -> None:
    rows, classes = shape
    labels = RNG.integers(0, classes, rows)
    if rows > 1:
        labels[RNG.integers(rows)] = -100

    def loss(x: Any, y: Any) -> Any:
        return F.cross_entropy(x, y, reduction=reduction, label_smoothing=smoothing)

    on_both(loss, 5 * normal(*shape, dtype=dtype), labels, tolerance=10 * TOLERANCE[dtype])


def test_cross_entropy_of_extreme_scores() -> None:
    x = np.array([[1e38, -1e38, 0.0], [-np.inf, 0.0, 1.0], [88.0, 89.0, 1000.0]], np.float32)
    y = np.array([0, 2, 1])
    mine, wanted = (
        F.cross_entropy(tg.tensor(x, device=d), tg.tensor(y, device=d), reduction="none")
        for d in ("gpu", "cpu")
    )
    np.testing.assert_allclose(mine.tolist(), wanted.tolist(), 1e-6)


@pytest.mark.parametrize("label", [10, -1, 2**40, -(2**40)])
def test_a_label_that_is_no_class_gives_nan_and_reads_nothing(label: int) -> None:
    x = tg.tensor(normal(6, 10), device="gpu", requires_grad=True)
    y = tg.tensor(np.array([0, 1, label, 3, 4, 5]), device="gpu")
    loss = F.cross_entropy(x, y)
    loss.backward()
    assert np.isnan(loss.item())
    assert np.isnan(x.grad.tolist()).all(axis=1).tolist() == [i == 2 for i in range(6)]


def test_second_derivatives_of_cross_entropy() -> None:
    results = []
    x, y = normal(6, 5, dtype="float64"), RNG.integers(0, 5, 6)
    for device in ("gpu", "cpu"):
        scores = tg.tensor(x, device=device, requires_grad=True)
        loss = F.cross_entropy(scores, tg.tensor(y, device=device)) ** 2
        (slope,) = tg.autograd.grad(loss, scores, create_graph=True)
        results.append([slope.detach(), *tg.autograd.grad((slope**2).sum(), scores)])
    for mine, wanted in zip(*results, strict=True):
        assert_close(mine, wanted, 1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "shape", [(1, 1), (100, 10), (3, 100), (257, 33), (4096, 5), (5000, 64), (0, 3), (3, 0)]
)
def test_the_sum_of_rows(shape: tuple[int, int], dtype: str) -> None:
    def shifted(x: Any, bias: Any) -> Any:
        return F.linear(x, tg.eye(shape[1], dtype=dtype, device=x.device.type), bias)

    x, bias = normal(*shape, dtype=dtype), normal(shape[1], dtype=dtype)
    on_both(shifted, x, bias, tolerance=10 * TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weight_decay": 0.1},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.1},
        {"momentum": 0.9, "nesterov": True},
    ],
)
def test_sgd(options: dict[str, Any], dtype: str) -> None:
    start, gradients = normal(30, 7, dtype=dtype), normal(5, 30, 7, dtype=dtype)
    results = []
    for device in ("gpu", "cpu"):
        p = tg.tensor(start, device=device, requires_grad=True)
        optimizer = optim.SGD([p], lr=0.3, **options)
        for g in gradients:
            p.grad = tg.tensor(g, device=device)
            optimizer.step()
        results.append(
            [p, *(s["momentum_buffer"] for s in optimizer.state_dict()["state"].values())]
        )
    for mine, wanted in zip(*results, strict=True):
        assert_close(mine, wanted, TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Adam", {"weight_decay": 0.1, "amsgrad": True}),
        ("AdamW", {"maximize": True}),
        ("RMSprop", {"momentum": 0.9, "centered": True, "eps": 1e-3}),
        ("Adagrad", {"lr_decay": 0.1}),
    ],
)
def test_every_optimizer(kind: str, options: dict[str, Any], dtype: str) -> None:
    start, gradients = normal(30, 7, dtype=dtype), normal(5, 30, 7, dtype=dtype)
    results = []
    for device in ("gpu", "cpu"):
        p = tg.tensor(start, device=device, requires_grad=True)
        optimizer = getattr(optim, kind)([p], lr=0.03, **options)
        for g in gradients:
            p.grad = tg.tensor(g, device=device)
            optimizer.step()
        (kept,) = optimizer.state_dict()["state"].values()
        results.append([p, *kept.values()])
    for mine, wanted in zip(*results, strict=True):
        assert_close(mine, wanted, TOLERANCE[dtype])


def assorted(device: str, dtypes: list[str], views: bool) -> list[Any]:
    """Parameters of all sizes; `views` are some that have not one piece of memory of their own."""
    rng = np.random.default_rng(5)
    shapes = [(30, 7), (7,), (), (1, 1), (0, 3), (600, 500), (3,), (4, 5), (2, 2, 2), (10,)]
    arrays = [np.asarray(rng.standard_normal(shape), dtypes[0]) for shape in shapes]
    arrays += [rng.standard_normal((6, 4)).astype(dtype) for dtype in dtypes]
    tensors = [tg.tensor(array, device=device) for array in arrays]
    if views:
        tensors += [tg.tensor(arrays[0], device=device).T, tg.tensor(arrays[5], device=device)[::2]]
    return [tensor.detach().requires_grad_() for tensor in tensors]


@pytest.mark.parametrize("views", [False, True])
@pytest.mark.parametrize("dtypes", [["float32"], ["float64"], ["float32", "float64"]])
@pytest.mark.parametrize("options", [{"weight_decay": 0.1}, {"momentum": 0.9, "dampening": 0.5}])
def test_sgd_of_many_parameters(options: dict[str, Any], dtypes: list[str], views: bool) -> None:
    results = []
    for device in ("gpu", "cpu"):
        parameters = assorted(device, dtypes, views)
        optimizer = optim.SGD(parameters, lr=0.3, **options)
        rng = np.random.default_rng(6)
        for step in range(4):
            for i, p in enumerate(parameters):
                g = np.asarray(rng.standard_normal(p.shape), p.dtype.name)
                p.grad = None if i % 3 == step else tg.tensor(g, device=device)
            optimizer.step()
        results.append([p.detach() for p in parameters])
    for mine, wanted in zip(*results, strict=True):
        assert_close(mine, wanted, TOLERANCE[wanted.dtype.name])


# -------------------------------------------------------------------------------------- the product

SHAPES = [(100, 784, 10), (784, 100, 10), (1, 5, 1), (3, 1, 4), (128, 100, 784), (33, 65, 129)]
SHAPES += [
    (10, 128, 100),
    (128, 10, 100),
    (2, 3000, 2),
    (1000, 2, 100),
    (200, 784, 150),
    (2, 9000, 2),
]


@pytest.mark.parametrize("right", LAYOUTS)
@pytest.mark.parametrize("left", LAYOUTS)
def test_the_product_of_any_layouts(left: str, right: str) -> None:
    for dtype, (m, k, n) in itertools.product(TOLERANCE, SHAPES):
        a, b = (tg.tensor(normal(*s, dtype=dtype)) for s in ((m, k), (k, n)))
        mine = LAYOUTS[left](a.to("gpu")) @ LAYOUTS[right](b.to("gpu"))
        wanted = LAYOUTS[left](a) @ LAYOUTS[right](b)
        assert_close(mine, wanted, 10 * TOLERANCE[dtype])


def test_the_product_is_that_of_cupy() -> None:
    a, b = (tg.tensor(normal(*s), device="gpu") for s in ((500, 784), (784, 300)))
    np.testing.assert_allclose((a @ b).tolist(), (a.array @ b.array).tolist(), 1e-4, 1e-4)


def test_float32_products_are_float32() -> None:
    # Were it TF32, with its 10 bits, the error would be 1e-3.
    a, b = (normal(64, 4096), normal(4096, 64))
    exact = a.astype(np.float64) @ b.astype(np.float64)
    mine = (tg.tensor(a, device="gpu") @ tg.tensor(b, device="gpu")).tolist()
    assert np.abs(np.array(mine) - exact).max() < 1e-3


@pytest.mark.parametrize("shapes", [((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (3, 4))])
def test_the_product_of_other_shapes(shapes: Any) -> None:
    on_both(lambda a, b: a @ b, *(normal(*s) for s in shapes), tolerance=1e-5)


@pytest.mark.parametrize("shape", [(), (1,), (10,), (1, 10), (6, 1), (6, 10)])
def test_a_bias_of_any_shape(shape: tuple[int, ...]) -> None:
    on_both(F.linear, normal(6, 20), normal(10, 20), normal(*shape), tolerance=1e-4)


def test_linear() -> None:
    for shape in ((100, 784), (2, 3, 784), (784,)):
        on_both(F.linear, normal(*shape), normal(10, 784), normal(10), tolerance=1e-4)


# ------------------------------------------------------------------------------------------- memory


@real
def test_out_of_memory_names_the_operation_the_bytes_and_the_batch() -> None:
    x = tg.ones(1, 1, device="gpu").expand(10**7, 10**6)
    with pytest.raises(
        DeviceError, match=r"(?s)add: out of memory on the gpu.*40,000,000,000,\d+ b"
    ) as e:
        x + 1.0
    assert "use a smaller batch than 10000000" in str(e.value)
    assert (tg.ones(2, device="gpu") + 1.0).tolist() == [2.0, 2.0]  # and it goes on


class Run:
    def __init__(self) -> None:
        tg.manual_seed(1)
        self.model = nn.Sequential(nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 10)).to("gpu")
        self.optimizer = optim.SGD(self.model.parameters(), lr=0.1, momentum=0.9)

    def step(self, x: Any, y: Any) -> Any:
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def weights(self) -> list[Any]:
        return [p.detach().cpu().numpy() for p in self.model.parameters()]


def test_nothing_else_gets_at_the_memory_of_a_captured_step() -> None:
    """Between two launches everything free is taken, filled with nan, and given back."""
    eager, run = Run(), Run()
    captured = tg.cuda.graph(run.step)
    x, y = (tg.tensor(a, device="gpu") for a in (normal(2000, 784), RNG.integers(0, 10, 2000)))
    mine, wanted = [], []
    for i in range(40):
        rows = slice(i * 50, i * 50 + 50)
        wanted.append(eager.step(x[rows], y[rows]).item())
        mine.append(captured(x[rows], y[rows]))
        taken = [
            tg.full((n,), float("nan"), device="gpu")
            for n in (1, 10, 50, 100, 500, 1000, 5000, 39200, 78400)
            for _ in range(4)
        ]
        del taken
        if i % 5 == 0:
            gc.collect()
            cupy.get_default_memory_pool().free_all_blocks()
    assert [loss.item() for loss in mine] == wanted
    for a, b in zip(run.weights(), eager.weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_captured_step_outlives_its_variables() -> None:
    eager, run = Run(), Run()
    captured = tg.cuda.graph(run.step)
    x, y = normal(300, 784), RNG.integers(0, 10, 300)
    for i in range(6):
        rows = slice(i * 50, i * 50 + 50)
        loss = captured(tg.tensor(x[rows], device="gpu"), tg.tensor(y[rows], device="gpu"))
        want = eager.step(tg.tensor(x[rows], device="gpu"), tg.tensor(y[rows], device="gpu"))
        run.optimizer.zero_grad()
        gc.collect()
        assert loss.item() == want.item()


def test_an_argument_in_another_order_of_memory_gives_the_bits_of_the_step() -> None:
    eager, run = Run(), Run()
    captured = tg.cuda.graph(run.step)
    x, y = normal(50, 784), RNG.integers(0, 10, 50)
    wide = tg.tensor(normal(50, 2 * 784), device="gpu")
    turned, labels = tg.tensor(x, device="gpu").T.contiguous().T, tg.tensor(y, device="gpu")
    with_gaps = tg.cuda.graph(run.step)
    for one, images in [(captured, turned)] * 3 + [(with_gaps, wide[:, ::2])] * 3:
        assert one(images, labels).item() == eager.step(images, labels).item()
        for mine, wanted in zip(run.weights(), eager.weights(), strict=True):
            np.testing.assert_array_equal(mine, wanted)


@real
def test_many_small_steps_lose_no_memory() -> None:
    run = Run()
    captured = tg.cuda.graph(run.step)
    x, y = (tg.tensor(a, device="gpu") for a in (normal(100, 784), RNG.integers(0, 10, 100)))
    for _ in range(3):
        captured(x, y), run.step(x, y)
    before = cupy.get_default_memory_pool().used_bytes()
    for _ in range(200):
        captured(x, y), run.step(x, y)
    assert cupy.get_default_memory_pool().used_bytes() <= before


# ----------------------------------------------------------------------------------- whole programs


def program(*args: object, timeout: int = 540) -> str:
    run = subprocess.run(
        [sys.executable, *map(str, args)],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout[-6000:]}\n{run.stderr[-2000:]}"
    return run.stdout


@real
def test_the_captured_suite() -> None:
    files = [f"tests/{file}" for file in (*SUITES, "capture_suite.py")]
    program("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "--device", "gpu")


@real
def test_the_property_suite_of_all_operations() -> None:
    program("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_ops.py", "--device", "gpu")


def rows_of(output: str) -> dict[int, tuple[float, float]]:
    found = re.findall(r"^ *(\d+) +(\d+\.\d+) +(\d+\.\d+)", output, re.M)
    return {int(i): (float(loss), float(accuracy)) for i, loss, accuracy in found}


def test_the_main_job_prints_what_the_cpu_prints() -> None:
    on_gpu, on_cpu = (
        rows_of(program("examples/mnist_logreg.py", "--device", device))
        for device in ("gpu", "cpu")
    )
    assert len(on_gpu) == 6
    for i, (loss, accuracy) in on_cpu.items():
        assert on_gpu[i] == (pytest.approx(loss, abs=2e-3), pytest.approx(accuracy, abs=0.1))


def test_the_main_job_is_resumed_where_it_was(tmp_path: Path) -> None:
    whole, half, rest = (tmp_path / f"{name}.safetensors" for name in ("whole", "half", "rest"))
    job = ("examples/mnist_logreg.py", "--device", "gpu", "--iterations")
    program(*job, 1333, "--save", whole)
    program(*job, 577, "--save", half)
    program(*job, 1333, "--resume", half, "--save", rest)
    mine, wanted = tg.load(rest), tg.load(whole)
    assert mine["losses"] == wanted["losses"]
    for name, weight in wanted["model"].items():
        assert mine["model"][name].tolist() == weight.tolist()


@real
@pytest.mark.parametrize(
    "example",
    [
        ("mnist_logreg.py", "--batch-size", 128, "--iterations", 1000),
        ("mnist_logreg.py", "--document", "000", "--iterations", 700),
        ("mnist_fnn.py", "--epochs", 1),
        ("linear_regression.py",),
        ("linear_regression.py", "--part", "crops"),
        ("why_logistic.py",),
        ("mnist_validation.py",),
        ("see_backward.py", "--out", tempfile.gettempdir()),
    ],
)
def test_every_example_runs(example: tuple[Any, ...]) -> None:
    name, *options = example
    program(f"examples/{name}", *options, "--device", "gpu")


def test_a_wrong_kernel_would_be_noticed() -> None:
    # That the comparisons above compare something: the same data, one number moved a little.
    x = normal(100, 10)
    mine = tg.tensor(x + np.float32(1e-3), device="gpu").sigmoid()
    with pytest.raises(AssertionError):
        assert_close(mine, tg.tensor(x).sigmoid(), 1e-5)


COLUMNS = {
    "float images": normal(50, 7, 3),
    "float64": normal(50, 2, dtype="float64"),
    "bytes": RNG.integers(0, 255, (50, 784)).astype(np.uint8),
    "labels": np.arange(50),
    "three bytes a row": RNG.integers(0, 255, (50, 3)).astype(np.uint8),
    "every second": normal(50, 8)[:, ::2],
    "a row of nothing": normal(50, 0),
}


@pytest.mark.parametrize("names", [[name] for name in COLUMNS] + [list(COLUMNS)[:4], list(COLUMNS)])
@pytest.mark.parametrize("rows", [[3], [49, 0, 7, 7, -1], [], list(range(50)) * 30])
def test_the_rows_of_a_batch_are_those_of_the_columns(names: list[str], rows: list[int]) -> None:
    columns = [tg.tensor(COLUMNS[name]) for name in names]
    there = TensorDataset(*(column.to("gpu") for column in columns))
    index = np.array(rows, np.int64)
    for mine, column in zip(there.__getitems__(index), columns, strict=True):
        assert (mine.device, mine.dtype) == ("gpu", column.dtype)
        np.testing.assert_array_equal(mine.cpu().numpy(), column.numpy()[index])


def test_batches_are_gathered_on_the_device() -> None:
    x, y = tg.tensor(normal(100, 5), device="gpu"), tg.tensor(np.arange(100), device="gpu")
    loader = DataLoader(TensorDataset(x, y), batch_size=30, shuffle=True)
    seen = []
    for inputs, labels in loader:
        assert (inputs.device, labels.device) == ("gpu", "gpu")
        assert inputs.tolist() == x.index_select(0, labels).tolist()
        seen += labels.tolist()
    assert sorted(seen) == list(range(100))
