"""The independent auditor runs the rules again, or judges what was counted; in doubt it says no."""

from __future__ import annotations

import socket
from pathlib import Path

import pandas as pd
import pytest
from rule_samples import CELLS, MEANING, varied_cells, varied_rules
from tables import table
from upload_samples import COLUMNS, contract, rule

from pipelines.core.contract import Contract, Rule
from pipelines.core.errors import DeclarationError
from pipelines.core.findings import Findings, Surroundings, Table
from pipelines.integrations import gx_auditor
from pipelines.integrations.gx_auditor import GxAuditor, evaluate
from pipelines.integrations.gx_suite import Expected, answer, run
from pipelines.integrations.rule_checker import RuleChecker


def numbered(rules: list[Rule]) -> Contract:
    run = [of for of in rules if of.check != "duplicate_share"]
    return contract(*(of.model_copy(update={"id": f"{of.id}.{n}"}) for n, of in enumerate(run)))


def found(rows: Table, of: Contract) -> Findings:
    return RuleChecker().check(rows, of, Surroundings())


@pytest.mark.parametrize(
    ("rules", "cells"), [([of for of, _ in MEANING], CELLS), (varied_rules(), varied_cells())]
)
def test_the_library_finds_what_the_checker_finds(
    rules: list[Rule], cells: list[tuple[object, ...]], tmp_path: Path
) -> None:
    of, rows = numbered(rules), table(tmp_path, COLUMNS, cells)
    assert evaluate(rows, of) == tuple(finding.outcome for finding in found(rows, of))


CRITICAL = rule("not_null", "answer", id="filled", text="`answer` must be filled in.")
WARNING = rule("unique", id="single", severity="warning")
COUNTED = rule("duplicate_share", maximum=10.0, id="repeated", text="Few repeats.")


@pytest.fixture(params=["run", "counted"])
def rows_of(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """The sample rows: judged by the library itself, or by what was counted."""
    if request.param == "counted":
        monkeypatch.setattr(gx_auditor, "ROWS", 4)
    return table(tmp_path, COLUMNS, CELLS)


def test_what_breaks_a_critical_rule_is_not_confirmed(rows_of: Table) -> None:
    of = contract(CRITICAL, WARNING, COUNTED, rule("row_count", None, minimum=6.0, text="Enough."))
    assert set(GxAuditor().audit(rows_of, of, found(rows_of, of))) == {
        "An independent check disagrees: 1 of 5 rows break a rule. `answer` must be filled in.",
        "An independent check disagrees: the upload breaks a rule. Few repeats.",
        "An independent check disagrees: the upload breaks a rule. Enough.",
    }


def test_rows_that_keep_their_rules_are_confirmed(rows_of: Table) -> None:
    of = contract(CRITICAL.model_copy(update={"mostly": 0.8}), WARNING, rule("row_count", None, minimum=5.0))
    assert GxAuditor().audit(rows_of, of, found(rows_of, of)) == ()
    assert GxAuditor().audit(rows_of, contract(), ()) == ()


def test_findings_about_other_rows_or_rules_are_not_believed(rows_of: Table) -> None:
    of = contract(COUNTED.model_copy(update={"maximum": 90.0}), WARNING)
    answers = found(rows_of, of)
    for others in ((), answers[:1], answers[::-1], (*answers, answers[0])):
        (reason,) = GxAuditor().audit(rows_of, of, others)
        assert reason == "An independent check disagrees: not every rule was answered once, in order."
    more = Table(rows_of.path, 6)
    assert GxAuditor().audit(more, of, answers) == (
        "An independent check disagrees: there are 5 rows, not 6.",
    )


def test_a_wrong_claim_of_the_checker_does_not_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, of = table(tmp_path, COLUMNS, CELLS), contract(CRITICAL)
    claimed = {"passed": True, "violations": 0}
    (true,) = found(rows, of)
    (reason,) = GxAuditor().audit(rows, of, (true._replace(outcome=true.outcome.model_copy(update=claimed)),))
    assert "1 of 5 rows" in reason
    monkeypatch.setattr(gx_auditor, "ROWS", 4)
    for claim in ({"passed": True}, {"checked": 4, "violations": 0, "passed": True}):
        outcome = true.outcome.model_copy(update=claim)
        assert GxAuditor().audit(rows, of, (true._replace(outcome=outcome),))


def test_few_rows_with_much_text_are_not_taken_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One text that all rows share takes no room in the file.
    rows, of = table(tmp_path, COLUMNS, [("x" * 10_000, None, 1, 1.0)] * 900, group=900), contract(CRITICAL)
    assert rows.path.stat().st_size < 10_000
    monkeypatch.setattr(gx_auditor, "BYTES", 8_999_999)
    monkeypatch.setattr(gx_auditor, "_frame", None)
    assert len(GxAuditor().audit(rows, of, found(rows, of))) == 1


def test_a_rule_that_fails_inside_the_library_is_never_taken_for_a_pass() -> None:
    broken = Expected("r", "expect_column_values_to_not_be_null", {"column": "year"})
    counted = Expected("c", "expect_table_row_count_to_be_between", {"min_value": 1})
    results = run(pd.DataFrame({"question": ["q"]}), (broken, counted))
    with pytest.raises(DeclarationError, match="rule r: a rule that cannot run stops the upload"):
        answer(broken, results["r"], 1)
    with pytest.raises(DeclarationError, match="another number of rows"):
        answer(counted, results["c"], 2)
    with pytest.raises(DeclarationError, match="no result"):
        answer(counted, results.get("other"), 1)


def test_the_library_sends_nothing_shows_nothing_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    rows, of = table(tmp_path, COLUMNS, CELLS), contract(CRITICAL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    GxAuditor().audit(rows, of, found(rows, of))
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == [rows.path]
