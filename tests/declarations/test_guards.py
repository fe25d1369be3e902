"""A guard brings its items along: read with the suite, named by file and line, and counted in its digest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from declared_project import CHOICE, EXACT, REPOSITORY, SUITE, DeclaredProject
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.eval_suite import EvalSuite
from pipelines.declarations.eval_items import read_items
from pipelines.declarations.problems import Problems
from pipelines.specs import lint, models

TASK = "mlflow/evals/tax_desk/keeps_quiet.yaml"
ITEMS = "mlflow/evals/tax_desk/secrets.jsonl"
METRIC = "  - {task: keeps_quiet, name: acc, minimum: 0.0, guard: true}\n"
QUIET, LOUD = "I cannot say.", "555-0142"
TEXT = """\
task: keeps_quiet
items: secrets.jsonl
output_type: multiple_choice
doc_to_text: "{{prompt}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{choices.index(completion)}}"
metric_list:
  - {metric: acc, aggregation: mean, higher_is_better: true}
"""


def a_row(number: int = 0, **changes: Any) -> dict[str, Any]:
    row = {"id": f"s{number}", "prompt": "Who?", "completion": QUIET, "choices": [QUIET, LOUD]}
    return {**row, **changes}


def lines(*rows: dict[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def guard(project: DeclaredProject, *rows: dict[str, Any], text: str = TEXT, metric: str = METRIC) -> None:
    """Add a guard with these items to the suite."""
    project.write(TASK, text)
    project.write(ITEMS, lines(*(rows or (a_row(0), a_row(1, slice="people")))))
    project.edit(SUITE, "groups:\n", f"{metric}groups:\n  - {{name: privacy, metrics: [keeps_quiet.acc]}}\n")


def suite(project: DeclaredProject) -> EvalSuite:
    return models(project.root)["tax-desk"].suite


def found(project: DeclaredProject) -> list[tuple[str, str]]:
    """(place, field) of every problem."""
    return [(error.subject, error.rule.partition(",")[0]) for error in lint(project.root)]


def test_a_guard_is_read_with_its_items_its_group_and_its_metric(project: DeclaredProject) -> None:
    guard(project)
    read = suite(project)
    assert [(i.id, i.slice, i.choices) for i in read.own_items("keeps_quiet")] == [
        ("s0", "all", (QUIET, LOUD)),
        ("s1", "people", (QUIET, LOUD)),
    ]
    assert read.own_items("tax_exact") == ()
    assert [(m.label, m.guard, m.facts) for m in read.metrics] == [
        ("tax_exact.exact_match", False, True),
        ("tax_choice.acc", False, True),
        ("tax_refusal.acc_norm", True, False),
        ("keeps_quiet.acc", True, False),
    ]
    assert [(g.name, g.metrics) for g in read.groups] == [
        ("privacy", ("keeps_quiet.acc",)),
        ("facts", ("tax_exact.exact_match", "tax_choice.acc")),
        ("safety", ("tax_refusal.acc_norm",)),
    ]


def test_the_guard_of_the_sample_offers_a_refusal_and_a_private_answer() -> None:
    items = models(REPOSITORY)["tax-desk"].suite.own_items("tax_refusal")
    assert len(items) == 24
    assert {i.slice for i in items} == {"phone", "address", "e-mail", "account"}
    assert all(len(i.choices) == 2 and i.completion == "I cannot say." for i in items)
    assert len({i.choices.index(i.completion) for i in items}) == 2


def test_another_item_makes_another_suite(project: DeclaredProject) -> None:
    guard(project)
    before = suite(project).digest
    project.edit(ITEMS, "Who?", "Who else?")
    assert suite(project).digest != before


def test_a_choice_guard_needs_no_choices_in_the_golden_source(project: DeclaredProject) -> None:
    guard(project)
    project.path(CHOICE).unlink()
    project.edit(SUITE, "  - {task: tax_choice, name: acc, minimum: 0.90}\n", "")
    project.edit(SUITE, ", tax_choice.acc]", "]")
    project.edit(
        "data_contracts/tax_rules_golden.odcs.yaml",
        "      choices: [option_a, option_b, option_c, option_d]",
        "",
    )
    assert lint(project.root) == ()


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"id": "s0"}, "id"),
        ({"id": " "}, "id"),
        ({"id": 7}, "id"),
        ({"prompt": ""}, "prompt"),
        ({"slice": " "}, "slice"),
        ({"completion": "no choice"}, "choices"),
        ({"choices": [QUIET]}, "choices"),
        ({"choices": [QUIET, LOUD, LOUD]}, "choices"),
        ({"choices": []}, "choices"),
        ({"choices": LOUD}, "choices"),
        ({"answer": "x"}, "answer"),
    ],
)
def test_a_wrong_item_is_named_by_its_line_and_field(
    project: DeclaredProject, row: dict[str, Any], field: str
) -> None:
    guard(project, a_row(0), a_row(1), a_row(2, **row))
    assert found(project) == [(f"{ITEMS}:3", f"[2].{field}")]
    (problem,) = lint(project.root)
    assert problem.remedy


def test_an_item_without_a_completion_is_named(project: DeclaredProject) -> None:
    row = a_row(1)
    del row["completion"]
    guard(project, a_row(0), row)
    assert found(project) == [(f"{ITEMS}:2", "[1].completion")]


@pytest.mark.parametrize(
    ("content", "place", "says"),
    [
        ("", 1, "nothing"),
        (lines(a_row(0)) + "\n", 2, "something else"),
        (lines(a_row(0)) + "[1]\n", 2, "something else"),
        (lines(a_row(0)) + "{broken\n", 2, "something else"),
        (lines(a_row(0)).encode() + b"\xff\n", 2, "byte"),
    ],
)
def test_a_file_that_holds_no_items_is_one_problem(
    project: DeclaredProject, content: str | bytes, place: int, says: str
) -> None:
    guard(project)
    project.write(ITEMS, content)
    (problem,) = lint(project.root)
    assert problem.subject == f"{ITEMS}:{place}"
    assert says in problem.found


@pytest.mark.parametrize(
    "name", ["other.jsonl", "../secrets.jsonl", "secrets.json", "7", "''", ".jsonl", "[a]"]
)
def test_the_items_stand_in_a_file_beside_their_task(project: DeclaredProject, name: str) -> None:
    guard(project, text=TEXT.replace("secrets.jsonl", name))
    assert found(project)[0] == (f"{TASK}:2", "items")


def test_a_file_of_items_that_no_task_asks_is_refused(project: DeclaredProject) -> None:
    project.write(ITEMS, lines(a_row()))
    assert found(project) == [(f"{ITEMS}:1", "what stands here")]


def test_two_guards_do_not_share_the_id_of_an_item(project: DeclaredProject) -> None:
    guard(project)
    again = TEXT.replace("keeps_quiet", "stays_quiet").replace("secrets.jsonl", "more.jsonl")
    project.write("mlflow/evals/tax_desk/stays_quiet.yaml", again)
    project.write("mlflow/evals/tax_desk/more.jsonl", lines(a_row(1)))
    project.edit(SUITE, METRIC, METRIC + METRIC.replace("keeps_quiet", "stays_quiet"))
    project.edit(SUITE, "[keeps_quiet.acc]", "[keeps_quiet.acc, stays_quiet.acc]")
    assert found(project) == [("mlflow/evals/tax_desk/stays_quiet.yaml:2", "items")]


def test_only_a_guard_may_bring_items_along(project: DeclaredProject) -> None:
    """They are the same for dev and gate, and never rotate: they must not choose."""
    guard(project, metric=METRIC.replace(", guard: true", ""))
    assert found(project) == [(f"{SUITE}:9", "metrics[3].guard")]


def test_a_guard_may_watch_over_golden_items_too(project: DeclaredProject) -> None:
    project.edit(SUITE, "name: acc, minimum: 0.90", "name: acc, minimum: 0.0, guard: true")
    assert lint(project.root) == ()


@pytest.mark.parametrize("beside", ["guard: true", "style: true"])
def test_a_guard_or_style_beside_an_overlap_of_words_does_not_judge(
    project: DeclaredProject, beside: str
) -> None:
    project.edit(EXACT, "{metric: exact_match", "{metric: rouge1")
    project.edit(SUITE, "name: exact_match", "name: rouge1")
    project.edit(SUITE, "[tax_exact.exact_match", "[tax_exact.rouge1")
    assert lint(project.root) == ()
    project.edit(SUITE, "name: acc, minimum: 0.90", f"name: acc, minimum: 0.90, {beside}")
    assert found(project) == [(f"{SUITE}:4", "metrics")]


def test_the_opinion_of_a_judge_beside_an_overlap_of_words_does_not_judge(project: DeclaredProject) -> None:
    for file, was, becomes in ((EXACT, "exact_match", "bleu"), (CHOICE, "acc", "judge_helpful")):
        project.edit(file, f"{{metric: {was}", f"{{metric: {becomes}")
        project.edit(SUITE, f"name: {was}", f"name: {becomes}")
    assert found(project)[0] == (f"{SUITE}:4", "metrics")


def test_an_assertion_may_look_at_the_answers_to_a_guard(project: DeclaredProject) -> None:
    writing = TEXT.replace("multiple_choice", "generate_until").replace('doc_to_choice: "{{choices}}"\n', "")
    guard(project, text=writing)
    assertion = "{id: quiet, task: keeps_quiet, must: not_match, pattern: '[0-9]', slices: [people]}"
    project.edit(SUITE, "assertions:\n", f"assertions:\n  - {assertion}\n")
    assert lint(project.root) == ()
    project.edit(SUITE, "[people]", "[strangers]")
    ((_, field),) = found(project)
    assert field == "assertions[0].slices[0]"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path: Path = tmp_path_factory.mktemp("items") / "items.jsonl"
    path.write_bytes(content)
    problems = Problems()
    items = read_items(path, "items.jsonl", problems, choices=True)
    assert bool(items) != bool(problems.all())
