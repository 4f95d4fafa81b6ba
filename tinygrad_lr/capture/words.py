"""What a captured step cannot do, in words: one table."""

from __future__ import annotations

from ..device import DeviceError


class CaptureError(DeviceError):
    """A step cannot be captured, or what was captured of it cannot be repeated.

    >>> x = tg.ones(2, requires_grad=True)
    >>> step = tg.jit.trace(lambda: x.sum().item())
    >>> [step() for _ in range(3)]
    Traceback (most recent call last):
    tinygrad_lr.capture.words.CaptureError: ...
    """


class Disturbed(CaptureError):
    """Another thread may have been the reason, and another try may succeed."""


_ONCE = "its Python code runs only until it is captured"
_OUTSIDE = "do that outside of the step"

REFUSED = {
    # asking
    "ask for a value": "a captured step cannot ask for a value (item(), tolist(), float(), "
    f"numpy(), print, an if on a Tensor): {_ONCE}, and the value would stay what it was then. "
    "Return the Tensor from the step, and ask afterwards",
    "ask the GPU for a value": "a captured step cannot ask the GPU for a value (item(), tolist(), "
    "float(), cpu(), print, an if on a Tensor): while it is captured nothing has been computed. "
    "Return the Tensor from the step, and ask afterwards",
    "catch an error": "a captured step cannot catch an error that depends on values ({}): "
    "another time there would be none, or another one. Let it leave the step",
    "look for warnings": "a captured step cannot look for warnings (warnings.catch_warnings): "
    "another time there would be none, or others; " + _OUTSIDE,
    "pick by a mask": "a captured step cannot pick by a mask, x[mask]: how many elements that "
    "gives is not known while it is captured. Use where(mask, x, 0.0)",
    "give as many as there are": "a captured step cannot use {}: how many elements it gives is not "
    "known while it is captured. Call it before, and hand the step what it gives",
    "pick by NumPy's mask": "a step with a mask as an index cannot be captured: how many elements "
    "it picks may change; use where(mask, x, 0)",
    # bringing something in
    "send to the GPU": "a captured step sends nothing from the host to the GPU: a replay would "
    "send the same values again. A Tensor made from numbers, random numbers, a list as an index, a "
    "batch from a DataLoader: make it before, and hand it to the step as an argument",
    "draw a random number": "a captured step draws no random numbers, so no Dropout in training: "
    "they would be the same each time. Draw them before, as those of a batch or the mask of a "
    "dropout, and hand them to the step",
    "draw from another generator": "a captured step draws no random numbers, and this one, or "
    "another thread meanwhile, has used those of {}: they would be the same each time. Draw them "
    "before, and hand them to the step",
    "seed": "a captured step cannot seed or set a generator: that would happen only once. Do it "
    "before",
    "change a default": "a captured step cannot change a default dtype or device: that would "
    "happen only once. Do it before",
    "take a batch": "a captured step cannot take a batch from a DataLoader: it would be the same "
    "each time. Take it before, and hand it to the step as an argument",
    "use memory twice": "a captured step cannot use a NumPy array on the memory of a Tensor that "
    "it writes to; use the Tensor",
    "write an index": "a captured step cannot use as an index, or as labels, what it has itself "
    "written into a Tensor before ({}); compute a new Tensor instead, or hand it to the step",
    "share memory with NumPy": "{}: a captured step cannot share memory with a NumPy array; make "
    "the Tensor before, and use it in the step",
    "use another thread": "a captured step does all its work in the thread that calls it, and "
    "another thread has used Tensors that the step uses, or while it waited; what that computes "
    "would be the same each time. Do that work in the step itself, or before",
    "capture while another waits": "a step cannot be captured while another thread, whose step is "
    "being captured, waits; do not hand work to another thread in a captured step",
    "write to what was expanded": "a captured step cannot write to elements of what was expanded, "
    "of which several are one in memory; write to the tensor that was expanded, or to a clone()",
    # taking something out
    "keep a Tensor": "a captured step cannot keep a Tensor that it has computed (in an attribute, "
    "a list): from then on only what it computes is repeated. Write it into a Tensor that is there "
    "already, with copy_(), or return it. (What it has kept holds nan now)",
    "keep an array": "a captured step cannot keep an array that it has computed (in an attribute, "
    "a list): from then on only what it computes is repeated. Write it into a Tensor that is there "
    "already, with copy_(), or return it in a Tensor. (What it has kept is of no use now)",
    "use a raw array": "on the GPU a captured step uses Tensors, not the arrays in them (x.array): "
    "what is made of these, and kept, would change with each launch. Compute with the Tensor",
    "use after the capture": "this is no array, it stood for one while a step was captured, and "
    "that is over",
    "return an array": "a captured step returns Tensors, not NumPy arrays; call numpy() on what it "
    "returns",
    "return what works later": "a captured step cannot return a {}, which does its work only when "
    "it is asked to; return a list",
    # changing what is outside
    "switch requires_grad": "a captured step cannot switch requires_grad of a tensor from outside; "
    + _OUTSIDE,
    "change a module": "a captured step cannot change what a module consists of: that would happen "
    "only once. Do it between two calls",
    "change a mode": "a captured step cannot leave a module in another mode (train(), eval()) than "
    "it found it in; " + _OUTSIDE,
    "switch recording": "a captured step cannot leave recording switched on or off "
    "(set_grad_enabled): use `with set_grad_enabled(...):`, or do that outside of the step",
    "change an optimizer": "a captured step cannot change an optimizer (its learning rate or "
    "another option, its groups, its parameters): only what is computed is repeated. Change it "
    "between two calls",
    "use a Tensor as an option": "a captured step takes the options of an optimizer as numbers: "
    "a learning rate in a Tensor would be read only once. Use lr=float(...)",
    "make a velocity": "a captured step cannot be the first with momentum, or with anything else "
    "that an optimizer keeps of a parameter (means of gradients): that one makes it. Call the step "
    "itself once; then the captured one goes on",
    "keep an argument": "a captured step cannot keep an argument (in an attribute, a list): the "
    "next call is given another Tensor. Write it into a Tensor that is there already, with copy_()",
    "take an argument of a class": "a captured step takes plain Tensors, and argument {} is a {}; "
    "pass it detach()ed",
    "take an argument with more": "a captured step takes plain Tensors, and argument {} has a .{}, "
    "which the step would not see; pass it detach()ed",
    "change an argument": "a captured step cannot give its argument {} other memory, a gradient, "
    "or requires_grad: what the next call is given is another Tensor. Use "
    "x = x.clone().requires_grad_(), and return x.grad",
    "make a result of a tensor": "a captured step cannot make a tensor from outside the result of "
    "a recorded operation (x.mul_(w), x[0] = w); do it under no_grad(), or on a clone()",
    "write into a part": "a captured step cannot write into a part of a Tensor (x[0] = w, "
    "x[0].mul_(w)) while that is recorded; use where() or cat(), or do it under no_grad()",
    "move a gradient by two names": "a captured step cannot give other memory (.data = ...) to a "
    "tensor that it uses both itself and as the gradient of another one; use copy_()",
    "move memory": "on the GPU a captured step cannot give a tensor from outside other memory "
    "(x.data = ...), as each launch would find it in the old; write into it, with copy_()",
    "share memory": "on the GPU a captured step cannot have an argument, or use a gradient, that "
    "is on the memory of another tensor that it uses; give it its own, with clone()",
    # going back
    "look for anomalies": "a captured step cannot switch the search for nan (detect_anomaly): it "
    "would go on without it. Search in the step itself, before it is captured",
    "look at a backward pass": "a captured step cannot be looked at (viz.backward): while it is "
    "captured nothing has been computed. Call the step itself, and look at what it returns",
    "run a hook": "a captured step cannot run hooks (register_hook): their Python code would run "
    "only until it is captured. Compute with the gradient in the step, after backward()",
    "go back outside": "a captured step cannot go back through an operation ({}) that was recorded "
    "outside of it; compute that in the step too, or detach() its result",
    "use a gradient with a graph": "a captured step cannot use a gradient that has a graph "
    "(create_graph), or requires grad; detach() it outside of the step",
    # what cannot be written down
    "be part of another": "a captured step cannot be part of another one",
    "compute with a rate": "a captured step cannot compute with the learning rate alone, where an "
    "optimizer hands it on; read it from param_groups",
    "write into NumPy's array": "a step that writes into a NumPy array which is in no Tensor "
    "cannot be captured; " + _OUTSIDE,
    "write into a number": "a step that writes in place to a single number which it has computed "
    "cannot be captured; compute a new Tensor instead (x = x + y, not x += y)",
    "use": "a step that uses {} cannot be captured; " + _OUTSIDE,
    "join many": "a captured step cannot join more than 8 tensors (cat, stack): CuPy sends their "
    "addresses along from the host. Write them into one: out = zeros(n); out[i] = x",
    "wait for the host": "this step cannot be captured ({}). It does something that needs the host "
    "in between: a value read back, a product of batches of matrices, a check of labels "
    "(nll_loss), a mask as an index. " + _OUTSIDE[:1].upper() + _OUTSIDE[1:],
    "not yet": "jit.trace: a step is traced when it is called for the second time",
}

BY_OTHERS = {"use another thread", "draw from another generator"}  # which others may have done
