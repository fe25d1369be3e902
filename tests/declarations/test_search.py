"""A search tries what the recipe could say itself, and no line of it is without effect."""

from __future__ import annotations

import pytest
from declared_project import MODEL, DeclaredProject

from pipelines.specs import lint, models

SUITE = "suite: tax_desk\n"


def test_a_search_is_read_and_off_by_default(project: DeclaredProject) -> None:
    assert len(models(project.root)["tax-desk"].recipes) == 1
    project.edit(MODEL, SUITE, f"search: {{runs: 3, learning_rate: [0.002, 0.008], rank: [8]}}\n{SUITE}")
    assert lint(project.root) == ()
    spec = models(project.root)["tax-desk"]
    assert spec.recipes[0] == spec.recipe
    assert len(spec.recipes) == 3


@pytest.mark.parametrize(
    ("search", "field", "rule"),
    [
        ("{runs: 3}", "search.runs", "exactly where values are listed"),
        ("{learning_rate: [0.002]}", "search.runs", "exactly where values are listed"),
        ("{runs: 0, rank: [8]}", "search.runs", "is from 1 to 32"),
        ("{runs: 33, rank: [8]}", "search.runs", "is from 1 to 32"),
        ("{runs: 2, learning_rate: [2.0]}", "search.learning_rate[0]", "is above 0 and below 1"),
        ("{runs: 2, epochs: [20, 0]}", "search.epochs[1]", "is at least 1"),
        ("{runs: 2, rank: [16]}", "search.rank", "none of them the recipe's own"),
        ("{runs: 2, rank: [8, 8]}", "search.rank", "each once"),
        ("{runs: 2, rank: [1, 2, 3, 4, 5, 6, 7, 8, 9]}", "search.rank", "at most 8 values"),
        ("{runs: 2, virtual_tokens: [8]}", "search.virtual_tokens", "belongs to the method lora"),
        ("{runs: 2, dropout: [0.1]}", "search.dropout", "is a known field"),
    ],
)
def test_what_cannot_be_tried_is_a_problem_at_its_line(
    project: DeclaredProject, search: str, field: str, rule: str
) -> None:
    place = project.edit(MODEL, SUITE, f"search: {search}\n{SUITE}", at="search:")
    problems = [problem for problem in lint(project.root) if problem.subject == place]
    assert any(str(problem.rule).startswith(f"{field}, ") and rule in problem.rule for problem in problems)
