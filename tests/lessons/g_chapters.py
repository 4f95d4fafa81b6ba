# What later chapters do: loaders on a device, waves of layers, gradients by hand, small problems.
# %%
import os
import tempfile

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

table = torch.arange(12.0).reshape(3, 4)
print(table.mean(axis=0), table.std(axis=0, keepdims=True), table.max(axis=1, keepdims=True))
print(table.argmin(axis=1, keepdims=True), torch.quantile(table, 0.5, axis=0), table.size(axis=1))
print(torch.var_mean(table, axis=1, keepdims=True), torch.linalg.norm(table, axis=0))
# %%
torch.device("cpu"), torch.device("cuda"), torch.device("cuda:1"), torch.device("cuda", 0).index


# %%
def nth_gpu(n):
    return torch.device(f"cuda:{n}" if torch.cuda.device_count() > n else "cpu")


print(nth_gpu(9), repr(nth_gpu(9)), torch.ones(2, device=nth_gpu(9)))


# %%
def to_device(data, device):
    if isinstance(data, (list, tuple)):
        return [to_device(part, device) for part in data]
    return data.to(device, non_blocking=True)


class DeviceLoader:
    def __init__(self, loader, device):
        self.loader, self.device = loader, device

    def __iter__(self):
        return (to_device(batch, self.device) for batch in self.loader)

    def __len__(self):
        return len(self.loader)


X = torch.arange(80.0).view(20, 4).sin()
Y = (X[:, 0] > 0).long() + (X[:, 1] > 0).long()
loader = DeviceLoader(DataLoader(TensorDataset(X, Y), batch_size=8), nth_gpu(9))
print(len(loader), [(xb.shape, yb.shape, xb.device) for xb, yb in loader], Y.bincount())


# %%
class Steps(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.last = nn.Linear(4, 6), nn.Linear(6, 3)
        with torch.no_grad():
            for p in self.parameters():
                p.copy_(torch.arange(p.numel()).view(p.shape).float().cos() / 2)

    def forward(self, xb):
        return self.last(F.relu(self.hidden(xb.view(xb.size(0), -1))))

    def training_step(self, batch):
        xb, yb = batch
        return F.cross_entropy(self(xb), yb)

    def validation_step(self, batch):
        xb, yb = batch
        out = self(xb)
        right = torch.tensor(torch.sum(out.max(dim=1)[1] == yb).item() / len(yb))
        return {"loss": F.cross_entropy(out, yb).detach(), "right": right}


@torch.no_grad()
def evaluate(model, loader):
    model.eval()
    found = [model.validation_step(batch) for batch in loader]
    return {key: torch.stack([f[key] for f in found]).mean().item() for key in ("loss", "right")}


model = Steps()
optimizer = torch.optim.Adam(model.parameters(), lr=0.05, weight_decay=1e-4)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=5, gamma=0.5)
for epoch in range(15):
    model.train()
    for batch in loader:
        loss = model.training_step(batch)
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.1)
        optimizer.step()
        optimizer.zero_grad()
    schedule.step()
    if epoch % 5 == 4:
        seen = evaluate(model, loader)
        print(epoch, f"{seen['loss']:.2f} {seen['right']:.2f}", optimizer.param_groups[0]["lr"])
# %%
where = os.path.join(tempfile.mkdtemp(), "two.pt")
torch.save({"one": model.state_dict(), "adam": optimizer.state_dict(), "epoch": 15}, where)
stored = torch.load(where, map_location=torch.device("cpu"), weights_only=True)
other = Steps()
print(other.load_state_dict(stored["one"]), stored["epoch"], list(stored["one"]))
print(torch.equal(other(X), model(X)), len(stored["adam"]["state"]))


# %%
class Join:
    """Neighbours side by side, `n` at a time."""

    def __init__(self, n):
        self.n = n

    def __call__(self, x):
        batch, length, width = x.shape
        x = x.view(batch, length // self.n, width * self.n)
        return x.squeeze(1) if x.shape[1] == 1 else x


table = torch.arange(54.0).view(27, 2).sin()
x = table[(torch.arange(32) * 7 % 27).view(4, 8)]
for _ in range(3):
    x = Join(2)(x)
    wide = x.mean(tuple(range(x.ndim - 1)), keepdim=True)
    print(x.shape, wide.shape, (x - wide).abs().max() < 2)
# %%
counts, edges = torch.histogram(torch.tanh(x).view(-1), density=True)
print(counts.shape, edges.shape, edges[:-1].detach().shape, (x.tanh().abs() > 0.8).float().mean())


# %%
def compare(name, by_hand, tensor):
    exact = torch.allclose(by_hand, tensor.grad, atol=1e-6)
    print(f"{name:10s} | approximate: {exact!s:5s} | {(by_hand - tensor.grad).abs().max() < 1e-6}")


rows, classes = range(8), torch.arange(8)
h = torch.arange(40.0).view(8, 5).cos().requires_grad_()
W = torch.arange(50.0).view(5, 10).sin().requires_grad_()
logits = h @ W
probs = logits.exp() / logits.exp().sum(1, keepdims=True)
logprobs = probs.log()
for t in (logits, probs, logprobs):
    t.retain_grad()
loss = -logprobs[rows, classes].mean()
loss.backward()
dlogprobs = torch.zeros_like(logprobs)
dlogprobs[rows, classes] = -1.0 / 8
dlogits = F.softmax(logits, 1)
dlogits[rows, classes] -= 1
dlogits /= 8
compare("logprobs", dlogprobs, logprobs)
compare("logits", dlogits, logits)
compare("h", dlogits @ W.T, h)
compare("W", h.T @ dlogits, W)
print(loss, dlogits[0].sum().abs() < 1e-6)
# %%
corners = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float32)
either = torch.tensor([0, 1, 1, 0], dtype=torch.float32).view(-1, 1)
net = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1), nn.Sigmoid())
with torch.no_grad():
    net[0].weight.copy_(torch.tensor([[1.0, -1.0], [-1.0, 1.0]]))
    net[0].bias.fill_(-0.5)
    net[2].weight.fill_(1.0)
for _ in range(200):
    error = nn.BCELoss()(net(corners), either)
    net.zero_grad()
    error.backward()
    with torch.no_grad():
        for p in net.parameters():
            p -= 0.5 * p.grad
print((net(corners) > 0.5).int().T, (net(corners).round() == either).sum().item())
# %%
points = torch.stack([torch.arange(6.0), torch.arange(6.0) ** 2], 1)
centred = points - points.mean(0)
U, S, Vh = torch.linalg.svd(centred, full_matrices=False)
print(S, S**2 / (S**2).sum(), U.shape, torch.allclose(U @ torch.diag(S) @ Vh, centred, atol=1e-5))
print(torch.linalg.cross(torch.tensor([1.0, 0, 0]), torch.tensor([0, 2.0, 0])))
# %%
for make in (
    lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=0.5, total_iters=3),
    lambda o: torch.optim.lr_scheduler.MultiplicativeLR(o, lambda epoch: 0.9),
    lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=5),
):
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    schedule, rates = make(optimizer), []
    for _ in range(3):
        optimizer.step()
        schedule.step()
        rates.append(round(schedule.get_last_lr()[0], 5))
    print(type(schedule).__name__, rates)
# %%
w = torch.ones(2, requires_grad=True)
doubled = w * 2
print(doubled.detach_(), doubled.is_leaf, doubled.requires_grad, doubled.grad_fn)
(w * doubled).sum().backward()
w.grad.detach_()
print(w.grad, w.grad.zero_(), w.ndimension())
