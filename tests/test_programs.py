"""Random programs: the same lines run here and in PyTorch, and every value and gradient agrees.

`import tinygrad_lr as torch` works, so one text is a program for both. A Hypothesis state machine
writes such programs, a line or so per rule; each line runs in both at once, and what it made or
changed is compared at once. A failure shrinks to the few lines that matter, and its message is the
program, to be pasted.

``pytest --long tests/test_programs.py`` runs 100,000 programs, in 20 parts (``-n 2`` shares them).
"""

import re
from collections import Counter
from contextlib import nullcontext
from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from program_lines import (
    CHANGE_GRAD,
    DESCEND,
    DETACHED,
    HOW,
    IN_PLACE,
    IN_PLACE_BINARY,
    KINKED,
    NO_GRAD,
    SHAPES,
    SMOOTH,
    STRICTER,
    attempt,
    broadcast,
    for_pytorch,
    graph_of,
    is_clear,
    leads_back,
    leaves_of,
    memory,
    numbers,
    pairs,
    picks,
    places,
    reductions,
    same,
    shows_leaf,
    views,
)

import tinygrad_lr

RULES = 15  # applied in a program, after its first line
SHORT = 150  # programs of a usual run
PARTS, PER_PART, AT_ONCE = 20, 5000, 500  # of a long run
LARGEST = 20.0  # no value grows beyond it, so rounding stays far below what is compared

# PyTorch says once that create_graph may leak memory, and that some gradient's strides are odd.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Using backward"),
    pytest.mark.filterwarnings("ignore:grad and param do not obey"),
]

# -------------------------------------------------------------------------------- the state machine

number = st.integers(0, 2**16 - 1)


def pick(choices, number):
    return choices[number % len(choices)]


class Programs(RuleBasedStateMachine):
    """One program, and the names it has given, on both sides.

    Some things no program does, as what PyTorch then says depends on how PyTorch is built. It does
    not write to what ``grad()`` returned, as two gradients may be one memory; nor to what was
    expanded, which we refuse, and PyTorch sometimes. It makes no views under no_grad, which require
    grad in PyTorch. It adds to a recorded ``.grad`` by recording only. It does not look at the
    gradients of intermediate results once the graph of a backward leads through them, nor at those
    of views whose memory was written, as PyTorch may have made these anew.
    """

    def __init__(self):
        super().__init__()
        for library in (tinygrad_lr, torch):  # whatever the program before has left behind
            library.set_grad_enabled(True)
        self.lines = []
        self.ours = {"torch": tinygrad_lr}
        self.theirs = {"torch": torch}
        self.names = []  # of the tensors that there are, oldest first
        self.made = 0  # how many names there have been
        self.fixed = set()  # names of what is not written to
        self.freed = set()  # the part of PyTorch's graph that a backward has freed
        self.spent = set()  # names whose graph has been freed, if only in part
        self.refusals = set()  # which lines ended in an error, on one side or both
        self.prefix, self.prefixed = "", 0  # what to put before how many more lines
        self.second_order = False  # whether a backward was recorded
        self.over = False

    # -------------------------------------------------------------------------------- what there is

    def choose(self, number, names):
        """One of the names, counted from the newest; None if there are none."""
        return names[-1 - number % len(names)] if names else None

    def value(self, name):
        return self.theirs[name].numpy(force=True)

    def shape(self, name):
        return tuple(self.theirs[name].shape)

    def largest(self, name):
        return np.abs(self.value(name)).max()

    def is_contiguous(self, name):
        return self.theirs[name].is_contiguous() and self.ours[name].array.flags.c_contiguous

    def alive(self):
        """The names that a backward may start from. The first leaf is always one."""
        return [n for n in self.names if n not in self.spent]

    def followed(self):
        """Those that require grad."""
        return [n for n in self.alive() if self.theirs[n].requires_grad]

    def graded(self):
        """The leaves that have a gradient, no larger than values may be."""
        leaves = [n for n in self.names if self.theirs[n].is_leaf]
        graded = [n for n in leaves if self.theirs[n].grad is not None]
        return [n for n in graded if self.theirs[n].grad.abs().max() < LARGEST]

    def recorded(self):
        """The leaves whose gradient can be gone back through in turn."""
        graded = [
            n for n in self.names if self.theirs[n].is_leaf and self.theirs[n].grad is not None
        ]
        return [n for n in graded if self.theirs[n].grad.requires_grad]

    def writable(self):
        free = [n for n in self.alive() if n not in self.fixed]
        return free if self.prefixed else [n for n in free if not shows_leaf(self.theirs[n])]

    # ---------------------------------------------------------------------------- writing the lines

    def new(self, expression, of=None):
        """A line that gives a name to its result, which may be a view `of` another."""
        (name,) = self.new_names(1)
        if self.run(f"{name} = {expression}", [name]) and of:
            tensor, base = self.theirs[name], self.theirs[of]
            if 0 in tensor.stride() or (of in self.fixed and memory(tensor) == memory(base)):
                self.fixed.add(name)

    def new_names(self, count):
        first, self.made = self.made, self.made + count
        return [chr(ord("a") + i % 26) + str(i // 26 or "") for i in range(first, self.made)]

    def write(self, line, a, b=None):
        """A line that writes to `a`, with `b` as its source: a copy, if that is the same memory."""
        if b and memory(self.theirs[a]) == memory(self.theirs[b]):
            b += ".clone()"
        self.run(line.format(a=a, b=b))

    def go_back(self, line, start, how, names=(), again=False):
        """A line that goes through the graph of `start`, and frees it unless `how` says not to."""
        self.second_order = self.second_order or how == "create_graph=True"
        if not names and how != "create_graph=True" and self.recorded():
            return
        freed = set() if how else graph_of(self.theirs[start])
        line = line.format(how=", " + how if how else "").replace("(, ", "(")
        if self.run(line, names, goes_back=True, again=again) and freed:
            self.freed |= freed
            self.spent.update(n for n in self.alive() if graph_of(self.theirs[n]) & freed)

    def run(self, line, names=(), goes_back=False, again=False):
        """Run a line, which makes `names`, on both sides, and compare what has come of it."""
        if self.over:
            return False
        if self.prefixed:
            self.prefixed -= 1
            line = line if line.startswith("with") else self.prefix + line
        refused = attempt(for_pytorch(line), self.theirs)
        if not refused and not all(self.is_moderate(self.theirs[name]) for name in names):
            self.over = goes_back  # for PyTorch's graph is no longer what it was
            return False
        self.lines.append(line)
        failed = attempt(line, self.ours)
        if refused or failed:
            self.judge(refused, failed, goes_back, again)
            return False
        for name in names:
            if (self.ours[name] is None) != (self.theirs[name] is None):
                self.differs(name, self.ours[name], self.theirs[name])
        made = [name for name in names if self.theirs[name] is not None]
        self.names += made
        self.compare_values(made or self.names)
        self.compare_states(made)
        return True

    def is_moderate(self, tensor):
        if tensor is None:
            return True
        small = 0 < tensor.numel() <= 24 and tensor.ndim <= 3
        return small and bool(tensor.detach().abs().max() <= LARGEST)

    # ------------------------------------------------------------------------------------ comparing

    def compare_values(self, names):
        """Values, and gradients. (Our arrays are looked at as they lie, so that nothing stirs.)"""
        for name in names:
            ours, theirs = self.ours[name], self.theirs[name]
            if not same(ours.array, self.value(name)):
                self.differs(name, ours.array, theirs)
            if theirs.is_leaf or (theirs.retains_grad and self.may_be_asked(theirs)):
                self.compare_gradients(name, ours._grad, theirs.grad)

    def compare_gradients(self, name, ours, theirs):
        both = ours is not None and theirs is not None
        if not same(ours.array, theirs.numpy(force=True)) if both else ours is not theirs:
            self.differs(f"{name}.grad", ours, theirs)

    def compare_states(self, names):
        for name in names:
            ours, theirs = self.ours[name], self.theirs[name]
            if ours.requires_grad != theirs.requires_grad and self.second_order:
                follows = self.ours if ours.requires_grad else self.theirs
                if not self.has_slope(follows, name):
                    self.over = True
                    return
            for state in ("requires_grad", "is_leaf"):
                if getattr(ours, state) != getattr(theirs, state):
                    self.differs(f"{name}.{state}", getattr(ours, state), getattr(theirs, state))
        if tinygrad_lr.is_grad_enabled() != torch.is_grad_enabled():
            self.differs("is_grad_enabled()", tinygrad_lr.is_grad_enabled(), "otherwise")

    def has_slope(self, side, name):
        """Whether a gradient changes with any leaf. (If not, one side may follow it in vain.)

        That of relu is 0 or 1, that of ``x[...] = 0.5`` is 0, whatever they were computed from.
        """
        leaves = [side[n] for n in self.names if side[n].is_leaf and side[n].requires_grad]
        if not leaves:
            return False
        grad = side["torch"].autograd.grad
        try:
            slopes = grad(side[name].sum(), leaves, retain_graph=True, allow_unused=True)
        except RuntimeError:  # what that takes has been overwritten: nobody can ask
            return False
        return any(g is not None and bool((g != 0.0).any()) for g in slopes)

    def judge(self, refused, failed, goes_back, again):
        """What to make of errors: PyTorch `refused` the line, it `failed` here, or both.

        A program ends with an error in going back, as it may have come on either side half way.
        """
        self.refusals.add(len(self.lines) - 1)
        if refused and not isinstance(refused, RuntimeError):
            self.over = True
            raise refused
        self.over = goes_back
        if refused and failed:
            if not isinstance(failed, RuntimeError):
                self.differs("the error", failed, refused)
        elif failed:
            # After a first backward PyTorch can go back where it has kept nothing, or where it has
            # made a view anew because its memory was written. We never can.
            written = any(self.theirs[name]._version for name in self.names)
            stricter = "a second time" if again or (self.freed and written) else STRICTER
            if not re.search(stricter, str(failed)):
                self.differs("the error", failed, refused)
        elif "modified by an inplace operation" in str(refused):
            self.compare_with_kept(copies=True)
        elif "a second time" in str(refused):
            self.compare_with_kept(copies=False)
        else:
            self.differs("the error", failed, refused)

    def compare_with_kept(self, copies):
        """Compare with PyTorch where no graph is freed, and no write harms the `copies` it keeps.

        This is for the programs that PyTorch refuses, where we have kept what is needed: a
        gradient's own graph was recorded with arguments of its own.
        """
        self.theirs = {"torch": torch}
        engine = torch.autograd._engine_run_backward
        hooks = torch.autograd.graph.saved_tensors_hooks(torch.clone, lambda tensor: tensor)

        def retaining(tensors, gradients, retain_graph, *rest, **options):
            return engine(tensors, gradients, True, *rest, **options)

        with (
            mock.patch.object(torch.autograd, "_engine_run_backward", retaining),
            hooks if copies else nullcontext(),
        ):
            for i, line in enumerate(self.lines):
                if attempt(for_pytorch(line), self.theirs) and copies and i not in self.refusals:
                    return  # on copies PyTorch refuses some writes that it did before
        self.compare_values(self.names)

    def differs(self, what, ours, theirs):
        self.over = True
        program = "\n".join(["import tinygrad_lr as torch  # or: import torch", *self.lines])
        cause = ours if isinstance(ours, Exception) else None
        raise AssertionError(
            f"{what}: {ours!r} here, {theirs!r} in PyTorch\n\n{program}\n"
        ) from cause

    # ---------------------------------------------------------------------------- rules: new values

    @initialize(shape=number, seed=st.integers(0, 99))
    def start(self, shape, seed):
        self.leaf(shape, seed, constant=False)

    @rule(shape=number, seed=st.integers(0, 99), constant=st.booleans())
    def leaf(self, shape, seed, constant):
        values = numbers(pick(SHAPES, shape), seed)
        more = "" if constant else ", requires_grad=True"
        self.new(f"torch.tensor({values}, dtype=torch.float64{more})")

    @rule(a=number, which=number)
    def unary(self, a, which):
        a = self.choose(a, self.alive())
        self.new(pick(SMOOTH + KINKED * is_clear(self.value(a)), which).format(a=a))

    @rule(a=number, which=number)
    def reduce(self, a, which):
        a = self.choose(a, self.alive())
        self.new(pick(reductions(self.shape(a), is_clear(self.value(a))), which).format(a=a))

    @rule(a=number, which=number)
    def pick_out(self, a, which):
        a = self.choose(a, self.alive())
        self.new(pick(picks(self.shape(a)), which).format(a=a))

    @rule(a=number, b=number, which=number)
    def binary(self, a, b, which):
        a = self.choose(a, self.alive())
        b = self.choose(b, [b for b in self.alive() if pairs(self.shape(a), self.shape(b))])
        self.new(pick(pairs(self.shape(a), self.shape(b)), which).format(a=a, b=b))

    @precondition(lambda self: not self.prefixed)
    @rule(a=number, which=number)
    def view(self, a, which):
        results = [n for n in self.alive() if not shows_leaf(self.theirs[n])]
        a = self.choose(a, results or self.alive())  # those can be written to
        self.new(pick(views(self.shape(a), self.is_contiguous(a)), which).format(a=a), of=a)

    @rule(a=number, which=number)
    def detach(self, a, which):
        a = self.choose(a, self.names)
        self.new(pick(DETACHED, which).format(a=a), of=a)

    @rule(count=st.integers(1, 3), which=number)
    def no_grad(self, count, which):
        self.prefix, self.prefixed = pick(NO_GRAD, which), count

    @rule(a=number)
    def forget(self, a):
        a = self.choose(a, [n for n in self.names if not self.theirs[n].is_leaf])
        if a:
            self.names.remove(a)
            self.run(f"del {a}")

    # ------------------------------------------------------------------------------ rules: in place

    @rule(a=number, which=number)
    def write_number(self, a, which):
        """If need be to a leaf that requires grad, which must be refused."""
        a = self.choose(a, self.writable() or [n for n in self.alive() if n not in self.fixed])
        if a and self.largest(a) <= 4.0:
            self.write(pick(IN_PLACE, which), a)

    @precondition(writable)
    @rule(a=number, b=number, which=number)
    def write_tensor(self, a, b, which):
        a = self.choose(a, self.writable())
        b = self.choose(b, self.fitting(self.shape(a)))
        small = (self.largest(a) + 1.0) * (self.largest(b) + 1.0) < LARGEST
        self.write(pick(IN_PLACE_BINARY if small else IN_PLACE_BINARY[:1], which), a, b)

    @precondition(writable)
    @rule(a=number, place=number, b=number)
    def write_places(self, a, place, b):
        a = self.choose(a, self.writable())
        index, shape = pick(places(self.shape(a)), place)
        b = self.choose(b, [*([] if shape is None else self.fitting(shape)), None])
        self.write(f"{{a}}{index} = {'{b}' if b else 0.5}", a, b)

    def fitting(self, shape):
        return [n for n in self.alive() if broadcast(shape, self.shape(n)) == shape]

    # ---------------------------------------------------------------------------- rules: going back

    @rule(a=number, b=number, how=number)
    def backward(self, a, b, how):
        a = self.choose(a, self.followed() or self.alive())
        alike = [n for n in self.alive() if self.shape(n) == self.shape(a)]
        b = self.choose(b, [*alike, None])
        start = f"{a}.backward({b}.clone(){{how}})" if b else f"{a}.sum().backward({{how}})"
        self.go_back(start, a, pick(HOW, how))

    @rule(a=number, b=number, how=number)
    def backward_from_two(self, a, b, how):
        a, b = self.choose(a, self.alive()), self.choose(b, self.alive())
        how = pick(HOW[1:], how)
        self.go_back(f"torch.autograd.backward([{a}.sum(), {b}.sum()]{{how}})", a, how)

    @precondition(followed)
    @rule(a=number, x=number, y=number, how=number)
    def grad(self, a, x, y, how):
        a = self.choose(a, self.followed())
        inputs = [n for n in self.followed() if self.may_be_asked(self.theirs[n])]
        x, y = self.choose(x, inputs), self.choose(y, [*inputs, None])
        if x:
            xs = [x] if y in (x, None) else [x, y]
            names = self.new_names(len(xs))
            results = ", ".join(names) + "," * (len(names) == 1)
            call = f"torch.autograd.grad({a}.sum(), [{', '.join(xs)}]{{how}}, allow_unused=True)"
            self.go_back(f"{results} = {call}", a, pick(HOW[::-1], how), names)
            self.fixed.update(names)

    def may_be_asked(self, tensor):
        written_view = tensor._version and tensor._is_view()
        return tensor.is_leaf or not (self.second_order or written_view)

    @precondition(lambda self: self.spent)
    @rule(a=number)
    def backward_again(self, a):
        a = self.choose(a, [n for n in self.names if n in self.spent])
        if a:
            self.go_back(f"{a}.sum().backward({{how}})", a, "", again=True)

    @precondition(followed)
    @rule(a=number)
    def retain_grad(self, a):
        a = self.choose(a, [n for n in self.followed() if not self.theirs[n]._is_view()])
        if a:
            self.run(f"{a}.retain_grad()")

    @rule(x=number)
    def switch(self, x):
        """Whether a leaf requires grad, if no other tensor shows its memory.

        Switched on only before its first use: PyTorch may follow an earlier one in hindsight.
        """
        shown = Counter(memory(self.theirs[n]) for n in self.names)
        leaves = [
            n for n in self.names if self.theirs[n].is_leaf and shown[memory(self.theirs[n])] == 1
        ]
        followed = [n for n in leaves if self.theirs[n].requires_grad]
        constant = [n for n in leaves if not self.theirs[n].requires_grad and n not in self.fixed]
        unused = [n for n in constant if self.uses(n) == 1]
        x = self.choose(x, followed + unused)
        if x:
            self.run(f"{x}.requires_grad_({not self.theirs[x].requires_grad})")
            self.fixed.add(x)  # to write to it now would go unseen in graphs where it was followed

    def uses(self, name):
        return sum(name in re.findall(r"\w+", line) for line in self.lines)

    # ----------------------------------------------------------------------- rules: what a leaf got

    @precondition(graded)
    @rule(x=number, which=number)
    def change_grad(self, x, which):
        x = self.choose(x, self.graded())
        recorded = self.theirs[x].grad.requires_grad
        self.run(pick(CHANGE_GRAD[:1] if recorded else CHANGE_GRAD, which).format(x=x))

    @precondition(graded)
    @rule(x=number, which=number)
    def descend(self, x, which):
        x = self.choose(x, [x for x in self.graded() if x not in self.fixed])
        line = pick(DESCEND[: 2 if self.second_order else 3], which)
        if x:
            self.run(line.format(x=x))
        if x and ".data =" in line:  # PyTorch would now go back with the new values, silently
            others = [n for n in self.names if n != x]
            self.names = [x] + [n for n in others if not self.comes_from(n, x)]

    def comes_from(self, name, x):
        return any(leaf is self.theirs[x] for leaf in leaves_of(self.theirs[name]))

    @precondition(graded)
    @rule(x=number)
    def use_grad(self, x):
        x = self.choose(x, self.graded())
        if not graph_of(self.theirs[x].grad) & self.freed:
            self.new(f"{x}.grad.clone()")

    # ----------------------------------------------------------------------------------- at the end

    def teardown(self):
        """One more backward, from everything that PyTorch can go back from; then from the rest."""
        self.prefixed = 0
        names = self.followed()
        retained = [tensor for tensor in map(self.theirs.get, names) if tensor.retains_grad]
        before = [tensor.grad for tensor in retained]
        sure = [n for n in names if leads_back(self.theirs[n])]
        for tensor, grad in zip(retained, before):  # to find this out has added to them
            tensor.grad = grad
        if sure:
            total = " + ".join(f"{i} * {name}.sum()" for i, name in enumerate(sure, 1))
            self.run(f"({total}).backward()", goes_back=True)
        if not self.over:
            self.compare_states(self.names)
        for name in [n for n in names if n not in sure][:1]:
            self.run(f"{name}.sum().backward()", goes_back=True, again=True)


# ------------------------------------------------------------------------------------------ running


def run_programs(count, number=None):
    """Run so many programs: other ones every time, or, with a number, the same ones."""

    def programs():
        return Programs()

    run_state_machine_as_test(
        programs if number is None else seed(number)(programs),
        settings=settings(
            max_examples=count,
            stateful_step_count=RULES + 1,
            phases=[Phase.generate, Phase.shrink],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,  # the program says it better than the rules that wrote it
        ),
    )


def pytest_generate_tests(metafunc):
    """With ``--long``, a test for each part; else one for a few programs."""
    if "part" in metafunc.fixturenames:
        long = metafunc.config.getoption("--long")
        metafunc.parametrize("part", range(PARTS) if long else ["short"])


def test_random_programs_agree_with_pytorch(part):
    if part == "short":
        run_programs(SHORT)
        return
    for i in range(PER_PART // AT_ONCE):  # by and by, as Hypothesis remembers all that it has tried
        run_programs(AT_ONCE, part * PER_PART + i)
