"""Writes in place that several files of tests make: each a function of the tensor it writes to."""

import tinygrad_lr as tl

WRITES = {
    "add_": lambda t: t.add_(1.0),
    "mul_": lambda t: t.mul_(2.0),
    "zero_": lambda t: t.zero_(),
    "fill_": lambda t: t.fill_(2.0),
    "copy_": lambda t: t.copy_(tl.ones(2, 2)),
    "x[...] = value": lambda t: t.__setitem__(0, 5.0),
    "normal_": lambda t: t.normal_(),
}


def settle(*views):
    """Let PyTorch notice that these became computed: it takes them for leaves until asked."""
    for view in views:
        assert view.grad_fn is None or view.requires_grad
