"""The engine: what backward() and grad() compute, where they start, what they say when they fail.

Every path from a result to a leaf counts, exactly once; gradients add up in `.grad`, in the dtype
of their leaf; grad() gives them and touches no `.grad`.
"""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from leaves import assert_grad, leaf

import tinygrad_lr as tl
from tinygrad_lr.autograd import backward, grad

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


def test_the_gradient_of_a_single_number_can_be_changed_in_place():
    x = leaf(3.0)
    (x * x).backward()
    x.grad.zero_()
    (x * x).backward()
    assert_grad(x, 6.0)


def test_an_assigned_gradient_is_added_to():
    a = leaf([1.0, 2.0])
    a.grad = tl.tensor([10.0, 20.0], dtype="float64")
    a.sum().backward()
    assert_grad(a, [11.0, 21.0])


def test_a_second_backward_explains_itself():
    a = leaf(2.0)
    b = a * a
    b.backward()
    with pytest.raises(RuntimeError, match=r"(?s)second time.* mul .*retain_graph=True"):
        b.backward()


def test_a_second_backward_through_a_shared_part_explains_itself():
    a = leaf(2.0)
    shared = a * a
    (shared * 2.0).backward()
    with pytest.raises(RuntimeError, match=r"(?s)second time.* mul .*retain_graph=True"):
        (shared * 3.0).backward()


def test_a_failed_backward_leaves_no_gradient():
    def broken(g, y, a):
        raise RuntimeError("broken rule")

    x = leaf([1.0, 2.0])
    fails = tl.Op("fails", lambda a: a * 1.0, broken)
    with pytest.raises(RuntimeError, match="broken rule"):
        (fails(x) + x).sum().backward()
    assert x.grad is None
    assert tl.is_grad_enabled()


def test_two_gradients_that_find_no_room_together_are_named():
    one = tl.Op("one", lambda a: a[0], lambda g, y, a: np.broadcast_to(g, a.shape))
    x = leaf([1.0]).expand(2**46)  # as long as nothing is written
    with pytest.raises(
        tl.cuda.OutOfMemoryError, match=r"(?s)backward: .*by one way has shape \(7036"
    ):
        (one(x) + one(x)).backward()


@pytest.mark.parametrize("shape", [(1,), (2,), (4,), (3, 1), ()])
def test_a_leaf_that_has_another_shape_by_now_says_so(shape):
    x = leaf([1.0, 2.0, 3.0])
    y = (x * 2.0).sum()
    x.data = tl.ones(shape, dtype="float64")
    with pytest.raises(RuntimeError, match=r"(?s)has shape .*the leaf now has"):
        y.backward()


# ------------------------------------------------------------------------- where backward may start


def test_only_a_single_number_needs_no_gradient():
    x = leaf([[1.0, 2.0]])
    with pytest.raises(RuntimeError, match=r"(?s)scalar outputs.*shape \(1, 2\).*\.sum\(\)"):
        (x * 2.0).backward()
    (x * 2.0).sum(dim=1).backward()  # one element in one dimension is a single number too
    assert_grad(x, [[2.0, 2.0]])


def test_no_number_at_all_is_not_a_single_number():
    with pytest.raises(RuntimeError, match=r"(?s)scalar outputs.*shape \(0,\)"):
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
    with pytest.raises(
        RuntimeError, match=r"(?s)does not require grad.*requires_grad=True"
    ) as error:
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


def test_one_result_and_a_list_of_its_one_gradient():
    x = leaf([1.0, 2.0])
    backward(x * 3.0, [tl.tensor([1.0, 10.0])])
    assert_grad(x, [3.0, 30.0])


def test_backward_of_a_list_that_is_not_all_tensors_is_refused():
    with pytest.raises(TypeError, match="expected a Tensor, or a list of them"):
        backward([leaf(1.0) * 2.0, 3.0])


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
    with pytest.raises(RuntimeError, match=r"(?s)input 1.*shape \(2,\).*allow_unused=True"):
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
    with pytest.raises(RuntimeError, match=r"(?s)second time.*retain_graph=True"):
        grad(y, x, allow_unused=allow_unused)


# ------------------------------------------------------------------------------------------ threads


def test_threads_can_differentiate_at_the_same_time():
    def work(k):
        x = leaf([float(k)])
        for _ in range(50):
            x.grad = None
            y = x
            for _ in range(20):
                y = y * 1.0 + x
            y.sum().backward()
        return x.grad.item()

    with ThreadPoolExecutor(4) as pool:
        assert [*pool.map(work, range(4))] == [21.0] * 4
