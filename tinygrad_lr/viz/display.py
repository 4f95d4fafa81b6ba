"""What a notebook shows of a Tensor, a Module, an optimizer, and of the code of a traced step.

A few lines of HTML: no script, nothing from elsewhere, no ids, all its styles below one class. They
set no colours but shades of what is around them, as a notebook's theme, light or dark, need not be
the system's. Where a page drops styles (a notebook on a forge) text and tables are left.

To look changes nothing. Each function takes the thing, and gives the HTML; rich.py has what
becomes of errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, NamedTuple

from ..device import CPU, device_of, move
from ..printing import format_tensor
from . import colours

__all__ = ["code", "module", "optimizer", "tensor"]

WHOLE = 16  # elements: of more, there are colours, too
MANY = 2**26  # more are not looked through, as it would take seconds
ROWS = 200  # of a table of modules, at most
GROUPS = 12  # of an optimizer, at most

STYLE = """
.tglr{color:inherit;font-size:13px;line-height:1.45;max-width:100%;overflow-x:auto;margin:4px 0}
.tglr pre{margin:4px 0;padding:0;border:0;background:none;color:inherit;font-size:12px;
font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;
line-height:1.35;overflow:auto;max-height:20em;white-space:pre;
scrollbar-width:thin;scrollbar-color:rgba(128,128,128,.6) transparent}
.tglr p{margin:2px 0}
.tglr .q{opacity:.75}
.tglr img{display:block;margin:4px 0;padding:0;max-width:100%;height:auto;image-rendering:pixelated;
box-sizing:border-box;border:1px solid rgba(128,128,128,.5)}
.tglr table{border-collapse:collapse;margin:4px 0;color:inherit;font-size:12px;border:0}
.tglr th,.tglr td{text-align:left!important;vertical-align:top;padding:2px 14px 2px 0;border:0;
border-top:1px solid rgba(128,128,128,.35);background:none;color:inherit;white-space:normal;
max-width:none}
.tglr tr{background:none!important}
.tglr th{font-weight:600}
.tglr .n{text-align:right!important;font-variant-numeric:tabular-nums;white-space:nowrap}
""".replace("\n", "")


def _page(*parts: str) -> str:
    return f'<div class="tglr"><style>{STYLE}</style>{"".join(parts)}</div>'


def _heading(kind: str, *facts: str) -> str:
    return "<p>" + " · ".join([f"<b>{escape(kind)}</b>", *map(escape, facts)]) + "</p>"


# ------------------------------------------------------------------------------------------- Tensor


def tensor(x: Any) -> str:
    """A Tensor as it is printed, where its gradient comes from; and its colours, if it is large.

    An array on the GPU is fetched once.
    """
    x.catch_up()
    host = move(x.array, CPU)
    where = device_of(x.array)
    text = format_tensor(
        host,
        device=None if where == CPU else str(where),
        requires_grad=x.requires_grad,
        grad_fn=x.node.name() if x.node else None,
    )
    facts = [f"shape {_size(host.shape)}", str(host.dtype), str(where), _origin(x)]
    heading = _heading(type(x).__name__, *facts)
    return _page(heading, f"<pre>{escape(text)}</pre>", _figures(host))


def _size(shape: Iterable[int]) -> str:
    return str(tuple(shape))


def _origin(x: Any) -> str:
    """Where the gradient of a Tensor comes from."""
    if x.node is not None:
        node = x.node
        came = [edge for edge in node.edges if edge is not None]
        freed = " (the graph has been freed)" if node.args is None else ""
        return f"computed by {node.op.name} from {_counted(came)}{freed}"
    if not x.wanted:
        return "does not require grad"
    return f"leaf that requires grad, .grad {'is None' if x._grad is None else 'is there'}"


def _counted(edges: list[Any]) -> str:
    """The operations and the leaves that a result came from, those that require grad."""
    names = [edge.op.name if hasattr(edge, "op") else "a leaf" for edge in edges]
    shown = dict.fromkeys(names)
    said = [
        f"{name} ({names.count(name)} times)" if names.count(name) > 1 else name for name in shown
    ]
    return " and ".join(said[:4]) + " and others" * (len(said) > 4)


def _figures(array: Any) -> str:
    """What is nan or infinite in a small array; of a larger one all figures, and its colours."""
    if array.size > MANY:
        return _quiet(f"{array.size:,} numbers, too many to look through")
    found = colours.figures(array)
    if array.size <= WHOLE:
        return _quiet(colours.strangers(found))
    drawn, said = colours.picture(array), colours.words(found)
    title = f"colours of {array.size:,} numbers: {said}"
    return (
        f'<img alt="{escape(title)}" width="{drawn.width}" height="{drawn.height}" '
        f'src="{drawn.url}">{_quiet(said, drawn.says)}'
    )


def _quiet(*lines: str) -> str:
    text = "<br>".join(escape(line) for line in lines if line)
    return f'<p class="q">{text}</p>' if text else ""


# ------------------------------------------------------------------------------------------- Module


class _Row(NamedTuple):
    """A module in the tree below another."""

    depth: int
    name: str
    module: Any
    first: str | None  # the name it has been shown by before
    numbers: int  # in its own parameters


def module(m: Any) -> str:
    """A Module and those below it: what each is made with, its parameters, and how many numbers."""
    rows = list(_tree(m))
    lines = [_line(row, m) for row in rows[:ROWS]]
    more = len(rows) - ROWS
    if more > 0:
        lines.append(f'<tr><td colspan="3">and {_many(more, "more module")}</td></tr>')
    count = sum(row.numbers for row in rows)
    total = _many(count, "parameter") if count else "no parameters"
    head = "<tr><th>module</th><th>parameters</th><th class='n'>numbers</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"
    return _page(_heading(m._get_name(), total, f"in {_mode(m)} mode"), table)


def _parts(m: Any, kind: str) -> list[tuple[str, Any]]:
    """The parameters, buffers or modules that it has itself: none before its __init__ has run."""
    there = getattr(m, kind).items() if "_parts" in vars(m) else ()
    return [(name, part) for name, part in there if part is not None]


def _tree(root: Any) -> Iterator[_Row]:
    seen: dict[int, str] = {}
    counted: set[int] = set()  # a parameter that is shared counts once
    stack = [(0, "", root)]
    while stack:
        depth, name, m = stack.pop()
        if id(m) in seen:
            yield _Row(depth, name, m, seen[id(m)], 0)
            continue
        own = {id(p): p for _, p in _parts(m, "_parameters") if id(p) not in counted}
        counted.update(own)
        yield _Row(depth, name, m, None, sum(int(p.array.size) for p in own.values()))
        seen[id(m)] = name
        dotted = f"{name}." if name else ""
        below = [(depth + 1, dotted + key, child) for key, child in _parts(m, "_modules")]
        stack.extend(reversed(below))


def _mode(m: Any) -> str:
    return "training" if vars(m).get("training", True) else "evaluation"


def _line(row: _Row, root: Any) -> str:
    depth, name, m, first, count = row
    last = f"({name.rpartition('.')[2]}) " if name else ""
    if first is not None:
        made = f"{m._get_name()}, the same as {first or 'the whole'}"
        held = ""
    else:
        extra = " ".join(m.extra_repr().split())
        made = f"{m._get_name()}({_short(extra, 160)})"
        held = "; ".join(_held(m))
    if _mode(m) != _mode(root):
        made += f", in {_mode(m)} mode"
    cells = f'<td style="padding-left:{1.2 * min(depth, 20):.1f}em">{escape(last + made)}</td>'
    return f'<tr>{cells}<td>{escape(held)}</td><td class="n">{f"{count:,}" * bool(count)}</td></tr>'


def _held(m: Any) -> Iterator[str]:
    for name, p in _parts(m, "_parameters"):
        if type(p).__name__.startswith("Uninitialized"):
            yield f"{name}: shape not known before the first call"
        else:
            yield f"{name} {_size(p.array.shape)}" + " frozen" * (not p.wanted)
    for name, buffer in _parts(m, "_buffers"):
        yield f"{name} {_size(buffer.array.shape)} buffer"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


# ---------------------------------------------------------------------------------------- optimizer


def optimizer(o: Any) -> str:
    """An optimizer: the options of each group of parameters, side by side, and what it keeps."""
    groups = [dict(dict.items(group)) for group in o._groups]  # as no one has read them
    held = [group.pop("params") for group in groups]
    counts = [sum(int(p.array.size) for p in params) for params in held]
    facts = [f"{_many(sum(counts), 'parameter')} in {_many(sum(map(len, held)), 'tensor')}"]
    if len(groups) > 1:
        facts.append(f"{len(groups)} groups")
    rows = {"tensors": [_shapes(params) for params in held]}
    rows |= {"numbers": [f"{count:,}" for count in counts]}
    for name in sorted({name for group in groups for name in group}, key=str):
        rows[name] = [_short(repr(g[name]), 60) if name in g else "" for g in groups]
    kept = [_kept(o, params) for params in held]
    if any(kept):
        rows["kept so far"] = kept
    cut = groups[:GROUPS]
    heads = [f"<th>group {i}</th>" for i in range(len(cut))]
    lines = [f"<tr><th>option</th>{''.join(heads)}</tr>"] * (len(groups) > 1)
    for name, values in rows.items():
        cells = "".join(f"<td>{escape(value)}</td>" for value in values[:GROUPS])
        lines.append(f"<tr><th>{escape(str(name))}</th>{cells}</tr>")
    more = f"<p>and {_many(len(groups) - GROUPS, 'more group')}</p>" * (len(groups) > GROUPS)
    return _page(_heading(type(o).__name__, *facts), f"<table>{''.join(lines)}</table>", more)


def _shapes(params: list[Any]) -> str:
    shown = [_size(p.array.shape) for p in params[:6]]
    return ", ".join(shown) + f" and {len(params) - 6} more" * (len(params) > 6)


def _kept(o: Any, params: list[Any]) -> str:
    """The names of what is kept of the parameters of a group."""
    entries = [o._state[p] for p in params if p in o._state]
    names = dict.fromkeys(str(name) for entry in entries for name in entry)
    return f"{', '.join(names)} of {len(entries)}" if names else ""


# --------------------------------------------------------------------------------------------- code

_QUIET = re.compile("(#.*)$", re.MULTILINE)


def code(text: str) -> str:
    """The program of a traced step, its comments paler, and how many lines it has."""
    shown = _QUIET.sub(r'<span class="q">\1</span>', escape(text, quote=False))
    return _page(
        _heading("Traced step", _many(len(text.splitlines()), "line")), f"<pre>{shown}</pre>"
    )
