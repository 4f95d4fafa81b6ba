"""Functions of shape, of picking, of products: single lines, here and in PyTorch.

What each gives: values, dtype, shape, gradients; and which error, where it is wrong. (PyTorch's own
samples of the operators are in test_operator_samples.py.)
"""

import re
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tl

SETTING = """
F = torch.nn.functional
x = torch.arange(6.0).reshape(2, 3).requires_grad_()
v = x[0] * 1.0
n = torch.arange(12).reshape(3, 4)
m = x > 2.0
i = torch.tensor([1, 0])
"""
SETTING = compile(SETTING, "setting", "exec")  # once, and not for every line

SHAPES = """
x.split(2, dim=1); x.split([1, 2], 1); torch.split(x, 1); x.split(split_size=1); x.split(5)
x.chunk(2, dim=-1); torch.chunk(x, 4); x.chunk(chunks=2); torch.tensor_split(n, (1, 2), dim=1)
torch.tensor_split(n, 3, 1); n.tensor_split(torch.tensor([1, 9])); n.tensor_split([-1], dim=0)
n.tensor_split(sections=2); n.tensor_split(indices=(1,)); x.unbind(); torch.unbind(x, dim=1)
x.select(0, -1); x.narrow(1, -2, 2); torch.narrow(n, 0, 0, 0); x.narrow(1, torch.tensor(1), 1)
n.hsplit(2); n.vsplit([1]); torch.hsplit(v, [1, 2]); torch.hstack((v, v)); torch.hstack([x, x])
torch.vstack((v, v)); torch.row_stack([x, v]); torch.dstack([v, v]); torch.column_stack([v, v])
torch.column_stack((x, x)); torch.hstack([n, x[:1].T]); torch.concat([x, x], 1)
torch.concatenate((x, x), dim=1); torch.vstack([i[0], i[1]]); x.tile((2,)); x.tile(2, 1)
torch.tile(v, dims=(2, 2)); x.repeat(2, 1); x.repeat((1, 2, 1)); v.repeat(0)
v.repeat_interleave(2); x.repeat_interleave(torch.tensor([1, 2]), dim=0)
torch.repeat_interleave(x, 2, dim=1); torch.repeat_interleave(n, torch.tensor([2]), 0); x.roll(1)
x.roll((1, -1), (0, 1)); x.roll(shifts=1, dims=1); torch.roll(n, -1, 0); x.flip(0); x.flip([0, 1])
x.flip(dims=(1,)); torch.flip(n, (-1,)); x.fliplr(); n.flipud(); torch.rot90(n)
x.rot90(3, (0, 1)); torch.rot90(n, -2); x.movedim(0, 1); torch.moveaxis(x, (0, 1), (1, 0))
x.swapaxes(0, 1); torch.swapdims(n, 0, 1); x.adjoint(); x.H; x.mH; v.unflatten(0, (3, 1))
n.unflatten(-1, (-1, 2)); torch.unflatten(n, dim=1, sizes=[2, 2]); x.ravel(); torch.ravel(n.T)
torch.atleast_1d(i[0]); torch.atleast_2d(v); torch.atleast_3d(v, x); torch.atleast_2d([v, x])
torch.broadcast_to(v, (2, 3)); x.broadcast_to((2, 2, 3)); torch.broadcast_tensors(x, v)
torch.broadcast_shapes((2, 1), (3,), (1, 1, 1)); torch.block_diag(x, v); torch.block_diag(n, n)
x.diagonal(); n.diagonal(offset=1); n.diagonal(-1); torch.diag(v); torch.diag(n, 1); v.diag(-1)
n[None].diagonal(dim1=1, dim2=2); torch.diag_embed(x); v.diag_embed(1); torch.diagflat(x, -1)
x.tril(); torch.triu(n, 1); torch.tril(n, diagonal=-1); n.triu(diagonal=-1); x.unfold(1, 2, 1)
F.pad(x, (1, 1)); F.pad(x, (0, 0, 1, 0), value=2.0); F.pad(x, (-1, 1))
F.pad(n, (1, 0), "constant", 3); F.pad(x[None], (2, 1), mode="reflect")
F.pad(x[None], (2, 1), mode="replicate"); F.pad(x[None], (2, 1), mode="circular")
F.pad(m, (1, 0)); n.mT; torch.diag(torch.ones(3)); torch.tril(torch.ones(3, 3))
torch.triu(torch.ones(2, 3) * float("inf"), 1)
"""

WRONG = """
x.split(0); x.split([1, 2]); x.split(-1); x.chunk(0); torch.chunk(torch.tensor(1.0), 2)
x.select(0, 2); x.narrow(0, 1, 2); x.narrow(0, 3, 0); x.narrow(0, 0, -1); x.hsplit(2); v.vsplit(1)
x.dsplit(1); x.repeat(2); x.tile(-1); x.repeat_interleave(-1)
x.repeat_interleave(torch.tensor([1, 2, 3]), 0); x.roll((1, 2), 0); x.roll((1, 2)); x.flip(0, 0)
x.flip(2); v.fliplr(); v.rot90(); x.rot90(1, (0, 0)); x.movedim((0,), (0, 1))
x.movedim((0, 0), (0, 1)); x.unflatten(1, (2, 2)); x.unflatten(1, (-1, 2)); v.H
torch.broadcast_shapes((2,), (3,)); torch.broadcast_tensors(x, torch.ones(4)); torch.hstack([])
torch.vstack([x, n]); torch.hstack([x, n]); torch.block_diag(x[None]); x.diagonal(0, 0, 0)
v.diagonal(); torch.diag(x[None]); torch.diag_embed(x, dim1=0, dim2=0); v.tril()
x.unfold(1, 4, 1); x.unfold(1, 1, 0); F.pad(x, (1,)); F.pad(x, (1,) * 6); F.pad(x, (-2, -2))
F.pad(x, (1, 1), "mirror"); F.pad(x[None], (3, 0), mode="reflect")
F.pad(x[None], (4, 0), mode="circular"); v.adjoint(); x.unbind(2); torch.unbind(torch.tensor(1.0))
x.tensor_split(0); torch.tensor_split(x, torch.tensor([1.0])); x.masked_fill(m, v)
x.masked_fill(n, 1.0); x.masked_fill(m.T, 1.0); x.masked_select(n); x.take(v)
x.take(torch.tensor([6])); x.masked_scatter(m, n); x.masked_scatter(m, torch.ones(1)); x.put(i, v)
x.index_put((i,), i); x.index_put((0,), v); x.index_put((torch.tensor([5]),), v)
x.index_add(0, i, v); x.index_add(0, torch.tensor([0, 5]), x); x.index_add(0, i.float(), x)
x.index_copy(0, i.int(), x); x.index_fill(0, torch.tensor([2]), 1.0); x.index_fill(0, i, v)
x.scatter(0, i, x); x.scatter(1, i[:, None], n); x.scatter(1, i[:, None] + 3, x)
x.scatter(1, i[:, None]); x.scatter_add(1, i[:, None], n); x.nonzero(1); torch.where(m, x)
x.scatter(1, i[:, None].float(), x); F.one_hot(i.int()); F.one_hot(i, 1); F.one_hot(-i)
F.one_hot(torch.zeros(0).long()); F.one_hot(i, 0); torch.zeros(3).fill_diagonal_(1)
torch.zeros(1, 2, 3).fill_diagonal_(1); x.masked_fill_(m, 1.0); x.scatter_(1, i[:, None], 1.0)
v.masked_fill_(m, 1.0); x.index_put_((i,), v); torch.take_along_dim(x, i, 0)
torch.take_along_dim(x, i.float()); x.fill_diagonal_(1); torch.dot(x, x); torch.dot(v, v[:2])
torch.mv(v, x); torch.bmm(x, x); torch.bmm(x[None], x[None]); torch.outer(x, v)
torch.dot(v, v.double()); torch.kron(x, 2.0); torch.trace(v); torch.cross(x[:, :2], x[:, :2])
torch.matrix_power(x, 2); torch.addmm(v, x, x.T); torch.addmm(v[:2].double(), x, x.T)
torch.tensordot(x, x, 1); torch.tensordot(x, x, ([0, 1], [0])); torch.tensordot(x, x, 3)
torch.einsum("ij,jk->ik", x, x); torch.einsum("ijk", x); torch.einsum("ij->k", x)
torch.einsum("ij,jk", x); torch.einsum("ij->ii", x); torch.einsum("i1", x); torch.einsum("ii", x)
torch.einsum(x, [0, 99]); torch.einsum("i..j", x); torch.einsum("ij,jk", x, n)
torch.inner(x, x.T); torch.bmm(x[None], 2.0); torch.addr(x, v, v)
"""

PICKING = """
x.masked_fill(m, 9.0); x.masked_fill(m[0], float("-inf")); n.masked_fill(n > 5, 2.7)
x.masked_fill(m, torch.tensor(2.0, requires_grad=True)); torch.masked_fill(v, m[:, :1], value=1)
x.masked_select(m); torch.masked_select(x, m[1]); n.masked_select(n > 5)
x.masked_scatter(m, torch.arange(4.0)); x.take(torch.tensor([0, -1, 0])); torch.take(n, i[None])
torch.take_along_dim(n, n.argmax(1, keepdim=True), dim=1); x.take_along_dim(torch.tensor([3, 3]))
x.put(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]), accumulate=True); n.put(i, i + 40)
x.index_put((i, i), torch.tensor([7.0, 8.0])); x.index_put((i,), v)
x.index_put([m], torch.tensor(0.0)); x.index_put((i, i), torch.tensor(1.0), accumulate=True)
x.index_put((i[0], i), torch.tensor(5.0))
x.index_put((torch.tensor([0, 0]),), v, accumulate=True); n.index_put((i,), torch.tensor([5]))
x.index_add(0, i, x.detach()); x.index_add(1, torch.tensor([2, 2]), x[:, :2], alpha=2.0)
x.index_add(dim=0, index=torch.tensor(1), source=x[:1]); x.index_copy(0, i, x)
n.index_copy(1, i, n[:, 2:]); x.index_fill(0, i[:1], 5)
x.index_fill(1, torch.tensor([-1]), torch.tensor(1.5)); x.index_select(0, i)
x.scatter(0, i[None, :], 9.0); x.scatter(1, i[:, None], x[:, :1])
x.scatter(dim=1, index=i[:, None], value=1); x.scatter(1, i[:, None], src=x[:, 1:2] * 2.0)
n.scatter(0, torch.tensor([[0, 0, 0, 0]]), n, reduce="add")
torch.zeros(2, 3).scatter(1, i[:, None], 1.0, reduce="add")
torch.scatter_add(x, 0, i[None, :], x[:1, :2]); x.scatter_add(1, torch.zeros(2, 3).long(), x)
torch.zeros(3).scatter_add(0, torch.tensor([0, 0]), v[1:]); m.nonzero(); torch.nonzero(n)
torch.nonzero(m, as_tuple=True); torch.nonzero(torch.tensor(3.0)); torch.argwhere(x)
torch.where(m); torch.where(m, x, 0.0); torch.where(m, 1, 0); torch.where(m, 1.0, 0)
torch.zeros(0, 2).nonzero(); x[m.nonzero(as_tuple=True)]; x[torch.where(m)]; torch.where(x > 9)[0]
F.one_hot(i); F.one_hot(i, 4); F.one_hot(i[None], num_classes=2); F.one_hot(torch.tensor(2), 3)
F.one_hot(torch.zeros(0).long(), 3); x[..., None]; x[:, ::2]; x[i]; x[[1, 0]]; x[-1, -2:]
x[None, 1]; x[torch.arange(2), torch.tensor([2, 0])]; x[:, i]; x[m[:, 0]]; x[0][1]; x[1:, 1:]
x[i, :][:, i]; x[torch.randperm(2).sort().values] if hasattr(torch, "sort") else x
"""

PRODUCTS = """
torch.cdist(x, x + 1.0); torch.cdist(x, x, p=1.0)
torch.cdist(x[:1], x.detach() * 3.0 + 1.0, float("inf")); torch.cdist(x, x)
torch.cat((x, x), axis=1); torch.stack((v, v), axis=-1); torch.unsqueeze(v, axis=0)
x[:, :1].softmax(axis=1); x.squeeze(axis=0); x.cumsum(axis=0); x.std(axis=1); x.unbind(axis=1)[0]
torch.bmm(n[None], n.T[None], out=n.new_zeros(0)); torch.dot(v, v); v.dot(v); torch.vdot(v, v)
torch.mv(x, v); x.mv(v); torch.outer(v, v[:2]); torch.ger(v, v)
torch.outer(v, torch.tensor([1, 2])); torch.bmm(x[None], x.T[None]); x[None].bmm(mat2=x.mT[None])
torch.inner(x, v); torch.inner(x, torch.tensor(2.0)); v.inner(v); torch.kron(x, torch.eye(2))
torch.kron(v, x); torch.trace(x); n.trace(); torch.matrix_power(torch.ones(2, 2), 3)
torch.ones(2, 2).matrix_power(0); torch.chain_matmul(x, x.T, x); torch.cross(x, x.flip(1), dim=1)
torch.cross(v, v.roll(1)); torch.addmm(v[:2], x, x.T)
torch.addmm(v[:2], x, x.T, beta=0.5, alpha=2.0); torch.addmv(v[:2], x, v)
torch.addmm(torch.tensor(float("nan")), x, x.T, beta=0); torch.addr(x, v[:2], v)
x.addr(v[:2], v, alpha=2); torch.baddbmm(v[:2], x[None], x.T[None])
torch.addbmm(v[:2], x[None], x.T[None], beta=2.0); torch.tensordot(x, x, 2)
torch.tensordot(x, x, dims=([1], [1])); torch.tensordot(x, x.T, 1); torch.tensordot(v, v, 0)
torch.tensordot(n, n, dims=[[0, 1], [0, 1]]); x @ x.T; v @ v; x @ v; v @ x.T; x[None] @ x.T
torch.matmul(x, x.T[None]); n @ n.T; x.T.mm(x); torch.einsum("ij,kj->ik", x, x)
torch.einsum("ij,jk", x, x.T); torch.einsum("ij->ji", x); torch.einsum("ij->", x)
torch.einsum("ij->j", x); torch.einsum("i,j->ij", v, v); torch.einsum("i,i", v, v)
torch.einsum("ii", x @ x.T); torch.einsum("ii->i", x @ x.T)
torch.einsum("bij,bjk->bik", x[None], x.T[None])
torch.einsum("...ij,...jk->...ik", x[None, None], x.T); torch.einsum("i...->...", x)
torch.einsum("...", x); torch.einsum("b i , b j -> b i j", x, x); torch.einsum("ij,ij->i", x, x)
torch.einsum("ba", x); torch.einsum("ij,jk,kl->il", x, x.T, x)
torch.einsum("bi,oij,bj->bo", x, torch.ones(4, 3, 3), x)
torch.einsum(x, [0, 1], x, [2, 1], [0, 2]); torch.einsum(x, [1, 0])
torch.einsum("ij,jk->ik", [x, x.T]); torch.einsum(x, [..., 0], v, [0], [...])
torch.einsum("Ab,bc", x, x.T); torch.einsum("ij,j->ij", x, v[:1])
torch.einsum("iji->j", torch.ones(2, 3, 2)); torch.einsum("ij,kl->", x, x)
torch.einsum("ij,kl->jk", x, x); torch.einsum("ij,jk->ik", n, n.T)
torch.einsum("...i,...i->...", x, v); torch.einsum("ij", x); torch.einsum("i,ij,j->", v[:2], x, v)
torch.einsum("abc,abd->cd", x[..., None], x[..., None])
"""

WRITTEN = """
y.add_(other=x); y.scatter_(dim=1, index=i[:, None], src=x[:, :1]); y.mul_(other=x)
y.masked_fill_(mask=m, value=v[0]); y.index_copy_(0, index=i, source=x)
y.index_fill_(1, i, value=v[1]); y.masked_fill_(m, 9.0); y.masked_scatter_(m, y.clone())
y.put_(i, v[:2].detach()); y.index_put_((i,), v)
y.index_put_((i, i), torch.tensor(1.0), accumulate=True); y.index_add_(0, i, y.clone())
y.index_copy_(0, i, y.clone()); y.index_fill_(1, i, 3.0); y.scatter_(1, i[:, None], 1.0)
y.scatter_(1, i[:, None], x.detach()); y.scatter_add_(0, i[None, :], x.detach())
y.fill_diagonal_(4.0); y.scatter_(1, i.unsqueeze(1), value=5.0); y.tril_(); y.triu_(1)
y.scatter_(0, i[None], x[:1, :2]); y.T.fill_diagonal_(1, wrap=True); y[0].masked_fill_(m[0], v[0])
y.index_fill_(0, i[:1], x[0, 1]); y[:, 1].scatter_(0, i, v[:2])
y.view(-1).put_(i, v[:2], accumulate=True)
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\n", ";").split(";") if line.strip()]


def done(line: str, library: Any) -> tuple[Any, Any]:
    """What a line gives, and the `x` in it."""
    names = {"torch": library}
    exec(SETTING, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's, about what is old in itself
        return eval(line, names), names["x"]


def seen(value: Any) -> Any:
    """What a reader sees of a result: its kind, and of each Tensor values, dtype and shape."""
    if isinstance(value, (tuple, list)) and not all(isinstance(n, int) for n in value):
        return [seen(item) for item in value]
    if not hasattr(value, "detach"):
        return tuple(value) if isinstance(value, tuple) else value
    grad = value.requires_grad
    return str(value.dtype).removeprefix("torch."), tuple(value.shape), grad, value.tolist()


def gradient(value: Any, x: Any) -> Any:
    """Of the squares of what a line gives, by x; or None."""
    values = value if isinstance(value, (tuple, list)) else [value]
    moving = [y for y in values if getattr(y, "requires_grad", False)]
    if not moving or (moving[0].is_leaf and moving[0] is not x):
        return None
    sum(((y * y).sum() for y in moving), 0.0).backward()
    return x.grad


@pytest.mark.parametrize("line", lines(SHAPES + PICKING + PRODUCTS))
def test_a_line_and_its_gradient_give_what_they_give_in_pytorch(line: str) -> None:
    (ours, x), (theirs, other_x) = done(line, tl), done(line, torch)
    assert isinstance(ours, tuple) == isinstance(theirs, tuple)
    assert repr(seen(ours)) == repr(seen(theirs))
    mine, other = gradient(ours, x), gradient(theirs, other_x)
    assert (mine is None) == (other is None)
    if mine is not None:
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-5)


def gradients(line: str, library: Any) -> Any:
    """Of what is written to y, and to what it is a view of, by everything that it came from."""
    setting = {"torch": library}
    exec(SETTING, setting)
    base = setting["y"] = setting["x"] * 1.0
    value = eval(line, setting)
    assert value is not base or "y." in line
    (base * base + value.sum()).sum().backward()
    return seen(base), seen(value), seen(setting["x"].grad)


NEEDS_VALUES = r"pick by a mask|ask for a value|draws no random numbers"  # and is refused in words


@pytest.mark.parametrize("line", lines(SHAPES + PICKING + PRODUCTS))
def test_a_traced_line_gives_what_the_line_gives(line: str) -> None:
    setting = {"torch": tl}
    exec(SETTING, setting)
    code = compile(line, "line", "eval")

    def step(a: tl.Tensor) -> list[tl.Tensor]:
        value = eval(code, setting | {"v": a * setting["x"][0], "m": setting["x"] > 2.0})
        values = value if isinstance(value, (tuple, list)) else [value]
        return [y.detach() * 1 for y in values if isinstance(y, tl.Tensor)]

    traced, argument = tl.jit.trace(step), tl.ones(3)
    expected = traced(argument)
    try:
        found = [traced(argument), traced(argument)][1]
    except tl.jit.CaptureError as error:
        if not re.search(NEEDS_VALUES, str(error)):
            raise
        return
    assert repr(seen(found)) == repr(seen(expected))


@pytest.mark.parametrize("line", lines(WRITTEN))
def test_what_is_written_in_place_has_pytorchs_gradients(line: str) -> None:
    assert repr(gradients(line, tl)) == repr(gradients(line, torch))


@pytest.mark.parametrize("line", lines(WRONG))
def test_a_wrong_line_is_refused_as_by_pytorch(line: str) -> None:
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # whatever it is there
        done(line, torch)
    with pytest.raises(type(theirs.value)):
        done(line, tl)


@pytest.mark.parametrize(
    "line",
    [
        "x.split(1)[0]", "x.unbind()[0]", "x.narrow(0, 0, 1)", "x.select(0, 0)", "x.diagonal()",
        "torch.diag_embed(v)", "x.flip(0)", "x.roll(1, 0)", "x.tile(2)", "x.repeat(1, 1)",
        "x.tril()", "x.triu()", "x.movedim(0, 1)",
        "torch.hstack([x, x])", "x.ravel()",
    ],
)  # fmt: skip
def test_grad_fn_has_pytorchs_name(line: str) -> None:
    (ours, _), (theirs, _) = done(line, tl), done(line, torch)
    assert ours.grad_fn.name() == theirs.grad_fn.name()


def test_what_is_repeated_gets_the_sum_of_the_gradients() -> None:
    x = tl.arange(3.0).requires_grad_()
    (x.repeat(2, 2) * tl.arange(12.0).reshape(2, 6)).sum().backward()
    assert x.grad.tolist() == [0 + 3 + 6 + 9, 1 + 4 + 7 + 10, 2 + 5 + 8 + 11]


def test_numpys_numbers_are_numbers() -> None:
    x = tl.arange(6).reshape(2, 3)
    two = np.int64(2)
    assert len(x.split(two, dim=np.int64(1))) == 2
    assert x.tile(two).shape == (2, 6)
    assert x.roll(two, np.int32(1)).tolist() == [[1, 2, 0], [4, 5, 3]]
