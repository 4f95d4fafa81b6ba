"""A Tensor among Python's numbers and lists, in other libraries, and in plots.

Where PyTorch does the same, `lib` is `torch` or `tinygrad_lr`, and both must give the same, or
refuse so that who catches PyTorch's error catches ours.
"""

from __future__ import annotations

import decimal
import json
import math
import operator
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from sampled import ordinarily

import tinygrad_lr as tg

matplotlib.use("Agg")

# ------------------------------------------------------------------------------- Python's questions

TENSORS: dict[str, Callable[[ModuleType], Any]] = {
    "a float": lambda lib: lib.tensor(2.5),
    "a negative one": lambda lib: lib.tensor(-2.5),
    "nan": lambda lib: lib.tensor(math.nan),
    "inf": lambda lib: lib.tensor(math.inf),
    "float64": lambda lib: lib.tensor(0.1, dtype=lib.float64),
    "an integer": lambda lib: lib.tensor(3),
    "a bool": lambda lib: lib.tensor(True),
    "a vector of one": lambda lib: lib.tensor([1.5]),
    "a matrix of one": lambda lib: lib.tensor([[2]]),
    "a vector": lambda lib: lib.tensor([1.0, -2.0, 0.5]),
    "integers": lambda lib: lib.tensor([3, 1, 2]),
    "a mask": lambda lib: lib.tensor([True, False]),
    "bytes": lambda lib: lib.tensor([1, 255], dtype=lib.uint8),
    "float16": lambda lib: lib.tensor([1.0, 2.0], dtype=lib.float16),
    "a matrix": lambda lib: lib.ones(2, 3),
    "a cube": lambda lib: lib.arange(24).reshape(2, 3, 4),
    "nothing": lambda lib: lib.tensor([]),
    "no rows": lambda lib: lib.zeros(0, 3),
    "a leaf": lambda lib: lib.tensor(2.5, requires_grad=True),
    "a result": lambda lib: lib.tensor([1.5], requires_grad=True) * 1.0,
    "several leaves": lambda lib: lib.tensor([1.0, 2.0], requires_grad=True),
}

QUESTIONS: dict[str, Callable[[Any], Any]] = {
    **{f.__name__: f for f in (float, int, complex, bool, round, operator.index, hex, bin, chr)},
    **{f.__name__: f for f in (math.floor, math.ceil, math.trunc, math.exp, math.isnan)},
    **{f.__name__: f for f in (len, list, tuple, sum, max, min, sorted, any, all, json.dumps)},
    "math.sqrt": math.sqrt,
    "not": operator.not_,
    "if": lambda t: 1 if t else 0,
    "and": lambda t: t and 5,
    "+x": operator.pos,
    "~x": operator.invert,
    "range": lambda t: [*range(t)],
    "a list's index": lambda t: [1, 2, 3, 4, 5][t],
    "text times": lambda t: "ab" * t,
    "Decimal": decimal.Decimal,
    "reversed": lambda t: [*reversed(t)],
    "unpacked": lambda t: [*t],
    "two of it": lambda t: (lambda a, b: a)(*t),
    "zip": lambda t: [*zip(t, t)],
    "1 in it": lambda t: 1 in t,
    "itself in it": lambda t: t in t,
    "text in it": lambda t: "a" in t,
    "None in it": lambda t: None in t,
    "a list in it": lambda t: [1.0] in t,
    "it in a list": lambda t: t in [5, t],
    "== None": lambda t: t == None,  # noqa: E711
    "== text": lambda t: t == "a",
    "< text": lambda t: t < "a",
    "a sum of several": lambda t: sum([t, t]),
    "the largest of several": lambda t: max([t, t * 2]),
    "hash": lambda t: len({t, t, t.clone()}),
    "%.2f": lambda t: "%.2f" % t,  # noqa: UP031
    "%d": lambda t: "%d" % t,  # noqa: UP031
    **{f"{{:{spec}}}": lambda t, spec=spec: format(t, spec)
       for spec in (".2f", "d", ">10", "e", ".1%", ",", "x", "zzz")},
    "pow of three": lambda t: pow(t, 2, 3),
    "divmod": lambda t: divmod(t, 2),
    "deleting": lambda t: operator.delitem(t, 0),
    "item()": lambda t: t.item(),
    "tolist()": lambda t: t.tolist(),
    "numpy()": lambda t: t.numpy(),
    "np.asarray": np.asarray,
    "np.array in float64": lambda t: np.array(t, dtype=np.float64),
    "np.float64": np.float64,
    "np.int64": np.int64,
    "np.ndim": np.ndim,
    "np.iterable": np.iterable,
    "written into an array": lambda t: operator.setitem(np.zeros(tuple(t.shape)), ..., t),
    "written into a place": lambda t: operator.setitem(np.zeros(3), 0, t),
}  # fmt: skip


def plain(value: Any) -> Any:
    """A value in a form in which both libraries can be compared."""
    if isinstance(value, (tg.Tensor, torch.Tensor)):
        kind = str(value.dtype).removeprefix("torch.")
        return "tensor", tuple(value.shape), kind, repr(value.tolist()), value.requires_grad
    if isinstance(value, (np.ndarray, np.generic)):
        return "array", value.shape, value.dtype.name, repr(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return repr(value)  # nan is nan


def outcome(question: Callable[[Any], Any], tensor: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch, of a number that requires grad
        try:
            return plain(question(tensor))
        except (TypeError, ValueError, OverflowError, IndexError, RuntimeError) as error:
            return error


def agree(ours: Any, theirs: Any) -> bool:
    """Equal, or an error here that who catches PyTorch's catches."""
    if not isinstance(theirs, Exception):
        return bool(ours == theirs)
    kinds = (TypeError, OverflowError, IndexError, ValueError, RuntimeError)
    return isinstance(ours, next(kind for kind in kinds if isinstance(theirs, kind)))


@pytest.mark.parametrize("name", TENSORS)
def test_python_gets_the_answers_that_it_gets_in_pytorch(name: str) -> None:
    make = TENSORS[name]
    answers = {q: (outcome(f, make(tg)), outcome(f, make(torch))) for q, f in QUESTIONS.items()}
    assert not {question: both for question, both in answers.items() if not agree(*both)}


@pytest.mark.parametrize("ask", [float, int, bool, lambda t: t.item()])
def test_many_are_no_number_whoever_asks(ask: Callable[[Any], Any]) -> None:
    """PyTorch's users catch RuntimeError, NumPy's and matplotlib ValueError."""
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match=r"\(2, 3\)"):
            ask(tg.ones(2, 3))


# --------------------------------------------------------------------------------- other libraries

TAKEN: dict[str, Callable[[], tg.Tensor]] = {
    "a matrix": lambda: tg.arange(6, dtype=tg.float32).reshape(2, 3),
    "transposed": lambda: tg.arange(6).reshape(2, 3).T,
    "every third": lambda: tg.arange(10)[::3],
    "a row": lambda: tg.ones(3, 4)[1],
    "one number": lambda: tg.tensor(3.0),
    "nothing": lambda: tg.zeros(0, 3),
    "a mask": lambda: tg.tensor([True, False]),
    "float16": lambda: tg.ones(2, dtype=tg.float16),
    "float64": lambda: tg.ones(2, dtype=tg.float64),
    "bytes": lambda: tg.tensor([1, 255], dtype=tg.uint8),
    "int32": lambda: tg.ones(2, dtype=tg.int32),
    "of a leaf": lambda: tg.ones(2, requires_grad=True).detach(),
    "a parameter's data": lambda: tg.nn.Linear(2, 2).weight.data,
}
TAKERS: dict[str, Callable[[Any], Any]] = {
    "torch.from_dlpack": torch.from_dlpack,
    "torch.as_tensor": torch.as_tensor,
    "torch.asarray": torch.asarray,
    "np.from_dlpack": np.from_dlpack,
    "np.asarray": np.asarray,
    "tg.from_dlpack": tg.from_dlpack,
    "tg.as_tensor": tg.as_tensor,
}


def address(array: Any) -> int:
    return np.asarray(array).ctypes.data


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("name", TAKEN)
def test_another_library_takes_a_tensor_with_its_memory(name: str, taker: str) -> None:
    x = TAKEN[name]()
    taken = TAKERS[taker](x)
    assert str(taken.dtype).removeprefix("torch.") == str(x.dtype)
    assert taken.tolist() == x.tolist()
    assert address(taken) == address(x) or not x.numel()
    if x.numel():
        taken[...] = taken * 0
        assert not x.any()


@pytest.mark.parametrize("give", [torch.from_numpy, np.asarray, tg.from_numpy])
@pytest.mark.parametrize("take", [tg.from_dlpack, tg.as_tensor, tg.tensor])
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int8", "bool"])
def test_an_array_of_another_library_is_taken_with_its_memory(
    give: Callable[[Any], Any], take: Callable[[Any], tg.Tensor], dtype: str
) -> None:
    for array in (
        np.ones((2, 3)),
        np.ones((3, 2)).T,
        np.ones(8)[::3],
        np.ones(()),
        np.ones((0, 2)),
    ):
        given = give(array.astype(dtype))
        x = take(given)
        assert x.dtype == dtype  # tensor() too: it is an array, and keeps its dtype
        assert x.tolist() == given.tolist()
        assert not x.requires_grad
        assert (address(x) == address(given)) == (take is not tg.tensor) or not x.numel()


def test_shared_memory_lives_as_long_as_one_of_both() -> None:
    x = tg.from_dlpack(torch.arange(1000.0))
    theirs = torch.from_dlpack(tg.arange(1000.0))
    junk = [np.full(1000, 7.0, np.float32) for _ in range(100)]
    assert x.tolist() == theirs.tolist() == [*range(1000)]
    assert len(junk) == 100


def test_what_is_taken_is_a_leaf_like_others() -> None:
    x = tg.from_dlpack(torch.ones(2)).requires_grad_()
    (x * x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_a_write_here_is_noticed_in_the_memory_that_is_shared() -> None:
    """What the other library writes is not: see the README."""
    x = tg.ones(2, requires_grad=True)
    y = x * 1.0
    z = y * y
    tg.from_dlpack(y.detach()).zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        z.sum().backward()


def test_device_and_copy() -> None:
    theirs = torch.ones(2)
    assert address(tg.from_dlpack(theirs, device="cpu")) == address(theirs)
    assert address(tg.from_dlpack(theirs, copy=False)) == address(theirs)
    assert address(tg.from_dlpack(theirs, copy=True)) != address(theirs)
    x = tg.ones(2)
    assert address(torch.from_dlpack(x, copy=True)) != address(x)
    assert address(np.from_dlpack(x, device="cpu", copy=False)) == address(x)
    assert x.__dlpack_device__() == (1, 0)
    assert x.__dlpack__(stream=-1, max_version=(1, 0)) is not None  # as PyTorch's


class Old:
    """An array as libraries had it before there were versions of DLPack."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def __dlpack__(self, stream: Any = None) -> Any:
        return self.tensor.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0


def test_an_older_library_is_understood() -> None:
    assert tg.from_dlpack(Old(torch.ones(2))).tolist() == [1.0, 1.0]
    assert tg.from_dlpack(Old(tg.ones(2))).tolist() == [1.0, 1.0]
    with pytest.raises(BufferError, match=r"(?s)read-only.*clone\(\)"):
        Old(tg.ones(1).expand(3)).__dlpack__()


@pytest.mark.parametrize(
    "take", [torch.from_dlpack, torch.as_tensor, np.from_dlpack, tg.from_dlpack]
)
def test_what_requires_grad_is_not_shared(take: Callable[[Any], Any]) -> None:
    for x in (tg.ones(2, requires_grad=True), tg.ones(2, requires_grad=True) * 2):
        for kind in (BufferError, RuntimeError):
            with pytest.raises(kind, match=r"use tensor\.detach\(\)"):
                take(x)


def test_elements_that_lie_backwards_are_not_handed_to_a_library_that_would_die_of_them() -> None:
    x = tg.Tensor.wrap(np.arange(4.0)[::-1])
    with pytest.raises(BufferError, match=r"(?s)backwards.*clone\(\)"):
        torch.from_dlpack(x)
    assert torch.from_dlpack(x.clone()).tolist() == x.tolist()


def test_a_captured_step_shares_no_memory() -> None:
    outside = torch.ones(3)
    for use in (tg.from_dlpack, tg.as_tensor, tg.tensor):
        step = tg.jit.trace(lambda x, use=use: x * use(outside))
        step(tg.ones(3))
        with pytest.raises(tg.jit.CaptureError, match="cannot share memory"):
            step(tg.ones(3))
    for take in (torch.from_dlpack, np.from_dlpack, torch.as_tensor):
        step = tg.jit.trace(lambda x, take=take: x * float(take(x).sum()))
        step(tg.ones(3))
        with pytest.raises(tg.jit.CaptureError, match="cannot ask for a value"):
            step(tg.ones(3))


# ------------------------------------------------------------------------------------------- plots

PLOTS: dict[str, Callable[[Any, Any], Any]] = {
    "a line": lambda ax, t: ax.plot(t[0]),
    "a line for each column": lambda ax, t: ax.plot(t),
    "y over x": lambda ax, t: ax.plot(t[0], t[1]),
    "columns over x": lambda ax, t: ax.plot(t[:, 0], t),
    "numbers in a list": lambda ax, t: ax.plot([0, 1, 2], [t[0, 0], t[0, 1], t[1, 0]]),
    "a point": lambda ax, t: ax.plot(t[0, 0], t[0, 1], "o"),
    "rows in a list": lambda ax, t: ax.plot([*t]),
    "of a logarithm": lambda ax, t: ax.loglog(t[0] + 1, t[1] + 1),
    "scatter": lambda ax, t: ax.scatter(t[0], t[1], c=t[0], s=t[1] * 10),
    "step": lambda ax, t: ax.step(t[0], t[1]),
    "xlim": lambda ax, t: ax.set_xlim(t[0, :2]),
    "xlim of two": lambda ax, t: ax.set_xlim(t[0, 0], t[0, 1]),
    "ylim by name": lambda ax, t: ax.set_ylim(bottom=t[0, 0], top=t[0, 2]),
    "ticks": lambda ax, t: ax.set_xticks(t[0]),
    "a histogram": lambda ax, t: ax.hist(t[0]),
    "a histogram of columns": lambda ax, t: ax.hist(t),
    "a histogram of rows in a list": lambda ax, t: ax.hist([t[0], t[1]]),
    "a histogram with bins and weights": lambda ax, t: ax.hist(t[0], bins=t[0], weights=t[1]),
    "in two dimensions": lambda ax, t: ax.hist2d(t[0], t[1]),
    "an image": lambda ax, t: ax.imshow(t, vmin=t.min(), vmax=t.max()),
    "an image of a mask": lambda ax, t: ax.imshow(t > 1),
    "a mesh": lambda ax, t: ax.pcolormesh(t),
    "contours": lambda ax, t: ax.contourf(t[0], t[0, :2], t, levels=t[0]),
    "error bars": lambda ax, t: ax.errorbar(t[0], t[1], yerr=t[:2]),
    "an area": lambda ax, t: ax.fill_between(t[0], t[0] - 1, t[0] + 1, where=t[0] > 0),
    "lines across": lambda ax, t: (ax.axhline(t[0, 0]), ax.axvline(t[0, 1])),
    "spans": lambda ax, t: ax.axvspan(t[0, 0], t[0, 1]),
    "several lines": lambda ax, t: ax.hlines(t[0], t[0, 0], t[0, 1]),
    "bars": lambda ax, t: ax.bar(t[0], t[1], width=t[0, 1]),
    "labelled bars": lambda ax, t: ax.bar_label(ax.bar(["a", "b", "c"], t[0])),
    "boxes": lambda ax, t: ax.boxplot(t),
    "violins": lambda ax, t: ax.violinplot(t),
    "a text": lambda ax, t: ax.annotate("a", (t[0, 0], t[0, 1]), t[0, :2]),
    "arrows": lambda ax, t: ax.quiver(t[0], t[1], t[0], t[1]),
    "a pie": lambda ax, t: ax.pie(t[0]),
    "a line that changes": lambda ax, t: ax.plot([1, 2, 3])[0].set_data(t[0], t[1]),
    "an image that changes": lambda ax, t: ax.imshow(np.ones((2, 3))).set_data(t),
}


@pytest.fixture
def axes() -> Iterator[Callable[[], Any]]:
    yield lambda: plt.subplots(figsize=(3, 2), dpi=40)[1]  # small ones are soon drawn
    plt.close("all")


def drawn(ax: Any) -> list[Any]:
    """What is to be seen: limits, lines, areas, images, texts."""
    ax.figure.canvas.draw()
    found = [np.array([*ax.get_xlim(), *ax.get_ylim()], float)]
    found += [np.asarray(line.get_xydata(), float) for line in ax.lines]
    found += [path.vertices for c in ax.collections for path in c.get_paths()]
    found += [np.asarray(patch.get_path().vertices) for patch in ax.patches]
    found += [np.asarray(patch.get_transform()) for patch in ax.patches]
    found += [np.ma.getdata(image.get_array()).astype(float) for image in ax.images]
    return [*found, np.array([text.get_text() for text in ax.texts])]


@pytest.mark.parametrize("name", ordinarily(*[*PLOTS][::3], of=PLOTS))
def test_a_tensor_is_plotted_as_its_array(name: str, axes: Callable[[], Any]) -> None:
    array = np.arange(6, dtype=np.float32).reshape(2, 3) * 1.5
    of_array, of_tensor = axes(), axes()
    PLOTS[name](of_array, array)
    PLOTS[name](of_tensor, tg.from_numpy(array))
    for theirs, ours in zip(drawn(of_array), drawn(of_tensor), strict=True):
        if theirs.dtype.kind == "f":
            np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
        else:
            assert ours.tolist() == theirs.tolist()


@pytest.mark.parametrize("name", ["a line", "a line for each column", "a histogram", "an image"])
def test_a_plot_of_what_requires_grad_says_what_to_write(
    name: str, axes: Callable[[], Any]
) -> None:
    with pytest.raises(RuntimeError, match=r"tensor\.detach\(\)"):
        PLOTS[name](axes(), tg.ones(2, 3, requires_grad=True))
