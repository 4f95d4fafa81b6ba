"""MNIST and Fashion-MNIST: found or downloaded, checked, and held in memory as bytes.

Both data sets are four files in the idx format. The table `FILES` below says what is in them. Each
time a file is read, the SHA-256 of its uncompressed content is compared with the table: so a
truncated download, a damaged file or the wrong data set is an error at once, and not a network that
does not learn.
"""

from __future__ import annotations

import hashlib
import math
import operator
import os
import struct
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, NamedTuple

import numpy as np

from .creation import from_numpy
from .device import Shape
from .errors import NoIndex, ShapeError
from .tensor import Tensor
from .transforms import check_transform
from .utils.data.collate import default_collate
from .utils.data.dataset import Dataset, as_vector
from .utils.files import open_regular, replacing
from .warned import warn
from .wording import Worded, say_nearest

__all__ = ["MNIST", "DatasetError", "FashionMNIST", "read_idx"]


class DatasetError(Worded, RuntimeError):
    """A file of a data set is absent, damaged, of another data set, or could not be downloaded.

    >>> tg.datasets.read_idx(b"no idx file")
    Traceback (most recent call last):
    tinygrad_lr.datasets.DatasetError: not an idx file: it starts with b'no i', where ...
    """


# --- What is known of the files -------------------------------------------------------------------


class DataFile(NamedTuple):
    """One file: what it is called, and the shape and the SHA-256 of its uncompressed content."""

    dataset: str
    part: str
    name: str
    shape: Shape
    sha256: str

    @property
    def header(self) -> bytes:
        """The bytes that an idx file of unsigned bytes in this shape begins with."""
        return struct.pack(f">4B{len(self.shape)}I", 0, 0, 0x08, len(self.shape), *self.shape)

    @property
    def names(self) -> tuple[str, str]:
        """What it is called on disk: unpacked, or as it is served."""
        return self.name, f"{self.name}.gz"

    @property
    def size(self) -> int:
        return len(self.header) + math.prod(self.shape)

    def __str__(self) -> str:
        return f"{self.dataset}'s {self.part}"


_PARTS: tuple[tuple[str, str, Shape], ...] = (
    ("train images", "train-images-idx3-ubyte", (60000, 28, 28)),
    ("train labels", "train-labels-idx1-ubyte", (60000,)),
    ("test images", "t10k-images-idx3-ubyte", (10000, 28, 28)),
    ("test labels", "t10k-labels-idx1-ubyte", (10000,)),
)
_DIGESTS = {  # SHA-256 of the uncompressed files, in the order of _PARTS
    "MNIST": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    "Fashion-MNIST": (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}
FILES = tuple(
    DataFile(dataset, *part, digest)
    for dataset, digests in _DIGESTS.items()
    for part, digest in zip(_PARTS, digests, strict=True)
)
_BY_DIGEST = {file.sha256: file for file in FILES}
_LARGEST = max(file.size for file in FILES)


# --- The idx format -------------------------------------------------------------------------------

# The third byte of an idx file says what its numbers are; the format is big-endian throughout.
_IDX_DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def read_idx(data: bytes | bytearray | memoryview) -> np.ndarray:
    """The array in an idx file's uncompressed content: new, writable, in this machine's byte order.

    The format (http://yann.lecun.com/exdb/mnist/): two zero bytes, the type of the numbers, how
    many dimensions; one big-endian 32-bit size per dimension; the numbers, last dimension fastest.

    Raises DatasetError where `data` is anything else. The sizes in the header are compared with the
    length of `data` before anything is allocated, so a wrong header costs no memory.

    >>> tg.datasets.read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 6, 7]))
    array([5, 6, 7], dtype=uint8)
    """
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise TypeError(
            f"read_idx: expected the bytes of a file, got {type(data).__name__}; use "
            "Path(name).read_bytes()"
        )
    if isinstance(data, memoryview):
        data = data.tobytes()  # its elements may be something else than bytes
    array = _seen_as_idx(data)
    return array.astype(array.dtype.newbyteorder("="))


def _seen_as_idx(data: bytes | bytearray | memoryview) -> np.ndarray:
    """The array in `data`, on the same memory; DatasetError if there is none."""
    if len(data) < 4 or bytes(data[:2]) != b"\0\0" or data[2] not in _IDX_DTYPES:
        raise DatasetError(
            f"not an idx file: it starts with {bytes(data[:4])!r}, where two zero bytes, a type "
            f"({', '.join(f'0x{code:02x}' for code in _IDX_DTYPES)}) and the number of dimensions "
            "are expected"
        )
    dtype, ndim = np.dtype(_IDX_DTYPES[data[2]]), data[3]
    start = 4 + 4 * ndim
    if len(data) < start:
        raise DatasetError(
            f"idx file cut off in its header: {ndim} dimensions need {start} bytes, "
            f"found {len(data)}"
        )
    shape = struct.unpack(f">{ndim}I", data[4:start])
    expected = start + math.prod(shape) * dtype.itemsize
    if len(data) != expected:
        raise DatasetError(
            f"idx file of the wrong length: shape {shape} of {dtype.name} needs {expected} bytes, "
            f"found {len(data)}"
        )
    try:
        return np.frombuffer(data, dtype, offset=start).reshape(shape)
    except ValueError:  # more dimensions, or (in an empty array) larger, than NumPy has
        raise DatasetError(f"idx file of a shape NumPy cannot hold, {shape}") from None


# --- Reading and checking a file ------------------------------------------------------------------

_CHUNK = 1 << 15  # bytes of a file; what they unpack to is still in the processor's cache when used
_WRAPPING = 1 << 20  # bytes; by more than that, gzip makes none of the files longer


def _read_content(path: Path, limit: int) -> memoryview:
    """The content of a file, unpacked if it is gzip, but never more than `limit` bytes of it.

    It is in memory of NumPy's: the system gives that in large pages, which takes a fifth less time
    than a bytearray that grows.

    Whether it is gzip is seen from its first bytes, as browsers and proxies may unpack a .gz under
    its old name. The limit is for a small file that would unpack to a huge one. Raises zlib.error
    if the gzip stream is damaged; of one that ends early, what came before the end is returned.
    """
    content, count = np.empty(limit, np.uint8).data, 0
    with open_regular(path) as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
        stream.seek(0)
        for part in _unpacked(stream, limit) if is_gzip else [stream.read(limit)]:
            content[count : count + len(part)] = part
            count += len(part)
    return content[:count]


def _unpacked(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """What a gzip file holds, up to `limit` bytes.

    That is the content of its members, one after the other: several are as good as one, and zeros
    may come after the last. Nor is more of the file read than so much content can need.
    """
    gzip, rest, left = zlib.decompressobj(wbits=31), b"", limit  # 31: zlib verifies its checksum
    packed_limit = limit + _WRAPPING
    while left and (packed := rest or stream.read(min(_CHUNK, packed_limit - stream.tell()))):
        if gzip.eof:  # another member begins here, if anything does
            if not (packed := packed.lstrip(b"\0")):
                rest = b""
                continue
            gzip = zlib.decompressobj(wbits=31)
        unpacked = gzip.decompress(packed, left)
        rest = gzip.unused_data
        left -= len(unpacked)
        yield unpacked


def _read_checked(path: Path, file: DataFile) -> np.ndarray:
    """The array in `path`, which must hold exactly `file`; DatasetError says how it differs."""
    try:
        # One byte more than expected is enough to see that a file is too long.
        content = _read_content(path, file.size + 1)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise DatasetError(f"{path} {_what_is_wrong(path, file)}")
    except zlib.error as error:
        raise DatasetError(f"{path} is corrupted: it cannot be decompressed ({error})") from None
    return _seen_as_idx(content)  # bytes, in any order, and nobody else has them


def _what_is_wrong(path: Path, file: DataFile) -> str:
    """In what way the content of `path` is not `file`."""
    # Read again, and more of it: an image file with a label file's name is recognised as a whole.
    content = _read_content(path, _LARGEST + 1)
    digest = hashlib.sha256(content).hexdigest()
    if digest in _BY_DIGEST:
        return f"is the wrong file: this is {_BY_DIGEST[digest]}, not {file}"
    if not content:
        return f"is empty: expected {file.size} bytes (uncompressed), found 0"
    start = bytes(content[: len(file.header)])
    if start != file.header[: len(start)]:
        page = ", as a web page does" if start.lstrip().startswith(b"<") else ""
        return f"is not {file}: it starts with {start!r}{page}, where {file.header!r} is expected"
    if len(content) < file.size:
        return f"is truncated: expected {file.size} bytes (uncompressed), found {len(content)}"
    if len(content) > file.size:
        return f"is too long: expected {file.size} bytes (uncompressed), found more"
    return (
        f"is corrupted, or of another data set: its length is right, but its SHA-256 is {digest}, "
        f"where {file.sha256} is expected; datasets.read_idx reads any file of this format"
    )


# --- Downloading ----------------------------------------------------------------------------------


def _download(file: DataFile, mirrors: Sequence[str], folder: Path) -> list[str]:
    """Download `file` into `folder`, from the first of the `mirrors` that has it.

    Returns [] then; and where all of them failed, each URL with the reason.
    """
    failures = []
    for mirror in mirrors:
        url = f"{mirror.rstrip('/')}/{file.name}.gz"
        try:
            _download_from(url, file, folder / f"{file.name}.gz")
            return []
        except (OSError, ValueError, zlib.error, DatasetError) as error:
            failures.append(f"{url}: {error or type(error).__name__}")
    return failures


def _download_from(url: str, file: DataFile, target: Path) -> None:
    """Download `url` to `target`, which appears only once its content has been checked.

    An interrupted download leaves nothing. Two processes may download at once: each ends with a
    good file.
    """
    # Imported when it is needed: Python's HTTP client takes a third as long to import as NumPy.
    from .utils.download import save_url

    print(f"Downloading {url} to {target}", file=sys.stderr)
    with replacing(target) as temporary:
        # An endless answer must not fill the disk. The largest of all files is let in, as a wrong
        # one is to be recognised.
        save_url(url, temporary, limit=_LARGEST + _WRAPPING)
        try:
            _read_checked(temporary, file)
        except DatasetError as error:
            # The temporary name says nothing to the reader of the message; the URL beside it does.
            raise DatasetError(str(error).replace(str(temporary), "what came")) from None


# --- The data sets --------------------------------------------------------------------------------


class MNIST(Dataset[tuple[Tensor, Any]]):
    """Handwritten digits: 60,000 to train on, 10,000 to test with, as torchvision's MNIST.

    - root: the folder that holds MNIST/raw/ with the idx files, plain or as .gz.
    - train: the training files, or else the test files (named t10k).
    - transform, target_transform: called with each image (a uint8 Tensor of shape (28, 28)) and
      each label (an int). A transform with a method `batch` is given whole batches through it.
    - download: download from the `mirrors` what is missing or damaged. A good file is never
      downloaded again.

    `data` is a uint8 Tensor of shape (N, 28, 28), `targets` an int64 Tensor of shape (N,). They
    stay in host memory, the images as bytes: a batch becomes floating-point when it is taken. Both
    may be replaced by others, Tensors, arrays or lists.

    Raises DatasetError, with what to do about it, where a file is absent, damaged or of another
    data set, or where no mirror could deliver it.

    >>> data = tg.datasets.MNIST("examples/data", train=False)
    >>> image, label = data[0]
    >>> len(data), image.shape, label
    (10000, (28, 28), 7)
    """

    mirrors: tuple[str, ...] = (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    )
    classes: ClassVar[list[str]] = [
        "0 - zero",
        "1 - one",
        "2 - two",
        "3 - three",
        "4 - four",
        "5 - five",
        "6 - six",
        "7 - seven",
        "8 - eight",
        "9 - nine",
    ]

    rows_are_samples = False  # a sample's label is a number of Python's
    _dataset = "MNIST"  # its name in the table FILES
    _folder = "MNIST"  # its folder under root
    _system_folders: tuple[str, ...] = ()  # where a package of the operating system puts the files

    def __init__(
        self,
        root: str | Path,
        train: bool = True,
        transform: Callable[[Tensor], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
        download: bool = False,
    ) -> None:
        name = type(self).__name__
        if not isinstance(root, (str, os.PathLike)):
            raise TypeError(
                f"{name}: root must be the path of a folder, got {root!r}; use 'data', for instance"
            )
        if not isinstance(train, (bool, int, np.bool_)):
            raise TypeError(
                f"{name}: train must be True (60,000 images to train on) or False (10,000 to test "
                f"with), got {train!r}"
            )
        for function in (transform, target_transform):
            if function is not None:
                check_transform(name, function)
        self.root: str = os.path.expanduser(root)
        self.train = train
        self.transform = transform
        self.target_transform = target_transform
        split = "train" if train else "test"
        images = self._load(f"{split} images", download)
        labels = self._load(f"{split} labels", download)
        if download:
            self._complete()
        self.data: Tensor = from_numpy(images)
        self.targets: Tensor = from_numpy(labels.astype(np.int64))

    @property
    def raw_folder(self) -> str:
        """The folder of the files: root/MNIST/raw.

        >>> tg.datasets.MNIST("examples/data", train=False).raw_folder
        'examples/data/MNIST/raw'
        """
        return os.path.join(self.root, self._folder, "raw")

    @property
    def class_to_idx(self) -> dict[str, int]:
        """The label of each class name.

        >>> tg.datasets.MNIST("examples/data", train=False).class_to_idx["7 - seven"]
        7
        """
        return {name: label for label, name in enumerate(self.classes)}

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Tensor, Any]:
        """(image, label): a uint8 Tensor of shape (28, 28) and an int, each transformed."""
        try:
            i = operator.index(index)
        except TypeError:
            raise NoIndex(
                f"{type(self).__name__}: an index is an integer, not {type(index).__name__}. "
                "For several images at once use .data[...] and .targets[...], or a DataLoader"
            ) from None
        if not -len(self) <= i < len(self):
            raise IndexError(self._out_of_range(i))
        # A copy, so that a transform which works in place changes its image and not the data set.
        image: Any = from_numpy(_rows(self.data, [i])[0])
        label: Any = int(self.targets[i])
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            label = self.target_transform(label)
        return image, label

    def __getitems__(self, indices: Sequence[int] | np.ndarray) -> tuple[Any, Any]:
        """The batch of these images and labels: Tensors whose first dimension is len(indices).

        A DataLoader calls this once per batch. It is one gather from memory and, for a transform
        with `batch`, one pass over the gathered bytes. What other transforms give is put together
        as default_collate does it.
        """
        indices = as_vector(indices)
        try:
            pixels, targets = _rows(self.data, indices), _rows(self.targets, indices)
        except IndexError:
            n = len(self)
            wrong = next((i for i in np.ravel(indices).tolist() if not -n <= i < n), indices)
            raise IndexError(self._out_of_range(wrong)) from None
        if self.transform is None:
            images = Tensor.wrap(pixels)
        elif (batch := getattr(self.transform, "batch", None)) is not None:
            images = batch(pixels)
        else:
            images = _together(self.transform(from_numpy(image)) for image in pixels)
        if self.target_transform is None:
            labels = Tensor.wrap(targets.astype(np.int64, copy=False))
        else:
            labels = _together(self.target_transform(int(label)) for label in targets)
        return images, labels

    def __repr__(self) -> str:
        lines = [
            f"Dataset {type(self).__name__}",
            f"    Number of datapoints: {len(self)}",
            f"    Root location: {self.root}",
            f"    Split: {'Train' if self.train else 'Test'}",
        ]
        # As torchvision prints it, which indents the first of these lines and not the others.
        if self.transform is not None or self.target_transform is not None:
            lines.append("    StandardTransform")
        for head, transform in (
            ("Transform: ", self.transform),
            ("Target transform: ", self.target_transform),
        ):
            if transform is not None:
                lines.append(head + repr(transform).replace("\n", "\n" + " " * len(head)))
        return "\n".join(lines)

    def _out_of_range(self, index: object) -> str:
        return (
            f"{type(self).__name__}: index {index} is out of range; the "
            f"{'train' if self.train else 'test'} split has {len(self)} images, "
            f"0 to {len(self) - 1}"
        )

    # --- its files

    @classmethod
    def _files(cls) -> list[DataFile]:
        return [file for file in FILES if file.dataset == cls._dataset]

    def _copies(self, file: DataFile) -> Iterator[Path]:
        """The paths where `file` is found, in the order in which they are tried."""
        for folder in (self.raw_folder, *self._system_folders):
            for name in file.names:
                path = Path(folder, name)
                if path.is_file():
                    yield path

    def _load(self, part: str, download: bool) -> np.ndarray:
        """The array of one file: from the first undamaged copy of it, else from a mirror."""
        file = next(file for file in self._files() if file.part == part)
        problems = []
        for path in self._copies(file):
            try:
                array = _read_checked(path, file)
            except DatasetError as error:
                problems.append(str(error))
                continue
            if problems:
                warn("\n".join([*problems, f"So {path} was read; remove the other"]))
            return array
        if download:
            return _read_checked(self._downloaded(file, problems), file)
        if not problems:
            where = f"{file} are not in {self.raw_folder}{self._what_is_there_instead(file)}"
            raise DatasetError(f"{where}. {self._how_to_get_them('download=True')}")
        raise DatasetError(
            "\n".join(problems) + f"\n{self._how_to_get_them('download=True, which replaces them')}"
        )

    def _what_is_there_instead(self, file: DataFile) -> str:
        """Of an absent `file`: that it lies in a folder beside the right one, or a file in its way.

        Root is easily taken for the folder that the files are in.
        """
        root, right = Path(self.root), Path(self.raw_folder)
        for folder in (root, root / "raw", root / self._folder):
            if any((folder / name).is_file() for name in file.names):
                wanted = f"the folder to name is one that holds {self._folder}/raw"
                return f", but in {folder}; {wanted}"
        there = next((path for path in (right, *right.parents) if path.exists()), root)
        return "" if there.is_dir() else f": {there} is a file, where a folder is expected"

    def _complete(self) -> None:
        """Download the other split's files too where they are absent, as torchvision does.

        Whether they are undamaged is checked when they are loaded, and not here: to read all files
        each time would take twice as long.
        """
        for file in self._files():
            if next(self._copies(file), None) is None:
                self._downloaded(file, [])

    def _downloaded(self, file: DataFile, problems: list[str]) -> Path:
        """Download `file`; its path. Raises DatasetError when every mirror failed.

        `problems` say what was wrong with the copies already there; that error repeats them.
        """
        folder = Path(self.raw_folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatasetError(
                f"cannot make the folder {folder} ({error}); choose another root"
            ) from error
        if failures := _download(file, self.mirrors, folder):
            raise DatasetError(
                "".join(f"{problem}\n" for problem in problems)
                + f"could not download {file}. Tried:\n"
                + "".join(f"  {failure}\n" for failure in failures)
                + self._how_to_get_them("download=True again later")
            )
        return folder / f"{file.name}.gz"

    def _how_to_get_them(self, advice: str) -> str:
        """What to do for the files: the folder, their names, their checksums, the addresses."""
        also = "".join(f" (also looked in {folder})" for folder in self._system_folders)
        files = "".join(f"  {file.name}.gz  {file.sha256}\n" for file in self._files())
        mirrors = "".join(f"  {mirror}\n" for mirror in self.mirrors)
        folder = os.path.abspath(self.raw_folder)  # "./data" alone does not say where that is
        return (
            f"Pass {advice}, or put these files, as .gz or unpacked, into {folder}{also}\n"
            "(each with the SHA-256 of its uncompressed content):\n"
            f"{files}They are served at\n{mirrors}"
        ).rstrip()


class FashionMNIST(MNIST):
    """Pictures of clothes in MNIST's format, but harder; from Zalando Research (MIT licence).

    Its files are in root/FashionMNIST/raw/, or where Debian's package dataset-fashion-mnist puts
    them.

    >>> tg.datasets.FashionMNIST.classes[9]  # what the label 9 means
    'Ankle boot'
    """

    mirrors: tuple[str, ...] = (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    )
    classes: ClassVar[list[str]] = [
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ]

    _dataset = "Fashion-MNIST"
    _folder = "FashionMNIST"
    _system_folders = ("/usr/share/datasets/fashion-mnist/",)


def _rows(values: Any, indices: Sequence[int] | np.ndarray) -> np.ndarray:
    """The rows of `values`, a Tensor, an array or a list, at `indices`: a new array."""
    if isinstance(values, list):
        return np.array([values[i] for i in indices])
    array: np.ndarray = values.array if isinstance(values, Tensor) else np.asarray(values)
    return array.take(indices, 0)


def _together(made: Iterable[Any]) -> Any:
    """What a transform `made` of each sample, as a batch; ShapeError if the shapes differ."""
    try:
        return default_collate(tuple(made))  # so that texts are in one, as in PyTorch
    except ShapeError as error:
        raise ShapeError(
            f"what the transform gave for a batch cannot be stacked: {error}"
        ) from None


say_nearest(__name__)
