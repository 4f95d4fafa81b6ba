"""``python -m tinygrad_lr.viz``: the backward pass of ``w * x + b``, as a table."""

from __future__ import annotations

import argparse

from ..creation import tensor
from . import backward, watch


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m tinygrad_lr.viz",
        description="Print the backward pass of w * x + b: for each operation, newest first, the "
        "gradient that comes in, the rule that is asked, and what goes out. Of a computation of "
        "your own: print(tg.viz.backward(loss)); and for a page to step through, "
        "tg.viz.backward(loss).save('walk.html').",
    ).parse_args()
    x = tensor(3.0)
    w = tensor(4.0, requires_grad=True)
    b = tensor(5.0, requires_grad=True)
    with watch():
        y = w * x + b
    print(backward(y))


if __name__ == "__main__":
    main()
