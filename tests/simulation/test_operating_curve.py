"""The operating curve: figures with errors, an advice, and a page that anybody can make again."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev

import pytest

from pipelines.core.gate.decide import RULES
from pipelines.core.gate_policy import GatePolicy
from pipelines.simulation.advice import advise, contest, loss
from pipelines.simulation.curve import Plan, first_experiments, gate, side_experiments, study
from pipelines.simulation.outcome import Estimate, mean, play, ratio
from pipelines.simulation.page import FILES, lines
from pipelines.simulation.rules import NAIVE, Meeting
from pipelines.simulation.study import FIRST, Cell, Experiment, Figure, Study, run
from pipelines.simulation.world import CLUSTERED, DECAY, MIXED
from pipelines.simulation.year import Year

PAGES = Path(__file__).parents[2] / "mlflow"
POLICY = GatePolicy(margin=0.03)


def cell(rule: str, margin: float | None, false: float, passed: float, refused: float) -> Cell:
    none = Figure(value=0.0, error=0.0)
    named = {"false": false, "passed": passed, "refused": refused}
    figures = {name: Figure(value=value, error=0.0) for name, value in named.items()}
    others = dict.fromkeys(("promotions", "missed", "slices_missed", "wait", "quality", "optimism"), none)
    return Cell(world="mixed", items=500, rule=rule, margin=margin, years=1, first=(), **figures, **others)


GATES = (
    cell("a", 0.02, 0.0, 0.2, 16.0),
    cell("b", 0.03, 0.1, 0.6, 8.0),
    cell("c", 0.04, 0.2, 0.8, 4.0),
    cell("d", 0.05, 1.0, 0.9, 2.0),
)


def test_the_margin_that_passes_most_within_the_limit_is_advised() -> None:
    found = advise(GATES)
    assert found.cell.margin == 0.04
    assert found.enough
    assert not advise(GATES[:2]).enough


def test_where_no_margin_is_safe_the_smallest_is_advised_as_not_enough() -> None:
    found = advise([GATES[3], cell("e", 0.06, 2.0, 0.95, 1.0)])
    assert (found.cell.margin, found.enough) == (0.05, False)


def test_advice_without_a_margin_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one margin"):
        advise([cell("naive", None, 1.0, 0.9, 2.0)])


def test_a_rule_is_compared_between_the_margins() -> None:
    rule = cell("naive", None, 0.6, 0.5, 10.0)
    found = contest((*GATES, rule), rule)
    assert found.passed == pytest.approx(0.85)
    assert found.false == pytest.approx(0.075)
    assert found.rule_wins is None
    assert loss(rule) == 16.0


def test_a_rule_that_refuses_less_wins_where_false_promotions_weigh_little() -> None:
    rule = cell("naive", None, 3.0, 0.99, 1.0)
    assert contest((*GATES, rule), rule).rule_wins == (0.0, pytest.approx(0.5))
    careful = cell("naive", None, 0.05, 0.7, 6.0)
    assert contest((*GATES, careful), careful).rule_wins == (pytest.approx(2 / 0.15), pytest.approx(200.0))


def test_means_and_shares_carry_their_standard_error() -> None:
    assert mean([1.0, 2.0, 6.0]) == Estimate(3.0, pytest.approx(stdev([1, 2, 6]) / 3**0.5))
    share = ratio([1.0, 3.0], [2.0, 4.0])
    assert share.value == pytest.approx(4 / 6)
    assert share.error > 0
    assert ratio([0.0], [0.0]) == Estimate(0.0, 0.0)


def test_a_year_is_counted_as_the_rule_lived_through_it() -> None:
    found = play(Year(MIXED, 200, 0, 1), NAIVE[3])
    assert found.promotions > 30
    assert 0 < found.false <= found.regressions
    assert found.good_passed <= found.good <= 52
    assert found.slice_failures_passed <= found.slice_failures
    refusing = play(Year(MIXED, 200, 0, 1), gate(POLICY, 0.0001))
    assert refusing.promotions == 0
    assert refusing.waits > refusing.good
    assert refusing.quality == MIXED.start


def test_the_simulated_gate_is_the_product_s_gate() -> None:
    year = Year(MIXED, 200, 0, 1)
    case = gate(POLICY, 0.04).case(Meeting(year, week=51, champion=3))
    assert case.policy.margin == 0.04
    assert case.champion is not None
    assert case.anchor is not None
    assert case.champion.duels[0].slices
    assert (case.items, case.uses) == (200, 50)
    asked = {reason.rule for rule in RULES for reason in rule(case)}
    assert asked == {"minimum", "non-inferiority", "slices"}


def test_a_wider_margin_against_the_anchor_grows_with_the_margin() -> None:
    wider = gate(GatePolicy(margin=0.02, anchor_margin=0.03), 0.04)
    assert wider.policy.anchor_margin == pytest.approx(0.06)


def test_the_gate_keeps_out_what_a_rule_without_a_test_lets_through() -> None:
    rules = (NAIVE[2], NAIVE[3], gate(POLICY, 0.03))
    dropping, significant, ours = run([Experiment(MIXED, 500, rules, 12, 0)], 1, str)
    assert ours.false.value < dropping.false.value < significant.false.value


def test_the_anchor_bounds_slow_decay_and_unknown_clusters_let_more_through() -> None:
    mine = gate(POLICY, 0.03)
    alone, anchored = run([Experiment(DECAY, 1500, (replace(mine, anchored=False), mine), 4, 0)], 1, str)
    assert anchored.quality.value > alone.quality.value
    blind, aware = run([Experiment(CLUSTERED, 200, (replace(mine, by_cluster=False), mine), 6, 0)], 1, str)
    assert aware.promotions.value < blind.promotions.value


def test_the_figures_do_not_depend_on_the_number_of_processes() -> None:
    plan = Plan(POLICY, sizes=(60,), margins=(0.05, 0.1), years=3)
    one = study(replace(plan, workers=1), str, elsewhere=True)
    assert one == study(replace(plan, workers=2), str, elsewhere=True)


@pytest.fixture(scope="module")
def committed() -> Study:
    return Study.model_validate_json((PAGES / "operating_curve.json").read_text(encoding="utf-8"))


def plan_of(found: Study) -> Plan:
    first = found.of(MIXED.name, found.sizes(MIXED.name)[0])
    return Plan(
        policy=found.policy,
        sizes=found.sizes(MIXED.name),
        margins=tuple(c.margin for c in first if c.margin is not None),
        discordance=found.discordance,
        years=found.years,
        seed=found.seed,
    )


def experiments(found: Study) -> Iterator[Experiment]:
    plan = plan_of(found)
    yield from (*first_experiments(plan), *side_experiments(plan, found))


def test_the_committed_page_is_made_from_the_committed_figures(committed: Study) -> None:
    for name, text in FILES.items():
        assert (PAGES / name).read_text(encoding="utf-8") == text(committed), name


def test_the_first_years_of_the_committed_figures_come_out_the_same_again(committed: Study) -> None:
    again = run([replace(e, years=FIRST) for e in experiments(committed)], 1, str)
    stored = {(c.world, c.items, c.rule): c.first for c in committed.cells}
    assert {(c.world, c.items, c.rule): c.first for c in again} == stored


def test_the_committed_policy_is_the_default_one(committed: Study) -> None:
    assert committed.policy == GatePolicy(margin=committed.policy.margin)
    assert committed.years >= 1000


def test_the_committed_curve_holds_the_aims(committed: Study) -> None:
    for size in (200, 500, 1500):
        assert advise(committed.of("mixed", size)).cell.false.value <= 0.2
    assert advise(committed.of("mixed", 1500)).cell.passed.value >= 0.7


def test_the_terminal_is_told_a_table_and_an_advice_for_every_size(committed: Study) -> None:
    told = "\n".join(lines(committed, declared=0.05))
    assert told.count("advice: margin") == 3
    assert told.count("declared: margin 5 pp") == 3
    assert "significantly better" in told


def test_the_picture_is_sound_and_the_csv_has_a_line_for_every_cell(committed: Study) -> None:
    root = ElementTree.fromstring(FILES["operating_curve.svg"](committed))
    assert sum(e.tag.endswith("polyline") for e in root.iter()) == 3
    rows = list(csv.DictReader(io.StringIO(FILES["operating_curve.csv"](committed))))
    assert len(rows) == len(committed.cells)
    assert fmean(float(row["passed"]) for row in rows) > 0
