"""A user's hooks: of each lambda type checkers know what it is given."""

# pyright: strict

from __future__ import annotations

from typing import Any, assert_type

import tinygrad_lr as tg
from tinygrad_lr import Tensor, nn

seen: list[Tensor] = []
x = tg.ones(2, requires_grad=True)
x.register_hook(lambda gradient: 10 * gradient)
x.register_hook(lambda gradient: seen.append(assert_type(gradient, Tensor)))
x.register_hook(seen.append)
x.register_post_accumulate_grad_hook(lambda leaf: print(leaf.grad))

layer = nn.Linear(2, 1)
layer.register_forward_pre_hook(lambda module, args: args[0] + 1)
layer.register_forward_pre_hook(
    lambda module, args, kwargs: ((args[0] * 1,), kwargs), with_kwargs=True
)
layer.register_forward_hook(lambda module, args, out: out + module.bias)
layer.register_forward_hook(lambda module, args, kwargs, out: out + 1, with_kwargs=True)
layer.register_full_backward_hook(
    lambda module, gi, go: seen.append(assert_type(go[0], Tensor | Any))
)
layer.register_full_backward_hook(lambda module, grad_input, grad_output: (2 * grad_input[0],))
for name, part in nn.Sequential(layer).named_modules():
    part.register_forward_hook(lambda module, args, out, name=name: print(name, out.shape))


def after(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
    print(type(module).__name__, output.requires_grad)


def in_backward(
    module: nn.Module, grad_input: tuple[Tensor, ...], grad_output: tuple[Tensor, ...]
) -> tuple[Tensor | None, ...]:
    return (grad_input[0] + grad_output[0],)


layer.register_forward_hook(after)
layer.register_full_backward_hook(in_backward)
layer(x.reshape(1, 2)).sum().backward()
print("called:", len(seen) == 3)
