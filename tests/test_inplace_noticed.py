"""A write to what backward needs is noticed: no gradient comes of a value overwritten since.

Through the tensor itself or whatever shares its memory, of an argument or a result, by an optimizer
or by `.data`. What no gradient needs may be overwritten, and a copy is nobody else's.
"""

import re
import sys
from unittest import mock

import numpy as np
import pytest
from leaves import assert_same, leaf, leaves
from writes import WRITES

import tinygrad_lr as tl
from tinygrad_lr import versions

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


# ------------------------------------------------------------------- through what shares the memory


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


# --------------------------------------------------------------------------------------------- when


def test_the_argument_of_a_write_is_watched_too():
    _, w, h = prepared()
    factor = w * 1.0
    h.mul_(factor)
    factor += 1.0
    with pytest.raises(RuntimeError, match=r"(?s)gradient of mul needs its argument b, .*add_"):
        h.sum().backward()


def test_an_optimizer_step_between_forward_and_backward_is_noticed():
    w = leaf([[1.0, 2.0]], "float32")
    h = tl.nn.functional.linear(leaf([[1.0, 1.0]], "float32"), w)
    y = (h * h).sum()
    y.backward(retain_graph=True)
    tl.optim.SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match=r"(?s)linear needs its argument weight.*SGD\.step\(\)"):
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


# --------------------------------------------------------------------------------------- other data


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


# ------------------------------------------------------------------------------------------- Ctrl-C


@pytest.mark.parametrize("where", ["tick", "insort"])
def test_a_write_that_ctrl_c_leaves_half_noted_is_forgotten_without_a_word(where):
    """The array that goes then is looked for in a table that it has not come into."""
    array = np.ones(3)
    interrupted = mock.patch.object(versions, where, side_effect=KeyboardInterrupt)
    with interrupted, pytest.raises(KeyboardInterrupt):
        versions.mark_memory(array, by="test")
    key = id(array)
    del array
    assert key not in versions._writes


def test_ctrl_c_is_not_lost_while_an_array_goes_that_was_written():
    """It came inside of the function that forgot the array: Python printed it, and went on."""
    array, lines = np.ones(3), []
    versions.mark_memory(array, by="test")
    key, before = id(array), sys.gettrace()
    sys.settrace(lambda frame, *_: lines.append(frame.f_code.co_filename))
    del array
    sys.settrace(before)
    assert (lines, key in versions._writes) == ([], False)
