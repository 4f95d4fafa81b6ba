"""Random indices: whatever stands between the brackets, ``x[...]`` is PyTorch's.

An index is written as text, as a user writes it, and means the same in both libraries. What it
picks, what a write to it leaves, and all first and second derivatives agree; what PyTorch refuses
is refused here too, by an error of PyTorch's kind. Where they do not agree, REASONS says why.

``pytest --long tests/test_indexing.py`` tries 40,000 of them.
"""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sampled import ordinarily

import tinygrad_lr as tg

SHORT, LONG, PARTS = 1_000, 40_000, 8

# ----------------------------------------------------------------------------------- random indices

INTEGERS = ["int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"]


class Brackets:
    """``I[1:, None]`` is what stands in the brackets."""

    def __getitem__(self, index: Any) -> Any:
        return index


def names(library: Any) -> dict[str, Any]:
    """What an index may speak of: ``t(numbers, dtype)`` is a tensor, ``m(flags)`` an array.

    (PyTorch counts an array of booleans as one dimension, whatever it has: then there are too many
    indices, or the ... is too small. So there it becomes a tensor.)
    """

    def t(numbers: Any, dtype: str) -> Any:
        return library.from_numpy(np.array(numbers, dtype))

    def m(flags: Any) -> Any:
        return torch.tensor(flags) if library is torch else np.array(flags, bool)

    return {"I": Brackets(), "np": np, "t": t, "m": m}


def index_of(library: Any, text: str) -> Any:
    return eval(f"I[{text}]", names(library))


class Writer:
    """Writes an index for a tensor of `shape`, one item after the other."""

    def __init__(self, rng: random.Random, shape: tuple[int, ...]) -> None:
        self.rng, self.shape = rng, shape
        self.left = list(shape)
        self.lengths = [rng.choice([0, 1, 2, 3]) for _ in range(rng.choice([1, 1, 2]))]
        self.dots = False

    def text(self) -> str:
        items = []
        while len(items) < 6 and self.rng.random() < 0.8:
            items.append(self.item())
        if self.rng.random() < 0.1:
            items.insert(self.rng.randint(0, len(items)), self.wrong())
        if not items:
            return "()"
        return ", ".join(items) + "," * (len(items) == 1 and self.rng.random() < 0.5)

    def item(self) -> str:
        kinds: list[Callable[[], str]] = [self.new, self.flag]
        if not self.dots:
            kinds.append(self.gap)
        if self.left:
            kinds += 2 * [self.slice, self.mask]
        if self.left and self.left[0]:
            kinds += 3 * [self.number, self.places]
        return self.rng.choice(kinds)()

    def new(self) -> str:
        return "None"

    def gap(self) -> str:
        self.dots = True
        self.left = self.left[self.rng.randint(0, len(self.left)) :]
        return "..."

    def flag(self) -> str:
        flag = self.rng.choice([True, True, False])
        forms = ["{}", "t({}, 'bool')", "m({})", "t({}, 'uint8')"]
        return self.rng.choice(forms).format(flag)

    def number(self) -> str:
        n = self.left.pop(0)
        number = self.rng.randint(-n, n - 1)
        dtype = self.rng.choice(INTEGERS if number >= 0 else INTEGERS[:4])
        forms = ["{}", "{}", "np.{dtype}({})", "np.array({}, '{dtype}')", "t({}, '{dtype}')"]
        return self.rng.choice(forms).format(number, dtype=dtype)

    def slice(self) -> str:
        n = self.left.pop(0)
        ends = ["", "", *range(-n - 1, n + 2), "np.int64(1)", "t(1, 'int64')"]
        step = self.rng.choice(["", "", ":", ":1", ":2", ":3"])
        return f"{self.rng.choice(ends)}:{self.rng.choice(ends)}{step}"

    def places(self) -> str:
        """Integers, of a shape that broadcasts with those of the other arrays."""
        n, rng = self.left.pop(0), self.rng
        shape = [m if rng.random() < 0.8 else 1 for m in self.lengths[rng.choice([0, 0, -1]) :]]
        numbers = [rng.randint(-n, n - 1) for _ in range(math.prod(shape))]
        lists = np.array(numbers, int).reshape(shape).tolist()
        positive = all(number >= 0 for number in numbers)
        dtype = rng.choice(INTEGERS if positive else INTEGERS[:4])
        forms = ["{}", "{as_tuple}", "t({}, 'int64')", "t({}, 'int32')", "np.array({}, '{dtype}')"]
        if shape == [n]:
            forms.append(f"range({n})")
        as_tuple = str(lists).replace("[", "(").replace("]", ",)").replace("(,)", "()")
        return rng.choice(forms).format(lists, as_tuple=as_tuple, dtype=dtype)

    def mask(self) -> str:
        dims = self.rng.randint(1, len(self.left))
        shape, self.left = self.left[:dims], self.left[dims:]
        flags = [self.rng.random() < 0.6 for _ in range(math.prod(shape))]
        lists = np.array(flags, bool).reshape(shape).tolist()
        forms = ["t({}, 'bool')", "t({}, 'uint8')", "m({})", "{}" if dims == 1 else "m({})"]
        if not flags:  # a list of nothing is no mask, and NumPy forgets how long it is
            return f"t(np.zeros({tuple(shape)}), 'bool')"
        return self.rng.choice(forms).format(lists)

    def wrong(self) -> str:
        n = max(self.shape, default=1)
        return self.rng.choice(
            [
                f"{n}",
                f"{-n - 1}",
                f"t({n}, 'int64')",
                f"[0, {n}]",
                f"t([{-n - 1}], 'int32')",
                f"np.array([{n}])",
                f"t([True] * {n + 1}, 'bool')",
                f"t(np.ones(({n}, {n + 1})), 'uint8')",
                "[0] * 5, [0] * 4",
                ":, :, :, :, :",
                "..., 0, 0, 0, 0, 0",
                "::-1",
                "::0",
                "1.5",
                "0:1.5",
                "'a'",
                "{0}",
                "['a']",
                "t(1.0, 'float32')",
                "t([0.0], 'float64')",
                "t([], 'float32')",
                *(f"t([0], '{dtype}')" for dtype in INTEGERS if dtype[-2:] not in ("32", "64")),
            ]
        )


def written(seed: int) -> tuple[random.Random, tuple[int, ...], str]:
    """A shape and an index into it."""
    rng = random.Random(seed)
    shape = tuple(rng.choice([0, 1, 2, 2, 3, 4]) for _ in range(rng.randint(0, 4)))
    return rng, shape, Writer(rng, shape).text()


# ------------------------------------------------------------------------ what the two make of them

FLOATS = np.random.default_rng(0).uniform(0.5, 1.5, 4096)


def numbers(shape: tuple[int, ...], start: int) -> np.ndarray:
    return np.resize(FLOATS[start:], shape)


def gradients(library: Any, result: Any, inputs: list[Any]) -> list[Any]:
    """First and second derivatives of a sum in which each element of `result` has its weight."""

    def weight(of: Any, start: int) -> Any:
        return (of * library.from_numpy(numbers(tuple(of.shape), start))).sum()

    def grad(of: Any, **options: Any) -> list[Any]:
        found = library.autograd.grad(of, inputs, allow_unused=True, **options)
        return [x * 0.0 if g is None else g for x, g in zip(inputs, found, strict=True)]

    first = grad(weight(result**3, 100), create_graph=True)
    second = grad(sum(weight(g, 200) for g in first))
    return [*first, *second]


def leaves(library: Any, *shapes: tuple[int, ...]) -> list[Any]:
    return [library.from_numpy(numbers(s, 7 * i)).requires_grad_() for i, s in enumerate(shapes)]


def get(library: Any, shape: tuple[int, ...], text: str) -> list[Any]:
    (x,) = leaves(library, shape)
    picked = x[index_of(library, text)]
    return [picked, *gradients(library, picked, [x])]


def put(library: Any, shape: tuple[int, ...], text: str, value_shape: tuple[int, ...]) -> list[Any]:
    """A recorded write, one that is not recorded, and one of a number."""
    x, value = leaves(library, shape, value_shape)
    result, plain, filled = x * 1.0, x.detach().clone(), x.detach().clone()
    write(library, result, text, value)
    write(library, plain, text, value.detach())
    filled[index_of(library, text)] = 0.5
    return [result, plain, filled, *gradients(library, result, [x, value])]


def write(library: Any, x: Any, text: str, value: Any) -> None:
    """``x[index] = value``. Of PyTorch, only what stays is written where a place comes twice.

    (There the gradient of what does not stay is not 0. Mathematically it is.)
    """
    index = index_of(library, text)
    if library is torch:
        places = torch.arange(x.numel()).reshape(x.shape)[index].flatten().tolist()
        last = {place: turn for turn, place in enumerate(places)}
        if len(last) < len(places):
            picked = x.detach()[index]
            while value.ndim and value.shape[0] == 1:
                value = value[0]
            value = value.expand(picked.shape).flatten()
            x.view(-1)[list(last)] = value[list(last.values())]
            return
    x[index] = value


def stretchable_to(rng: random.Random, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to `shape`; or, seldom, another one."""
    sizes = [n if rng.random() < 0.8 else 1 for n in shape]
    sizes = sizes[rng.choice([0, 0, 0, len(sizes)]) :]
    if rng.random() < 0.1:
        sizes.insert(rng.randint(0, len(sizes)), 2)
    return (*[1] * rng.choice([0, 0, 1, 2]), *sizes)


Outcome = list[np.ndarray] | Exception


def outcome(function: Callable[..., list[Any]], library: Any, *args: Any) -> Outcome:
    try:
        return [part.detach().numpy() for part in function(library, *args)]
    except Exception as error:
        return error


def nothing_is_picked(text: str, mine: Outcome, theirs: Outcome) -> bool:
    """PyTorch looks at no place where nothing is picked; one that is not there is still wrong."""
    refused = isinstance(mine, IndexError) and "out of range" in str(mine)
    return refused and not isinstance(theirs, Exception)


def two_gaps(text: str, mine: Outcome, theirs: Outcome) -> bool:
    """PyTorch takes a second ... for nothing. As in NumPy, it is a mistake."""
    return text.count("...") == 2 and "only one ..." in str(mine)


def two_mistakes(text: str, mine: Outcome, theirs: Outcome) -> bool:
    """Of two mistakes, either may be named."""
    places = isinstance(mine, IndexError) and "shape mismatch: value tensor" in str(theirs)
    kinds = isinstance(mine, (TypeError, ValueError)) and "too many indices" in str(theirs)
    return places or kinds


def written_to_false(text: str, mine: Outcome, theirs: Outcome) -> bool:
    """PyTorch does not look at v in ``x[False] = v``, though it does in ``x[False,] = v``."""
    return text == "False" and isinstance(mine, tg.ShapeError)


def number_at_bytes(text: str, mine: Outcome, theirs: Outcome) -> bool:
    """PyTorch picks by a mask of uint8, and writes tensors to one, but not a number."""
    return "masked_fill_ only supports boolean masks" in str(theirs)


REASONS = [nothing_is_picked, two_gaps, two_mistakes, written_to_false, number_at_bytes]


def shown(outcome: Outcome) -> str:
    return repr(outcome) if isinstance(outcome, Exception) else f"of shape {outcome[0].shape}"


def difference(text: str, mine: Outcome, theirs: Outcome) -> str:
    """What is not the same, in words; "" where all is, or there is a reason."""
    if any(holds(text, mine, theirs) for holds in REASONS):
        return ""
    if isinstance(mine, Exception) or isinstance(theirs, Exception):
        if isinstance(mine, Exception) and isinstance(theirs, Exception):
            return "" if isinstance(mine, type(theirs)) else f"{mine!r}, in PyTorch {theirs!r}"
        return f"{mine!r}\nin PyTorch\n{theirs!r}"
    for mine_part, their_part in zip(mine, theirs, strict=True):
        if mine_part.shape != their_part.shape:
            return f"shape {mine_part.shape}, in PyTorch {their_part.shape}"
        if not np.allclose(mine_part, their_part, rtol=1e-12, atol=0):
            return f"{mine_part.tolist()}, in PyTorch {their_part.tolist()}"
    return ""


# ---------------------------------------------------------------------------------------- the tests

# For a tensor of shape (2, 3, 4): each was wrong once, or is one of a kind.
TEXTS = [
    "True",
    "False",
    "t(True, 'bool')",
    "t([0], 'int64'), True",
    "0, True, [1, 2]",
    ":, True, 0",
    "0, :, True",
    "[0, 1], False",
    "(0, 1),",
    ":, (0, 2)",
    "((0, 1), (1, 2))",
    "[[0, 1], [1, 2]]",
    "[[0, 1]]",
    "[[0, 1]],",
    "[[0], [0, 1]]",
    "[None, 0]",
    "[slice(1), ...]",
    "[t(0, 'int64'), t(1, 'int64')]",
    ":, [t(0, 'int64'), t(1, 'int64')]",
    "[True, 0]",
    "[]",
    "[[]]",
    "np.array([])",
    "np.array(1)",
    ":, np.array(-1, 'uint8').astype('int8')",
    "t(1, 'uint8')",
    "t([0, 1], 'uint8')",
    "t([[1, 0, 1], [0, 1, 1]], 'uint8'), 1",
    "np.array([0, 1], 'uint8')",
    "np.uint8(1)",
    ":, [0], ..., [1]",
    "[1], ..., [0, 2], :",
    "[0, 1], None, [0, 2]",
    "0, :, [1, 1]",
    "t([[True, False, True], [True, True, False]], 'bool'), None, 1:",
    "..., t(True, 'bool'), t(1, 'int64')",
    "t(1, 'int64'):",
    "np.int64(0):np.int64(9)",
    "True:",
    "range(1, -1, -1)",
    # refused
    "::-1",
    "1.0",
    "t(1.0, 'float32')",
    "t([1.0], 'float32')",
    "t([0, 1], 'int16')",
    "np.float32(1)",
    "'a'",
    "['a']",
    "{0}",
    "iter([0])",
    "2",
    "[0, -3]",
    "[0, 1], [0, 1, 2]",
    "t([True, False, True], 'bool')",
]


@pytest.mark.filterwarnings("ignore")  # PyTorch's, of uint8 and of lists of lists
@pytest.mark.parametrize("text", TEXTS)
def test_an_index_is_pytorchs(text: str) -> None:
    for function, *rest in ((get,), (put, ()), (put, (1, 1, 1, 1))):
        mine, theirs = (outcome(function, lib, (2, 3, 4), text, *rest) for lib in (tg, torch))
        assert not difference(text, mine, theirs)


@pytest.mark.filterwarnings("ignore")  # PyTorch's, of uint8 and of lists of lists
@pytest.mark.parametrize(
    "part", [0, 1, *(pytest.param(n, marks=pytest.mark.thorough) for n in range(2, PARTS))]
)
def test_random_indices(part: int, long: bool) -> None:
    each = (LONG if long else SHORT) // PARTS
    wrong = []
    for seed in range(part * each, part * each + each):
        rng, shape, text = written(seed)
        mine, theirs = outcome(get, tg, shape, text), outcome(get, torch, shape, text)
        if said := difference(text, mine, theirs):
            wrong.append(f"seed {seed}: {shape}: x[{text}] is {said}")
        picked = () if isinstance(theirs, Exception) else theirs[0].shape
        value = stretchable_to(rng, picked)
        mine, theirs = (outcome(put, library, shape, text, value) for library in (tg, torch))
        if said := difference(text, mine, theirs):
            wrong.append(f"seed {seed}: {shape}: x[{text}] = {value} gives {said}")
    assert not wrong, f"{len(wrong)} of {each}:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("what", [[0.5], np.array([0.0]), np.array(1.0)])
def test_fractions_are_no_places(what: Any) -> None:
    """PyTorch cuts them to integers if they are in a list or an array."""
    with pytest.raises(IndexError, match="must hold integers or booleans"):
        tg.ones(3)[what]


def test_numpys_true_is_true() -> None:
    """PyTorch refuses it."""
    assert tg.ones(3)[np.True_].shape == (1, 3)
    assert tg.ones(3)[np.False_, 0].shape == (0,)


def test_places_of_small_integers_are_counted_in_large_ones() -> None:
    x = tg.arange(200)
    for dtype in ("int8", "int16", "int32", "int64"):
        assert x[np.array([-128, 127, -1], dtype)].tolist() == [72, 127, 199]
    for far in (200, -201, 2**63 - 1, -(2**63)):
        with pytest.raises(IndexError, match=f"index {far} is out of range for dimension 0"):
            x[np.array([0, far])]


def test_changing_numpys_index_afterwards_changes_no_gradient() -> None:
    x, index = tg.ones(3, requires_grad=True), np.array([0, 1])
    y = x[index].sum()
    index[0] = 2
    y.backward()
    assert x.grad is not None
    assert x.grad.tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize(
    "pick",
    [
        lambda x, zeros: x[zeros],
        lambda x, zeros: x[None, ..., None][0, zeros, 0],
        lambda x, zeros: x.index_select(0, zeros),
        lambda x, zeros: x.gather(0, zeros),
    ],
)
def test_an_element_picked_5000_times_has_as_large_a_gradient(pick: Any) -> None:
    """In float16 too, which cannot count so far in ones. (Of these, PyTorch's gather can.)"""
    x = tg.ones(2, dtype="float16", requires_grad=True)
    pick(x, tg.zeros(5000, dtype="int64")).sum().backward()
    assert x.grad is not None
    assert (x.grad.dtype, x.grad.tolist()) == ("float16", [5000.0, 0.0])


# -------------------------------------------------------------------------- index_select and gather


def select(library: Any, name: str, shape: tuple[int, ...], dim: Any, index: Any) -> list[Any]:
    (x,) = leaves(library, shape)
    picked = getattr(x, name)(dim, library.from_numpy(index))
    return [picked, *gradients(library, picked, [x])]


def selection(name: str, seed: int) -> tuple[tuple[int, ...], Any, np.ndarray]:
    """A shape, a dimension, and places there; seldom something that does not fit."""
    rng = random.Random(seed)
    seldom = rng.random() < 0.2
    shape = tuple(rng.choice([0, 1, 2, 3]) for _ in range(rng.randint(0, 3)))
    dims = len(shape) or 1
    dim = rng.randint(-dims, dims - 1)
    size = [rng.randint(0, 3)]
    if name == "gather":
        size = [rng.randint(0, n) for n in shape or (1,)]
        size[dim] = rng.randint(0, 3)
    if len(size) == 1 and rng.random() < 0.3:
        size = []
    if seldom and rng.random() < 0.3:
        size.insert(0, rng.randint(0, 2))
    least, most = (-1, 3) if seldom else (0, max((shape or (1,))[dim] - 1, 0))
    places = np.array([rng.randint(least, most) for _ in range(math.prod(size))])
    dtype = rng.choice(["int16", "uint8", "bool", "float32"] if seldom else ["int64", "int32"])
    dtype = rng.choice([dtype, "int64"])
    dim += rng.choice([0, 0, 0, dims]) if seldom else 0
    return shape, rng.choice([dim, np.int64(dim)]), places.reshape(size).astype(dtype)


@pytest.mark.parametrize("name", ["index_select", "gather"])
def test_random_selections(name: str, long: bool) -> None:
    count = (LONG if long else SHORT) // 4
    wrong = []
    for seed in range(count):
        shape, dim, index = selection(name, seed)
        mine, theirs = (outcome(select, lib, name, shape, dim, index) for lib in (tg, torch))
        if said := difference("", mine, theirs):
            wrong.append(f"seed {seed}: {shape}: {name}({dim!r}, {index!r}) is {said}")
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:20])


# -------------------------------------------------------------- a write to one place, several times

WRITES: dict[str, tuple[Any, tuple[int, ...]]] = {
    "one place twice": ([0, 0], (2, 1, 1)),
    "broadcast": ([0, 0, 1], (3, 4)),
    "a number": ([0, 0, 1], ()),
    "between slices": ((slice(None), [2, 0, 2], slice(1, 3)), (2, 3, 2)),
    "beside an integer": ((0, slice(None), [1, 1, 3]), (3, 3)),
    "beside a mask": (([1, 1, 1], [True, True, True]), (3, 4)),
    "pairs": (([0, 0, 1, 0], [1, 2, 1, 1]), (4, 4)),
    "a matrix of places": (([[0, 1], [1, 0]], slice(None), [1, 2]), (2, 2, 3)),
}


@pytest.mark.parametrize("turned", ordinarily(True, of=[False, True]))
@pytest.mark.parametrize("name", WRITES)
def test_the_last_value_stays_and_has_the_gradient(name: str, turned: bool) -> None:
    """In PyTorch those that do not stay have a gradient too."""
    index, shape = WRITES[name]

    def changed(x: tg.Tensor, value: tg.Tensor) -> tg.Tensor:
        y = x * 1.0
        y[index] = value.T if turned else value
        return (y**3).sum()

    x, value = leaves(tg, (2, 3, 4), shape[::-1] if turned else shape)
    assert tg.gradcheck(changed, (x, value), fast_mode=False)


def test_the_last_value_stays_however_values_and_places_lie_in_memory() -> None:
    x, places = tg.zeros(2), tg.tensor([[0, 1], [1, 0]])
    x[places.T] = values = tg.tensor([[1.0, 2.0], [3.0, 4.0]]).T
    raw = tg.ops.setitem(np.zeros(2), values.numpy(), index=(places.T.numpy(),))
    assert x.tolist() == raw.tolist() == [4.0, 2.0]


def test_the_entry_itself_takes_an_ellipsis_behind_places() -> None:
    raw = tg.ops.setitem(np.zeros((2, 2)), np.eye(2), index=(np.array([1, 0]), ...))
    assert raw.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@pytest.mark.parametrize(
    ("shape", "mask"), [((2, 2, 3), [[True, False], [True, True]]), ((3, 1, 2, 1), None)]
)
def test_the_last_value_has_the_gradient_beside_masks_and_other_dimensions(
    shape: tuple[int, ...], mask: Any
) -> None:
    twice = tg.tensor([1, 1, 1] if mask else [1, 1])
    place = (tg.tensor(mask), twice) if mask else twice

    def written(value: tg.Tensor) -> tg.Tensor:
        x = tg.zeros(shape, dtype=tg.float64)
        x[place] = value
        return x

    value = tg.rand(tg.zeros(shape)[place].shape, dtype=tg.float64, requires_grad=True)
    assert tg.gradcheck(written, value, fast_mode=False)


def test_what_is_expanded_by_nothing_can_be_written_to_whatever_its_size() -> None:
    x = tg.zeros(300)
    x.expand(1, 300)[0, 7] = 1.0
    x.expand(1, 300).numpy()[0, 8] = 2.0
    assert x[7:9].tolist() == [1.0, 2.0]


MISFITS: dict[str, tuple[tuple[int, ...], Any, tuple[int, ...]]] = {
    "into nothing": ((0, 3), slice(None), (2,)),
    "nothing": ((2, 3), slice(None), (0,)),
    "no rows": ((2, 3), slice(None), (0, 3)),
    "a matrix where a mask picks": ((2, 2), [[True, False], [True, True]], (3, 3)),
    "rows where a mask picks one": ((2, 3), [True, False], (2, 3)),
    "an empty matrix where a mask picks nothing": ((2,), [False, False], (3, 0)),
    "an empty matrix where a mask of nothing picks": ((0,), np.zeros(0, bool), (0, 0)),
}


@pytest.mark.parametrize("name", MISFITS)
def test_a_value_that_does_not_fit_is_refused(name: str) -> None:
    shape, index, value = MISFITS[name]
    for lib, error in ((tg, tg.errors.ShapeError), (torch, RuntimeError)):
        place = lib.tensor(index) if isinstance(index, list) else index
        with pytest.raises(error):
            lib.zeros(shape)[place] = lib.ones(value)


def test_what_does_not_stay_has_no_gradient() -> None:
    value = tg.tensor([1.0, 2.0], requires_grad=True)
    x = tg.zeros(3)
    x[[0, 0]] = value
    x.sum().backward()
    assert x.tolist() == [2.0, 0.0, 0.0]
    assert value.grad is not None
    assert value.grad.tolist() == [0.0, 1.0]


def test_a_traced_step_writes_to_one_place_twice() -> None:
    weight = tg.tensor([2.0, 3.0, 4.0], requires_grad=True)

    def step(x: tg.Tensor, places: tg.Tensor) -> tg.Tensor:
        weight.grad, out = None, tg.zeros(4)
        out[places] = x * weight
        loss = (out * out).sum()
        loss.backward()
        return loss

    traced = tg.jit.trace(step)
    x = tg.tensor([1.0, 2.0, 3.0])
    for places in ([0, 0, 2], [1, 2, 3], [3, 3, 3], [0, -4, 1]):
        results = []
        for run in (step, traced):
            loss = run(x, tg.tensor(places))
            assert weight.grad is not None
            results.append((loss.tolist(), weight.grad.tolist()))
        assert results[0] == results[1]
