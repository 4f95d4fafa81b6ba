# What a first lesson on tensors asks for: making, looking at, computing with them.
# %%
import math

import numpy as np
import torch

rows = [[1, 2], [3, 4]]
torch.tensor(rows), torch.from_numpy(np.array(rows)), torch.tensor(np.array(rows, np.float32))
# %%
print(type(torch.ones(2)), torch.tensor(((1, 2), [3, 4])).dtype, torch.tensor([1.0, 2]).dtype)
# %%
m = torch.arange(6.0).reshape(2, 3)
print(m.shape, m.size(), m.size(0), m.dim(), m.ndim, m.numel(), m.nelement(), torch.numel(m))
print(
    m.dtype,
    m.device,
    m.requires_grad,
    m.is_leaf,
    m.stride(),
    m.is_contiguous(),
    m.T.is_contiguous(),
)
# %%
print(m.shape.numel(), m.shape[0], len(m), list(m.shape), m.shape == (2, 3))
# %%
for like in (
    torch.zeros_like,
    torch.ones_like,
    torch.empty_like,
    torch.rand_like,
    torch.randn_like,
):
    print(like.__name__, like(m).shape, like(m, dtype=torch.float64).dtype)
# %%
print(m[0], m[:, 1], m[..., -1], m[1, 2].item(), m[m > 2], m[[1, 0]], m[:, None].shape)
# %%
w = m.clone()
w[:, 0] = 9
w[1, 2] = torch.tensor(-1.0)
w[w == 9] += 1
w
# %%
print(torch.cat([m, w]), torch.cat((m, w), dim=1), torch.stack([m, w], dim=1).shape)
# %%
print(
    m @ m.T, m.matmul(m.t()), torch.mm(m, m.T), m * m, m.mul(m), torch.mv(m, m[0]), m[0].dot(m[1])
)
# %%
product = torch.zeros(2, 2)
same = torch.matmul(m, m.T, out=product)
print(same is product, product, torch.add(m, 1, out=torch.empty(2, 3)))
# %%
total = m.sum()
print(total, total.item(), type(total.item()), float(total), int(total))
# %%
a = torch.ones(3)
n = a.numpy()
a.add_(1)
n[0] = 7
print(a, n, torch.from_numpy(n).sqrt_())
# %%
a, b = torch.arange(3).reshape(3, 1), torch.arange(2).reshape(1, 2)
a + b, a * b, (a + b).float() / 2, a**2
# %%
x = torch.tensor([1.0, 2, 4, 8])
y = torch.tensor([2, 2, 2, 2])
print(x + y, x - y, x * y, x / y, x**y, x == y, x > y, 1 / x, 2**x, -x, +x)
# %%
print(
    7 // torch.tensor(2),
    torch.tensor([5, -5]) % 3,
    -7 // torch.tensor([2.0]),
    torch.tensor([5, 6]) ^ 3,
)
print(torch.tensor([True, False]) & True, ~torch.tensor([True]), torch.tensor([1, 2]) << 1)
# %%
print(
    m.sum(0),
    m.sum(axis=1),
    m.sum(axis=[0, 1]),
    m.sum(1, keepdim=True),
    m.mean(dim=0),
    m.cumsum(axis=0),
)
# %%
print(
    m.sum(1, keepdims=True), m / m.sum(axis=1, keepdims=True), m.mean(axis=0), m.std(), m.var(dim=1)
)
# %%
print(
    m.max(),
    m.max(dim=1),
    m.min(0).values,
    m.argmax(),
    m.argmin(dim=1),
    torch.max(m, torch.ones(2, 3)),
)
# %%
print(torch.sort(x, descending=True), x.argsort(), torch.topk(x, 2), x.median(), torch.unique(y))
# %%
print(
    torch.unique(torch.tensor([3, 1, 1]), return_counts=True),
    torch.bincount(torch.tensor([0, 2, 2])),
)
# %%
print(torch.norm(torch.tensor([3.0, -4.0])), m.norm(), m.norm(dim=1), m.norm(p=1), torch.dist(m, w))
# %%
print(torch.abs(-x), torch.ceil(x / 3), torch.floor(x / 3), torch.round(x / 3), torch.trunc(-x / 3))
print(
    torch.clamp(x, 1.5, 3), x.clamp(min=2), torch.clip(x, max=3), torch.sign(-x), torch.frac(x / 3)
)
# %%
angles = torch.tensor([0, math.pi / 6, 1.0])
for name in [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "exp2",
    "expm1",
    "log1p",
    "erf",
    "sigmoid",
    "square",
    "rsqrt",
]:
    print(name, getattr(torch, name)(angles), getattr(angles, name)())
# %%
print(
    torch.log(x), torch.log2(x), torch.log10(x), torch.sqrt(x), torch.reciprocal(x), torch.pow(x, 2)
)
# %%
print(
    torch.allclose(x, x + 1e-9),
    torch.equal(x, x.clone()),
    torch.isclose(x, x + 1),
    torch.eq(x, x).all(),
)
# %%
odd = torch.tensor([1.0, math.nan, math.inf])
print(
    odd,
    odd.isnan(),
    torch.isinf(odd),
    odd.isfinite(),
    torch.nan_to_num(odd, posinf=9.0),
    odd.nansum(),
)
# %%
print(
    torch.linspace(0, 1, steps=5),
    torch.logspace(0, 2, 3),
    torch.arange(0, 1, 0.25),
    torch.eye(2, 3),
)
print(
    torch.full((2,), 7),
    torch.full((2,), 0.5),
    torch.zeros(2, dtype=torch.long),
    torch.empty(0),
    torch.tensor(5),
)
# %%
gx, gy = torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")
gx, gy
# %%
print(
    m.view(3, 2), m.view(-1), m.reshape(6, 1).shape, m.flatten(), m.permute(1, 0), m.transpose(0, 1)
)
print(m.unsqueeze(0).shape, m[None].squeeze(0).shape, m.expand(4, 2, 3).shape, m.view_as(w).shape)
# %%
print(
    torch.chunk(x, 2),
    torch.split(x, 3),
    x.unbind(),
    torch.hstack([x, x]),
    torch.vstack([x, x]).shape,
)
# %%
print(
    y.repeat(2, 1),
    torch.tile(y, (2,)),
    x.repeat_interleave(2),
    torch.roll(x, 1),
    torch.flip(x, [0]),
)
# %%
print(
    torch.where(m > 2, m, 0.0), torch.where(m > 2), torch.nonzero(m > 2), m.masked_fill(m > 2, -1)
)
# %%
print(
    m.masked_select(m > 2),
    torch.take(m, torch.tensor([0, 5])),
    m.gather(1, torch.tensor([[0], [2]])),
)
# %%
print(
    torch.zeros(2, 3).scatter_(1, torch.tensor([[2], [0]]), 1.0),
    m.index_select(1, torch.tensor([0, 2])),
)
# %%
print(
    torch.einsum("ij,kj->ik", m, m),
    torch.outer(x, x)[1],
    torch.bmm(m[None], m.T[None]),
    torch.trace(m @ m.T),
)
# %%
print(torch.tril(torch.ones(3, 3)), torch.triu(torch.ones(3, 3), diagonal=1), torch.diag(x[:2]))
# %%
print(
    torch.div(x, 3, rounding_mode="floor"),
    torch.remainder(-x, 3),
    torch.fmod(-x, 3),
    torch.lerp(x, 2 * x, 0.5),
)
# %%
print(
    m.int(),
    m.long().dtype,
    m.double().dtype,
    m.half().dtype,
    m.bool(),
    m.to(torch.int16),
    m.type(torch.float64).dtype,
)
# %%
print(
    m.type(), m.long().type(), torch.is_tensor(m), torch.is_floating_point(m), m.is_floating_point()
)
# %%
print(
    torch.FloatTensor([[1, 2]]),
    torch.LongTensor([1]),
    torch.IntTensor([1]),
    torch.DoubleTensor([1.5]),
    torch.BoolTensor([1, 0]),
)
# %%
print(m.tolist(), x.new_ones(2), x.new_zeros(2, 2), x.new_full((2,), 3.0), x.new_tensor([1, 2]))
# %%
print(torch.finfo(torch.float32).eps, torch.finfo(torch.float32).max, torch.iinfo(torch.int16).min)
# %%
print(
    torch.tensor([0.0001, 1.0]),
    torch.tensor([1e-8, 1.0]),
    torch.tensor([123456.0, 0.5]),
    torch.tensor([1e10]),
)
# %%
torch.set_printoptions(precision=2, sci_mode=False)
print(torch.tensor([1.23456, 1e-3]))
torch.set_printoptions(profile="default")
print(torch.tensor([1.23456]))
# %%
print(torch.arange(2000.0), torch.zeros(50, 50))
# %%
c = m.view(6)
print(
    c.data_ptr() == m.data_ptr(), c.untyped_storage().data_ptr() == m.untyped_storage().data_ptr()
)
# %%
print(torch.cuda.is_available(), torch.cuda.device_count(), torch.backends.mps.is_available())
device = torch.accelerator.current_accelerator().type if torch.accelerator.is_available() else "cpu"
print(f"Using {device} device", torch.device(device), torch.ones(1, device=device).to(device))
# %%
torch.device("cpu"), torch.device("cuda"), torch.device("cuda:1"), torch.device("cuda", 0)
# %%
print(
    torch.manual_seed(3) is not None,
    torch.rand(2).shape,
    torch.randint(0, 5, (3,)).dtype,
    torch.randperm(4).sort().values,
)
print(
    torch.normal(0.0, 1.0, (2, 2)).shape,
    torch.bernoulli(torch.ones(2)),
    torch.multinomial(torch.tensor([0.0, 1.0]), 2, replacement=True),
)
# %%
A = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
print(torch.linalg.inv(A), torch.linalg.solve(A, torch.ones(2)), torch.linalg.norm(A), torch.det(A))
# %%
print(
    torch.quantile(x, 0.5),
    torch.histc(x, bins=4),
    torch.prod(x),
    torch.cumprod(x, 0),
    torch.logsumexp(x, 0),
)
print(
    torch.var_mean(x),
    torch.std_mean(m, dim=1),
    torch.var(x, unbiased=False),
    torch.cov(m),
    torch.count_nonzero(m),
)
# %%
before = id(x)
x += 1
print(id(x) == before, x, x.sub_(1), x.mul_(2), x.div_(2), torch.sin_(x[:1].clone()))
