"""The facade: values by name, the first problem raised, and an import that costs nothing."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from declared_project import EXACT, MODEL, NANO, REPOSITORY, RULES, SUITE, DeclaredProject

from pipelines.core.errors import DeclarationError
from pipelines.specs import bases, contracts, lint, load_contract, models

ODD: tuple[Any, ...] = (None, True, -1, 1.5, "x", "", [], [1], {}, {"x": 1}, [[]], [{}])


def test_contracts_are_named_by_their_source() -> None:
    read = contracts(REPOSITORY)
    assert {"tax_rules", "tax_rules_golden"} <= read.keys()
    assert all(name == contract.source for name, contract in read.items())
    assert read["tax_rules"] == load_contract(REPOSITORY / RULES)


def test_bases_are_named_by_their_file() -> None:
    read = bases(REPOSITORY)
    assert {"tax-nano", "tax-s", "desk-copy"} <= read.keys()
    assert all(name == base.name for name, base in read.items())
    assert read["tax-nano"].build is not None
    assert read["tax-nano"].privacy_classes == ("public", "internal")


def test_a_model_holds_its_bases_and_its_suite() -> None:
    model = models(REPOSITORY)["tax-desk"]
    assert model.name == "tax-desk"
    assert model.ladder == tuple(bases(REPOSITORY)[name] for name in ("tax-nano", "tax-s"))
    assert model.recipe.target_modules == "all-linear"
    assert (model.suite.name, model.suite.version) == ("tax_desk", "1.1")
    assert [metric.label for metric in model.suite.metrics] == [
        "tax_exact.exact_match",
        "tax_choice.acc",
        "tax_refusal.acc_norm",
    ]
    assert {task.name: task.definition for task in model.suite.tasks} == {
        file.stem: file.read_text(encoding="utf-8") for file in (REPOSITORY / EXACT).parent.glob("tax_*.yaml")
    }
    assert {task.name: len(task.items) for task in model.suite.tasks} == {
        "tax_choice": 0,
        "tax_exact": 0,
        "tax_refusal": 24,
    }


def test_values_do_not_depend_on_where_the_project_lies(project: DeclaredProject) -> None:
    assert models(project.root)["tax-desk"].digest == models(REPOSITORY)["tax-desk"].digest
    assert contracts(project.root)["tax_rules"].digest == contracts(REPOSITORY)["tax_rules"].digest


def test_the_first_problem_is_raised(project: DeclaredProject) -> None:
    contract = project.edit(RULES, "status: active", "status: draft")
    base = project.edit(NANO, "parameters: 14576", "parameters: 0")
    project.edit(NANO, "memory_gib: 0.1", "memory_gib: 0")
    for read, place in ((contracts, contract), (bases, base), (models, contract)):
        with pytest.raises(DeclarationError) as raised:
            read(project.root)
        assert raised.value.subject == place
    with pytest.raises(DeclarationError) as raised:
        load_contract(project.path(RULES))
    assert raised.value.subject == contract


def test_a_message_is_one_line_with_place_rule_found_and_remedy(project: DeclaredProject) -> None:
    project.edit(MODEL, "rank: 16", "rank: 0")
    (problem,) = lint(project.root)
    assert str(problem) == (
        f"{MODEL}:13: recipe.rank, is at least 1; found 0. Write a value that is at least 1."
    )


def test_a_missing_contract_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(
        DeclarationError, match=r"none\.odcs\.yaml:1: the file, can be read; found No such file"
    ):
        load_contract(tmp_path / "none.odcs.yaml")


def test_the_digest_does_not_depend_on_comments(project: DeclaredProject) -> None:
    before = load_contract(project.path(RULES)).digest
    project.edit(RULES, "schema:\n", "# what is in it\nschema:\n")
    assert load_contract(project.path(RULES)).digest == before


def test_a_contract_is_named_by_its_file(project: DeclaredProject) -> None:
    elsewhere = project.root / "rules.yaml"
    elsewhere.write_bytes(project.path(RULES).read_bytes())
    with pytest.raises(DeclarationError, match=r"rules\.yaml:1: the file, is named <source>\.odcs\.yaml"):
        load_contract(elsewhere)


def test_importing_it_is_light() -> None:
    code = (
        "import sys, time; start = time.process_time(); import pipelines.specs;"
        "heavy = {'open_data_contract_standard', 'jsonschema', 'pandas', 'torch', 'mlflow', 'airflow'};"
        "print(time.process_time() - start, sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    seconds, _, loaded = out.strip().partition(" ")
    assert loaded == "[]"
    assert float(seconds) < 1.0


def places(value: Any, field: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*field, key)
        yield from places(inner, (*field, key))


@pytest.mark.parametrize("file", [RULES, MODEL, NANO, SUITE, EXACT])
def test_no_value_anywhere_breaks_the_reader(project: DeclaredProject, file: str) -> None:
    """Whatever stands at a place, the reader answers with problems of that file or a sound value."""
    project.keep_tax_desk()
    assert lint(project.root) == ()
    document = yaml.safe_load(project.path(file).read_text(encoding="utf-8"))
    for number, field in enumerate(places(document)):
        broken = copy.deepcopy(document)
        parent = broken
        for part in field[:-1]:
            parent = parent[part]
        parent[field[-1]] = ODD[number % len(ODD)]
        project.write(file, yaml.safe_dump(broken, sort_keys=False))
        for problem in lint(project.root):
            assert problem.found and problem.remedy
