"""YAML to frozen values: the only reader of declarations.

A project holds contracts in `data_contracts/` and models, bases, eval suites and judges in `mlflow/`. Every
function raises DeclarationError for the first problem, by file and line; `lint` returns them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pipelines.core.base_model import ApprovedBase
from pipelines.core.contract import Contract
from pipelines.core.errors import DeclarationError
from pipelines.core.model_spec import ModelSpec
from pipelines.core.rubric import Rubric
from pipelines.declarations.base_model import read_base
from pipelines.declarations.eval_suite import DeclaredSuite, read_suite
from pipelines.declarations.folder import declared_files, declared_folders, relative
from pipelines.declarations.model import Neighbours, read_model
from pipelines.declarations.odcs import SUFFIX, read_contract
from pipelines.declarations.problems import Problems
from pipelines.declarations.rubric import read_rubric

T = TypeVar("T")

CONTRACTS = "data_contracts"
MODELS = "mlflow/models"
BASES = "mlflow/base_models"
SUITES = "mlflow/evals"
RUBRICS = "mlflow/judges"


def load_contract(path: Path) -> Contract:
    """One contract from its file `<source>.odcs.yaml`."""
    problems = Problems()
    file = f"{path.parent.name}/{path.name}" if path.parent.name == CONTRACTS else path.name
    if not path.name.endswith(SUFFIX):
        remedy = f"Rename it to end in `{SUFFIX}`."
        problems.add(file, 1, "the file", f"is named <source>{SUFFIX}", f"`{path.name}`", remedy)
    contract = read_contract(path, file, path.name.removesuffix(SUFFIX), problems)
    problems.raise_first()
    return _sound({path.name: contract})[path.name]


def contracts(project: Path) -> dict[str, Contract]:
    """{source: its contract}."""
    problems = Problems()
    read = _contracts(project, problems)
    problems.raise_first()
    return _sound(read)


def bases(project: Path) -> dict[str, ApprovedBase]:
    """{name: approved base}."""
    problems = Problems()
    read = _bases(project, problems)
    problems.raise_first()
    return _sound(read)


def models(project: Path) -> dict[str, ModelSpec]:
    """{name: model}, with bases, suites and rubrics in place. Everything a model may name must be sound."""
    problems = Problems()
    read = _models(project, problems)
    problems.raise_first()
    return _sound(read)


def rubrics(project: Path) -> dict[str, Rubric]:
    """{name: what a judge is asked}; none where the project has no judges."""
    problems = Problems()
    read = _rubrics(project, problems)
    problems.raise_first()
    return _sound(read)


def lint(project: Path) -> tuple[DeclarationError, ...]:
    """Every problem of the project's declarations, one a field at most, by file and line; () when sound."""
    problems = Problems()
    _models(project, problems)
    return problems.all()


def _contracts(project: Path, problems: Problems) -> dict[str, Contract | None]:
    files = declared_files(project / CONTRACTS, project, SUFFIX, problems)
    return {
        name: read_contract(path, relative(path, project), name, problems) for name, path in files.items()
    }


def _bases(project: Path, problems: Problems) -> dict[str, ApprovedBase | None]:
    files = declared_files(project / BASES, project, ".yaml", problems)
    return {name: read_base(path, relative(path, project), name, problems) for name, path in files.items()}


def _suites(project: Path, problems: Problems) -> dict[str, DeclaredSuite | None]:
    folders = declared_folders(project / SUITES, project, problems)
    return {name: read_suite(folder, project, name, problems) for name, folder in folders.items()}


def _models(project: Path, problems: Problems) -> dict[str, ModelSpec | None]:
    neighbours = Neighbours(
        _contracts(project, problems),
        _bases(project, problems),
        _suites(project, problems),
        _rubrics(project, problems),
    )
    files = declared_files(project / MODELS, project, ".yaml", problems)
    return {
        name: read_model(path, relative(path, project), name, neighbours, problems)
        for name, path in files.items()
    }


def _rubrics(project: Path, problems: Problems) -> dict[str, Rubric | None]:
    if not (project / RUBRICS).exists():
        return {}
    files = declared_files(project / RUBRICS, project, ".yaml", problems)
    return {name: read_rubric(path, relative(path, project), name, problems) for name, path in files.items()}


def _sound(read: Mapping[str, T | None]) -> dict[str, T]:
    """What was read without a problem."""
    return {name: value for name, value in read.items() if value is not None}
