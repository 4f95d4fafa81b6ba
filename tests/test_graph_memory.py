"""Memory: how deep a graph may be, when what it holds is freed, and who owns a gradient.

A chain of 100,000 operations is no recursion. Without Python's garbage collector, all that a graph
holds goes with the last Tensor. No two gradients, nor one and what a caller passed, share memory.
"""

import gc
import math
import subprocess
import sys
import tracemalloc
import weakref

import numpy as np
import pytest
from leaves import assert_grad, leaf

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad

# -------------------------------------------------------------------------------------------- depth

DEPTH = 100_000


def test_a_chain_of_100000_operations():
    x = leaf(1.0)
    y = x
    for _ in range(DEPTH):
        y = y + 0.5
    assert y.item() == 1.0 + DEPTH / 2
    y.backward()
    assert_grad(x, 1.0)


def test_a_chain_of_100000_operations_can_be_thrown_away():
    # In a process of its own: recursion in C would not raise an error but kill it.
    program = f"""
import tinygrad_lr as tl
x = tl.ones(1).requires_grad_()
y = x
for _ in range({DEPTH}):
    y = -y
del y
y = x[:]
for _ in range({DEPTH} // 4):
    y = y[:]  # views of views
del y
print("alive")
"""
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.stdout, run.returncode) == ("alive\n", 0), run.stderr


# -------------------------------------------------------------------------- what is freed, and when


@pytest.fixture
def no_gc():
    """Only reference counting may free anything; afterwards there must be no cycle left."""
    network(*inputs())[1].backward()  # what is imported at first use leaves cycles of its own
    gc.collect()
    gc.disable()
    try:
        yield
        assert gc.collect() == 0, "reference cycles were left behind"
    finally:
        gc.enable()


def network(x, w, b):
    h = tl.sigmoid(tl.nn.functional.linear(x, w, b))
    return h, (h.reshape(6).T[1:] * 2.0).sum()


def watched(*tensors):
    refs = []
    for t in tensors:
        refs += [weakref.ref(t), weakref.ref(t.array)]
        if t.grad_fn is not None:
            refs.append(weakref.ref(t.grad_fn))
    return refs


def inputs():
    return tuple(tl.randn(*size).requires_grad_() for size in ((2, 4), (3, 4), (3,)))


@pytest.mark.parametrize("finish", ["nothing", "backward", "retained", "grad", "create_graph"])
def test_memory_is_freed_the_moment_the_last_tensor_goes(no_gc, finish):
    x, w, b = inputs()
    h, y = network(x, w, b)
    refs = watched(h, y)
    if finish == "backward":
        y.backward()
    elif finish == "retained":
        y.backward(retain_graph=True)
    elif finish == "grad":
        grad(y, [w, b])
    elif finish == "create_graph":
        (g,) = grad(y, w, create_graph=True)
        refs += watched(g)
        del g
    del h, y
    assert [ref() for ref in refs if ref() is not None] == []


def test_memory_is_freed_after_writes_in_place(no_gc):
    _, w, b = inputs()
    h = tl.zeros(3, 3)
    row = h[0]
    row += b
    column = h[:, 1]
    column.mul_(2.0)
    y = (h @ w).sum() + row.sum()
    refs = watched(h, y, row, column)
    y.backward()
    del h, y, row, column
    assert [ref() for ref in refs if ref() is not None] == []


def test_backward_frees_what_lies_in_between(no_gc):
    x = leaf([1.0, 2.0])
    h = tl.exp(x)
    array, node = weakref.ref(h.array), weakref.ref(h.grad_fn)
    y = (h * 2.0).sum()
    del h
    assert array() is not None
    y.backward()
    assert array() is None
    assert node().output is None  # its place in the graph stays as long as y
    assert y.item() == pytest.approx(2 * (math.e + math.e**2))  # the result itself stays


def test_gradients_in_flight_are_never_kept():
    x = leaf([1.0, 2.0])
    h = x * 2.0
    (h * h).sum().backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert h.grad is None


# ---------------------------------------------------------------------------- whose memory is whose


@pytest.mark.parametrize(
    "join",
    [
        lambda a, b: a + b,
        lambda a, b: a - (-b),
        lambda a, b: a.reshape(3, 2).reshape(2, 3) + b,
        lambda a, b: a.T + b.T,
        lambda a, b: a.transpose(0, 1) + b.permute(1, 0),
        lambda a, b: a.expand(1, 2, 3) + b,
        lambda a, b: (a.sum() + b.sum()).expand(2, 3),
        lambda a, b: a.sum(dim=0) + b.sum(dim=0),
        lambda a, b: a.clone() + b.clone(),
        lambda a, b: tl.where(tl.ones(2, 3) > 0, a, b) + b,
        lambda a, b: tl.cat([a, b]),
        lambda a, b: tl.stack([a, b]),
        lambda a, b: tl.cat([a, a]) + tl.cat([b, b]),
        lambda a, b: a[:] + b[...],
        lambda a, b: a.squeeze() + b.unsqueeze(0),
        lambda a, b: a.double().float() + b,
        lambda a, b: a.mean() + b.mean(),
        lambda a, b: tl.maximum(a, b) + tl.minimum(a, b),
    ],
)
def test_every_leaf_owns_its_gradient(join):
    a, b = tl.ones(2, 3).requires_grad_(), tl.ones(2, 3).requires_grad_()
    y = join(a, b)
    seed = tl.ones_like(y)
    y.backward(seed)
    assert not np.shares_memory(a.grad.array, b.grad.array)
    before = a.grad.tolist(), b.grad.tolist()
    with tl.no_grad():
        a.grad *= 100.0
    assert b.grad.tolist() == before[1]
    assert (seed.array == 1.0).all()
    for t in (a, b):
        assert t.grad.array.flags.writeable
        assert t.grad.array.base is None
    join(a, b).backward(seed)  # accumulates into the memory that the leaf owns
    np.testing.assert_allclose(a.grad.numpy(), 101.0 * np.array(before[0]), rtol=1e-6)
    assert (seed.array == 1.0).all()


@pytest.mark.parametrize("view", [lambda x: x, lambda x: x.T, lambda x: x.clone(), lambda x: x[:]])
def test_a_gradient_that_the_caller_passed_stays_the_callers(view):
    x, given = tl.ones(2, 2).requires_grad_(), tl.ones(2, 2)
    view(x).backward(given)
    assert not np.shares_memory(x.grad.array, given.array)
    x.grad.zero_()
    assert given.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    x.grad = None
    view(x).backward(given)
    given.zero_()
    assert x.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("create_graph", [False, True])
def test_results_of_grad_share_no_memory(create_graph):
    a, b = tl.ones(3).requires_grad_(), tl.ones(3).requires_grad_()
    h, given = a + b, tl.ones(3)
    results = grad(h, [a, b, h, a], given, create_graph=create_graph)
    arrays = [r.array for r in results] + [given.array]
    for i, first in enumerate(arrays):
        assert not any(np.shares_memory(first, other) for other in arrays[i + 1 :])


def test_the_gradient_keeps_its_object_while_it_accumulates():
    x = leaf([1.0])
    x.sum().backward()
    first = x.grad
    x.sum().backward()
    assert x.grad is first
    assert first.tolist() == [2.0]


def test_writing_in_place_again_and_again_keeps_nothing():
    x = tl.zeros(3)
    x.add_(1.0)
    tracemalloc.start()
    for _ in range(2000):
        x.add_(1.0)
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 20_000
