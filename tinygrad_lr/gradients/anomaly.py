"""Where a nan comes from: ``with autograd.detect_anomaly():`` around backward().

While it is on, the chain rule at a node (Node.pull_back) is replaced by one that looks at what came
out. So it costs nothing while it is off. It says which operation's gradient is nan, by its name in
grad_fn; where in the program that was called, which PyTorch says too, nobody has noted.
"""

from __future__ import annotations

from typing import Any

from ..device import xp
from ..effects import effect
from ..graph import Node, Value
from ..warned import warn

__all__ = [
    "detect_anomaly",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "set_detect_anomaly",
]

_usual = Node.pull_back
_mode = {"on": False, "check_nan": True}


def is_anomaly_enabled() -> bool:
    """Whether anomalies are looked for.

    >>> tg.autograd.is_anomaly_enabled()
    False
    """
    return _mode["on"]


def is_anomaly_check_nan_enabled() -> bool:
    """Whether a nan would be an error, while they are.

    >>> tg.autograd.is_anomaly_check_nan_enabled()
    True
    """
    return _mode["check_nan"]


class set_detect_anomaly:
    """Switches at once, in all threads; ``with set_detect_anomaly(mode):`` also switches back.

    With `check_nan` a nan that comes out of a gradient rule is a RuntimeError.

    >>> with tg.autograd.set_detect_anomaly(True):
    ...     tg.autograd.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = dict(_mode)
        _switch({"on": mode, "check_nan": check_nan})

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc_info: object) -> None:
        _switch(self._before)


class detect_anomaly(set_detect_anomaly):
    """``with detect_anomaly():`` a nan that comes out of a gradient rule is a RuntimeError.

    >>> x = tg.zeros(1, requires_grad=True)
    >>> with tg.autograd.detect_anomaly():
    ...     (x.sqrt() * 0).sum().backward()
    Traceback (most recent call last):
    RuntimeError: ...
    """

    def __init__(self, check_nan: bool = True) -> None:
        warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should "
            "only be enabled for debugging.",
            UserWarning,
        )
        self._before = dict(_mode)
        self._wanted = {"on": True, "check_nan": check_nan}

    def __enter__(self) -> None:  # not before, as in PyTorch
        _switch(self._wanted)


def _switch(mode: dict[str, bool]) -> None:
    effect("look for anomalies")
    _mode.update(mode)
    put_in_place()


def put_in_place() -> None:
    """Let Node.pull_back be what it is in this mode."""
    looks = _mode["on"] and _mode["check_nan"]
    Node.pull_back = _checked if looks else _usual  # type: ignore[method-assign, assignment]


def _checked(node: Node, g: Any, *args: Any) -> list[tuple[Any, Any]]:
    """In the place of Node.pull_back."""
    found = _usual(node, g, *args)
    for edge, gradient in found:
        array = gradient.array if isinstance(gradient, Value) else gradient
        if bool(xp(array).isnan(array).any()):
            raise RuntimeError(
                f"Function {node.name()!r} returned nan values in its "
                f"{list(node.edges).index(edge)}th output."
            )
    return found
