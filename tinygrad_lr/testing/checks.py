"""Running the properties: `check_op` over many calls, `op_tests` as tests of pytest.

Hypothesis draws the calls and, when one fails, looks for the simplest that does. The message ends
with a line that runs just that call again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, HypothesisException

from ..device import is_available, library, one_of_two
from ..gradients.function import Function
from ..graph import Op
from ..nn import Module
from .properties import OF_GRADIENTS, PROPERTIES, expected
from .strategies import Case, cases_of, is_float, written
from .subject import FLOATS, Subject, Wrong, WrongUse


def check_op(
    op: Callable[..., Any],
    cases: Any,
    *,
    order: int = 2,
    reference: Callable[..., Any] | None = None,
    kinks: Any = (),
    dtypes: Iterable[str] = FLOATS,
    device: str = "cpu",
    only: str | None = None,
    examples: int | None = None,
) -> None:
    """Check every property of `op`, an Op or a function of Tensors, over the calls in `cases`.

    Args:
        cases: a strategy for calls, such as ``unary()``, ``binary()``, ``calls(...)``; or a list of
            them: Cases, or tuples of arrays.
        order: up to which derivative: 0, 1 or 2. A rule that calls functions of arrays, such as
            np.cos, has no derivative of its own: 1.
        reference: a function of NumPy arrays, called as `op` is, that gives the right value.
        kinks: the numbers at which the slope jumps; or a function of the arguments that gives an
            array, or a list of them, that is 0 where it does (``lambda a, b: a - b``).
        dtypes: which dtypes `op` claims to compute in.
        device: "cpu" or "gpu".
        only: the one property to check, by its name in PROPERTIES.
        examples: how many calls are drawn for each; the settings of Hypothesis say it otherwise.

    Raises Wrong (an AssertionError): which property, where, what was expected, what came, and the
    simplest call that fails, as a line to paste. TypeError and ValueError for wrong arguments.

    >>> double = tg.Op("double", lambda a: 2 * a, lambda g, y, a: 2 * g)
    >>> testing.check_op(double, testing.unary(), examples=5)
    """
    subject = _subject("check_op", op, reference, order, kinks, dtypes, device)
    library(subject.device)  # raises DeviceError where there is none
    strategy = cases_of(cases, "check_op")
    _run(subject, _chosen("check_op", subject, only), strategy, examples)


def _subject(
    caller: str,
    op: Any,
    reference: Any,
    order: int,
    kinks: Any,
    dtypes: Iterable[str],
    device: str,
) -> Subject:
    """What is checked, after a look at what the caller gave."""
    if not callable(op):
        raise TypeError(f"{caller}: expected an Op or a function, got {type(op).__name__}")
    if isinstance(op, type):
        call = f"{op.__name__}.apply" if issubclass(op, Function) else f"{op.__name__}(...)"
        raise TypeError(f"{caller}: {op.__name__} is a class; what is called is {call}")
    if reference is not None and not callable(reference):
        raise TypeError(f"{caller}: reference must be a function, got {type(reference).__name__}")
    if order not in (0, 1, 2):
        raise ValueError(f"{caller}: order must be 0, 1 or 2, got {order!r}")
    if order and isinstance(op, Op) and not op.differentiable:
        order = 0
    names = (dtypes,) if isinstance(dtypes, str) else tuple(map(_dtype_name, dtypes))
    if unknown := [d for d in names if d not in FLOATS]:
        raise ValueError(f"{caller}: dtypes are some of {', '.join(FLOATS)}, got {unknown[0]!r}")
    if order and "float64" not in names:
        raise ValueError(
            f"{caller}: derivatives are checked in float64, where small differences have digits; "
            f"dtypes are {', '.join(names) or 'none'}: add it, or say order=0"
        )
    if not callable(kinks):
        kinks = _numbers(caller, kinks)
    return Subject(op, reference, order, kinks, names, str(one_of_two(device)))


def _dtype_name(dtype: Any) -> Any:
    """The name of ``tg.float64``, or ``np.float64``; what is no dtype as it is."""
    try:
        return np.dtype(dtype).name
    except TypeError:
        return dtype


def _numbers(caller: str, kinks: Any) -> tuple[float, ...]:
    """The kinks that are numbers."""
    some = kinks if isinstance(kinks, (list, tuple)) else (kinks,)
    if any(isinstance(k, bool) or not isinstance(k, (int, float)) for k in some):
        raise TypeError(
            f"{caller}: kinks are numbers, or a function of the arguments that is 0 at them; got "
            f"{kinks!r}"
        )
    return tuple(map(float, some))


def _chosen(caller: str, subject: Subject, only: str | None) -> list[str]:
    """The names of the properties that can be checked."""
    if only is not None and only not in [*PROPERTIES]:
        raise ValueError(f"{caller}: {only!r} is no property; there are {', '.join(PROPERTIES)}")
    order = subject.order if subject.differentiable else 0
    names = [n for n in PROPERTIES if OF_GRADIENTS.get(n, 0) <= order]
    names = [n for n in names if n != "kinks" or subject.kinks]
    op = subject.op
    if isinstance(op, Op) and not op.each and len([rule for rule in op.rules if rule]) < 2:
        names = [n for n in names if n != "alone"]  # as it has no two gradients
    if only is not None and only not in names:
        why = "no kinks are given" if only == "kinks" and order else f"its order is {order}"
        raise ValueError(f"{caller}: {subject.name} has no {only!r} to be checked: {why}")
    return names if only is None else [only]


def _run(subject: Subject, names: list[str], cases: Any, examples: int | None) -> None:
    """Draw calls, and check these properties of each; once one fails, that one."""
    __tracebackhide__ = True
    checked: set[str] = set()
    failed: list[str] = []
    said = ""

    def drawn(case: Case) -> None:
        __tracebackhide__ = True
        nonlocal said
        if subject.differentiable:
            _check_rules(subject, case)
        for name in failed or names:
            try:
                with np.errstate(all="ignore"):
                    if PROPERTIES[name](subject, case) is not False:
                        checked.add(name)
            except (HypothesisException, WrongUse):
                raise
            except Exception as error:
                known = isinstance(error, Wrong)
                problem = str(error) if known else f"it raises {type(error).__name__}: {error}"
                if name == "dtypes" and not known:
                    problem += "; a dtype that it is not meant for, leave out: dtypes=[...]"
                said = _message(subject, name, case, problem)
                failed[:] = [name]
                raise Wrong(said) from (None if known else error)

    # By its name Hypothesis keeps what failed before: each operation and property has its own.
    key = f"{_place(subject.op)}_{names[0] if len(names) == 1 else ''}"
    wanted = settings().max_examples if examples is None else examples
    for count in sorted({wanted, max(wanted, _ENOUGH)}):
        for how, calls in {"": cases, "afresh": _afresh(cases)}.items():
            drawn.__name__ = drawn.__qualname__ = re.sub(r"\W", "_", key + how)
            some = settings(
                max_examples=count // 2 if how else count - count // 2,
                deadline=None,  # a first call may compile
                suppress_health_check=[HealthCheck.too_slow],
                phases=[p for p in settings().phases if p != Phase.explain],  # the message does
                report_multiple_bugs=False,
            )
            try:
                some(given(calls)(drawn))()  # type: ignore[no-untyped-call]
            except Flaky:
                raise Wrong(
                    f"{said}\n(Called again it does not fail: it draws random numbers, or keeps "
                    "something from call to call.)"
                ) from None
            if count == 1:
                break
        unseen = [n for n in names if n not in checked]
        if len(names) > 1:
            unseen = [n for n in unseen if n not in MAY_BE_UNCHECKED]
        if not unseen:
            return
    why = _WHY.get(unseen[0], _NOWHERE_SMOOTH)
    raise NothingChecked(
        f"{subject.name}, {unseen[0]}: there was no call that could be checked. {why}"
    )


def _afresh(cases: Any) -> Any:
    """The same calls, each with a shape and parameters of its own.

    Of one call that it draws Hypothesis makes some more, in which one number stands in the place of
    another: ties are found so, but of 100 calls only 40 are new ones. In a list without repetitions
    it changes nothing.
    """
    return st.lists(cases, min_size=1, max_size=1, unique_by=id).map(lambda calls: calls[0])


_ENOUGH = 50  # calls, before it is said that none could be checked: a few may all be empty


class NothingChecked(ValueError):
    """A property that no call could show."""


# Of these not every operation has a call to look at.
MAY_BE_UNCHECKED = ("alone", "traced")
_WHY = {
    "kinks": (
        "None was at a kink: where the function that `kinks` is gives exactly 0. Add one that is, "
        "such as: cases | st.just((np.array(0.5),))"
    ),
    "alone": "None had two arguments that may require grad",
    "traced": "jit.trace takes none of them, and says in words why; on a GPU it is not asked",
}
_NOWHERE_SMOOTH = (
    "All were too near to a kink, without elements or arrays of floats, or had a result that is "
    "not finite. If it has no gradients, say order=0"
)


def _place(op: Any) -> str:
    """The name of an operation, and where it stands: there may be two of one name."""
    function = op.forward if isinstance(op, Op) else op
    code = getattr(function, "__code__", None)
    module = getattr(function, "__module__", None)
    return f"{Subject(op).name}_{module}_{code.co_firstlineno if code else ''}"


def _check_rules(subject: Subject, case: Case) -> None:
    """Raise ValueError if there are more arrays of floats than rules."""
    op = subject.op
    if isinstance(op, Op) and not op.each and len(op.rules) < len(case.args):
        without = [i for i, a in enumerate(case.args) if is_float(a) and i >= len(op.rules)]
        if without:
            raise ValueError(
                f"check_op: {subject.name} has {len(op.rules)} rules, and argument {without[0]} is "
                "an array of floats: give it a rule, or None for a rule if it has no gradient"
            )


def _message(subject: Subject, name: str, case: Case, problem: str) -> str:
    """What is wrong, and the call as a line that needs nothing but the operation itself."""
    args = written(case.args)
    call = args if not case.params else f"testing.Case({args}, {written(case.params)})"
    options = [f"only={name!r}"]
    if name == "value" and subject.reference is not None:
        options.append(f"reference=lambda *_, **__: {written(expected(subject.reference, case))}")
    if name == "kinks":
        numbers = isinstance(subject.kinks, tuple)
        options.append(f"kinks={subject.kinks if numbers else 'lambda *_, **__: 0.0'}")
    if subject.dtypes != FLOATS:
        options.append(f"dtypes={subject.dtypes}")
    if subject.order != 2 and getattr(subject.op, "differentiable", True):
        options.append(f"order={subject.order}")
    if subject.device != "cpu":
        options.append(f"device={subject.device!r}")
    line = f"testing.check_op({_shown(subject)}, [{call}], {', '.join(options)})"
    imports = "import numpy as np; " + "import tinygrad_lr as tg; " * ("tg.tensor" in line)
    return (
        f"{subject.name}, {name}: {problem}\n"
        f"This call alone ({imports}from tinygrad_lr import testing):\n    {line}"
    )


def _shown(subject: Subject) -> str:
    """The operation, as it may be written in a line."""
    text = repr(subject.op) if isinstance(subject.op, Module) else subject.name
    written_so = all(part.isidentifier() for part in text.split("."))
    return text if written_so or (isinstance(subject.op, Module) and "\n" not in text) else "op"


class _Check:
    """What a test of one property calls."""

    def __init__(self, subject: Subject, name: str, cases: Any, examples: int | None) -> None:
        self.subject, self.name, self.cases, self.examples = subject, name, cases, examples

    def __call__(self) -> None:
        __tracebackhide__ = True
        try:
            _run(self.subject, [self.name], self.cases, self.examples)
        except NothingChecked as nothing:
            if self.name not in MAY_BE_UNCHECKED:
                raise
            import pytest

            pytest.skip(str(nothing))

    def __repr__(self) -> str:
        return f"<{self.subject.name}: {self.name}>"


def op_tests(
    op: Callable[..., Any],
    cases: Any,
    *,
    order: int = 2,
    reference: Callable[..., Any] | None = None,
    kinks: Any = (),
    dtypes: Iterable[str] = FLOATS,
    device: str = "cpu",
    examples: int | None = None,
) -> Callable[[Any], Any]:
    """A decorator: the test ``def test_softplus(check): check()`` is run once for each property.

    It takes what `check_op` takes. On a device that is not there, the test is skipped; those of a
    traced step, and of an argument that alone requires grad, also where no call has such a thing.

    >>> double = tg.Op("double", lambda a: 2 * a, lambda g, y, a: 2 * g)
    >>> @testing.op_tests(double, cases=testing.unary())
    ... def test_double(check):
    ...     check()
    """
    import pytest  # whoever has no pytest can still use check_op

    subject = _subject("op_tests", op, reference, order, kinks, dtypes, device)
    strategy = cases_of(cases, "op_tests")
    absent = subject.device != "cpu" and not is_available()
    skip = pytest.mark.skipif(absent, reason="there is no GPU that can be used")
    checks = [
        pytest.param(
            _Check(subject, name, strategy, examples), id=name.replace(" ", "_"), marks=skip
        )
        for name in _chosen("op_tests", subject, None)
    ]
    return pytest.mark.parametrize("check", checks)
