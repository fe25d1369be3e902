"""The command line answers every call with one clear line and an honest exit code."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipelines.cli import cli, main

ROOT = Path(__file__).resolve().parents[1]


def verbs(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


@pytest.mark.parametrize("verb", list(verbs()), ids=" ".join)
def test_every_verb_answers_help_with_an_example(verb: tuple[str, ...]) -> None:
    result = CliRunner().invoke(cli, [*verb, "--help"])
    assert result.exit_code == 0
    assert f"Example: perennial {verb[0]}" in result.output


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("data_contracts", "mlflow"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setenv("PERENNIAL_PROJECT", str(tmp_path))
    monkeypatch.setenv("PERENNIAL_HOME", str(tmp_path / "state"))
    return tmp_path


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["perennial", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out + printed.err


WRONG_CALLS = [
    (("ingest",), "Missing argument"),
    (("ingest", "--wrong"), "No such option"),
    (("nonsense",), "No such command"),
    (("sample", "1999", "--to", "x"), "1999"),
    (("ingest", "nobody"), "only directory, directory_golden, tax_rules, tax_rules_golden"),
    (("compose", "nobody"), "only front-desk, tax-desk"),
    (("base", "build", "nobody"), "only desk-copy, tax-nano, tax-s"),
    (("logs", "nobody"), "nobody"),
    (("rollback", "tax-desk", "1"), "--reason"),
    (("refuse", "e5f6", "--by", "J. Doe"), "--reason"),
]


@pytest.mark.parametrize(("words", "expected"), WRONG_CALLS, ids=[" ".join(w) for w, _ in WRONG_CALLS])
def test_a_wrong_call_is_one_line_and_exit_2(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    expected: str,
) -> None:
    code, printed = call(monkeypatch, capsys, *words)
    assert code == 2
    assert expected in printed
    assert len(printed.strip().splitlines()) == 1
    assert "Traceback" not in printed


def test_a_digest_that_nobody_kept_is_one_line_and_exit_1(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = call(monkeypatch, capsys, "train", "0" * 64)
    assert code == 1
    assert "must be in the archive" in printed
    assert len(printed.strip().splitlines()) == 1


def test_lint_names_file_and_line_of_broken_yaml(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = project / "mlflow/models/tax-desk.yaml"
    model.write_text(model.read_text() + "more: [unclosed\n")
    code, printed = call(monkeypatch, capsys, "lint")
    assert code == 1
    assert "mlflow/models/tax-desk.yaml:" in printed


def test_lint_names_a_declaration_that_is_missing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "mlflow/base_models/tax-s.yaml").unlink()
    code, printed = call(monkeypatch, capsys, "lint")
    assert code == 1
    assert "tax-s" in printed


def test_ingest_of_an_empty_inbox_prints_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, capsys, "ingest", "tax_rules") == (0, "")


def test_sample_writes_files_that_a_steward_could_drop(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drop = project / "drop"
    code, said = call(monkeypatch, capsys, "sample", "2026", "--to", str(drop))
    names = ("tax_rules/rules", "tax_rules_golden/golden", "directory/directory", "directory_golden/golden")
    written = [drop / f"{name}.csv" for name in names]
    assert (code, said.split()) == (0, [str(path) for path in written])
    assert all(path.exists() for path in written)
    assert written[0].read_text().startswith("question,answer,topic,filer\n")
