"""examples/tour.ipynb, run as Jupyter runs it: by a kernel, which is this very Python.

python tests/tour.py    # runs it, and stores its outputs anew
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from processes import environment

from tinygrad_lr.utils.files import replacing

ROOT = Path(__file__).parent.parent
TOUR = ROOT / "examples" / "tour.ipynb"
LIMIT = 120  # seconds after which a cell counts as hanging


class ThisPython(KernelSpecManager):
    """Knows one kernel: the Python that asks. It speaks through files, not over a network."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")


def run(notebook: Any) -> Any:
    """`notebook`, run in its folder from the first cell to the last, with what each cell shows.

    Raises nbclient's CellExecutionError if a cell fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        kernel = AsyncKernelManager(
            kernel_spec_manager=ThisPython(),
            transport="ipc",
            ip=f"{folder}/channel",
            connection_file=f"{folder}/connection.json",
        )
        client = NotebookClient(
            notebook,
            km=kernel,
            timeout=LIMIT,
            record_timing=False,
            resources={"metadata": {"path": TOUR.parent}},
        )
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        client.execute(env=environment() | {"PYTHONPATH": path, "IPYTHONDIR": folder})
    return notebook


def main() -> None:
    parser = argparse.ArgumentParser(description="Run examples/tour.ipynb, and store its outputs.")
    parser.add_argument("file", nargs="?", default=TOUR, help="store them in this file instead")
    file = parser.parse_args().file
    notebook = run(nbformat.read(TOUR, as_version=4))
    del notebook.metadata["language_info"]["version"]  # whose outputs are the same
    with replacing(file) as temporary:
        nbformat.write(notebook, temporary)


if __name__ == "__main__":
    main()
