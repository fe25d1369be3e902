"""Which judges a model names, and what the second turn of a golden item needs."""

from __future__ import annotations

import shutil

import pytest
from declared_project import GOLDEN, MODEL, DeclaredProject

from pipelines.specs import contracts, lint, models


def name_judges(project: DeclaredProject, judges: str) -> str:
    """`file:line` of the field."""
    return project.edit(MODEL, "suite: tax_desk", f"judges: {judges}\nsuite: tax_desk", at="judges:")


def add_second_turns(project: DeclaredProject, logical_type: str = "string") -> None:
    """A column that need not be filled in, and its part."""
    project.edit(
        GOLDEN, "    properties:\n", f"    properties:\n      - {{name: more, logicalType: {logical_type}}}\n"
    )
    project.edit(GOLDEN, "      completion: answer\n", "      completion: answer\n      follow_up: more\n")


def test_a_model_without_judges_is_judged_by_its_suite_alone(project: DeclaredProject) -> None:
    shutil.rmtree(project.root / "mlflow/judges")
    assert models(project.root)["tax-desk"].judges == ()


def test_rubrics_are_resolved_in_the_order_they_are_named(project: DeclaredProject) -> None:
    add_second_turns(project)
    name_judges(project, "[helpfulness, gives_one_amount]")
    assert lint(project.root) == ()
    judges = models(project.root)["tax-desk"].judges
    assert [(rubric.name, rubric.kind) for rubric in judges] == [
        ("helpfulness", "pairwise"),
        ("gives_one_amount", "criterion"),
    ]
    assert contracts(project.root)["tax_rules_golden"].roles.follow_up == "more"


@pytest.mark.parametrize(
    ("judges", "rule"),
    [
        ("[kindness]", "judges[0], is a rubric of mlflow/judges"),
        ("[]", "judges, lists at least one entry, each once"),
        ("[gives_one_amount, gives_one_amount]", "judges, lists at least one entry, each once"),
        ("[helpfulness]", "judges[0], has one turn, since tax_rules_golden names no `follow_up`"),
    ],
)
def test_what_a_model_cannot_be_judged_by_is_a_problem(
    project: DeclaredProject, judges: str, rule: str
) -> None:
    place = name_judges(project, judges)
    (problem,) = lint(project.root)
    assert problem.rule.startswith(rule)
    assert place in str(problem)


def test_a_project_without_judges_has_none_to_name(project: DeclaredProject) -> None:
    shutil.rmtree(project.root / "mlflow/judges")
    name_judges(project, "[helpfulness]")
    (problem,) = lint(project.root)
    assert problem.remedy == "Write one of: none yet."


def test_a_broken_rubric_is_told_once_and_in_its_own_file(project: DeclaredProject) -> None:
    name_judges(project, "[gives_one_amount]")
    project.edit("mlflow/judges/gives_one_amount.yaml", "margin: 0.02", "margin: 2")
    (problem,) = lint(project.root)
    assert problem.subject.startswith("mlflow/judges/gives_one_amount.yaml")


def test_a_second_turn_is_a_text(project: DeclaredProject) -> None:
    add_second_turns(project, "integer")
    (problem,) = lint(project.root)
    assert "follow_up, is a column of texts" in problem.rule
