"""Running the properties: `check_op` over many calls, `op_tests` as tests of pytest.

Hypothesis draws the calls and, when one fails, looks for the simplest that does. The message ends
with a line that runs just that call again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import HypothesisException

from ..device import is_available
from ..graph import Op
from .properties import FLOATS, OF_GRADIENTS, PROPERTIES, Subject, Wrong
from .strategies import Case, cases_of, is_float, written


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
        order: up to which derivative: 0, 1 or 2.
        reference: a function of NumPy arrays, called as `op` is, that gives the right value.
        kinks: the numbers at which the slope jumps; or a function of the arguments that gives an
            array, or a list of them, that is 0 where it does (``lambda a, b: a - b``).
        dtypes: which dtypes `op` claims to compute in.
        device: "cpu" or "gpu".
        only: the one property to check, by its name in PROPERTIES.
        examples: how many calls are drawn for each; the settings of Hypothesis say it otherwise.

    Raises Wrong (an AssertionError): which property, where, what was expected, what came, and the
    simplest call that fails, as a line to paste. TypeError and ValueError for wrong arguments.
    """
    subject = _subject("check_op", op, reference, order, kinks, dtypes, device)
    strategy = cases_of(cases, "check_op")
    for name in _chosen("check_op", subject, only):
        _run(subject, name, strategy, examples)


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
    if reference is not None and not callable(reference):
        raise TypeError(f"{caller}: reference must be a function, got {type(reference).__name__}")
    if order not in (0, 1, 2):
        raise ValueError(f"{caller}: order must be 0, 1 or 2, got {order!r}")
    if order and isinstance(op, Op) and not op.differentiable:
        order = 0
    names = (dtypes,) if isinstance(dtypes, str) else tuple(dtypes)
    if unknown := [d for d in names if d not in FLOATS]:
        raise ValueError(f"{caller}: dtypes are some of {', '.join(FLOATS)}, got {unknown[0]!r}")
    if isinstance(kinks, (int, float)):
        kinks = (kinks,)
    return Subject(op, reference, order, kinks, names, device)


def _chosen(caller: str, subject: Subject, only: str | None) -> list[str]:
    """The names of the properties that can be checked."""
    if only is not None and only not in PROPERTIES:
        raise ValueError(f"{caller}: {only!r} is no property; there are {', '.join(PROPERTIES)}")
    order = subject.order if subject.differentiable else 0
    names = [n for n in PROPERTIES if OF_GRADIENTS.get(n, 0) <= order]
    names = [n for n in names if n != "kinks" or subject.kinks]
    if only is not None and only not in names:
        why = "no kinks are given" if only == "kinks" and order else f"its order is {order}"
        raise ValueError(f"{caller}: {subject.name} has no {only!r} to be checked: {why}")
    return names if only is None else [only]


def _run(subject: Subject, name: str, cases: Any, examples: int | None) -> None:
    """Draw calls, and check one property of each."""
    __tracebackhide__ = True
    holds = PROPERTIES[name]

    def drawn(case: Case) -> None:
        __tracebackhide__ = True
        if subject.differentiable:
            _check_rules(subject, case)
        try:
            holds(subject, case)
        except Wrong as error:
            raise Wrong(_message(subject, name, case, str(error))) from None
        except HypothesisException:
            raise
        except Exception as error:
            problem = f"it raises {type(error).__name__}: {error}"
            raise Wrong(_message(subject, name, case, problem)) from error

    # By its name Hypothesis keeps what failed before: each operation and property has its own.
    drawn.__name__ = drawn.__qualname__ = re.sub(r"\W", "_", f"{subject.name}_{name}")
    some = settings(
        max_examples=examples or settings().max_examples,
        deadline=None,  # a first call may compile
        suppress_health_check=[HealthCheck.too_slow],
        phases=[p for p in settings().phases if p != Phase.explain],  # the message does
        report_multiple_bugs=False,
    )
    some(given(cases)(drawn))()  # type: ignore[no-untyped-call]


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
    args = written(case.args)
    call = args if not case.params else f"testing.Case({args}, {_text(case.params)})"
    options = [f"only={name!r}"]
    if subject.reference is not None and name == "value":
        options.append(f"reference={getattr(subject.reference, '__name__', '...')}")
    if subject.kinks and name in ("kinks", "derivative", "second derivative", "dtypes"):
        options.append(
            f"kinks={subject.kinks!r}" if isinstance(subject.kinks, tuple) else "kinks=..."
        )
    line = f"testing.check_op({subject.name}, [{call}], {', '.join(options)})"
    return f"{subject.name}, {name}: {problem}\nThis call alone:\n    {line}"


def _text(params: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{name!r}: {written(v)}" for name, v in params.items()) + "}"


class _Check:
    """What a test of one property calls."""

    def __init__(self, subject: Subject, name: str, cases: Any, examples: int | None) -> None:
        self.subject, self.name, self.cases, self.examples = subject, name, cases, examples

    def __call__(self) -> None:
        __tracebackhide__ = True
        _run(self.subject, self.name, self.cases, self.examples)

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

    It takes what `check_op` takes. On a device that is not there, the test is skipped.
    """
    import pytest  # whoever has no pytest can still use check_op

    subject = _subject("op_tests", op, reference, order, kinks, dtypes, device)
    strategy = cases_of(cases, "op_tests")
    skip = pytest.mark.skipif(
        subject.device != "cpu" and not is_available(), reason="there is no GPU that can be used"
    )
    checks = [
        pytest.param(_Check(subject, name, strategy, examples), id=name, marks=skip)
        for name in _chosen("op_tests", subject, None)
    ]
    return pytest.mark.parametrize("check", checks)
