"""Captured steps: done once as they are, captured in the second call, from then on only repeated.

``jit.trace(step)`` and ``cuda.graph(step)`` give one, for a step that is a function of Tensors. The
promise: each call does what the step itself would have done, bit for bit, or raises an error that
says what to do instead.

The contract, for the step:

1.  Its Python code runs in the first two calls, and later only where something is no longer what it
    was: parameters and their gradients, requires_grad, options of optimizers, parts of modules,
    ``training``, no_grad, NumPy arrays that are handed to Tensors. Then it is captured once more;
    the last 8 captures are kept.
2.  What is in Tensors, and on the CPU the learning rate of an optimizer's step, is read each time.
    All else in Python stays what it was: numbers, ``if epoch > 3``, what NumPy computes from its
    own numbers and arrays, which Tensor a name or a list refers to, whether one thing *is* another.
    The arrays in Tensors (x.array) are stand-ins, of another class, while the step is captured.
3.  Its arguments are plain Tensors, always of the same shapes and dtypes, that require no grad.
4.  It asks for no value, draws no random number, takes no batch; errors and warnings that depend on
    values leave it. All its work is done in the thread that calls it.
5.  It keeps nothing that it has computed or is given, except by writing into Tensors that are
    there: parameters, ``.grad``, velocities, buffers. What it writes, each call writes.
6.  It changes no optimizer, module, requires_grad or recording. The first step of an optimizer that
    keeps something of the parameters (velocities, means) makes that, and is done before.
7.  It returns Tensors, in tuples, lists, dicts or alone; they have no graph, nor have gradients.
8.  It goes back only through what it has recorded itself.
9.  On the CPU its labels are classes, none of them -100. (``ignore_index`` may be a class.)
10. Where the step would raise in the middle, so does a call, in the project's words, and what came
    before has been done (not what a ``finally``, or the end of a ``with``, would do then). A call
    that raises a CaptureError has changed no Tensor. On the GPU there is no such error in the
    middle: a label out of range gives nan, an index that is out of range another element.

noting.py notes what a step does besides computing, situation.py what must stay as it is, words.py
has all refusals; what is computed is captured by jit/ (a program of NumPy calls) or cuda/ (a graph
of kernels).
"""

from .words import CaptureError

__all__ = ["CaptureError"]
