"""A recipe says what its method reads and nothing else: a line without effect would mislead."""

from __future__ import annotations

import pytest
from declared_project import MODEL, REPOSITORY, DeclaredProject

from pipelines.core.recipe import READ_BY, Recipe
from pipelines.specs import lint, models

LORA = "  rank: 16\n  alpha: 32\n  dropout: 0.0\n"
BATCH = "  batch_size: 32\n"


def test_every_field_of_a_method_is_one_of_the_recipe() -> None:
    assert set(READ_BY) < set(Recipe.model_fields)


@pytest.mark.parametrize(
    "fields",
    [
        "  method: full\n",
        "  method: prompt_tuning\n  virtual_tokens: 8\n",
        "  method: qlora\n  rank: 8\n",
        "  gradient_accumulation: 4\n",
    ],
)
def test_what_a_method_reads_may_be_written(project: DeclaredProject, fields: str) -> None:
    project.edit(MODEL, LORA, fields)
    assert lint(project.root) == ()


@pytest.mark.parametrize(
    ("method", "line", "methods"),
    [
        ("full", "rank: 16", "lora or qlora"),
        ("full", "dropout: 0.0", "lora or qlora"),
        ("full", "virtual_tokens: 16", "prompt_tuning"),
        ("lora", "virtual_tokens: 16", "prompt_tuning"),
        ("prompt_tuning", "target_modules: all-linear", "lora or qlora"),
        ("prompt_tuning", "packing: false", "lora or qlora or full"),
    ],
)
def test_what_another_method_reads_is_refused_at_its_line(
    project: DeclaredProject, method: str, line: str, methods: str
) -> None:
    place = project.edit(MODEL, LORA, f"  method: {method}\n  {line}\n", at=f"  {line}")
    (problem,) = lint(project.root)
    field = line.partition(":")[0]
    assert str(problem) == (
        f"{place}: recipe.{field}, belongs to the method {method}; found `{field}`. "
        f"Remove it, or change the method to {methods}."
    )


def test_packs_are_computed_one_at_a_time(project: DeclaredProject) -> None:
    place = project.edit(MODEL, BATCH, "  packing: true\n" + BATCH, at=BATCH)
    (problem,) = lint(project.root)
    assert str(problem).startswith(f"{place}: recipe.batch_size, is 1 with `packing`")
    project.edit(MODEL, BATCH, "  batch_size: 1\n  gradient_accumulation: 8\n")
    assert lint(project.root) == ()


@pytest.mark.parametrize("line", ["method: dora", "virtual_tokens: 0", "gradient_accumulation: 0"])
def test_a_value_that_no_method_can_read_is_refused(project: DeclaredProject, line: str) -> None:
    method = "" if line.startswith("method") else "  method: prompt_tuning\n"
    place = project.edit(MODEL, LORA, f"{method}  {line}\n", at=f"  {line}")
    (problem,) = lint(project.root)
    assert str(problem).startswith(f"{place}: recipe.{line.partition(':')[0]}, ")


def test_the_sample_trains_lora() -> None:
    assert models(REPOSITORY)["tax-desk"].recipe.method == "lora"


@pytest.mark.parametrize(
    ("fields", "field", "remedy"),
    [
        ("  task: classification\n  method: full\n", "recipe.task", "Write `method: lora`"),
        ("  task: classification\n  packing: true\n", "recipe.packing", "Remove `packing`"),
    ],
)
def test_a_classifier_is_trained_with_lora_alone(
    project: DeclaredProject, fields: str, field: str, remedy: str
) -> None:
    project.edit(MODEL, LORA, fields)
    project.edit(MODEL, BATCH, "  batch_size: 1\n")
    (problem,) = lint(project.root)
    assert f": {field}, " in str(problem)
    assert remedy in str(problem)
