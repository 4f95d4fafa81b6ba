"""Printing, against PyTorch's own `repr`: the same text, but for `torch.` before a dtype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from limits import MB, bounded

import tinygrad_lr as tg
from tinygrad_lr.printing import format_array, format_tensor

torch = pytest.importorskip("torch")

inf, nan = np.inf, np.nan
f32 = np.float32


def torch_text(array, **settings):
    # A copy, since from_numpy takes neither negative strides nor read-only arrays.
    return repr(torch.from_numpy(array.copy()).requires_grad_(**settings)).replace("torch.", "")


def same_text(array):
    assert format_tensor(array) == torch_text(array, requires_grad=False)


RNG = np.random.default_rng(0)
VALUES = {
    "plain": [1.5, 2.25, -3.125],
    "whole": [1.0, 2.0, -30.0],
    "whole, with inf and nan": [1.0, inf, nan, -inf],
    "fractions, with inf and nan": [0.5, inf, nan, -inf, 100.25],
    "only inf": [inf, -inf],
    "only nan": [nan],
    "nan and zero": [nan, 0.0],
    "zeros": [0.0, 0.0],
    "negative zero": [-0.0, 0.0],
    "negative zero among others": [-0.0, 0.5],
    "small": [1e-5],
    "small among others": [1e-5, 1.0],
    "exactly 1e-4": [1e-4, 2e-4],
    "large": [1e9, 1.0],
    "large and whole": [1e9, 2e9],
    "exactly 1e8": [1e8, 2e7],
    "ratio of exactly 1000": [1.0, 1000.0],
    "ratio over 1000": [1.0, 1001.0],
    "ratio over 1000, with zero and nan": [0.0, 1e-3, 12.0, nan, -inf],
    "rounds up to a longer number": [9.99999, 1.5],
    "three-digit exponent": [1e-30, 1e30],
    "tiny subnormal": [1e-45, 1.0],
}


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_floats(name, dtype):
    with np.errstate(over="ignore"):
        array = np.array(VALUES[name], dtype)
    same_text(array)
    for value in array:
        same_text(np.array(value))  # 0-d


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "uint8", "bool"])
def test_integers_and_booleans(dtype):
    for values in ([0, 1, 100], [-5 if dtype.startswith("int") else 5, 10, 0], 7, [[1, 0], [0, 0]]):
        same_text(np.array(values).astype(dtype))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_empty(shape, dtype):
    same_text(np.zeros(shape, dtype))


# fmt: off
SHAPES = [
    (1,), (13,), (100,), (1000,), (1001,), (5000,),
    (2, 3), (1, 40), (60, 7), (7, 200), (200, 7), (6, 300), (300, 6),
    (2, 3, 4), (3, 2, 30), (20, 20, 20), (2, 2, 400),
    (2, 3, 2, 2), (8, 2, 9, 10), (1, 1, 1, 1, 1), (9, 1, 3, 50, 1), (2,) * 10,
]
# fmt: on


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("kind", ["normal", "scientific", "whole", "integer", "bool"])
def test_shapes(shape, kind):
    normal = RNG.standard_normal(shape)
    same_text(
        {
            "normal": normal.astype(f32),
            "scientific": np.exp(9 * normal),
            "whole": np.round(20 * normal).astype(f32),
            "integer": (1000 * normal).astype(np.int64),
            "bool": normal > 0,
        }[kind]
    )


def test_a_summary_takes_its_format_from_what_it_shows():
    array = np.ones(2000, f32)
    array[1000] = 1e-7
    same_text(array)
    array[1] = 0.5
    same_text(array)


def test_memory_layout_does_not_show():
    array = RNG.standard_normal((40, 50)).astype(f32)
    for view in (
        np.asfortranarray(array),
        array.T,
        array[::-1, ::-2],
        np.broadcast_to(array[0], (40, 50)),
    ):
        assert format_tensor(view) == torch_text(np.ascontiguousarray(view), requires_grad=False)
    assert format_tensor(np.array([1.5, 2.5], ">f8")) == "tensor([1.5000, 2.5000], dtype=float64)"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_suffixes_wrap_where_pytorch_wraps_them(dtype):
    for length in range(1, 30):
        array = np.full(length, 0.5, dtype)
        assert format_tensor(array, requires_grad=True) == torch_text(array, requires_grad=True)
        leaf = torch.from_numpy(array).requires_grad_()
        for result in (leaf * 1, leaf.exp() / 1, leaf.sum(), leaf.reshape(1, -1)):
            want = repr(result).replace("torch.", "")
            got = format_tensor(
                result.detach().numpy(), requires_grad=True, grad_fn=type(result.grad_fn).__name__
            )
            assert got == want


def test_device_comes_first():
    text = format_tensor(np.zeros((0, 3)), device="gpu", requires_grad=True)
    assert text == "tensor([], device='gpu', size=(0, 3), dtype=float64, requires_grad=True)"


def test_another_prefix_moves_the_lines():
    array = RNG.standard_normal((3, 40)).astype(f32)
    for indent in (0, 10, 77, 200):
        assert format_array(array, indent) == torch._tensor_str._tensor_str(
            torch.from_numpy(array), indent
        )
    assert format_tensor(array, prefix="P(") == "P(" + format_array(array, 2) + ")"


DTYPES = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]


@given(
    hnp.arrays(
        st.sampled_from(DTYPES),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=12),
    )
)
def test_any_array(array):
    same_text(array)


@given(
    st.lists(st.floats(-1e5, 1e5, width=32).map(lambda x: round(x, 3)), min_size=1, max_size=40),
    st.sampled_from([1.0, 1e-4, 1e4]),
)
def test_any_ordinary_numbers(values, scale):
    same_text(np.array(values, f32) * f32(scale))


OPTIONS = {
    "more digits": {"precision": 10},
    "fewer digits": {"precision": 2},
    "no digits": {"precision": 0},
    "a low threshold": {"threshold": 5},
    "no threshold": {"threshold": inf},
    "more at the edges": {"edgeitems": 5, "threshold": 20},
    "nothing at the edges": {"edgeitems": 0, "threshold": 20},
    "narrow": {"linewidth": 40},
    "wide": {"linewidth": 200},
    "exponents": {"sci_mode": True},
    "no exponents": {"sci_mode": False},
    "short": {"profile": "short"},
    "full": {"profile": "full"},
    "changed": {"profile": "short", "precision": 5, "sci_mode": True},
}


@pytest.fixture
def usual_again():
    yield
    for lib in (torch, tg):
        lib.set_printoptions(profile="default")


@pytest.mark.parametrize("name", OPTIONS)
def test_print_options_are_pytorchs(name, usual_again):
    for lib in (torch, tg):
        lib.set_printoptions(**OPTIONS[name])
    for values in VALUES.values():
        same_text(np.array(values, f32))
        for value in values:
            same_text(np.array(value, f32))
    for shape in [(), (0, 2), (21,), (30, 7), (3, 2, 30), (20, 20, 20)]:
        for array in (RNG.standard_normal(shape), np.exp(9 * RNG.standard_normal(shape))):
            same_text(np.asarray(array))
            same_text(np.asarray(100 * np.clip(array, -9, 9)).astype(np.int16))


def test_options_stay_until_they_are_changed_but_for_the_exponents(usual_again):
    for lib in (torch, tg):
        lib.set_printoptions(precision=2, sci_mode=True)
        lib.set_printoptions(linewidth=60)
    same_text(np.array([1.5, 2.25]))
    assert tg.get_printoptions() == torch._tensor_str.get_printoptions()
    with tg.printoptions(precision=7):
        assert repr(tg.tensor(0.5)) == "tensor(0.5000000)"
    assert repr(tg.tensor(0.5)) == "tensor(0.50)"
    with pytest.raises(ValueError, match="profile must be one of"):
        tg.set_printoptions(profile="tiny")
    with pytest.raises(ValueError, match="precision must be a number >= 0"):
        tg.set_printoptions(precision=-1)


def test_the_default_dtype_is_not_named():
    try:
        for lib in (torch, tg):
            lib.set_default_dtype(lib.float64)
        for dtype in DTYPES:
            same_text(np.ones(2, dtype))
            same_text(np.ones((0, 2), dtype))
    finally:
        for lib in (torch, tg):
            lib.set_default_dtype(lib.float32)


WRITTEN = {
    "a number": lambda m: f"{m.tensor(1.5)} {m.tensor(3)} {m.tensor(True)}",
    "with a format": lambda m: f"{m.tensor(2.71828):.2f} {m.tensor(12345):,} {m.tensor(0.25):.0%}",
    "a leaf": lambda m: f"{m.ones(1, requires_grad=True).sum():.3f}",
    "str": lambda m: str(m.arange(3)) + f"{m.arange(3.0)}",
    "in a list": lambda m: str([m.ones(2), m.zeros(1, 2)]),
    "in a dict": lambda m: str({"a": m.tensor(1), "b": [m.eye(2)]}),
    "percent": lambda m: "%.2f %s %d" % (m.tensor(1.234), m.tensor([1]), m.tensor(3)),  # noqa: UP031
    "format()": lambda m: "{:>8.3f}|{}".format(m.tensor(1.5), m.tensor([1.5])),  # noqa: UP032
    "a parameter": lambda m: str(m.nn.Parameter(m.ones(2, 2))),
    "a graph": lambda m: str((m.ones(2, requires_grad=True) * 2).sum()),
    "rows": lambda m: "\n".join(str(row) for row in m.arange(4).reshape(2, 2)),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_documents_write_of_tensors(name):
    assert WRITTEN[name](tg) == WRITTEN[name](torch)


def test_a_large_array_costs_no_more_than_a_small_one():
    # A copy of it would take 100 MB, and a look at each element a minute.
    large = np.zeros((2, 50_000_000), bool)
    with bounded(20 * MB):
        text = format_tensor(large)
    assert text == (
        "tensor([[False, False, False,  ..., False, False, False],\n"
        "        [False, False, False,  ..., False, False, False]])"
    )
