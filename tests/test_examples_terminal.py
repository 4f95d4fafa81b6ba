"""mnist_logreg.py in a real terminal: a bar shows, the lines stay whole, and Ctrl-C is a key."""

from __future__ import annotations

import os
import pty
import re
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from logreg_runs import (
    DOCUMENT,
    FINAL,
    LOGREG,
    ROW,
    Run,
    Running,
    new_folder,
    path_without,
    random_moment,
    run_in_full,
    running,
    works,
)

import tinygrad_lr as tg

folder = pytest.fixture(scope="module")(new_folder)
plain = pytest.fixture(scope="module")(run_in_full)
without = pytest.fixture(path_without)


def screen(output: str, columns: int = 80) -> list[str]:
    """What a terminal of that width shows in the end."""
    lines, row, column = [[""] * columns], 0, 0
    for control, character in re.findall(r"(\x1b\[[\d;?]*[a-zA-Z]|[\x00-\x1f])|(.)", output):
        if control == "\r":
            column = 0
        elif control == "\n":
            row += 1
        elif control == "\x1b[A":
            row = max(0, row - 1)
        elif control == "\x1b[K":
            lines[row][column:] = [""] * (columns - column)
        else:
            assert not control, f"a terminal control that this test does not know: {control!r}"
            if column == columns:  # the line is full: a terminal wraps before the next character
                row, column = row + 1, 0
        lines += [[""] * columns for _ in range(row + 1 - len(lines))]
        if character:
            lines[row][column] = character
            column += 1
    shown = ["".join(cell or " " for cell in line).rstrip() for line in lines]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def test_the_screen_of_these_tests() -> None:
    assert screen("abc\r\nde\rf") == ["abc", "fe"]
    assert screen("12345678\rab\x1b[K\r\n", 4) == ["1234", "ab"]
    assert screen("abcd\r\nx\x1b[A\ry", 4) == ["ybcd", "x"]


@contextmanager
def terminal(
    folder: Path, *args: Any, out_too: bool = True, path: Path | None = None
) -> Iterator[tuple[Running, Callable[[bytes], Any]]]:
    """A process in a terminal of 80 columns (its standard error at least), and its keyboard."""
    screen_end, process_end = pty.openpty()
    termios.tcsetwinsize(process_end, (24, 80))

    def read() -> bytes:
        try:
            return os.read(screen_end, 1 << 16)
        except OSError:  # what Linux says when nobody has the terminal open any more
            return b""

    own = "os.setsid(); fcntl.ioctl(2, termios.TIOCSCTTY, 0)"  # so that Ctrl-C comes from its keys
    if path is not None:
        own += f"; os.environ['PYTHONPATH'] = {str(path)!r}"
    out = process_end if out_too else None
    try:
        with running(folder, *args, out=out, err=process_end, prepare=own) as run:
            os.close(process_end)
            if out_too:
                run._read = read
                yield run, lambda keys: os.write(screen_end, keys)
            else:
                # Both have to be read all the time, or the process waits for the reader.
                shown: list[bytes] = []
                thread = threading.Thread(target=lambda: shown.extend(iter(read, b"")))
                thread.start()
                ran = run.end()
                thread.join()
                run.end = lambda: ran._replace(err=b"".join(shown).decode())
                yield run, lambda keys: None
    finally:
        os.close(screen_end)


def test_in_a_terminal_a_bar_shows_and_the_lines_stay_whole(tmp_path: Path, plain: Run) -> None:
    with terminal(tmp_path, LOGREG) as (run, _):
        ran = works(run.end())
    bars = re.findall(r"\d+%\|[^|\r\n]*\| (\d+)/3000 \[", ran.out)
    assert bars[0] == "0"
    assert sorted(map(int, bars)) == list(map(int, bars))
    assert len(bars) > 6
    assert "loss 1.8160]" in ran.out
    shown = screen(ran.out)
    assert shown[:-1] == plain.out.splitlines()[:-1]  # and no rest of a bar anywhere
    assert FINAL.fullmatch(shown[-1])


def test_with_only_standard_error_in_a_terminal(tmp_path: Path, plain: Run) -> None:
    with terminal(tmp_path, LOGREG, "--iterations", 1000, out_too=False) as (run, _):
        ran = works(run.end())
    assert ran.out.splitlines()[:-1] == plain.out.splitlines()[:6]
    assert FINAL.fullmatch(ran.out.splitlines()[-1])
    assert "/1000 [" in ran.err
    assert screen(ran.err) == []  # the bar is gone


def test_in_a_terminal_without_tqdm(
    tmp_path: Path, plain: Run, without: Callable[[str], Path]
) -> None:
    with terminal(tmp_path, LOGREG, "--iterations", 500, path=without("tqdm")) as (run, _):
        ran = works(run.end())
    lines = ran.out.splitlines()
    assert lines[:-1] == plain.out.splitlines()[:5]
    assert FINAL.fullmatch(lines[-1])


def test_ctrl_c_in_a_terminal_and_the_bar_of_what_goes_on(tmp_path: Path, plain: Run) -> None:
    file = tmp_path / "part.safetensors"
    forever = ["--iterations", 10**6]  # it may come far before these keys have a processor
    with terminal(tmp_path, LOGREG, *forever, "--save", file) as (run, keyboard):
        run.wait_for(DOCUMENT[500] + "\r\n")  # or ^C may be shown within the row
        random_moment()  # the checkpoint of that row is being written, or training goes on
        keyboard(b"\x03")
        ran = run.end()
    assert ran.code == 130
    shown = screen(ran.out)
    assert shown[:5] == plain.out.splitlines()[:5]
    done = tg.load(file)["iteration"]
    # The path may be longer than the line that is left for it.
    last = "".join(shown[next(i for i, line in enumerate(shown) if "Interrupted" in line) :])
    message = f"Interrupted after iteration {done}: saved to {file}, go on with"
    message += f"{sys.executable} {LOGREG} --iterations 1000000 --save {file} --resume {file}"
    assert last.replace(" ", "") == message.replace(" ", "")
    assert "Traceback" not in ran.out

    until = done + 500
    with terminal(tmp_path, LOGREG, "--resume", file, "--iterations", until) as (run, _):
        ran = works(run.end())
    bars = re.findall(rf"\d+%\|[^|\r\n]*\| (\d+)/{until} \[", ran.out)
    assert int(bars[0]) == done
    shown = screen(ran.out)
    assert [line for line in shown if ROW.match(line)] == ran.rows
    of_the_table = (done // 500 + 1) * 500
    known = [row for row in plain.rows if f" {of_the_table} " in row]
    assert ran.rows[:1] == known or (known == [] and of_the_table > 3000)
    assert [int(row.split()[0]) for row in ran.rows] == sorted({of_the_table, until})
