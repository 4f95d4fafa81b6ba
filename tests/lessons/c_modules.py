# Modules: what they hold, what they print, how they are saved.
# %%
import collections
import io
import tempfile

import torch
import torch.nn as nn
import torch.nn.functional as F


class TwoLayers(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.flat = nn.Flatten()
        self.body = nn.Sequential(
            nn.Linear(12, hidden), nn.ReLU(), nn.Dropout(p=0.1), nn.Linear(hidden, 4)
        )

    def forward(self, x):
        return self.body(self.flat(x))


net = TwoLayers(8)
print(net)
# %%
for name, p in net.named_parameters():
    print(name, p.shape, p.requires_grad, type(p).__name__)
print(
    sum(p.numel() for p in net.parameters()),
    [n for n, _ in net.named_children()],
    len(list(net.modules())),
)
# %%
logits = net(torch.rand(3, 3, 4))
print(
    logits.shape,
    nn.Softmax(dim=1)(logits).sum(1).shape,
    logits.argmax(1).dtype,
    logits.grad_fn.name(),
)
# %%
net.eval()
print(
    net.training, net.body[2].training, torch.equal(net(torch.ones(1, 12)), net(torch.ones(1, 12)))
)
net.train()[0] if isinstance(net, nn.Sequential) else net.training
# %%
print(net.state_dict().keys())
print([(k, tuple(v.shape)) for k, v in net.state_dict().items()])
# %%
path = tempfile.mkdtemp() + "/net.pth"
torch.save(net.state_dict(), path)
other = TwoLayers(8)
print(other.load_state_dict(torch.load(path, weights_only=True)))
print(all(torch.equal(p, q) for p, q in zip(net.parameters(), other.parameters())))
# %%
try:
    TwoLayers(9).load_state_dict(torch.load(path))
except RuntimeError as error:
    print(error)
# %%
short = nn.Linear(2, 1)
print(short.load_state_dict({"weight": torch.ones(1, 2)}, strict=False), short.weight)
try:
    short.load_state_dict({"weight": torch.ones(1, 2), "extra": torch.ones(1)})
except RuntimeError as error:
    print(error)
# %%
file = io.BytesIO()
torch.save({"epoch": 3, "tensors": [torch.arange(2), torch.ones(1)]}, file)
file.seek(0)
torch.load(file)
# %%
stack = nn.Sequential(collections.OrderedDict([("first", nn.Linear(2, 2)), ("act", nn.Tanh())]))
stack.add_module("last", nn.Linear(2, 1))
stack.append(nn.Identity())
print(stack, len(stack), stack[0], stack.first is stack[0], stack[1:3])


# %%
class Parts(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
        self.kinds = nn.ModuleDict({"relu": nn.ReLU(), "elu": nn.ELU()})
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in range(2)])
        self.register_buffer("steps", torch.tensor(0))
        self.shift = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        for layer in self.layers:
            x = self.kinds["relu"](layer(x))
        return x * self.scales[0] + self.shift


parts = Parts()
print(parts, list(parts.state_dict()), dict(parts.named_buffers()), parts(torch.ones(1, 2)).shape)


# %%
def fill(m):
    if isinstance(m, nn.Linear):
        nn.init.constant_(m.weight, 0.5)
        nn.init.zeros_(m.bias)


parts.apply(fill)
print(parts.layers[0].weight, parts(torch.tensor([[1.0, -3.0]])))
# %%
w = torch.empty(3, 5)
for init in (
    nn.init.xavier_uniform_,
    nn.init.xavier_normal_,
    nn.init.kaiming_uniform_,
    nn.init.kaiming_normal_,
    nn.init.normal_,
    nn.init.uniform_,
    nn.init.trunc_normal_,
):
    print(init.__name__, init(w) is w)
print(nn.init.ones_(w)[0], nn.init.eye_(torch.empty(2, 2)), nn.init.calculate_gain("relu"))
# %%
seen = []
hook = parts.layers[0].register_forward_hook(
    lambda m, given, out: seen.append((type(m).__name__, out.shape))
)
parts(torch.ones(1, 2))
hook.remove()
parts(torch.ones(1, 2))
seen
# %%
lazy = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.LazyLinear(1))
print(lazy)
lazy(torch.ones(2, 3))
print(lazy, lazy[0].weight.shape)
# %%
shared = nn.Linear(2, 2)
tied = nn.Sequential(shared, nn.ReLU(), shared)
print(tied, len(list(tied.parameters())), list(tied.state_dict()))
# %%
for p in tied.parameters():
    p.requires_grad = False
print(
    tied[0].weight.requires_grad,
    tied(torch.ones(1, 2)).requires_grad,
    tied.requires_grad_().training,
)
# %%
data = torch.tensor([[-1.0, 0.0, 2.0]], requires_grad=True)
for module in (
    nn.ReLU(),
    nn.Tanh(),
    nn.Sigmoid(),
    nn.Softmax(dim=1),
    nn.LogSoftmax(dim=1),
    nn.LeakyReLU(0.1),
    nn.ELU(),
    nn.GELU(),
    nn.SiLU(),
    nn.Softplus(),
    nn.Identity(),
    nn.Hardtanh(),
    nn.LayerNorm(3),
    nn.Dropout(0.3).eval(),
    nn.BatchNorm1d(3).eval(),
):
    print(module, module(data))
# %%
for name in [
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "selu",
    "relu6",
    "hardtanh",
    "logsigmoid",
    "softsign",
    "tanhshrink",
    "mish",
]:
    print(name, getattr(F, name)(data.detach()))
# %%
norm = nn.BatchNorm1d(2)
print(
    norm(torch.tensor([[1.0, 2.0], [3.0, 6.0]])),
    norm.running_mean,
    norm.running_var,
    norm.num_batches_tracked,
    norm.state_dict().keys(),
)
# %%
table = nn.Embedding(4, 2)
table.weight.data = torch.arange(8.0).reshape(4, 2)
table(torch.tensor([[0, 3], [3, 3]])).sum().backward()
print(table, table(torch.tensor([1])), table.weight.grad)
# %%
p, t = torch.tensor([0.2, 0.7, 0.5], requires_grad=True), torch.tensor([0.0, 1.0, 1.0])
for loss in (
    nn.L1Loss(),
    nn.MSELoss(),
    nn.BCELoss(),
    nn.BCEWithLogitsLoss(),
    nn.SmoothL1Loss(),
    nn.HuberLoss(),
    nn.MSELoss(reduction="sum"),
    nn.L1Loss(reduction="none"),
):
    print(loss, loss(p, t))
# %%
scores, classes = (
    torch.tensor([[1.0, 2.0, 0.5], [0.1, 0.2, 3.0]], requires_grad=True),
    torch.tensor([1, 2]),
)
for loss in (
    nn.CrossEntropyLoss(),
    nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0])),
    nn.CrossEntropyLoss(label_smoothing=0.1),
    nn.CrossEntropyLoss(reduction="none"),
):
    print(loss, loss(scores, classes))
print(
    nn.NLLLoss()(F.log_softmax(scores, 1), classes),
    F.cross_entropy(scores, torch.tensor([[0.0, 1.0, 0.0], [0.2, 0.2, 0.6]])).detach(),
)
print(nn.KLDivLoss(reduction="batchmean")(F.log_softmax(scores, 1), torch.full((2, 3), 1 / 3)))
# %%
print(
    F.one_hot(torch.tensor([0, 2]), num_classes=4),
    F.normalize(torch.tensor([[3.0, 4.0]])),
    F.pad(torch.ones(2), (1, 2)),
)
# %%
g = torch.tensor([3.0, 4.0], requires_grad=True)
(g * g / 2).sum().backward()
print(nn.utils.clip_grad_norm_([g], 1.0), g.grad)
nn.utils.clip_grad_value_([g], 0.5)
g.grad
# %%
(
    nn.Linear(3, 2, bias=False),
    nn.Parameter(torch.ones(2)),
    nn.Linear(2, 1, dtype=torch.float64).weight.dtype,
)


# %%
class OwnSequential(nn.Module):
    def __init__(self, *modules):
        super().__init__()
        for i, module in enumerate(modules):
            self._modules[str(i)] = module

    def forward(self, x):
        for module in self._modules.values():
            x = module(x)
        return x


own = OwnSequential(nn.Linear(2, 3), nn.ReLU())
print(own, own(torch.ones(1, 2)).shape)


# %%
class Affine(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(2.0))

    def extra_repr(self):
        return f"scale={self.scale.item()}"

    def forward(self, x):
        return self.scale * x


print(Affine(), nn.Sequential(Affine(), nn.ReLU()), Affine()(torch.ones(1)))
