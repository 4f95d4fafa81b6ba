# Optimizers, schedules, data: loops as people write them.
# %%
import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.optim import lr_scheduler
from torch.utils import data
from torch.utils.data import (
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    Subset,
    TensorDataset,
    random_split,
)


def line():
    model = nn.Linear(2, 1)
    nn.init.constant_(model.weight, 0.5)
    nn.init.zeros_(model.bias)
    return model


x = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]])
y = torch.tensor([[1.0], [0.0], [2.0]])
# %%
for make in (
    lambda p: optim.SGD(p, lr=0.1),
    lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    lambda p: optim.Adam(p, lr=0.1),
    lambda p: optim.AdamW(p, lr=0.1),
    lambda p: optim.RMSprop(p, lr=0.1),
    lambda p: optim.Adagrad(p, lr=0.1),
    lambda p: optim.Adam(p, amsgrad=True),
):
    model = line()
    optimizer = make(model.parameters())
    for epoch in range(5):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    print(optimizer, round(loss.item(), 4), model.weight.detach(), model.bias.detach())
# %%
for make in (
    lambda o: lr_scheduler.StepLR(o, step_size=2, gamma=0.5),
    lambda o: lr_scheduler.MultiStepLR(o, [1, 3]),
    lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    lambda o: lr_scheduler.LambdaLR(o, lambda e: 1 / (e + 1)),
    lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=4),
    lambda o: lr_scheduler.LinearLR(o),
):
    optimizer = optim.SGD(line().parameters(), lr=1.0)
    schedule, rates = make(optimizer), []
    for _ in range(5):
        optimizer.step()
        schedule.step()
        rates.append(round(schedule.get_last_lr()[0], 6))
    print(type(schedule).__name__, rates)
# %%
optimizer = optim.SGD(line().parameters(), lr=1.0)
plateau = lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", factor=0.1, patience=1)
for value in (1.0, 0.9, 0.9, 0.9, 0.9):
    plateau.step(value)
    print(optimizer.param_groups[0]["lr"])
# %%
model = line()
optimizer = optim.SGD(
    [{"params": model.weight, "weight_decay": 0.1}, {"params": model.bias, "lr": 1.0}], lr=0.1
)
print(
    len(optimizer.param_groups),
    [sorted(k for k in g if k != "params") for g in optimizer.param_groups],
)
for group in optimizer.param_groups:
    group["lr"] *= 0.5
print(optimizer.state_dict())
# %%
model = line()
optimizer = optim.Adam(model.parameters(), lr=1e-2)
F.mse_loss(model(x), y).backward()
optimizer.step()
state = optimizer.state_dict()
print(state["state"][0].keys(), state["state"][0]["step"], state["param_groups"][0]["betas"])
optimizer.load_state_dict(state)


# %%
def closure():
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    return loss


print(optimizer.step(closure).item() > 0)


# %%
class Squares(Dataset):
    def __init__(self, n, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        sample = {"x": torch.tensor([float(i)]), "y": i * i}
        return self.transform(sample) if self.transform else sample


print(
    next(iter(DataLoader(Squares(5), batch_size=2))),
    len(DataLoader(Squares(5), batch_size=2)),
    len(DataLoader(Squares(5), 2, drop_last=True)),
)
# %%
pairs = TensorDataset(torch.arange(6.0).reshape(6, 1), torch.arange(6))
for xb, yb in DataLoader(pairs, batch_size=4, shuffle=False, num_workers=0, pin_memory=False):
    print(xb.shape, yb)
# %%
train, rest = random_split(pairs, [4, 2], generator=torch.Generator().manual_seed(0))
part, other = random_split(range(10), [0.7, 0.3])
print(
    len(train),
    len(rest),
    len(part),
    len(other),
    len(ConcatDataset([train, rest])),
    type(train).__name__,
    Subset(pairs, [5])[0],
)


# %%
class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(5))


print(
    [b.tolist() for b in DataLoader(Stream(), batch_size=2)],
    [b for b in DataLoader(["a", "b", "c"], batch_size=2)],
)
# %%
print(
    list(data.SequentialSampler(range(3))),
    list(data.BatchSampler(range(5), 2, False)),
    len(list(data.WeightedRandomSampler([0.1, 0.9], 4))),
    sorted(data.RandomSampler(range(3))),
)
# %%
print(
    [
        b.tolist()
        for (b,) in DataLoader(
            TensorDataset(torch.arange(4)),
            batch_size=2,
            collate_fn=lambda s: (torch.stack([i[0] for i in s]) * 10,),
        )
    ]
)


# %%
def epoch_of(loader, model, loss_fn, optimizer=None):
    model.train(optimizer is not None)
    total, right, seen = 0.0, 0, 0
    for xb, yb in loader:
        out = model(xb)
        loss = loss_fn(out, yb)
        if optimizer:
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
            optimizer.step()
        total += loss.item() * len(xb)
        right += (out.argmax(dim=1) == yb).type(torch.float).sum().item()
        seen += len(xb)
    return total / seen, right / seen


torch.manual_seed(0)
points = torch.randn(60, 2)
kinds = (points[:, 0] > 0).long()
loader = DataLoader(TensorDataset(points, kinds), batch_size=10, shuffle=True)
model = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = optim.Adam(model.parameters(), lr=0.05)
for _ in range(10):
    train_loss, train_accuracy = epoch_of(loader, model, nn.CrossEntropyLoss(), optimizer)
with torch.no_grad():
    valid_loss, accuracy = epoch_of(loader, model, nn.CrossEntropyLoss())
print(f"right: {accuracy > 0.9}, {valid_loss < 0.5}")
# %%
model = line()
best, patience = float("inf"), 0
for epoch in range(20):
    loss = (
        ((model(x) - y) ** 2).mean()
        + 0.01 * sum(p.pow(2.0).sum() for p in model.parameters())
        + 0.001 * sum(p.abs().sum() for p in model.parameters())
    )
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for p in model.parameters():
            p -= 0.05 * p.grad
    best, patience = (loss.item(), 0) if loss < best else (best, patience + 1)
print(round(best, 4), patience)
