"""Stream capture for the double: what is called while a stream captures is noted, and done later.

On a GPU nothing is computed during a capture; what the new arrays hold is whatever lay there. Here
new arrays are computed, because only so their shapes are known, and filled with garbage afterwards.
What writes to an array that was there before is only noted, so that it does not change. Code that
takes a value out of a capture, or relies on one, therefore shows it.

Memory that a capture took from a pool of its own is filled with garbage before each launch too: on
a GPU, what is given back to the pool during the capture is given out again, so that an array may
lie where one was that the graph writes to before.
"""

import numpy as np

current = None  # the graph being captured
own_pool = False  # whether memory is taken from another pool than everybody's


class Graph:
    """Functions without arguments, each doing once more, into the same memory, what was noted."""

    def __init__(self):
        self._calls = []
        self._made = []
        self._pooled = []  # those of the made ones whose memory is from the pool of the capture

    def launch(self, stream=None):
        if current is not None:
            raise RuntimeError("a graph was launched while a stream captures")
        fill_with_garbage(self._pooled)
        with np.errstate(all="ignore"):
            for call in self._calls:
                call()


def begin():
    global current
    if current is not None:
        raise RuntimeError("a stream is capturing already")
    current = Graph()


def end():
    global current
    graph, current = current, None
    fill_with_garbage(graph._made)
    return graph


def fill_with_garbage(hosts):
    for host in hosts:
        if host.dtype.kind in "fc":
            host.fill(np.nan)
        elif host.dtype.kind in "iu":
            host.fill(np.iinfo(host.dtype).max // 2)


def refuse(why):
    if current is not None:
        raise RuntimeError(f"the current stream is capturing, so {why}")


def write(function):
    """Do something that writes to arrays there are."""
    if current is None:
        function()
    else:
        current._calls.append(function)


def make(compute, wrap, is_new=lambda made: True, again=True):
    """``wrap(compute())``: new arrays or views, one or a tuple of them.

    Each launch computes them `again`; but there is nothing to do for memory with nothing in it.
    """
    if current is None:
        return wrap(compute())
    with np.errstate(all="ignore"):
        wrapped = wrap(compute())
    several = isinstance(wrapped, (tuple, list))
    places = [
        made._host if hasattr(made, "_host") and is_new(made) else None
        for made in (wrapped if several else [wrapped])
    ]
    made = [place for place in places if place is not None]
    current._made += made
    current._pooled += made if own_pool else []

    def compute_again():
        results = compute()
        for place, result in zip(places, results if several else [results], strict=True):
            if place is not None:
                place[...] = result

    if again and any(place is not None for place in places):
        current._calls.append(compute_again)
    return wrapped
