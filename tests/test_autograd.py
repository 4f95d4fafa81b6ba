"""The engine: what backward() and grad() compute, what they free, what they say when they fail."""

import gc
import math
import pickle
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
import torch

import tinygrad_lr as tl
from tinygrad_lr.autograd import Node, backward, grad
from tinygrad_lr.graph import Value


def leaf(values, dtype="float64"):
    return tl.tensor(values, dtype=dtype, requires_grad=True)


def assert_grad(tensor, expected):
    assert tensor.grad is not None
    assert (tensor.grad.shape, tensor.grad.dtype) == (tensor.shape, tensor.dtype)
    np.testing.assert_allclose(tensor.grad.numpy(), expected, rtol=1e-12)


# ------------------------------------------------------------------ every path counts, exactly once


def test_a_diamond_of_two_additions_gives_four():
    a = leaf(1.0)
    b = a + a
    c = b + b
    c.backward()
    assert_grad(a, 4.0)


def test_x_times_x_gives_both_halves():
    x = leaf(3.0)
    (x * x).backward()
    assert_grad(x, 6.0)


def diamond(a):
    b = a * 2.0
    return b * a + b * b  # 6 a^2


def early_and_late(a):
    # `a` is used by the first operation and by the last: depth alone would order this wrongly.
    b = a + a
    return b + a


def ladder(a):
    # Each rung uses the two before it: 2^20 paths, 20 operations.
    below, here = a, a
    for _ in range(20):
        below, here = here, below + here
    return here


@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        (diamond, lambda a: 12 * a),
        (early_and_late, lambda a: 3.0),
        (ladder, lambda a: 17711.0),  # the Fibonacci number 22
        (lambda a: a * a * a * a, lambda a: 4 * a**3),
        (lambda a: (a * 2.0).sum() + a[0], lambda a: 3.0),
        (lambda a: a.reshape(1, 1) @ a.reshape(1, 1), lambda a: 2 * a),
    ],
    ids=["diamond", "early and late", "ladder", "power", "through a view", "matmul with itself"],
)
def test_a_value_used_several_times_collects_the_gradient_of_each_use(function, derivative):
    a = leaf([1.5])
    function(a).sum().backward()
    assert_grad(a, [derivative(1.5)])


def test_a_leaf_used_in_two_separate_results_collects_both():
    a = leaf(2.0)
    (a * 3.0).backward()
    (a * a).backward()
    assert_grad(a, 7.0)


# ------------------------------------------------------------------------------------- accumulation


def test_two_backward_calls_add_up():
    # micrograd gives 324 here: it keeps the gradients of the values in between.
    a = leaf(2.0)
    b = a * a
    c = b * b * a  # a^5, derivative 80
    c.backward(retain_graph=True)
    assert_grad(a, 80.0)
    c.backward()
    assert_grad(a, 160.0)


def test_clearing_the_gradient_starts_again():
    a = leaf(2.0)
    (a * a).backward()
    a.grad = None
    (a * a).backward()
    assert_grad(a, 4.0)


def test_an_assigned_gradient_is_added_to():
    a = leaf([1.0, 2.0])
    a.grad = tl.tensor([10.0, 20.0], dtype="float64")
    a.sum().backward()
    assert_grad(a, [11.0, 21.0])


def test_a_second_backward_explains_itself():
    a = leaf(2.0)
    b = a * a
    b.backward()
    with pytest.raises(RuntimeError, match=r"second time.* mul .*retain_graph=True"):
        b.backward()


def test_a_second_backward_through_a_shared_part_explains_itself():
    a = leaf(2.0)
    shared = a * a
    (shared * 2.0).backward()
    with pytest.raises(RuntimeError, match=r"second time.* mul .*retain_graph=True"):
        (shared * 3.0).backward()


# ------------------------------------------------------------------------- where backward may start


def test_only_a_single_number_needs_no_gradient():
    x = leaf([[1.0, 2.0]])
    with pytest.raises(RuntimeError, match=r"scalar outputs.*shape \(1, 2\).*\.sum\(\)"):
        (x * 2.0).backward()
    (x * 2.0).sum(dim=1).backward()  # one element in one dimension is a single number too
    assert_grad(x, [[2.0, 2.0]])


def test_no_number_at_all_is_not_a_single_number():
    with pytest.raises(RuntimeError, match=r"scalar outputs.*shape \(0,\)"):
        leaf([]).backward()


def test_a_given_gradient_weighs_the_results():
    x = leaf([1.0, 2.0, 3.0])
    (x * x).backward(tl.tensor([1.0, 10.0, 100.0], dtype="float64"))
    assert_grad(x, [2.0, 40.0, 600.0])


@pytest.mark.parametrize("values", [5.0, [5.0], [[5.0]]])
def test_backward_on_a_leaf_itself(values):
    x = leaf(values)
    x.backward()
    x.backward()
    assert_grad(x, np.full(x.shape, 2.0))


@pytest.mark.parametrize(
    ("gradient", "error", "words"),
    [
        (tl.ones(3), tl.ShapeError, r"gradient has shape \(3,\), the tensor has shape \(2,\)"),
        (tl.ones(1), tl.ShapeError, r"gradient has shape \(1,\)"),
        (np.ones(2), TypeError, "must be a Tensor, not ndarray"),
        (1.0, TypeError, "must be a Tensor, not float"),
    ],
)
def test_a_gradient_that_does_not_fit_is_refused(gradient, error, words):
    with pytest.raises(error, match=words):
        (leaf([1.0, 2.0]) * 2.0).backward(gradient)


def test_a_gradient_of_another_dtype_is_converted():
    x = leaf([1.0, 2.0])
    (x * 2.0).backward(tl.ones(2, dtype="float32"))
    assert_grad(x, [2.0, 2.0])


def test_backward_on_a_constant_says_what_to_do():
    with pytest.raises(RuntimeError, match=r"does not require grad.*requires_grad=True") as error:
        tl.ones(2).sum().backward()
    assert "switched off" not in str(error.value)


def test_backward_on_a_constant_under_no_grad_says_so():
    x = leaf(1.0)
    with tl.no_grad():
        y = x * 2.0
        with pytest.raises(RuntimeError, match=r"Recording is switched off here \(no_grad\)"):
            y.backward()
    for differentiate in (backward, lambda y: grad(y, x)):
        with pytest.raises(RuntimeError, match=r"computed under no_grad\(\)"):
            differentiate(y)


def test_backward_of_several_results_at_once():
    x = leaf([1.0, 2.0])
    shared = x * x
    weights = tl.tensor([1.0, 10.0], dtype="float64")
    backward([shared.sum(), shared * 3.0], [None, weights])
    assert_grad(x, [2.0 + 6.0, 4.0 + 120.0])


def test_backward_of_results_that_were_made_in_turns():
    x = leaf(2.0)
    early = x * x
    between = x * 3.0  # made just after one result, and used by the other
    late = between * between
    backward([early, late])
    assert_grad(x, 2 * 2.0 + 18 * 2.0)


def test_backward_of_a_great_many_results():
    x = leaf(1.0)
    backward([x * 2.0 for _ in range(300)])
    assert_grad(x, 600.0)


def test_backward_wants_one_gradient_for_each_result():
    x = leaf(1.0)
    for results, gradients in [(1, 2), (2, 1)]:
        with pytest.raises(RuntimeError, match=f"{results} tensors, but {gradients} gradients"):
            backward([x * 2.0] * results, [None] * gradients)


def test_backward_of_a_list_that_is_not_all_tensors_is_refused():
    with pytest.raises(TypeError, match="expected a Tensor, or a list of them"):
        backward([leaf(1.0) * 2.0, 3.0])


# ------------------------------------------------------------------------- depth, and what is freed

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


def test_a_failed_backward_leaves_no_gradient():
    def broken(g, y, a):
        raise RuntimeError("broken rule")

    x = leaf([1.0, 2.0])
    fails = tl.Op("fails", lambda a: a * 1.0, broken)
    with pytest.raises(RuntimeError, match="broken rule"):
        (fails(x) + x).sum().backward()
    assert x.grad is None
    assert tl.is_grad_enabled()


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


# ------------------------------------------------------------------------------------------- dtypes

FLOAT32_EXPRESSIONS = {
    "numbers": lambda x: 1 + x * 2.5 - 3 / x + x**2 + x**0.5 + 2**x + 2.5**x,
    "numpy numbers": lambda x: np.float64(1.5) * x + x * np.float64(2.5) + x / np.int64(3),
    "functions": lambda x: x.exp() + x.log() + x.sqrt() + x.sin() + x.cos() + x.tanh() + x.abs(),
    "steps": lambda x: x.relu() + x.clamp(0.1, 1.0) + x.sign() + x.sigmoid() + tl.maximum(x, x * 2),
    "reductions": lambda x: (
        x.mean() + x.var() + x.std() + x.sum(dim=0).mean() + x.amax() + x.amin()
    ),
    "extremes": lambda x: x.max() + x.max(dim=0).values + x.min(dim=1).values.sum(),
    "softmax": lambda x: x.softmax(1) + x.log_softmax(0) + x.logsumexp(1, keepdim=True),
    "products": lambda x: x @ x.T + tl.nn.functional.linear(x, x, x[0]),
    "losses": lambda x: (
        tl.nn.functional.cross_entropy(x, tl.tensor([0, 1]), label_smoothing=0.1)
        + tl.nn.functional.cross_entropy(x, tl.tensor([0, -100]))
        + tl.nn.functional.nll_loss(x, tl.tensor([0, 1]))
        + tl.nn.functional.mse_loss(x, x * 2)
    ),
    "masks": lambda x: x * (x > 0.7) + tl.where(x > 0.7, x, 0.0) + x * tl.tensor([0, 1]),
    "indices": lambda x: x[0] + x[[0, 0]] + x[x > 0.7].sum() + x.gather(1, tl.tensor([[0], [1]])),
    "shapes": lambda x: tl.cat([x, x]).sum() + tl.stack([x, x]).mean(0) + x.expand(3, 2, 2).sum(0),
}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", FLOAT32_EXPRESSIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_dtype_stays_what_it_is(name, dtype, order):
    x = leaf([[0.5, 0.75], [1.25, 0.8]], dtype)
    y = FLOAT32_EXPRESSIONS[name](x)
    assert y.dtype == dtype
    (g,) = grad(y.sum(), x, create_graph=order == 2)
    assert g.dtype == dtype
    if order == 2:
        (g * g * x).sum().backward()
        assert x.grad.dtype == dtype


def test_an_array_from_another_process_is_as_good_as_any():
    # Unpickled, its dtype equals NumPy's float64, but is another object.
    x = tl.from_numpy(pickle.loads(pickle.dumps(np.ones(2)))).requires_grad_()
    (x * 2.0).sum().backward()
    assert_grad(x, [2.0, 2.0])


def test_leaves_of_different_dtypes_get_gradients_of_their_own():
    half, single, double = leaf([1.0], "float16"), leaf([2.0], "float32"), leaf([3.0], "float64")
    y = half * single * double
    assert y.dtype == "float64"
    y.sum().backward()
    assert_grad(half, [6.0])
    assert_grad(single, [3.0])
    assert_grad(double, [2.0])


def test_only_floats_can_require_gradients():
    for make in (lambda: tl.tensor([1], requires_grad=True), lambda: tl.ones(1).long()):
        with pytest.raises(RuntimeError, match=r"floating point.*int64.*\.float\(\)"):
            make().requires_grad_()


# ------------------------------------------------------------------------------------ higher orders


def derivatives(function, at, orders):
    x = leaf(at)
    found, y = [], function(x)
    for _ in range(orders):
        (y,) = grad(y, x, create_graph=True)
        found.append(y.item())
    return found


def tanh_derivatives(x):
    t = math.tanh(x)
    s = 1 - t * t
    return [s, -2 * t * s, s * (6 * t * t - 2), 8 * t * s * (2 - 3 * t * t)]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: x**4, [4 * 0.7**3, 12 * 0.7**2, 24 * 0.7, 24.0]),
        (lambda x: x * x * x * x, [4 * 0.7**3, 12 * 0.7**2, 24 * 0.7, 24.0]),
        (lambda x: x.sin(), [math.cos(0.7), -math.sin(0.7), -math.cos(0.7), math.sin(0.7)]),
        (lambda x: x.tanh(), tanh_derivatives(0.7)),
        (lambda x: x.exp().log(), [1.0, 0.0, 0.0, 0.0]),
    ],
    ids=["power", "product", "sin", "tanh", "log of exp"],
)
def test_derivatives_of_the_first_four_orders(function, expected):
    np.testing.assert_allclose(derivatives(function, 0.7, 4), expected, rtol=1e-10, atol=1e-12)


def test_a_gradient_penalty_can_be_trained_on():
    x, w = leaf([1.0, 2.0]), leaf([[0.5, -1.0], [0.25, 2.0]])
    tx, tw = (torch.tensor(t.tolist(), dtype=torch.float64, requires_grad=True) for t in (x, w))
    (g,) = grad((w @ x).tanh().sum(), x, create_graph=True)
    ((g * g).sum() - 1.0).backward()
    (tg,) = torch.autograd.grad((tw @ tx).tanh().sum(), tx, create_graph=True)
    ((tg * tg).sum() - 1.0).backward()
    assert_grad(w, tw.grad.numpy())
    assert_grad(x, tx.grad.numpy())


def test_second_order_through_a_layer_whose_data_are_constant():
    # g depends on the weight through the sigmoid; the data require no gradient, as data do.
    data, w = tl.tensor([[1.0, 2.0]], dtype="float64"), leaf([[0.5, -1.0], [0.25, 2.0]])
    tdata, tw = (torch.tensor(t.tolist(), dtype=torch.float64) for t in (data, w))
    tw.requires_grad_()
    (g,) = grad(tl.sigmoid(tl.nn.functional.linear(data, w)).sum(), w, create_graph=True)
    (g * g).sum().backward()
    linear = torch.nn.functional.linear(tdata, tw)
    (tg,) = torch.autograd.grad(torch.sigmoid(linear).sum(), tw, create_graph=True)
    (tg * tg).sum().backward()
    assert_grad(w, tw.grad.numpy())


def test_backward_with_create_graph_leaves_a_gradient_that_can_be_differentiated():
    x = leaf(3.0)
    (x**3).backward(create_graph=True)
    first = x.grad
    assert (first.item(), first.requires_grad) == (27.0, True)
    assert grad(first, x)[0].item() == 18.0
    x.grad = None  # the one cycle there is: leaf, its gradient, the gradient's graph, the leaf


def test_recorded_gradients_accumulate_as_a_recorded_sum():
    x = leaf(3.0)
    (x**2).backward(create_graph=True)
    (x**3).backward(create_graph=True)
    assert x.grad.item() == 6.0 + 27.0
    assert grad(x.grad, x)[0].item() == 2.0 + 18.0
    x.grad = None


def test_a_recorded_gradient_stays_what_it_was_when_a_plain_one_is_added():
    x = leaf(3.0)
    (x**2).backward(create_graph=True)
    first = x.grad
    (x**3).backward()
    assert_grad(x, 6.0 + 27.0)
    assert first.item() == 6.0
    assert grad(first, x)[0].item() == 2.0
    x.grad = None


def test_gradients_are_constants_unless_asked_otherwise():
    x = leaf(3.0)
    assert not grad(x**2, x)[0].requires_grad
    (x**2).backward()
    assert not x.grad.requires_grad


# --------------------------------------------------------------------------------------------- grad


def test_grad_returns_a_tuple_and_moves_no_grad():
    x, y = leaf(2.0), leaf(5.0)
    result = grad(x * y, (x, y))
    assert isinstance(result, tuple)
    assert [g.item() for g in result] == [5.0, 2.0]
    assert (x.grad, y.grad) == (None, None)
    assert isinstance(grad(x * y, x), tuple)


def test_grad_of_an_unused_input():
    x, unused = leaf(2.0), leaf([1.0, 1.0])
    with pytest.raises(RuntimeError, match=r"input 1.*shape \(2,\).*allow_unused=True"):
        grad(x * x, [x, unused])
    found = grad(x * x, [unused, x], allow_unused=True)
    assert found[0] is None
    assert found[1].item() == 4.0


def test_grad_of_a_constant_is_an_error():
    x, constant = leaf(2.0), tl.tensor(3.0, dtype="float64")
    with pytest.raises(RuntimeError, match="input 1 does not require grad"):
        grad(x * constant, [x, constant])
    with pytest.raises(RuntimeError, match="grad: this tensor does not require grad"):
        grad(constant * 2.0, x)


def test_grad_of_values_in_between():
    x = leaf(2.0)
    h = x * x
    y = h * h * x
    # As a function of h and x separately: y = h^2 x, and x also feeds h.
    dy_dh, dy_dx = grad(y, [h, x])
    assert (dy_dh.item(), dy_dx.item()) == (2 * 4.0 * 2.0, 5 * 2.0**4)


def test_grad_of_an_old_leaf_and_of_a_newer_value_in_between():
    x, other = leaf(2.0), leaf(3.0)
    old = x * 5.0
    new = other * 2.0  # what it was computed from is not asked for
    dnew, dx = grad(old + new, [new, x])
    assert (dnew.item(), dx.item()) == (1.0, 5.0)


def test_grad_with_respect_to_the_output_itself_is_one():
    y = leaf(2.0) * 3.0
    assert grad(y, y)[0].item() == 1.0


def test_grad_of_an_input_given_twice_gives_it_twice():
    x = leaf(2.0)
    assert [g.item() for g in grad(x * x, [x, x])] == [4.0, 4.0]


def test_grad_walks_and_frees_only_what_lies_between():
    calls = []

    def counted(name):
        def rule(g, y, a):
            calls.append(name)
            return g * 2.0

        return tl.Op(name, lambda a: a * 2.0, rule)

    x = leaf(1.0)
    below = counted("below")(x)
    between = counted("between")(below)
    aside = counted("aside")(x)
    y = between + aside
    assert grad(y, below)[0].item() == 2.0
    assert calls == ["between"]
    assert grad(below, x)[0].item() == 2.0  # neither walked nor freed by the first
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_grad_outputs_weigh_the_outputs():
    x = leaf([1.0, 2.0])
    weights = tl.tensor([3.0, 4.0], dtype="float64")
    (g,) = grad([x * x, x.sum()], x, grad_outputs=[weights, None])
    assert g.tolist() == [6.0 + 1.0, 16.0 + 1.0]
    (g,) = grad(x * x, x, weights)
    assert g.tolist() == [6.0, 16.0]
    with pytest.raises(tl.ShapeError, match=r"grad: the gradient has shape \(1,\)"):
        grad(x * x, x, tl.ones(1, dtype="float64"))


def test_the_same_output_twice_counts_twice():
    x = leaf(2.0)
    y = x * x
    assert grad([y, y], x)[0].item() == 8.0


def test_grad_works_under_no_grad_on_what_was_recorded_before():
    x = leaf(2.0)
    y = x * x
    with tl.no_grad():
        assert grad(y, x, retain_graph=True)[0].item() == 4.0
        y.backward()
    assert_grad(x, 4.0)


def test_grad_can_be_taken_again_if_the_graph_is_retained():
    x = leaf(2.0)
    y = x * x
    assert grad(y, x, retain_graph=True)[0].item() == grad(y, x)[0].item() == 4.0


@pytest.mark.parametrize("allow_unused", [False, True])
def test_a_second_grad_explains_itself(allow_unused):
    x = leaf(2.0)
    y = x * x
    grad(y, x)
    with pytest.raises(RuntimeError, match=r"second time.*retain_graph=True"):
        grad(y, x, allow_unused=allow_unused)


# --------------------------------------------------------------------------------- recording or not


def records():
    return (leaf(1.0) * 2.0).requires_grad


@pytest.mark.parametrize(
    ("make", "inside"),
    [
        (tl.no_grad, False),
        (tl.enable_grad, True),
        (lambda: tl.set_grad_enabled(False), False),
        (lambda: tl.set_grad_enabled(True), True),
    ],
    ids=["no_grad", "enable_grad", "set_grad_enabled(False)", "set_grad_enabled(True)"],
)
@pytest.mark.parametrize("outside", [True, False])
def test_a_recording_context_restores_what_was_there(make, inside, outside):
    with tl.set_grad_enabled(outside):
        with make():
            assert records() is tl.is_grad_enabled() is inside
        assert records() is tl.is_grad_enabled() is outside
        with pytest.raises(ZeroDivisionError), make():
            raise ZeroDivisionError
        assert tl.is_grad_enabled() is outside
    assert tl.is_grad_enabled()


def test_contexts_nest_even_the_same_one():
    off = tl.no_grad()
    with off:
        with tl.enable_grad():
            assert records()
            with off:
                assert not records()
            assert records()
        assert not records()
    assert records()


@pytest.mark.parametrize("decorator", [tl.no_grad(), tl.no_grad], ids=["@no_grad()", "@no_grad"])
def test_no_grad_as_a_decorator(decorator):
    @decorator
    def predict(x, scale=1.0):
        """Words."""
        return x * scale

    assert (predict.__name__, predict.__doc__) == ("predict", "Words.")
    y = predict(leaf(1.0), scale=2.0)
    assert (y.item(), y.requires_grad) == (2.0, False)
    assert records()


def test_a_decorated_function_is_no_generator_whatever_its_module_imports_from_the_future():
    module = {"no_grad": tl.no_grad}
    exec("from __future__ import annotations\n@no_grad\ndef predict(x): return x * 2.0", module)
    assert module["predict"](leaf(1.0)).item() == 2.0


@pytest.mark.parametrize("decorator", [tl.enable_grad(), tl.enable_grad])
def test_enable_grad_as_a_decorator(decorator):
    with tl.no_grad():
        assert decorator(records)()
        assert not records()


def test_a_decorated_function_may_call_itself_and_may_fail():
    @tl.no_grad()
    def down(n):
        assert not tl.is_grad_enabled()
        if n == 0:
            raise ValueError("bottom")
        with tl.enable_grad():
            down(n - 1)

    with pytest.raises(ValueError, match="bottom"):
        down(5)
    assert tl.is_grad_enabled()


def test_set_grad_enabled_as_a_plain_call_switches_at_once():
    try:
        tl.set_grad_enabled(False)
        assert not records()
    finally:
        tl.set_grad_enabled(True)
    assert records()


def test_set_grad_enabled_as_a_decorator_switches_only_inside():
    try:

        @tl.set_grad_enabled(False)
        def inside():
            return records()

        assert records()
        assert not inside()
        assert records()
    finally:
        tl.set_grad_enabled(True)


def test_a_set_grad_enabled_can_be_used_again():
    try:
        off = tl.set_grad_enabled(False)
        for _ in range(2):
            with off:
                assert not records()
            assert records()
    finally:
        tl.set_grad_enabled(True)


def test_a_decorated_generator_records_nothing():
    @tl.no_grad()
    def predictions():
        """Words."""
        yield records()
        yield records()

    assert (predictions.__name__, predictions.__doc__) == ("predictions", "Words.")
    seen = []
    for recorded in predictions():
        seen.append(recorded)
        assert records()  # the caller's own mode, between two steps
    assert seen == [False, False]


def test_threads_record_independently():
    barrier, seen = threading.Barrier(2, timeout=10), {}

    def work(name, mode):
        with tl.set_grad_enabled(mode):
            barrier.wait()
            seen[name] = records()
            barrier.wait()
        seen[name, "after"] = records()

    threads = [threading.Thread(target=work, args=(mode, mode)) for mode in (True, False)]
    with tl.no_grad():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {True: True, False: False, (True, "after"): True, (False, "after"): True}


def test_threads_can_differentiate_at_the_same_time():
    found = {}

    def work(k):
        x = leaf([float(k)])
        for _ in range(50):
            x.grad = None
            y = x
            for _ in range(20):
                y = y * 1.0 + x
            y.sum().backward()
        found[k] = x.grad.item()

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == dict.fromkeys(range(4), 21.0)


# --------------------------------------------------------------------------- leaves and their marks


def test_what_is_a_leaf():
    x, constant = leaf([1.0]), tl.ones(1)
    y = x * 2.0
    with tl.no_grad():
        unrecorded = x * 2.0
    table = {
        "leaf": (x, True, True, None),
        "constant": (constant, True, False, None),
        "of constants": (constant * 2.0, True, False, None),
        "computed": (y, False, True, "MulBackward0"),
        "detached": (y.detach(), True, False, None),
        "unrecorded": (unrecorded, True, False, None),
        "comparison": (x > 0.0, True, False, None),
        "argmax": (x.argmax(), True, False, None),
        "parameter": (tl.nn.Parameter(constant), True, True, None),
    }
    for name, (tensor, is_leaf, requires_grad, grad_fn) in table.items():
        assert (tensor.is_leaf, tensor.requires_grad) == (is_leaf, requires_grad), name
        assert (tensor.grad_fn and tensor.grad_fn.name()) == grad_fn, name


def test_the_graph_can_be_read():
    x, w = leaf([1.0]), leaf([2.0])
    h = x * w
    y = h + 1.0
    assert repr(y.grad_fn) == "<AddBackward0>"
    ((below, zero), (constant, _)) = y.grad_fn.next_functions
    assert below is h.grad_fn
    assert isinstance(below, Node)
    assert zero == 0  # in PyTorch: which of several results of `below`; here there is one
    assert constant is None
    ends = [end for end, _ in below.next_functions]
    assert [end.name() for end in ends] == ["torch::autograd::AccumulateGrad"] * 2
    assert repr(ends[0]) == "<AccumulateGrad>"
    assert (ends[0].variable is x, ends[1].variable is w) == (True, True)
    assert ends[0] == below.next_functions[0][0] != ends[1]


def test_the_engine_follows_a_bare_value_as_it_does_a_tensor():
    x = Value(np.array(3.0))
    x.wanted = True
    backward(tl.ops.mul(x, x))
    assert type(x._grad) is Value
    assert x._grad.array == 6.0


def test_detach_shares_memory_and_stops_gradients():
    x = leaf([1.0, 2.0])
    d = x.detach()
    assert np.shares_memory(d.array, x.array)
    (x * d).sum().backward()
    assert_grad(x, [1.0, 2.0])


def test_requires_grad_can_be_switched_on_a_leaf_only():
    x = tl.ones(2)
    assert x.requires_grad_() is x
    assert x.requires_grad
    y = x * 2.0
    with pytest.raises(RuntimeError, match=r"switched off for a leaf.*detach\(\)"):
        y.requires_grad_(False)
    x.requires_grad = False
    assert not (x * 2.0).requires_grad
    assert y.requires_grad_().requires_grad  # it does already


def test_freezing_a_leaf_keeps_its_gradient_from_moving():
    frozen, free = leaf([1.0]), leaf([2.0])
    frozen.requires_grad_(False)
    (frozen * free).sum().backward()
    assert frozen.grad is None
    assert_grad(free, [1.0])


def test_retain_grad_fills_the_gradient_of_a_value_in_between():
    x = leaf([1.0, 2.0])
    h = x * x
    h.retain_grad()
    y = (h * 3.0).sum() + h.sum()
    y.backward(retain_graph=True)
    assert_grad(h, [4.0, 4.0])
    y.backward()
    assert_grad(h, [8.0, 8.0])
    assert_grad(x, [16.0, 32.0])
    h.grad.zero_()
    assert_grad(x, [16.0, 32.0])


def test_a_tensor_that_retains_its_gradient_may_be_gone_by_then():
    x = leaf(2.0)
    h = x * x
    h.retain_grad()
    y = h * 3.0
    del h
    y.backward()
    assert_grad(x, 12.0)


def test_retain_grad_on_a_leaf_changes_nothing_and_on_a_constant_fails():
    x = leaf(2.0)
    x.retain_grad()
    (x * x).backward()
    assert_grad(x, 4.0)
    with pytest.raises(RuntimeError, match="does not require grad"):
        tl.ones(1).retain_grad()


def test_reading_the_gradient_of_a_computed_tensor_warns():
    y = leaf(2.0) * 2.0
    with pytest.warns(UserWarning, match=r"not a leaf.*retain_grad\(\)"):
        assert y.grad is None


def test_an_update_that_makes_a_new_tensor_loses_the_leaf():
    # w = w - lr * w.grad, the classic: w is then computed, no leaf, and its gradient stays None.
    w = leaf([1.0])
    (w * 2.0).sum().backward()
    w = w - 0.1 * w.grad
    assert not w.is_leaf
    (w * 2.0).sum().backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert w.grad is None


def test_the_same_update_under_no_grad_needs_requires_grad_again():
    w = leaf([1.0])
    (w * 2.0).sum().backward()
    with tl.no_grad():
        w = w - 0.1 * w.grad
    assert (w.is_leaf, w.requires_grad) == (True, False)
    w.requires_grad_()
    (w * 2.0).sum().backward()
    assert_grad(w, [2.0])


def test_variable_is_a_new_leaf_on_the_same_memory():
    for library in (tl, torch):
        x = library.ones(2)
        wanted = library.autograd.Variable(x, requires_grad=True)
        plain = library.autograd.Variable(wanted)
        wanted.sum().backward()
        assert (x.requires_grad, wanted.requires_grad, plain.requires_grad) == (False, True, False)
        assert (x.grad, wanted.grad.tolist()) == (None, [1.0, 1.0])
        x.mul_(3.0)
        assert wanted.tolist() == plain.tolist() == [3.0, 3.0]
        below = library.autograd.Variable(wanted * 2.0, requires_grad=True)
        assert below.is_leaf
        with pytest.raises(RuntimeError):
            library.autograd.Variable(library.tensor([1]), requires_grad=True)


# ------------------------------------------------------------------------ an operation from outside

cube = tl.Op("cube", lambda a: a**3, lambda g, y, a: g * (3.0 * a**2))
weighed = tl.Op(  # broadcasts; its second rule says nothing about it
    "weighed",
    lambda a, b: a * a * b,
    lambda g, y, a, b: g * (2.0 * a * b),
    lambda g, y, a, b: g * (a * a),
)


def _cosine(a):
    y = np.cos(a)
    return y, -np.sin(a)


cosine = tl.Op(
    "cosine",
    _cosine,
    lambda g, y, a, saved: g * saved,
    saves=lambda a: -tl.sin(a),
)


def test_an_op_from_outside_computes_on_arrays_and_records_on_tensors():
    raw = cube(np.array([2.0]))
    assert type(raw) is np.ndarray
    assert raw.tolist() == [8.0]
    assert type(cosine(np.array([0.0]))) is np.ndarray
    x = leaf([2.0])
    y = cube(x)
    assert y.grad_fn.name() == "CubeBackward0"
    y.sum().backward()
    assert_grad(x, [12.0])


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (cube, [3 * 0.7**2, 6 * 0.7, 6.0]),
        (lambda x: weighed(x, x), [3 * 0.7**2, 6 * 0.7, 6.0]),
        (cosine, [-math.sin(0.7), -math.cos(0.7), math.sin(0.7), math.cos(0.7)]),
    ],
    ids=["cube", "weighed", "cosine"],
)
def test_an_op_from_outside_can_be_differentiated_to_any_order(function, expected):
    np.testing.assert_allclose(derivatives(function, 0.7, len(expected)), expected, atol=1e-12)


@pytest.mark.parametrize(
    ("a_shape", "b_shape"), [((2, 3), (3,)), ((3,), (2, 1)), ((), (2, 3)), ((2, 1), (1, 3))]
)
def test_the_engine_sums_back_what_an_op_from_outside_broadcasts(a_shape, b_shape):
    a, b = (leaf(np.linspace(1.0, 2.0, math.prod(s)).reshape(s)) for s in (a_shape, b_shape))
    ta, tb = (torch.tensor(t.detach().numpy(), requires_grad=True) for t in (a, b))
    weighed(a, b).sum().backward()
    (ta * ta * tb).sum().backward()
    assert_grad(a, ta.grad.numpy())
    assert_grad(b, tb.grad.numpy())
    a.grad = None
    (ga,) = grad(weighed(a, b).sum(), a, create_graph=True)
    assert grad(ga.sum(), b)[0].shape == b_shape


def test_a_rule_of_the_wrong_dtype_is_explained():
    doubles = tl.Op("doubles", lambda a: a * 2, lambda g, y, a: g * np.float64(2.0) * np.ones(1))
    x = leaf([1.0], "float32")
    with pytest.raises(TypeError, match=r"doubles: .*rule of a gave float64 for float32.*Python"):
        doubles(x).sum().backward()
    rounds = tl.Op("rounds", lambda a: a * 1.0, lambda g, y, a: g.astype("float32"))
    with pytest.raises(TypeError, match=r"rounds: .*rule of a gave float32 for float64"):
        rounds(leaf([1.0])).sum().backward()


def test_an_argument_without_a_rule_gets_no_gradient():
    scaled = tl.Op("scaled", lambda a, b: a * b, lambda g, y, a, b: g * b, None)
    short = tl.Op("short", lambda a, b: a * b, lambda g, y, a, b: g * b)
    for op in (scaled, short):
        x, w = leaf(2.0), leaf(3.0)
        op(x, w).backward()
        assert_grad(x, 3.0)
        assert w.grad is None


@pytest.mark.parametrize("rules", [(None, 1), (1,), (None, None, 1), (1, None, 1)])
def test_arguments_with_and_without_rules_in_any_order(rules):
    rules = [rule and (lambda g, y, *args: g * 7.0) for rule in rules]
    op = tl.Op("some", lambda a, b, c: a + b + c, *rules)
    args = [leaf(1.0), leaf(2.0), leaf(3.0)]
    op(*args).backward()
    expected = [7.0 if i < len(rules) and rules[i] else None for i in range(3)]
    assert [arg.grad and arg.grad.item() for arg in args] == expected


def test_a_rule_that_python_refuses_is_explained_where_its_argument_was_overwritten():
    whole = tl.Op("whole", lambda a: a * 1.0, lambda g, y, a: g * int(a))
    x = leaf(2.0)
    h = x * 1.0
    y = whole(h)
    h.zero_()
    with pytest.raises(RuntimeError, match=r"whole needs its argument a, .* inplace operation"):
        y.backward()
    broken = tl.Op("broken", lambda a: a * 1.0, lambda g, y, a: g * None)
    with pytest.raises(TypeError, match="unsupported operand"):
        broken(x).backward()


@pytest.mark.parametrize("differentiate", [lambda y, x: y.backward(), lambda y, x: grad(y, x)])
def test_a_computed_argument_without_a_rule_gets_no_gradient(differentiate):
    scaled = tl.Op("scaled", lambda a, b: a * b, lambda g, y, a, b: g * b, None)
    x = leaf(2.0)
    differentiate(scaled(x, x * 3.0), x)


def test_an_op_without_rules_gives_constants():
    rounded = tl.Op("rounded", lambda a: np.round(a))
    assert not rounded(leaf([1.2])).requires_grad


def test_an_op_with_one_rule_for_any_number_of_arguments():
    total = tl.Op("total", lambda *a: sum(a), each=lambda i, g, y, *a: g * float(i + 1))
    x, y, z = leaf([1.0]), leaf([1.0]), leaf([1.0])
    total(x, y, z).sum().backward()
    assert [t.grad.item() for t in (x, y, z)] == [1.0, 2.0, 3.0]


def test_an_op_in_a_class_body_is_a_method():
    class Number(float):
        cubed = cube

    assert Number.cubed is cube
    assert Number(2.0).cubed() == 8.0


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(tl.ShapeError, match=r"weighed: a has shape \(2,\), b has shape \(3,\)"):
        weighed(leaf([1.0, 2.0]), leaf([1.0, 2.0, 3.0]))


def test_any_number_of_shapes_that_do_not_fit_are_numbered():
    named = r"argument 0 has shape \(1,\), argument 1 has shape \(2,\), argument 2 has shape \(1,\)"
    with pytest.raises(tl.ShapeError, match=named):
        tl.stack([leaf([1.0]), leaf([1.0, 2.0]), leaf([1.0])])


def test_what_a_forward_says_itself_is_heard():
    def picky(a):
        raise ValueError("a must be positive")

    with pytest.raises(ValueError, match="a must be positive"):
        tl.Op("picky", picky, lambda g, y, a: g)(tl.ones(2))


def test_a_forward_may_be_a_ufunc():
    hypot = tl.Op("hypot", np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)
    x = leaf([3.0])
    hypot(x, tl.tensor([4.0], dtype="float64")).sum().backward()
    assert_grad(x, [0.6])
    with pytest.raises(tl.ShapeError, match="hypot"):
        hypot(leaf([1.0, 2.0]), leaf([1.0, 2.0, 3.0]))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (lambda g, y, a: g.sum(axis=None), ["odd", "rule of a", "shape ()", "(2,)"]),
        (lambda g, y, a: None, ["odd", "NoneType"]),
        (lambda g, y, a: 1.0, ["odd", "float"]),
    ],
)
def test_a_rule_whose_result_is_no_gradient_is_named(rule, words):
    odd = tl.Op("odd", lambda a: a * 2.0, rule)
    with pytest.raises(RuntimeError) as caught:
        odd(tl.ones(2, requires_grad=True)).sum().backward()
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_recorded_gradient_outlives_the_graph_that_it_came_from():
    """Where PyTorch asks for retain_graph, as the one needs what the other has freed."""
    rows = [[0.41, -0.69, 0.2]]
    slopes = []
    for library, keep in ((tl, None), (torch, True)):
        a = library.tensor(rows, dtype=library.float64, requires_grad=True)
        loss = library.nn.functional.cross_entropy(a, library.tensor([0]))
        (slope,) = library.autograd.grad(loss, [a], create_graph=True)
        loss.backward(retain_graph=keep)
        (slope**2).sum().backward()
        slopes.append(a.grad.tolist())
    np.testing.assert_allclose(*slopes, rtol=1e-12)
