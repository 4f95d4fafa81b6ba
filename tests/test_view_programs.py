"""Random short programs of views, leaves, copies, writes in place and backward, beside PyTorch.

Unlike those of test_programs.py these do what is refused as readily as what is not: a leaf written
to, a view of a leaf, what was expanded. Each line must do the same in both, or be refused by both;
after each, all values, gradients, `is_leaf` and `requires_grad` are compared.
"""

import copy
import random
import re
import warnings
from types import ModuleType
from typing import Any

import pytest
import torch

import tinygrad_lr as tl

LINES = {
    "views": """{a}[0]; {a}[:]; {a}[1:]; {a}[..., 0]; {a}.view(-1); {a}.reshape(-1); {a}.T;
        {a}[None]; {a}.unsqueeze(-1); {a}.expand(2, 2); {a}.detach(); {a}.data;
        {a}[:1].expand(3); {a}.select(-1, 0); {a}.narrow(0, 1, 1); {a}.diagonal();
        {a}.movedim(0, -1); {a}.swapaxes(0, 1); {a}.ravel(); {a}.unflatten(0, (1, -1))""",
    "values": """{a} * 2.0; {a} + 1.0; -{a}; {a} * {b}; {a}.sum(); {a}.clone();
        {a}.detach().clone(); copy.copy({a}); copy.deepcopy({a}); torch.ones(2, 2); torch.ones(3);
        Variable({a});
        Variable({a}, requires_grad=True)""",
    "in place": """{a}.mul_(3.0); {a}.add_({b}); {a}.zero_(); {a}.fill_(2.0); {a}[0] = 4.0;
        {a}[...] = {b}; {a} += 1.0; {a}.mul_({b}); {a}[:1] = {b}; {a}[-1] += 1.0""",
    "in shape": """{a}.unsqueeze_(0); {a}.squeeze_(); {a}.t_(); {a}.transpose_(0, -1)""",
    "leaves": """{a}.requires_grad_(); {a}.requires_grad_(False); {a}.grad = None; del {a}.grad;
        {a}.retain_grad(); {a}.requires_grad = True""",
    "backward": """{a}.sum().backward(); ({a} * {a}).sum().backward();
        ({a} * 2.0).sum().backward(retain_graph=True); ({a} + 1.0).sum().backward(inputs=[{b}]);
        torch.autograd.backward([{a}.sum()], inputs=[{a}, {b}])""",
}
FIRST = [
    "v0 = torch.tensor([[1.0, 2.0], [3.0, 4.0]])",
    "v1 = torch.tensor([5.0, 6.0], requires_grad=True)",
]
Names = dict[str, Any]


def program(seed: int) -> list[str]:
    rng, lines, made = random.Random(seed), [*FIRST], 2
    for _ in range(rng.randrange(2, 10)):
        a, b = (f"v{made - 1 - min(rng.randrange(4), made - 1)}" for _ in "ab")
        kind = rng.choices(list(LINES), [5, 3, 4, 1, 3, 3])[0]
        line = rng.choice(LINES[kind].split(";")).strip().format(a=a, b=b)
        if kind in ("views", "values"):
            line, made = f"v{made} = {line}", made + 1
        # (The views that PyTorch makes under no_grad take gradients, and lose them.)
        under_no_grad = kind not in ("views", "backward") and rng.random() < 0.25
        lines.append("with torch.no_grad(): " * under_no_grad + line)
    return lines


def attempt(line: str, names: Names) -> Exception | None:
    try:
        exec(line, names)
    except Exception as error:
        return error
    return None


def undecided(line: str, theirs: Names) -> bool:
    """A write from memory to itself, where the order decides; or a leaf older than its views."""
    named = [theirs[name] for name in re.findall(r"v\d+", line) if name in theirs]
    if re.match(r"v\d+ = ", line) or "backward" in line:
        return False
    if "requires_grad" in line and named:
        return any(v._is_view() and v._base is named[-1] for v in tensors(theirs).values())
    return len({v.untyped_storage().data_ptr() for v in named}) < len(named)


def tensors(names: Names) -> Names:
    return {name: value for name, value in names.items() if re.fullmatch(r"v\d+", name)}


def state(names: Names) -> dict[str, Any]:
    """Of each tensor: its value, what it is, and, of a leaf, its gradient."""
    found = {}
    for name, tensor in tensors(names).items():
        grad = tensor.grad.tolist() if tensor.is_leaf and tensor.grad is not None else None
        found[name] = (tensor.detach().tolist(), tensor.requires_grad, tensor.is_leaf, grad)
    return found


def names_for(library: ModuleType) -> Names:
    return {"torch": library, "copy": copy, "Variable": library.autograd.Variable}


@pytest.mark.parametrize("part", range(8))
def test_random_programs_of_views_and_leaves_do_the_same_in_pytorch(part: int) -> None:
    warnings.simplefilter("ignore")  # PyTorch's, of gradients that are looked at
    for seed in range(100 * part, 100 * part + 100):
        ours, theirs, done = names_for(tl), names_for(torch), []
        for line in program(seed):
            if undecided(line, theirs):
                continue
            done.append(line)
            wanted, got = attempt(line, theirs), attempt(line, ours)
            if "second time" in str(wanted) and got is None:
                break  # a number as a factor: PyTorch keeps it as a tensor, and frees it
            text = "\n".join([*done, f"theirs: {wanted!r}", f"ours: {got!r}"])
            assert isinstance(got, type(wanted)), text
            if wanted is not None and "backward" in line:
                break  # how far it went before, nobody says
            assert state(ours) == state(theirs), text
