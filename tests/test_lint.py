"""Every broken declaration is named by file and line, with the field and what to write instead."""

from __future__ import annotations

from pathlib import Path

import broken_contracts
import broken_models
import broken_rules
import pytest
from declared_project import EXACT, GOLDEN, MODEL, NANO, REPOSITORY, RULES, SUITE, Broken, DeclaredProject

from pipelines.specs import lint

CHOICES = "[option_a, option_b, option_c, option_d]"


def found(project: DeclaredProject) -> list[tuple[str, str]]:
    """(place, field) of every problem."""
    return [(error.subject, error.rule.partition(",")[0]) for error in lint(project.root)]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(broken, id=f"{group}-{name}")
        for group, table in (
            ("rule", broken_rules.RULES_AND_COLUMNS),
            ("contract", broken_contracts.CONTRACTS),
            ("model", broken_models.MODELS),
            ("other", broken_models.OTHERS),
            ("yaml", broken_models.YAML),
        )
        for name, broken in table.items()
    ],
)
def test_a_broken_declaration_is_named_once_with_line_field_and_remedy(
    project: DeclaredProject, broken: Broken
) -> None:
    project.keep_tax_desk()
    place = project.edit(broken.file, broken.old, broken.new, at=broken.at)
    (problem,) = lint(project.root)
    assert problem.subject == place
    assert problem.rule.startswith(f"{broken.field}, ")
    assert broken.remedy in problem.remedy
    assert problem.found
    assert "\n" not in str(problem)


def test_the_declarations_of_this_repository_are_clean() -> None:
    assert lint(REPOSITORY) == ()


def test_all_problems_are_told_in_the_order_of_files_and_lines(project: DeclaredProject) -> None:
    places = [
        project.edit(RULES, "status: active", "status: draft"),
        project.edit(RULES, "role: data steward", "role: owner", at="  members:"),
        project.edit(NANO, "parameters: 14576", "parameters: 0"),
        project.edit(SUITE, "minimum: 0.80", "minimum: 8"),
        project.edit(MODEL, "rank: 16", "rank: 0"),
        project.edit(MODEL, "dev_share: 0.25", "dev_share: 0.0"),
    ]
    assert [place for place, _ in found(project)] == places


def test_lines_are_ordered_as_numbers(project: DeclaredProject) -> None:
    project.edit(MODEL, "save_steps: 50", "save_steps: 0")
    project.edit(MODEL, "owner: tax-desk@example.com", "owner: ''")
    assert found(project) == [(f"{MODEL}:3", "owner"), (f"{MODEL}:21", "recipe.save_steps")]


def test_a_model_does_not_repeat_the_problems_of_what_it_names(project: DeclaredProject) -> None:
    places = [
        project.edit(RULES, "status: active", "status: draft"),
        project.edit(NANO, "parameters: 14576", "parameters: x"),
        project.edit(EXACT, "generate_until", "x"),
    ]
    assert [place for place, _ in found(project)] == places


def test_a_choice_task_needs_choices_in_the_golden_source(project: DeclaredProject) -> None:
    project.edit(GOLDEN, f"      choices: {CHOICES}", "")
    assert found(project) == [(f"{MODEL}:8", "golden")]
    assert "Add `choices`" in lint(project.root)[0].remedy


def test_a_cluster_is_named_by_a_required_column(project: DeclaredProject) -> None:
    place = project.edit(GOLDEN, "      slice: filer", "      cluster: option_a\n      slice: filer")
    assert lint(project.root) == ()
    project.edit(GOLDEN, "cluster: option_a", "cluster: fact")
    ((found_at, field),) = found(project)
    assert found_at == place
    assert field.endswith("value.cluster")


def test_a_base_must_be_approved_for_the_privacy_class(project: DeclaredProject) -> None:
    project.edit(MODEL, "privacy_class: internal", "privacy_class: secret")
    assert found(project) == [(f"{MODEL}:11", f"ladder[{rung}]") for rung in range(2)]


def test_a_model_protects_as_well_as_its_sources(project: DeclaredProject) -> None:
    project.edit(RULES, "privacyClass, value: internal", "privacyClass, value: restricted")
    assert found(project) == [(f"{MODEL}:7", "sources[0]")]


@pytest.mark.parametrize("overlap", ["rouge1", "bleu"])
def test_overlap_of_words_alone_does_not_judge(project: DeclaredProject, overlap: str) -> None:
    project.edit(EXACT, "{metric: exact_match", f"{{metric: {overlap}")
    project.edit(SUITE, "name: exact_match", f"name: {overlap}")
    project.edit(SUITE, "[tax_exact.exact_match", f"[tax_exact.{overlap}")
    assert lint(project.root) == ()
    project.edit(SUITE, "  - {task: tax_choice, name: acc, minimum: 0.90}\n", "")
    project.path("mlflow/evals/tax_desk/tax_choice.yaml").unlink()
    assert found(project) == [(f"{SUITE}:4", "metrics")]


def test_a_task_that_no_metric_reads_is_refused(project: DeclaredProject) -> None:
    project.edit(SUITE, "  - {task: tax_choice, name: acc, minimum: 0.90}\n", "")
    project.edit(SUITE, ", tax_choice.acc]", "]")
    assert found(project) == [("mlflow/evals/tax_desk/tax_choice.yaml:2", "task")]


@pytest.mark.parametrize(
    "file",
    [
        "data_contracts/tax_rules.yaml",
        "data_contracts/notes.txt",
        "data_contracts/old/tax.odcs.yaml",
        "mlflow/models/desk.yml",
        "mlflow/base_models/weights.bin",
        "mlflow/evals/loose.yaml",
        "mlflow/evals/tax_desk/task.py",
    ],
)
def test_a_file_that_nothing_reads_is_refused(project: DeclaredProject, file: str) -> None:
    project.write(file, "x: 1\n")
    ((place, _),) = found(project)
    assert place.removesuffix(":1") in (file, str(Path(file).parent))


def test_a_readme_and_dotfiles_may_stand_beside_declarations(project: DeclaredProject) -> None:
    for folder in (
        "data_contracts",
        "mlflow/models",
        "mlflow/base_models",
        "mlflow/evals",
        "mlflow/evals/tax_desk",
    ):
        project.write(f"{folder}/README.md", "# x\n")
        project.write(f"{folder}/.keep", "")
    assert lint(project.root) == ()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "nothing"),
        ("# only a comment\n", "nothing"),
        ("- a\n- b\n", "a list"),
        ("text\n", "a single value"),
        (b"owner: \xff\n", "byte 7"),
        ("a: " + "[" * 60 + "]" * 60, "levels"),
    ],
)
def test_a_file_that_is_no_mapping_of_text_is_one_problem(
    project: DeclaredProject, content: str | bytes, says: str
) -> None:
    project.write(MODEL, content)
    (problem,) = lint(project.root)
    assert problem.subject == f"{MODEL}:1"
    assert says in problem.found


def test_a_missing_suite_file_is_one_problem(project: DeclaredProject) -> None:
    project.path(SUITE).unlink()
    assert found(project) == [(f"{SUITE}:1", "the file")]


@pytest.mark.parametrize("folder", ["data_contracts", "mlflow/models", "mlflow/base_models", "mlflow/evals"])
def test_a_missing_folder_is_a_problem(project: DeclaredProject, folder: str) -> None:
    project.path(folder).rename(project.root / "elsewhere")
    assert (f"{folder}:1", "the folder") in found(project)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (RULES, "data_contracts/Tax Rules.odcs.yaml"),
        (MODEL, "mlflow/models/Tax.yaml"),
        (NANO, "mlflow/base_models/9b.yaml"),
    ],
)
def test_a_file_name_that_is_no_name_is_a_problem(project: DeclaredProject, old: str, new: str) -> None:
    project.path(old).rename(project.path(new))
    assert (f"{new}:1", "the file") in found(project)
