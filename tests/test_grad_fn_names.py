"""What ``grad_fn`` is called: as in PyTorch, for whatever a beginner prints."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import tinygrad_lr as tg

# One line for each: x is (2, 2), v (2,), b (2, 2, 2), and all of them require grad.
LINES = """
x+1  x+x  1+x  x-1  x-x  1-x  x*2  x*x  2*x  x/2  x/x  2/x  -x  x**2  x**0.5  x**x  2**x
x.pow(2)  x.add(x)  x.sub(1)  x.mul(x)  x.div(2)  x.neg()  abs(x)  t.tensor(2.0)-x
x@x  x@v  v@x  v@v  b@b  b@x  b@v  x.mm(x)  t.matmul(x,x)
x.exp()  x.log()  x.sqrt()  x.sin()  x.cos()  x.tanh()  x.sigmoid()  x.relu()  x.abs()  x.sign()
t.tan(x)  t.log1p(x)  t.expm1(x)  t.log2(x)  t.erf(x)  x.clamp(0,1)  x.clamp(min=0)
x.sum()  x.sum(0)  x.sum(dim=(0,1))  x.sum(1,keepdim=True)  x.mean()  x.mean(0)  x.mean((0,1))
x.var()  x.var(0)  x.std()  x.std(0)  x.max()  x.min()  x.max(0)[0]  x.min(1).values  x.amax(0)
x.logsumexp(0)  x.softmax(0)  x.log_softmax(0)  t.maximum(x,x)  t.minimum(x,x)  t.max(x,x)
x.t()  x.T  x.mT  x.transpose(0,1)  x.permute(1,0)  t.t(x)  t.transpose(x,0,1)  b.mT
x.reshape(4)  x.view(4)  x.flatten()  x.view(-1,1)  x.view_as(x)  x.reshape_as(x)  b.flatten(1)
x.squeeze()  x.squeeze(0)  x.unsqueeze(0)  x.unsqueeze(-1).squeeze(-1)  x.expand(3,2,2)
x[0]  x[-1]  x[:1]  x[0,1]  x[:,0]  x[:,:1]  x[0:1,0:1]  x[0,:1]  x[:1,0]  x[None]  x[:,None]
x[[0,1]]  x[t.tensor([0,1])]  x[x>0]  x[range(2),[0,1]]  x[:]  b[0,:,1]  v[0]  v[::2]  v[1:]
x.clone()  x.double()  x.to(t.float64)  t.cat([x,x])  t.stack([x,x])  t.where(x>0,x,x)
x.index_select(0,t.tensor([0]))  x.gather(0,t.tensor([[0,1]]))
F.linear(x,x)  F.linear(x,x,v)  F.linear(b,x)  F.linear(b,x,v)  F.linear(v,x,v)  F.linear(v,x)
F.mse_loss(x,x)  F.cross_entropy(x,t.tensor([0,1]))  F.nll_loss(x,t.tensor([0,1]))  F.relu(x)
t.nn.Linear(2,2)(x)  t.nn.Flatten()(b)  t.nn.ReLU()(x)  t.nn.MSELoss()(x,x)
t.bmm(b,b)  t.addmm(x,x,x)  t.addmm(x,x.detach(),x.detach())  x.masked_fill(x>0,0.0)  x.trace()
x.masked_select(x>0)  t.take(x,t.tensor([0]))  x.scatter(0,t.tensor([[0,1]]),x)  x.roll(1)
x.scatter_add(0,t.tensor([[0,1]]),x)  x.index_add(0,t.tensor([0,1]),x)  t.nan_to_num(x)
t.addcmul(x,x,x)  t.rot90(x)  t.block_diag(x,x)  x.nansum()  t.vdot(v,v)  x.clamp(x,x)
(x*1).add_(1)  (x*1).mul_(2)  (x*1).relu_()  (x>0).float()*x  (x**2).mean()  x.t().contiguous()
"""
EXPRESSIONS = [expression for line in LINES.splitlines() for expression in line.split("  ") if line]


def result(t: Any, expression: str) -> Any:
    x, v, b = (t.ones(*shape, requires_grad=True) for shape in ((2, 2), (2,), (2, 2, 2)))
    return eval(expression, {"t": t, "F": t.nn.functional, "x": x, "v": v, "b": b})


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_it_is_pytorchs(expression: str) -> None:
    ours, theirs = result(tg, expression).grad_fn, result(torch, expression).grad_fn
    assert ours.name() == theirs.name()
    assert repr(ours).startswith(f"<{ours.name()} object at 0x")


PRINTED_AFTERWARDS = ["x.sum()", "x.mean(0).sum()", "(x**2).sum()", "F.mse_loss(x,x)", "2-v[0]"]


@pytest.mark.parametrize("expression", PRINTED_AFTERWARDS)
def test_it_is_still_so_after_a_backward(expression: str) -> None:
    loss = result(tg, expression)
    before = loss.grad_fn.name()
    loss.backward()
    assert loss.grad_fn.name() == before == result(torch, expression).grad_fn.name()


def test_an_operation_of_ones_own_keeps_its_name() -> None:
    linear = tg.Op("linear", lambda x, w: x * w, lambda g, y, x, w: g * w, lambda g, y, x, w: g * x)
    x = tg.ones(2, requires_grad=True)
    assert linear(x, x).grad_fn.name() == "LinearBackward0"


EDGES = ["x*x", "x+1", "x@v", "x.sum()", "x[0]", "x.t()", "F.linear(x,x,v)", "x**2", "2*x"]


@pytest.mark.parametrize("expression", EDGES)
def test_next_functions_lead_down_to_the_leaves(expression: str) -> None:
    def below(node: Any) -> list[Any]:
        return [None if f is None else f.name() for f, _ in node.next_functions]

    if expression.startswith("F"):  # PyTorch's addmm is given the weight transposed
        theirs = [
            name.replace("TBackward0", "torch::autograd::AccumulateGrad")
            for name in below(result(torch, expression).grad_fn)
        ]
    else:
        theirs = below(result(torch, expression).grad_fn)
    assert below(result(tg, expression).grad_fn) == theirs


def test_the_variable_of_a_leaf_is_the_leaf() -> None:
    w = tg.ones(2, requires_grad=True)
    ((end, _),) = (w * 2).grad_fn.next_functions[:1]
    assert end.variable is w
    assert end.next_functions == ()
