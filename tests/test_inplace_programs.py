"""Random writes: views of x and of one another, all alive, are read and written as in PyTorch."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from leaves import assert_same, leaves
from writes import settle

import tinygrad_lr as tl

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
