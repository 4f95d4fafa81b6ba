"""An Op of somebody's own that is not made as one must be: the error names it, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mistakes import assert_readable, assert_told_in_words

import tinygrad_lr as tg
from tinygrad_lr import Op, ops

x = tg.tensor([1.0, 2.0, 3.0], dtype=tg.float64, requires_grad=True)


def doubled(a: Any) -> Any:
    return a * 2.0


# ----------------------------------------------------------------------------- the forward function

RETURNED: dict[str, tuple[Any, str]] = {
    "None": (None, "None"),
    "an int": (3, "int"),
    "a float": (2.5, "float"),
    "a bool": (True, "bool"),
    "a list": ([1.0, 2.0], "list"),
    "a ragged list": ([[1.0], [2.0, 3.0]], "list"),
    "a tuple": ((1.0, 2.0), "tuple"),
    "a text": ("text", "str"),
    "a dict": ({}, "dict"),
    "a Tensor": (tg.ones(3), "Tensor"),
    "a generator": ((i for i in range(3)), "generator"),
    "masked": (np.ma.array([1.0, 2.0], mask=[True, False]), "MaskedArray"),
}


@pytest.mark.parametrize("what", RETURNED)
@pytest.mark.parametrize("given", [x, x.detach()], ids=["leaf", "constant"])
def test_a_forward_that_returns_no_array(what: str, given: Any) -> None:
    """(PyTorch's Function refuses a number as well.)"""
    value, name = RETURNED[what]
    mine = Op("mine", lambda a: value, lambda g, y, a: g)
    words = ["mine", "forward", "array", f"returned {name}"]
    assert_told_in_words(lambda: mine(given), TypeError, words)
    assert_told_in_words(lambda: mine(given), RuntimeError, words)


@pytest.mark.parametrize("number", [np.float64(2.0), np.ones((1, 1)).view(np.matrix)])
def test_a_forward_may_return_what_numpy_makes_of_arrays(number: Any) -> None:
    y = Op("mine", lambda a: number, lambda g, y, a: g * a)(x)
    assert type(y.array) is np.ndarray
    assert y.tolist() == number.tolist()


# ------------------------------------------------------------------------------- the gradient rules


@pytest.mark.parametrize("gradient", [None, 2, 2.0, [1.0, 1.0, 1.0], (x,), "text", {}])
@pytest.mark.parametrize("record", [True, False])
def test_a_rule_that_gives_no_array(gradient: Any, record: bool) -> None:
    mine = Op("mine", doubled, lambda g, y, a: gradient)
    words = ["mine", "rule of a", type(gradient).__name__]
    for y in (mine(x).sum(), mine(x * 1.0).sum()):
        assert_told_in_words(
            lambda y=y: tg.autograd.grad(y, x, create_graph=record), RuntimeError, words
        )
    assert_told_in_words(lambda: tg.gradcheck(mine, x), RuntimeError, words)


UNUSUAL = {
    "a matrix": (lambda g, y, a: g[None].view(np.matrix), "np.asarray"),
    "a matrix, summed back": (lambda g, y, a: (g * g[:, None]).view(np.matrix), "np.asarray"),
    "masked": (lambda g, y, a: np.ma.array(g, mask=[True, False, False]), "filled"),
    "a recarray": (lambda g, y, a: g.view(np.recarray), "np.asarray"),
    "a Tensor": (lambda g, y, a: tg.from_numpy(a), "other Ops"),
    "a Tensor's function": (lambda g, y, a: tg.exp(a), "other Ops"),
}


@pytest.mark.parametrize("what", UNUSUAL)
def test_a_rule_that_gives_no_plain_array(what: str) -> None:
    """A matrix went on its way back, where ``*`` is another product, and into x.grad."""
    rule, instead = UNUSUAL[what]
    mine = Op("mine", doubled, rule)
    for y in (mine(x), mine(x * x.detach())):
        words = ["mine", "rule of a", "given arrays", instead]
        assert_told_in_words(lambda y=y: y.sum().backward(), RuntimeError, words)


@pytest.mark.parametrize("dtype", ["U3", "S3", "M8[s]", "O", "c8", "c16", "g", "V4"])
def test_a_forward_that_gives_other_things_than_numbers(dtype: str) -> None:
    """They became a Tensor, and the next operation was blamed, or dropped imaginary parts."""
    words = ["mine", "forward", "floats, integers or booleans"]
    for result in (np.zeros(3, dtype), np.zeros((), dtype), np.zeros(1, dtype)[0]):
        mine = Op("mine", lambda a, result=result: result, lambda g, y, a: g)
        if hasattr(result, "dtype"):  # of objects the one is a number of Python's
            assert_told_in_words(lambda mine=mine: mine(x), TypeError, words)


def test_a_forward_may_return_numbers_in_another_byte_order() -> None:
    y = Op("mine", lambda a: a.astype(">f8"), lambda g, y, a: g)(x)
    assert y.dtype.isnative
    (y * x).sum().backward(inputs=[x])
    assert x.grad.tolist() == [2.0, 4.0, 6.0]
    x.grad = None


FOR_ARRAYS = {
    "np.exp": (lambda g, y, a: g * np.exp(a), "t.exp()"),
    "np.sum": (lambda g, y, a: g * np.sum(a), "t.sum()"),
    "np.multiply": (lambda g, y, a: np.multiply(g, a), "t * other"),
    "np.where": (lambda g, y, a: np.where(a > 0, g * a, 0.0), "tg.where"),
    "np.clip": (lambda g, y, a: np.clip(a * g, 0.0, 1.0), "clamp"),
    "np.concatenate": (lambda g, y, a: np.concatenate([g[:1], a[1:]]), "cat"),
    "np.asarray": (lambda g, y, a: g * np.asarray(a), "numpy()"),
    "np.einsum": (lambda g, y, a: np.einsum("i,i->i", g, a), "np.einsum"),
    "np.linalg.norm": (lambda g, y, a: g * np.linalg.norm(a), "np.linalg.norm"),
    "astype": (lambda g, y, a: g * a.astype("float64"), ".astype"),
    "copy": (lambda g, y, a: g.copy(), ".copy"),
    "take": (lambda g, y, a: g.take([0, 1, 2]), "take: expected a Tensor, got list"),
    "size": (lambda g, y, a: g * a.size, "method"),
}


@pytest.mark.parametrize("how", FOR_ARRAYS)
def test_a_rule_that_works_on_arrays_only(how: str) -> None:
    """The error leads to its line, too."""
    rule, word = FOR_ARRAYS[how]
    mine = Op("mine", doubled, rule)
    words = ["mine", "rule of a", "given Tensors", "operators", word]
    for given in (x, x * 1.0):
        call = lambda given=given: tg.autograd.grad(mine(given).sum(), x, create_graph=True)
        assert_told_in_words(call, TypeError, words)
    assert_told_in_words(lambda: tg.gradcheck(mine, x), TypeError, words)
    with pytest.raises(TypeError) as error:
        tg.autograd.grad(mine(x * 1.0).sum(), x, create_graph=True)
    assert "test_own_ops.py" in [entry.path.name for entry in error.traceback[1:]]


def test_an_array_from_a_rule_does_not_go_on_to_the_next_one() -> None:
    mine = Op("mine", doubled, lambda g, y, a: np.ones(3))
    for given in (x, x * 1.0):
        call = lambda given=given: tg.autograd.grad(mine(given).sum(), x, create_graph=True)
        assert_told_in_words(call, TypeError, ["mine", "rule of a", "it gives an array"])


@pytest.mark.parametrize("rule", [lambda g, y: g, lambda g, y, a, b: g, lambda g, y, *, a: g])
@pytest.mark.parametrize("record", [True, False])
def test_a_rule_with_other_arguments(rule: Any, record: bool) -> None:
    mine = Op("mine", doubled, rule)
    call = lambda: tg.autograd.grad(mine(x).sum(), x, create_graph=record)
    assert_told_in_words(call, TypeError, ["mine", "rule of a", "rule(g, y, a, ...)"])


def test_a_mistake_in_a_rule_is_where_it_was_and_says_of_which_operation() -> None:
    mine = Op("mine", doubled, lambda g, y, a: g * a.nothing)
    with pytest.raises(AttributeError, match="nothing") as error:
        mine(x).sum().backward()
    assert "rule of a, of the operation mine" in error.value.__notes__[0]
    assert error.traceback[-1].path.name == "test_own_ops.py"


def test_what_a_rule_is_told_of_an_overwritten_argument_is_still_said() -> None:
    a = tg.tensor([1.0, 2.0], requires_grad=True)
    b = a * 1.0
    y = Op("mine", doubled, lambda g, y, a: g * np.exp(a))(b)
    b.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation") as error:
        y.sum().backward()
    assert_readable(str(error.value))


def test_a_rule_made_of_operators_and_ops_is_right() -> None:
    assert tg.gradcheck(Op("mine", np.exp, lambda g, y, a: g * ops.exp(a)), x)
