"""A user's training loop, with a data set of their own: what type checkers have to know of it."""

# pyright: strict

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, assert_type

import numpy as np

import tinygrad_lr as tg
from tinygrad_lr import Tensor, nn, optim
from tinygrad_lr.optim.lr_scheduler import ReduceLROnPlateau
from tinygrad_lr.utils.data import DataLoader, Dataset, IterableDataset, random_split
from tinygrad_lr.utils.data.dataloader import default_collate


class Signs(Dataset[tuple[Tensor, int]]):
    """Points, and whether their two numbers have the same sign."""

    def __init__(self, size: int) -> None:
        rng = np.random.default_rng(0)
        self.points = tg.tensor(rng.normal(size=(size, 2)), dtype=tg.float32)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        point = self.points[index]
        return point, int(point.prod().item() > 0)


class Named(NamedTuple):
    x: Tensor
    y: float


class Numbers(IterableDataset[float]):
    def __iter__(self) -> Iterator[float]:
        return iter([1.0, 2.0])


class Net(nn.Module):
    def __init__(self, hidden: int = 8) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 2))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


def epoch(model: nn.Module, loader: DataLoader[tuple[Tensor, int]]) -> float:
    optimizer = optim.Adam(model.parameters(), lr=0.05)
    total = 0.0
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(assert_type(x, Tensor)), assert_type(y, Tensor))
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total / len(loader)


tg.manual_seed(0)
tg.cuda.manual_seed_all(0)
tg.backends.cudnn.deterministic, tg.backends.cudnn.benchmark = True, False
train, test = random_split(Signs(40), [30, 10])
assert_type(train[0], tuple[Tensor, int])
model = Net()
loader = DataLoader(train, batch_size=10, shuffle=True, generator=tg.Generator().manual_seed(0))
plateau = ReduceLROnPlateau(optim.SGD(model.parameters(), lr=0.1))
losses = [epoch(model, loader) for _ in range(3)]


def closure() -> Tensor:
    plateau.optimizer.zero_grad()
    loss: Tensor = model(train[0][0][None]).square().sum()
    loss.backward()
    return loss


losses[-1] += 0 * assert_type(plateau.optimizer.step(closure), Tensor).item()
plateau.optimizer.step()
plateau.step(np.mean(losses))
with tg.no_grad():
    for batch in DataLoader(test, batch_size=5):
        right = (model(batch[0]).argmax(dim=1) == batch[1]).sum()
        assert_type(assert_type(batch, list[Tensor])[0].shape, tg.Size)
assert_type(model.layers[0], nn.Module)
assert_type(model.layers[:2], nn.Sequential)

# Each of them has batches of another kind.
for numbers in DataLoader(Numbers(), batch_size=2):
    print(assert_type(numbers, Tensor).tolist())
for parts in DataLoader([{"x": tg.ones(2), "y": tg.zeros(())}], batch_size=1):
    print(assert_type(parts, dict[str, Tensor])["x"].shape)
for named in DataLoader([Named(tg.ones(2), 1.0)]):
    print(assert_type(named, Any).x.shape)
for whole in DataLoader(train, collate_fn=default_collate):
    assert_type(whole, Any)
for chosen in DataLoader(train, batch_size=2, collate_fn=lambda rows: len(rows)):
    print(assert_type(chosen, Any))
print("trained:", losses[-1] < losses[0])
