"""Whether operations are recorded: ``no_grad`` and its relatives."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from threading import get_ident
from typing import Any, TypeAlias, TypeVar, cast, overload

from numpy import bool_

Function: TypeAlias = Callable[..., Any]
F = TypeVar("F", bound=Function)


class _Mode(threading.local):
    recording: bool | None = True  # None, which is false too, in inference mode


mode: _Mode = _Mode()


def is_grad_enabled() -> bool:
    """Whether operations are being recorded, in this thread.

    >>> tg.is_grad_enabled()
    True
    """
    return bool(mode.recording)


def is_inference_mode_enabled() -> bool:
    """Whether this is inside of ``inference_mode()``, in this thread.

    >>> tg.is_inference_mode_enabled()
    False
    """
    return mode.recording is None


class GradMode:
    """A context manager that switches recording on or off; as a decorator, around every call."""

    def __init__(self, recording: bool | None) -> None:
        self.recording = recording
        self._outer: dict[int, list[bool | None]] = {}  # by thread, what to go back to

    def __enter__(self) -> None:
        self._outer.setdefault(get_ident(), []).append(mode.recording)
        mode.recording = self.recording

    def __exit__(self, *exc_info: object) -> None:
        outer = self._outer.get(get_ident())
        if outer:  # a generator may be closed in another thread than it was begun in
            mode.recording = outer.pop()

    def __call__(self, function: F) -> F:
        if isinstance(function, (staticmethod, classmethod)):
            return cast(F, type(function)(self(function.__func__)))
        if inspect.isclass(function) or not callable(function):
            what = f"the class {function.__name__}" if inspect.isclass(function) else repr(function)
            raise TypeError(
                f"no_grad, enable_grad and set_grad_enabled(...) go around a function, not {what}; "
                "put them around its methods, or write `with no_grad():`"
            )
        around = _around
        for is_it, instead in (
            (inspect.isgeneratorfunction, _around_generator),
            (inspect.iscoroutinefunction, _around_coroutine),
            (inspect.isasyncgenfunction, _around_async_generator),
        ):
            around = instead if is_it(function) else around
        own = functools.partial(_Own, self.recording)
        return cast(F, functools.wraps(function)(around(function, own)))


class _Own:
    """The mode of one call. A generator's is kept while its caller goes on, in another."""

    def __init__(self, recording: bool | None) -> None:
        self._other = recording  # the call's; while that runs, its caller's

    def __enter__(self) -> None:
        self._other, mode.recording = mode.recording, self._other

    def __exit__(self, *exc_info: object) -> None:
        self.__enter__()


def _around(function: Function, own: Callable[[], _Own]) -> Function:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with own():
            return function(*args, **kwargs)

    return wrapped


def _around_generator(function: Function, own: Callable[[], _Own]) -> Function:
    # Not by `yield from`, which makes a close() of every GeneratorExit that is thrown.
    def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        theirs, mine = function(*args, **kwargs), own()
        step, given = theirs.send, None
        while True:
            try:
                with mine:
                    item = step(given)
            except StopIteration as end:
                return end.value
            finally:
                given = None  # an error's traceback leads to here
            try:
                step, given = theirs.send, (yield item)
            except BaseException as error:  # GeneratorExit too, with which it is closed
                step, given = theirs.throw, error

    return generator


def _around_coroutine(function: Function, own: Callable[[], _Own]) -> Function:
    async def coroutine(*args: Any, **kwargs: Any) -> Any:
        return await _Awaited(function(*args, **kwargs), own())

    return coroutine


def _around_async_generator(function: Function, own: Callable[[], _Own]) -> Function:
    async def generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        theirs, mine = function(*args, **kwargs), own()
        step, given = theirs.asend, None
        while True:
            try:
                item = await _Awaited(step(given), mine)
            except StopAsyncIteration:
                return
            finally:
                given = None
            try:
                step, given = theirs.asend, (yield item)
            except BaseException as error:
                step, given = theirs.athrow, error

    return generator


class _Awaited:
    """Something to await, each piece of it in the mode `own`."""

    def __init__(self, awaitable: Awaitable[Any], own: _Own) -> None:
        self._awaitable, self._own = awaitable, own

    def __await__(self) -> Generator[Any, Any, Any]:
        pieces: Generator[Any, Any, Any]
        pieces = _around_generator(self._awaitable.__await__, lambda: self._own)()
        return pieces


class set_grad_enabled(GradMode):
    """Switches at once, as in PyTorch; ``with set_grad_enabled(mode):`` also switches back.

    TypeError for what is no bool.

    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.set_grad_enabled(False):
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, (bool, bool_)):
            raise TypeError(f"set_grad_enabled: expected True or False, got {type(mode).__name__}")
        super().__init__(bool(mode))
        self._before = self._switch()

    def _switch(self) -> bool | None:
        before, mode.recording = mode.recording, self.recording
        return before

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
    """Record nothing: ``with no_grad():``, ``@no_grad()`` or ``@no_grad``.

    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """
    return GradMode(False) if function is None else GradMode(False)(function)


@overload
def enable_grad(function: F) -> F: ...
@overload
def enable_grad(function: None = None) -> GradMode: ...
def enable_grad(function: F | None = None) -> F | GradMode:
    """Record again inside a ``no_grad``: a context manager or a decorator.

    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.no_grad(), tg.enable_grad():
    ...     y = x * 2
    >>> y.requires_grad
    True
    """
    return GradMode(True) if function is None else GradMode(True)(function)


@overload
def inference_mode(mode: F) -> F: ...
@overload
def inference_mode(mode: bool = True) -> GradMode: ...
def inference_mode(mode: F | bool = True) -> F | GradMode:
    """Record nothing, as no_grad: ``with inference_mode():``, ``@inference_mode()``.

    What is made there is a constant as any other: later it can be used where operations are
    recorded, and written to. (In PyTorch it cannot.) ``inference_mode(False)`` records.

    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.inference_mode():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """
    if isinstance(mode, (bool, bool_)):
        return GradMode(None if mode else True)
    return GradMode(None)(mode)
