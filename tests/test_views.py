"""Leaves, views, copies and graphs gone through twice: the same lines here and in PyTorch.

Each program is run with both libraries as `torch`. What ``show(...)`` is given must be equal, and
where one raises an error the other must, of the same kind.
"""

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import torch

import tinygrad_lr as tl

W = "w = torch.tensor([2.0, 3.0, 5.0, 7.0], requires_grad=True)"

LEAVES_THAT_ARE_VIEWS = """
x = torch.ones(4); y = x[:2].requires_grad_(); y.mul_(2.0)
---
x = torch.ones(4); y = x[:2].requires_grad_(); y[0] = 2.0
---
x = torch.ones(4); y = x[:2].requires_grad_(); y[:1].mul_(2.0)
---
x = torch.ones(4); y = x[:2].requires_grad_(); y.zero_()
---
x = torch.ones(2, 2); y = x.T.requires_grad_(); y += 1.0
---
x = torch.ones(4); y = x.view(2, 2).requires_grad_()
with torch.no_grad(): y.mul_(3.0)
show(x, y.is_leaf, y.requires_grad)
(y * y).sum().backward()
show(y.grad, x.grad)
---
x = torch.ones(4); y = x[:2].requires_grad_(); x.mul_(2.0)
show(y, y.is_leaf, y.requires_grad, x.requires_grad)
(y * 3.0).sum().backward()
show(y.grad)
---
x = torch.ones(4); y = x[:2].requires_grad_(); x.mul_(w)
show(y.is_leaf, y.requires_grad)
y.sum().backward()
show(y.grad, w.grad)
---
x = torch.ones(4); y = x[:2].requires_grad_(); z = y[:1]; (z * 2.0).sum().backward()
show(y.grad, z.is_leaf)
---
a = torch.ones(4); v = a[:]; a.requires_grad_(); v.add_(5.0)
---
a = torch.ones(4); v = a[1:]; a.requires_grad_(); v[0] = 5.0
---
a = torch.ones(4); v = a.view(2, 2); a.requires_grad_(); v.mul_(w.view(2, 2))
---
a = torch.ones(4); v = a[:]; a.requires_grad_()
show(v.requires_grad, v.is_leaf)
---
a = torch.ones(4); v = a[:]; a.requires_grad_()
with torch.no_grad(): v.add_(5.0)
show(a, v)
"""

UNDER_NO_GRAD = """
with torch.no_grad(): v = w[:2]
show(v.requires_grad, v.is_leaf)
v.add_(5.0)
---
with torch.no_grad():
    v = w[:2]
    v.add_(5.0)
show(w, v.requires_grad)
---
h = w * 2.0
with torch.no_grad(): v = h[:2]
show(v.requires_grad, v.is_leaf)
v.add_(5.0)
---
h = w * 2.0
with torch.no_grad(): v = h[:2]
h.mul_(3.0)
v + 1.0
---
h = w * 2.0
with torch.no_grad(): v = h[:2][:1]
h.mul_(3.0)
v * 2.0
---
h = w * 2.0
with torch.no_grad(): v = h[:2].requires_grad_()
v.add_(5.0)
---
h = w * 2.0
with torch.no_grad(): v = h[:2]
with torch.no_grad(): v.add_(1.0)
show(v, h)
h.sum().backward()
show(w.grad)
---
h = torch.ones(4)
with torch.no_grad(): v = h[:2]
v.mul_(w[:2])
---
h = torch.ones(4)
with torch.no_grad(): v = h[:2]
h.mul_(w)
v.sum().backward()
---
h = torch.ones(4)
with torch.no_grad(): v = h[:2]
v.mul_(2.0)
show(h, v.requires_grad)
---
h = torch.ones(4)
with torch.no_grad(): v = h[:2]
h.requires_grad_()
show(v.requires_grad)
(v * 3.0).sum().backward()
"""

DETACHED = """
d = w.detach()[:2]; d.add_(1.0)
show(w, d.requires_grad)
---
h = w * 2.0; d = h.detach()[:2]; d.add_(1.0)
show(h)
h.sum().backward()
show(w.grad)
---
h = w * 2.0; z = h * h; d = h.detach()[:2]; d.add_(1.0)
z.sum().backward()
---
d = w.detach()[1:]; d.mul_(torch.ones(3, requires_grad=True))
show(w, w.is_leaf, d.is_leaf)
---
d = w[1:].detach().requires_grad_(); d.mul_(2.0)
---
h = w * 2.0; d = h.detach()[:2].requires_grad_(); d.mul_(2.0)
---
h = w * 2.0; d = h.data[0]; d.zero_()
show(h)
"""

EXPANDED = """
a = torch.zeros(1).expand(3); a[0] = 1.0
show(a)
---
a = torch.zeros(1).expand(3); a[0] += 1.0; a[-1] += 2.0
show(a)
---
a = torch.zeros(1).expand(3); a[1].add_(1.0)
show(a)
---
a = torch.zeros(1).expand(3); a[0:1] = 1.0
show(a)
---
a = torch.zeros(1).expand(3); a[0:2] = 1.0
---
a = torch.zeros(1).expand(3); a[:] = 1.0
---
a = torch.zeros(1).expand(3); a[...] = 1.0
---
a = torch.zeros(1).expand(3); a.add_(1.0)
---
a = torch.zeros(1).expand(3); a += 1.0
---
a = torch.zeros(1).expand(3); a.copy_(torch.ones(3))
---
a = torch.ones(1).expand(3); a.zero_()
show(a)
---
a = torch.ones(1).expand(3); a.fill_(2.0)
show(a)
---
a = torch.zeros(1).expand(3); a[[0]] = 2.0
show(a)
---
a = torch.zeros(1).expand(3); a[torch.tensor([True, False, False])] = 2.0
show(a)
---
b = torch.zeros(2, 1); a = b.expand(2, 3); a[:, 0] = 2.0
show(a, b)
---
b = torch.zeros(2, 1); a = b.expand(2, 3); a[0, 1] = 2.0
show(a, b)
---
b = torch.zeros(2, 1); a = b.expand(2, 3); a[0] = 2.0
---
b = torch.zeros(3); a = b.expand(2, 3); a[0] = 2.0
show(a, b)
---
b = torch.zeros(3); a = b.expand(1, 3); a.add_(1.0)
show(a, b)
---
h = w[:2].reshape(2, 1) * 1.0; a = h.expand(2, 3); a[:, 0] = 2.0
show(a, h)
a.sum().backward()
show(w.grad)
---
h = w[:2].reshape(2, 1) * 1.0; a = h.expand(2, 3); a[:, 0].mul_(3.0)
show(a, h)
(a * torch.ones(2, 3)).sum().backward()
show(w.grad)
---
h = w[:1] * 1.0; a = h.expand(3); a.add_(2.0)
"""

PARTS = """
h = w * 2.0; v = h.view(2, 2).diagonal(); v.mul_(3.0)
show(h, v)
h.sum().backward(); show(w.grad)
---
x = torch.zeros(3, 3); x.diagonal().copy_(torch.tensor([1.0, 2.0, 3.0])); show(x)
---
x = torch.zeros(3, 4); x.diagonal(1).fill_(5.0); x.diagonal(-1)[0] = 7.0; show(x)
---
x = torch.zeros(2, 3); x.select(1, 2).add_(1.0); x.narrow(1, 0, 2)[0] = w[:2]; show(x)
(x * x).sum().backward(); show(w.grad)
---
h = w * 1.0; h.narrow(0, 1, 2).mul_(h.select(0, 3).detach()); show(h)
(h * h).sum().backward(); show(w.grad)
---
x = torch.zeros(2, 3); x.movedim(0, 1)[2, 0] = 1.0; x.swapaxes(0, 1)[0, 1] = 2.0; x.mT[1, 1] = 3.0
x.H[2, 1] = 4.0; x.ravel()[0] = 5.0; x.adjoint()[1, 0] = 6.0; show(x)
---
x = torch.zeros(6); x.unflatten(0, (2, -1))[1, 0] = 1.0; show(x)
---
x = torch.zeros(4)
with torch.no_grad():
    for i, part in enumerate(x.split(2)): part.add_(i)
    for part in x.chunk(2): part[0] = 7.0
    x.unbind()[3].fill_(9.0)
    torch.tensor_split(x, 3)[1][0] = 8.0
show(x)
---
x = torch.zeros(2); a, b = torch.broadcast_tensors(x, torch.zeros(3, 1)); show(a, b)
x[0] = 1.0; show(a)
---
x = torch.zeros(2); y = torch.atleast_2d(x); y[0, 1] = 1.0; z = torch.atleast_1d(x)
show(x, y, z is x)
---
x = torch.zeros(2, 2)
for copy_ in (x.flip(0), x.roll(1, 0), x.repeat(1, 1), x.tile(1), torch.rot90(x, 0), torch.diag(x),
              x.tril(), torch.rot90(x), torch.nn.functional.pad(x, (0, 0)), x.repeat_interleave(1)):
    copy_.fill_(9.0)
show(x)
---
h = w * 2.0; i = torch.tensor([1, 0])
for made in (h.scatter(0, i, h), h.scatter_add(0, i, h), h.take(i), h.index_fill(0, i, 9.0),
             h.index_copy(0, i, h[:2]), h.index_add(0, i, h[:2])):
    show(made); made.detach_()
---
h = w * 2.0; h.unsqueeze_(0); show(h, h.grad_fn is not None, h.is_leaf)
v = h[0]; h.t_(); h.mul_(2.0); show(h, v)
h.sum().backward(); show(w.grad)
---
x = torch.zeros(1, 3); v = x[0]; x.squeeze_(); x[1] = 2.0; show(x, v)
x.unsqueeze_(1).mul_(w[:3].unsqueeze(1)); show(x, v)
v.sum().backward(); show(w.grad)
---
x = torch.arange(6.0).view(2, 3); v = x[:, 1:]; v.t_(); v[0] = 9.0; show(x, v)
x.transpose_(0, 1); v.add_(1.0); show(x, v)
---
x = torch.arange(4.0).view(2, 2); x.swapaxes_(0, 1); x.swapdims_(0, 1); x.t_(); show(x)
---
w.unsqueeze_(0)
---
with torch.no_grad(): w.unsqueeze_(0)
show(w, w.is_leaf, w.requires_grad)
---
w.view(2, 2).t_()
---
x = torch.ones(2, 2); x.requires_grad_(); x.tril_()
---
x = (w * 1.0).view(2, 2); x.triu_(1); show(x)
x.sum().backward(); show(w.grad)
"""

COPIES = """
h = w * 2.0; c = copy.copy(h)
show(c is h, c.requires_grad, c.is_leaf)
c.add_(1.0)
---
c = copy.copy(w); c.add_(1.0)
---
x = torch.ones(4); c = copy.copy(x); c.add_(1.0)
show(x, c.requires_grad)
---
w.grad = torch.ones(4); c = copy.copy(w)
show(c.grad, c.requires_grad, c.is_leaf)
(c * 2.0).sum().backward()
show(c.grad, w.grad)
---
w.mark = 3; show(copy.copy(w).mark, copy.deepcopy(w).mark, pickle.loads(pickle.dumps(w)).mark)
---
p = torch.nn.Parameter(torch.ones(2), requires_grad=False)
show(type(copy.copy(p)).__name__, copy.copy(p).requires_grad)
---
x = torch.ones(4); c, d = copy.deepcopy([x, x[1:]]); c.zero_()
show(x, d)
---
x = torch.ones(4); d, c = copy.deepcopy([x[1:], x]); c.zero_()
show(x, d)
---
x = torch.arange(6.0).reshape(2, 3); c, d, e = copy.deepcopy([x, x.T, x[:, 1]]); c[0, 1] = 9.0
show(c, d, e, x)
---
x = torch.arange(6.0)[::2]; c = copy.deepcopy(x); c[1] = 9.0
show(c, x)
---
x = torch.ones(2, 1).expand(2, 3); c = copy.deepcopy(x); c[0, 0] = 5.0
show(c, x)
---
w.grad = torch.ones(4); c = copy.deepcopy(w); c.grad.zero_()
show(c.grad, w.grad)
---
copy.deepcopy(w * 2.0)
---
copy.deepcopy(w[:2])
---
c, d = pickle.loads(pickle.dumps([w, w]))
show(c is d, c.requires_grad, c)
---
w.grad = torch.ones(4); show(pickle.loads(pickle.dumps(w)).grad)
---
p = torch.nn.Parameter(torch.ones(2), requires_grad=False); c = pickle.loads(pickle.dumps(p))
show(type(c).__name__, c.requires_grad)
---
a, b = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
b.weight = a.weight
for c in (copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))):
    net = c(torch.nn.Sequential(a, b))
    show(net[0].weight is net[1].weight, net[0].bias is net[1].bias)
"""

GRADIENTS = """
w.grad = torch.ones(4)
del w.grad
show(w.grad)
w.sum().backward()
show(w.grad)
---
h = w * 2.0
show(h.retains_grad, w.retains_grad)
h.retain_grad(); w.retain_grad()
show(h.retains_grad, w.retains_grad)
h.sum().backward()
del h.grad
show(h.grad, h.retains_grad)
---
w.grad = w
---
a = torch.ones(4, requires_grad=True); (w * a).sum().backward(inputs=[w]); show(w.grad, a.grad)
---
a = torch.ones(4, requires_grad=True); (w * a).sum().backward(inputs=a); show(w.grad, a.grad)
---
h = w * w; h.sum().backward(inputs=[h]); show(w.grad, h.grad)
---
h = w * w; h.retain_grad(); h.sum().backward(inputs=[h]); show(w.grad, h.grad)
---
h = w * w; h.retain_grad(); h.sum().backward(inputs=[w]); show(w.grad, h.grad)
---
a = torch.ones(4, requires_grad=True); w.sum().backward(inputs=[a]); show(w.grad, a.grad)
---
w.sum().backward(inputs=[torch.ones(4)])
---
w.sum().backward(inputs=[])
---
torch.autograd.grad(w.sum(), [])
---
torch.autograd.backward([(w * w).sum(), w.sum()], inputs=[w, w]); show(w.grad)
---
(w**3).sum().backward(inputs=[w], create_graph=True); show(w.grad)
g = w.grad; w.grad = None; g.sum().backward(inputs=[w]); show(w.grad)
---
b = torch.ones((), requires_grad=True); b.backward(inputs=[b]); show(b.grad)
---
with torch.no_grad(): show(w.numpy(), (w * 2.0).numpy())
h = w * 2.0
with torch.no_grad(): show(h.numpy())
show(h.numpy(force=True), w.numpy(force=True))
h.numpy()
---
with torch.set_grad_enabled(False): show(np.asarray(w))
np.asarray(w)
---
x = torch.ones(2); v = torch.autograd.Variable(x, requires_grad=True); v.mul_(2.0)
---
x = torch.ones(2); v = torch.autograd.Variable(x, requires_grad=True); y = v * v; x.mul_(2.0)
y.sum().backward()
---
v = torch.autograd.Variable(w); show(v.requires_grad)
"""

NAN = 'nan, inf = float("nan"), float("inf")\n'
EXTREMES = "\n---\n".join(
    f"{NAN}x = torch.tensor({rows}, requires_grad=True); y = x.{name}\n"
    "y.sum().backward()\nshow(x.grad)"
    for rows in (
        "[1.0, nan, 2.0, nan]",
        "[[1.0, nan], [3.0, 3.0]]",
        "[[nan, nan], [nan, nan]]",
        "[3.0, 1.0, 3.0]",
        "[[inf, 1.0], [inf, inf]]",
        "[-inf, -inf, 2.0]",
        "[[1.0], [nan], [-inf]]",
        "4.0",
        "nan",
    )
    for name in ("max()", "min()", "amax()", "amin()", "amax(0)", "amin(-1)")
)

TWICE = [
    *("x + 1", "x + x", "x + torch.ones(3, 4)", "x + torch.ones(4)", "x.sum(0) + x", "x - 1"),
    *("1 - x", "torch.ones(4) - x", "torch.add(x, x, alpha=2)", "torch.sub(x, x, alpha=2)", "-x"),
    *("x.sum()", "x.sum(0)", "x.sum(1, keepdim=True)", "x.mean()", "x.mean(0)", "x.sign()"),
    *("x[0]", "x[:2]", "x[..., None]", "x[1, 2]", "x.T", "x.view(4, 3)", "x.reshape(-1)"),
    *("x.flatten()", "x.permute(1, 0)", "x.transpose(0, 1)", "x.squeeze()", "x.unsqueeze(0)"),
    *("x.expand(2, 3, 4)", "torch.cat([x, x])", "torch.stack([x, x])", "x.clone()"),
    *("x.double()", "x.float()", "x.clone().fill_(3)", "x.clone().copy_(x)", "(x + 1).add_(x)"),
    *("(x + x).sum(0).mean().reshape(1)", "x.clone().zero_()"),
    *("x * torch.ones(3, 4)", "x * torch.tensor(2.0)", "x / torch.ones(3, 4)", "x * x", "x ** 2"),
    *("2 / x", "2 ** x", "x ** x", "x[[0, 1]]", "x[x > 0]", "x.index_select(0, i)", "x.max()"),
    *("x.gather(0, torch.zeros(1, 4).long())", "torch.where(x > 0, x, x)", "x.max(0)[0]"),
    *("torch.where(x > 0, x, 0.0)", "torch.maximum(x, x)", "x.clamp(0, 1)", "x.clamp(min=0)"),
    *("x.abs()", "x.exp()", "x.log()", "x.sqrt()", "x.tanh()", "x.sigmoid()", "x.relu()"),
    *("x.sin()", "x.cos()", "x.var()", "x.std(0)", "x.logsumexp(0)", "x.softmax(0)", "x.amax(0)"),
    *("x.log_softmax(0)", "x @ x.T", "F.linear(x, torch.ones(2, 4))", "x.argmax() + x"),
    *("F.mse_loss(x, torch.ones(3, 4))", "F.cross_entropy(x, torch.tensor([0, 1, 2]))"),
    *("F.nll_loss(x, torch.tensor([0, 1, 2]))", "x.clone().mul_(torch.ones(4))"),
]


def programs(text: str) -> list[str]:
    return [lines.strip() for lines in text.split("---\n")]


def plain(value, library):
    if isinstance(value, library.Tensor):
        value = value.detach()
    return value.tolist() if hasattr(value, "tolist") else value


def run(program: str, library) -> list[object]:
    shown: list[object] = []
    names = {"torch": library, "copy": copy, "pickle": pickle, "np": np}
    names["show"] = lambda *values: shown.extend(plain(value, library) for value in values)
    try:
        exec(f"{W}\n{program}", names)
    except Exception as error:
        shown.append(error)
    return shown


def agree(ours: list[object], theirs: list[object]) -> bool:
    if theirs and isinstance(theirs[-1], Exception):
        *theirs, error = theirs
        if not ours or not isinstance(ours[-1], type(error)):
            return False
        ours = ours[:-1]
    return repr(ours) == repr(theirs)


@pytest.mark.parametrize(
    "program",
    [
        *programs(LEAVES_THAT_ARE_VIEWS),
        *programs(UNDER_NO_GRAD),
        *programs(DETACHED),
        *programs(EXPANDED),
        *programs(PARTS),
        *programs(COPIES),
        *programs(GRADIENTS),
        *programs(EXTREMES),
    ],
)
def test_the_same_lines_do_the_same_here_and_in_pytorch(program: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's
        ours, theirs = run(program, tl), run(program, torch)
        assert agree(ours, theirs), f"\n{program}\nours: {ours}\ntheirs: {theirs}"


# ------------------------------------------------------------------------ through a graph twice


def gradients_of_two(text: str, library, second: str) -> object:
    """The gradients by going back twice; or "freed"."""
    x = library.tensor([[0.5, 1.5, 2.5, 3.5]] * 3, requires_grad=True)
    names = {"torch": library, "x": x, "F": library.nn.functional, "i": library.tensor([0, 2])}
    y = eval(text, names)
    weights = library.ones_like(y)
    y.backward(weights)
    try:
        if second == "backward":
            y.backward(weights)
            return x.grad.tolist()
        if second == "backward, recorded":
            y.backward(weights, create_graph=True)
            return x.grad.tolist()
        return library.autograd.grad(y, x, weights)[0].tolist()
    except RuntimeError as error:
        return "freed" if "second time" in str(error) else error


@pytest.mark.filterwarnings("ignore:Using backward")
@pytest.mark.parametrize("second", ["backward", "backward, recorded", "grad"])
@pytest.mark.parametrize("text", TWICE)
def test_a_second_time_works_where_it_works_in_pytorch(text: str, second: str) -> None:
    """Nothing was kept for it, so nothing was freed."""
    assert gradients_of_two(text, tl, second) == gradients_of_two(text, torch, second)


@pytest.mark.parametrize(
    "text", ["x * 2", "2.0 * x", "x / 4", "(x * 2).sum()", "x.clone().mul_(3)"]
)
def test_a_second_time_works_beside_a_number(text: str) -> None:
    """Which PyTorch keeps as a tensor, and frees."""
    once = gradients_of_two(text, tl, "grad")
    assert gradients_of_two(text, tl, "backward") == (2 * np.array(once)).tolist()
    assert gradients_of_two(text, torch, "grad") == "freed"


def test_two_results_of_one_part_that_keeps_nothing() -> None:
    for library in (tl, torch):
        x = library.tensor([1.0, 2.0], requires_grad=True)
        shared = x.sum() + 1.0
        (shared * shared).backward()
        (shared + x[0]).backward()
        assert x.grad.tolist() == [10.0, 9.0]
        (one,) = library.autograd.grad(shared, x)
        (other,) = library.autograd.grad(shared, x)
        assert one.tolist() == other.tolist() == [1.0, 1.0]


def test_a_side_branch_that_was_freed_is_in_nobodys_way() -> None:
    for library in (tl, torch):
        x = library.tensor([1.0, 2.0], requires_grad=True)
        w = library.tensor([1.0, 2.0], requires_grad=True)
        y = (x * x + w).sum()
        y.backward()
        assert library.autograd.grad(y, w)[0].tolist() == [1.0, 1.0]
        with pytest.raises(RuntimeError, match="second time"):
            library.autograd.grad(y, x)


@pytest.mark.parametrize("text", [t for t in TWICE if "cross_entropy" not in t])
def test_what_went_backward_keeps_no_array(text: str) -> None:
    """Neither where a second time works."""
    x = tl.tensor([[0.5, 1.5, 2.5, 3.5]] * 3, requires_grad=True)
    i = tl.tensor([0, 2])
    names = {"torch": tl, "x": x * 1, "F": tl.nn.functional, "i": i}
    y = eval(text, names)
    y.backward(tl.ones_like(y))
    nodes, arrays = [y.grad_fn], []
    while nodes:
        node = nodes.pop()
        nodes += [edge for edge in node.edges if isinstance(edge, tl.autograd.Node)]
        kept = [node.args, node.output, list(node.params.values())]
        while kept:
            thing = kept.pop()
            kept += thing if isinstance(thing, (list, tuple)) else []
            arrays += [thing] if isinstance(thing, np.ndarray) else []
    assert arrays == []


# ------------------------------------------------------------- one memory, by ways of its own


def test_an_own_op_that_returns_its_input_or_a_part_of_it_gives_a_view() -> None:
    """Without saying so: `view=True` is not needed."""
    shows = {
        "part": tl.Op("part", lambda a: a[1:], lambda g, y, a: tl.ops.scatter(
            g, index=(slice(1, None),), shape=a.shape)),
        "itself": tl.Op("itself", lambda a: a, lambda g, y, a: g),
        "itself, as it says": tl.Op("itself", lambda a: a, lambda g, y, a: g, view=True),
        "strided": tl.Op("strided", lambda a: np.lib.stride_tricks.as_strided(
            a, a.shape, a.strides), lambda g, y, a: g),
        "turned": tl.Op("turned", lambda a: a.T, lambda g, y, a: g.T),
        "flat": tl.Op("flat", lambda a: a.reshape(-1), lambda g, y, a: g.reshape(a.shape)),
        "second": tl.Op("second", lambda a, b: b, lambda g, y, a, b: g * 0.0,
                        lambda g, y, a, b: g),
        "first": tl.Op("first", lambda a, b: a[...], lambda g, y, a, b: g,
                       lambda g, y, a, b: g * 0.0),
    }  # fmt: skip
    for name, op in shows.items():
        w = tl.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        h = w * 1.0
        others = {"second": (tl.ones(2, 2), h), "first": (h, tl.ones(2, 2))}
        v = op(*others.get(name, (h,)))
        v.mul_(3.0)  # known to h, too
        assert np.shares_memory(v.array, h.array)
        (h * h).sum().backward()
        expected = np.where(h.array == w.array, 2, 18) * w.array
        assert w.grad.tolist() == expected.tolist(), name
        h = w * 1.0
        v = op(*({"second": (tl.ones(2, 2), h), "first": (h, tl.ones(2, 2))}).get(name, (h,)))
        h.mul_(3.0)  # known to v, too
        w.grad = None
        (v * v).sum().backward()
        expected = 18 * w.array * ([[0], [1]] if name == "part" else 1)
        assert w.grad.tolist() == expected.tolist(), name
        leaf = tl.ones(2, 2, requires_grad=True)
        with pytest.raises(RuntimeError, match="leaf"):
            op(*({"second": (tl.ones(2, 2), leaf), "first": (leaf, tl.ones(2, 2))}).get(
                name, (leaf,))).add_(1.0)  # fmt: skip


def test_an_own_op_that_shows_memory_as_another_dtype_is_refused_in_place() -> None:
    bits = tl.Op("bits", lambda a: a.view("uint32"), None)
    w = tl.ones(2, requires_grad=True)
    h = tl.ones(2)
    seen = bits(h)
    h.mul_(w)
    with pytest.raises(RuntimeError, match="shows the memory"):
        seen + 1


def test_integers_and_truth_values_that_show_a_leafs_memory_require_no_grad() -> None:
    for dtype in ("uint32", "bool"):
        h = tl.ones(2)
        seen = tl.Op("bits", lambda a, dtype=dtype: a.view(dtype), None)(h)
        h.requires_grad_()
        assert not seen.requires_grad


def test_neighbours_in_one_array_are_not_each_others_views() -> None:
    rows = np.ones((2, 3), np.float32)
    a, b = tl.from_numpy(rows[0]), tl.from_numpy(rows[1])
    last = tl.Op("last", lambda a, b: b[1:], lambda g, y, a, b: None, None)
    w = tl.tensor(2.0, requires_grad=True)
    last(a, b).mul_(w)
    assert (a.requires_grad, b.requires_grad) == (False, True)
    assert b.tolist() == [1.0, 2.0, 2.0]


def test_pickle_keeps_a_tensor_and_its_view_on_one_memory() -> None:
    """PyTorch does so in torch.save only."""
    x = tl.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin, row, turned = pickle.loads(pickle.dumps([x, x[1], x.T], protocol))
        twin[1, 2] = 9.0
        assert (row.tolist(), turned.tolist()[2]) == ([4.0, 5.0, 9.0], [3.0, 9.0])
    assert x.tolist()[1] == [4.0, 5.0, 6.0]


def test_pickle_of_what_was_computed_says_what_to_do() -> None:
    loss = (tl.ones(2, requires_grad=True) * 2.0).sum()
    for thing in (loss, {"loss": [loss]}):
        with pytest.raises(RuntimeError, match=r"(?s)only a leaf can be pickled.*detach\(\)"):
            pickle.dumps(thing)
    assert pickle.loads(pickle.dumps(loss.detach())).item() == 4.0


@pytest.mark.parametrize("library", [tl, torch])
def test_a_result_named_in_inputs_retains_its_gradient_from_then_on(library: Any) -> None:
    """Looking at it warned that it is no leaf, and the next backward left it as it was."""
    w = library.tensor([1.0, 2.0], requires_grad=True)
    h = w * 2.0
    loss = (h * h).sum()
    loss.backward(inputs=[h], retain_graph=True)
    assert (h.grad.tolist(), w.grad, h.retains_grad) == ([4.0, 8.0], None, True)
    loss.backward()
    assert (h.grad.tolist(), w.grad.tolist()) == ([8.0, 16.0], [8.0, 16.0])


PARTS = {
    "split": lambda x: x.split(3),
    "split into sizes": lambda x: x.split([*range(1, 17), len(x) - 136]),
    "unbind": lambda x: x.unbind(),
    "unbind columns": lambda x: x.unbind(1),
    "chunk": lambda x: x.chunk(40),
    "tensor_split": lambda x: x.tensor_split(37),
    "a loop": list,
}


@pytest.mark.parametrize("how", PARTS)
def test_many_parts_have_the_gradients_of_few(how: str) -> None:
    """Where there are many, they are taken of groups."""
    seen = []
    for library in (tl, torch):
        x = library.arange(300 * 20, dtype=library.float32).reshape(300, 20).requires_grad_()
        parts = PARTS[how](x)
        sum((part * part).sum() * i for i, part in enumerate(parts)).backward()
        assert "Backward0" in parts[-1].grad_fn.name()
        shared = x.detach().clone()
        last = PARTS[how](shared)[-1]
        last.mul_(2.0)
        seen.append([x.grad, shared, *parts])
    assert len(seen[0]) == len(seen[1])
    for ours, theirs in zip(*seen):
        assert np.array_equal(ours.numpy(force=True), theirs.numpy(force=True))


@pytest.mark.parametrize("how", ["unbind", "split", "a loop"])
def test_the_gradients_of_many_parts_are_not_put_among_zeros_for_all_of_them(how: str) -> None:
    def zeros(count: int) -> int:
        parts = PARTS[how](tl.ones(count, requires_grad=True))
        found, stack = set(), [part.node for part in parts]
        while stack:
            node = stack.pop()
            if node is not None and node not in found:
                found.add(node)
                stack += [edge if isinstance(edge, type(node)) else None for edge in node.edges]
        return sum(node.args[0].size for node in found)

    assert zeros(2000) < 2.5 * zeros(1000)  # not 4 times
