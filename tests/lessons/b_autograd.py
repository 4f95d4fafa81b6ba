# What a first lesson on autograd asks for.
# %%
import torch
import torch.nn.functional as F

x = torch.ones(5)
w = torch.full((5, 3), 0.1, requires_grad=True)
b = torch.zeros(3, requires_grad=True)
z = x @ w + b
loss = F.binary_cross_entropy_with_logits(z, torch.tensor([0.0, 1.0, 0.0]))
print(z, loss, w.grad, z.requires_grad, loss.is_leaf)
# %%
loss.backward()
print(w.grad, b.grad)
# %%
with torch.no_grad():
    print((x @ w).requires_grad)
with torch.inference_mode():
    print((x @ w + b).requires_grad)
print(z.detach().requires_grad, torch.is_grad_enabled())
# %%
a = torch.tensor([2.0, 3.0], requires_grad=True)
c = 3 * a**3 - a**2
c.backward(gradient=torch.ones(2), retain_graph=True)
c.backward(gradient=torch.ones(2))
print(a.grad, a.grad == 2 * (9 * a**2 - 2 * a))
a.grad.zero_()
a.grad
# %%
names = []
for y in (
    a + 1,
    a - 1,
    a * 2,
    a / 2,
    a**2,
    -a,
    a.exp(),
    a.log(),
    a.sqrt(),
    a.sin(),
    a.tanh(),
    a.sigmoid(),
    a.relu(),
    a.abs(),
    a.sum(),
    a.mean(),
    a.max(),
    a.var(),
    a.std(),
    a.norm(),
    a.prod(),
    a.cumsum(0),
    a[0],
    a[:1],
    a[[0]],
    a.view(1, 2),
    a.reshape(2, 1),
    a.unsqueeze(0),
    a.T,
    a[None].t(),
    a[None].transpose(0, 1),
    a[None].permute(1, 0),
    a.expand(2, 2),
    a.clone(),
    a @ a,
    a[None] @ a,
    torch.outer(a, a),
    torch.cat([a, a]),
    torch.stack([a, a]),
    a.softmax(0),
    a.log_softmax(0),
    a.logsumexp(0),
    a.clamp(0, 1),
    torch.maximum(a, a),
    torch.where(a > 2, a, a),
    a.double(),
    a.flatten(),
    a.squeeze(),
    a.masked_fill(a > 2, 0),
    a.gather(0, torch.tensor([0])),
):
    print(y)
# %%
y = torch.sin(a).sum()
print(y.grad_fn.name(), [f.name() for f, _ in y.grad_fn.next_functions], a.grad_fn)


# %%
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, given):
        ctx.save_for_backward(given)
        return given**3

    @staticmethod
    def backward(ctx, g):
        (given,) = ctx.saved_tensors
        return 3 * given**2 * g


a = torch.tensor([1.0, 2.0], requires_grad=True)
out = Cube.apply(a)
out.sum().backward()
print(out, a.grad)
# %%
print(torch.autograd.functional.jacobian(lambda v: v**2, torch.tensor([1.0, 2.0])))
print(torch.autograd.functional.hessian(lambda v: (v**3).sum(), torch.tensor([1.0, 2.0])))
print(torch.autograd.functional.vjp(lambda v: v * 2, torch.ones(2), torch.tensor([1.0, 0.5])))
# %%
v = torch.zeros(3, requires_grad=True)
handle = v.register_hook(lambda g: g * 2)
v.backward(torch.tensor([1.0, 2.0, 3.0]))
handle.remove()
v.backward(torch.ones(3))
v.grad
# %%
a = torch.tensor(2.0, requires_grad=True)
h = a**2
h.retain_grad()
(h * 3).backward()
print(a.grad, h.grad, a.is_leaf, h.is_leaf)
# %%
a = torch.tensor(3.0, requires_grad=True)
(first,) = torch.autograd.grad(a**3, a, create_graph=True)
(second,) = torch.autograd.grad(first, a)
print(first.item(), second)
# %%
for wrong in (
    "torch.ones(2, requires_grad=True).backward()",
    "torch.ones(2).sum().backward()",
    "torch.tensor([1], requires_grad=True)",
):
    try:
        eval(wrong)
    except RuntimeError:
        print("RuntimeError:", wrong)
# %%
x = torch.arange(4.0, requires_grad=True)
y = x * x
u = y.detach()
(u * x).sum().backward()
print(x.grad == u, x.data, x.grad.norm())


# %%
def bent(t):
    t = t * 2
    while t.norm() < 1000:
        t = t * 2
    return t if t.sum() > 0 else 100 * t


a = torch.tensor(-0.7, requires_grad=True)
d = bent(a)
d.backward()
a.grad == d / a
# %%
with torch.autograd.set_detect_anomaly(True):
    (a * 2).backward()
print(a.grad.shape, torch.autograd.Variable(torch.ones(1), requires_grad=True))
# %%
weights = torch.tensor([[1.0, -1.0]], requires_grad=True)
for step in range(3):
    error = ((weights @ torch.tensor([[1.0], [2.0]])) ** 2).sum()
    error.backward()
    with torch.no_grad():
        weights -= 0.1 * weights.grad
        weights.grad.zero_()
    print(step, error.item(), weights)
