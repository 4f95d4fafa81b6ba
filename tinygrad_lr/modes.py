"""Whether operations are recorded: ``no_grad`` and its relatives."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from inspect import isgeneratorfunction
from typing import Any, TypeVar, cast, overload

F = TypeVar("F", bound=Callable[..., Any])


class _Mode(threading.local):
    recording = True


mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations are being recorded, in this thread."""
    return mode.recording


class GradMode:
    """A context manager that switches recording on or off; as a decorator, around every call."""

    def __init__(self, recording: bool) -> None:
        self.recording = recording
        self._outer: list[bool] = []

    def __enter__(self) -> None:
        self._outer.append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *exc_info: object) -> None:
        mode.recording = self._outer.pop()

    def __call__(self, function: F) -> F:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with GradMode(self.recording):
                return function(*args, **kwargs)

        @functools.wraps(function)
        def steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
            generator = function(*args, **kwargs)
            while True:
                with GradMode(self.recording):
                    try:
                        item = next(generator)
                    except StopIteration:
                        return
                yield item  # in the mode of the caller

        return cast(F, steps if isgeneratorfunction(function) else wrapped)


class set_grad_enabled(GradMode):
    """Switches at once, as in PyTorch; ``with set_grad_enabled(mode):`` also switches back."""

    def __init__(self, recording: bool) -> None:
        super().__init__(bool(recording))
        self._before = mode.recording
        mode.recording = self.recording

    def __enter__(self) -> None:
        mode.recording = self.recording

    def __exit__(self, *exc_info: object) -> None:
        mode.recording = self._before

    def __call__(self, function: F) -> F:
        mode.recording = self._before  # as a decorator it switches during calls only
        return super().__call__(function)


@overload
def no_grad(function: F) -> F: ...
@overload
def no_grad(function: None = None) -> GradMode: ...
def no_grad(function: F | None = None) -> F | GradMode:
    """Record nothing: ``with no_grad():``, ``@no_grad()`` or ``@no_grad``."""
    return GradMode(False) if function is None else GradMode(False)(function)


@overload
def enable_grad(function: F) -> F: ...
@overload
def enable_grad(function: None = None) -> GradMode: ...
def enable_grad(function: F | None = None) -> F | GradMode:
    """Record again inside a ``no_grad``: a context manager or a decorator."""
    return GradMode(True) if function is None else GradMode(True)(function)
