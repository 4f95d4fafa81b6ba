"""The lines that random programs are made of, and how a line is run and what it did compared.

tests/test_programs.py chooses among them. {a}, {b} and {x} stand for the names of tensors. What
comes first in a list is what a failure shrinks to.
"""

import math
import re
from functools import lru_cache

import numpy as np
import torch

SHAPES = [(), (2,), (3,), (2, 3), (3, 1), (3, 3), (1, 2), (2, 1, 3)]
SMOOTH = [
    "{a} * 2.0",
    "-{a}",
    "1.0 - {a}",
    "{a} / 3.0 + 1.0",
    "torch.tanh({a})",
    "torch.sin({a})",
    "torch.cos({a})",
    "torch.sigmoid({a})",
    "torch.exp({a})",
    "2.0 ** {a}",
    "{a} ** 2",
    "{a} ** 3",
    "1.0 / ({a} ** 2 + 0.5)",
    "torch.sqrt({a} ** 2 + 0.5)",
    "torch.log({a} ** 2 + 0.5)",
    "{a}.clone()",
    "{a}.float().double()",
]
# Where rounding may decide, two right answers differ: for values clear of KINKS and of each other.
KINKS = [0.0, -0.613, 0.871]
KINKED = [
    "torch.relu({a})",
    "{a}.abs()",
    "{a}.clamp(-0.613, 0.871)",
    "{a}.clamp(min=-0.613)",
    "{a} * ({a} < 0.871)",
    "{a}.amax()",
    "{a}.max()",
    "{a}.min()",
]
BINARY = [
    "{a} * {b}",
    "{a} + {b}",
    "{a} - {b}",
    "{a} / ({b} ** 2 + 0.5)",
    "torch.add({a}, {b}, alpha=0.5)",
    "torch.where({a} > 0.123, {b}, 0.5)",
    "({a} ** 2 + 0.5) ** {b}",
]
SAME_SHAPE = [
    "torch.stack([{a}, {b}])",
    "torch.stack([{b}, {a}, {b}], -1)",
    "torch.nn.functional.mse_loss({a}, {b})",
]
DETACHED = [
    "{a}.detach()",
    "{a}.data",
    "{a}.detach().clone()",
    "{a}.detach().requires_grad_()",
    "{a}.detach().clone().requires_grad_()",
]
IN_PLACE = [
    "{a}.mul_(2.0)",
    "{a}.neg_()",
    "{a}.zero_()",
    "{a}.fill_(0.75)",
    "{a}.tanh_()",
    "{a}.sigmoid_()",
    "{a} /= 3.0",
    "{a}.clamp_(-1.007, 1.003).exp_()",
    "{a}.pow_(2).add_(0.5).sqrt_().log_()",
]
IN_PLACE_BINARY = [
    "{a}.copy_({b})",
    "{a}.mul_({b})",
    "{a}.add_({b})",
    "{a}.sub_({b}, alpha=0.5)",
    "{a} += {b}",
    "{a} -= {b}",
    "{a} *= {b}",
    "{a}.div_({b} ** 2 + 0.5)",
]
CHANGE_GRAD = [
    "{x}.grad = None",
    "{x}.grad.zero_()",
    "{x}.grad = 0.5 * {x}.grad",
    "{x}.grad.mul_(0.5)",
]
DESCEND = [
    "with torch.no_grad(): {x} -= 0.1 * {x}.grad",
    "{x}.data.sub_(0.1 * {x}.grad)",
    "{x}.data = {x}.data - 0.1 * {x}.grad",
]
HOW = ["", "retain_graph=True", "create_graph=True"]
NO_GRAD = ["with torch.no_grad(): ", "with torch.set_grad_enabled(False): "]

# What only we refuse after a write: where we need the argument itself, and PyTorch keeps something
# else. Its products of batches may work on copies, and the gradient of its cross_entropy, as a
# log_softmax, needs the result only. (Ours has all it needs too, unless the backward is recorded.)
STRICTER = "gradient of (matmul|linear|cross_entropy) needs its argument .* modified by an inplace"


@lru_cache(None)
def reductions(shape, clear):
    """What makes numbers or rows out of `{a}`."""
    lines = ["{a}.sum()", "{a}.mean()"] + ["{a}.var()"] * (math.prod(shape) > 1)
    for dim in [*range(len(shape)), -1]:
        lines += [
            f"{{a}}.sum({dim})",
            f"{{a}}.mean({dim}, keepdim=True)",
            f"torch.softmax({{a}}, {dim})",
            f"torch.log_softmax({{a}}, {dim})",
            f"{{a}}.logsumexp({dim})",
        ]
        if clear:
            lines += [f"{{a}}.amax({dim})", f"{{a}}.max({dim})[0]", f"{{a}}.min({dim})[0]"]
        if shape and shape[dim] > 1:
            lines += [f"{{a}}.var({dim})"] + [f"{{a}}.std({dim}, keepdim=True)"] * clear
    if len(shape) == 2:
        labels = [i % shape[1] for i in range(shape[0])]
        lines.append(f"torch.nn.functional.cross_entropy({{a}}, torch.tensor({labels}))")
    return lines


@lru_cache(None)
def views(shape, contiguous):
    """What shows the memory of `{a}` another way. Where strides decide, only a copy is sure."""
    copy = "" if contiguous else ".clone()"
    lines = ["{a}.unsqueeze(0)", "{a}.squeeze()", "{a}.unsqueeze(-1)", "{a}[None]", "{a}[...]"]
    lines += ["{a}.reshape(-1)" + copy, "{a}.contiguous()" + copy]
    lines += ["{a}.flatten()" + copy] * (len(shape) != 1)  # PyTorch returns a vector itself
    lines += ["{a}.view(-1)"] * contiguous
    lines += [f"{{a}}.expand({', '.join(['2'] + ['-1'] * len(shape))})"]
    if shape:
        lines += ["{a}[0]", "{a}[:]", "{a}[-1]", "{a}[..., 0]", "{a}[-1:]", "{a}[::2]"]
        lines += ["{a}[..., 1:]"] * (shape[-1] > 1) + ["{a}.transpose(0, -1)"]
        lines += [f"{{a}}.expand({', '.join(str(max(n, 2)) for n in shape)})"]
    if len(shape) > 1:
        lines += ["{a}[0, -1]", "{a}[:, 0]"] + ["{a}.t()"] * (len(shape) == 2)
        lines += [f"{{a}}.permute({', '.join(str(i) for i in (*range(1, len(shape)), 0))})"]
    return lines


@lru_cache(None)
def picks(shape):
    """What copies some elements of `{a}`."""
    if not shape:
        return ["{a}.clone()"]
    mask = [i % 2 == 0 for i in range(shape[0])]
    last = shape[-1] - 1
    lines = [
        "{a}[[0, 0, -1]]",
        f"{{a}}[torch.tensor({mask})]",
        "{a}[..., [-1, 0]]",
        "{a}[torch.tensor([[0], [-1]])]",
        f"{{a}}.index_select(-1, torch.tensor([{last}, 0, {last}]))",
        "{a}.gather(0, torch.zeros_like({a}).long())",
    ]
    if len(shape) > 1:
        lines += ["{a}[0, [0, -1]]", "{a}[[0, -1], [0, -1]]", "{a}[[-1], :, None]"]
    return lines


@lru_cache(None)
def broadcast(*shapes):
    """The shape they broadcast to, or None."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return None


@lru_cache(None)
def pairs(a, b):
    """What can be made of `{a}` and `{b}`, of these shapes."""
    lines = []
    if broadcast(a, b) is not None:
        lines += BINARY
    if a == b:
        lines += SAME_SHAPE
    if a and b and a[1:] == b[1:]:
        lines += ["torch.cat([{a}, {b}])", "torch.cat([{b}, {a}, {a}], 0)"]
    if a and b and a[:-1] == b[:-1]:
        lines += ["torch.cat([{a}, {b}], -1)"]
    if a and b and a[-1] == b[-2:][0] and broadcast(a[:-2], b[:-2]) is not None:
        lines += ["{a} @ {b}"] * 3
    if a and len(b) == 2 and a[-1] == b[-1]:
        lines += ["torch.nn.functional.linear({a}, {b})"]
        lines += ["torch.nn.functional.linear({a}, {b}, {b}[..., 0])"] * 2
    return lines


@lru_cache(None)
def places(shape):
    """Where values may be written in `{a}`, each with the shape that a Tensor is broadcast to."""
    indices = ["[...]"]
    if shape:
        mask = [i % 2 == 0 for i in range(shape[0])]
        indices += ["[0]", "[:]", "[-1]", "[..., 0]", "[-1:]", "[::2]", "[..., [0]]"]
        indices += [f"[torch.tensor({mask})]"]
    if len(shape) > 1:
        indices += ["[0, 0]", "[:, 0]", "[0, [-1]]", "[[0], [-1]]", "[None, -1]"]
    names = {"a": torch.empty(shape), "torch": torch}
    sized = [(index, tuple(eval("a" + index, names).shape)) for index in indices]
    # Where the number of places is open: a single number. Where one is written twice: none that has
    # a gradient, for PyTorch counts what was written over, too.
    return sized + [("[{a} > 0.123]", ()), ("[[-1, 0, 0]]", None)] * bool(shape)


@lru_cache(None)
def numbers(shape, seed):
    """The values of a leaf, in nested lists."""
    return np.random.default_rng(seed).uniform(-1.5, 1.5, shape).round(2).tolist()


# ---------------------------------------------------------------------- running and comparing lines


@lru_cache(10_000)
def compiled(line):
    return compile(line, "<program>", "exec")


def attempt(line, names):
    """Run a line among these names; what it raised, or None."""
    try:
        exec(compiled(line), names)
    except Exception as error:
        return error
    return None


def for_pytorch(line):
    """PyTorch overlooks writes to ``x.data``; those to ``x.detach()``, the same memory, it sees."""
    return re.sub(r"\.data(?! =)", ".detach()", line)


def same(ours, theirs):
    """Whether two arrays agree, but for rounding."""
    if (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
        return False
    largest = np.abs(theirs).max(initial=1.0)
    return bool((np.abs(ours - theirs) <= 1e-8 * largest).all())


def is_clear(array):
    """Whether no two elements are about the same, and none is about one of KINKS."""
    return bool(np.diff(np.sort(np.append(array, KINKS))).min() > 1e-6)


def memory(tensor):
    try:
        return tensor.untyped_storage().data_ptr()
    except RuntimeError:  # a gradient that PyTorch knows to be zero has none
        return id(tensor)


def shows_leaf(tensor):
    """Whether a PyTorch tensor is a leaf that requires grad, or a view of one."""
    root = tensor._base if tensor._is_view() else tensor
    return tensor.requires_grad and root.is_leaf


def graph_of(tensor):
    """The recorded operations that led to a PyTorch tensor."""
    found, stack = set(), [tensor.grad_fn]
    while stack:
        node = stack.pop()
        if node is not None and node not in found and not hasattr(node, "variable"):
            found.add(node)
            stack += [before for before, _ in node.next_functions]
    return found


def leaves_of(tensor):
    """The leaves whose gradient a PyTorch tensor leads to."""
    ends = [end for node in graph_of(tensor) for end, _ in node.next_functions]
    return [end.variable for end in ends if hasattr(end, "variable")]


def leads_back(tensor):
    """Whether PyTorch can go back from a tensor: nothing that this takes has been overwritten."""
    leaves = [leaf for leaf in leaves_of(tensor) if leaf.requires_grad]
    try:
        torch.autograd.grad(tensor.sum(), leaves or [tensor], retain_graph=True, allow_unused=True)
    except RuntimeError:
        return False
    return True
