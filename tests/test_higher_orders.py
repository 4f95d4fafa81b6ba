"""Gradients of gradients: with create_graph=True they can be differentiated, and trained on."""

import math

import numpy as np
import pytest
import torch
from leaves import assert_grad, derivatives, leaf

import tinygrad_lr as tl
from tinygrad_lr.autograd import grad


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


def test_gradients_are_constants_unless_asked_otherwise():
    x = leaf(3.0)
    assert not grad(x**2, x)[0].requires_grad
    (x**2).backward()
    assert not x.grad.requires_grad
