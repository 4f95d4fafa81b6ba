# Linear and softmax regression, a perceptron, weight decay and dropout, by hand and with nn.
# %%
import math
import random

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

true_w, true_b = torch.tensor([2.0, -3.4]), 4.2
torch.manual_seed(1)
X = torch.normal(0, 1, (200, 2))
y = (X @ true_w + true_b + torch.normal(0, 0.01, (200,))).reshape(-1, 1)
print(X.shape, y.shape, len(X))


# %%
def batches(size, X, y):
    order = list(range(len(X)))
    random.shuffle(order)
    for start in range(0, len(X), size):
        index = torch.tensor(order[start : min(start + size, len(X))])
        yield X[index], y[index]


w, b = torch.zeros(2, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
for epoch in range(3):
    for xb, yb in batches(10, X, y):
        loss = ((xb @ w + b - yb.reshape((-1, 1))) ** 2 / 2).sum()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= 0.03 * p.grad / 10
                p.grad.zero_()
    with torch.no_grad():
        print(f"epoch {epoch + 1}", bool(((X @ w + b - y) ** 2).mean() < 1))
print((w.reshape(true_w.shape) - true_w).abs().max() < 0.1, (b - true_b).abs() < 0.1)
# %%
design = torch.cat([X, torch.ones(200, 1)], 1)
exact = torch.linalg.solve(design.T @ design, design.T @ y)
print(
    (torch.linalg.lstsq(design, y).solution - exact).abs().max() < 1e-4,
    (exact[:2, 0] - true_w).abs().max() < 0.01,
)
# %%
net = nn.Sequential(nn.Linear(2, 1))
net[0].weight.data.normal_(0, 0.01)
net[0].bias.data.fill_(0)
print(net[0].bias, net[0].weight.data.shape, nn.MSELoss(reduction="none")(net(X), y).shape)
# %%
scores = torch.tensor([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
classes = torch.tensor([0, 2])
print(
    scores[[0, 1], classes],
    -torch.log(scores[range(len(scores)), classes]),
    scores.argmax(axis=1).type(classes.dtype) == classes,
)


# %%
def softmax(t):
    e = torch.exp(t - t.max(dim=1, keepdim=True).values)
    return e / e.sum(1, keepdim=True)


t = torch.tensor([[1.0, 2.0, 3.0], [100.0, 100.0, 101.0]])
print(softmax(t), torch.allclose(softmax(t), F.softmax(t, dim=1)), softmax(t).sum(1))
# %%
x = torch.arange(-8.0, 8.0, 0.5, requires_grad=True)
for f in (torch.relu, torch.sigmoid, torch.tanh):
    if x.grad is not None:
        x.grad.data.zero_()
    f(x).backward(torch.ones_like(x), retain_graph=True)
    print(x.grad[14:19])


# %%
def dropout(t, p):
    if p == 1:
        return torch.zeros_like(t)
    return (torch.rand(t.shape) > p).float() * t / (1.0 - p)


t = torch.arange(8, dtype=torch.float32).reshape((2, 4))
print(
    dropout(t, 0.0),
    dropout(t, 1),
    F.dropout(t, 0.5, training=False),
    nn.Dropout(0.5)(torch.ones(1000)).mean().item() > 0.8,
)
# %%
inputs = torch.zeros(20, 5)
inputs[:, 0] = 1.0
weight = torch.full((5, 1), 0.5, requires_grad=True)
for decay in (0.0, 3.0):
    with torch.no_grad():
        weight.fill_(0.5)
    for _ in range(10):
        loss = F.mse_loss(inputs @ weight, torch.ones(20, 1)) + decay * torch.sum(weight.pow(2)) / 2
        weight.grad = None
        loss.backward()
        weight.data -= 0.1 * weight.grad
    print(
        f"L2 norm of w: {float(torch.norm(weight).detach()):.4f}", weight.norm().item() ** 2 < 1.3
    )
# %%
trainer = torch.optim.SGD(
    [{"params": net[0].weight, "weight_decay": 3}, {"params": net[0].bias}], lr=0.003
)
print(trainer)
# %%
powers = np.power(np.linspace(-1, 1, 4).reshape(-1, 1), np.arange(4).reshape(1, -1))
for i in range(4):
    powers[:, i] /= math.gamma(i + 1)
features = torch.tensor(powers, dtype=torch.float32)
print(features, torch.from_numpy(powers).dtype)
# %%
M = torch.normal(0, 1, size=(4, 4))
for _ in range(50):
    M = torch.mm(M, torch.normal(0, 1, size=(4, 4)))
print(M.abs().max() > 1e6)
# %%
W1 = nn.Parameter(torch.randn(4, 3) * 0.01)
b1 = nn.Parameter(torch.zeros(3))
print(
    b1,
    W1.shape,
    torch.optim.SGD([W1, b1], lr=0.1).param_groups[0]["lr"],
    (torch.ones(2, 4) @ W1 + b1).shape,
)
# %%
a, b = torch.tensor(3.0), torch.tensor(2.0)
print(a + b, a * b, a / b, a**b, torch.arange(24).reshape(2, 3, 4)[1], 2 + torch.arange(3))
# %%
v = torch.tensor([[1, 2, 3], [2, 0, 4], [3, 4, 5]])
print(
    v == v.T,
    v.sum(axis=[0, 1]),
    v.float().mean(),
    v.numel(),
    torch.abs(torch.tensor([3.0, -4.0])).sum(),
)


# %%
def gauss(t, mu, sigma):
    return 1 / math.sqrt(2 * math.pi * sigma**2) * torch.exp(-0.5 * (t - mu) ** 2 / sigma**2)


print(
    gauss(torch.tensor([0.0, 1.0]), 0, 1),
    torch.nn.functional.threshold(torch.tensor([0.1, 2.0]), 1.0, 0.0),
)
# %%
z = (X - X.mean(0)) / X.std(0)
print(
    z.mean(0).abs().max() < 1e-5,
    z.std(0).shape,
    torch.corrcoef(z.T).shape,
    ((X - X.min()) / (X.max() - X.min())).max(),
)
# %%
p = torch.tensor([0.2, 0.8])
print(
    -(p * p.log()).sum(),
    -(p * torch.log2(p)).sum(),
    F.kl_div(p.log(), torch.tensor([0.5, 0.5]), reduction="sum"),
)
