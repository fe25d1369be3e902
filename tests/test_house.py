"""The house keeps its order: thin DAGs, a data-only mlflow folder, small files, no forbidden calls."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "pipelines").rglob("*.py"))
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
HEAVY = ("torch", "transformers", "peft", "trl", "mlflow", "great_expectations", "datasets", "dvc", "pandas")


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda p: p.name)
def test_a_dag_file_is_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    for name in imported(ast.parse(text)):
        standard = name.split(".")[0] in sys.stdlib_module_names
        ours = name == "pipelines.specs" or name.startswith("pipelines.scheduling")
        assert standard or ours or name.startswith("airflow.sdk"), name


def test_reading_declarations_for_a_dag_loads_no_heavy_library() -> None:
    code = (
        "import sys; import pipelines.specs; from pathlib import Path; pipelines.specs.models(Path('.'));"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_the_folders_of_declarations_hold_no_python() -> None:
    assert not list((ROOT / "mlflow").rglob("*.py"))
    assert not list((ROOT / "data_contracts").rglob("*.py"))


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_source_file_is_small_and_its_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
    for function in functions(path):
        assert (function.end_lineno or 0) - function.lineno + 1 <= 60, function.name


def test_functions_are_rarely_longer_than_35_lines() -> None:
    files = [*SOURCES, *DAG_FILES, *PLUGINS]
    lengths = sorted((f.end_lineno or 0) - f.lineno + 1 for path in files for f in functions(path))
    assert lengths[int(len(lengths) * 0.95)] <= 35


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_source_file_trusts_code_from_data(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not imported(tree) & {"pickle", "cloudpickle", "dill", "joblib", "shelve", "marshal"}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "trust_remote_code":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in {"yaml.unsafe_load", "yaml.full_load", "os.system"}
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in {"eval", "exec", "__import__"}


# A folder may be removed only by who made it; `rmtree` on a path that came from elsewhere has no limits.
REMOVERS = ("archive.py", "workspace.py", "workshop.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_folders_are_removed_by_their_makers_only(path: Path) -> None:
    if "rmtree" in path.read_text(encoding="utf-8"):
        assert path.name in REMOVERS


def test_the_core_touches_nothing_outside_itself() -> None:
    forbidden = {"os", "time", "random", "socket", "subprocess", "tempfile", "shutil"}
    for path in (ROOT / "pipelines/core").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found = {name.split(".")[0] for name in imported(ast.parse(text))}
        assert not found & forbidden, path.name
        only_named = "PurePosixPath" in text or "if TYPE_CHECKING:\n    from pathlib" in text
        assert "pathlib" not in found or only_named, path.name
