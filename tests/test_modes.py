"""no_grad, enable_grad and set_grad_enabled around functions of every kind.

Around a generator they are not to be noticed: what it yields, is sent, is thrown, returns and
raises is what it was without them. But each of its lines runs in its own mode, and each line of
its caller in the caller's.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_lr as tg

ways = pytest.mark.parametrize("outside", [True, False])
DECORATORS: dict[str, tuple[Any, bool]] = {
    "no_grad": (tg.no_grad, False),
    "no_grad()": (tg.no_grad(), False),
    "enable_grad": (tg.enable_grad, True),
    "enable_grad()": (tg.enable_grad(), True),
    "set_grad_enabled(False)": (lambda f: tg.set_grad_enabled(False)(f), False),
    "set_grad_enabled(True)": (lambda f: tg.set_grad_enabled(True)(f), True),
    "no_grad, twice": (lambda f: tg.no_grad()(tg.no_grad(f)), False),
    "enable_grad, in no_grad": (lambda f: tg.no_grad()(tg.enable_grad()(f)), True),
}
decorators = pytest.mark.parametrize("name", DECORATORS)


def records() -> bool:
    recorded = bool((tg.ones(1, requires_grad=True) * 2.0).requires_grad)
    assert recorded is tg.is_grad_enabled()
    return recorded


# -------------------------------------------------------------------------------------- generators


class Own(Exception):
    pass


def stubborn(log: list[Any], finally_yields: bool = False) -> Any:
    """It notes all that comes, and its mode wherever it goes on."""
    log.append(records())
    total = 0
    try:
        while True:
            try:
                got = yield ("total", total)
                log.append((records(), got))
                if got == "end":
                    return total
                if got == "fail":
                    raise ZeroDivisionError
                if got == "stop":
                    raise StopIteration
                total += 1
            except Own as error:
                log.append((records(), error.args))
                if error.args == ("leave",):
                    raise KeyError(total) from error
            except GeneratorExit as error:
                log.append((records(), "exit", error.args))
                if error.args == ("stay",):
                    continue
                if error.args == ("return",):
                    return "returned"
                raise
    finally:
        log.append((records(), "finally"))
        if finally_yields:
            yield "from finally"
        log.append(records())


MOVES = {
    "next": lambda g: next(g),
    "send": lambda g: g.send("a"),
    "end": lambda g: g.send("end"),
    "fail": lambda g: g.send("fail"),
    "stop": lambda g: g.send("stop"),
    "throw": lambda g: g.throw(Own("and go on")),
    "throw a class": lambda g: g.throw(Own),
    "leave": lambda g: g.throw(Own("leave")),
    "another": lambda g: g.throw(OSError("another")),
    "StopIteration": lambda g: g.throw(StopIteration("thrown")),
    "KeyboardInterrupt": lambda g: g.throw(KeyboardInterrupt()),
    "exit": lambda g: g.throw(GeneratorExit()),
    "exit, and stay": lambda g: g.throw(GeneratorExit("stay")),
    "exit, and return": lambda g: g.throw(GeneratorExit("return")),
    "close": lambda g: g.close(),
}


def what(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except BaseException as error:
        causes = [error.__cause__, error.__context__]
        return type(error), error.args, [(type(c), c.args) for c in causes if c is not None]


def played(function: Any, moves: list[str], finally_yields: bool, outside: bool) -> Any:
    log: list[Any] = []
    with tg.set_grad_enabled(outside):
        g = function(log, finally_yields)
        found = []
        for move in moves:
            found.append(what(functools.partial(MOVES[move], g)))
            assert records() is outside
        del g
        assert records() is outside
    return found, log


@decorators
@ways
@given(moves=st.lists(st.sampled_from(sorted(MOVES)), max_size=6), finally_yields=st.booleans())
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_generator_is_what_it_was(
    name: str, outside: bool, moves: list[str], finally_yields: bool
) -> None:
    """Whatever is done with it; but that all its lines run in its own mode."""
    decorator, inside = DECORATORS[name]
    wanted = played(stubborn, moves, finally_yields, inside)
    assert played(decorator(stubborn), moves, finally_yields, outside) == wanted


def test_yield_from_goes_through_to_the_innermost() -> None:
    log: list[Any] = []

    @tg.no_grad()
    def inner() -> Any:
        try:
            log.append((records(), (yield 1)))
        except Own:
            log.append((records(), "thrown"))
        return "inner's"

    @tg.enable_grad()
    def outer() -> Any:
        first = yield from inner()
        log.append(records())
        second = yield from inner()
        log.append(records())
        return first, second

    with tg.no_grad():
        g = outer()
        assert next(g) == 1
        assert g.send("sent") == 1
        with pytest.raises(StopIteration) as end:
            g.throw(Own())
        assert not records()
    assert end.value.value == ("inner's", "inner's")
    assert log == [(False, "sent"), True, (False, "thrown"), True]


def test_a_generator_keeps_the_mode_that_it_switches_to() -> None:
    @tg.no_grad
    def switching() -> Any:
        yield records()
        with tg.enable_grad():
            yield records()
            yield records()
            tg.set_grad_enabled(False)
            yield records()
        tg.set_grad_enabled(True)
        yield records()

    seen = []
    for mode in switching():
        seen.append(mode)
        assert records()
        with tg.no_grad():
            pass
    assert seen == [False, True, True, False, True]
    assert records()


def test_generators_that_take_turns_and_one_that_calls_itself() -> None:
    @tg.no_grad()
    def off(depth: int) -> Any:
        yield records()
        if depth:
            for mode in on(depth - 1):
                yield mode
                assert not records()

    @tg.enable_grad()
    def on(depth: int) -> Any:
        yield records()
        if depth:
            for mode in off(depth - 1):
                yield mode
                assert records()

    assert list(zip(off(4), on(4))) == [(i % 2 == 1, i % 2 == 0) for i in range(5)]
    assert records()


def test_a_generator_that_is_already_running_says_so() -> None:
    @tg.no_grad()
    def itself() -> Any:
        yield next(running)

    running = itself()
    with pytest.raises(ValueError, match="generator already executing"):
        next(running)
    assert records()


def test_a_generator_that_goes_on_in_another_thread() -> None:
    @tg.no_grad()
    def steps() -> Any:
        while True:
            yield records()

    g, seen = steps(), []
    seen.append(next(g))

    def work() -> None:
        seen.append((next(g), records()))
        with tg.no_grad():
            seen.append((next(g), records()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [*seen, next(g), records()] == [False, (False, True), (False, False), False, True]


def test_a_generator_that_is_left_half_way_is_closed_in_its_own_mode_and_keeps_nothing() -> None:
    seen = []

    @tg.no_grad()
    def steps(x: Any) -> Any:
        try:
            yield x
        finally:
            seen.append(records())

    gc.disable()
    try:
        x = tg.ones(3)
        there = weakref.ref(x)
        g = steps(x)
        next(g)
        del x, g
        assert (seen, there()) == ([False], None)

        x, error = tg.ones(3), Own("thrown")
        there_too, gone = weakref.ref(x), weakref.ref(error)
        g = steps(x)
        next(g)
        with pytest.raises(Own):
            g.throw(error)
        del x, g, error
        assert (seen, there_too(), gone()) == ([False, False], None, None)
    finally:
        gc.enable()
    assert records()


def test_it_is_still_a_generator_function() -> None:
    decorated = tg.no_grad()(stubborn)
    assert inspect.isgeneratorfunction(decorated)
    assert decorated.__name__ == "stubborn"
    assert decorated.__wrapped__ is stubborn  # type: ignore[attr-defined]
    assert inspect.signature(decorated) == inspect.signature(stubborn)
    assert decorated([]).__name__ == "stubborn"
    twice = tg.enable_grad(functools.partial(stubborn, []))
    assert next(twice()) == ("total", 0)


# --------------------------------------------------------------------------- what is awaited


async def nap() -> None:
    assert records() is False
    await asyncio.sleep(0)
    assert records() is False


@decorators
def test_a_coroutine_runs_in_its_own_mode(name: str) -> None:
    """(PyTorch only makes it there, and runs it in its caller's.)"""
    decorator, inside = DECORATORS[name]

    async def work(fails: bool) -> Any:
        seen = [records()]
        for _ in range(3):
            await asyncio.sleep(0)
            seen.append(records())
        if fails:
            raise Own(seen)
        return seen

    async def main() -> None:
        decorated = decorator(work)
        assert inspect.iscoroutinefunction(decorated)
        together = await asyncio.gather(*(decorated(fails=False) for _ in range(3)), work(False))
        assert together == [*[[inside] * 4] * 3, [True] * 4]
        with pytest.raises(Own) as error:
            await decorated(fails=True)
        assert error.value.args == ([inside] * 4,)
        task = asyncio.ensure_future(decorated(fails=False))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert records()

    asyncio.run(main())
    assert records()


@decorators
def test_an_async_generator_runs_in_its_own_mode(name: str) -> None:
    decorator, inside = DECORATORS[name]
    log: list[Any] = []

    async def numbers() -> Any:
        try:
            for i in range(10):
                try:
                    log.append((records(), (yield i)))
                except Own:
                    log.append((records(), "thrown"))
                await asyncio.sleep(0)
                log.append(records())
        finally:
            await asyncio.sleep(0)
            log.append((records(), "finally"))

    async def main(function: Any) -> Any:
        assert inspect.isasyncgenfunction(function)
        log.clear()
        g = function()
        found = [await g.asend(None), await g.asend("sent"), await g.athrow(Own())]
        assert records()
        found += [i async for i in g if i < 5]
        g = function()
        await g.asend(None)
        await g.aclose()
        with pytest.raises(StopAsyncIteration):
            await g.asend(None)
        g = function()
        await g.asend(None)
        with pytest.raises(ZeroDivisionError):
            await g.athrow(ZeroDivisionError())
        assert records()
        return found, [entry[1] for entry in log if isinstance(entry, tuple)]

    wanted = asyncio.run(main(numbers))
    assert asyncio.run(main(decorator(numbers))) == wanted
    assert {entry[0] if isinstance(entry, tuple) else entry for entry in log} == {inside}


# --------------------------------------------------------------------- methods, classes, the rest


def test_methods_of_every_kind() -> None:
    class Net:
        @tg.no_grad()
        def method(self) -> Any:
            return self, records()

        @tg.no_grad()
        @classmethod
        def of_the_class(cls) -> Any:
            return cls, records()

        @classmethod
        @tg.no_grad
        def of_the_class_too(cls) -> Any:
            return cls, records()

        @tg.no_grad
        @staticmethod
        def static(x: int) -> Any:
            return x, records()

        @staticmethod
        @tg.no_grad()
        def static_too(x: int) -> Any:
            return x, records()

        @property
        @tg.no_grad()
        def value(self) -> Any:
            return records()

        @tg.no_grad()
        def steps(self) -> Any:
            yield self, records()

    net = Net()
    assert [net.method(), *net.steps()] == [(net, False)] * 2
    assert [f() for c in (net, Net) for f in (c.of_the_class, c.of_the_class_too)] == [
        (Net, False)
    ] * 4
    assert [f(3) for c in (net, Net) for f in (c.static, c.static_too)] == [(3, False)] * 4
    assert not net.value
    assert tg.no_grad()(functools.partial(net.method))() == (net, False)
    assert tg.no_grad(net.method)() == (net, False)
    assert records()


class Something:
    pass


@pytest.mark.parametrize("given", [Something, property(records), 3, False, "text", [records]])
@pytest.mark.parametrize(
    "decorator", [tg.no_grad, tg.no_grad(), tg.enable_grad, lambda f: tg.set_grad_enabled(True)(f)]
)
def test_what_is_no_function_is_refused(decorator: Any, given: Any) -> None:
    """(PyTorch takes a class, and warns; then the name is none of a class any more.)"""
    with pytest.raises(TypeError, match="go around a function, not"):
        decorator(given)


@pytest.mark.parametrize("given", [records, None, 1, 0, "False", 0.0, [True]])
def test_set_grad_enabled_takes_a_bool(given: Any) -> None:
    for framework in (tg, torch):
        with pytest.raises(TypeError, match=r"bool|True or False"):
            framework.set_grad_enabled(given)
    assert records()


# ------------------------------------------------------------------------------------------ threads


def test_one_context_entered_by_several_threads() -> None:
    """Each goes back to its own mode, in whatever order they leave."""
    off, barrier, seen = tg.no_grad(), threading.Barrier(2, timeout=60), {}

    def work(name: str, outer: bool) -> None:
        with tg.set_grad_enabled(outer):
            if name == "second":
                barrier.wait()
            with off:
                if name == "first":
                    barrier.wait()
                    barrier.wait()
                else:
                    barrier.wait()
                assert not records()
            seen[name] = records() is outer

    threads = [threading.Thread(target=work, args=a) for a in (("first", True), ("second", False))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {"first": True, "second": True}


def test_a_context_that_is_left_in_another_thread_changes_nothing_there() -> None:
    def steps() -> Any:
        with tg.no_grad():
            yield

    g, seen = steps(), []
    with tg.enable_grad():  # which puts right what is left open here
        next(g)

        def work() -> None:
            with tg.no_grad():
                g.close()
                seen.append(records())

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert seen == [False]
    assert records()


# -------------------------------------------------------------------------------- inference mode


def seen(t: Any, w: Any) -> list[bool]:
    return [t.is_grad_enabled(), t.is_inference_mode_enabled(), (w * 2).requires_grad]


@pytest.mark.parametrize("t", [tg, torch], ids=["here", "PyTorch"])
def test_inference_mode_records_nothing_and_says_so(t: Any) -> None:
    w = t.ones(1, requires_grad=True)
    on, inside, off = [True, False, True], [False, True, False], [False, False, False]
    decorated = t.inference_mode()(seen)
    bare = t.inference_mode(seen)
    assert seen(t, w) == on
    with t.inference_mode():
        assert seen(t, w) == inside
        with t.inference_mode(False):
            assert t.is_inference_mode_enabled() is False
        with t.no_grad():
            assert t.is_grad_enabled() is False
        assert seen(t, w) == inside
    assert seen(t, w) == on
    assert decorated(t, w) == bare(t, w) == inside
    assert seen(t, w) == on
    with t.inference_mode(mode=True):
        assert seen(t, w) == inside
    with t.no_grad():
        assert seen(t, w) == off
        with t.inference_mode(False):
            assert seen(t, w) == on


def test_what_is_made_in_inference_mode_is_an_ordinary_constant() -> None:
    w = tg.ones(1, requires_grad=True)
    with tg.inference_mode():
        x = w * 3
    assert x.is_inference() is False
    (w * x).backward()
    assert w.grad.item() == 3.0
