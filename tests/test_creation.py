"""Making tensors: PyTorch's shapes and dtypes, and the same numbers for the same seed."""

import numpy as np
import pytest
import torch

import tinygrad_lr as tl

# Each is called with both libraries, and must give PyTorch's values, shape and dtype.
EXACT = {
    "float": lambda lib: lib.tensor(2.5),
    "int": lambda lib: lib.tensor(3),
    "bool": lambda lib: lib.tensor(True),
    "floats": lambda lib: lib.tensor([1.0, 2.5]),
    "ints": lambda lib: lib.tensor([[1, 2], [3, 4]]),
    "bools": lambda lib: lib.tensor([True, False]),
    "ints and floats": lambda lib: lib.tensor([1, 2.5]),
    "bools and ints": lambda lib: lib.tensor([True, 2]),
    "tuples": lambda lib: lib.tensor(((1.0,), (2.0,))),
    "range": lambda lib: lib.tensor(range(3)),
    "empty list": lambda lib: lib.tensor([]),
    "empty rows": lambda lib: lib.tensor([[], []]),
    "float64 array": lambda lib: lib.tensor(np.array([1.0, 2.0])),
    "uint8 array": lambda lib: lib.tensor(np.array([1, 2], np.uint8)),
    "int32 array": lambda lib: lib.tensor(np.array([1, 2], np.int32)),
    "bool array": lambda lib: lib.tensor(np.array([True])),
    "strided array": lambda lib: lib.tensor(np.arange(6.0).reshape(2, 3).T[::2]),
    "float64 number": lambda lib: lib.tensor(np.float64(2.0)),
    "int32 number": lambda lib: lib.tensor(np.int32(2)),
    "with dtype": lambda lib: lib.tensor([1, 2], dtype=lib.float64),
    "truncated": lambda lib: lib.tensor([1.9, -1.9], dtype=lib.int64),
    "numbers with dtype": lambda lib: lib.tensor([0, 2], dtype=lib.bool),
    "from_numpy": lambda lib: lib.from_numpy(np.arange(3, dtype=np.int32)),
    "as_tensor of an array": lambda lib: lib.as_tensor(np.arange(3.0)),
    "as_tensor of a list": lambda lib: lib.as_tensor([1, 2], dtype=lib.float32),
    "zeros": lambda lib: lib.zeros(2, 3),
    "zeros of a tuple": lambda lib: lib.zeros((2, 3)),
    "zeros of a list": lambda lib: lib.zeros([2, 3]),
    "zeros size=": lambda lib: lib.zeros(size=(2, 3)),
    "zeros dtype": lambda lib: lib.zeros(2, dtype=lib.int64),
    "zeros of nothing": lambda lib: lib.zeros(0, 3),
    "zeros ()": lambda lib: lib.zeros(()),
    "ones": lambda lib: lib.ones(2, 3),
    "ones bool": lambda lib: lib.ones(2, dtype=lib.bool),
    "full of an int": lambda lib: lib.full((3, 2), 42),
    "full of a float": lambda lib: lib.full((2,), 0.5),
    "full of a bool": lambda lib: lib.full((2,), True),
    "full dtype": lambda lib: lib.full((2,), 3, dtype=lib.float32),
    "zeros_like": lambda lib: lib.zeros_like(lib.ones(2, 3, dtype=lib.float64)),
    "ones_like": lambda lib: lib.ones_like(lib.zeros(2, dtype=lib.int32)),
    "ones_like dtype": lambda lib: lib.ones_like(lib.zeros(2), dtype=lib.int64),
    "full_like": lambda lib: lib.full_like(lib.zeros(2), 7),
    "arange": lambda lib: lib.arange(5),
    "arange of floats": lambda lib: lib.arange(3.0),
    "arange start": lambda lib: lib.arange(2, 6),
    "arange step": lambda lib: lib.arange(1, 8, 3),
    "arange down": lambda lib: lib.arange(5, 0, -2),
    "arange dtype": lambda lib: lib.arange(3, dtype=lib.float32),
    "arange of steps": lambda lib: lib.arange(0, 1, 0.25),
    "linspace": lambda lib: lib.linspace(0, 1, 5),
    "linspace of one": lambda lib: lib.linspace(2, 3, 1),
    "eye": lambda lib: lib.eye(3),
    "eye wide": lambda lib: lib.eye(2, 3),
    "eye out=": lambda lib: lib.eye(2, out=lib.zeros(2, 2, dtype=lib.float64)),
    "zeros out= of nothing": lambda lib: lib.zeros(2, 3, out=lib.tensor([])),
    "int8": lambda lib: lib.tensor([-128, 127], dtype=lib.int8),
    "int16": lambda lib: lib.ones(2, dtype=lib.int16),
    "pinned": lambda lib: lib.tensor([1.0], pin_memory=False),
    "laid out": lambda lib: lib.ones(2, layout=lib.strided, pin_memory=False),
    "asarray": lambda lib: lib.asarray([1, 2], dtype=lib.float32, copy=True),
    "as_tensor keeps its digits": lambda lib: lib.as_tensor([0.1], dtype=lib.float64),
    "full of a tensor": lambda lib: lib.full((2,), lib.tensor(3)),
    "empty_like shape": lambda lib: lib.empty_like(lib.ones(2, 3)).fill_(0.0),
    "empty_like in order": lambda lib: (
        lib.empty_like(lib.ones(2), dtype=lib.int8, memory_format=lib.preserve_format) * 0
    ),
    "full_like dtype": lambda lib: lib.full_like(lib.zeros(2), 7.5, dtype=lib.float64),
    "new_zeros": lambda lib: lib.ones(2, dtype=lib.float64).new_zeros(2, 3),
    "new_zeros size=": lambda lib: lib.ones(2).new_zeros(size=(2, 3), dtype=lib.int64),
    "new_ones": lambda lib: lib.ones(2, dtype=lib.int8).new_ones((3,)),
    "new_full": lambda lib: lib.ones(2, dtype=lib.int64).new_full((2, 2), 3.7),
    "new_empty": lambda lib: lib.ones(2).new_empty(2, 0),
    "new_tensor": lambda lib: lib.ones(2, dtype=lib.float64).new_tensor([[1, 2], [3, 4]]),
    "new_tensor dtype": lambda lib: lib.ones(2).new_tensor(3, dtype=lib.int16),
    "range with its end": lambda lib: lib.range(0, 3),
    "range of steps": lambda lib: lib.range(0, 0.95, 0.1),
    "range down": lambda lib: lib.range(5, 0, -2),
    "range int": lambda lib: lib.range(1, 4, dtype=lib.int64),
    "scalar_tensor": lambda lib: lib.scalar_tensor(3),
    "scalar_tensor int": lambda lib: lib.scalar_tensor(3, dtype=lib.int16),
    "vander": lambda lib: lib.vander(lib.tensor([1, 2, 3, 5])),
    "vander increasing": lambda lib: lib.vander(lib.tensor([1.5, -2.0]), N=3, increasing=True),
    "vander of nothing": lambda lib: lib.vander(lib.tensor([1.5, -2.0]), 0),
    "logspace": lambda lib: lib.logspace(-1, 2, 7),
    "logspace base": lambda lib: lib.logspace(0, 10, steps=11, base=2.0),
    "logspace int": lambda lib: lib.logspace(0, 3, 4, dtype=lib.int64),
    "logspace below 0": lambda lib: lib.logspace(-1, 1, 3, base=-2),
    "tril_indices": lambda lib: lib.tril_indices(3, 4),
    "tril_indices above": lambda lib: lib.tril_indices(3, 4, offset=1, dtype=lib.int32),
    "triu_indices": lambda lib: lib.triu_indices(4, 3, -1),
    "triu_indices of nothing": lambda lib: lib.triu_indices(0, 3),
    "cartesian_prod": lambda lib: lib.cartesian_prod(lib.arange(2), lib.arange(3), lib.arange(2)),
    "cartesian_prod of one": lambda lib: lib.cartesian_prod(lib.arange(2.0)),
    "combinations": lambda lib: lib.combinations(lib.arange(4), r=3),
    "combinations again": lambda lib: lib.combinations(lib.arange(3.0), with_replacement=True),
    "combinations of too many": lambda lib: lib.combinations(lib.arange(2), r=3),
    "combinations of none": lambda lib: lib.combinations(lib.arange(2), r=0),
    **{
        f"meshgrid {indexing}, {i}": lambda lib, i=i, indexing=indexing: lib.meshgrid(
            lib.arange(2), lib.arange(3), lib.arange(4), indexing=indexing
        )[i]
        for i in (0, 1, 2)
        for indexing in ("ij", "xy")
    },
    "meshgrid of a list": lambda lib: lib.meshgrid([lib.tensor(1), lib.arange(2)])[0],
}
# Drawn differently from PyTorch: of these the shape and the dtype are compared.
DRAWN = {
    "rand": lambda lib: lib.rand(2, 3),
    "rand of a tuple": lambda lib: lib.rand((2, 3)),
    "rand dtype": lambda lib: lib.rand(2, dtype=lib.float64),
    "randn": lambda lib: lib.randn(4),
    "randn ()": lambda lib: lib.randn(()),
    "normal": lambda lib: lib.normal(0.0, 0.01, (3, 2)),
    "normal size=": lambda lib: lib.normal(0, 1, size=(2,)),
    "randint": lambda lib: lib.randint(0, 10, (2, 3)),
    "randint from 0": lambda lib: lib.randint(10, (4,)),
    "randperm": lambda lib: lib.randperm(5),
    "empty": lambda lib: lib.empty(2, 3),
    "rand_like": lambda lib: lib.rand_like(lib.ones(2, 3, dtype=lib.float64)),
    "rand_like of ints": lambda lib: lib.rand_like(lib.arange(3), dtype=lib.float32),
    "randn_like": lambda lib: lib.randn_like(lib.ones(2, dtype=lib.float16)),
    "randint_like": lambda lib: lib.randint_like(lib.ones(2, 3), 5),
    "randint_like low": lambda lib: lib.randint_like(lib.ones(2), 3, 5, dtype=lib.int8),
    "randint float": lambda lib: lib.randint(5, (2,), dtype=lib.float32, requires_grad=True),
    "randint size=": lambda lib: lib.randint(high=5, size=(2,)),
    "randperm int": lambda lib: lib.randperm(5, dtype=lib.int32),
    "normal of tensors": lambda lib: lib.normal(lib.ones(3, 1), lib.ones(2, dtype=lib.float64)),
    "normal of a mean": lambda lib: lib.normal(mean=lib.zeros(4)),
    "normal of a std": lambda lib: lib.normal(2, lib.arange(1.0, 4.0)),
    "bernoulli": lambda lib: lib.bernoulli(lib.full((3,), 0.5, dtype=lib.float64)),
    "bernoulli p": lambda lib: lib.bernoulli(lib.ones(3, dtype=lib.int64), 0.5),
    "bernoulli method": lambda lib: lib.ones(3).bernoulli(),
    "bernoulli_": lambda lib: lib.ones(3, dtype=lib.int32).bernoulli_(lib.rand(3)),
    "multinomial": lambda lib: lib.multinomial(lib.ones(4), 2),
    "multinomial rows": lambda lib: lib.multinomial(lib.ones(3, 4), 5, replacement=True),
    "multinomial of no rows": lambda lib: lib.multinomial(lib.ones(0, 4), 2),
    "poisson": lambda lib: lib.poisson(lib.rand(2, 3) * 5),
    "exponential_": lambda lib: lib.ones(3).exponential_(),
    "geometric_": lambda lib: lib.ones(3, dtype=lib.int64).geometric_(0.5),
    "cauchy_": lambda lib: lib.ones(3, dtype=lib.float16).cauchy_(),
    "log_normal_": lambda lib: lib.ones(3).log_normal_(0.0, 1.0),
    "random_": lambda lib: lib.ones(3, dtype=lib.int64).random_(2, 9),
    "filled": lambda lib: lib.zeros(size=(2, 3)).normal_(),
    "filled float64": lambda lib: lib.zeros(3, dtype=lib.float64).uniform_(),
}


def described(tensor):
    return tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")


@pytest.mark.filterwarnings("ignore:torch.(range|meshgrid)")
@pytest.mark.parametrize("name", EXACT)
def test_a_tensor_is_made_as_in_pytorch(name):
    ours, theirs = EXACT[name](tl), EXACT[name](torch)
    assert described(ours) == described(theirs)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)
    assert not ours.requires_grad


@pytest.mark.parametrize("name", DRAWN)
def test_a_random_tensor_has_pytorchs_shape_and_dtype(name):
    assert described(DRAWN[name](tl)) == described(DRAWN[name](torch))


MAKERS = {
    "tensor": lambda **kw: tl.tensor([1.0, 2.0], **kw),
    "zeros": lambda **kw: tl.zeros(2, **kw),
    "ones": lambda **kw: tl.ones(2, **kw),
    "full": lambda **kw: tl.full((2,), 1.5, **kw),
    "arange": lambda **kw: tl.arange(2.0, **kw),
    "linspace": lambda **kw: tl.linspace(0, 1, 2, **kw),
    "rand": lambda **kw: tl.rand(2, **kw),
    "randn": lambda **kw: tl.randn(2, **kw),
    "normal": lambda **kw: tl.normal(0, 1, (2,), **kw),
    "empty": lambda **kw: tl.empty(2, **kw),
}


@pytest.mark.parametrize("name", MAKERS)
def test_every_maker_takes_requires_grad_dtype_and_device(name):
    x = MAKERS[name](requires_grad=True, dtype=tl.float64, device="cpu")
    assert (x.is_leaf, x.requires_grad, x.dtype, x.device) == (True, True, "float64", "cpu")
    with pytest.raises(tl.DeviceError, match="unknown device 'tpu'"):
        MAKERS[name](device="tpu")


@pytest.mark.parametrize(
    "make",
    [
        lambda **kw: tl.eye(2, **kw),
        lambda **kw: tl.randint(0, 5, (2,), **kw),
        lambda **kw: tl.randperm(3, **kw),
        lambda **kw: tl.as_tensor([1.0], **kw),
    ],
)
def test_the_other_makers_take_a_device(make):
    assert make(device="cpu").device == "cpu"
    assert make(device=tl.device("cpu")).device == "cpu"
    with pytest.raises(tl.DeviceError, match="unknown device 'tpu'"):
        make(device="tpu")


def test_like_tensors_can_require_grad():
    x = tl.ones(2, dtype="float64")
    assert tl.zeros_like(x, requires_grad=True).requires_grad
    assert tl.ones_like(x, requires_grad=True).requires_grad


def test_as_tensor_copies_only_where_it_must():
    array = np.zeros(2, np.float32)
    assert tl.as_tensor(array).array is array
    assert not np.shares_memory(tl.as_tensor(array, dtype="float64").array, array)
    x = tl.ones(2)
    assert tl.as_tensor(x) is x


def test_tensor_of_a_tensor_is_a_detached_copy():
    x = tl.ones(2, requires_grad=True)
    for y in (tl.tensor(x), tl.tensor(x * 1.0)):
        assert (y.requires_grad, y.is_leaf) == (False, True)
        assert not np.shares_memory(y.array, x.array)


def test_tensor_of_numbers_that_are_tensors():
    assert tl.tensor([tl.tensor(1.0), tl.tensor(2.0)]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: tl.tensor([1, [2]]), ValueError, "rows are equally long"),
        (lambda: tl.from_numpy(np.float32(1)), TypeError, "expected a NumPy array"),
        (lambda: tl.from_numpy(np.array(["a"])), TypeError, "cannot hold the dtype <U1"),
        (lambda: tl.zeros(2.0), TypeError, "zeros: sizes must be integers, got 2.0"),
        (lambda: tl.zeros("2"), TypeError, "zeros: sizes must be integers"),
        (lambda: tl.ones(-1), ValueError, r"ones: sizes must be >= 0, got \(-1,\)"),
        (lambda: tl.rand(True), TypeError, "rand: sizes must be integers"),
        (lambda: tl.randint(0, (2,)), ValueError, "low must be below high"),
        (lambda: tl.ones(2, dtype="int64", requires_grad=True), RuntimeError, "floating point"),
        (lambda: tl.manual_seed(1.5), TypeError, "seed must be an integer >= 0"),
        (lambda: tl.Generator().set_state({}), ValueError, "not the state of a Generator"),
        (lambda: tl.Generator().set_state(5), ValueError, "not the state of a Generator"),
    ],
)
def test_what_cannot_become_a_tensor_is_explained(make, error, words):
    with pytest.raises(error, match=words):
        make()


# ----------------------------------------------------------------------------------- random numbers


def draws(generator=None):
    given = {} if generator is None else {"generator": generator}
    return [
        tl.rand(3, **given).tolist(),
        tl.randn(2, 2, **given).tolist(),
        tl.normal(1.0, 2.0, (3,), **given).tolist(),
        tl.randint(0, 100, (5,), **given).tolist(),
        tl.randperm(10, **given).tolist(),
        tl.zeros(3).uniform_(-1.0, 1.0, **given).tolist(),
        tl.zeros(3).normal_(0.0, 1.0, **given).tolist(),
    ]


def test_the_same_seed_gives_the_same_numbers():
    tl.manual_seed(7)
    first = draws()
    tl.manual_seed(7)
    assert draws() == first
    tl.manual_seed(8)
    assert draws() != first


def test_a_generator_has_a_state_of_its_own():
    own = tl.Generator().manual_seed(7)
    tl.manual_seed(7)
    first = draws(own)
    assert draws() == first  # the default one was not consumed
    assert draws(tl.Generator().manual_seed(7)) == first


def test_fresh_generators_differ():
    assert draws(tl.Generator()) != draws(tl.Generator())


def test_a_state_can_be_kept_and_restored():
    own = tl.Generator().manual_seed(3)
    tl.rand(3, generator=own)  # an odd number of float32: half of a 64-bit draw is left over
    state = own.get_state()
    expected = draws(own)
    other = tl.Generator()
    for generator in (own, other):
        generator.set_state(state)
        assert draws(generator) == expected


FORGED_STATES = [
    {"state": {"state": 1.5}},
    {"state": {"state": -1}},
    {"state": {"state": 2**128}},
    {"state": {"state": True}},
    {"state": {"inc": 2}},  # PCG64's are odd: with an even one the numbers soon repeat
    {"has_uint32": -1},
    {"has_uint32": 1.5},
    {"uinteger": 2**32},
    {"bit_generator": "MT19937"},
    {"more": 1},
]


@pytest.mark.parametrize("forged", FORGED_STATES, ids=str)
def test_a_state_that_numpy_would_cut_off_or_wrap_is_refused_and_nothing_is_changed(forged):
    own = tl.Generator().manual_seed(3)
    before = own.get_state()
    state = {**before, **forged, "state": {**before["state"], **forged.get("state", {})}}
    with pytest.raises(ValueError, match="not the state of a Generator"):
        own.set_state(state)
    assert own.get_state() == before


def test_the_dtype_is_no_matter_of_what_is_drawn():
    tl.manual_seed(0)
    single = tl.randn(5)
    tl.manual_seed(0)
    assert tl.randn(5, dtype="float64").float().tolist() == single.tolist()


def test_distributions():
    tl.manual_seed(0)
    uniform = tl.zeros(100_000).uniform_(-2.0, 6.0).numpy()
    assert uniform.min() >= -2.0
    assert uniform.max() < 6.0
    assert abs(uniform.mean() - 2.0) < 0.05
    gaussian = tl.normal(3.0, 0.5, (100_000,)).numpy()
    assert abs(gaussian.mean() - 3.0) < 0.01
    assert abs(gaussian.std() - 0.5) < 0.01
    numbers = tl.randint(-2, 3, (1000,)).numpy()
    assert sorted(set(numbers.tolist())) == [-2, -1, 0, 1, 2]
    assert sorted(tl.randperm(1000).tolist()) == list(range(1000))
    unit = tl.rand(100_000).numpy()
    assert (unit.min() >= 0.0, unit.max() < 1.0) == (True, True)


def test_the_upper_bound_is_never_drawn():
    tl.manual_seed(0)
    assert (tl.zeros(1_000_000).uniform_(1000.0, 1001.0).numpy() < 1001.0).all()


def test_the_upper_bound_is_never_drawn_in_half_precision():
    tl.manual_seed(0)
    assert (tl.rand(100_000, dtype="float16").numpy() < 1.0).all()


@pytest.mark.parametrize(
    ("fill", "words"),
    [
        (lambda x: x.uniform_(2.0, 1.0), "uniform: expected low <= high, got 2.0 and 1.0"),
        (lambda x: x.normal_(0.0, -1.0), "normal: expected std >= 0, got -1.0"),
    ],
    ids=["uniform", "std"],
)
def test_filling_checks_its_bounds(fill, words):
    x = tl.zeros(2)
    with pytest.raises(ValueError, match=words):
        fill(x)
    assert x.tolist() == [0.0, 0.0]


def test_filling_keeps_the_dtype_and_the_tensor():
    x = tl.zeros(size=(2, 3), dtype="float64")
    assert x.normal_() is x
    assert x.dtype == "float64"
    assert x.uniform_(5.0, 6.0) is x
    assert (x >= 5.0).all()


@pytest.mark.parametrize("name", ["zeros_like", "ones_like", "full_like", "eye"])
def test_every_maker_takes_dtype_device_and_requires_grad(name: str) -> None:
    given = {"full_like": (tl.ones(2), 7), "eye": (2,)}.get(name, (tl.ones(2),))
    made = getattr(tl, name)(*given, dtype=tl.float64, device="cpu", requires_grad=True)
    assert (made.dtype, made.device, made.requires_grad) == (tl.float64, "cpu", True)
    with pytest.raises(RuntimeError, match="floating point"):
        getattr(tl, name)(*given, dtype=tl.int64, requires_grad=True)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float16", "float32", "bool"])
def test_randint_in_another_dtype(dtype: str) -> None:
    many = {"bool": 2, "uint8": 256}.get(dtype, 1000)
    drawn = tl.randint(many, (2000,), dtype=dtype)
    assert drawn.dtype == dtype
    assert len({*drawn.tolist()}) > many // 2
    if dtype in ("uint8", "bool"):
        for m in (tl, torch):
            with pytest.raises(RuntimeError):
                m.randint(0, many + 1, (2,), dtype=getattr(m, dtype))
            with pytest.raises(RuntimeError):
                m.randint(-1, 1, (2,), dtype=getattr(m, dtype))
    with pytest.raises(OverflowError, match="randint: int64 cannot hold all integers"):
        tl.randint(0, 2**70, (2,))


def test_what_is_deprecated_says_so_in_pytorchs_words():
    said = []
    for lib in (tl, torch):
        with pytest.warns(UserWarning, match="range is deprecated") as caught:
            lib.range(0, 3)
        said.append(str(caught[0].message))
    assert said[0] == said[1]
    with pytest.warns(UserWarning, match="required to pass the indexing argument"):  # theirs: once
        tl.meshgrid(tl.arange(2))


def test_the_axes_of_a_grid_have_gradients():
    gradients = []
    for lib in (tl, torch):
        x, y = (lib.arange(n, requires_grad=True) for n in (2.0, 3.0))
        xs, ys = lib.meshgrid(x, y, indexing="xy")
        rows = lib.cartesian_prod(x, y)
        ((xs * ys).sum() + (rows * rows).sum()).backward()
        gradients.append([x.grad.tolist(), y.grad.tolist()])
    assert gradients[0] == gradients[1]


def test_what_likes_a_tensor_takes_its_device_and_every_keyword():
    x = tl.ones(2, dtype="float64")
    for make in (tl.zeros_like, tl.ones_like, tl.empty_like, tl.rand_like, tl.randn_like):
        made = make(x, requires_grad=True, device="cpu")
        assert (made.dtype, made.device, made.requires_grad) == ("float64", "cpu", True)
    assert x.new_zeros(2, requires_grad=True).requires_grad


@pytest.mark.parametrize(
    "make",
    [
        lambda m: m.multinomial(m.ones(2), 3),
        lambda m: m.multinomial(m.ones(2), 0),
        lambda m: m.multinomial(m.tensor([1.0, -1.0]), 1),
        lambda m: m.multinomial(m.tensor([1.0, float("nan")]), 1),
        lambda m: m.multinomial(m.zeros(2), 1),
        lambda m: m.multinomial(m.arange(3), 1),
        lambda m: m.multinomial(m.ones(2, 2, 2), 1),
        lambda m: m.bernoulli(m.tensor([1.5])),
        lambda m: m.bernoulli(m.arange(2)),
        lambda m: m.ones(2).bernoulli_(-0.1),
        lambda m: m.normal(m.ones(2), m.tensor([1.0, -1.0])),
        lambda m: m.normal(m.ones(2), m.ones(3)),
        lambda m: m.poisson(m.tensor([-1.0])),
        lambda m: m.poisson(m.arange(2)),
        lambda m: m.zeros(2).exponential_(0.0),
        lambda m: m.zeros(2, dtype=m.int64).exponential_(),
        lambda m: m.zeros(2).geometric_(1.0),
        lambda m: m.zeros(2).random_(3, 3),
        lambda m: m.zeros(2, dtype=m.uint8).random_(500),
        lambda m: m.rand_like(m.arange(3)),
        lambda m: m.randint_like(m.ones(2), 3, 3),
        lambda m: m.meshgrid(indexing="ij"),
        lambda m: m.meshgrid(m.ones(2, 2), indexing="ij"),
        lambda m: m.meshgrid(m.ones(2), m.arange(2), indexing="ij"),
        lambda m: m.meshgrid(m.ones(2), indexing="yx"),
        lambda m: m.combinations(m.ones(2, 2)),
        lambda m: m.tril_indices(-1, 2),
        lambda m: m.logspace(0, 1, -1),
        lambda m: m.range(5, 1),
    ],
)
@pytest.mark.filterwarnings("ignore:torch.range")
def test_who_catches_pytorchs_error_catches_ours(make):
    for lib in (torch, tl):
        with pytest.raises(RuntimeError):
            make(lib)


def test_distributions_of_counts_and_times():
    tl.manual_seed(0)
    weights = tl.tensor([[1.0, 2.0, 0.0, 5.0], [0.0, 0.0, 3.0, 1.0]])
    drawn = tl.multinomial(weights, 80_000, replacement=True).numpy()
    for row, wanted in zip(drawn, [[1 / 8, 1 / 4, 0, 5 / 8], [0, 0, 3 / 4, 1 / 4]]):
        np.testing.assert_allclose(np.bincount(row, minlength=4) / 80_000, wanted, atol=0.01)
    firsts = tl.multinomial(tl.tensor([1.0, 2.0, 5.0]).expand(40_000, 3), 2).numpy()
    assert (firsts[:, 0] != firsts[:, 1]).all()
    np.testing.assert_allclose(np.bincount(firsts[:, 0]) / 40_000, [1 / 8, 1 / 4, 5 / 8], atol=0.01)
    of_the_last = np.bincount(firsts[firsts[:, 0] == 2][:, 1], minlength=2)  # 1 : 2 are left
    np.testing.assert_allclose(of_the_last / of_the_last.sum(), [1 / 3, 2 / 3], atol=0.02)

    x = tl.zeros(100_000, dtype="float64")
    assert abs(tl.bernoulli(x + 0.3).mean().item() - 0.3) < 0.01
    assert abs(x.clone().bernoulli_(0.9).mean().item() - 0.9) < 0.01
    assert abs(tl.poisson(x + 4).var().item() - 4) < 0.1
    assert abs(x.exponential_(2.0).mean().item() - 0.5) < 0.01
    assert abs(x.geometric_(0.25).mean().item() - 4) < 0.1
    assert x.min().item() == 1
    assert abs(x.log_normal_(0.5, 0.25).log().mean().item() - 0.5) < 0.01
    quartiles = np.quantile(x.cauchy_(1.0, 2.0).numpy(), [0.25, 0.5, 0.75])
    np.testing.assert_allclose(quartiles, [-1, 1, 3], atol=0.1)
    assert {*x.random_(2, 5).tolist()} == {2, 3, 4}
    assert {*x.random_(2).tolist()} == {0, 1}
    assert x.random_().max().item() > 2**52
    normal = tl.normal(tl.arange(3.0).reshape(3, 1), tl.full((3, 50_000), 2.0))
    np.testing.assert_allclose(normal.mean(1).numpy(), [0, 1, 2], atol=0.05)
