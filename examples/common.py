"""What the examples share: their options, data, tables, interruption and pictures.

Nothing here is about learning; that is what the examples themselves show.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import reprlib
import shlex
import signal
import stat
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

# Before NumPy is imported. The matrix products here are small: a second BLAS thread gains little,
# and where the cores are busy with something else, waiting for it costs fifty times the product.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@contextmanager
def _ending_at_ctrl_c() -> Iterator[None]:
    """Ctrl-C simply ends a program: `run`, which says so, is not reached yet.

    Who only imports this file, as a test does, goes on as before.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    yield
    if ours and Path(sys.argv[0]).resolve().parent != Path(__file__).resolve().parent:
        signal.signal(signal.SIGINT, signal.default_int_handler)


with _ending_at_ctrl_c():  # the half second of these imports, some of which would lose it
    import numpy as np
    import numpy.random  # now, not at the first random number
    import ranks

    import tinygrad_lr as tg
    from tinygrad_lr.datasets import DatasetError
    from tinygrad_lr.utils.data import DataLoader, TensorDataset
    from tinygrad_lr.utils.files import replacing
    from tinygrad_lr.wording import in_lines, with_nearest_option

DATA = Path(__file__).parent / "data"


def say(*lines: str) -> None:
    """Print to standard error, as the first rank; if that cannot be, nobody is told.

    Each line is one, whatever is in it: the name of a file may have a newline.
    """
    if not ranks.speaks:
        return
    try:
        print("\n".join(map(_one_line, lines)), file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", lambda m: repr(m[0])[1:-1], text)


def fail(*lines: str) -> NoReturn:
    """Stop with what is wrong, in a line if that is not long, on standard error; exit code 2."""
    told = in_lines("\n".join(map(_one_line, lines)))
    first, *others = ranks.meet(told).split("\n")
    say(f"{Path(sys.argv[0]).name}: {first}", *others)
    sys.exit(2)


def meet(args: argparse.Namespace, device: Any) -> None:
    """With --parallel: all ranks are ready, and want the same; or all end, saying what is wrong."""
    if ranks.started > 1 and not args.parallel:
        them = f"mpiexec has started {ranks.started} processes"
        fail(f"{them}; {ranks.OPTION} lets them share the work")
    if wrong := ranks.meet(options=args):
        fail(*wrong.split("\n"))
    if ranks.size > 1 and device != "cpu":
        ranks.on_gpus()


def this_command(option: str, value: Any) -> str:
    """What this program was started with, as a line to paste, and `option` with `value`."""
    line = list(sys.orig_argv)
    if line[-2:] != [option, str(value)]:
        line += [option, str(value)]  # of an option that is given twice, the last counts
    if ranks.size > 1:
        line = ["mpiexec", "-n", str(ranks.size), *line]
    return shlex.join(line)


def reason(error: Exception) -> str:
    """Why something failed, without the system's number for it."""
    return " ".join(str(getattr(error, "strerror", None) or error).split())


# ------------------------------------------------------------------------------------------ options


class _WithDefaults(argparse.HelpFormatter):
    """Says what an option is if it is not given, where it is something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        given = action.default is not None and action.default is not False  # but 0 is something
        if not given or action.default is argparse.SUPPRESS:
            return action.help
        return f"{action.help} (default: %(default)s)"


class _OneLineParser(argparse.ArgumentParser):
    def print_help(self, file: Any = None) -> None:
        print(self.format_help(), end="", file=file)  # argparse would hide that it cannot be

    def error(self, message: str) -> NoReturn:
        message = with_nearest_option(message, self._option_string_actions)
        fail(f"{message} (--help lists the options)")


def number(kind: Callable[[str], Any], low: float, name: str) -> Callable[[str], Any]:
    """An option's type: a finite `kind` of at least `low`."""

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"expected {name}, got {reprlib.repr(text)}")
        return value

    return parse


positive_int = number(int, 1, "an integer >= 1")
natural = number(int, 0, "an integer >= 0")
rate = number(float, 0.0, "a finite number >= 0")


def parser(
    doc: str | None, data: str | None = "MNIST", plot: bool = True
) -> argparse.ArgumentParser:
    """A command line with the options that every example has; `data` names its data set.

    Its description is the first line of the program's `doc`, which ``python -OO`` takes away.
    """
    description = doc and doc.splitlines()[0]
    options = _OneLineParser(
        description=description, formatter_class=_WithDefaults, allow_abbrev=False
    )
    options.add_argument(
        "--device",
        choices=["cpu", "gpu", "cuda", "cuda:0", "auto"],
        default="cpu",
        help="gpu, cuda and cuda:0 are one; auto takes it if it is there",
    )
    options.add_argument("--seed", type=natural, default=0, help="of the weights and the batches")
    if data is not None:
        help = f"holds {data}/raw"
        options.add_argument("--data", type=Path, default=DATA, metavar="FOLDER", help=help)
    if plot:
        options.add_argument("--plot", type=Path, metavar="FILE", help="save a picture")
    return options


def add_parallel(options: argparse.ArgumentParser) -> None:
    """The option by which the processes that mpiexec starts train one model."""
    help = f"mpiexec -n 4 python {Path(sys.argv[0]).name} {ranks.OPTION}: 4 ranks share each batch"
    options.add_argument(ranks.OPTION, action="store_true", help=help)


def check_output(path: Path | None) -> None:
    """Refuse, before any work is done, a file that could not be written afterwards."""
    if path is None or ranks.rank:
        return
    with writing(path):
        with suppress(FileNotFoundError, NotADirectoryError):
            mode = path.stat().st_mode  # is_file() says no to a name that is too long, from 3.14 on
            if stat.S_ISDIR(mode):
                fail(f"{path} is a folder; name a file in it")
            if not stat.S_ISREG(mode):
                fail(f"cannot write {path}: it is not a regular file")
        if not path.parent.is_dir():
            fail(f"cannot write {path}: there is no folder {path.parent}")
        if not os.access(path.parent, os.W_OK):
            fail(f"cannot write {path}: no permission to write into {path.parent}")
        trial = path.with_name(f".{os.urandom(16).hex()}")  # in /proc, say, only a trial shows it
        trial.touch()
        trial.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Let a full disk be one line; the older file is still there, whole."""
    try:
        yield
    except OSError as error:
        fail(f"cannot write {path}: {reason(error)}")


def check_picture(path: Path | None) -> None:
    """`check_output` for --plot, which also needs matplotlib and a format that it can write."""
    check_output(path)
    if path is None or ranks.rank:
        return
    formats = pyplot().Figure().canvas.get_supported_filetypes()
    if path.suffix[1:].lower() not in formats:
        fail(f"cannot write {path}: its name must end in one of .{' .'.join(sorted(formats))}")


def device_or_fail(choice: str) -> Any:
    """The device to use, or one line that says why it cannot be."""
    try:
        return tg.device_for(choice)
    except tg.DeviceError as error:
        fail(str(error))


# --------------------------------------------------------------------------------------------- data


def load_or_fail(kind: Any, root: Path, *hint: str, **options: Any) -> Any:
    """A data set, or what is wrong with its files, and lines that `hint` at where to get them."""
    try:
        with warnings.catch_warnings(record=True, action="always") as told:
            dataset = kind(root, **options)
    except DatasetError as error:
        told_here = for_the_command_line(str(error), has_download="download" in options)
        fail(*told_here.splitlines(), *hint)
    except OSError as error:
        fail(f"cannot read the data in {root}: {reason(error)}")
    for warning in told:  # of a damaged file beside a good one
        say(*str(warning.message).splitlines())
    return dataset


def for_the_command_line(message: str, has_download: bool) -> str:
    """`message`, but what it says to pass is an option here."""
    if has_download:
        return message.replace("download=True", "--download")
    return re.sub(
        "Pass download=True.*?, or put", "Name another folder with --data, or put", message
    )


def check_batch_size(size: int, dataset: Any) -> None:
    """Refuse an option --batch-size that no batch could have."""
    if size > len(dataset):
        fail(
            f"argument --batch-size: expected at most {len(dataset)}, the number of training "
            f"images, got {reprlib.repr(size)}"
        )


def resident(dataset: Any, device: Any) -> Any:
    """On the GPU, all of `dataset` is put there at once: no batch has to travel afterwards."""
    return dataset if device == "cpu" else TensorDataset(*whole(dataset, device))


def whole(dataset: Any, device: Any) -> list[Any]:
    """All of `dataset` as one batch on `device`."""
    return [t.to(device) for t in next(iter(DataLoader(dataset, batch_size=len(dataset))))]


class Steps:
    """A training step done on batch after batch, as fast as can be.

    `step(images, labels)` returns the loss of that batch, a single number. On the CPU it is traced:
    its Python runs twice, and from then on only the NumPy calls that it made. On the GPU many steps
    at a time are captured, as one CUDA graph. What `advance` computes is the same either way, and
    what the step itself would: the batches come from `loader`, in its order.
    """

    AT_ONCE = 50  # with more, there is little left to gain

    def __init__(self, step: Callable[..., Any], dataset: Any, device: Any, **options: Any) -> None:
        self._step = step
        self._on_gpu = device != "cpu"
        self._data = dataset
        if self._on_gpu:
            self._data = TensorDataset(*whole(dataset, device))
            self._captured = tg.cuda.graph(self._many)
        else:
            self._traced = tg.jit.trace(self._one)
        self._at_once = self.AT_ONCE if self._on_gpu else 1
        self._by_rows = self._on_gpu or ranks.size > 1
        if self._by_rows:  # the loader only says which images: they are there, or few of them ours
            dataset = TensorDataset(tg.arange(len(dataset)))
        self.images = 0  # that the steps so far have seen
        self.loader = DataLoader(dataset, **options)
        self._batches = forever(self.loader)

    def advance(self, limit: int) -> Any:
        """Do at least one step and at most `limit`; the loss of each, in one Tensor.

        Of several ranks each does it with its part of each batch, and has a part of each loss: all
        of it is their sum.
        """
        if not self._by_rows:
            images, labels = next(self._batches)
            self.images += len(labels)
            whole = len(labels) == self.loader.batch_size  # the last batch of an epoch may not be
            return (self._traced if whole else self._one)(images, labels)
        batches = [next(self._batches)[0] for _ in range(min(limit, self._at_once))]
        self.images += sum(len(rows) for rows in batches)
        parts = [rows[ranks.part(len(rows))] for rows in batches]
        losses = self._steps(
            parts, whole={len(rows) for rows in batches} == {self.loader.batch_size}
        )
        if ranks.size == 1:
            return losses
        counts = [len(part) / len(rows) for part, rows in zip(parts, batches)]
        shares = tg.tensor(counts, device=losses.device)
        return tg.where(shares > 0, losses * shares, 0)  # of no image, the loss is nan

    def _steps(self, parts: list[Any], whole: bool) -> Any:
        """A step for each of these rows of the data; `whole`: they are of batches of full size."""
        if not self._on_gpu:
            step = self._traced if whole else self._one
            return tg.cat([step(*self._gather(rows)) for rows in parts])
        sizes = {len(rows) for rows in parts}
        if len(parts) < self._at_once or len(sizes) > 1:  # the graph is for AT_ONCE equal ones
            return tg.stack([self._step(*self._gather(rows)) for rows in parts])
        shape = (self._at_once, *sizes)
        gathered = self._gather(tg.cat(parts))
        return self._captured(*(t.reshape(*shape, *t.shape[1:]) for t in gathered))

    def _gather(self, rows: Any) -> tuple[Any, ...]:
        return self._data.__getitems__(rows.numpy())

    def _one(self, images: Any, labels: Any) -> Any:
        """What is traced: a step, and its loss as a vector of one."""
        return self._step(images, labels).reshape(1)

    def _many(self, images: Any, labels: Any) -> Any:
        """What is captured: a step for each batch in `images` (AT_ONCE, batch size, ...)."""
        losses = tg.zeros(len(labels), device=labels.device)
        for i in range(len(labels)):
            losses[i] = self._step(images[i], labels[i])
        return losses


def forever(loader: DataLoader) -> Iterator[Any]:
    """Batch after batch, epoch after epoch."""
    while True:
        yield from loader


# ------------------------------------------------------------------------------------- the terminal


class Progress:
    """A progress bar on standard error if that is a terminal, and lines on standard output.

    Without a terminal, or without tqdm, there are only the lines.
    """

    def __init__(self, total: int, done: int) -> None:
        self._bar: Any = None
        if sys.stderr.isatty():
            try:
                from tqdm import tqdm
            except ModuleNotFoundError:
                return
            self._bar = tqdm(total=total, initial=done, unit="it", leave=False, file=sys.stderr)

    def advance(self, steps: int = 1) -> None:
        if self._bar is not None:
            self._bar.update(steps)

    def line(self, text: str, loss: float) -> None:
        """Print a line of the table, above the bar, which then shows the `loss` as well."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
            self._bar.clear()
        print(text, flush=True)
        if self._bar is not None:
            self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()


class Table:
    """A table that is printed row by row, its columns in groups: ours, then the document's.

        table = Table({
            "": {"iteration": "d"},
            "here": {"loss": "6.4f", "accuracy": "5.2f"},
            "document 002": {"loss": "6.4f", "accuracy": "5.2f"},
        })
        table.row(500, 0.6436, 86.38, *DOCUMENT.get(500, ()))

    A column has a name and a format; what a row lacks, or has as None, stays blank.
    """

    def __init__(self, groups: dict[str, dict[str, str]]) -> None:
        self._columns: list[tuple[str, int]] = []  # of each its format and its width
        above, names = [], []
        for group, columns in groups.items():
            widths = [max(len(name), len(format(0, form))) for name, form in columns.items()]
            widths[0] += max(0, len(group) - len("  ".join("-" * width for width in widths)))
            cells = [f"{name:>{width}}" for name, width in zip(columns, widths)]
            names.append("  ".join(cells))
            above.append(f"{group:^{len(names[-1])}}")
            self._columns += zip(columns.values(), widths)
        if any(groups):
            print("  ".join(above).rstrip())
        print("  ".join(names), flush=True)

    def row(self, *values: Any) -> None:
        """Print a row: a value for each column, from the left."""
        cells = [
            f"{'' if value is None else format(value, form):>{width}}"
            for value, (form, width) in zip(values, self._columns)
        ]
        print("  ".join(cells).rstrip(), flush=True)


def run(main: Callable[[], None]) -> None:
    """Run `main`; Ctrl-C ends it with exit code 130, a full disk with 2, and no traceback."""
    _open_streams()
    try:
        if wrong := ranks.join():
            fail(wrong)
        if not ranks.speaks:
            _silence(sys.stdout)
        if signal.getsignal(signal.SIGINT) == signal.SIG_DFL:  # as the imports above have left it
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with np.errstate(all="ignore"):  # what diverges says so itself, in its figures
                main()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        if ranks.rank:
            raise  # the first rank says it; or that this one was interrupted, alone
        say("Interrupted")
        if ranks.size > 1:
            tg.distributed.abort(130)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` does
        _silence(sys.stdout)
        sys.exit(1)
    except OSError as error:
        _silence(sys.stdout)
        fail(f"cannot write {error.filename or 'the output'}: {reason(error)}")


def _open_streams() -> None:
    """See to it that there are standard streams that take any text: a shell can close them."""
    while (handle := os.open(os.devnull, os.O_RDWR)) < 3:
        pass  # it has taken the place of one that is closed; else the next file would
    os.close(handle)
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: SIM115
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


def _silence(stream: Any) -> None:
    """Let what is still to be written to `stream` go nowhere, or Python would fail at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Interruption:
    """``with Interruption() as stop:`` Ctrl-C sets ``stop.asked`` instead of breaking off a step.

    So the program stops between two steps, with weights that belong together. A second Ctrl-C does
    break off. If one of several ranks is asked, all are: they ask each other, and so must all.
    """

    _asked = False

    @property
    def asked(self) -> bool:
        return ranks.any_of(self._asked)

    def __enter__(self) -> Interruption:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._asked = True
        signal.signal(signal.SIGINT, self._before)

    def __exit__(self, *exc_info: object) -> None:
        signal.signal(signal.SIGINT, self._before)


# ----------------------------------------------------------------------------------------- pictures


# A document's figures beside ours; where it has two runs, the second is drawn with another marker.
DOCUMENT = {"color": "black", "linestyle": "none", "markersize": 8, "markerfacecolor": "none"}


def save_picture(figure: Any, path: Path) -> None:
    """Write `figure` to `path`, in the format of its name, all of it or not at all.

    A PNG says in its metadata what it is of: its title, the command, the seed, the versions.
    """
    said = _of_what(figure) if path.suffix.lower() == ".png" else None
    with writing(path), replacing(path) as temporary:
        figure.savefig(temporary, metadata=said)


def _of_what(figure: Any) -> dict[str, str]:
    libraries = {
        "Python": platform.python_version(),
        "tinygrad_lr": tg.__version__,
        "NumPy": np.__version__,
        "matplotlib": sys.modules["matplotlib"].__version__,
    }
    command = shlex.join(["python", *sys.argv])  # a file's name need not be text
    return {
        "Title": figure.get_suptitle(),
        "Command": os.fsencode(command).decode("utf-8", "backslashreplace"),
        "Seed": str(tg.initial_seed()),
        "Software": ", ".join(f"{name} {version}" for name, version in libraries.items()),
    }


def plot_losses(axes: Any, losses: list[float], window: int = 50) -> None:
    """The loss of each batch in grey, and over it the mean of the last `window`."""
    window = max(1, min(window, len(losses) // 10))
    means = [sum(losses[i - window : i]) / window for i in range(window, len(losses) + 1)]
    axes.plot(range(1, len(losses) + 1), losses, color="0.75", linewidth=0.7, label="each batch")
    axes.plot(range(window, len(losses) + 1), means, color="C0", label=f"mean of the last {window}")
    axes.set(xlabel="iteration", ylabel="cross-entropy", title="Loss of the training batches")
    axes.set_xlim(0, 1.01 * max(len(losses), 1))


def plot_document(
    axes: Any, name: str, points: dict[int, float], until: int, marker: str = "o"
) -> None:
    """What a document prints at these iterations, as far as ours have come."""
    shown = {iteration: value for iteration, value in points.items() if iteration <= until}
    if shown:
        axes.plot(*zip(*shown.items()), marker=marker, label=name, **DOCUMENT)


def pyplot() -> Any:
    """matplotlib.pyplot, for files only: it needs no screen."""
    os.environ["MPLBACKEND"] = "Agg"  # a notebook's commands inherit one that may not be here
    try:
        from matplotlib import pyplot as plt
    except ModuleNotFoundError:
        fail("--plot needs matplotlib; install it with pip install matplotlib tqdm")
    plt.style.use(Path(__file__).with_name("pictures.mplstyle"))
    return plt
