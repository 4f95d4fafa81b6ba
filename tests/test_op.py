"""Op, for who adds an operation: what it makes of a forward function and rules, what it says.

It computes on arrays and records on Tensors, can be differentiated to any order, sums back what the
forward broadcasts, and names a rule whose result is no gradient. More mistakes: test_own_ops.py.
"""

import itertools
import math
import sys

import numpy as np
import pytest
import torch
from leaves import assert_grad, derivatives, leaf

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad

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
    assert cosine(np.array([0.0])).tolist() == [1.0]
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


SHAPES = [shape for ndim in range(4) for shape in itertools.product([1, 2], repeat=ndim)]


@pytest.mark.parametrize("a_shape", SHAPES)
def test_the_engine_sums_back_what_an_op_from_outside_broadcasts(a_shape):
    for b_shape in SHAPES:
        check_summed_back(a_shape, b_shape)


def check_summed_back(a_shape, b_shape):
    a, b = (leaf(np.linspace(1.0, 2.0, math.prod(s)).reshape(s)) for s in (a_shape, b_shape))
    ta, tb = (torch.tensor(t.detach().numpy(), requires_grad=True) for t in (a, b))
    weighed(a, b).sum().backward()
    (ta * ta * tb).sum().backward()
    assert_grad(a, ta.grad.numpy())
    assert_grad(b, tb.grad.numpy())
    a.grad = None
    (ga,) = grad(weighed(a, b).sum(), a, create_graph=True)
    assert grad(ga.sum(), b)[0].shape == b_shape


def test_an_op_with_one_rule_for_any_number_of_arguments():
    total = tl.Op("total", lambda *a: sum(a), each=lambda g, y, *a: lambda i: g * float(i + 1))
    x, y, z = leaf([1.0]), leaf([1.0]), leaf([1.0])
    total(x, y, z).sum().backward()
    assert [t.grad.item() for t in (x, y, z)] == [1.0, 2.0, 3.0]


def test_the_rule_for_any_number_of_arrays_is_asked_once_and_for_no_constant():
    asked = []

    def each(g, y, *arrays):
        asked.append("all")
        return lambda i: asked.append(i) or g * 2.0

    double = tl.Op("double", lambda *arrays: 2.0 * sum(arrays), each=each)
    double(leaf([1.0]), tl.tensor([1.0], dtype="float64"), leaf([1.0])).sum().backward()
    assert asked == ["all", 0, 2]


def test_leaves_do_not_share_what_one_rule_gives_them_all():
    def each(g, y, *arrays):
        half = g / 2.0
        return lambda i: half

    x, y = leaf([1.0]), leaf([1.0])
    tl.Op("mean", lambda *arrays: sum(arrays) / 2.0, each=each)(x, y).sum().backward()
    x.grad += 1.0
    assert (x.grad.item(), y.grad.item()) == (1.5, 0.5)


@pytest.mark.parametrize("op", [tl.ops.cat, tl.ops.stack], ids=repr)
def test_a_backward_to_twice_as_many_arrays_is_twice_as_much_work(op):
    """Work in steps of Python's machine; that a rule is asked once is tested above."""

    def work(n):
        y = op(*(leaf([1.0]) for _ in range(n)), axis=0).sum()
        steps = 0

        def count(frame, event, arg):
            nonlocal steps
            frame.f_trace_opcodes, steps = True, steps + 1
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            y.backward()
        finally:
            sys.settrace(before)
        return steps

    assert work(400) < 2.1 * work(200)


def test_an_op_in_a_class_body_is_a_method():
    class Number(float):
        cubed = cube

    assert Number.cubed is cube
    assert Number(2.0).cubed() == 8.0


def test_a_forward_may_be_a_ufunc():
    hypot = tl.Op("hypot", np.hypot, lambda g, y, a, b: g * a / y, lambda g, y, a, b: g * b / y)
    x = leaf([3.0])
    hypot(x, tl.tensor([4.0], dtype="float64")).sum().backward()
    assert_grad(x, [0.6])
    with pytest.raises(tl.ShapeError, match="hypot"):
        hypot(leaf([1.0, 2.0]), leaf([1.0, 2.0, 3.0]))


def test_another_form_computes_where_it_takes_the_arrays():
    """(Here another result, to be seen.) A recorded backward pass uses the rules of the Op."""
    twice = tl.Op("twice", lambda a: a * 2.0, lambda g, y, a: g * 2.0)
    twice.also(lambda a: a.ndim == 1, lambda a: a * 5.0, lambda g, y, a: g * 7.0)
    row, number = leaf([1.0]), leaf(1.0)
    assert twice(row).tolist() == [5.0]
    assert twice(row.array).tolist() == [5.0]
    assert twice(number).item() == 2.0
    assert grad(twice(row).sum(), row)[0].tolist() == [7.0]
    assert grad(twice(number), number)[0].item() == 2.0
    assert grad(twice(row).sum(), row, create_graph=True)[0].tolist() == [2.0]
    twice.also(lambda a: a.ndim == 0, lambda a: a * 9.0)  # with the rules that the Op has
    y = twice(number)
    assert (y.item(), grad(y, number)[0].item()) == (9.0, 2.0)


@pytest.mark.parametrize("second", [1.0, leaf(1.0)])
def test_a_second_backward_through_an_op_that_does_not_say_light_is_refused(second):
    """Also where its rules would look at no array."""
    x = leaf(2.0)
    y = tl.Op("shifted", lambda a, b: a + b, lambda g, y, a, b: g)(x, second)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


# ------------------------------------------------------------------------- arguments without a rule


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


@pytest.mark.parametrize("differentiate", [lambda y, x: y.backward(), lambda y, x: grad(y, x)])
def test_a_computed_argument_without_a_rule_gets_no_gradient(differentiate):
    scaled = tl.Op("scaled", lambda a, b: a * b, lambda g, y, a, b: g * b, None)
    x = leaf(2.0)
    differentiate(scaled(x, x * 3.0), x)


def test_an_op_without_rules_gives_constants():
    rounded = tl.Op("rounded", lambda a: np.round(a))
    assert not rounded(leaf([1.2])).requires_grad


# Two arguments: side by side in one array, in either order and direction; or apart.
ROWS = {
    "apart": lambda: [np.ones(3), np.ones(3)],
    "side by side": lambda: np.ones((2, 3)),
    "the second first": lambda: np.ones((2, 3))[::-1],
    "backwards": lambda: np.ones((2, 3))[:, ::-1],
    "all backwards": lambda: np.ones((2, 3))[::-1, ::-1],
}


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize(
    "part", [slice(2), slice(1), slice(1, None), slice(2, None), slice(0, 3, 2)]
)
@pytest.mark.parametrize("shown", [0, 1])
def test_a_write_to_the_view_that_an_op_returned_reaches_the_argument_shown(rows, part, shown):
    view = tl.Op("part", lambda a, b: (a, b)[shown][part])
    args, w = [tl.from_numpy(row) for row in ROWS[rows]()], leaf(4.0)
    view(*args).mul_(w)
    expected = np.ones(3)
    expected[part] = 4.0
    assert args[shown].tolist() == expected.tolist()
    assert [arg.requires_grad for arg in args] == [shown == 0, shown == 1]
    args[shown].sum().backward()
    assert_grad(w, float((expected == 4.0).sum()))


def test_an_op_may_return_its_argument_itself():
    x, w = tl.ones(2), leaf(4.0, "float32")
    tl.Op("same", lambda a: a)(x).mul_(w)
    x.sum().backward()
    assert_grad(w, 2.0)


# ------------------------------------------------------------------------------------- what it says


def test_a_rule_of_the_wrong_dtype_is_explained():
    doubles = tl.Op("doubles", lambda a: a * 2, lambda g, y, a: g * np.float64(2.0) * np.ones(1))
    x = leaf([1.0], "float32")
    with pytest.raises(
        TypeError, match=r"(?s)doubles: .*rule of a gave float64 for float32.*Python"
    ):
        doubles(x).sum().backward()
    rounds = tl.Op("rounds", lambda a: a * 1.0, lambda g, y, a: g.astype("float32"))
    with pytest.raises(TypeError, match=r"(?s)rounds: .*rule of a gave float32 for float64"):
        rounds(leaf([1.0])).sum().backward()


def test_a_rule_that_python_refuses_is_explained_where_its_argument_was_overwritten():
    whole = tl.Op("whole", lambda a: a * 1.0, lambda g, y, a: g * int(a))
    x = leaf(2.0)
    h = x * 1.0
    y = whole(h)
    h.zero_()
    with pytest.raises(RuntimeError, match=r"(?s)whole needs its argument a, .* inplace operation"):
        y.backward()
    broken = tl.Op("broken", lambda a: a * 1.0, lambda g, y, a: g * None)
    with pytest.raises(TypeError, match="unsupported operand"):
        broken(x).backward()


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


def test_what_a_forward_says_itself_is_heard():
    def picky(a):
        raise ValueError("a must be positive")

    with pytest.raises(ValueError, match="a must be positive"):
        tl.Op("picky", picky, lambda g, y, a: g)(tl.ones(2))


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(tl.ShapeError, match=r"weighed: a has shape \(2,\), b has shape \(3,\)"):
        weighed(leaf([1.0, 2.0]), leaf([1.0, 2.0, 3.0]))


def test_a_decorated_forward_names_its_arguments_too():
    double = tl.Op("double", np.errstate(over="ignore")(lambda left: left @ left))
    with pytest.raises(ValueError, match=r"double: left has shape \(2, 3\)"):
        double(tl.zeros(2, 3))


def test_any_number_of_shapes_that_do_not_fit_are_numbered():
    named = r"argument 0 has shape \(1,\), argument 1 has shape \(2,\), argument 2 has shape \(1,\)"
    with pytest.raises(tl.ShapeError, match=named):
        tl.stack([leaf([1.0]), leaf([1.0, 2.0]), leaf([1.0])])
