"""The double of CuPy must refuse every mix of host and device, or it proves nothing."""

import copy
import importlib.util
import operator
import sys
from pathlib import Path

import numpy as np
import pytest

PATH = Path(__file__).parent / "cupy_double" / "cupy.py"


def load_double():
    # Under another name, so that it never becomes `cupy` for the rest of the test run.
    spec = importlib.util.spec_from_file_location("_cupy_double_under_test", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(PATH.parent))  # for the files beside it
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(PATH.parent))
    return module


cp = load_double()
HOST = np.arange(6.0, dtype=np.float32).reshape(2, 3)
ZERO_D = np.array(1.0, np.float32)


@pytest.fixture
def gpu():
    return cp.asarray(HOST)


def assert_same(device_array, expected):
    assert isinstance(device_array, cp.ndarray)
    expected = np.asarray(expected)
    assert (device_array.shape, device_array.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_array_equal(device_array.get(), expected)


# --- Host arrays are refused

OPERATORS = [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
]


@pytest.mark.parametrize("name", OPERATORS)
@pytest.mark.parametrize("host", [HOST, ZERO_D], ids=["2-d", "0-d"])
def test_operators_refuse_host_arrays(gpu, name, host):
    function = getattr(operator, name)
    for arguments in ((gpu, host), (host, gpu)):
        with pytest.raises(TypeError, match=r"Unsupported type <class 'numpy\.ndarray'>"):
            function(*arguments)


@pytest.mark.parametrize("name", ["iadd", "isub", "imul", "itruediv", "ifloordiv", "ipow"])
def test_in_place_operators_refuse_host_arrays(gpu, name):
    for arguments in ((gpu, HOST), (HOST.copy(), gpu)):
        with pytest.raises(TypeError):
            getattr(operator, name)(*arguments)
    assert_same(gpu, HOST)


REFUSED = {
    "ufunc, first": lambda gpu: cp.add(HOST, gpu),
    "ufunc, second": lambda gpu: cp.maximum(gpu, HOST),
    "ufunc, only": lambda gpu: cp.exp(HOST),
    "ufunc, 0-d": lambda gpu: cp.multiply(gpu, ZERO_D),
    "ufunc, list": lambda gpu: cp.add(gpu, [1.0, 2.0, 3.0]),
    "ufunc, out": lambda gpu: cp.exp(gpu, out=HOST.copy()),
    "reduction": lambda gpu: cp.sum(HOST),
    "reduction of a list": lambda gpu: cp.sum([1, 2]),
    "reduction, out": lambda gpu: gpu.sum(out=np.empty((), np.float32)),
    "matmul": lambda gpu: cp.matmul(gpu, HOST.T),
    "dot": lambda gpu: gpu.dot(HOST.T),
    "tensordot": lambda gpu: cp.tensordot(gpu, HOST, 2),
    "einsum": lambda gpu: cp.einsum("ij,ij", gpu, HOST),
    "where, condition": lambda gpu: cp.where(HOST > 1, gpu, gpu),
    "where, value": lambda gpu: cp.where(gpu > 1, gpu, HOST),
    "clip": lambda gpu: cp.clip(gpu, HOST, None),
    "concatenate": lambda gpu: cp.concatenate([gpu, HOST]),
    "stack": lambda gpu: cp.stack((HOST, gpu)),
    "zeros_like": lambda gpu: cp.zeros_like(HOST),
    "full": lambda gpu: cp.full((2, 3), ZERO_D),
    "ascontiguousarray": lambda gpu: cp.ascontiguousarray(HOST),
    "fill": lambda gpu: gpu.fill(ZERO_D),
    "take of host": lambda gpu: cp.take(HOST, cp.asarray([0])),
    "take at host": lambda gpu: gpu.take(np.array([0])),
    "take at list": lambda gpu: gpu.take([0]),
    "take_along_axis": lambda gpu: cp.take_along_axis(gpu, np.zeros((2, 1), int), 1),
    "put_along_axis": lambda gpu: cp.put_along_axis(gpu, cp.zeros((2, 1), int), HOST[:, :1], 1),
    "index": lambda gpu: gpu[np.array([0, 1])],
    "index, 0-d": lambda gpu: gpu[np.array(0)],
    "index in a tuple": lambda gpu: gpu[:, np.array([0, 1])],
    "index, mask": lambda gpu: gpu[HOST > 1],
    "index, list": lambda gpu: gpu[[0, 1]],
    "assignment": lambda gpu: operator.setitem(gpu, slice(None), HOST),
    "assignment, 0-d": lambda gpu: operator.setitem(gpu, 0, ZERO_D),
    "assignment, list": lambda gpu: operator.setitem(gpu, 0, [1, 2, 3]),
    "assignment at host": lambda gpu: operator.setitem(gpu, np.array([0]), 1.0),
    "add.at, values": lambda gpu: cp.add.at(gpu, cp.asarray([0]), HOST[:1]),
    "add.at, indices": lambda gpu: cp.add.at(gpu, np.array([0]), gpu[:1]),
    "add.at, target": lambda gpu: cp.add.at(HOST.copy(), cp.asarray([0]), gpu[:1]),
    "comparison with None": lambda gpu: operator.eq(gpu, None),
    "an object": lambda gpu: gpu * object(),
}


@pytest.mark.parametrize("case", REFUSED)
def test_host_values_are_refused(gpu, case):
    with pytest.raises(TypeError):
        REFUSED[case](gpu)
    assert_same(gpu, HOST)


# --- Device arrays do not become host arrays

TO_NUMPY = {
    "asarray": np.asarray,
    "array": np.array,
    "array of a list": lambda gpu: np.array([gpu, gpu]),
    "asarray with a dtype": lambda gpu: np.asarray(gpu, dtype=np.float64),
    "ascontiguousarray": np.ascontiguousarray,
    "ufunc": np.exp,
    "binary ufunc": lambda gpu: np.add(HOST, gpu),
    "ufunc, out": lambda gpu: np.exp(HOST, out=gpu),
    "sum": np.sum,
    "mean": np.mean,
    "reshape": lambda gpu: np.reshape(gpu, (3, 2)),
    "concatenate": lambda gpu: np.concatenate([HOST, gpu]),
    "stack": lambda gpu: np.stack([gpu, gpu]),
    "where": lambda gpu: np.where(HOST > 1, HOST, gpu),
    "matmul": lambda gpu: np.matmul(HOST, gpu.T),
    "assignment": lambda gpu: operator.setitem(HOST.copy(), slice(None), gpu),
    "index": lambda gpu: HOST[gpu[0] > 1],
    "testing": lambda gpu: np.testing.assert_allclose(gpu, HOST),
}


@pytest.mark.parametrize("case", TO_NUMPY)
def test_device_arrays_do_not_become_host_arrays(gpu, case):
    before = dict(cp.transfers)
    with pytest.raises((TypeError, IndexError)):
        TO_NUMPY[case](gpu)
    assert cp.transfers == before


# --- What is accepted computes as NumPy does, and stays on the device


def test_scalars_are_accepted_and_keep_the_dtype(gpu):
    for scalar in (2, 2.0, True, np.float32(2)):
        assert_same(gpu * scalar, HOST * scalar)
        assert_same(scalar + gpu, scalar + HOST)
    assert_same(gpu * np.float64(2), HOST * np.float64(2))
    assert (2 - gpu).dtype == np.float32


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_compute(gpu, name):
    function = getattr(operator, name)
    right = HOST.T + 1 if name == "matmul" else HOST + 1
    assert_same(function(gpu, cp.asarray(right)), function(HOST, right))
    if name != "matmul":
        assert_same(function(2.0, gpu + 1), function(2.0, HOST + 1))


def test_in_place_operators_write_into_the_array(gpu):
    before, view = gpu, gpu[0]
    gpu += 1
    gpu *= gpu
    assert gpu is before
    assert_same(view, ((HOST + 1) ** 2)[0])


def test_reductions_and_single_elements_are_0_d_device_arrays(gpu):
    assert_same(gpu.sum(), HOST.sum())
    assert_same(cp.argmax(gpu), HOST.argmax())
    assert_same(gpu.mean(axis=1, keepdims=True), HOST.mean(axis=1, keepdims=True))
    assert_same(gpu[1, 2], HOST[1, 2])
    assert_same(gpu[0] @ gpu[1], HOST[0] @ HOST[1])
    assert_same(gpu.sum() + 1, HOST.sum() + 1)
    assert_same(cp.array_equal(gpu, gpu), True)
    assert_same(cp.allclose(gpu, gpu + 1), False)
    assert_same(cp.count_nonzero(gpu), 5)
    assert all(isinstance(element, cp.ndarray) for element in gpu[0])


def test_indices_wrap(gpu):
    indices = np.array([0, 5, -1, 2])
    on_device = cp.asarray(indices)
    assert_same(gpu[:, on_device], HOST[:, indices % 3])
    assert_same(gpu[on_device, ..., on_device], HOST[indices % 2, ..., indices % 3])
    assert_same(gpu.take(on_device, axis=1), HOST[:, indices % 3])
    assert_same(gpu[..., None, cp.asarray(4)], HOST[..., None, 1])
    rows = cp.asarray([[7], [-7]])
    assert_same(cp.take_along_axis(gpu, rows, 1), np.array([[1], [5]], np.float32))
    gpu[cp.asarray([3])] = 9
    assert_same(gpu[1], HOST[1] * 0 + 9)
    with pytest.raises(IndexError):
        gpu[2]  # a plain integer does not wrap


def test_masks_select_and_assign(gpu):
    assert_same(gpu[gpu > 2], HOST[HOST > 2])
    assert_same(gpu[cp.asarray([False, True]), cp.asarray([4])], HOST[[1], [1]])
    gpu[gpu > 2] = 0
    assert_same(gpu, np.where(HOST > 2, np.float32(0), HOST))


def test_scatter(gpu):
    cp.add.at(gpu, cp.asarray([0, 0, 3]), cp.ones((3, 3), cp.float32))
    assert_same(gpu, HOST + np.array([[2], [1]], np.float32))
    cp.put_along_axis(gpu, cp.asarray([[0], [5]]), -1, 1)
    assert gpu[:, 0].tolist()[0] == gpu[:, 2].tolist()[1] == -1
    with pytest.raises(TypeError):  # there is no such atomic operation
        cp.add.at(cp.zeros(2, cp.int64), cp.asarray([0]), 1)
    with pytest.raises(NotImplementedError):
        cp.multiply.at(gpu, cp.asarray([0]), 2)


def test_views_share_memory_and_know_their_root(gpu):
    for view in (
        gpu[0],
        gpu[0, 1:],
        gpu.T,
        gpu.reshape(-1),
        gpu[1][1],
        cp.broadcast_to(gpu, (4, 2, 3)),
    ):
        assert view.base is gpu
        assert cp.shares_memory(view, gpu)
        assert not view.flags.owndata
    for copied in (gpu + 0, gpu.copy(), gpu[cp.asarray([0])], gpu[cp.asarray(0)], gpu.T.ravel()):
        assert copied.base is None
        assert not cp.shares_memory(copied, gpu)
    assert gpu[0].data.ptr == gpu.data.ptr != gpu[1].data.ptr
    assert cp.asarray(gpu) is gpu
    assert gpu.astype(cp.float32, copy=False) is gpu
    gpu[1, 2][...] = 7
    assert gpu[1, 2].item() == 7
    for duplicate in (copy.copy(gpu), copy.deepcopy(gpu), cp.array(gpu)):
        assert not cp.shares_memory(duplicate, gpu)


def clear_counts():
    cp.transfers.update(to_device=0, to_host=0)
    cp.traffic.update(to_device=0, to_host=0)


def test_uploads_and_downloads_copy_and_are_counted():
    clear_counts()
    host = HOST.copy()
    gpu = cp.asarray(host)
    cp.array([1, 2])
    assert cp.transfers == {"to_device": 2, "to_host": 0}
    host[:] = 0
    cp.asarray(gpu + cp.zeros((2, 3)))  # nothing crosses
    assert cp.transfers == {"to_device": 2, "to_host": 0}
    gpu.get()[:] = 0
    assert gpu.tolist() == HOST.tolist()
    gpu[1, 2].item(), float(gpu[1, 2]), int(gpu[1, 2]), bool(gpu[1, 2]), cp.asnumpy(gpu)
    host[0, 0] = gpu[1, 2]  # NumPy asks for its float()
    assert cp.transfers == {"to_device": 2, "to_host": 8}
    assert cp.traffic == {"to_device": HOST.nbytes + 16, "to_host": 3 * HOST.nbytes + 5 * 4}


def test_a_single_number_reaches_the_device_without_a_copy(gpu):
    # CuPy hands it to a kernel: see _array_default in its core.pyx.
    clear_counts()
    gpu.fill(3)
    gpu[0] = 1.0
    gpu[cp.asarray(np.array(1))] = np.float32(2)
    assert_same(gpu * cp.asarray(2.0, np.float32), np.float32([[2, 2, 2], [4, 4, 4]]))
    assert cp.transfers == {"to_device": 0, "to_host": 1}  # to be compared here


def test_a_mask_waits_for_the_number_of_its_elements(gpu):
    mask, row = gpu > 2, cp.asarray([0])
    empty = cp.zeros((0, 3), bool)
    clear_counts()
    gpu[mask]
    gpu[mask] = 0
    cp.add.at(gpu, mask, 1)
    gpu[row, mask[1]]
    assert cp.transfers == {"to_device": 0, "to_host": 4}
    cp.zeros((0, 3))[empty]
    cp.zeros(0).get()
    gpu[row], gpu[row] + 1, cp.where(mask, gpu, 0)
    assert cp.transfers == {"to_device": 0, "to_host": 4}
    with pytest.raises(NotImplementedError):
        cp.where(mask)


def test_float_and_its_like_need_one_element(gpu):
    for convert in (float, int, bool):
        with pytest.raises((TypeError, ValueError)):
            convert(gpu)
    for refused in (hash, operator.index):
        with pytest.raises(TypeError):
            refused(gpu.argmax())


def test_a_class_that_asks_for_it_gets_the_operator(gpu):
    class Tensor:
        __array_ufunc__ = None

        def __rmul__(self, other):
            return "mine"

    assert gpu * Tensor() == "mine"


def test_what_cupy_lacks_is_lacking(gpu):
    for name in ("to_device", "__array_namespace__", "__array_interface__", "ctypes"):
        assert not hasattr(gpu, name)
    for name in ("ix_", "random", "errstate", "__array_namespace__", "__wrapped__"):
        assert not hasattr(cp, name)
    with pytest.raises(TypeError, match="keyword"):
        cp.zeros(3, device="cpu")
    with pytest.raises(TypeError, match="keyword"):
        gpu.sum(where=gpu > 1)
    with pytest.raises(TypeError, match="keyword"):
        cp.log(gpu, where=gpu > 1)
    with pytest.raises(AttributeError):
        gpu.flags.writeable = False
    with pytest.raises(ValueError, match="Unsupported dtype"):
        cp.asarray(["text"])


def test_device_namespace(gpu):
    assert cp.is_available()
    assert cp.cuda.is_available()
    assert cp.cuda.runtime.getDeviceCount() == 1
    assert gpu.device == cp.cuda.Device(0)
    assert gpu.device.id == cp.cuda.get_device_id() == 0
    cp.cuda.Stream.null.synchronize()
    with pytest.raises(cp.cuda.runtime.CUDARuntimeError):
        cp.cuda.Device(1).use()
    assert cp.get_default_memory_pool().used_bytes() == 0
