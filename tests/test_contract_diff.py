"""A change of a contract is told for whom it breaks, and the version must say so."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from declared_project import RULES, DeclaredProject
from examples import a_contract

from pipelines.core.contract import Column, Contract, HoldRules, Roles, Rule
from pipelines.declarations.contract_diff import Change, compare
from pipelines.verbs.contract import contract as verbs

RANGE = Rule(id="n", check="value_between", severity="critical", column="n", minimum=1, maximum=9)
LENGTH = Rule(id="l", check="length_between", severity="critical", column="answer", minimum=5)


def changed(old: Contract, **changes: object) -> tuple[Change, ...]:
    return compare(old, old.model_copy(update=changes)).changes


def kinds(old: Contract, **changes: object) -> list[str]:
    return [change.kind for change in changed(old, **changes)]


def with_rule(old: Rule, **changes: object) -> list[str]:
    contract = a_contract(rules=(old,))
    return kinds(contract, rules=(old.model_copy(update=changes),))


def test_nothing_changed_needs_no_version() -> None:
    found = compare(a_contract(), a_contract())
    assert (found.changes, found.needed, found.carried, found.carries) == ((), "none", "none", True)


@pytest.mark.parametrize(
    "change",
    [
        {"columns": (Column(name="question", type="string"),)},
        {"columns": (Column(name="question", type="integer"), Column(name="answer", type="string"))},
        {"roles": Roles(prompt="answer", completion="question")},
        {"purpose": "evaluation"},
        {"privacy": "public"},
        {"rules": ()},
        {"row_error_budget_percent": 5.0},
    ],
)
def test_what_a_model_relies_on_breaks_consumers(change: dict[str, object]) -> None:
    assert set(kinds(a_contract(), **change)) == {"breaks consumers"}


def test_a_column_that_is_not_masked_any_more_breaks_consumers() -> None:
    masked = Column(name="question", type="string", personal=True)
    old = a_contract(columns=(masked, Column(name="answer", type="string")))
    plain = (masked.model_copy(update={"personal": False}), old.columns[1])
    assert kinds(old, columns=plain) == ["breaks consumers"]
    assert kinds(old.model_copy(update={"columns": plain}), columns=old.columns) == ["compatible"]


def test_a_new_column_or_rule_breaks_stewards() -> None:
    old = a_contract()
    column = Column(name="topic", type="string")
    rule = Rule(id="topic.required", check="not_null", severity="critical", column="topic")
    found = changed(old, columns=(*old.columns, column), rules=(*old.rules, rule))
    assert [(change.kind, change.about) for change in found] == [("breaks stewards", "topic")]
    assert kinds(old, rules=(*old.rules, LENGTH)) == ["breaks stewards"]
    assert kinds(old, uploaders=("jo",)) == ["breaks stewards"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"minimum": 2.0}, ["breaks stewards"]),
        ({"minimum": 0.0}, ["breaks consumers"]),
        ({"maximum": None}, ["breaks consumers"]),
        ({"minimum": 0.0, "maximum": 5.0}, ["breaks consumers", "breaks stewards"]),
        ({"mostly": 0.9}, ["breaks consumers"]),
        ({"severity": "warning"}, ["breaks consumers"]),
        ({"text": "Write a number."}, ["wording"]),
    ],
)
def test_a_rule_is_looser_tighter_both_or_only_worded_anew(
    change: dict[str, object], expected: list[str]
) -> None:
    assert with_rule(RANGE.model_copy(update={"column": "answer"}), **change) == expected


def test_more_allowed_values_are_looser_and_more_forbidden_ones_tighter() -> None:
    allowed = Rule(id="s", check="in_set", severity="critical", column="answer", values=("a", "b"))
    assert with_rule(allowed, values=("a", "b", "c")) == ["breaks consumers"]
    assert with_rule(allowed, values=("a",)) == ["breaks stewards"]
    forbidden = allowed.model_copy(update={"check": "not_in_set"})
    assert with_rule(forbidden, values=("a", "b", "c")) == ["breaks stewards"]


def test_a_higher_similarity_finds_fewer_copies() -> None:
    near = Rule(id="d", check="near_unique", severity="critical", minimum=0.8)
    assert with_rule(near, minimum=0.9) == ["breaks consumers"]


def test_warnings_holds_and_words_break_nobody() -> None:
    warning = LENGTH.model_copy(update={"severity": "warning"})
    assert kinds(a_contract(), rules=(*a_contract().rules, warning)) == ["compatible"]
    assert kinds(a_contract(), hold=HoldRules(psi=0.3)) == ["compatible"]
    assert kinds(a_contract(), description="other words") == ["wording"]


@pytest.mark.parametrize(
    ("version", "carried", "carries"),
    [
        ("2.0.0", "major", True),
        ("1.1.0", "minor", False),
        ("1.0.1", "patch", False),
        ("1.0.0", "none", False),
        ("0.9.0", None, False),
        ("2026", None, False),
    ],
)
def test_the_version_must_say_what_changed(version: str, carried: str | None, carries: bool) -> None:
    old = a_contract()
    found = compare(old, old.model_copy(update={"rules": (), "version": version}))
    assert (found.needed, found.carried, found.carries) == ("major", carried, carries)


def test_the_verb_refuses_a_version_that_hides_a_change(project: DeclaredProject) -> None:
    old = project.path(f"old/{RULES}")
    project.write(f"old/{RULES}", project.path(RULES).read_bytes())
    project.edit(RULES, "mustBeBetween: [100, 100000]", "mustBeBetween: [10, 100000]")
    arguments = ["diff", str(old), str(project.path(RULES))]
    told = CliRunner().invoke(verbs, arguments, standalone_mode=False)
    assert told.return_value == 1
    assert told.stdout.splitlines()[0].startswith("breaks consumers: enough_rows: the rule is looser")
    assert told.stdout.splitlines()[-1] == ("needs a new major version; the version carries no new version")
    project.edit(RULES, "version: 3.0.0", "version: 4.0.0")
    told = CliRunner().invoke(verbs, [*arguments, "--json"], standalone_mode=False)
    assert told.return_value == 0
    assert json.loads(told.stdout)["changes"][0]["about"] == "enough_rows"
