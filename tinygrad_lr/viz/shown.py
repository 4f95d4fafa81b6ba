"""A followed backward pass, as somebody looks at it: a table, a page, a file."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from ..errors import ArgumentError
from ..utils.files import replacing
from .data import data_of, json_of
from .page import page_of
from .steps import Steps
from .text import table

HEIGHT = 620  # of a page in a notebook, in pixels


class Walk(Steps):
    """A backward pass, step by step: what viz.backward() gives.

    ``print(walk)`` is a table of at most 100 columns. In a notebook it is a page, in a frame of its
    own. ``walk.save("walk.html")`` saves that page.

    >>> w = tg.tensor(4.0, requires_grad=True)
    >>> walk = tg.viz.backward(w * 3.0)
    >>> walk.title
    'The backward pass of mul'
    """

    def __str__(self) -> str:
        return table(self)

    __repr__ = __str__

    def save(self, name: str | os.PathLike[str]) -> None:
        """Write it to a file; as what, its ending says: .html, .txt or .json.

        The page is one file that needs no network; the text is the table; the JSON is what is on
        the page, described in data.py. A file of that name is replaced in one step. Raises
        ArgumentError for another ending, OSError if the file cannot be written.

        >>> w = tg.tensor(4.0, requires_grad=True)
        >>> tg.viz.backward(w * 3.0).save("walk.html")
        """
        ending = Path(os.fspath(name)).suffix.lower()
        writers = {".html": self._page, ".txt": self._text, ".json": self._json}
        if ending not in writers:
            raise ArgumentError(
                "a backward pass is saved as .html (the page), .txt (the table) or .json (its "
                f"data), got the name {os.fspath(name)!r}; a picture of the graph, .svg, is saved "
                "by tg.viz.graph(...).save(...)"
            )
        text = writers[ending]()
        with replacing(name) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def _page(self) -> str:
        return page_of(data_of(self))

    def _text(self) -> str:
        return f"{self}\n"

    def _json(self) -> str:
        return json_of(data_of(self))

    def _repr_html_(self) -> str:
        """The page in a frame, which may run its own script, and touch nothing around it.

        And the table, folded: it can be read where frames or scripts are not allowed.
        """
        return (
            f'<iframe sandbox="allow-scripts" title="{escape(self.title)}" '
            f'style="display:block;box-sizing:border-box;width:100%;height:{HEIGHT}px;'
            f'border:1px solid rgba(128,128,128,.5)" '
            f'srcdoc="{escape(self._page())}"></iframe>'
            "<details><summary>The same as a table</summary>"
            '<pre style="font-family:monospace;line-height:1.3;overflow:auto">'
            f"{escape(str(self))}</pre></details>"
        )
