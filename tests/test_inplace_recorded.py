"""A recorded write, also through a view, has PyTorch's values and gradients, program by program.

Each program takes the library, a computed x of (3, 4), leaves w (3, 4) and v (4,), writes to x and
may return views of it; then come programs at random.
"""

import numpy as np
import pytest
import torch
from leaves import assert_same, leaf, leaves
from writes import settle

import tinygrad_lr as tl


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


@pytest.mark.parametrize("lib", [tl, torch])
def test_what_is_named_in_a_write_gets_its_gradient(lib):
    x, y = lib.zeros(3), lib.ones(3, requires_grad=True)
    x.add_(other=y, alpha=2.0)
    x.sum().backward()
    assert y.grad.tolist() == [2.0, 2.0, 2.0]


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


def test_a_retained_gradient_is_that_of_the_tensor_as_it_became():
    x = tl.tensor(2.0, requires_grad=True)
    h = x * 3
    h.retain_grad()
    h.mul_(2)
    (h * h).sum().backward()
    assert h.grad.item() == 24.0


def test_a_view_survives_new_data_in_its_base():
    w = leaf(2.0)
    x = tl.zeros(3, dtype="float64")
    v = x[0]
    x.data = tl.ones(3, dtype="float64")
    v.add_(w)
    assert (x.tolist(), v.item()) == ([1.0, 1.0, 1.0], 2.0)
    v.backward()
    assert w.grad.item() == 1.0
