"""A contract that is proposed from a sample passes lint as it stands, and accepts the sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from declared_project import DeclaredProject

from pipelines.core.contract import Contract
from pipelines.core.enforceable import SCANNED_CHECKS
from pipelines.core.errors import DataError, DeclarationError, UnreadableFile
from pipelines.core.findings import Surroundings
from pipelines.declarations.role_names import sounds_personal, usual_roles
from pipelines.integrations.contract_profiler import sketch_of
from pipelines.integrations.duckdb_checker import DuckDbChecker
from pipelines.integrations.files import read_files
from pipelines.sample.tax_desk import write_edition
from pipelines.specs import lint, load_contract
from pipelines.verbs.contract import contract as verbs
from pipelines.verbs.contract import source_name

DOLLY = [
    {
        "instruction": f"What is thing {number}?",
        "context": "" if number % 3 else f"Thing {number} is useful.",
        "response": f"It is number {number}. That's all: 100 % sure!",
        "category": ("open_qa", "closed_qa")[number % 2],
    }
    for number in range(60)
]
CHAT = [
    {
        "messages": [
            {"role": "user", "content": f"Why {n}?"},
            {"role": "assistant", "content": f"Because {n}."},
        ]
    }
    for n in range(30)
]
ODD = [
    {
        "id": number,
        "Question": f"{number}?",
        "answer": "no",
        "score": number / 2,
        "e-mail": f"a{number}@example.com",
        "retention": f"2026-01-{number % 28 + 1:02}",
        "year: 2": ("0012", "yes")[number % 2],
    }
    for number in range(40)
]


def proposed(project: DeclaredProject, sample: Path, *options: str) -> Contract:
    """The contract that the verb writes into the project."""
    arguments = ["new", str(sample), "--out", str(project.path("data_contracts")), *options]
    done = CliRunner().invoke(verbs, arguments, standalone_mode=False, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return load_contract(project.path(f"data_contracts/{source_name(sample.name)}.odcs.yaml"))


def broken_rules(contract: Contract, sample: Path, folder: Path) -> list[str]:
    reading = read_files([(sample.name, sample)], contract, folder / "spool.parquet")
    assert reading.table is not None and not reading.faults
    scanned = contract.with_rules(tuple(rule for rule in contract.rules if rule.check in SCANNED_CHECKS))
    found = DuckDbChecker().check(reading.table, scanned, Surroundings())
    return [finding.outcome.rule for finding in found if not finding.outcome.passed]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_the_files_of_the_sample_use_case(project: DeclaredProject, tmp_path: Path) -> None:
    write_edition(2025, tmp_path, tmp_path)
    for file in ("rules.csv", "golden.csv"):
        contract = proposed(project, tmp_path / file, "--steward", "jo@example.com")
        assert contract.steward == "jo@example.com"
        assert (contract.roles.prompt, contract.roles.completion) == ("question", "answer")
        assert broken_rules(contract, tmp_path / file, tmp_path) == []
    assert lint(project.root) == ()
    rules = {rule.id: rule for rule in load_contract(project.path("data_contracts/rules.odcs.yaml")).rules}
    assert rules["answer.pattern"].pattern == r"^\$[0-9]+$"
    assert "seniors over 65" in rules["filer.enum"].values
    assert rules["question.unique"].check == "unique"


@pytest.mark.parametrize(
    ("name", "text", "roles"),
    [
        ("dolly.jsonl", lines(DOLLY), ("instruction", "response", "context", None)),
        ("dolly.json", json.dumps(DOLLY), ("instruction", "response", "context", None)),
        ("chat.jsonl", lines(CHAT), ("question", "answer", "context", None)),
        ("odd.jsonl", lines(ODD), ("Question", "answer", None, "id")),
    ],
)
def test_rows_of_json(
    project: DeclaredProject, tmp_path: Path, name: str, text: str, roles: tuple[str | None, ...]
) -> None:
    sample = tmp_path / name
    sample.write_text(text, encoding="utf-8")
    contract = proposed(project, sample)
    assert lint(project.root) == ()
    found = contract.roles
    assert (found.prompt, found.completion, found.context, found.item) == roles
    assert broken_rules(contract, sample, tmp_path) == []


def test_types_people_and_dates_are_seen(project: DeclaredProject, tmp_path: Path) -> None:
    sample = tmp_path / "odd.jsonl"
    sample.write_text(lines(ODD), encoding="utf-8")
    contract = proposed(project, sample)
    types = {column.name: (column.type, column.personal) for column in contract.columns}
    assert types["id"] == ("integer", False)
    assert types["score"] == ("number", False)
    assert types["e-mail"] == ("string", True)
    assert contract.roles.retention == "retention"
    assert contract.hold.category_columns == ("year: 2",)
    assert "a0@example.com" not in project.path("data_contracts/odd.odcs.yaml").read_text(encoding="utf-8")


def test_a_parquet_file(project: DeclaredProject, tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(DOLLY), tmp_path / "dolly.parquet")
    assert (
        broken_rules(proposed(project, tmp_path / "dolly.parquet"), tmp_path / "dolly.parquet", tmp_path)
        == []
    )


def test_rows_without_an_answer_become_the_budget(project: DeclaredProject, tmp_path: Path) -> None:
    sample = tmp_path / "gaps.csv"
    sample.write_text("question,answer\n" + "why?,so\n" * 30 + "how?,\n" * 2, encoding="utf-8")
    contract = proposed(project, sample)
    assert lint(project.root) == ()
    assert contract.row_error_budget_percent == 6.3


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("question,answer\nwhy\n", DataError),
        ("question,question\na,b\n", DeclarationError),
        ("question\na\n", DeclarationError),
        ("_id,answer\na,b\n", DeclarationError),
        ("question,answer\n", DataError),
        ("\n", UnreadableFile),
    ],
)
def test_a_sample_with_faults_is_refused(tmp_path: Path, text: str, error: type[Exception]) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(error):
        sketch_of("a.csv", tmp_path / "a.csv", "a", "jo")


def test_a_contract_is_never_replaced(project: DeclaredProject, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("question,answer\n" + "why?,so\n" * 3, encoding="utf-8")
    proposed(project, tmp_path / "a.csv")
    arguments = ["new", str(tmp_path / "a.csv"), "--out", str(project.path("data_contracts"))]
    assert isinstance(CliRunner().invoke(verbs, arguments).exception, DeclarationError)


def test_names_say_what_columns_are() -> None:
    assert usual_roles(["instruction", "input", "output"]) == {
        "prompt": "instruction",
        "completion": "output",
        "context": "input",
    }
    assert all(map(sounds_personal, ("email", "FirstName", "phone number", "name", "customer_email")))
    assert not any(map(sounds_personal, ("filename_count", "topic", "unnamed", "mailing")))
    assert [source_name(name) for name in ("Tax Rules.csv", "2026.csv", "!.csv")] == [
        "tax_rules",
        "source_2026",
        "source",
    ]
