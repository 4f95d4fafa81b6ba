"""The package as it is built, away from the repository: what is in it, what a user's script sees.

Nothing here needs a network: the wheel is built by setuptools from the sdist, and unpacked.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import tinygrad_lr as tg

ROOT = Path(__file__).parent.parent
NOT_SHIPPED = {".gitignore"}
ROOMS = """accelerator autograd autograd.functional backends cuda datasets distributed jit linalg nn
    nn.functional nn.init nn.parallel nn.parameter nn.utils optim optim.lr_scheduler random
    return_types serialization special testing transforms utils.data viz"""

SCRIPTS = sorted(path.name for path in (ROOT / "tests").glob("typed_*.py"))  # as users write them


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that finds nothing of the repository by itself."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    options = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 500}
    return subprocess.run(command, cwd=cwd, env=clean | environment, **options)


def tracked() -> list[str]:
    """The files of the repository; of an unpacked sdist, those that are there."""
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT)
    if listed.returncode:
        pytest.skip("this is no git repository, so what belongs to it is not known")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def build(kind: str, into: Path, source: Path) -> None:
    """What pip has setuptools do."""
    code = f"from setuptools import build_meta; build_meta.build_{kind}({str(into)!r})"
    made = run(sys.executable, "-c", code, cwd=source)
    assert made.returncode == 0, made.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sdist, what is in it, and the wheel that is built of it, unpacked into `site`."""
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("building the package needs setuptools")
    place = tmp_path_factory.mktemp("package")
    for name in tracked():
        target = place / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    build("sdist", place, place / "clone")
    (archive,) = place.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        sdist.extractall(place, filter="data")
    unpacked = place / archive.name.removesuffix(".tar.gz")
    build("wheel", place, unpacked)
    (wheel,) = place.glob("*.whl")
    with zipfile.ZipFile(wheel) as parts:
        names = parts.namelist()
        parts.extractall(place / "site")
    away = place / "away"
    away.mkdir()
    clone = place / "clone"
    return SimpleNamespace(
        clone=clone, unpacked=unpacked, names=names, site=place / "site", away=away
    )


def in_package(built: Any, *arguments: str) -> str:
    """What Python prints that finds the unpacked wheel, and not the repository."""
    begin = f"import runpy, sys; sys.path.insert(0, {str(built.site)!r})\n"
    code, *rest = arguments
    done = run(sys.executable, "-I", "-c", begin + code, *rest, cwd=built.away)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sdist_has_what_its_tests_need(built: Any) -> None:
    there = {p.relative_to(built.unpacked).as_posix() for p in built.unpacked.rglob("*")}
    folders = ("tests/", "tinygrad_lr/", "examples/", "benchmarks/")
    names = {name for name in tracked() if name.startswith(folders) or "/" not in name}
    assert names - there - NOT_SHIPPED == set()


def test_the_wheel_is_the_package_and_nothing_else(built: Any) -> None:
    package = {name for name in built.names if not name.split("/")[0].endswith(".dist-info")}
    assert package == {name for name in tracked() if name.startswith("tinygrad_lr/")}


def test_installed_for_editing_it_is_found_by_type_checkers_too(built: Any, tmp_path: Path) -> None:
    """Those read paths in .pth files, and run no code that would find it."""
    build("editable", tmp_path, built.clone)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as parts:
        (name,) = (n for n in parts.namelist() if not n.split("/")[0].endswith(".dist-info"))
        assert Path(parts.read(name).decode().strip()).samefile(built.clone)


def test_it_is_found_used_and_of_the_version_that_was_built(built: Any) -> None:
    code = "import tinygrad_lr as tg; from importlib.metadata import version; "
    code += "print(tg.__file__, tg.__version__, version('tinygrad_lr'))"
    file, *versions = in_package(built, code).split()
    assert Path(file).is_relative_to(built.site)
    assert versions == [tg.__version__] * 2


def test_what_the_package_says_of_itself_needs_no_repository(built: Any) -> None:
    (name,) = (name for name in built.names if name.endswith(".dist-info/METADATA"))
    said = (built.site / name).read_text(encoding="utf-8")
    assert "# tinygrad_lr" in said
    assert "](" not in said, "a link, and where it leads is not in the package"
    (code,) = re.findall("```python.*?```", said, re.DOTALL)
    assert code in (ROOT / "README.md").read_text(encoding="utf-8")  # where it is tested


def test_data_that_is_not_there_is_said_with_what_to_do(built: Any) -> None:
    code = """
import tinygrad_lr as tg
try:
    tg.datasets.MNIST("here")
except tg.datasets.DatasetError as error:
    print(error)
"""
    assert "download=True" in in_package(built, code)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_users_script_runs(built: Any, name: str) -> None:
    script = shutil.copy(ROOT / "tests" / name, built.away)
    assert in_package(built, f"runpy.run_path({str(script)!r})").splitlines()[-1].endswith("True")


# ------------------------------------------------------------------------------- type checkers


def all_names() -> str:
    """A script that says every public name of every room."""
    rooms = [*ROOMS.split(), "utils.data.dataloader"]
    lines = [f"import tinygrad_lr.{room}" for room in rooms if room != "autograd.functional"]
    for room in ["", *rooms]:
        full = f"tinygrad_lr.{room}".rstrip(".")
        module = importlib.import_module(full)
        names = {*(getattr(module, "__all__", None) or own_names(module)), *pytorchs_names(room)}
        lines += [f"{full}.{name}" for name in sorted(names) if not name.startswith("_")]
    return "\n".join(lines) + "\n"


def pytorchs_names(room: str) -> set[str]:
    """What PyTorch says it has there, of what is here: often from another room."""
    with suppress(ModuleNotFoundError):
        theirs = importlib.import_module(f"torch.{room}".rstrip("."))
        ours = importlib.import_module(f"tinygrad_lr.{room}".rstrip("."))
        return set(vars(ours)) & set(getattr(theirs, "__all__", ()))
    return set()


def own_names(module: ModuleType) -> list[str]:
    """Those of a module's classes and functions that are defined in it."""
    return [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]


@pytest.fixture(scope="module")
def environment(built: Any) -> Path:
    """An environment in which a type checker finds the wheel, as if it were installed."""
    home = built.away.parent / "environment"
    made = run(sys.executable, "-m", "venv", "--without-pip", str(home), cwd=built.away)
    assert made.returncode == 0, made.stderr
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(str(python), "-c", where, cwd=built.away).stdout.strip())
    shutil.copytree(built.site, site, dirs_exist_ok=True)
    others = run(sys.executable, "-I", "-c", where, cwd=built.away).stdout  # NumPy's
    (site / "others.pth").write_text(others, encoding="utf-8")
    for script in SCRIPTS:
        shutil.copy(ROOT / "tests" / script, built.away)
    (built.away / "names.py").write_text(all_names(), encoding="utf-8")
    return python


@pytest.mark.thorough
def test_mypy_knows_a_users_script_and_every_public_name(built: Any, environment: Path) -> None:
    pytest.importorskip("mypy")
    options = ["--strict", "--python-executable", str(environment), *SCRIPTS, "names.py"]
    checked = run(sys.executable, "-m", "mypy", *options, cwd=built.away)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def pyright(built: Any, environment: Path, *options: str) -> str:
    """What pyright says, of what the environment holds."""
    pytest.importorskip("pyright", reason="pip install pyright")
    path = os.pathsep.join([str(environment.parent), os.environ["PATH"]])
    checked = run(sys.executable, "-m", "pyright", *options, cwd=built.away, PATH=path)
    if not checked.stdout:
        pytest.skip(f"pyright does not start here: {checked.stderr[-200:]}")
    return checked.stdout


@pytest.mark.thorough  # that what is made at run time is spelled out: test_types.py
def test_pyright_knows_a_users_script(built: Any, environment: Path) -> None:
    said = pyright(built, environment, *SCRIPTS)
    assert "0 errors" in said, said


@pytest.mark.thorough  # half a minute
def test_nothing_public_is_of_unknown_type(built: Any, environment: Path) -> None:
    said = pyright(built, environment, "--verifytypes", "tinygrad_lr", "--ignoreexternal")
    unknown = said.partition("Symbols used in public interface:")[2]
    assert "Type completeness score: 100%" in said, unknown or said
