"""A user's script: what type checkers have to know of it, and it runs.

test_package.py has mypy and pyright read it against the built wheel, and runs it there.
"""

# pyright: strict

from __future__ import annotations

from typing import Any, assert_type

import numpy as np

import tinygrad_lr as tg
import tinygrad_lr.nn.functional as F
from tinygrad_lr import Size, Tensor, nn, optim
from tinygrad_lr.autograd import functional
from tinygrad_lr.nn.parameter import Parameter
from tinygrad_lr.optim.lr_scheduler import StepLR
from tinygrad_lr.utils.data import DataLoader, TensorDataset

# ------------------------------------------------------------------------------- made, and asked

x = assert_type(tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True), Tensor)
assert_type(tg.zeros(2, 3), Tensor)
assert_type(tg.ones((2, 3), dtype=tg.float64), Tensor)
assert_type(tg.randn(2, generator=tg.Generator().manual_seed(0)), Tensor)
assert_type(tg.arange(3), Tensor)
assert_type(tg.from_numpy(np.ones(2)), Tensor)
assert_type(tg.zeros_like(x), Tensor)
assert_type(tg.__version__, str)
assert_type(x.shape, Size)
assert_type(x.shape[0], int)
assert_type(x.size(0), int)
assert_type(x.ndim, int)
assert_type(x.device, tg.device)
assert_type(x.requires_grad, bool)
assert_type(x.dtype == tg.float32, bool)
assert_type(x.grad, Tensor | None)
assert_type(x.numel(), int)
assert_type(x[0, 0].item(), bool | int | float)
assert_type(float(x[0, 0]), float)
assert_type(len(x), int)
assert_type(x.detach().numpy().shape, tuple[Any, ...])

# ------------------------------------------------------------------------------------- computed

assert_type(x + 1, Tensor)
assert_type(2 - x, Tensor)
assert_type(x * x / 2, Tensor)
assert_type(x**2, Tensor)
assert_type(-x, Tensor)
assert_type(x @ x.T, Tensor)
assert_type(x == x, Tensor)
assert_type(x > 1, Tensor)
assert_type(x[0], Tensor)
assert_type(x[:, None], Tensor)
assert_type(x.sum(), Tensor)
assert_type(x.sum(dim=1, keepdim=True), Tensor)
assert_type(x.argmax(axis=1), Tensor)
assert_type(tg.softmax(x, axis=1), Tensor)
assert_type(x.mean(0), Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(dim=1).indices, Tensor)
assert_type(tg.max(x, 1), tg.return_types.max)
assert_type(tg.topk(x, 1).values, Tensor)
assert_type(tg.median(x), Tensor)
assert_type(tg.exp(x), Tensor)
assert_type(tg.add(x, 1, alpha=2), Tensor)
assert_type(tg.where(x > 2, x, 0), Tensor)
assert_type(tg.where(x > 2), tuple[Tensor, ...])
assert_type(x.nonzero(), Tensor)
assert_type(tg.cat([x, x], dim=1), Tensor)
assert_type(x.reshape(-1), Tensor)
assert_type(x.reshape(2, 1, 2).squeeze(1), Tensor)
assert_type(x.softmax(dim=-1), Tensor)
assert_type(x.split(1), tuple[Tensor, ...])
assert_type(tg.einsum("ij,jk->ik", x, x), Tensor)
assert_type(tg.linalg.solve(x, x), Tensor)
assert_type(tg.special.expit(x), Tensor)
assert_type(x.to("cpu").to(tg.float64), Tensor)
assert_type(x.sinh(), Tensor)
assert_type(x.clone().add_(1, alpha=2).clamp_(min=0), Tensor)
assert_type(tg.exp(x.detach(), out=tg.empty(2, 2)), Tensor)

mean = np.mean(np.ones(3))  # NumPy's numbers are numbers
assert_type(x + mean, Tensor)
assert_type(np.float32(2) * x, Tensor)
assert_type(x / np.int64(2), Tensor)
assert_type(tg.clamp(x, min=mean), Tensor)
assert_type(tg.full((2,), mean), Tensor)
assert_type(tg.arange(np.int64(3)), Tensor)

# ------------------------------------------------------------------------------------- gradients

assert_type(x.sum().backward(), None)
assert_type(tg.autograd.grad((x * x).sum(), x), tuple[Tensor, ...])
functional.jacobian(tg.exp, x)
with tg.no_grad():
    assert_type(x * 2, Tensor)


@tg.no_grad()
def predicted(model: Net, x: Tensor) -> Tensor:
    return model(x).argmax(dim=1)


# --------------------------------------------------------------------------------------- trained


class Net(nn.Module):
    def __init__(self, features: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, 8)
        self.out = nn.Linear(8, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.relu(self.hidden(x)))


class Two(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


net = Net(2)
assert_type(net(x), Tensor)
assert_type(net.hidden.weight, Parameter)
assert_type(Two()(x), tuple[Tensor, Tensor])
assert_type(nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))(x), Tensor)
assert_type(nn.CrossEntropyLoss()(net(x), tg.tensor([0, 1])), Tensor)
assert_type(F.cross_entropy(net(x), tg.tensor([0, 1])), Tensor)
assert_type(F.one_hot(tg.tensor([0, 1])), Tensor)
assert_type(net.train(), Net)
assert_type(net.to(dtype=tg.float32), Net)
optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
scheduler = StepLR(optimizer, step_size=1)
data = TensorDataset(x.detach(), tg.tensor([0, 1]))
for inputs, labels in DataLoader(data, batch_size=2, shuffle=True):
    optimizer.zero_grad()
    loss = assert_type(F.cross_entropy(net(inputs), labels), Tensor)
    loss.backward()
    assert_type(optimizer.step(), None)
    print("trained:", loss.item() > 0)
scheduler.step()
assert_type(scheduler.get_last_lr(), list[float | Tensor])
assert_type(predicted(net, x), Tensor)
