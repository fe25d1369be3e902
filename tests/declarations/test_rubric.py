"""A judge's declaration is one sound file, and never the place of a secret."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
import yaml
from declared_project import REPOSITORY, DeclaredProject

from pipelines.core.errors import DeclarationError
from pipelines.specs import lint, rubrics

HELPFULNESS = "mlflow/judges/helpfulness.yaml"


@pytest.fixture
def judged(project: DeclaredProject) -> DeclaredProject:
    """The project with the repository's judges."""
    shutil.copytree(REPOSITORY / "mlflow/judges", project.root / "mlflow/judges", dirs_exist_ok=True)
    return project


def test_the_samples_are_a_comparison_in_two_turns_and_a_criterion() -> None:
    read = rubrics(REPOSITORY)
    assert {"helpfulness", "gives_one_amount"} <= set(read)
    compared, graded = read["helpfulness"], read["gives_one_amount"]
    assert (compared.kind, compared.turns, compared.verdicts) == ("pairwise", 2, ("A", "B", "tie"))
    assert (graded.kind, graded.turns, graded.verdicts) == ("criterion", 1, ("yes", "no"))
    assert (compared.endpoint.url, compared.min_coverage) == ("PERENNIAL_JUDGE_URL", 1.0)


def test_a_project_without_judges_is_sound(project: DeclaredProject) -> None:
    shutil.rmtree(project.root / "mlflow/judges", ignore_errors=True)
    assert rubrics(project.root) == {}
    assert lint(project.root) == ()


@pytest.mark.parametrize(
    ("old", "new", "field", "remedy"),
    [
        ("kind: pairwise", "kind: ranking", "kind", "Write one of these"),
        ('version: "1.0"', "version: 1.0", "version", "quotes"),
        ("kappa_floor: 0.40", "kappa_floor: 40", "kappa_floor", "below 1"),
        ("kappa_floor: 0.40", "kappa_floor: 0.0", "kappa_floor", "above 0"),
        ("min_verdicts: 50", "min_verdicts: 3", "min_verdicts", "at least 20"),
        ("margin: 0.05", "margin: 5", "margin", "below 1"),
        ("margin: 0.05", "margin: 0.05\nmin_coverage: 98", "min_coverage", "from 0.5 to 1"),
        ("two_turns: true", "two_turns: 2", "two_turns", "true or false"),
        ("model: judge", "model: ''", "model", "not blank"),
        ("model: judge", "modell: judge", "modell", "Write `model`"),
        (
            "url: PERENNIAL_JUDGE_URL",
            "url: http://judge.example.com/v1",
            "endpoint.url",
            "name of the variable",
        ),
        ("key: PERENNIAL_JUDGE_KEY", "key: AWS_SECRET_ACCESS_KEY", "endpoint.key", "name of the variable"),
        ("key: PERENNIAL_JUDGE_KEY", "key: PERENNIAL_JUDGE_key", "endpoint.key", "name of the variable"),
    ],
)
def test_a_broken_rubric_is_named_with_line_field_and_remedy(
    judged: DeclaredProject, old: str, new: str, field: str, remedy: str
) -> None:
    place = judged.edit(HELPFULNESS, old, new)
    problem = next(p for p in lint(judged.root) if p.rule.startswith(f"{field}, "))
    assert problem.subject.partition(":")[0] == place.partition(":")[0]
    assert remedy in problem.remedy
    with pytest.raises(DeclarationError):
        rubrics(judged.root)


def test_what_stands_in_the_place_of_a_variable_is_not_repeated(judged: DeclaredProject) -> None:
    judged.edit(HELPFULNESS, "key: PERENNIAL_JUDGE_KEY", "key: sk-abc123")
    (problem,) = lint(judged.root)
    assert "sk-abc123" not in str(problem)


def test_a_file_that_nothing_reads_is_refused_beside_the_judges(judged: DeclaredProject) -> None:
    judged.write("mlflow/judges/prompt.txt", "Say A.")
    (problem,) = lint(judged.root)
    assert problem.subject == "mlflow/judges/prompt.txt:1"


def test_a_file_that_is_no_yaml_is_one_problem(judged: DeclaredProject) -> None:
    judged.write(HELPFULNESS, "kind: 'pairwise\n")
    (problem,) = lint(judged.root)
    assert problem.subject.startswith(f"{HELPFULNESS}:")


@pytest.mark.parametrize("odd", [None, True, -1, 1.5, "x", "", [], [1], {}, {"url": 1}, [[]]])
def test_no_value_anywhere_breaks_the_reader(judged: DeclaredProject, odd: Any) -> None:
    document = yaml.safe_load(judged.path(HELPFULNESS).read_text(encoding="utf-8"))
    for field in document:
        judged.write(HELPFULNESS, yaml.safe_dump(document | {field: odd}, sort_keys=False))
        try:
            rubrics(judged.root)
        except DeclarationError as problem:
            assert problem.found and problem.remedy
