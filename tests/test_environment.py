"""What programs ask about where they run; what they ask of dtypes and of a Tensor's memory."""

from __future__ import annotations

import ast
import copy
import pickle
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sampled import ordinarily

import tinygrad_lr as tg

TYPES = ["Float", "Double", "Half", "Long", "Int", "Short", "Char", "Byte", "Bool"]
FLOATS, INTEGERS = ["float16", "float32", "float64"], ["uint8", "int8", "int16", "int32", "int64"]
DTYPES = [*FLOATS, *INTEGERS, "bool"]


def both(call: Any) -> tuple[Any, Any]:
    return call(tg), call(torch)


@pytest.mark.parametrize("dtype", FLOATS)
def test_finfo_is_pytorchs(dtype: str) -> None:
    ours, theirs = both(lambda m: m.finfo(getattr(m, dtype)))
    assert repr(ours) == repr(theirs)
    for name in ("min", "max", "eps", "tiny", "smallest_normal", "resolution", "bits", "dtype"):
        assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_iinfo_is_pytorchs(dtype: str) -> None:
    ours, theirs = both(lambda m: m.iinfo(getattr(m, dtype)))
    assert repr(ours) == repr(theirs)
    for name in ("min", "max", "bits", "dtype"):
        assert getattr(ours, name) == getattr(theirs, name)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.finfo(m.int32),
        lambda m: m.iinfo(m.float32),
        lambda m: m.iinfo(m.bool),
        lambda m: m.set_default_dtype(m.int64),
        lambda m: m.FloatTensor(5.0),
        lambda m: m.LongTensor(m.ones(2)),
    ],
)
def test_what_has_no_answer_is_a_type_error_as_in_pytorch(call: Any) -> None:
    for m in (tg, torch):
        with pytest.raises(TypeError):
            call(m)


@pytest.mark.parametrize("first", DTYPES)
def test_promotion_and_casts_of_two_dtypes(first: str) -> None:
    for second in DTYPES:
        ours, theirs = both(lambda m, b=second: m.promote_types(getattr(m, first), getattr(m, b)))
        assert f"torch.{ours.name}" == str(theirs), second
        ours, theirs = both(lambda m, b=second: m.can_cast(getattr(m, first), getattr(m, b)))
        assert ours == theirs, second


@pytest.mark.parametrize("name", TYPES)
def test_a_type_of_one_dtype_makes_tensors_and_knows_them(name: str) -> None:
    for data in ([1, 0, 1], [[1, 2], [3, 4]], np.ones((2, 3))):
        ours, theirs = both(lambda m, d=data: getattr(m, f"{name}Tensor")(d))
        assert f"torch.{ours.dtype.name}" == str(theirs.dtype)
        assert ours.tolist() == theirs.tolist()
        assert ours.type() == theirs.type() == f"torch.{name}Tensor"
    for m in (tg, torch):
        of_sizes = getattr(m, f"{name}Tensor")(2, 3)
        assert tuple(of_sizes.shape) == (2, 3)
        assert getattr(m, f"{name}Tensor")().numel() == 0
        known = [n for n in TYPES if isinstance(of_sizes, getattr(m, f"{n}Tensor"))]
        assert known == [name]
        converted = m.ones(2).type(getattr(m, f"{name}Tensor"))
        assert converted.type() == m.ones(2).type(f"torch.{name}Tensor").type() == of_sizes.type()
        assert m.ones(2).type_as(of_sizes).dtype == of_sizes.dtype
        assert getattr(m.ones(2), name.lower())().dtype == of_sizes.dtype


def test_the_default_dtype_is_that_of_floats() -> None:
    def made(m: Any) -> list[str]:
        dtypes = []
        for default in (m.float64, m.float16, m.float32):
            m.set_default_dtype(default)
            assert m.get_default_dtype() == default
            ints = m.arange(1, 4)
            tensors = [m.tensor(1.5), m.tensor([1, 2.5]), m.tensor([]), m.zeros(2), m.arange(2.0)]
            tensors += [m.rand(2), m.eye(2), m.linspace(0, 1, 3), m.full((2,), 0.5), ints / ints]
            tensors += [m.Tensor([1]), m.Tensor(2), m.nn.Linear(1, 1).weight, m.scalar_tensor(1)]
            tensors += [ints * 1.5, ints.sqrt(), ints.bool() + 0.5, m.tensor(3), m.tensor(True)]
            tensors += [m.ones(2, dtype=m.float32) * 0.5, m.zeros_like(m.ones(1, dtype=m.int8))]
            dtypes += [str(t.dtype).removeprefix("torch.") for t in tensors]
        return dtypes

    try:
        assert made(tg) == made(torch)
    finally:
        tg.set_default_dtype("float32")
        torch.set_default_dtype(torch.float32)


def test_the_default_device_is_where_tensors_are_made() -> None:
    assert tg.get_default_device() == "cpu"
    tg.set_default_device("cuda")
    try:
        with pytest.raises(tg.DeviceError, match="no GPU"):
            tg.zeros(2)
        assert tg.zeros(2, device="cpu").device == "cpu"
        assert tg.zeros_like(tg.ones(2, device="cpu")).device == "cpu"
    finally:
        tg.set_default_device(None)
    assert tg.tensor([1.0]).device == "cpu"
    with pytest.raises(tg.DeviceError, match="unknown device"):
        tg.set_default_device("tpu")


ASKED = {
    "numel": lambda m, x: (m.numel(x), x.numel(), x.nelement()),
    "kinds": lambda m, x: (m.is_tensor(x), m.is_tensor([1]), x.is_complex(), x.is_signed()),
    "floats": lambda m, x: (m.is_floating_point(x), x.is_floating_point(), m.is_complex(x)),
    "bytes": lambda m, x: (x.element_size(), x.itemsize, x.nbytes),
    "stride": lambda m, x: (x.stride(), x.stride(0), x.stride(-1)),
    "in order": lambda m, x: (x.is_contiguous(), x.contiguous().is_contiguous()),
    "offset": lambda m, x: x.storage_offset(),
    "memory": lambda m, x: x.untyped_storage().nbytes(),
    "one memory": lambda m, x: (
        x.untyped_storage().data_ptr() == x[1:].untyped_storage().data_ptr(),
        x.data_ptr() == x[:].data_ptr(),
        x.data_ptr() == x.clone().data_ptr(),
        x[0].data_ptr() - x.data_ptr(),
    ),
    "place": lambda m, x: (x.is_cuda, x.is_cpu, x.get_device(), x.is_sparse, x.is_pinned()),
    "layout": lambda m, x: (repr(x.layout), x.is_quantized),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_one_asks_of_a_tensor(name: str) -> None:
    views = [lambda x: x, lambda x: x.T, lambda x: x[1:], lambda x: x[:, 2:], lambda x: x[1:, 1]]
    for dtype in DTYPES:
        for view in views:
            ours, theirs = both(
                lambda m, view=view, t=dtype: ASKED[name](
                    m, view(m.ones(3, 4, dtype=getattr(m, t)))
                )
            )
            assert ours == theirs, (dtype, ours, theirs)


SHAPES = [
    lambda m, s: s,
    lambda m, s: s.numel(),
    lambda m, s: s[1:],
    lambda m, s: s[-1],
    lambda m, s: s[:0].numel(),
    lambda m, s: s + (4,),  # noqa: RUF005
    lambda m, s: s[:1] + s[1:],
    lambda m, s: (5,) + s,  # noqa: RUF005
    lambda m, s: s * 2,
    lambda m, s: 2 * s,
    lambda m, s: m.Size([2, 3]),
    lambda m, s: m.ones(s).size(),
    lambda m, s: m.zeros(m.Size((2,)) + s[1:]).shape,
    lambda m, s: copy.deepcopy(s),
    lambda m, s: pickle.loads(pickle.dumps(s)),
]


@pytest.mark.parametrize("part", SHAPES)
def test_a_shape_is_a_size_and_so_are_its_parts(part: Any) -> None:
    ours, theirs = both(lambda m: part(m, m.ones(2, 3).shape))
    assert ours == theirs
    assert isinstance(ours, tg.Size) == isinstance(theirs, torch.Size)
    assert str(ours) == str(tuple(theirs) if isinstance(theirs, tuple) else theirs)


def test_the_memory_of_a_tensor_as_elements() -> None:
    def asked(m: Any) -> tuple[Any, ...]:
        storage = m.arange(6.0).reshape(2, 3).T[1:].storage()
        told = storage.data_ptr() == m.ones(1).data_ptr(), repr(storage), storage.tolist()
        return storage[4], len(storage), storage.size(), storage.nbytes(), *told

    with pytest.warns(UserWarning, match="TypedStorage is deprecated"):
        theirs = asked(torch)
    assert asked(tg) == theirs


def test_a_device_by_type_and_index() -> None:
    for m in (tg, torch):
        assert m.device("cuda", 0) == m.device("cuda:0") == m.device(type="cuda", index=0)
        assert (m.device("cpu").index, m.device("cuda:0").index) == (None, 0)
        with m.device("cpu") as place:
            assert m.ones(1).device == place
    with pytest.raises(tg.DeviceError, match="unknown device 'cuda:1'"):
        tg.ones(1, device=tg.device("cuda", 1))
    with tg.device("cuda"):
        with tg.device("cpu"):
            assert tg.ones(1).device == tg.get_default_device() == "cpu"
        assert tg.get_default_device() == "gpu"
    assert tg.get_default_device() == "cpu"


def test_the_type_is_named_by_where_it_is_found() -> None:
    assert str(tg.Tensor) == "<class 'tinygrad_lr.Tensor'>"
    assert (tg.version.cuda, tg.backends.cudnn.version()) == (None, None)


def test_is_nonzero() -> None:
    for m in (tg, torch):
        assert (m.is_nonzero(m.tensor([2.0])), m.tensor(0).is_nonzero()) == (True, False)
        with pytest.raises(RuntimeError):
            m.is_nonzero(m.ones(2))


def test_where_there_is_no_gpu_nothing_says_that_there_is() -> None:
    answers = both(
        lambda m: (
            m.cuda.device_count(),
            m.cuda.is_available(),
            m.cuda.is_initialized(),
            m.cuda.memory_allocated(),
            m.cuda.memory_reserved(),
            m.cuda.empty_cache(),
            m.backends.mps.is_available(),
            m.backends.mps.is_built(),
            m.accelerator.is_available(),
            m.accelerator.device_count(),
            str(m.device("cuda" if m.cuda.is_available() else "cpu")),
        )
    )
    assert answers[0] == answers[1]
    # What it was built for. PyTorch's package for CUDA names that without a GPU, too.
    assert tg.accelerator.current_accelerator() is None
    assert (tg.backends.cudnn.is_available(), tg.backends.cudnn.version()) == (False, None)
    assert not tg.backends.cuda.is_built()
    for ask in (tg.cuda.current_device, tg.cuda.get_device_name, tg.cuda.synchronize):
        with pytest.raises(RuntimeError, match="no GPU"):
            ask()


def test_flags_can_be_set_and_backends_imported() -> None:
    import tinygrad_lr.backends.cudnn as cudnn

    assert cudnn is tg.backends.cudnn
    cudnn.benchmark, cudnn.deterministic = False, True
    tg.use_deterministic_algorithms(True)
    assert tg.are_deterministic_algorithms_enabled()
    tg.use_deterministic_algorithms(False)
    assert tg.get_num_threads() >= 1
    with pytest.raises(RuntimeError, match="above 0"):
        tg.set_num_threads(0)


def test_seeds_are_told() -> None:
    assert tg.manual_seed(5) is tg.default_generator
    assert tg.initial_seed() == 5
    state = tg.get_rng_state()
    first = tg.rand(3).tolist()
    tg.set_rng_state(state)
    assert tg.rand(3).tolist() == first
    tg.cuda.manual_seed_all(5)
    assert tg.rand(3).tolist() == first
    fresh = tg.Generator(device="cpu")
    numbers = tg.rand(3, generator=fresh).tolist()
    assert (
        tg.rand(3, generator=tg.Generator().manual_seed(fresh.initial_seed())).tolist() == numbers
    )
    assert tg.seed() == tg.initial_seed() != 5


@pytest.mark.parametrize(
    "step",
    [
        lambda x: tg.rand_like(x),
        lambda x: tg.multinomial(x, 1),
        lambda x: tg.bernoulli(x),
        lambda x: tg.poisson(x),
        lambda x: tg.normal(x, x),
        lambda x: x.exponential_(),
        lambda x: x.random_(),
        lambda x: tg.seed(),
        lambda x: tg.set_default_dtype(tg.float32),
        lambda x: tg.set_default_device(None),
    ],
)
def test_a_captured_step_refuses_what_would_happen_only_once(step: Any) -> None:
    traced, x = tg.jit.trace(step), tg.ones(3)
    traced(x)
    with pytest.raises(tg.cuda.CaptureError, match="captured step"):
        traced(x)


@pytest.mark.parametrize(
    ("make", "values"),
    [
        (lambda x: tg.zeros_like(x) + x, [1.0, 1.0]),
        (lambda x: x.new_full((2,), 3.0) * x, [3.0, 3.0]),
        (lambda x: tg.meshgrid(x, x, indexing="ij")[0].sum(1), [2.0, 2.0]),
        (lambda x: tg.cartesian_prod(x, x).sum(0), [4.0, 4.0]),
    ],
)
def test_a_captured_step_makes_tensors_anew(make: Any, values: list[float]) -> None:
    traced, x = tg.jit.trace(make), tg.ones(2)
    for factor in (1.0, 1.0, 5.0):
        assert traced(x * factor).tolist() == [factor * v for v in values]


def test_the_version_is_that_of_the_package() -> None:
    root = Path(__file__).parent.parent
    project = tomllib.loads((root / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    where = project["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert where == f"{tg.version.__name__}.__version__"
    assert tg.__version__.count(".") == 2
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", changes, re.MULTILINE)
    assert released[0] == tg.__version__


HEAVY = ["importlib.metadata", "hashlib", "json", "safetensors", "urllib.request", "zlib"]
OURS = ["cuda.forms", "datasets", "jit", "more.nearest", "serialization", "utils.data"]


def test_what_only_some_need_is_imported_when_they_ask() -> None:
    names = HEAVY + [f"tinygrad_lr.{name}" for name in OURS]
    told = in_a_new_process(f"import sys; print([n for n in {names} if n in sys.modules])")
    assert told == "[]"


WAYS = [
    "tg.optim.SGD, tg.datasets.MNIST, tg.linalg.norm, tg.special.erf, tg.version.cuda",
    "tg.backends.mps.is_available(), tg.cuda.is_available(), tg.jit.trace, tg.utils.data.Dataset",
    "exec('from tinygrad_lr import optim, datasets, transforms, utils, serialization')",
    "exec('import tinygrad_lr.nn.functional as F, tinygrad_lr.linalg, tinygrad_lr.special')",
    "exec('import tinygrad_lr.backends.cudnn as cudnn, tinygrad_lr.utils.data as data')",
    "exec('import tinygrad_lr.autograd.functional, tinygrad_lr.optim.lr_scheduler as sched')",
    "exec('from tinygrad_lr import *; save, finfo, FloatTensor, range(1, 2), gradcheck, bool')",
    "exec('from tinygrad_lr.autograd import gradcheck'), tg.autograd.gradcheck.__call__",
    "exec('import tinygrad_lr.testing'), tg.gradcheck.__call__",
    "sorted({'datasets', 'save', 'Tensor', 'add', 'gradcheck'} - set(dir(tg))) == [] or 1 / 0",
]


@pytest.mark.parametrize("way", ordinarily(*WAYS[1::3], of=WAYS))  # each in a process of its own
def test_and_is_found_in_every_way(way: str) -> None:
    in_a_new_process(way)


def test_what_is_imported_later_is_what_a_type_checker_is_told() -> None:
    tree = ast.parse(Path(tg.__file__).read_text())
    said = next(node for node in tree.body if ast.unparse(node).startswith("if TYPE_CHECKING"))
    imports = [node for node in ast.walk(said) if isinstance(node, ast.ImportFrom) and node.level]
    told = {a.asname or a.name: node.module for node in imports for a in node.names}
    told.pop("missing")
    told = {name: module or name for name, module in told.items()}
    assert told == vars(tg)["_MODULE_OF"]


def in_a_new_process(code: str) -> str:
    code = f"import tinygrad_lr as tg; {code}"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
