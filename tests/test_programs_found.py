"""Short programs in which the random ones of test_programs.py have once differed from PyTorch."""

import pytest
import torch

import tinygrad_lr

# PyTorch says once that create_graph may leak memory.
pytestmark = pytest.mark.filterwarnings("ignore:Using backward")

FOUND = {
    "expand that stretches nothing": """
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = (a * 2.0).expand(2)
b.mul_(3.0)
b.sum().backward()
""",
    "the gradient of what is written through a view": """
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = a * 1.0
b.retain_grad()
c = b[:1]
c.mul_(2.0)
(b.sum() + 3.0 * c.sum()).backward()
a.grad = b.grad
""",
    "a second derivative for the exponent of a constant": """
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([3.0, 4.0]) ** a
b.sum().backward(create_graph=True)
a.grad.sum().backward()
""",
    "a leaf that is frozen after it was used": """
a = torch.tensor([1.0, 2.0], requires_grad=True)
b = (a * 2.0).sum()
a.requires_grad_(False)
b.backward()
""",
}


@pytest.mark.parametrize("program", FOUND.values(), ids=FOUND)
def test_a_program_that_differed(program):
    ours, theirs = {"torch": tinygrad_lr}, {"torch": torch}
    exec(program, ours)
    exec(program, theirs)
    ours, theirs = (names["a"].grad for names in (ours, theirs))
    assert (ours is None) == (theirs is None)
    assert ours is None or ours.tolist() == theirs.tolist()
