"""Writing in place: what a write returns, what fits, and what may be written to at all.

A write gives the tensor itself, in its own memory, shape and dtype. A leaf that requires grad is
written under no_grad() only. Which writes backward notices is in test_inplace_noticed.py, what
recorded ones have for gradients in test_inplace_recorded.py.
"""

import numpy as np
import pytest
import torch
from leaves import assert_same, leaf, leaves
from writes import WRITES

import tinygrad_lr as tl

# ------------------------------------------------------------------------------------------- leaves


@pytest.mark.parametrize("write", WRITES)
def test_a_leaf_that_requires_grad_cannot_be_written_while_recording(write):
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(RuntimeError, match=r"(?s)leaf Tensor that requires grad.*no_grad"):
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


# -------------------------------------------------------------------------------- values and shapes


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
        with pytest.raises(tl.ShapeError, match=r"(?s)\(2, 3\).*cannot be stored.*\(3,\)"):
            write()
    h = leaf([1.0, 2.0, 3.0]) * 1.0
    with pytest.raises(tl.ShapeError, match=r"(?s)add_: .*\(2, 3\).*\(3,\)"):
        h += tl.ones(2, 3)
    assert h.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("index", "value"),
    [(0, tl.ones(2)), (slice(0, 2), tl.ones(3, 3)), ([0, 1], tl.ones(3, 3)), ((), tl.ones(2, 2))],
)
def test_an_assigned_value_that_does_not_fit_is_named(index, value):
    x = tl.ones(3, 3)
    with pytest.raises(
        tl.ShapeError, match=rf"(?s)shape \({value.shape[0]},.*tensor of shape \(3, 3\)"
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


@pytest.mark.parametrize("value", [None, "7", "x"])
def test_what_is_no_number_cannot_be_assigned(value):
    x = tl.ones(3)
    for write in (lambda: x.__setitem__(0, value), lambda: x.fill_(value)):
        with pytest.raises(TypeError, match="expected numbers"):
            write()
    assert x.tolist() == [1.0, 1.0, 1.0]


# ------------------------------------------------------------------------------------------- dtypes


def test_integers_cannot_hold_floats():
    x = tl.tensor([1, 2])
    writes = (
        lambda: x.add_(0.5),
        lambda: x.mul_(tl.ones(2)),
        lambda: x.div_(2),
        lambda: x.exp_(),
    )
    for write in writes:
        with pytest.raises(TypeError, match=r"(?s)float32.*cannot be stored.*int64"):
            write()
    with pytest.raises(TypeError, match="int64"):
        x += 0.5
    assert x.tolist() == [1, 2]
    x += 1
    x *= tl.tensor([2, 3])
    assert (x.tolist(), x.dtype) == ([4, 9], "int64")


def test_what_cannot_be_stored_is_told_the_dtype_that_can():
    with pytest.raises(TypeError, match=r"use x = x\.float\(\) first"):
        tl.tensor([1, 2]).mul_(1.5)
    with pytest.raises(TypeError, match=r"use x = x\.long\(\) first"):
        tl.tensor([True, False]).add_(2)


def test_a_comparison_in_place_is_kept_in_numbers():
    assert tl.tensor([1.0, 2.0]).eq_(1.0).tolist() == [1.0, 0.0]


def test_an_integer_tensor_cannot_hold_nan():
    x = tl.tensor([1, 2])
    with pytest.raises(ValueError, match="int64 cannot hold nan"):
        x[0] = float("nan")
    assert x.tolist() == [1, 2]


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


# -------------------------------------------------------------------------------------------- views


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


def test_an_expanded_result_is_written_by_its_places_or_with_a_gradient_after_a_clone():
    w = tl.ones(1, 3, requires_grad=True)
    wide = (w * 1.0).expand(2, 3)
    for write in (lambda: wide.__setitem__([0], 1.0), lambda: wide.fill_(w.sum())):
        with pytest.raises(RuntimeError, match=r"expanded.*clone\(\)"):
            write()


def test_what_is_not_stretched_can_be_written_to():
    for x in (
        tl.zeros(2, 3).T.unsqueeze(1),  # a dimension of size 1, and no step to the next
        tl.from_numpy(np.zeros((2, 3)).T[::-1, None]),
        tl.zeros(1, 0).expand(3, 0),
    ):
        assert x.add_(1.0).sum().item() == x.numel()


def test_a_write_to_a_part_of_an_array_that_lies_backwards_has_its_gradient():
    x, w = tl.from_numpy(np.arange(4.0)[::-1]), tl.tensor(2.0, dtype="float64", requires_grad=True)
    x[1:3].mul_(w)
    assert x.tolist() == [3.0, 4.0, 2.0, 0.0]
    x.sum().backward()
    assert w.grad.item() == 3.0


@pytest.mark.parametrize("strides", [(8, 8), (0, 8)])
def test_a_part_of_what_has_elements_in_common_cannot_be_written_recorded(strides):
    """PyTorch refuses to use what became of the whole."""
    x = tl.from_numpy(np.lib.stride_tricks.as_strided(np.arange(4.0), (2, 3), strides))
    w = tl.tensor(2.0, dtype="float64", requires_grad=True)
    with pytest.raises(RuntimeError, match=r"one in memory.*clone\(\)"):
        x[0].mul_(w)


def test_a_write_is_explained_by_what_it_writes():
    said = str(tl.sub.__doc__).replace(").sub(", ").sub_(")
    assert tl.Tensor.sub_.__doc__ == f"In place, and returned: {said}"


def test_a_view_made_under_no_grad_cannot_be_written_recorded():
    x, w = leaf([[1.0, 2.0], [3.0, 4.0]]), leaf([2.0, 3.0])
    y = x * 1.0
    with tl.no_grad():
        row = y[0]
    with pytest.raises(RuntimeError, match=r"mul_: this view was made under no_grad\(\)"):
        row.mul_(w)
    assert y.tolist() == [[1.0, 2.0], [3.0, 4.0]]
