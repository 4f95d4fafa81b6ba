"""The graph behind a result: what is a leaf, what requires grad, what keeps its gradient.

Leaves and computed tensors, their marks (is_leaf, requires_grad, grad_fn), how the graph is read,
how a leaf is frozen, retain_grad, and the updates by which a leaf is lost.
"""

import numpy as np
import pytest
import torch
from leaves import assert_grad, leaf

import tinygrad_lr as tl
from tinygrad_lr.autograd import Node, backward
from tinygrad_lr.graph import Value


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
    assert repr(y.grad_fn).startswith("<AddBackward0 object at 0x")
    ((below, zero), (constant, _)) = y.grad_fn.next_functions
    assert below is h.grad_fn
    assert isinstance(below, Node)
    assert zero == 0  # in PyTorch: which of several results of `below`; here there is one
    assert constant is None
    ends = [end for end, _ in below.next_functions]
    assert [end.name() for end in ends] == ["torch::autograd::AccumulateGrad"] * 2
    assert repr(ends[0]).startswith("<AccumulateGrad object at 0x")
    assert (ends[0].variable is x, ends[1].variable is w) == (True, True)
    assert ends[0] == below.next_functions[0][0] != ends[1]


def test_a_recorded_operation_can_be_called_by_hand_again_and_again():
    x = leaf([1.0, 2.0])
    y = x * x
    for _ in range(2):
        assert y.grad_fn(tl.ones(2, dtype="float64"))[0].tolist() == [1.0, 2.0]
    y.sum().backward()
    assert_grad(x, [2.0, 4.0])


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


# ------------------------------------------------------------------------------------ requires_grad


def test_only_floats_can_require_gradients():
    for make in (lambda: tl.tensor([1], requires_grad=True), lambda: tl.ones(1).long()):
        with pytest.raises(RuntimeError, match=r"(?s)floating point.*int64.*\.float\(\)"):
            make().requires_grad_()


def test_requires_grad_can_be_switched_on_a_leaf_only():
    x = tl.ones(2)
    assert x.requires_grad_() is x
    assert x.requires_grad
    y = x * 2.0
    with pytest.raises(RuntimeError, match=r"(?s)switched off for a leaf.*detach\(\)"):
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


def test_a_leaf_that_was_frozen_since_gets_no_gradient():
    x, w = leaf([1.0]), leaf([2.0])
    y = (x * w).sum()
    x.requires_grad_(False)
    y.backward()
    assert x.grad is None
    assert_grad(w, [1.0])


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


# -------------------------------------------------------------------------------------- retain_grad


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
    with pytest.warns(UserWarning, match=r"(?s)not a leaf.*retain_grad\(\)"):
        assert y.grad is None


# ---------------------------------------------------------------------------------- updates by hand


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
