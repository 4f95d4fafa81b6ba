# Names, letter by letter: counts, a table of embeddings, a network over a few letters.
# %%
import torch
import torch.nn.functional as F

names = ["ada", "alan", "grace", "kurt", "emmy", "edsger", "john"]
letters = [".", *sorted({c for name in names for c in name})]
number = {c: i for i, c in enumerate(letters)}
counts = torch.zeros((len(letters), len(letters)), dtype=torch.int32)
for name in names:
    for one, two in zip("." + name, name + "."):
        counts[number[one], number[two]] += 1
print(counts, counts.sum(), counts[0], counts.dtype)
# %%
P = (counts + 1).float()
P /= P.sum(1, keepdims=True)
print(P[0], P[:, 0].sum(), P.sum(1).shape)
# %%
log_likelihood, n = 0.0, 0
for name in names:
    for one, two in zip("." + name, name + "."):
        log_likelihood += torch.log(P[number[one], number[two]])
        n += 1
print(f"{log_likelihood=}", f"{-log_likelihood / n}", n)
# %%
xs = torch.tensor([number[c] for c in "." + names[0]])
ys = torch.tensor([number[c] for c in names[0] + "."])
one_hot = F.one_hot(xs, num_classes=len(letters)).float()
print(xs, ys, one_hot.shape, one_hot.dtype, one_hot.argmax(1))
# %%
W = torch.linspace(-1, 1, len(letters) ** 2).view(len(letters), -1).clone().requires_grad_()
for step in range(3):
    logits = one_hot @ W
    probs = logits.exp() / logits.exp().sum(1, keepdims=True)
    loss = -probs[torch.arange(len(ys)), ys].log().mean() + 0.01 * (W**2).mean()
    W.grad = None
    loss.backward()
    W.data += -10 * W.grad
    print(step, loss)
# %%
context = 3
X, Y = [], []
for name in names:
    window = [0] * context
    for c in name + ".":
        X.append(window)
        Y.append(number[c])
        window = window[1:] + [number[c]]
X, Y = torch.tensor(X), torch.tensor(Y)
print(X.shape, X.dtype, Y.shape, X[:4], ["".join(letters[i] for i in row) for row in X[:4]])
# %%
C = torch.arange(2.0 * len(letters)).reshape(-1, 2) / 10
E = C[X]
print(
    C[5],
    C[torch.tensor([1, 1])],
    E.shape,
    torch.cat(torch.unbind(E, 1), 1).shape,
    E.view(-1, 6)[0],
    E.view(E.shape[0], -1).shape,
)
# %%
g = torch.Generator().manual_seed(42)
parameters = [
    torch.randn(shape, generator=g) * 0.3
    for shape in [(len(letters), 2), (6, 20), (20,), (20, len(letters)), (len(letters),)]
]
print(sum(p.nelement() for p in parameters), [tuple(p.shape) for p in parameters])
for p in parameters:
    p.requires_grad = True
C, W1, b1, W2, b2 = parameters
losses = []
for step in range(100):
    batch = torch.randint(0, X.shape[0], (16,), generator=g)
    h = torch.tanh(C[X[batch]].view(-1, 6) @ W1 + b1)
    loss = F.cross_entropy(h @ W2 + b2, Y[batch])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.3 * p.grad
    losses.append(loss.log10().item())
print(torch.tensor(losses).view(-1, 10).mean(1).shape, losses[-1] < losses[0])


# %%
@torch.no_grad()
def loss_of(X, Y):
    return F.cross_entropy(torch.tanh(C[X].view(X.shape[0], -1) @ W1 + b1) @ W2 + b2, Y)


print(loss_of(X, Y) < 2.6, loss_of(X, Y).requires_grad)
# %%
h = torch.tensor([[1.0, 2.0], [3.0, 5.0], [4.0, 0.0]])
mean, std = h.mean(0, keepdim=True), h.std(0, keepdim=True)
print(
    (h - mean) / std, mean, std, h.var(0, keepdim=True, unbiased=True), (h.abs() > 2).float().mean()
)
# %%
out = []
for _ in range(3):
    window, text = [0] * context, ""
    for _ in range(5):
        probs = F.softmax(
            torch.tanh(C[torch.tensor([window])].view(1, -1) @ W1 + b1) @ W2 + b2, dim=1
        )
        i = torch.multinomial(probs, num_samples=1, generator=g).item()
        window, text = window[1:] + [i], text + letters[i]
    out.append(len(text))
out


# %%
def compare(name, mine, tensor):
    exact = torch.all(mine == tensor.grad).item()
    close = torch.allclose(mine, tensor.grad)
    print(
        f"{name:5s} | exact: {exact!s:5s} | close: {close!s:5s} | {(mine - tensor.grad).abs().max() < 1e-6}"
    )


logits = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]], requires_grad=True)
top = logits.max(1, keepdim=True).values
shifted = logits - top
powers = shifted.exp()
whole = powers.sum(1, keepdims=True)
log_probs = (powers * whole**-1).log()
loss = -log_probs[range(2), [2, 0]].mean()
for t in (logits, top, shifted, powers, whole, log_probs):
    t.retain_grad()
loss.backward()
d_log = torch.zeros_like(log_probs)
d_log[range(2), [2, 0]] = -1.0 / 2
compare("log", d_log, log_probs)
d_logits = F.softmax(logits, 1)
d_logits[range(2), [2, 0]] -= 1
compare("all", d_logits / 2, logits)
# %%
grads = torch.ones(len(X), context, 2)
by_hand = torch.zeros_like(C)
for k in range(X.shape[0]):
    for j in range(X.shape[1]):
        by_hand[X[k, j]] += grads[k, j]
print(
    torch.equal(by_hand, torch.zeros_like(C).index_add(0, X.view(-1), grads.view(-1, 2))),
    by_hand[0],
)
# %%
edges, bins = torch.histogram(torch.tensor([0.0, 0.1, 0.4, 0.9]), bins=2, density=True), None
print(edges, edges.hist, edges[1][:-1].detach())
