"""jit.trace: an operation, of the table or NumPy's own, gives traced the bits it gives untraced.

Traced on some values, a program computes with others what the step would, first and second
gradients included: operations, what an argument picks, NumPy's own functions, numbers and indices.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from captured_steps import X, batch, batches, captured_run
from domains import DOMAINS, Case, is_float
from hypothesis import given, settings
from hypothesis import strategies as st
from jit_steps import beside_the_step, bits, compare, made, numbers, train, xs
from sampled import ordinarily
from side_by_side import OPS

import tinygrad_lr as tg
from tinygrad_lr import optim
from tinygrad_lr.autograd import grad
from tinygrad_lr.device import is_array
from tinygrad_lr.jit import CaptureError, program
from tinygrad_lr.jit.program import BEFORE_OUT, copy_in_order
from tinygrad_lr.nn import functional as F

# These ask for values: of NumPy (which elements a mask picks), or of us.
BY_MASK = {"getitem", "scatter", "setitem"}
# NumPy gives some of these several arrays; all of them may find a matrix that is singular.
BY_LAPACK = {"inv", "solve", "det", "cofactors", "sign_det", "log_abs_det", "pinv", "cholesky"}
BY_LAPACK |= {"svd", "svdvals", "eigh", "qr"}
few_examples = settings(max_examples=max(settings().max_examples // 4, 1))  # of four calls each


def step_of(name: str, case: Case) -> Any:
    """The value of a call, its gradients, and the gradients of those, as a step of its arrays."""

    def step(*given: Any) -> Any:
        rest = iter(given)
        args = [next(rest) if is_array(a) else a for a in case.args]
        args = [a.clone() if isinstance(a, tg.Tensor) else a for a in args]
        leaves = [a.requires_grad_() for a, b in zip(args, case.args, strict=True) if is_float(b)]
        y = OPS[name](*args, **case.params)
        if not (DOMAINS[name].differentiable and leaves):
            return [y]
        first = grad(y, leaves, tg.ones_like(y) * 0.7, create_graph=True)
        moving = [g for g in first if g.requires_grad]
        if not moving:
            return [y, *first]
        second = grad(moving, leaves, [g * 0.3 for g in moving], allow_unused=True)
        return [y, *first, *(g for g in second if g is not None)]

    return step


def same_bits(found: Any, expected: Any) -> None:
    for mine, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(mine.detach().numpy(), wanted.detach().numpy(), strict=True)


# Once differentiated, and with the same values, each is traced in test_ops.py.
@pytest.mark.parametrize("name", ordinarily(*[*DOMAINS][::8], of=DOMAINS))
@few_examples
@given(data=st.data(), dtype=st.sampled_from([np.dtype("float64"), np.dtype("float32")]))
def test_a_traced_operation_gives_the_bits_of_the_operation(
    name: str, data: Any, dtype: Any
) -> None:
    """Traced on some values, it computes with others what it should, twice differentiated."""
    case = data.draw(DOMAINS[name].cases).astype(dtype)
    step = step_of(name, case)
    traced = tg.jit.trace(step)
    # Whether also these small results take the place of what is needed no longer.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(program, "LARGE", data.draw(st.sampled_from([program.LARGE, 0])))
        traced_bits(name, case, step, traced)


def traced_bits(name: str, case: Case, step: Any, traced: Any) -> None:
    arrays = [a for a in case.args if is_array(a)]
    if name in ("cross_entropy", "nll_loss") and -100 in case.args[1]:
        given_ = [tg.tensor(a) for a in arrays]
        traced(*given_)
        with pytest.raises(IndexError, match="a captured step cannot ignore rows"):
            traced(*given_)
        return
    for shrunk in (1.0, 0.75, 0.5, 0.875):
        given_ = [tg.tensor(a * a.dtype.type(shrunk) if is_float(a) else a) for a in arrays]
        try:
            found = traced(*given_)
        except CaptureError:
            if name not in BY_MASK | BY_LAPACK:
                raise
            return
        same_bits(found, step(*given_))


def test_a_tensor_of_no_dimensions_is_one_in_the_program_too() -> None:
    def powers(two: Any, x: Any) -> Any:
        return x.sum() ** 2 + (x * x).sum() ** 0.5

    many = np.random.default_rng(3).standard_normal((2000, 5)).astype(np.float32)
    compare(made(powers), [(tg.tensor(row),) for row in many])

    def make() -> Any:
        two = made(train)()
        two.w, two.v = tg.tensor(2.0, requires_grad=True), tg.tensor(3.0, requires_grad=True)
        two.tensors = [two.w, two.v]
        two.optimizer = optim.SGD(two.tensors, lr=0.1, momentum=0.9)
        return two

    compare(make, [(tg.tensor(x),) for x in X[:, 0, 0].tolist()])


def test_negative_numbers_and_long_chains() -> None:
    def step(two: Any, x: Any) -> Any:
        y = (-2.0) ** x.abs().long().float() - -x
        for _ in range(150):
            y = y * 1.01 + 0.1
        return y * two.w

    compare(made(step), xs())


def two_comparisons() -> Any:
    x, y, z = numbers(2.0, -1.0), numbers(3.0, 4.0), numbers(0.0, 0.0)

    def step() -> Any:
        z.copy_(((x > 0) == (y > 0)).float() + ((x <= 0) != (y >= 4.0)).float() * 2.0)
        return z + 1.0

    return step, [z]


def a_comparison_into_its_own_argument() -> Any:
    x = numbers(1.0, -1.0)

    def step() -> Any:
        y = x.clone()
        np.less(y.array, 0, out=y.array)
        return y

    return step, [x]


def rows_that_do_not_count() -> Any:
    scores = tg.tensor([[1.0, 2.0, 3.0], [3.0, 1.0, 2.0]], requires_grad=True)
    labels = numbers(0, 2)

    def step() -> Any:
        scores.grad = None
        loss = F.cross_entropy(scores, labels, ignore_index=2)
        loss.backward()
        return loss

    return step, [scores]


COMPARED = [two_comparisons, a_comparison_into_its_own_argument, rows_that_do_not_count]


@pytest.mark.parametrize("make", COMPARED, ids=lambda make: make.__name__)
def test_a_traced_comparison_gives_the_bits_of_the_step(make: Any) -> None:
    beside_the_step(make)


# --------------------------------------------------------------------------- what an argument picks

PICKED: dict[str, Any] = {
    "an index": lambda w, y: w[tg.arange(3), y].mean(),
    "an index, negative": lambda w, y: -w.log_softmax(1)[tg.arange(3), y].mean(),
    "rows": lambda w, y: w[y].sum(),
    "gather": lambda w, y: w.gather(1, y.view(3, 1)).mean(),
    "index_select": lambda w, y: w.index_select(0, y).sum(),
    "max along": lambda w, y: w.max(dim=1)[0].mean() + 0.0 * y.sum(),
    "hinge": lambda w, y: (w - w[tg.arange(3), y].view(3, 1) + 1.0).clamp(min=0).sum(),
    "written": lambda w, y: (w * 1.0).index_select(1, y).pow(2).sum(),
}


@pytest.mark.parametrize("what", PICKED)
def test_what_is_picked_by_an_argument_has_the_gradient_of_the_step(what: str) -> None:
    """The gradient that comes in is the same each time, so a real array, beside placeholders."""

    def make() -> Any:
        w = tg.tensor(np.arange(9.0).reshape(3, 3) ** 2 / 7, requires_grad=True)

        def step(y: Any) -> Any:
            w.grad = None
            (first,) = grad(PICKED[what](w, y) ** 2, w, create_graph=True)
            (second,) = grad(first.sum(), w)
            loss = PICKED[what](w, y)
            loss.backward()
            return loss, first, second

        return w, step

    (theirs, eager), (mine, step) = make(), make()
    traced = tg.jit.trace(step)
    for labels in ([0, 1, 2], [2, 2, 0], [1, 0, 0], [0, 0, 0]):
        y = tg.tensor(labels)
        expected, found = eager(y), traced(y)
        assert [bits(tensor) for tensor in found] == [bits(tensor) for tensor in expected]
        assert bits(mine.grad) == bits(theirs.grad)


def test_what_the_step_makes_and_fills_may_be_an_index() -> None:
    def step(two: Any, x: Any) -> Any:
        index = tg.full((2,), 100, dtype="int64")
        index.fill_(1)
        return x[index] + x.index_select(0, index)

    compare(made(step), xs())


def test_labels_are_looked_at_each_time() -> None:
    run, traced = captured_run()
    x, y = batch()
    before = run.weights()
    for wrong in (3, -1, -100):
        with pytest.raises(
            IndexError, match=r"(?s)target goes from .*expected 0 to 2; a captured step cannot"
        ):
            traced(x, tg.where(y == y[0], wrong, y))
    assert run.weights() == before
    rows = tg.jit.trace(lambda x, rows: x.index_select(0, rows))
    x = tg.tensor(X[0])
    rows(x, tg.tensor([0, 1])), rows(x, tg.tensor([0, 1]))
    with pytest.raises(IndexError, match=r"^index_select: the index goes from 0 to 8"):
        rows(x, tg.tensor([0, 8]))
    assert rows(x, tg.tensor([7, 2])).tolist() == X[0][[7, 2]].tolist()


@pytest.mark.parametrize("ignored", [0, 1])
def test_rows_with_a_class_that_is_ignored(ignored: int) -> None:
    step = lambda x, y: F.cross_entropy(x, y, ignore_index=ignored)
    traced = tg.jit.trace(step)
    for x, y in batches():
        assert traced(x, y).item() == step(x, y).item()
    nothing = tg.full((8,), ignored)
    assert np.isnan(traced(x, nothing).item())
    assert np.isnan(step(x, nothing).item())


@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_the_weights_of_classes_are_read_in_each_call(smoothing: float) -> None:
    weight = tg.ones(4)
    step = lambda x, y: F.cross_entropy(x, y, weight, label_smoothing=smoothing)
    traced = tg.jit.trace(step)
    for i, (x, y) in enumerate(batches()):
        weight[0] = 2.0 * i
        assert traced(x, y).item() == step(x, y).item()


# ---------------------------------------------------------------------------- NumPy's own functions


def test_numpy_s_own_calls_in_a_step() -> None:
    def step(x: Any) -> Any:
        a = x.clone().array
        np.subtract(1.0, a, out=a)
        a[1:] *= 2.0
        np.add.at(a, ([0, 0], 1), 1.0)
        b = np.stack([a, np.where(a > 0, a, 0.0)])
        return tg.Tensor.wrap(
            b[..., ::2, None].mean(axis=0) + np.float32(1.0) / abs(a[:1, :2, None])
        )

    traced = tg.jit.trace(step)
    for x, _ in batches():
        assert traced(x).tolist() == step(x).tolist()


def test_numbers_beside_arrays_keep_what_numpy_makes_of_them() -> None:
    def step(x: Any, n: Any) -> Any:
        a, i = x.clone().array, n.clone().array
        np.add.at(a, 1, 2)
        i -= 3
        return [
            tg.Tensor.wrap(found)
            for found in (
                1 - a,
                a * 1e-46,  # 0 in float32
                a * float("inf"),
                a * 2**70,
                np.multiply(a, 0.1, dtype=np.float64),
                a[0] * 0.1,
                a.sum() * 3,
                i * 3,
                i / 3,
                i * 0.5,
                (a > 0) * 2,
                a * True,
            )
        ]

    traced = tg.jit.trace(step)
    for i, (x,) in enumerate(xs()):
        n = tg.tensor([i, -i, 7])
        for found, wanted in zip(traced(x, n), step(x, n), strict=True):
            assert (found.dtype, found.tolist()) == (wanted.dtype, wanted.tolist())
    assert "0.1, float32" not in traced.code.split("dtype")[0]


INDICES = [
    np.s_[(0, 2), 1:],
    np.s_[(0, 1), (0, 1)],
    np.s_[[0, 1], (0, 1)],
    ((0, 2),),
    np.s_[..., None, 1:2],
    (),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_numpys_indices_are_written_as_they_are(index: Any) -> None:
    op = tg.Op("part", lambda a: a[index] * 1.0, lambda g, y, a: g)
    x = tg.tensor(np.arange(48.0).reshape(4, 4, 3))
    traced = tg.jit.trace(lambda x: op(x))
    for _ in range(3):
        assert traced(x).tolist() == x.array[index].tolist()


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.add.reduce(a, axis=None),
        lambda a: np.add.reduce(a, None),
        lambda a: np.concatenate([a, a], axis=None),
        lambda a: a.sum(axis=None, keepdims=False),
        lambda a: np.maximum.reduce(a, axis=1, keepdims=True),
    ],
)
def test_no_axis_is_an_axis_too(function: Any) -> None:
    op = tg.Op("joined", function, lambda g, y, a: g)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == function(X[0]).tolist()


def test_a_ufunc_that_is_not_numpys_own() -> None:
    log1p = np.frompyfunc(lambda x: x + 1.0, 1, 1)  # which calls itself `<lambda> (vectorized)`
    op = tg.Op("plus", lambda a: log1p(a).astype(np.float32), lambda g, y, a: g)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == (X[0] + np.float32(1.0)).tolist()


def test_numpys_reductions_by_their_ufuncs() -> None:
    total = tg.Op("total", lambda a: np.add.reduce(a, axis=0), lambda g, y, a: g + 0.0 * a)
    traced = tg.jit.trace(lambda x: total(x))
    x = tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == X[0].sum(0).tolist()


def test_a_copy_lies_in_memory_as_the_array_does() -> None:
    array = np.zeros((4, 6), np.float32)[::-1, ::2].T
    strides = copy_in_order(array).strides
    assert (strides[0] > 0, strides[1] < 0, abs(strides[1]) > strides[0]) == (True, True, True)


def test_a_constant_that_runs_backwards_in_memory() -> None:
    weights = np.arange(4.0, dtype=np.float32)[::-1]
    op = tg.Op("weighted", lambda a: a * weights, lambda g, y, a: g * weights)
    traced, x = tg.jit.trace(lambda x: op(x)), tg.tensor(X[0])
    for _ in range(3):
        assert traced(x).tolist() == (X[0] * weights).tolist()


@pytest.mark.parametrize("name", sorted(BEFORE_OUT))
def test_how_many_arguments_a_function_takes_before_out(name: str) -> None:
    x = np.arange(6.0).reshape(2, 3)
    given = {"take": (x, [1, 0], 0), "clip": (x, 1.0, 4.0)}.get(name, (x, 0, None))
    given = given[: BEFORE_OUT[name]]
    assert len(given) == BEFORE_OUT[name]
    result = getattr(np, name)(*given)
    out = np.full_like(result, 7)
    getattr(np, name)(*given, out)
    assert np.array_equal(out, result)
