"""Whether operations are recorded: no_grad, enable_grad and set_grad_enabled, each way to use them.

As contexts that nest, as decorators, as plain calls, in each thread for itself; what was the mode
before is the mode afterwards. What they do around generators and coroutines is in test_modes.py.
"""

import threading

import pytest
from leaves import leaf

import tinygrad_lr as tl


def records():
    return (leaf(1.0) * 2.0).requires_grad


@pytest.mark.parametrize(
    ("make", "inside"),
    [
        (tl.no_grad, False),
        (tl.enable_grad, True),
        (lambda: tl.set_grad_enabled(False), False),
        (lambda: tl.set_grad_enabled(True), True),
    ],
    ids=["no_grad", "enable_grad", "set_grad_enabled(False)", "set_grad_enabled(True)"],
)
@pytest.mark.parametrize("outside", [True, False])
def test_a_recording_context_restores_what_was_there(make, inside, outside):
    with tl.set_grad_enabled(outside):
        with make():
            assert records() is tl.is_grad_enabled() is inside
        assert records() is tl.is_grad_enabled() is outside
        with pytest.raises(ZeroDivisionError), make():
            raise ZeroDivisionError
        assert tl.is_grad_enabled() is outside
    assert tl.is_grad_enabled()


def test_contexts_nest_even_the_same_one():
    off = tl.no_grad()
    with off:
        with tl.enable_grad():
            assert records()
            with off:
                assert not records()
            assert records()
        assert not records()
    assert records()


@pytest.mark.parametrize("decorator", [tl.no_grad(), tl.no_grad], ids=["@no_grad()", "@no_grad"])
def test_no_grad_as_a_decorator(decorator):
    @decorator
    def predict(x, scale=1.0):
        """Words."""
        return x * scale

    assert (predict.__name__, predict.__doc__) == ("predict", "Words.")
    y = predict(leaf(1.0), scale=2.0)
    assert (y.item(), y.requires_grad) == (2.0, False)
    assert records()


def test_a_decorated_function_is_no_generator_whatever_its_module_imports_from_the_future():
    module = {"no_grad": tl.no_grad}
    exec("from __future__ import annotations\n@no_grad\ndef predict(x): return x * 2.0", module)
    assert module["predict"](leaf(1.0)).item() == 2.0


@pytest.mark.parametrize("decorator", [tl.enable_grad(), tl.enable_grad])
def test_enable_grad_as_a_decorator(decorator):
    with tl.no_grad():
        assert decorator(records)()
        assert not records()


def test_a_decorated_function_may_call_itself_and_may_fail():
    @tl.no_grad()
    def down(n):
        assert not tl.is_grad_enabled()
        if n == 0:
            raise ValueError("bottom")
        with tl.enable_grad():
            down(n - 1)

    with pytest.raises(ValueError, match="bottom"):
        down(5)
    assert tl.is_grad_enabled()


def test_set_grad_enabled_as_a_plain_call_switches_at_once():
    try:
        tl.set_grad_enabled(False)
        assert not records()
    finally:
        tl.set_grad_enabled(True)
    assert records()


def test_set_grad_enabled_as_a_decorator_switches_only_inside():
    try:

        @tl.set_grad_enabled(False)
        def inside():
            return records()

        assert records()
        assert not inside()
        assert records()
    finally:
        tl.set_grad_enabled(True)


def test_a_set_grad_enabled_can_be_used_again():
    try:
        off = tl.set_grad_enabled(False)
        for _ in range(2):
            with off:
                assert not records()
            assert records()
    finally:
        tl.set_grad_enabled(True)


def test_a_decorated_generator_records_nothing():
    @tl.no_grad()
    def predictions():
        """Words."""
        yield records()
        yield records()

    assert (predictions.__name__, predictions.__doc__) == ("predictions", "Words.")
    seen = []
    for recorded in predictions():
        seen.append(recorded)
        assert records()  # the caller's own mode, between two steps
    assert seen == [False, False]


def test_threads_record_independently():
    barrier, seen = threading.Barrier(2, timeout=60), {}

    def work(name, mode):
        with tl.set_grad_enabled(mode):
            barrier.wait()
            seen[name] = records()
            barrier.wait()
        seen[name, "after"] = records()

    threads = [threading.Thread(target=work, args=(mode, mode)) for mode in (True, False)]
    with tl.no_grad():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == {True: True, False: False, (True, "after"): True, (False, "after"): True}
