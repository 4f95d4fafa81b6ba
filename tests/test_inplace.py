"""Writing in place: values and gradients are PyTorch's, and what cannot be right says so."""

import re
import sys
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tl
from tinygrad_lr import versions


def leaf(values, dtype="float64"):
    return tl.tensor(values, dtype=dtype, requires_grad=True)


def leaves(*shapes, seed=0):
    """The same leaves here and in PyTorch."""
    rng = np.random.default_rng(seed)
    arrays = [rng.uniform(0.5, 1.5, shape) for shape in shapes]
    return [leaf(a) for a in arrays], [torch.tensor(a, requires_grad=True) for a in arrays]


def assert_same(ours, theirs, **tolerance):
    np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), **tolerance)


# ------------------------------------------------------- a value that backward needs, overwritten

NEEDS_ITS_ARGUMENT = {
    "mul": lambda h, w: h * w,
    "div": lambda h, w: w / h,
    "pow": lambda h, w: h**3,
    "log": lambda h, w: h.log(),
    "sin": lambda h, w: h.sin(),
    "abs": lambda h, w: h.abs(),
    "clamp": lambda h, w: h.clamp(0.0, 1.0),
    "matmul": lambda h, w: h @ w,
    "linear": lambda h, w: tl.nn.functional.linear(h, w),
    "maximum": lambda h, w: tl.maximum(h, w),
    "var": lambda h, w: h.var(),
    "logsumexp": lambda h, w: h.logsumexp(0),
    "mse_loss": lambda h, w: tl.nn.functional.mse_loss(h, w),
}
NEEDS_ITS_RESULT = {
    "exp": lambda h, w: h.exp(),
    "sqrt": lambda h, w: h.sqrt(),
    "tanh": lambda h, w: h.tanh(),
    "sigmoid": lambda h, w: h.sigmoid(),
    "relu": lambda h, w: h.relu(),
    "softmax": lambda h, w: h.softmax(0),
    "log_softmax": lambda h, w: h.log_softmax(0),
}
NEEDS_NEITHER = {
    "add": lambda h, w: h + w,
    "sub": lambda h, w: w - h,
    "neg": lambda h, w: -h,
    "mul by a number": lambda h, w: h * 3.0,
    "sum": lambda h, w: h.sum(),
    "mean": lambda h, w: h.mean(0),
    "reshape": lambda h, w: h.reshape(4) * 1.0,
    "permute": lambda h, w: h.T * 1.0,
    "expand": lambda h, w: h.expand(2, 2, 2) * 1.0,
    "getitem": lambda h, w: h[0] * 1.0,
    "index": lambda h, w: h[[0, 0]],
    "cat": lambda h, w: tl.cat([h, w]),
    "stack": lambda h, w: tl.stack([h, h]),
    "clone": lambda h, w: h.clone(),
    "to": lambda h, w: h.float(),
}
WRITES = {
    "add_": lambda t: t.add_(1.0),
    "mul_": lambda t: t.mul_(2.0),
    "zero_": lambda t: t.zero_(),
    "fill_": lambda t: t.fill_(2.0),
    "copy_": lambda t: t.copy_(tl.ones(2, 2)),
    "x[...] = value": lambda t: t.__setitem__(0, 5.0),
    "normal_": lambda t: t.normal_(),
}


def prepared():
    (x, w), _ = leaves((2, 2), (2, 2))
    return x, w, x * 1.0


@pytest.mark.parametrize("name", NEEDS_ITS_ARGUMENT)
def test_overwriting_an_argument_that_the_gradient_needs_is_noticed(name):
    _, w, h = prepared()
    y = NEEDS_ITS_ARGUMENT[name](h, w)
    with tl.no_grad():
        h.add_(1.0)
    with pytest.raises(RuntimeError) as error:
        y.sum().backward()
    words = str(error.value)
    assert words.startswith(f"the gradient of {name} needs its argument ")
    assert "a tensor of shape (2, 2)" in words
    assert "add_" in words
    assert "x = x + y" in words


@pytest.mark.parametrize("name", NEEDS_ITS_RESULT)
def test_overwriting_a_result_that_the_gradient_needs_is_noticed(name):
    _, w, h = prepared()
    y = NEEDS_ITS_RESULT[name](h, w)
    y *= 2.0
    words = rf"the gradient of {name} needs its result, .*shape \(2, 2\).*mul_"
    with pytest.raises(RuntimeError, match=words):
        y.sum().backward()


@pytest.mark.parametrize("name", NEEDS_NEITHER)
def test_overwriting_what_no_gradient_needs_is_free(name):
    x, w, h = prepared()
    y = NEEDS_NEITHER[name](h, w)
    with tl.no_grad():
        h.add_(1.0)
        y.mul_(2.0)
    y.sum().backward()
    fresh, w, h = prepared()
    NEEDS_NEITHER[name](h, w).sum().backward()
    assert x.grad.tolist() == fresh.grad.tolist()


@pytest.mark.parametrize("name", NEEDS_ITS_RESULT)
def test_overwriting_an_argument_is_free_where_the_result_is_enough(name):
    x, w, h = prepared()
    y = NEEDS_ITS_RESULT[name](h, w)
    h.zero_()
    y.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize(
    "compute",
    [
        lambda x, w: x / w,
        lambda x, w: x.clamp(0.0, 1.0),
        lambda x, w: x * w,
        lambda x, w: x @ w,
    ],
    ids=["div", "clamp", "mul", "matmul"],
)
def test_a_result_may_be_changed_where_pytorch_allows_it(compute):
    # PyTorch keeps the arguments of these, so people write `h = x / n; h += b`.
    (x, w), _ = leaves((2, 2), (2, 2))
    h = compute(x, w)
    h += 1.0
    h.sum().backward()
    assert x.grad is not None


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    "through",
    [
        lambda h: h,
        lambda h: h.detach(),
        lambda h: h.data,
        lambda h: h[:1],
        lambda h: h.T,
        lambda h: h.detach().T,
        lambda h: h.reshape(4).reshape(2, 2),
    ],
    ids=["itself", "detach", "data", "row", "T", "T of detach", "view of view"],
)
def test_a_write_is_noticed_through_whatever_shares_the_memory(write, through):
    _, w, h = prepared()
    y = h * w
    with tl.no_grad():
        if write == "copy_" and through(h).shape != (2, 2):
            through(h).copy_(tl.ones(1, 2))
        else:
            WRITES[write](through(h))
    words = rf"gradient of mul needs its argument a, .*: {re.escape(write)}\."
    with pytest.raises(RuntimeError, match=words):
        y.sum().backward()


SEEN_AS = {
    "row": lambda h: h[0],
    "part": lambda h: h[:1, 1:],
    "T": lambda h: h.T,
    "reshape": lambda h: h.reshape(4),
    "unsqueeze": lambda h: h.unsqueeze(0),
    "squeeze": lambda h: h[:1].squeeze(0),
    "expand": lambda h: h.expand(3, 2, 2),
}


@pytest.mark.parametrize("name", SEEN_AS)
def test_a_write_to_the_base_is_noticed_where_a_view_was_used(name):
    _, w, h = prepared()
    y = SEEN_AS[name](h) * w[0, 0]
    h.detach()[1] = 7.0  # for some not even a part of the view: the memory counts, as in PyTorch
    with pytest.raises(RuntimeError, match="needs its argument a, a tensor of shape"):
        y.sum().backward()


def test_a_write_somewhere_else_changes_no_gradient():
    (a, b), (ta, tb) = leaves((3,), (3,))
    y, ty = a**b, ta**tb  # needs both arguments and the result
    tl.ones(2).zero_()
    y.sum().backward()
    ty.sum().backward()
    assert_same(a.grad, ta.grad, rtol=1e-12)
    assert_same(b.grad, tb.grad, rtol=1e-12)


COPIES = {
    "clone": lambda h: h.clone(),
    "rows by number": lambda h: h[[0, 1]],
    "reshape that had to copy": lambda h: h.T.reshape(4).reshape(2, 2).T,
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_is_not_affected_by_writes(name):
    x, w, h = prepared()
    y = COPIES[name](h) * w
    h.zero_()
    y.sum().backward()
    assert x.grad.tolist() == w.tolist()


@pytest.mark.parametrize("name", COPIES)
def test_writes_to_a_copy_do_not_affect_the_original(name):
    x, w, h = prepared()
    y = h * w
    COPIES[name](h).zero_()
    y.sum().backward()
    assert x.grad.tolist() == w.tolist()


def test_the_argument_of_a_write_is_watched_too():
    _, w, h = prepared()
    factor = w * 1.0
    h.mul_(factor)
    factor += 1.0
    with pytest.raises(RuntimeError, match=r"gradient of mul needs its argument b, .*add_"):
        h.sum().backward()


def test_an_optimizer_step_between_forward_and_backward_is_noticed():
    w = leaf([[1.0, 2.0]], "float32")
    h = tl.nn.functional.linear(leaf([[1.0, 1.0]], "float32"), w)
    y = (h * h).sum()
    y.backward(retain_graph=True)
    tl.optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match=r"linear needs its argument weight.*SGD\.step\(\)"):
        y.backward()


def test_an_overwritten_value_is_noticed_while_gradients_are_recorded():
    _, w, h = prepared()
    y = (h * w).sum()
    h.detach().zero_()
    with pytest.raises(RuntimeError, match="gradient of mul needs its argument a"):
        tl.autograd.grad(y, w, create_graph=True)


@pytest.mark.parametrize("compute", [lambda a, b: b.exp(), lambda a, b: a**b], ids=["exp", "pow"])
def test_a_result_overwritten_between_the_first_gradient_and_the_second_is_noticed(compute):
    a, b, v = leaf([2.0, 3.0]), leaf([0.5, 1.5]), leaf([1.0, 1.0])
    y = compute(a, b)
    (g,) = tl.autograd.grad(y, b, v, create_graph=True)  # v times y times something
    y.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        tl.autograd.grad(g.sum(), v)


def test_retained_graphs_can_be_used_until_something_is_written():
    _, w, h = prepared()
    y = (h * w).sum()
    y.backward(retain_graph=True)
    y.backward(retain_graph=True)
    h.detach().zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


# ------------------------------------------------------------------------------------------- leaves


@pytest.mark.parametrize("write", WRITES)
def test_a_leaf_that_requires_grad_cannot_be_written_while_recording(write):
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(RuntimeError, match=r"leaf Tensor that requires grad.*no_grad"):
        WRITES[write](x)
    with pytest.raises(RuntimeError, match=r"a view of one"):
        WRITES[write](x.T)
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("write", WRITES)
def test_a_leaf_can_be_written_under_no_grad_and_stays_a_leaf(write):
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    memory = x.array
    with tl.no_grad():
        WRITES[write](x)
    assert (x.is_leaf, x.requires_grad) == (True, True)
    assert x.array is memory
    (x * x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * x.detach().numpy())


def test_gradient_descent_by_hand():
    (w, b), (tw, tb) = leaves((3,), ())
    for _ in range(5):
        for lib, weight, bias in ((tl, w, b), (torch, tw, tb)):
            ((weight * 2.0 + bias) ** 2).sum().backward()
            with lib.no_grad():
                weight -= 0.1 * weight.grad
                bias.sub_(0.1 * bias.grad)
            weight.grad = bias.grad = None
    assert_same(w, tw)
    assert_same(b, tb)


def test_gradient_descent_by_data():
    w = leaf([1.0, 2.0])
    (w * w).sum().backward()
    w.data -= 0.5 * w.grad
    assert w.tolist() == [0.0, 0.0]
    assert w.is_leaf


# ------------------------------------------------ recorded writes, compared with PyTorch one by one
#
# Each takes the library, a computed x of (3, 4), leaves w (3, 4) and v (4,); it may return views.


def settle(*views):
    """Let PyTorch notice that these became computed: it takes them for leaves until asked."""
    for view in views:
        assert view.grad_fn is None or view.requires_grad


def scale(lib, x, w, v):
    x.mul_(w)


def add_broadcast(lib, x, w, v):
    x += v


def own_operators(lib, x, w, v):
    x += w
    x -= v
    x *= w
    x /= v
    x **= 2


def function_in_place(name):
    def program(lib, x, w, v):
        x.mul_(w)
        getattr(x, name)()

    program.__name__ = name
    return program


FUNCTIONS = ["abs_", "exp_", "log_", "neg_", "relu_", "sigmoid_", "sqrt_", "tanh_"]


def constants(lib, x, w, v):
    x.add_(1.0).mul_(2.0).div_(3.0).clamp_(0.0, 1.5)


def set_row(lib, x, w, v):
    x[1] = v


def set_element(lib, x, w, v):
    x[1, 2] = v[0] * w[0, 0]
    x[-1, -1] = 3.0


def set_column_and_slice(lib, x, w, v):
    x[:, 1] = w[:, 0]
    x[::2, 1:3] = w[1:, 2:]
    x[..., -1] = 2.0


def set_mask(lib, x, w, v):
    x[x > 1.0] = 0.5
    x[w > 1.0] = v[1]


def set_mask_of_rows(lib, x, w, v):
    x[[True, False, True] if lib is tl else torch.tensor([True, False, True])] = v


def set_with_a_list(lib, x, w, v):
    x[[2, 0]] = w[:2]
    x[[0, 1], [1, 2]] = v[:2]


def set_broadcast(lib, x, w, v):
    x[:] = v
    x[1:] = w[0]


def zero(lib, x, w, v):
    x.zero_()
    x.add_(w)


def fill(lib, x, w, v):
    x[0].fill_(3.0)
    x *= w


def copy(lib, x, w, v):
    x.copy_(w)
    x[2].copy_(v)


def through_row(lib, x, w, v):
    row = x[1]
    row.mul_(v)
    return row


def through_column(lib, x, w, v):
    column = x[:, 2]
    column += w[:, 0]
    return column


def through_transposed(lib, x, w, v):
    turned = x.T
    turned *= w.T
    turned[0] = 1.0
    return turned


def through_reshaped(lib, x, w, v):
    flat = x.reshape(12)
    flat.mul_(2.0)
    flat[::5] = v[:3]
    return flat


def through_strided(lib, x, w, v):
    part = x[::2, 1::2]
    part.mul_(v[:2])
    return part


def through_a_view_of_a_view(lib, x, w, v):
    outer = x[1:]
    inner = outer.T[1:3]
    single = inner[0, 1]
    inner.mul_(w[:2, :2])
    settle(single, outer)
    single.add_(v[3])
    settle(outer)
    outer[0] = v
    return outer, inner, single


def with_other_views_alive(lib, x, w, v):
    row, column, block = x[0], x[:, 0], x[:2, :2]
    row *= v
    settle(block, column)
    block.add_(w[:2, :2])
    settle(column)
    column.mul_(2.0)
    return row, column, block


def base_under_views(lib, x, w, v):
    row, turned = x[2], x.T
    x.mul_(w)
    return row * 3.0, turned.tanh(), x


def view_used_before_and_after(lib, x, w, v):
    row = x[0]
    before = row * 2.0
    row += v
    after = row * w[0]
    return before, after, row


def added_dimension(lib, x, w, v):
    wide = x.unsqueeze(0)
    wide[0, 1] = v
    narrow = wide.squeeze(0)
    narrow.mul_(w)
    return wide, narrow


def row_from_row(lib, x, w, v):
    x[0] = x[1]
    x[2] += x[0]
    x[1] *= v


def of_itself(lib, x, w, v):
    x += x
    x.add_(x[0].clone())


RECORDED = [
    scale,
    add_broadcast,
    own_operators,
    *map(function_in_place, FUNCTIONS),
    constants,
    set_row,
    set_element,
    set_column_and_slice,
    set_mask,
    set_mask_of_rows,
    set_with_a_list,
    set_broadcast,
    zero,
    fill,
    copy,
    through_row,
    through_column,
    through_transposed,
    through_reshaped,
    through_strided,
    through_a_view_of_a_view,
    with_other_views_alive,
    base_under_views,
    view_used_before_and_after,
    added_dimension,
    row_from_row,
    of_itself,
]


def as_tuple(views):
    return views if isinstance(views, tuple) else () if views is None else (views,)


@pytest.mark.parametrize("constant", [False, True], ids=["computed", "constant"])
@pytest.mark.parametrize("program", RECORDED, ids=lambda p: p.__name__)
def test_recorded_writes_have_pytorchs_values_and_gradients(program, constant):
    ours, theirs = leaves((3, 4), (3, 4), (4,))
    outcomes = []
    for lib, (u, w, v) in ((tl, ours), (torch, theirs)):
        # Of a constant start a write makes something that requires grad.
        x = u.detach() * 2.0 if constant else u * 2.0
        program_views = as_tuple(program(lib, x, w, v))
        outcomes.append((x, *program_views))
        y = (x * x).sum()
        for i, view in enumerate(program_views):
            y = y + ((i + 2.0) * view * view).sum()
        if y.requires_grad:
            y.backward()
    for mine, wanted in zip(*outcomes, strict=True):
        assert_same(mine, wanted)
        assert mine.requires_grad == wanted.requires_grad
    for mine, wanted in zip(ours, theirs, strict=True):
        assert (mine.grad is None) == (wanted.grad is None)
        if wanted.grad is not None:
            assert_same(mine.grad, wanted.grad, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(
    "write",
    [
        lambda z, v: z.add_(v),
        lambda z, v: z.copy_(v),
        lambda z, v: z.__setitem__(slice(0, 2), v),
        lambda z, v: z.mul_(v + 0.0),
    ],
    ids=["add_", "copy_", "setitem", "mul_ by something computed"],
)
def test_a_view_that_became_computed_gives_its_gradient_to_a_write(write):
    # v shows x, which is constant at first, then the result of mul_: v must know by itself.
    w = leaf([2.0, 3.0])
    x = tl.ones(2, dtype="float64")
    v = x[:]
    x.mul_(w)
    z = tl.ones(2, dtype="float64")
    write(z, v)
    assert z.requires_grad
    z.sum().backward()
    assert w.grad.tolist() == [1.0, 1.0]


def test_backward_can_start_at_a_view_whose_base_was_written():
    w = leaf([2.0, 3.0])
    x = w * 1.0
    v = x[0]
    x.mul_(5.0)
    v.backward()
    assert w.grad.tolist() == [5.0, 0.0]


def test_a_view_tells_that_its_base_was_written():
    w = leaf([2.0, 3.0])
    x = tl.ones(2, dtype="float64")
    v, flags = x[0], []
    assert (v.requires_grad, v.is_leaf) == (False, True)
    x.mul_(w)
    flags = v.requires_grad, v.is_leaf, "grad_fn" in repr(v)
    assert flags == (True, False, True)
    with pytest.raises(RuntimeError, match="requires grad"):
        v.numpy()


def test_second_order_through_a_write():
    (x, w), (tx, tw) = leaves((3,), (3,))
    results = []
    for lib, x_, w_ in ((tl.autograd, x, w), (torch.autograd, tx, tw)):
        h = x_ * 1.0
        h.mul_(w_)
        h[0] = w_[0] ** 3
        h[1:].mul_(h[:2].clone())
        (g,) = lib.grad((h * h).sum(), w_, create_graph=True)
        results.append(lib.grad((g * g).sum(), [x_, w_]))
    for mine, wanted in zip(*results, strict=True):
        assert_same(mine, wanted)


def test_noise_can_be_added_to_a_result():
    # From the first pages of every tutorial: y = Xw + b, and some noise.
    x, w, b = tl.randn(20, 2), tl.tensor([2.0, -3.4], requires_grad=True), 4.2
    y = tl.matmul(x, w) + b
    clean = y.detach().clone()
    y += tl.normal(0, 0.01, y.shape)
    assert 0 < (y - clean).abs().max().item() < 0.1
    y.sum().backward()
    np.testing.assert_allclose(w.grad.numpy(), x.numpy().sum(0), rtol=1e-5)


def test_a_gradient_can_be_seen_inside_a_chain_of_writes():
    x = leaf([1.0, 2.0])
    h = x * 2.0
    h.retain_grad()
    (h * 3.0).sum().backward()
    assert h.grad.tolist() == [3.0, 3.0]


# ------------------------------------------------------------------------ values, shapes and dtypes


def test_writes_return_the_tensor_itself():
    x = tl.ones(2, 2)
    memory = x.array
    for write in (w for name, w in WRITES.items() if name != "x[...] = value"):
        assert write(x) is x
    for same in (x.abs_(), x.exp_(), x.log_(), x.uniform_(), x.sub_(1), x.div_(2), x.pow_(2)):
        assert same is x
    before = x
    x += 1
    x -= 1
    x *= 2
    x /= 2
    x **= 2
    assert x is before
    assert x.array is memory


def test_a_write_that_would_grow_is_refused():
    x = tl.ones(3)
    for write in (lambda: x.add_(tl.ones(2, 3)), lambda: x.mul_(tl.ones(2, 1))):
        with pytest.raises(tl.ShapeError, match=r"\(2, 3\).*cannot be stored.*\(3,\)"):
            write()
    h = leaf([1.0, 2.0, 3.0]) * 1.0
    with pytest.raises(tl.ShapeError, match=r"add_: .*\(2, 3\).*\(3,\)"):
        h += tl.ones(2, 3)
    assert h.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("index", "value"),
    [(0, tl.ones(2)), (slice(0, 2), tl.ones(3, 3)), ([0, 1], tl.ones(3, 3)), ((), tl.ones(2, 2))],
)
def test_an_assigned_value_that_does_not_fit_is_named(index, value):
    x = tl.ones(3, 3)
    with pytest.raises(
        tl.ShapeError, match=rf"shape \({value.shape[0]},.*tensor of shape \(3, 3\)"
    ):
        x[index] = value
    assert x.tolist() == tl.ones(3, 3).tolist()


@pytest.mark.parametrize(
    "index",
    [
        3,
        -4,
        [0, 3],
        (0, 5),
        (0, 0, 0),
    ],
)
def test_an_assignment_out_of_range_is_an_index_error(index):
    x = tl.ones(3, 3)
    with pytest.raises(IndexError):
        x[index] = 1.0


def test_integers_cannot_hold_floats():
    x = tl.tensor([1, 2])
    writes = (
        lambda: x.add_(0.5),
        lambda: x.mul_(tl.ones(2)),
        lambda: x.div_(2),
        lambda: x.exp_(),
    )
    for write in writes:
        with pytest.raises(TypeError, match=r"float32.*cannot be stored.*int64"):
            write()
    with pytest.raises(TypeError, match="int64"):
        x += 0.5
    assert x.tolist() == [1, 2]
    x += 1
    x *= tl.tensor([2, 3])
    assert (x.tolist(), x.dtype) == ([4, 9], "int64")


@pytest.mark.parametrize(
    ("own", "other"),
    [("float32", "float64"), ("float64", "float32"), ("float32", "int64"), ("int64", "int32")],
)
def test_a_write_keeps_the_dtype(own, other):
    x, tx = tl.ones(2, dtype=own), torch.ones(2, dtype=getattr(torch, own))
    x += tl.ones(2, dtype=other)
    tx += torch.ones(2, dtype=getattr(torch, other))
    x[0] = 2.7
    tx[0] = 2.7
    x.copy_(tl.tensor([1.9, 3.2])) if own == "int64" else x.mul_(2)
    tx.copy_(torch.tensor([1.9, 3.2])) if own == "int64" else tx.mul_(2)
    assert x.dtype == own
    assert_same(x, tx)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64"])
def test_a_recorded_product_with_another_dtype(dtype):
    x = leaf([1.0, 2.0], "float32")
    h = x * 1.0
    h *= tl.tensor([3.0, 4.0], dtype=dtype)
    assert h.dtype == "float32"
    h.sum().backward()
    assert (x.grad.tolist(), x.grad.dtype) == ([3.0, 4.0], "float32")


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64"])
def test_a_recorded_sum_with_another_dtype(dtype):
    x = leaf([1.0, 2.0], "float32")
    h = x * 1.0
    h += tl.tensor([3.0, 4.0], dtype=dtype)
    assert h.dtype == "float32"
    h.sum().backward()
    assert (x.grad.tolist(), x.grad.dtype) == ([1.0, 1.0], "float32")


@pytest.mark.parametrize(
    ("index", "shape"),
    [
        (0, (3,)),
        (0, (1,)),
        (0, ()),
        (0, (1, 3)),
        (0, (1, 1, 3)),
        (slice(None), (1, 1, 1, 2, 3)),
    ],
)
def test_the_gradient_of_an_assigned_value_has_its_shape(index, shape):
    value = leaf(np.ones(shape))
    x = tl.zeros(2, 3, dtype="float64")
    x[index] = value
    (x * 2.0).sum().backward()
    assert value.grad.shape == shape
    assert value.grad.sum().item() == 2.0 * x[index].numel()


@pytest.mark.parametrize(
    "write", [lambda h, v: h.copy_(v), lambda h, v: h.__setitem__(..., v), lambda h, v: h.zero_()]
)
def test_a_single_number_can_be_overwritten(write):
    x, v = leaf(2.0), leaf(3.0)
    h = x * 1.0
    write(h, v)
    (h * 2.0 + v).backward()
    assert (x.grad.item(), v.grad.item()) in [(0.0, 3.0), (0.0, 1.0)]


def test_an_expand_that_stretches_nothing_can_be_written_to():
    x = tl.zeros(300)
    x.expand(1, 300).add_(1.0)
    assert x.sum().item() == 300.0

    w = tl.ones(3, requires_grad=True)
    y = w * 1.0
    y.expand(1, 3).mul_(2.0)  # and the gradient knows
    y.sum().backward()
    assert w.grad.tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize("write", [lambda x: x.add_(1.0), lambda x: x.__setitem__(..., 1.0)])
def test_writing_to_an_expanded_tensor_is_explained(write):
    with pytest.raises(RuntimeError, match=r"expand|clone\(\)|same memory|single memory"):
        write(tl.zeros(1).expand(3))


def test_a_view_survives_new_data_in_its_base():
    w = leaf(2.0)
    x = tl.zeros(3, dtype="float64")
    v = x[0]
    x.data = tl.ones(3, dtype="float64")
    v.add_(w)
    assert (x.tolist(), v.item()) == ([1.0, 1.0, 1.0], 2.0)
    v.backward()
    assert w.grad.item() == 1.0


# ---------------------------------------------------------------------------------- random programs
#
# Views of x and of one another, all alive, are read and written at random, here and in PyTorch.

SIDE = 4
VIEWS = [
    lambda t: t[0],
    lambda t: t[-1],
    lambda t: t[1:],
    lambda t: t[:2],
    lambda t: t[::2],
    lambda t: t.transpose(0, -1),
    lambda t: t[..., -1],
    lambda t: t[..., 1:],
    lambda t: t[:],
    lambda t: t.unsqueeze(0),
    lambda t: t.view(-1),
    lambda t: t.squeeze(),
    lambda t: t.permute(*range(t.ndim)[::-1]),
]


def masked(t, value):
    t[t > 0.5] = value


def rows(t, value):
    t[[0, -1] if len(t) > 1 else [0]] = value


def first(t, value):
    t[0] = value


def last(t, value):
    t[..., -1] = value


SCALAR_WRITES = [
    lambda t, s: t.mul_(s),
    lambda t, s: t.add_(s),
    lambda t, s: t.sub_(s * 0.5),
    lambda t, s: t.div_(s * s + 1.0),
    lambda t, s: t.zero_(),
    lambda t, s: t.fill_(0.75),
    lambda t, s: t.copy_(s),
    lambda t, s: t.tanh_(),
    lambda t, s: t.clamp_(-1.0, 1.0),
    lambda t, s: t.neg_(),
    masked,
    rows,
    first,
    last,
]
FULL_WRITES = [
    lambda t, other: t.mul_(other),
    lambda t, other: t.add_(other),
    lambda t, other: t.copy_(other),
    lambda t, other: t.__setitem__(..., other),
]
number = st.integers(0, 1000)
action = st.one_of(
    st.tuples(st.just("view"), number, st.integers(0, len(VIEWS) - 1)),
    st.tuples(st.just("scalar"), number, st.integers(0, len(SCALAR_WRITES) - 1), number),
    st.tuples(st.just("full"), number, st.integers(0, len(FULL_WRITES) - 1), number),
    st.tuples(st.just("use"), number),
)


def run_actions(lib, leaves, actions, constant):
    x0, w, flat = leaves
    tensors = [x0 * 0.5 if constant else x0 * 1.0]
    total = (flat * flat).sum()
    for kind, pick, *rest in actions:
        t = tensors[pick % len(tensors)]
        settle(*tensors)
        if kind == "view":
            if t.ndim and t.shape[0] > 1:
                try:
                    tensors.append(VIEWS[rest[0]](t))
                except RuntimeError:  # view() where strides do not allow it: in both libraries
                    tensors.append(t)
        elif kind == "scalar":
            if t.ndim:
                SCALAR_WRITES[rest[0]](t, w[rest[1] % SIDE] + 0.0)
        elif kind == "full":
            start, count = rest[1] % 3, int(np.prod(t.shape))
            other = flat[start : start + count].reshape(tuple(t.shape))
            FULL_WRITES[rest[0]](t, other)
        else:
            total = total + (t + 1.0).sum() * 0.5
    for i, t in enumerate(tensors):
        total = total + (t.clone() ** 2).sum() * (i + 1.0)
    return tensors, total


@given(st.lists(action, min_size=3, max_size=14), st.integers(0, 2**32 - 1), st.booleans())
def test_random_writes_have_pytorchs_values_and_gradients(actions, seed, constant):
    ours, theirs = leaves((SIDE, SIDE), (SIDE,), (SIDE * SIDE + 3,), seed=seed)
    if constant:
        ours[0].requires_grad_(False)
        theirs[0].requires_grad_(False)
    wanted_tensors, wanted_total = run_actions(torch, theirs, actions, constant)
    tensors, total = run_actions(tl, ours, actions, constant)
    for t, wanted in zip(tensors, wanted_tensors, strict=True):
        assert_same(t, wanted, rtol=1e-9, atol=1e-12)
        assert t.requires_grad == wanted.requires_grad
    try:
        wanted_total.backward()
    except RuntimeError:
        # PyTorch needs something that was overwritten; here a recorded write keeps a copy of it.
        return
    total.backward()
    for mine, wanted in zip(ours, theirs, strict=True):
        if wanted.grad is None:
            assert mine.grad is None or not mine.grad.numpy().any()
        elif mine.grad is None:
            assert not wanted.grad.numpy().any()
        else:
            scale = max(1.0, wanted.grad.abs().max().item())
            assert_same(mine.grad, wanted.grad, rtol=1e-8, atol=1e-10 * scale)


# ------------------------------------------------------------------------- found by a fresh reader


@pytest.mark.parametrize("change", ["labels", "scores"])
def test_cross_entropy_does_not_follow_what_was_changed_since(change):
    """A plain backward has what it needs; one that is recorded would compute it from the change."""
    w = tl.tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    scores, labels = w * 1, tl.tensor([0])
    loss = tl.nn.functional.cross_entropy(scores, labels)
    right = tl.autograd.grad(loss, w, retain_graph=True)[0].tolist()
    (labels.fill_ if change == "labels" else scores.mul_)(2)
    assert tl.autograd.grad(loss, w, retain_graph=True)[0].tolist() == right
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        tl.autograd.grad(loss, w, create_graph=True)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("which", ["max", "min"])
def test_the_indices_that_max_returns_may_not_lead_its_gradient_astray(which, keepdim):
    x = tl.tensor([[1.0, 2.0, 0.0]], requires_grad=True)
    values, indices = getattr(x, which)(1, keepdim=keepdim)
    indices.fill_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        values.sum().backward()


def test_a_retained_gradient_is_that_of_the_tensor_as_it_became():
    x = tl.tensor(2.0, requires_grad=True)
    h = x * 3
    h.retain_grad()
    h.mul_(2)
    (h * h).sum().backward()
    assert h.grad.item() == 24.0


@pytest.mark.parametrize("value", [None, "7", "x"])
def test_what_is_no_number_cannot_be_assigned(value):
    x = tl.ones(3)
    for write in (lambda: x.__setitem__(0, value), lambda: x.fill_(value)):
        with pytest.raises(TypeError, match="expected numbers"):
            write()
    assert x.tolist() == [1.0, 1.0, 1.0]


def test_an_integer_tensor_cannot_hold_nan():
    x = tl.tensor([1, 2])
    with pytest.raises(ValueError, match="int64 cannot hold nan"):
        x[0] = float("nan")
    assert x.tolist() == [1, 2]


def test_replaced_data_are_not_taken_for_what_was_used():
    x = leaf([1.0, 2.0])
    z = (x**3).sum()
    x.data = x.data * 2.0
    assert tl.autograd.grad(z, x, retain_graph=True)[0].tolist() == [3.0, 12.0]
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation since: \.data = "):
        tl.autograd.grad(z, x, create_graph=True)


def test_a_gradient_is_not_given_to_a_leaf_of_another_shape():
    x = leaf([1.0, 2.0, 3.0])
    z = (x * 2.0).sum()
    x.data = tl.ones(5, dtype="float64")
    with pytest.raises(tl.ShapeError, match=r"shape \(3,\), but the leaf now has \(5,\)"):
        z.backward()
    assert x.grad is None


@pytest.mark.parametrize("other", [tl.ones(5, dtype=tl.float64), tl.ones(3)])
def test_a_result_cannot_be_given_data_of_another_kind(other):
    """Its gradient would be of this kind too: backward ended in NumPy's words, or blamed an op."""
    x = leaf([1.0, 2.0, 3.0])
    for k, y in enumerate((x[...], x * 2.0)):
        with pytest.raises(tl.ShapeError, match="data: this tensor was computed"):
            y.data = other
        y.data = tl.tensor([4.0, 5.0, 6.0], dtype=tl.float64)
        (y * y).sum().backward()
        assert x.grad.tolist() == [[8.0, 10.0, 12.0], [24.0, 30.0, 36.0]][k]


def test_a_view_made_under_no_grad_cannot_be_written_recorded():
    x, w = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([2.0, 3.0])
    y = x * 1.0
    with tl.no_grad():
        row = y[0]
    with pytest.raises(RuntimeError, match=r"mul_: this view was made under no_grad\(\)"):
        row.mul_(w)
    assert y.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("where", ["tick", "_keep_latest"])
def test_a_write_that_ctrl_c_leaves_half_noted_is_forgotten_without_a_word(where):
    """The array that goes then is looked for in a table that it has not come into."""
    array = np.ones(3)
    interrupted = mock.patch.object(versions, where, side_effect=KeyboardInterrupt)
    with interrupted, pytest.raises(KeyboardInterrupt):
        versions.mark_memory(array, "test")
    key = id(array)
    del array
    assert key not in versions._writes


def test_ctrl_c_is_not_lost_while_an_array_goes_that_was_written():
    """It came inside of the function that forgot the array: Python printed it, and went on."""
    array, lines = np.ones(3), []
    versions.mark_memory(array, "test")
    key, before = id(array), sys.gettrace()
    sys.settrace(lambda frame, *_: lines.append(frame.f_code.co_filename))
    del array
    sys.settrace(before)
    assert (lines, key in versions._writes) == ([], False)
