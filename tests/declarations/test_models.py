"""What a model may say about prompting, reviewing, explaining and budgets."""

from __future__ import annotations

import pytest
from declared_project import MODEL, RULES, DeclaredProject

from pipelines.core.explaining import Explaining
from pipelines.core.model_spec import ModelSpec
from pipelines.core.prompt_recipe import ZERO_SHOT, Prompting
from pipelines.core.reviewing import Reviewing
from pipelines.specs import lint, models

BASES = ("tax-nano", "tax-s")


def with_lines(project: DeclaredProject, text: str) -> ModelSpec:
    project.edit(MODEL, "suite: tax_desk", f"{text}\nsuite: tax_desk")
    return models(project.root)["tax-desk"]


def problems(project: DeclaredProject) -> list[str]:
    return [problem.rule.partition(",")[0] for problem in lint(project.root)]


def test_a_model_that_says_nothing_gets_the_usual(project: DeclaredProject) -> None:
    for name in ("prompting", "review", "explain"):
        text = project.path(MODEL).read_text(encoding="utf-8")
        kept = [part for part in text.split("\n\n") if not part.partition("\n")[0].startswith(f"{name}:")]
        project.write(MODEL, "\n\n".join(kept))
    model = models(project.root)["tax-desk"]
    assert (model.prompting, model.review, model.explain) == (Prompting(), Reviewing(), Explaining())


def test_prompting_is_read_arm_by_arm(project: DeclaredProject) -> None:
    text = (
        "prompting:\n  fine_tuning: when_needed\n  arms:\n"
        "    - {kind: zero_shot}\n    - {kind: retrieval, examples: 3, max_tokens: 100}"
    )
    prompting = with_lines(project, text).prompting
    assert prompting.fine_tuning == "when_needed"
    assert [arm.kind for arm in prompting.recipes] == ["zero_shot", "retrieval"]
    assert prompting.recipes[0] == ZERO_SHOT


def test_no_arm_besides_plain_prompting_is_fine(project: DeclaredProject) -> None:
    assert with_lines(project, "prompting: {arms: []}").prompting.recipes == (ZERO_SHOT,)


def test_reviewing_and_explaining_are_read(project: DeclaredProject) -> None:
    text = "review: {mode: veto, hours: 0.5}\nexplain: {learning_curve: [0.25, 0.5], leave_out: true}"
    model = with_lines(project, text)
    assert (model.review.mode, model.review.hours) == ("veto", 0.5)
    assert model.explain.learning_curve == (0.25, 0.5)


def test_parts_can_be_left_out_only_where_a_role_tells_them_apart(project: DeclaredProject) -> None:
    place = project.edit(MODEL, "suite: tax_desk", "explain: {leave_out: true}\nsuite: tax_desk")
    assert lint(project.root) == ()
    project.edit(RULES, ", slice: filer}", "}")
    (problem,) = lint(project.root)
    assert problem.subject == place
    assert problem.rule.startswith("explain.leave_out,")
    assert "Add `slice` to the roles" in problem.remedy


def test_budgets_and_the_margin_of_the_anchor_are_read(project: DeclaredProject) -> None:
    project.edit(
        MODEL,
        "  min_items: 200",
        "  min_items: 200\n  anchor_margin: 0.08\n  rotate_after: 20\n  max_p95_ms: 900\n"
        "  max_cost_per_1000: 0.5",
    )
    gate = models(project.root)["tax-desk"].gate
    assert (gate.margin_against("champion"), gate.margin_against("anchor")) == (0.035, 0.08)
    assert (gate.rotate_after, gate.max_p95_ms, gate.max_cost_per_1000) == (20, 900, 0.5)


@pytest.mark.parametrize("priced", [(), BASES[:1], BASES[1:]])
def test_a_budget_of_cost_needs_a_price_at_every_rung(
    project: DeclaredProject, priced: tuple[str, ...]
) -> None:
    for base in BASES:
        if base not in priced:
            project.price(base, "")
    line = "  max_cost_per_1000: 0.5"
    place = project.edit(MODEL, "  min_items: 200", f"  min_items: 200\n{line}", at=line)
    (problem,) = lint(project.root)
    assert problem.subject == place
    assert "Write `price:`" in problem.remedy
    assert problem.rule.startswith("gate.max_cost_per_1000, needs a `price`")
    assert problem.found == f"none at {', '.join(base for base in BASES if base not in priced)}"


def test_a_budget_of_cost_needs_one_currency(project: DeclaredProject) -> None:
    project.price(BASES[1], "price: {currency: EUR, prompt_per_million: 0.1, answer_per_million: 0.4}\n")
    assert lint(project.root) == ()
    project.edit(MODEL, "  min_items: 200", "  min_items: 200\n  max_cost_per_1000: 0.5")
    (problem,) = lint(project.root)
    assert problem.found == "EUR, USD"


def test_the_problems_of_several_arms_are_all_told(project: DeclaredProject) -> None:
    text = "prompting:\n  arms:\n    - {kind: bm25}\n    - {kind: bm25, examples: 1, max_tokens: 8}"
    project.edit(MODEL, "suite: tax_desk", f"{text}\nsuite: tax_desk")
    assert problems(project) == [
        "prompting.arms[0].examples",
        "prompting.arms[0].max_tokens",
        "prompting.arms[1].kind",
    ]
