"""Captured steps on a GPU, and on the double of CuPy: test_device.py runs this there.

While the double captures, nothing that was there before changes, and what is made holds garbage
until the graph is launched, as on a GPU. So equal results mean that the graph alone makes them.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import cupy
import numpy as np
import pytest
from captured_steps import (
    EACH,
    Run,
    X,
    all_of,
    batch,
    batches,
    captured_run,
    check_refused,
    trained_by,
)
from side_by_side import on_device, on_the_double

import tinygrad_lr as tg
from tinygrad_lr.cuda import kernels
from tinygrad_lr.cuda.graph import _from
from tinygrad_lr.nn import functional as F

device = pytest.fixture(scope="module", autouse=True)(on_device)
of_the_double = pytest.mark.skipif(
    not on_the_double(), reason="it is about the double, and this is a GPU"
)


def test_arguments_that_are_no_gpu_tensors_are_refused():
    captured = tg.cuda.graph(Run().step)
    x, y = batch()
    with pytest.raises(tg.DeviceError, match=r"(?s)argument 1 is on the cpu.*\.to\('gpu'\)"):
        captured(x, y.cpu())
    with pytest.raises(TypeError, match="argument 0 is a ndarray; a captured step takes Tensors"):
        captured(X[0], y)
    with pytest.raises(TypeError, match="argument 1 is a int"):
        captured(x, 3)
    with pytest.raises(ValueError, match=r"(?s)argument 0 requires grad.*detach\(\)ed"):
        captured(x.clone().requires_grad_(), y)


ASKING, SENDING = "cannot ask the GPU for a value", "sends nothing from the host to the GPU"
DRAWING = "draws no random numbers"
MASK, HOST = r"pick by a mask, x\[mask\].*where\(", "cannot be captured .*needs the host in between"

REFUSED = {
    "item": (lambda x: x.sum().item(), ASKING),
    "float": (lambda x: float(x.sum()), ASKING),
    "tolist": (lambda x: x.tolist(), ASKING),
    "cpu": (lambda x: x.cpu(), ASKING),
    "print": (lambda x: print(x), ASKING),
    "format": (lambda x: f"{x.sum():.2f}", ASKING),
    "if": (lambda x: 1 if x.sum() > 0 else 2, ASKING),
    "a Tensor as an index": (lambda x: x[x[0].argmax()], ASKING),
    "tensor": (lambda x: x + tg.tensor([1.0, 2.0, 3.0, 4.0], device="gpu"), SENDING),
    "to": (lambda x: x + tg.ones(4).to("gpu"), SENDING),
    "randn": (lambda x: x + tg.randn(8, 4, device="gpu"), DRAWING),
    "normal_": (lambda x: tg.zeros(3, device="gpu").normal_(), DRAWING),
    "list as an index": (lambda x: x[[0, 1]], SENDING),
    "loader": (
        lambda x: next(iter(tg.utils.data.DataLoader(tg.utils.data.TensorDataset(x)))),
        SENDING,
    ),
    "stack of many": (lambda x: tg.stack([x] * 9), "join more than 8 tensors"),
    "cat of many": (lambda x: tg.cat([x] * 9), "join more than 8 tensors"),
    "mask": (lambda x: x[x > 0], MASK),
    "nll_loss": (lambda x: F.nll_loss(x, tg.zeros(8, dtype="int64", device="gpu")), HOST),
    "batched matmul": (lambda x: tg.stack([x, x]) @ tg.stack([x.T, x.T]), HOST),
    "array": (lambda x: x.array + 1.0, r"Tensors, not the arrays in them \(x\.array\)"),
    "nested": (lambda x: (lambda g: (g(x), g(x)))(tg.cuda.graph(lambda x: x + 1.0)), "of another"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_captured_is_refused_in_words_and_leaves_no_trace(name, capsys):
    def is_back_on_its_stream():
        assert cupy.cuda.get_current_stream() is cupy.cuda.Stream.null

    check_refused(*REFUSED[name], is_back_on_its_stream)


def test_of_several_written_to_one_place_the_last_stays():
    w = tg.tensor([2.0, 3.0, 4.0], device="gpu", requires_grad=True)

    def step(x, places):
        w.grad, out = None, tg.zeros(4, device="gpu")
        out[places] = x * w
        loss = (out * out).sum()
        loss.backward()
        return loss

    captured, x = tg.cuda.graph(step), tg.tensor([1.0, 2.0, 3.0], device="gpu")
    for places, gradient in [
        ([0, 0, 2], [0.0, 24.0, 72.0]),
        ([1, 2, 3], [4.0, 24.0, 72.0]),
        ([3, 3, 3], [0.0, 0.0, 72.0]),
        ([0, -4, 1], [0.0, 24.0, 72.0]),
    ]:
        for run in (step, captured):
            run(x, tg.tensor(places, device="gpu"))
            assert w.grad.tolist() == gradient


def test_moved_parameters_are_captured_anew():
    (run, captured), (eager, _) = captured_run(momentum=0.9), captured_run(momentum=0.9)
    for one in (run, eager):
        one.model.to("cpu").to("gpu")
    for x, y in batches():
        assert captured(x, y).item() == eager.step(x, y).item()
    assert run.weights() == eager.weights()


@EACH
def test_what_an_optimizer_keeps_moves_with_the_parameters(kind, options):
    eager, run = trained_by(kind, options), trained_by(kind, options)
    captured = tg.cuda.graph(run.step)
    for i, (x, y) in enumerate(batches()):
        if i == 4:
            for one in (run, eager):
                one.model.to("cpu")
                one.step(x.cpu(), y.cpu())
                one.model.to("gpu")
                one.step(x, y)
        assert captured(x, y).item() == eager.step(x, y).item()
        assert all_of(run) == all_of(eager)


def test_a_loaded_optimizer_and_a_loaded_model_are_used():
    run, captured = captured_run(momentum=0.9)
    fresh = Run(momentum=0.9)
    run.model.load_state_dict(fresh.model.state_dict())  # into the memory that is there
    assert captured(*batch()).item() == fresh.step(*batch()).item()
    run.model.load_state_dict(fresh.model.state_dict())
    run.optimizer.load_state_dict(fresh.optimizer.state_dict())
    for x, y in batches():
        assert captured(x, y).item() == fresh.step(x, y).item()


def test_other_memory_for_a_tensor_from_outside_is_refused():
    w = tg.tensor([1.0, 2.0], device="gpu")

    def step(x):
        w.data = w.data * 0.5 + x
        return w * 1.0

    captured, x = tg.cuda.graph(step), tg.tensor([1.0, 1.0], device="gpu")
    captured(x)
    before = w.tolist()
    with pytest.raises(
        tg.cuda.CaptureError, match=r"(?s)cannot give a tensor .* other memory.*copy_"
    ):
        captured(x)
    assert w.tolist() == before


def test_memory_that_two_use_is_refused():
    w = tg.tensor([1.0, 2.0], device="gpu", requires_grad=True)
    optimizer = tg.optim.SGD([w], lr=0.5)

    def step(x):
        loss = (w * w * x).sum()
        loss.backward()
        optimizer.step()
        return loss

    captured, x = tg.cuda.graph(step), tg.tensor([1.0, 1.0], device="gpu")
    for _ in range(3):
        captured(x)
    before = w.tolist()
    with pytest.raises(tg.cuda.CaptureError, match="on the memory of another tensor that it uses"):
        captured(w.detach())
    w.grad = x
    with pytest.raises(tg.cuda.CaptureError, match="on the memory of another tensor that it uses"):
        captured(x)
    assert w.tolist() == before
    w.grad = None
    captured(x)
    assert w.tolist() != before


# ----------------------------------------------------------------------------------------- the rest


@of_the_double
def test_a_call_moves_nothing_between_host_and_device():
    _, captured = captured_run(momentum=0.9)
    x, y = batch()
    before = dict(cupy.transfers)
    captured(x, y)
    assert cupy.transfers == before


def test_what_comes_before_is_as_before():
    # A capture that is the first to need a constant must not leave it behind, still unwritten.
    from tinygrad_lr.cuda import forms

    forms._ones.clear()
    w = tg.tensor([1.0, 2.0], device="gpu", requires_grad=True)

    calls = []

    def step(x):
        calls.append(1)
        if len(calls) == 1:
            return x
        w.grad = None
        (w * x).sum().backward()
        return w.grad * 1.0

    captured = tg.cuda.graph(step)
    x = tg.tensor([3.0, 4.0], device="gpu")
    captured(x), captured(x)
    (w * w).sum().backward()
    assert forms._ones


FULL = "Out of memory allocating 512 bytes (allocated so far: 0 bytes)."


TO_CAPTURE, TO_LAUNCH = (1, cupy.ndarray, "copy"), (2, cupy, "empty")


@pytest.mark.parametrize(("calls", "where", "name"), [TO_CAPTURE, TO_LAUNCH])
def test_out_of_memory_for_what_a_captured_step_copies(monkeypatch, calls, where, name):
    def refuse(*args, **kwargs):
        raise MemoryError(FULL)

    run = Run()
    captured = tg.cuda.graph(run.step)
    for _ in range(calls):
        captured(*batch())
    before = run.weights()
    words = r"(?s)no room .* captured step of \(8, 4\) float32, .*use a smaller batch .*512 bytes"
    with monkeypatch.context() as full:
        full.setattr(where, name, refuse)
        with pytest.raises(tg.cuda.OutOfMemoryError, match=words):
            captured(*batch())
    assert run.weights() == before
    captured(*batch())
    assert run.weights() != before


def test_where_the_gpu_is_full_earlier_captures_make_room(monkeypatch):
    (run, captured), (eager, _) = captured_run(), captured_run()
    room = 3

    def copy(array, usual=cupy.ndarray.copy, **order):
        if len(captured._known) >= room:
            raise MemoryError(FULL)
        return usual(array, **order)

    monkeypatch.setattr(cupy.ndarray, "copy", copy)
    for i, (x, y) in enumerate(batches()):
        for one in (run, eager):
            one.optimizer.param_groups[0]["lr"] = 0.5**i
        captured(x, y), eager.step(x, y)
        assert run.weights() == eager.weights()
    assert 0 < len(captured._known) <= room
    room = 0
    run.optimizer.param_groups[0]["lr"] = 0.3
    with pytest.raises(tg.cuda.OutOfMemoryError, match="no room"):
        captured(*batch())


class Pool:
    """As CuPy's pool of memory: what was freed is used again, or, with no room, given back."""

    def __init__(self, room):
        self.room, self.used, self.unused = room, 0, 0

    def used_bytes(self):
        return self.used

    def free_bytes(self):
        return self.unused

    def malloc(self, size):
        if size == self.unused:
            self.unused = 0
        elif self.used + self.unused + size > self.room:
            self.unused = 0
            if self.used + size > self.room:
                raise MemoryError
        self.used += size

    def free(self, size):
        self.used, self.unused = self.used - size, self.unused + size


def test_memory_that_is_given_back_during_a_capture_is_noticed():
    pool = Pool(room=1000)
    malloc = _from(pool)
    malloc(300), malloc(400)
    pool.free(300)
    malloc(300)  # used again
    pool.free(300)
    with pytest.raises(tg.cuda.OutOfMemoryError, match="no room for 500 bytes while the step was"):
        malloc(500)
    with pytest.raises(MemoryError):
        malloc(5000)


@of_the_double
def test_memory_of_the_pool_that_a_capture_takes_from_is_garbage_at_each_launch():
    with cupy.cuda.Stream(non_blocking=True) as stream:
        stream.begin_capture()
        with cupy.cuda.using_allocator(cupy.cuda.MemoryPool().malloc):
            pooled = cupy.empty(2, "float32")
        with cupy.cuda.using_allocator(cupy.cuda.get_allocator()):
            outside = cupy.empty(2, "float32")
        graph = stream.end_capture()
    for array in (pooled, outside):
        array[...] = 1.0
    graph.launch()
    assert np.isnan(pooled.get()).all()
    assert outside.tolist() == [1.0, 1.0]


@of_the_double
def test_a_double_that_computes_while_it_captures_would_be_noticed():
    x = tg.zeros(3, device="gpu")
    stream = cupy.cuda.Stream(non_blocking=True)
    with stream:
        stream.begin_capture()
        x.array[...] = 1.0
        made = x.array + 1.0
        kernels.sgd([(x.array, x.array)], 0.5, 0.0)
        graph = stream.end_capture()
    assert x.tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(made.get()).all()
    graph.launch()
    assert x.tolist() == [0.5, 0.5, 0.5]
    assert made.tolist() == [2.0, 2.0, 2.0]


# ------------------------------------------------------------------------ threads and streams


class Slow:
    """A graph whose launch lets other threads go first."""

    def __init__(self, graph):
        self.graph = graph

    def launch(self):
        time.sleep(0.002)
        self.graph.launch()


def test_calls_from_several_threads_do_not_use_its_memory_at_once():
    """No call sees another's arguments or results: it is alone from the first copy to the last."""
    captured, wrong = tg.cuda.graph(lambda x: (x * 2.0, x.sum())), []
    xs = [tg.tensor([float(k), 1.0], device="gpu") for k in range(4)]
    captured(xs[0]), captured(xs[0])
    captured._last._graph = Slow(captured._last._graph)

    def call(k):
        for _ in range(10):
            doubled, total = captured(xs[k])
            if (doubled.tolist(), total.item()) != ([2.0 * k, 2.0], k + 1.0):
                wrong.append(k)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, range(4)))
    assert not wrong


@of_the_double
def test_a_call_on_another_stream_waits_for_the_one_before():
    captured, x = tg.cuda.graph(lambda x: x * 2.0), tg.ones(2, device="gpu")
    captured(x), captured(x)
    null, other = cupy.cuda.Stream.null, cupy.cuda.Stream(non_blocking=True)
    cupy.waits.clear()
    captured(x)
    with other:
        captured(x), captured(x)
    captured(x)
    assert cupy.waits == [(other.ptr, null.ptr), (null.ptr, other.ptr)]


def test_a_stream_in_use_is_in_use_after_a_capture():
    stream = cupy.cuda.Stream()
    stream.use()
    try:
        captured = tg.cuda.graph(lambda x: x * 2.0)
        for _ in range(3):
            captured(tg.ones(2, device="gpu"))
            assert cupy.cuda.get_current_stream() is stream
    finally:
        cupy.cuda.Stream.null.use()
