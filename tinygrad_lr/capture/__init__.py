"""Captured steps: done once as they are, captured in the second call, from then on only repeated.

``jit.trace(step)`` and ``cuda.graph(step)`` give one, for a step that is a function of Tensors. The
promise: each call does what the step itself would have done, bit for bit, or raises a CaptureError
that says what to do instead.

The contract, for the step:

1.  Its Python code runs in the first two calls, and later only in another situation: parameters,
    gradients, options of optimizers, parts of modules, ``training``, no_grad, a NumPy array it uses
    are others than before. Then it is captured once more; the last few captures are kept.
2.  What is in Tensors, and on the CPU the learning rate of an optimizer's step, is read each time.
    Other numbers of Python's and NumPy's, and what is computed from them alone, stay what they
    were: counters, ``if epoch > 3``. What varies must be in an argument, or in a Tensor.
3.  Arguments are Tensors, always of the same shapes, dtypes and classes, that require no grad.
4.  It asks for no value, draws no random number, takes no batch, and lets errors that depend on
    values leave it. All its work is done in the thread that calls it.
5.  It keeps nothing it has computed, except by writing into Tensors that are there: what it writes
    into parameters, ``.grad``, velocities, buffers, each call writes.
6.  It changes no optimizer, no requires_grad, no recording; the first step with momentum, which
    makes the velocities, is done before it is captured.
7.  It returns Tensors, in tuples, lists, dicts or alone; they have no graph, nor have gradients.
8.  It goes back only through what it has recorded itself.
9.  On the CPU its labels are classes: none of -100. (``ignore_index`` may be a class.)
10. Where the step would raise in the middle, so does a call, in the project's words, and what came
    before has been done. A call that raises a CaptureError has changed no Tensor.

noting.py notes what a step does besides computing, situation.py what must stay as it is, words.py
has all refusals; what is computed is captured by jit/ (a program of NumPy calls) or cuda/ (a graph
of kernels).
"""

from .words import CaptureError

__all__ = ["CaptureError"]
