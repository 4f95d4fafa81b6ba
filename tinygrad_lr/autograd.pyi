"""Written by tests/stubs.py: what tinygrad_lr.autograd offers, for type checkers and editors."""

import builtins
from collections.abc import Sequence
from tinygrad_lr.tensor import Tensor

from tinygrad_lr.gradients.function import Function as Function
from tinygrad_lr.gradients.function import Variable as Variable

def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Tensor | Sequence[Tensor] | None = None,
) -> None:
    """Add the gradient of `tensors` to the ``.grad`` of every leaf they were computed from.

    Or, with `inputs`, to that of these only: one that is no leaf retains it from now on. Gradients
    *accumulate* until they are cleared (``optimizer.zero_grad()``). The graph is freed on the way
    unless `retain_graph`, by default `create_graph`. With that the backward pass is recorded: the
    gradients can be differentiated. RuntimeError for a constant, or a graph that was freed.

    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> tg.autograd.backward(x * x)
    >>> x.grad
    tensor(6.)
    """

from tinygrad_lr.gradients.anomaly import detect_anomaly as detect_anomaly
from tinygrad_lr.modes import enable_grad as enable_grad
from tinygrad_lr.gradients import function as function
from tinygrad_lr.gradients import functional as functional

def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    *,
    materialize_grads: bool = False,
) -> tuple[Tensor, ...]:
    """The gradients of the sum of `outputs` with respect to `inputs`; no ``.grad`` changes.

    Only the graph between the two is walked and freed; `only_inputs` is ignored. An input that was
    not used is a RuntimeError, or None with `allow_unused`, or zeros with `materialize_grads`.

    >>> x = tg.tensor(3.0, requires_grad=True)
    >>> tg.autograd.grad(x * x, x)
    (tensor(6.),)
    """

from tinygrad_lr.gradients.gradcheck import gradcheck as gradcheck
from tinygrad_lr.modes import inference_mode as inference_mode
from tinygrad_lr.gradients.anomaly import (
    is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled,
)
from tinygrad_lr.gradients.anomaly import is_anomaly_enabled as is_anomaly_enabled
from tinygrad_lr.modes import is_grad_enabled as is_grad_enabled
from tinygrad_lr.modes import no_grad as no_grad
from tinygrad_lr.gradients.anomaly import set_detect_anomaly as set_detect_anomaly
from tinygrad_lr.modes import set_grad_enabled as set_grad_enabled
