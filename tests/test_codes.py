"""Every code that a steward can meet is explained, and no code is explained that nobody can meet."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from pipelines.core.codes import CHAPTERS, render
from pipelines.core.contract import ColumnCheck, HoldRules, TextCheck, UploadCheck

ROOT = Path(__file__).resolve().parents[1]
# Where the code stands among the arguments; it may also be given by its name.
POSITIONS = {"RowFault": 4, "Refusal": 2, "Misfit": 0, "UnreadableFile": 0}


def nodes() -> Iterator[ast.AST]:
    """All of the code that reads, judges or answers; the model server has codes of its own."""
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        if "serving" not in path.parts and not path.name.endswith("_codes.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def given(node: ast.AST) -> Iterator[str]:
    """The codes that a call passes on, or that a function takes unless it is told another."""
    found: list[ast.expr | None] = []
    if isinstance(node, ast.Call):
        position = POSITIONS.get(ast.unparse(node.func).rpartition(".")[2])
        found += node.args[position : position + 1] if position is not None else []
        found += [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    elif isinstance(node, ast.arguments):
        both = [*node.posonlyargs, *node.args]
        pairs = [*zip(reversed(both), reversed(node.defaults), strict=False)]
        pairs += zip(node.kwonlyargs, node.kw_defaults, strict=True)
        found += [default for argument, default in pairs if argument.arg == "code"]
    for value in found:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def explained(*titles: str) -> set[str]:
    return {known.code for chapter in CHAPTERS if chapter.title in titles for known in chapter.codes}


def test_every_code_of_a_file_or_a_row_is_explained_and_no_other() -> None:
    used = {code for node in nodes() for code in given(node)}
    assert used == explained("Uploads", "Files", "Rows that cannot be read")


def test_every_kind_of_rule_is_explained_and_no_other() -> None:
    assert explained("Values") == set(get_args(ColumnCheck))
    assert explained("Language") == set(get_args(TextCheck))
    assert explained("The upload as a whole") == set(get_args(UploadCheck))
    assert explained("Uploads that wait for a word") == set(HoldRules.model_fields)


def test_every_code_has_one_meaning_an_example_and_a_fix() -> None:
    every = [known for chapter in CHAPTERS for known in chapter.codes]
    assert len({known.code for known in every}) == len(every)
    for known in every:
        assert known.meaning.endswith("."), known.code
        assert known.fix.endswith("."), known.code
        assert known.example, known.code


def test_the_published_page_is_the_one_that_the_code_renders() -> None:
    page = (ROOT / "data_contracts/ERRORS.md").read_text(encoding="utf-8")
    assert page == render(), "write what pipelines.core.codes.render() returns to data_contracts/ERRORS.md"
